package sections

import (
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/internal/strictyaml"
)

var passwordPolicyKeys = strictyaml.Keys(
	"the password policy of the account",
	strictyaml.Key("minimumLength", func(a *passwordpolicy.Args) *int { return &a.MinimumLength }, strictyaml.WholeNumber{Least: 6, Most: 128}).
		OrElse(14, "it is what the CIS AWS Foundations Benchmark asks for").
		Doc("The least number of characters of a password.").
		Example(14),
	strictyaml.Key(
		"require",
		func(a *passwordpolicy.Args) *passwordpolicy.Characters { return &a.Require },
		passwordCharacterKeys,
	).
		AsSection().
		Doc("The kinds of characters that a password must have.").
		Example(map[string]any{"symbols": true, "numbers": true}),
	strictyaml.Key("maxAge", func(a *passwordpolicy.Args) *int { return &a.MaxAge }, strictyaml.WholeNumber{Least: 0, Most: 1095}).
		OrElse(0, "passwords that must be changed often become guessable; MFA guards them").
		Doc("The number of days after which a password expires; 0 means never.").
		Example(90),
	strictyaml.Key("reusePrevention", func(a *passwordpolicy.Args) *int { return &a.ReusePrevention }, strictyaml.WholeNumber{Least: 0, Most: 24}).
		OrElse(24, "it is the most that IAM remembers").
		Doc("The number of earlier passwords that cannot be used again; 0 means that all can.").
		Example(24),
	strictyaml.Key("hardExpiry", func(a *passwordpolicy.Args) *bool { return &a.HardExpiry }, strictyaml.Boolean{}).
		OrElse(false, "it locks people out who were away").
		Doc("Locks out whose password has expired until an administrator sets a new one. It needs maxAge.").
		Example(false),
	strictyaml.Key("allowUsersToChange", func(a *passwordpolicy.Args) *bool { return &a.AllowUsersToChange }, strictyaml.Boolean{}).
		OrElse(false, "members of the MFA group may change theirs anyway").
		Doc("Lets every user of the account change their own password, users outside the MFA group included.").
		Example(false),
)

var passwordCharacterKeys = strictyaml.Keys("kinds of characters",
	character("symbols", func(c *passwordpolicy.Characters) *bool { return &c.Symbols }),
	character("numbers", func(c *passwordpolicy.Characters) *bool { return &c.Numbers }),
	character("uppercase", func(c *passwordpolicy.Characters) *bool { return &c.Uppercase }),
	character("lowercase", func(c *passwordpolicy.Characters) *bool { return &c.Lowercase }),
)

func character(
	name string,
	place func(*passwordpolicy.Characters) *bool,
) *strictyaml.FieldOf[passwordpolicy.Characters, bool] {
	return strictyaml.Key(name, place, strictyaml.Boolean{}).
		OrElse(true, "the stricter policy is the safe side").
		Doc("Whether a password must have " + map[string]string{
			"symbols": "a symbol", "numbers": "a digit", "uppercase": "an upper-case letter", "lowercase": "a lower-case letter",
		}[name] + ".").
		Example(true)
}
