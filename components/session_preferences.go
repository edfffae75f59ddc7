package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/problem"
)

// SessionPreferences is the preferences document of every listed Region.
type SessionPreferences struct {
	pulumi.ResourceState
	customResources

	// DocumentARNs are the ARNs of the documents by Region.
	DocumentARNs pulumi.StringMapOutput `pulumi:"documentArns"`
}

// NewSessionPreferences makes the documents. They stay when the stack or a Region goes, because without them AWS's
// defaults apply again: shells as ssm-user with sudo, no limits, no logs. It registers nothing when Validate has a
// problem.
func NewSessionPreferences(
	ctx *pulumi.Context, name string, args *preferences.Args, providers RegionProviders, opts ...pulumi.ResourceOption,
) (*SessionPreferences, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := validateProviders(args.Regions, providers); err != nil {
		return nil, err
	}
	preferences := &SessionPreferences{}
	children, err := register(ctx, SessionPreferencesToken, name, preferences, opts)
	if err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, region := range args.Regions {
		content, err := contentOver(ctx, guardrail.PreferencesDocument, args.Content(), preferences, providers[region])
		if err != nil {
			return nil, err
		}
		document, err := ssm.NewDocument(ctx, childName(name, childPreferences, region), &ssm.DocumentArgs{
			Name:           pulumi.String(guardrail.PreferencesDocument),
			DocumentType:   pulumi.String("Session"),
			DocumentFormat: pulumi.String("JSON"),
			Content:        pulumi.String(content),
		}, children.with(preferencesOptions(providers[region])...)...)
		if err != nil {
			return nil, err
		}
		preferences.add(document)
		arns[region] = document.Arn
	}
	if args.NodePolicy {
		document, _ := args.NodeDocument()
		// No description: it could never change without replacing the policy.
		nodePolicy, err := iam.NewPolicy(ctx, childName(name, childPolicy, guardrail.NodePolicyName), &iam.PolicyArgs{
			Name: pulumi.String(
				guardrail.NodePolicyName,
			),
			Path:   pulumi.String(guardrail.PolicyPath),
			Policy: pulumi.String(document.JSON()),
		}, children...)
		if err != nil {
			return nil, err
		}
		preferences.add(nodePolicy)
	}
	preferences.DocumentARNs = arns.ToStringMapOutput()
	return preferences, ctx.RegisterResourceOutputs(preferences, pulumi.Map{"documentArns": preferences.DocumentARNs})
}

// contentOver is the content of a document for the Region of a provider, unlike what the document there had before, and
// unlike its
// latest version where another one is in force.
func contentOver(
	ctx *pulumi.Context, name, content string, parent pulumi.Resource, provider pulumi.ProviderResource,
) (string, error) {
	asks := []pulumi.InvokeOption{pulumi.Parent(parent)}
	if provider != nil {
		asks = append(asks, pulumi.Provider(provider))
	}
	latest, err := deployedContent(ctx, name, latestVersion, asks...)
	if err != nil || latest == "" {
		return content, err
	}
	inForce, err := deployedContent(ctx, name, versionInForce, asks...)
	return contentInForce(content, latest, inForce), err
}

// preferencesOptions are the options of the document of a Region.
func preferencesOptions(provider pulumi.ProviderResource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.RetainOnDelete(true)}
	if provider != nil {
		opts = append(opts, pulumi.Provider(provider))
	}
	return opts
}

// validateProviders wants a provider for every Region but one: the component's own provider works in a
// single Region, and a second document made by it would be the same one.
func validateProviders(regions []string, providers RegionProviders) error {
	var p problem.List
	ambient, others := providers.missing(regions)
	for _, i := range others {
		p.Add(
			problem.Path("regions").Index(i),
			regions[i],
			"has no provider, and the provider of the component is taken to be that of "+ambient,
			"give providers an entry for it",
		)
	}
	return p.Err()
}
