package sandboxhome

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/internal/workspace/project"
)

// The copy for the sandbox keeps everything that means something there, comments and quotes included, and drops what
// only a real backend can honour: where the state is, who encrypts its secrets, and values that only the admin's key
// can decrypt.
func TestTheCopyDropsOnlyWhatARealBackendNeeds(t *testing.T) {
	got, err := sandboxed([]byte(`encryptionsalt: v1:salt
secretsprovider: awskms://alias/x
# who
config:
  guardrails:account: {id: "111122223333"} # quoted
  aws:secretKey:
    secure: v1:abc
  guardrails:users:
    - name: alice
      note: {secure: v1:def}
    - {name: 0123, secure: yes}
`), []string{"encryptionsalt", "secretsprovider", "absent"}, [][2]string{{"encryptionsalt", "v1:other"}})
	require.NoError(t, err)
	assert.Equal(t, `# who
config:
    guardrails:account: {id: "111122223333"} # quoted
    aws:secretKey: sandbox
    guardrails:users:
        - name: alice
          note: sandbox
        - {name: 0123, secure: yes}
encryptionsalt: v1:other
`, string(got))
}

// An empty stack file is a stack without configuration.
func TestAnEmptyStackFileIsCopied(t *testing.T) {
	for _, empty := range []string{"", "# nothing\n", "---\n", "null\n"} {
		got, err := sandboxed([]byte(empty), []string{"x"}, [][2]string{{"encryptionsalt", "v1:other"}})
		require.NoError(t, err)
		assert.Equal(t, "encryptionsalt: v1:other\n", string(got))
	}
}

// Two checkouts are two sandboxes, and a link to a checkout is the same one.
func TestASandboxIsKeyedByTheFolder(t *testing.T) {
	one, two := &project.Folder{Dir: t.TempDir()}, &project.Folder{Dir: t.TempDir()}
	a, err := SandboxDir("cache", one)
	require.NoError(t, err)
	b, err := SandboxDir("cache", two)
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
}

// Where a disk has no room for what a run writes, the run is refused before it begins, and nothing in the sandbox is
// touched.
func TestARunWithoutRoomIsRefusedBeforeItBegins(t *testing.T) {
	h := &Home{Dir: t.TempDir()}
	require.NoError(t, h.Reset())
	require.NoError(t, h.room())
	state, err := os.Create(h.State())
	require.NoError(t, err)
	require.NoError(t, state.Close())
	if os.Truncate(h.State(), 4<<40) != nil { // It is empty, and four of it fit on no disk.
		t.Skip("the file system has no files with holes")
	}
	before := tree(t, h.Dir)
	require.ErrorContains(t, h.room(), "nothing was changed; make room, or set XDG_CACHE_HOME to a folder of another disk")
	assert.Equal(t, before, tree(t, h.Dir))
}

// tree are the files below a folder with their sizes and times.
func tree(t *testing.T, dir string) (lines []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && !entry.IsDir() {
			lines = append(lines, fmt.Sprint(path, info.Size(), info.ModTime()))
		}
		return err
	}))
	return lines
}

// Whatever stands in the place of a file that the sandbox rests on, the file is named without a word of the system's
// call, and the line that is told puts back what was there.
func TestWhatStandsInThePlaceOfAStateIsTold(t *testing.T) {
	state := `{"version":3,"checkpoint":{"stack":"organization/p/dev","latest":{"manifest":{"time":"2026-01-02T03:04:05Z"}}}}`
	for name, breaks := range map[string]func(string) error{
		"a folder": func(file string) error { return os.Mkdir(file, 0o700) },
		"a folder with something in it": func(file string) error {
			return os.MkdirAll(filepath.Join(file, "dev.json"), 0o700)
		},
		"a link to itself": func(file string) error { return os.Symlink(file, file) },
		"an empty file":    func(file string) error { return os.WriteFile(file, nil, 0o600) },
	} {
		for _, broken := range []string{"engine", "aws"} {
			t.Run(name+" for "+broken, func(t *testing.T) {
				h := &Home{Dir: t.TempDir()}
				stack := h.StackFile("p", "dev")
				require.NoError(t, os.MkdirAll(filepath.Dir(stack), 0o700))
				require.NoError(t, os.WriteFile(stack, []byte(state), 0o600))
				layout := filepath.Join(h.Backend(), ".pulumi", "meta.yaml")
				require.NoError(t, os.WriteFile(layout, []byte("version: 1\n"), 0o600))
				opened, err := store.Open(h.State(), nil)
				require.NoError(t, err)
				require.NoError(t, opened.Close())
				require.NoError(t, h.Begin(true))

				file := map[string]string{"engine": stack, "aws": h.State()}[broken]
				require.NoError(t, os.Remove(file))
				require.NoError(t, breaks(file))
				err = h.Begin(true)
				require.ErrorContains(t, err, file+": the sandbox of this folder is broken: ")
				assert.NotRegexp(t, `\b(open|read) /`, err.Error())
				line := regexp.MustCompile(`; (.*) puts back what it was before`).FindStringSubmatch(err.Error())
				require.NotNil(t, line, "%v", err)
				out, err := exec.CommandContext(t.Context(), "sh", "-c", line[1]).CombinedOutput()
				require.NoError(t, err, "%s", out)
				require.NoError(t, h.Begin(true))
			})
		}
	}
}
