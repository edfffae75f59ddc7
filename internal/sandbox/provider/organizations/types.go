package organizations

import (
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// Types are the types of resources of AWS Organizations.
func Types() []*resources.Type {
	return []*resources.Type{policyType(), attachmentType()}
}

// Functions read the organization.
func Functions() map[string]resources.Function {
	return map[string]resources.Function{
		token.OrganizationsGetOrganization: {Answer: organization},
		token.OrganizationsGetPolicies:     {Arguments: []string{"filter"}, Answer: policies},
		token.OrganizationsGetPolicy: {
			Arguments: []string{"policyId"},
			Answer:    organizationPolicy,
		},
		token.OrganizationsGetPoliciesForTarget: {
			Arguments: []string{"filter", "targetId"},
			Answer:    policiesForTarget,
		},
		token.OrganizationsGetOrganizationalUnitChildAccounts: {
			Arguments: []string{"parentId"},
			Answer:    accountsOfUnit,
		},
	}
}
