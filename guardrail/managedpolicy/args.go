package managedpolicy

import (
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Args configures a customer managed policy: an element of the section "managedPolicies" of the stack file. It allows
// nothing to anybody until a role carries it, and bounds whoever names it as the permissions boundary.
type Args struct {
	Account guardrail.Account
	// Name of the policy, under guardrail.PolicyPath. It does not begin with "guardrails-", and is not the name of a
	// policy of AWS. Required.
	Name string
	// Document is the policy. Required.
	Document policy.Document
	// Quotas bound the document. A field of zero means today's value.
	Quotas policy.Quotas
}

// ARN is the ARN of the policy.
func (a *Args) ARN() string {
	return a.Account.Partition.PolicyARN(a.Account.ID, guardrail.PolicyPath, a.Name)
}

// AddTo adds the policy to a world.
func (a *Args) AddTo(w *world.Account) {
	w.Policies = append(w.Policies, world.ManagedPolicy{ARN: a.ARN(), Document: a.Document})
}

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section
// "managedPolicies".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	switch {
	case !p.Check("name", a.Name, policy.ValidatePolicyName(a.Name)):
	case strings.HasPrefix(strings.ToLower(a.Name), "guardrails-"):
		p.Add("name", a.Name, "begins like the names of policies that the guardrails make", "use another name")
	case catalogue.KnownManagedPolicy(a.Name):
		p.Add("name", a.Name, "is the name of a policy of AWS, and a name alone would mean either", "use another name")
	}
	if len(a.Document.Statements) == 0 {
		p.Add("policy", nil, "is missing", "write policy, or policyFile with the path of a JSON document")
	} else {
		p.Document("policy", a.what(), a.Document, policy.Identity, a.Quotas)
	}
	return p.Err()
}

// OwnDocuments is the document, which the admin has written.
func (a *Args) OwnDocuments() []guardrail.OwnDocument {
	return []guardrail.OwnDocument{{Path: "policy", What: a.what(), Document: a.Document}}
}

func (a *Args) what() string { return "policy " + a.Name }
