package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/user"
)

// User is a person's IAM user with its group memberships and no policy of its own, whatever others attach to it or
// write into it.
type User struct {
	pulumi.ResourceState
	customResources

	// UserName is the name of the user. It is known once the user is in its groups.
	UserName pulumi.StringOutput `pulumi:"userName"`
	// UserARN is the ARN of the user.
	UserARN pulumi.StringOutput `pulumi:"userArn"`
}

// NewUser makes the user and then its memberships. Give the CustomResources of the MFA group as DependsOn, so that
// nobody exists before the guard does and everybody is gone before it goes. It registers nothing when Validate has a
// problem.
//
// A user who has enrolled a device or made keys is deleted with them, when the entry is removed from the stack file.
func NewUser(ctx *pulumi.Context, name string, args *user.Args, opts ...pulumi.ResourceOption) (*User, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	u := &User{}
	children, err := register(ctx, UserToken, name, u, opts)
	if err != nil {
		return nil, err
	}
	created, err := iam.NewUser(ctx, childName(name, childUser), &iam.UserArgs{
		Name:                pulumi.String(args.Name),
		Path:                pulumi.String(user.PathOr(args.Path)),
		Tags:                stringMap(args.AllTags()),
		PermissionsBoundary: optionalString(args.BoundaryARN()),
		// The provider reads this from the state when it deletes, so it must be there from the first update on.
		ForceDestroy: pulumi.Bool(true),
	}, children.with(pulumi.IgnoreChanges(args.IgnoredTags()))...)
	if err != nil {
		return nil, err
	}
	membership, err := iam.NewUserGroupMembership(ctx, childName(name, childMembership), &iam.UserGroupMembershipArgs{
		User:   created.Name,
		Groups: pulumi.ToStringArray(slices.Sorted(slices.Values(args.Groups))),
		// Whoever leaves is in the guard's group until the deletion of the user takes them out of it: a deletion that
		// is refused at once leaves the guard in place.
	}, children.with(pulumi.DeletedWith(created))...)
	if err != nil {
		return nil, err
	}
	only, err := iam.NewUserPoliciesExclusive(ctx, childName(name, childInlinePolicies), &iam.UserPoliciesExclusiveArgs{
		UserName:    created.Name,
		PolicyNames: pulumi.StringArray{},
	}, children.after(membership)...)
	if err != nil {
		return nil, err
	}
	none, err := iam.NewUserPolicyAttachmentsExclusive(
		ctx,
		childName(name, childAttachedPolicies),
		&iam.UserPolicyAttachmentsExclusiveArgs{
			UserName:   created.Name,
			PolicyArns: pulumi.StringArray{},
		},
		children.after(membership)...)
	if err != nil {
		return nil, err
	}
	u.add(created, membership, only, none)
	u.UserName, u.UserARN = membership.User, created.Arn
	return u, ctx.RegisterResourceOutputs(u, pulumi.Map{"userName": u.UserName, "userArn": u.UserARN})
}

// stringMap is the tags as Pulumi has them.
func stringMap(tags []world.Tag) pulumi.StringMap {
	out := pulumi.StringMap{}
	for _, tag := range tags {
		out[tag.Key] = pulumi.String(tag.Value)
	}
	return out
}
