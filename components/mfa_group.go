package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
)

// MFAGroup is the group, with the guard as its first inline policy and nothing else attached, whatever others attach
// to it.
type MFAGroup struct {
	pulumi.ResourceState
	customResources

	// GroupName is the name of the group. It is known once the guard is in place.
	GroupName pulumi.StringOutput `pulumi:"groupName"`
	// GroupARN is the ARN of the group.
	GroupARN pulumi.StringOutput `pulumi:"groupArn"`
}

// NewMFAGroup makes the group. Give its CustomResources as DependsOn to what must not exist without the guard:
// memberships first of all. It registers nothing when Validate has a problem.
func NewMFAGroup(ctx *pulumi.Context, name string, args *group.Args, opts ...pulumi.ResourceOption) (*MFAGroup, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	group := &MFAGroup{}
	children, err := register(ctx, MFAGroupToken, name, group, opts)
	if err != nil {
		return nil, err
	}
	created, err := iam.NewGroup(ctx, childName(name, childGroup), &iam.GroupArgs{
		Name: pulumi.String(args.GroupName()),
		Path: pulumi.String(args.GroupPath()),
	}, children...)
	if err != nil {
		return nil, err
	}
	group.add(created)
	var names pulumi.StringArray
	var policies []pulumi.Resource
	var guard *iam.GroupPolicy
	for i, inline := range args.InlinePolicies() {
		// The guard comes first and goes last: no other policy of the group exists without it.
		inlined, newErr := iam.NewGroupPolicy(ctx, childName(name, groupPolicyChild[inline.Name]), &iam.GroupPolicyArgs{
			Group:  created.Name,
			Name:   pulumi.String(inline.Name),
			Policy: pulumi.String(inline.Document.JSON()),
		}, children.after(policies[:min(i, 1)]...)...)
		if newErr != nil {
			return nil, newErr
		}
		if i == 0 {
			guard = inlined
		}
		names = append(names, pulumi.String(inline.Name))
		policies = append(policies, inlined)
	}
	only, err := iam.NewGroupPoliciesExclusive(
		ctx,
		childName(name, childInlinePolicies),
		&iam.GroupPoliciesExclusiveArgs{
			GroupName:   created.Name,
			PolicyNames: names,
		},
		children.after(policies...)...)
	if err != nil {
		return nil, err
	}
	none, err := iam.NewGroupPolicyAttachmentsExclusive(
		ctx,
		childName(name, childAttachedPolicies),
		&iam.GroupPolicyAttachmentsExclusiveArgs{
			GroupName:  created.Name,
			PolicyArns: pulumi.StringArray{},
		},
		children.after(policies...)...)
	if err != nil {
		return nil, err
	}
	group.add(append(policies, only, none)...)
	group.GroupName, group.GroupARN = guard.Group, created.Arn
	return group, ctx.RegisterResourceOutputs(
		group,
		pulumi.Map{"groupName": group.GroupName, "groupArn": group.GroupARN},
	)
}

// groupPolicyChild is what the child of each inline policy is called.
var groupPolicyChild = map[string]string{
	guardrail.GuardPolicyName:        childGuard,
	guardrail.SelfServicePolicyName:  childSelfService,
	guardrail.RoleAccountsPolicyName: childRoleAccounts,
}
