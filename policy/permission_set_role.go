package policy

import "strings"

// PermissionSetRolePath is the path of the roles that IAM Identity Center makes. A Region may follow it.
// Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html.
const PermissionSetRolePath = "/aws-reserved/sso.amazonaws.com/"

const permissionSetRolePrefix = "AWSReservedSSO_"

// PermissionSetRoleName is the name of the role that a permission set becomes in an account. AWS chooses the suffix:
// sixteen hexadecimal digits. A pattern may stand for it.
func PermissionSetRoleName(permissionSet, suffix string) string {
	return permissionSetRolePrefix + permissionSet + "_" + suffix
}

// PermissionSetOfRole is the permission set that became the role of this name; false for the name of any other role.
func PermissionSetOfRole(name string) (permissionSet string, ok bool) {
	rest, ok := strings.CutPrefix(name, permissionSetRolePrefix)
	end := strings.LastIndexByte(rest, '_')
	if !ok || end < 1 {
		return "", false
	}
	return rest[:end], true
}
