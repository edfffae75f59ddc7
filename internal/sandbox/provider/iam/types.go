package iam

import (
	"aws-access-guardrails/internal/awstype/token"
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
		token.IAMGetUser:         {Arguments: []string{"userName", "tags"}, Answer: existingUser},
		token.IAMGetUsers:        {Arguments: []string{"pathPrefix"}, Answer: existingUsers},
		token.IAMGetGroup:        {Arguments: []string{"groupName"}, Answer: existingGroup},
		token.IAMGetRole:         {Arguments: []string{"name", "tags"}, Answer: existingRole},
		token.IAMGetRoles:        {Arguments: []string{"pathPrefix"}, Answer: existingRoles},
		token.IAMGetPolicy:       {Arguments: []string{"arn", "tags"}, Answer: existingPolicy},
		token.IAMGetAccountAlias: {Answer: alias},
	}
}
