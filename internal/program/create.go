package program

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/internal/stack"
)

// The names of those components of which a stack has one. They are part of every URN below them and never change
// without an alias. Components of which there are several are named after what the stack file calls them.
const (
	mfaName          = "mfa"
	passwordsName    = "passwords"
	operationName    = "operation"
	sessionsName     = "sessions"
	osAccessName     = "os-access"
	justInTimeName   = "just-in-time"
	attributesName   = "attributes"
	organizationName = "organization"
)

// creation makes the components of one stack.
type creation struct {
	ctx       *pulumi.Context
	stack     *stack.Stack
	providers *providers
	// guard is the MFA group, complete: what people wait for.
	guard []pulumi.Resource
	// policies are the customer managed policies: whoever carries one, or is bounded by one, waits for it.
	policies []pulumi.Resource
	// documents are the session documents of the account's own.
	documents []pulumi.Resource
	// users are the people, in their groups, by name.
	users map[string][]pulumi.Resource
	// alike tells people apart of whom one stands for all; nil where everybody is made.
	alike Alike
	// preferences are those of Session Manager: whatever may open a shell waits for them.
	preferences []pulumi.Resource
	// operations are the operation roles with the policies that they share, which grants of them carry too.
	operations []pulumi.Resource
	// requests is just-in-time node access, whose policies delegated roles may carry; empty where it is not used.
	requests []pulumi.Resource
	// doors are the roles and permission sets, complete: what shuts every other door waits for them.
	doors []pulumi.Resource
	// sets are the permission sets.
	sets []madeSet
}

// madeSet is a permission set with what it was made of.
type madeSet struct {
	args    *identitycenter.PermissionSetArgs
	created *components.PermissionSet
}

// step makes the components of one noun of the stack file.
type step struct {
	noun string
	make func(*creation) error
}

// steps are the guard first, then the people, then what they may reach; what shuts doors comes last. There is one for
// each noun of the registry.
var steps = []step{
	{"passwordPolicy", (*creation).passwordPolicy},
	{"mfa", (*creation).mfaGroup},
	{"managedPolicies", (*creation).managedPolicies},
	{"users", (*creation).people},
	{"sessions", (*creation).sessionPreferences},
	{"sessionDocuments", (*creation).sessionDocuments},
	{"operationRoles", (*creation).operationRoles},
	{"justInTime", (*creation).justInTime},
	{"delegatedRoles", (*creation).delegatedRoles},
	{"osAccess", (*creation).osAccess},
	{"grants", (*creation).grants},
	{"identityCenter", (*creation).identityCenter},
	{"organization", (*creation).organization},
}

// create registers everything that the stack declares, step by step, and then looks for what is beside it. Alike is nil
// where everybody is made.
func create(ctx *pulumi.Context, stack *stack.Stack, providers *providers, alike Alike) error {
	c := &creation{
		ctx: ctx, stack: stack, providers: providers, users: map[string][]pulumi.Resource{}, alike: alike,
	}
	for _, s := range steps {
		if err := s.make(c); err != nil {
			return err
		}
	}
	return c.lookBeside()
}

// options are what every component gets. Children inherit provider and protection.
func (c *creation) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Provider(c.providers.home), pulumi.Protect(c.stack.Protect)}, more...)
}

// after makes a component wait for custom resources. It is never given a component: see
// components.MFAGroup.CustomResources. What has to wait for what, and why, is components.Orders.
func after(resources ...[]pulumi.Resource) pulumi.ResourceOption {
	return pulumi.DependsOn(slices.Concat(resources...))
}

func (c *creation) passwordPolicy() error {
	args := c.stack.Passwords()
	if args == nil {
		return nil
	}
	_, err := components.NewPasswordPolicy(c.ctx, passwordsName, args, c.options()...)
	return err
}

func (c *creation) mfaGroup() error {
	args := c.stack.MFAGroup()
	if args == nil {
		return nil
	}
	group, err := components.NewMFAGroup(c.ctx, mfaName, args, c.options()...)
	if err != nil {
		return err
	}
	c.guard = group.CustomResources()
	return nil
}

func (c *creation) managedPolicies() error {
	for _, args := range c.stack.CustomerManagedPolicies() {
		managed, err := components.NewManagedPolicy(c.ctx, args.Name, args, c.options()...)
		if err != nil {
			return err
		}
		c.policies = append(c.policies, managed.CustomResources()...)
	}
	return nil
}

func (c *creation) people() error {
	first := map[string]string{}
	for _, args := range c.stack.UserArgs() {
		if c.alike != nil {
			who := c.alike(args)
			if stands, known := first[who]; known {
				c.users[args.Name] = c.users[stands]
				continue
			}
			first[who] = args.Name
		}
		user, err := components.NewUser(c.ctx, args.Name, args, c.options(after(c.guard, c.policies))...)
		if err != nil {
			return err
		}
		c.users[args.Name] = user.CustomResources()
	}
	return nil
}

