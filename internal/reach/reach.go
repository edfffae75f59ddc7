package reach

import (
	"cmp"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
)

// Facts are who reaches what from a moment on.
type Facts struct {
	// At is the moment from which the facts look on, in UTC and whole seconds.
	At time.Time
	// Accounts are the accounts that were looked at, in the order of the world.
	Accounts []Account
	// Ways are in the order of the accounts, their people and their roles; those of IAM Identity Center come last. A
	// person who reaches nothing has one way without doors and sign-ins.
	Ways []Way
	// Administrators are the ARNs of those who can change everything that the ways say.
	Administrators []string

	engine, generous *access.Engine
	roles            *roles
	nodeTags         func(account, project string, session []world.Tag) []world.Tag
}

// Account is an account by its id, with the alias or, without one, the name of its stack. Alias is empty for an
// account that no stack describes.
type Account struct{ ID, Alias string }

// PersonKind tells people apart by where they come from.
type PersonKind int

// The kinds of people.
const (
	// IAMUser is a user of IAM.
	IAMUser PersonKind = iota
	// IdentityCenterUser is a user of IAM Identity Center, IdentityCenterGroup everybody in a group of it.
	IdentityCenterUser
	IdentityCenterGroup
	// Partner is a principal of a third party, which comes in with an external id.
	Partner
)

// Person is somebody who signs in.
type Person struct {
	Kind PersonKind
	// Name is the name of the user or group. ARN is that of IAM, or of the identity store.
	Name, ARN string
	// Account is where a user of IAM is; zero for people of IAM Identity Center.
	Account Account
	// SessionName is what AWS calls the sessions of the person where the person chooses no other name.
	SessionName string
}

// OfIdentityCenter reports whether the person is a user of IAM Identity Center, or everybody in a group of it.
func (p Person) OfIdentityCenter() bool {
	return p.Kind == IdentityCenterUser || p.Kind == IdentityCenterGroup
}

// Role is a role that is taken.
type Role struct {
	// Name is the name of the role, PermissionSet that of the permission set whose role it is; empty for other roles.
	// In the ARN of a permission set's role the last sixteen characters stand for those that AWS chooses.
	Name, ARN, PermissionSet string
	Account                  Account
	// SessionTags are what the person passes when taking the role.
	SessionTags []world.Tag
}

// Value is a value of a tag or the name of an OS user. FromProfile says that the profile of each person has it: Text
// is then its source, such as "${path:userName}".
type Value struct {
	Text        string
	FromProfile bool
	// tried is the value with which it was tried.
	tried string
}

// Projects are the nodes that doors open on, by the value of their project tag. A pattern of a policy stands for all
// that it matches. None at all means no nodes.
type Projects struct {
	Named []Value
	// Every says that the nodes of all other projects are open too, but for those of But. Untagged says that nodes
	// without the tag are.
	Every    bool
	But      []Value
	Untagged bool
}

// Regions are where the nodes are. Every says that the nodes of all other Regions are open too.
type Regions struct {
	Named []string
	Every bool
}

// Door is a way into a node in the words of journey.DoorKind, a session document of the account (DocumentDoor), or the
// power to start or stop a node.
type Door string

// The powers over nodes that open nothing.
const (
	Start Door = "start"
	Stop  Door = "stop"
)

// Doors lists the doors and powers in the order in which they are named.
func Doors() []Door {
	var all []Door
	for _, kind := range world.Doors() {
		all = append(all, Door(kind))
	}
	return append(all, Start, Stop)
}

// Other is a row of the table of doors by its service and what opens there.
type Other struct{ Service, It string }

// VolumeKeys are customer managed KMS keys by ARN. Every says that it is all keys of the account. An instance with a
// volume under another key falls back to stopped.
type VolumeKeys struct {
	ARNs  []string
	Every bool
}

// OSUser is the login behind doors; the zero value where they give none.
type OSUser struct {
	Login Value
	// Superuser says that it can do everything on the node, Unknown that it cannot be said which it is.
	Superuser, Unknown bool
}

