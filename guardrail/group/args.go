package group

import (
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// DefaultMFAGroupName is the name of the group where MFAGroupArgs gives none.
const DefaultMFAGroupName = "guardrails-mfa"

// Args configures the group whose members can do nothing without MFA but enrol: the section "mfa" of the stack file.
type Args struct {
	Account guardrail.Account
	// Name of the group. Empty means DefaultMFAGroupName.
	Name string
	// Path of the group, beginning and ending with "/". Empty means "/guardrails/".
	Path string
	// UserPaths are the paths of the users who will be members. The guard names users by exact ARN, so a member under
	// a path that is not listed could not even enrol. Empty means "/" alone.
	UserPaths []string
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"): members cannot write it. Empty means
	// DefaultProjectTag.
	ProjectTag string
	// EnvironmentTag is the key of the second tag that decides access ("tags.environment"): members cannot write it.
	// Empty means that there is none.
	EnvironmentTag string
	// FirstPasswordChange lets a member change their own password before MFA, which a first sign-in with a forced
	// change needs. Off, the initial password must be one that need not be changed.
	FirstPasswordChange bool
	// EnrolWithAccessKeys lets long-term access keys enrol an MFA device. Off, only a console session can, so a
	// leaked key cannot.
	EnrolWithAccessKeys bool
	// SelfService is what members may do for themselves once they have MFA.
	SelfService SelfService
	// RoleAccounts are the ids of other accounts whose roles under role/guardrails/ members may assume. The trust
	// policies there choose the people. Empty means roles of this account only: those name their users, and need no
	// permission on the user's side.
	RoleAccounts []string
	// OSUsers says that members have OS users of their own (UserArgs.RunAs). They may then pass it, and nothing else,
	// as a session tag to roles under role/guardrails/operation/from-user/ of this account and of RoleAccounts.
	OSUsers bool
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// SelfService is what members of the MFA group may do for themselves, always with MFA. The zero value allows nothing.
type SelfService struct {
	// AccessKeys lets members make, list, switch off and delete their own access keys.
	AccessKeys bool
	// ContactTags are the tag keys that members may write on their own user, such as "Email". An authorization tag is
	// refused here.
	ContactTags []string
	// AWSLogin lets members sign command line tools in through the browser ("aws login"): what owners of passkeys and
	// security keys, which have no code to type, need on the command line.
	AWSLogin bool
}

// The AddIntent functions say what the documents of a noun are for, so that proofs can hold the documents against it:
// AddTo says what is deployed, AddIntent what is meant.

// AddIntent says what the group is for.
func (a *Args) AddIntent(in *intent.Account) {
	in.ProjectTag, in.EnvironmentTag = guardrail.ProjectTag(a.ProjectTag), a.EnvironmentTag
	in.MFA = intent.MFA{
		FirstPasswordChange: a.FirstPasswordChange, EnrolWithAccessKeys: a.EnrolWithAccessKeys,
		AccessKeys: a.SelfService.AccessKeys, ContactTags: a.SelfService.ContactTags,
	}
	in.RoleAccounts, in.RolePath = a.RoleAccounts, guardrail.RolePath
	if a.OSUsers {
		in.OwnOSUserRoles = []string{a.ownOSUserRoles()}
	}
}
