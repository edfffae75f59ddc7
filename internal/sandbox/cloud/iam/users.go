package iam

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// NewUser is what CreateUser takes.
type NewUser struct {
	Name string
	// Path is "/" if empty.
	Path     string
	Boundary string
	Tags     map[string]string
}

// CreateUser makes a user.
func (i Client) CreateUser(ctx context.Context, in NewUser) (User, error) {
	return api.Ask(
		ctx,
		i.Making(in.Path, in.Tags).Bounding(in.Boundary),
		"CreateUser",
		in.Name,
		func(tx *store.Tx) (User, error) {
			path := cmp.Or(in.Path, "/")
			if err := cmp.Or(checkName("userName", in.Name, 64), checkPath(path)); err != nil {
				return User{}, err
			}
			tags, err := withTags(nil, in.Tags)
			if err != nil {
				return User{}, err
			}
			if err := i.checkBoundary(in.Boundary); err != nil {
				return User{}, err
			}
			if i.state.Users.Has(i.Caller.Account, NameKey(in.Name)) {
				return User{}, alreadyExists("User with name %s already exists.", in.Name)
			}
			if len(i.state.Users.Keys(i.Caller.Account)) >= i.World.Quotas.Users {
				return User{}, limitExceeded("Cannot exceed quota for UsersPerAccount: %d", i.World.Quotas.Users)
			}
			user := User{
				Name: in.Name, Path: path, ID: i.World.UniqueID(tx, i.Caller.Account, "AIDA", "user", in.Name),
				Boundary: in.Boundary, Tags: tags, Created: i.time(),
			}
			i.putUser(tx, user)
			i.enrolOnArrival(tx, user)
			return i.user(in.Name)
		},
	)
}

// GetUser reads a user.
func (i Client) GetUser(ctx context.Context, name string) (User, error) {
	return api.Ask(ctx, i.Client, "GetUser", name, func(*store.Tx) (User, error) { return i.user(name) })
}

// UpdateUser renames and moves a user. Groups, policies and the principals of trust policies follow; empty means
// unchanged.
func (i Client) UpdateUser(ctx context.Context, name, newName, newPath string) error {
	return api.Do(ctx, i.Client, "UpdateUser", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		newName, newPath = cmp.Or(newName, name), cmp.Or(newPath, user.Path)
		if err := cmp.Or(checkName("newUserName", newName, 64), checkPath(newPath)); err != nil {
			return err
		}
		if NameKey(newName) != NameKey(name) && i.state.Users.Has(i.Caller.Account, NameKey(newName)) {
			return alreadyExists("User with name %s already exists.", newName)
		}
		i.state.Users.Remove(tx, i.Caller.Account, NameKey(name))
		user.Name, user.Path = newName, newPath
		i.putUser(tx, user)
		for _, key := range i.state.Devices.Keys(i.Caller.Account) {
			if device, _ := i.state.Devices.Get(i.Caller.Account, key); device.User == name {
				device.User = newName
				i.state.Devices.Put(tx, i.Caller.Account, key, device)
			}
		}
		return nil
	})
}

// DeleteUser deletes a user that owns nothing and belongs to nothing.
func (i Client) DeleteUser(ctx context.Context, name string) error {
	return api.Do(ctx, i.Client, "DeleteUser", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		switch {
		case len(user.Groups) > 0:
			return deleteConflict("Cannot delete entity, must remove users from group first.")
		case len(user.Attached) > 0:
			return deleteConflict("Cannot delete entity, must detach all policies first.")
		case len(user.Inline) > 0:
			return deleteConflict("Cannot delete entity, must delete policies first.")
		case user.Password:
			return deleteConflict("Cannot delete entity, must delete login profile first.")
		case len(user.AccessKeys) > 0:
			return deleteConflict("Cannot delete entity, must delete access keys first.")
		case len(user.MFADevices) > 0:
			return deleteConflict("Cannot delete entity, must delete MFA device first.")
		case len(user.Others) > 0:
			return deleteConflict(
				"Cannot delete entity, must remove referenced objects first.",
			).Hinted("the user has %s", slices.Sorted(maps.Keys(user.Others))[0])
		}
		i.state.Users.Remove(tx, i.Caller.Account, NameKey(name))
		return nil
	})
}

