package components

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/awstype/token"
)

// Order is one order in which things are made that safety or AWS rests on. They are changed in the same order, since
// the engine changes a resource only when those that it depends on are done, and they are deleted in the opposite
// one.
type Order struct {
	// First and Then are what comes first and what waits for it, in words.
	First, Then string
	// Why is the reason.
	Why string
	// AWS says that AWS, or its provider, refuses or undoes the other order. Otherwise safety rests on it.
	AWS bool
	// EitherWay says that one of two has to wait for the other, no matter which.
	EitherWay bool
	// Pair reports whether the second registration has to wait for the first. It compares what the program registers,
	// with ARNs and ids as AWS would return them.
	Pair func(first, then Registration) bool
}

// Registration is a custom resource that a program registers.
type Registration struct {
	// Type is the type token, Name the logical name.
	Type, Name string
	// ID is the id that AWS gave it.
	ID string
	// Account is the id of the account that the stack deploys to.
	Account string
	Inputs  resource.PropertyMap
}

func (r Registration) text(key resource.PropertyKey) string {
	if v := r.Inputs[key]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

func (r Registration) lists(key resource.PropertyKey, want string) bool {
	v := r.Inputs[key]
	return v.IsArray() &&
		slices.ContainsFunc(
			v.ArrayValue(),
			func(item resource.PropertyValue) bool { return item.IsString() && item.StringValue() == want },
		)
}

func (r Registration) is(types ...string) bool { return slices.Contains(types, r.Type) }

// refers reports whether a value has a reference to the policy of a path and name, at any depth.
func refers(v resource.PropertyValue, path, name string) bool {
	if !v.IsObject() {
		return false
	}
	fields := v.ObjectValue()
	is := func(key resource.PropertyKey, want string) bool {
		return fields[key].IsString() && fields[key].StringValue() == want
	}
	if is("path", path) && is("name", name) {
		return true
	}
	for _, field := range fields {
		if refers(field, path, name) {
			return true
		}
	}
	return false
}

// protectionPolicyNames begin the names of the policies that protect the guardrails.
const protectionPolicyNames = "protect-guardrails"

// Orders are all of them. A component makes its own children in order; who makes several components gives the
// CustomResources of the one to the other, as the program of this module does.
func Orders() []Order {
	return slices.Concat(groupOrders(), roleOrders(), sessionOrders(), identityCenterOrders(), organizationOrders())
}

func isGuard(r Registration) bool {
	return r.is(token.IAMGroupPolicy) && r.text("name") == guardrail.GuardPolicyName
}

func groupOrders() []Order {
	return []Order{
		{
			First: "the inline policy " + guardrail.GuardPolicyName, Then: "users",
			Why:  "nobody exists before what binds them, and everybody is gone before it goes",
			Pair: func(first, then Registration) bool { return isGuard(first) && then.is(token.IAMUser) },
		},
		{
			First: "the inline policy " + guardrail.GuardPolicyName, Then: "memberships in its group",
			Why: "a member is never without the Denies",
			Pair: func(first, then Registration) bool {
				return isGuard(first) &&
					then.is(token.IAMUserGroupMembership) && then.lists("groups", first.text("group"))
			},
		},
		{
			First: "the inline policy " + guardrail.GuardPolicyName, Then: "the other inline policies of the group",
			Why: "Denies before Allows",
			Pair: func(first, then Registration) bool {
				return isGuard(first) && then.is(token.IAMGroupPolicy) && !isGuard(then) &&
					first.text("group") == then.text("group")
			},
		},
		{
			First: "the inline policies of the MFA group",
			Then:  "the lists that remove every other policy of the group",
			Why:   "the provider puts an empty document where a listed policy is missing",
			AWS:   true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMGroupPolicy) &&
					then.is(token.IAMGroupPoliciesExclusive, token.IAMGroupPolicyAttachmentsExclusive) &&
					first.text("group") == then.text("groupName")
			},
		},
		{
			First: "the lists that remove every other policy of the MFA group", Then: "memberships in the group",
			Why: "what others attached to a group is gone before people join it",
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMGroupPoliciesExclusive, token.IAMGroupPolicyAttachmentsExclusive) &&
					then.is(token.IAMUserGroupMembership) &&
					then.lists("groups", first.text("groupName"))
			},
		},
	}
}

