package edit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Patch is the change in the form that "git apply" takes, from the top of the repository of the file or from below it.
// A file that lies in no repository is named by its path from the folder that it lies in. It is empty where the change
// changes nothing. Every byte of the file counts, ends of lines too: what the patch makes of Before is After.
func (c *Change) Patch() ([]byte, error) {
	path, err := filepath.EvalSymlinks(c.path)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	name, err := filepath.Rel(topOf(filepath.Dir(path)), path)
	if err != nil {
		return nil, err
	}
	name = filepath.ToSlash(name)
	hunks := diff.Diff("a", c.Before, "b", c.After)
	if len(hunks) == 0 {
		return nil, nil
	}
	// The first three lines name the files, which git wants in its own way.
	for range 3 {
		_, hunks, _ = bytes.Cut(hunks, []byte("\n"))
	}
	var b bytes.Buffer
	before, after := quotedPath("a/"+name), quotedPath("b/"+name)
	fmt.Fprintf(&b, "diff --git %s %s\n--- %s\n+++ %s\n", before, after, closed(before), closed(after))
	b.Write(hunks)
	return b.Bytes(), nil
}

// topOf is the top of the git work tree that a folder lies in: the nearest folder with a .git, which is a file in a
// linked work tree. Without one it is the folder itself.
func topOf(dir string) string {
	for top := dir; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			return top
		}
		if top == filepath.Dir(top) {
			return dir
		}
	}
}

// quotedPath is a path as git writes it in a patch: in quotes where it has a character that would end the line or the
// name.
func quotedPath(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(path) {
		switch {
		case c == '"', c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ', c == 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// closed is a path with the tab at which git ends a name that has spaces.
func closed(path string) string {
	if strings.Contains(path, " ") && path[0] != '"' {
		return path + "\t"
	}
	return path
}
