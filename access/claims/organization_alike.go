package claims

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
)

// alikeAccounts finds accounts about which every proof says the same: they stand in the same unit with the same policies, are
// in the same lists of the intent, and neither their ids nor principals of theirs occur in a policy or in the intent.
// It returns, for the first account of each class, the others.
func alikeAccounts(in *intent.Organization, o *world.Organization) map[string][]string {
	var texts strings.Builder
	class := map[string]string{}
	var walk func(u *world.Unit)
	policies := func(list []world.ServiceControlPolicy) string {
		var b strings.Builder
		for i := range list {
			b.WriteString(list[i].Name + list[i].Document.JSON() + "\n")
		}
		return b.String()
	}
	walk = func(u *world.Unit) {
		texts.WriteString(policies(u.Policies))
		for i := range u.Accounts {
			own := policies(u.Accounts[i].Policies)
			texts.WriteString(own)
			class[u.Accounts[i].ID] = u.ID + "\n" + own
		}
		for i := range u.Units {
			walk(&u.Units[i])
		}
	}
	walk(&o.Root)
	bare := withoutAccounts(in, func(string) bool { return true })
	if bare.Doors != nil {
		// Who stays outside is told and not proven.
		bare.Doors.Outside = nil
	}
	if bare.Protected != nil {
		bare.Protected.Outside = nil
	}
	fmt.Fprintf(&texts, "%+v %+v %+v %+v", bare, bare.Doors, bare.Passwords, bare.Protected)
	written := texts.String()
	lists := listsOf(in)
	first := map[string]string{}
	others := map[string][]string{}
	for _, id := range accountsOf(in) {
		if strings.Contains(written, id) {
			continue
		}
		key := class[id]
		for _, list := range lists {
			key += fmt.Sprint(slices.Contains(*list, id))
		}
		if have, known := first[key]; known {
			others[have] = append(others[have], id)
		} else {
			first[key] = id
		}
	}
	return others
}

// listsOf are the lists of accounts about which proofs are made.
func listsOf(in *intent.Organization) []*[]string {
	all := []*[]string{&in.RootAccounts}
	if in.Doors != nil {
		all = append(all, &in.Doors.Accounts)
	}
	if in.Passwords != nil {
		all = append(all, &in.Passwords.Accounts)
	}
	if in.Protected != nil {
		all = append(all, &in.Protected.Accounts, &in.Protected.PeopleAccounts)
	}
	return all
}

// withoutAccounts is the intent with accounts left out of its lists.
func withoutAccounts(in *intent.Organization, left func(string) bool) *intent.Organization {
	out := *in
	if in.Doors != nil {
		doors := *in.Doors
		out.Doors = &doors
	}
	if in.Passwords != nil {
		passwords := *in.Passwords
		out.Passwords = &passwords
	}
	if in.Protected != nil {
		protected := *in.Protected
		out.Protected = &protected
	}
	for _, list := range listsOf(&out) {
		*list = slices.DeleteFunc(slices.Clone(*list), left)
	}
	return &out
}

// spread repeats the findings about an account for those that are like it.
func spread(findings []prove.Finding, others map[string][]string) []prove.Finding {
	var out []prove.Finding
	for _, f := range findings {
		out = append(out, f)
		for _, id := range others[f.Subject] {
			like := f
			like.Subject, like.Account, like.Classes = id, id, 0
			if f.Problem != "" {
				like.Problem = strings.ReplaceAll(f.Problem, f.Subject, id) + " (as in account " + f.Subject + ")"
			}
			out = append(out, like)
		}
	}
	return out
}
