package program

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/config"
)

// The names of those components of which a stack has one. They are part of every URN below them and never change without an alias. Components of
// which there are several are named after what the stack file calls them.
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
	stack     *config.Stack
	providers *providers
	group     *components.MFAGroup
	users     map[string]pulumi.Resource
	// requests is just-in-time node access, whose policies delegated roles may carry; nil where it is not used.
	requests *components.JustInTime
}

// create registers everything that the stack declares: the guard first, then the people, then what they may reach.
func create(ctx *pulumi.Context, stack *config.Stack, providers *providers) error {
	c := &creation{ctx: ctx, stack: stack, providers: providers, users: map[string]pulumi.Resource{}}
	for _, step := range []func() error{
		c.passwordPolicy,
		c.mfaGroup,
		c.people,
		c.sessionPreferences,
		c.operationRoles,
		c.justInTime,
		c.delegatedRoles,
		c.osAccess,
		c.grants,
		c.identityCenter,
		c.organization,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// options are what every component gets. Children inherit provider and protection.
func (c *creation) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Provider(c.providers.home), pulumi.Protect(c.stack.Protect)}, more...)
}

func (c *creation) passwordPolicy() error {
	args := c.stack.Passwords()
	if args == nil {
		return nil
	}
	_, err := components.NewPasswordPolicy(c.ctx, passwordsName, args, c.options()...)
	return err
}

func (c *creation) mfaGroup() (err error) {
	args := c.stack.MFAGroup()
	if args == nil {
		return nil
	}
	c.group, err = components.NewMFAGroup(c.ctx, mfaName, args, c.options()...)
	return err
}

func (c *creation) people() error {
	for _, args := range c.stack.UserArgs() {
		user, err := components.NewUser(c.ctx, args.Name, args, c.options(pulumi.DependsOn([]pulumi.Resource{c.group}))...)
		if err != nil {
			return err
		}
		c.users[args.Name] = user
	}
	return nil
}

// sessionPreferences come before the roles that open shells: where they are not set yet, a shell is ssm-user's.
func (c *creation) sessionPreferences() error {
	args := c.stack.Preferences()
	if args == nil {
		return nil
	}
	args.Providers = map[string]pulumi.ProviderResource{}
	for region, provider := range c.providers.byRegion {
		args.Providers[region] = provider
	}
	_, err := components.NewSessionPreferences(c.ctx, sessionsName, args, c.options()...)
	return err
}

func (c *creation) operationRoles() error {
	args := c.stack.Operation()
	if args == nil {
		return nil
	}
	args.UserResources = c.users
	_, err := components.NewOperationRoles(c.ctx, operationName, args, c.options()...)
	return err
}

func (c *creation) delegatedRoles() error {
	for _, args := range c.stack.Delegated() {
		args.UserResources = c.users
		var after []pulumi.ResourceOption
		if c.requests != nil && c.carriesRequests(args) {
			after = append(after, pulumi.DependsOn([]pulumi.Resource{c.requests}))
		}
		if _, err := components.NewDelegatedRole(c.ctx, args.Name, args, c.options(after...)...); err != nil {
			return err
		}
	}
	return nil
}

// carriesRequests reports whether a role carries one of the policies of just-in-time node access, which must exist before it is attached.
func (c *creation) carriesRequests(role *components.DelegatedRoleArgs) bool {
	requests := c.stack.JustInTimeAccess()
	return slices.ContainsFunc(role.PolicyARNs(), func(arn string) bool {
		return arn == requests.PolicyARN(components.RequesterPolicyName) || arn == requests.PolicyARN(components.ApproverPolicyName)
	})
}

func (c *creation) osAccess() error {
	args := c.stack.OSAccessTemplate()
	if args == nil {
		return nil
	}
	args.UserResources = c.users
	_, err := components.NewOSAccess(c.ctx, osAccessName, args, c.options()...)
	return err
}

// grants are named after their roles: a role carries the ticket and the person, and no two have one name.
func (c *creation) grants() error {
	for _, args := range c.stack.AccessGrants() {
		args.UserResources = c.users
		if _, err := components.NewAccessGrant(c.ctx, args.RoleName(), args, c.options()...); err != nil {
			return err
		}
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
	args.Providers = native
	c.requests, err = components.NewJustInTime(c.ctx, justInTimeName, args, c.options()...)
	return err
}

// identityCenter sets the attributes before any permission set that reads them. Permission sets are named after themselves.
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
		if _, err := components.NewPermissionSet(c.ctx, set.Name, set, c.options(pulumi.DependsOn([]pulumi.Resource{attributes}))...); err != nil {
			return err
		}
	}
	return nil
}

// organization comes last: it shuts doors that the roles before it open in another way.
func (c *creation) organization() error {
	args := c.stack.ServiceControlPolicies()
	if args == nil {
		return nil
	}
	_, err := components.NewServiceControlPolicies(c.ctx, organizationName, args, c.options()...)
	return err
}
