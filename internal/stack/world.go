package stack

import "aws-access-guardrails/access/world"

// World is the account as it will be when the stack is deployed, and nothing that others made in it.
func (s *Stack) World() world.Account {
	account := world.Account{ID: s.Account.ID, Alias: s.Account.Alias, Partition: s.Account.Partition}
	for _, p := range s.parts() {
		p.args.AddTo(&account)
	}
	return account
}
