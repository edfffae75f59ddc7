package files

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// What lies in the folder is read, also through links and in a folder that is a link itself.
func TestRegularFilesOfTheFolderAreRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "real/..data/a.json"), "{}")
	require.NoError(t, os.Symlink("..data/a.json", filepath.Join(dir, "real/a.json")))
	require.NoError(t, os.Symlink("real", filepath.Join(dir, "folder")))
	for _, path := range []string{"real/..data/a.json", "real/a.json", "folder/a.json"} {
		data, err := Read(filepath.Join(dir, path))
		require.NoError(t, err, path)
		assert.Equal(t, "{}", string(data))
	}
	data, err := ReadBelow(filepath.Join(dir, "folder"), "a.json")
	require.NoError(t, err)
	assert.Equal(t, "{}", string(data))
	t.Chdir(dir)
	_, err = Read("real/a.json")
	require.NoError(t, err)
	_, err = ReadBelow("real", "a.json")
	require.NoError(t, err)
}

// Everything that is no regular file of the folder is refused at once, with what it is.
func TestWhatIsNoRegularFileOfTheFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	write(t, filepath.Join(folder, "large"), strings.Repeat("x", MaxSize+1))
	write(t, filepath.Join(folder, "file"), "x")
	write(t, filepath.Join(dir, "outside"), "secret")
	require.NoError(t, os.Mkdir(filepath.Join(folder, "dir"), 0o755))
	require.NoError(t, syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o644))
	t.Chdir(folder)
	socket, err := net.Listen("unix", "socket")
	require.NoError(t, err)
	defer socket.Close()
	for name, target := range map[string]string{
		"zero": "/dev/zero", "out": "../outside", "far": filepath.Join(dir,
			"outside"), "none": "nothing", "loop": "loop", "piped": "pipe",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(folder, name)))
	}
	for name, says := range map[string]string{
		"large": "has more than 4 MiB", "dir": "is a folder", "pipe": "is a named pipe", "piped": "is a named pipe", "socket": "is a socket",
		"zero": "is a link out of its folder, to /dev/zero", "out": "is a link out of " +
			"its folder", "far": "is a link out of its folder",
		"none": "does not exist", "loop": "leads back to itself", "absent": "does not exist", "file/x": "no folder",
	} {
		for way, read := range map[string]func() ([]byte, error){
			"by path":     func() ([]byte, error) { return Read(filepath.Join(folder, name)) },
			"from folder": func() ([]byte, error) { return ReadBelow(folder, name) },
		} {
			data, readErr := read()
			var refused *Error
			require.True(t, errors.As(readErr, &refused), "%s %s: %v", name, way, readErr)
			assert.Contains(t, readErr.Error(), says, name)
			assert.Contains(t, readErr.Error(), name)
			assert.NotEmpty(t, refused.Fix)
			assert.Empty(t, data)
		}
	}
	for _, name := range []string{"../outside", "/etc/passwd", ""} {
		_, readErr := ReadBelow(folder, name)
		assert.ErrorContains(t, readErr, "outside of the folder", name)
	}
	data, err := Read(filepath.Join(folder, "file"))
	require.NoError(t, err)
	assert.Equal(t, "x", string(data))
}

// A stream that never ends is not read to its end.
func TestEndlessStreamsEnd(t *testing.T) {
	zero, err := os.Open("/dev/zero")
	require.NoError(t, err)
	defer zero.Close()
	_, err = ReadAll(zero, 1000)
	assert.ErrorIs(t, err, ErrTooLarge)
	data, err := ReadAll(strings.NewReader("abc"), 3)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(data))
}

// A text is read in each of the encodings in which shells write one.
func TestTextsOfShellsAreUTF8(t *testing.T) {
	for name, data := range map[string]string{
		"plain":           "aé\U0001F511",
		"mark":            "\xef\xbb\xbfaé\U0001F511",
		"little endian":   "\xff\xfea\x00\xe9\x00\x3d\xd8\x11\xdd",
		"big endian":      "\xfe\xff\x00a\x00\xe9\xd8\x3d\xdd\x11",
		"one byte beyond": "\xff\xfea\x00\xe9\x00\x3d\xd8\x11\xdda",
	} {
		assert.Equal(t, "aé\U0001F511", string(UTF8([]byte(data))), name)
	}
}

// Errors of the system about a place are put in words; what happened on the way is not.
func TestSystemErrorsAreDescribed(t *testing.T) {
	for err, says := range map[error]string{
		&fs.PathError{Op: "open", Path: "a",
			Err: syscall.EROFS}: "a: lies in a file system that can only be read",
		&fs.PathError{Op: "open", Path: "a",
			Err: syscall.EACCES}: "a: may not be read or written by this user",
		&os.LinkError{Op: "rename", Old: "a", New: "b",
			Err: syscall.EPERM}: "b: may not be read or written by this user",
		&fs.PathError{Op: "mkdir", Path: "a", Err: syscall.ENOENT}: "a: does not exist",
	} {
		words, ok := Described(err)
		require.True(t, ok)
		assert.Contains(t, words.Error(), says)
		assert.ErrorIs(t, words, err)
	}
	_, ok := Described(&fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC})
	assert.False(t, ok)
	_, ok = Described(errors.New("x"))
	assert.False(t, ok)
}
