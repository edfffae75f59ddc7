package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AccessControlAttributesToken is the type token of AccessControlAttributes.
const AccessControlAttributesToken = "guardrails:sso:AccessControlAttributes"

// AccessControlAttributesArgs are the attributes for access control of an instance of IAM Identity Center: the session tags of everybody who comes
// through it, in every account and with every permission set. An instance has one such list, and this is the whole of it.
//
// The tags that decide access are always among them, the tag for OS users and the one that pairs people with nodes: an external identity provider can
// send every tag that is not. See Effective.
type AccessControlAttributesArgs struct {
	Account        Account
	IdentityCenter IdentityCenter
	// ProjectTag is the tag key that pairs people with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// Attributes are sources ("${path:...}") by the key of the session tag. Optional.
	Attributes map[string]string
}

// AccessControlAttributes are the attributes for access control of an instance.
type AccessControlAttributes struct {
	pulumi.ResourceState
	customResources

	// InstanceARN is the ARN of the instance, known once the attributes are in place.
	InstanceARN pulumi.StringOutput `pulumi:"instanceArn"`
}

// NewAccessControlAttributes sets the attributes. They stay when the stack goes: to delete them switches attributes for access control off for the whole
// organization, and then an identity provider chooses OS users and projects. Before that it looks the instance up: it is an error when the account has
// another one. It registers nothing when Validate has a problem.
func NewAccessControlAttributes(
	ctx *pulumi.Context, name string, args *AccessControlAttributesArgs, opts ...pulumi.ResourceOption,
) (*AccessControlAttributes, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := args.IdentityCenter.lookUp(ctx, opts); err != nil {
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
				ssoadmin.InstanceAccessControlAttributesAttributeValueArgs{Sources: pulumi.ToStringArray([]string{a.Source.String()})},
			},
		})
	}
	made, err := ssoadmin.NewInstanceAccessControlAttributes(ctx, childName(name, childAttributes), &ssoadmin.InstanceAccessControlAttributesArgs{
		InstanceArn: pulumi.String(args.IdentityCenter.Instance),
		Attributes:  list,
	}, children.with(pulumi.RetainOnDelete(true))...)
	if err != nil {
		return nil, err
	}
	component.add(made)
	component.InstanceARN = made.InstanceArn
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"instanceArn": component.InstanceARN})
}
