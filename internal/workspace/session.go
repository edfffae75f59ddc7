package workspace

import (
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// session is one operation on several stacks.
type session struct {
	*Workspace
	operation result.Operation
	command   *pulumicli.Command
	// home is nil in a real run.
	home    *sandboxhome.Home
	summary *result.Summary
	targets map[string]target
	// known is what the stack files of the folder say about the AWS of the sandbox.
	known sandbox.Known
	runs  map[string]*run
}
