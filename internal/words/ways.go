package words

import (
	"cmp"
	"strings"

	"aws-access-guardrails/internal/reach"
)

// OfPerson is what views call a person: the name alone in the first account, and with the account everywhere else.
func OfPerson(f *reach.Facts, p reach.Person) string {
	switch {
	case p.Kind == reach.IdentityCenterGroup:
		return p.Name + " (group of " + string(reach.Portal) + ")"
	case p.Kind == reach.IdentityCenterUser:
		return p.Name + " (" + string(reach.Portal) + ")"
	case p.Kind == reach.Partner:
		return p.Name + " (partner)"
	case p.Account == f.Accounts[0]:
		return p.Name
	}
	return p.Name + " (" + cmp.Or(p.Account.Alias, p.Account.ID) + ")"
}

// OfRole is what views call a role: a permission set goes by the account and its own name, as expectations write it.
func OfRole(r *reach.Role) string {
	if r.PermissionSet == "" {
		return r.Name
	}
	return cmp.Or(r.Account.Alias, r.Account.ID) + "/" + r.PermissionSet
}

// OfAssumption says what must be so for a way to be right.
func OfAssumption(a reach.Assumption) Assumption {
	switch a.Kind {
	case reach.ResourceLetsIn:
		return Assumption{ID: a.Account, Text: "the policies of " + a.Resource + " let " + a.Caller + " in"}
	case reach.StrangerMay:
		return Assumption{
			ID:   a.Account,
			Text: "the policies of " + a.Policy + ", which are not known here, allow " + a.Action,
		}
	case reach.AccountHasNoNodes:
		return Assumption{
			ID:   a.Account,
			Text: "account " + a.Account + " has no nodes: no stack that was read describes it",
		}
	}
	return Assumption{ID: a.Policy, Text: a.Policy + ", whose document is not known here, allows it"}
}

// OfDoors are doors in a list.
func OfDoors(doors []reach.Door) string { return listed(doors, ", ") }

// OfSignIns are ways to sign in, with a word between them.
func OfSignIns(signIns []reach.SignIn, between string) string { return listed(signIns, between) }

// bare are ways to sign in without MFA whose names say so, as they are called where that is said already.
var bare = map[reach.SignIn]string{
	reach.ConsoleWithoutMFA: "console",
	reach.TokenWithoutMFA:   "session token",
}

// WithoutMFA are the ways to sign in that ask for no device, each without saying so.
func WithoutMFA(signIns []reach.SignIn) []string {
	var without []string
	for _, s := range signIns {
		if !s.MFA() {
			without = append(without, cmp.Or(bare[s], string(s)))
		}
	}
	return without
}

func listed[T ~string](all []T, between string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, between)
}
