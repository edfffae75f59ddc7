package iam

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// NewGroup is a group with its policies.
type NewGroup struct {
	Name, Path string
	Policies
}

// ExistingUser is a user with what the person made.
type ExistingUser struct {
	NewUser
	Policies
	Groups    []string
	Enrolment Enrolment
}

// ExistingRole is a role with its policies.
type ExistingRole struct {
	NewRole
	Policies
}

// Arrival is what the person of a user does as soon as a stack makes the user.
type Arrival struct {
	User string
	Enrolment
}

// Planting plants what an account has in IAM before any stack, within one call.
type Planting struct {
	state *State
	tx    *store.Tx
}

// Planting plants within a call.
func (s *State) Planting(tx *store.Tx) Planting { return Planting{s, tx} }

// Policy plants a customer managed policy of one version.
func (p Planting) Policy(account string, in NewPolicy, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("policyName", in.Name, 128),
		checkPath(path),
		checkManaged(p.state.world.Quotas, in.Document),
	); err != nil {
		return err
	}
	row, exists := p.state.Policies.Get(account, NameKey(in.Name))
	if exists && !again {
		return api.ErrMadeSince
	}
	if !exists {
		row.ID, row.Created = p.state.world.UniqueID(p.tx, account, "ANPA", "policy", in.Name), p.state.world.Time()
	}
	row.Name, row.Path, row.Description, row.Tags = in.Name, path, in.Description, in.Tags
	row.ARN = p.state.Client(api.Caller{Account: account}).PartitionOfCaller().PolicyARN(account, path, in.Name)
	row.Versions, row.Default = []PolicyVersion{{ID: "v1", Document: in.Document, Created: row.Created}}, "v1"
	p.state.Policies.Put(p.tx, account, NameKey(in.Name), row)
	return nil
}

// policies checks the policies of an identity.
func (p Planting) policies(account string, kind Kind, name string, in Policies) error {
	for _, policyName := range slices.Sorted(maps.Keys(in.Inline)) {
		if err := kind.checkInline(p.state.world.Quotas, name, policyName, in.Inline[policyName], in.Inline); err != nil {
			return err
		}
	}
	for _, arn := range in.Attached {
		if err := p.state.CheckAttachable(account, arn); err != nil {
			return err
		}
	}
	return nil
}

// Group plants a group.
func (p Planting) Group(account string, in NewGroup, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("groupName", in.Name, 128),
		checkPath(path),
		p.policies(account, KindGroup, in.Name, in.Policies),
	); err != nil {
		return err
	}
	row, exists := p.state.Groups.Get(account, NameKey(in.Name))
	if exists && !again {
		return api.ErrMadeSince
	}
	if !exists {
		row.ID, row.Created = p.state.world.UniqueID(p.tx, account, "AGPA", "group", in.Name), p.state.world.Time()
	}
	row.Name, row.Path, row.Policies = in.Name, path, in.Policies
	p.state.Client(api.Caller{Account: account}).putGroup(p.tx, row)
	return nil
}

// User plants a user, who then enrols. Groups must be there.
func (p Planting) User(account string, in ExistingUser, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("userName", in.Name, 64),
		checkPath(path),
		p.policies(account, KindUser, in.Name, in.Policies),
	); err != nil {
		return err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return err
	}
	for _, group := range in.Groups {
		if !p.state.Groups.Has(account, NameKey(group)) {
			return fmt.Errorf("the account has no group %q; list it under groups", group)
		}
	}
	row, exists := p.state.Users.Get(account, NameKey(in.Name))
	if exists && !again {
		return api.ErrMadeSince
	}
	if exists {
		p.RemoveUser(account, NameKey(in.Name))
	} else {
		row.ID, row.Created = p.state.world.UniqueID(p.tx, account, "AIDA", "user", in.Name), p.state.world.Time()
	}
	p.state.Client(api.Caller{Account: account}).enrol(p.tx, User{
		Name: in.Name, Path: path, ID: row.ID, Boundary: in.Boundary, Tags: tags, Policies: in.Policies,
		Groups: slices.Sorted(slices.Values(in.Groups)), Created: row.Created,
	}, in.Enrolment)
	return nil
}

// Role plants a role; Trust looks at its trust policy.
func (p Planting) Role(account string, in ExistingRole, again bool) error {
	path, maxSession := cmp.Or(in.Path, "/"), cmp.Or(in.MaxSession, 3600)
	err := cmp.Or(
		checkName("roleName", in.Name, 64),
		checkPath(path),
		checkDescription(in.Description),
		checkMaxSession(maxSession),
		p.policies(account, KindRole, in.Name, in.Policies),
	)
	if err != nil {
		return err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return err
	}
	row, exists := p.state.Roles.Get(account, NameKey(in.Name))
	if exists && !again {
		return api.ErrMadeSince
	}
	if !exists {
		row.ID, row.Created = p.state.world.UniqueID(p.tx, account, "AROA", "role", in.Name), p.state.world.Time()
	}
	p.state.Client(api.Caller{Account: account}).putRole(p.tx, Role{
		Name: in.Name, Path: path, ID: row.ID, Description: in.Description, Trust: in.Trust, MaxSession: maxSession,
		Boundary: in.Boundary, Tags: tags, Policies: in.Policies, Created: row.Created,
	})
	return nil
}

// Trust checks the trust policy of a role once all users and roles are there.
func (p Planting) Trust(account string, in ExistingRole) error {
	principals, err := p.state.checkTrust(in.Trust, p.state.world.Quotas.Trust)
	if err != nil {
		return err
	}
	row, _ := p.state.Roles.Get(account, NameKey(in.Name))
	row.Principals = principals
	p.state.Client(api.Caller{Account: account}).putRole(p.tx, row)
	return nil
}

// Enrolment plants what the person of a user does as soon as a stack makes the user.
func (p Planting) Enrolment(account string, a Arrival, _ bool) error {
	if err := checkName("userName", a.User, 64); err != nil {
		return err
	}
	p.state.Enrolments.Put(p.tx, account, NameKey(a.User), a.Enrolment)
	return nil
}

// RemoveUser removes a user with the devices.
func (p Planting) RemoveUser(account, key string) {
	user, ok := p.state.Users.Get(account, key)
	if !ok {
		return
	}
	for _, device := range p.state.Devices.Keys(account) {
		if d, _ := p.state.Devices.Get(account, device); d.User == user.Name {
			p.state.Devices.Remove(p.tx, account, device)
		}
	}
	p.state.Users.Remove(p.tx, account, key)
}
