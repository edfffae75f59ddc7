package stack

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/managedpolicy"
	"aws-access-guardrails/internal/strictyaml"
)

// CustomerManagedPolicies are the customer managed policies complete, in the order of the file.
func (s *Stack) CustomerManagedPolicies() []*managedpolicy.Args {
	out := make([]*managedpolicy.Args, len(s.ManagedPolicies))
	for i, written := range s.ManagedPolicies {
		a := written.Args
		a.Account, a.Quotas = s.Account.Account, s.Quotas
		if written.Policy != nil {
			a.Document = *written.Policy
		}
		out[i] = &a
	}
	return out
}

// knownPolicies are the managed policies that names mean in this stack.
func (s *Stack) knownPolicies() guardrail.ManagedPolicies {
	known := guardrail.ManagedPolicies{AWS: s.AWSManagedPolicies}
	for _, p := range s.ManagedPolicies {
		known.Own = append(known.Own, p.Name)
	}
	return known
}

// readManagedPolicies reads the files of customer managed policies.
func (s *Stack) readManagedPolicies(d *strictyaml.Decoder, folder string) {
	for i := range s.ManagedPolicies {
		p := &s.ManagedPolicies[i]
		s.readPolicyFile(d, stackPath("managedPolicies").Index(i).Child("policyFile"), folder, p.PolicyFile, &p.Policy)
	}
}
