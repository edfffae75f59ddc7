package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// JoinedBy is the engine of the world to which users and roles of one account are added, who have inline policies
// alone; nil when the world with them does not compile. What the world has is not compiled again. An account that the
// world does not place is in the organization that is given, with its paths; empty means in none.
func (e *Engine) JoinedBy(joining world.Account, organization string, paths ...string) *Engine {
	w := e.world
	w.Accounts = slices.Clone(w.Accounts)
	c := &compiler{engine: &Engine{
		Accounts: maps.Clone(
			e.Accounts,
		),
		Principals:     maps.Clone(e.Principals),
		TagsOf:         maps.Clone(e.TagsOf),
		world:          w,
		DescribedRoles: e.DescribedRoles,
		Since:          e.Since,
		Patterns:       e.Patterns,
		Effort:         e.Effort,
	}}
	index := slices.IndexFunc(w.Accounts, func(a world.Account) bool { return a.ID == joining.ID })
	if index < 0 {
		if !policy.IsAccountID(joining.ID) {
			return nil
		}
		home := CompiledAccount{ID: joining.ID, OrgID: organization, OrgPaths: paths}
		if o := w.Organization; o != nil && o.ID == organization {
			// The tree has all accounts of its organization.
			home.OrgID, home.OrgPaths = "", nil
		}
		if placed := e.Accounts[joining.ID]; placed != nil {
			home = *placed
		}
		home.Partition, home.Described = cmp.Or(joining.Partition, policy.AWS), true
		c.engine.Accounts[joining.ID] = &home
		c.engine.world.Accounts = append(w.Accounts, joining)
		c.principals(&joining)
		c.engine.DescribedRoles = everyRoleOf(c.engine.world.Accounts)
	} else {
		host, home := &w.Accounts[index], e.Accounts[joining.ID]
		users, roles := map[string]bool{}, map[string]bool{}
		for i := range host.Users {
			users[strings.ToLower(host.Users[i].Name)] = true
		}
		for i := range host.Roles {
			roles[strings.ToLower(host.Roles[i].Name)] = true
		}
		for i := range joining.Users {
			c.user(host, home, &joining.Users[i], nil, users)
		}
		for i := range joining.Roles {
			c.role(host, home, &joining.Roles[i], roles)
		}
		host.Users, host.Roles = slices.Concat(host.Users, joining.Users), slices.Concat(host.Roles, joining.Roles)
	}
	if len(c.errs) > 0 {
		return nil
	}
	return c.engine
}
