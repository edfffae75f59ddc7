package world

import (
	"slices"

	"aws-access-guardrails/access/catalogue"
)

// WithManagedPolicies returns the world with the documents of those AWS managed policies that its principals have
// attached, that it does not list or lists as unknown, and that this package knows. Their ARNs are those of the
// account's partition. The world itself is not changed.
func WithManagedPolicies(w World) World {
	w.Accounts = slices.Clone(w.Accounts)
	listed := map[string]bool{}
	for i := range w.Accounts {
		for _, p := range w.Accounts[i].Policies {
			listed[p.ARN] = listed[p.ARN] || !p.Unknown
		}
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		a.Policies = slices.DeleteFunc(slices.Clone(a.Policies), func(p ManagedPolicy) bool {
			_, known := catalogue.ManagedPolicy(p.ARN)
			return p.Unknown && known
		})
		for _, arn := range attachedTo(a) {
			document, known := catalogue.ManagedPolicy(arn)
			if !known || listed[arn] {
				continue
			}
			listed[arn] = true
			a.Policies = append(a.Policies, ManagedPolicy{ARN: arn, Document: document})
		}
	}
	return w
}

// attachedTo are the ARNs of the policies that are attached in an account or bound principals in it, in the order of
// the account.
func attachedTo(a *Account) []string {
	var arns []string
	for i := range a.Groups {
		arns = append(arns, a.Groups[i].Attached...)
	}
	for i := range a.Users {
		arns = append(append(arns, a.Users[i].Attached...), a.Users[i].Boundary)
	}
	for i := range a.Roles {
		arns = append(append(arns, a.Roles[i].Attached...), a.Roles[i].Boundary)
	}
	return arns
}
