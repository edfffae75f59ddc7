package rests

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// What the standing proofs of an account rest on is written down whole, and stands for their findings: the account and
// its intent; the organization and IAM Identity Center; every account that the account, its intent or the organization
// names, and every account that names it; and of all others what is read of accounts that nobody names
// (docs/decisions/0135). That is more than one finding needs, so that an edit proves again more than it must, and
// never less.

// Ground is what the keys of all accounts of a world share.
type Ground struct {
	engine *engine.Engine
	// accounts are the accounts of the world in its order, written down, and sums what stands for each; naming are the
	// accounts that each names.
	accounts []*Content
	sums     []Digest
	naming   []map[string]bool
	// everywhere is what every account rests on; named are the accounts that it names.
	everywhere Digest
	named      map[string]bool
	// times are those of the organization and of IAM Identity Center.
	times *Content
	// open are the roles of an account whose trust policies speak of callers without naming their accounts.
	open [][]*world.Role
	// whole is all of the world.
	whole Digest
	// osUsers are the OS users that tags of each account name, attached the managed policies that it attaches.
	osUsers  []map[string]bool
	attached [][]string
	// strangers stands for each account of which nothing is read but that it is there.
	strangers []Digest
	// managed are the documents of AWS's managed policies, those that count.
	managed map[string]*world.ManagedPolicy
}

// GroundOf reads what the keys of all accounts of a world share.
func GroundOf(e *engine.Engine) *Ground {
	w := e.World()
	g := &Ground{
		engine:  e,
		times:   Of(w.Organization, w.IdentityCenter),
		named:   map[string]bool{},
		managed: map[string]*world.ManagedPolicy{},
	}
	// What the tree says of accounts names them all; what its policies say names those that are meant.
	policies := Of(PoliciesOf(w.Organization), w.IdentityCenter)
	maps.Copy(g.named, policies.Accounts)
	for _, id := range MadeUp {
		g.named[id] = true
	}
	var heads, all []any
	var buffer []byte
	for i := range w.Accounts {
		a := &w.Accounts[i]
		heads = append(heads, a.ID, a.Partition, a.Partial, a.Preferences)
		one := &Content{Accounts: map[string]bool{}, bytes: buffer[:0]}
		one.Value(reflect.ValueOf(a).Elem())
		g.sums = append(g.sums, one.Sum())
		// What it names and the instants are what is read of it from here on.
		buffer, one.bytes = one.bytes, nil
		g.accounts = append(g.accounts, one)
		g.naming = append(g.naming, one.Accounts)
		g.open = append(g.open, openRoles(a))
		g.osUsers = append(g.osUsers, osUsers(a))
		g.attached = append(g.attached, attached(a))
		g.strangers = append(g.strangers, DigestOf(a.ID, []any(nil)))
		all = append(all, g.sums[i])
		for j := range a.Policies {
			if p := &a.Policies[j]; g.managed[p.ARN] == nil {
				g.managed[p.ARN] = p
			}
		}
	}
	g.everywhere = DigestOf(heads, g.times.Sum())
	g.whole = DigestOf(all)
	return g
}

// openRoles are the roles of an account whose trust policy lets in users or roles without naming their account.
func openRoles(a *world.Account) []*world.Role {
	var open []*world.Role
	for i := range a.Roles {
		if slices.ContainsFunc(a.Roles[i].Trust.Statements, opensWithoutNaming) {
			open = append(open, &a.Roles[i])
		}
	}
	return open
}

func opensWithoutNaming(st policy.Statement) bool {
	return len(st.NotPrincipals) > 0 || slices.ContainsFunc(st.Principals, func(p policy.Principal) bool {
		switch p.Kind {
		case policy.PrincipalService, policy.PrincipalFederated:
			return slices.ContainsFunc(p.Values, func(v string) bool { return strings.ContainsAny(v, "*?") })
		case policy.PrincipalAWS:
			return slices.ContainsFunc(p.Values, func(v string) bool {
				return !policy.IsAccountID(v) && !policy.IsAccountID(policy.ARNPart(v, 4)) ||
					strings.ContainsAny(v, "*?")
			})
		}
		return true
	})
}

// assumesAnywhere reports whether an Allow of the account lets somebody assume roles of accounts that it does not
// name.
func assumesAnywhere(a *world.Account) bool {
	var documents []policy.Document
	inline := func(list []world.InlinePolicy) {
		for i := range list {
			documents = append(documents, list[i].Document)
		}
	}
	for i := range a.Users {
		inline(a.Users[i].Inline)
	}
	for i := range a.Groups {
		inline(a.Groups[i].Inline)
	}
	for i := range a.Roles {
		inline(a.Roles[i].Inline)
	}
	for i := range a.Policies {
		documents = append(documents, a.Policies[i].Document)
	}
	return slices.ContainsFunc(documents, func(d policy.Document) bool {
		return slices.ContainsFunc(d.Statements, allowsAssumingAnywhere)
	})
}

// assumesAnywhere says the same of a managed policy, whichever account lists it.
func (g *Ground) assumesAnywhere(arn string) bool {
	p := g.managed[arn]
	return p != nil && slices.ContainsFunc(p.Document.Statements, allowsAssumingAnywhere)
}

