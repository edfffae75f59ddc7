package program

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stack"
)

// export sets the stack outputs.
func export(ctx *pulumi.Context, stack *stack.Stack) {
	for name, value := range outputs(stack) {
		ctx.Export(name, value)
	}
}

// outputs are plain values, so that a preview shows them: every name is known before anything exists.
func outputs(stack *stack.Stack) pulumi.Map {
	world := stack.World()
	roleARNs, switchRoleURLs, attached := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringArrayMap{}
	for _, group := range world.Groups {
		attached[group.Name] = policiesOf(group.Inline, group.Attached)
	}
	for _, role := range world.Roles {
		roleARNs[role.Name] = pulumi.String(world.Partition.RoleARN(world.ID, role.Path, role.Name))
		if role.Path != guardrail.OwnOSUserRolePath {
			switchRoleURLs[role.Name] = pulumi.String(
				world.Partition.SwitchRoleURL(stack.SignInName(), role.Path, role.Name, ""),
			)
		}
		attached[role.Name] = policiesOf(role.Inline, role.Attached)
	}
	out := pulumi.Map{
		"roleArns":         roleARNs,
		"switchRoleUrls":   switchRoleURLs,
		"signInUrl":        pulumi.String(world.Partition.SignInURL(stack.SignInName())),
		"attachedPolicies": attached,
	}
	if stack.MFA != nil {
		out["groupName"] = pulumi.String(stack.MFA.Name)
	}
	return out
}

// policiesOf are the names of inline policies and the ARNs of managed ones.
func policiesOf(inline []world.InlinePolicy, managed []string) pulumi.StringArray {
	all := make([]string, 0, len(inline)+len(managed))
	for _, p := range inline {
		all = append(all, p.Name)
	}
	return pulumi.ToStringArray(append(all, managed...))
}
