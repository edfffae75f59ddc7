package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// shape is what a value is before anybody asks what it means.
type shape int

const (
	shapeNull shape = iota
	shapeText
	shapeNumber
	shapeBoolean
	// shapeTimestamp is an unquoted date or time, which YAML takes for its own.
	shapeTimestamp
	shapeList
	shapeObject
	// shapeSecret is a value that Pulumi keeps encrypted.
	shapeSecret
	// shapeBroken is what has no meaning in any place; text says why.
	shapeBroken
)

// node is one value, from YAML or from JSON.
type node struct {
	shape shape
	// text is a scalar as it was written, without quotes.
	text string
	// number is the JSON form of a number or boolean: YAML knows hexadecimal, underscores and True.
	number string
	items  []*node
	// entries are the keys of an object in the order in which they were written, repeated ones included.
	entries []entry
	// repeated are the keys of a whole file that stand twice in one object.
	repeated []entry
	pos      Position
	// plain marks a value of the first level, which the engine hands over as text whatever it was: booleans come
	// quoted, lists and objects as JSON.
	plain bool
	// sealed marks text inside a value that Pulumi keeps encrypted as a whole.
	sealed bool
}

type entry struct {
	name  string
	pos   Position
	value *node
}

const (
	// maxDepth and maxValues bound what a file may expand to: aliases of aliases grow without limit.
	maxDepth  = 64
	maxValues = 1 << 18
)

// entry is the value of a key, the first one where the key is repeated; nil where there is none.
func (n *node) entry(name string) *node {
	for _, e := range n.entries {
		if e.name == name {
			return e.value
		}
	}
	return nil
}

// shown is the value as problems quote it.
func (n *node) shown() string {
	switch n.shape {
	case shapeText:
		return quoted(n.text)
	case shapeNumber, shapeBoolean, shapeTimestamp:
		return n.text
	}
	return ""
}

// quoted cuts long values: a problem stays a line.
func quoted(s string) string {
	const longest = 80
	if runes := []rune(s); len(runes) > longest {
		return strconv.Quote(string(runes[:longest])) + "..."
	}
	return strconv.Quote(s)
}

// is completes "the value ..." with its shape.
func (n *node) is() string {
	switch n.shape {
	case shapeNull:
		return "is empty"
	case shapeText:
		return "is text"
	case shapeNumber:
		return "is a number"
	case shapeBoolean:
		return "is true or false, not text"
	case shapeTimestamp:
		return "is a date to YAML, which hands over something else"
	case shapeList:
		return "is a list"
	case shapeObject:
		return "has keys of its own"
	case shapeSecret:
		return "is a secret"
	default:
		return n.text
	}
}

// fromJSON reads a JSON text. Every value gets the position of the text.
func fromJSON(text string, pos Position) *node {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	n, err := readJSON(decoder, pos, 0)
	if err == nil {
		if _, extra := decoder.Token(); extra != io.EOF {
			err = fmt.Errorf("more than one JSON value")
		}
	}
	if err != nil {
		return &node{shape: shapeBroken, text: "is no JSON: " + err.Error(), pos: pos}
	}
	return n
}

func readJSON(decoder *json.Decoder, pos Position, depth int) (*node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case nil:
		return &node{shape: shapeNull, pos: pos}, nil
	case string:
		return &node{shape: shapeText, text: v, pos: pos}, nil
	case json.Number:
		return &node{shape: shapeNumber, text: v.String(), number: v.String(), pos: pos}, nil
	case bool:
		return &node{shape: shapeBoolean, text: strconv.FormatBool(v), number: strconv.FormatBool(v), pos: pos}, nil
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

func readJSONList(decoder *json.Decoder, pos Position, depth int) (*node, error) {
	list := &node{shape: shapeList, pos: pos}
	for decoder.More() {
		item, err := readJSON(decoder, pos, depth+1)
		if err != nil {
			return nil, err
		}
		list.items = append(list.items, item)
	}
	_, err := decoder.Token()
	return list, err
}

func readJSONObject(decoder *json.Decoder, pos Position, depth int) (*node, error) {
	object := &node{shape: shapeObject, pos: pos}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := readJSON(decoder, pos, depth+1)
		if err != nil {
			return nil, err
		}
		object.entries = append(object.entries, entry{name: key.(string), pos: pos, value: value})
	}
	_, err := decoder.Token()
	return asSecret(object), err
}

// asSecret recognizes the form in which Pulumi keeps an encrypted value: an object with the one key "secure".
func asSecret(object *node) *node {
	if len(object.entries) == 1 && object.entries[0].name == "secure" && object.entries[0].value.shape == shapeText {
		return &node{shape: shapeSecret, pos: object.pos}
	}
	return object
}
