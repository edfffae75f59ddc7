package program_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/testkit/stackvalues"
	"aws-access-guardrails/problem"
)

// fromEngine reads what the engine would hand over of a stack file.
func fromEngine(values map[string]string) (s *stack.Stack, problems error) {
	_, err := mocks.Run(func(ctx *pulumi.Context) error {
		s, problems = stack.FromContext(ctx, "")
		return nil
	}, mocks.Config(values))
	return s, errors.Join(problems, err)
}

// sameStack compares what the two readers understood, but for where it was read.
func sameStack(a, b *stack.Stack) string {
	return cmp.Diff(
		a,
		b,
		cmpopts.IgnoreFields(stack.Stack{}, "Name", "File", "Folder", "Siblings", "Environments"),
		cmpopts.IgnoreUnexported(stackfile.Sections{}, stack.Stack{}),
	)
}

// The file and the values that the engine makes of it are the same stack.
func TestFileAndEngineAgreeOnShippedStacks(t *testing.T) {
	for _, file := range append(shippedStacks(t), fullStack) {
		t.Run(file, func(t *testing.T) {
			values, err := stackvalues.Read(file)
			require.NoError(t, err)
			handed, err := fromEngine(values)
			require.NoError(t, err)
			assert.Empty(t, sameStack(read(t, file), handed))
		})
	}
}

// Whatever is done to a stack file, both readers say the same about it: the same stack, or the same problems. Left
// out is what the engine hands over differently: keys of the first level that it does not tell a program about, and
// texts that are JSON.
func TestFileAndEngineAgreeOnChangedStacks(t *testing.T) {
	full, project := []byte(stacktest.Text(t, stacktest.Full)), []byte(stacktest.Text(t, stacktest.Project))
	rapid.Check(t, func(t *rapid.T) {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal(full, &document))
		sections := document.Content[0].Content[1]
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			stacktest.Edit(t, sections)
		}
		changed, err := yaml.Marshal(&document)
		require.NoError(t, err)
		values, err := stackvalues.Of(changed, project)
		if err != nil {
			t.Skip("Pulumi itself refuses the file")
		}
		stack, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: changed}, nil)
		handed, err := fromEngine(values)
		if problems == nil {
			require.NoError(t, err)
			require.Empty(t, sameStack(stack, handed))
			return
		}
		// The engine tells nobody of an unknown key of the first level, so that what was meant by it is missing there.
		var unseen []string
		for _, p := range problems {
			if p.Kind == problem.UnknownKey && firstLevel(p) {
				unseen = append(unseen, string(p.Path))
			}
		}
		seen := func(p *problem.Problem) bool {
			if !firstLevel(p) {
				return true
			}
			meant := slices.ContainsFunc(unseen, func(name string) bool {
				_, near := strictyaml.Nearest(name, []string{string(p.Path)})
				return near
			})
			return p.Kind != problem.UnknownKey && (p.Kind != problem.Missing || !meant)
		}
		fromFile := describe(problems, seen)
		if err == nil {
			require.Empty(t, fromFile, "the engine's reader says nothing of %d problems\n%s", len(fromFile), changed)
			return
		}
		var handedProblems problem.List
		require.True(t, errors.As(err, &handedProblems))
		require.Empty(
			t,
			cmp.Diff(fromFile, describe(handedProblems, seen)),
			"%s",
			changed,
		)
	})
}

// firstLevel reports whether a problem is about a key of the first level as a whole.
func firstLevel(p *problem.Problem) bool { return !strings.ContainsAny(string(p.Path), ".[") }

func describe(problems problem.List, keep func(*problem.Problem) bool) []string {
	var all []string
	for _, p := range problems {
		if keep(p) {
			all = append(all, fmt.Sprintf("%s: %s", p.Kind, p.Error()))
		}
	}
	slices.Sort(all)
	return all
}
