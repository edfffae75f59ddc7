package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/worktree"
	"aws-access-guardrails/problem"
)

// committed refuses to deploy what no commit holds: nobody could review it, or find out later what was deployed.
// Where there is no repository that is said, and nothing is refused.
func (w *Workspace) committed(ctx context.Context, stacks []string) error {
	files := []string{w.folder.ProjectFile()}
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
	var problems problem.List
	for _, file := range changed {
		if keys := w.writtenByEngine(ctx, file); len(keys) > 0 {
			w.options.Progress.Line(
				fmt.Sprintf(
					"%s: %s, which the engine needs and which changes nothing that is deployed, is not committed; commit it",
					project.Relative(file),
					strings.Join(keys, ", "),
				),
			)
			continue
		}
		problems = append(problems, &problem.Problem{
			Position: problem.Position{File: project.Relative(file)},
			Kind:     problem.Refused,
			Value:    filepath.Base(file),
			Why:      "is not as it was committed",
			Fix:      "commit it, or add --allow-dirty",
		})
	}
	if len(problems) == 0 {
		return nil
	}
	return &exit.RefusedError{Err: problems.Err()}
}

// writtenByEngine are the keys that encrypt secrets, where a file has them since the last commit and says nothing
// else that it did not say then.
func (w *Workspace) writtenByEngine(ctx context.Context, file string) []string {
	name, isStack := project.StackOf(filepath.Base(file))
	if !isStack || !slices.Contains(w.folder.Stacks(), name) {
		return nil
	}
	before, err := worktree.Committed(ctx, file)
	if err != nil {
		return nil
	}
	after, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	if keys, only := edit.OnlyAdds(before, after, engineKeys...); only {
		return keys
	}
	return nil
}
