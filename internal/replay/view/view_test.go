package view_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/internal/replay/view"
)

func report() view.Report {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	row := func(section judging.Section, outcome, sid, who string, count int64, on ...string) replay.Row {
		return replay.Row{
			Section:   section,
			Outcome:   outcome,
			Sid:       sid,
			Who:       who,
			Account:   "444455556666",
			Action:    "ssm:StartSession",
			Count:     count,
			First:     at,
			Last:      at.Add(time.Hour),
			DependsOn: on,
		}
	}
	return view.Report{Report: &replay.Report{
		Events:    1_234_567,
		Judged:    1_200_000,
		Refused:   1_300,
		Depends:   2,
		Allowed:   1_198_698,
		First:     at,
		Last:      at.Add(time.Hour),
		Accounts:  []replay.Counted{{What: "444455556666", Count: 1_234_567}},
		NotJudged: []replay.Counted{{What: "AWS services", Count: 34_567}},
		Rows: []replay.Row{
			row(judging.SectionRefused, "refused", "NoShells", "arn:aws:iam::444455556666:role/Dev", 300),
			row(judging.SectionRefused, "refused", "Many", "arn:aws:iam::444455556666:role/App", 1_000),
			row(
				judging.SectionRefused,
				"depends",
				"NoShells",
				"arn:aws:iam::444455556666:role/Ops",
				2,
				"aws:PrincipalTag/Team",
			),
			row(judging.SectionRemote, "refused", "NoCommands", "arn:aws:iam::444455556666:role/Patch", 5),
		},
		Problems: []replay.Problem{
			{File: "a\x1b[31m.json", Line: 3, Record: 7, Why: "is broken JSON, and is left out"},
		},
		ProblemCount: 1,
	}}
}

// The answer stands first, what is certain before what is not, and the statement that refuses most calls before the
// others.
func TestTheAnswerStandsFirst(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report().WriteText(&b))
	text := b.String()
	assert.True(t, strings.HasPrefix(text, "1,300 of 1,200,000 judged calls would be refused, of 2 callers.\n"), text)
	last := -1
	for _, part := range []string{"not judged", "would be refused:\n", "Many: 1,000 calls", "NoShells: 300 calls", "depends on aws:PrincipalTag/Team", "with remoteExecution.mode: deny", "could not be read"} {
		at := strings.Index(text, part)
		assert.Greater(t, at, last, "%s\n%s", part, text)
		last = at
	}
	assert.Contains(t, text, `a\u001b[31m.json:3 (record 7)`)
	assert.NotContains(t, text, "\x1b")
}

// What a record says is no Markdown.
func TestRecordsAreNoMarkdown(t *testing.T) {
	r := report()
	r.Rows[0].Who = "[x](http://example.com) <img src=x> @team `a` | b"
	var b bytes.Buffer
	require.NoError(t, r.WriteMarkdown(&b))
	for _, harmful := range []string{"(http://", "<img", "@team", " `a`"} {
		assert.NotContains(t, b.String(), harmful)
	}
}

// The JSON has every row, and its words are the words of the report.
func TestTheJSONHasEverything(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report().WriteJSON(&b))
	var out replay.Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &out))
	assert.Len(t, out.Rows, 4)
	assert.Equal(t, int64(1_300), out.Refused)
}