// TagUser adds tags to a user and overwrites those that it has.
func (i Client) TagUser(ctx context.Context, name string, tags map[string]string) error {
	return api.Do(ctx, i.Making("", tags), "TagUser", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if user.Tags, err = withTags(user.Tags, tags); err != nil {
			return err
		}
		i.putUser(tx, user)
		return nil
	})
}

// UntagUser removes tags from a user.
func (i Client) UntagUser(ctx context.Context, name string, keys []string) error {
	return api.Do(ctx, i.Untagging(keys), "UntagUser", name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		user.Tags = withoutTags(user.Tags, keys)
		i.putUser(tx, user)
		return nil
	})
}

// PutUserPermissionsBoundary sets the permissions boundary of a user; DeleteUserPermissionsBoundary is the same with
// "".
func (i Client) PutUserPermissionsBoundary(ctx context.Context, name, arn string) error {
	operation := "PutUserPermissionsBoundary"
	if arn == "" {
		operation = "DeleteUserPermissionsBoundary"
	}
	return api.Do(ctx, i.Bounding(arn), operation, name, func(tx *store.Tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if err := i.checkBoundary(arn); err != nil {
			return err
		}
		user.Boundary = arn
		i.putUser(tx, user)
		return nil
	})
}

// AddUserToGroup makes a user a member of a group; a second time changes nothing.
func (i Client) AddUserToGroup(ctx context.Context, group, name string) error {
	return api.Do(ctx, i.Client, "AddUserToGroup", group+"/"+name, func(tx *store.Tx) error {
		if _, err := i.group(group); err != nil {
			return err
		}
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if slices.Contains(user.Groups, group) {
			return nil
		}
		if len(user.Groups) >= i.World.Quotas.GroupsPerUser {
			return limitExceeded("Cannot exceed quota for GroupsPerUser: %d", i.World.Quotas.GroupsPerUser)
		}
		user.Groups = slices.Sorted(slices.Values(append(slices.Clone(user.Groups), group)))
		i.putUser(tx, user)
		return nil
	})
}

// RemoveUserFromGroup ends a membership. A user who is no member is NoSuchEntity.
func (i Client) RemoveUserFromGroup(ctx context.Context, group, name string) error {
	return api.Do(ctx, i.Client, "RemoveUserFromGroup", group+"/"+name, func(tx *store.Tx) error {
		if _, err := i.group(group); err != nil {
			return err
		}
		user, err := i.user(name)
		if err != nil {
			return err
		}
		if !slices.Contains(user.Groups, group) {
			return noSuchEntity("User %s is not in group %s", name, group)
		}
		user.Groups = slices.DeleteFunc(slices.Clone(user.Groups), func(g string) bool { return g == group })
		i.putUser(tx, user)
		return nil
	})
}

// ListGroupsForUser lists the groups of a user, sorted.
func (i Client) ListGroupsForUser(ctx context.Context, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "ListGroupsForUser", name, func(*store.Tx) ([]string, error) {
		user, err := i.user(name)
		return user.Groups, err
	})
}

// checkBoundary refuses a permissions boundary that does not exist; empty means none.
func (i Client) checkBoundary(arn string) error {
	if arn == "" {
		return nil
	}
	if err := i.state.CheckAttachable(i.Caller.Account, arn); err != nil {
		if api.Is(err, "NoSuchEntity") {
			return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
		}
		return api.Refuse(http.StatusBadRequest, "InvalidInput", "ARN %s is not valid.", arn)
	}
	return nil
}
