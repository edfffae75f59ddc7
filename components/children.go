package components

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// customResources are the custom resources of a component, for those who have to wait for it.
type customResources struct{ created []pulumi.Resource }

// CustomResources are the custom resources that the component made, in the order in which it asked for them: what to
// give to pulumi.DependsOn, and what a UserResources takes. Never give the component itself. To Pulumi's Go SDK that
// means the children that are registered at that moment, and children register in their own time, so what has to wait
// may not wait for all of them, or for none. Empty means that the component made nothing.
func (c *customResources) CustomResources() []pulumi.Resource { return slices.Clone(c.created) }

// add keeps what was made.
func (c *customResources) add(resources ...pulumi.Resource) {
	c.created = append(c.created, resources...)
}

// childOptions are the options that every child of a component gets.
type childOptions []pulumi.ResourceOption

// UserResources are the resources that make users of an account, by user name. Roles wait for the users that they
// name, because AWS refuses a trust policy that names a user who does not exist. Users without a resource must exist.
// Nil means that nobody is made beside the role.
type UserResources map[string][]pulumi.Resource

// RegionProviders give the provider of each Region. A Region without one uses the provider of the component, which
// can be only one Region.
type RegionProviders map[string]pulumi.ProviderResource

// missing returns the Regions that have no provider, but for the first of them, and that first one: the provider of
// the component is taken to be its.
func (p RegionProviders) missing(regions []string) (ambient string, others []int) {
	for i, region := range regions {
		switch {
		case p[region] != nil:
		case ambient == "":
			ambient = region
		default:
			others = append(others, i)
		}
	}
	return ambient, others
}

// register registers a component and returns the options of its children. It registers nothing, and says so, when the
// component or the users that it waits for are given as something that cannot be waited for.
func register(
	ctx *pulumi.Context,
	token, name string,
	component pulumi.ComponentResource,
	opts []pulumi.ResourceOption,
	users ...UserResources,
) (childOptions, error) {
	all, err := childrenOf(component, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, resources := range users {
		for _, user := range slices.Sorted(maps.Keys(resources)) {
			if err := customOnly(resources[user]); err != nil {
				return nil, fmt.Errorf("%s: users[%q]: %w", name, user, err)
			}
		}
	}
	return all, ctx.RegisterComponentResource(token, name, component, opts...)
}

// childrenOf returns the options for the children of a component made with opts: the component as parent, and the
// caller's DependsOn. Pulumi hands Provider, Protect and RetainOnDelete down to children, but not DependsOn.
func childrenOf(parent pulumi.Resource, opts []pulumi.ResourceOption) (childOptions, error) {
	given, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, err
	}
	all := childOptions{pulumi.Parent(parent)}
	if len(given.DependsOn) > 0 {
		if err := customOnly(given.DependsOn); err != nil {
			return nil, fmt.Errorf("DependsOn: %w", err)
		}
		all = append(all, pulumi.DependsOn(given.DependsOn))
	}
	for _, inputs := range given.DependsOnInputs {
		all = append(all, pulumi.DependsOnInputs(customInputs(inputs)))
	}
	return all, nil
}

// customInputs refuses components among resources that are known only later.
func customInputs(inputs pulumi.ResourceArrayInput) pulumi.ResourceArrayInput {
	checked, ok := inputs.ToResourceArrayOutput().ApplyT(func(resources []pulumi.Resource) ([]pulumi.Resource, error) {
		if err := customOnly(resources); err != nil {
			return nil, fmt.Errorf("DependsOnInputs: %w", err)
		}
		return resources, nil
	}).(pulumi.ResourceArrayOutput)
	if !ok {
		return inputs
	}
	return checked
}

// customOnly refuses what is no custom resource: see CustomResources.
func customOnly(resources []pulumi.Resource) error {
	for _, r := range resources {
		if _, custom := r.(pulumi.CustomResource); !custom {
			return fmt.Errorf(
				"%T is a component, and to wait for it means to wait for those of its children that are registered at that moment; "+
					"give its CustomResources()",
				r,
			)
		}
	}
	return nil
}

// with returns the options with more of them. It never touches c.
func (c childOptions) with(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption(nil), c...), more...)
}

// after returns the options with resources to wait for.
func (c childOptions) after(resources ...pulumi.Resource) []pulumi.ResourceOption {
	if len(resources) == 0 {
		return c
	}
	return c.with(pulumi.DependsOn(resources))
}
