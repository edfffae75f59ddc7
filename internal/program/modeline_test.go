package program_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
)

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
	require.NoError(t, os.WriteFile(file, []byte(stacktest.Text(t, "Pulumi.dev.yaml")), 0o600))
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
	saved, err := os.ReadFile(file)
	require.NoError(t, err)
	after := string(saved)
	assert.Contains(t, after, "encryptionsalt: ")
	line, _, _ := strings.Cut(after, "\n")
	assert.Equal(t, first, line)
	_, value := stacktest.JSONValue([]byte(after))
	assert.NoError(t, stacktest.Schema(t).Validate(value))
}
