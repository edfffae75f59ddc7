package config

import (
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
)

// Notice is something that an admin should know about a stack that may be deployed: it stops nothing and changes
// nothing that is deployed.
type Notice struct {
	// Path is the value that it speaks of. Line and Column count from one; zero where no file was read.
	Path   Path   `json:"path"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// Notices are what the components have to say about the stack, in the order of the reference: shared roles, standing
// access, grants that ended at the instant now or overlap, what just-in-time access does not do, what the guardrails
// of the organization leave open. Now decides nothing but what is said.
func (s *Stack) Notices(now time.Time) []Notice {
	var all guardrail.Notices
	if a := s.Operation(); a != nil {
		all = append(all, a.Notices()...)
	}
	if a := s.OSAccessTemplate(); a != nil {
		all = append(all, a.Notices().Under("osAccess")...)
		all = append(all, grant.Notices(s.AccessGrants(), now)...)
	}
	if a := s.JustInTimeAccess(); a != nil {
		all = append(all, a.Notices().Under("justInTime")...)
	}
	if a := s.AccessControlAttributes(); a != nil {
		all = append(all, a.Notices().Under("identityCenter")...)
		for i, set := range s.PermissionSets() {
			all = append(all, set.Notices().Under(permissionSetSection(i))...)
		}
	}
	if a := s.ServiceControlPolicies(); a != nil {
		all = append(all, a.Notices().Under("organization")...)
	}
	notices := make([]Notice, len(all))
	for i, n := range all {
		path := stackPath(n.Path)
		at := s.Position(path)
		notices[i] = Notice{Path: path, Line: at.Line, Column: at.Column, Text: n.Text}
	}
	return notices
}
