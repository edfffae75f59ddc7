package against

import (
	"context"
	"errors"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
)

// StacksAt are the stacks of a folder as their files stood in a revision of git, and the name of the revision with its
// commit. Notes are what else to know, such as stacks that could not be read there. Names are stacks; none means all.
func StacksAt(
	ctx context.Context,
	folder *project.Folder,
	rev string,
	names ...string,
) (_ []*stack.Stack, name string, notes []string, err error) {
	old, err := atRevision(ctx, folder.Dir, rev)
	if err != nil {
		return nil, "", nil, err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	stacks, notes, _, err := old.read(names)
	if err != nil {
		return nil, "", nil, err
	}
	return stacks, old.name, notes, nil
}

// WorldAt is what StacksAt gives as one world.
func WorldAt(
	ctx context.Context,
	folder *project.Folder,
	rev string,
	names ...string,
) (_ access.World, name string, notes []string, err error) {
	stacks, name, notes, err := StacksAt(ctx, folder, rev, names...)
	if err != nil {
		return access.World{}, "", nil, err
	}
	return judge.World(stacks...), name, notes, nil
}

// WorldDeployed is what is deployed of stacks, as their states have it, as one world. The stacks are of one
// organization.
func WorldDeployed(ctx context.Context, ws *workspace.Workspace, stacks []*stack.Stack) (access.World, error) {
	var names []string
	for _, s := range stacks {
		names = append(names, s.Name)
	}
	states, err := ws.Deployed(ctx, names...)
	if err != nil {
		return access.World{}, err
	}
	side, _, err := deployedSide(stacks, states, change.Of("the working tree", stacks...))
	if err != nil {
		return access.World{}, err
	}
	return side.World, nil
}
