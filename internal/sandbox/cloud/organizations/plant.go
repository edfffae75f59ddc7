package organizations

import (
	"fmt"
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// ExistingOrganization is the organization that exists before any stack.
type ExistingOrganization struct {
	Organization
	Units []Unit
	// Accounts are the units, or the root, that the accounts are in. The management account is in the root if it is
	// not named.
	Accounts map[string]string
}

// ExistingPolicy is a policy of the organization with what it is attached to.
type ExistingPolicy struct {
	NewPolicy
	Targets []string
}

// Planting plants the organization that exists before any stack, within one call.
type Planting struct {
	state *State
	tx    *store.Tx
}

// Planting plants within a call.
func (t *State) Planting(tx *store.Tx) Planting {
	return Planting{t, tx}
}

// Organization plants the organization. Policies that stacks attached stay attached, targets that are new have
// FullAWSAccess.
func (p Planting) Organization(_ string, in ExistingOrganization, _ bool) error {
	if err := in.check(); err != nil {
		return err
	}
	before, _ := p.state.Organizations.Get("", Key)
	members := maps.Clone(in.Accounts)
	if members == nil {
		members = map[string]string{}
	}
	if _, ok := members[in.Management]; !ok {
		members[in.Management] = in.Root
	}
	org := in.Organization
	org.RootFeatures = before.RootFeatures
	slices.Sort(org.PolicyTypes)
	slices.Sort(org.TrustedServices)
	p.state.Organizations.Put(p.tx, "", Key, org)
	p.state.OrganizationPolicies.Put(p.tx, "", fullAccess, Policy{
		ID: fullAccess,
		ARN: "arn:" + string(
			p.state.world.PartitionOf(in.Management),
		) + ":organizations::aws:policy/service_control_policy/" + fullAccess,
		Name:        "FullAWSAccess",
		Description: "Allows access to every operation",
		Type:        ServiceControlPolicy,
		Content:     fullAccessContent,
		AWSManaged:  true,
	})
	for _, id := range p.state.Units.Keys("") {
		if !slices.ContainsFunc(in.Units, func(u Unit) bool { return u.ID == id }) {
			p.state.Units.Remove(p.tx, "", id)
		}
	}
	for _, u := range in.Units {
		p.state.Units.Put(p.tx, "", u.ID, u)
	}
	for _, account := range p.state.Members.Keys("") {
		if _, stays := members[account]; !stays {
			p.state.Members.Remove(p.tx, "", account)
		}
	}
	partition := p.state.world.PartitionOf(in.Management)
	for _, account := range slices.Sorted(maps.Keys(members)) {
		if !p.state.world.Accounts.Has("", account) {
			p.state.world.Accounts.Put(p.tx, "", account, api.Account{ID: account, Partition: partition})
		}
		p.state.Members.Put(p.tx, "", account, members[account])
	}
	p.attachFullAccess(before, org)
	return nil
}

// attachFullAccess gives new targets what AWS gives them, and forgets targets that are gone.
func (p Planting) attachFullAccess(before, org Organization) {
	enabled := slices.Contains(org.PolicyTypes, ServiceControlPolicy)
	if enabled != slices.Contains(before.PolicyTypes, ServiceControlPolicy) {
		p.state.resetAttachments(p.tx, org, ServiceControlPolicy)
	}
	targets := slices.Concat([]string{org.Root}, p.state.Units.Keys(""), p.state.Members.Keys(""))
	for _, target := range p.state.Attachments.Keys("") {
		if !slices.Contains(targets, target) {
			p.state.Attachments.Remove(p.tx, "", target)
		}
	}
	for _, target := range targets {
		if enabled && !p.state.Attachments.Has("", target) {
			p.state.Attachments.Put(p.tx, "", target, []string{fullAccess})
		}
	}
}

func (o ExistingOrganization) check() error {
	for _, err := range []error{
		policy.ValidateOrganizationID(o.ID), policy.ValidateRootID(o.Root), policy.ValidateAccountID(o.Management),
	} {
		if err != nil {
			return err
		}
	}
	parents := map[string]string{}
	for _, u := range o.Units {
		if err := policy.ValidateUnitID(u.ID); err != nil {
			return err
		}
		if _, twice := parents[u.ID]; twice {
			return fmt.Errorf("the unit %s stands twice", u.ID)
		}
		parents[u.ID] = u.Parent
	}
	for _, u := range o.Units {
		unit, steps := u.ID, 0
		for unit != o.Root {
			parent, ok := parents[unit]
			if !ok || steps > len(parents) {
				return fmt.Errorf(
					"the unit %s does not lie below the root %s; write the root or another unit as its parent",
					u.ID,
					o.Root,
				)
			}
			unit, steps = parent, steps+1
		}
	}
	for _, account := range slices.Sorted(maps.Keys(o.Accounts)) {
		if err := policy.ValidateAccountID(account); err != nil {
			return err
		}
		if _, ok := parents[o.Accounts[account]]; !ok && o.Accounts[account] != o.Root {
			return fmt.Errorf(
				"account %s is in %s, which is not the root %s and no unit",
				account,
				o.Accounts[account],
				o.Root,
			)
		}
	}
	for _, t := range o.PolicyTypes {
		if !slices.Contains(policyTypes, t) {
			return fmt.Errorf("%s is no type of policies; write one of %v", t, policyTypes)
		}
	}
	return nil
}

// Policy plants a policy and attaches it where it was not attached yet.
func (p Planting) Policy(_ string, in ExistingPolicy, again bool) error {
	org, ok := p.state.Organizations.Get("", Key)
	if !ok {
		return fmt.Errorf("the world has no organization")
	}
	o := p.state.Client(api.Caller{Account: org.Management})
	row := Policy{
		Name:        in.Name,
		Description: in.Description,
		Type:        in.Type,
		Content:     in.Content,
		Tags:        in.Tags,
	}
	for _, other := range p.state.OrganizationPolicies.List("") {
		if other.Name == in.Name && other.Type == in.Type {
			if !again {
				return api.ErrMadeSince
			}
			row.ID, row.ARN = other.ID, other.ARN
		}
	}
	if err := o.check(row); err != nil {
		return err
	}
	if row.ID == "" {
		row.ID = p.state.world.HexID(p.tx, "", "p-", "organizationPolicy", in.Name, 8)
		row.ARN = o.policyARN(org, in.Type, row.ID)
	}
	p.state.OrganizationPolicies.Put(p.tx, "", row.ID, row)
	for _, target := range in.Targets {
		_, attached, err := o.attachment(row.ID, target)
		if err != nil {
			return err
		}
		if !slices.Contains(attached, row.ID) {
			p.state.Attachments.Put(p.tx, "", target, append(slices.Clone(attached), row.ID))
		}
	}
	return nil
}

// RemovePolicy detaches and removes a policy that was planted.
func (p Planting) RemovePolicy(key string) {
	for _, row := range p.state.OrganizationPolicies.List("") {
		if row.Type+" "+row.Name != key {
			continue
		}
		for _, target := range p.state.Attachments.Keys("") {
			attached, _ := p.state.Attachments.Get("", target)
			p.state.Attachments.Put(
				p.tx,
				"",
				target,
				slices.DeleteFunc(slices.Clone(attached), func(id string) bool { return id == row.ID }),
			)
		}
		p.state.OrganizationPolicies.Remove(p.tx, "", row.ID)
	}
}

// Remove removes the organization with everything in it.
func (p Planting) Remove() {
	p.state.Organizations.Remove(p.tx, "", Key)
	for _, t := range []interface {
		Keys(string) []string
		Remove(*store.Tx, string, string)
	}{p.state.Units, p.state.Members, p.state.OrganizationPolicies, p.state.Attachments} {
		for _, key := range t.Keys("") {
			t.Remove(p.tx, "", key)
		}
	}
}
