package stack

import (
	"slices"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// checkTagsOfOthers holds the tags that decide against those of the other stacks of the folder. The stack with the
// service control policies guards the tags of every account below it, and that of IAM Identity Center reads those of the
// nodes in the accounts of its permission sets: where they are called otherwise, the tag of an account is nobody's, or a
// permission set compares a tag that no node has.
func (s *Stack) checkTagsOfOthers(d *strictyaml.Decoder) {
	for _, other := range s.Siblings {
		switch {
		case s.Tags.Environment == "" || other.Tags.Environment == s.Tags.Environment:
		case slices.Contains(other.Governs, s.Account.ID):
			s.disagree(d, "environment", s.Tags.Environment, other, other.Tags.Environment,
				"which guards the tags of this account")
		case s.governs(other.AccountID) && other.Tags.Environment != "":
			s.disagree(d, "environment", s.Tags.Environment, other, other.Tags.Environment,
				"whose tags this stack guards")
		}
	}
	s.checkTagsOfNodes(d)
	s.checkTagsOfApprovals(d)
}

func (s *Stack) governs(account string) bool { return slices.Contains(s.Governs(), account) }

// checkTagsOfNodes holds the tag and the separator of permission sets that open sessions against those of the accounts
// in which they are assigned.
func (s *Stack) checkTagsOfNodes(d *strictyaml.Decoder) {
	var seen []string
	for _, set := range s.PermissionSets() {
		if !set.Template.OpensSessions() {
			continue
		}
		for _, id := range set.Accounts() {
			index := slices.IndexFunc(s.Siblings, func(o stackfile.Sibling) bool { return o.AccountID == id })
			if index < 0 || id == s.Account.ID || slices.Contains(seen, id) {
				continue
			}
			seen = append(seen, id)
			s.compareTagsOfNodes(d, s.Siblings[index], "in whose account permission sets of this stack open sessions")
		}
	}
}

// checkTagsOfApprovals holds the tag and the separator of what is never approved automatically, which is for the whole
// organization, against those of the accounts with just-in-time node access.
func (s *Stack) checkTagsOfApprovals(d *strictyaml.Decoder) {
	if s.JustInTime == nil || len(s.JustInTime.DenyAccess) == 0 {
		return
	}
	for _, other := range s.Siblings {
		if other.JustInTime {
			s.compareTagsOfNodes(d, other, "for whose nodes too justInTime.denyAccess of this stack is written")
		}
	}
}

// compareTagsOfNodes holds the tag of nodes and its separator against those of another stack.
func (s *Stack) compareTagsOfNodes(d *strictyaml.Decoder, other stackfile.Sibling, why string) {
	if mine, its := guardrail.ProjectTag(s.Tags.Project), guardrail.ProjectTag(other.Tags.Project); mine != its {
		s.disagree(d, "project", mine, other, its, why)
	}
	if s.Tags.ProjectSeparator != other.Tags.ProjectSeparator {
		s.disagree(d, "projectSeparator", s.Tags.ProjectSeparator, other, other.Tags.ProjectSeparator, why)
	}
}

// disagree reports that a key of the section tags says something else in another stack.
func (s *Stack) disagree(d *strictyaml.Decoder, key, mine string, other stackfile.Sibling, its, which string) {
	path := stackPath("tags").Child(key)
	if d.Refused(path) {
		return
	}
	why, fix := "is not tags."+key+" of "+stackFile(other.Stack)+", "+which, "write the same key in both"
	if its == "" {
		fix = "write " + problem.Quoted(mine) + " there too"
	} else {
		why += ": there it is " + problem.Quoted(its)
	}
	d.Report(problem.Problem{
		Path: path, Kind: problem.Invalid, Value: mine, Why: why, Fix: fix, OtherStack: other.Stack,
	})
}
