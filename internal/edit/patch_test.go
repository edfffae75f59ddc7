package edit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// git runs git in a folder, with no settings but those of the test.
func git(t *testing.T, dir string, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command(
		"git",
		append([]string{"-c", "core.autocrlf=false", "-c", "core.whitespace=cr-at-eol"}, args...)...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %s: %s", args, out)
	return string(out)
}

// What git makes of the file with the patch is what the edit would have written, to the byte: whatever ends its lines,
// with and without an end of the last one, under any name, from the top of the repository and from the folder.
func TestAPatchAppliesWithGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	words := []string{
		"a",
		"b",
		"b",
		"",
		"    - {person: jump/alice}",
		"  # \u200b",
		"\ufeffconfig:",
		"x\ry",
		"\u2028",
		"\t",
		"\xff",
	}
	random := rand.New(rand.NewPCG(15, 7))
	text := func(end string, lines int) []byte {
		var b bytes.Buffer
		for i := range lines {
			b.WriteString(words[random.IntN(len(words))])
			if i < lines-1 || random.IntN(2) == 0 {
				b.WriteString(end)
			}
		}
		return b.Bytes()
	}
	for i, name := range []string{
		"Pulumi.dev.yaml", "two words/Pulumi.dev.yaml", "日本/Pulumi.dev.yaml", `a"b\c/Pulumi.dev.yaml`, "tab\there/Pulumi.dev.yaml",
		"-x/Pulumi.dev.yaml",
	} {
		for j := range 30 {
			end := []string{"\n", "\r\n"}[j%2]
			top := t.TempDir()
			git(t, top, nil, "init", "-q")
			path := filepath.Join(top, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			c := &Change{Before: text(end, 1+random.IntN(12)), After: text(end, 1+random.IntN(12)), path: path}
			if bytes.Equal(c.Before, c.After) {
				continue
			}
			require.NoError(t, os.WriteFile(path, c.Before, 0o600))
			patch, err := c.Patch()
			require.NoError(t, err)
			in := top
			if j%3 == 0 {
				in = filepath.Dir(path)
			}
			git(t, in, patch, "apply")
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(c.After), string(after), "%d %d: %s", i, j, patch)
		}
	}
}

// The patch of a grant changes the file that a link leads to, and nothing is one where nothing changes.
func TestAPatchNamesTheFileBehindALink(t *testing.T) {
	top := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(top, ".git"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(top, "real.yaml"), []byte("a\n"), 0o600))
	link := filepath.Join(top, "Pulumi.dev.yaml")
	require.NoError(t, os.Symlink("real.yaml", link))
	patch, err := (&Change{Before: []byte("a\n"), After: []byte("b\n"), path: link}).Patch()
	require.NoError(t, err)
	assert.Equal(
		t,
		"diff --git a/real.yaml b/real.yaml\n--- a/real.yaml\n+++ b/real.yaml\n@@ -1,1 +1,1 @@\n-a\n+b\n",
		string(patch),
	)
	patch, err = (&Change{Before: []byte("a\n"), After: []byte("a\n"), path: link}).Patch()
	require.NoError(t, err)
	assert.Empty(t, patch)
	_, err = (&Change{Before: []byte("a"), After: []byte("b"), path: filepath.Join(top, "none")}).Patch()
	assert.True(t, os.IsNotExist(err), "%v", fmt.Sprint(err))
	assert.True(t, strings.HasPrefix(quotedPath("a\n"), `"a\012`))
}
