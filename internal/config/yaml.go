package config

import (
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
	repeated []entry
	// open are the nodes that are being read: an alias to one of them would never end.
	open map[*yaml.Node]bool
}

// parseYAML reads one document. The problems it reports are those of a file that is no YAML, is empty, or holds a
// second document.
func parseYAML(file string, data []byte) (*node, *Problem) {
	decoder := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &Problem{
				Position: Position{file, 1, 1},
				Kind:     Missing,
				Why:      "the file is empty",
				Fix:      "write a config section",
			}
		}
		return nil, syntaxProblem(file, data, err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return nil, &Problem{
			Position: Position{file, max(second.Line, 1), max(second.Column, 1)}, Kind: Refused,
			Why: "a second YAML document starts here, which Pulumi never reads", Fix: "keep one document per file",
		}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(file, data, err)
	}
	reader := &yamlReader{file: file, open: map[*yaml.Node]bool{}}
	if len(document.Content) == 0 {
		return &node{shape: shapeNull, pos: Position{file, 1, 1}}, nil
	}
	root := reader.read(document.Content[0], 0)
	root.repeated = reader.repeated
	return root, nil
}

func (r *yamlReader) at(n *yaml.Node) Position { return Position{r.file, n.Line, n.Column} }

func (r *yamlReader) broken(n *yaml.Node, format string, args ...any) *node {
	return &node{shape: shapeBroken, text: fmt.Sprintf(format, args...), pos: r.at(n)}
}

func (r *yamlReader) read(n *yaml.Node, depth int) *node {
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
		followed.pos = r.at(n)
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

func (r *yamlReader) list(n *yaml.Node, depth int) *node {
	r.open[n] = true
	defer delete(r.open, n)
	list := &node{shape: shapeList, pos: r.at(n)}
	for _, item := range n.Content {
		list.items = append(list.items, r.read(item, depth+1))
	}
	return list
}

func (r *yamlReader) object(n *yaml.Node, depth int) *node {
	r.open[n] = true
	defer delete(r.open, n)
	object := &node{shape: shapeObject, pos: r.at(n)}
	var merged []entry
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
			object.entries = append(object.entries, entry{name: key.Value, pos: r.at(n.Content[i]), value: read})
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
	for _, e := range object.entries {
		if present[e.name] {
			r.repeated = append(r.repeated, e)
		}
		present[e.name] = true
	}
	for _, e := range merged {
		if !present[e.name] {
			present[e.name] = true
			object.entries = append(object.entries, e)
		}
	}
	return asSecret(object)
}

func mergeEntries(n *node) ([]entry, bool) {
	switch n.shape {
	case shapeObject:
		return n.entries, true
	case shapeList:
		var all []entry
		for _, item := range n.items {
			if item.shape != shapeObject {
				return nil, false
			}
			all = append(all, item.entries...)
		}
		return all, true
	}
	return nil, false
}

func (r *yamlReader) scalar(n *yaml.Node) *node {
	scalar := &node{text: n.Value, pos: r.at(n)}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		scalar.shape = shapeText
	case "!!null":
		scalar.shape = shapeNull
	case "!!bool":
		scalar.shape = shapeBoolean
		var value bool
		if err := n.Decode(&value); err != nil {
			return r.broken(n, "is no boolean")
		}
		scalar.number = strconv.FormatBool(value)
	case "!!int":
		scalar.shape = shapeNumber
		var signed int64
		var unsigned uint64
		switch {
		case n.Decode(&signed) == nil:
			scalar.number = strconv.FormatInt(signed, 10)
		case n.Decode(&unsigned) == nil:
			scalar.number = strconv.FormatUint(unsigned, 10)
		default:
			return r.broken(n, "is no number")
		}
	case "!!float":
		scalar.shape = shapeNumber
		var value float64
		if err := n.Decode(&value); err != nil {
			return r.broken(n, "is no number")
		}
		text, err := json.Marshal(value) // As the engine prints it.
		if err != nil {
			return r.broken(n, "is no number that JSON has")
		}
		scalar.number = string(text)
	case "!!timestamp":
		scalar.shape = shapeTimestamp
	default:
		return r.broken(n, "has the YAML tag %s, which means nothing here", n.Tag)
	}
	return scalar
}
