package awstype

// The targets of the policy are listed, not the policies of the target.
var organizationsPolicyAttachment = Type{
	Token: "aws:organizations/policyAttachment:PolicyAttachment",
	ID:    ID{Separator: ":", Inputs: []string{"targetId", "policyId"}},
	World: ReadIntoWorld,
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
