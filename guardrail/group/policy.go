package group

import (
	"cmp"
	"strings"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// enrolmentActions change devices. They are what a console session without MFA can do, and what a long-term access
// key cannot.
func enrolmentActions() []string {
	return []string{
		"iam:CreateVirtualMFADevice",
		"iam:DeleteVirtualMFADevice",
		"iam:EnableMFADevice",
		"iam:ResyncMFADevice",
	}
}

// AuthorizationTagActions write tags of principals and nodes. Those that make a principal write its first tags.
func AuthorizationTagActions() []string { return doors.In(doors.PrincipalTags, doors.NodeTags) }

func (a *Args) GroupName() string { return cmp.Or(a.Name, DefaultMFAGroupName) }
func (a *Args) GroupPath() string { return cmp.Or(a.Path, guardrail.RolePath) }

// ARN is the ARN of the group. It is predictable from the name, so it is known before anything is created.
func (a *Args) ARN() string {
	return a.Account.Partition.GroupARN(a.Account.ID, a.GroupPath(), a.GroupName())
}

// ownUser is the member itself, at every path where a member can be. User names are unique in an account whatever
// their path, so a pattern never matches somebody else.
func (a *Args) ownUser() []string {
	paths := a.UserPaths
	if len(paths) == 0 {
		paths = []string{"/"}
	}
	var own []string
	for _, path := range paths {
		own = append(own, a.Account.Partition.UserARN(a.Account.ID, path, guardrail.Username))
	}
	return own
}

func (a *Args) ownDevice() string {
	return a.Account.Partition.MFADeviceARN(a.Account.ID, guardrail.Username)
}

// GuardDocument is the guard: enrolment for a member without MFA, and the Denies. Every Allow of the group needs it.
func (a *Args) GuardDocument() policy.Document {
	statements := []policy.Statement{
		policy.Allow("ViewSignInSettingsOfTheAccount",
			"iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("ViewOwnUser",
			"iam:GetLoginProfile", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices").On(a.ownUser()...),
		// The console lets people name their device, so any name can be created; only their own user can enable it.
		policy.Allow("CreateVirtualMFADevice", "iam:CreateVirtualMFADevice").
			On(a.Account.Partition.MFADeviceARN(a.Account.ID, "*")),
		// AWS deletes only devices that nobody has. Without this a cancelled enrolment could not be repeated under
		// the same name.
		policy.Allow("DeleteOwnUnusedVirtualMFADevice", "iam:DeleteVirtualMFADevice").On(a.ownDevice()),
		policy.Allow("EnrolOwnMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice").On(a.ownUser()...),
		policy.Allow("DeactivateOwnMFADeviceWithMFA", "iam:DeactivateMFADevice").
			On(a.ownUser()...).
			When(policy.Bool(guardrail.MfaPresent, true)),
	}
	withoutMFA := append(enrolmentActions(),
		"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "sts:GetSessionToken")
	onlyOneself := []string{"iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"}
	if a.FirstPasswordChange {
		statements = append(statements, policy.Allow("ChangeOwnPassword", "iam:ChangePassword").On(a.ownUser()...))
		withoutMFA = append(withoutMFA, "iam:ChangePassword", "iam:GetAccountPasswordPolicy")
		onlyOneself = append(onlyOneself, "iam:ChangePassword")
	} else {
		statements = append(
			statements,
			policy.Allow("ChangeOwnPasswordWithMFA", "iam:ChangePassword").
				On(a.ownUser()...).
				When(policy.Bool(guardrail.MfaPresent, true)),
		)
	}
	statements = append(
		statements,
		policy.DenyAllExcept("DenyAllButEnrolmentWithoutMFA", withoutMFA...).
			On("*").
			When(policy.BoolIfExists(guardrail.MfaPresent, false)),
		// What the Deny above leaves open is left open for oneself alone, whatever else is attached to the member.
		policy.Deny("DenyEnrolmentOfOthersWithoutMFA", onlyOneself...).
			OnAllExcept(append(a.ownUser(), a.ownDevice())...).
			When(policy.BoolIfExists(guardrail.MfaPresent, false)),
	)
	if !a.EnrolWithAccessKeys {
		// Requests with long-term keys do not carry the key at all, console sessions always do. This is a test for
		// keys, not for MFA.
		statements = append(
			statements,
			policy.Deny("DenyEnrolmentWithAccessKeys", enrolmentActions()...).
				On("*").
				When(policy.Absent(guardrail.MfaPresent)),
		)
	}
	statements = append(statements,
		policy.Deny("DenyWritingAuthorizationTags", AuthorizationTagActions()...).On("*").
			When(policy.AnyEqualsIgnoringCase(guardrail.TagKeys, guardrail.DecidingTags(a.ProjectTag, a.EnvironmentTag)...)),
		// A call that names no tag deletes all of them.
		policy.Deny("DenyDeletingAllTagsOfNodes", "ec2:DeleteTags").On("*").When(policy.Absent(guardrail.TagKeys)))
	return policy.New(append(statements, a.sessionTagDenies()...)...)
}

// sessionTagDenies keep members from session tags. A session tag overrides the tag of the role, so whoever passes one
// picks project and OS user: only their own OS user is left, and only for the roles that want it.
func (a *Args) sessionTagDenies() []policy.Statement {
	if !a.OSUsers {
		return []policy.Statement{policy.Deny("DenySessionTags", "sts:TagSession").On("*")}
	}
	return []policy.Statement{
		policy.Deny("DenySessionTagsButForOwnOSUserRoles", "sts:TagSession").OnAllExcept(a.ownOSUserRoles()),
		// A tag that is missing on either side is a difference.
		policy.Deny("DenyOSUsersOfOthers", "sts:TagSession").
			On("*").
			When(policy.StringNotEquals(guardrail.RequestedOSUser, guardrail.OwnOSUser)),
		policy.Deny("DenyOtherSessionTags", "sts:TagSession").
			On("*").
			When(policy.AnyDiffers(guardrail.TagKeys, guardrail.RunAsTag)),
	}
}

// ownOSUserRoles are the roles whose shells start as the OS user of the person. They are in this account and in
// RoleAccounts: into no other a way is open.
func (a *Args) ownOSUserRoles() string {
	return a.Account.Partition.RoleARN("*", guardrail.OwnOSUserRolePath, "*")
}

// SelfServiceDocument is what members may do for themselves with MFA; false when the Args allow nothing.
func (a *Args) SelfServiceDocument() (policy.Document, bool) {
	withMFA := policy.Bool(guardrail.MfaPresent, true)
	var statements []policy.Statement
	if a.SelfService.AccessKeys {
		statements = append(statements, policy.Allow(
			"ManageOwnAccessKeysWithMFA",
			"iam:CreateAccessKey",
			"iam:DeleteAccessKey",
			"iam:GetAccessKeyLastUsed",
			"iam:ListAccessKeys",
			"iam:UpdateAccessKey",
		).
			On(a.ownUser()...).When(withMFA))
	}
	if len(a.SelfService.ContactTags) > 0 {
		statements = append(statements,
			policy.Allow("ViewOwnTagsWithMFA", "iam:ListUserTags").On(a.ownUser()...).When(withMFA),
			// ForAllValues alone is true for a request without tag keys.
			policy.Allow("WriteOwnContactTagsWithMFA", "iam:TagUser", "iam:UntagUser").On(a.ownUser()...).
				When(withMFA, policy.AllEqual(guardrail.TagKeys, a.SelfService.ContactTags...), policy.Present(guardrail.TagKeys)),
		)
	}
	if a.SelfService.AWSLogin {
		statements = append(
			statements,
			policy.Allow("SignInCommandLineToolsWithMFA", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token").
				On(signInClients(a.Account.Partition)).When(withMFA),
		)
	}
	return policy.New(statements...), len(statements) > 0
}

// signInClients are the clients of "aws login", written as the AWS managed policy SignInLocalDevelopmentAccess writes
// them: which account their ARN carries is not documented.
func signInClients(p policy.Partition) string {
	return policy.ARN{
		Partition: p,
		Service:   "signin",
		Region:    "*",
		Account:   "*",
		Resource:  "oauth2/public-client/*",
	}.String()
}

// RoleAccountsDocument opens the way into the other accounts; false when there are none. Roles of the account itself
// name their users as principals, which is enough in one account.
func (a *Args) RoleAccountsDocument() (policy.Document, bool) {
	if len(a.RoleAccounts) == 0 {
		return policy.Document{}, false
	}
	var roles []string
	for _, account := range a.RoleAccounts {
		roles = append(roles, a.Account.Partition.RoleARN(account, guardrail.RolePath, "*"))
	}
	actions := []string{"sts:AssumeRole"}
	if a.OSUsers {
		// Which roles and which tags is what the Denies of the guard leave.
		actions = append(actions, "sts:TagSession")
	}
	return policy.New(policy.Allow("AssumeGuardrailsRolesOfListedAccountsWithMFA", actions...).On(roles...).
		When(policy.Bool(guardrail.MfaPresent, true))), true
}

// InlinePolicies are the documents of the group, the guard first.
func (a *Args) InlinePolicies() []world.InlinePolicy {
	inline := []world.InlinePolicy{{Name: guardrail.GuardPolicyName, Document: a.GuardDocument()}}
	if document, wanted := a.SelfServiceDocument(); wanted {
		inline = append(inline, world.InlinePolicy{Name: guardrail.SelfServicePolicyName, Document: document})
	}
	if document, wanted := a.RoleAccountsDocument(); wanted {
		inline = append(inline, world.InlinePolicy{Name: guardrail.RoleAccountsPolicyName, Document: document})
	}
	return inline
}

// AddTo adds the group to a world, with the documents that NewMFAGroup registers.
func (a *Args) AddTo(w *world.Account) {
	w.Groups = append(w.Groups, world.Group{Name: a.GroupName(), Path: a.GroupPath(), Inline: a.InlinePolicies()})
}

// Validate reports every problem, in the order of the fields, as Problems relative to the section "mfa".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	p.Check("name", a.GroupName(), policy.ValidateGroupName(a.GroupName()))
	p.Check("path", a.GroupPath(), policy.ValidatePath(a.GroupPath()))
	for i, path := range a.UserPaths {
		p.Check(problem.Path("userPaths").Index(i), path, policy.ValidatePath(path))
	}
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	guardrail.ValidateEnvironmentTag(&p, a.ProjectTag, a.EnvironmentTag)
	a.validateContactTags(&p)
	a.validateRoleAccounts(&p)
	if len(p) == 0 {
		a.validateDocuments(&p)
	}
	return p.Err()
}

func (a *Args) validateContactTags(p *problem.List) {
	for i, key := range a.SelfService.ContactTags {
		path := problem.Path("selfService.contactTags").Index(i)
		switch {
		case !p.Check(path, key, policy.ValidateTagKey(key)):
		case guardrail.IsAuthorizationTag(key, a.ProjectTag), strings.EqualFold(key, a.EnvironmentTag):
			p.Add(path, key, "decides what its owner may do", "leave it out; the stack file sets it")
		case !guardrail.ProjectTagPattern.MatchString(key):
			p.Add(
				path,
				key,
				"has a character that a policy cannot carry safely",
				"use letters, digits and _.:/=+-@ without spaces",
			)
		case guardrail.DuplicateOf(a.SelfService.ContactTags, i) >= 0:
			p.Add(path, key, "is listed twice", "remove one; tag keys of users ignore case")
		}
	}
}

func (a *Args) validateRoleAccounts(p *problem.List) {
	for i, id := range a.RoleAccounts {
		path := problem.Path("roleAccounts").Index(i)
		switch {
		case !p.Check(path, id, policy.ValidateAccountID(id)):
		case id == a.Account.ID:
			p.Add(path, id, "is this account, whose roles name their users themselves", "leave it out")
		case guardrail.DuplicateOf(a.RoleAccounts, i) >= 0:
			p.Add(path, id, "is listed twice", "remove one")
		}
	}
}

// validateDocuments holds each document against the grammar, and all of them together against the quota, which AWS
// counts per group.
func (a *Args) validateDocuments(p *problem.List) {
	var documents []policy.Document
	for _, inline := range a.InlinePolicies() {
		p.Document("", "inline policy "+inline.Name, inline.Document, policy.GroupInline, a.Quotas)
		documents = append(documents, inline.Document)
	}
	if len(*p) == 0 {
		p.Check("", nil, policy.ValidateTotal(policy.GroupInline, a.Quotas, documents...))
	}
}
