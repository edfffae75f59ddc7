package tests

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
)

// printed are the outputs of commands, by the steps of their section so far: pages that show the same share one run.
var printed = map[string]string{}

// What a page shows is what the command prints, after the edits that the page shows. Commands that a page shows
// nothing of are not run.
func TestPagesShowWhatCommandsPrint(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("XDG_CACHE_HOME places the user's cache on Linux alone")
	}
	ran := 0
	cache := t.TempDir() // One for all sections: what is proven is kept there. Each folder has a sandbox of its own.
	for _, p := range pages(t) {
		if p.path == "docs/change-report.md" { // The tests of internal/against hold it: its edits are not made one after the other.
			continue
		}
		updated := p.text
		for _, s := range p.sections {
			if !slices.ContainsFunc(s.steps, func(s step) bool { return runs(s) || s.file != "" }) {
				continue
			}
			t.Run(p.path+"/"+s.title, func(t *testing.T) {
				ran += len(s.steps)
				for at, output := range outputs(t, p, s, cache) {
					command := s.steps[at]
					shown, lines := command.shown, strings.Split(output, "\n")
					if command.times {
						shown, lines = strings.Split(
							anyTime(strings.Join(shown, "\n")),
							"\n",
						), strings.Split(
							anyTime(output),
							"\n",
						)
					}
					switch {
					case fits(shown, lines):
					case testkit.Updating() && !slices.Contains(shown, "..."):
						updated = strings.Replace(
							updated,
							command.prompt+"\n"+strings.Join(command.shown, "\n"),
							command.prompt+"\n"+output,
							1,
						)
					default:
						t.Errorf(
							"%s:%d: $ %s\nis shown as (-), prints (+):\n%s",
							p.path,
							command.line,
							command.command,
							cmp.Diff(shown, lines),
						)
					}
				}
			})
		}
		if updated != p.text {
			require.NoError(t, os.WriteFile(filepath.Join("..", filepath.FromSlash(p.path)), []byte(updated), 0o644))
		}
	}
	assert.Greater(t, ran, 10, "no page shows anything")
}

// runs reports whether a step is a command to run.
func runs(s step) bool { return s.command != "" && len(s.shown) > 0 && s.reason == "" }

var engineVerb = regexp.MustCompile(`^guardrails (up|preview|drift|destroy|adopt)\b`)

// outputs are what the commands of a section print, by the index of their step.
func outputs(t *testing.T, p page, s section, cache string) map[int]string {
	t.Helper()
	keys, all := make([]string, len(s.steps)), true
	key := ""
	for i, step := range s.steps {
		key += fmt.Sprintf("%s\x00%s\x00%s\x00%s\n", step.in, step.command, step.file, strings.Join(step.edit, "\n"))
		keys[i] = key
		if _, known := printed[key]; !known {
			all = false
		}
	}
	if !all {
		run(t, p, s, cache, keys)
	}
	found := map[int]string{}
	for i, step := range s.steps {
		if output, known := printed[keys[i]]; known && runs(step) {
			found[i] = output
		}
	}
	return found
}

// run makes a copy of the shipped stack files, and the steps of a section in it. What is proven is kept in the cache.
func run(t *testing.T, p page, s section, cache string, keys []string) {
	t.Helper()
	path, err := buildCommand()
	require.NoError(t, err)
	search := filepath.Dir(path)
	if slices.ContainsFunc(s.steps, func(s step) bool { return runs(s) && engineVerb.MatchString(s.command) }) {
		if cli := clitest.Need(t); cli != "" {
			search += string(os.PathListSeparator) + cli
		}
	}
	root := t.TempDir()
	for _, pattern := range []string{"Pulumi*.yaml", "sandbox.yaml", "examples/*/*.yaml", "examples/*/*.json", "docs/stack-file.schema.json"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			to := filepath.Join(root, strings.TrimPrefix(file, ".."))
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.WriteFile(to, content, 0o644))
		}
	}
	in := func(folder, command string) (string, int) {
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = filepath.Join(root, filepath.FromSlash(folder))
		cmd.Env = append(
			os.Environ(),
			"XDG_CACHE_HOME="+cache,
			"GITHUB_ACTIONS=",
			"TZ=Asia/Tokyo",
			"PATH="+search+string(os.PathListSeparator)+os.Getenv("PATH"),
		)
		out, err := cmd.CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			require.NoError(t, err)
		}
		return anyCommit(
			strings.TrimRight(strings.ReplaceAll(string(out), root+string(filepath.Separator), ""), "\n"),
		), cmd.ProcessState.ExitCode()
	}
	if slices.ContainsFunc(
		s.steps,
		func(s step) bool { return runs(s) && strings.HasPrefix(s.command, "guardrails diff") },
	) {
		out, status := in(
			".",
			"git init -q && git add -A && git -c user.name=a -c user.email=a@example.com commit -qm shipped",
		)
		require.Zero(t, status, out)
	}
	for i, step := range s.steps {
		switch {
		case step.file != "":
			file := filepath.Join(root, filepath.FromSlash(step.in), filepath.FromSlash(step.file))
			before, err := os.ReadFile(file)
			if !os.IsNotExist(err) {
				require.NoError(t, err)
			}
			after, problem := edited(string(before), step.edit)
			require.Empty(t, problem, "%s:%d: the edit does not fit %s", p.path, step.line, step.file)
			require.NoError(t, os.WriteFile(file, []byte(after), 0o644))
			printed[keys[i]] = ""
		case runs(step):
			out, status := in(step.in, step.command)
			require.Equal(
				t,
				step.status,
				status,
				"%s:%d: exit status of $ %s\n%s",
				p.path,
				step.line,
				step.command,
				out,
			)
			printed[keys[i]] = out
		default:
			printed[keys[i]] = ""
		}
	}
}

