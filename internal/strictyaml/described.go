package strictyaml

import (
	"aws-access-guardrails/problem"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// Explain puts default and reason into the description, which is what editors show.
func Explain(s *jsonschema.Schema) {
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
			Explain(pair.Value)
		}
	}
	Explain(s.Items)
	Explain(s.AdditionalProperties)
}

// KeyDescription is one key of the file, for the reference.
type KeyDescription struct {
	// Path has [] for the elements of lists, such as "guardrails:users[].name".
	Path problem.Path
	// Type is text, true or false, whole number, list of ..., or keys below. Below says that the keys below it follow.
	Type  string
	Below bool
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

// KeysBelow are the keys of an object, described by its schema, each followed by those below it.
func KeysBelow(path problem.Path, s *jsonschema.Schema) []KeyDescription {
	var all []KeyDescription
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		value := pair.Value
		k := KeyDescription{
			Path:     path.Child(pair.Key),
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
		var below []KeyDescription
		switch {
		case isSecret(value):
		case value.Properties != nil && value.Type == "object":
			below = KeysBelow(k.Path, value)
		case value.Items != nil && value.Items.Properties != nil:
			below = KeysBelow(k.Path+"[]", value.Items)
		case keysInPlaceOfText(value) != nil:
			below = KeysBelow(k.Path, keysInPlaceOfText(value))
		}
		k.Below = len(below) > 0
		all = append(append(all, k), below...)
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

// Show is a value as one would write it in the file, on one line.
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

// Write adds the key to a reference in Markdown: a heading for a key of the first level, a row of its table for the
// others.
func (k KeyDescription) Write(b *strings.Builder) {
	if k.topLevel() {
		k.writeHeading(b)
		return
	}
	k.writeRow(b)
}

func (k KeyDescription) topLevel() bool { return !strings.ContainsAny(string(k.Path), ".[") }

func (k KeyDescription) writeHeading(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n", k.Path)
	if k.Refused {
		fmt.Fprintf(b, "%s\n", k.Doc)
		return
	}
	fmt.Fprintf(b, "%s\n\n- Type: %s\n", k.Doc, k.Type)
	if text := k.whenAbsent(); text != "" {
		fmt.Fprintf(b, "- %s\n", text)
	}
	fmt.Fprintf(b, "- Example: `%s`\n", Inline(k.Example))
	if k.Below {
		b.WriteString("\n| key | type | meaning |\n|---|---|---|\n")
	}
}

func (k KeyDescription) writeRow(b *strings.Builder) {
	_, name, _ := strings.Cut(string(k.Path), ":")
	if i := strings.IndexAny(name, ".["); i >= 0 {
		name = strings.TrimPrefix(strings.TrimPrefix(name[i:], "[]"), ".")
	}
	meaning := []string{k.Doc, k.whenAbsent(), "Example: `" + Inline(k.Example) + "`."}
	text := strings.Join(meaning, " ")
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, escaped(k.Type), escaped(strings.Join(strings.Fields(text), " ")))
}

// whenAbsent is a sentence.
func (k KeyDescription) whenAbsent() string {
	switch {
	case k.Required:
		return "Required."
	case k.Default != nil:
		return fmt.Sprintf("Default: `%s`, because %s.", Inline(k.Default), k.Reason)
	case k.Absent != "":
		return fmt.Sprintf("Without it: %s, because %s.", k.Absent, k.Reason)
	}
	return ""
}

// Inline is a value in the one-line form of YAML, of which JSON is one; keys and plain words lose their quotes.
func Inline(value any) string {
	switch v := value.(type) {
	case string:
		if problem.IsPlainKey(v) && strings.Trim(v, "0123456789") != "" && v != "true" && v != "false" {
			return v
		}
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, Inline(name)+": "+Inline(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = Inline(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []string:
		parts := make([]any, len(v))
		for i, item := range v {
			parts[i] = item
		}
		return Inline(parts)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func escaped(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
