package terminal

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// No line of a table is wider than the terminal, at any width and with any text, and every word of every cell is there.
func TestATableFitsAndLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(20, 200).Draw(t, "width")
		columns := rapid.IntRange(1, 8).Draw(t, "columns")
		cell := rapid.StringMatching(`[a-z0-9日本語/ ,:-]{1,40}`)
		row := rapid.SliceOfN(cell, columns, columns)
		head, rows := rapid.SliceOfN(rapid.StringMatching(`[A-Z]{1,8}`), columns, columns).
			Draw(t, "head"),
			rapid.SliceOfN(row, 0, 6).
				Draw(t, "rows")
		text := Table(head, rows, width)
		for line := range strings.Lines(text) {
			if w := displaywidth.String(strings.TrimRight(line, "\n")); w > width {
				t.Fatalf("a line has %d of %d columns: %q", w, width, line)
			}
		}
		squeezed := strings.Join(strings.Fields(text), "")
		for _, r := range rows {
			for _, c := range r {
				for r := range strings.FieldsSeq(c) {
					for _, letter := range r {
						if c != "-" && !strings.ContainsRune(squeezed, letter) {
							t.Fatalf("%q is lost", c)
						}
					}
				}
			}
		}
	})
}

// At 200 columns a row is one line, at 80 its text goes on below, at 30 it becomes lines of its own.
func TestATableTakesThreeForms(t *testing.T) {
	head := []string{"PERSON", "ROLE", "DOORS", "SIGN-IN", "WHEN"}
	rows := [][]string{
		{"alice", "shop-alice", "shell, port, remotePort, start, stop", "MFA in the last 12 hours", "always"},
		{"bob", "-", "-", "-", "-"},
	}
	assert.Equal(t, `PERSON  ROLE        DOORS                                 SIGN-IN                   WHEN
alice   shop-alice  shell, port, remotePort, start, stop  MFA in the last 12 hours  always
bob     -           -                                     -                         -
`, Table(head, rows, 200))
	assert.Equal(t, `PERSON  ROLE        DOORS                SIGN-IN              WHEN
alice   shop-alice  shell, port,         MFA in the last 12   always
                    remotePort, start,   hours
                    stop
bob     -           -                    -                    -
`, Table(head, rows, 68))
	assert.Equal(t, `PERSON   alice
ROLE     shop-alice
DOORS    shell, port,
         remotePort, start,
         stop
SIGN-IN  MFA in the last 12
         hours
WHEN     always

PERSON   bob
`, Table(head, rows, 30))
}

// A colour is a meaning: red is wrong, yellow is to be looked at, green holds. The text itself stays as it is.
func TestColoursMeanSomething(t *testing.T) {
	for line, colour := range map[string]string{
		"    FAIL  mfa-to-assume": red, "    ok if  own-sessions-only": yellow, "    ok  legal-os-user": green, "  + create Role": green, "  - delete Role": red,
		"  note    x": yellow, "alice  WITHOUT MFA: access key": red, "x: does not hold " +
			"(account 1)": red, "a: holds (account 1)": green, "plain text": "",
		"shell  root (can do everything)": red,
	} {
		painted := paint(line)
		if colour == "" {
			assert.Equal(t, line, painted)
			continue
		}
		assert.Contains(t, painted, colour, line)
		plain := strings.NewReplacer(red, "", green, "", yellow, "", dim, "", reset, "").Replace(painted)
		assert.Equal(t, line, plain)
	}
	var out bytes.Buffer
	p := NewPainter(&out, func() bool { return true })
	for _, part := range []string{"  FA", "IL x\nplain", " text"} {
		_, err := p.Write([]byte(part))
		require.NoError(t, err)
	}
	require.NoError(t, p.Close())
	assert.Equal(t, red+"  FAIL"+reset+" x\nplain text", out.String())
}

