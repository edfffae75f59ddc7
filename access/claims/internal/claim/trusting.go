package claim

import (
	"maps"
	"slices"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// trustIndex are the roles of a world, in its order, by whom their trust policies name.
type trustIndex struct {
	roles []*engine.Principal
	// named are the places of roles by the ARNs and account ids that they name, all those that name more.
	named map[string][]int
	all   []int
}

// trustIndex is built once for all accounts of a report.
func (p *Prover) trustIndex() *trustIndex {
	if p.index == nil {
		p.index = newTrustIndex(p.Engine)
	}
	return p.index
}

func newTrustIndex(e *engine.Engine) *trustIndex {
	x := &trustIndex{named: map[string][]int{}}
	for i := range e.World().Accounts {
		account := &e.World().Accounts[i]
		for j := range account.Roles {
			role := e.Principals[account.Roles[j].ARN(account)]
			place := len(x.roles)
			x.roles = append(x.roles, role)
			names, every := namesOf(role)
			if every {
				x.all = append(x.all, place)
				continue
			}
			for _, name := range names {
				x.named[name] = append(x.named[name], place)
			}
		}
	}
	return x
}

// namesOf are the ARNs and account ids that the Allows of a trust policy name. Every says that one of them speaks of
// others too, or of sessions.
func namesOf(role *engine.Principal) (names []string, every bool) {
	for _, st := range role.Trust.Allow {
		every = every || st.NotPrincipals
		for i := range st.Principals {
			switch t := &st.Principals[i]; {
			case t.Kind == policy.PrincipalService || t.Kind == policy.PrincipalFederated:
			case t.Kind != policy.PrincipalAWS || t.SessionRole != "":
				every = true
			case t.AccountID != "":
				names = append(names, t.AccountID)
			default:
				names = append(names, t.Text)
			}
		}
	}
	return names, every
}

// candidates are the roles that may trust a user or role, in the order of the world: all others do not.
func (x *trustIndex) candidates(who *engine.Principal) []*engine.Principal {
	places := map[int]bool{}
	for _, list := range [][]int{x.all, x.named[who.Arn], x.named[who.Account.ID]} {
		for _, place := range list {
			places[place] = true
		}
	}
	var roles []*engine.Principal
	for _, place := range slices.Sorted(maps.Keys(places)) {
		roles = append(roles, x.roles[place])
	}
	return roles
}
