package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
)

// OperationRoles is a role per entry and the policies that they share.
type OperationRoles struct {
	pulumi.ResourceState
	customResources

	// RoleARNs are the ARNs of the roles by name.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
	// PolicyARNs are the ARNs of the shared policies by name.
	PolicyARNs pulumi.StringMapOutput `pulumi:"policyArns"`
}

// NewOperationRoles makes the shared policies once and a role per entry. The role waits for the users that it names.
// The Denies of every role are attached before anything is allowed, and before a shared policy allows anything else.
// It registers nothing when Validate has a problem.
func NewOperationRoles(
	ctx *pulumi.Context,
	name string,
	args *operation.Args,
	users UserResources,
	opts ...pulumi.ResourceOption,
) (*OperationRoles, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	roles := &OperationRoles{}
	children, err := register(ctx, OperationRolesToken, name, roles, opts, users)
	if err != nil {
		return nil, err
	}
	policies, shared := map[string]*iam.Policy{}, args.SharedPolicies()
	guard := min(1, len(shared))
	if err := roles.share(ctx, name, args, shared[:guard], policies, children); err != nil {
		return nil, err
	}
	var denied []*deniedRole
	var denies []pulumi.Resource
	for _, entry := range args.Roles {
		role := args.Role(entry)
		d, err := roleResources{
			component: name, key: []string{role.Name}, children: children, custom: &roles.customResources,
			waitFor:  resourcesOf(entry.Users, users),
			policies: policies, policyKey: policyName, guard: args.PolicyARN(guardrail.OperationGuardPolicyName),
			fence: guardrail.OperationRoleGuardPolicyName,
		}.deny(ctx, role)
		if err != nil {
			return nil, err
		}
		denied, denies = append(denied, d), append(denies, d.denies...)
	}
	if err := roles.share(ctx, name, args, shared[guard:], policies, children.after(denies...)); err != nil {
		return nil, err
	}
	roleARNs, policyARNs := pulumi.StringMap{}, pulumi.StringMap{}
	for _, d := range denied {
		if err := d.allow(ctx); err != nil {
			return nil, err
		}
		roleARNs[d.role.Name] = d.resource.Arn
	}
	for _, p := range shared {
		policyARNs[p.Name] = policies[args.PolicyARN(p.Name)].Arn
	}
	roles.RoleARNs, roles.PolicyARNs = roleARNs.ToStringMapOutput(), policyARNs.ToStringMapOutput()
	return roles, ctx.RegisterResourceOutputs(
		roles,
		pulumi.Map{"roleArns": roles.RoleARNs, "policyArns": roles.PolicyARNs},
	)
}

// share makes shared policies and keeps them by ARN.
func (r *OperationRoles) share(
	ctx *pulumi.Context,
	name string,
	args *operation.Args,
	policies []guardrail.ManagedPolicy,
	byARN map[string]*iam.Policy,
	options []pulumi.ResourceOption,
) error {
	for _, p := range policies {
		// No description: it could never change without replacing the policy.
		shared, err := iam.NewPolicy(ctx, childName(name, childPolicy, p.Name), &iam.PolicyArgs{
			Name:   pulumi.String(p.Name),
			Path:   pulumi.String(guardrail.PolicyPath),
			Policy: pulumi.String(p.Document.JSON()),
		}, options...)
		if err != nil {
			return err
		}
		r.add(shared)
		byARN[args.PolicyARN(p.Name)] = shared
	}
	return nil
}

// policyName is the name in the ARN of a policy.
func policyName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
