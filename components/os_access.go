package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/osaccess"
)

// OSAccessToken is the type token of OSAccess.
const OSAccessToken = "guardrails:iam:OSAccess"

// OSAccess is the shared role of the people in StandingUsers. Without any it is a component without children.
type OSAccess struct {
	pulumi.ResourceState
	customResources

	// RoleARNs has the ARN of the shared role under its name; empty when there is none.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
}

// NewOSAccess makes the shared role when somebody is in StandingUsers, and nothing otherwise. It registers nothing
// when Validate has a problem.
func NewOSAccess(
	ctx *pulumi.Context,
	name string,
	args *osaccess.Args,
	users UserResources,
	opts ...pulumi.ResourceOption,
) (*OSAccess, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	access := &OSAccess{}
	children, err := register(ctx, OSAccessToken, name, access, opts, users)
	if err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	if args.Standing() {
		role, err := roleResources{
			component: name,
			children:  children,
			custom:    &access.customResources,
			waitFor:   resourcesOf(args.StandingUsers, users),
			policyKey: policyName,
			fence:     guardrail.OSAccessGuardPolicyName,
		}.make(ctx, args.Role())
		if err != nil {
			return nil, err
		}
		arns[guardrail.OSAccessRoleName] = role.Arn
	}
	access.RoleARNs = arns.ToStringMapOutput()
	return access, ctx.RegisterResourceOutputs(access, pulumi.Map{"roleArns": access.RoleARNs})
}
