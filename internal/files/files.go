package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf16"
)

// MaxSize is how many bytes a file may have. A stack file of 20,000 people has about half of it.
const MaxSize = 4 << 20

// Error is why a file was not read, in words.
type Error struct {
	// Path is the file as it was asked for.
	Path string
	// Why completes "the file ...", Fix says what to write or do instead.
	Why, Fix string
	// Err is the system's own error; nil where the file could be opened and was refused.
	Err error
}

// Error is "<path>: <why>; <fix>".
func (e *Error) Error() string { return e.Path + ": " + e.Why + "; " + e.Fix }

// Unwrap gives errors.Is the system's error, such as fs.ErrNotExist.
func (e *Error) Unwrap() error { return e.Err }

// Read is the content of a regular file that lies, after links are followed, in the folder that its path names or
// below it. The error is an *Error.
func Read(path string) ([]byte, error) { return readWithin(filepath.Dir(path), path) }

// ReadBelow is Read for a file that is named by its path from a folder, with slashes, and must lie below it.
func ReadBelow(folder, name string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, &Error{
			Path: name,
			Why:  "is outside of the folder of the stack file",
			Fix:  "write a path below that folder",
		}
	}
	return readWithin(folder, filepath.Join(folder, filepath.FromSlash(name)))
}

func readWithin(folder, path string) ([]byte, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, InWords(path, linkError(err))
	}
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, InWords(path, err)
	}
	if rel, err := relative(root, real); err != nil || !filepath.IsLocal(rel) {
		return nil, &Error{
			Path: path,
			Why:  "is a link out of its folder, to " + real,
			Fix:  "keep the file itself in the folder, where a review sees it",
		}
	}
	return readRegular(path, real)
}

// relative is the path of target from root, be one of them given from the current folder and the other not.
func relative(root, target string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	if target, err = filepath.Abs(target); err != nil {
		return "", err
	}
	return filepath.Rel(root, target)
}

// readRegular reads real, and names it path in errors. A pipe is opened without waiting for who writes into it; what
// was opened is looked at again, because the name may stand for something else by then.
func readRegular(path, real string) ([]byte, error) {
	info, err := os.Stat(real)
	if err != nil {
		return nil, InWords(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, irregular(path, info.Mode())
	}
	file, err := os.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, InWords(path, err)
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, InWords(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, irregular(path, info.Mode())
	}
	data, err := ReadAll(file, MaxSize)
	if errors.Is(err, ErrTooLarge) {
		return nil, &Error{
			Path: path,
			Why:  fmt.Sprintf("has more than %d MiB", MaxSize>>20),
			Fix:  "divide it, or leave out what does not belong there",
			Err:  err,
		}
	}
	if err != nil {
		return nil, InWords(path, err)
	}
	return data, nil
}

// ErrTooLarge is returned where more can be read than is taken.
var ErrTooLarge = errors.New("there is more than is read")

// ReadAll reads everything, or ErrTooLarge when that is more than the limit; it never holds more than one byte beyond
// it.
func ReadAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, err
}

func irregular(path string, mode fs.FileMode) error {
	is := "is no regular file"
	switch {
	case mode.IsDir():
		is = "is a folder"
	case mode&fs.ModeNamedPipe != 0:
		is = "is a named pipe"
	case mode&fs.ModeSocket != 0:
		is = "is a socket"
	case mode&fs.ModeDevice != 0:
		is = "is a device"
	}
	return &Error{Path: path, Why: is, Fix: "put a regular file there"}
}

// linkError gives the error of links that lead in a circle the system's name: the path package has a text of its own
// for it.
func linkError(err error) error {
	if err != nil && strings.Contains(err.Error(), "too many links") {
		return syscall.ELOOP
	}
	return err
}

// InWords says in words what a system error means for whoever named the path; the error stays reachable with errors.Is.
func InWords(path string, err error) *Error {
	e := &Error{
		Path: path,
		Why:  "cannot be used: " + bare(err).Error(),
		Fix:  "look at the path and at its permissions",
		Err:  err,
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Why, e.Fix = "does not exist", "look at the path"
	case errors.Is(err, syscall.EROFS):
		e.Why, e.Fix = "lies in a file system that can only be read", "name a place that can be written"
	case errors.Is(err, fs.ErrPermission):
		e.Why, e.Fix = "may not be read or written by this user", "change its permissions, or those of its folder"
	case errors.Is(err, syscall.ELOOP):
		e.Why, e.Fix = "is a link that leads back to itself", "put a regular file there"
	case errors.Is(err, syscall.ENOTDIR):
		e.Why, e.Fix = "lies below something that is no folder", "look at the path"
	case errors.Is(err, syscall.EISDIR):
		e.Why, e.Fix = "is a folder", "put a regular file there"
	case errors.Is(err, syscall.ENAMETOOLONG):
		e.Why, e.Fix = "has a name that is too long for this file system", "give it a shorter name"
	}
	return e
}

// Described is the error in words where it is the system's own about a path, such as that of a folder that can only
// be read; false for every other.
func Described(err error) (*Error, bool) {
	var path *fs.PathError
	var link *os.LinkError
	var words *Error
	switch {
	case errors.As(err, &words):
		return words, true
	case errors.As(err, &path):
		return InWords(path.Path, err), known(err)
	case errors.As(err, &link):
		return InWords(link.New, err), known(err)
	}
	return nil, false
}

// known reports whether the error says something about the place and nothing about what happened on the way, such as
// a disk that is full.
func known(err error) bool {
	for _, kind := range []error{
		fs.ErrNotExist, fs.ErrPermission, fs.ErrExist, syscall.EROFS, syscall.ELOOP, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// bare is a system error without the name of the call and of the path.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// UTF8 is a text in UTF-8 without a mark. Windows PowerShell and some editors write UTF-16 with a mark of its order of
// bytes; everything else is taken as it is.
func UTF8(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		return bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}
