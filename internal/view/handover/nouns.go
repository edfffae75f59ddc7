package handover

import "aws-access-guardrails/internal/stack"

// step is what a noun of a stack adds to what its people need.
type step func(*collection, *stack.Stack)

// noun is what the people of a stack have of one noun of the registry of package stack. The rows are written without
// the names of the columns, so that a row that lacks one does not compile.
type noun struct {
	// key is the key of the stack file.
	key string
	// people are those whom it makes, roles what it gives to them and to people of other accounts.
	people, roles step
	// portal are the people of IAM Identity Center, portalRoles what they assume from their permission sets.
	portal, portalRoles step
}

// columns are in the order in which people and roles appear: a person before the roles that name them, over all stacks.
var columns = []func(noun) step{
	func(n noun) step { return n.people },
	func(n noun) step { return n.roles },
	func(n noun) step { return n.portal },
	func(n noun) step { return n.portalRoles },
}

// nothing is what a noun adds that gives nobody anything to begin with: it binds everybody, or is there for a role.
func nothing(*collection, *stack.Stack) {}

var nouns = []noun{
	{"mfa", nothing, nothing, nothing, nothing}, // Each person says how the first sign-in goes.
	{"passwordPolicy", nothing, nothing, nothing, nothing},
	{"managedPolicies", nothing, nothing, nothing, nothing}, // Roles name those that they carry.
	{"users", (*collection).users, nothing, nothing, nothing},
	{"operationRoles", nothing, (*collection).operationRoles, nothing, nothing},
	{"delegatedRoles", nothing, (*collection).delegatedRoles, nothing, nothing},
	{"sessions", nothing, nothing, nothing, nothing},         // WriteNodeRights says what nodes need for it.
	{"sessionDocuments", nothing, nothing, nothing, nothing}, // Roles name those that they open.
	{"osAccess", nothing, nothing, nothing, nothing},         // Its grants give the roles.
	{"grants", nothing, (*collection).grants, nothing, (*collection).portalGrants},
	{"justInTime", nothing, nothing, nothing, nothing}, // People ask for it in the console of Systems Manager.
	{"identityCenter", nothing, nothing, (*collection).identityCenter, nothing},
	{"organization", nothing, nothing, nothing, nothing},
}
