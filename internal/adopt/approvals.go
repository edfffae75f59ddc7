package adopt

import (
	"slices"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
)

// approvalsOf are the approval documents of just-in-time access that a stack makes.
func approvalsOf(s *stack.Stack) []Approval {
	args := s.JustInTimeAccess()
	if args == nil {
		return nil
	}
	var all []Approval
	for _, d := range args.Documents() {
		for _, region := range d.Regions {
			arn := s.Account.Partition.DocumentARN(region, s.Account.ID, d.Name)
			all = append(all, Approval{Region: region, Name: d.Name, ARN: arn, Kind: d.Kind, Content: d.Content})
		}
	}
	return all
}

// approvals takes approval documents over: they are changed in place, as a new version of each.
func (p *planner) approvals() {
	for _, wanted := range approvalsOf(p.stack) {
		index := slices.IndexFunc(p.existing.Approvals, func(is Approval) bool {
			return is.Region == wanted.Region && is.Name == wanted.Name
		})
		if index < 0 || p.managed(wanted.ARN) {
			continue
		}
		is, what := p.existing.Approvals[index], "approval document "+wanted.Name+" of "+wanted.Region
		if is.Kind != wanted.Kind {
			p.refuse(
				what,
				"it is of the type %s, and documents do not change their type; delete it, or give the stack's another name",
				is.Kind,
			)
			continue
		}
		thing := Adopted{What: what}
		if !sameJSON(is.Content, wanted.Content) {
			thing.Changes = append(thing.Changes, "its content becomes this stack's")
		}
		entry := wanted.Region + "/" + wanted.Name
		p.adopt(
			thing,
			slices.Contains(p.stack.Adopt.Approvals, entry),
			edit.Addition{Keys: []any{"adopt", "approvals", edit.Element}, Value: entry},
		)
	}
}
