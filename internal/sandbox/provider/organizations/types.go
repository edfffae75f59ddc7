package organizations

import (
	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// Types are the types of resources of AWS Organizations.
func Types() []*resources.Type {
	return []*resources.Type{policyType(), attachmentType()}
}

// Functions read the organization.
func Functions() map[string]resources.Function {
	return map[string]resources.Function{
		"aws:organizations/getOrganization:getOrganization": {Answer: organization},
		"aws:organizations/getPolicies:getPolicies":         {Arguments: []string{"filter"}, Answer: policies},
		"aws:organizations/getPolicy:getPolicy": {
			Arguments: []string{"policyId"},
			Answer:    organizationPolicy,
		},
		"aws:organizations/getPoliciesForTarget:getPoliciesForTarget": {
			Arguments: []string{"filter", "targetId"},
			Answer:    policiesForTarget,
		},
	}
}
