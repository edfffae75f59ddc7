package reach

import (
	"slices"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// roleTrust is whom a trust policy speaks of. Everybody stands for every principal, and for roles, whose sessions go
// by several names.
type roleTrust struct {
	everybody bool
	// named are ARNs of principals, and ids of accounts.
	named map[string]bool
}

// placedRole is a role of the world, in its account.
type placedRole struct {
	account *world.Account
	role    *world.Role
	arn     string
	trust   *roleTrust
}

// roles are those of the world in its order, found by whom their trust policies speak of.
type roles struct {
	all []placedRole
	// first is the place from one of the first role of each ARN.
	first map[string]int
	// everybody are the places of those that speak of every principal, naming of those that name a principal or account.
	everybody []int
	naming    map[string][]int
}

// rolesOf reads the trust policies of the world, once for all people.
func rolesOf(w world.World) *roles {
	r := &roles{first: map[string]int{}, naming: map[string][]int{}}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for j := range a.Roles {
			role := &a.Roles[j]
			r.add(placedRole{a, role, role.ARN(a), readTrust(role)})
		}
	}
	return r
}

func (r *roles) add(one placedRole) {
	index := len(r.all)
	r.all = append(r.all, one)
	if r.first[one.arn] == 0 {
		r.first[one.arn] = index + 1
	}
	if one.trust.everybody {
		r.everybody = append(r.everybody, index)
	}
	for name := range one.trust.named {
		r.naming[name] = append(r.naming[name], index)
	}
}

// speakingOf are the roles whose trust policies speak of a principal, its account or everybody, in the order of the
// world.
func (r *roles) speakingOf(principal, account string) []*placedRole {
	places := slices.Concat(r.everybody, r.naming[principal], r.naming[account])
	slices.Sort(places)
	var out []*placedRole
	for _, index := range slices.Compact(places) {
		out = append(out, &r.all[index])
	}
	return out
}

// tags are the tags of the first role of an ARN.
func (r *roles) tags(arn string) []world.Tag {
	if index := r.first[arn]; index > 0 {
		return r.all[index-1].role.Tags
	}
	return nil
}

func readTrust(role *world.Role) *roleTrust {
	t := &roleTrust{named: map[string]bool{}}
	for _, st := range role.Trust.Statements {
		t.everybody = t.everybody || len(st.NotPrincipals) > 0
		for _, p := range st.Principals {
			t.everybody = t.everybody || p.Kind == policy.PrincipalAny
			if p.Kind != policy.PrincipalAWS {
				continue
			}
			t.everybody = t.everybody || slices.Contains(p.Values, "*")
			for _, value := range p.Values {
				t.named[value] = true
				arn, err := policy.ParseARN(value)
				if err != nil {
					continue
				}
				kind, _, _, _ := arn.Entity()
				t.everybody = t.everybody || kind == "role" || arn.Service == "sts"
				if arn.Resource == "root" {
					t.named[arn.Account] = true
				}
			}
		}
	}
	return t
}
