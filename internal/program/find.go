package program

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/organizations"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/stack"
)

// Named is a resource whose id AWS chose, and which is looked for by its name.
type Named struct {
	URN, Type, Name string
	// Kind is the type of an organization policy, and Instance the ARN of the instance of a permission set.
	Kind, Instance string
}

// Find is a program that asks AWS for resources by name, and makes nothing. Run it as a preview. It ends with
// ErrExistingRead when everything was asked; found hears the ids of those that are there.
func Find(folder string, wanted []Named, found func(urn, id string)) pulumi.RunFunc {
	return asking(folder, func(ctx *pulumi.Context, _ *stack.Stack, providers *providers) error {
		for _, w := range wanted {
			ask := policyNamed
			if w.Instance != "" {
				ask = permissionSetNamed
			}
			id, err := ask(ctx, w, pulumi.Provider(providers.home))
			if err != nil {
				return fmt.Errorf("look for %s: %w", w.Name, err)
			}
			if id != "" {
				found(w.URN, id)
			}
		}
		return ErrExistingRead
	})
}

func policyNamed(ctx *pulumi.Context, w Named, by pulumi.InvokeOption) (string, error) {
	all, err := organizations.GetPolicies(ctx, &organizations.GetPoliciesArgs{Filter: w.Kind}, by)
	if err != nil {
		return "", err
	}
	for _, id := range all.Ids {
		p, err := organizations.LookupPolicy(ctx, &organizations.LookupPolicyArgs{PolicyId: id}, by)
		if err != nil {
			return "", err
		}
		if p.Name == w.Name && !p.AwsManaged {
			return id, nil
		}
	}
	return "", nil
}

func permissionSetNamed(ctx *pulumi.Context, w Named, by pulumi.InvokeOption) (string, error) {
	p, err := ssoadmin.LookupPermissionSet(
		ctx,
		&ssoadmin.LookupPermissionSetArgs{InstanceArn: w.Instance, Name: pulumi.StringRef(w.Name)},
		by,
	)
	switch {
	case err == nil:
		return p.Arn + "," + w.Instance, nil
	case absent.MatchString(err.Error()):
		return "", nil
	}
	return "", err
}
