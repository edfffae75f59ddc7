package world

import (
	"cmp"

	"aws-access-guardrails/policy"
)

// World is everything that decides a request: accounts with their principals and documents, and the organization
// above them. It is plain data, built by components, by hand or from authorization details, and is never changed by a
// question. Compile turns it into an Engine.
type World struct {
	Accounts []Account
	// Organization holds the service control policies. Nil means that the accounts are in no organization.
	Organization *Organization
	// IdentityCenter is the instance of IAM Identity Center that people come through. Nil means that nothing is known
	// of one.
	IdentityCenter *IdentityCenterInstance
}

// Account is one AWS account.
type Account struct {
	// ID is the twelve-digit account id.
	ID string
	// Alias is the name that people use for the account; empty means none.
	Alias     string
	Partition policy.Partition
	Users     []User
	Groups    []Group
	Roles     []Role
	// Policies are the customer managed policies of the account, and those AWS managed policies whose document is
	// known.
	Policies []ManagedPolicy
	// Nodes are the instances and managed nodes that questions are asked about.
	Nodes []Node
	// Documents are the SSM documents of the account, one entry per Region.
	Documents []SessionDocument
	// Preferences are the Session Manager preferences, one entry per Region. A Region without an entry has AWS's
	// defaults: no Run As, the shell is ssm-user's, with sudo.
	Preferences []SessionPreferences
	// PasswordPolicy tells whether the account has a password policy; journeys do not depend on it.
	PasswordPolicy bool
	// Partial says that the account has principals that are not listed here. Of a role that is not listed the trust
	// policy is then not known; otherwise there is no such role.
	Partial bool
}

// Tag is a tag of a principal or a node.
type Tag struct{ Key, Value string }

// InlinePolicy is a document embedded in one user, group or role.
type InlinePolicy struct {
	Name     string
	Document policy.Document
}

// ManagedPolicy is a managed policy. Unknown marks one whose document is not at hand: proofs then assume the worse of
// Allow everything and Allow nothing, and say so.
type ManagedPolicy struct {
	ARN      string
	Document policy.Document
	Unknown  bool
	// Others are the documents of the versions that are not the default one, where they are known. They decide
	// nothing; whoever may change the default version brings one of them back.
	Others []policy.Document
}

// User is an IAM user.
type User struct {
	Name string
	// ID is the unique id, such as AIDA...; empty means one that is made up from the ARN, the same at every run.
	ID string
	// Path starts and ends with "/"; empty means "/".
	Path string
	Tags []Tag
	// Groups are the names of the user's groups.
	Groups []string
	Inline []InlinePolicy
	// Attached are ARNs of managed policies. One that no account of the world lists is an unknown.
	Attached []string
	// Boundary is the ARN of the permissions boundary; empty means none.
	Boundary string
	// HasMFA says that the user has an MFA device: AWS then refuses to enable or deactivate the user's own devices
	// with a long-term key.
	HasMFA bool
	// Stranger says that nothing is known of the user's policies but what is listed here: somebody of whom a trust
	// policy has the name.
	Stranger bool
}

// Group is an IAM group.
type Group struct {
	Name, Path string
	Inline     []InlinePolicy
	Attached   []string
}

// Role is an IAM role.
type Role struct {
	Name, Path string
	// ID is the unique id, such as AROA...; empty means one that is made up from the ARN, the same at every run.
	ID   string
	Tags []Tag
	// Trust is the assume-role policy document.
	Trust    policy.Document
	Inline   []InlinePolicy
	Attached []string
	Boundary string
	// MaxSession is the longest session in seconds, 3600 to 43200; zero means 3600.
	MaxSession int
	// PermissionSet is set for a role that IAM Identity Center makes in the account: sessions of it are Identity
	// Center sessions.
	PermissionSet string
}

// Organization is the tree of units and accounts with the service control policies at each level.
type Organization struct {
	// ID is the organization's id, such as o-exampleorgid.
	ID string
	// Management is the id of the management account: no service control policy applies to it.
	Management string
	Root       Unit
}