func allowsAssumingAnywhere(st policy.Statement) bool {
	assumes := len(st.NotActions) > 0 || slices.ContainsFunc(st.Actions, func(action string) bool {
		service, _, _ := strings.Cut(action, ":")
		return strings.EqualFold(service, "sts") || strings.ContainsAny(service, "*?")
	})
	return st.Effect == policy.EffectAllow && assumes &&
		(len(st.NotResources) > 0 || slices.ContainsFunc(st.Resources, func(r string) bool {
			return !policy.IsAccountID(policy.ARNPart(r, 4))
		}))
}

// osUsers are the OS users that tags of an account's users and roles name.
func osUsers(a *world.Account) map[string]bool {
	names := map[string]bool{}
	add := func(tags []world.Tag) {
		if own := engine.FindTag(tags, world.RunAsTag); own.Present {
			names[own.One] = true
		}
	}
	for i := range a.Users {
		add(a.Users[i].Tags)
	}
	for i := range a.Roles {
		add(a.Roles[i].Tags)
	}
	return names
}

// attached are the managed policies that an account attaches or bounds somebody by.
func attached(a *world.Account) []string {
	var all []string
	for i := range a.Users {
		all = append(append(all, a.Users[i].Attached...), a.Users[i].Boundary)
	}
	for i := range a.Groups {
		all = append(all, a.Groups[i].Attached...)
	}
	for i := range a.Roles {
		all = append(append(all, a.Roles[i].Attached...), a.Roles[i].Boundary)
	}
	return all
}

// meet reports whether two sets have something in common.
func meet(a, b map[string]bool) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for one := range a {
		if b[one] {
			return true
		}
	}
	return false
}

// Key stands for what the standing proofs of an account rest on. Administrators are those of the account.
func (g *Ground) Key(in *intent.Account, administrators any) Key {
	accounts := g.engine.World().Accounts
	index := slices.IndexFunc(accounts, func(a world.Account) bool { return a.ID == in.Account })
	own := Of(*in)
	names := func(id string) bool { return own.Accounts[id] || g.naming[index][id] || g.named[id] }
	mine := g.osUsers[index]
	if len(g.open[index]) > 0 {
		// Whoever there is in the world may come into such a role.
		own.digest(g.whole)
	}
	own.digest(g.everywhere)
	own.Value(reflect.ValueOf(administrators))
	own.digest(g.sums[index])
	times := []*Content{own, g.times, g.accounts[index]}
	documents := slices.Clone(g.attached[index])
	everyRole := assumesAnywhere(&accounts[index]) || slices.ContainsFunc(documents, g.assumesAnywhere)
	for i := range accounts {
		other := &accounts[i]
		if i == index {
			continue
		}
		if names(other.ID) || g.naming[i][in.Account] {
			own.digest(g.sums[i])
			times = append(times, g.accounts[i])
			documents = append(documents, g.attached[i]...)
			continue
		}
		if len(g.open[i]) == 0 && !meet(mine, g.osUsers[i]) && (!everyRole || len(other.Roles) == 0) {
			own.digest(g.strangers[i])
			continue
		}
		rest := Of(other.ID, strangersTo(other, g.open[i], mine, everyRole))
		own.digest(rest.Sum())
		times = append(times, rest)
	}
	written := map[string]bool{}
	for _, arn := range documents {
		if p := g.managed[arn]; p != nil && policy.ARNPart(arn, 4) == "aws" && !written[arn] {
			written[arn] = true
			document := Of(*p)
			own.digest(document.Sum())
			times = append(times, document)
		}
	}
	own.Value(reflect.ValueOf(sinceAmong(g.engine.Since, times...)))
	return Key(own.Sum())
}

// strangersTo are the parts of an account that are read by proofs of accounts that have nothing to do with it: open
// roles, whoever shares an OS user, and the ARNs of roles where every role can be meant.
func strangersTo(other *world.Account, open []*world.Role, osUsers map[string]bool, everyRole bool) []any {
	var rest []any
	shares := func(tags []world.Tag) bool {
		own := engine.FindTag(tags, world.RunAsTag)
		return own.Present && osUsers[own.One]
	}
	for i := range other.Users {
		if shares(other.Users[i].Tags) {
			rest = append(rest, other.Users[i])
		}
	}
	for i := range other.Roles {
		role := &other.Roles[i]
		switch {
		case slices.Contains(open, role) || shares(role.Tags):
			rest = append(rest, *role)
		case everyRole:
			rest = append(rest, role.ARN(other))
		}
	}
	return rest
}

// near is how close an instant must be to another so that their distance matters, and not only which is first: it is
// longer than all credentials, and all ages of MFA, that a request can have.
const near = 40 * time.Hour

// sinceAmong says from when on proofs look, as far as it matters: before, at or after each instant that documents
// compare with, and the instant itself where one of them is near.
func sinceAmong(since time.Time, contents ...*Content) []any {
	if since.IsZero() {
		return nil
	}
	place := []any{"since"}
	for _, c := range contents {
		for _, moment := range c.instants {
			if c.untold || moment.Sub(since).Abs() <= near {
				return []any{since}
			}
			place = append(place, moment.Before(since))
		}
		if c.untold {
			return []any{since}
		}
	}
	return place
}

// Key stands for everything that the standing proofs of one account rest on, but for the program that makes them.
type Key Digest
