package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// children holds the options that every child of a component gets.
type children []pulumi.ResourceOption

// childrenOf returns the options for the children of a component made with opts: the component as parent, and the caller's DependsOn.
// Pulumi hands Provider, Protect and RetainOnDelete down to children, but not DependsOn.
func childrenOf(parent pulumi.Resource, opts []pulumi.ResourceOption) (children, error) {
	given, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, err
	}
	all := children{pulumi.Parent(parent)}
	if len(given.DependsOn) > 0 {
		all = append(all, pulumi.DependsOn(given.DependsOn))
	}
	for _, inputs := range given.DependsOnInputs {
		all = append(all, pulumi.DependsOnInputs(inputs))
	}
	return all, nil
}

// with returns the options with more of them. It never touches c.
func (c children) with(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption(nil), c...), more...)
}

// after returns the options with resources to wait for.
func (c children) after(resources ...pulumi.Resource) []pulumi.ResourceOption {
	if len(resources) == 0 {
		return c
	}
	return c.with(pulumi.DependsOn(resources))
}
