package config

import (
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/policy"
)

var mfaKeys = keys(
	"the group whose members can do nothing without MFA but enrol",
	key(
		"name",
		func(a *group.Args) *string { return &a.Name },
		text(policy.ValidateGroupName).pattern(groupNamePattern),
	).
		orElse(group.DefaultMFAGroupName, "it says what the group is for").
		doc("The name of the IAM group. Every user of this stack is a member.").
		example("guardrails-mfa"),
	key("path", func(a *group.Args) *string { return &a.Path }, text(policy.ValidatePath).pattern(pathPattern)).
		orElse("/guardrails/", "policies protect by path what the guardrails made").
		doc("The path of the group.").
		example("/guardrails/"),
	key("firstPasswordChange", func(a *group.Args) *bool { return &a.FirstPasswordChange }, boolean{}).
		orElse(true, "accounts are handed over with a password that must be changed at the first sign-in, which comes before MFA").
		doc("Lets members change their own password before they have MFA. Switched off, whoever hands the account over must not demand a new password, "+
			"and a stolen password cannot be changed by the thief.").
		example(true),
	key("enrolWithAccessKeys", func(a *group.Args) *bool { return &a.EnrolWithAccessKeys }, boolean{}).
		orElse(false, "whoever finds the access key of somebody without MFA would enrol a device of his own").
		doc("Lets long-term access keys enrol an MFA device. Switched off, only a console session can.").
		example(false),
	key("selfService", func(a *group.Args) *group.SelfService { return &a.SelfService }, selfServiceKeys).
		asSection().
		doc("What members may do for themselves once they have signed in with MFA.").
		example(map[string]any{"accessKeys": true}),
	key("roleAccounts", func(a *group.Args) *[]string { return &a.RoleAccounts },
		words(text(policy.ValidateAccountID).pattern(accountIDPattern))).
		orNothing("members assume roles of their own account only", "access to other accounts is a decision of its own").
		doc("Other accounts whose roles under role/guardrails/ members may assume. This opens the way out of this account; the trust policies there choose "+
			"the people.").
		example([]string{"444455556666"}),
)

var selfServiceKeys = keys(
	"what members do for themselves, always with MFA",
	key("accessKeys", func(s *group.SelfService) *bool { return &s.AccessKeys }, boolean{}).
		orElse(true, "the command line needs keys, and keys that people make themselves pass through nobody else's hands").
		doc("Lets members make, list, switch off and delete their own access keys.").
		example(true),
	key(
		"contactTags",
		func(s *group.SelfService) *[]string { return &s.ContactTags },
		words(text(policy.ValidateTagKey).pattern(tagKeyPattern)),
	).
		orElse([]string{"Email", "DisplayName"}, "these two say who somebody is and decide nothing").
		doc("The tag keys that members may write on their own user. Tags that decide access are refused here.").
		example([]string{"Email", "DisplayName"}),
	key("awsLogin", func(s *group.SelfService) *bool { return &s.AWSLogin }, boolean{}).
		orElse(false, "only people whose second factor shows no code need it on the command line").
		doc("Lets members sign command line tools in through the browser (aws login), which passkeys and security keys need.").
		example(false),
)
