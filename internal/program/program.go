package program

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// Run deploys the stack of the context, with the stack files of the project's folder beside it.
func Run(ctx *pulumi.Context) error { return run(ctx, "") }

// In is Run for a program inside the Automation API, which is not told where the stack files are.
func In(folder string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return run(ctx, folder) }
}

func run(ctx *pulumi.Context, folder string) error {
	_, err := deploy(ctx, folder)
	return err
}

// deploy is the program. The stack is nil where it could not be read.
func deploy(ctx *pulumi.Context, folder string) (*stack.Stack, error) {
	stack, err := stack.FromContext(ctx, folder)
	if err != nil {
		return nil, err
	}
	return stack, deployStack(ctx, stack)
}

func deployStack(ctx *pulumi.Context, stack *stack.Stack) error {
	if err := Check(stack); err != nil {
		return err
	}
	// Nothing above this line touches the engine.
	providers, err := newProviders(ctx, stack)
	if err != nil {
		return err
	}
	if err := verifyAccount(ctx, stack, providers.home); err != nil {
		return err
	}
	if err := checkAdopted(ctx, stack, providers); err != nil {
		return err
	}
	if err := importAdopted(ctx, stack); err != nil {
		return err
	}
	if err := adviseOnErrors(ctx, stack); err != nil {
		return err
	}
	if err := create(ctx, stack, providers, nil); err != nil {
		return err
	}
	export(ctx, stack)
	return nil
}

// Refused reports whether the error is a refusal: the stack file, a document, a proof or the account does not hold.
// What is no refusal is a failure of the engine or of AWS.
func Refused(err error) bool {
	var problems problem.List
	return errors.As(err, &problems)
}
