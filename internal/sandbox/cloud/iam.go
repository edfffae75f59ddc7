package cloud

import (
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// IAM is a client of IAM with one caller's credentials.
type IAM struct{ client }

// IAM returns a client of IAM.
func (c *Cloud) IAM(caller Caller) IAM { return IAM{client{cloud: c, caller: caller, service: "IAM"}} }

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

// PasswordPolicy is the password policy of an account.
type PasswordPolicy struct {
	MinimumLength      int  `json:"minimumLength"`
	RequireSymbols     bool `json:"requireSymbols"`
	RequireNumbers     bool `json:"requireNumbers"`
	RequireUppercase   bool `json:"requireUppercase"`
	RequireLowercase   bool `json:"requireLowercase"`
	AllowUsersToChange bool `json:"allowUsersToChange"`
	// MaxAge is in days; zero means that passwords do not expire.
	MaxAge int `json:"maxAge"`
	// ReusePrevention is the number of earlier passwords that are refused; zero means none.
	ReusePrevention int  `json:"reusePrevention"`
	HardExpiry      bool `json:"hardExpiry"`
}

// nameKey is the key of an IAM name: names that differ by case alone cannot exist together.
func nameKey(name string) string { return strings.ToLower(name) }

func (i IAM) user(name string) (User, error) {
	user, ok := i.cloud.users.get(i.caller.Account, nameKey(name))
	if !ok || user.Name != name {
		return User{}, noSuchEntity("The user with name %s cannot be found.", name)
	}
	return user, nil
}

func (i IAM) group(name string) (Group, error) {
	group, ok := i.cloud.groups.get(i.caller.Account, nameKey(name))
	if !ok || group.Name != name {
		return Group{}, noSuchEntity("The group with name %s cannot be found.", name)
	}
	return group, nil
}

func (i IAM) role(name string) (Role, error) {
	role, ok := i.cloud.roles.get(i.caller.Account, nameKey(name))
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
	return refuse(
		400,
		"UnmodifiableEntity",
		"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS",
		r.Name,
	)
}

func (i IAM) putUser(tx *tx, user User) {
	i.cloud.users.put(tx, i.caller.Account, nameKey(user.Name), user)
}
func (i IAM) putGroup(tx *tx, group Group) {
	i.cloud.groups.put(tx, i.caller.Account, nameKey(group.Name), group)
}
func (i IAM) putRole(tx *tx, role Role) {
	i.cloud.roles.put(tx, i.caller.Account, nameKey(role.Name), role)
}

// UserARN is the ARN of a user of the caller's account.
func (i IAM) UserARN(user User) string {
	return i.Partition().UserARN(i.caller.Account, user.Path, user.Name)
}

// GroupARN is the ARN of a group of the caller's account.
func (i IAM) GroupARN(group Group) string {
	return i.Partition().GroupARN(i.caller.Account, group.Path, group.Name)
}

// RoleARN is the ARN of a role of the caller's account.
func (i IAM) RoleARN(role Role) string {
	return i.Partition().RoleARN(i.caller.Account, role.Path, role.Name)
}

// Partition is the partition of the caller's account.
func (i IAM) Partition() policy.Partition { return i.cloud.Partition(i.caller.Account) }

func (i IAM) time() time.Time { return i.cloud.now().UTC().Truncate(time.Second) }
