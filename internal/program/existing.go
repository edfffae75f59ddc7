package program

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssoadmin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/adopt"
	"aws-access-guardrails/internal/stack"
)

// ErrExistingRead ends the program of Existing: it declares nothing, and an engine that took that for the stack would
// plan to delete everything.
var ErrExistingRead = errors.New("what exists was read")

// Existing is a program that asks AWS for what is wanted, with the providers of the stack, and makes nothing. Run it
// as a preview. It ends with ErrExistingRead when everything was asked; what it did not get an answer to is in what
// it found.
func Existing(folder string, wanted func(*stack.Stack) adopt.Wanted, found *adopt.Existing) pulumi.RunFunc {
	return asking(folder, func(ctx *pulumi.Context, stack *stack.Stack, providers *providers) error {
		r := &reader{ctx: ctx, home: pulumi.Provider(providers.home), found: found}
		w := wanted(stack)
		for _, region := range w.Regions {
			r.preferences(region, pulumi.Provider(providers.byRegion[region]))
		}
		for _, approval := range w.Approvals {
			r.approval(approval, pulumi.Provider(providers.byRegion[approval.Region]))
		}
		r.group(w.Group)
		r.users(w)
		r.roles(w.Roles)
		r.policies(w.Policies)
		return ErrExistingRead
	})
}

// reader asks AWS one question after the other.
type reader struct {
	ctx   *pulumi.Context
	home  pulumi.InvokeOption
	found *adopt.Existing
}

// absent is how the provider says that there is no such thing.
var absent = regexp.MustCompile(
	`NoSuchEntity|couldn't find resource|InvalidDocument\b|empty result|Permission Set: not found`,
)

// answered reports whether AWS gave the thing; an answer other than that there is none is kept.
func (r *reader) answered(what string, err error) bool {
	if err != nil && !absent.MatchString(err.Error()) {
		r.found.Unread = append(r.found.Unread, adopt.Unread{What: what, Why: err.Error()})
	}
	return err == nil
}

func (r *reader) preferences(region string, provider pulumi.InvokeOption) {
	document, err := documentIn(r.ctx, guardrail.PreferencesDocument, provider)
	if r.answered("preferences of "+region, err) {
		r.found.Preferences = append(
			r.found.Preferences,
			adopt.Preferences{Region: region, ARN: document.Arn, Content: document.Content},
		)
	}
}

func (r *reader) approval(wanted adopt.Approval, provider pulumi.InvokeOption) {
	document, err := documentIn(r.ctx, wanted.Name, provider)
	if r.answered("approval document "+wanted.Name+" in "+wanted.Region, err) {
		wanted.ARN, wanted.Kind, wanted.Content = document.Arn, document.DocumentType, document.Content
		r.found.Approvals = append(r.found.Approvals, wanted)
	}
}

func (r *reader) group(name string) {
	if name == "" {
		return
	}
	group, err := iam.LookupGroup(r.ctx, &iam.LookupGroupArgs{GroupName: name}, r.home)
	if !r.answered("group "+name, err) {
		return
	}
	r.found.Group = &adopt.Group{Name: group.GroupName, Path: group.Path, ARN: group.Arn}
	for _, member := range group.Users {
		r.found.Group.Members = append(r.found.Group.Members, member.UserName)
	}
	slices.Sort(r.found.Group.Members)
}

func (r *reader) users(w adopt.Wanted) {
	all, err := iam.GetUsers(r.ctx, &iam.GetUsersArgs{}, r.home)
	if r.answered("the list of users", err) {
		r.found.AllUsers = slices.Sorted(slices.Values(all.Names))
	}
	names := slices.Clone(w.Users)
	for _, name := range r.found.AllUsers {
		if w.AllUsers && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if err == nil && !slices.Contains(all.Names, name) {
			continue
		}
		user, err := iam.LookupUser(r.ctx, &iam.LookupUserArgs{UserName: name}, r.home)
		if !r.answered("user "+name, err) {
			continue
		}
		u := adopt.User{
			Name:     user.UserName,
			Path:     user.Path,
			ARN:      user.Arn,
			Boundary: user.PermissionsBoundary,
			Tags:     user.Tags,
		}
		properties, err := controlledUser(r.ctx, name, r.home)
		if r.answered("groups and policies of user "+name, err) {
			u.Groups, u.Attached = properties.Groups, properties.ManagedPolicyArns
			for _, p := range properties.Policies {
				u.Inline = append(u.Inline, p.PolicyName)
			}
		}
		r.found.Users = append(r.found.Users, u)
	}
}

func (r *reader) roles(names []string) {
	all, err := iam.GetRoles(r.ctx, &iam.GetRolesArgs{PathPrefix: pulumi.StringRef(guardrail.PolicyPath)}, r.home)
	if r.answered("the list of roles", err) {
		r.found.RolesOfGuardrails = slices.Sorted(slices.Values(all.Arns))
	}
	for _, name := range names {
		role, err := iam.LookupRole(r.ctx, &iam.LookupRoleArgs{Name: name}, r.home)
		if r.answered("role "+name, err) {
			r.found.Roles = append(r.found.Roles, adopt.Role{
				Name:     role.Name,
				Path:     role.Path,
				ARN:      role.Arn,
				Boundary: role.PermissionsBoundary,
				Trust:    role.AssumeRolePolicy,
				Tags:     role.Tags,
			})
		}
	}
}

func (r *reader) policies(arns []string) {
	for _, arn := range arns {
		found, err := iam.LookupPolicy(r.ctx, &iam.LookupPolicyArgs{Arn: pulumi.StringRef(arn)}, r.home)
		if !r.answered("policy "+arn, err) {
			continue
		}
		// The provider gives the document of the version in force.
		r.found.Policies = append(
			r.found.Policies,
			adopt.Policy{Name: found.Name, ARN: found.Arn, Description: found.Description, Document: found.Policy},
		)
	}
}

// Attributes is a program that reads the attributes for access control of the stack's instance, for which there is no
// function. It ends as a program that declares nothing: run it as a preview, and do not look at the plan. Where
// attributes are switched off, the engine says that they do not exist.
func Attributes(folder string, found func(map[string]string)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		stack, err := stack.FromContext(ctx, folder)
		if err != nil {
			return err
		}
		providers, err := newProviders(ctx, stack)
		if err != nil {
			return err
		}
		instance := stack.IdentityCenter.Instance
		read, err := ssoadmin.GetInstanceAccessControlAttributes(
			ctx,
			"existing",
			pulumi.ID(instance),
			nil,
			pulumi.Provider(providers.home),
		)
		if err != nil {
			return err
		}
		read.Attributes.ApplyT(func(list []ssoadmin.InstanceAccessControlAttributesAttribute) bool {
			attributes := map[string]string{}
			for _, a := range list {
				var sources []string
				for _, value := range a.Values {
					sources = append(sources, value.Sources...)
				}
				attributes[a.Key] = strings.Join(sources, ", ")
			}
			found(attributes)
			return true
		})
		return nil
	}
}
