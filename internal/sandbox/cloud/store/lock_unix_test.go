//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
)

// A state file that somebody else has open is refused at once, and free when they are done.
func TestAStateFileIsOpenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	other, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(other.Fd()), syscall.LOCK_EX))
	_, err = cloud.Open(path, cloudtest.Noon)
	assert.ErrorContains(t, err, "another process uses this sandbox")
	require.NoError(t, other.Close())
	c, err := cloud.Open(path, cloudtest.Noon)
	require.NoError(t, err)
	require.NoError(t, c.Close())
}
