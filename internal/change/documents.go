package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// paper is one document of a world.
type paper struct {
	account, name string
	document      policy.Document
	// part is what the document is a part of, which may come and go as a whole.
	part string
	// trusts are the principals of a trust policy that are no users.
	trusts []string
}

func (p paper) key() string { return p.account + "\x00" + p.name }

// papers are the documents of a side, in its order. AWS's own are not among them: no stack changes those.
func papers(s *Side) []paper {
	var out []paper
	for i := range s.World.Accounts {
		out = append(out, papersOf(&s.World.Accounts[i])...)
	}
	if o := s.World.Organization; o != nil {
		out = append(out, guardrailPapers(&o.Root, map[string]bool{})...)
	}
	return out
}

// papersOf are the documents of an account: of groups, users, roles, and its managed policies.
func papersOf(a *world.Account) []paper {
	var out []paper
	inline := func(owner string, list []world.InlinePolicy) {
		for _, p := range list {
			out = append(
				out,
				paper{account: a.ID, name: "policy " + p.Name + " of " + owner, document: p.Document, part: owner},
			)
		}
	}
	for i := range a.Groups {
		inline("group "+a.Groups[i].Name, a.Groups[i].Inline)
	}
	for i := range a.Users {
		inline("user "+a.Users[i].Name, a.Users[i].Inline)
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		if r.PermissionSet != "" {
			// Identity Center writes the trust policy, and the name of the role.
			inline("permission set "+r.PermissionSet, r.Inline)
			continue
		}
		out = append(
			out,
			paper{
				account:  a.ID,
				name:     "trust policy of role " + r.Name,
				document: r.Trust,
				part:     "role " + r.Name,
				trusts:   others(r.Trust),
			},
		)
		inline("role "+r.Name, r.Inline)
	}
	for _, p := range a.Policies {
		if arn, err := policy.ParseARN(p.ARN); err == nil && arn.Account == a.ID {
			out = append(
				out,
				paper{
					account:  a.ID,
					name:     "policy " + nameOf(p.ARN),
					document: p.Document,
					part:     "policy " + nameOf(p.ARN),
				},
			)
		}
	}
	return out
}

// guardrailPapers are the service control policies of a unit and of those below it that were not seen yet: one policy
// may have many targets.
func guardrailPapers(u *world.Unit, seen map[string]bool) []paper {
	attached := slices.Clone(u.Policies)
	for i := range u.Accounts {
		attached = append(attached, u.Accounts[i].Policies...)
	}
	var out []paper
	for _, p := range attached {
		if p.Name != "FullAWSAccess" && !seen[p.Name] {
			seen[p.Name] = true
			name := "service control policy " + p.Name
			out = append(out, paper{name: name, document: p.Document, part: name})
		}
	}
	for i := range u.Units {
		out = append(out, guardrailPapers(&u.Units[i], seen)...)
	}
	return out
}

