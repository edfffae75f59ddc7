package tests

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
	"aws-access-guardrails/problem"
	"aws-access-guardrails/tests/internal/mocks"
	"aws-access-guardrails/tests/internal/stackvalues"
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

// edit is one random change of a YAML tree: a value replaced, a key renamed, an element dropped or repeated.
func edit(t *rapid.T, root *yaml.Node) {
	var nodes []*yaml.Node
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		nodes = append(nodes, n)
		for i, child := range n.Content {
			if n.Kind != yaml.MappingNode || i%2 == 1 {
				walk(child)
			}
		}
	}
	walk(root)
	n := nodes[rapid.IntRange(0, len(nodes)-1).Draw(t, "node")]
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		var value any = rapid.SampledFrom([]any{
			"",
			"x",
			"root",
			"a b",
			"*",
			"12",
			"true",
			12,
			0,
			-1,
			2.5,
			true,
			false,
			[]any{},
			[]any{"x"},
			map[string]any{},
			map[string]any{"x": 1},
			"é",
			"arn:aws:iam::444455556666:role/x",
			"15m",
		}).Draw(t, "value")
		require.NoError(t, n.Encode(value))
	case 1:
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			i := rapid.IntRange(0, len(n.Content)/2-1).Draw(t, "key")
			n.Content[2*i].Value = rapid.SampledFrom([]string{"x", n.Content[2*i].Value + "s", "name", "Name"}).
				Draw(t, "name")
		}
	case 2:
		if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
			n.Content = append(n.Content, n.Content[rapid.IntRange(0, len(n.Content)-1).Draw(t, "element")])
		}
	case 3:
		if step := map[yaml.Kind]int{yaml.MappingNode: 2, yaml.SequenceNode: 1}[n.Kind]; step > 0 &&
			len(n.Content) > 0 {
			i := rapid.IntRange(0, len(n.Content)/step-1).Draw(t, "dropped") * step
			n.Content = slices.Delete(n.Content, i, i+step)
		}
	case 4:
		if n.Kind == yaml.ScalarNode {
			n.Value += rapid.SampledFrom([]string{"x", " ", "é", strings.Repeat("y", 70)}).Draw(t, "tail")
		}
	}
}

// Whatever is done to a stack file, both readers say the same about it: the same stack, or the same problems. Left
// out is what the engine hands over differently: keys of the first level that it does not tell a program about, and
// texts that are JSON.
func TestFileAndEngineAgreeOnChangedStacks(t *testing.T) {
	full, project := []byte(readText(t, fullStack)), []byte(readText(t, fullProject))
	rapid.Check(t, func(t *rapid.T) {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal(full, &document))
		sections := document.Content[0].Content[1]
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			edit(t, sections)
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
		var unseen int
		fromFile := describe(problems, func(p *problem.Problem) bool {
			if p.Kind == problem.UnknownKey &&
				strings.Count(string(p.Path), ".")+strings.Count(string(p.Path), "[") == 0 {
				unseen++
				return false
			}
			return true
		})
		if err == nil {
			require.Empty(t, fromFile, "the engine's reader says nothing of %d problems\n%s", len(fromFile), changed)
			return
		}
		var handedProblems problem.List
		require.True(t, errors.As(err, &handedProblems))
		require.Empty(
			t,
			cmp.Diff(fromFile, describe(handedProblems, func(*problem.Problem) bool { return true })),
			"%s",
			changed,
		)
	})
}

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
