package program

import (
	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/config"
)

// Check holds the stack against everything that can be known before anything is deployed. It asks nobody: no network, no engine. The error is
// config.Problems, all of them; a stack that was read has passed the checks of its sections already.
func Check(stack *config.Stack) error {
	engine, problems := compile(stack)
	if len(problems) > 0 {
		return problems.Err()
	}
	for _, check := range checks {
		problems = append(problems, check(stack, engine)...)
	}
	return problems.Err()
}

// checks are what must hold of a stack, in this order, besides what its sections say. This is the only place where a deployment can be refused
// after the file was understood: proofs and expectations join here.
var checks []func(*config.Stack, *access.Engine) config.Problems

// compile reads the documents that are about to be deployed as strictly as the proofs do.
func compile(stack *config.Stack) (*access.Engine, config.Problems) {
	engine, err := access.Compile(access.World{Accounts: []access.Account{stack.World()}})
	if err != nil {
		return nil, config.Problems{{Position: config.Position{File: stack.File}, Kind: config.Invalid,
			Why: "the documents cannot be proven: " + err.Error(), Fix: "this is a mistake of the program, not of the file"}}
	}
	return engine, nil
}
