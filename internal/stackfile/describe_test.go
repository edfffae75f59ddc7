package stackfile

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/problem"
)

// Every key says what it means, what its absence means and why, and shows an example.
func TestEveryKeyIsDescribed(t *testing.T) {
	all := Keys()
	require.Greater(t, len(all), 100)
	seen := map[problem.Path]bool{}
	for _, k := range all {
		assert.False(t, seen[k.Path], "%s is described twice", k.Path)
		seen[k.Path] = true
		if k.Refused {
			assert.NotEmpty(t, k.Doc, k.Path)
			continue
		}
		assert.True(t, strings.HasSuffix(k.Doc, "."), "%s: %q is no sentence", k.Path, k.Doc)
		assert.NotNil(t, k.Example, k.Path)
		assert.NotEmpty(t, k.Type, k.Path)
		section := k.Type == "keys below" && k.Default == nil && k.Absent == ""
		if k.Required {
			assert.Nil(t, k.Default, k.Path)
			assert.Empty(t, k.Absent, k.Path)
		} else if !section {
			assert.True(t, (k.Default != nil) != (k.Absent != ""), "%s needs a default or what absence means", k.Path)
			assert.NotEmpty(t, k.Reason, k.Path)
		}
	}
}

// The examples of the descriptions are taken where they stand.
func TestExamplesAreTaken(t *testing.T) {
	var wrong []string
	for _, k := range Keys() {
		if k.Refused {
			continue
		}
		for _, p := range decodeExample(t, k) {
			// Around the example there is nothing, so that keys are missing; and rules between keys are not what this
			// is about.
			if p.Kind != problem.Missing &&
				p.Path.Within(problem.Path(strings.ReplaceAll(string(k.Path), "[]", "[0]"))) {
				wrong = append(wrong, fmt.Sprintf("%s: %v", k.Path, p))
			}
		}
	}
	assert.Empty(t, wrong)
}

// decodeExample decodes a stack that holds the example at its place and nothing else.
func decodeExample(t *testing.T, k strictyaml.KeyDescription) problem.List {
	t.Helper()
	namespace, rest, _ := strings.Cut(string(k.Path), ":")
	names := strings.Split(rest, ".")
	value := k.Example
	for i := len(names) - 1; i > 0; i-- {
		value = map[string]any{strings.TrimSuffix(names[i], "[]"): value}
		if strings.HasSuffix(names[i-1], "[]") {
			value = []any{value}
		}
	}
	text, err := json.Marshal(map[string]any{strings.TrimSuffix(names[0], "[]"): value})
	require.NoError(t, err)
	d := strictyaml.NewDecoder().WithKeysMeant(meantKey)
	section := strictyaml.FromJSON(string(text), problem.Position{})
	for i := range section.Entries {
		section.Entries[i].Value = firstLevel(section.Entries[i].Value)
	}
	if namespace == "aws" {
		provider.Keys.Decode(d, section, "aws:")
	} else {
		sections.Keys.Decode(d, section, "guardrails:")
	}
	return d.Problems
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(Schema())
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("stack.json", document))
	schema, err := compiler.Compile("stack.json")
	require.NoError(t, err)
	return schema
}

func asDocument(t *testing.T, data []byte) any {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal(data, &value))
	text, err := json.Marshal(value)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	return document
}

// The stack files that are shipped fit the schema.
func TestShippedStacksFitTheSchema(t *testing.T) {
	schema := compiled(t)
	for _, file := range []string{"../../Pulumi.dev.yaml", "../../Pulumi.prod.yaml", "../testkit/stacktest/testdata/Pulumi.full.yaml"} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(asDocument(t, data)), file)
	}
}

// An editor that reads the schema underlines what the decoder refuses, at the same place.
func TestTheSchemaRefusesWhereTheDecoderDoes(t *testing.T) {
	schema := compiled(t)
	full, err := os.ReadFile("../testkit/stacktest/testdata/Pulumi.full.yaml")
	require.NoError(t, err)
	for _, c := range []struct{ from, to, pointer string }{
		{"      email: alice@", "      mail: alice@", "/config/guardrails:users/0"},
		{`id: "111122223333"`, "id: 111122223333", "/config/guardrails:account/id"},
		{`id: "111122223333"`, `id: "1111"`, "/config/guardrails:account/id"},
		{"users: [alice, bob]", "users: alice", "/config/guardrails:operationRoles/0/users"},
		{"idleTimeout: 15m", "idleTimeout: 15", "/config/guardrails:sessions/idleTimeout"},
		{"idleTimeout: 15m", "idleTimeout: soon", "/config/guardrails:sessions/idleTimeout"},
		{"sessionName: any", "sessionName: username", "/config/guardrails:delegatedRoles/0/sessionName"},
		{"minimumLength: 16", "minimumLength: 5", "/config/guardrails:passwordPolicy/minimumLength"},
		{"managedPolicies: [AdministratorAccess]", "managedPolicies: []",
			"/config/guardrails:delegatedRoles/0/managedPolicies"},
		{"guardrails:protect: false", "guardrails:protects: false", "/config"},
		{"aws:profile: guardrails-dev", "aws:forbiddenAccountIds: [\"1\"]", "/config/aws:forbiddenAccountIds"},
	} {
		changed := testkit.Replace(t, string(full), c.from, c.to)
		_, d := Open(Source{File: "Pulumi.dev.yaml", Data: []byte(changed)}, nil)
		require.NotEmpty(t, d.Problems, "test bug: the decoder takes %q", c.to)
		err := schema.Validate(asDocument(t, []byte(changed)))
		var invalid *jsonschema.ValidationError
		require.ErrorAs(t, err, &invalid, c.to)
		assert.Contains(t, pointers(invalid), c.pointer, c.to)
	}
}

func pointers(e *jsonschema.ValidationError) []string {
	all := []string{"/" + strings.Join(e.InstanceLocation, "/")}
	for _, cause := range e.Causes {
		all = append(all, pointers(cause)...)
	}
	return all
}
