package cloud

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

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
	NewOrganizationPolicy
	Targets []string
}

// organization plants the organization. Policies that stacks attached stay attached, targets that are new have
// FullAWSAccess.
func (p *planter) organization(_ string, in ExistingOrganization, _ bool) error {
	c := p.cloud
	if err := in.check(); err != nil {
		return err
	}
	before, _ := c.organizations.get("", organizationKey)
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
	c.organizations.put(p.tx, "", organizationKey, org)
	c.organizationPolicies.put(p.tx, "", fullAccess, OrganizationPolicy{
		ID: fullAccess,
		ARN: "arn:" + string(
			c.partitionOf(in.Management),
		) + ":organizations::aws:policy/service_control_policy/" + fullAccess,
		Name:        "FullAWSAccess",
		Description: "Allows access to every operation",
		Type:        ServiceControlPolicy,
		Content:     fullAccessContent,
		AWSManaged:  true,
	})
	for _, id := range c.units.keys("") {
		if !slices.ContainsFunc(in.Units, func(u Unit) bool { return u.ID == id }) {
			c.units.remove(p.tx, "", id)
		}
	}
	for _, u := range in.Units {
		c.units.put(p.tx, "", u.ID, u)
	}
	for _, account := range c.members.keys("") {
		if _, stays := members[account]; !stays {
			c.members.remove(p.tx, "", account)
		}
	}
	partition := c.partitionOf(in.Management)
	for _, account := range slices.Sorted(maps.Keys(members)) {
		if !c.accounts.has("", account) {
			c.accounts.put(p.tx, "", account, Account{ID: account, Partition: partition})
		}
		c.members.put(p.tx, "", account, members[account])
	}
	p.attachFullAccess(before, org)
	return nil
}

// attachFullAccess gives new targets what AWS gives them, and forgets targets that are gone.
func (p *planter) attachFullAccess(before, org Organization) {
	c := p.cloud
	enabled := slices.Contains(org.PolicyTypes, ServiceControlPolicy)
	if enabled != slices.Contains(before.PolicyTypes, ServiceControlPolicy) {
		c.resetAttachments(p.tx, org, ServiceControlPolicy)
	}
	targets := slices.Concat([]string{org.Root}, c.units.keys(""), c.members.keys(""))
	for _, target := range c.attachments.keys("") {
		if !slices.Contains(targets, target) {
			c.attachments.remove(p.tx, "", target)
		}
	}
	for _, target := range targets {
		if enabled && !c.attachments.has("", target) {
			c.attachments.put(p.tx, "", target, []string{fullAccess})
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
		at, steps := u.ID, 0
		for at != o.Root {
			parent, ok := parents[at]
			if !ok || steps > len(parents) {
				return fmt.Errorf(
					"the unit %s does not lie below the root %s; write the root or another unit as its parent",
					u.ID,
					o.Root,
				)
			}
			at, steps = parent, steps+1
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

// organizationPolicy plants a policy and attaches it where it was not attached yet.
func (p *planter) organizationPolicy(_ string, in ExistingPolicy, again bool) error {
	org, ok := p.cloud.organizations.get("", organizationKey)
	if !ok {
		return fmt.Errorf("the world has no organization")
	}
	o := p.cloud.Organizations(Caller{Account: org.Management})
	row := OrganizationPolicy{
		Name:        in.Name,
		Description: in.Description,
		Type:        in.Type,
		Content:     in.Content,
		Tags:        in.Tags,
	}
	for _, other := range p.cloud.organizationPolicies.list("") {
		if other.Name == in.Name && other.Type == in.Type {
			if !again {
				return errMadeSince
			}
			row.ID, row.ARN = other.ID, other.ARN
		}
	}
	if err := o.check(row); err != nil {
		return err
	}
	if row.ID == "" {
		row.ID = p.cloud.hexID(p.tx, "", "p-", "organizationPolicy", in.Name, 8)
		row.ARN = o.policyARN(org, in.Type, row.ID)
	}
	p.cloud.organizationPolicies.put(p.tx, "", row.ID, row)
	for _, target := range in.Targets {
		_, attached, err := o.attachment(row.ID, target)
		if err != nil {
			return err
		}
		if !slices.Contains(attached, row.ID) {
			p.cloud.attachments.put(p.tx, "", target, append(slices.Clone(attached), row.ID))
		}
	}
	return nil
}

// removeOrganizationPolicy detaches and removes a policy that was planted.
func (p *planter) removeOrganizationPolicy(key string) {
	c := p.cloud
	for _, row := range c.organizationPolicies.list("") {
		if row.Type+" "+row.Name != key {
			continue
		}
		for _, target := range c.attachments.keys("") {
			attached, _ := c.attachments.get("", target)
			c.attachments.put(
				p.tx,
				"",
				target,
				slices.DeleteFunc(slices.Clone(attached), func(id string) bool { return id == row.ID }),
			)
		}
		c.organizationPolicies.remove(p.tx, "", row.ID)
	}
}

// removeOrganization removes the organization with everything in it.
func (p *planter) removeOrganization() {
	c := p.cloud
	c.organizations.remove(p.tx, "", organizationKey)
	for _, t := range []interface {
		keys(string) []string
		remove(*tx, string, string)
	}{c.units, c.members, c.organizationPolicies, c.attachments} {
		for _, key := range t.keys("") {
			t.remove(p.tx, "", key)
		}
	}
}

var instanceARN = regexp.MustCompile(
	`^arn:(aws|aws-us-gov|aws-cn|aws-eusc):sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}$`,
)

// identityCenter plants the instance of IAM Identity Center. Attributes for access control are those of the file only
// at first: afterwards they are what stacks made of them.
func (p *planter) identityCenter(_ string, in IdentityCenter, again bool) error {
	if !instanceARN.MatchString(in.ARN) {
		return fmt.Errorf(
			"%q is not the ARN of an instance; write arn:aws:sso:::instance/ssoins- and 16 characters",
			in.ARN,
		)
	}
	if !p.cloud.mayBeMember(in.Account) {
		return fmt.Errorf(
			"account %s is not in the organization; an instance is managed in the management account or in a member",
			in.Account,
		)
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if before, ok := p.cloud.identityCenters.get("", identityCenterKey); ok && again {
		in.Attributes, in.Enabled = before.Attributes, before.Enabled
	}
	p.cloud.identityCenters.put(p.tx, "", identityCenterKey, in)
	return nil
}
