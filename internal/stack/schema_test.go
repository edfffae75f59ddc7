package stack_test

import (
	"bytes"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/problem"
)

// beyondTheSchema are the refusals of unknown keys, missing keys and wrong types that an editor does not see, with
// the reason. What is refused for another reason than its form is never an editor's to see; where it does see it, the
// place is still held.
var beyondTheSchema = map[string]string{
	"an expectation that tries nothing": "what an expectation needs depends on its other keys",
	"an unquoted time":                  "an editor reads YAML 1.2, in which an unquoted time is text",
	"a tag of YAML's":                   "tags are gone before a schema is asked",
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
	schema := stacktest.Schema(t)
	full := stacktest.Text(t, stacktest.Full)
	seen := 0
	for _, r := range slices.Concat(stacktest.Refusals, stacktest.FileOnly) {
		text := r.Mutated(t, full)
		root, value := stacktest.JSONValue([]byte(text))
		if root == nil {
			continue
		}
		problems := readProblems(text)
		require.NotEmpty(t, problems, r.Name)
		err := schema.Validate(value)
		if err == nil {
			_, listed := beyondTheSchema[r.Name]
			form := r.Kind == problem.UnknownKey || r.Kind == problem.Missing || r.Kind == problem.WrongType
			assert.False(
				t,
				form && !listed,
				"%s: no editor underlines it; list it in beyondTheSchema with the reason",
				r.Name,
			)
			continue
		}
		seen++
		complaints := underlined(t, root, err)
		require.NotEmpty(t, complaints, r.Name)
		for _, places := range complaints {
			assert.Contains(t, places, place{problems[0].Line, problems[0].Column}, "%s\n%v", r.Name, err)
		}
	}
	assert.Greater(t, seen, 35)
	t.Logf("%d of %d mistakes are underlined", seen, len(stacktest.Refusals)+len(stacktest.FileOnly))
}

// What is shipped fits the schema, and its first line leads an editor there.
func TestShippedStackFilesLeadEditorsToTheSchema(t *testing.T) {
	schema := stacktest.Schema(t)
	modeline := regexp.MustCompile(`^# yaml-language-server: \$schema=(\S+)\n`)
	var files []string
	testkit.Walk(t, func(path string) {
		if regexp.MustCompile(`(^|/)Pulumi\.[^/]+\.ya?ml$`).MatchString(path) && !strings.Contains(path, "/testdata/") {
			files = append(files, path)
		}
	})
	require.GreaterOrEqual(t, len(files), 7)
	want, err := filepath.Abs(testkit.Path(t, stacktest.SchemaFile))
	require.NoError(t, err)
	for _, file := range files {
		text := stacktest.Text(t, file)
		found := modeline.FindStringSubmatch(text)
		if assert.NotNil(t, found, "%s: the first line does not name the schema", file) {
			got, err := filepath.Abs(testkit.Path(t, filepath.Dir(file), found[1]))
			require.NoError(t, err)
			assert.Equal(t, want, got, file)
		}
		_, value := stacktest.JSONValue([]byte(text))
		assert.NoError(t, schema.Validate(value), file)
	}
}

// What `check` takes is underlined by no editor, whatever is done to a stack file. Left out are values of the first
// level, which `pulumi config set` may have written as text, and which an editor is stricter about.
func TestNoEditorUnderlinesWhatCheckTakes(t *testing.T) {
	schema := stacktest.Schema(t)
	full := []byte(stacktest.Text(t, stacktest.Full))
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal(full, &document))
		stacktest.Edit(t, document.Content[0].Content[1])
		var changed bytes.Buffer
		require.NoError(t, yaml.NewEncoder(&changed).Encode(&document))
		if len(readProblems(changed.String())) > 0 {
			return
		}
		taken++
		_, value := stacktest.JSONValue(changed.Bytes())
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
	for _, r := range slices.Concat(stacktest.Refusals, stacktest.FileOnly) {
		names[r.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(beyondTheSchema)) {
		assert.True(t, names[name], "%q is no refusal", name)
		assert.NotEmpty(t, beyondTheSchema[name], name)
	}
}
