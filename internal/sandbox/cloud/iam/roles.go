package iam

import (
	"cmp"
	"context"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
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
func (i Client) CreateRole(ctx context.Context, in NewRole) (Role, error) {
	return api.Ask(
		ctx,
		i.Making(in.Path, in.Tags).Bounding(in.Boundary),
		"CreateRole",
		in.Name,
		func(tx *store.Tx) (Role, error) {
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
			if i.state.Roles.Has(i.Caller.Account, NameKey(in.Name)) {
				return Role{}, alreadyExists("Role with name %s already exists.", in.Name)
			}
			if len(i.state.Roles.Keys(i.Caller.Account)) >= i.World.Quotas.Roles {
				return Role{}, limitExceeded("Cannot exceed quota for RolesPerAccount: %d", i.World.Quotas.Roles)
			}
			principals, err := i.state.checkTrust(in.Trust, i.World.Quotas.Trust)
			if err != nil {
				return Role{}, err
			}
			i.putRole(tx, Role{
				Name: in.Name, Path: path, ID: i.World.UniqueID(tx, i.Caller.Account, "AROA", "role", in.Name),
				Description: in.Description, Trust: in.Trust, Principals: principals, MaxSession: maxSession,
				Boundary: in.Boundary, Tags: tags, Created: i.time(),
			})
			return i.role(in.Name)
		},
	)
}

// GetRole reads a role, its trust policy as AWS shows it today.
func (i Client) GetRole(ctx context.Context, name string) (Role, error) {
	return api.Ask(ctx, i.Client, "GetRole", name, func(*store.Tx) (Role, error) {
		role, err := i.role(name)
		if err != nil {
			return Role{}, err
		}
		role.Trust = i.state.TrustToday(role)
		return role, nil
	})
}

func (i Client) updateRole(ctx context.Context, operation, name string, change func(*Role) error) error {
	return api.Do(ctx, i.Client, operation, name, func(tx *store.Tx) error {
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
func (i Client) UpdateAssumeRolePolicy(ctx context.Context, name, trust string) error {
	return i.updateRole(ctx, "UpdateAssumeRolePolicy", name, func(role *Role) error {
		principals, err := i.state.checkTrust(trust, i.World.Quotas.Trust)
		role.Trust, role.Principals = trust, principals
		return err
	})
}

// UpdateRoleDescription replaces the description of a role.
func (i Client) UpdateRoleDescription(ctx context.Context, name, description string) error {
	return i.updateRole(ctx, "UpdateRoleDescription", name, func(role *Role) error {
		role.Description = description
		return checkDescription(description)
	})
}

// UpdateRole sets the longest session of a role, in seconds.
func (i Client) UpdateRole(ctx context.Context, name string, maxSession int) error {
	return i.updateRole(ctx, "UpdateRole", name, func(role *Role) error {
		role.MaxSession = maxSession
		return checkMaxSession(maxSession)
	})
}

// PutRolePermissionsBoundary sets the permissions boundary of a role; with "" it is DeleteRolePermissionsBoundary.
func (i Client) PutRolePermissionsBoundary(ctx context.Context, name, arn string) error {
	operation := "PutRolePermissionsBoundary"
	if arn == "" {
		operation = "DeleteRolePermissionsBoundary"
	}
	i.Client = i.Bounding(arn)
	return i.updateRole(ctx, operation, name, func(role *Role) error {
		role.Boundary = arn
		return i.checkBoundary(arn)
	})
}

// TagRole adds tags to a role and overwrites those that it has.
func (i Client) TagRole(ctx context.Context, name string, tags map[string]string) error {
	i.Client = i.Making("", tags)
	return i.updateRole(ctx, "TagRole", name, func(role *Role) (err error) {
		role.Tags, err = withTags(role.Tags, tags)
		return err
	})
}

// UntagRole removes tags from a role.
func (i Client) UntagRole(ctx context.Context, name string, keys []string) error {
	i.Client = i.Untagging(keys)
	return i.updateRole(ctx, "UntagRole", name, func(role *Role) error {
		role.Tags = withoutTags(role.Tags, keys)
		return nil
	})
}

// DeleteRole deletes a role without policies.
func (i Client) DeleteRole(ctx context.Context, name string) error {
	return api.Do(ctx, i.Client, "DeleteRole", name, func(tx *store.Tx) error {
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
		for _, node := range i.state.ssm.Nodes.List(i.Caller.Account) {
			if node.Profile == name {
				return deleteConflict(
					"Cannot delete entity, must remove roles from instance profile first.",
				).Hinted("node %s runs as it", node.ID)
			}
		}
		i.state.Roles.Remove(tx, i.Caller.Account, NameKey(name))
		return nil
	})
}

func checkMaxSession(seconds int) error {
	if seconds < 3600 || seconds > 43200 {
		bound := "greater than or equal to 3600"
		if seconds > 43200 {
			bound = "less than or equal to 43200"
		}
		return api.Invalid(
			"1 validation error detected: Value '%d' at 'maxSessionDuration' failed to satisfy constraint: Member must have value %s",
			seconds,
			bound,
		)
	}
	return nil
}
