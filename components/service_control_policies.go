package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/scp"
)

// ServiceControlPoliciesToken is the type token of ServiceControlPolicies.
const ServiceControlPoliciesToken = "guardrails:organizations:ServiceControlPolicies"

// ServiceControlPolicies is the planned policies with their attachments.
type ServiceControlPolicies struct {
	pulumi.ResourceState
	customResources

	// PolicyIDs are the ids of the policies by name.
	PolicyIDs pulumi.StringMapOutput `pulumi:"policyIds"`
}

// NewServiceControlPolicies makes the policies of the plan and attaches them, one call after the other, because AWS
// Organizations takes two a second and refuses what runs side by side. What protects comes first and goes last.
// Before that it looks the organization up: it is an error when the organization or its management account is another
// one, or when service control policies are not enabled; they are never enabled here, because whoever owns that
// setting can detach every policy with it. It prints the undo sheet, and registers nothing when Validate has a
// problem.
func NewServiceControlPolicies(
	ctx *pulumi.Context, name string, args *scp.Args, opts ...pulumi.ResourceOption,
) (*ServiceControlPolicies, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	plan, err := args.Plan()
	if err != nil {
		return nil, err
	}
	if lookErr := lookUpTree(args, ctx, opts); lookErr != nil {
		return nil, lookErr
	}
	component := &ServiceControlPolicies{}
	children, err := register(ctx, ServiceControlPoliciesToken, name, component, opts)
	if err != nil {
		return nil, err
	}
	if err := ctx.Log.Info(args.UndoSheet(), &pulumi.LogArgs{Resource: component}); err != nil {
		return nil, fmt.Errorf("print the undo sheet: %w", err)
	}
	if sheet := args.AllowListSheet(); sheet != "" {
		if err := ctx.Log.Info(sheet, &pulumi.LogArgs{Resource: component}); err != nil {
			return nil, fmt.Errorf("print how FullAWSAccess is detached: %w", err)
		}
	}
	ids := pulumi.StringMap{}
	var last []pulumi.Resource
	for _, planned := range plan.Policies {
		created, err := organizations.NewPolicy(ctx, childName(name, childPolicy, planned.Name), &organizations.PolicyArgs{
			Name:        pulumi.String(planned.Name),
			Description: pulumi.String(planned.Description),
			Type:        pulumi.String("SERVICE_CONTROL_POLICY"),
			Content:     pulumi.String(planned.Document.JSON()),
		}, children.after(last...)...)
		if err != nil {
			return nil, err
		}
		component.add(created)
		last, ids[planned.Name] = []pulumi.Resource{created}, created.ID().ToStringOutput()
		for _, target := range planned.Targets {
			attached, err := organizations.NewPolicyAttachment(
				ctx,
				childName(name, childAttachment, planned.Name, target),
				&organizations.PolicyAttachmentArgs{
					PolicyId: created.ID().ToStringOutput(),
					TargetId: pulumi.String(target),
				},
				children.after(last...)...)
			if err != nil {
				return nil, err
			}
			component.add(attached)
			last = []pulumi.Resource{attached}
		}
	}
	component.PolicyIDs = ids.ToStringMapOutput()
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"policyIds": component.PolicyIDs})
}

// lookUpTree holds the organization that the credentials belong to against the configured one.
func lookUpTree(a *scp.Args, ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	invoke, err := invokeOptions(opts)
	if err != nil {
		return err
	}
	found, err := organizations.LookupOrganization(ctx, invoke...)
	if err != nil {
		return fmt.Errorf("look up the organization: %w", err)
	}
	return a.CheckOrganization(found.Id, found.MasterAccountId, found.EnabledPolicyTypes)
}
