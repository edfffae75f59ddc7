package edit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Removal is something that a stack file has and loses.
type Removal struct {
	// Keys are where it is: the section without "guardrails:", then keys and indexes of lists.
	Keys []any
	// Heading says that a comment right above it is about what follows too, and stays. Without it the comment goes.
	Heading bool
}

// String is the place in the words of the stack file.
func (r Removal) String() string { return Addition{Keys: r.Keys}.Place() }

// Change makes removals and then additions; indexes are those of the file as it is, and of additions as it is without
// what is removed. Every other byte stays. What the file would become is not read here: a change of several files is
// judged as a whole. A list or mapping that loses all that it has stays as an empty one. The error is a *ByHandError
// where the file is written in a way that is not edited here.
func (f *File) Change(removals []Removal, additions []Addition) (*Change, error) {
	current, aligned := f.file, origins(len(trimmed(f.data)))
	// From the end, so that what is removed moves nothing that is yet to be.
	ordered := slices.Clone(removals)
	slices.SortStableFunc(ordered, func(a, b Removal) int { return comparePlaces(b.Keys, a.Keys) })
	var errs []error
	next := func(after []byte, err error) {
		if err != nil {
			errs = append(errs, err)
			return
		}
		laid, err := layOut(f.path, after)
		if err != nil {
			errs = append(errs, err)
			return
		}
		current, aligned = laid, aligned.after(opsBetween(current.data, after))
	}
	for _, r := range ordered {
		next(current.without(r))
	}
	for _, a := range additions {
		next(current.add(a))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Change{
		Before: f.data, After: current.data, path: f.path, ops: aligned.ops(trimmed(f.data), trimmed(current.data)),
	}, nil
}

// comparePlaces orders places as they are removed: what is inside of something before it, and later elements after
// earlier ones.
func comparePlaces(a, b []any) int {
	for i := range min(len(a), len(b)) {
		x, isIndex := a[i].(int)
		y, other := b[i].(int)
		if isIndex && other {
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
			continue
		}
		if c := strings.Compare(fmt.Sprint(a[i]), fmt.Sprint(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// without removes one value, and makes sure that the file says everything else that it said before, and nothing
// besides.
func (f *file) without(r Removal) ([]byte, error) {
	f.wanted = "the end of " + r.String()
	key, owner := f.lookUp(r.Keys[:len(r.Keys)-1])
	_, value := f.lookUp(r.Keys)
	if value == nil || owner == nil {
		return nil, f.byHand(r.String() + " is not written where it seems to be")
	}
	var after []byte
	var err error
	last := r.Keys[len(r.Keys)-1]
	switch {
	case owner.Style&yaml.FlowStyle != 0:
		after, err = f.cutFlow(owner, value, last)
	case key == nil:
		err = f.byHand("it is an element of a list in a list")
	default:
		after, err = f.cutBlock(key, owner, last, r.Heading)
	}
	if err != nil {
		return nil, err
	}
	if !f.saysLess(after, r.Keys) {
		return nil, f.byHand("it is laid out in a way that the change would not fit into")
	}
	return after, nil
}

// cutBlock takes the lines of an element or of a key out.
func (f *file) cutBlock(key, owner *yaml.Node, step any, heading bool) ([]byte, error) {
	var from, to int
	index, isIndex := step.(int)
	switch {
	case isIndex:
		from, to = f.element(key, owner, index)
		if heading {
			from = f.dash(owner, index)
		}
	default:
		child, _ := child(owner, step.(string))
		from, to = child.Line-1, f.end(child)
		if strings.TrimSpace(f.text(child.Line)[:offset(f.text(child.Line), child.Column)]) != "" {
			return nil, f.byHand("its key does not begin its line")
		}
	}
	content := len(owner.Content)
	if owner.Kind == yaml.MappingNode {
		content /= 2
	}
	if content > 1 {
		return f.splice(from, to, nil), nil
	}
	if key.Style != 0 {
		return nil, f.byHand("its section has a key in quotes")
	}
	empty := " []"
	if owner.Kind == yaml.MappingNode {
		empty = " {}"
	}
	line := f.text(key.Line)
	colon := offset(line, key.Column) + len(key.Value)
	return f.with(key.Line, line[:colon+1]+empty+line[colon+1:]).splice(from, to, nil), nil
}

// cutFlow takes an element of a list in brackets, or a key of a mapping in braces, out of the text.
func (f *file) cutFlow(owner, value *yaml.Node, step any) ([]byte, error) {
	text, start := strings.Join(f.lines, ""), f.offsetOf(owner)
	parts, ok := flowParts(text, start)
	n, width := len(owner.Content), 1
	index, isIndex := step.(int)
	if owner.Kind == yaml.MappingNode {
		width = 2
		index = slices.IndexFunc(owner.Content, func(c *yaml.Node) bool { return c == value }) / 2
	}
	if !ok || len(parts) != n/width || isIndex != (width == 1) {
		return nil, f.byHand("its brackets cannot be told apart")
	}
	part := parts[index]
	from, to := part[0], part[1]
	switch {
	case index+1 < len(parts):
		to = parts[index+1][0]
	case index > 0:
		from = parts[index-1][1]
	}
	return []byte(text[:from] + text[to:]), nil
}

// offsetOf is the byte of the whole text at which a node begins.
func (f *file) offsetOf(n *yaml.Node) int {
	before := 0
	for i := range n.Line - 1 {
		before += len(f.lines[i])
	}
	return before + offset(f.text(n.Line), n.Column)
}

// flowParts are the beginnings and ends of the parts between the commas of a list in brackets, or a mapping in
// braces, that begins at the byte; false where its end cannot be found. A trailing comma ends no part.
//
// The text is read once, byte by byte, as a scanner does. A comma or bracket counts where YAML reads it as one: not
// in quotes, which are stepped over whole, and a comma between the outer brackets alone. A comment ends the scan: it
// belongs to one of the parts, and nobody knows to which.
func flowParts(text string, start int) (parts [][2]int, ok bool) {
	if start >= len(text) || text[start] != '[' && text[start] != '{' {
		return nil, false
	}
	s := flowScanner{text: text, from: -1}
	for i := start; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'':
			if i = s.quoted(i); i < 0 {
				return nil, false
			}
		case '[', '{':
			if s.depth++; s.depth > 1 {
				s.begin(i)
			}
		case ']', '}':
			if s.depth--; s.depth == 0 {
				s.end(i)
				return s.parts, true
			}
		case ',':
			s.comma(i)
		default:
			if s.comment(i) {
				return nil, false
			}
			if !isSpace(c) {
				s.begin(i)
			}
		}
	}
	return nil, false
}

// flowScanner is how far flowParts has read: depth is how many brackets are open, and from is the byte at which the
// present part began, -1 between two parts.
type flowScanner struct {
	text        string
	parts       [][2]int
	depth, from int
}

// begin says that a part begins at the byte, unless one is being read.
func (s *flowScanner) begin(position int) {
	if s.from < 0 {
		s.from = position
	}
}

// end ends the part that is being read before the byte, without the spaces at its end.
func (s *flowScanner) end(position int) {
	if s.from >= 0 {
		trimmed := strings.TrimRight(s.text[s.from:position], spaces)
		s.parts = append(s.parts, [2]int{s.from, s.from + len(trimmed)})
	}
	s.from = -1
}

// comma ends a part of the list or mapping itself. One of a list inside of a part is of that part.
func (s *flowScanner) comma(position int) {
	if s.depth == 1 {
		s.end(position)
		return
	}
	s.begin(position)
}

// quoted is the last byte of the text in quotes that begins at the byte; the byte itself for a quote in the middle of
// a plain word, which begins none; -1 where the text has no end.
func (s *flowScanner) quoted(position int) int {
	if s.from >= 0 && strings.IndexByte(spaces+",[{:", s.text[position-1]) < 0 {
		return position
	}
	s.begin(position)
	return quoteEnd(s.text, position)
}

// comment reports whether a comment begins at the byte.
func (s *flowScanner) comment(position int) bool {
	return s.text[position] == '#' && position > 0 && isSpace(s.text[position-1])
}

// spaces are the bytes between the parts.
const spaces = " \t\r\n"

func isSpace(c byte) bool { return strings.IndexByte(spaces, c) >= 0 }

// quoteEnd is the byte of the quote that ends the text that begins at the byte; -1 where there is none.
func quoteEnd(text string, start int) int {
	quote := text[start]
	for i := start + 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// saysLess reports whether the new content says what the old one did without the value at the place.
func (f *file) saysLess(after []byte, keys []any) bool {
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
	return reflect.DeepEqual(removeAt(before, f.named(keys)), now)
}

// removeAt is a tree without the value at a place.
func removeAt(tree any, keys []any) any {
	switch tree := tree.(type) {
	case map[string]any:
		key, _ := keys[0].(string)
		if len(keys) == 1 {
			delete(tree, key)
		} else {
			tree[key] = removeAt(tree[key], keys[1:])
		}
		return tree
	case []any:
		i, _ := keys[0].(int)
		if i < 0 || i >= len(tree) {
			return nil
		}
		if len(keys) == 1 {
			return slices.Delete(tree, i, i+1)
		}
		tree[i] = removeAt(tree[i], keys[1:])
		return tree
	}
	return nil
}
