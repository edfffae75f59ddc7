package config

import (
	"strings"

	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

var userKeys = keys(
	"a person who signs in to this account",
	key("name", func(u *user.Args) *string { return &u.Name }, text(policy.ValidateUserName).pattern(namePattern)).
		required("write the name of the IAM user").
		doc("The name of the IAM user. Names that differ by case only are the same to IAM.").
		example("non-97-test-user1"),
	key("path", func(u *user.Args) *string { return &u.Path }, text(policy.ValidatePath).pattern(pathPattern)).
		orElse("/", "paths are rarely used for people, and are part of their ARN everywhere").
		doc("The path of the IAM user. It becomes part of the user's ARN, in trust policies of other accounts too.").
		example("/operators/"),
	key("email", func(u *user.Args) *string { return &u.Email }, text(validateEmail).pattern(emailPattern)).
		orNothing("the user carries no tag Email", "a user name may say enough").
		doc("The address of the person. It becomes the tag Email when the user is made; afterwards the tag is the person's own, where "+
			"mfa.selfService.contactTags says so.").
		example("test-user1@non-97.net"),
	key(
		"displayName",
		func(u *user.Args) *string { return &u.DisplayName },
		text(policy.ValidateTagValue).pattern(tagValuePattern),
	).
		orNothing("the user carries no tag DisplayName", "a user name may say enough").
		doc("The name of the person. It becomes the tag DisplayName, as email becomes Email.").
		example("Taro Yamada"),
	key("runAs", func(u *user.Args) *string { return &u.RunAs }, text(policy.ValidateOSUser).pattern(osUserPattern)).
		orNothing("the person has no OS user of their own, and cannot be named in a role with runAs: fromUser", "most roles name the OS user themselves").
		doc("The OS user of the person: as which shells start in roles with runAs: fromUser, of this account and of mfa.roleAccounts. It becomes the tag SSMSessionRunAs, "+
			"which nobody may write, and is nobody else's.").
		example("alice"),
	key(
		"tags",
		func(u *user.Args) *map[string]string { return &u.Tags },
		tableOf(
			text(policy.ValidateTagValue).pattern(tagValuePattern).orEmpty(),
			policy.ValidateTagKey,
		).ignoringCase(),
	).
		orNothing("the user carries no other tags", "most users need none").
		doc("More tags of the user.").
		example(map[string]any{"Team": "operations"}),
)

func validateEmail(s string) error {
	local, domain, found := strings.Cut(s, "@")
	if !found || local == "" || domain == "" || strings.ContainsAny(domain, "@ ") || strings.Contains(local, " ") {
		return says("is not an email address", "write one such as test-user1@non-97.net, or remove the key")
	}
	return policy.ValidateTagValue(s)
}
