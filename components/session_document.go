package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/sessiondocument"
)

// SessionDocument is a session document of the account's own, in every Region of the preferences.
type SessionDocument struct {
	pulumi.ResourceState
	customResources

	// DocumentARNs are the ARNs of the documents by Region.
	DocumentARNs pulumi.StringMapOutput `pulumi:"documentArns"`
}

// NewSessionDocument makes the documents. Give its CustomResources as DependsOn to the roles that list it. It registers
// nothing when Validate has a problem.
func NewSessionDocument(
	ctx *pulumi.Context,
	name string,
	args *sessiondocument.Args,
	providers RegionProviders,
	opts ...pulumi.ResourceOption,
) (*SessionDocument, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := validateProviders(args.Regions, providers); err != nil {
		return nil, err
	}
	d := &SessionDocument{}
	children, err := register(ctx, SessionDocumentToken, name, d, opts)
	if err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, region := range args.Regions {
		content, err := contentOver(ctx, args.Name, args.Content(), d, providers[region])
		if err != nil {
			return nil, err
		}
		var in []pulumi.ResourceOption
		if provider := providers[region]; provider != nil {
			in = append(in, pulumi.Provider(provider))
		}
		document, err := ssm.NewDocument(ctx, childName(name, childDocument, region), &ssm.DocumentArgs{
			Name:           pulumi.String(args.Name),
			DocumentType:   pulumi.String("Session"),
			DocumentFormat: pulumi.String("JSON"),
			Content:        pulumi.String(content),
		}, children.with(in...)...)
		if err != nil {
			return nil, err
		}
		d.add(document)
		arns[region] = document.Arn
	}
	d.DocumentARNs = arns.ToStringMapOutput()
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"documentArns": d.DocumentARNs})
}
