package identitycenter

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// AttributesArgs are the attributes for access control of an instance of IAM Identity Center: the session tags of
// everybody who comes through it, in every account and with every permission set. An instance has one such list, and
// this is the whole of it.
//
// The tags that decide access are always among them, the tag for OS users and the one that pairs people with nodes:
// an external identity provider can send every tag that is not. See Effective.
type AttributesArgs struct {
	Account        guardrail.Account
	IdentityCenter IdentityCenter
	// ProjectTag is the tag key that pairs people with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// Attributes are sources ("${path:...}") by the key of the session tag. Optional.
	Attributes map[string]string
}

// IdentityCenter is the instance of IAM Identity Center that a component works in, and the people and groups of its
// identity store that the stack names. The account of the component manages it, in the Region of its provider.
type IdentityCenter struct {
	// Instance is the ARN of the instance (arn:aws:sso:::instance/ssoins-...). Required.
	Instance string
	// IdentityStore is the id of its identity store (d-...). Required.
	IdentityStore string
	// Region is where the instance is. Required: it is in the ARNs of the roles that permission sets become.
	Region string
	// Users and Groups are ids of the identity store by user name and by display name. People and groups are made
	// elsewhere.
	Users, Groups map[string]string
}

// validate reports problems under the section "identityCenter".
func (c IdentityCenter) validate(p *problem.List, account guardrail.Account) {
	arn, err := policy.ParseARN(c.Instance)
	switch {
	case err != nil || arn.Service != "sso" || arn.Region != "" || arn.Account != "" || !guardrail.InstanceID.MatchString(arn.Resource):
		p.Add(
			"instance",
			c.Instance,
			"is not the ARN of an instance of IAM Identity Center",
			`write it as "aws sso-admin list-instances" prints it, such as arn:aws:sso:::instance/ssoins-1234567890abcdef`,
		)
	case arn.Partition != account.Partition:
		p.Add(
			"instance",
			c.Instance,
			"is of partition "+string(arn.Partition)+", and the account is of "+string(account.Partition),
			"write the instance of this organization",
		)
	}
	if !guardrail.IdentityStoreID.MatchString(c.IdentityStore) {
		p.Add(
			"identityStore",
			c.IdentityStore,
			"is not the id of an identity store",
			`write it as "aws sso-admin list-instances" prints it, such as d-1234567890`,
		)
	}
	c.validateNames(p, "users", c.Users)
	c.validateNames(p, "groups", c.Groups)
}

func (c IdentityCenter) validateNames(p *problem.List, list problem.Path, ids map[string]string) {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		path := list.Key(name)
		switch id := ids[name]; {
		case !guardrail.PrincipalID.MatchString(id):
			p.Add(
				path,
				id,
				"is not the id of a user or group of the identity store",
				"write the id that the console shows, such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
			)
		case first[id] != "":
			p.Add(path, id, "is the id of "+strconv.Quote(first[id])+" too", "write the id of each")
		default:
			first[id] = name
		}
	}
}

// PermissionSetTemplate says what a permission set is for.
type PermissionSetTemplate string

const (
	// OperationTemplate reaches the nodes of the person's own project: those whose project tag equals the attribute
	// of the person. It opens sessions there, and starts and stops them.
	OperationTemplate PermissionSetTemplate = "operation"
	// OSAccessTemplate opens sessions on the nodes of the listed projects, or on all.
	OSAccessTemplate PermissionSetTemplate = "osAccess"
	// ReadOnlyTemplate is AWS's ViewOnlyAccess: it lists resources and reads their settings, and no data.
	ReadOnlyTemplate PermissionSetTemplate = "readOnly"
	// OwnTemplate is what the admin writes.
	OwnTemplate PermissionSetTemplate = "own"
)

// PermissionSetTemplates are all templates.
func PermissionSetTemplates() []PermissionSetTemplate {
	return []PermissionSetTemplate{OperationTemplate, OSAccessTemplate, ReadOnlyTemplate, OwnTemplate}
}

