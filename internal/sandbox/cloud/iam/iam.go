package iam

import (
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// State is what IAM has in all accounts.
type State struct {
	world         *api.World
	ssm           *ssm.State
	organizations *organizations.State

	Users    *store.Table[User]
	Groups   *store.Table[Group]
	Roles    *store.Table[Role]
	Policies *store.Table[Policy]
	Devices  *store.Table[Device]
	// enrolments are what people do once their user exists, by the user's name.
	Enrolments *store.Table[Enrolment]

	// moreManaged are AWS managed policies that AWS has and the catalogue does not know yet, with their paths.
	moreManaged map[string]bool
}

// NewState is the IAM of a world in which nobody has anything.
func NewState(world *api.World, ssm *ssm.State, organizations *organizations.State) *State {
	return &State{
		world:         world,
		ssm:           ssm,
		organizations: organizations,
		Users:         store.NewTable[User]("users"),
		Groups:        store.NewTable[Group]("groups"),
		Roles:         store.NewTable[Role]("roles"),
		Policies:      store.NewTable[Policy]("policies"),
		Devices:       store.NewTable[Device]("mfaDevices"),
		Enrolments:    store.NewTable[Enrolment]("enrolments"),
		moreManaged:   map[string]bool{},
	}
}

// AddManaged says which managed policies AWS has besides those of the catalogue: names with their paths.
func (s *State) AddManaged(names ...string) {
	s.world.Read(func() {
		for _, name := range names {
			s.moreManaged[name] = true
		}
	})
}

// Client is a client of IAM with one caller's credentials.
type Client struct {
	api.Client
	state *State
}

// Client returns a client of IAM.
func (s *State) Client(caller api.Caller) Client {
	return Client{api.NewClient(s.world, caller, s.service()), s}
}

// Kind is a kind of IAM identity, as the names of API calls have it.
type Kind string

// The kinds of identities.
const (
	KindUser  Kind = "User"
	KindGroup Kind = "Group"
	KindRole  Kind = "Role"
)

// Policies are the policies of a user, a group or a role.
type Policies struct {
	// Inline are documents by name.
	Inline map[string]string `json:"inline,omitempty"`
	// Attached are ARNs of managed policies in the order of attachment.
	Attached []string `json:"attached,omitempty"`
}

// Clone is a copy that shares nothing with the policies.
func (p Policies) Clone() Policies {
	return Policies{Inline: maps.Clone(p.Inline), Attached: slices.Clone(p.Attached)}
}

// User is an IAM user.
type User struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// ID is the unique id, AIDA...; a user made again under the same name has another.
	ID       string            `json:"id"`
	Boundary string            `json:"boundary,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"`
	Policies
	// Groups are the names of the user's groups, sorted.
	Groups []string `json:"groups,omitempty"`
	// Password tells whether the user has a login profile, that is a console password.
	Password bool `json:"password,omitempty"`
	// AccessKeys are the ids of the user's access keys.
	AccessKeys []string `json:"accessKeys,omitempty"`
	// Others are the ids of what else the user made to sign in or to sign requests, by kind.
	Others map[Credential][]string `json:"others,omitempty"`
	// MFADevices are the serial numbers of the devices that the user enrolled.
	MFADevices []string  `json:"mfaDevices,omitempty"`
	Created    time.Time `json:"created,omitzero"`
}

// Group is an IAM group.
type Group struct {
	Name string `json:"name"`
	Path string `json:"path"`
	ID   string `json:"id"`
	Policies
	Created time.Time `json:"created,omitzero"`
}

