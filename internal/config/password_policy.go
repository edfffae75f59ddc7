package config

import (
	"aws-access-guardrails/guardrail/passwordpolicy"
)

var passwordPolicyKeys = keys(
	"the password policy of the account",
	key("minimumLength", func(a *passwordpolicy.Args) *int { return &a.MinimumLength }, wholeNumber{6, 128}).
		orElse(14, "it is what the CIS AWS Foundations Benchmark asks for").
		doc("The least number of characters of a password.").
		example(14),
	key(
		"require",
		func(a *passwordpolicy.Args) *passwordpolicy.Characters { return &a.Require },
		passwordCharacterKeys,
	).
		asSection().
		doc("The kinds of characters that a password must have.").
		example(map[string]any{"symbols": true, "numbers": true}),
	key("maxAge", func(a *passwordpolicy.Args) *int { return &a.MaxAge }, wholeNumber{0, 1095}).
		orElse(0, "passwords that must be changed often become guessable; MFA guards them").
		doc("The number of days after which a password expires; 0 means never.").
		example(90),
	key("reusePrevention", func(a *passwordpolicy.Args) *int { return &a.ReusePrevention }, wholeNumber{0, 24}).
		orElse(24, "it is the most that IAM remembers").
		doc("The number of earlier passwords that cannot be used again; 0 means that all can.").
		example(24),
	key("hardExpiry", func(a *passwordpolicy.Args) *bool { return &a.HardExpiry }, boolean{}).
		orElse(false, "it locks people out who were away").
		doc("Locks out whose password has expired until an administrator sets a new one. It needs maxAge.").
		example(false),
	key("allowUsersToChange", func(a *passwordpolicy.Args) *bool { return &a.AllowUsersToChange }, boolean{}).
		orElse(false, "members of the MFA group may change theirs anyway").
		doc("Lets every user of the account change the own password, users outside the MFA group included.").
		example(false),
)

var passwordCharacterKeys = keys("kinds of characters",
	character("symbols", func(c *passwordpolicy.Characters) *bool { return &c.Symbols }),
	character("numbers", func(c *passwordpolicy.Characters) *bool { return &c.Numbers }),
	character("uppercase", func(c *passwordpolicy.Characters) *bool { return &c.Uppercase }),
	character("lowercase", func(c *passwordpolicy.Characters) *bool { return &c.Lowercase }),
)

func character(name string, place func(*passwordpolicy.Characters) *bool) *fieldOf[passwordpolicy.Characters, bool] {
	return key(name, place, boolean{}).
		orElse(true, "the stricter policy is the safe side").
		doc("Whether a password must have " + map[string]string{
			"symbols": "a symbol", "numbers": "a digit", "uppercase": "an upper-case letter", "lowercase": "a lower-case letter",
		}[name] + ".").
		example(true)
}
