package edit

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// layout is a way to write a stack file with grants: as a list of lines without their ends.
type layout struct {
	lines   []string
	newline string
	// open is set where the last line has no end.
	open bool
	// tickets are those of the grants of the file; braces is set where the list is written in brackets.
	tickets []string
	braces  bool
	// fresh is set where the file has no section yet.
	fresh bool
}

func (l *layout) add(lines ...string) { l.lines = append(l.lines, lines...) }

func (l *layout) text() string {
	text := strings.Join(l.lines, l.newline)
	if !l.open {
		text += l.newline
	}
	return text
}

// unrelated draws comments and blank lines of nobody in particular.
func (l *layout) unrelated(t *rapid.T, indents ...int) {
	for range rapid.IntRange(0, 3).Draw(t, "unrelated") {
		if rapid.Bool().Draw(t, "blank") {
			l.add(strings.Repeat(" ", rapid.IntRange(0, 5).Draw(t, "spaces")))
			continue
		}
		indent := rapid.SampledFrom(indents).Draw(t, "indent")
		l.add(strings.Repeat(" ", indent) + fmt.Sprintf("# keep %d: a - b, {c: d} 日本", len(l.lines)))
	}
}

// grant draws one element with its own comments.
func (l *layout) grant(t *rapid.T, dash, gap int) {
	ticket := fmt.Sprintf("CHG%d", 10+len(l.tickets))
	l.tickets = append(l.tickets, ticket)
	person := rapid.SampledFrom([]string{"alice", "bob"}).Draw(t, "person")
	indent := strings.Repeat(" ", dash)
	for range rapid.IntRange(0, 2).Draw(t, "own comments") {
		l.add(indent + "# mine " + ticket)
	}
	from, until := `"2026-12-02T09:00:00+09:00"`, `'2026-12-02T12:00:00+09:00'`
	if rapid.Bool().Draw(t, "in braces") {
		anchor := rapid.SampledFrom([]string{"", "&" + ticket + " ", "!!map "}).Draw(t, "anchor")
		l.add(fmt.Sprintf("%s-%s%s{person: jump/%s, runAs: %s, from: %s, until: %s, ticket: %s}   # mine %s",
			indent, strings.Repeat(" ", gap), anchor, person, person, from, until, ticket, ticket))
		return
	}
	deep := indent + strings.Repeat(" ", gap+1)
	keys := rapid.Permutation([]string{"person: jump/" + person, "runAs: " + person, "from: " + from,
		"until:  " + until + "  # mine", "ticket: " + ticket}).
		Draw(t, "keys")
	for i, key := range keys {
		lead := deep
		if i == 0 {
			lead = indent + "-" + strings.Repeat(" ", gap)
		}
		l.add(lead + key)
		if rapid.IntRange(0, 4).Draw(t, "inner comment") == 0 {
			l.add(deep + "# mine " + ticket)
		}
	}
}

// draw draws a whole file. Where spaced is set, a list of grants is followed by comments of nobody at any indentation.
func draw(t *rapid.T) *layout {
	l := &layout{
		newline: rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "newline"),
		open:    rapid.Bool().Draw(t, "open"),
	}
	if rapid.Bool().Draw(t, "document start") {
		l.add("# Résumé of the stack", "---")
	}
	l.add(
		"config:",
		"  aws:region: ap-northeast-1",
		`  guardrails:account: {id: "444455556666", alias: workload}   # quoted`,
		"  guardrails:sessions:",
		"    maxDuration: 60m",
		"  guardrails:osAccess:",
		"      rdp: true",
	)
	l.unrelated(t, 0, 2, 4, 6)
	section := rapid.SampledFrom([]string{"none", "brackets", "bracketed", "list", "list", "list"}).Draw(t, "section")
	switch section {
	case "none":
		l.fresh = true
	case "brackets":
		l.add("  guardrails:grants: []  # nobody")
	case "bracketed":
		l.braces, l.tickets = true, []string{"CHG10"}
		l.add(
			`  guardrails:grants: [{person: jump/bob, runAs: bob, from: "2026-12-02T09:00:00+09:00", until: "2026-12-02T12:00:00+09:00", ticket: CHG10}]`,
		)
	default:
		l.add(
			"  guardrails:grants:" + rapid.SampledFrom([]string{"", "   ", "  # who has access"}).
				Draw(t, "after the key"),
		)
		dash := rapid.SampledFrom([]int{2, 3, 4, 7}).Draw(t, "dash")
		for i := range rapid.IntRange(1, 3).Draw(t, "grants") {
			if i > 0 && rapid.Bool().Draw(t, "apart") {
				l.add("")
			}
			l.grant(t, dash, rapid.SampledFrom([]int{1, 1, 3}).Draw(t, "gap"))
		}
		if rapid.Bool().Draw(t, "apart at the end") {
			l.add("")
			l.unrelated(t, 0, 2, dash, dash+1, dash+2, 9)
		} else {
			l.unrelated(t, 0, 2, dash)
		}
	}
	if section != "list" {
		l.unrelated(t, 0, 2, 4, 6)
	}
	if rapid.Bool().Draw(t, "another section") {
		l.add("  guardrails:tags: {project: Project}")
		l.unrelated(t, 0, 2, 4)
	}
	return l
}

