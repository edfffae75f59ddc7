package components

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

// UserArgs configures a person: an element of the section "users" of the stack file. It makes a user and its group memberships, and never
// a password or an access key.
type UserArgs struct {
	Account Account
	// Name is the IAM user name, unique in the account whatever its case. Required.
	Name string
	// Path begins and ends with "/". Empty means "/".
	Path string
	// Email becomes the tag "Email". Optional.
	Email string
	// DisplayName becomes the tag "DisplayName". Optional.
	DisplayName string
	// RunAs is the OS user of the person, as which shells start in roles with RunAsFromUser. It becomes the tag SSMSessionRunAs. Empty means none.
	RunAs string
	// Tags are more tags of the user. Authorization tags stay as configured, whatever somebody writes in the account.
	Tags map[string]string
	// ContactTags are the tag keys that people may write on their own user (MFAGroupArgs.SelfService.ContactTags). A tag with such a key is
	// set when the user is made and left alone afterwards.
	ContactTags []string
	// Groups are the names of the groups that the user joins, the MFA group among them. Required.
	Groups []string
	// Quotas bound tags and groups. A field of zero means today's value.
	Quotas policy.Quotas
}

// User is a person's IAM user with its group memberships.
type User struct {
	pulumi.ResourceState
	customResources

	// UserName is the name of the user. It is known once the user is in its groups.
	UserName pulumi.StringOutput `pulumi:"userName"`
	// UserARN is the ARN of the user.
	UserARN pulumi.StringOutput `pulumi:"userArn"`
}

// NewUser makes the user and then its memberships. Give the CustomResources of the MFA group as DependsOn, so that nobody exists before
// the guard does and everybody is gone before it goes. It registers nothing when Validate has a problem.
//
// A user who has enrolled a device or made keys is deleted with them, when the entry is removed from the stack file.
func NewUser(ctx *pulumi.Context, name string, args *UserArgs, opts ...pulumi.ResourceOption) (*User, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	user := &User{}
	children, err := register(ctx, UserToken, name, user, opts)
	if err != nil {
		return nil, err
	}
	made, err := iam.NewUser(ctx, childName(name, childUser), &iam.UserArgs{
		Name: pulumi.String(args.Name),
		Path: pulumi.String(pathOr(args.Path)),
		Tags: stringMap(args.tags()),
		// The provider reads this from the state when it deletes, so it must be there from the first update on.
		ForceDestroy: pulumi.Bool(true),
	}, children.with(pulumi.IgnoreChanges(args.ignoredTags()))...)
	if err != nil {
		return nil, err
	}
	membership, err := iam.NewUserGroupMembership(ctx, childName(name, childMembership), &iam.UserGroupMembershipArgs{
		User:   made.Name,
		Groups: pulumi.ToStringArray(slices.Sorted(slices.Values(args.Groups))),
		// Whoever leaves is in the guard's group until the deletion of the user takes them out of it: a deletion that is refused at once leaves the guard in place.
	}, children.with(pulumi.DeletedWith(made))...)
	if err != nil {
		return nil, err
	}
	user.add(made, membership)
	user.UserName, user.UserARN = membership.User, made.Arn
	return user, ctx.RegisterResourceOutputs(user, pulumi.Map{"userName": user.UserName, "userArn": user.UserARN})
}

// ignoredTags are the property paths of the tags that the person may change.
func (a *UserArgs) ignoredTags() []string {
	var paths []string
	for _, key := range a.ContactTags {
		paths = append(paths, "tags["+strconv.Quote(a.spelling(key))+"]")
	}
	return paths
}

// spelling is the key as the user's tag has it: keys ignore case, property paths do not.
func (a *UserArgs) spelling(key string) string {
	for _, tag := range a.tags() {
		if strings.EqualFold(tag.Key, key) {
			return tag.Key
		}
	}
	return key
}

// stringMap is the tags as Pulumi has them.
func stringMap(tags []access.Tag) pulumi.StringMap {
	out := pulumi.StringMap{}
	for _, tag := range tags {
		out[tag.Key] = pulumi.String(tag.Value)
	}
	return out
}
