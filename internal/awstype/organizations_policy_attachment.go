package awstype

import "aws-access-guardrails/internal/awstype/token"

// The targets of the policy are listed, not the policies of the target.
var organizationsPolicyAttachment = Type{
	Token:     token.OrganizationsPolicyAttachment,
	ID:        ID{Separator: ":", Inputs: []string{"targetId", "policyId"}},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:organizations:ServiceControlPolicies", Path: "guardrails:organization", Losing: "the accounts below the target may do what the policy denies"},
	},
	Calls: read(
		"internal/service/organizations/policy_attachment.go",
		"09034480",
		group("ReadTargetsOfPolicies", call(looked, "organizations:ListTargetsForPolicy")),
		group(
			"AttachServiceControlPolicies",
			call(Create, "organizations:AttachPolicy"),
			call(Delete, "organizations:DetachPolicy"),
		),
	),
}
