package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access"
)

// roleResources makes one role from what a world says about it. What others attach to it or put into it is seen and removed.
type roleResources struct {
	component string
	// key tells the roles of one component apart in child names; empty when there is only one.
	key      []string
	children children
	// waitFor are the resources that make the users of the trust policy.
	waitFor []pulumi.Resource
	// policies are those managed policies that the component makes, by ARN.
	policies map[string]*iam.Policy
	// policyKey is how child names call a managed policy: the same at every run, and no other policy's.
	policyKey func(arn string) string
	// guard is the ARN of the attached policy with the Denies: it is attached before every Allow and detached after. Empty means none.
	guard string
	// fence is the name of the inline policy with the Denies: it is put in before every Allow and taken out after. Empty means none.
	fence string
}

func (r roleResources) make(ctx *pulumi.Context, role access.Role) (*iam.Role, error) {
	made, err := iam.NewRole(ctx, r.name(childRole), &iam.RoleArgs{
		Name:               pulumi.String(role.Name),
		Path:               pulumi.String(role.Path),
		AssumeRolePolicy:   pulumi.String(role.Trust.JSON()),
		MaxSessionDuration: pulumi.Int(role.MaxSession),
		Tags:               stringMap(role.Tags),
		// What somebody attached by hand must not keep the role alive.
		ForceDetachPolicies: pulumi.Bool(true),
	}, r.children.after(r.waitFor...)...)
	if err != nil {
		return nil, err
	}
	fences, inlined, err := r.fences(ctx, made, role.Inline)
	if err != nil {
		return nil, err
	}
	guards, err := r.attach(ctx, made, role.Attached, fences)
	if err != nil {
		return nil, err
	}
	return made, r.inline(ctx, made, role.Inline, append(fences, guards...), inlined)
}

// fences puts in the inline policy with the Denies.
func (r roleResources) fences(ctx *pulumi.Context, role *iam.Role, policies []access.InlinePolicy) (fences []pulumi.Resource, inlined map[string]pulumi.Resource, err error) {
	inlined = map[string]pulumi.Resource{}
	for _, inline := range policies {
		if r.fence == "" || inline.Name != r.fence {
			continue
		}
		made, err := r.put(ctx, role, inline, nil)
		if err != nil {
			return nil, nil, err
		}
		fences, inlined[inline.Name] = append(fences, made), made
	}
	return fences, inlined, nil
}

// put puts one inline policy in.
func (r roleResources) put(ctx *pulumi.Context, role *iam.Role, inline access.InlinePolicy, after []pulumi.Resource) (pulumi.Resource, error) {
	return iam.NewRolePolicy(ctx, r.name(childInlinePolicy, inline.Name), &iam.RolePolicyArgs{
		Role:   role.Name,
		Name:   pulumi.String(inline.Name),
		Policy: pulumi.String(inline.Document.JSON()),
	}, r.children.after(after...)...)
}

// attach attaches the managed policies and nothing else, and returns the attachment of the guard.
func (r roleResources) attach(ctx *pulumi.Context, role *iam.Role, policies []string, fences []pulumi.Resource) (guards []pulumi.Resource, err error) {
	arns := pulumi.StringArray{}
	var attached []pulumi.Resource
	for _, arn := range policies {
		var input pulumi.StringInput = pulumi.String(arn)
		if made, ours := r.policies[arn]; ours {
			input = made.Arn
		}
		attachment, err := iam.NewRolePolicyAttachment(ctx, r.name(childAttachment, r.policyKey(arn)), &iam.RolePolicyAttachmentArgs{
			Role:      role.Name,
			PolicyArn: input,
		}, r.children.after(slices.Concat(fences, guards)...)...)
		if err != nil {
			return nil, err
		}
		if arn == r.guard {
			guards = append(guards, attachment)
		}
		arns, attached = append(arns, input), append(attached, attachment)
	}
	_, err = iam.NewRolePolicyAttachmentsExclusive(ctx, r.name(childAttachedPolicies), &iam.RolePolicyAttachmentsExclusiveArgs{
		RoleName:   role.Name,
		PolicyArns: arns,
	}, r.children.after(attached...)...)
	return guards, err
}

// inline puts the inline policies in and nothing else; those of inlined are in.
func (r roleResources) inline(
	ctx *pulumi.Context, role *iam.Role, policies []access.InlinePolicy, guards []pulumi.Resource, inlined map[string]pulumi.Resource,
) error {
	names := pulumi.StringArray{}
	var all []pulumi.Resource
	for _, inline := range policies {
		made := inlined[inline.Name]
		if made == nil {
			var err error
			if made, err = r.put(ctx, role, inline, guards); err != nil {
				return err
			}
		}
		names, all = append(names, pulumi.String(inline.Name)), append(all, made)
	}
	_, err := iam.NewRolePoliciesExclusive(ctx, r.name(childInlinePolicies), &iam.RolePoliciesExclusiveArgs{
		RoleName:    role.Name,
		PolicyNames: names,
	}, r.children.after(all...)...)
	return err
}

// name is the name of a child of the role.
func (r roleResources) name(what string, key ...string) string {
	return childName(r.component, what, append(slices.Clone(r.key), key...)...)
}

// resourcesOf are the resources that make the named users, in the order of the names.
func resourcesOf(names []string, resources map[string]pulumi.Resource) []pulumi.Resource {
	var found []pulumi.Resource
	for _, name := range names {
		if resource, made := resources[name]; made {
			found = append(found, resource)
		}
	}
	return found
}
