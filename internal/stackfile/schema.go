package stackfile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// Schema is the JSON Schema of a stack file, made from the descriptions that the decoder reads by. It says what an
// editor can know: keys, types, words, forms. Rules between keys are the decoder's alone, so a file that fits the
// schema may still be refused. It is for files that people edit: values that `pulumi config set` wrote as JSON text,
// keys without a namespace and keys of namespaces that belong to others are refused here, and are for the decoder to
// judge.
func Schema() *jsonschema.Schema {
	config := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
		Description:          "The guardrails of one account, and the settings of the AWS provider.",
		// Pulumi's own keys, and those of providers that share the file.
		PatternProperties: map[string]*jsonschema.Schema{"^pulumi:": jsonschema.TrueSchema},
	}
	add := func(prefix string, section *jsonschema.Schema) {
		for pair := section.Properties.Oldest(); pair != nil; pair = pair.Next() {
			config.Properties.Set(prefix+pair.Key, describedAtFirstLevel(pair.Value))
		}
		for _, name := range section.Required {
			config.Required = append(config.Required, prefix+name)
		}
	}
	add("aws:", provider.Keys.Describe())
	add(Namespace+":", sections.Keys.Describe())
	strictyaml.Explain(config)

	file := &jsonschema.Schema{
		Version:              draft,
		Title:                "Stack file of AWS access guardrails",
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		Required:             []string{"config"},
		AdditionalProperties: jsonschema.FalseSchema,
	}
	file.Properties.Set("config", config)
	for _, name := range fileKeys {
		if name != "config" {
			file.Properties.Set(name, &jsonschema.Schema{Description: "Pulumi's own; the engine writes it."})
		}
	}
	return file
}

// draft is the newest dialect that every editor reads; the schema needs nothing of a later one.
const draft = "http://json-schema.org/draft-07/schema#"

// SchemaText is Schema as it is checked in and printed: indented JSON with a line end, keys in the order of the
// reference.
func SchemaText() ([]byte, error) {
	minified, err := json.Marshal(Schema())
	if err != nil {
		return nil, fmt.Errorf("schema of stack files: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, minified, "", "  "); err != nil {
		return nil, fmt.Errorf("schema of stack files: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// describedAtFirstLevel takes what `pulumi config set` writes there: booleans in quotes.
func describedAtFirstLevel(s *jsonschema.Schema) *jsonschema.Schema {
	if s.Type != "boolean" {
		return s
	}
	loose := *s
	loose.Type = ""
	loose.Enum = []any{true, false, "true", "false"}
	return &loose
}

// Keys are all keys of the stack file, those of guardrails first, in the order in which the reference shows them.
func Keys() []strictyaml.KeyDescription {
	return append(
		strictyaml.KeysBelow(problem.Path(Namespace+":"), sections.Keys.Describe()),
		strictyaml.KeysBelow("aws:", provider.Keys.Describe())...)
}
