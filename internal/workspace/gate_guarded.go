package workspace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/strictyaml"
)

// guard is a kind of resource that an edit must not delete or replace in passing.
type guard struct {
	// component and typ are the type tokens of the parent and of the resource itself.
	component, typ string
	// suffix is how the names of the resources end that are meant, after what differs from one to the next; empty
	// means all of the type.
	suffix string
	// path is where the stack file speaks of it, and losing what becomes of access without it.
	path   strictyaml.Path
	losing string
}

const (
	roleType      = "aws:iam/role:Role"
	losingRole    = "its people lose this way in at once, and a role that somebody else makes under its name is exempt from the service control policies"
	losingDenies  = "the Deny statements on the role go, and what is allowed elsewhere is allowed"
	losingWatch   = "policies that others attach are not seen and removed any more"
	losingDocsFor = "until it is made again, shells in the Region are those of ssm-user, who has sudo"
)

// guards are the guarded resources. A resource that hangs on another (a policy on a role) is not guarded where that
// goes too: what it bound is gone.
var guards = slices.Concat([]guard{
	{"guardrails:iam:MFAGroup", "aws:iam/group:Group", "", "guardrails:mfa", "its members act without MFA"},
	{
		"guardrails:iam:MFAGroup",
		"aws:iam/groupPolicy:GroupPolicy",
		"-guard",
		"guardrails:mfa",
		"the members of the group act without MFA",
	},
	{
		"guardrails:iam:MFAGroup",
		"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive",
		"",
		"guardrails:mfa",
		losingWatch,
	},
	{
		"guardrails:iam:MFAGroup",
		"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
		"",
		"guardrails:mfa",
		losingWatch,
	},
	{
		"guardrails:iam:User",
		"aws:iam/userGroupMembership:UserGroupMembership",
		"",
		"guardrails:users",
		"the user leaves the MFA group and acts without MFA",
	},
	{
		"guardrails:iam:User",
		"aws:iam/userPoliciesExclusive:UserPoliciesExclusive",
		"",
		"guardrails:users",
		losingWatch,
	},
	{
		"guardrails:iam:User",
		"aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
		"",
		"guardrails:users",
		losingWatch,
	},
	{"guardrails:iam:OperationRoles", "aws:iam/policy:Policy", "-guard", "guardrails:operationRoles", losingDenies},
	{
		"guardrails:iam:OperationRoles",
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
		"-guard",
		"guardrails:operationRoles",
		losingDenies,
	},
	{"guardrails:iam:OSAccess", "aws:iam/rolePolicy:RolePolicy", "-guard", "guardrails:osAccess", losingDenies},
	{"guardrails:iam:AccessGrant", "aws:iam/rolePolicy:RolePolicy", "-guard", "guardrails:grants", losingDenies},
	{"guardrails:ssm:SessionPreferences", "aws:ssm/document:Document", "", "guardrails:sessions", losingDocsFor},
	{
		"guardrails:ssm:JustInTime",
		"aws-native:ssm:Document",
		"",
		"guardrails:justInTime",
		"requests for node access are not decided by it any more",
	},
	{
		"guardrails:iam:PasswordPolicy",
		"aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
		"",
		"guardrails:passwordPolicy",
		"AWS's own rules hold for every password",
	},
	{
		"guardrails:organizations:ServiceControlPolicies",
		"aws:organizations/policy:Policy",
		"",
		"guardrails:organization",
		"the accounts below its targets may do what it denies",
	},
	{
		"guardrails:organizations:ServiceControlPolicies",
		"aws:organizations/policyAttachment:PolicyAttachment",
		"",
		"guardrails:organization",
		"the accounts below the target may do what the policy denies",
	},
	{
		"guardrails:sso:AccessControlAttributes",
		"aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes",
		"",
		"guardrails:identityCenter",
		"sessions carry no attributes: whatever compares them, Run As included, does not work or falls back to a default",
	},
	{
		"guardrails:sso:PermissionSet",
		"aws:ssoadmin/permissionSet:PermissionSet",
		"",
		"guardrails:identityCenter",
		"everybody to whom it is assigned loses it at once",
	},
	{
		"guardrails:sso:PermissionSet",
		"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
		"",
		"guardrails:identityCenter",
		"the Deny statements of the permission set go",
	},
},
	guardsOfRole("guardrails:iam:OperationRoles", "guardrails:operationRoles", true),
	guardsOfRole("guardrails:iam:DelegatedRole", "guardrails:delegatedRoles", true),
	guardsOfRole("guardrails:iam:OSAccess", "guardrails:osAccess", true),
	guardsOfRole("guardrails:iam:AccessGrant", "guardrails:grants", false), // Grants end: their roles go every day.
)

func guardsOfRole(component string, path strictyaml.Path, role bool) []guard {
	all := []guard{
		{component, "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "", path, losingWatch},
		{component, "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "", path, losingWatch},
	}
	if role {
		all = append(all, guard{component, roleType, "", path, losingRole})
	}
	return all
}

// guardOf is what guards a resource; nil for one that may come and go.
func guardOf(urn string) *guard {
	component, typ, name := splitURN(urn)
	for i, g := range guards {
		if g.component == component && g.typ == typ && strings.HasSuffix(name, g.suffix) {
			return &guards[i]
		}
	}
	return nil
}

// guard refuses a plan of up that deletes or replaces guarded resources which nobody named. Destroy is asked for by
// name, and says what goes.
func (s *session) guard(stack string, plan *Report) error {
	if s.operation != Up {
		return nil
	}
	to := s.targets[stack]
	going := plan.Of(Delete)
	var problems strictyaml.Problems
	for _, c := range plan.Of(Delete, Replace) {
		g := guardOf(c.URN)
		hangsOnOneThatGoes := c.on != "" && slices.ContainsFunc(going, func(other Change) bool {
			return c.on == other.ID || c.on == other.physical && carriers[other.Type]
		})
		if g == nil || slices.Contains(s.options.AllowDelete, c.Name) ||
			slices.Contains(s.options.AllowDelete, c.URN) ||
			c.Op == Delete && hangsOnOneThatGoes {
			continue
		}
		at := strictyaml.Position{File: s.folder.RelativeFile(stack)}
		if to.at != nil {
			if found := to.at(g.path); found.File != "" { // The section may be gone too.
				at = found
			}
		}
		problems = append(problems, strictyaml.Problem{
			Position: at,
			Path:     g.path,
			Kind:     strictyaml.Refused,
			Value:    fmt.Sprintf("%s %s", shortType(c.Type), strconv.Quote(c.Name)),
			Why: fmt.Sprintf(
				"would be %s: %s",
				c.Op.Past(),
				g.losing,
			),
			Fix: "add --allow-delete " + c.Name + " if that is meant",
		})
	}
	if len(problems) == 0 {
		return nil
	}
	return &RefusedError{Stack: stack, Err: problems.Err()}
}

// carriers are the types that others hang on.
var carriers = map[string]bool{roleType: true, "aws:iam/group:Group": true, "aws:iam/user:User": true}
