package sandbox

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Problem is one thing that is wrong with a world file.
type Problem struct {
	// Line and Column begin with 1; they are 0 for what stands in no line of the file.
	Line, Column int
	// Path is where in the file, such as accounts.111122223333.users[0].name.
	Path string
	// Why says what is wrong, beginning with the value; Fix says what to write.
	Why, Fix string
}

// Error is `line:column path: why; fix`, without line and column for what stands in the stack files.
func (p *Problem) Error() string {
	text := p.Why
	if p.Path != "" {
		text = p.Path + ": " + text
	}
	if p.Line > 0 {
		text = fmt.Sprintf("%d:%d %s", p.Line, p.Column, text)
	}
	if p.Fix != "" {
		text += "; " + p.Fix
	}
	return text
}

// Problems are all that is wrong with a world file, in the order of the file.
type Problems struct {
	File  string
	Found []*Problem
}

// Error has one problem a line, the file and their number first.
func (p *Problems) Error() string {
	count := "1 problem"
	if len(p.Found) != 1 {
		count = fmt.Sprintf("%d problems", len(p.Found))
	}
	lines := []string{p.File + ": " + count}
	for _, f := range p.Found {
		lines = append(lines, "  "+f.Error())
	}
	return strings.Join(lines, "\n")
}

// decoder reads YAML into structs and refuses everything that the structs do not have. Fields are named by their yaml
// tags.
type decoder struct {
	found []*Problem
	// places are the lines and columns of located structs, by path.
	places map[string][2]int
}

func (d *decoder) refuse(node *yaml.Node, path, fix, why string, args ...any) {
	d.found = append(
		d.found,
		&Problem{Line: node.Line, Column: node.Column, Path: path, Why: fmt.Sprintf(why, args...), Fix: fix},
	)
}

// checker is a value that says itself what is wrong with it.
type checker interface{ check() (why, fix string) }

// located is a struct that keeps where it stood in the file.
type located interface{ locate(path string) }

var nodeType = reflect.TypeFor[yaml.Node]()

func (d *decoder) decode(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if into.Type() == nodeType {
		into.Set(reflect.ValueOf(*node))
		return
	}
	before := len(d.found)
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(node, path, into.Elem())
		return
	case reflect.Struct:
		d.structure(node, path, into)
	case reflect.Map:
		d.mapping(node, path, into)
	case reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			d.refuse(node, path, "write a list", "%s is not a list", describe(node))
			return
		}
		into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
		for i, item := range node.Content {
			d.decode(item, fmt.Sprintf("%s[%d]", path, i), into.Index(i))
		}
	case reflect.String:
		d.text(node, path, into)
	case reflect.Bool, reflect.Int:
		if err := node.Decode(into.Addr().Interface()); err != nil || node.Kind != yaml.ScalarNode {
			word := map[reflect.Kind]string{reflect.Bool: "true or false", reflect.Int: "a number"}[into.Kind()]
			d.refuse(node, path, "write "+word, "%s is not %s", describe(node), word)
			return
		}
	}
	if c, ok := into.Addr().Interface().(checker); ok && len(d.found) == before {
		if why, fix := c.check(); why != "" {
			d.refuse(node, path, fix, "%s", why)
		}
	}
	if l, ok := into.Addr().Interface().(located); ok {
		l.locate(path)
		d.places[path] = [2]int{node.Line, node.Column}
	}
}

func (d *decoder) text(node *yaml.Node, path string, into reflect.Value) {
	switch {
	case node.Kind != yaml.ScalarNode:
		d.refuse(node, path, "write a text", "%s is not a text", describe(node))
	case node.Tag != "!!str":
		d.refuse(
			node,
			path,
			fmt.Sprintf("write %q", node.Value),
			"%s is read as %s",
			node.Value,
			strings.TrimPrefix(node.Tag, "!!"),
		)
	default:
		into.SetString(node.Value)
	}
}

func (d *decoder) mapping(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind != yaml.MappingNode {
		d.refuse(node, path, "write key: value", "%s is not a mapping", describe(node))
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := join(path, key.Value)
		if key.Tag != "!!str" {
			d.refuse(
				key,
				at,
				fmt.Sprintf("write %q", key.Value),
				"the key %s is read as %s",
				key.Value,
				strings.TrimPrefix(key.Tag, "!!"),
			)
			continue
		}
		name := reflect.ValueOf(key.Value)
		if into.MapIndex(name).IsValid() {
			d.refuse(key, at, "keep one of them", "the key stands twice")
			continue
		}
		item := reflect.New(into.Type().Elem()).Elem()
		d.decode(value, at, item)
		into.SetMapIndex(name, item)
	}
}

func (d *decoder) structure(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind != yaml.MappingNode && node.Tag != "!!null" {
		d.refuse(node, path, "write key: value", "%s is not a mapping", describe(node))
		return
	}
	fields, names := map[string]reflect.Value{}, []string{}
	required := map[string]bool{}
	for i := range into.NumField() {
		tag, ok := into.Type().Field(i).Tag.Lookup("yaml")
		if !ok {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		fields[name], required[name] = into.Field(i), option == "required"
		names = append(names, name)
	}
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		field, ok := fields[key.Value]
		switch {
		case !ok:
			d.refuse(key, join(path, key.Value), "write one of "+strings.Join(names, ", "), "is not known here")
		case seen[key.Value]:
			d.refuse(key, join(path, key.Value), "keep one of them", "the key stands twice")
		default:
			d.decode(value, join(path, key.Value), field)
		}
		seen[key.Value] = true
	}
	for _, name := range names {
		if required[name] && !seen[name] {
			d.refuse(node, path, "write "+name+":", "%s is missing", name)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if node.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(node.Value)
}

// decodeStrictly reads one YAML document into a struct and returns where its located structs stood.
func decodeStrictly(file string, data []byte, into any) (map[string][2]int, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	d := &decoder{places: map[string][2]int{}}
	if len(root.Content) > 0 {
		d.decode(root.Content[0], "", reflect.ValueOf(into).Elem())
	}
	return d.places, problems(file, d.found)
}

// problems are the problems in the order of the file; nil for none.
func problems(file string, found []*Problem) error {
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Problems{File: file, Found: found}
}
