package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamPolicy = Type{
	Token:     token.IAMPolicy,
	ID:        ID{PolicyARN: true},
	Adopted:   ByAdopt,
	Reflected: []string{"attachmentCount", "policyId"},
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:OperationRoles", Suffix: "-guard", Path: "guardrails:operationRoles", Losing: losingDenies},
	},
	Calls: read("internal/service/iam/policy.go", "01ccd9a2",
		group("ReadPoliciesOfTheStack", call(looked, "iam:GetPolicy"), call(looked, "iam:GetPolicyVersion")),
		group(
			"ChangePoliciesOfTheStack",
			call(Create, "iam:CreatePolicy"),
			call(Create, "iam:TagPolicy").when(ifTagged).shown("internal/service/iam/tags.go", "0413c661"),
			call(Update, "iam:TagPolicy").when(ifTagged),
			call(Update, "iam:UntagPolicy").when("tags go"),
			call(
				Update,
				"iam:ListPolicyVersions",
			).when(ifChanged),
			call(Update, "iam:CreatePolicyVersion").when(ifChanged),
			call(
				Update,
				"iam:SetDefaultPolicyVersion",
			).when(ifChanged),
			call(Update, "iam:DeletePolicyVersion").when("there are five versions"),
			call(
				Delete,
				"iam:ListPolicyVersions",
			),
			call(Delete, "iam:DeletePolicyVersion").when("there are several"),
			call(Delete, "iam:DeletePolicy"),
		),
	),
}
