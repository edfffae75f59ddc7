package sections

import (
	"strings"

	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var userKeys = strictyaml.Keys(
	"a person who signs in to this account",
	strictyaml.Key("name", func(u *user.Args) *string { return &u.Name }, strictyaml.Text(policy.ValidateUserName).Pattern(namePattern)).
		Required("write the name of the IAM user").
		Doc("The name of the IAM user. Names that differ by case only are the same to IAM.").
		Example("non-97-test-user1"),
	strictyaml.Key("path", func(u *user.Args) *string { return &u.Path }, strictyaml.Text(policy.ValidatePath).Pattern(pathPattern)).
		OrElse("/", "paths are rarely used for people, and are part of their ARN everywhere").
		Doc("The path of the IAM user. It becomes part of the user's ARN, in trust policies of other accounts too.").
		Example("/operators/"),
	strictyaml.Key("email", func(u *user.Args) *string { return &u.Email }, strictyaml.Text(validateEmail).Pattern(emailPattern)).
		OrNothing("the user carries no tag Email", "a user name may say enough").
		Doc("The address of the person. It becomes the tag Email when the user is made; afterwards the tag is the "+
			"person's own, where "+
			"mfa.selfService.contactTags says so.").
		Example("test-user1@non-97.net"),
	strictyaml.Key(
		"displayName",
		func(u *user.Args) *string { return &u.DisplayName },
		strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern),
	).
		OrNothing("the user carries no tag DisplayName", "a user name may say enough").
		Doc("The name of the person. It becomes the tag DisplayName, as email becomes Email.").
		Example("Taro Yamada"),
	strictyaml.Key("runAs", func(u *user.Args) *string { return &u.RunAs }, strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern)).
		OrNothing("the person has no OS user of their own, and cannot be named in a role with runAs: fromUser", "most roles name the OS user themselves").
		Doc("The OS user of the person: as which shells start in roles with runAs: fromUser, of this account and "+
			"of mfa.roleAccounts. It becomes the tag SSMSessionRunAs, "+
			"which nobody may write, and is nobody else's.").
		Example("alice"),
	strictyaml.Key(
		"tags",
		func(u *user.Args) *map[string]string { return &u.Tags },
		strictyaml.TableOf(
			strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern).OrEmpty(),
			policy.ValidateTagKey,
		).IgnoringCase(),
	).
		OrNothing("the user carries no other tags", "most users need none").
		Doc("More tags of the user.").
		Example(map[string]any{"Team": "operations"}),
	strictyaml.Key("permissionsBoundary", func(u *user.Args) *string { return &u.PermissionsBoundary }, strictyaml.Text(nil)).
		OrNothing("the groups of the user say what the person may do", "people do nothing here but sign in, and assume roles").
		Doc("The permissions boundary: a managed policy beyond which nothing allows the user anything, enrolling "+
			"MFA and assuming roles included. The name of one of managedPolicies or of AWS, or an ARN of one of "+
			"this account.").
		Example("OnlyTokyo"),
)

func validateEmail(s string) error {
	local, domain, found := strings.Cut(s, "@")
	if !found || local == "" || domain == "" || strings.ContainsAny(domain, "@ ") || strings.Contains(local, " ") {
		return strictyaml.Says("is not an email address", "write one such as test-user1@non-97.net, or remove the key")
	}
	return policy.ValidateTagValue(s)
}
