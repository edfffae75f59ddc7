package stack

import "aws-access-guardrails/guardrail/scp"

// Governs are the ids of the accounts of the organization whose service control policies this stack has, in the order
// of the tree; none where it has no section "organization".
func (s *Stack) Governs() []string {
	if s.Organization == nil {
		return nil
	}
	return accountsUnder(&s.Organization.Tree, "", true)
}

// accountsUnder are the accounts of a tree that are the target or stand below it. within says that the target stands
// above the unit.
func accountsUnder(unit *scp.Unit, target string, within bool) []string {
	within = within || unit.ID == target
	var ids []string
	for i := range unit.Units {
		ids = append(ids, accountsUnder(&unit.Units[i], target, within)...)
	}
	for _, id := range unit.Accounts {
		if within || id == target {
			ids = append(ids, id)
		}
	}
	return ids
}
