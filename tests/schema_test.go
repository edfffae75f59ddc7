package tests

import (
	"aws-access-guardrails/problem"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

const schemaFile = "../docs/stack-file.schema.json"

// beyondTheSchema are the refusals of unknown keys, missing keys and wrong types that an editor does not see, with
// the reason. What is refused for another reason than its form is never an editor's to see; where it does see it, the
// place is still held.
var beyondTheSchema = map[string]string{
	"an expectation that tries nothing": "what an expectation needs depends on its other keys",
	"an unquoted time":                  "an editor reads YAML 1.2, in which an unquoted time is text",
	"a tag of YAML's":                   "tags are gone before a schema is asked",
}

func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(schemaFile)
	require.NoError(t, err)
	return schema
}

// asJSONValue is a stack file as a validator gets it from an editor: times are text, as YAML 1.2 has them. Nil when
// the text is no YAML.
func asJSONValue(text []byte) (*yaml.Node, any) {
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

// place is where an editor draws its line: the start of a value, or of a key.
type place struct{ line, column int }

func placeOf(n *yaml.Node) place { return place{n.Line, n.Column} }

// child is the value of a key, or an element, with the key's own node.
func child(n *yaml.Node, token string) (key, value *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(token); err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
		return n, n
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == token {
			return n.Content[i], n.Content[i+1]
		}
	}
	return n, n
}

// underlined are the places that the schema complains about: unknown keys at the key, missing ones at the value that
// lacks them or its own key, everything else at the value. One complaint may have several places, as editors differ.
func underlined(t *testing.T, root *yaml.Node, err error) [][]place {
	t.Helper()
	var invalid *jsonschema.ValidationError
	require.ErrorAs(t, err, &invalid)
	var all [][]place
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		key, value := root, root
		for _, token := range e.InstanceLocation {
			key, value = child(value, token)
		}
		switch k := e.ErrorKind.(type) {
		case *kind.AdditionalProperties:
			for _, name := range k.Properties {
				unknown, _ := child(value, name)
				all = append(all, []place{placeOf(unknown)})
			}
		case *kind.Required:
			all = append(all, []place{placeOf(value), placeOf(key)})
		default:
			if len(e.Causes) == 0 {
				all = append(all, []place{placeOf(value)})
			}
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	return all
}

// An editor that reads JSON Schema underlines a mistake at the line and column where `check` reports it, and
// underlines nothing else.
func TestAnEditorUnderlinesWhatCheckRefuses(t *testing.T) {
	schema := compiledSchema(t)
	full := readText(t, fullStack)
	seen := 0
	for _, r := range slices.Concat(refusals, fileOnly) {
		text := r.mutated(t, full)
		root, value := asJSONValue([]byte(text))
		if root == nil {
			continue
		}
		problems := readProblems(text)
		require.NotEmpty(t, problems, r.name)
		err := schema.Validate(value)
		if err == nil {
			_, listed := beyondTheSchema[r.name]
			form := r.kind == problem.UnknownKey || r.kind == problem.Missing || r.kind == problem.WrongType
			assert.False(
				t,
				form && !listed,
				"%s: no editor underlines it; list it in beyondTheSchema with the reason",
				r.name,
			)
			continue
		}
		seen++
		complaints := underlined(t, root, err)
		require.NotEmpty(t, complaints, r.name)
		for _, places := range complaints {
			assert.Contains(t, places, place{problems[0].Line, problems[0].Column}, "%s\n%v", r.name, err)
		}
	}
	assert.Greater(t, seen, 35)
	t.Logf("%d of %d mistakes are underlined", seen, len(refusals)+len(fileOnly))
}

// What is shipped fits the schema, and its first line leads an editor there.
func TestShippedStackFilesLeadEditorsToTheSchema(t *testing.T) {
	schema := compiledSchema(t)
	modeline := regexp.MustCompile(`^# yaml-language-server: \$schema=(\S+)\n`)
	var files []string
	walk(t, func(path string) {
		if regexp.MustCompile(`(^|/)Pulumi\.[^/]+\.ya?ml$`).MatchString(path) && !strings.Contains(path, "/testdata/") {
			files = append(files, filepath.Join("..", path))
		}
	})
	require.GreaterOrEqual(t, len(files), 7)
	want, err := filepath.Abs(schemaFile)
	require.NoError(t, err)
	for _, file := range files {
		text := readText(t, file)
		found := modeline.FindStringSubmatch(text)
		if assert.NotNil(t, found, "%s: the first line does not name the schema", file) {
			got, err := filepath.Abs(filepath.Join(filepath.Dir(file), found[1]))
			require.NoError(t, err)
			assert.Equal(t, want, got, file)
		}
		_, value := asJSONValue([]byte(text))
		assert.NoError(t, schema.Validate(value), file)
	}
}

// The engine writes stack files, when it adds a salt and when somebody runs `pulumi config set`; the line that names
// the schema stays the first one.
func TestTheModelineOutlivesTheEngine(t *testing.T) {
	const first = "# yaml-language-server: $schema=docs/stack-file.schema.json"
	dir := t.TempDir()
	require.NoError(
		t,
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: guardrails\nruntime: go\n"), 0o600),
	)
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(file, []byte(readText(t, "../Pulumi.dev.yaml")), 0o600))
	project, err := pulumi.LoadProject(filepath.Join(dir, "Pulumi.yaml"))
	require.NoError(t, err)
	stack, err := pulumi.LoadProjectStack(nil, project, file)
	require.NoError(t, err)
	stack.EncryptionSalt = "v1:xxxx:v1:yyyy"
	require.NoError(
		t,
		stack.Config.Set(
			config.MustMakeKey("guardrails", "protect"),
			config.NewTypedValue("true", config.TypeBool),
			false,
		),
	)
	require.NoError(t, stack.Save(file))
	after := readText(t, file)
	assert.Contains(t, after, "encryptionsalt: ")
	line, _, _ := strings.Cut(after, "\n")
	assert.Equal(t, first, line)
	_, value := asJSONValue([]byte(after))
	assert.NoError(t, compiledSchema(t).Validate(value))
}

// What `check` takes is underlined by no editor, whatever is done to a stack file. Left out are values of the first
// level, which `pulumi config set` may have written as text, and which an editor is stricter about.
func TestNoEditorUnderlinesWhatCheckTakes(t *testing.T) {
	schema := compiledSchema(t)
	full := []byte(readText(t, fullStack))
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal(full, &document))
		edit(t, document.Content[0].Content[1])
		var changed bytes.Buffer
		require.NoError(t, yaml.NewEncoder(&changed).Encode(&document))
		if len(readProblems(changed.String())) > 0 {
			return
		}
		taken++
		_, value := asJSONValue(changed.Bytes())
		err := schema.Validate(value)
		if err == nil {
			return
		}
		var invalid *jsonschema.ValidationError
		require.ErrorAs(t, err, &invalid)
		for _, leaf := range leaves(invalid) {
			require.LessOrEqual(t, len(leaf.InstanceLocation), 2, "%v\n%s", err, changed.String())
		}
	})
	assert.Positive(t, taken)
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// Every exception names a refusal that exists and says why.
func TestWhatEditorsDoNotSeeIsExplained(t *testing.T) {
	names := map[string]bool{}
	for _, r := range slices.Concat(refusals, fileOnly) {
		names[r.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(beyondTheSchema)) {
		assert.True(t, names[name], "%q is no refusal", name)
		assert.NotEmpty(t, beyondTheSchema[name], name)
	}
}
