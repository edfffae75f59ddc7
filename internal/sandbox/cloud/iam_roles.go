package cloud

import (
	"cmp"
	"context"
)

// NewRole is what CreateRole takes.
type NewRole struct {
	Name string
	// Path is "/" if empty.
	Path        string
	Description string
	Trust       string
	// MaxSession is in seconds; zero means 3600.
	MaxSession int
	Boundary   string
	Tags       map[string]string
}

// CreateRole makes a role. Every user and role that the trust policy names must exist.
func (i IAM) CreateRole(ctx context.Context, in NewRole) (Role, error) {
	return call(ctx, i.making(in.Path, in.Tags).bounding(in.Boundary), "CreateRole", in.Name, func(tx *tx) (Role, error) {
		path, maxSession := cmp.Or(in.Path, "/"), cmp.Or(in.MaxSession, 3600)
		if err := cmp.Or(
			checkName("roleName", in.Name, 64),
			checkPath(path),
			checkDescription(in.Description),
			checkMaxSession(maxSession),
		); err != nil {
			return Role{}, err
		}
		tags, err := withTags(nil, in.Tags)
		if err != nil {
			return Role{}, err
		}
		if checkErr := i.checkBoundary(in.Boundary); checkErr != nil {
			return Role{}, checkErr
		}
		if i.cloud.roles.has(i.caller.Account, nameKey(in.Name)) {
			return Role{}, alreadyExists("Role with name %s already exists.", in.Name)
		}
		if len(i.cloud.roles.keys(i.caller.Account)) >= i.cloud.Quotas.Roles {
			return Role{}, limitExceeded("Cannot exceed quota for RolesPerAccount: %d", i.cloud.Quotas.Roles)
		}
		principals, err := i.cloud.checkTrust(in.Trust, i.cloud.Quotas.Trust)
		if err != nil {
			return Role{}, err
		}
		i.putRole(tx, Role{
			Name: in.Name, Path: path, ID: i.cloud.uniqueID(tx, i.caller.Account, "AROA", "role", in.Name),
			Description: in.Description, Trust: in.Trust, Principals: principals, MaxSession: maxSession,
			Boundary: in.Boundary, Tags: tags, Created: i.time(),
		})
		return i.role(in.Name)
	})
}

// GetRole reads a role, its trust policy as AWS shows it today.
func (i IAM) GetRole(ctx context.Context, name string) (Role, error) {
	return call(ctx, i.client, "GetRole", name, func(*tx) (Role, error) {
		role, err := i.role(name)
		if err != nil {
			return Role{}, err
		}
		role.Trust = i.cloud.trustToday(role)
		return role, nil
	})
}

func (i IAM) updateRole(ctx context.Context, operation, name string, change func(*Role) error) error {
	return do(ctx, i.client, operation, name, func(tx *tx) error {
		role, err := i.role(name)
		if err != nil {
			return err
		}
		if err := role.changeable(); err != nil {
			return err
		}
		if err := change(&role); err != nil {
			return err
		}
		i.putRole(tx, role)
		return nil
	})
}

// UpdateAssumeRolePolicy replaces the trust policy of a role.
func (i IAM) UpdateAssumeRolePolicy(ctx context.Context, name, trust string) error {
	return i.updateRole(ctx, "UpdateAssumeRolePolicy", name, func(role *Role) error {
		principals, err := i.cloud.checkTrust(trust, i.cloud.Quotas.Trust)
		role.Trust, role.Principals = trust, principals
		return err
	})
}

// UpdateRoleDescription replaces the description of a role.
func (i IAM) UpdateRoleDescription(ctx context.Context, name, description string) error {
	return i.updateRole(ctx, "UpdateRoleDescription", name, func(role *Role) error {
		role.Description = description
		return checkDescription(description)
	})
}

// UpdateRole sets the longest session of a role, in seconds.
func (i IAM) UpdateRole(ctx context.Context, name string, maxSession int) error {
	return i.updateRole(ctx, "UpdateRole", name, func(role *Role) error {
		role.MaxSession = maxSession
		return checkMaxSession(maxSession)
	})
}

// PutRolePermissionsBoundary sets the permissions boundary of a role; with "" it is DeleteRolePermissionsBoundary.
func (i IAM) PutRolePermissionsBoundary(ctx context.Context, name, arn string) error {
	operation := "PutRolePermissionsBoundary"
	if arn == "" {
		operation = "DeleteRolePermissionsBoundary"
	}
	i.client = i.bounding(arn)
	return i.updateRole(ctx, operation, name, func(role *Role) error {
		role.Boundary = arn
		return i.checkBoundary(arn)
	})
}

// TagRole adds tags to a role and overwrites those that it has.
func (i IAM) TagRole(ctx context.Context, name string, tags map[string]string) error {
	i.client = i.making("", tags)
	return i.updateRole(ctx, "TagRole", name, func(role *Role) (err error) {
		role.Tags, err = withTags(role.Tags, tags)
		return err
	})
}

// UntagRole removes tags from a role.
func (i IAM) UntagRole(ctx context.Context, name string, keys []string) error {
	i.client = i.untagging(keys)
	return i.updateRole(ctx, "UntagRole", name, func(role *Role) error {
		role.Tags = withoutTags(role.Tags, keys)
		return nil
	})
}

// DeleteRole deletes a role without policies.
func (i IAM) DeleteRole(ctx context.Context, name string) error {
	return do(ctx, i.client, "DeleteRole", name, func(tx *tx) error {
		role, err := i.role(name)
		if err != nil {
			return err
		}
		if err := role.changeable(); err != nil {
			return err
		}
		switch {
		case len(role.Attached) > 0:
			return deleteConflict("Cannot delete entity, must detach all policies first.")
		case len(role.Inline) > 0:
			return deleteConflict("Cannot delete entity, must delete policies first.")
		}
		for _, node := range i.cloud.nodes.list(i.caller.Account) {
			if node.Profile == name {
				return deleteConflict(
					"Cannot delete entity, must remove roles from instance profile first.",
				).hint("node %s runs as it", node.ID)
			}
		}
		i.cloud.roles.remove(tx, i.caller.Account, nameKey(name))
		return nil
	})
}

func checkMaxSession(seconds int) error {
	if seconds < 3600 || seconds > 43200 {
		bound := "greater than or equal to 3600"
		if seconds > 43200 {
			bound = "less than or equal to 43200"
		}
		return invalid(
			"1 validation error detected: Value '%d' at 'maxSessionDuration' failed to satisfy constraint: Member must have value %s",
			seconds,
			bound,
		)
	}
	return nil
}
