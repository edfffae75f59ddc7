package strictyaml

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// PolicyDocument takes a policy document, written as keys and lists. Without Version it is of the one that knows policy
// variables.
type PolicyDocument struct{}

func (PolicyDocument) Decode(d *Decoder, n *Node, path problem.Path) (policy.Document, bool) {
	d.Visit(path, n.Pos)
	if n.Shape != ShapeObject {
		d.wrongType(path, n, "write the document with its keys: Version and Statement")
		return policy.Document{}, false
	}
	if !quotedDates(d, n, path) {
		return policy.Document{}, false
	}
	text, err := json.Marshal(n.plainJSON())
	if err == nil {
		var document policy.Document
		if document, err = policy.Parse(text); err == nil {
			err = NoStatements(document)
		}
		if err == nil {
			if !slices.ContainsFunc(n.Entries, func(e Entry) bool { return e.Name == "Version" }) {
				document.Version = policy.Version
			}
			return document, true
		}
	}
	d.Report(
		problem.Problem{
			Position: n.Pos,
			Path:     path,
			Kind:     problem.Invalid,
			Why:      "is no policy document: " + err.Error(),
			Fix:      "mend the document",
		},
	)
	return policy.Document{}, false
}

// NoStatements says why a document without statements is none, which AWS refuses.
func NoStatements(d policy.Document) error {
	if len(d.Statements) > 0 {
		return nil
	}
	return errors.New("it has no statements")
}

func (PolicyDocument) Describe() *jsonschema.Schema { return &jsonschema.Schema{Type: "object"} }

func (PolicyDocument) Written(policy.Document) any { return map[string]any{} }

// quotedDates refuses dates without quotes, the version of the document above all: the engine hands over another text
// than was written.
func quotedDates(d *Decoder, n *Node, path problem.Path) bool {
	all := true
	for _, e := range n.Entries {
		all = quotedDates(d, e.Value, path.Child(e.Name)) && all
	}
	for i, item := range n.Items {
		all = quotedDates(d, item, path.Index(i)) && all
	}
	if n.Shape == ShapeTimestamp {
		d.wrongType(path, n, "write it in quotes: "+strconv.Quote(n.Text))
		return false
	}
	return all
}

// plainJSON is the value as encoding/json takes it: policies have numbers and booleans as text too.
func (n *Node) plainJSON() any {
	switch n.Shape {
	case ShapeObject:
		out := map[string]any{}
		for _, e := range n.Entries {
			out[e.Name] = e.Value.plainJSON()
		}
		return out
	case ShapeList:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = item.plainJSON()
		}
		return out
	case ShapeNull:
		return nil
	case ShapeNumber, ShapeBoolean:
		return n.Number // As the engine hands it over: 1e3 is 1000, and True is true.
	}
	return n.Text
}
