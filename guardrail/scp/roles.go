package scp

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/match"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// The roles of Systems Manager Quick Setup and of CloudFormation StackSets, which deploys it. Only the service-linked
// role of StackSets makes the latter, and no service control policy binds it.
var (
	quickSetupRoles = []string{"role/AWS-QuickSetup-*", "role/service-role/AWS-QuickSetup-*"}
	patchingRoles   = []string{"role/AWS-QuickSetup-PatchPolicy-*", "role/service-role/AWS-QuickSetup-PatchPolicy-*"}
	stackSetRoles   = []string{"role/stacksets-exec-*"}
)

// stackSetStacks are the stacks that stack sets make in the accounts, as the end of an ARN. A stack that was imported
// into a stack set keeps its name and its role.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html.
const stackSetStacks = "stack/StackSet-*"

// minRolePrefix is how many characters of a role are literal at least where it is a pattern.
const minRolePrefix = 4

// everyAccount is the ARN of the role in every account, and the ARN itself of one that names its account.
func everyAccount(p policy.Partition, role string) string {
	if strings.HasPrefix(role, "arn:") {
		return role
	}
	return policy.ARN{Partition: p, Service: "iam", Account: "*", Resource: role}.String()
}

func everyAccountAll(p policy.Partition, roles ...string) []string {
	arns := make([]string, len(roles))
	for i, role := range roles {
		arns[i] = everyAccount(p, role)
	}
	return arns
}

// RefusedRole says why a value names no role, or too many; empty when it names some. Patterns are roles with * or ?
// in them.
func RefusedRole(p policy.Partition, role string, patterns bool) (why, fix string) {
	const write = "write role/Name for the role of every account, or the ARN of one account's role"
	resource := role
	if strings.HasPrefix(role, "arn:") {
		parsed, err := policy.ParseARN(role)
		if err != nil {
			var found problem.List
			found.Check("", role, err)
			return found[0].Why, found[0].Fix
		}
		switch {
		case parsed.Service != "iam" || policy.ValidateAccountID(parsed.Account) != nil:
			return "is not the ARN of a role", write
		case parsed.Partition != p:
			return "is of partition " + string(parsed.Partition) + ", and the organization is of " + string(p), write
		}
		resource = parsed.Resource
	}
	if !guardrail.RoleResource.MatchString(resource) {
		return "is not a role", write
	}
	literal := strings.IndexAny(resource, "*?")
	switch {
	case literal < 0:
		name := resource[strings.LastIndexByte(resource, '/')+1:]
		if err := policy.ValidateRoleName(name); err != nil {
			return "is not a role: its name is too long", write
		}
	case !patterns:
		return "is a pattern, and this must be one role", write
	case literal < len("role/")+minRolePrefix:
		return "matches nearly every role", "write more of the name before the * or ?"
	}
	return "", ""
}

// permissionSetRoles are the roles that IAM Identity Center makes for a permission set in every account: the suffix
// is sixteen characters, and the path has a Region but where Identity Center is in us-east-1. Nobody but AWS makes
// roles under this path. Source:
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html.
func permissionSetRoles(p policy.Partition, name string) []string {
	suffix := policy.PermissionSetRoleName(name, strings.Repeat("?", 16))
	return everyAccountAll(
		p,
		"role"+policy.PermissionSetRolePath+suffix,
		"role"+policy.PermissionSetRolePath+"*/"+suffix,
	)
}

// reserved reports whether AWS alone makes and changes the roles of a pattern.
func reserved(pattern string) bool {
	parts := strings.SplitN(pattern, ":", 6)
	return len(parts) == 6 &&
		(strings.HasPrefix(parts[5], "role/aws-reserved/") || strings.HasPrefix(parts[5], "role/aws-service-role/"))
}

// Covers reports whether every ARN that the inner pattern matches is matched by the outer one. It tries the wildcards
// of inner with lengths that tell apart what the wildcards of outer take, in a character that no ARN has.
func Covers(outer, inner string) bool {
	// Most patterns are one role in every account: those are compared as text.
	if name := outer[strings.LastIndexByte(outer, ':')+1:]; !strings.ContainsAny(name, "*?") &&
		!strings.HasSuffix(inner, name) {
		return false
	}
	const fresh = "\x01"
	lengths := []int{0, 1, 2, strings.Count(outer, "?") + 3}
	candidates := []string{""}
	for rest := inner; rest != ""; {
		literal := rest
		if i := strings.IndexAny(rest, "*?"); i >= 0 {
			literal = rest[:i]
		}
		rest = rest[len(literal):]
		counts := []int{0}
		switch {
		case strings.HasPrefix(rest, "*"):
			counts = lengths
		case rest != "":
			counts = []int{1}
		}
		rest = rest[min(1, len(rest)):]
		next := make([]string, 0, len(candidates)*len(counts))
		for _, c := range candidates {
			for _, n := range counts {
				next = append(next, c+literal+strings.Repeat(fresh, n))
			}
		}
		candidates = next
	}
	return !slices.ContainsFunc(candidates, func(arn string) bool { return !match.ARN(outer, arn) })
}

func CoveredByAny(outer []string, inner string) bool {
	return slices.ContainsFunc(outer, func(pattern string) bool { return Covers(pattern, inner) })
}

// Widest drops patterns that another one of the list covers, so that documents stay small; of patterns that mean the
// same the first stays. The order is kept.
func Widest(patterns []string) []string {
	var kept []string
	for i, pattern := range patterns {
		redundant := false
		for j, other := range patterns {
			redundant = redundant || j != i && Covers(other, pattern) && (j < i || !Covers(pattern, other))
		}
		if !redundant {
			kept = append(kept, pattern)
		}
	}
	return kept
}
