package strictyaml

import (
	"aws-access-guardrails/problem"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Shape is what a value is before anybody asks what it means.
type Shape int

// The shapes of values.
const (
	ShapeNull Shape = iota
	ShapeText
	ShapeNumber
	ShapeBoolean
	// ShapeTimestamp is an unquoted date or time, which YAML takes for its own.
	ShapeTimestamp
	ShapeList
	ShapeObject
	// ShapeSecret is a value that Pulumi keeps encrypted.
	ShapeSecret
	// ShapeBroken is what has no meaning in any place; text says why.
	ShapeBroken
)

// Node is one value, from YAML or from JSON.
type Node struct {
	Shape Shape
	// Text is a scalar as it was written, without quotes.
	Text string
	// Number is the JSON form of a number or boolean: YAML knows hexadecimal, underscores and True.
	Number string
	Items  []*Node
	// Entries are the keys of an object in the order in which they were written, repeated ones included.
	Entries []Entry
	// Repeated are the keys of a whole file that stand twice in one object.
	Repeated []Entry
	Pos      problem.Position
	// Plain marks a value of the first level, which the engine hands over as text whatever it was: booleans come
	// quoted, lists and objects as JSON.
	Plain bool
	// Sealed marks text inside a value that Pulumi keeps encrypted as a whole.
	Sealed bool
}

// Entry is a key of an object with its value.
type Entry struct {
	Name  string
	Pos   problem.Position
	Value *Node
}

const (
	// maxDepth and maxValues bound what a file may expand to: aliases of aliases grow without limit.
	maxDepth  = 64
	maxValues = 1 << 18
)

// Entry is the value of a key, the first one where the key is repeated; nil where there is none.
func (n *Node) Entry(name string) *Node {
	for _, e := range n.Entries {
		if e.Name == name {
			return e.Value
		}
	}
	return nil
}

// Child is the text of a key; empty where there is none.
func (n *Node) Child(name string) string {
	if value := n.Entry(name); value != nil {
		return value.Text
	}
	return ""
}

// Texts are the elements of a list, as text.
func (n *Node) Texts() []string {
	texts := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		texts = append(texts, item.Text)
	}
	return texts
}

// Under is the value of a key; empty where there is none.
func (n *Node) Under(name string) *Node {
	for _, e := range n.Entries {
		if e.Name == name {
			return e.Value
		}
	}
	return &Node{}
}

// Seal marks every text below as part of a value that Pulumi keeps encrypted.
func (n *Node) Seal() {
	n.Sealed = true
	for _, item := range n.Items {
		item.Seal()
	}
	for _, e := range n.Entries {
		e.Value.Seal()
	}
}

// shown is the value as problems quote it.
func (n *Node) shown() any {
	switch n.Shape {
	case ShapeText:
		return n.Text
	case ShapeNumber, ShapeBoolean, ShapeTimestamp:
		return problem.Written(n.Text)
	}
	return nil
}

// Is completes "the value ..." with its shape.
func (n *Node) Is() string {
	switch n.Shape {
	case ShapeNull:
		return "is empty"
	case ShapeText:
		return "is text"
	case ShapeNumber:
		return "is a number"
	case ShapeBoolean:
		return "is true or false, not text"
	case ShapeTimestamp:
		return "is a date to YAML, which hands over something else"
	case ShapeList:
		return "is a list"
	case ShapeObject:
		return "has keys of its own"
	case ShapeSecret:
		return "is a secret"
	default:
		return n.Text
	}
}

// FromJSON reads a JSON text. Every value gets the position of the text.
func FromJSON(text string, pos problem.Position) *Node {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	n, err := readJSON(decoder, pos, 0)
	if err == nil {
		if _, extra := decoder.Token(); extra != io.EOF {
			err = fmt.Errorf("more than one JSON value")
		}
	}
	if err != nil {
		return &Node{Shape: ShapeBroken, Text: "is no JSON: " + err.Error(), Pos: pos}
	}
	return n
}

func readJSON(decoder *json.Decoder, pos problem.Position, depth int) (*Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case nil:
		return &Node{Shape: ShapeNull, Pos: pos}, nil
	case string:
		return &Node{Shape: ShapeText, Text: v, Pos: pos}, nil
	case json.Number:
		return &Node{Shape: ShapeNumber, Text: v.String(), Number: v.String(), Pos: pos}, nil
	case bool:
		return &Node{Shape: ShapeBoolean, Text: strconv.FormatBool(v), Number: strconv.FormatBool(v), Pos: pos}, nil
	case json.Delim:
		if depth >= maxDepth {
			return nil, fmt.Errorf("nested more than %d levels deep", maxDepth)
		}
		if v == '[' {
			return readJSONList(decoder, pos, depth)
		}
		return readJSONObject(decoder, pos, depth)
	}
	return nil, fmt.Errorf("unexpected token %v", token)
}

func readJSONList(decoder *json.Decoder, pos problem.Position, depth int) (*Node, error) {
	list := &Node{Shape: ShapeList, Pos: pos}
	for decoder.More() {
		item, err := readJSON(decoder, pos, depth+1)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
	}
	_, err := decoder.Token()
	return list, err
}

func readJSONObject(decoder *json.Decoder, pos problem.Position, depth int) (*Node, error) {
	object := &Node{Shape: ShapeObject, Pos: pos}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := readJSON(decoder, pos, depth+1)
		if err != nil {
			return nil, err
		}
		object.Entries = append(object.Entries, Entry{Name: key.(string), Pos: pos, Value: value})
	}
	_, err := decoder.Token()
	return asSecret(object), err
}

// asSecret recognizes the form in which Pulumi keeps an encrypted value: an object with the one key "secure".
func asSecret(object *Node) *Node {
	if len(object.Entries) == 1 && object.Entries[0].Name == "secure" && object.Entries[0].Value.Shape == ShapeText {
		return &Node{Shape: ShapeSecret, Pos: object.Pos}
	}
	return object
}
