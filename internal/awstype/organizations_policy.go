package awstype

import "aws-access-guardrails/internal/awstype/token"

var organizationsPolicy = Type{
	Token:     token.OrganizationsPolicy,
	ID:        ID{FoundBy: []string{token.OrganizationsGetPolicies, token.OrganizationsGetPolicy}},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:organizations:ServiceControlPolicies", Path: "guardrails:organization", Losing: "the accounts below its targets may do what it denies"},
	},
	Calls: read(
		"internal/service/organizations/policy.go",
		"00a35305",
		group(
			"ReadServiceControlPolicies",
			call(looked, "organizations:DescribePolicy"),
			call(looked, "organizations:ListTagsForResource"),
		),
		group(
			"ChangeServiceControlPolicies",
			call(
				Create,
				"organizations:CreatePolicy",
			),
			call(Create, "organizations:TagResource").when(ifTagged).handled("aws-organizations-policy.json"),
			call(
				Update,
				"organizations:TagResource",
			).when(ifTagged),
			call(Update, "organizations:UntagResource").when("tags go"),
			call(Update, "organizations:UpdatePolicy").when(ifChanged),
			call(Delete, "organizations:DeletePolicy"),
		),
	),
}
