package edit

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/stack"
)

// Addition is something that a stack file does not have and gets.
type Addition struct {
	// Keys are where it goes: the section without "guardrails:", then keys and indexes of lists. The last one is a key
	// that is not there yet, or Element.
	Keys []any
	// Value is a text, a boolean, a list of texts, a map of texts, or a list of Pairs, which keeps their order.
	Value any
}

// Element is the last step of an Addition that adds to a list.
const Element = -1

// Pair is a key with its value.
type Pair struct {
	Key   string
	Value any
}

// String is the addition in the words of the stack file.
func (a Addition) String() string { return a.Place() + ": " + flowText(a.node(yaml.FlowStyle)) }

// Place is where the value stands, in the words of the stack file.
func (a Addition) Place() string {
	var b strings.Builder
	for i, step := range a.Keys {
		switch step := step.(type) {
		case string:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			if step != Element {
				fmt.Fprintf(&b, "[%d]", step)
			}
		}
	}
	return b.String()
}

func (a Addition) node(style yaml.Style) *yaml.Node { return nodeOf(a.Value, style) }

func nodeOf(value any, style yaml.Style) *yaml.Node {
	n := &yaml.Node{}
	switch value := value.(type) {
	case []Pair:
		n.Kind, n.Style = yaml.MappingNode, style
		for _, p := range value {
			n.Content = append(n.Content, nodeOf(p.Key, 0), nodeOf(p.Value, style))
		}
	case []string:
		n.Kind, n.Style = yaml.SequenceNode, yaml.FlowStyle
		for _, text := range value {
			n.Content = append(n.Content, nodeOf(text, 0))
		}
	case []any:
		n.Kind, n.Style = yaml.SequenceNode, style
		for _, element := range value {
			if _, isText := element.(string); isText {
				n.Style = yaml.FlowStyle
			}
			n.Content = append(n.Content, nodeOf(element, n.Style))
		}
	case string:
		n.SetString(value) // Quoted where YAML would read something else.
	default:
		if err := n.Encode(value); err != nil {
			panic("edit: a value cannot be written: " + err.Error()) // Callers give texts and booleans.
		}
	}
	return n
}

// File is a stack file that can be added to.
type File struct{ *file }

// Open reads a stack file. The error is problem.List where the file is refused, and a *ByHandError where it is
// written in a way that is not edited here.
func Open(path string) (*File, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	return &File{f}, nil
}

// Stack is what the file says.
func (f *File) Stack() *stack.Stack { return f.stack }

// Has reports whether the file has a value at the place: a section without "guardrails:", then keys and indexes.
func (f *File) Has(keys ...any) bool {
	_, value := f.lookUp(keys)
	return value != nil
}

// lookUp is the key and the value at a place; nil where there is none. An element of a list has no key.
func (f *file) lookUp(keys []any) (key, value *yaml.Node) {
	value = f.config
	for i, step := range keys {
		switch step := step.(type) {
		case string:
			names := []string{step}
			if i == 0 {
				names = []string{"guardrails:" + step, step}
			}
			key, value = child(value, names...)
		case int:
			if value.Kind != yaml.SequenceNode || step < 0 || step >= len(value.Content) {
				return nil, nil
			}
			key, value = nil, value.Content[step]
		}
		if value == nil {
			return nil, nil
		}
	}
	return key, value
}

// Add makes all additions. Every other byte stays. The errors are those of Open, for what the file would become.
func (f *File) Add(additions ...Addition) (*Change, error) {
	current := f.file
	for _, a := range additions {
		after, err := current.add(a)
		if err != nil {
			return nil, err
		}
		if current, err = layOut(f.path, after); err != nil {
			return nil, err
		}
	}
	if _, problems := stack.ReadAs(f.path, current.data); len(problems) > 0 {
		return nil, problems
	}
	return &Change{Before: f.data, After: current.data, path: f.path}, nil
}

// With is what the file would say with the additions, without any of it being written.
func (f *File) With(additions ...Addition) (*stack.Stack, error) {
	change, err := f.Add(additions...)
	if err != nil {
		return nil, err
	}
	stack, problems := stack.ReadAs(f.path, change.After)
	return stack, problems.Err()
}

