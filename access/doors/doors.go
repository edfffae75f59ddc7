// Package doors is the one table of the ways onto machines and of the calls that make or change who may use them.
// Documents of components, service control policies, standing proofs, the evaluator, reports and pages take their
// actions from here, so that a door is written down once.
//
// Every action that AWS has is classified by it: one that the table does not have is no door. An action whose name or
// description looks like a door must stand in the table or among the look-alikes of none.txt; a test holds the
// catalogue of package access to that.
package doors

import (
	"slices"
	"strings"
	"sync"
)

// Class is what a call of AWS opens.
type Class string

// The classes. A node is an EC2 instance or a managed node of Systems Manager.
const (
	// Shell opens a shell, a desktop or a port on a node, or hands out what does.
	Shell Class = "shell or desktop on a node"
	// Code runs code on nodes.
	Code Class = "code on nodes"
	// Elsewhere opens something on other machines: containers, functions, streamed applications, tunnels, notebooks,
	// builds.
	Elsewhere Class = "something elsewhere"
	// Access makes or changes who may: principals, policies, credentials, and the tags and documents that sessions
	// rest on.
	Access Class = "who may"
	// None opens nothing of this.
	None Class = "none"
)

// Classes lists the classes of the table, in its order. None is not among them.
func Classes() []Class { return []Class{Shell, Code, Elsewhere, Access} }

// Set is a set of actions that a statement of a policy or a claim of a proof speaks of.
type Set string

// The sets that service control policies close. ClosedBy says by which statement.
const (
	// Sessions are sessions of Systems Manager, and what reads or opens the like of one. Guarded roles use them.
	Sessions Set = "sessions"
	// OtherDoors are the other ways onto machines. No guarded role uses them.
	OtherDoors Set = "other doors"
	// RemoteExecution makes Systems Manager run commands on nodes as root.
	RemoteExecution Set = "remote execution"
	// RunDocuments change or take away a document that is run by name.
	RunDocuments Set = "documents that are run"
	// SessionDocuments make, change, share and delete documents; those of sessions decide about OS users, limits and
	// logs.
	SessionDocuments Set = "session documents"
	// JustInTimeSettings are the settings of just-in-time node access, among other settings of Systems Manager.
	JustInTimeSettings Set = "settings of just-in-time access"
	// RoleMaking makes a role with what it may do; RoleChanging changes one that exists, or lends it to a service.
	RoleMaking   Set = "making roles"
	RoleChanging Set = "changing roles"
	// ManagedPolicies change customer managed policies.
	ManagedPolicies Set = "managed policies"
	// SAMLProviders take over identity providers.
	SAMLProviders Set = "SAML providers"
	// Groups change groups and take members out.
	Groups Set = "groups"
	// Takeovers make one the owner of another person's sign-in, or clear the way to it. Deleting a password or a key
	// does not.
	Takeovers Set = "taking over people"
	// PasswordRules change the password policy.
	PasswordRules Set = "password rules"
	// ConsolePasswords give a user a console password.
	ConsolePasswords Set = "console passwords"
	// FederationTokens turn an access key of a user into a console sign-in.
	FederationTokens Set = "federation tokens"
	// PrincipalTags write tags of users and roles, SessionTags those of sessions.
	PrincipalTags Set = "tags of principals"
	SessionTags   Set = "tags of sessions"
	// NodeTags write tags of nodes.
	NodeTags Set = "tags of nodes"
	// Attributes map attributes of people to session tags in IAM Identity Center.
	Attributes Set = "attributes for access control"
	// PermissionSets make permission sets what they are, and give them to people, in the API of today and in the
	// older one.
	PermissionSets Set = "permission sets"
	// OrganizationPolicies change service control policies and where they are attached; Leaving leaves the
	// organization.
	OrganizationPolicies Set = "service control policies"
	Leaving              Set = "leaving the organization"
	// RootSessions open sessions of root users of member accounts, or give these users another email address, with which
	// a password is reset.
	RootSessions Set = "central root sessions"
	// RoleMakers command the services that make roles in other accounts: stack sets of CloudFormation, and Quick
	// Setup of Systems Manager.
	RoleMakers Set = "stack sets and Quick Setup"
	// StackSetStacks change a stack, those of stack sets among them, which act as the role of the stack set.
	StackSetStacks Set = "stacks of stack sets"
)

// The sets that only documents of roles and proofs about an account speak of.
const (
	// Automations start runbooks.
	Automations Set = "automations"
	// NodeChanges change what an instance runs, or as which role.
	NodeChanges Set = "changes of nodes"
	// CredentialWrites change what a person signs in with, or the person. iam:ChangePassword is not among them: it
	// changes the caller's own.
	CredentialWrites Set = "credentials"
	// AccessWrites change what somebody may do.
	AccessWrites Set = "access"
	// Assuming is how somebody becomes a role.
	Assuming Set = "assuming roles"
)

