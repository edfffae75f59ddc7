package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/managedpolicy"
)

// ManagedPolicy is a customer managed policy.
type ManagedPolicy struct {
	pulumi.ResourceState
	customResources

	// PolicyARN is the ARN of the policy.
	PolicyARN pulumi.StringOutput `pulumi:"policyArn"`
}

// NewManagedPolicy makes the policy. Give its CustomResources as DependsOn to the users and roles that carry it or are
// bounded by it: AWS refuses a policy that does not exist, and does not delete one that is used. It registers nothing
// when Validate has a problem.
func NewManagedPolicy(
	ctx *pulumi.Context,
	name string,
	args *managedpolicy.Args,
	opts ...pulumi.ResourceOption,
) (*ManagedPolicy, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	p := &ManagedPolicy{}
	children, err := register(ctx, ManagedPolicyToken, name, p, opts)
	if err != nil {
		return nil, err
	}
	// No description: it could never change without replacing the policy.
	customerManaged, err := iam.NewPolicy(ctx, childName(name, childPolicy), &iam.PolicyArgs{
		Name:   pulumi.String(args.Name),
		Path:   pulumi.String(guardrail.PolicyPath),
		Policy: pulumi.String(args.Document.JSON()),
	}, children...)
	if err != nil {
		return nil, err
	}
	p.add(customerManaged)
	p.PolicyARN = customerManaged.Arn
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"policyArn": p.PolicyARN})
}
