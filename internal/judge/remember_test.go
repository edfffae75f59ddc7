package judge_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/verdicts"
)

// projectOf is a copy of a folder's stack files, and the names of the stacks.
func projectOf(t *testing.T, from string) (folder string, names []string) {
	t.Helper()
	folder = t.TempDir()
	files, err := filepath.Glob(filepath.Join(from, "*"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(file)), text, 0o600))
		if name, found := strings.CutPrefix(filepath.Base(file), "Pulumi."); found && name != "yaml" {
			names = append(names, strings.TrimSuffix(name, ".yaml"))
		}
	}
	return folder, names
}

// words are what an edit can put in the place of something of the same kind.
var words = regexp.MustCompile(`person\d+|operator\d+|Project \d+|[a-z]+-user\d*|true|false|\d+h|user\d`)

// edit changes one word of one stack file into another word of the same kind that stands somewhere in the folder, or
// leaves out a line.
func edit(t *testing.T, r *rand.Rand, folder string, names []string) (undo func()) {
	t.Helper()
	file := filepath.Join(folder, "Pulumi."+names[r.IntN(len(names))]+".yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	undo = func() { require.NoError(t, os.WriteFile(file, text, 0o600)) }
	other, err := os.ReadFile(filepath.Join(folder, "Pulumi."+names[r.IntN(len(names))]+".yaml"))
	require.NoError(t, err)
	edited := string(text)
	if places := words.FindAllStringIndex(edited, -1); len(places) > 0 && r.IntN(3) > 0 {
		at := places[r.IntN(len(places))]
		kind := strings.TrimRight(edited[at[0]:at[1]], "0123456789")
		alike := slices.DeleteFunc(words.FindAllString(string(other), -1), func(w string) bool {
			return strings.TrimRight(w, "0123456789") != kind
		})
		if len(alike) > 0 {
			edited = edited[:at[0]] + alike[r.IntN(len(alike))] + edited[at[1]:]
		}
	} else {
		lines := strings.Split(edited, "\n")
		at := r.IntN(len(lines))
		edited = strings.Join(slices.Delete(lines, at, at+1), "\n")
	}
	require.NoError(t, os.WriteFile(file, []byte(edited), 0o600))
	return undo
}

// readable are the stacks that can be read.
func readable(folder string, names []string) []*stack.Stack {
	var stacks []*stack.Stack
	for _, name := range names {
		if s, problems := stack.ReadFile(filepath.Join(folder, "Pulumi."+name+".yaml")); len(problems) == 0 {
			stacks = append(stacks, s)
		}
	}
	return stacks
}

// What is said of stacks whose verdicts were kept is what is said of them otherwise, to the last word, after whatever
// edits, in memory and from the files of earlier runs. The shipped organization in every run, a generated one before a
// landing too.
func TestKeptVerdictsAreThoseThatWouldBeFound(t *testing.T) {
	defer judge.Use(claims.With{})
	cache := filepath.Join(t.TempDir(), "cache")
	program := func() string { return "this program" }
	generated := t.TempDir()
	organization{accounts: 5, people: 16, roles: 9, jumps: 2}.write(t, generated)
	at := time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC) // When a grant of the example begins.
	compared, refused := 0, 0
	for _, from := range tier.Sample(2, example, generated) {
		folder, names := projectOf(t, from)
		r := rand.New(rand.NewPCG(1, 5))
		for step := range tier.Pick(4, 8, 8) {
			undo := func() {}
			switch {
			case step == 1 && from == example: // Edits by chance are refused now and then, this one always.
				file := filepath.Join(folder, "Pulumi.jump.yaml")
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				undo = func() { require.NoError(t, os.WriteFile(file, text, 0o600)) }
				testkit.EditFile(t, file, `roleAccounts: ["444455556666", `, "roleAccounts: [")
			case step > 0:
				undo = edit(t, r, folder, names)
			}
			now := at.Add(time.Duration(step) * time.Minute)
			judge.Use(claims.With{})
			fresh := judge.StacksFrom(now, readable(folder, names)...)
			for run := range 2 {
				judge.Use(claims.With{Memory: verdicts.In(cache, program)})
				kept := judge.StacksFrom(now, readable(folder, names)...)
				require.Len(t, kept, len(fresh))
				for i := range fresh {
					about := fmt.Sprintf("%s, step %d, run %d, %s", from, step, run, fresh[i].Stack.Name)
					require.Equal(t, fresh[i].Proofs, kept[i].Proofs, about)
					require.Equal(t, fresh[i].Expectations, kept[i].Expectations, about)
					require.Equal(t, fresh[i].Refusals(), kept[i].Refusals(), about)
					require.Equal(t, fresh[i].Gaps, kept[i].Gaps, about)
					compared++
					refused += min(1, len(fresh[i].Refusals()))
				}
			}
			if step%3 != 0 {
				undo()
			}
		}
	}
	entries, err := os.ReadDir(cache)
	require.NoError(t, err)
	t.Logf("%d judgements, %d of them refused, %d files", compared, refused, len(entries))
	assert.Greater(t, len(entries), 10)
	assert.Positive(t, refused)
}
