package program

import (
	"slices"
	"strings"

	nativessm "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stack"
)

// importAdopted makes the engine import what the stack file says exists, before it changes it to what the components
// want. Nothing else of a resource is touched, and the option means nothing for a resource that the state has under
// the same id. It must come before the first component.
func importAdopted(ctx *pulumi.Context, stack *stack.Stack) error {
	return ctx.RegisterStackTransformation(
		func(r *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			id := adoptedID(stack, r.Name, r.Props)
			if id == "" {
				return nil
			}
			return &pulumi.ResourceTransformationResult{
				Props: r.Props,
				Opts:  append(slices.Clone(r.Opts), pulumi.Import(pulumi.ID(id))),
			}
		},
	)
}

// adoptedID is what AWS calls the resource, where the stack adopts it; empty where it does not.
func adoptedID(stack *stack.Stack, resource string, props pulumi.Input) string {
	a := stack.Adopt
	switch p := props.(type) {
	case *iam.UserArgs:
		return among(a.Users, p.Name)
	case *iam.RoleArgs:
		return among(a.Roles, p.Name)
	case *iam.GroupArgs:
		if a.MFA {
			return among([]string{stack.MFA.Name}, p.Name)
		}
	case *iam.PolicyArgs:
		if name := among(a.Policies, p.Name); name != "" {
			return stack.Account.Partition.PolicyARN(stack.Account.ID, guardrail.PolicyPath, name)
		}
	case *ssoadmin.InstanceAccessControlAttributesArgs:
		if a.Attributes {
			return stack.IdentityCenter.Instance
		}
	case *nativessm.DocumentArgs:
		for _, approval := range a.Approvals {
			region, name, _ := strings.Cut(approval, "/")
			if strings.HasSuffix(resource, "-"+region+"-"+name) {
				return among([]string{name}, p.Name)
			}
		}
	case *ssm.DocumentArgs:
		// All Regions have a document of this name; the name of the resource ends in its own.
		adopted := slices.ContainsFunc(
			a.Sessions,
			func(region string) bool { return strings.HasSuffix(resource, "-"+region) },
		)
		if adopted {
			return among([]string{guardrail.PreferencesDocument}, p.Name)
		}
	}
	return ""
}

// among is the name, where it is one of the names; components give names as plain texts.
func among(names []string, name pulumi.StringPtrInput) string {
	if text, ok := name.(pulumi.String); ok && slices.Contains(names, string(text)) {
		return string(text)
	}
	return ""
}
