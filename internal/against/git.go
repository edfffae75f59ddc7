package against

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/workspace/exit"
)

// revision is the stack files of a project as they stand in a commit, in a folder of their own.
type revision struct {
	// name is how the report calls it: what was asked for, and the commit.
	name string
	// root is the temporary folder, dir the project's folder in it. There may be no project there.
	root, dir string
}

func (r *revision) close() error { return os.RemoveAll(r.root) }

// atRevision reads the project's folder at a revision through the git command: what git takes for a revision is one,
// and "main..." is the commit at which this branch left main, as in "git diff main...". Contents are those of the
// commit, whatever filters and attributes say. The caller closes it.
func atRevision(ctx context.Context, dir, rev string) (_ *revision, err error) {
	g := git{ctx: ctx, dir: dir}
	prefix, err := g.text("rev-parse", "--show-prefix")
	if err != nil {
		return nil, exit.Usef("%s is in no git repository: %v", dir, err)
	}
	commit, err := g.commit(rev)
	if err != nil {
		return nil, err
	}
	r := &revision{name: fmt.Sprintf("%s (%.7s)", rev, commit)}
	if r.root, err = os.MkdirTemp("", "guardrails-diff-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = r.close()
		}
	}()
	r.dir = filepath.Join(r.root, filepath.FromSlash(prefix))
	return r, g.extract(commit, prefix, r.root)
}

type git struct {
	ctx context.Context
	dir string
}

func (g git) run(stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(g.ctx, "git", args...)
	cmd.Dir, cmd.Stdin = g.dir, stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, exit.Usef("git is not on the PATH; another revision is read with it")
	}
	if err != nil {
		return nil, errors.New(strings.TrimSpace(strings.TrimPrefix(stderr.String(), "fatal: ")))
	}
	return out, nil
}

func (g git) text(args ...string) (string, error) {
	out, err := g.run(nil, args...)
	return strings.TrimRight(string(out), "\r\n"), err
}

// commit resolves what was asked for.
func (g git) commit(rev string) (string, error) {
	name, fork := strings.CutSuffix(rev, "...")
	commit, err := g.text("rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return "", exit.Usef(
			"%q is no revision of this repository; write a branch, a tag or a commit, and fetch it first where the clone is shallow",
			name,
		)
	}
	if !fork {
		return commit, nil
	}
	base, err := g.text("merge-base", commit, "HEAD")
	if err != nil || base == "" {
		return "", exit.Usef(
			"%q and HEAD have no commit in common here; fetch the history first where the clone is shallow",
			name,
		)
	}
	return base, nil
}

// blob is a file of a commit.
type blob struct{ id, path string }

// extract writes the files of a folder of a commit that a stack can be made of: YAML and JSON, and whatever file a
// stack file names.
func (g git) extract(commit, prefix, root string) error {
	args := []string{"ls-tree", "-r", "-z", "--full-tree", commit}
	if prefix != "" {
		args = append(args, "--", prefix)
	}
	out, err := g.run(nil, args...)
	if err != nil {
		return fmt.Errorf("git ls-tree: %w", err)
	}
	var first, rest []blob
	for line := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		meta, name, found := strings.Cut(line, "\t")
		fields := strings.Fields(meta)
		// Symbolic links and submodules are nothing that a commit has the content of.
		if !found || len(fields) != 3 || !strings.HasPrefix(fields[0], "100") ||
			!filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		b := blob{fields[2], name}
		if slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) {
			first = append(first, b)
		} else {
			rest = append(rest, b)
		}
	}
	var stacks bytes.Buffer
	if err := g.write(first, root, &stacks); err != nil {
		return err
	}
	named := slices.DeleteFunc(
		rest,
		func(b blob) bool { return !bytes.Contains(stacks.Bytes(), []byte(path.Base(b.path))) },
	)
	return g.write(named, root, nil)
}

// write writes blobs below the root, and the stack files among them to stacks too.
func (g git) write(blobs []blob, root string, stacks *bytes.Buffer) error {
	if len(blobs) == 0 {
		return nil
	}
	var ids bytes.Buffer
	for _, b := range blobs {
		ids.WriteString(b.id + "\n")
	}
	out, err := g.run(&ids, "cat-file", "--batch")
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	reader := bufio.NewReader(bytes.NewReader(out))
	for _, b := range blobs {
		var id, kind string
		var size int64
		header, err := reader.ReadString('\n')
		if err == nil {
			_, err = fmt.Sscanf(header, "%s %s %d", &id, &kind, &size)
		}
		if err != nil || kind != "blob" {
			return fmt.Errorf(
				"git cat-file: %s: %q is not the head of a file; fetch it first where the clone is partial",
				b.path,
				strings.TrimSpace(header),
			)
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(reader, data); err != nil {
			return fmt.Errorf("git cat-file: %s: %w", b.path, err)
		}
		data = data[:size]
		file := filepath.Join(root, filepath.FromSlash(b.path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return err
		}
		if stacks != nil && strings.HasPrefix(path.Base(b.path), "Pulumi.") {
			stacks.Write(data)
		}
	}
	return nil
}

// hasProject reports whether the folder of the revision is a project.
func (r *revision) hasProject() bool {
	_, err := os.Stat(filepath.Join(r.dir, "Pulumi.yaml"))
	return !errors.Is(err, fs.ErrNotExist)
}
