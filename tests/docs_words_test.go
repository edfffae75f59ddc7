package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

// flagOf is a flag as the command's own help has it.
type flagOf struct{ short, long, value, means string }

// verbOf is a verb as the command's own help has it.
type verbOf struct {
	name, means, usage string
	flags              []flagOf
}

func (v verbOf) has(flag string) bool {
	flag, _, _ = strings.Cut(flag, "=")
	return flag == "--help" || flag == "-h" ||
		slices.ContainsFunc(v.flags, func(f flagOf) bool { return flag == "--"+f.long || flag == "-"+f.short })
}

var (
	verbLine = regexp.MustCompile(`(?m)^  ([a-z-]+) +(\S.*)$`)
	flagLine = regexp.MustCompile(`^ +(?:-(\w), |    )--([a-z-]+)(?: (\w+))?  +(\S.*)$`)
)

func help(t testing.TB, args ...string) string {
	t.Helper()
	path, err := buildCommand()
	require.NoError(t, err)
	out, err := exec.Command(path, append(args, "--help")...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

func flagsOf(text string) []flagOf {
	var flags []flagOf
	for line := range strings.Lines(text) {
		if m := flagLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil && m[2] != "help" {
			flags = append(flags, flagOf{m[1], m[2], m[3], m[4]})
		}
	}
	return flags
}

var (
	helpOnce sync.Once
	helped   []verbOf
)

// verbs are those that the command has, in the order of its help; the first is the command itself, with the flags
// that every verb takes.
func verbs(t testing.TB) []verbOf {
	t.Helper()
	helpOnce.Do(func() { helped = readVerbs(t) })
	require.NotEmpty(t, helped, "the help of the command could not be read")
	return helped
}

func readVerbs(t testing.TB) []verbOf {
	t.Helper()
	root := help(t)
	all := []verbOf{{name: "", flags: flagsOf(between(root, "\nFlags:\n", "\nUse "))}}
	for _, m := range verbLine.FindAllStringSubmatch(between(root, "\nAvailable Commands:\n", "\nFlags:"), -1) {
		if m[1] == "help" {
			continue
		}
		own := help(t, m[1])
		below := verbLine.FindAllStringSubmatch(between(own, "\nAvailable Commands:\n", "\nFlags:"), -1)
		for _, sub := range below { // A verb that has verbs below it does nothing by itself.
			all = append(all, verbIn(m[1]+" "+sub[1], sub[2], help(t, m[1], sub[1])))
		}
		if len(below) == 0 {
			all = append(all, verbIn(m[1], m[2], own))
		}
	}
	return all
}

// verbIn is a verb as its help has it.
func verbIn(name, means, help string) verbOf {
	return verbOf{
		name:  name,
		means: means,
		usage: strings.TrimSuffix(strings.TrimSpace(between(help, "\nUsage:\n", "\n\n")), " [flags]"),
		flags: append(
			flagsOf(between(help, "\nFlags:\n", "\nGlobal Flags:")),
			flagsOf(between(help, "\nGlobal Flags:\n", "\x00"))...),
	}
}

// The README lists every verb.
func TestTheReadmeListsEveryVerb(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "README.ja.md"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		for _, v := range verbs(t)[1:] {
			row := regexp.MustCompile("(?m)^\\|.*`(guardrails )?" + v.name + "`.*\\|.*\\|$")
			assert.True(t, row.Match(text), "%s has no row with %s", name, v.name)
		}
	}
}

// The tables of verbs and flags in the reference are the command's own help.
func TestTheReferenceListsEveryVerbAndFlag(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	cell := func(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
	all := verbs(t)
	want.WriteString("| verb | does | flags |\n|---|---|---|\n")
	type meaning struct{ flag, means string }
	takers := map[meaning][]string{}
	var meanings []meaning
	for _, v := range all {
		var names []string
		for _, f := range v.flags {
			if v.name != "" && all[0].has("--"+f.long) {
				continue
			}
			flag := "`--" + f.long + map[string]string{"": "", "int": " <number>",
				"duration": " <duration>"}[f.value] + "`"
			if strings.HasPrefix(f.value, "string") {
				flag = "`--" + f.long + " <value>`"
			}
			if f.short != "" {
				flag += ", `-" + f.short + "`"
			}
			m := meaning{flag, f.means}
			if takers[m] == nil {
				meanings = append(meanings, m)
			}
			if v.name != "" {
				takers[m] = append(takers[m], "`"+v.name+"`")
			} else {
				takers[m] = []string{"every verb"}
			}
			names = append(names, "`--"+f.long+"`")
		}
		if v.name != "" {
			fmt.Fprintf(&want, "| `%s` | %s | %s |\n", cell(v.usage), cell(v.means), strings.Join(names, ", "))
		}
	}
	want.WriteString("\n| flag | means | of |\n|---|---|---|\n")
	slices.SortStableFunc(meanings, func(a, b meaning) int { return strings.Compare(a.flag, b.flag) })
	for _, m := range meanings {
		fmt.Fprintf(&want, "| %s | %s | %s |\n", m.flag, cell(m.means), strings.Join(takers[m], ", "))
	}
	file := filepath.Join("..", "docs", "reference.md")
	const from, to = "<!-- generated from the help of each verb -->\n\n", "\n<!-- end of what is generated -->"
	testkit.GoldenPart(t, file, from, to, want.String())
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// anchors are those that GitHub makes of the headings of a page.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	inBlock := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			inBlock = !inBlock
		}
		if inBlock || !strings.HasPrefix(line, "#") {
			continue
		}
		var slug strings.Builder
		for _, r := range strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#"))) {
			switch {
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				slug.WriteRune(r)
			case r == ' ':
				slug.WriteRune('-')
			}
		}
		name := slug.String()
		for n := 1; found[name]; n++ {
			name = fmt.Sprintf("%s-%d", slug.String(), n)
		}
		found[name] = true
	}
	return found
}

// Every link between pages leads to a file, and to a heading of it.
func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	headings := map[string]map[string]bool{}
	for _, p := range all {
		headings[p.path] = anchors(p.text)
	}
	links := 0
	for _, p := range all {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(m[1], "#")
			to := p.path
			if file != "" {
				to = path.Join(path.Dir(p.path), file)
			}
			_, err := os.Stat(filepath.Join("..", filepath.FromSlash(to)))
			assert.NoError(t, err, "%s: %s", p.path, m[1])
			if anchor != "" {
				assert.True(t, headings[to][anchor], "%s: %s has no heading for #%s", p.path, to, anchor)
			}
		}
	}
	assert.Greater(t, links, 50)
}

// Every page of docs is in the index.
func TestTheIndexListsEveryPage(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile(filepath.Join("..", "docs", "README.md"))
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Join("..", "docs"))
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.Name() != "README.md" {
			assert.Contains(t, string(index), "("+entry.Name(), "docs/README.md")
		}
	}
}
