package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/view/matrix"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// inOrganization goes into a copy of the example organization.
func inOrganization(t *testing.T) {
	t.Helper()
	t.Chdir(testkit.Copy(t, "examples/organization"))
}

// at runs a command line of the shell at an instant, and gives what it prints.
func at(t *testing.T, now time.Time, line string) (string, error) {
	t.Helper()
	var args []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2])
	}
	require.Equal(t, "guardrails", args[0])
	f := &flags{now: func() time.Time { return now }}
	root := newRoot(f)
	root.SetArgs(args[1:])
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// screen is how many lines a difference may have.
const screen = 60

var heading = regexp.MustCompile(`^# ([0-9]{2}:[0-9]{2}) (.*)$`)

// The day of the example: each step succeeds at its time and says on one screen what it means; the last one proves
// the folder that is left.
func TestTheDayOfTheExample(t *testing.T) {
	inOrganization(t)
	script, err := os.ReadFile("day.sh")
	require.NoError(t, err)
	tokyo, err := clock.Zone("Asia/Tokyo")
	require.NoError(t, err)
	var now time.Time
	printed, steps := map[string]string{}, 0
	for line := range strings.Lines(string(script)) {
		line = strings.TrimSpace(line)
		if m := heading.FindStringSubmatch(line); m != nil {
			now, err = clock.Say("2030-12-01 "+m[1], time.Time{}, time.Time{}, tokyo)
			require.NoError(t, err)
		}
		if !strings.HasPrefix(line, "guardrails ") {
			continue
		}
		out, atErr := at(t, now, line)
		require.NoError(t, atErr, "%s\n%s", line, out)
		printed[line] += out
		steps++
		if meaning, _, _ := strings.Cut(out, "\n1. "); !strings.HasPrefix(line, "guardrails check") {
			assert.LessOrEqual(t, strings.Count(meaning, "\n"), screen, "%s\n%s", line, meaning)
		}
	}
	require.Equal(t, 13, steps)
	for line, says := range map[string][]string{
		"guardrails person add jump --csv joiners.csv": {"5 people can do more; no one loses.",
			"+ fay gains the role batch (team jump/shop)", "+ jun gains the role PaymentsLead (team jump/leads)"},
		"guardrails person move jump gil --from shop --to leads": {"- gil loses the role batch (team jump/shop)",
			"+ gil gains the role PaymentsLead (team jump/leads)", "guardrails up payments"},
		"guardrails person remove jump bob ivo --with-roles": {"- bob loses the role shop-bob",
			"- ivo loses the role batch", "delete-login-profile --user-name ivo", "assumed-role/batch/bob"},
		"guardrails person remove jump bob ivo --with-roles --dry-run": {"Pulumi.jump.yaml would become, and was not " +
			"touched:"},
		"guardrails grants": {"coming  jump/fay",
			"in 4h 30m, from Sun 2030-12-01 19:00 +09:00 Asia/Tokyo " +
				"(2030-12-01T10:00Z) for 2h", "coming  identity/dave  workload  AdminRole",
			"over    jump/alice"},
		"guardrails grants workload": {"open    jump/fay",
			"until Sun 2030-12-01 21:00 +09:00 Asia/Tokyo (2030-12-01T12:00Z): 2h left"},
		"guardrails revoke workload CHG2001 --dry-run": {"jump/fay has grant-CHG2001-fay until Sun 2030-12-01 20:00 " +
			"+09:00 Asia/Tokyo (2030-12-01T11:00Z) in place of\nSun 2030-12-01 21:00"},
		"guardrails revoke workload CHG2001": {"assumed-role/grant-CHG2001-fay/fay"},
		"guardrails revoke workload CHG2002": {"identity/dave has grant-CHG2002-dave until Sun " +
			"2030-12-01 20:30", "assumed-role/grant-CHG2002-dave/dave"},
		"guardrails grants --prune": {"-       ticket: CHG2001", "-       ticket: CHG2002",
			"-       ticket: CHG1234", "guardrails up workload"},
	} {
		for _, text := range says {
			assert.Contains(t, printed[line], text, line)
		}
	}

	folder, err := project.Open("")
	require.NoError(t, err)
	stacks, err := folder.Read()
	require.NoError(t, err)
	for _, s := range stacks {
		if s.Name == "jump" {
			assert.Equal(
				t,
				map[string][]string{"shop": {"alice", "fay", "hana"}, "leads": {"carol", "jun", "gil"}},
				s.Teams,
			)
		}
		for _, g := range s.Grants {
			assert.Equal(t, "CHG1250", g.Ticket, "tomorrow's")
		}
	}
	m, err := matrix.Of(now, stacks...)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, m.WriteText(&b))
	for _, gone := range []string{"bob", "ivo", "CHG1234", "CHG2001", "CHG2002"} {
		assert.NotContains(t, b.String(), gone)
	}
	assert.Contains(t, b.String(), "batch (team jump/shop)")
}

