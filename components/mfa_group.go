package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// DefaultMFAGroupName is the name of the group where MFAGroupArgs gives none.
const DefaultMFAGroupName = "guardrails-mfa"

// MFAGroupArgs configures the group whose members can do nothing without MFA but enrol: the section "mfa" of the stack file.
type MFAGroupArgs struct {
	Account Account
	// Name of the group. Empty means DefaultMFAGroupName.
	Name string
	// Path of the group, beginning and ending with "/". Empty means "/guardrails/".
	Path string
	// UserPaths are the paths of the users who will be members. The guard names users by exact ARN, so a member under a path that is not
	// listed could not even enrol. Empty means "/" alone.
	UserPaths []string
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"): members cannot write it. Empty means DefaultProjectTag.
	ProjectTag string
	// FirstPasswordChange lets a member change the own password before MFA, which a first sign-in with a forced change needs. Off, the
	// initial password must be one that need not be changed.
	FirstPasswordChange bool
	// EnrolWithAccessKeys lets long-term access keys enrol an MFA device. Off, only a console session can, so a leaked key cannot.
	EnrolWithAccessKeys bool
	// SelfService is what members may do for themselves once they have MFA.
	SelfService SelfService
	// RoleAccounts are the ids of other accounts whose roles under role/guardrails/ members may assume. The trust policies there choose the
	// people. Empty means roles of this account only: those name their users, and need no permission on the user's side.
	RoleAccounts []string
	// OSUsers says that members have OS users of their own (UserArgs.RunAs). They may then pass it, and nothing else, as a session tag to roles under
	// role/guardrails/operation/from-user/ of this account and of RoleAccounts.
	OSUsers bool
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// SelfService is what members of the MFA group may do for themselves, always with MFA. The zero value allows nothing.
type SelfService struct {
	// AccessKeys lets members make, list, switch off and delete their own access keys.
	AccessKeys bool
	// ContactTags are the tag keys that members may write on their own user, such as "Email". An authorization tag is refused here.
	ContactTags []string
	// AWSLogin lets members sign command line tools in through the browser ("aws login"): what owners of passkeys and security keys, which
	// have no code to type, need on the command line.
	AWSLogin bool
}

// MFAGroup is the group, with the guard as its first inline policy and nothing else attached, whatever others attach to it.
type MFAGroup struct {
	pulumi.ResourceState
	customResources

	// GroupName is the name of the group. It is known once the guard is in place.
	GroupName pulumi.StringOutput `pulumi:"groupName"`
	// GroupARN is the ARN of the group.
	GroupARN pulumi.StringOutput `pulumi:"groupArn"`
}

// NewMFAGroup makes the group. Give its CustomResources as DependsOn to what must not exist without the guard: memberships first of all. It
// registers nothing when Validate has a problem.
func NewMFAGroup(ctx *pulumi.Context, name string, args *MFAGroupArgs, opts ...pulumi.ResourceOption) (*MFAGroup, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	group := &MFAGroup{}
	children, err := register(ctx, MFAGroupToken, name, group, opts)
	if err != nil {
		return nil, err
	}
	made, err := iam.NewGroup(ctx, childName(name, childGroup), &iam.GroupArgs{
		Name: pulumi.String(args.name()),
		Path: pulumi.String(args.path()),
	}, children...)
	if err != nil {
		return nil, err
	}
	group.add(made)
	var names pulumi.StringArray
	var policies []pulumi.Resource
	var guard *iam.GroupPolicy
	for i, inline := range args.inlinePolicies() {
		// The guard comes first and goes last: no other policy of the group exists without it.
		inlined, err := iam.NewGroupPolicy(ctx, childName(name, groupPolicyChild[inline.Name]), &iam.GroupPolicyArgs{
			Group:  made.Name,
			Name:   pulumi.String(inline.Name),
			Policy: pulumi.String(inline.Document.JSON()),
		}, children.after(policies[:min(i, 1)]...)...)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			guard = inlined
		}
		names = append(names, pulumi.String(inline.Name))
		policies = append(policies, inlined)
	}
	only, err := iam.NewGroupPoliciesExclusive(ctx, childName(name, childInlinePolicies), &iam.GroupPoliciesExclusiveArgs{
		GroupName:   made.Name,
		PolicyNames: names,
	}, children.after(policies...)...)
	if err != nil {
		return nil, err
	}
	none, err := iam.NewGroupPolicyAttachmentsExclusive(ctx, childName(name, childAttachedPolicies), &iam.GroupPolicyAttachmentsExclusiveArgs{
		GroupName:  made.Name,
		PolicyArns: pulumi.StringArray{},
	}, children.after(policies...)...)
	if err != nil {
		return nil, err
	}
	group.add(append(policies, only, none)...)
	group.GroupName, group.GroupARN = guard.Group, made.Arn
	return group, ctx.RegisterResourceOutputs(group, pulumi.Map{"groupName": group.GroupName, "groupArn": group.GroupARN})
}

// groupPolicyChild is what the child of each inline policy is called.
var groupPolicyChild = map[string]string{
	GuardPolicyName:        childGuard,
	SelfServicePolicyName:  childSelfService,
	RoleAccountsPolicyName: childRoleAccounts,
}
