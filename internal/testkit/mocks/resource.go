package mocks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Resource is one registration.
type Resource struct {
	// Type is the type token, Name the logical name.
	Type, Name string
	URN        resource.URN
	// Parent is the URN of the parent; empty for children of the stack.
	Parent resource.URN
	// ID is the id that the recorder gave it; empty for components.
	ID string
	// Custom is false for components.
	Custom bool
	// Provider is "URN::ID" of an explicit provider; empty for the default one.
	Provider string
	// Protect and Retain are nil when the registration says nothing about them.
	Protect, Retain *bool
	// Aliases are the former URNs or names.
	Aliases []string
	// Dependencies are the URNs that the resource waits for, sorted: those that it was told, and those whose outputs
	// it reads.
	Dependencies []resource.URN
	// IgnoreChanges are property paths.
	IgnoreChanges []string
	// ImportID is the id of an existing resource to adopt; empty means none.
	ImportID string
	// Inputs are the arguments.
	Inputs resource.PropertyMap
}

func record(args pulumi.MockResourceArgs) Resource {
	r := Resource{
		Type:     args.TypeToken,
		Name:     args.Name,
		Custom:   args.Custom,
		Provider: args.Provider,
		ImportID: args.ID,
		Inputs:   args.Inputs.Copy(),
	}
	if rpc := args.RegisterRPC; rpc != nil {
		if parent := resource.URN(rpc.GetParent()); parent != "" && parent.QualifiedType() != resource.RootStackType {
			r.Parent = parent
		}
		r.Protect, r.Retain = rpc.Protect, rpc.RetainOnDelete
		r.Aliases = aliases(rpc)
		for _, dependency := range rpc.GetDependencies() {
			r.Dependencies = append(r.Dependencies, resource.URN(dependency))
		}
		slices.Sort(r.Dependencies)
		r.Dependencies = slices.Compact(r.Dependencies)
		r.IgnoreChanges = slices.Clone(rpc.GetIgnoreChanges())
	}
	r.URN = urn(r.Parent, r.Type, r.Name)
	return r
}

func aliases(rpc *pulumirpc.RegisterResourceRequest) []string {
	all := slices.Clone(rpc.GetAliasURNs())
	for _, alias := range rpc.GetAliases() {
		all = append(all, cmp.Or(alias.GetUrn(), alias.GetSpec().GetName()))
	}
	return all
}

// ParentName is the logical name of the parent; empty for children of the stack.
func (r Resource) ParentName() string {
	if r.Parent == "" {
		return ""
	}
	return r.Parent.Name()
}

// DependsOn reports whether the resource waits for one of that type and name.
func (r Resource) DependsOn(typ, name string) bool {
	return slices.ContainsFunc(
		r.Dependencies,
		func(u resource.URN) bool { return string(u.Type()) == typ && u.Name() == name },
	)
}

// String is a text argument; empty when it is missing or no text.
func (r Resource) String(key string) string {
	if v := r.Inputs[resource.PropertyKey(key)]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

// Strings is a list of texts; nil when the argument is missing.
func (r Resource) Strings(key string) []string {
	v := r.Inputs[resource.PropertyKey(key)]
	if !v.IsArray() {
		return nil
	}
	out := []string{}
	for _, item := range v.ArrayValue() {
		if item.IsString() {
			out = append(out, item.StringValue())
		}
	}
	return out
}

// Map is a map of texts; nil when the argument is missing.
func (r Resource) Map(key string) map[string]string {
	v := r.Inputs[resource.PropertyKey(key)]
	if !v.IsObject() {
		return nil
	}
	out := map[string]string{}
	for k, item := range v.ObjectValue() {
		if item.IsString() {
			out[string(k)] = item.StringValue()
		}
	}
	return out
}

// Number is a number argument; zero when it is missing.
func (r Resource) Number(key string) int {
	if v := r.Inputs[resource.PropertyKey(key)]; v.IsNumber() {
		return int(v.NumberValue())
	}
	return 0
}

// Bool is a switch; false when it is missing.
func (r Resource) Bool(key string) bool {
	v := r.Inputs[resource.PropertyKey(key)]
	return v.IsBool() && v.BoolValue()
}

// created is what AWS would return for a resource: its arguments, and the ARN and id that follow from them.
func (r *Recorder) created(x Resource) (string, resource.PropertyMap) {
	state := x.Inputs.Copy()
	name := cmp.Or(x.String("name"), x.Name)
	arn := func(service, region, kind string) {
		path := cmp.Or(x.String("path"), "/")
		state["arn"] = resource.NewProperty(
			strings.Join([]string{"arn", r.setup.partition, service, region, r.setup.account, kind + path + name}, ":"),
		)
		state["name"] = resource.NewProperty(name)
	}
	switch x.Type {
	case "aws:iam/user:User":
		arn("iam", "", "user")
	case "aws:iam/group:Group":
		arn("iam", "", "group")
	case "aws:iam/role:Role":
		arn("iam", "", "role")
	case "aws:iam/policy:Policy":
		arn("iam", "", "policy")
		return state["arn"].StringValue(), state
	case "aws:ssoadmin/permissionSet:PermissionSet":
		state["arn"] = resource.NewProperty("arn:" + r.setup.partition + ":sso:::permissionSet/" + name)
	case "aws:ssm/document:Document":
		arn("ssm", r.setup.region, "document")
	}
	if !x.Custom {
		return "", state
	}
	if x.ImportID != "" {
		return x.ImportID, state
	}
	return name, state
}
