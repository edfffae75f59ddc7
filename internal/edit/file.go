package edit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/stack"
)

// file is a stack file that can be read, with its text and its YAML tree.
type file struct {
	path  string
	data  []byte
	lines []string
	// newline is how lines end.
	newline string
	stack   *stack.Stack
	config  *yaml.Node
	// wanted is what a ByHandError asks for; empty means grants.
	wanted string
}

// ByHandError says that a file is written in a way that is not edited here, and what to write into it.
type ByHandError struct{ text string }

func (e *ByHandError) Error() string { return e.text }

func (f *file) byHand(why string) error {
	return &ByHandError{
		fmt.Sprintf(
			"%s: %s, which is not edited here; write %s by hand",
			f.path,
			why,
			cmp.Or(f.wanted, "the section guardrails:grants"),
		),
	}
}

func open(path string) (*file, error) {
	data, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	stack, problems := stack.ReadAs(path, data)
	if len(problems) > 0 {
		return nil, problems
	}
	f, err := layOut(path, data)
	if err != nil {
		return nil, err
	}
	f.stack = stack
	return f, nil
}

// layOut finds the lines and the tree of a stack file.
func layOut(path string, data []byte) (*file, error) {
	f := &file{path: path, data: data, newline: "\n", lines: linesOf(data)}
	if bytes.Contains(data, []byte("\r\n")) {
		f.newline = "\r\n"
	}
	var document yaml.Node
	if err := yaml.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &document); err != nil {
		return nil, err
	}
	if document.Kind == 0 {
		return nil, f.byHand("it is empty")
	}
	root := document.Content[0]
	_, f.config = child(root, "config")
	if f.config == nil || f.config.Kind != yaml.MappingNode || f.config.Style&yaml.FlowStyle != 0 ||
		root.Style&yaml.FlowStyle != 0 {
		return nil, f.byHand("its config is not written as one key per line")
	}
	return f, nil
}

// linesOf are the lines of a text, each with its end.
func linesOf(data []byte) []string {
	var lines []string
	start := 0
	for i := 0; i < len(data); {
		length := lineEnd(data[i:])
		i += max(1, length)
		if length > 0 {
			lines, start = append(lines, string(data[start:i])), i
		}
	}
	if start < len(data) {
		lines = append(lines, string(data[start:]))
	}
	return lines
}

// lineEnd is the length of the end of a line with which a text begins; 0 where it begins with none. Ends are those of
// YAML 1.1 and its parser, more than a text editor shows as lines. The text is not empty.
func lineEnd(text []byte) int {
	var ends []string
	switch text[0] {
	case '\n':
		return 1
	case '\r':
		ends = []string{"\r\n", "\r"}
	case "\u0085"[0]:
		ends = []string{"\u0085"}
	case "\u2028"[0]:
		ends = []string{"\u2028", "\u2029"}
	}
	for _, end := range ends {
		if bytes.HasPrefix(text, []byte(end)) {
			return len(end)
		}
	}
	return 0
}

// child is the key and the value of one of the names in a mapping; nil where there is none.
func child(mapping *yaml.Node, names ...string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		for _, name := range names {
			if mapping.Content[i].Value == name {
				return mapping.Content[i], mapping.Content[i+1]
			}
		}
	}
	return nil, nil
}

// grants are the key and the value of the section.
func (f *file) grants() (key, value *yaml.Node) {
	return child(f.config, "guardrails:grants", "grants")
}

// accept reads the new content. It must be a stack without problems whose grants are as they should be, and which
// says what it said in everything else but the expectations that are gone, by their places before.
func (f *file) accept(after []byte, grants func([]grant.Args) bool, gone ...int) (*stack.Stack, error) {
	stack, problems := stack.ReadAs(f.path, after)
	if len(problems) > 0 {
		return nil, problems
	}
	if !grants(stack.Grants) || !sameButGrants(f.stack, stack, gone) {
		return nil, f.byHand("it is laid out in a way that the change would not fit into")
	}
	return stack, nil
}

// sameButGrants compares what two stack files say besides grants, and besides the expectations that the second lacks.
func sameButGrants(a, b *stack.Stack, gone []int) bool {
	left, right := a.Sections, b.Sections
	left.Grants, right.Grants = nil, nil
	if len(gone) > 0 {
		left.Expect = slices.Clone(left.Expect)
		for _, i := range slices.Backward(gone) {
			left.Expect = slices.Delete(left.Expect, i, i+1)
		}
	}
	return left.Same(&right)
}