// Of a grant that has not begun nobody has anything yet, and of one that is open somebody has.
func TestRevokeSaysWhetherTheGrantIsOfUseAlready(t *testing.T) {
	inOrganization(t)
	tokyo, err := clock.Zone("Asia/Tokyo")
	require.NoError(t, err)
	for _, c := range []struct{ day, ticket, says string }{
		{"2030-12-02 20:00", "CHG1250", "until then identity/dave can still use the grant"},
		{"2030-11-01 09:00", "CHG1234", "until then jump/alice will be able to use the grant"},
	} {
		now, err := clock.Say(c.day, time.Time{}, time.Time{}, tokyo)
		require.NoError(t, err)
		out, err := at(t, now, "guardrails revoke workload "+c.ticket)
		require.NoError(t, err, out)
		assert.Contains(t, out, c.says, c.day)
	}
}

// One second before, at and after each bound of a grant that was said in a zone, its role opens or stays shut, also
// over a change of clocks.
func TestAGrantOpensToTheSecondInEveryZone(t *testing.T) {
	for _, c := range []struct{ zone, now, flags, from, until string }{
		{"Asia/Tokyo", "2030-12-01T10:00:00+09:00", `--from "tonight 19:00" --until 02:00`, "2030-12-01T10:00:00Z",
			"2030-12-01T17:00:00Z"},
		{"Europe/Berlin", "2026-10-24T10:00:00+02:00", `--from "tomorrow 01:30" --for 2h`, "2026-10-24T23:30:00Z",
			"2026-10-25T01:30:00Z"},
		{"America/New_York", "2026-03-07T10:00:00-05:00", `--from "tomorrow 01:00" --until 04:00`,
			"2026-03-08T06:00:00Z", "2026-03-08T08:00:00Z"},
	} {
		t.Run(c.zone, func(t *testing.T) {
			inOrganization(t)
			now, err := time.Parse(time.RFC3339, c.now)
			require.NoError(t, err)
			out, err := at(
				t,
				now,
				`guardrails grant workload jump/alice --run-as alice --project billing `+c.flags+` --zone `+c.zone+` --ticket CHG9`,
			)
			require.NoError(t, err, out)
			file := "Pulumi.workload.yaml"
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			from, err := time.Parse(time.RFC3339, c.from)
			require.NoError(t, err)
			until, err := time.Parse(time.RFC3339, c.until)
			require.NoError(t, err)
			expected := "  guardrails:expect:\n"
			for _, moment := range []struct {
				at   time.Time
				open bool
			}{{from.Add(-time.Second), false}, {from, true}, {from.Add(time.Second), true}, {until.Add(-time.Second),
				true}, {until, false}, {until.Add(time.Second), false}} {
				outcome := "denied: true"
				if moment.open {
					outcome = "osUser: alice"
				}
				expected += fmt.Sprintf(
					"    - {it: at %s, as: jump/alice, via: grant-CHG9-alice, opens: shell, on: {instance: {Project: "+
						"billing}}, at: %q, %s}\n",
					moment.at.Format("15-04-05"),
					moment.at.Format(time.RFC3339),
					outcome,
				)
			}
			text := strings.Replace(string(data), "  guardrails:expect:\n", expected, 1)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			s, problems := stack.ReadFile(file)
			require.NoError(t, problems.Err())
			j := judge.Stack(s)
			require.NoError(t, j.Refusals().Err())
			for i := range 6 {
				assert.True(t, j.Expectations[i].Holds())
			}
		})
	}
}

// What somebody writes wrongly is status 2, and what the files would not take is status 1; nothing is written.
func TestPeopleThatAreRefused(t *testing.T) {
	inOrganization(t)
	now := time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)
	before, err := os.ReadFile("Pulumi.jump.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("wrong.csv", []byte("name,team\nx,shop\n"), 0o600))
	for line, status := range map[string]exit.Status{
		"guardrails person add jump":                     exit.WrongUse,
		"guardrails person add jump --csv wrong.csv":     exit.WrongUse,
		"guardrails person add jump --csv missing.csv":   exit.WrongUse,
		"guardrails person add jump a --csv joiners.csv": exit.WrongUse,
		"guardrails person add nowhere erin":             exit.WrongUse,
		"guardrails person add jump alice":               exit.Refused,
		"guardrails person add jump erin --tag x":        exit.WrongUse,
		"guardrails person move jump bob":                exit.WrongUse,
		"guardrails person move jump nobody --to leads":  exit.WrongUse,
		"guardrails person move jump bob --to leads":     exit.Refused, // Expectations say that he works on the batch machines.
		"guardrails person remove jump nobody":           exit.WrongUse,
		"guardrails person remove jump carol":            exit.Refused,
		"guardrails grants --dry-run":                    exit.WrongUse,
		"guardrails grants --at soon":                    exit.WrongUse,
		"guardrails grants --zone JST":                   exit.WrongUse,
	} {
		out, atErr := at(t, now, line)
		require.Error(t, atErr, "%s\n%s", line, out)
		assert.Equal(t, status, exit.StatusOf(inWords(atErr)), "%s: %v", line, atErr)
	}
	after, err := os.ReadFile("Pulumi.jump.yaml")
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	files, err := filepath.Glob(".*")
	require.NoError(t, err)
	assert.Empty(t, files, "nothing is left behind")
}
