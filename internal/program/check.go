package program

import (
	"time"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
)

// Check holds the stack against everything that can be known before anything is deployed: its documents, the standing
// proofs, its expectations. It asks nobody: no network, no engine. The error is problem.List, all of them; a stack
// that was read has passed the checks of its sections already. This is the only place where a deployment can be
// refused after the file was understood. What policies allow and deny is looked at from now on: a grant that is over
// opens nothing.
func Check(stack *stack.Stack) error { return judge.StackFrom(time.Now(), stack).Refusals().Err() }