// SignIn is a way to sign in.
type SignIn string

// The ways to sign in, those without MFA first. Portal is how people of IAM Identity Center sign in, which asks for
// MFA itself.
const (
	ConsoleWithoutMFA SignIn = "console without MFA"
	AccessKey         SignIn = "access key"
	TokenWithoutMFA   SignIn = "session token without MFA"
	ConsoleWithMFA    SignIn = "console with MFA"
	AccessKeyWithCode SignIn = "access key with an MFA code"
	TokenWithMFA      SignIn = "session token with MFA"
	Portal            SignIn = "IAM Identity Center"
	// ExternalID is how partners come in: with the external id, and with whatever sign-in they have at home.
	ExternalID SignIn = "external id"
)

// Compare puts the ways in which IAM users sign in into the order in which they are named: those without MFA first.
func (s SignIn) Compare(o SignIn) int { return cmp.Compare(placeOf(s), placeOf(o)) }

// MFA reports whether the sign-in asks for a device.
func (s SignIn) MFA() bool {
	return s == ConsoleWithMFA || s == AccessKeyWithCode || s == TokenWithMFA || s == Portal
}

// Console reports whether the sign-in is one in the console of IAM users.
func (s SignIn) Console() bool { return s == ConsoleWithoutMFA || s == ConsoleWithMFA }

// AssumptionKind says what is not known and was taken to allow a call.
type AssumptionKind int

// The kinds of assumptions.
const (
	// ResourceLetsIn: the policies of Resource, in Account, let Caller in.
	ResourceLetsIn AssumptionKind = iota
	// StrangerMay: the policies of Policy, which is the ARN of a user of Account whom no stack describes, allow Action.
	StrangerMay
	// DocumentAllows: Policy, whose document is not known, allows it.
	DocumentAllows
	// AccountHasNoNodes: Account has no nodes, because no stack that was read describes it.
	AccountHasNoNodes
)

// Assumption is what a way rests on because a document is not known.
type Assumption struct {
	Kind                                      AssumptionKind
	Account, Resource, Caller, Policy, Action string
}

// Way is one person in one role, with the doors that end in the same OS user.
type Way struct {
	Person Person
	// Via are the roles that are taken one after the other. The doors are those of the last; with none, of the person.
	Via []Role
	// Teams are the teams by which the first role names the person, as its stack file writes them; empty for somebody
	// whom it names in person.
	Teams    []string
	Projects Projects
	Regions  Regions
	Doors    []Door
	// Others are further ways onto nodes, and of running code on them, that the role may use somewhere: the rows of
	// the table of doors that journeys do not open. Policies that are not known open none of them.
	Others []Other
	// VolumeKeys are with which keys the power Start starts instances; zero where Doors does not have it.
	VolumeKeys VolumeKeys
	OSUser     OSUser
	// SignIns are the ways to sign in that get there, those without MFA first. MFAMaxAge is how old MFA may be; zero
	// means any age.
	SignIns   []SignIn
	MFAMaxAge time.Duration
	// Networks are the networks from which one of the doors opens, as the policies write them: CIDR blocks, and ids of
	// VPCs and of VPC endpoints. None means that any network will do.
	Networks []string
	// From and Until bound the time in which it is so, the second Until not included. Nil means from At on, and
	// without end.
	From, Until *time.Time
	Assumptions []Assumption
}

// Role is the role in which the doors are; nil where the person takes none.
func (w *Way) Role() *Role {
	if len(w.Via) == 0 {
		return nil
	}
	return &w.Via[len(w.Via)-1]
}

// Account is where the nodes are.
func (w *Way) Account() Account {
	if r := w.Role(); r != nil {
		return r.Account
	}
	return w.Person.Account
}

// Nothing reports whether the way says that the person reaches nothing.
func (w *Way) Nothing() bool { return len(w.SignIns) == 0 }

// WithoutMFA are the sign-ins of the way that ask for no device.
func (w *Way) WithoutMFA() []SignIn {
	return slices.DeleteFunc(slices.Clone(w.SignIns), SignIn.MFA)
}
