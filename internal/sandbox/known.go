package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Known is what the stack files of a folder say about the AWS that exists before them, so that nobody writes it a
// second time. The world file adds to it. Where both speak of one thing, the world file counts: that is how one looks
// at an AWS that is not as the stack files say.
type Known struct {
	// Accounts are those of the stacks.
	Accounts []KnownAccount
	// Organization is nil where no stack file has the section.
	Organization *KnownOrganization
	// IdentityCenter is nil where no stack file has the section.
	IdentityCenter *KnownIdentityCenter
	// Refused are the stack files that could say more and cannot be read.
	Refused []string
}

// KnownAccount is the account of a stack.
type KnownAccount struct {
	ID string
	// Alias is empty where the stack file names none.
	Alias string
	// Partition is aws where it is empty.
	Partition policy.Partition
	// Principals are the deployer and the break-glass principals that no stack makes: "role/" or "user/" and the name
	// with its path. Each of them administers the account and is trusted by the account alone.
	Principals []string
}

// KnownOrganization is an organization with its tree.
type KnownOrganization struct {
	ID, Management, Root string
	Units                []KnownUnit
	// Accounts are the units, or the root, of the accounts.
	Accounts map[string]string
}

// KnownUnit is an organizational unit. Parent is another unit or the root.
type KnownUnit struct{ ID, Name, Parent string }

// KnownIdentityCenter is an instance of IAM Identity Center.
type KnownIdentityCenter struct {
	Instance, Store, Region string
	// Account is the one whose stack has the section.
	Account string
	// Users and Groups are names by id.
	Users, Groups map[string]string
}

// know adds what the stack files say to what the world file says. What is missing in both is a problem of the world
// file.
func (w *worldFile) know(k Known) error {
	w.knowAccounts(k.Accounts)
	w.knowOrganization(k.Organization)
	w.knowIdentityCenter(k.IdentityCenter)
	return refused(w.missing(k.Refused))
}

func (w *worldFile) knowAccounts(known []KnownAccount) {
	aliases := map[string]bool{}
	for _, a := range w.Accounts {
		aliases[a.Alias] = true
	}
	for _, k := range known {
		a := w.Accounts[k.ID]
		if a == nil {
			if w.Accounts == nil {
				w.Accounts = map[string]*worldAccount{}
			}
			a = &worldAccount{located: located{"account " + k.ID + " of the stack files"}}
			w.Accounts[k.ID] = a
		}
		if a.Alias == "" && !aliases[k.Alias] {
			a.Alias, aliases[k.Alias] = k.Alias, true
		}
		a.Partition = cmp.Or(a.Partition, string(k.Partition))
		for _, principal := range k.Principals {
			a.knowPrincipal(k, principal)
		}
	}
}

// knowPrincipal adds a principal of the stack file, unless the world file has one of that name.
func (a *worldAccount) knowPrincipal(k KnownAccount, principal string) {
	kind, rest, _ := strings.Cut(principal, "/")
	end := strings.LastIndex(rest, "/") + 1
	path, name := "/"+rest[:end], rest[end:]
	place := located{fmt.Sprintf("%s of account %s of the stack files", principal, k.ID)}
	partition := cmp.Or(k.Partition, policy.AWS)
	administers := []string{"arn:" + string(partition) + ":iam::aws:policy/AdministratorAccess"}
	switch kind {
	case "role":
		if slices.ContainsFunc(a.Roles, func(r worldRole) bool { return strings.EqualFold(r.Name, name) }) {
			return
		}
		a.Roles = append(
			a.Roles,
			worldRole{
				Name:     name,
				Path:     path,
				Policies: administers,
				Trust:    trustOf(k.ID, partition),
				known:    true,
				located:  place,
			},
		)
	case "user":
		if slices.ContainsFunc(a.Users, func(u worldUser) bool { return strings.EqualFold(u.Name, name) }) {
			return
		}
		a.Users = append(a.Users, worldUser{Name: name, Path: path, Policies: administers, known: true, located: place})
	}
}

func (w *worldFile) knowOrganization(k *KnownOrganization) {
	if k == nil {
		return
	}
	if w.Organization == nil {
		w.Organization = &worldOrganization{located: located{"organization of the stack files"}}
	}
	o := w.Organization
	o.ID = cmp.Or(o.ID, k.ID)
	if o.ID != k.ID { // The world file describes another organization.
		return
	}
	o.Management, o.Root = cmp.Or(o.Management, k.Management), cmp.Or(o.Root, k.Root)
	for _, u := range k.Units {
		if !slices.ContainsFunc(o.Units, func(have worldUnit) bool { return have.ID == u.ID }) {
			o.Units = append(o.Units, worldUnit(u))
		}
	}
	accounts := maps.Clone(k.Accounts)
	if accounts == nil {
		accounts = map[string]string{}
	}
	maps.Copy(accounts, o.Accounts)
	o.Accounts = accounts
}

func (w *worldFile) knowIdentityCenter(k *KnownIdentityCenter) {
	if k == nil {
		return
	}
	if w.IdentityCenter == nil {
		w.IdentityCenter = &worldIdentityCenter{located: located{"identityCenter of the stack files"}}
	}
	i := w.IdentityCenter
	i.Instance = cmp.Or(i.Instance, k.Instance)
	if i.Instance != k.Instance { // The world file describes another instance.
		return
	}
	i.Store, i.Region, i.Account = cmp.Or(
		i.Store,
		k.Store,
	), cmp.Or(
		i.Region,
		k.Region,
	), cmp.Or(
		i.Account,
		k.Account,
	)
	i.Users, i.Groups = added(k.Users, i.Users), added(k.Groups, i.Groups)
}

// added are the rows of the first table under those of the second.
func added(known, said map[string]string) map[string]string {
	if len(known) == 0 {
		return said
	}
	out := maps.Clone(known)
	maps.Copy(out, said)
	return out
}

// missing are the keys that neither the world file nor the stack files have. The files that cannot be read may have
// them.
func (w *worldFile) missing(unread []string) problem.List {
	var found problem.List
	why, mend := "is missing, and no stack file of the folder says it", ""
	if len(unread) > 0 {
		why = "is missing, and no stack file that can be read says it"
		mend = "mend " + strings.Join(unread, " and ") + ", which is refused itself, or "
	}
	want := func(path, key, value, fix string) {
		if value == "" {
			section := problem.Path(path)
			found = append(found, &problem.Problem{
				Position: w.position(section), Path: section.Child(key), Kind: problem.Missing,
				Why: why, Fix: mend + fix,
			})
		}
	}
	if o := w.Organization; o != nil {
		const fix = "write it here, or the section guardrails:organization in the stack file of the management account"
		want(o.path, "id", o.ID, fix)
		want(o.path, "management", o.Management, fix)
		want(o.path, "root", o.Root, fix)
	}
	if i := w.IdentityCenter; i != nil {
		const fix = "write it here, or the section guardrails:identityCenter in the stack file of the account that manages the instance"
		want(i.path, "instance", i.Instance, fix)
		want(i.path, "store", i.Store, fix)
		want(i.path, "region", i.Region, fix)
	}
	return found
}

// trustOf is a trust policy that trusts the account alone.
func trustOf(account string, partition policy.Partition) string {
	document, _ := policy.Compact(
		policy.New(
			policy.Allow("TrustTheAccount", "sts:AssumeRole").For(policy.AWSPrincipals(partition.RootARN(account))),
		),
	)
	return document
}
