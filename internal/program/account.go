package program

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// notAllowed is how the provider refuses the account of the credentials: it knows from allowedAccountIds which one is
// wanted.
var notAllowed = regexp.MustCompile(`(?i)account ID not allowed: ([0-9]{12})`)

// ErrAccountHolds ends the program of Account: it declares nothing, and an engine that took that for the stack would
// plan to delete everything.
var ErrAccountHolds = errors.New("the credentials belong to the account of the stack")

// Account is a program that asks AWS whose credentials the stack has, with its providers, and makes nothing. Run it
// as a preview. It ends with ErrAccountHolds where they belong to the account that the stack file names, with a
// refusal where they belong to another one, and with what the provider says where AWS gives no answer.
func Account(folder string) pulumi.RunFunc {
	return asking(folder, func(*pulumi.Context, *stack.Stack, *providers) error {
		return ErrAccountHolds
	})
}

// asking is a program that asks AWS something with the providers of the stack, in the account of the stack and in no
// other, and makes nothing.
func asking(folder string, ask func(*pulumi.Context, *stack.Stack, *providers) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		stack, err := stack.FromContext(ctx, folder)
		if err != nil {
			return err
		}
		providers, err := newProviders(ctx, stack)
		if err != nil {
			return err
		}
		if err := verifyAccount(ctx, stack, providers.home); err != nil {
			return err
		}
		return ask(ctx, stack, providers)
	}
}

// wrapping is what the engine and the provider write around an error of a function.
var wrapping = regexp.MustCompile(
	`^(?:rpc error: code = \w+ desc = )?(?:invocation of \S+ returned an error: )?(?:1 error occurred:\s*\* )?`,
)

// saidError is an error with its text alone in other words.
type saidError struct {
	text string
	err  error
}

func (e *saidError) Error() string { return e.text }
func (e *saidError) Unwrap() error { return e.err }

// unwrapped is an error of a function without what is written around it.
func unwrapped(err error) error {
	text := err.Error()
	return &saidError{strings.TrimSpace(text[len(wrapping.FindString(text)):]), err}
}

// verifyAccount asks AWS whose credentials these are, before anything is registered that AWS would have to make. The
// providers themselves refuse every other account too, so that not even a change of credentials on the way gets past;
// where one of them speaks first, it is put in our words.
func verifyAccount(ctx *pulumi.Context, stack *stack.Stack, home *aws.Provider) error {
	caller, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Provider(home))
	if err != nil {
		if m := notAllowed.FindStringSubmatch(err.Error()); m != nil {
			return wrongAccount(stack, m[1], "")
		}
		return fmt.Errorf(
			"ask AWS which account the credentials belong to (guardrails:account.id wants %s): %w",
			stack.Account.ID,
			unwrapped(err),
		)
	}
	if caller.AccountId != stack.Account.ID {
		return wrongAccount(stack, caller.AccountId, caller.Arn)
	}
	return nil
}

func wrongAccount(stack *stack.Stack, account, arn string) error {
	path := problem.Path("guardrails:account.id")
	position := stack.Position(path)
	position.File = cmp.Or(position.File, stack.File)
	if arn != "" {
		account += " (" + arn + ")"
	}
	return problem.List{
		{
			Position: position,
			Path:     path,
			Kind:     problem.Refused,
			Value:    stack.Account.ID,
			Why:      "is not the account of the credentials, which belong to " + account,
			Fix:      "nothing was deployed; sign in to the account of the stack, for example with aws:profile or aws:assumeRole",
		},
	}
}
