package ssoadmin

import (
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// Types are the types of resources of IAM Identity Center.
func Types() []*resources.Type {
	return []*resources.Type{
		attributesType(),
		permissionSetType(),
		inlinePolicyType(),
		managedPolicyType(),
		customerManagedPolicyType(),
		boundaryType(),
		assignmentType(),
	}
}

// Functions read IAM Identity Center and its directory.
func Functions() map[string]resources.Function {
	return map[string]resources.Function{
		token.SSOAdminGetInstances: {Answer: instances},
		token.SSOAdminGetPermissionSet: {
			Arguments: []string{"arn", "instanceArn", "name", "tags"},
			Answer:    existingPermissionSet,
		},
		token.IdentityStoreGetUser: principal("DescribeUser", "userId", "userName", "UserName",
			func(i ssoadmin.IdentityCenter) map[string]string { return i.Users }),
		token.IdentityStoreGetGroup: principal("DescribeGroup", "groupId", "displayName", "DisplayName",
			func(i ssoadmin.IdentityCenter) map[string]string { return i.Groups }),
	}
}