// PermissionSetArgs configures a permission set of IAM Identity Center, and who may take it where: an element of
// "permissionSets" in the section "identityCenter" of the stack file. No document of it asks for MFA: Identity Center
// does when people sign in, and their sessions carry no sign of it.
type PermissionSetArgs struct {
	Account        guardrail.Account
	IdentityCenter IdentityCenter
	// ProjectTag is the tag key that pairs people with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// ProjectSeparator is what stands between the projects in the tag of a node that has several
	// ("tags.projectSeparator"). Empty means that a node has one project.
	ProjectSeparator string
	// Name is 1 to 32 letters, digits and +=,.@_-. Required. Another name is another permission set.
	Name string
	// Description is at most 700 characters. Optional.
	Description string
	// Template says what it is for. Required.
	Template PermissionSetTemplate
	// SessionDuration is the longest session, in whole minutes, 1 to 12 hours. Zero means 1 hour.
	SessionDuration time.Duration
	// RelayState is the page of the console in which a session begins. Empty means its home page.
	RelayState string
	// Projects are the values of the project tag on the nodes that OSAccessTemplate reaches. Nil means every node; an
	// empty list is refused.
	Projects []string
	// Documents are the names of session documents besides the shell, for templates that open sessions.
	Documents []string
	// DomainLogins lets logins of a domain (user@domain) open shells: nodes that are joined to a directory have them.
	// Without it an attribute with "@" opens none.
	DomainLogins bool
	// AllowUnlogged accepts documents whose sessions leave the tag boundary, the OS user or the logs.
	AllowUnlogged bool
	// Regions are those in which sessions open: those whose Session Manager preferences are set in every account of
	// the assignments. Required for templates that open sessions.
	Regions []string
	// KMSKeys are ARNs of the keys that encrypt session data in those accounts. Empty means TLS alone.
	KMSKeys []string
	// VolumeKeyARNs are ARNs of the customer managed KMS keys that encrypt volumes of the instances that
	// OperationTemplate starts, of any account: EC2 may use them for whoever starts such an instance, and without
	// that it falls back to stopped. Empty means that no volume has such a key. For OperationTemplate alone.
	VolumeKeyARNs []string
	// ManagedPolicies are what OwnTemplate carries: names of AWS managed policies, with their path where they have one,
	// or customer managed policies, which are names of OwnPolicies or begin with "/" (a path and a name).
	ManagedPolicies []string
	// PermissionsBoundary is the name of a policy, as in ManagedPolicies, beyond which nothing that the permission set
	// carries allows anything. Any template can have one. Empty means none.
	PermissionsBoundary string
	// Policy is the inline policy of OwnTemplate; nil means none.
	Policy *policy.Document
	// SourceNetworks are the networks from which it may be used, whatever it carries. Empty means all. Identity Center
	// lets
	// people take it from anywhere: the trust policies of its roles are AWS's.
	SourceNetworks guardrail.SourceNetworks
	// Grants lets its people assume the roles of grants in the accounts of the assignments. Whom a grant is for, and when,
	// is in the trust policy of its role.
	Grants bool
	// Assignments say who may take it where. Empty means nobody.
	Assignments []Assignment
	// AWSManagedPolicies are names, with their paths, of AWS managed policies that AWS has and
	// catalogue.ManagedPolicyNames does not. Optional.
	AWSManagedPolicies []string
	// OwnPolicies are the names of the customer managed policies (managedpolicy.Args) that stacks make in accounts of the
	// assignments. Every account of the assignments has to have those that the permission set names. Optional.
	OwnPolicies []string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// CustomerManagedPolicy is a customer managed policy as a permission set names it: each account of the assignments has
// one of this path and name, with a document of its own.
type CustomerManagedPolicy struct{ Path, Name string }

// ARN is the ARN of the policy in an account.
func (c CustomerManagedPolicy) ARN(partition policy.Partition, account string) string {
	return partition.PolicyARN(account, c.Path, c.Name)
}

// Assignment lets a person, or everybody in a group, take a permission set.
type Assignment struct {
	// User is a name of IdentityCenter.Users, Group one of IdentityCenter.Groups. One of them is required.
	User, Group string
	// Accounts are the ids of the accounts. Required.
	Accounts []string
}

// Principal is who is assigned as AWS has it: USER or GROUP, and the id in the identity store of an instance; an empty
// id where the instance does not name them.
func (a *Assignment) Principal(center *IdentityCenter) (kind, id string) {
	if a.Group != "" {
		return "GROUP", center.Groups[a.Group]
	}
	return "USER", center.Users[a.User]
}