// named are the users of the account that the trust policy of a role names, each with the path in front: "/team/alice".
func named(role Registration) []string {
	if !role.is(token.IAMRole) {
		return nil
	}
	var users []string
	for _, after := range strings.Split(role.text("assumeRolePolicy"), "::"+role.Account+":user")[1:] {
		user, _, _ := strings.Cut(after, `"`)
		users = append(users, user)
	}
	return users
}

// ofRole reports whether the registration is a policy or an attachment of the role.
func ofRole(r Registration, role string) bool {
	return r.is(token.IAMRolePolicy, token.IAMRolePolicyAttachment) && r.text("role") == role
}

// denies reports whether the registration carries the Denies of a role.
func denies(r Registration) bool {
	inline := []string{
		guardrail.OSAccessGuardPolicyName,
		guardrail.OperationRoleGuardPolicyName,
		guardrail.GrantWindowPolicyName,
		guardrail.SourceNetworksPolicyName,
	}
	return r.is(token.IAMRolePolicy) && slices.Contains(inline, r.text("name")) ||
		r.is(token.IAMRolePolicyAttachment) &&
			strings.HasSuffix(r.text("policyArn"), guardrail.PolicyPath+guardrail.OperationGuardPolicyName)
}

// grantRolePrefix begins the names of the roles of grants.
const grantRolePrefix = "grant-"

func isSharedAllow(r Registration) bool {
	return r.is(token.IAMPolicy) &&
		slices.Contains(
			[]string{guardrail.OperationSessionsPolicyName, guardrail.OperationStartStopPolicyName},
			r.text("name"),
		)
}

func roleOrders() []Order {
	return []Order{
		{
			First: "managed policies", Then: "users and roles that they bound",
			Why: "AWS refuses a permissions boundary that does not exist, and deletes none that is used", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMPolicy) && then.is(token.IAMUser, token.IAMRole) &&
					strings.HasSuffix(
						then.text("permissionsBoundary"),
						":"+first.Account+":policy"+first.text("path")+first.text("name"),
					)
			},
		},
		{
			First: "users", Then: "roles that name them",
			Why: "AWS refuses a trust policy that names nobody", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMUser) && slices.Contains(named(then), first.text("path")+first.text("name"))
			},
		},
		{
			First: "memberships of users", Then: "roles that name them",
			Why: "who can assume a role is bound by the guard",
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMUserGroupMembership) &&
					slices.ContainsFunc(
						named(then),
						func(user string) bool { return strings.HasSuffix(user, "/"+first.text("user")) },
					)
			},
		},
		{
			First: "managed policies", Then: "their attachments to roles",
			Why: "AWS attaches no policy that does not exist", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMPolicy) && then.is(token.IAMRolePolicyAttachment) &&
					strings.HasSuffix(then.text("policyArn"), ":policy"+first.text("path")+first.text("name"))
			},
		},
		{
			First: "the policy with the Denies of a role", Then: "the other policies and attachments of the role",
			Why: "Denies before Allows; a role allows nothing before it has policies",
			Pair: func(first, then Registration) bool {
				return denies(first) && !denies(then) && ofRole(then, first.text("role"))
			},
		},
		{
			First: guardrail.OperationGuardPolicyName + " and its attachments to operation roles",
			Then:  guardrail.OperationSessionsPolicyName + " and " + guardrail.OperationStartStopPolicyName,
			Why:   "a change that denies more and allows more denies first, also where somebody detached the Denies",
			Pair: func(first, then Registration) bool {
				guard := first.is(token.IAMPolicy) && first.text("name") == guardrail.OperationGuardPolicyName ||
					// The role of a grant comes after the policies that it carries.
					first.is(token.IAMRolePolicyAttachment) && denies(first) &&
						!strings.HasPrefix(first.text("role"), grantRolePrefix)
				return guard && isSharedAllow(then)
			},
		},
		{
			First: "attachments to a role", Then: "the list that detaches every other policy",
			Why: "the provider attaches what is missing, in any order", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMRolePolicyAttachment) && then.is(token.IAMRolePolicyAttachmentsExclusive) &&
					first.text("role") == then.text("roleName")
			},
		},
		{
			First: "inline policies of a role", Then: "the list that removes every other one",
			Why: "the provider puts an empty document where a listed policy is missing", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMRolePolicy) && then.is(token.IAMRolePoliciesExclusive) &&
					first.text("role") == then.text("roleName")
			},
		},
	}
}

