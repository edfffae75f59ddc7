package provider

import (
	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// credential takes a value that Pulumi keeps encrypted. In a file it cannot be read, and need not be.
type credential struct{}

func (credential) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (string, bool) {
	d.Visit(path, n.Pos)
	if n.Shape == strictyaml.ShapeSecret || n.Shape == strictyaml.ShapeText && n.Sealed {
		return n.Text, true
	}
	// The value is not repeated: it would end up in logs.
	d.Report(problem.Problem{
		Position: n.Pos,
		Path:     path,
		Kind:     problem.Refused,
		Why:      "is a credential in plain text",
		Fix: "keep it out of the file with a profile or a role, or encrypt it: pulumi config set --secret " + string(
			path,
		),
	})
	return "", false
}

func (credential) Describe() *jsonschema.Schema { return strictyaml.SecretSchema() }
func (credential) Written(string) any           { return nil }

// defaultTagsKind takes what the provider takes: the tags lie one level deeper.
type defaultTagsKind struct{}

type defaultTags struct{ tags map[string]string }

var defaultTagsKeys = strictyaml.Keys(
	"tags of everything that is made",
	setting(
		"tags",
		func(t *defaultTags) *map[string]string { return &t.tags },
		strictyaml.TableOf(strictyaml.Text(nil).OrEmpty(), nil),
		"The tags.",
		map[string]any{"ManagedBy": "guardrails"},
	),
)

func (defaultTagsKind) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (map[string]string, bool) {
	t, ok := defaultTagsKeys.Decode(d, n, path)
	return t.tags, ok
}

func (defaultTagsKind) Describe() *jsonschema.Schema { return defaultTagsKeys.Describe() }

func (defaultTagsKind) Written(tags map[string]string) any { return map[string]any{"tags": tags} }
