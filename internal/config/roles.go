package config

import (
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/policy"
)

// These keys are the same in every role.
const (
	usersDoc      = "People who may assume the role: names of users of this stack, or alias/name for users of another stack of the folder." + teamDoc
	principalsDoc = "ARNs of IAM users of other accounts, or of users of this account that the stack does not make, who may assume the role. Roles are " +
		"refused: a role session carries no MFA and could never pass. Roots and wildcards are refused: they name everybody."
	noUsersReason = "people may all come from elsewhere; a role that nobody may assume is refused"
)

var sessionNames = wordsOf(guardrail.SessionNameUser, guardrail.SessionNameAny)

var operationRoleKeys = keys(
	"a role that reaches the nodes of one project as one OS user",
	key("name", func(r *operation.Role) *string { return &r.Name }, text(policy.ValidateRoleName).pattern(namePattern)).
		orNothing("the name is made of project and runAs, such as TestProject1-os-user1", "the two say what the role is for, and give the same name at every run").
		doc("The name of the role. With its path /guardrails/operation/ it has at most 64 characters, or the console cannot switch to it.").
		example("non-97-project-ope-role"),
	key(
		"users",
		func(r *operation.Role) *[]string { return &r.Users },
		words(text(person("principalArns")).pattern(personPattern)),
	).
		orNothing("nobody of this stack may assume the role", noUsersReason).
		doc(usersDoc).
		example([]string{"non-97-test-user1"}),
	key(
		"principalArns",
		func(r *operation.Role) *[]string { return &r.PrincipalARNs },
		words(text(nil).pattern(userARNPattern)),
	).
		orNothing("nobody else may assume the role", noUsersReason).
		doc(principalsDoc).
		example([]string{"arn:aws:iam::444455556666:user/non-97-test-user3"}),
	key(
		"project",
		func(r *operation.Role) *string { return &r.Project },
		text(policy.ValidateProject).pattern(projectPattern),
	).
		required("write the value of the project tag of the nodes that the role reaches").
		doc("The value of the project tag, on the role and on the nodes that it reaches.").
		example("Test Project 1"),
	key(
		"runAs",
		func(r *operation.Role) *string { return &r.RunAs },
		text(validateRoleRunAs).pattern(roleRunAsPattern),
	).
		orNothing("shells start as sessions.runAs.defaultUser, and a role is refused when there is none", "a shared default may be what is wanted").
		doc("The OS user of the role's shells on Linux and macOS. It must exist on the nodes. Windows nodes ignore it. With fromUser everybody's shells start as "+
			"users[].runAs of the person, so that several people share one role: it comes as a session tag, which neither Switch Role nor a profile of the AWS CLI sends; "+
			"guardrails handover prints what does.").
		example("os-user1"),
	key(
		"documents",
		func(r *operation.Role) *[]string { return &r.Documents },
		words(text(policy.ValidateSessionDocumentName).pattern(documentPattern)),
	).
		orNothing("shells only", "every document is a way in of its own: port forwarding is neither logged nor run as the OS user").
		doc("Session documents that the role may use besides the shell, by name. Names that begin with AWS- are AWS's.").
		example([]string{"AWS-StartPortForwardingSession"}),
	key("volumeKeyArns", func(r *operation.Role) *[]string { return &r.VolumeKeyARNs }, words(text(nil))).
		orNothing("instances with volumes under customer managed KMS keys fall back to stopped when the role starts them", "most volumes have AWS's own key, which needs nothing").
		doc("ARNs of the customer managed KMS keys that encrypt volumes of the project's instances. The role may have EC2 make grants on them (kms:CreateGrant, for AWS resources and through EC2 alone).").
		example([]string{"arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	key("allowUnlogged", func(r *operation.Role) *bool { return &r.AllowUnlogged }, boolean{}).
		orElse(false, "such sessions leave the tag boundary or the OS user").
		doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		example(false),
	key("mfaMaxAge", func(r *operation.Role) *time.Duration { return &r.MFAMaxAge }, mfaAges).
		orElse(12*time.Hour, "the console authorizes every switch with the sign-in of the morning").
		doc("How long ago the sign-in with MFA may be when the role is assumed.").
		example("12h"),
	key("sessionName", func(r *operation.Role) *guardrail.SessionName { return &r.SessionName }, sessionNames).
		orElse(guardrail.SessionNameUser, "a session that can be named after somebody else is worth nothing in a log").
		doc("How sessions of the role must be named: userName wants the name of the user who assumes it, as the console gives it; any takes every name.").
		example("userName"),
	key("maxSessionDuration", func(r *operation.Role) *time.Duration { return &r.MaxSessionDuration }, roleSessions).
		orElse(time.Hour, "it is IAM's own default and the shortest that it takes").
		doc("The longest session of the role.").
		example("1h"),
)

var delegatedRoleKeys = keys(
	"a role with managed policies, for named people with fresh MFA",
	key("name", func(r *delegated.Args) *string { return &r.Name }, text(policy.ValidateRoleName).pattern(namePattern)).
		required("write the name of the role").
		doc("The name of the role. With its path /guardrails/delegated/ it has at most 64 characters, or the console cannot switch to it.").
		example("AdminRole"),
	key(
		"users",
		func(r *delegated.Args) *[]string { return &r.Users },
		words(text(person("principalArns")).pattern(personPattern)),
	).
		orNothing("nobody of this stack may assume the role", noUsersReason).
		doc(usersDoc).
		example([]string{"machamp"}),
	key(
		"principalArns",
		func(r *delegated.Args) *[]string { return &r.PrincipalARNs },
		words(text(nil).pattern(userARNPattern)),
	).
		orNothing("nobody else may assume the role", noUsersReason).
		doc(principalsDoc).
		example([]string{"arn:aws:iam::444455556666:user/machamp"}),
	key("managedPolicies", func(r *delegated.Args) *[]string { return &r.ManagedPolicies },
		words(text(nil)).notEmpty("leaves the role without permissions", "name a policy, or remove the role")).
		required("name the policies that the role carries").
		doc("What the role may do: names of AWS managed policies, with their path where they have one, or ARNs of policies of AWS or of this account.").
		example([]string{"AdministratorAccess"}),
	key("mfaMaxAge", func(r *delegated.Args) *time.Duration { return &r.MFAMaxAge }, mfaAges).
		orElse(time.Hour, "the more a role may do, the fresher the proof of who asks").
		doc("How long ago the sign-in with MFA may be when the role is assumed.").
		example("1h"),
	key("sessionName", func(r *delegated.Args) *guardrail.SessionName { return &r.SessionName }, sessionNames).
		orElse(guardrail.SessionNameUser, "a session that can be named after somebody else is worth nothing in a log").
		doc("How sessions of the role must be named, as in operationRoles.").
		example("userName"),
	key("maxSessionDuration", func(r *delegated.Args) *time.Duration { return &r.MaxSessionDuration }, roleSessions).
		orElse(time.Hour, "it is IAM's own default and the shortest that it takes").
		doc("The longest session of the role.").
		example("1h"),
)

// validateRoleRunAs takes a login, and fromUser.
func validateRoleRunAs(s string) error {
	switch {
	case s == operation.RunAsFromUser:
		return nil
	case strings.EqualFold(s, operation.RunAsFromUser):
		return says("differs from "+operation.RunAsFromUser+" by case only",
			"write "+operation.RunAsFromUser+" for the OS user of each person, or another login name")
	}
	return policy.ValidateOSUser(s)
}

var (
	mfaAges      = durationKind{least: time.Minute, most: 36 * time.Hour, step: time.Second}
	roleSessions = durationKind{least: time.Hour, most: 12 * time.Hour, step: time.Second}
)
