package components

import (
	"cmp"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

const (
	mfaPresent = "aws:MultiFactorAuthPresent"
	tagKeys    = "aws:TagKeys"
	username   = "${aws:username}"
)

// enrolmentActions change devices. They are what a console session without MFA can do, and what a long-term access key cannot.
func enrolmentActions() []string {
	return []string{"iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"}
}

// authorizationTagActions write tags of principals and nodes. Those that make a principal write its first tags.
func authorizationTagActions() []string { return doors.In(doors.PrincipalTags, doors.NodeTags) }

func (a *MFAGroupArgs) name() string { return cmp.Or(a.Name, DefaultMFAGroupName) }
func (a *MFAGroupArgs) path() string { return cmp.Or(a.Path, RolePath) }

// ARN is the ARN of the group. It is predictable from the name, so it is known before anything is created.
func (a *MFAGroupArgs) ARN() string {
	return a.Account.Partition.GroupARN(a.Account.ID, a.path(), a.name())
}

// ownUser is the member itself, at every path where a member can be. User names are unique in an account whatever their path, so a
// pattern never matches somebody else.
func (a *MFAGroupArgs) ownUser() []string {
	paths := a.UserPaths
	if len(paths) == 0 {
		paths = []string{"/"}
	}
	var own []string
	for _, path := range paths {
		own = append(own, a.Account.Partition.UserARN(a.Account.ID, path, username))
	}
	return own
}

func (a *MFAGroupArgs) ownDevice() string {
	return a.Account.Partition.MFADeviceARN(a.Account.ID, username)
}

// GuardDocument is the guard: enrolment for a member without MFA, and the Denies. Every Allow of the group needs it.
func (a *MFAGroupArgs) GuardDocument() policy.Document {
	statements := []policy.Statement{
		policy.Allow("ViewSignInSettingsOfTheAccount",
			"iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("ViewOwnUser",
			"iam:GetLoginProfile", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices").On(a.ownUser()...),
		// The console lets people name their device, so any name can be created; only the own user can enable it.
		policy.Allow("CreateVirtualMFADevice", "iam:CreateVirtualMFADevice").On(a.Account.Partition.MFADeviceARN(a.Account.ID, "*")),
		// AWS deletes only devices that nobody has. Without this a cancelled enrolment could not be repeated under the same name.
		policy.Allow("DeleteOwnUnusedVirtualMFADevice", "iam:DeleteVirtualMFADevice").On(a.ownDevice()),
		policy.Allow("EnrolOwnMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice").On(a.ownUser()...),
		policy.Allow("DeactivateOwnMFADeviceWithMFA", "iam:DeactivateMFADevice").On(a.ownUser()...).When(policy.Bool(mfaPresent, true)),
	}
	withoutMFA := append(enrolmentActions(),
		"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "sts:GetSessionToken")
	onlyOneself := []string{"iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"}
	if a.FirstPasswordChange {
		statements = append(statements, policy.Allow("ChangeOwnPassword", "iam:ChangePassword").On(a.ownUser()...))
		withoutMFA = append(withoutMFA, "iam:ChangePassword", "iam:GetAccountPasswordPolicy")
		onlyOneself = append(onlyOneself, "iam:ChangePassword")
	} else {
		statements = append(statements,
			policy.Allow("ChangeOwnPasswordWithMFA", "iam:ChangePassword").On(a.ownUser()...).When(policy.Bool(mfaPresent, true)))
	}
	statements = append(statements,
		policy.DenyAllExcept("DenyAllButEnrolmentWithoutMFA", withoutMFA...).On("*").When(policy.BoolIfExists(mfaPresent, false)),
		// What the Deny above leaves open is left open for oneself alone, whatever else is attached to the member.
		policy.Deny("DenyEnrolmentOfOthersWithoutMFA", onlyOneself...).OnAllExcept(append(a.ownUser(), a.ownDevice())...).
			When(policy.BoolIfExists(mfaPresent, false)))
	if !a.EnrolWithAccessKeys {
		// Requests with long-term keys do not carry the key at all, console sessions always do. This is a test for keys, not for MFA.
		statements = append(statements,
			policy.Deny("DenyEnrolmentWithAccessKeys", enrolmentActions()...).On("*").When(policy.Absent(mfaPresent)))
	}
	statements = append(statements,
		policy.Deny("DenyWritingAuthorizationTags", authorizationTagActions()...).On("*").
			When(policy.AnyEqualsIgnoringCase(tagKeys, projectTag(a.ProjectTag), RunAsTag)),
		// A call that names no tag deletes all of them.
		policy.Deny("DenyDeletingAllTagsOfNodes", "ec2:DeleteTags").On("*").When(policy.Absent(tagKeys)))
	return policy.New(append(statements, a.sessionTagDenies()...)...)
}

// sessionTagDenies keep members from session tags. A session tag overrides the tag of the role, so whoever passes one picks project and OS user: only the
// own OS user is left, and only for the roles that want it.
func (a *MFAGroupArgs) sessionTagDenies() []policy.Statement {
	if !a.OSUsers {
		return []policy.Statement{policy.Deny("DenySessionTags", "sts:TagSession").On("*")}
	}
	return []policy.Statement{
		policy.Deny("DenySessionTagsButForOwnOSUserRoles", "sts:TagSession").OnAllExcept(a.ownOSUserRoles()),
		// A tag that is missing on either side is a difference.
		policy.Deny("DenyOSUsersOfOthers", "sts:TagSession").On("*").When(policy.StringNotEquals(requestedOSUser, ownOSUser)),
		policy.Deny("DenyOtherSessionTags", "sts:TagSession").On("*").When(policy.AnyDiffers(tagKeys, RunAsTag)),
	}
}

// ownOSUserRoles are the roles whose shells start as the OS user of the person. They are in this account and in RoleAccounts: into no other a way is open.
func (a *MFAGroupArgs) ownOSUserRoles() string {
	return a.Account.Partition.RoleARN("*", OwnOSUserRolePath, "*")
}

// SelfServiceDocument is what members may do for themselves with MFA; false when the Args allow nothing.
func (a *MFAGroupArgs) SelfServiceDocument() (policy.Document, bool) {
	withMFA := policy.Bool(mfaPresent, true)
	var statements []policy.Statement
	if a.SelfService.AccessKeys {
		statements = append(statements, policy.Allow("ManageOwnAccessKeysWithMFA",
			"iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:UpdateAccessKey").
			On(a.ownUser()...).When(withMFA))
	}
	if len(a.SelfService.ContactTags) > 0 {
		statements = append(statements,
			policy.Allow("ViewOwnTagsWithMFA", "iam:ListUserTags").On(a.ownUser()...).When(withMFA),
			// ForAllValues alone is true for a request without tag keys.
			policy.Allow("WriteOwnContactTagsWithMFA", "iam:TagUser", "iam:UntagUser").On(a.ownUser()...).
				When(withMFA, policy.AllEqual(tagKeys, a.SelfService.ContactTags...), policy.Present(tagKeys)))
	}
	if a.SelfService.AWSLogin {
		statements = append(statements, policy.Allow("SignInCommandLineToolsWithMFA", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token").
			On(signInClients(a.Account.Partition)).When(withMFA))
	}
	return policy.New(statements...), len(statements) > 0
}

// signInClients are the clients of "aws login", written as the AWS managed policy SignInLocalDevelopmentAccess writes them: which account their
// ARN carries is not documented.
func signInClients(p policy.Partition) string {
	return policy.ARN{Partition: p, Service: "signin", Region: "*", Account: "*", Resource: "oauth2/public-client/*"}.String()
}

// RoleAccountsDocument opens the way into the other accounts; false when there are none. Roles of the own account name their users as
// principals, which is enough in one account.
func (a *MFAGroupArgs) RoleAccountsDocument() (policy.Document, bool) {
	if len(a.RoleAccounts) == 0 {
		return policy.Document{}, false
	}
	var roles []string
	for _, account := range a.RoleAccounts {
		roles = append(roles, a.Account.Partition.RoleARN(account, RolePath, "*"))
	}
	actions := []string{"sts:AssumeRole"}
	if a.OSUsers {
		// Which roles and which tags is what the Denies of the guard leave.
		actions = append(actions, "sts:TagSession")
	}
	return policy.New(policy.Allow("AssumeGuardrailsRolesOfListedAccountsWithMFA", actions...).On(roles...).
		When(policy.Bool(mfaPresent, true))), true
}

// inlinePolicies are the documents of the group, the guard first.
func (a *MFAGroupArgs) inlinePolicies() []access.InlinePolicy {
	inline := []access.InlinePolicy{{Name: GuardPolicyName, Document: a.GuardDocument()}}
	if document, wanted := a.SelfServiceDocument(); wanted {
		inline = append(inline, access.InlinePolicy{Name: SelfServicePolicyName, Document: document})
	}
	if document, wanted := a.RoleAccountsDocument(); wanted {
		inline = append(inline, access.InlinePolicy{Name: RoleAccountsPolicyName, Document: document})
	}
	return inline
}

// AddTo adds the group to a world, with the documents that NewMFAGroup registers.
func (a *MFAGroupArgs) AddTo(w *access.Account) {
	w.Groups = append(w.Groups, access.Group{Name: a.name(), Path: a.path(), Inline: a.inlinePolicies()})
}

// Validate reports every problem, in the order of the fields, as Problems relative to the section "mfa".
func (a *MFAGroupArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	p.check("name", a.name(), policy.ValidateGroupName(a.name()))
	p.check("path", a.path(), policy.ValidatePath(a.path()))
	for i, path := range a.UserPaths {
		p.check(at("userPaths", i), path, policy.ValidatePath(path))
	}
	validateProjectTag(&p, a.ProjectTag)
	a.validateContactTags(&p)
	a.validateRoleAccounts(&p)
	if len(p) == 0 {
		a.validateDocuments(&p)
	}
	return p.Err()
}

func (a *MFAGroupArgs) validateContactTags(p *Problems) {
	for i, key := range a.SelfService.ContactTags {
		path := at("selfService.contactTags", i)
		switch {
		case !p.check(path, key, policy.ValidateTagKey(key)):
		case isAuthorizationTag(key, a.ProjectTag):
			p.add(path, key, "decides what its owner may do", "leave it out; the stack file sets it")
		case !projectTagPattern.MatchString(key):
			p.add(path, key, "has a character that a policy cannot carry safely", "use letters, digits and _.:/=+-@ without spaces")
		case duplicateOf(a.SelfService.ContactTags, i) >= 0:
			p.add(path, key, "is listed twice", "remove one; tag keys of users ignore case")
		}
	}
}

func (a *MFAGroupArgs) validateRoleAccounts(p *Problems) {
	for i, id := range a.RoleAccounts {
		path := at("roleAccounts", i)
		switch {
		case !p.check(path, id, policy.ValidateAccountID(id)):
		case id == a.Account.ID:
			p.add(path, id, "is this account, whose roles name their users themselves", "leave it out")
		case duplicateOf(a.RoleAccounts, i) >= 0:
			p.add(path, id, "is listed twice", "remove one")
		}
	}
}

// validateDocuments holds each document against the grammar, and all of them together against the quota, which AWS counts per group.
func (a *MFAGroupArgs) validateDocuments(p *Problems) {
	var documents []policy.Document
	for _, inline := range a.inlinePolicies() {
		p.document("", "inline policy "+inline.Name, inline.Document, policy.GroupInline, a.Quotas)
		documents = append(documents, inline.Document)
	}
	if len(*p) == 0 {
		p.check("", nil, policy.ValidateTotal(policy.GroupInline, a.Quotas, documents...))
	}
}

// duplicateOf is the index of an earlier element that equals the i-th without regard to case, or -1.
func duplicateOf(list []string, i int) int {
	return slices.IndexFunc(list[:i], func(earlier string) bool { return strings.EqualFold(earlier, list[i]) })
}
