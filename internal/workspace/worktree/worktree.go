package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoRepository says that nobody can tell: the folder is in no git repository, or there is no git.
var ErrNoRepository = errors.New("not a git repository")

// Uncommitted are the files below a folder that differ from the last commit or are gone since, and those of the named
// files that git does not track; paths are absolute and sorted. Other files that git does not track are let be: they
// are not what is deployed.
func Uncommitted(ctx context.Context, dir string, files ...string) ([]string, error) {
	top, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	top = strings.TrimRight(top, "\r\n")
	// With --no-renames each entry is one path; the first three characters are its state.
	changed, err := git(ctx, dir, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--", ".")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range strings.Split(changed, "\x00") {
		if len(entry) > 3 {
			found = append(found, filepath.Join(top, filepath.FromSlash(entry[3:])))
		}
	}
	for _, file := range files {
		listed, err := git(ctx, filepath.Dir(file), "ls-files", "--", filepath.Base(file))
		if err != nil {
			return nil, err
		}
		if real, err := filepath.EvalSymlinks(file); err == nil {
			file = real
		}
		if listed == "" && !slices.Contains(found, file) {
			found = append(found, file)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// Committed is the content that a file has in the last commit. The error is ErrNoRepository where there is none, and
// another where the commit does not have it.
func Committed(ctx context.Context, file string) ([]byte, error) {
	content, err := git(ctx, filepath.Dir(file), "show", "HEAD:./"+filepath.Base(file))
	return []byte(content), err
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound) || strings.Contains(stderr.String(), "not a git repository"):
		return "", ErrNoRepository
	case err != nil:
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}
