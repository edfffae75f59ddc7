package sections

import (
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var mfaKeys = strictyaml.Keys(
	"the group whose members can do nothing without MFA but enrol",
	strictyaml.Key(
		"name",
		func(a *group.Args) *string { return &a.Name },
		strictyaml.Text(policy.ValidateGroupName).Pattern(groupNamePattern),
	).
		OrElse(group.DefaultMFAGroupName, "it says what the group is for").
		Doc("The name of the IAM group. Every user of this stack is a member.").
		Example("guardrails-mfa"),
	strictyaml.Key("path", func(a *group.Args) *string { return &a.Path }, strictyaml.Text(policy.ValidatePath).Pattern(pathPattern)).
		OrElse("/guardrails/", "policies protect by path what the guardrails made").
		Doc("The path of the group.").
		Example("/guardrails/"),
	strictyaml.Key("firstPasswordChange", func(a *group.Args) *bool { return &a.FirstPasswordChange }, strictyaml.Boolean{}).
		OrElse(true, "accounts are handed over with a password that must be changed at the first sign-in, which comes before MFA").
		Doc("Lets members change their own password before they have MFA. Switched off, whoever hands the account "+
			"over must not demand a new password, "+
			"and a stolen password cannot be changed by the thief.").
		Example(true),
	strictyaml.Key("enrolWithAccessKeys", func(a *group.Args) *bool { return &a.EnrolWithAccessKeys }, strictyaml.Boolean{}).
		OrElse(false, "whoever finds the access key of somebody without MFA would enrol a device of his own").
		Doc("Lets long-term access keys enrol an MFA device. Switched off, only a console session can.").
		Example(false),
	strictyaml.Key("selfService", func(a *group.Args) *group.SelfService { return &a.SelfService }, selfServiceKeys).
		AsSection().
		Doc("What members may do for themselves once they have signed in with MFA.").
		Example(map[string]any{"accessKeys": true}),
	strictyaml.Key("roleAccounts", func(a *group.Args) *[]string { return &a.RoleAccounts },
		strictyaml.Words(strictyaml.Text(policy.ValidateAccountID).Pattern(accountIDPattern))).
		OrNothing("members assume roles of their own account only", "access to other accounts is a decision of its own").
		Doc("Other accounts whose roles under role/guardrails/ members may assume. This opens the way out of this "+
			"account; the trust policies there choose "+
			"the people.").
		Example([]string{"444455556666"}),
)

var selfServiceKeys = strictyaml.Keys(
	"what members do for themselves, always with MFA",
	strictyaml.Key("accessKeys", func(s *group.SelfService) *bool { return &s.AccessKeys }, strictyaml.Boolean{}).
		OrElse(true, "the command line needs keys, and keys that people make themselves pass through nobody else's hands").
		Doc("Lets members make, list, switch off and delete their own access keys.").
		Example(true),
	strictyaml.Key(
		"contactTags",
		func(s *group.SelfService) *[]string { return &s.ContactTags },
		strictyaml.Words(strictyaml.Text(policy.ValidateTagKey).Pattern(tagKeyPattern)),
	).
		OrElse([]string{"Email", "DisplayName"}, "these two say who somebody is and decide nothing").
		Doc("The tag keys that members may write on their own user. Tags that decide access are refused here.").
		Example([]string{"Email", "DisplayName"}),
	strictyaml.Key("awsLogin", func(s *group.SelfService) *bool { return &s.AWSLogin }, strictyaml.Boolean{}).
		OrElse(false, "only people whose second factor shows no code need it on the command line").
		Doc("Lets members sign command line tools in through the browser (aws login), which passkeys and security "+
			"keys need.").
		Example(false),
)

// DefaultMFA is the section "mfa" of a file that writes nothing in it.
func DefaultMFA() group.Args { return strictyaml.Defaults(mfaKeys) }
