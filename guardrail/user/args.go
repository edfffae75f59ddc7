package user

import (
	"strconv"
	"strings"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// AddIntent says that the user is held to MFA.
func (a *Args) AddIntent(in *intent.Account) {
	in.Members = append(in.Members, a.ARN())
}

// Args configures a person: an element of the section "users" of the stack file. It makes a user and its group
// memberships, and never a password or an access key.
type Args struct {
	Account guardrail.Account
	// Name is the IAM user name, unique in the account whatever its case. Required.
	Name string
	// Path begins and ends with "/". Empty means "/".
	Path string
	// Email becomes the tag "Email". Optional.
	Email string
	// DisplayName becomes the tag "DisplayName". Optional.
	DisplayName string
	// RunAs is the OS user of the person, as which shells start in roles with RunAsFromUser. It becomes the tag
	// SSMSessionRunAs. Empty means none.
	RunAs string
	// Tags are more tags of the user. Authorization tags stay as configured, whatever somebody writes in the account.
	Tags map[string]string
	// ContactTags are the tag keys that people may write on their own user (MFAGroupArgs.SelfService.ContactTags). A
	// tag with such a key is set when the user is made and left alone afterwards.
	ContactTags []string
	// Groups are the names of the groups that the user joins, the MFA group among them. Required.
	Groups []string
	// PermissionsBoundary is the name or ARN of a managed policy, as in ManagedPolicies, beyond which nothing allows the
	// user anything. What people do with themselves (MFA, their password) must be in it. Empty means none.
	PermissionsBoundary string
	// ManagedPolicies are those that PermissionsBoundary can name.
	ManagedPolicies guardrail.ManagedPolicies
	// Quotas bound tags and groups. A field of zero means today's value.
	Quotas policy.Quotas
}

// BoundaryARN is the ARN of the permissions boundary; empty means none.
func (a *Args) BoundaryARN() string { return a.ManagedPolicies.ARN(a.Account, a.PermissionsBoundary) }

// IgnoredTags are the property paths of the tags that the person may change.
func (a *Args) IgnoredTags() []string {
	var paths []string
	for _, key := range a.ContactTags {
		paths = append(paths, "tags["+strconv.Quote(a.spelling(key))+"]")
	}
	return paths
}

// spelling is the key as the user's tag has it: keys ignore case, property paths do not.
func (a *Args) spelling(key string) string {
	for _, tag := range a.AllTags() {
		if strings.EqualFold(tag.Key, key) {
			return tag.Key
		}
	}
	return key
}