// A grant that is written and taken back before it begins leaves the file as it was, byte for byte, whatever stands
// around it. Where there was no section, an empty one stays.
func TestGrantThenRevokeKeepsEveryOtherByte(t *testing.T) {
	path := folder(t, head)
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		before := l.text()
		require.NoError(t, os.WriteFile(path, []byte(before), 0o640))
		change, err := Apply(t.Context(), path, func() (*Change, error) { return AddGrant(path, oneGrant) })
		require.NoError(t, err, before)
		granted := string(change.After)
		assertOneRun(t, before, granted, l)

		back, err := Apply(
			t.Context(),
			path,
			func() (*Change, error) { return Revoke(path, "CHG1", "", begin.Add(-time.Hour)) },
		)
		require.NoError(t, err, granted)
		written, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(back.After), string(written))
		want := []string{before}
		if l.fresh {
			want = nil
			lines := strings.SplitAfter(before, "\n")
			for i := range lines { // Wherever the section was put.
				want = append(
					want,
					strings.Join(
						lines[:i],
						"",
					)+l.newline+"  guardrails:grants: []"+l.newline+strings.Join(
						lines[i:],
						"",
					),
				)
			}
			want = append(want, before+l.newline+l.newline+"  guardrails:grants: []")
		}
		require.Contains(t, want, string(written))
	})
}

// assertOneRun checks that the difference of a grant is one run of lines that only come, and that it is the grant as
// a whole.
func assertOneRun(t *rapid.T, before, after string, l *layout) {
	change := &Change{Before: []byte(before), After: []byte(after)}
	diff := change.Diff()
	if l.braces || len(l.tickets) == 0 {
		return
	}
	lines := strings.Split(strings.TrimSuffix(diff, "\n"), "\n")
	for _, line := range lines {
		require.True(t, strings.HasPrefix(line, "+ "), "%s", diff)
	}
	require.True(t, strings.HasPrefix(strings.TrimLeft(lines[0][2:], " "), "- "), "%s", diff)
	require.Contains(t, diff, "ticket: CHG1")
	require.Contains(t, diff, "jump/alice")
	if len(lines) > 1 {
		require.Len(t, lines, 5, "%s", diff)
	}
}

// Revoking a grant that somebody wrote by hand takes its own comments with it and no others, in one run of lines.
func TestRevokeTakesNothingOfOthers(t *testing.T) {
	path := folder(t, head)
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		if len(l.tickets) == 0 || l.braces {
			t.Skip("no grant in lines")
		}
		before := l.text()
		require.NoError(t, os.WriteFile(path, []byte(before), 0o640))
		ticket := rapid.SampledFrom(l.tickets).Draw(t, "ticket")
		change, err := Revoke(path, ticket, "", begin.Add(-time.Hour))
		require.NoError(t, err, before)
		after := string(change.After)
		for line := range strings.Lines(before) {
			if strings.Contains(line, "# keep") {
				require.Contains(t, after, strings.TrimRight(line, "\r\n"), before)
			}
		}
		require.NotContains(t, after, ticket, "its comments go with it")
		for _, other := range l.tickets {
			if other != ticket {
				require.Equal(t, strings.Count(before, other), strings.Count(after, other))
			}
		}
		for _, other := range l.tickets {
			if other != ticket {
				require.NotContains(
					t,
					change.Diff(),
					other,
					"the difference does not cut through two grants\n%s",
					change.Diff(),
				)
			}
		}
		// A blank line that is the last one now and has no end looks like an end of the line before.
		if lines := linesOf(
			change.After,
		); !strings.HasSuffix(before, "\n") && !strings.HasSuffix(after, "\n") ||
			strings.HasSuffix(before, "\n") {
			assert.Equal(t, strings.HasSuffix(before, "\n"), ended(lines[len(lines)-1]))
		} else {
			assert.Contains(t, before, after, "nothing but lines at the end was taken away")
		}
	})
}
