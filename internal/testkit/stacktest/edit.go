package stacktest

import (
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// Edit is one random change of a YAML tree: a value replaced, a key renamed, an element dropped or repeated.
func Edit(t *rapid.T, root *yaml.Node) {
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
