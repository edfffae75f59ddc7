package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/internal/stack"
)

// Asked is what stacks are asked.
type Asked struct {
	judging.Question
	// Homes are the stacks, for lines that keep shells working; SQLAccounts the accounts that service control
	// policies bind.
	Homes       []Home
	SQLAccounts []string
	// ID tells this question from others, for Resume.
	ID string
}

// Ask makes the question of the stacks of one organization: their policies now and, where then is given, what they
// are compared with. With roles the policies of their roles and users are asked for too. It is an error when two
// stacks carry an organization, or when there is nothing to hold calls against.
func Ask(stacks []*stack.Stack, then *access.World, roles bool) (*Asked, error) {
	now := judge.World(stacks...)
	var carriers []string
	for _, s := range stacks {
		if s.Organization != nil {
			carriers = append(carriers, s.Name)
		}
	}
	switch {
	case len(carriers) > 1:
		return nil, fmt.Errorf(
			"stacks %v all carry guardrails:organization; name the stacks of one organization",
			carriers,
		)
	case len(carriers) == 0 && !roles && then == nil:
		return nil, fmt.Errorf(
			"no stack carries guardrails:organization, so there is no service control policy to hold calls against; with --roles they are held against roles and users",
		)
	}
	a := &Asked{}
	var err error
	if a.Now, err = judging.NewPolicies(now, roles); err != nil {
		return nil, err
	}
	worlds := []any{now, roles}
	if then != nil {
		if a.Then, err = judging.NewPolicies(*then, roles); err != nil {
			return nil, err
		}
		worlds = append(worlds, *then)
	}
	// A comparison tells what the change refuses; remote execution in the mode report is the same before and after.
	if strict := asIfDenied(stacks); strict != nil && then == nil {
		if a.AsIfDenied, err = judging.NewPolicies(judge.World(strict...), roles); err != nil {
			return nil, err
		}
	}
	a.ProjectTag = guardrail.DefaultProjectTag
	for _, s := range stacks {
		home := Home{
			Account: s.Account.ID, Stack: s.Name, Alias: s.Account.Alias,
			Organization: s.Organization != nil, OSAccess: s.OSAccess != nil,
		}
		for i := range s.Users {
			home.Users = append(home.Users, s.Users[i].Name)
		}
		a.Homes = append(a.Homes, home)
		if s.Tags.Project != "" {
			a.ProjectTag = s.Tags.Project
		}
	}
	a.SQLAccounts = bound(now.Organization)
	data, err := json.Marshal(worlds)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	a.ID = hex.EncodeToString(sum[:])
	return a, nil
}

// bound are the member accounts of a tree.
func bound(o *world.Organization) []string {
	if o == nil {
		return nil
	}
	var ids []string
	var unit func(u *world.Unit)
	unit = func(u *world.Unit) {
		for i := range u.Accounts {
			if u.Accounts[i].ID != o.Management {
				ids = append(ids, u.Accounts[i].ID)
			}
		}
		for i := range u.Units {
			unit(&u.Units[i])
		}
	}
	unit(&o.Root)
	return ids
}

// asIfDenied are the stacks with remote execution denied, where the mode is report; nil where it is not.
func asIfDenied(stacks []*stack.Stack) []*stack.Stack {
	index := slices.IndexFunc(
		stacks,
		func(s *stack.Stack) bool { return s.Organization != nil && s.Organization.OSAccessOnly != nil },
	)
	if index < 0 {
		return nil
	}
	stack, organization, doors := *stacks[index], *stacks[index].Organization, *stacks[index].Organization.OSAccessOnly
	if mode := doors.RemoteExecution.Mode; mode != scp.RemoteExecutionReport && mode != "" {
		return nil
	}
	doors.RemoteExecution.Mode = scp.RemoteExecutionDeny
	organization.OSAccessOnly = &doors
	stack.Organization = &organization
	out := slices.Clone(stacks)
	out[index] = &stack
	return out
}

// Statement is the query that groups a month of CloudTrail for this question.
func (a *Asked) Statement(table string, lake bool) string {
	return SQL(&a.Question, table, a.SQLAccounts, judging.AllActions(), lake)
}
