package iam

import (
	"cmp"
	"context"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// CreateGroup makes a group; an empty path is "/".
func (i Client) CreateGroup(ctx context.Context, name, path string) (Group, error) {
	return api.Ask(ctx, i.Making(path, nil), "CreateGroup", name, func(tx *store.Tx) (Group, error) {
		path = cmp.Or(path, "/")
		if err := cmp.Or(checkName("groupName", name, 128), checkPath(path)); err != nil {
			return Group{}, err
		}
		if i.state.Groups.Has(i.Caller.Account, NameKey(name)) {
			return Group{}, alreadyExists("Group with name %s already exists.", name)
		}
		if len(i.state.Groups.Keys(i.Caller.Account)) >= i.World.Quotas.Groups {
			return Group{}, limitExceeded("Cannot exceed quota for GroupsPerAccount: %d", i.World.Quotas.Groups)
		}
		i.putGroup(tx, Group{
			Name:    name,
			Path:    path,
			ID:      i.World.UniqueID(tx, i.Caller.Account, "AGPA", "group", name),
			Created: i.time(),
		})
		return i.group(name)
	})
}

// GetGroup reads a group and the names of its members, sorted.
func (i Client) GetGroup(ctx context.Context, name string) (Group, []string, error) {
	type answer struct {
		group   Group
		members []string
	}
	a, err := api.Ask(ctx, i.Client, "GetGroup", name, func(*store.Tx) (answer, error) {
		group, err := i.group(name)
		return answer{group, i.members(name)}, err
	})
	return a.group, a.members, err
}

// GroupMembers reads the members of a group, sorted by name, as GetGroup gives them: no other call is decided.
func (i Client) GroupMembers(ctx context.Context, name string) (Group, []User, error) {
	var users []User
	group, err := api.Ask(ctx, i.Client, "GetGroup", name, func(*store.Tx) (Group, error) {
		for _, member := range i.members(name) {
			user, err := i.user(member)
			if err != nil {
				return Group{}, err
			}
			users = append(users, user)
		}
		return i.group(name)
	})
	return group, users, err
}

func (i Client) members(group string) []string {
	var names []string
	for _, user := range i.state.Users.List(i.Caller.Account) {
		if slices.Contains(user.Groups, group) {
			names = append(names, user.Name)
		}
	}
	return names
}

// UpdateGroup renames and moves a group; members and policies follow. Empty means unchanged.
func (i Client) UpdateGroup(ctx context.Context, name, newName, newPath string) error {
	return api.Do(ctx, i.Client, "UpdateGroup", name, func(tx *store.Tx) error {
		group, err := i.group(name)
		if err != nil {
			return err
		}
		newName, newPath = cmp.Or(newName, name), cmp.Or(newPath, group.Path)
		if err := cmp.Or(checkName("newGroupName", newName, 128), checkPath(newPath)); err != nil {
			return err
		}
		if NameKey(newName) != NameKey(name) && i.state.Groups.Has(i.Caller.Account, NameKey(newName)) {
			return alreadyExists("Group with name %s already exists.", newName)
		}
		members := i.members(name)
		i.state.Groups.Remove(tx, i.Caller.Account, NameKey(name))
		group.Name, group.Path = newName, newPath
		i.putGroup(tx, group)
		for _, member := range members {
			user, err := i.user(member)
			if err != nil {
				return err
			}
			user.Groups = slices.Clone(user.Groups)
			user.Groups[slices.Index(user.Groups, name)] = newName
			slices.Sort(user.Groups)
			i.putUser(tx, user)
		}
		return nil
	})
}

// DeleteGroup deletes a group without members and policies.
func (i Client) DeleteGroup(ctx context.Context, name string) error {
	return api.Do(ctx, i.Client, "DeleteGroup", name, func(tx *store.Tx) error {
		group, err := i.group(name)
		if err != nil {
			return err
		}
		switch {
		case len(i.members(name)) > 0:
			return deleteConflict("Cannot delete entity, must remove users from group first.")
		case len(group.Attached) > 0:
			return deleteConflict("Cannot delete entity, must detach all policies first.")
		case len(group.Inline) > 0:
			return deleteConflict("Cannot delete entity, must delete policies first.")
		}
		i.state.Groups.Remove(tx, i.Caller.Account, NameKey(name))
		return nil
	})
}
