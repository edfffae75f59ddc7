package edit

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// What is removed goes with the comment that is about it; every other byte stays, whatever the layout.
func TestRemovalsKeepEveryOtherByte(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		remove              []Removal
		add                 []Addition
	}{
		{"a word of a list in brackets",
			"  guardrails:teams: {ops: [bob, alice]} # who\n  guardrails:users: [{name: bob}, {name: alice}]\n",
			"  guardrails:teams: {ops: [bob]} # who\n  guardrails:users: [{name: bob}]\n",
			[]Removal{{Keys: []any{"users", 1}}, {Keys: []any{"teams", "ops", 1}}}, nil},
		{"the first and the last", "  guardrails:users: [{name: bob}, {name: carol}, {name: 'alice'} ]\n",
			"  guardrails:users: [{name: carol} ]\n",
			[]Removal{{Keys: []any{"users", 0}}, {Keys: []any{"users", 2}}}, nil},
		{"all of a list", "  guardrails:teams:\n    ops: [bob]   # nobody else\n  guardrails:users: [{name: bob}]\n",
			"  guardrails:teams:\n    ops: []   # nobody else\n  guardrails:users: [{name: bob}]\n",
			[]Removal{{Keys: []any{"teams", "ops", 0}}}, nil},
		{"elements in lines",
			"  guardrails:users:\n    - name: bob\n\n    # She leads.\n    - name: alice\n      email: a@example.com " +
				"# hers\n    # Nobody's.\n\n    - {name: carol}\n",
			"  guardrails:users:\n    - name: bob\n\n    # Nobody's.\n\n    - {name: " +
				"carol}\n", []Removal{{Keys: []any{"users", 1}}}, nil},
		{"under a heading", "  guardrails:users:\n    # All of them.\n    - name: bob\n    - name: alice\n",
			"  guardrails:users:\n    # All of them.\n    - name: alice\n",
			[]Removal{{Keys: []any{"users", 0}, Heading: true}}, nil},
		{"the only element in lines", "  guardrails:users:\n    - name: bob\n  guardrails:protect: false\n",
			"  guardrails:users: []\n  guardrails:protect: false\n",
			[]Removal{{Keys: []any{"users", 0}}}, nil},
		{"a key", "  guardrails:teams:\n    ops: [bob]\n    all:\n      - bob\n    # the end\n  guardrails:users: " +
			"[{name: bob}]\n", "  guardrails:teams:\n    ops: [bob]\n    # the end\n  guardrails:users: " +
			"[{name: bob}]\n",
			[]Removal{{Keys: []any{"teams", "all"}}}, nil},
		{"a key in braces", "  guardrails:users: [{name: bob, email: bob@example.com, tags: {Floor: \"1 2\"}}]\n",
			"  guardrails:users: [{name: bob, tags: {Floor: \"1 2\"}}]\n",
			[]Removal{{Keys: []any{"users", 0, "email"}}}, nil},
		{"from one team to another",
			"  guardrails:users: [{name: bob}, {name: alice}]\n  guardrails:teams:\n    ops: [bob, alice]\n    " +
				"shop:\n      - alice\n",
			"  guardrails:users: [{name: bob}, {name: alice}]\n  guardrails:teams:\n    ops: [alice]\n    shop:\n     " +
				" - alice\n      - bob\n",
			[]Removal{{Keys: []any{"teams", "ops", 0}}}, []Addition{{Keys: []any{"teams", "shop", Element}, Value: "bob"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, form := range []func(string) string{func(s string) string { return s }, crlf} {
				f, err := Open(written(t, form(plainHead+c.before)))
				require.NoError(t, err)
				change, err := f.Change(c.remove, c.add)
				require.NoError(t, err)
				assert.Empty(t, cmp.Diff(form(plainHead+c.after), string(change.After)))
			}
		})
	}
}