// closedBy are the Sids of the statements of the organization's service control policies that close a set, for whom
// they apply to. The documents are rendered in package components; a test decides every row on them.
var closedBy = map[Set]string{
	Sessions: "DenySessionsButForGuardedRoles", OtherDoors: "DenyOtherDoorsButForBreakGlass",
	RemoteExecution: "DenyRemoteExecutionButForListedRoles", RunDocuments: "DenyChangingCommandDocuments",
	SessionDocuments: "DenyChangingSessionDocuments", JustInTimeSettings: "DenyChangingJustInTimeSettings",
	RoleMaking: "DenyMakingGuardedRoles", RoleChanging: "DenyChangingGuardedRoles", ManagedPolicies: "DenyChangingPoliciesOfGuardrails",
	SAMLProviders: "DenyChangingSAMLProviders", Groups: "DenyChangingMFAGroup",
	Takeovers: "DenyChangingCredentialsOfOthers", PasswordRules: "DenyChangingCredentialsOfOthers",
	ConsolePasswords: "DenyConsolePasswordsOutsideOfJumpAccounts", FederationTokens: "DenyFederationTokensOutsideOfJumpAccounts",
	PrincipalTags: "DenyWritingAuthorizationTagsOfPrincipals", SessionTags: "DenyAuthorizationTagsOfSessions", NodeTags: "DenyWritingAuthorizationTagsOfNodes",
	Attributes: "DenyChangingAttributesForAccessControl", PermissionSets: "DenyChangingPermissionSets",
	OrganizationPolicies: "DenyChangingServiceControlPolicies", Leaving: "DenyLeavingOrganization", RootSessions: "DenyCentralRootSessions",
	RoleMakers: "DenyChangingStackSetsAndQuickSetup", StackSetStacks: "DenyChangingStacksOfStackSets",
}

// ClosedBy is the Sid of the service control policy's statement that closes a set; empty for a set that none closes.
func ClosedBy(s Set) string { return closedBy[s] }

// RunnableDocuments are the types of the documents that associations, maintenance windows and packages run on nodes,
// as the key ssm:DocumentType has them.
//
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html.
func RunnableDocuments() []string { return []string{"Automation", "Command", "Package", "Policy"} }

// Row is one entry of the table: calls that open the same thing and share one fate.
type Row struct {
	// Class is what the calls open. It is never None.
	Class Class
	// Service is the name of the service, It what opens, in the words of a table for people.
	Service, It string
	// Actions are the calls, such as "ssm:StartSession", in AWS's spelling, at least one. No action stands in two rows.
	Actions []string
	// Ways are the doors of the row that journeys open, under the names by which expectations open them. A row
	// without one is asked about by its actions.
	Ways []Way
	// In are the sets that the actions are of. Empty means that nothing closes them.
	In []Set
	// Open says why no service control policy of the guardrails closes the calls. Empty where a set of In is closed
	// by one.
	Open string
	// Why says why the calls are of their class where their names do not, Page the address of AWS's page that says
	// so. Both are optional.
	Why, Page string
}

// Way is one door that journeys open: package access knows the calls of it.
type Way struct {
	// Name is the name in an expectation, such as "remotePort".
	Name string
	// Does is what somebody does with it, as an infinitive without "to": "open a shell".
	Does string
	// Action is the call of the row that opens it.
	Action string
}

// Others are the actions of the row that open none of its ways: whoever is asked what a caller may do asks about them
// beside the ways.
func (r *Row) Others() []string {
	return slices.DeleteFunc(slices.Clone(r.Actions), func(action string) bool {
		return slices.ContainsFunc(r.Ways, func(w Way) bool { return w.Action == action })
	})
}

// WayNamed finds the way of a name; false where the table has none.
func WayNamed(name string) (Way, bool) {
	for i := range Table() {
		for _, way := range Table()[i].Ways {
			if way.Name == name {
				return way, true
			}
		}
	}
	return Way{}, false
}

// Closed reports whether a service control policy of the guardrails closes the row, for whom its statement applies to.
func (r *Row) Closed() bool { return r.Open == "" }

// calls reads "ssm:A B ec2:C": a name without a prefix has that of the name before it.
func calls(text string) []string {
	var out []string
	prefix := ""
	for name := range strings.FieldsSeq(text) {
		if before, _, found := strings.Cut(name, ":"); found {
			prefix = before
		} else {
			name = prefix + ":" + name
		}
		out = append(out, name)
	}
	return out
}

func in(sets ...Set) []Set { return sets }

var table = sync.OnceValue(func() []Row { return slices.Concat(shellRows(), codeRows(), elsewhereRows(), accessRows()) })

// Table is the whole table, in the order of Classes. Do not change it.
func Table() []Row { return table() }

type index struct {
	rows map[string]int
	sets map[Set][]string
}

var indexed = sync.OnceValue(func() index {
	out := index{map[string]int{}, map[Set][]string{}}
	for i := range Table() {
		row := &Table()[i]
		for _, action := range row.Actions {
			out.rows[strings.ToLower(action)] = i
			for _, set := range row.In {
				out.sets[set] = append(out.sets[set], action)
			}
		}
	}
	for _, actions := range out.sets {
		slices.Sort(actions)
	}
	return out
})

// Of finds the row of an action, in any case; nil when the action is no door.
func Of(action string) *Row {
	i, known := indexed().rows[strings.ToLower(action)]
	if !known {
		return nil
	}
	return &Table()[i]
}

// ClassOf is the class of an action: None for one that the table does not have.
func ClassOf(action string) Class {
	if row := Of(action); row != nil {
		return row.Class
	}
	return None
}

// In lists the actions of sets, sorted, each once. The slice is the caller's.
func In(sets ...Set) []string {
	var out []string
	for _, set := range sets {
		out = append(out, indexed().sets[set]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
