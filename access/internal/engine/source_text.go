package engine

import (
	"strings"
)

// Short is the source as results name it: the policy without its path and the Sid, or what allows nothing.
func (s Source) Short() string {
	switch {
	case s.Kind == AWSRule:
		return s.Rule
	case s.Sid != "" && s.Kind == TrustPolicy:
		return "trust policy of " + s.Owner + "/" + s.Sid
	case s.Sid != "":
		return s.Policy[strings.LastIndexByte(s.Policy, '/')+1:] + "/" + s.Sid
	case s.Kind == TrustPolicy && s.Rule == notTrusting:
		return "its trust policy does not let the caller in"
	case s.Kind == TrustPolicy:
		return s.Rule
	case s.Kind == IdentityPolicy && s.Policy == "":
		return "no policy of " + s.Owner + " allows it"
	case s.Kind == ServiceControlPolicySource:
		return "no service control policy of " + s.Owner + " allows it"
	case s.Kind == PermissionsBoundary:
		return "the permissions boundary of " + s.Owner + " does not allow it"
	case s.Kind == SessionPolicy:
		return "the session policy does not allow it"
	}
	return s.Policy + ": " + s.Rule
}
