package ssoadmin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// inlinePolicyName is the name of the inline policy of a role that Identity Center makes.
const inlinePolicyName = "AwsSSOInlinePolicy"

// reservedBy is the service that roles of permission sets belong to.
const reservedBy = "sso.amazonaws.com"

// CreateAccountAssignment gives a person or a group a permission set in an account of the organization, where
// Identity Center makes a role. Making it again changes nothing, as the service answers for an assignment that
// exists.
func (s Client) CreateAccountAssignment(ctx context.Context, instance string, a Assignment) error {
	return api.Do(ctx, s.Client, "CreateAccountAssignment", a.key(), func(tx *store.Tx) error {
		p, err := s.permissionSet(instance, a.PermissionSet)
		if err != nil {
			return err
		}
		ic, err := s.instance(instance)
		if err != nil {
			return err
		}
		names := map[string]map[string]string{"USER": ic.Users, "GROUP": ic.Groups}[a.PrincipalType]
		if _, ok := names[a.PrincipalID]; !ok {
			return api.Refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"%s with id %s not found",
				a.PrincipalType,
				a.PrincipalID,
			).
				Hinted("list it under identityCenter in sandbox.yaml")
		}
		if !s.state.organizations.MayBeMember(a.Account) {
			return api.Refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Account %s not found in the organization.",
				a.Account,
			).
				Hinted("list the account in guardrails:organization.tree of the stack file that has it, or under organization.accounts in sandbox.yaml")
		}
		if err := s.delegated(a.Account); err != nil {
			return err
		}
		s.state.Assignments.Put(tx, "", a.key(), a)
		return s.provision(tx, ic, p, a.Account)
	})
}

// DeleteAccountAssignment takes an assignment away, with the role in the account if it was the last.
func (s Client) DeleteAccountAssignment(ctx context.Context, instance string, a Assignment) error {
	return api.Do(ctx, s.Client, "DeleteAccountAssignment", a.key(), func(tx *store.Tx) error {
		p, err := s.permissionSet(instance, a.PermissionSet)
		if err != nil {
			return err
		}
		if !s.state.Assignments.Has("", a.key()) {
			return api.Refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"The account assignment does not exist.",
			)
		}
		if err := s.delegated(a.Account); err != nil {
			return err
		}
		s.state.Assignments.Remove(tx, "", a.key())
		if role, ok := s.roleOf(p, a.Account); ok && !s.assigned(p.ARN, a.Account) {
			s.state.iam.Roles.Remove(tx, a.Account, iam.NameKey(role.Name))
		}
		return nil
	})
}

// delegated refuses what a delegated administrator cannot do: give or take access to the management account, and
// change permission sets that are provisioned there. Source: Delegated administration, in the IAM Identity Center
// User Guide, which does not give the text of the refusal.
func (s Client) delegated(account string) error {
	org, ok := s.state.organizations.Organizations.Get("", organizations.Key)
	if !ok || account != org.Management || s.Caller.Account == org.Management {
		return nil
	}
	return api.Refuse(
		http.StatusBadRequest,
		"AccessDeniedException",
		"A delegated administrator cannot change access to the management account.",
	).
		Hinted("account %s administers the instance by delegation, and %s is the management account", s.Caller.Account, org.Management)
}

// HasAssignment reads whether an assignment exists, as ListAccountAssignments tells.
func (s Client) HasAssignment(ctx context.Context, instance string, a Assignment) (bool, error) {
	return api.Ask(ctx, s.Client, "ListAccountAssignments", a.key(), func(*store.Tx) (bool, error) {
		_, err := s.permissionSet(instance, a.PermissionSet)
		return s.state.Assignments.Has("", a.key()), err
	})
}

// Provisioned says of which accounts ListAccountsForProvisionedPermissionSet tells.
type Provisioned string

// The statuses that AWS has; empty means both.
const (
	Latest   Provisioned = "LATEST_PERMISSION_SET_PROVISIONED"
	Outdated Provisioned = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
)

// ListAccountsForProvisionedPermissionSet lists the accounts in which a permission set has its role: all of them, those
// that have it as it is now, or those that have an older version.
func (s Client) ListAccountsForProvisionedPermissionSet(
	ctx context.Context, instance, set string, status Provisioned,
) ([]string, error) {
	const operation = "ListAccountsForProvisionedPermissionSet"
	return api.Ask(ctx, s.Client, operation, set, func(*store.Tx) ([]string, error) {
		p, err := s.permissionSet(instance, set)
		if err != nil {
			return nil, err
		}
		var accounts []string
		for _, account := range s.state.iam.Roles.Accounts() {
			role, done := s.roleOf(p, account)
			if done && (status == "" || (status == Latest) == s.upToDate(role, p, account)) {
				accounts = append(accounts, account)
			}
		}
		return accounts, nil
	})
}

