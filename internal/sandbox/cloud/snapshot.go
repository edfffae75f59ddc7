package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
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
	organizations.Organization
	// Units by id; Accounts are the units or the root that the accounts are in.
	Units    map[string]organizations.Unit `json:"units,omitempty"`
	Accounts map[string]string             `json:"accounts,omitempty"`
	// Policies by id; Attached are the ids of the policies of each target, in the order of attachment.
	Policies map[string]organizations.Policy `json:"policies,omitempty"`
	Attached map[string][]string             `json:"attached,omitempty"`
}

// IdentityCenterSnapshot is the instance of IAM Identity Center of a snapshot.
type IdentityCenterSnapshot struct {
	ssoadmin.IdentityCenter
	// PermissionSets by name; Assignments are sorted.
	PermissionSets map[string]ssoadmin.PermissionSet `json:"permissionSets,omitempty"`
	Assignments    []ssoadmin.Assignment             `json:"assignments,omitempty"`
}

// AccountSnapshot is one account of a snapshot.
type AccountSnapshot struct {
	Alias          string              `json:"alias,omitempty"`
	Partition      policy.Partition    `json:"partition"`
	PasswordPolicy *api.PasswordPolicy `json:"passwordPolicy,omitempty"`
	// Users, groups and roles by name, policies by ARN.
	Users    map[string]iam.User   `json:"users,omitempty"`
	Groups   map[string]iam.Group  `json:"groups,omitempty"`
	Roles    map[string]iam.Role   `json:"roles,omitempty"`
	Policies map[string]iam.Policy `json:"policies,omitempty"`
	// MFADevices are the users of virtual MFA devices by the devices' names; "" for one that nobody enrolled.
	MFADevices map[string]string `json:"mfaDevices,omitempty"`
	// Documents by Region and name, "ap-northeast-1/SSM-SessionManagerRunShell".
	Documents map[string]ssm.Document `json:"documents,omitempty"`
	Nodes     map[string]ssm.Node     `json:"nodes,omitempty"`
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
	s := Snapshot{Accounts: map[string]AccountSnapshot{}}
	c.World.Read(func() {
		for _, a := range c.World.Accounts.List("") {
			s.Accounts[a.ID] = c.accountSnapshot(a)
		}
		s.Organization, s.IdentityCenter = c.organizationSnapshot(), c.identityCenterSnapshot()
	})
	return s
}

func (c *Cloud) organizationSnapshot() *OrganizationSnapshot {
	org, ok := c.organizations.Organizations.Get("", organizations.Key)
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
	s.Units = index(
		c.organizations.Units.List(""),
		func(u organizations.Unit) (string, organizations.Unit) { return u.ID, u },
	)
	for _, account := range c.organizations.Members.Keys("") {
		s.Accounts[account], _ = c.organizations.Members.Get("", account)
	}
	s.Policies = index(
		c.organizations.OrganizationPolicies.List(""),
		func(p organizations.Policy) (string, organizations.Policy) {
			p.Tags = maps.Clone(p.Tags)
			return p.ID, p
		},
	)
	for _, target := range c.organizations.Attachments.Keys("") {
		attached, _ := c.organizations.Attachments.Get("", target)
		s.Attached[target] = slices.Clone(attached)
	}
	return s
}

func (c *Cloud) identityCenterSnapshot() *IdentityCenterSnapshot {
	ic, ok := c.ssoadmin.IdentityCenters.Get("", ssoadmin.Key)
	if !ok {
		return nil
	}
	ic.Attributes, ic.Users, ic.Groups = slices.Clone(ic.Attributes), maps.Clone(ic.Users), maps.Clone(ic.Groups)
	return &IdentityCenterSnapshot{
		IdentityCenter: ic,
		Assignments:    c.ssoadmin.Assignments.List(""),
		PermissionSets: index(
			c.ssoadmin.PermissionSets.List(""),
			func(p ssoadmin.PermissionSet) (string, ssoadmin.PermissionSet) {
				p.Created, p.Tags, p.Managed = time.Time{}, maps.Clone(p.Tags), slices.Clone(p.Managed)
				p.Customer = slices.Clone(p.Customer)
				return p.Name, p
			},
		),
	}
}

func (c *Cloud) accountSnapshot(a api.Account) AccountSnapshot {
	s := AccountSnapshot{Alias: a.Alias, Partition: a.Partition, MFADevices: map[string]string{}}
	if a.PasswordPolicy != nil {
		p := *a.PasswordPolicy
		s.PasswordPolicy = &p
	}
	s.Users = index(c.iam.Users.List(a.ID), func(u iam.User) (string, iam.User) {
		u.Created, u.Tags, u.Groups = time.Time{}, maps.Clone(u.Tags), slices.Clone(u.Groups)
		u.Policies, u.AccessKeys, u.MFADevices = u.Clone(), slices.Clone(u.AccessKeys), slices.Clone(u.MFADevices)
		return u.Name, u
	})
	s.Groups = index(c.iam.Groups.List(a.ID), func(g iam.Group) (string, iam.Group) {
		g.Created, g.Policies = time.Time{}, g.Clone()
		return g.Name, g
	})
	s.Roles = index(c.iam.Roles.List(a.ID), func(r iam.Role) (string, iam.Role) {
		r.Trust = c.iam.TrustToday(r)
		r.Created, r.Tags, r.Policies, r.Principals = time.Time{}, maps.Clone(
			r.Tags,
		), r.Clone(), maps.Clone(
			r.Principals,
		)
		return r.Name, r
	})
	s.Policies = index(c.iam.Policies.List(a.ID), func(p iam.Policy) (string, iam.Policy) {
		p.Created, p.Tags, p.Versions = time.Time{}, maps.Clone(p.Tags), slices.Clone(p.Versions)
		for i := range p.Versions {
			p.Versions[i].Created = time.Time{}
		}
		return p.ARN, p
	})
	for _, d := range c.iam.Devices.List(a.ID) {
		s.MFADevices[d.Name] = d.User
	}
	s.Documents = index(c.ssm.Documents.List(a.ID), func(d ssm.Document) (string, ssm.Document) {
		d.Created, d.Tags, d.Versions, d.Shared = time.Time{}, maps.Clone(
			d.Tags,
		), slices.Clone(
			d.Versions,
		), slices.Clone(
			d.Shared,
		)
		return ssm.DocumentKey(d.Region, d.Name), d
	})
	s.Nodes = index(c.ssm.Nodes.List(a.ID), func(n ssm.Node) (string, ssm.Node) {
		n.Tags, n.OSUsers = maps.Clone(n.Tags), slices.Clone(n.OSUsers)
		return n.ID, n
	})
	return s
}

func index[T any](rows []T, entry func(T) (string, T)) map[string]T {
	out := map[string]T{}
	for _, row := range rows {
		key, value := entry(row)
		out[key] = value
	}
	return out
}
