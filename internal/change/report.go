package change

import (
	"time"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/reach"
)

// Version is the version of the JSON form of a Report.
const Version = 1

// Report is what a change means.
type Report struct {
	Version int `json:"version"`
	// From and To name the two sides, such as "HEAD (1a2b3c4)" and "the working tree".
	From string `json:"from"`
	To   string `json:"to"`
	// At is the time from which it looks on: what is over by then is of no consequence.
	At time.Time `json:"at"`
	// NoOne is true when no one gains or loses anything: every list of people, calls, guardrails and open questions
	// below is empty.
	NoOne bool `json:"noOneGainsOrLoses"`
	// People are the ways onto nodes and into roles that people gain and lose, and people who come and go.
	People []PersonChange `json:"people"`
	// Calls are what users and roles of both sides may call on one side alone.
	Calls []CallChange `json:"calls"`
	// Assignments are the permission sets of IAM Identity Center that people and groups gain and lose.
	Assignments []AssignmentChange `json:"assignments"`
	// Guardrails are the service control policies that were attached and detached.
	Guardrails []GuardrailChange `json:"guardrails"`
	// Proofs are the proofs and expectations that say something else, came or went.
	Proofs []ProofChange `json:"proofs"`
	// Settings are what decides access or ends it and is no document: tags, groups, managed policies, the length of
	// sessions, preferences.
	Settings []Setting `json:"settings"`
	// Documents are the policy documents that differ, statement by statement.
	Documents []DocumentChange `json:"documents"`
	// Resources are what the stacks make: what appears, is changed, is replaced and is deleted. Nil when they were
	// not compared.
	Resources []ResourceChange `json:"resources"`
	// Open are the questions that the report does not answer, in words. With any of them it does not say that no one
	// gains or loses.
	Open []string `json:"open"`
	// Notes are what else to know about the two sides: stacks that come, go or cannot be read.
	Notes []string `json:"notes"`
	// Classes is how many classes of requests were looked at to find what users and roles of both sides may call.
	Classes int `json:"classes"`
}

// PersonChange is one way of one person that opens or shuts, or a person who comes or goes.
type PersonChange struct {
	// Gains tells a gain from a loss.
	Gains bool `json:"gains"`
	// Person is the name, with the account where several have people; PersonARN the user.
	Person    string `json:"person"`
	PersonARN string `json:"personArn"`
	// User says what becomes of the user itself, "comes" or "goes"; empty where the way is what changes.
	User string `json:"user,omitempty"`
	// Role is the role at the end of the way, empty for none; Through are the roles before it. Account is where the
	// way ends, Carries are the managed policies of a role that is gained or lost as a whole.
	Role    string `json:"role,omitempty"`
	RoleARN string `json:"roleArn,omitempty"`
	// PermissionSet says that the role is a permission set in an account, which Role names as "account/name".
	PermissionSet bool     `json:"permissionSet,omitempty"`
	Through       []string `json:"through,omitempty"`
	Account       string   `json:"account"`
	Carries       []string `json:"carries,omitempty"`
	// Teams are the teams by which the role names the person, as its stack file writes them; empty for somebody whom
	// it names in person.
	Teams []string `json:"teams,omitempty"`
	// Whole says that the role itself is gained or lost, and not only what it opens.
	Whole bool `json:"whole,omitempty"`
	// Opens are the doors on nodes, and "start" and "stop".
	Opens []Opening `json:"opens"`
	// SignIns are the ways to sign in that get there. MFA is at least MFAOverSeconds and less than MFAMaxAgeSeconds
	// old; a zero MFAMaxAgeSeconds is any age.
	SignIns          []reach.SignIn `json:"signIns"`
	MFAOverSeconds   int            `json:"mfaOverSeconds,omitempty"`
	MFAMaxAgeSeconds int            `json:"mfaMaxAgeSeconds,omitempty"`
	// From and Until bound the time, the second Until not included. Nil means from now on, and without end.
	From  *time.Time `json:"from,omitempty"`
	Until *time.Time `json:"until,omitempty"`
	// Networks are the networks from which the way opens or shuts, in words; empty where it does from everywhere.
	Networks []string `json:"networks,omitempty"`
	// If are the policies that the row rests on because their documents are not known.
	If []string `json:"if,omitempty"`
	// Line is all of it in one line.
	Line string `json:"line"`
}

