package workspace

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// parts are what a workspace runs. There is one set, shipped; this package's own tests put small ones in its place.
type parts struct {
	// check reads a stack file and gives the account's id, or the problems that refuse it.
	check func(file string) (account string, err error)
	// run is the Pulumi program.
	run pulumi.RunFunc
	// refused tells a refusal of the program's from a failure on the way.
	refused func(error) bool
	// provide starts the sandbox's AWS as one account sees it: what it holds at first from the file world (may be empty), what it has become in
	// the file state.
	provide func(ctx context.Context, account, world, state string) (provider, error)
}

// provider is an AWS that the engine attaches to.
type provider interface {
	// DebugProviders is the value of PULUMI_DEBUG_PROVIDERS.
	DebugProviders() string
	Close() error
}
