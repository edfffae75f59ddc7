package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/assignments"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/stack"
)

// Resource is one resource that the program registers with the engine.
type Resource struct {
	URN  resource.URN
	Type string
	Name string
	// Region is that of the resource's provider.
	Region string
	// Inputs are the arguments. What AWS alone knows, such as the id of a policy, reads OutputOf the resource it
	// comes from.
	Inputs resource.PropertyMap
	// Retain says that the resource stays in AWS when the stack no longer has it; Ignored are property paths whose
	// changes count for nothing.
	Retain  bool
	Ignored []string
}

// OutputOf stands for what AWS alone knows of a resource.
func OutputOf(urn resource.URN) string { return "output of " + string(urn) }

// Resources are what the program registers for a stack, in the order of their URNs, without engine and without AWS:
// components, providers and the stack itself left out. AWS is taken to be as the stack says it is. The name is that
// of the Pulumi project.
func Resources(project string, stack *stack.Stack) ([]Resource, error) {
	resources, _, err := Registered(project, stack, nil)
	return resources, err
}

// Alike tells people apart: of those of whom it says the same, one stands for all.
type Alike func(*user.Args) string

// Registered is Resources with the functions of providers that the program calls on the way, sorted. Of people who are
// alike it has the resources of the first alone; nil has those of everybody.
func Registered(
	project string,
	stack *stack.Stack,
	alike Alike,
) (resources []Resource, functions []string, err error) {
	l := &list{project: project, stack: stack}
	done := make(chan struct{})
	// The SDK writes down the whole stack of calls for each resource: one that begins here is short.
	go func() {
		defer close(done)
		err = pulumi.RunErr(
			// What is asked beside the resources is asked by functions too.
			func(ctx *pulumi.Context) error {
				return register(Listen(ctx, &Listener{Thorough: true, assigned: l}), stack, alike)
			},
			pulumi.WithMocks(project, stack.Name, l),
		)
	}()
	<-done
	if err != nil {
		return nil, nil, fmt.Errorf("list the resources of %s: %w", stack.Name, err)
	}
	slices.SortFunc(l.resources, func(a, b Resource) int { return cmp.Compare(a.URN, b.URN) })
	slices.Sort(l.functions)
	return l.resources, slices.Compact(l.functions), nil
}

// Register registers what the program registers for a stack, providers included, and nothing else: no value is
// checked, nothing is proven, and AWS is not asked whose credentials these are. It is for engines that make nothing.
func Register(ctx *pulumi.Context, stack *stack.Stack) error { return register(ctx, stack, nil) }

func register(ctx *pulumi.Context, stack *stack.Stack, alike Alike) error {
	providers, err := newProviders(ctx, stack)
	if err != nil {
		return err
	}
	return create(ctx, stack, providers, alike)
}

// list takes the place of the engine. It implements pulumi.MockResourceMonitor.
type list struct {
	project string
	stack   *stack.Stack

	mu        sync.Mutex
	resources []Resource
	functions []string
}

// NewResource keeps a registration and gives it an id.
func (l *list) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r := Resource{Type: args.TypeToken, Name: args.Name, Region: regionOf(args.Provider), Inputs: args.Inputs.Copy()}
	var parent tokens.Type
	if rpc := args.RegisterRPC; rpc != nil {
		if urn := resource.URN(rpc.GetParent()); urn != "" && urn.QualifiedType() != resource.RootStackType {
			parent = urn.QualifiedType()
		}
		r.Retain, r.Ignored = rpc.GetRetainOnDelete(), slices.Clone(rpc.GetIgnoreChanges())
	}
	r.URN = resource.NewURN(
		tokens.QName(l.stack.Name),
		tokens.PackageName(l.project),
		parent,
		tokens.Type(r.Type),
		r.Name,
	)
	state := r.Inputs.Copy()
	state["arn"] = resource.NewProperty(OutputOf(r.URN))
	if args.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
		l.mu.Lock()
		l.resources = append(l.resources, r)
		l.mu.Unlock()
	}
	if !args.Custom {
		return "", state, nil
	}
	return OutputOf(r.URN), state, nil
}

// regionOf is the Region that a provider is named after; its reference is its URN and its id.
func regionOf(reference string) string {
	parts := strings.Split(reference, "::")
	if len(parts) < 4 {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(parts[3], nativeProviderName("")), providerName(""))
}

// Call answers as the organization and the Identity Center do that the stack describes.
func (l *list) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	l.mu.Lock()
	l.functions = append(l.functions, args.Token)
	l.mu.Unlock()
	policies, center := l.stack.ServiceControlPolicies(), l.stack.IdentityCenter
	list := func(s string) resource.PropertyValue {
		return resource.NewProperty([]resource.PropertyValue{resource.NewProperty(s)})
	}
	switch {
	case args.Token == token.OrganizationsGetOrganization && policies != nil:
		return resource.PropertyMap{
			"id": resource.NewProperty(
				policies.ID,
			),
			"masterAccountId":    resource.NewProperty(policies.Management),
			"featureSet":         resource.NewProperty("ALL"),
			"enabledPolicyTypes": list("SERVICE_CONTROL_POLICY"),
		}, nil
	case args.Token == token.SSOAdminGetInstances && center != nil:
		return resource.PropertyMap{"arns": list(center.Instance), "identityStoreIds": list(center.IdentityStore)}, nil
	case args.Token == token.IdentityStoreGetUser && center != nil:
		return resource.PropertyMap{"userName": resource.NewProperty(nameOf(center.Users, args.Args["userId"]))}, nil
	case args.Token == token.IdentityStoreGetGroup && center != nil:
		return resource.PropertyMap{
			"displayName": resource.NewProperty(nameOf(center.Groups, args.Args["groupId"])),
		}, nil
	case args.Token == token.SSMGetDocument:
		return nil, errors.New("InvalidDocument: nothing is deployed")
	case slices.Contains(functionsBeside, args.Token):
		return nil, errors.New("NoSuchEntity: nothing is deployed")
	}
	return nil, fmt.Errorf("nobody answers %s", args.Token)
}

// Of answers that others assigned a permission set to a person and to a group, so that what is asked about them is
// among the functions.
func (l *list) Of(context.Context, string, string) ([]assignments.Assignment, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.functions = append(l.functions, token.SSOAdminListAssignments)
	return []assignments.Assignment{{PrincipalType: "USER"}, {PrincipalType: "GROUP"}}, nil
}

// Outdated answers that no account has an older version: the question takes the rights of the other one.
func (l *list) Outdated(context.Context, string, string) ([]string, error) { return nil, nil }

// nameOf is the name that the stack gives an id of the identity store; empty when it gives none.
func nameOf(ids map[string]string, id resource.PropertyValue) string {
	for name, known := range ids {
		if id.IsString() && id.StringValue() == known {
			return name
		}
	}
	return ""
}
