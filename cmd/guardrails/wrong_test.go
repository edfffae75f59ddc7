package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/cmd/guardrails/usage"
	"aws-access-guardrails/internal/workspace/exit"
)

// executed runs a command line as main does, and gives its status and what it prints on standard error.
func executed(t *testing.T, args ...string) (exit.Status, string) {
	t.Helper()
	out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer out.Close()
	said, err := os.CreateTemp(t.TempDir(), "stderr")
	require.NoError(t, err)
	defer said.Close()
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = out, said
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	status := execute(t.Context(), args)
	_, err = said.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err := io.ReadAll(said)
	require.NoError(t, err)
	return status, string(text)
}

// verbs are all verbs that do something, those below others too.
func verbs(below *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, verb := range below.Commands() {
		if verb.Name() != "help" && verb.Name() != "completion" {
			all = append(append(all, verb), verbs(verb)...)
		}
	}
	return all
}

// Whatever verb and flag it is: a name that is nearly that of a flag, a flag without a text, and texts that are not
// UTF-8 are refused as wrong use, with the verb or the flag in words, and nothing is done.
func TestWrongUseOfEveryVerbAndFlag(t *testing.T) {
	inOrganization(t)
	before := filesBelow(t)
	all := verbs(newRoot(&flags{}))
	require.Greater(t, len(all), 25)
	for _, verb := range all {
		path := strings.Fields(verb.CommandPath())[1:]
		wrong := func(says string, args ...string) {
			status, text := executed(t, append(append([]string{}, path...), args...)...)
			line := strings.Join(append(path, args...), " ")
			assert.Equal(t, exit.WrongUse, status, "%q: %s", line, text)
			assert.Contains(t, text, says, "%q", line)
			assert.NotContains(t, text, "]", "%q: how arguments are written is no text for people", line)
			assert.NotContains(t, text, "  ", "%q", line)
		}
		// Enough arguments for every verb, so that the flag is what is wrong.
		given := []string{"workload", "jump/alice"}
		if verb.HasSubCommands() {
			wrong("is nothing that it does", "nothing-that-there-is")
			wrong("write one of")
		}
		verb.Flags().VisitAll(func(flag *pflag.Flag) {
			if flag.Name == "help" || flag.Hidden || verb.HasSubCommands() {
				return
			}
			wrong("unknown flag: --"+flag.Name+"x", "--"+flag.Name+"x")
			if kind := flag.Value.Type(); kind != "string" && kind != "stringArray" {
				return
			}
			for _, value := range []string{"", " ", "\xff\xfe"} {
				status, text := executed(
					t,
					append(append(append([]string{}, path...), "--"+flag.Name, value), given[:len(usage.Wanted(verb))]...)...,
				)
				assert.Equal(t, exit.WrongUse, status, "%s --%s %q: %s", path, flag.Name, value, text)
				assert.Contains(t, text, "--"+flag.Name, "%s", path)
			}
		})
	}
	assert.Equal(t, before, filesBelow(t))
}

