package cloud

import (
	"context"
	"slices"
	"strings"
)

// ListUsers lists the users at or below a path, by name.
func (i IAM) ListUsers(ctx context.Context, pathPrefix string) ([]User, error) {
	return call(ctx, i.client, "ListUsers", pathPrefix, func(*tx) ([]User, error) {
		users := slices.DeleteFunc(
			i.cloud.users.list(i.caller.Account),
			func(u User) bool { return !strings.HasPrefix(u.Path, pathPrefix) },
		)
		slices.SortFunc(users, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
		return users, nil
	})
}

// ListRoles lists the roles at or below a path, by name.
func (i IAM) ListRoles(ctx context.Context, pathPrefix string) ([]Role, error) {
	return call(ctx, i.client, "ListRoles", pathPrefix, func(*tx) ([]Role, error) {
		roles := slices.DeleteFunc(
			i.cloud.roles.list(i.caller.Account),
			func(r Role) bool { return !strings.HasPrefix(r.Path, pathPrefix) },
		)
		slices.SortFunc(roles, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
		return roles, nil
	})
}