// others are the principals whom a trust policy lets in that are no users: services, accounts, roles, providers,
// everybody.
func others(trust policy.Document) []string {
	var out []string
	for _, st := range trust.Statements {
		if st.Effect == policy.EffectDeny {
			continue
		}
		for _, p := range append(slices.Clone(st.Principals), st.NotPrincipals...) {
			if p.Kind == policy.PrincipalAny {
				out = append(out, "everybody")
			}
			for _, v := range p.Values {
				arn, err := policy.ParseARN(v)
				if kind, _, _, ok := arn.Entity(); p.Kind != policy.PrincipalAWS || err != nil || !ok ||
					kind != "user" {
					out = append(out, v)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// documents says what the documents of one side have that those of the other have not.
func (c *comparison) documents() {
	before, after := papers(c.from), papers(c.to)
	was := map[string]paper{}
	for _, p := range before {
		was[p.key()] = p
	}
	is := map[string]bool{}
	wholes := map[string]bool{}
	for _, p := range after {
		is[p.key()] = true
		old, known := was[p.key()]
		if !known {
			c.whole(p, "new", before, wholes)
			continue
		}
		c.statements(old, p)
	}
	for _, p := range before {
		if !is[p.key()] {
			c.whole(p, "gone", after, wholes)
		}
	}
}

// whole is a document that comes or goes, or with it the user, group or role that it belongs to, which is then said
// once.
func (c *comparison) whole(p paper, change string, others []paper, said map[string]bool) {
	part := p.account + "\x00" + p.part
	alone := slices.ContainsFunc(others, func(o paper) bool { return o.account == p.account && o.part == p.part })
	name := p.name
	if !alone {
		name = p.part
	}
	if (p.account != "") && c.otherAccount(p.account, change) || said[part+change] && !alone {
		return
	}
	said[part+change] = true
	if len(p.trusts) > 0 {
		c.Open = append(
			c.Open,
			fmt.Sprintf(
				"the %s of %s is %s and names %s: what that means for them is not compared",
				p.name,
				c.accountName(p.account),
				change,
				strings.Join(p.trusts, ", "),
			),
		)
	}
	c.document(p, name, "", change, nil)
}

// otherAccount reports whether the other side does not have the account at all, which is said once.
func (c *comparison) otherAccount(id, change string) bool {
	if change == "new" {
		return c.from.Account(id) == nil
	}
	return c.to.Account(id) == nil
}

func (c *comparison) document(p paper, name, sid, change string, what []string) {
	d := DocumentChange{Account: p.account, Document: name, Sid: sid, Change: change, What: what}
	d.Line = name
	if p.account != "" {
		d.Line += " in " + c.accountName(p.account)
	}
	switch {
	case sid == "":
		d.Line += ": " + change
	case change == "changed":
		d.Line += ": " + sid + ": " + strings.Join(what, "; ")
	default:
		d.Line += ": " + sid + ": " + change
	}
	c.Documents = append(c.Documents, d)
}

// statements compares two documents statement by statement. Order means nothing.
func (c *comparison) statements(old, now paper) {
	before := len(c.Documents)
	used := map[int]bool{}
	find := func(match func(policy.Statement) bool) (policy.Statement, bool) {
		for i, st := range old.document.Statements {
			if !used[i] && match(st) {
				used[i] = true
				return st, true
			}
		}
		return policy.Statement{}, false
	}
	for _, st := range now.document.Statements {
		if was, known := find(func(o policy.Statement) bool { return o.Sid == st.Sid }); known {
			if what := elements(was, st); len(what) > 0 {
				c.document(now, now.name, cmp.Or(st.Sid, "a statement without Sid"), "changed", what)
			}
			continue
		}
		c.document(now, now.name, cmp.Or(st.Sid, "a statement without Sid"), "new", nil)
	}
	for i, st := range old.document.Statements {
		if !used[i] {
			c.document(now, now.name, cmp.Or(st.Sid, "a statement without Sid"), "gone", nil)
		}
	}
	if cmp.Or(old.document.Version, policy.Version) != cmp.Or(now.document.Version, policy.Version) {
		c.document(
			now,
			now.name,
			"Version",
			"changed",
			[]string{now.document.Version + " in place of " + old.document.Version},
		)
	}
	if trusts := slices.Compact(
		slices.Sorted(slices.Values(append(slices.Clone(old.trusts), now.trusts...))),
	); len(c.Documents) > before &&
		len(trusts) > 0 {
		c.Open = append(
			c.Open,
			fmt.Sprintf(
				"the %s in %s differs and names %s: what that means for them is not compared",
				now.name,
				c.accountName(now.account),
				strings.Join(trusts, ", "),
			),
		)
	}
}

// elements says which elements of a statement differ, and how.
func elements(was, is policy.Statement) []string {
	var out []string
	if was.Effect != is.Effect {
		out = append(out, fmt.Sprintf("Effect is %s, and was %s", is.Effect, was.Effect))
	}
	list := func(name string, was, is []string) {
		parts := listed(was, is)
		if len(parts) > 0 {
			out = append(out, name+" "+strings.Join(parts, " "))
		} else if (was == nil) != (is == nil) {
			out = append(out, name+" is empty on one side")
		}
	}
	list("Action", was.Actions, is.Actions)
	list("NotAction", was.NotActions, is.NotActions)
	list("Resource", was.Resources, is.Resources)
	list("NotResource", was.NotResources, is.NotResources)
	list("Principal", principals(was.Principals), principals(is.Principals))
	list("NotPrincipal", principals(was.NotPrincipals), principals(is.NotPrincipals))
	return append(out, conditions(was, is)...)
}

func principals(list []policy.Principal) []string {
	var out []string
	for _, p := range list {
		if p.Kind == policy.PrincipalAny {
			out = append(out, "*")
		}
		out = append(out, p.Values...)
	}
	return out
}

// conditions says which conditions differ: one with the operator and key of another by its values.
func conditions(was, is policy.Statement) []string {
	var out []string
	name := func(c policy.Condition) string { return "Condition " + c.Operator.String() + " " + c.Key }
	find := func(in []policy.Condition, c policy.Condition) (policy.Condition, bool) {
		index := slices.IndexFunc(
			in,
			func(o policy.Condition) bool { return o.Operator == c.Operator && strings.EqualFold(o.Key, c.Key) },
		)
		if index < 0 {
			return policy.Condition{}, false
		}
		return in[index], true
	}
	for _, c := range is.Conditions {
		old, known := find(was.Conditions, c)
		if !known {
			out = append(out, fmt.Sprintf("%s [%s] is new", name(c), strings.Join(c.Values, ", ")))
			continue
		}
		if parts := listed(old.Values, c.Values); len(parts) > 0 {
			out = append(out, name(c)+" "+strings.Join(parts, " "))
		}
	}
	for _, c := range was.Conditions {
		if _, known := find(is.Conditions, c); !known {
			out = append(out, fmt.Sprintf("%s [%s] is gone", name(c), strings.Join(c.Values, ", ")))
		}
	}
	return out
}

// listed is what one list has that the other has not.
func listed(was, is []string) []string {
	var parts []string
	for _, v := range is {
		if !slices.Contains(was, v) {
			parts = append(parts, "+ "+v)
		}
	}
	for _, v := range was {
		if !slices.Contains(is, v) {
			parts = append(parts, "- "+v)
		}
	}
	return parts
}