// add makes one addition, and makes sure that the file says it and nothing else that it did not say before.
func (f *file) add(a Addition) ([]byte, error) {
	f.wanted = a.String()
	depth := len(a.Keys) - 1
	for depth > 0 {
		if _, value := f.lookUp(a.Keys[:depth]); value != nil {
			break
		}
		depth--
	}
	// What lies between the place and the value is added with it.
	value := a.Value
	for i := len(a.Keys) - 1; i > depth; i-- {
		switch step := a.Keys[i].(type) {
		case string:
			value = []Pair{{step, value}}
		default:
			value = []any{value}
		}
	}
	key, owner := f.lookUp(a.Keys[:depth])
	var (
		after []byte
		err   error
		index int
	)
	name, isKey := a.Keys[depth].(string)
	switch {
	case isKey && depth == 0:
		name = "guardrails:" + name
		after = f.addSection(name, value)
	case isKey:
		after, err = f.addKey(key, owner, name, value)
	default:
		after, index, err = f.appendTo(
			key,
			owner,
			func(style yaml.Style) *yaml.Node { return nodeOf(value, style) },
			fmt.Sprint(a.Keys[depth-1]),
		)
	}
	if err != nil {
		return nil, err
	}
	if !f.saysOnly(after, a.Keys[:depth], name, index, value) {
		return nil, f.byHand("it is laid out in a way that the change would not fit into")
	}
	return after, nil
}

// addSection writes a section at the end.
func (f *file) addSection(name string, value any) []byte {
	content := f.config.Content
	line := f.end(content[len(content)-2])
	return f.splice(line, line, append([]string{""}, pairLines(name, value, strings.Repeat(" ", content[0].Column-1))...))
}

// addKey writes a key behind the others of a mapping, or in front of them where the mapping is written in braces.
func (f *file) addKey(key, mapping *yaml.Node, name string, value any) ([]byte, error) {
	switch {
	case key != nil && isEmpty(mapping):
		return f.splice(key.Line, key.Line, pairLines(name, value, strings.Repeat(" ", key.Column+1))), nil
	case mapping.Kind != yaml.MappingNode:
		return nil, f.byHand("the place of it holds something else")
	case mapping.Style&yaml.FlowStyle == 0:
		last := mapping.Content[len(mapping.Content)-2]
		return f.splice(
			f.end(last),
			f.end(last),
			pairLines(name, value, strings.Repeat(" ", mapping.Content[0].Column-1)),
		), nil
	}
	line := f.text(mapping.Line)
	start := offset(line, mapping.Column)
	if !strings.HasPrefix(line[start:], "{") {
		return nil, f.byHand("its braces do not begin where they seem to")
	}
	pair := strings.TrimSuffix(strings.TrimPrefix(flowText(nodeOf([]Pair{{name, value}}, yaml.FlowStyle)), "{"), "}")
	if len(mapping.Content) > 0 {
		pair += ", "
	}
	return f.rewrite(mapping.Line, line[:start+1]+pair+line[start+1:]), nil
}

func pairLines(name string, value any, indent string) []string {
	var lines []string
	for line := range strings.Lines(marshal(nodeOf([]Pair{{name, value}}, 0))) {
		lines = append(lines, indent+strings.TrimRight(line, "\n"))
	}
	return lines
}

// saysOnly reports whether the new content says what the old one did, and the value at its place.
func (f *file) saysOnly(after []byte, owner []any, name string, index int, value any) bool {
	var before, now any
	if f.config.Decode(&before) != nil {
		return false
	}
	var document struct {
		Config yaml.Node `yaml:"config"`
	}
	if yaml.Unmarshal(bytes.TrimPrefix(after, []byte("\xef\xbb\xbf")), &document) != nil ||
		document.Config.Decode(&now) != nil {
		return false
	}
	var added any
	if nodeOf(value, 0).Decode(&added) != nil {
		return false
	}
	expected := insertAt(before, f.named(owner), name, index, added)
	return reflect.DeepEqual(expected, now)
}

// named are the steps with the section as the file spells it.
func (f *file) named(keys []any) []any {
	if len(keys) == 0 {
		return nil
	}
	out := slices.Clone(keys)
	if key, _ := f.lookUp(keys[:1]); key != nil {
		out[0] = key.Value
	}
	return out
}

// insertAt is a tree with a value added at a place: under the name in a map, at the index in a list.
func insertAt(tree any, keys []any, name string, index int, value any) any {
	if len(keys) > 0 {
		switch tree := tree.(type) {
		case map[string]any:
			key, _ := keys[0].(string)
			tree[key] = insertAt(tree[key], keys[1:], name, index, value)
			return tree
		case []any:
			i, _ := keys[0].(int)
			tree[i] = insertAt(tree[i], keys[1:], name, index, value)
			return tree
		}
		return nil
	}
	switch tree := tree.(type) {
	case map[string]any:
		tree[name] = value
		return tree
	case []any:
		return slices.Insert(tree, index, value)
	case nil:
		if name != "" {
			return map[string]any{name: value}
		}
		return []any{value}
	}
	return nil
}
