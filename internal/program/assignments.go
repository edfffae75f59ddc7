package program

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/identitystore"

	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/assignments"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/beside"
	"aws-access-guardrails/internal/stackfile/provider"
)

// assigner lists every assignment of a permission set, and the accounts that have an older version of it.
type assigner interface {
	Of(ctx context.Context, instance, permissionSet string) ([]assignments.Assignment, error)
	Outdated(ctx context.Context, instance, permissionSet string) ([]string, error)
}

// reader is what lists assignments for the stack. It takes credentials for itself, so there is one for all questions.
func (a *asker) reader() (assigner, error) {
	if a.listener.assigned != nil {
		return a.listener.assigned, nil
	}
	return openAssignments(a.ctx.Context(), a.listener.Endpoint, a.stack.AWS)
}

// openAssignments is what reads assignments at the address of an AWS that answers in place of the real one, or with the
// settings of a stack where that is empty.
func openAssignments(ctx context.Context, endpoint string, settings provider.Settings) (*assignments.Reader, error) {
	if endpoint != "" {
		return assignments.At(endpoint, settings.Region), nil
	}
	return assignments.Open(ctx, settings)
}

// Provision has AWS provision a permission set again in every account that has it, and waits until that is done.
func Provision(ctx context.Context, p *beside.Provisioning) error {
	reader, err := openAssignments(ctx, p.Endpoint, p.Settings)
	if err != nil {
		return err
	}
	return reader.Provision(ctx, p.Instance, p.PermissionSet)
}

// outdated asks in which accounts an older version of a permission set stands: what a run changed that ended before AWS
// had provisioned it. The engine sees no difference there.
func (a *asker) outdated(set setOnAWS, owner assigner) {
	accounts, err := owner.Outdated(a.ctx.Context(), set.instance, set.arn)
	if err != nil {
		a.listener.unanswered("which accounts have an older version of the permission set "+set.args.Name, err)
		return
	}
	if len(accounts) == 0 {
		return
	}
	b := set.beside("provisioned")
	for _, account := range accounts {
		b.Items = append(b.Items, a.accountName(account))
	}
	b.Says = "an older version of it stands in {items}"
	b.Outdated = &beside.Provisioning{
		Instance: set.instance, PermissionSet: set.arn, Endpoint: a.listener.Endpoint, Settings: a.stack.AWS,
	}
	a.listener.hear(b)
}

// assignments asks to whom a permission set is assigned. What the stack file does not assign somebody else did: a
// permission set belongs to one stack. The ARN is known, so that "does not exist" is no answer: it may be said of the
// instance by an AWS that is not the stack's.
func (a *asker) assignments(set setOnAWS) {
	question := "to whom the permission set " + set.args.Name + " is assigned"
	reader, err := a.assigned()
	if err != nil {
		a.listener.unanswered(question, err)
		return
	}
	a.outdated(set, reader)
	found, err := reader.Of(a.ctx.Context(), set.instance, set.arn)
	if err != nil {
		a.listener.unanswered(question, err)
		return
	}
	found = slices.DeleteFunc(found, func(one assignments.Assignment) bool { return wanted(set.args, one) })
	management, _ := a.stack.ManagementAccount()
	taken, left := set.beside("assignments"), set.beside("assignments")
	for _, one := range found {
		item := a.principal(set.args.IdentityCenter, one) + " in " + a.accountName(one.Account)
		if one.Account == management && a.stack.Account.ID != management {
			left.Items = append(left.Items, item)
			continue
		}
		set.addAssignment(&taken, item, one)
	}
	left.Why = "a delegated administrator takes nobody's access to the management account away, so up leaves it: " +
		"take it away with credentials of the management account"
	for _, b := range []beside.Found{taken, left} {
		if len(b.Items) > 0 {
			b.Says = "somebody assigned it to {items}"
			a.listener.hear(b)
		}
	}
}

// wanted reports whether the stack file assigns the permission set so.
func wanted(args *identitycenter.PermissionSetArgs, one assignments.Assignment) bool {
	return slices.ContainsFunc(args.Assignments, func(a identitycenter.Assignment) bool {
		kind, id := a.Principal(&args.IdentityCenter)
		return kind == one.PrincipalType && id == one.PrincipalID && slices.Contains(a.Accounts, one.Account)
	})
}

// principal is who is assigned, by name where the identity store has one: AWS keeps assignments of people who are gone.
func (a *asker) principal(center identitycenter.IdentityCenter, one assignments.Assignment) string {
	store, id := center.IdentityStore, one.PrincipalID
	kind, name := "user", ""
	if one.PrincipalType == "GROUP" {
		kind = "group"
		args := &identitystore.LookupGroupArgs{IdentityStoreId: store, GroupId: &id}
		if group, err := identitystore.LookupGroup(a.ctx, args, a.by); err == nil {
			name = group.DisplayName
		}
	} else {
		args := &identitystore.LookupUserArgs{IdentityStoreId: store, UserId: &id}
		if user, err := identitystore.LookupUser(a.ctx, args, a.by); err == nil {
			name = user.UserName
		}
	}
	if name == "" {
		return "the " + kind + " with the id " + id
	}
	return fmt.Sprintf("the %s %q", kind, name)
}

// accountName is the id of an account, with the alias that the folder knows.
func (a *asker) accountName(id string) string {
	alias := ""
	if id == a.stack.Account.ID {
		alias = a.stack.Account.Alias
	}
	for _, sibling := range a.stack.Siblings {
		if sibling.AccountID == id {
			alias = sibling.Alias
		}
	}
	if alias == "" {
		return id
	}
	return alias + " (" + id + ")"
}

// addAssignment tells of an assignment, and of the resource with which it is taken away. Its name has the id of the
// person, which stays when the person is renamed between two runs.
func (s setOnAWS) addAssignment(b *beside.Found, item string, one assignments.Assignment) {
	const target = "AWS_ACCOUNT"
	id := []string{one.PrincipalID, one.PrincipalType, one.Account, target, s.arn, s.instance}
	kind := strings.ToLower(one.PrincipalType)
	b.Items = append(b.Items, item)
	b.Strays = append(b.Strays, beside.Stray{
		Type: token.SSOAdminAccountAssignment,
		Name: strings.Join([]string{s.args.Name, "assignment", kind, one.PrincipalID, one.Account}, "-") + strayName,
		ID:   strings.Join(id, ","),
		Inputs: map[string]any{
			"instanceArn": s.instance, "permissionSetArn": s.arn, "principalId": one.PrincipalID,
			"principalType": one.PrincipalType, "targetId": one.Account, "targetType": target,
		},
		Item: item,
	})
}
