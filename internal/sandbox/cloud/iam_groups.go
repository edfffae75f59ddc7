package cloud

import (
	"cmp"
	"context"
	"slices"
)

// CreateGroup makes a group; an empty path is "/".
func (i IAM) CreateGroup(ctx context.Context, name, path string) (Group, error) {
	return call(ctx, i.making(path, nil), "CreateGroup", name, func(tx *tx) (Group, error) {
		path = cmp.Or(path, "/")
		if err := cmp.Or(checkName("groupName", name, 128), checkPath(path)); err != nil {
			return Group{}, err
		}
		if i.cloud.groups.has(i.caller.Account, nameKey(name)) {
			return Group{}, alreadyExists("Group with name %s already exists.", name)
		}
		if len(i.cloud.groups.keys(i.caller.Account)) >= i.cloud.Quotas.Groups {
			return Group{}, limitExceeded("Cannot exceed quota for GroupsPerAccount: %d", i.cloud.Quotas.Groups)
		}
		i.putGroup(tx, Group{
			Name:    name,
			Path:    path,
			ID:      i.cloud.uniqueID(tx, i.caller.Account, "AGPA", "group", name),
			Created: i.time(),
		})
		return i.group(name)
	})
}

// GetGroup reads a group and the names of its members, sorted.
func (i IAM) GetGroup(ctx context.Context, name string) (Group, []string, error) {
	type answer struct {
		group   Group
		members []string
	}
	a, err := call(ctx, i.client, "GetGroup", name, func(*tx) (answer, error) {
		group, err := i.group(name)
		return answer{group, i.members(name)}, err
	})
	return a.group, a.members, err
}

// GroupMembers reads the members of a group, sorted by name, as GetGroup gives them: no other call is decided.
func (i IAM) GroupMembers(ctx context.Context, name string) (Group, []User, error) {
	var users []User
	group, err := call(ctx, i.client, "GetGroup", name, func(*tx) (Group, error) {
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

func (i IAM) members(group string) []string {
	var names []string
	for _, user := range i.cloud.users.list(i.caller.Account) {
		if slices.Contains(user.Groups, group) {
			names = append(names, user.Name)
		}
	}
	return names
}

// UpdateGroup renames and moves a group; members and policies follow. Empty means unchanged.
func (i IAM) UpdateGroup(ctx context.Context, name, newName, newPath string) error {
	return do(ctx, i.client, "UpdateGroup", name, func(tx *tx) error {
		group, err := i.group(name)
		if err != nil {
			return err
		}
		newName, newPath = cmp.Or(newName, name), cmp.Or(newPath, group.Path)
		if err := cmp.Or(checkName("newGroupName", newName, 128), checkPath(newPath)); err != nil {
			return err
		}
		if nameKey(newName) != nameKey(name) && i.cloud.groups.has(i.caller.Account, nameKey(newName)) {
			return alreadyExists("Group with name %s already exists.", newName)
		}
		members := i.members(name)
		i.cloud.groups.remove(tx, i.caller.Account, nameKey(name))
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
func (i IAM) DeleteGroup(ctx context.Context, name string) error {
	return do(ctx, i.client, "DeleteGroup", name, func(tx *tx) error {
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
		i.cloud.groups.remove(tx, i.caller.Account, nameKey(name))
		return nil
	})
}
