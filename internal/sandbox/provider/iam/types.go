package iam

import (
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// Types are the types of resources of IAM.
func Types() []*resources.Type {
	types := []*resources.Type{
		userType(),
		membershipType(),
		groupType(),
		roleType(),
		policyType(),
		passwordPolicyType(),
		aliasType(),
		featuresType(),
	}
	for _, kind := range []iam.Kind{iam.KindUser, iam.KindGroup, iam.KindRole} {
		types = append(
			types,
			inlinePolicyType(kind),
			attachmentType(kind),
			policiesExclusiveType(kind),
			attachmentsExclusiveType(kind),
		)
	}
	return types
}

// Functions read what IAM has in an account, whoever made it.
func Functions() map[string]resources.Function {
	return map[string]resources.Function{
		"aws:iam/getUser:getUser":                 {Arguments: []string{"userName", "tags"}, Answer: existingUser},
		"aws:iam/getUsers:getUsers":               {Arguments: []string{"pathPrefix"}, Answer: existingUsers},
		"aws:iam/getGroup:getGroup":               {Arguments: []string{"groupName"}, Answer: existingGroup},
		"aws:iam/getRole:getRole":                 {Arguments: []string{"name", "tags"}, Answer: existingRole},
		"aws:iam/getRoles:getRoles":               {Arguments: []string{"pathPrefix"}, Answer: existingRoles},
		"aws:iam/getPolicy:getPolicy":             {Arguments: []string{"arn", "tags"}, Answer: existingPolicy},
		"aws:iam/getAccountAlias:getAccountAlias": {Answer: alias},
	}
}
