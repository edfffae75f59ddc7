package cloud

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Call is one call of an API as AWS decides it: who may make it depends on nothing else that the caller sends.
type Call struct {
	Account, Region string
	// Action is the action that the call needs, such as "iam:CreateRole".
	Action string
	// Resources are the ARNs of what the call acts on; none means that the action has no resource.
	Resources []string
	// Context are the condition keys that the call carries, such as "iam:PolicyARN".
	Context map[string][]string
}

// Decider decides whether a caller may make a call. It says why not in the words that AWS adds to "is not authorized
// to perform", or nothing.
type Decider interface {
	// Decide gives the ARN of the session that makes the call, and why it may not; an empty reason means that it may.
	Decide(call Call) (session, reason string, err error)
}

// extent is what a call says about itself besides its subject.
type extent struct {
	// path is the path of what a call makes.
	path string
	tags map[string]string
	keys []string
	// boundary is the permissions boundary that a call sets.
	boundary string
}

// making describes what a call makes: an empty path is "/".
func (s client) making(path string, tags map[string]string) client {
	s.extent = extent{path: path, tags: tags}
	return s
}

// bounding describes a call that sets a permissions boundary; empty means that it sets none.
func (s client) bounding(arn string) client {
	s.extent.boundary = arn
	return s
}

// untagging describes a call that removes tags.
func (s client) untagging(keys []string) client {
	s.extent = extent{keys: keys}
	return s
}

// prefixes are the prefixes of actions by the names that the SDK gives the services.
var prefixes = map[string]string{
	"IAM":           "iam",
	"SSM":           "ssm",
	"Organizations": "organizations",
	"SSO Admin":     "sso",
	"CloudControl":  "cloudformation",
	"identitystore": "identitystore",
}

// authorize decides a call, and what AWS wants besides for a call that tags what it makes.
func (s client) authorize(operation, subject string) error {
	if s.caller.Decider == nil {
		return nil
	}
	if err := s.decide(operation, subject); err != nil {
		return err
	}
	if tagging := s.taggingOperation(operation); tagging != "" && len(s.extent.tags) > 0 {
		return s.decide(tagging, subject)
	}
	return nil
}

// taggingOperation is the operation whose permission a call needs too when it passes tags. Source: "Tags for IAM
// resources" in the IAM User Guide, CreateDocument in the Systems Manager API Reference, CreatePolicy in the
// Organizations API Reference.
func (s client) taggingOperation(operation string) string {
	return map[string]string{
		"IAM CreateUser": "TagUser", "IAM CreateRole": "TagRole", "IAM CreatePolicy": "TagPolicy", "SSM CreateDocument": "AddTagsToResource",
		"Organizations CreatePolicy": "TagResource", "SSO Admin CreatePermissionSet": "TagResource",
	}[s.service+" "+operation]
}

func (s client) decide(operation, subject string) error {
	resources, known := s.resourcesOf(operation, subject)
	action := prefixes[s.service] + ":" + operation
	if !known {
		return fmt.Errorf("the sandbox decides each call and does not know what %s acts on", action)
	}
	return s.decideCall(Call{Action: action, Resources: resources, Context: s.contextOf(operation, subject)})
}

// decideCall decides a call of this client's account and Region.
func (s client) decideCall(call Call) error {
	call.Account, call.Region = s.caller.Account, s.caller.Region
	session, reason, err := s.caller.Decider.Decide(call)
	if err != nil || reason == "" {
		return err
	}
	code, status := "AccessDenied", http.StatusForbidden
	if s.service != "IAM" {
		code, status = "AccessDeniedException", http.StatusBadRequest
	}
	on := "*"
	if len(call.Resources) > 0 {
		on = call.Resources[0]
	}
	return refuse(
		status,
		code,
		"User: %s is not authorized to perform: %s on resource: %s %s",
		session,
		call.Action,
		on,
		reason,
	)
}