// Names in another case, of other stacks, in another order, with the account before them; teams, times, lengths and
// files that are none: each is refused with the value and with what to write, as wrong use or as a stack that does not
// hold, and no file is touched.
func TestWrongNamesTimesAndFiles(t *testing.T) {
	inOrganization(t)
	require.NoError(t, os.Mkdir("folder", 0o700))
	csv := func(name, text string) string {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	before := filesBelow(t)
	for _, c := range []struct {
		args   string
		status exit.Status
		says   string
	}{
		{"person", exit.WrongUse, "write one of add, move, remove"},
		{"person Add jump x", exit.WrongUse, `did you mean "add"?`},
		{"person add", exit.WrongUse, `person add: stack missing; write it as in "guardrails person add jump dave`},
		{"person add Jump x", exit.WrongUse, "write one of identity, jump"},
		{"person add jump x x", exit.WrongUse, `"x" is named twice`},
		{"person remove jump/alice", exit.WrongUse, "the stack and the name are two words: jump alice"},
		{"person add jump", exit.WrongUse, "nobody is named"},
		{"person add jump ALICE", exit.Refused, `differs from "alice" by case only`},
		{"person add jump jump/x", exit.Refused, "which IAM does not take"},
		{"person add jump x --tag Building", exit.WrongUse, `write it as in --tag Building=east`},
		{"person add jump x --run-as root", exit.Refused, "is the superuser"},
		{"person add jump x --email nobody", exit.Refused, "is not an email address"},
		{"person move jump bob --to Shop", exit.WrongUse, `did you mean "shop"?`},
		{"person move workload bob --to leads", exit.WrongUse, "write jump in place of workload"},
		{"person move jump jump/bob --to leads", exit.WrongUse, `write "bob"`},
		{"person move jump bob", exit.WrongUse, "write --to with a team"},
		{"person move jump bob --from leads", exit.WrongUse, "is not in the team leads"},
		{"person remove workload bob", exit.WrongUse, "bob is of the stack jump"},
		{"person remove jump arn:aws:iam::111122223333:user/bob", exit.WrongUse, `write "bob"`},
		{"person remove identity operators", exit.WrongUse, `write "dave"`},
		{"grant jump/bob workload --run-as bob --for 2h --ticket C1", exit.WrongUse, `stack "jump/bob" has no file`},
		{"grant workload jump/Bob --run-as bob --for 2h --ticket C1", exit.Refused, `did you mean "jump/bob"?`},
		{"grant workload jump/bob --run-as bob --for 2 --ticket C1", exit.WrongUse, "such as 4h"},
		{"grant workload jump/bob --run-as bob --for 9999999999999h --ticket C1", exit.WrongUse, "it is no length of time"},
		{"grant workload jump/bob --run-as bob --for 99999h --ticket C1", exit.Refused, "grantMaxLength is 8h"},
		{"grant workload jump/bob --run-as bob --for -2h --ticket C1", exit.WrongUse, "goes backwards"},
		{"grant workload jump/bob --for 2h --from 2026-02-30T10:00Z --ticket C1", exit.WrongUse, `--from: "2026-02-30T10:00Z"`},
		{"grant workload jump/bob --for 2h --from 2036-02-28T10:00+530 --ticket C1", exit.WrongUse, "such as +05:30"},
		{"grant workload jump/bob --run-as bob --for 2h --zone Tokyo --ticket C1", exit.WrongUse, "such as Asia/Tokyo"},
		{"revoke workload chg1234", exit.WrongUse, `did you mean "CHG1234"?`},
		{"revoke workload", exit.WrongUse, "ticket missing"},
		{"grants Workload", exit.WrongUse, "write one of identity, jump"},
		{"matrix --person Bob", exit.WrongUse, `did you mean "bob"?`},
		{"matrix --at yesterday", exit.WrongUse, "2030-12-01T09:00+09:00"},
		{"diff --from nope", exit.WrongUse, "is in no git repository"},
		{"explain workload --as jump/alice --opens shel --on Project=shop", exit.WrongUse, "write one of shell"},
		{"audit folder", exit.WrongUse, "is a folder"},
		{"audit e.csv", exit.Refused, "e.csv"},
		{"replay nope", exit.WrongUse, "does not exist"},
		{"handover --person Alice", exit.WrongUse, `did you mean "alice"?`},
		{"adopt nope", exit.WrongUse, "write one of"},
		{"deployer nope", exit.WrongUse, "write one of"},
		{"page --out folder", exit.WrongUse, "is a folder"},
		{"render nope", exit.WrongUse, "write one of"},
		{"render --out e.csv jump", exit.WrongUse, "is no folder"},
		{"explain jump --as alice --at tomorrow", exit.WrongUse, `--at: "tomorrow" is no time that is read here; write`},
		{"explain jump --as alice --at friday", exit.WrongUse, "--at: "},
		{"check --at sometime", exit.WrongUse, "2030-12-01T09:00+09:00"},
		{"drift nope", exit.WrongUse, "write one of"},
		{"stacks nope", exit.WrongUse, "write one of"},
		{"init extra", exit.WrongUse, `takes no argument, and got "extra"`},
		{"version extra", exit.WrongUse, `takes no argument, and got "extra"`},
		{"schema nope", exit.WrongUse, `schema: "nope" is none of them; write one of stack, replay`},
		{"schema stack replay", exit.WrongUse, `schema: takes [stack | replay], and got "replay" besides`},
		{"announce opened jump C1 now", exit.WrongUse, `announce: takes step [stack ticket], and got "now" besides`},
		{"check --json=maybe", exit.WrongUse, "write true or false"},
		{"preview -p many", exit.WrongUse, `invalid argument "many" for "-p, --parallel" flag: it is no number`},
		{"check --jsn", exit.WrongUse, `check: unknown flag: --jsn; did you mean "--json"? see guardrails check --help`},
		{"check -x", exit.WrongUse, `check: unknown shorthand flag: 'x' in -x; see guardrails check --help`},
		{"check --at", exit.WrongUse, `check: flag needs an argument: --at; see guardrails check --help`},
		{"-C e.csv check", exit.WrongUse, "is not a folder"},
		{"--color blue check", exit.WrongUse, "write auto, always or never"},
		{"chekc", exit.WrongUse, `did you mean "check"?`},
		{"person add jump --csv folder", exit.WrongUse, "is a folder"},
		{"person add jump --csv nope.csv", exit.WrongUse, "does not exist"},
	} {
		csv("e.csv", "")
		status, text := executed(t, strings.Fields(c.args)...)
		require.NoError(t, os.Remove("e.csv"))
		assert.Equal(t, c.status, status, "%s: %s", c.args, text)
		assert.Contains(t, text, c.says, c.args)
	}
	for text, says := range map[string]string{
		"":                       "c.csv: is empty; write a line of column names first",
		"name,email\n":           "has nobody below its column names",
		"nmae,email\nx,y\n":      `c.csv:1: "nmae" is no column of add; did you mean "name"?`,
		"Name\nx\n":              `did you mean "name"?`,
		"email\nx@example.com\n": "c.csv:1: the column name is missing; the columns are name, email",
		"name,name\nx,y\n":       `the column "name" is there twice`,
		"name,email\n\"x,y\n":    "c.csv:2: ",
		"name,email\nx\"y,z\n":   "write the quote twice",
		"name,email\nx,y@z.example,z\n": "c.csv:2: has 3 columns, and the first line names 2; put a " +
			"value with a comma in it into quotes",
		"name,displayName\nx,\"two\nlines\"\ny,z,z\n":           "c.csv:4: has 3 columns",
		"name\nx\n\n\nx\n":                                      `c.csv:5: "x" is in line 2 too`,
		"name,email\n,y@example.com\n":                          "c.csv:2: name is empty",
		"name,displayName\r\nx,Ren\xe9\r\n":                     `c.csv:2: "x,Ren\xe9" is not UTF-8; save the file as CSV UTF-8`,
		"\xef\xbb\xbfname;email\r\nalice;alice@example.com\r\n": `"alice" is a user already`,
	} {
		csv("c.csv", text)
		status, told := executed(t, "person", "add", "jump", "--csv", "c.csv")
		require.NoError(t, os.Remove("c.csv"))
		assert.Contains(t, []exit.Status{exit.WrongUse, exit.Refused}, status, "%q", text)
		assert.Contains(t, told, says, "%q", text)
	}
	assert.Equal(t, before, filesBelow(t))
}

// filesBelow are the files of the folder, with what is in them and when they were written.
func filesBelow(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		require.NoError(t, err)
		data, err := os.ReadFile(path)
		all[path] = info.ModTime().Format(time.RFC3339Nano) + string(data)
		return err
	}))
	return all
}
