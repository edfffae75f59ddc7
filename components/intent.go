package components

import (
	"cmp"

	"aws-access-guardrails/access"
)

// The AddIntent functions say what the documents of a noun are for, so that proofs can hold the documents against it: AddTo says what is
// deployed, AddIntent what is meant.

// AddIntent says what the group is for.
func (a *MFAGroupArgs) AddIntent(in *access.Intent) {
	in.ProjectTag = projectTag(a.ProjectTag)
	in.MFA = access.MFAIntent{
		FirstPasswordChange: a.FirstPasswordChange, EnrolWithAccessKeys: a.EnrolWithAccessKeys,
		AccessKeys: a.SelfService.AccessKeys, ContactTags: a.SelfService.ContactTags,
	}
	in.RoleAccounts, in.RolePath = a.RoleAccounts, RolePath
	if a.OSUsers {
		in.OwnOSUserRoles = []string{a.ownOSUserRoles()}
	}
}

// AddIntent says that the user is held to MFA.
func (a *UserArgs) AddIntent(in *access.Intent) {
	in.Members = append(in.Members, a.ARN())
}

// AddIntent says who may assume which role, and what for.
func (a *OperationRolesArgs) AddIntent(in *access.Intent) {
	for i, r := range a.Roles {
		role := access.OperationRoleIntent{
			RoleIntent: a.trust(r).intent(at("operationRoles", i), a.RoleARN(r)),
			Project:    r.Project, RunAs: cmp.Or(r.RunAs, a.DefaultRunAs), Documents: r.Documents, VolumeKeys: r.VolumeKeyARNs,
		}
		if role.OwnOSUser = r.FromUser(); role.OwnOSUser {
			role.RunAs = ""
		}
		in.OperationRoles = append(in.OperationRoles, role)
	}
}

// AddIntent says who may assume the role. The key is where the role is configured, such as "delegatedRoles[0]".
func (a *DelegatedRoleArgs) AddIntent(key string, in *access.Intent) {
	in.DelegatedRoles = append(in.DelegatedRoles, a.trust().intent(key, a.RoleARN()))
}

// AddIntent says in which Regions the preferences are set.
func (a *SessionPreferencesArgs) AddIntent(in *access.Intent) { in.Regions = a.Regions }

func (t trust) intent(key, arn string) access.RoleIntent {
	return access.RoleIntent{
		Key: key, ARN: arn, Principals: t.arns(), MFAMaxAge: t.mfaMaxAge, AnySessionName: t.sessionName == SessionNameAny,
	}
}
