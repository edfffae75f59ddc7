package reach

import (
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// documents are the policies of each principal by ARN, for the values that they name.
type documents map[string][]documentText

type documentText struct {
	key, value string
	resource   bool
}

func newDocuments(w world.World) documents {
	d := documents{}
	managed := map[string]*world.ManagedPolicy{}
	for i := range w.Accounts {
		for j := range w.Accounts[i].Policies {
			managed[w.Accounts[i].Policies[j].ARN] = &w.Accounts[i].Policies[j]
		}
	}
	for i := range w.Accounts {
		d.account(&w.Accounts[i], managed)
	}
	if w.Organization != nil {
		d.unit(&w.Organization.Root)
	}
	return d
}

// account adds the documents of the users and roles of an account; those of a group are those of its members.
func (d documents) account(a *world.Account, managed map[string]*world.ManagedPolicy) {
	add := func(owner string, inline []world.InlinePolicy, attached ...string) {
		for _, p := range inline {
			d.add(owner, p.Document)
		}
		for _, arn := range attached {
			if p := managed[arn]; p != nil {
				d.add(owner, p.Document)
			}
		}
	}
	for i := range a.Users {
		u := &a.Users[i]
		add(u.ARN(a), u.Inline, append(slices.Clone(u.Attached), u.Boundary)...)
		for j := range a.Groups {
			g := &a.Groups[j]
			if slices.ContainsFunc(u.Groups, func(name string) bool { return strings.EqualFold(name, g.Name) }) {
				add(u.ARN(a), g.Inline, g.Attached...)
			}
		}
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		d.add(r.ARN(a), r.Trust)
		add(r.ARN(a), r.Inline, append(slices.Clone(r.Attached), r.Boundary)...)
	}
}

// everyone stands for the service control policies, which may bind anybody.
const everyone = ""

func (d documents) unit(u *world.Unit) {
	for _, p := range u.Policies {
		d.add(everyone, p.Document)
	}
	for i := range u.Accounts {
		for _, p := range u.Accounts[i].Policies {
			d.add(everyone, p.Document)
		}
	}
	for i := range u.Units {
		d.unit(&u.Units[i])
	}
}

// numbers are the numbers with which the policies of the principals compare a key.
func (d documents) numbers(key string, principals ...string) []int {
	var out []int
	for _, v := range d.values(principals, func(t documentText) bool { return !t.resource && strings.EqualFold(t.key, key) }) {
		if n, err := strconv.Atoi(v); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// values are the distinct values of the texts that are wanted, in order.
func (d documents) values(principals []string, wanted func(documentText) bool) []string {
	var out []string
	for _, principal := range append(slices.Clone(principals), everyone) {
		for _, t := range d[principal] {
			if wanted(t) && !slices.Contains(out, t.value) {
				out = append(out, t.value)
			}
		}
	}
	slices.Sort(out)
	return out
}

// add remembers the values that a document names.
func (d documents) add(owner string, document policy.Document) {
	for _, st := range document.Statements {
		for _, r := range append(slices.Clone(st.Resources), st.NotResources...) {
			d[owner] = append(d[owner], documentText{value: r, resource: true})
		}
		for _, c := range st.Conditions {
			for _, v := range c.Values {
				d[owner] = append(d[owner], documentText{key: c.Key, value: v})
			}
		}
	}
}
