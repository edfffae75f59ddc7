package filebackend

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A state that is read from its file is the one that the engine's own command gives: what it has of every resource,
// and what was under way.
func TestAnExportedStateIsTheDeployment(t *testing.T) {
	text := `{"version":3,"checkpoint":{"stack":"organization/p/s","latest":{"manifest":{"time":"2026-01-02T03:04:05Z"},` +
		`"resources":[{"urn":"urn:a","id":12345678901234567890}],"pending_operations":[{"type":"creating"}]}}}`
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := zip.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	for name, data := range map[string][]byte{"s.json": []byte(text), "s.json.gz": packed.Bytes()} {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, data, 0o600))
		exported, err := Export(file)
		require.NoError(t, err)
		assert.JSONEq(t, `{"version":3,"deployment":{"manifest":{"time":"2026-01-02T03:04:05Z"},`+
			`"resources":[{"urn":"urn:a","id":12345678901234567890}],"pending_operations":[{"type":"creating"}]}}`,
			string(exported))
		assert.Contains(t, string(exported), "12345678901234567890", "no digit of a number is lost")
	}
}
