package replay

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/files"
)

// input is one file to read, or standard input under the name "-".
type input struct {
	name string
	size int64
	when time.Time
}

// files are the files under paths, in the order of their names. Digest files of CloudTrail, logs of other services that
// stand in the same folder, and what is no export, are passed over and counted.
func (r *Run) files(paths []string) ([]input, error) {
	var all []input
	for _, path := range paths {
		if path == "-" {
			all = append(all, input{name: "-"})
			continue
		}
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && name == path:
				return files.InWords(path, err)
			case err != nil:
				r.fold.problem(Problem{File: name, Why: files.InWords(name, err).Error()})
				return nil
			case entry.IsDir():
				return nil
			}
			info, err := os.Stat(name)
			if err != nil || !info.Mode().IsRegular() && name != path || name != path && !r.wanted(name) {
				r.fold.Skipped++
				return nil //nolint:nilerr // A link to nowhere is no export.
			}
			in := input{name: name, size: info.Size(), when: info.ModTime()}
			if r.state != nil && r.state.done(in) {
				return nil
			}
			all = append(all, in)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b input) int { return cmp.Compare(a.name, b.name) })
	return slices.CompactFunc(all, func(a, b input) bool { return a.name == b.name }), nil
}

// dayOf is the day in the path of a file that CloudTrail delivered: AWSLogs/.../CloudTrail/REGION/YYYY/MM/DD/.
var dayOf = regexp.MustCompile(`/CloudTrail/[a-z0-9-]+/(20[0-9]{2})/([0-9]{2})/([0-9]{2})/`)

// serviceOf is the service whose logs stand in a folder as AWS delivers them: ACCOUNT/SERVICE/REGION/YYYY/.
//
// Source: AWS CloudTrail User Guide, Getting and viewing your CloudTrail log files; AWS Config Developer Guide,
// Amazon VPC User Guide and Elastic Load Balancing User Guide, on the names of their files.
var serviceOf = regexp.MustCompile(`(?:^|/)[0-9]{12}/([A-Za-z0-9_-]+)/[a-z]{2}[a-z0-9-]+/20[0-9]{2}/`)

// exportedPart is a file that CloudWatch Logs exported.
var exportedPart = regexp.MustCompile(`^[0-9]{6}\.gz$`)

// signFile vouches for the results of a query of CloudTrail Lake that stand beside it.
const signFile = "result_sign.json"

// wanted reports whether a file of a folder is an export that can have events that are asked about.
func (r *Run) wanted(name string) bool {
	slashed := filepath.ToSlash(name)
	if strings.Contains(slashed, "/CloudTrail-Digest/") ||
		strings.Contains(filepath.Base(name), "_CloudTrail-Digest_") || filepath.Base(name) == signFile {
		return false
	}
	if m := serviceOf.FindStringSubmatch(slashed); m != nil && !strings.HasPrefix(m[1], "CloudTrail") {
		return false
	}
	if exportedPart.MatchString(filepath.Base(name)) {
		return true
	}
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".gz")
	if !slices.Contains([]string{".json", ".jsonl", ".ndjson", ".csv", ".log"}, filepath.Ext(base)) ||
		strings.HasPrefix(base, ".") {
		return false
	}
	m := dayOf.FindStringSubmatch(slashed)
	if m == nil {
		return true
	}
	day, err := time.Parse("2006-01-02", m[1]+"-"+m[2]+"-"+m[3])
	if err != nil {
		return true
	}
	// CloudTrail delivers within minutes; a day on either side is far more.
	const margin = 24 * time.Hour
	q := r.question
	return (q.From.IsZero() || !day.Add(2*margin).Before(q.From)) && (q.To.IsZero() || !day.Add(-margin).After(q.To))
}
