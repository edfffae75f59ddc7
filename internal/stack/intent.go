package stack

import (
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Intent is what the stack's documents are for, as the proofs want it.
func (s *Stack) Intent() intent.Account {
	in := intent.Account{Account: s.Account.ID, ProjectTag: s.Tags.Project, EnvironmentTag: s.Tags.Environment, ProjectSeparator: s.Tags.ProjectSeparator, Administrators: []string{}}
	for _, n := range nouns {
		n.intent(s, &in)
	}
	if s.Account.Deployer != "" {
		in.Deployer = s.principalARN(s.Account.Deployer)
		in.Administrators = append(in.Administrators, in.Deployer)
	}
	for _, p := range s.Account.BreakGlass {
		in.BreakGlass = append(in.BreakGlass, s.principalARN(p))
		in.Administrators = append(in.Administrators, s.principalARN(p))
	}
	return in
}

// principalARN is the ARN of a principal that is written as the end of its ARN.
func (s *Stack) principalARN(resource string) string {
	return policy.ARN{
		Partition: s.Account.Partition,
		Service:   "iam",
		Account:   s.Account.ID,
		Resource:  resource,
	}.String()
}

// PathOf is the entry that made the user or role of the ARN; the section account for everything else. A proof that
// speaks of the ARN is about what is written there.
func (s *Stack) PathOf(arn string) problem.Path {
	for _, n := range nouns {
		for _, principal := range n.makes(s) {
			if principal.arn == arn {
				return principal.path
			}
		}
	}
	if arn == s.principalARN(s.Account.Deployer) {
		return stackPath("account.deployer")
	}
	for i, p := range s.Account.BreakGlass {
		if arn == s.principalARN(p) {
			return stackPath("account.breakGlass").Index(i)
		}
	}
	return stackPath("account")
}

// NameOf is what the stack file calls the user or role of the ARN: its name. Of another ARN it is the ARN.
func (s *Stack) NameOf(arn string) string {
	parsed, err := policy.ParseARN(arn)
	if _, _, name, ok := parsed.Entity(); err == nil && ok && parsed.Account == s.Account.ID {
		return name
	}
	return arn
}
