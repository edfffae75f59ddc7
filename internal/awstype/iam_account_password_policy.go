package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamAccountPasswordPolicy = Type{
	Token:     token.IAMAccountPasswordPolicy,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:PasswordPolicy", Path: "guardrails:passwordPolicy", Losing: "AWS's own rules hold for every password"},
	},
	Calls: read(
		"internal/service/iam/account_password_policy.go",
		"09537f61",
		group("ReadPasswordPolicy", call(looked, "iam:GetAccountPasswordPolicy")),
		group("ChangePasswordPolicy", call(changed, "iam:UpdateAccountPasswordPolicy")),
		group("RemovePasswordPolicy", call(Delete, "iam:DeleteAccountPasswordPolicy")),
	),
}