// edited is content after the hunks of a diff, each of which must fit exactly one place. It says which does not.
func edited(content string, lines []string) (after, problem string) {
	var from, to bytes.Buffer
	apply := func() string {
		if from.Len() == 0 && to.Len() == 0 {
			return ""
		}
		if n := strings.Count("\n"+content, "\n"+from.String()); n != 1 && (content != "" || from.Len() > 0) {
			return fmt.Sprintf("%d places are like\n%s", n, from.String())
		}
		content = strings.TrimPrefix(strings.Replace("\n"+content, "\n"+from.String(), "\n"+to.String(), 1), "\n")
		from.Reset()
		to.Reset()
		return ""
	}
	for _, line := range lines {
		rest := line
		if line != "" {
			rest = line[1:]
		}
		switch {
		case strings.HasPrefix(line, "@@"):
			if problem := apply(); problem != "" {
				return content, problem
			}
		case strings.HasPrefix(line, "+"):
			to.WriteString(rest + "\n")
		case strings.HasPrefix(line, "-"):
			from.WriteString(rest + "\n")
		case strings.HasPrefix(line, " "), line == "":
			from.WriteString(rest + "\n")
			to.WriteString(rest + "\n")
		default:
			return content, "no line of a diff: " + line
		}
	}
	return content, apply()
}

var (
	clock = regexp.MustCompile(
		`((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d)?(Z| ?[+-]\d\d:\d\d)?`,
	)
	// Behind a duration in a column stand as many spaces as the longest one leaves.
	duration = regexp.MustCompile(`\d+(\.\d+)? s\b(  +)?`)
	commit   = regexp.MustCompile(`HEAD \([0-9a-f]{7,}\)`)
)

// anyCommit is a text whose commits are all the same: that of the copy is another one after each edit of a shipped
// file.
func anyCommit(text string) string { return commit.ReplaceAllString(text, "HEAD (1a2b3c4)") }

// anyTime is a text whose times and durations are all the same.
func anyTime(text string) string {
	return duration.ReplaceAllStringFunc(clock.ReplaceAllString(text, "TIME"), func(found string) string {
		if strings.HasSuffix(found, " ") {
			return "SECONDS  "
		}
		return "SECONDS"
	})
}

// fits reports whether lines are what is shown, where "..." stands for any lines.
func fits(shown, lines []string) bool {
	if len(shown) == 0 {
		return len(lines) == 0
	}
	if shown[0] == "..." {
		for skip := range len(lines) + 1 {
			if fits(shown[1:], lines[skip:]) {
				return true
			}
		}
		return false
	}
	return len(lines) > 0 && strings.TrimRight(shown[0], " ") == strings.TrimRight(lines[0], " ") &&
		fits(shown[1:], lines[1:])
}

// A comparison of what is shown can fail, at each end and in the middle.
func TestWhatIsShownMayLeaveOutLinesAndNothingElse(t *testing.T) {
	t.Parallel()
	lines := []string{"a", "b", "c", "d"}
	for _, shown := range []string{"a b c d", "...", "a ...", "... d", "a ... d", "... b ...", "a b ... c d"} {
		assert.True(t, fits(strings.Fields(shown), lines), shown)
	}
	for _, shown := range []string{"a", "a b c", "b ...", "... c", "a ... c", "... e ...", "a c ...", "a b c d e"} {
		assert.False(t, fits(strings.Fields(shown), lines), shown)
	}
	after, problem := edited("a\nb\nc\n", []string{" a", "+x", "@@", "-c"})
	assert.Equal(t, "a\nx\nb\n", after)
	assert.Empty(t, problem)
	for _, edit := range [][]string{{" d", "+x"}, {"nothing"}, {"-a", "-c"}} {
		_, problem := edited("a\nb\nc\n", edit)
		assert.NotEmpty(t, problem, edit)
	}
}
