package strictyaml

import (
	"aws-access-guardrails/problem"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/invopop/jsonschema"
)

// Boolean takes true and false. A first-level key takes them in quotes too, because `pulumi config set` writes them so.
type Boolean struct{}

func (Boolean) Decode(d *Decoder, n *Node, path problem.Path) (bool, bool) {
	d.Visit(path, n.Pos)
	switch {
	case n.Shape == ShapeBoolean:
		return n.Number == "true", true
	case n.Plain && n.Shape == ShapeText && (n.Text == "true" || n.Text == "false"):
		return n.Text == "true", true
	}
	d.wrongType(path, n, "write true or false, without quotes")
	return false, false
}

func (Boolean) Describe() *jsonschema.Schema { return &jsonschema.Schema{Type: "boolean"} }
func (Boolean) Written(b bool) any           { return b }

// WholeNumber takes whole numbers between two bounds, both included.
type WholeNumber struct{ Least, Most int }

func (k WholeNumber) Decode(d *Decoder, n *Node, path problem.Path) (int, bool) {
	d.Visit(path, n.Pos)
	written := n.Number
	if n.Plain && n.Shape == ShapeText {
		written = n.Text
	} else if n.Shape != ShapeNumber {
		d.wrongType(path, n, fmt.Sprintf("write a whole number from %d to %d, without quotes", k.Least, k.Most))
		return 0, false
	}
	i, err := strconv.Atoi(written)
	if err != nil || i < k.Least || i > k.Most {
		d.Report(problem.Problem{Position: n.Pos, Path: path, Kind: problem.Invalid, Value: n.shown(),
			Why: fmt.Sprintf("is not a whole number from %d to %d", k.Least, k.Most), Fix: "write one"})
		return 0, false
	}
	return i, true
}

func (k WholeNumber) Describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: jsonNumber(k.Least), Maximum: jsonNumber(k.Most)}
}

func (k WholeNumber) Written(i int) any { return i }

func jsonNumber(i int) json.Number { return json.Number(strconv.Itoa(i)) }
