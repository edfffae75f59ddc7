package components

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access"
)

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

const defaultPasswordLength = 14

// Validate reports every problem, in the order of the fields, as Problems relative to the section "passwordPolicy".
// Source of the bounds: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html.
func (a *PasswordPolicyArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	if n := cmp.Or(a.MinimumLength, defaultPasswordLength); n < 6 || n > 128 {
		p.add("minimumLength", n, "is outside of what IAM takes", "use 6 to 128 characters")
	}
	if a.MaxAge < 0 || a.MaxAge > 1095 {
		p.add("maxAge", a.MaxAge, "is outside of what IAM takes", "use 1 to 1095 days, or leave it out for passwords that never expire")
	}
	if a.ReusePrevention < 0 || a.ReusePrevention > 24 {
		p.add("reusePrevention", a.ReusePrevention, "is outside of what IAM takes", "use 1 to 24 passwords, or leave it out")
	}
	if a.HardExpiry && a.MaxAge == 0 {
		p.add("hardExpiry", a.HardExpiry, "has no effect, because no password expires", "set maxAge, or leave it out")
	}
	return p.Err()
}

// AddTo says in a world that the account has a password policy.
func (a *PasswordPolicyArgs) AddTo(w *access.Account) { w.PasswordPolicy = true }

// PasswordPolicy is the password policy of the account.
type PasswordPolicy struct {
	pulumi.ResourceState
	customResources
}

// NewPasswordPolicy sets the password policy of the account. It stays when the stack or the section goes, because without it every user of the
// account, managed here or not, falls back to AWS's weaker default. It registers nothing when Validate has a problem.
func NewPasswordPolicy(ctx *pulumi.Context, name string, args *PasswordPolicyArgs, opts ...pulumi.ResourceOption) (*PasswordPolicy, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	set := &PasswordPolicy{}
	children, err := register(ctx, PasswordPolicyToken, name, set, opts)
	if err != nil {
		return nil, err
	}
	// Every value is written, zeros too: the provider keeps an old value where it is given none.
	wanted := &iam.AccountPasswordPolicyArgs{
		MinimumPasswordLength:      pulumi.Int(cmp.Or(args.MinimumLength, defaultPasswordLength)),
		RequireSymbols:             pulumi.Bool(args.Require.Symbols),
		RequireNumbers:             pulumi.Bool(args.Require.Numbers),
		RequireUppercaseCharacters: pulumi.Bool(args.Require.Uppercase),
		RequireLowercaseCharacters: pulumi.Bool(args.Require.Lowercase),
		HardExpiry:                 pulumi.Bool(args.HardExpiry),
		AllowUsersToChangePassword: pulumi.Bool(args.AllowUsersToChange),
		MaxPasswordAge:             pulumi.Int(args.MaxAge),
		PasswordReusePrevention:    pulumi.Int(args.ReusePrevention),
	}
	made, err := iam.NewAccountPasswordPolicy(ctx, childName(name, childPasswordPolicy), wanted,
		children.with(pulumi.RetainOnDelete(true))...)
	if err != nil {
		return nil, err
	}
	set.add(made)
	return set, ctx.RegisterResourceOutputs(set, pulumi.Map{})
}
