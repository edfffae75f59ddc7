package stacktest

import (
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/testkit"
)

// SchemaFile is the path from the root of the schema of stack files.
const SchemaFile = "docs/stack-file.schema.json"

// Schema is the schema of stack files that editors read.
func Schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(testkit.Path(t, SchemaFile))
	require.NoError(t, err)
	return schema
}

// JSONValue is a stack file as a validator gets it from an editor: times are text, as YAML 1.2 has them. Nil when
// the text is no YAML.
func JSONValue(text []byte) (*yaml.Node, any) {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], jsonValue(document.Content[0])
}

func jsonValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = jsonValue(n.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, jsonValue(item))
		}
		return list
	case yaml.AliasNode:
		return jsonValue(n.Alias)
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}
