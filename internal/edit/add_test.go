package edit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// written puts a stack file into a folder of its own.
func written(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
	return path
}

const plainHead = `# The development account.
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}   # quoted
`

// A value is added wherever its section stands and however it is written, and every other byte of the file stays.
func TestAddedValuesLeaveEveryOtherByte(t *testing.T) {
	alice := []Pair{
		{"name", "alice"},
		{"email", "alice@example.com"},
		{"tags", map[string]string{"Team": "yes", "Floor": "3"}},
	}
	for _, c := range []struct {
		name, before, after string
		add                 []Addition
	}{
		{
			"a section", "", "\n  guardrails:sessions:\n    idleTimeout: 20m\n",
			[]Addition{{Keys: []any{"sessions", "idleTimeout"}, Value: "20m"}},
		},
		{
			"a key of a section", "  guardrails:sessions:\n    # the end\n    maxDuration: 60m   # an hour\n    # a " +
				"comment of the section\n\n  # Protect.\n  guardrails:protect: false\n",
			"  guardrails:sessions:\n    # the end\n    maxDuration: 60m   # an hour\n    idleTimeout: 20m\n    # a " +
				"comment of the section\n\n  # Protect.\n  guardrails:protect: false\n",
			[]Addition{{Keys: []any{"sessions", "idleTimeout"}, Value: "20m"}},
		},
		{
			"a key of a section in braces", "  guardrails:sessions: {maxDuration: 60m} # " +
				"an hour\n", "  guardrails:sessions: {idleTimeout: 20m, maxDuration: 60m} # an hour\n",
			[]Addition{{Keys: []any{"sessions", "idleTimeout"}, Value: "20m"}},
		},
		{
			"keys below keys", "  guardrails:sessions:\n    runAs: {}\n", "  guardrails:sessions:\n    runAs: " +
				"{defaultUser: operator}\n    logs:\n      cloudWatch:\n        group: /sessions\n",
			[]Addition{{Keys: []any{"sessions", "runAs", "defaultUser"}, Value: "operator"},
				{Keys: []any{"sessions", "logs", "cloudWatch", "group"}, Value: "/sessions"}},
		},
		{
			"a person", "  guardrails:users:\n    - name: bob   # the first\n    # nobody yet\n",
			"  guardrails:users:\n    - name: bob   # the first\n    - name: alice\n      email: alice@example.com\n  " +
				"    tags:\n        Floor: \"3\"\n        Team: \"yes\"\n    # nobody yet\n",
			[]Addition{{Keys: []any{"users", Element}, Value: alice}},
		},
		{
			"the first person", "", "\n  guardrails:users:\n    - name: alice\n      email: alice@example.com\n      " +
				"tags:\n        Floor: \"3\"\n        Team: \"yes\"\n",
			[]Addition{{Keys: []any{"users", Element}, Value: alice}},
		},
		{
			"a person among people in braces", "  guardrails:users:\n    - {name: bob}\n",
			"  guardrails:users:\n    - {name: bob}\n    - {name: alice, email: alice@example.com, tags: {Floor: " +
				"\"3\", Team: \"yes\"}}\n",
			[]Addition{{Keys: []any{"users", Element}, Value: alice}},
		},
		{
			"what a person has", "  guardrails:users:\n    - name: bob\n    - {name: carol}\n    - email: " +
				"dave@example.com\n      name: dave\n  guardrails:protect: false\n",
			"  guardrails:users:\n    - name: bob\n      email: bob@example.com\n    - {email: carol@example.com, " +
				"name: carol}\n    - email: dave@example.com\n      name: dave\n      tags:\n        Team: ops\n  " +
				"guardrails:protect: false\n",
			[]Addition{
				{Keys: []any{"users", 0, "email"}, Value: "bob@example.com"}, {Keys: []any{"users", 1, "email"},
					Value: "carol@example.com"},
				{Keys: []any{"users", 2, "tags", "Team"}, Value: "ops"},
			},
		},
		{
			"what is adopted", "  guardrails:users: [{name: bob}, {name: alice}]\n",
			"  guardrails:users: [{name: bob}, {name: alice}]\n\n  guardrails:adopt:\n    users: [bob, alice]\n    " +
				"mfa: true\n",
			[]Addition{{Keys: []any{"adopt", "users"}, Value: []string{"bob", "alice"}},
				{Keys: []any{"adopt", "mfa"}, Value: true}},
		},
		{
			"what is adopted besides", "  guardrails:users: [{name: bob}, {name: alice}]\n  guardrails:adopt: {users: " +
				"[bob]} # from the console\n",
			"  guardrails:users: [{name: bob}, {name: alice}]\n  guardrails:adopt: {users: [bob, alice]} # from the " +
				"console\n",
			[]Addition{{Keys: []any{"adopt", "users", Element}, Value: "alice"}},
		},
		{
			"the first of a list that is not there", "  guardrails:users: [{name: bob}]\n  guardrails:adopt:\n    " +
				"mfa: true\n",
			"  guardrails:users: [{name: bob}]\n  guardrails:adopt:\n    mfa: true\n    users: [bob]\n",
			[]Addition{{Keys: []any{"adopt", "users", Element}, Value: "bob"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, form := range []func(string) string{func(s string) string { return s }, crlf} {
				path := written(t, form(plainHead+c.before))
				f, err := Open(path)
				require.NoError(t, err)
				change, err := f.Add(c.add...)
				require.NoError(t, err)
				assert.Empty(t, cmp.Diff(form(plainHead+c.after), string(change.After)))
				require.NoError(t, change.Write(t.Context()))
				_, problems := stack.ReadFile(path)
				assert.Empty(t, problems)
			}
		})
	}
}

// What the file would become is read before anything is written: what is refused there is not added.
func TestRefusedValuesAreNotAdded(t *testing.T) {
	path := written(t, plainHead+"  guardrails:users: [{name: bob}]\n")
	f, err := Open(path)
	require.NoError(t, err)
	_, err = f.Add(Addition{Keys: []any{"sessions", "idleTimeout"}, Value: "2h"})
	var problems problem.List
	require.ErrorAs(t, err, &problems)
	assert.Equal(t, problem.Path("guardrails:sessions.idleTimeout"), problems[0].Path)
}

// Where the text cannot be spliced, the error says what to write by hand, in the words of the file.
func TestWhatCannotBeAddedIsToBeWrittenByHand(t *testing.T) {
	f, err := Open(
		written(
			t,
			plainHead+"  guardrails:users: &people\n    - name: bob\n  guardrails:sessions: &sessions\n    "+
				"maxDuration: 60m\n",
		),
	)
	require.NoError(t, err)
	change, err := f.Add(Addition{Keys: []any{"sessions", "idleTimeout"}, Value: "20m"})
	require.NoError(t, err)
	assert.Equal(t, "+     idleTimeout: 20m\n", change.Diff())

	aliased := plainHead + "  guardrails:tags: &tags {project: Project}\n  guardrails:users:\n    - name: bob\n      " +
		"tags: *tags\n"
	f, err = Open(written(t, aliased))
	require.NoError(t, err)
	_, err = f.Add(Addition{Keys: []any{"users", 0, "tags", "Team"}, Value: "ops"})
	var byHand *ByHandError
	require.ErrorAs(t, err, &byHand)
	assert.Contains(t, err.Error(), `write users[0].tags.Team: ops by hand`)
}

// Has sees what is written, not what is meant where nothing is.
func TestHasSeesWhatIsWritten(t *testing.T) {
	f, err := Open(written(t, plainHead+"  guardrails:users: [{name: bob}]\n"))
	require.NoError(t, err)
	assert.True(t, f.Has("users", 0, "name"))
	assert.False(t, f.Has("users", 0, "path"), "a default is not written")
	assert.False(t, f.Has("users", 1))
	assert.False(t, f.Has("mfa"))
	assert.False(t, f.Has("users", "name"))
}
