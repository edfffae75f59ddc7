package iam

import (
	"context"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// ListUsers lists the users at or below a path, by name.
func (i Client) ListUsers(ctx context.Context, pathPrefix string) ([]User, error) {
	return api.Ask(ctx, i.Client, "ListUsers", pathPrefix, func(*store.Tx) ([]User, error) {
		users := slices.DeleteFunc(
			i.state.Users.List(i.Caller.Account),
			func(u User) bool { return !strings.HasPrefix(u.Path, pathPrefix) },
		)
		slices.SortFunc(users, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
		return users, nil
	})
}

// ListRoles lists the roles at or below a path, by name.
func (i Client) ListRoles(ctx context.Context, pathPrefix string) ([]Role, error) {
	return api.Ask(ctx, i.Client, "ListRoles", pathPrefix, func(*store.Tx) ([]Role, error) {
		roles := slices.DeleteFunc(
			i.state.Roles.List(i.Caller.Account),
			func(r Role) bool { return !strings.HasPrefix(r.Path, pathPrefix) },
		)
		slices.SortFunc(roles, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
		return roles, nil
	})
}
