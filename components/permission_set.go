package components

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/identitycenter"
)

// PermissionSetToken is the type token of PermissionSet.
const PermissionSetToken = "guardrails:sso:PermissionSet"

// PermissionSet is a permission set with its policies and assignments.
type PermissionSet struct {
	pulumi.ResourceState
	customResources

	// PermissionSetARN is the ARN of the permission set.
	PermissionSetARN pulumi.StringOutput `pulumi:"permissionSetArn"`
}

// NewPermissionSet makes the permission set, then its permissions boundary and its policies, then the assignments, so
// that nobody is assigned a
// permission set that is half made. The ids of the assigned people and groups are looked up first: it is an error
// when they belong to somebody else. It registers nothing when Validate has a problem.
func NewPermissionSet(
	ctx *pulumi.Context,
	name string,
	args *identitycenter.PermissionSetArgs,
	opts ...pulumi.ResourceOption,
) (*PermissionSet, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	for _, a := range args.Assignments {
		if err := lookUpPrincipal(args.IdentityCenter, ctx, a.User, a.Group, opts); err != nil {
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
		SessionDuration: pulumi.String(args.SessionLength()),
	}, children...)
	if err != nil {
		return nil, err
	}
	policies, err := makePolicies(args, ctx, name, set, children)
	if err != nil {
		return nil, err
	}
	component.add(append([]pulumi.Resource{set}, policies...)...)
	for _, a := range args.Assignments {
		kind, id := a.Principal(&args.IdentityCenter)
		who := strings.ToLower(kind) + "-" + cmp.Or(a.Group, a.User)
		for _, account := range a.Accounts {
			assigned, err := ssoadmin.NewAccountAssignment(
				ctx,
				childName(name, childAssignment, who, account),
				&ssoadmin.AccountAssignmentArgs{
					InstanceArn:      instance,
					PermissionSetArn: set.Arn,
					PrincipalId:      pulumi.String(id),
					PrincipalType:    pulumi.String(kind),
					TargetId:         pulumi.String(account),
					TargetType:       pulumi.String("AWS_ACCOUNT"),
				},
				children.after(policies...)...)
			if err != nil {
				return nil, err
			}
			component.add(assigned)
		}
	}
	component.PermissionSetARN = set.Arn
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"permissionSetArn": component.PermissionSetARN})
}

// makePolicies bounds the permission set, puts the inline policy in, whose Denies come before every Allow, and attaches
// the managed ones.
func makePolicies(
	a *identitycenter.PermissionSetArgs,
	ctx *pulumi.Context,
	name string,
	set *ssoadmin.PermissionSet,
	children childOptions,
) ([]pulumi.Resource, error) {
	instance := pulumi.String(a.IdentityCenter.Instance)
	all, err := makeBoundary(a, ctx, name, set, children)
	if err != nil {
		return nil, err
	}
	if document, wanted := a.InlinePolicy(); wanted {
		inline, err := ssoadmin.NewPermissionSetInlinePolicy(
			ctx,
			childName(name, childInlinePolicy),
			&ssoadmin.PermissionSetInlinePolicyArgs{
				InstanceArn: instance, PermissionSetArn: set.Arn, InlinePolicy: pulumi.String(document.JSON()),
			},
			children.after(all...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, inline)
	}
	for _, policyName := range a.AttachedPolicies() {
		attached, err := ssoadmin.NewManagedPolicyAttachment(
			ctx,
			childName(name, childAttachment, policyName),
			&ssoadmin.ManagedPolicyAttachmentArgs{
				InstanceArn:      instance,
				PermissionSetArn: set.Arn,
				ManagedPolicyArn: pulumi.String(a.Account.Partition.ManagedPolicyARN(policyName)),
			},
			children.after(all...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, attached)
	}
	for _, own := range a.CustomerManagedPolicies() {
		attached, err := ssoadmin.NewCustomerManagedPolicyAttachment(
			ctx,
			childName(name, childAttachment, "own"+own.Path+own.Name),
			&ssoadmin.CustomerManagedPolicyAttachmentArgs{
				InstanceArn:      instance,
				PermissionSetArn: set.Arn,
				CustomerManagedPolicyReference: ssoadmin.CustomerManagedPolicyAttachmentCustomerManagedPolicyReferenceArgs{
					Name: pulumi.String(own.Name), Path: pulumi.String(own.Path),
				},
			},
			children.after(all...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, attached)
	}
	return all, nil
}

// makeBoundary bounds the permission set before it can do anything. One that somebody set by hand is replaced, or taken
// away where the permission set has none. The old one goes before the new one comes: a permission set has one at most,
// and the call that deletes the old one would delete the new one.
func makeBoundary(
	a *identitycenter.PermissionSetArgs,
	ctx *pulumi.Context,
	name string,
	set *ssoadmin.PermissionSet,
	children childOptions,
) ([]pulumi.Resource, error) {
	if a.PermissionsBoundary == "" {
		return nil, nil
	}
	var bound ssoadmin.PermissionsBoundaryAttachmentPermissionsBoundaryArgs
	if own, is := a.CustomerManaged(a.PermissionsBoundary); is {
		bound.CustomerManagedPolicyReference = ssoadmin.
			PermissionsBoundaryAttachmentPermissionsBoundaryCustomerManagedPolicyReferenceArgs{
			Name: pulumi.String(own.Name), Path: pulumi.String(own.Path),
		}
	} else {
		bound.ManagedPolicyArn = pulumi.String(a.Account.Partition.ManagedPolicyARN(a.PermissionsBoundary))
	}
	attachment, err := ssoadmin.NewPermissionsBoundaryAttachment(
		ctx,
		childName(name, childBoundary),
		&ssoadmin.PermissionsBoundaryAttachmentArgs{
			InstanceArn:         pulumi.String(a.IdentityCenter.Instance),
			PermissionSetArn:    set.Arn,
			PermissionsBoundary: bound,
		},
		children.with(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{attachment}, nil
}

// optionalString is nil for "".
func optionalString(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.String(s)
}
