package components

// PasswordPolicyArgs configures the password policy of the account's users: the section "passwordPolicy" of the stack file.
type PasswordPolicyArgs struct {
	Account Account
	// MinimumLength of a password, 6 to 128. Zero means 14.
	MinimumLength int
	Require       PasswordCharacters
	// MaxAge is the number of days after which a password expires, 1 to 1095. Zero means never.
	MaxAge int
	// ReusePrevention is the number of previous passwords that cannot be used again, 1 to 24. Zero means that all can.
	ReusePrevention int
	// HardExpiry locks out whose password has expired until an administrator sets a new one. It needs MaxAge.
	HardExpiry bool
	// AllowUsersToChange lets every user of the account change the own password, members of no group included. Members of the MFA group do
	// not need it.
	AllowUsersToChange bool
}

// PasswordCharacters are the kinds of characters that a password must have at least one of.
type PasswordCharacters struct{ Symbols, Numbers, Uppercase, Lowercase bool }
