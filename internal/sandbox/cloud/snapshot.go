package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"aws-access-guardrails/policy"
)

// Snapshot is the world at one instant: plain data that can be compared and printed. Times are left out, so that two
// worlds with the same history are equal.
type Snapshot struct {
	// Accounts by id.
	Accounts map[string]AccountSnapshot `json:"accounts"`
	// Organization is nil where the world has none, as is IdentityCenter.
	Organization   *OrganizationSnapshot   `json:"organization,omitempty"`
	IdentityCenter *IdentityCenterSnapshot `json:"identityCenter,omitempty"`
}

// OrganizationSnapshot is the organization of a snapshot.
type OrganizationSnapshot struct {
	Organization
	// Units by id; Accounts are the units or the root that the accounts are in.
	Units    map[string]Unit   `json:"units,omitempty"`
	Accounts map[string]string `json:"accounts,omitempty"`
	// Policies by id; Attached are the ids of the policies of each target, in the order of attachment.
	Policies map[string]OrganizationPolicy `json:"policies,omitempty"`
	Attached map[string][]string           `json:"attached,omitempty"`
}

// IdentityCenterSnapshot is the instance of IAM Identity Center of a snapshot.
type IdentityCenterSnapshot struct {
	IdentityCenter
	// PermissionSets by name; Assignments are sorted.
	PermissionSets map[string]PermissionSet `json:"permissionSets,omitempty"`
	Assignments    []Assignment             `json:"assignments,omitempty"`
}

// AccountSnapshot is one account of a snapshot.
type AccountSnapshot struct {
	Alias          string           `json:"alias,omitempty"`
	Partition      policy.Partition `json:"partition"`
	PasswordPolicy *PasswordPolicy  `json:"passwordPolicy,omitempty"`
	// Users, groups and roles by name, policies by ARN.
	Users    map[string]User   `json:"users,omitempty"`
	Groups   map[string]Group  `json:"groups,omitempty"`
	Roles    map[string]Role   `json:"roles,omitempty"`
	Policies map[string]Policy `json:"policies,omitempty"`
	// MFADevices are the users of virtual MFA devices by the devices' names; "" for one that nobody enrolled.
	MFADevices map[string]string `json:"mfaDevices,omitempty"`
	// Documents by Region and name, "ap-northeast-1/SSM-SessionManagerRunShell".
	Documents map[string]Document `json:"documents,omitempty"`
	Nodes     map[string]Node     `json:"nodes,omitempty"`
}

// String is the snapshot as JSON with line breaks, members sorted.
func (s Snapshot) String() string {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Sprintf("snapshot: %v", err)
	}
	return string(text) + "\n"
}

// String is the account as JSON with line breaks, members sorted.
func (s AccountSnapshot) String() string {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Sprintf("account snapshot: %v", err)
	}
	return string(text) + "\n"
}

// Snapshot copies the world. Roles have their trust policies as AWS shows them today.
func (c *Cloud) Snapshot() Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Snapshot{Accounts: map[string]AccountSnapshot{}}
	for _, a := range c.accounts.list("") {
		s.Accounts[a.ID] = c.accountSnapshot(a)
	}
	s.Organization, s.IdentityCenter = c.organizationSnapshot(), c.identityCenterSnapshot()
	return s
}

func (c *Cloud) organizationSnapshot() *OrganizationSnapshot {
	org, ok := c.organizations.get("", organizationKey)
	if !ok {
		return nil
	}
	s := &OrganizationSnapshot{Organization: org, Accounts: map[string]string{}, Attached: map[string][]string{}}
	s.PolicyTypes, s.TrustedServices, s.RootFeatures = slices.Clone(
		org.PolicyTypes,
	), slices.Clone(
		org.TrustedServices,
	), slices.Clone(
		org.RootFeatures,
	)
	s.Units = index(c.units.list(""), func(u Unit) (string, Unit) { return u.ID, u })
	for _, account := range c.members.keys("") {
		s.Accounts[account], _ = c.members.get("", account)
	}
	s.Policies = index(c.organizationPolicies.list(""), func(p OrganizationPolicy) (string, OrganizationPolicy) {
		p.Tags = maps.Clone(p.Tags)
		return p.ID, p
	})
	for _, target := range c.attachments.keys("") {
		attached, _ := c.attachments.get("", target)
		s.Attached[target] = slices.Clone(attached)
	}
	return s
}

