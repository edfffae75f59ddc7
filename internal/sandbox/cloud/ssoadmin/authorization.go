package ssoadmin

import (
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// service is IAM Identity Center as its calls are decided.
func (t *State) service() api.Service {
	return api.Service{
		Name: "SSO Admin", Prefix: "sso", Resources: t.resources,
		Tagging:         map[string]string{"CreatePermissionSet": "TagResource"},
		WithoutResource: []string{"ListInstances"},
	}
}

// identityStore is the directory as its calls are decided.
var identityStore = api.Service{Name: "identitystore", Prefix: "identitystore", Resources: identityStoreResources}

// resources are the instance, and with calls about permission sets those and the accounts that they are
// assigned in.
func (t *State) resources(s api.Client, operation, subject string) ([]string, bool) {
	var ic IdentityCenter
	s.World.Read(func() { ic, _ = t.IdentityCenters.Get("", Key) })
	prefix := "arn:" + string(s.World.Partition(s.Caller.Account)) + ":sso:::"
	set, rest, _ := strings.Cut(subject, "|")
	if !strings.Contains(set, ":permissionSet/") {
		set = prefix + "permissionSet/" + ic.ARN[strings.LastIndexByte(ic.ARN, '/')+1:] + "/*"
	}
	account := prefix + "account/*"
	if i := strings.LastIndexByte(rest, '|'); i >= 0 {
		account = prefix + "account/" + rest[i+1:]
	}
	switch {
	case operation == "ListPermissionSets":
		return []string{ic.ARN}, true
	case strings.HasSuffix(operation, "InstanceAccessControlAttributeConfiguration"),
		strings.HasPrefix(operation, "Describe") && strings.HasSuffix(operation, "Status"):
		return []string{ic.ARN}, true
	case strings.HasSuffix(operation, "AccountAssignment"),
		operation == "ListAccountAssignments",
		operation == "ProvisionPermissionSet":
		return []string{account, ic.ARN, set}, true
	}
	return []string{ic.ARN, set}, true
}

// identityStoreResources are the store, which the account of the instance owns, and the person or the group.
func identityStoreResources(s api.Client, operation, subject string) ([]string, bool) {
	store, id, _ := strings.Cut(subject, "/")
	kind, known := map[string]string{"DescribeUser": "user", "DescribeGroup": "group"}[operation]
	prefix := "arn:" + string(s.World.Partition(s.Caller.Account)) + ":identitystore::"
	return []string{prefix + s.Caller.Account + ":identitystore/" + store, prefix + ":" + kind + "/" + id}, known
}
