package components

import (
	"slices"

	nativessm "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/problem"
)

// JustInTimeToken is the type token of JustInTime.
const JustInTimeToken = "guardrails:ssm:JustInTime"

// JustInTime is the approval documents of every Region, and the policies of those who ask and approve.
type JustInTime struct {
	pulumi.ResourceState
	customResources

	// PolicyARNs are the ARNs of the policies RequesterPolicyName and ApproverPolicyName by name.
	PolicyARNs pulumi.StringMapOutput `pulumi:"policyArns"`
}

// NewJustInTime makes the documents and policies. Where an account denies access and nothing else there are no
// policies: nobody asks there. The documents come from AWS Cloud Control, because the other provider asks for the
// permissions of documents, which these have not. They are updated in place. It registers nothing when Validate has a
// problem.
func NewJustInTime(
	ctx *pulumi.Context,
	name string,
	args *justintime.Args,
	providers RegionProviders,
	opts ...pulumi.ResourceOption,
) (*JustInTime, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := validateApprovalProviders(args, providers); err != nil {
		return nil, err
	}
	component := &JustInTime{}
	children, err := register(ctx, JustInTimeToken, name, component, opts)
	if err != nil {
		return nil, err
	}
	documents, err := makeApprovalDocuments(ctx, name, args, providers, children)
	if err != nil {
		return nil, err
	}
	component.add(documents...)
	arns := pulumi.StringMap{}
	for _, p := range args.Policies() {
		// No description: it could never change without replacing the policy.
		customerManaged, err := iam.NewPolicy(ctx, childName(name, childPolicy, p.Name), &iam.PolicyArgs{
			Name: pulumi.String(
				p.Name,
			),
			Path:   pulumi.String(guardrail.PolicyPath),
			Policy: pulumi.String(p.Document.JSON()),
		}, children.after(documents...)...)
		if err != nil {
			return nil, err
		}
		component.add(customerManaged)
		arns[p.Name] = customerManaged.Arn
	}
	component.PolicyARNs = arns.ToStringMapOutput()
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"policyArns": component.PolicyARNs})
}

const childApproval = "approval"

// makeApprovalDocuments makes the approval documents: what is denied before what is approved.
func makeApprovalDocuments(
	ctx *pulumi.Context, name string, args *justintime.Args, providers RegionProviders, children childOptions,
) ([]pulumi.Resource, error) {
	all := args.Documents()
	// What is denied is the last of them.
	if last := len(all) - 1; len(args.DenyAccess) > 0 {
		all = slices.Concat(all[last:], all[:last])
	}
	var documents, denies []pulumi.Resource
	for _, d := range all {
		for _, region := range d.Regions {
			var options []pulumi.ResourceOption
			if provider := providers[region]; provider != nil {
				options = append(options, pulumi.Provider(provider))
			}
			document, err := nativessm.NewDocument(
				ctx,
				childName(name, childApproval, region, d.Name),
				&nativessm.DocumentArgs{
					Name:           pulumi.String(d.Name),
					DocumentType:   nativessm.DocumentType(d.Kind),
					DocumentFormat: nativessm.DocumentFormatJson,
					Content:        pulumi.String(d.Content),
					UpdateMethod:   nativessm.DocumentUpdateMethodNewVersion,
				},
				slices.Concat(children.after(denies...), options)...)
			if err != nil {
				return nil, err
			}
			documents = append(documents, document)
		}
		if d.Name == justintime.DenyAccessDocument {
			denies = slices.Clone(documents)
		}
	}
	return documents, nil
}

// validateApprovalProviders wants a provider for every Region but one, as SessionPreferences does.
func validateApprovalProviders(args *justintime.Args, providers RegionProviders) error {
	var p problem.List
	regions := args.ApprovalRegions()
	ambient, others := providers.missing(regions)
	for _, i := range others {
		p.Add(
			"",
			regions[i],
			"has no provider for its approval documents, and the provider of the component is taken to be that of "+ambient,
			"give providers an entry for it",
		)
	}
	return p.Err()
}
