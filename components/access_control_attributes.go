package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/identitycenter"
)

// AccessControlAttributesToken is the type token of AccessControlAttributes.
const AccessControlAttributesToken = "guardrails:sso:AccessControlAttributes"

// AccessControlAttributes are the attributes for access control of an instance.
type AccessControlAttributes struct {
	pulumi.ResourceState
	customResources

	// InstanceARN is the ARN of the instance, known once the attributes are in place.
	InstanceARN pulumi.StringOutput `pulumi:"instanceArn"`
}

// NewAccessControlAttributes sets the attributes. They stay when the stack goes: to delete them switches attributes
// for access control off for the whole organization, and then an identity provider chooses OS users and projects.
// Before that it looks the instance up: it is an error when the account has another one. It registers nothing when
// Validate has a problem.
func NewAccessControlAttributes(
	ctx *pulumi.Context, name string, args *identitycenter.AttributesArgs, opts ...pulumi.ResourceOption,
) (*AccessControlAttributes, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := lookUpInstance(args.IdentityCenter, ctx, opts); err != nil {
		return nil, err
	}
	component := &AccessControlAttributes{}
	children, err := register(ctx, AccessControlAttributesToken, name, component, opts)
	if err != nil {
		return nil, err
	}
	list := ssoadmin.InstanceAccessControlAttributesAttributeArray{}
	for _, a := range args.Effective() {
		list = append(list, ssoadmin.InstanceAccessControlAttributesAttributeArgs{
			Key: pulumi.String(a.Key),
			Values: ssoadmin.InstanceAccessControlAttributesAttributeValueArray{
				ssoadmin.InstanceAccessControlAttributesAttributeValueArgs{
					Sources: pulumi.ToStringArray([]string{a.Source.String()}),
				},
			},
		})
	}
	attributes, err := ssoadmin.NewInstanceAccessControlAttributes(
		ctx,
		childName(name, childAttributes),
		&ssoadmin.InstanceAccessControlAttributesArgs{
			InstanceArn: pulumi.String(args.IdentityCenter.Instance),
			Attributes:  list,
		},
		children.with(pulumi.RetainOnDelete(true))...)
	if err != nil {
		return nil, err
	}
	component.add(attributes)
	component.InstanceARN = attributes.InstanceArn
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"instanceArn": component.InstanceARN})
}
