package components

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/identitystore"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/problem"
)

// lookUpInstance holds the instance against the one of the credentials' account and Region.
func lookUpInstance(c identitycenter.IdentityCenter, ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	invoke, err := invokeOptions(opts)
	if err != nil {
		return err
	}
	found, err := ssoadmin.GetInstances(ctx, invoke...)
	if err != nil {
		return fmt.Errorf("look up the instance of IAM Identity Center: %w", err)
	}
	index := slices.Index(found.Arns, c.Instance)
	switch {
	case index < 0 && len(found.Arns) == 0:
		return &problem.Problem{
			Path:  "identityCenter.instance",
			Value: c.Instance,
			Why:   "is not managed by this account in " + c.Region,
			Fix:   "deploy this stack with the account and the Region of the instance, or delegate its administration to this account",
		}
	case index < 0:
		return &problem.Problem{
			Path:  "identityCenter.instance",
			Value: c.Instance,
			Why:   "is not the instance of this account",
			Fix:   "write " + found.Arns[0],
		}
	case index < len(found.IdentityStoreIds) && found.IdentityStoreIds[index] != c.IdentityStore:
		return &problem.Problem{
			Path:  "identityCenter.identityStore",
			Value: c.IdentityStore,
			Why:   "is not the identity store of the instance",
			Fix:   "write " + found.IdentityStoreIds[index],
		}
	}
	return nil
}

// lookUpPrincipal refuses an id that belongs to somebody else than the name says: an assignment would open a door for
// a stranger.
func lookUpPrincipal(
	c identitycenter.IdentityCenter,
	ctx *pulumi.Context,
	user, group string,
	opts []pulumi.ResourceOption,
) error {
	invoke, err := invokeOptions(opts)
	if err != nil {
		return err
	}
	list, name, id := "users", user, c.Users[user]
	found := ""
	if group != "" {
		list, name, id = "groups", group, c.Groups[group]
		result, lookup := identitystore.LookupGroup(
			ctx,
			&identitystore.LookupGroupArgs{IdentityStoreId: c.IdentityStore, GroupId: &id},
			invoke...)
		if err = lookup; err == nil {
			found = result.DisplayName
		}
	} else {
		result, lookup := identitystore.LookupUser(
			ctx,
			&identitystore.LookupUserArgs{IdentityStoreId: c.IdentityStore, UserId: &id},
			invoke...)
		if err = lookup; err == nil {
			found = result.UserName
		}
	}
	path := problem.Path("identityCenter").Child(list).Key(name)
	switch {
	case err != nil:
		return fmt.Errorf("%s: look up %q in the identity store: %w", path, id, err)
	case found != name:
		return &problem.Problem{
			Path:  path,
			Value: id,
			Why:   "is the id of " + strconv.Quote(found),
			Fix:   "write the id of " + strconv.Quote(name) + ", or its name as the identity store has it",
		}
	}
	return nil
}

// invokeOptions make a function of the provider run where a component's children would.
func invokeOptions(opts []pulumi.ResourceOption) ([]pulumi.InvokeOption, error) {
	given, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, err
	}
	var invoke []pulumi.InvokeOption
	if given.Parent != nil {
		invoke = append(invoke, pulumi.Parent(given.Parent))
	}
	for _, provider := range append(given.Providers, given.Provider) {
		if provider != nil {
			invoke = append(invoke, pulumi.Provider(provider))
		}
	}
	return invoke, nil
}
