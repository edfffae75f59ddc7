package config

import "github.com/invopop/jsonschema"

// credential takes a value that Pulumi keeps encrypted. In a file it cannot be read, and need not be.
type credential struct{}

func (credential) decode(d *decoder, n *node, at Path) (string, bool) {
	d.visit(at, n.pos)
	if n.shape == shapeSecret || n.shape == shapeText && n.sealed {
		return n.text, true
	}
	// The value is not repeated: it would end up in logs.
	d.report(Problem{
		Position: n.pos,
		Path:     at,
		Kind:     Refused,
		Why:      "is a credential in plain text",
		Fix: "keep it out of the file with a profile or a role, or encrypt it: pulumi config set --secret " + string(
			at,
		),
	})
	return "", false
}

func (credential) describe() *jsonschema.Schema { return secretSchema() }
func (credential) written(string) any           { return nil }

func secretSchema() *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		Required:             []string{"secure"},
		AdditionalProperties: jsonschema.FalseSchema,
	}
	s.Properties.Set("secure", &jsonschema.Schema{Type: "string"})
	return s
}

// defaultTagsKind takes what the provider takes: the tags lie one level deeper.
type defaultTagsKind struct{}

type defaultTags struct{ tags map[string]string }

var defaultTagsKeys = keys(
	"tags of everything that is made",
	setting(
		"tags",
		func(t *defaultTags) *map[string]string { return &t.tags },
		tableOf(text(nil).orEmpty(), nil),
		"The tags.",
		map[string]any{"ManagedBy": "guardrails"},
	),
)

func (defaultTagsKind) decode(d *decoder, n *node, at Path) (map[string]string, bool) {
	t, ok := defaultTagsKeys.decode(d, n, at)
	return t.tags, ok
}

func (defaultTagsKind) describe() *jsonschema.Schema { return defaultTagsKeys.describe() }

func (defaultTagsKind) written(tags map[string]string) any { return map[string]any{"tags": tags} }
