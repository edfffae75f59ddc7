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

// speaksOf reports whether the trust policy speaks of the person, the account, everybody, or of another role.
func (t *roleTrust) speaksOf(person, account string) bool {
	return t.everybody || t.named[person] || t.named[account]
}

// readRoles reads the trust policies of the world, once for all people.
func (b *finder) readRoles() {
	w := b.engine.World()
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for j := range a.Roles {
			role := &a.Roles[j]
			b.trust[role] = readTrust(role)
			if arn := role.ARN(a); b.order[arn] == 0 {
				b.order[arn] = len(b.trust)
			}
		}
	}
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