// upToDate reports whether a role is what provisioning the permission set would make of it.
func (s Client) upToDate(role iam.Role, p PermissionSet, account string) bool {
	now := role
	return s.bringUpToDate(&now, p, account) == nil && role.Description == now.Description && role.Boundary == now.Boundary &&
		maps.Equal(role.Inline, now.Inline) && slices.Equal(role.Attached, now.Attached)
}

// bringUpToDate gives a role what the permission set says now.
func (s Client) bringUpToDate(role *iam.Role, p PermissionSet, account string) error {
	attached, boundary, err := s.policiesIn(account, p)
	if err != nil {
		return err
	}
	role.Description, role.Boundary = p.Description, boundary
	role.Policies = iam.Policies{Attached: attached}
	if p.Inline != "" {
		role.Inline = map[string]string{inlinePolicyName: p.Inline}
	}
	return nil
}

// ListAccountAssignments lists to whom a permission set is assigned in an account.
func (s Client) ListAccountAssignments(ctx context.Context, instance, set, account string) ([]Assignment, error) {
	return api.Ask(ctx, s.Client, "ListAccountAssignments", set+"||"+account, func(*store.Tx) ([]Assignment, error) {
		if _, err := s.permissionSet(instance, set); err != nil {
			return nil, err
		}
		return slices.DeleteFunc(s.state.Assignments.List(""), func(a Assignment) bool {
			return a.PermissionSet != set || a.Account != account
		}), nil
	})
}

// ProvisionPermissionSet brings the roles of a permission set up to date in every account where it is assigned.
func (s Client) ProvisionPermissionSet(ctx context.Context, instance, arn string) error {
	return api.Do(ctx, s.Client, "ProvisionPermissionSet", arn, func(tx *store.Tx) error {
		p, err := s.permissionSet(instance, arn)
		if err != nil {
			return err
		}
		ic, err := s.instance(instance)
		if err != nil {
			return err
		}
		for _, account := range s.state.organizations.Members.Keys("") {
			if !s.assigned(arn, account) {
				continue
			}
			if err := s.provision(tx, ic, p, account); err != nil {
				return err
			}
		}
		return nil
	})
}

// roleOf is the role of a permission set in an account.
func (s Client) roleOf(p PermissionSet, account string) (iam.Role, bool) {
	for _, role := range s.state.iam.Roles.List(account) {
		if role.Reserved == reservedBy && role.PermissionSet == p.Name {
			return role, true
		}
	}
	return iam.Role{}, false
}

// provision makes the role of a permission set in an account, or brings it up to date.
func (s Client) provision(tx *store.Tx, ic IdentityCenter, p PermissionSet, account string) error {
	role, ok := s.roleOf(p, account)
	if !ok {
		name := policy.PermissionSetRoleName(p.Name, s.World.HexID(tx, account, "", "permissionSetRole", p.ARN, 16))
		path := "/aws-reserved/" + reservedBy + "/"
		if ic.Region != "us-east-1" {
			path += ic.Region + "/"
		}
		role = iam.Role{
			Name:          name,
			Path:          path,
			ID:            s.World.UniqueID(tx, account, "AROA", "role", name),
			Reserved:      reservedBy,
			PermissionSet: p.Name,
			Trust:         s.samlTrust(ic, account),
			MaxSession:    43200,
			Created:       s.World.Time(),
		}
	}
	if err := s.bringUpToDate(&role, p, account); err != nil {
		return err
	}
	s.state.iam.Roles.Put(tx, account, iam.NameKey(role.Name), role)
	return nil
}

// samlTrust is the trust policy of the roles that Identity Center makes.
func (s Client) samlTrust(ic IdentityCenter, account string) string {
	partition := s.World.PartitionOf(account)
	id := ic.ARN[strings.LastIndexByte(ic.ARN, '-')+1:]
	return fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:%s:iam::%s:saml-provider/AWSSSO_%s_DO_NOT_DELETE"},`+
			`"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://%s/saml"}}}]}`,
		partition,
		account,
		id,
		partition.SignInHost(),
	)
}