func (c *Cloud) identityCenterSnapshot() *IdentityCenterSnapshot {
	ic, ok := c.identityCenters.get("", identityCenterKey)
	if !ok {
		return nil
	}
	ic.Attributes, ic.Users, ic.Groups = slices.Clone(ic.Attributes), maps.Clone(ic.Users), maps.Clone(ic.Groups)
	return &IdentityCenterSnapshot{
		IdentityCenter: ic, Assignments: c.assignments.list(""),
		PermissionSets: index(c.permissionSets.list(""), func(p PermissionSet) (string, PermissionSet) {
			p.Created, p.Tags, p.Managed = zeroTime, maps.Clone(p.Tags), slices.Clone(p.Managed)
			p.Customer = slices.Clone(p.Customer)
			return p.Name, p
		}),
	}
}

func (c *Cloud) accountSnapshot(a Account) AccountSnapshot {
	s := AccountSnapshot{Alias: a.Alias, Partition: a.Partition, MFADevices: map[string]string{}}
	if a.PasswordPolicy != nil {
		p := *a.PasswordPolicy
		s.PasswordPolicy = &p
	}
	s.Users = index(c.users.list(a.ID), func(u User) (string, User) {
		u.Created, u.Tags, u.Groups = zeroTime, maps.Clone(u.Tags), slices.Clone(u.Groups)
		u.Policies, u.AccessKeys, u.MFADevices = u.clone(), slices.Clone(u.AccessKeys), slices.Clone(u.MFADevices)
		return u.Name, u
	})
	s.Groups = index(c.groups.list(a.ID), func(g Group) (string, Group) {
		g.Created, g.Policies = zeroTime, g.clone()
		return g.Name, g
	})
	s.Roles = index(c.roles.list(a.ID), func(r Role) (string, Role) {
		r.Trust = c.trustToday(r)
		r.Created, r.Tags, r.Policies, r.Principals = zeroTime, maps.Clone(r.Tags), r.clone(), maps.Clone(r.Principals)
		return r.Name, r
	})
	s.Policies = index(c.policies.list(a.ID), func(p Policy) (string, Policy) {
		p.Created, p.Tags, p.Versions = zeroTime, maps.Clone(p.Tags), slices.Clone(p.Versions)
		for i := range p.Versions {
			p.Versions[i].Created = zeroTime
		}
		return p.ARN, p
	})
	for _, d := range c.devices.list(a.ID) {
		s.MFADevices[d.Name] = d.User
	}
	s.Documents = index(c.documents.list(a.ID), func(d Document) (string, Document) {
		d.Created, d.Tags, d.Versions, d.Shared = zeroTime, maps.Clone(
			d.Tags,
		), slices.Clone(
			d.Versions,
		), slices.Clone(
			d.Shared,
		)
		return documentKey(d.Region, d.Name), d
	})
	s.Nodes = index(c.nodes.list(a.ID), func(n Node) (string, Node) {
		n.Tags, n.OSUsers = maps.Clone(n.Tags), slices.Clone(n.OSUsers)
		return n.ID, n
	})
	return s
}

func (p Policies) clone() Policies {
	return Policies{Inline: maps.Clone(p.Inline), Attached: slices.Clone(p.Attached)}
}

func index[T any](rows []T, entry func(T) (string, T)) map[string]T {
	out := map[string]T{}
	for _, row := range rows {
		key, value := entry(row)
		out[key] = value
	}
	return out
}
