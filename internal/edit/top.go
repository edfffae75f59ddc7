package edit

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// AddTop adds keys with texts beside "config" of a stack file, behind everything that the file says. Every other byte
// stays. The file need not be a stack without problems. A key that is there already is refused; the error is a
// *ByHandError where the file is written in a way that is not edited here.
func AddTop(path string, pairs ...Pair) (*Change, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	wanted := strings.TrimSpace(marshal(nodeOf(pairs, 0)))
	f := &file{path: path, data: data, newline: "\n", lines: linesOf(data), wanted: wanted + " beside config"}
	if bytes.Contains(data, []byte("\r\n")) {
		f.newline = "\r\n"
	}
	var document yaml.Node
	if err := yaml.Unmarshal(withoutMark(data), &document); err != nil {
		return nil, err
	}
	number := len(f.lines)
	if document.Kind != 0 {
		root := document.Content[0]
		if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
			return nil, f.byHand("it is not written as one key per line")
		}
		if len(root.Content) > 0 {
			number = f.end(root.Content[len(root.Content)-2])
		}
		for _, pair := range pairs {
			if key, _ := child(root, pair.Key); key != nil {
				return nil, f.byHand(fmt.Sprintf("it has a key %s already", pair.Key))
			}
		}
	}
	var lines []string
	for _, pair := range pairs {
		lines = append(lines, pairLines(pair.Key, pair.Value, "")...)
	}
	change := &Change{Before: data, After: f.top(number, lines), path: path}
	if !saysAlso(data, change.After, pairs) {
		return nil, f.byHand("it is laid out in a way that the change would not fit into")
	}
	return change, nil
}

// top is splice for a file that may be empty.
func (f *file) top(line int, lines []string) []byte {
	if len(f.lines) == 0 {
		return []byte(strings.Join(lines, f.newline) + f.newline)
	}
	return f.splice(line, line, lines)
}

func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// saysAlso reports whether the new content says what the old one did, and the pairs.
func saysAlso(before, after []byte, pairs []Pair) bool {
	old, current := map[string]any{}, map[string]any{}
	if yaml.Unmarshal(withoutMark(before), &old) != nil || yaml.Unmarshal(withoutMark(after), &current) != nil {
		return false
	}
	if old == nil {
		old = map[string]any{}
	}
	for _, pair := range pairs {
		old[pair.Key] = pair.Value
	}
	return reflect.DeepEqual(old, current)
}

// OnlyAdds reports whether the stack file after says what before says and nothing else but some of the keys, which
// before does not have, and gives those. Comments and spacing do not count.
func OnlyAdds(before, after []byte, keys ...string) (added []string, only bool) {
	old, current := map[string]any{}, map[string]any{}
	if yaml.Unmarshal(withoutMark(before), &old) != nil || yaml.Unmarshal(withoutMark(after), &current) != nil {
		return nil, false
	}
	for _, key := range keys {
		if _, had := old[key]; had {
			continue
		}
		if _, has := current[key]; has {
			added = append(added, key)
			delete(current, key)
		}
	}
	slices.Sort(added)
	return added, len(added) > 0 && (len(old) == 0 && len(current) == 0 || reflect.DeepEqual(old, current))
}
