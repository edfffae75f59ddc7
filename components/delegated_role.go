package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
)

// DelegatedRole is a role that named people assume with recent MFA.
type DelegatedRole struct {
	pulumi.ResourceState
	customResources

	// RoleName is the name of the role.
	RoleName pulumi.StringOutput `pulumi:"roleName"`
	// RoleARN is the ARN of the role.
	RoleARN pulumi.StringOutput `pulumi:"roleArn"`
}

// NewDelegatedRole makes the role. It waits for the users that it names. It registers nothing when Validate has a
// problem.
func NewDelegatedRole(
	ctx *pulumi.Context,
	name string,
	args *delegated.Args,
	users UserResources,
	opts ...pulumi.ResourceOption,
) (*DelegatedRole, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	role := &DelegatedRole{}
	children, err := register(ctx, DelegatedRoleToken, name, role, opts, users)
	if err != nil {
		return nil, err
	}
	created, err := roleResources{
		component: name,
		children:  children,
		custom:    &role.customResources,
		waitFor:   resourcesOf(args.Users, users),
		policyKey: args.PolicyKey,
		fence:     guardrail.SourceNetworksPolicyName,
	}.make(ctx, args.Role())
	if err != nil {
		return nil, err
	}
	role.RoleName, role.RoleARN = created.Name, created.Arn
	return role, ctx.RegisterResourceOutputs(role, pulumi.Map{"roleName": role.RoleName, "roleArn": role.RoleARN})
}
