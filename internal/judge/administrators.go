package judge

import (
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/internal/stack"
)

// Administrators are the ARNs of those who administer the accounts of the stacks, as Stacks lists them in its proofs,
// in the order of the stacks. It makes no proof. Stacks whose documents cannot be compiled have none.
func Administrators(stacks ...*stack.Stack) []string {
	byStack := map[*stack.Stack][]string{}
	for _, g := range groupsOf(stacks) {
		engine, err := access.Compile(World(g.beside...))
		if err != nil {
			continue
		}
		engine = engine.From(time.Time{})
		var intents []intent.Account
		for _, s := range g.stacks {
			intents = append(intents, s.Intent())
		}
		found, err := claims.Administrators(engine, intents...)
		if err != nil {
			continue
		}
		for _, s := range g.stacks {
			j := &Judgement{Stack: s, beside: g.beside}
			j.keep(found)
			if in := j.identityCenterIntent(); in != nil {
				sets, _ := claims.IdentityCenterAdministrators(engine, *in)
				j.Proofs.Administrators = append(j.Proofs.Administrators, sets...)
			}
			for _, a := range j.Proofs.Administrators {
				byStack[s] = append(byStack[s], a.ARN)
			}
		}
	}
	var all []string
	for _, s := range stacks {
		all = slices.Concat(all, byStack[s])
	}
	return all
}
