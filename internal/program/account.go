package program

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/config"
)

// verifyAccount asks AWS whose credentials these are, before anything is registered that AWS would have to make. The providers themselves refuse
// every other account too, so that not even a change of credentials on the way gets past.
func verifyAccount(ctx *pulumi.Context, stack *config.Stack, home *aws.Provider) error {
	caller, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Provider(home))
	if err != nil {
		return fmt.Errorf("ask AWS which account the credentials belong to (wanted: %s, from guardrails:account.id): %w", stack.Account.ID, err)
	}
	if caller.AccountId == stack.Account.ID {
		return nil
	}
	path := config.Path("guardrails:account.id")
	return config.Problems{{
		Position: stack.Position(path), Path: path, Kind: config.Refused, Value: fmt.Sprintf("%q", stack.Account.ID),
		Why: fmt.Sprintf("is not the account of the credentials: they belong to %s (%s)", caller.AccountId, caller.Arn),
		Fix: "sign in to the account of the stack, for example with aws:profile or aws:assumeRole; nothing was deployed",
	}}
}
