package components

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/passwordpolicy"
)

// PasswordPolicy is the password policy of the account.
type PasswordPolicy struct {
	pulumi.ResourceState
	customResources
}

// NewPasswordPolicy sets the password policy of the account. It stays when the stack or the section goes, because
// without it every user of the account, managed here or not, falls back to AWS's weaker default. It registers nothing
// when Validate has a problem.
func NewPasswordPolicy(
	ctx *pulumi.Context,
	name string,
	args *passwordpolicy.Args,
	opts ...pulumi.ResourceOption,
) (*PasswordPolicy, error) {
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
		MinimumPasswordLength:      pulumi.Int(cmp.Or(args.MinimumLength, passwordpolicy.DefaultPasswordLength)),
		RequireSymbols:             pulumi.Bool(args.Require.Symbols),
		RequireNumbers:             pulumi.Bool(args.Require.Numbers),
		RequireUppercaseCharacters: pulumi.Bool(args.Require.Uppercase),
		RequireLowercaseCharacters: pulumi.Bool(args.Require.Lowercase),
		HardExpiry:                 pulumi.Bool(args.HardExpiry),
		AllowUsersToChangePassword: pulumi.Bool(args.AllowUsersToChange),
		MaxPasswordAge:             pulumi.Int(args.MaxAge),
		PasswordReusePrevention:    pulumi.Int(args.ReusePrevention),
	}
	accountPasswordPolicy, err := iam.NewAccountPasswordPolicy(ctx, childName(name, childPasswordPolicy), wanted,
		children.with(pulumi.RetainOnDelete(true))...)
	if err != nil {
		return nil, err
	}
	set.add(accountPasswordPolicy)
	return set, ctx.RegisterResourceOutputs(set, pulumi.Map{})
}