// sessionPreferences come before the roles that open shells: where they are not set yet, a shell is ssm-user's.
func (c *creation) sessionPreferences() error {
	args := c.stack.Preferences()
	if args == nil {
		return nil
	}
	preferences, err := components.NewSessionPreferences(c.ctx, sessionsName, args, c.regionProviders(), c.options()...)
	if err != nil {
		return err
	}
	c.preferences = preferences.CustomResources()
	return nil
}

// sessionDocuments come before the roles that list them. They are named after themselves.
func (c *creation) sessionDocuments() error {
	for _, args := range c.stack.OwnSessionDocuments() {
		document, err := components.NewSessionDocument(
			c.ctx,
			args.Name,
			args,
			c.regionProviders(),
			c.options(after(c.preferences))...)
		if err != nil {
			return err
		}
		c.documents = append(c.documents, document.CustomResources()...)
	}
	return nil
}

// regionProviders are the providers of the Regions, as components take them.
func (c *creation) regionProviders() components.RegionProviders {
	providers := components.RegionProviders{}
	for region, provider := range c.providers.byRegion {
		providers[region] = provider
	}
	return providers
}

func (c *creation) operationRoles() error {
	args := c.stack.Operation()
	if args == nil {
		return nil
	}
	roles, err := components.NewOperationRoles(
		c.ctx,
		operationName,
		args,
		c.users,
		c.options(after(c.preferences, c.policies, c.documents))...)
	if err != nil {
		return err
	}
	c.operations = roles.CustomResources()
	c.doors = append(c.doors, c.operations...)
	return nil
}

func (c *creation) delegatedRoles() error {
	for _, args := range c.stack.Delegated() {
		waits := slices.Concat(c.preferences, c.policies)
		if len(c.requests) > 0 && c.carriesRequests(args) {
			waits = slices.Concat(waits, c.requests)
		}
		role, err := components.NewDelegatedRole(c.ctx, args.Name, args, c.users, c.options(after(waits))...)
		if err != nil {
			return err
		}
		c.doors = append(c.doors, role.CustomResources()...)
	}
	return nil
}

// carriesRequests reports whether a role carries one of the policies of just-in-time node access, which must exist
// before it is attached.
func (c *creation) carriesRequests(role *delegated.Args) bool {
	requests := c.stack.JustInTimeAccess()
	return slices.ContainsFunc(role.PolicyARNs(), func(arn string) bool {
		return arn == requests.PolicyARN(justintime.RequesterPolicyName) ||
			arn == requests.PolicyARN(justintime.ApproverPolicyName)
	})
}

func (c *creation) osAccess() error {
	args := c.stack.OSAccessTemplate()
	if args == nil {
		return nil
	}
	access, err := components.NewOSAccess(
		c.ctx,
		osAccessName,
		args,
		c.users,
		c.options(after(c.preferences, c.policies, c.documents))...)
	if err != nil {
		return err
	}
	c.doors = append(c.doors, access.CustomResources()...)
	return nil
}

// grants are named after their roles: a role carries the ticket and the person, and no two have one name.
func (c *creation) grants() error {
	for _, args := range c.stack.AccessGrants() {
		waits := slices.Concat(c.preferences, c.policies, c.documents)
		switch {
		case args.Guard() != "":
			waits = slices.Concat(waits, c.operations)
		case args.DelegatedRole != nil && len(c.requests) > 0 && c.carriesRequests(args.DelegatedRole):
			waits = slices.Concat(waits, c.requests)
		}
		grant, err := components.NewAccessGrant(c.ctx, args.RoleName(), args, c.users, c.options(after(waits))...)
		if err != nil {
			return err
		}
		c.doors = append(c.doors, grant.CustomResources()...)
	}
	return nil
}

func (c *creation) justInTime() error {
	args := c.stack.JustInTimeAccess()
	if args == nil {
		return nil
	}
	native, err := c.providers.native(c.ctx, c.stack, args.ApprovalRegions())
	if err != nil {
		return err
	}
	requests, err := components.NewJustInTime(c.ctx, justInTimeName, args, native, c.options(after(c.preferences))...)
	if err != nil {
		return err
	}
	c.requests = requests.CustomResources()
	return nil
}

// identityCenter sets the attributes before any permission set that reads them. Permission sets are named after
// themselves.
func (c *creation) identityCenter() error {
	args := c.stack.AccessControlAttributes()
	if args == nil {
		return nil
	}
	attributes, err := components.NewAccessControlAttributes(c.ctx, attributesName, args, c.options()...)
	if err != nil {
		return err
	}
	for _, set := range c.stack.PermissionSets() {
		waits := after(attributes.CustomResources(), c.preferences, c.policies, c.documents)
		created, err := components.NewPermissionSet(c.ctx, set.Name, set, c.options(waits)...)
		if err != nil {
			return err
		}
		c.doors = append(c.doors, created.CustomResources()...)
		c.sets = append(c.sets, madeSet{set, created})
	}
	return nil
}

// organization comes last: it shuts doors that the roles before it open in another way, and waits for all of them.
func (c *creation) organization() error {
	args := c.stack.ServiceControlPolicies()
	if args == nil {
		return nil
	}
	_, err := components.NewServiceControlPolicies(
		c.ctx,
		organizationName,
		args,
		c.options(after(c.doors, c.requests))...)
	return err
}
