package strictyaml

import (
	"aws-access-guardrails/problem"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"gopkg.in/yaml.v3"
)

// yamlReader turns YAML nodes into ours: aliases and merge keys are followed, as Pulumi's own reader does.
type yamlReader struct {
	file   string
	values int
	// repeated are the keys that stand twice in one object, which Pulumi refuses wherever they are.
	repeated []Entry
	// open are the nodes that are being read: an alias to one of them would never end.
	open map[*yaml.Node]bool
}

// ParseYAML reads one document. The problems it reports are those of a file that is no YAML, is empty, or holds a
// second document.
func ParseYAML(file string, data []byte) (*Node, *problem.Problem) {
	decoder := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &problem.Problem{
				Position: problem.Position{File: file, Line: 1, Column: 1},
				Kind:     problem.Missing,
				Why:      "the file is empty",
				Fix:      "write a config section",
			}
		}
		return nil, syntaxProblem(file, data, err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return nil, &problem.Problem{
			Position: problem.Position{File: file, Line: max(second.Line, 1), Column: max(second.Column, 1)},
			Kind:     problem.Refused,
			Why:      "a second YAML document starts here, which Pulumi never reads", Fix: "keep one document per file",
		}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(file, data, err)
	}
	reader := &yamlReader{file: file, open: map[*yaml.Node]bool{}}
	if len(document.Content) == 0 {
		return &Node{Shape: ShapeNull, Pos: problem.Position{File: file, Line: 1, Column: 1}}, nil
	}
	root := reader.read(document.Content[0], 0)
	root.Repeated = reader.repeated
	return root, nil
}

func (r *yamlReader) positionOf(n *yaml.Node) problem.Position {
	return problem.Position{File: r.file, Line: n.Line, Column: n.Column}
}

func (r *yamlReader) broken(n *yaml.Node, format string, args ...any) *Node {
	return &Node{Shape: ShapeBroken, Text: fmt.Sprintf(format, args...), Pos: r.positionOf(n)}
}

func (r *yamlReader) read(n *yaml.Node, depth int) *Node {
	r.values++
	switch {
	case r.values > maxValues:
		return r.broken(n, "makes the file expand to more than %d values", maxValues)
	case depth > maxDepth:
		return r.broken(n, "is nested more than %d levels deep", maxDepth)
	case r.open[n]:
		return r.broken(n, "is an alias of a value that contains it")
	}
	switch n.Kind {
	case yaml.AliasNode:
		r.open[n] = true
		defer delete(r.open, n)
		followed := *r.read(n.Alias, depth+1)
		// A problem in a value that is used twice is shown where it was used.
		followed.Pos = r.positionOf(n)
		return &followed
	case yaml.SequenceNode:
		return r.list(n, depth)
	case yaml.MappingNode:
		return r.object(n, depth)
	case yaml.ScalarNode:
		return r.scalar(n)
	}
	return r.broken(n, "is no value")
}

func (r *yamlReader) list(n *yaml.Node, depth int) *Node {
	r.open[n] = true
	defer delete(r.open, n)
	list := &Node{Shape: ShapeList, Pos: r.positionOf(n)}
	for _, item := range n.Content {
		list.Items = append(list.Items, r.read(item, depth+1))
	}
	return list
}

func (r *yamlReader) object(n *yaml.Node, depth int) *Node {
	r.open[n] = true
	defer delete(r.open, n)
	object := &Node{Shape: ShapeObject, Pos: r.positionOf(n)}
	var merged []Entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return r.broken(n.Content[i], "has a key that is no plain word")
		}
		if tag := key.ShortTag(); tag != "!!str" && tag != "!!merge" {
			return r.broken(n.Content[i], "has the key %s, which is no text to YAML; write it in quotes", key.Value)
		}
		read := r.read(value, depth+1)
		if key.ShortTag() != "!!merge" {
			object.Entries = append(
				object.Entries, Entry{Name: key.Value, Pos: r.positionOf(n.Content[i]), Value: read},
			)
			continue
		}
		from, ok := mergeEntries(read)
		if !ok {
			return r.broken(value, "is merged with << but has no keys")
		}
		merged = append(merged, from...)
	}
	// Keys that are written win over merged ones, and earlier merged ones over later ones.
	present := map[string]bool{}
	for _, e := range object.Entries {
		if present[e.Name] {
			r.repeated = append(r.repeated, e)
		}
		present[e.Name] = true
	}
	for _, e := range merged {
		if !present[e.Name] {
			present[e.Name] = true
			object.Entries = append(object.Entries, e)
		}
	}
	return asSecret(object)
}

func mergeEntries(n *Node) ([]Entry, bool) {
	switch n.Shape {
	case ShapeObject:
		return n.Entries, true
	case ShapeList:
		var all []Entry
		for _, item := range n.Items {
			if item.Shape != ShapeObject {
				return nil, false
			}
			all = append(all, item.Entries...)
		}
		return all, true
	}
	return nil, false
}

func (r *yamlReader) scalar(n *yaml.Node) *Node {
	scalar := &Node{Text: n.Value, Pos: r.positionOf(n)}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		scalar.Shape = ShapeText
	case "!!null":
		scalar.Shape = ShapeNull
	case "!!bool":
		scalar.Shape = ShapeBoolean
		var value bool
		if err := n.Decode(&value); err != nil {
			return r.broken(n, "is no boolean")
		}
		scalar.Number = strconv.FormatBool(value)
	case "!!int":
		scalar.Shape = ShapeNumber
		var signed int64
		var unsigned uint64
		switch {
		case n.Decode(&signed) == nil:
			scalar.Number = strconv.FormatInt(signed, 10)
		case n.Decode(&unsigned) == nil:
			scalar.Number = strconv.FormatUint(unsigned, 10)
		default:
			return r.broken(n, "is no number")
		}
	case "!!float":
		scalar.Shape = ShapeNumber
		var value float64
		if err := n.Decode(&value); err != nil {
			return r.broken(n, "is no number")
		}
		text, err := json.Marshal(value) // As the engine prints it.
		if err != nil {
			return r.broken(n, "is no number that JSON has")
		}
		scalar.Number = string(text)
	case "!!timestamp":
		scalar.Shape = ShapeTimestamp
	default:
		return r.broken(n, "has the YAML tag %s, which means nothing here", n.Tag)
	}
	return scalar
}
