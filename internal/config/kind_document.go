package config

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/policy"
)

// documentKind takes a policy document, written as keys and lists. Without Version it is of the one that knows policy
// variables.
type documentKind struct{}

func (documentKind) decode(d *decoder, n *node, at Path) (policy.Document, bool) {
	d.visit(at, n.pos)
	if n.shape != shapeObject {
		d.wrongType(at, n, "write the document with its keys: Version and Statement")
		return policy.Document{}, false
	}
	if !quotedDates(d, n, at) {
		return policy.Document{}, false
	}
	text, err := json.Marshal(n.plainJSON())
	if err == nil {
		var document policy.Document
		if document, err = policy.Parse(text); err == nil {
			if !slices.ContainsFunc(n.entries, func(e entry) bool { return e.name == "Version" }) {
				document.Version = policy.Version
			}
			return document, true
		}
	}
	d.report(
		Problem{
			Position: n.pos,
			Path:     at,
			Kind:     Invalid,
			Why:      "is no policy document: " + err.Error(),
			Fix:      "mend the document",
		},
	)
	return policy.Document{}, false
}

func (documentKind) describe() *jsonschema.Schema { return &jsonschema.Schema{Type: "object"} }

func (documentKind) written(policy.Document) any { return map[string]any{} }

// quotedDates refuses dates without quotes, the version of the document above all: the engine hands over another text
// than was written.
func quotedDates(d *decoder, n *node, at Path) bool {
	all := true
	for _, e := range n.entries {
		all = quotedDates(d, e.value, at.Child(e.name)) && all
	}
	for i, item := range n.items {
		all = quotedDates(d, item, at.Index(i)) && all
	}
	if n.shape == shapeTimestamp {
		d.wrongType(at, n, "write it in quotes: "+strconv.Quote(n.text))
		return false
	}
	return all
}

// plainJSON is the value as encoding/json takes it: policies have numbers and booleans as text too.
func (n *node) plainJSON() any {
	switch n.shape {
	case shapeObject:
		out := map[string]any{}
		for _, e := range n.entries {
			out[e.name] = e.value.plainJSON()
		}
		return out
	case shapeList:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.plainJSON()
		}
		return out
	case shapeNull:
		return nil
	case shapeNumber, shapeBoolean:
		return n.number // As the engine hands it over: 1e3 is 1000, and True is true.
	}
	return n.text
}
