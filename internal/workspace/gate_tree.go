package workspace

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/workspace/worktree"
)

// committed refuses to deploy what no commit holds: nobody could review it, or find out later what was deployed. Where there is no repository that is
// said, and nothing is refused.
func (w *Workspace) committed(ctx context.Context, stacks []string) error {
	files := []string{w.folder.projectFile()}
	for _, stack := range stacks {
		files = append(files, w.folder.StackFile(stack))
	}
	changed, err := worktree.Uncommitted(ctx, w.folder.Dir, files...)
	if errors.Is(err, worktree.ErrNoRepository) {
		w.options.Progress.Line(w.folder.Dir + " is not in a git repository: nothing says which version is deployed")
		return nil
	}
	if err != nil {
		return err
	}
	var problems config.Problems
	for _, file := range changed {
		problems = append(problems, config.Problem{
			Position: config.Position{File: relative(file)}, Kind: config.Refused,
			Value: strconv.Quote(filepath.Base(file)), Why: "is not as it was committed", Fix: "commit it, or add --allow-dirty",
		})
	}
	if len(problems) == 0 {
		return nil
	}
	return &RefusedError{Err: problems.Err()}
}
