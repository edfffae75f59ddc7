package guardrail

import (
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// RefusedManagedPolicy says why a name or ARN is no managed policy that the account can attach; empty when it is.
// newer are the names of policies that AWS has since the list of this module was made.
func RefusedManagedPolicy(account Account, name, arn string, newer []string) (why, fix string) {
	const write = "write the name of an AWS managed policy, such as AdministratorAccess, or the ARN of a policy of this account"
	parsed, err := policy.ParseARN(arn)
	if name == "" || err != nil {
		return "is not a managed policy", write
	}
	kind, path, base, ok := parsed.Entity()
	switch {
	case !ok || kind != "policy" || policy.ValidatePolicyName(base) != nil || policy.ValidatePath(path) != nil:
		return "is not a managed policy", write
	case parsed.Partition != account.Partition:
		return "is of partition " + string(
			parsed.Partition,
		) + ", and the account is of " + string(
			account.Partition,
		), write
	case parsed.Account != "aws" && parsed.Account != account.ID:
		return "is a policy of another account, which a role cannot carry", write
	}
	return UnknownManagedPolicy(parsed, newer)
}

// UnknownManagedPolicy says why an ARN names no managed policy of AWS that can be attached, and what to write; empty
// when it names one, or a policy of an account. newer are the names of policies, with their paths, that AWS has since
// the list of this module was made. The list is that of the partition aws: in another partition a name that is near
// none of it is taken.
func UnknownManagedPolicy(arn policy.ARN, newer []string) (why, fix string) {
	name := strings.TrimPrefix(arn.Resource, "policy/")
	const since = "if AWS has it since, list it under guardrails:awsManagedPolicies"
	switch {
	case arn.Account != "aws" || slices.Contains(newer, name):
		return "", ""
	case strings.HasPrefix(name, "aws-service-role/"):
		return "is for service-linked roles alone, and AWS attaches it to no other role", "write the name of another policy"
	case catalogue.KnownManagedPolicy(name):
		return "", ""
	}
	near := catalogue.NearestManagedPolicy(name)
	path, base := splitPolicy(name)
	nearPath, nearBase := splitPolicy(near)
	switch {
	case near == "" && arn.Partition != policy.AWS:
		return "", ""
	case near == "":
		return "is no managed policy of AWS", "write the name of one, such as AdministratorAccess; " + since
	case strings.HasPrefix(near, "aws-service-role/"):
		return "is no managed policy of AWS that a role can carry", "write the name of another policy; " + since
	case base == nearBase && path != nearPath && nearPath == "":
		return "is no managed policy of AWS, which has it without a path", "write " + strconv.Quote(near)
	case base == nearBase && path != nearPath:
		return "is no managed policy of AWS, which has it under the path " + nearPath, "write " + strconv.Quote(near)
	}
	return "is no managed policy of AWS", "did you mean " + strconv.Quote(near) + "? I" + since[1:]
}

// splitPolicy is the path of a policy's name, with its last slash, and what follows.
func splitPolicy(name string) (path, base string) {
	start := strings.LastIndexByte(name, '/') + 1
	return name[:start], name[start:]
}

// ManagedPolicies are the managed policies that names can mean in an account.
type ManagedPolicies struct {
	// Own are the names of customer managed policies that the stack makes, under PolicyPath.
	Own []string
	// AWS are names, with their paths, of AWS managed policies that AWS has and access.ManagedPolicyNames does not.
	AWS []string
}

// ARN is the ARN that a name means: that of a policy of the stack, else of one of AWS. An ARN means itself, and the
// empty
// name nothing.
func (m ManagedPolicies) ARN(account Account, name string) string {
	switch {
	case name == "" || strings.HasPrefix(name, "arn:"):
		return name
	case slices.Contains(m.Own, name):
		return account.Partition.PolicyARN(account.ID, PolicyPath, name)
	}
	return account.Partition.ManagedPolicyARN(name)
}

// ValidateBoundary holds a permissions boundary against what the account can have; empty means that there is none.
func (m ManagedPolicies) ValidateBoundary(p *problem.List, path problem.Path, account Account, name string) {
	if name == "" {
		return
	}
	if why, fix := RefusedManagedPolicy(account, name, m.ARN(account, name), m.AWS); why != "" {
		p.Add(path, name, why, fix)
	}
}
