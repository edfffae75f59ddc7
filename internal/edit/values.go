package edit

import (
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is a text of a stack file: a value, or the key of one.
type Value struct {
	// At is where it stands: the section without "guardrails:", then keys and indexes.
	At           []any
	Text         string
	Line, Column int

	section string
}

// Place is where it stands, as problems write it: "guardrails:users[0].name".
func (v Value) Place() string { return v.section + Addition{At: v.At}.Place() }

// Values are all texts below config of a stack file, in their order.
func Values(path string) ([]Value, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := layOut(path, content)
	if err != nil {
		return nil, err
	}
	var all []Value
	var visit func(n *yaml.Node, section string, at []any)
	add := func(n *yaml.Node, section string, at []any) {
		all = append(all, Value{At: at, Text: n.Value, Line: n.Line, Column: n.Column, section: section})
	}
	visit = func(n *yaml.Node, section string, at []any) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := n.Content[i]
				of, name := section, key.Value
				if len(at) == 0 {
					if prefix, rest, found := strings.Cut(name, ":"); found {
						of, name = prefix+":", rest
					}
				}
				below := append(at[:len(at):len(at)], name)
				add(key, of, below)
				visit(n.Content[i+1], of, below)
			}
		case yaml.SequenceNode:
			for i, child := range n.Content {
				visit(child, section, append(at[:len(at):len(at)], i))
			}
		case yaml.ScalarNode:
			add(n, section, at)
		}
	}
	visit(f.config, "", nil)
	return all, nil
}
