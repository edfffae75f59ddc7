package policy

import (
	"regexp"
	"strings"
)

// PermissionSetRolePath is the path of the roles that IAM Identity Center makes. A Region may follow it.
// Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html.
const PermissionSetRolePath = "/aws-reserved/sso.amazonaws.com/"

const permissionSetRolePrefix = "AWSReservedSSO_"

// PermissionSetRoleName is the name of the role that a permission set becomes in an account. AWS chooses the suffix:
// sixteen hexadecimal digits. A pattern may stand for it.
func PermissionSetRoleName(permissionSet, suffix string) string {
	return permissionSetRolePrefix + permissionSet + "_" + suffix
}

// permissionSetRole is the name of such a role, or a pattern for it.
var permissionSetRole = regexp.MustCompile(`^` + permissionSetRolePrefix + `(.+)_([0-9a-f]{16}|\?{16}|\*)$`)

// PermissionSetOfRole is the permission set that became the role of this path and name, which may be a pattern; false
// for every other role, also for one that only has such a name.
func PermissionSetOfRole(path, name string) (permissionSet string, ok bool) {
	match := permissionSetRole.FindStringSubmatch(name)
	if match == nil || !strings.HasPrefix(path, PermissionSetRolePath) {
		return "", false
	}
	return match[1], true
}
