package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/grant"
)

// AccessGrantToken is the type token of AccessGrant.
const AccessGrantToken = "guardrails:iam:AccessGrant"

// AccessGrant is the role of one grant.
type AccessGrant struct {
	pulumi.ResourceState
	customResources

	// RoleARNs has the ARN of the role under its name.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
}

// NewAccessGrant makes the role of the grant, the Denies of its window before anything that it allows. The policies of
// operation roles that a grant of one carries must exist. What is made
// depends on the values alone, never on the clock: a grant that ended stays, opens nothing, and is reported by
// GrantNotices. It registers nothing when Validate has a problem.
func NewAccessGrant(
	ctx *pulumi.Context,
	name string,
	args *grant.Args,
	users UserResources,
	opts ...pulumi.ResourceOption,
) (*AccessGrant, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	grant := &AccessGrant{}
	children, err := register(ctx, AccessGrantToken, name, grant, opts, users)
	if err != nil {
		return nil, err
	}
	role := args.Role()
	iamRole, err := roleResources{
		component: name, children: children, custom: &grant.customResources, waitFor: resourcesOf(args.Users(), users),
		policyKey: args.PolicyKey, fence: args.Fence(), guard: args.Guard(),
	}.make(ctx, role)
	if err != nil {
		return nil, err
	}
	grant.RoleARNs = pulumi.StringMap{role.Name: iamRole.Arn}.ToStringMapOutput()
	return grant, ctx.RegisterResourceOutputs(grant, pulumi.Map{"roleArns": grant.RoleARNs})
}
