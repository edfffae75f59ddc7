package accounts

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/policy"
)

// The instance of IAM Identity Center of the fixture, and its identity store.
const (
	Instance      = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	IdentityStore = "d-1234567890"
)

// PermissionSet is the attributes, and a permission set of which a user and a group are assigned.
func PermissionSet() (*identitycenter.AttributesArgs, *identitycenter.PermissionSetArgs) {
	account := guardrail.Account{ID: Home, Partition: policy.AWS}
	center := identitycenter.IdentityCenter{
		Instance:      Instance,
		IdentityStore: IdentityStore,
		Region:        "ap-northeast-1",
		Users: map[string]string{
			"dave": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		},
		Groups: map[string]string{"operators": "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f"},
	}
	return &identitycenter.AttributesArgs{
			Account:        account,
			IdentityCenter: center,
			Attributes:     map[string]string{"Project": "${path:enterprise.department}"},
		},
		&identitycenter.PermissionSetArgs{
			Account:        account,
			IdentityCenter: center,
			Name:           "Operator",
			Template:       identitycenter.OperationTemplate,
			Regions:        []string{"ap-northeast-1"},
			Assignments: []identitycenter.Assignment{
				{Group: "operators", Accounts: []string{Home, Other}},
				{User: "dave", Accounts: []string{Other}},
			},
		}
}
