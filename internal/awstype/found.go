package awstype

import "slices"

// foundBy are the functions that find a resource whose id AWS chose, by the token of its type.
var foundBy = map[string][]string{
	"aws:organizations/policy:Policy": {
		"aws:organizations/getPolicies:getPolicies",
		"aws:organizations/getPolicy:getPolicy",
	},
	"aws:ssoadmin/permissionSet:PermissionSet": {"aws:ssoadmin/getPermissionSet:getPermissionSet"},
}

// FoundBy are the tokens of the functions that find a resource of the type by its name; none where its id follows
// from its inputs.
func FoundBy(token string) []string { return slices.Clone(foundBy[token]) }
