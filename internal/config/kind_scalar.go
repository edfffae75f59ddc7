package config

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/invopop/jsonschema"
)

// boolean takes true and false. A first-level key takes them in quotes too, because `pulumi config set` writes them so.
type boolean struct{}

func (boolean) decode(d *decoder, n *node, at Path) (bool, bool) {
	d.visit(at, n.pos)
	switch {
	case n.shape == shapeBoolean:
		return n.number == "true", true
	case n.plain && n.shape == shapeText && (n.text == "true" || n.text == "false"):
		return n.text == "true", true
	}
	d.wrongType(at, n, "write true or false, without quotes")
	return false, false
}

func (boolean) describe() *jsonschema.Schema { return &jsonschema.Schema{Type: "boolean"} }
func (boolean) written(b bool) any           { return b }

// wholeNumber takes whole numbers between two bounds, both included.
type wholeNumber struct{ least, most int }

func (k wholeNumber) decode(d *decoder, n *node, at Path) (int, bool) {
	d.visit(at, n.pos)
	written := n.number
	if n.plain && n.shape == shapeText {
		written = n.text
	} else if n.shape != shapeNumber {
		d.wrongType(at, n, fmt.Sprintf("write a whole number from %d to %d, without quotes", k.least, k.most))
		return 0, false
	}
	i, err := strconv.Atoi(written)
	if err != nil || i < k.least || i > k.most {
		d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: n.shown(),
			Why: fmt.Sprintf("is not a whole number from %d to %d", k.least, k.most), Fix: "write one"})
		return 0, false
	}
	return i, true
}

func (k wholeNumber) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: jsonNumber(k.least), Maximum: jsonNumber(k.most)}
}

func (k wholeNumber) written(i int) any { return i }

func jsonNumber(i int) json.Number { return json.Number(strconv.Itoa(i)) }
