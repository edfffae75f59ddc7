package reach

import (
	"crypto/sha256"
	"maps"
	"slices"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/world"
)

// Content stands for something whole: two contents that differ have different ones.
type Content [sha256.Size]byte

// Rests says of each user of IAM, by ARN, what the ways of that user rest on: the user and the groups; the
// organization; every role that the user may ever be in, with its account; and the roles that are taken from those.
// Ways that rest on the same in two worlds are the same, looked at from one moment on.
func Rests(engine *access.Engine, o Options) map[string]Content {
	w := engine.World()
	var heads []any
	r := restsOn{naming: map[string][]int{}}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		heads = append(heads, a.ID, a.Alias, a.Partition, a.Partial)
		r.read(i, a)
	}
	common := contentOf(heads, w.Organization, w.IdentityCenter, o.ProjectTags, o.DefaultProjectTag, o.Teams)
	all := map[string]Content{}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		groups := map[string]*world.Group{}
		for j := range a.Groups {
			groups[a.Groups[j].Name] = &a.Groups[j]
		}
		for j := range a.Users {
			user := &a.Users[j]
			parts := []any{common, *user, r.accounts[i]}
			for _, name := range user.Groups {
				parts = append(parts, groups[name])
			}
			for _, role := range r.reached(user.ARN(a), a.ID) {
				parts = append(parts, r.roles[role], r.accounts[r.places[role]])
			}
			all[user.ARN(a)] = contentOf(parts...)
		}
	}
	return all
}

func contentOf(values ...any) Content { return Content(claims.Digest(values...)) }

// restsOn are the contents of a world: of its accounts without their principals, and of its roles, which are numbers
// in the order of the world.
type restsOn struct {
	accounts, roles []Content
	// arns and homes are those of the roles: the ids of their accounts, and the places of these in the world.
	arns, homes []string
	places      []int
	// naming are the roles whose trust policies name a principal or an account. Everybody says that one speaks of
	// everybody, or of a role, whose sessions go by several names.
	naming    map[string][]int
	everybody bool
}

func (r *restsOn) read(place int, a *world.Account) {
	for i := range a.Roles {
		role := &a.Roles[i]
		trust := readTrust(role)
		r.everybody = r.everybody || trust.everybody
		for name := range trust.named {
			r.naming[name] = append(r.naming[name], len(r.roles))
		}
		r.roles, r.arns = append(r.roles, contentOf(*role)), append(r.arns, role.ARN(a))
		r.homes, r.places = append(r.homes, a.ID), append(r.places, place)
	}
	bare := *a
	bare.Users, bare.Groups, bare.Roles = nil, nil, nil
	r.accounts = append(r.accounts, contentOf(bare))
}

// reached are the roles that a principal of an account may be in: those whose trust policies speak of it, or of one of
// them.
func (r *restsOn) reached(arn, account string) []int {
	in := map[int]bool{}
	next := slices.Concat(r.naming[arn], r.naming[account])
	if r.everybody {
		for i := range r.roles {
			next = append(next, i)
		}
	}
	for len(next) > 0 {
		role := next[0]
		if next = next[1:]; !in[role] {
			in[role] = true
			next = append(append(next, r.naming[r.arns[role]]...), r.naming[r.homes[role]]...)
		}
	}
	return slices.Sorted(maps.Keys(in))
}