// Role is an IAM role.
type Role struct {
	Name        string `json:"name"`
	Path        string `json:"path"`
	ID          string `json:"id"`
	Description string `json:"description,omitempty"`
	// Trust is the trust policy as it was written.
	Trust string `json:"trust"`
	// Principals are the unique ids of the users and roles that the trust policy names, by ARN: AWS keeps the ids,
	// not the names.
	Principals map[string]string `json:"principals,omitempty"`
	// MaxSession is the longest session in seconds.
	MaxSession int               `json:"maxSession"`
	Boundary   string            `json:"boundary,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Policies
	// Reserved names the service that alone may change the role; empty means that the account may.
	Reserved string `json:"reserved,omitempty"`
	// PermissionSet is the name of the permission set that IAM Identity Center made the role for; empty for every
	// other role.
	PermissionSet string    `json:"permissionSet,omitempty"`
	Created       time.Time `json:"created,omitzero"`
}

// Policy is a customer managed policy.
type Policy struct {
	Name        string            `json:"name"`
	Path        string            `json:"path"`
	ID          string            `json:"id"`
	ARN         string            `json:"arn"`
	Description string            `json:"description,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	// Versions are the versions that exist, oldest first.
	Versions []PolicyVersion `json:"versions"`
	// Default is the id of the version in force.
	Default string    `json:"default"`
	Created time.Time `json:"created,omitzero"`
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	// ID is v1, v2, ...
	ID       string    `json:"id"`
	Document string    `json:"document"`
	Created  time.Time `json:"created,omitzero"`
}

// Document is the document in force.
func (p Policy) Document() string {
	for _, v := range p.Versions {
		if v.ID == p.Default {
			return v.Document
		}
	}
	return ""
}

// Device is a virtual MFA device.
type Device struct {
	Name string `json:"name"`
	// User is the name of the user who enrolled it; empty means nobody yet.
	User string `json:"user,omitempty"`
}

// NameKey is the key of an IAM name: names that differ by case alone cannot exist together.
func NameKey(name string) string { return strings.ToLower(name) }

func (i Client) user(name string) (User, error) {
	user, ok := i.state.Users.Get(i.Caller.Account, NameKey(name))
	if !ok || user.Name != name {
		return User{}, noSuchEntity("The user with name %s cannot be found.", name)
	}
	return user, nil
}

func (i Client) group(name string) (Group, error) {
	group, ok := i.state.Groups.Get(i.Caller.Account, NameKey(name))
	if !ok || group.Name != name {
		return Group{}, noSuchEntity("The group with name %s cannot be found.", name)
	}
	return group, nil
}

func (i Client) role(name string) (Role, error) {
	role, ok := i.state.Roles.Get(i.Caller.Account, NameKey(name))
	if !ok || role.Name != name {
		return Role{}, noSuchEntity("The role with name %s cannot be found.", name)
	}
	return role, nil
}

// changeable refuses changes of roles that belong to a service.
func (r Role) changeable() error {
	if r.Reserved == "" {
		return nil
	}
	return api.Refuse(
		400,
		"UnmodifiableEntity",
		"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS",
		r.Name,
	)
}

func (i Client) putUser(tx *store.Tx, user User) {
	i.state.Users.Put(tx, i.Caller.Account, NameKey(user.Name), user)
}
func (i Client) putGroup(tx *store.Tx, group Group) {
	i.state.Groups.Put(tx, i.Caller.Account, NameKey(group.Name), group)
}
func (i Client) putRole(tx *store.Tx, role Role) {
	i.state.Roles.Put(tx, i.Caller.Account, NameKey(role.Name), role)
}

// UserARN is the ARN of a user of the caller's account.
func (i Client) UserARN(user User) string {
	return i.Partition().UserARN(i.Caller.Account, user.Path, user.Name)
}

// GroupARN is the ARN of a group of the caller's account.
func (i Client) GroupARN(group Group) string {
	return i.Partition().GroupARN(i.Caller.Account, group.Path, group.Name)
}

// RoleARN is the ARN of a role of the caller's account.
func (i Client) RoleARN(role Role) string {
	return i.Partition().RoleARN(i.Caller.Account, role.Path, role.Name)
}

// Partition is the partition of the caller's account.
func (i Client) Partition() policy.Partition { return i.World.Partition(i.Caller.Account) }

func (i Client) time() time.Time { return i.World.Time() }