// Every rule colours what somebody says: the words stand in the file that says them.
func TestEveryColourIsOfWordsThatSomebodySays(t *testing.T) {
	said := []struct{ rule, line, file, words string }{
		{`^\s*FAIL\b`, "    FAIL  x", "judge/text.go", `"FAIL"`},
		{`\bdoes not hold\b`, "x: does not hold (account 1)", "judge/text.go", `"does not hold"`},
		{`WITHOUT MFA(: [a-z, ]+)?`, "WITHOUT MFA: access key", "view/matrix/text.go", `"WITHOUT MFA: "`},
		{`[\w.-]+ \(can do everything\)`, "root (can do everything)", "view/matrix/text.go", `" (can do everything)"`},
		{`(^|  )(root|ssm-user)( \(can( do)?)?(  |$)`, "x  root (can", "view/matrix/text.go", `" (can do everything)"`},
		{
			`\((can )?do everything\)|  \(can do(  |$)`, "x  (can do everything)", "view/matrix/text.go",
			`" (can do everything)"`,
		},
		{`: (DENIED|FAILS)$`, "2. Calls x: FAILS", "view/explain/text.go", `": FAILS\n`},
		{`^\s*x [a-z]+ failed\b`, "  x create failed", "workspace/result/print.go", `"  x %s failed\t`},
		{`^\s*- .*`, "  - delete Role", "workspace/result/print.go", `{Delete, "-"}`},
		{`^(No|Error|error):?\b`, "No: step 2 is refused.", "view/explain/words.go", `"No: step %d is refused`},
		{`^\s*(ok if|waived|assumed|note)\b`, "    ok if  x", "judge/text.go", `"ok if"`},
		{`^\s*[~±!] .*`, "  ~ update Role", "workspace/result/print.go", `{Update, "~"}`},
		{`\(not accepted\)`, "    x (not accepted)", "judge/text.go", `"not accepted"`},
		{`^\s*ok\b`, "    ok  x", "judge/text.go", `"ok"`},
		{`: holds\b`, "x: holds (account 1)", "judge/text.go", `"holds"`},
		{`: ALLOWED$`, "2. Calls x: ALLOWED", "view/explain/text.go", `": %s\n", strings.ToUpper(s.Outcome)`},
		{`^\s*\+ .*`, "  + create Role", "workspace/result/print.go", `{Create, "+"}`},
		{`^Yes\b`, "Yes, as the OS user x.", "view/explain/words.go", `"Yes"`},
		{`\bdocs/[\w./#-]+$`, "see docs/safety.md", "judge/text.go", `docs/safety.md`},
	}
	require.Len(t, said, len(rules))
	for i, r := range rules {
		assert.Equal(t, said[i].rule, r.match.String())
		assert.Regexp(t, r.match, said[i].line)
		source, err := os.ReadFile("../" + said[i].file)
		require.NoError(t, err)
		assert.Contains(t, string(source), said[i].words, r.match)
	}
}

// Colours are off in a pipe, with NO_COLOR and where they are refused, and on where they are asked for.
func TestColoursAreOffInPipes(t *testing.T) {
	read, write, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { read.Close(); write.Close() })
	assert.False(t, Colours(Auto, write))
	assert.True(t, Colours(Always, write))
	assert.False(t, Colours(Never, write))
	assert.Zero(t, Width(write))
}

// A text that is fitted has no line that is wider than the terminal where its words allow that, loses no word, and
// keeps its marks in their column.
func TestATextFitsAndLosesNothing(t *testing.T) {
	text := "Pulumi.dev.yaml: does not hold (account 111122223333)\n  FAIL    a shell opens on nodes of their own " +
		"project alone (own-project-only, docs/safety.md#own-project-only)\n" +
		"          role/x: a node of another project can be reached\n  note    guardrails:justInTime: every " +
		"just-in-time shell is operator's, whoever asked\n\nshort\n" +
		"    arn:aws:iam::111122223333:role/guardrails/operation/a-name-that-is-longer-than-a-narrow-terminal\nno end"
	assert.Equal(t, text, Fit(text, 0))
	for _, width := range []int{20, 50, 80, 120, 200} {
		got := Fit(text, width)
		for line := range strings.Lines(got) {
			assert.LessOrEqual(t, displaywidth.String(strings.TrimSuffix(line, "\n")), width)
		}
		assert.Equal(t, strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields(got), ""), "%d", width)
		assert.Equal(t, got, Fit(got, width), "what fits stays as it is")
	}
	assert.Equal(
		t,
		"  note    every shell is\n          operator's\n",
		Fit("  note    every shell is operator's\n", 25),
	)
}

func TestALongNameIsBrokenBehindASignThatDividesIt(t *testing.T) {
	for _, of := range []struct {
		text string
		want []string
	}{
		{"operation-attachment-on-call-guard", []string{"operation-", "attachment-on-", "call-guard"}},
		{"arn:aws:iam::111122223333:role/a", []string{"arn:aws:iam::", "111122223333:", "role/a"}},
		{"abcdefghijklmnopqrs", []string{"abcdefghijklmn", "opqrs"}},
		{"a-cdefghijklmnopqrs", []string{"a-cdefghijklmn", "opqrs"}},
		{"see operation-attachment", []string{"see", "operation-", "attachment"}},
	} {
		assert.Equal(t, of.want, Wrap(of.text, 14), of.text)
	}
}