// pass decides whether the caller may hand a role of the account to a service: there is no call of that name, and
// others need its permission.
func (s client) pass(role, service string) error {
	if s.caller.Decider == nil {
		return nil
	}
	arn := s.cloud.Partition(s.caller.Account).RoleARN(s.caller.Account, "/", role)
	return s.decideCall(
		Call{
			Action:    "iam:PassRole",
			Resources: []string{arn},
			Context:   map[string][]string{"iam:PassedToService": {service}},
		},
	)
}

// Besides decides calls that the real provider makes and whose answers are at hand already, all about one subject.
func (s client) Besides(_ context.Context, subject string, operations ...string) error {
	for _, operation := range operations {
		if err := s.authorize(operation, subject); err != nil {
			return s.answer(operation, subject, err)
		}
	}
	return nil
}

// contextOf are the condition keys that AWS sets for the call.
func (s client) contextOf(operation, subject string) map[string][]string {
	context := map[string][]string{}
	keys := slices.Concat(s.extent.keys, slices.Sorted(maps.Keys(s.extent.tags)))
	if len(keys) > 0 {
		context["aws:TagKeys"] = keys
	}
	for key, value := range s.extent.tags {
		context["aws:RequestTag/"+key] = []string{value}
	}
	switch {
	case s.service == "IAM" && (strings.HasPrefix(operation, "Attach") || strings.HasPrefix(operation, "Detach")):
		_, arn, _ := strings.Cut(subject, "/")
		context["iam:PolicyARN"] = []string{arn}
	case s.service == "Organizations" && operation != "DescribeOrganization" && !strings.HasPrefix(operation, "List"):
		context["organizations:PolicyType"] = []string{ServiceControlPolicy}
	case s.service == "Organizations" && operation == "ListPoliciesForTarget":
		context["organizations:PolicyType"] = []string{ServiceControlPolicy}
	}
	// Source: service authorization reference, AWS Identity and Access Management, iam:PermissionsBoundary.
	if arn := s.extent.boundary; arn != "" {
		context["iam:PermissionsBoundary"] = []string{arn}
	}
	return context
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

// withoutResource are operations that act on no resource that a policy could name.
var withoutResource = []string{
	"IAM UpdateAccountPasswordPolicy",
	"IAM GetAccountPasswordPolicy",
	"IAM DeleteAccountPasswordPolicy",
	"IAM CreateAccountAlias",
	"IAM DeleteAccountAlias",
	"IAM ListAccountAliases",
	"IAM ListVirtualMFADevices",
	"IAM ListOrganizationsFeatures",
	"Organizations DescribeOrganization",
	"Organizations ListAccounts",
	"Organizations ListRoots",
	"Organizations ListPolicies",
	"Organizations ListAWSServiceAccessForOrganization",
	"CloudControl CreateResource",
	"CloudControl GetResource",
	"CloudControl UpdateResource",
	"CloudControl DeleteResource",
	"CloudControl GetResourceRequestStatus",
	"SSO Admin ListInstances",
}

// resourcesOf are the ARNs of what a call acts on, and whether the sandbox knows them.
func (s client) resourcesOf(operation, subject string) ([]string, bool) {
	if slices.Contains(withoutResource, s.service+" "+operation) {
		return nil, true
	}
	switch s.service {
	case "IAM":
		return s.iamResources(operation, subject)
	case "SSM":
		name, _, _ := strings.Cut(subject, "/")
		return []string{s.cloud.Partition(s.caller.Account).DocumentARN(s.caller.Region, s.caller.Account, name)}, true
	case "Organizations":
		return s.organizationResources(operation, subject)
	case "SSO Admin":
		return s.identityCenterResources(operation, subject)
	case "identitystore":
		return s.identityStoreResources(operation, subject)
	}
	return nil, false
}

// identityCenterResources are the instance, and with calls about permission sets those and the accounts that they are
// assigned in.
func (s client) identityCenterResources(operation, subject string) ([]string, bool) {
	s.cloud.mu.Lock()
	ic, _ := s.cloud.identityCenters.get("", identityCenterKey)
	s.cloud.mu.Unlock()
	prefix := "arn:" + string(s.cloud.Partition(s.caller.Account)) + ":sso:::"
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
func (s client) identityStoreResources(operation, subject string) ([]string, bool) {
	store, id, _ := strings.Cut(subject, "/")
	kind, known := map[string]string{"DescribeUser": "user", "DescribeGroup": "group"}[operation]
	prefix := "arn:" + string(s.cloud.Partition(s.caller.Account)) + ":identitystore::"
	return []string{prefix + s.caller.Account + ":identitystore/" + store, prefix + ":" + kind + "/" + id}, known
}

func (s client) iamResources(operation, subject string) ([]string, bool) {
	partition := s.cloud.Partition(s.caller.Account)
	if kind, ok := kindOfOperation[operation]; ok {
		name, _, _ := strings.Cut(subject, "/")
		path := s.pathOf(kind, name)
		arn := map[Kind]func(account, path, name string) string{
			KindUser: partition.UserARN, KindGroup: partition.GroupARN, KindRole: partition.RoleARN,
		}[kind]
		return []string{arn(s.caller.Account, path, name)}, true
	}
	switch operation {
	case "CreatePolicy":
		return []string{partition.PolicyARN(s.caller.Account, orRoot(s.extent.path), subject)}, true
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
		return []string{partition.PolicyARN(s.caller.Account, orRoot(s.extent.path), subject)}, true
	}
	return nil, false
}

// pathOf is the path of what exists, or of what the call makes. Of a name that does not exist AWS knows no path.
func (s client) pathOf(kind Kind, name string) string {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	account, key := s.caller.Account, nameKey(name)
	switch kind {
	case KindUser:
		if user, ok := s.cloud.users.get(account, key); ok {
			return user.Path
		}
	case KindGroup:
		if group, ok := s.cloud.groups.get(account, key); ok {
			return group.Path
		}
	default:
		if role, ok := s.cloud.roles.get(account, key); ok {
			return role.Path
		}
	}
	return orRoot(s.extent.path)
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// organizationResources are policies, and what they are attached to. A policy that does not exist yet has no id: AWS
// decides its making on every policy of the type.
func (s client) organizationResources(operation, subject string) ([]string, bool) {
	s.cloud.mu.Lock()
	org, _ := s.cloud.organizations.get("", organizationKey)
	s.cloud.mu.Unlock()
	arn := func(kind, rest string) string {
		return "arn:" + string(
			s.cloud.Partition(org.Management),
		) + ":organizations::" + org.Management + ":" + kind + "/" + org.ID + "/" + rest
	}
	policyARN := func(id string) string { return arn("policy", strings.ToLower(ServiceControlPolicy)+"/"+id) }
	target := func(id string) string {
		switch {
		case strings.HasPrefix(id, "r-"):
			return arn("root", id)
		case strings.HasPrefix(id, "ou-"):
			return arn("ou", id)
		}
		return arn("account", id)
	}
	switch operation {
	case "CreatePolicy":
		return []string{policyARN("*")}, true
	case "TagResource", "UntagResource", "ListTagsForResource", "DescribePolicy", "UpdatePolicy", "DeletePolicy":
		if !strings.HasPrefix(subject, "p-") {
			return []string{policyARN("*")}, true
		}
		return []string{policyARN(subject)}, true
	case "AttachPolicy", "DetachPolicy":
		on, id, _ := strings.Cut(subject, ":")
		return []string{policyARN(id), target(on)}, true
	case "ListTargetsForPolicy":
		return []string{policyARN(subject)}, true
	case "ListPoliciesForTarget":
		return []string{target(subject)}, true
	}
	return nil, false
}

// CloudControl is a client of AWS Cloud Control with one caller's credentials. What it does to resources are calls of
// their services.
type CloudControl struct{ client }

// CloudControl returns a client of AWS Cloud Control.
func (c *Cloud) CloudControl(caller Caller) CloudControl {
	return CloudControl{client{cloud: c, caller: caller, service: "CloudControl"}}
}

// GetResource is the call that reads a resource of a type; what it reads are calls of the service.
func (c CloudControl) GetResource(ctx context.Context, typ string) error {
	return do(ctx, c.client, "GetResource", typ, func(*tx) error { return nil })
}
