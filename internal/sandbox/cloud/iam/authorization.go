package iam

import (
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// service is IAM as its calls are decided. Source of tagging: "Tags for IAM resources" in the IAM User Guide.
func (t *State) service() api.Service {
	return api.Service{
		Name: "IAM", Prefix: "iam", Resources: t.resources, Keys: keysOf,
		Tagging: map[string]string{"CreateUser": "TagUser", "CreateRole": "TagRole", "CreatePolicy": "TagPolicy"},
		WithoutResource: []string{
			"UpdateAccountPasswordPolicy",
			"GetAccountPasswordPolicy",
			"DeleteAccountPasswordPolicy",
			"CreateAccountAlias",
			"DeleteAccountAlias",
			"ListAccountAliases",
			"ListVirtualMFADevices",
			"ListOrganizationsFeatures",
		},
	}
}

// keysOf are the condition keys of calls that attach and detach policies.
func keysOf(operation, subject string) map[string][]string {
	if !strings.HasPrefix(operation, "Attach") && !strings.HasPrefix(operation, "Detach") {
		return nil
	}
	_, arn, _ := strings.Cut(subject, "/")
	return map[string][]string{"iam:PolicyARN": {arn}}
}

// kindOfOperation are the kinds of resources that operations of IAM act on, as the Service Authorization Reference
// lists them. Operations on policies and on the account are not here.
var kindOfOperation = map[string]Kind{
	"CreateRole":                    KindRole,
	"GetRole":                       KindRole,
	"UpdateRole":                    KindRole,
	"UpdateRoleDescription":         KindRole,
	"UpdateAssumeRolePolicy":        KindRole,
	"PutRolePermissionsBoundary":    KindRole,
	"DeleteRolePermissionsBoundary": KindRole,
	"TagRole":                       KindRole,
	"UntagRole":                     KindRole,
	"DeleteRole":                    KindRole,
	"PutRolePolicy":                 KindRole,
	"GetRolePolicy":                 KindRole,
	"DeleteRolePolicy":              KindRole,
	"ListRolePolicies":              KindRole,
	"AttachRolePolicy":              KindRole,
	"DetachRolePolicy":              KindRole,
	"ListAttachedRolePolicies":      KindRole,
	"ListInstanceProfilesForRole":   KindRole,

	"CreateGroup":               KindGroup,
	"GetGroup":                  KindGroup,
	"UpdateGroup":               KindGroup,
	"DeleteGroup":               KindGroup,
	"AddUserToGroup":            KindGroup,
	"RemoveUserFromGroup":       KindGroup,
	"PutGroupPolicy":            KindGroup,
	"GetGroupPolicy":            KindGroup,
	"DeleteGroupPolicy":         KindGroup,
	"ListGroupPolicies":         KindGroup,
	"AttachGroupPolicy":         KindGroup,
	"DetachGroupPolicy":         KindGroup,
	"ListAttachedGroupPolicies": KindGroup,

	"CreateUser":                      KindUser,
	"GetUser":                         KindUser,
	"UpdateUser":                      KindUser,
	"DeleteUser":                      KindUser,
	"TagUser":                         KindUser,
	"UntagUser":                       KindUser,
	"PutUserPermissionsBoundary":      KindUser,
	"DeleteUserPermissionsBoundary":   KindUser,
	"ListGroupsForUser":               KindUser,
	"PutUserPolicy":                   KindUser,
	"GetUserPolicy":                   KindUser,
	"DeleteUserPolicy":                KindUser,
	"ListUserPolicies":                KindUser,
	"AttachUserPolicy":                KindUser,
	"DetachUserPolicy":                KindUser,
	"ListAttachedUserPolicies":        KindUser,
	"CreateLoginProfile":              KindUser,
	"GetLoginProfile":                 KindUser,
	"DeleteLoginProfile":              KindUser,
	"CreateAccessKey":                 KindUser,
	"DeleteAccessKey":                 KindUser,
	"ListAccessKeys":                  KindUser,
	"EnableMFADevice":                 KindUser,
	"DeactivateMFADevice":             KindUser,
	"ListMFADevices":                  KindUser,
	"ListSSHPublicKeys":               KindUser,
	"ListSigningCertificates":         KindUser,
	"ListServiceSpecificCredentials":  KindUser,
	"DeleteSSHPublicKey":              KindUser,
	"DeleteSigningCertificate":        KindUser,
	"DeleteServiceSpecificCredential": KindUser,
}

func (t *State) resources(s api.Client, operation, subject string) ([]string, bool) {
	partition := s.World.Partition(s.Caller.Account)
	if kind, ok := kindOfOperation[operation]; ok {
		name, _, _ := strings.Cut(subject, "/")
		path := t.pathOf(s, kind, name)
		arn := map[Kind]func(account, path, name string) string{
			KindUser: partition.UserARN, KindGroup: partition.GroupARN, KindRole: partition.RoleARN,
		}[kind]
		return []string{arn(s.Caller.Account, path, name)}, true
	}
	switch operation {
	case "CreatePolicy":
		return []string{partition.PolicyARN(s.Caller.Account, s.Path(), subject)}, true
	case "GetPolicy",
		"GetPolicyVersion",
		"ListPolicyVersions",
		"CreatePolicyVersion",
		"SetDefaultPolicyVersion",
		"DeletePolicyVersion",
		"DeletePolicy",
		"DeleteVirtualMFADevice":
		return []string{subject}, true
	case "TagPolicy", "UntagPolicy":
		if strings.HasPrefix(subject, "arn:") {
			return []string{subject}, true
		}
		return []string{partition.PolicyARN(s.Caller.Account, s.Path(), subject)}, true
	}
	return nil, false
}

// pathOf is the path of what exists, or of what the call makes. Of a name that does not exist AWS knows no path.
func (t *State) pathOf(s api.Client, kind Kind, name string) string {
	account, key, path := s.Caller.Account, NameKey(name), s.Path()
	s.World.Read(func() {
		switch kind {
		case KindUser:
			if user, ok := t.Users.Get(account, key); ok {
				path = user.Path
			}
		case KindGroup:
			if group, ok := t.Groups.Get(account, key); ok {
				path = group.Path
			}
		default:
			if role, ok := t.Roles.Get(account, key); ok {
				path = role.Path
			}
		}
	})
	return path
}
