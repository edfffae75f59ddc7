package edit

import (
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is a text of a stack file: a value, or the key of one.
type Value struct {
	// Keys are where it stands: the section without "guardrails:", then keys and indexes.
	Keys         []any
	Text         string
	Line, Column int

	section string
}

// Place is where it stands, as problems write it: "guardrails:users[0].name".
func (v Value) Place() string { return v.section + Addition{Keys: v.Keys}.Place() }

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
	var visit func(n *yaml.Node, section string, keys []any)
	add := func(n *yaml.Node, section string, keys []any) {
		all = append(all, Value{Keys: keys, Text: n.Value, Line: n.Line, Column: n.Column, section: section})
	}
	visit = func(n *yaml.Node, section string, keys []any) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := n.Content[i]
				within, name := section, key.Value
				if len(keys) == 0 {
					if prefix, rest, found := strings.Cut(name, ":"); found {
						within, name = prefix+":", rest
					}
				}
				below := append(keys[:len(keys):len(keys)], name)
				add(key, within, below)
				visit(n.Content[i+1], within, below)
			}
		case yaml.SequenceNode:
			for i, child := range n.Content {
				visit(child, section, append(keys[:len(keys):len(keys)], i))
			}
		case yaml.ScalarNode:
			add(n, section, keys)
		}
	}
	visit(f.config, "", nil)
	return all, nil
}
