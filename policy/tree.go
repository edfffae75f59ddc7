package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxDepth is deeper than any policy document nests; it keeps hostile input from exhausting the stack.
const maxDepth = 16

type kind string

const (
	kindObject kind = "an object"
	kindList   kind = "a list"
	kindString kind = "a string"
	kindNumber kind = "a number"
	kindBool   kind = "true or false"
	kindNull   kind = "null"
)

// node is a JSON value that keeps what encoding/json forgets: the order of keys, and keys that stand twice.
type node struct {
	kind kind
	// text of a string, a number as it was written, or a bool.
	text   string
	items  []node
	fields []field
}

type field struct {
	name  string
	value node
}

// readTree reads exactly one JSON value. Errors carry line and column.
func readTree(data []byte) (node, error) {
	if !utf8.Valid(data) {
		return node{}, errors.New("the document is not UTF-8")
	}
	// Syntax first, over the whole text: the token reader below is lenient about separators.
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line, column := position(data, syntax.Offset)
			return node{}, fmt.Errorf("%d:%d: the document is not JSON: %w", line, column, err)
		}
		return node{}, fmt.Errorf("the document is not JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func readNode(dec *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errors.New("the document nests deeper than any policy does")
	}
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return readObject(dec, depth)
		}
		return readList(dec, depth)
	case string:
		return node{kind: kindString, text: t}, nil
	case json.Number:
		return node{kind: kindNumber, text: t.String()}, nil
	case bool:
		return node{kind: kindBool, text: fmt.Sprint(t)}, nil
	}
	return node{kind: kindNull}, nil
}

func readObject(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: kindObject}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return node{}, err
		}
		value, err := readNode(dec, depth+1)
		if err != nil {
			return node{}, err
		}
		n.fields = append(n.fields, field{name: name.(string), value: value})
	}
	_, err := dec.Token()
	return n, err
}

func readList(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: kindList}
	for dec.More() {
		item, err := readNode(dec, depth+1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	_, err := dec.Token()
	return n, err
}

func position(data []byte, offset int64) (line, column int) {
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	line = bytes.Count(before, []byte("\n")) + 1
	column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return line, column
}
