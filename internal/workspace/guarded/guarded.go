// Package guarded is the list of the kinds of resources that an edit must not delete or replace in passing.
package guarded

import (
	"slices"
	"strings"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/workspace/urn"
)

// Kind is a kind of resource that an edit must not delete or replace in passing.
type Kind struct {
	// component and typ are the type tokens of the parent and of the resource itself.
	component, typ string
	// suffix is how the names of the resources end that are meant, after what differs from one to the next; empty
	// means all of the type.
	suffix string
	// path is where the stack file speaks of it, and losing what becomes of access without it.
	Path   strictyaml.Path
	Losing string
}

const (
	RoleType      = "aws:iam/role:Role"
	losingRole    = "its people lose this way in at once, and a role that somebody else makes under its name is exempt from the service control policies"
	losingDenies  = "the Deny statements on the role go, and what is allowed elsewhere is allowed"
	losingWatch   = "policies that others attach are not seen and removed any more"
	losingDocsFor = "until it is made again, shells in the Region are those of ssm-user, who has sudo"
)

// guards are the guarded resources. A resource that hangs on another (a policy on a role) is not guarded where that
// goes too: what it bound is gone.
var guards = slices.Concat([]Kind{
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

func guardsOfRole(component string, path strictyaml.Path, role bool) []Kind {
	all := []Kind{
		{component, "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "", path, losingWatch},
		{component, "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "", path, losingWatch},
	}
	if role {
		all = append(all, Kind{component, RoleType, "", path, losingRole})
	}
	return all
}

// Of is what guards a resource; nil for one that may come and go.
func Of(resourceURN string) *Kind {
	component, typ, name := urn.Split(resourceURN)
	for i, g := range guards {
		if g.component == component && g.typ == typ && strings.HasSuffix(name, g.suffix) {
			return &guards[i]
		}
	}
	return nil
}

// Carriers are the types that others hang on.
var Carriers = map[string]bool{RoleType: true, "aws:iam/group:Group": true, "aws:iam/user:User": true}
