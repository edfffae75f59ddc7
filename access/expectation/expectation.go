package expectation

import (
	"time"

	"aws-access-guardrails/access/world"
)

// SignIn is how the person of an expectation signs in.
type SignIn string

// The ways to sign in.
const (
	// SignInConsole is the console.
	SignInConsole SignIn = "console"
	// SignInKey is a long-term access key, which never carries MFA.
	SignInKey SignIn = "key"
	// SignInKeyWithMFACode is a long-term access key that sends an MFA code along when it assumes a role.
	SignInKeyWithMFACode SignIn = "keyWithMfaCode"
	// SignInSessionToken is credentials of sts:GetSessionToken.
	SignInSessionToken SignIn = "sessionToken"
)

// SignIns lists the ways to sign in.
func SignIns() []SignIn {
	return []SignIn{SignInConsole, SignInKey, SignInKeyWithMFACode, SignInSessionToken}
}

// Expectation says how one journey must end: a person signs in, perhaps assumes a role, and makes a call or opens a
// door. Names in it that nothing has, actions that AWS does not have, and calls that AWS could not decide as they
// stand are failures and never pass.
type Expectation struct {
	// It says in words what must be true. Required.
	It string
	// Account is the id of the account in which names are looked up that name no other. Empty means the only account
	// that the world describes.
	Account string
	// As is the person: the name of a user, "alias/name" or "id/name" for one of another account, or the ARN of a
	// user. Required without Person.
	As string
	// Person is a person of IAM Identity Center, in place of As. Via is then the permission set that the person takes.
	Person *world.Person
	// Session is how the person signs in; empty means SignInConsole.
	Session SignIn
	// MFA says that the person signed in with MFA. SignInKey never does, SignInKeyWithMFACode always.
	MFA bool
	// MFAAge is how long ago the sign-in with MFA was. Zero means just now, as it always is with SignInKeyWithMFACode.
	MFAAge time.Duration
	// Via is the role that the person assumes first, by name, "alias/name", "id/name" or ARN; empty means none. For a
	// Person it is the permission set, by its name or "alias/name" for the account in which it is taken. It is
	// required then.
	Via string
	// Then is the role that a Person assumes with the permission set of Via, such as that of a grant, by name,
	// "alias/name", "id/name" or ARN. Empty means none.
	Then string
	// SessionName is the name of the role session; empty means the name of the person, as the console gives it.
	SessionName string
	// SessionTags are the session tags that the person passes when taking the role of Via. Empty means none; Switch
	// Role of the console passes none.
	SessionTags map[string]string
	// Do is the action that is tried, such as "iam:CreateAccessKey"; Opens is the door. One of them is required.
	Do    string
	Opens world.DoorKind
	// On is what the action or the door is tried on.
	On Target
	// With are condition keys that the call of Do carries, such as aws:TagKeys. aws:TagKeys follows from
	// aws:RequestTag/... where it is not given.
	With map[string][]string
	// At is when everything happens. Zero means any time, or with Engine.From that instant and every later one: an
	// expectation that is not met at one of them is a failure, and so is one that depends on the time where no such
	// instant is given.
	At time.Time
	// Allowed, Denied or OSUser is what is expected; OSUser is the login of the shell, and implies that it opens. One
	// of them is required.
	Allowed, Denied bool
	OSUser          string
	// Because is the Sid of the statement that must decide; empty means any.
	Because string
}

// Target is what an expectation acts on. One of its fields is set, but for two cases: Region goes with Instance and
// Document, and a Document beside an Instance is the one that the door uses. The zero value is nothing in particular,
// for actions that have no resource.
type Target struct {
	// Instance holds the tags of an EC2 instance, which need not be in the world. An empty map is an instance without
	// tags, nil is none.
	Instance map[string]string
	// User and Role are names, "alias/name", "id/name" or ARNs.
	User, Role string
	// Document is the name of an SSM document of the account or of AWS.
	Document string
	// ARN is the ARN of anything else.
	ARN string
	// VolumeKeys are the KMS keys of the volumes of the instance that ec2:StartInstances starts, as Node has them.
	// Nil means those of a node of the world with the ARN; of an instance that is known by its tags alone nothing is
	// known.
	VolumeKeys []string
	// Region is where the instance or document is. Empty means every Region that has Session Manager preferences: the
	// expectation must be met in each of them. An instance is where the keys of its volumes are.
	Region string
}

// IsZero reports whether nothing is named.
func (t Target) IsZero() bool {
	return t.Instance == nil && t.User == "" && t.Role == "" && t.Document == "" && t.ARN == ""
}