// Unit is the root or an organizational unit.
type Unit struct {
	// ID is r-... or ou-...; Name is for people.
	ID, Name string
	// Policies are the service control policies attached here. An empty list denies everything below, as AWS does:
	// the default, FullAWSAccess, must be listed.
	Policies []ServiceControlPolicy
	Units    []Unit
	Accounts []OrganizationAccount
}

// OrganizationAccount places an account in the tree, with the service control policies attached to it directly.
type OrganizationAccount struct {
	ID       string
	Policies []ServiceControlPolicy
}

// ServiceControlPolicy is a service control policy.
type ServiceControlPolicy struct {
	Name     string
	Document policy.Document
}

// NodeKind tells EC2 instances from managed nodes (hybrid activations).
type NodeKind string

// The kinds of nodes.
const (
	Instance        NodeKind = "instance"
	ManagedInstance NodeKind = "managed-instance"
)

// Node is a machine that Session Manager reaches.
type Node struct {
	Kind NodeKind
	// ID is i-... or mi-...
	ID     string
	Region string
	Tags   []Tag
	// OSUsers are the logins that exist on the node besides root. Nil means that any legal name exists.
	OSUsers []string
	// Profile is the ARN of the role of its instance profile, which a shell can use; empty means none.
	Profile string
	// VolumeKeys are the KMS keys of the volumes of an instance: ARNs of customer managed keys, of any account, and
	// AWSManagedEBSKey. Empty means that no volume is encrypted, nil that it is not known.
	VolumeKeys []string
}

// SessionDocument is an SSM document that StartSession can name.
type SessionDocument struct {
	Name   string
	Region string
	// Type is Session, Command, Automation and so on.
	Type string
	// Owner is the account id, or "" for documents of AWS (AWS-...).
	Owner string
	// Content is the JSON of the document; empty means not known.
	Content string
}

// SessionPreferences is what the document SSM-SessionManagerRunShell of one Region says about Run As and limits.
type SessionPreferences struct {
	Region string
	// RunAs starts shells as the OS user of the principal's SSMSessionRunAs tag.
	RunAs bool
	// DefaultUser is the OS user of principals without the tag; empty means that their sessions fail.
	DefaultUser string
	// IdleTimeout and MaxDuration are in minutes; zero means AWS's default (20, and none).
	IdleTimeout, MaxDuration int
	// KMSKey is the ARN of the key that encrypts session data; empty means none.
	KMSKey string
}

// ARN is the user's ARN.
func (u *User) ARN(a *Account) string { return a.iamARN("user", u.Path, u.Name) }

// ARN is the group's ARN.
func (g *Group) ARN(a *Account) string { return a.iamARN("group", g.Path, g.Name) }

// ARN is the role's ARN.
func (r *Role) ARN(a *Account) string { return a.iamARN("role", r.Path, r.Name) }

// Account is the account with an id, in the world itself; nil where there is none.
func (w *World) Account(id string) *Account {
	for i := range w.Accounts {
		if w.Accounts[i].ID == id {
			return &w.Accounts[i]
		}
	}
	return nil
}

func (a *Account) iamARN(kind, path, name string) string {
	return "arn:" + string(cmp.Or(a.Partition, policy.AWS)) + ":iam::" + a.ID + ":" + kind + cmp.Or(path, "/") + name
}

// ARN is the ARN that calls name the node by: EC2's for an instance, Systems Manager's for a managed instance.
func (n *Node) ARN(a *Account) string {
	service := "ec2"
	if n.Kind == ManagedInstance {
		service = "ssm"
	}
	return "arn:" + string(
		cmp.Or(a.Partition, policy.AWS),
	) + ":" + service + ":" + n.Region + ":" + a.ID + ":" + string(
		n.Kind,
	) + "/" + n.ID
}

// ARN is the document's ARN. Documents of AWS have no account in it.
func (d *SessionDocument) ARN(a *Account) string {
	return "arn:" + string(cmp.Or(a.Partition, policy.AWS)) + ":ssm:" + d.Region + ":" + d.Owner + ":document/" + d.Name
}