func sessionOrders() []Order {
	isPreferences := func(r Registration) bool {
		return r.is(token.SSMDocument) && r.text("name") == guardrail.PreferencesDocument
	}
	isDenyAccess := func(r Registration) bool {
		return r.is(token.NativeSSMDocument) && r.text("name") == justintime.DenyAccessDocument
	}
	return []Order{
		{
			First: "Session Manager preferences", Then: "roles",
			Why:  "where they are not set, a shell is ssm-user's, with sudo; and policies name the document",
			Pair: func(first, then Registration) bool { return isPreferences(first) && then.is(token.IAMRole) },
		},
		{
			First: "Session Manager preferences", Then: "permission sets",
			Why: "where they are not set, a shell is ssm-user's, with sudo; and policies name the document",
			Pair: func(first, then Registration) bool {
				return isPreferences(first) && then.is(token.SSOAdminPermissionSet)
			},
		},
		{
			First: "session documents of the stack", Then: "operation roles and the shared role of OS access that list them",
			Why: "whoever starts a session finds the document, and nobody else can have made one of that name",
			Pair: func(first, then Registration) bool {
				return first.is(token.SSMDocument) && !isPreferences(first) && then.is(token.IAMRolePolicy) &&
					strings.Contains(then.text("policy"), ":document/"+first.text("name")+`"`)
			},
		},
		{
			First: justintime.DenyAccessDocument, Then: "the other approval documents",
			Why: "what is never approved automatically is denied before anything is approved",
			Pair: func(first, then Registration) bool {
				return isDenyAccess(first) && then.is(token.NativeSSMDocument) && !isDenyAccess(then)
			},
		},
		{
			First: "approval documents", Then: justintime.RequesterPolicyName + " and " + justintime.ApproverPolicyName,
			Why: "who asks for access finds the rules in place",
			Pair: func(first, then Registration) bool {
				return first.is(token.NativeSSMDocument) && then.is(token.IAMPolicy) &&
					slices.Contains(
						[]string{justintime.RequesterPolicyName, justintime.ApproverPolicyName},
						then.text("name"),
					)
			},
		},
	}
}

func identityCenterOrders() []Order {
	sameSet := func(a, b Registration) bool { return a.text("permissionSetArn") == b.text("permissionSetArn") }
	return []Order{
		{
			First: "attributes for access control", Then: "permission sets",
			Why: "without them an identity provider chooses the OS user and the project",
			Pair: func(first, then Registration) bool {
				return first.is(token.SSOAdminInstanceAccessControlAttributes) && then.is(token.SSOAdminPermissionSet)
			},
		},
		{
			First: "the inline policy of a permission set", Then: "its managed policies",
			Why: "it carries the Denies",
			Pair: func(first, then Registration) bool {
				return first.is(token.SSOAdminPermissionSetInlinePolicy) &&
					then.is(token.SSOAdminManagedPolicyAttachment, token.SSOAdminCustomerManagedPolicyAttachment) &&
					sameSet(first, then)
			},
		},
		{
			First: "the permissions boundary of a permission set", Then: "its policies",
			Why: "a permission set is bounded before it allows anything",
			Pair: func(first, then Registration) bool {
				return first.is(token.SSOAdminPermissionsBoundaryAttachment) &&
					then.is(token.SSOAdminPermissionSetInlinePolicy, token.SSOAdminManagedPolicyAttachment, token.SSOAdminCustomerManagedPolicyAttachment) &&
					sameSet(first, then)
			},
		},
		{
			First: "managed policies", Then: "permission sets that carry them or are bounded by them",
			Why: "Identity Center makes no role in an account that lacks a policy", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.IAMPolicy) &&
					then.is(
						token.SSOAdminCustomerManagedPolicyAttachment,
						token.SSOAdminPermissionsBoundaryAttachment,
					) &&
					refers(resource.NewProperty(then.Inputs), first.text("path"), first.text("name"))
			},
		},
		{
			First: "the policies of a permission set", Then: "its assignments",
			Why: "nobody is assigned a permission set that is half made",
			Pair: func(first, then Registration) bool {
				return first.is(
					token.SSOAdminPermissionSetInlinePolicy,
					token.SSOAdminManagedPolicyAttachment,
					token.SSOAdminCustomerManagedPolicyAttachment,
					token.SSOAdminPermissionsBoundaryAttachment,
				) &&
					then.is(token.SSOAdminAccountAssignment) &&
					sameSet(first, then)
			},
		},
	}
}

