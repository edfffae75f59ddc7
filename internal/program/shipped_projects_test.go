package program_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// Plain "pulumi up" and "pulumi preview" in the shipped folders read what stands before they plan.
func TestTheShippedProjectsReadFirst(t *testing.T) {
	for _, folder := range []string{"../..", "../../examples/organization"} {
		data, err := os.ReadFile(filepath.Join(folder, "Pulumi.yaml"))
		require.NoError(t, err)
		var project struct {
			Options struct{ Refresh string }
		}
		require.NoError(t, yaml.Unmarshal(data, &project))
		assert.Equal(t, "always", project.Options.Refresh, folder)
	}
}
