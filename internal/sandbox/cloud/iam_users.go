package cloud

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
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
func (i IAM) CreateUser(ctx context.Context, in NewUser) (User, error) {
	return call(ctx, i.making(in.Path, in.Tags).bounding(in.Boundary), "CreateUser", in.Name, func(tx *tx) (User, error) {
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
		if i.cloud.users.has(i.caller.Account, nameKey(in.Name)) {
			return User{}, alreadyExists("User with name %s already exists.", in.Name)
		}
		if len(i.cloud.users.keys(i.caller.Account)) >= i.cloud.Quotas.Users {
			return User{}, limitExceeded("Cannot exceed quota for UsersPerAccount: %d", i.cloud.Quotas.Users)
		}
		user := User{
			Name: in.Name, Path: path, ID: i.cloud.uniqueID(tx, i.caller.Account, "AIDA", "user", in.Name),
			Boundary: in.Boundary, Tags: tags, Created: i.time(),
		}
		i.putUser(tx, user)
		i.enrolOnArrival(tx, user)
		return i.user(in.Name)
	})
}

// GetUser reads a user.
func (i IAM) GetUser(ctx context.Context, name string) (User, error) {
	return call(ctx, i.client, "GetUser", name, func(*tx) (User, error) { return i.user(name) })
}

// UpdateUser renames and moves a user. Groups, policies and the principals of trust policies follow; empty means
// unchanged.
func (i IAM) UpdateUser(ctx context.Context, name, newName, newPath string) error {
	return do(ctx, i.client, "UpdateUser", name, func(tx *tx) error {
		user, err := i.user(name)
		if err != nil {
			return err
		}
		newName, newPath = cmp.Or(newName, name), cmp.Or(newPath, user.Path)
		if err := cmp.Or(checkName("newUserName", newName, 64), checkPath(newPath)); err != nil {
			return err
		}
		if nameKey(newName) != nameKey(name) && i.cloud.users.has(i.caller.Account, nameKey(newName)) {
			return alreadyExists("User with name %s already exists.", newName)
		}
		i.cloud.users.remove(tx, i.caller.Account, nameKey(name))
		user.Name, user.Path = newName, newPath
		i.putUser(tx, user)
		for _, key := range i.cloud.devices.keys(i.caller.Account) {
			if device, _ := i.cloud.devices.get(i.caller.Account, key); device.User == name {
				device.User = newName
				i.cloud.devices.put(tx, i.caller.Account, key, device)
			}
		}
		return nil
	})
}

// DeleteUser deletes a user that owns nothing and belongs to nothing.
func (i IAM) DeleteUser(ctx context.Context, name string) error {
	return do(ctx, i.client, "DeleteUser", name, func(tx *tx) error {
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
			).hint("the user has %s", slices.Sorted(maps.Keys(user.Others))[0])
		}
		i.cloud.users.remove(tx, i.caller.Account, nameKey(name))
		return nil
	})
}

// TagUser adds tags to a user and overwrites those that it has.
func (i IAM) TagUser(ctx context.Context, name string, tags map[string]string) error {
	return do(ctx, i.making("", tags), "TagUser", name, func(tx *tx) error {
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
func (i IAM) UntagUser(ctx context.Context, name string, keys []string) error {
	return do(ctx, i.untagging(keys), "UntagUser", name, func(tx *tx) error {
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
func (i IAM) PutUserPermissionsBoundary(ctx context.Context, name, arn string) error {
	operation := "PutUserPermissionsBoundary"
	if arn == "" {
		operation = "DeleteUserPermissionsBoundary"
	}
	return do(ctx, i.bounding(arn), operation, name, func(tx *tx) error {
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
func (i IAM) AddUserToGroup(ctx context.Context, group, name string) error {
	return do(ctx, i.client, "AddUserToGroup", group+"/"+name, func(tx *tx) error {
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
		if len(user.Groups) >= i.cloud.Quotas.GroupsPerUser {
			return limitExceeded("Cannot exceed quota for GroupsPerUser: %d", i.cloud.Quotas.GroupsPerUser)
		}
		user.Groups = slices.Sorted(slices.Values(append(slices.Clone(user.Groups), group)))
		i.putUser(tx, user)
		return nil
	})
}

// RemoveUserFromGroup ends a membership. A user who is no member is NoSuchEntity.
func (i IAM) RemoveUserFromGroup(ctx context.Context, group, name string) error {
	return do(ctx, i.client, "RemoveUserFromGroup", group+"/"+name, func(tx *tx) error {
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
func (i IAM) ListGroupsForUser(ctx context.Context, name string) ([]string, error) {
	return call(ctx, i.client, "ListGroupsForUser", name, func(*tx) ([]string, error) {
		user, err := i.user(name)
		return user.Groups, err
	})
}

// checkBoundary refuses a permissions boundary that does not exist; empty means none.
func (i IAM) checkBoundary(arn string) error {
	if arn == "" {
		return nil
	}
	if err := i.cloud.checkAttachable(i.caller.Account, arn); err != nil {
		if Is(err, "NoSuchEntity") {
			return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
		}
		return refuse(http.StatusBadRequest, "InvalidInput", "ARN %s is not valid.", arn)
	}
	return nil
}