// isProtection reports whether a registration is the policy that protects guardrails, or an attachment of it: their
// logical names say it.
func isProtection(r Registration, types ...string) bool {
	return r.is(types...) && strings.Contains(r.Name, "-"+scp.PolicyNamePrefix+protectionPolicyNames)
}

func organizationOrders() []Order {
	scps := []string{token.OrganizationsPolicy, token.OrganizationsPolicyAttachment}
	return []Order{
		{
			First: "service control policies", Then: "their attachments",
			Why: "AWS attaches no policy that does not exist", AWS: true,
			Pair: func(first, then Registration) bool {
				return first.is(token.OrganizationsPolicy) &&
					then.is(token.OrganizationsPolicyAttachment) && then.text("policyId") == first.ID
			},
		},
		{
			First: "the policy that protects guardrails, attached", Then: "the other service control policies",
			Why: "an exemption that the exempt can make themselves is none",
			Pair: func(first, then Registration) bool {
				return isProtection(first, scps...) && then.is(scps...) && !isProtection(then, scps...)
			},
		},
		{
			First: "the last policy of a guardrail that has several, attached", Then: "the ones before it",
			Why: "a statement that moves denies in its new policy before it is gone from the old one",
			Pair: func(first, then Registration) bool {
				a, m, ok := boxOf(first)
				b, n, is := boxOf(then)
				return ok && is && a == b && m > n
			},
		},
		{
			First:     "a service control policy or attachment",
			Then:      "the next one",
			Why:       "AWS Organizations takes two calls a second and refuses what runs side by side",
			AWS:       true,
			EitherWay: true,
			Pair: func(first, then Registration) bool {
				return first.is(scps...) && then.is(scps...) && first.Type+first.Name != then.Type+then.Name
			},
		},
		{
			First: "roles with their policies, permission sets with their assignments",
			Then:  "service control policies",
			Why:   "the other doors are shut when these are there",
			Pair: func(first, then Registration) bool {
				return first.is(
					token.IAMRole,
					token.IAMRolePoliciesExclusive,
					token.IAMRolePolicyAttachmentsExclusive,
					token.SSOAdminPermissionSet,
					token.SSOAdminAccountAssignment,
				) &&
					then.is(scps...)
			},
		},
	}
}

// boxOf is the guardrail that a service control policy or an attachment belongs to, and the number of the policy in it.
func boxOf(r Registration) (guardrail string, number int, ok bool) {
	if !r.is(token.OrganizationsPolicy, token.OrganizationsPolicyAttachment) {
		return "", 0, false
	}
	_, rest, found := strings.Cut(r.Name, "-"+scp.PolicyNamePrefix)
	if !found {
		return "", 0, false
	}
	for _, name := range []string{protectionPolicyNames, "os-access-only", "console-passwords", "member-root"} {
		after, is := strings.CutPrefix(rest, name)
		if !is {
			continue
		}
		digits := strings.TrimPrefix(after, "-")
		if i := strings.IndexByte(digits, '-'); i >= 0 {
			digits = digits[:i]
		}
		if n, numbered := scp.BoxNumber(name, scp.PolicyNamePrefix+name+"-"+digits); numbered {
			return name, n, true
		}
		return name, 0, true
	}
	return "", 0, false
}
