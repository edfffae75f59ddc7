package components

import (
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// PermissionSetToken is the type token of PermissionSet.
const PermissionSetToken = "guardrails:sso:PermissionSet"

// PermissionSetTemplate says what a permission set is for.
type PermissionSetTemplate string

const (
	// OperationTemplate reaches the nodes of the person's own project: those whose project tag equals the attribute of the person. It opens sessions
	// there, and starts and stops them.
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

// PermissionSetArgs configures a permission set of IAM Identity Center, and who may take it where: an element of "permissionSets" in the section
// "identityCenter" of the stack file. No document of it asks for MFA: Identity Center does when people sign in, and their sessions carry no sign of it.
type PermissionSetArgs struct {
	Account        Account
	IdentityCenter IdentityCenter
	// ProjectTag is the tag key that pairs people with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
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
	// Projects are the values of the project tag on the nodes that OSAccessTemplate reaches. Nil means every node; an empty list is refused.
	Projects []string
	// Documents are the names of session documents besides the shell, for templates that open sessions.
	Documents []string
	// DomainLogins lets logins of a domain (user@domain) open shells: nodes that are joined to a directory have them. Without it an attribute with "@"
	// opens none.
	DomainLogins bool
	// AllowUnlogged accepts documents whose sessions leave the tag boundary, the OS user or the logs.
	AllowUnlogged bool
	// Regions are those in which sessions open: those whose Session Manager preferences are set in every account of the assignments. Required for
	// templates that open sessions.
	Regions []string
	// KMSKeys are ARNs of the keys that encrypt session data in those accounts. Empty means TLS alone.
	KMSKeys []string
	// VolumeKeyARNs are ARNs of the customer managed KMS keys that encrypt volumes of the instances that OperationTemplate starts, of any account: EC2 may use
	// them for whoever starts such an instance, and without that it falls back to stopped. Empty means that no volume has such a key. For
	// OperationTemplate alone.
	VolumeKeyARNs []string
	// ManagedPolicies are names of AWS managed policies, with their path where they have one, for OwnTemplate.
	ManagedPolicies []string
	// Policy is the inline policy of OwnTemplate; nil means none.
	Policy *policy.Document
	// Assignments say who may take it where. Empty means nobody.
	Assignments []Assignment
	// AWSManagedPolicies are names, with their paths, of AWS managed policies that AWS has and access.ManagedPolicyNames does not. Optional.
	AWSManagedPolicies []string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// Assignment lets a person, or everybody in a group, take a permission set.
type Assignment struct {
	// User is a name of IdentityCenter.Users, Group one of IdentityCenter.Groups. One of them is required.
	User, Group string
	// Accounts are the ids of the accounts. Required.
	Accounts []string
}

// PermissionSet is a permission set with its policies and assignments.
type PermissionSet struct {
	pulumi.ResourceState
	customResources

	// PermissionSetARN is the ARN of the permission set.
	PermissionSetARN pulumi.StringOutput `pulumi:"permissionSetArn"`
}

// NewPermissionSet makes the permission set, then its policies, then the assignments, so that nobody is assigned a permission set that is half made. The
// ids of the assigned people and groups are looked up first: it is an error when they belong to somebody else. It registers nothing when
// Validate has a problem.
func NewPermissionSet(ctx *pulumi.Context, name string, args *PermissionSetArgs, opts ...pulumi.ResourceOption) (*PermissionSet, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	for _, a := range args.Assignments {
		if err := args.IdentityCenter.lookUpPrincipal(ctx, a.User, a.Group, opts); err != nil {
			return nil, err
		}
	}
	component := &PermissionSet{}
	children, err := register(ctx, PermissionSetToken, name, component, opts)
	if err != nil {
		return nil, err
	}
	instance := pulumi.String(args.IdentityCenter.Instance)
	set, err := ssoadmin.NewPermissionSet(ctx, childName(name, childPermissionSet), &ssoadmin.PermissionSetArgs{
		InstanceArn:     instance,
		Name:            pulumi.String(args.Name),
		Description:     optionalString(args.Description),
		RelayState:      optionalString(args.RelayState),
		SessionDuration: pulumi.String(args.sessionDuration()),
	}, children...)
	if err != nil {
		return nil, err
	}
	policies, err := args.makePolicies(ctx, name, set, children)
	if err != nil {
		return nil, err
	}
	component.add(append([]pulumi.Resource{set}, policies...)...)
	for _, a := range args.Assignments {
		kind, who, id := "USER", "user-"+a.User, args.IdentityCenter.Users[a.User]
		if a.Group != "" {
			kind, who, id = "GROUP", "group-"+a.Group, args.IdentityCenter.Groups[a.Group]
		}
		for _, account := range a.Accounts {
			assigned, err := ssoadmin.NewAccountAssignment(ctx, childName(name, childAssignment, who, account), &ssoadmin.AccountAssignmentArgs{
				InstanceArn: instance, PermissionSetArn: set.Arn, PrincipalId: pulumi.String(id), PrincipalType: pulumi.String(kind),
				TargetId: pulumi.String(account), TargetType: pulumi.String("AWS_ACCOUNT"),
			}, children.after(policies...)...)
			if err != nil {
				return nil, err
			}
			component.add(assigned)
		}
	}
	component.PermissionSetARN = set.Arn
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"permissionSetArn": component.PermissionSetARN})
}

// makePolicies puts the inline policy in, whose Denies come before every Allow, and attaches the managed ones.
func (a *PermissionSetArgs) makePolicies(ctx *pulumi.Context, name string, set *ssoadmin.PermissionSet, children children) ([]pulumi.Resource, error) {
	instance := pulumi.String(a.IdentityCenter.Instance)
	var all []pulumi.Resource
	if document, wanted := a.InlinePolicy(); wanted {
		inline, err := ssoadmin.NewPermissionSetInlinePolicy(ctx, childName(name, childInlinePolicy), &ssoadmin.PermissionSetInlinePolicyArgs{
			InstanceArn: instance, PermissionSetArn: set.Arn, InlinePolicy: pulumi.String(document.JSON()),
		}, children...)
		if err != nil {
			return nil, err
		}
		all = append(all, inline)
	}
	for _, policyName := range a.managedPolicies() {
		attached, err := ssoadmin.NewManagedPolicyAttachment(ctx, childName(name, childAttachment, policyName), &ssoadmin.ManagedPolicyAttachmentArgs{
			InstanceArn: instance, PermissionSetArn: set.Arn, ManagedPolicyArn: pulumi.String(a.Account.Partition.ManagedPolicyARN(policyName)),
		}, children.after(all...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, attached)
	}
	return all, nil
}

// optionalString is nil for "".
func optionalString(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.String(s)
}
