package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
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
	add("aws:", awsKeys.describe())
	add(namespace+":", stackKeys.describe())
	explain(config)

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

// explain puts default and reason into the description, which is what editors show.
func explain(s *jsonschema.Schema) {
	if s == nil || s == jsonschema.TrueSchema || s == jsonschema.FalseSchema {
		return
	}
	meaning, _ := s.Extras["x-absent"].(string)
	reason, _ := s.Extras["x-reason"].(string)
	switch {
	case s.Default != nil:
		s.Description += fmt.Sprintf(" Default: %s, because %s.", Show(s.Default), reason)
	case meaning != "":
		s.Description += fmt.Sprintf(" Without it: %s, because %s.", meaning, reason)
	}
	s.Description = strings.TrimSpace(s.Description)
	if s.Properties != nil {
		for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
			explain(pair.Value)
		}
	}
	explain(s.Items)
	explain(s.AdditionalProperties)
}

// Key is one key of the stack file, for the reference.
type Key struct {
	// Path has [] for the elements of lists, such as "guardrails:users[].name".
	Path Path
	// Type is text, true or false, whole number, list of ..., or keys below.
	Type string
	// Doc says what the key means.
	Doc string
	// Required keys have neither Default nor Absent.
	Required bool
	// Default is the value of an absent key as it would be written; Absent says what absence means where that is no
	// value.
	Default any
	Absent  string
	// Reason is the reason for Default or Absent.
	Reason string
	// Example is a value as an admin would write it.
	Example any
	// Refused is set for a key that is known and never accepted; Doc says why.
	Refused bool
}

// Keys are all keys of the stack file, those of guardrails first, in the order in which the reference shows them.
func Keys() []Key {
	return append(keysBelow(Path(namespace+":"), stackKeys.describe()), keysBelow("aws:", awsKeys.describe())...)
}

func keysBelow(at Path, s *jsonschema.Schema) []Key {
	var all []Key
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		value := pair.Value
		k := Key{
			Path:     at.Child(pair.Key),
			Type:     typeOf(value),
			Doc:      value.Description,
			Required: required[pair.Key],
			Default:  value.Default,
			Refused:  value.Not != nil,
		}
		k.Absent, _ = value.Extras["x-absent"].(string)
		k.Reason, _ = value.Extras["x-reason"].(string)
		if len(value.Examples) > 0 {
			k.Example = value.Examples[0]
		}
		all = append(all, k)
		switch {
		case isSecret(value):
		case value.Properties != nil && value.Type == "object":
			all = append(all, keysBelow(k.Path, value)...)
		case value.Items != nil && value.Items.Properties != nil:
			all = append(all, keysBelow(k.Path+"[]", value.Items)...)
		case keysInPlaceOfText(value) != nil:
			all = append(all, keysBelow(k.Path, keysInPlaceOfText(value))...)
		}
	}
	return all
}

func typeOf(s *jsonschema.Schema) string {
	switch {
	case isSecret(s):
		return "encrypted text"
	case keysInPlaceOfText(s) != nil:
		return "text, or keys below"
	case s.AnyOf != nil:
		return typeOf(s.AnyOf[0])
	case s.Enum != nil:
		words := make([]string, len(s.Enum))
		for i, word := range s.Enum {
			words[i] = fmt.Sprint(word)
		}
		return strings.Join(words, ", ")
	case s.Format == "date-time":
		return "time with offset"
	case s.Pattern == durationPattern:
		return "duration"
	}
	switch s.Type {
	case "string":
		return "text"
	case "boolean":
		return "true or false"
	case "integer":
		return fmt.Sprintf("whole number, %s to %s", s.Minimum, s.Maximum)
	case "array":
		return "list of " + typeOf(s.Items)
	case "object":
		switch {
		case s.Properties != nil:
			return "keys below"
		case s.AdditionalProperties == nil:
			return "policy document"
		}
		return "keys with " + typeOf(s.AdditionalProperties)
	}
	return ""
}

// keysInPlaceOfText is the second form of a value that is written as text or with keys of its own; nil for every
// other value.
func keysInPlaceOfText(s *jsonschema.Schema) *jsonschema.Schema {
	if len(s.AnyOf) == 2 && s.AnyOf[1].Properties != nil && !isSecret(s.AnyOf[1]) {
		return s.AnyOf[1]
	}
	return nil
}

// isSecret recognizes the form of a value that Pulumi keeps encrypted.
func isSecret(s *jsonschema.Schema) bool {
	return s.Properties != nil && s.Properties.Len() == 1 && s.Properties.Oldest().Key == "secure"
}

// Show is a value as one would write it in a stack file, on one line.
func Show(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = Show(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []string:
		parts := make([]any, len(v))
		for i, item := range v {
			parts[i] = item
		}
		return Show(parts)
	}
	return fmt.Sprint(value)
}
