package stack_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
)

// notShown are the keys that no stack file of the repository has, with the reason. A key that ends in "*" stands for all
// that begin so.
var notShown = map[string]string{
	"config.aws:*": "how the provider reaches AWS is the machine's that deploys: keys, proxies and endpoints of nobody; " +
		"their descriptions have an example each, and tests range over them",
	"config.guardrails:adopt*": "it takes over what exists, and a new account has nothing; docs/adopt.md adopts in the sandbox",
	"encryptionsalt":           "Pulumi writes it", "encryptedkey": "Pulumi writes it", "secretsprovider": "Pulumi writes it",
	"environment": "it names an environment of Pulumi Cloud",
}

// units are levels of units in the path of a key. The schema writes each of them out, and they have the same keys.
var units = regexp.MustCompile(`(\.units\[\])+`)

// keysOfSchema are the paths of all keys below a part of the schema.
func keysOfSchema(part map[string]any, path string, into map[string]bool) {
	for key, below := range objectsOf(part["properties"]) {
		at := units.ReplaceAllString(strings.TrimPrefix(path+"."+key, "."), ".units[]")
		into[at] = true
		keysOfSchema(below, path+"."+key, into)
	}
	forOthers(part, path, func(below map[string]any, at string) { keysOfSchema(below, at, into) })
}

// keysOfFile are the paths of the keys of the schema that a value has.
func keysOfFile(part map[string]any, value any, path string, into map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		known := objectsOf(part["properties"])
		for key, below := range known {
			if written, has := value[key]; has {
				into[units.ReplaceAllString(strings.TrimPrefix(path+"."+key, "."), ".units[]")] = true
				keysOfFile(below, written, path+"."+key, into)
			}
		}
		forOthers(part, path, func(below map[string]any, at string) {
			for key, written := range value {
				if known[key] == nil && strings.HasSuffix(at, ".*") {
					keysOfFile(below, written, at, into)
				}
			}
			if !strings.HasSuffix(at, "[]") && !strings.HasSuffix(at, ".*") {
				keysOfFile(below, value, at, into)
			}
		})
	case []any:
		forOthers(part, path, func(below map[string]any, at string) {
			for _, written := range value {
				if strings.HasSuffix(at, "[]") {
					keysOfFile(below, written, at, into)
				}
			}
			if !strings.HasSuffix(at, "[]") && !strings.HasSuffix(at, ".*") {
				keysOfFile(below, value, at, into)
			}
		})
	}
}

// forOthers runs for what stands in a part of the schema beside its properties: elements, values of a table, and forms.
func forOthers(part map[string]any, path string, run func(map[string]any, string)) {
	if items, is := part["items"].(map[string]any); is {
		run(items, path+"[]")
	}
	if values, is := part["additionalProperties"].(map[string]any); is {
		run(values, path+".*")
	}
	for _, values := range objectsOf(part["patternProperties"]) {
		run(values, path+".*")
	}
	forms, _ := part["anyOf"].([]any)
	for _, form := range forms {
		if one, is := form.(map[string]any); is {
			run(one, path)
		}
	}
}

// objectsOf are the members of an object that are objects.
func objectsOf(value any) map[string]map[string]any {
	all := map[string]map[string]any{}
	members, _ := value.(map[string]any)
	for key, member := range members {
		if object, is := member.(map[string]any); is {
			all[key] = object
		}
	}
	return all
}

// shippedStackFiles are the stack files of the repository and of its examples, which are deployed by tests.
func shippedStackFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../Pulumi.*.yaml")
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir("../../examples", func(path string, _ fs.DirEntry, err error) error {
		if matched, _ := filepath.Match("Pulumi.*.yaml", filepath.Base(path)); matched {
			files = append(files, path)
		}
		return err
	}))
	return files
}

// Every key of a stack file stands in one that is shipped, so that nobody has to write it from its description alone, or
// says why not.
func TestEveryKeyStandsInAShippedStackFile(t *testing.T) {
	data, err := os.ReadFile(testkit.Path(t, stacktest.SchemaFile))
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(data, &schema))
	all, shown := map[string]bool{}, map[string]bool{}
	keysOfSchema(schema, "", all)
	require.Greater(t, len(all), 300)
	for _, file := range shippedStackFiles(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, value := stacktest.JSONValue(text)
		require.NotNil(t, value, file)
		keysOfFile(schema, value, "", shown)
	}
	used := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		excepted := ""
		for exception := range notShown {
			prefix, begins := strings.CutSuffix(exception, "*")
			if key == exception || begins && strings.HasPrefix(key, prefix) {
				excepted = exception
			}
		}
		switch {
		case shown[key]:
		case excepted != "":
			used[excepted] = true
		default:
			assert.Fail(t, "a key that no example has", "%s: write it into a stack file of examples/, or say in notShown why not", key)
		}
	}
	for exception := range notShown {
		assert.True(t, used[exception], "%s: every key that this exception is about is shown", exception)
	}
}