// Opening is doors that open on the same nodes.
type Opening struct {
	Doors []reach.Door `json:"doors"`
	// OSUser is the login behind the doors, empty where they give none; Superuser says that it can do everything on
	// the node.
	OSUser    string `json:"osUser,omitempty"`
	Superuser bool   `json:"superuser,omitempty"`
	// Nodes says which nodes, in words: "nodes of shop", "nodes without a project", "nodes of every other project".
	// Regions are empty for every Region.
	Nodes   []string `json:"nodes"`
	Regions []string `json:"regions"`

	login login
}

// CallChange is what some users or roles may call on one side alone, for one reason.
type CallChange struct {
	Gains bool `json:"gains"`
	// Who are names; ARNs the users and roles. "anybody else" stands for all whom no stack lists, with policies of
	// any kind.
	Who  []string `json:"who"`
	ARNs []string `json:"arns"`
	// Actions are patterns of actions, as the documents have them: some request of each is allowed on one side alone.
	Actions []string `json:"actions"`
	// Because says which statement makes the difference. Example is one request that shows it.
	Because string `json:"because"`
	Example string `json:"example"`
	// Unreal says why such a request is not confirmed; empty for one that is.
	Unreal string `json:"unreal,omitempty"`
	Line   string `json:"line"`

	callers []caller
	doubt   prove.Doubt
}

// AssignmentChange is a permission set of IAM Identity Center that somebody gains or loses in an account.
type AssignmentChange struct {
	Gains         bool   `json:"gains"`
	PermissionSet string `json:"permissionSet"`
	Account       string `json:"account"`
	// User is a user name, Group the display name of a group; one of them is set. ID is that of the identity store.
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
	ID    string `json:"id"`
	Line  string `json:"line"`
}

// GuardrailChange is a service control policy that is attached or detached.
type GuardrailChange struct {
	Attached bool   `json:"attached"`
	Policy   string `json:"policy"`
	Target   string `json:"target"`
	// Accounts are the member accounts below the target that it covers.
	Accounts []string `json:"accounts"`
	Line     string   `json:"line"`
}

// ProofChange is a proof or an expectation whose verdict is another one.
type ProofChange struct {
	Stack string `json:"stack"`
	// ID is the id of a proof, Expectation the sentence of an expectation.
	ID          string `json:"id,omitempty"`
	Expectation string `json:"expectation,omitempty"`
	// Was and Is are verdicts; empty for one that was not made.
	Was string `json:"was,omitempty"`
	Is  string `json:"is,omitempty"`
	// Waived are the switches that waive it now and did not before.
	Waived []string `json:"waived,omitempty"`
	Line   string   `json:"line"`
}

// Setting is something that differs and is no document.
type Setting struct {
	Account string `json:"account"`
	Subject string `json:"of"`
	What    string `json:"what"`
	Line    string `json:"line"`
}

// DocumentChange is a statement that differs, or a whole document.
type DocumentChange struct {
	Account string `json:"account,omitempty"`
	// Document says which: "trust policy of role/x", "policy mfa-guard of group/y".
	Document string `json:"document"`
	Sid      string `json:"sid,omitempty"`
	// Change is "new", "gone" or "changed"; What says what of a changed statement differs.
	Change string   `json:"change"`
	What   []string `json:"what,omitempty"`
	Line   string   `json:"line"`
}

// ResourceChange is a resource that appears, changes, is replaced or deleted.
type ResourceChange struct {
	Stack string `json:"stack"`
	// Op is "create", "update", "replace", "delete" or "retain".
	Op   string `json:"op"`
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Properties are those that differ; of a replacement, those that make it one.
	Properties []string `json:"properties,omitempty"`
	Line       string   `json:"line"`
}

// Silent reports whether the two sides do not differ in anything that the report compares.
func (r *Report) Silent() bool {
	return r.NoOne && len(r.Proofs)+len(r.Settings)+len(r.Documents)+len(r.Resources)+len(r.Notes) == 0
}

// Join adds what another group of stacks has.
func (r *Report) Join(o *Report) {
	r.NoOne = r.NoOne && o.NoOne
	r.People, r.Calls, r.Assignments = append(
		r.People,
		o.People...), append(
		r.Calls,
		o.Calls...), append(
		r.Assignments,
		o.Assignments...)
	r.Guardrails = append(r.Guardrails, o.Guardrails...)
	r.Proofs, r.Settings, r.Documents = append(
		r.Proofs,
		o.Proofs...), append(
		r.Settings,
		o.Settings...), append(
		r.Documents,
		o.Documents...)
	r.Resources, r.Open, r.Notes = append(
		r.Resources,
		o.Resources...), append(
		r.Open,
		o.Open...), append(
		r.Notes,
		o.Notes...)
	r.Classes += o.Classes
}
