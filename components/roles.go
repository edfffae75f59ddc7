package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access/world"
)

// roleResources makes one role from what a world says about it. What others attach to it or put into it is seen and
// removed.
type roleResources struct {
	component string
	// key tells the roles of one component apart in child names; empty when there is only one.
	key      []string
	children childOptions
	// custom keeps what is made.
	custom *customResources
	// waitFor are the resources that make the users of the trust policy.
	waitFor []pulumi.Resource
	// policies are those managed policies that the component makes, by ARN.
	policies map[string]*iam.Policy
	// policyKey is how child names call a managed policy: the same at every run, and no other policy's.
	policyKey func(arn string) string
	// guard is the ARN of the attached policy with the Denies: it is attached before every Allow and detached after.
	// Empty means none.
	guard string
	// fence is the name of the inline policy with the Denies: it is put in before every Allow and taken out after.
	// Empty means none.
	fence string
}

// make makes one role: its Denies, then what it allows.
func (r roleResources) make(ctx *pulumi.Context, role world.Role) (*iam.Role, error) {
	denied, err := r.deny(ctx, role)
	if err != nil {
		return nil, err
	}
	return denied.resource, denied.allow(ctx)
}

// deniedRole is a role with its Denies, before anything that it allows.
type deniedRole struct {
	roleResources
	role     world.Role
	resource *iam.Role
	// denies carry the Denies: every Allow waits for them.
	denies []pulumi.Resource
	// inlined and attached are the same, by the name of the inline policy and the ARN of the attached one.
	inlined, attached map[string]pulumi.Resource
}

// deny makes the role, puts the fence in and attaches the guard.
func (r roleResources) deny(ctx *pulumi.Context, role world.Role) (*deniedRole, error) {
	created, err := iam.NewRole(ctx, r.name(childRole), &iam.RoleArgs{
		Name:               pulumi.String(role.Name),
		Path:               pulumi.String(role.Path),
		AssumeRolePolicy:   pulumi.String(role.Trust.JSON()),
		MaxSessionDuration: pulumi.Int(role.MaxSession),
		Tags:               stringMap(role.Tags),
		// One that somebody set by hand is taken away, as nil says.
		PermissionsBoundary: optionalString(role.Boundary),
		// What somebody attached by hand must not keep the role alive.
		ForceDetachPolicies: pulumi.Bool(true),
	}, r.children.after(r.waitFor...)...)
	if err != nil {
		return nil, err
	}
	r.custom.add(created)
	d := &deniedRole{
		roleResources: r,
		role:          role,
		resource:      created,
		inlined:       map[string]pulumi.Resource{},
		attached:      map[string]pulumi.Resource{},
	}
	for _, inline := range role.Inline {
		if r.fence == "" || inline.Name != r.fence {
			continue
		}
		fence, err := d.put(ctx, inline)
		if err != nil {
			return nil, err
		}
		d.denies, d.inlined[inline.Name] = append(d.denies, fence), fence
	}
	if r.guard != "" && slices.Contains(role.Attached, r.guard) {
		guard, err := d.attach(ctx, r.guard)
		if err != nil {
			return nil, err
		}
		d.denies, d.attached[r.guard] = append(d.denies, guard), guard
	}
	return d, nil
}

// allow attaches the other managed policies and puts the other inline policies in, and then removes what others
// attached and put in.
func (d *deniedRole) allow(ctx *pulumi.Context) error {
	arns := pulumi.StringArray{}
	var attached []pulumi.Resource
	for _, arn := range d.role.Attached {
		attachment := d.attached[arn]
		if attachment == nil {
			var err error
			if attachment, err = d.attach(ctx, arn); err != nil {
				return err
			}
		}
		arns, attached = append(arns, d.policyARN(arn)), append(attached, attachment)
	}
	attachments, err := iam.NewRolePolicyAttachmentsExclusive(
		ctx,
		d.name(childAttachedPolicies),
		&iam.RolePolicyAttachmentsExclusiveArgs{
			RoleName:   d.resource.Name,
			PolicyArns: arns,
		},
		d.children.after(attached...)...)
	if err != nil {
		return err
	}
	names := pulumi.StringArray{}
	var inlined []pulumi.Resource
	for _, inline := range d.role.Inline {
		inlinePolicy := d.inlined[inline.Name]
		if inlinePolicy == nil {
			if inlinePolicy, err = d.put(ctx, inline); err != nil {
				return err
			}
		}
		names, inlined = append(names, pulumi.String(inline.Name)), append(inlined, inlinePolicy)
	}
	policies, err := iam.NewRolePoliciesExclusive(ctx, d.name(childInlinePolicies), &iam.RolePoliciesExclusiveArgs{
		RoleName:    d.resource.Name,
		PolicyNames: names,
	}, d.children.after(inlined...)...)
	if err != nil {
		return err
	}
	d.custom.add(attachments, policies)
	return nil
}

// put puts one inline policy in, after the Denies that are there.
func (d *deniedRole) put(ctx *pulumi.Context, inline world.InlinePolicy) (pulumi.Resource, error) {
	inlinePolicy, err := iam.NewRolePolicy(ctx, d.name(childInlinePolicy, inline.Name), &iam.RolePolicyArgs{
		Role:   d.resource.Name,
		Name:   pulumi.String(inline.Name),
		Policy: pulumi.String(inline.Document.JSON()),
	}, d.children.after(d.denies...)...)
	if err != nil {
		return nil, err
	}
	d.custom.add(inlinePolicy)
	return inlinePolicy, nil
}

// attach attaches one managed policy, after the Denies that are there.
func (d *deniedRole) attach(ctx *pulumi.Context, arn string) (pulumi.Resource, error) {
	attachment, err := iam.NewRolePolicyAttachment(
		ctx,
		d.name(childAttachment, d.policyKey(arn)),
		&iam.RolePolicyAttachmentArgs{
			Role:      d.resource.Name,
			PolicyArn: d.policyARN(arn),
		},
		d.children.after(d.denies...)...)
	if err != nil {
		return nil, err
	}
	d.custom.add(attachment)
	return attachment, nil
}

// policyARN is the ARN of a managed policy: of those that the component makes, as AWS gives it.
func (r roleResources) policyARN(arn string) pulumi.StringInput {
	if shared, ours := r.policies[arn]; ours {
		return shared.Arn
	}
	return pulumi.String(arn)
}

// name is the name of a child of the role.
func (r roleResources) name(what string, key ...string) string {
	return childName(r.component, what, append(slices.Clone(r.key), key...)...)
}

// resourcesOf are the resources that make the named users, in the order of the names.
func resourcesOf(names []string, resources map[string][]pulumi.Resource) []pulumi.Resource {
	var found []pulumi.Resource
	for _, name := range names {
		found = append(found, resources[name]...)
	}
	return found
}
