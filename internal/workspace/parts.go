package workspace

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// parts are what a workspace runs. There is one set, shipped; this package's own tests put small ones in its place.
type parts struct {
	// check reads a stack file and says where it deploys to, or gives the problems that refuse it.
	check func(file string) (target, error)
	// run is the Pulumi program, for the stack files of a folder.
	run func(folder string) pulumi.RunFunc
	// account is the program that asks for the account of the credentials and does nothing else, and accountHolds
	// tells its good end. Nil asks nobody.
	account      func(folder string) pulumi.RunFunc
	accountHolds func(error) bool
	// refused tells a refusal of the program's from a failure on the way.
	refused func(error) bool
	// provide starts the sandbox's AWS.
	provide func(context.Context, sandbox.Options) (provider, error)
}

// target is the account that a stack deploys to.
type target struct {
	account   string
	alias     string
	partition policy.Partition
	// environments are those that the stack file imports. Their values are out of a sandbox's reach.
	environments []string
	// peopleFrom are the stacks of the folder whose people the stack names.
	peopleFrom []string
	// preparedBy are the stacks of the folder on whose session preferences and customer managed policies permission
	// sets of the stack rely.
	preparedBy []string
	// governs are the accounts of the organization whose service control policies the stack has; shuts are those of
	// its attachments that shut shells.
	governs []string
	shuts   []stack.ShutShells
	// adopts says that the stack takes over what exists. What does not exist is found out when that is planned.
	adopts bool
	// protect says that nothing of the stack may be deleted.
	protect bool
	// positionOf is where the stack file says something; nil where nobody knows.
	positionOf func(problem.Path) problem.Position
	// advice is what to do about an error of AWS, in the setting of the run; nil where nobody knows.
	advice func(string, commandline.Setting) string
}

// provider is an AWS that the engine attaches to.
type provider interface {
	// DebugProviders is the value of PULUMI_DEBUG_PROVIDERS.
	DebugProviders() string
	// Endpoint is where it answers what no provider asks.
	Endpoint() string
	Close() error
}
