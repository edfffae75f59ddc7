package stack

import (
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/problem"
)

// Notice is something that an admin should know about a stack that may be deployed: it stops nothing and changes
// nothing that is deployed.
type Notice struct {
	// Path is the value that it speaks of. Line and Column count from one; zero where no file was read.
	Path   problem.Path `json:"path"`
	Line   int          `json:"line,omitempty"`
	Column int          `json:"column,omitempty"`
	Text   string       `json:"text"`
	// ID is what guardrails:accept repeats: the path with the names of roles and permission sets in place of their
	// numbers. Elements of other lists share the id of their list.
	ID string `json:"id"`
	// Accepted is the reason that the stack file gives, empty where it gives none.
	Accepted string `json:"accepted,omitempty"`
}

// Notices are what the components have to say about the stack, in the order of the reference: shared roles, standing
// access, grants that ended at the instant now or overlap, what just-in-time access does not do, what the guardrails
// of the organization leave open. Now decides nothing but what is said.
func (s *Stack) Notices(now time.Time) []Notice {
	var all guardrail.Notices
	for _, n := range nouns {
		all = append(all, n.notices(s, now)...)
	}
	notices := make([]Notice, len(all))
	for i, n := range all {
		notices[i] = s.Notice(stackPath(n.Path), n.Text)
	}
	return notices
}

// Notice is a notice about a value of the stack.
func (s *Stack) Notice(path problem.Path, text string) Notice {
	position := s.Position(path)
	n := Notice{Path: path, Line: position.Line, Column: position.Column, Text: text, ID: s.noticeID(path)}
	for _, a := range s.Accept {
		if a.ID == n.ID {
			n.Accepted = a.Because
		}
	}
	return n
}

// noticeID is a path that stays the same when something is put before it in a list.
func (s *Stack) noticeID(path problem.Path) string {
	id := path.Named(func(list problem.Path, i int) string {
		switch {
		case list == stackPath("operationRoles") && i < len(s.OperationRoles):
			return s.OperationRoles[i].Name
		case list == stackPath("delegatedRoles") && i < len(s.DelegatedRoles):
			return s.DelegatedRoles[i].Name
		case list == stackPath("identityCenter.permissionSets") && s.IdentityCenter != nil &&
			i < len(s.IdentityCenter.PermissionSets):
			return s.IdentityCenter.PermissionSets[i].Name
		}
		return ""
	})
	return strings.TrimPrefix(string(id), stackfile.Namespace+":")
}
