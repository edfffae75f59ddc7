package program_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile"
)

// forms are the ways in which a value of the first level can stand in a stack file: as YAML, as the JSON text that
// "pulumi config set" writes, and as what "pulumi config set --path" makes of it, leaf by leaf, with Pulumi's own
// code.
var forms = map[string]func(t *testing.T, file []byte) []byte{
	"YAML": func(_ *testing.T, file []byte) []byte { return file },
	"JSON text": func(t *testing.T, file []byte) []byte {
		return rewritten(t, file, func(into config.Map, key config.Key, value string) {
			require.NoError(t, into.Set(key, config.NewValue(value), false))
		})
	},
	"paths": func(t *testing.T, file []byte) []byte {
		return rewritten(t, file, func(into config.Map, key config.Key, value string) { setPaths(t, into, key, value) })
	},
}

// rewritten is a stack file whose values were set anew, one after the other.
func rewritten(t *testing.T, file []byte, set func(into config.Map, key config.Key, value string)) []byte {
	t.Helper()
	project := &workspace.Project{Name: "guardrails"}
	stack, err := workspace.LoadProjectStackBytes(nil, project, file, "Pulumi.x.yaml", encoding.YAML)
	require.NoError(t, err)
	values, err := stack.Config.Decrypt(config.NopDecrypter)
	require.NoError(t, err)
	into := config.Map{}
	for key, value := range values {
		set(into, key, value)
	}
	stack.Config = into
	data, err := encoding.YAML.Marshal(stack)
	require.NoError(t, err)
	return data
}

// setPaths sets the leaves of a value by their paths, empty lists and objects as a whole with what holds them.
func setPaths(t *testing.T, into config.Map, key config.Key, value string) {
	var read any
	if json.Unmarshal([]byte(value), &read) != nil {
		read = value
	}
	var visit func(path string, v any)
	visit = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, child := range v {
				visit(fmt.Sprintf("%s[%q]", path, name), child)
			}
		case []any:
			for i, child := range v {
				visit(fmt.Sprintf("%s[%d]", path, i), child)
			}
		default:
			typed := config.NewValue(fmt.Sprint(v))
			if _, text := v.(string); text { // As with --type string.
				typed = config.NewTypedValue(fmt.Sprint(v), config.TypeString)
			}
			require.NoError(t, into.Set(config.MustMakeKey(key.Namespace(), path), typed, true))
		}
	}
	visit(key.Name(), read)
}

// What a stack knows of the others of its folder does not depend on the form in which their files have their values,
// and neither does the order that follows from it.
func TestSiblingsAreReadInEveryForm(t *testing.T) {
	for _, folder := range []string{"../..", "../../examples/organization"} {
		want := inForm(t, folder, forms["YAML"])
		require.NotEmpty(t, want)
		for name, form := range forms {
			assert.Empty(t, cmp.Diff(want, inForm(t, folder, form)), "%s as %s", folder, name)
		}
	}
}

// inForm is what a stack that has no file knows of the stacks of a folder, whose files have their values in a form.
func inForm(t *testing.T, folder string, form func(*testing.T, []byte) []byte) []stackfile.Sibling {
	t.Helper()
	dir := t.TempDir()
	paths, err := filepath.Glob(filepath.Join(folder, "Pulumi.*yaml"))
	require.NoError(t, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		if filepath.Base(path) != "Pulumi.yaml" {
			data = form(t, data)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(path)), data, 0o600))
	}
	return stackfile.Siblings(dir, "nobody")
}
