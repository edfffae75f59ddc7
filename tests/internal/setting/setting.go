// Package setting reads the environment variables with which somebody asks a test for more than an ordinary run does.
package setting

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Number is the whole number in an environment variable; otherwise where it is unset or empty. Anything else fails
// the test.
func Number(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "%s is a number", name)
	return n
}
