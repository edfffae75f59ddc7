package passwordpolicy

import (
	"cmp"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/problem"
)

// Args configures the password policy of the account's users: the section "passwordPolicy" of the stack file.
type Args struct {
	Account guardrail.Account
	// MinimumLength of a password, 6 to 128. Zero means 14.
	MinimumLength int
	Require       Characters
	// MaxAge is the number of days after which a password expires, 1 to 1095. Zero means never.
	MaxAge int
	// ReusePrevention is the number of previous passwords that cannot be used again, 1 to 24. Zero means that all can.
	ReusePrevention int
	// HardExpiry locks out whose password has expired until an administrator sets a new one. It needs MaxAge.
	HardExpiry bool
	// AllowUsersToChange lets every user of the account change their own password, members of no group included.
	// Members of the MFA group do not need it.
	AllowUsersToChange bool
}

// Characters are the kinds of characters that a password must have at least one of.
type Characters struct{ Symbols, Numbers, Uppercase, Lowercase bool }

const DefaultPasswordLength = 14

// Validate reports every problem, in the order of the fields, as Problems relative to the section "passwordPolicy".
// Source of the bounds: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html.
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	if n := cmp.Or(a.MinimumLength, DefaultPasswordLength); n < 6 || n > 128 {
		p.Add("minimumLength", n, "is outside of what IAM takes", "use 6 to 128 characters")
	}
	if a.MaxAge < 0 || a.MaxAge > 1095 {
		p.Add(
			"maxAge",
			a.MaxAge,
			"is outside of what IAM takes",
			"use 1 to 1095 days, or leave it out for passwords that never expire",
		)
	}
	if a.ReusePrevention < 0 || a.ReusePrevention > 24 {
		p.Add(
			"reusePrevention",
			a.ReusePrevention,
			"is outside of what IAM takes",
			"use 1 to 24 passwords, or leave it out",
		)
	}
	if a.HardExpiry && a.MaxAge == 0 {
		p.Add("hardExpiry", a.HardExpiry, "has no effect, because no password expires", "set maxAge, or leave it out")
	}
	return p.Err()
}

// AddTo says in a world that the account has a password policy.
func (a *Args) AddTo(w *world.Account) { w.PasswordPolicy = true }