// What cannot be told apart is left to a person, and nothing is lost: comments between parts, aliases, lists in lists.
func TestRemovalsThatAreToBeMadeByHand(t *testing.T) {
	for _, text := range []string{
		"  guardrails:users: [{name: bob}, # first\n    {name: alice}]\n",
		"  guardrails:users: &all [{name: alice}, {name: bob}]\n  pulumi:x: *all\n",
	} {
		f, err := Open(written(t, plainHead+text))
		require.NoError(t, err)
		_, err = f.Change([]Removal{{Keys: []any{"users", 0}}}, nil)
		var byHand *ByHandError
		require.ErrorAs(t, err, &byHand, text)
	}
}

// However a list is written, an element that goes takes nothing else along.
func TestAnElementThatGoesTakesNothingElse(t *testing.T) {
	path := written(t, plainHead)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "elements")
		blank := func(what string) string {
			return rapid.SampledFrom([]string{"", " ", "  ", "\n      "}).Draw(t, what)
		}
		var parts []string
		flow := rapid.Bool().Draw(t, "brackets")
		for i := range n {
			name := rapid.SampledFrom([]string{"user%d", `"user%d"`, "'user%d'"}).Draw(t, "quotes")
			element := fmt.Sprintf("{id: "+name+", because: '[x, ''y]' %s}", i, blank("in"))
			if rapid.Bool().Draw(t, "double") {
				element = fmt.Sprintf("{because: \"},{\\\"\"%s, id: "+name+"}", blank("in"), i)
			}
			if !flow {
				element = fmt.Sprintf("    - id: "+name+"   # %d\n      because: '- b'\n", i, i)
			}
			parts = append(parts, element)
		}
		text := plainHead + "  guardrails:accept:\n" + strings.Join(parts, "") + "  # the end\n"
		if flow {
			text = plainHead + "  guardrails:accept: [" + blank(
				"first",
			) + strings.Join(
				parts,
				blank("before")+", "+blank("behind"),
			) + blank(
				"last",
			) + "] # the end\n"
		}
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		f, err := Open(path)
		require.NoError(t, err, text)
		index := rapid.IntRange(0, n-1).Draw(t, "index")
		change, err := f.Change([]Removal{{Keys: []any{"accept", index}}}, nil)
		require.NoError(t, err, text)
		elements := func(data []byte) []any {
			var read struct {
				Config map[string]any `yaml:"config"`
			}
			require.NoError(t, yaml.Unmarshal(data, &read))
			return read.Config["guardrails:accept"].([]any)
		}
		want := elements([]byte(text))
		want = append(want[:index], want[index+1:]...)
		if got := elements(change.After); len(want)+len(got) > 0 {
			require.True(t, reflect.DeepEqual(want, got), string(change.After))
		}
		require.Contains(t, string(change.After), "# the end")
	})
}

// Several files are written as a whole: one that cannot be written leaves all as they were.
func TestSeveralFilesAreWrittenAllOrNone(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"a", "b", "c"} {
		paths = append(paths, filepath.Join(dir, "Pulumi."+name+".yaml"))
		require.NoError(
			t,
			os.WriteFile(
				paths[len(paths)-1],
				[]byte(plainHead+"  guardrails:users: [{name: bob}, {name: alice}]\n"),
				0o600,
			),
		)
	}
	changes := func() (all []*Change, err error) {
		for _, path := range paths {
			f, err := Open(path)
			if err != nil {
				return nil, err
			}
			change, err := f.Change([]Removal{{Keys: []any{"users", 0}}}, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, change)
		}
		return all, nil
	}
	_, err := ApplyAll(t.Context(), paths, func() ([]*Change, error) {
		all, err := changes()
		require.NoError(t, os.WriteFile(paths[2], []byte(plainHead+"# somebody else\n"), 0o600))
		return all, err
	})
	require.ErrorIs(t, err, ErrChanged)
	for _, path := range paths[:2] {
		data, readErr := os.ReadFile(path)
		require.NoError(t, readErr)
		assert.Contains(t, string(data), "bob")
	}
	require.NoError(
		t,
		os.WriteFile(paths[2], []byte(plainHead+"  guardrails:users: [{name: bob}, {name: alice}]\n"), 0o600),
	)
	made, err := ApplyAll(t.Context(), paths, changes)
	require.NoError(t, err)
	require.Len(t, made, 3)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 3, "nothing is left behind")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NotContains(t, string(data), "bob")
	}
}
