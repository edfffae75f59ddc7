package cloud

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// inlinePolicyName is the name of the inline policy of a role that Identity Center makes.
const inlinePolicyName = "AwsSSOInlinePolicy"

// reservedBy is the service that roles of permission sets belong to.
const reservedBy = "sso.amazonaws.com"

// CreateAccountAssignment gives a person or a group a permission set in an account of the organization, where
// Identity Center makes a role. Making it again changes nothing, as the service answers for an assignment that
// exists.
func (s SSOAdmin) CreateAccountAssignment(ctx context.Context, instance string, a Assignment) error {
	return do(ctx, s.client, "CreateAccountAssignment", a.key(), func(tx *tx) error {
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
			return refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"%s with id %s not found",
				a.PrincipalType,
				a.PrincipalID,
			).
				hint("list it under identityCenter in sandbox.yaml")
		}
		if !s.cloud.mayBeMember(a.Account) {
			return refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Account %s not found in the organization.",
				a.Account,
			).
				hint("list the account in guardrails:organization.tree of the stack file that has it, or under organization.accounts in sandbox.yaml")
		}
		if err := s.delegated(a.Account); err != nil {
			return err
		}
		s.cloud.assignments.put(tx, "", a.key(), a)
		return s.provision(tx, ic, p, a.Account)
	})
}

// DeleteAccountAssignment takes an assignment away, with the role in the account if it was the last.
func (s SSOAdmin) DeleteAccountAssignment(ctx context.Context, instance string, a Assignment) error {
	return do(ctx, s.client, "DeleteAccountAssignment", a.key(), func(tx *tx) error {
		p, err := s.permissionSet(instance, a.PermissionSet)
		if err != nil {
			return err
		}
		if !s.cloud.assignments.has("", a.key()) {
			return refuse(http.StatusBadRequest, "ResourceNotFoundException", "The account assignment does not exist.")
		}
		if err := s.delegated(a.Account); err != nil {
			return err
		}
		s.cloud.assignments.remove(tx, "", a.key())
		if role, ok := s.roleOf(p, a.Account); ok && !s.assigned(p.ARN, a.Account) {
			s.cloud.roles.remove(tx, a.Account, nameKey(role.Name))
		}
		return nil
	})
}

// delegated refuses what a delegated administrator cannot do: give or take access to the management account, and
// change permission sets that are provisioned there. Source: Delegated administration, in the IAM Identity Center
// User Guide, which does not give the text of the refusal.
func (s SSOAdmin) delegated(account string) error {
	org, ok := s.cloud.organizations.get("", organizationKey)
	if !ok || account != org.Management || s.caller.Account == org.Management {
		return nil
	}
	return refuse(
		http.StatusBadRequest,
		"AccessDeniedException",
		"A delegated administrator cannot change access to the management account.",
	).
		hint("account %s administers the instance by delegation, and %s is the management account", s.caller.Account, org.Management)
}

// HasAssignment reads whether an assignment exists, as ListAccountAssignments tells.
func (s SSOAdmin) HasAssignment(ctx context.Context, instance string, a Assignment) (bool, error) {
	return call(ctx, s.client, "ListAccountAssignments", a.key(), func(*tx) (bool, error) {
		_, err := s.permissionSet(instance, a.PermissionSet)
		return s.cloud.assignments.has("", a.key()), err
	})
}

// ProvisionPermissionSet brings the roles of a permission set up to date in every account where it is assigned.
func (s SSOAdmin) ProvisionPermissionSet(ctx context.Context, instance, arn string) error {
	return do(ctx, s.client, "ProvisionPermissionSet", arn, func(tx *tx) error {
		p, err := s.permissionSet(instance, arn)
		if err != nil {
			return err
		}
		ic, err := s.instance(instance)
		if err != nil {
			return err
		}
		for _, account := range s.cloud.members.keys("") {
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
func (s SSOAdmin) roleOf(p PermissionSet, account string) (Role, bool) {
	for _, role := range s.cloud.roles.list(account) {
		if role.Reserved == reservedBy && role.PermissionSet == p.Name {
			return role, true
		}
	}
	return Role{}, false
}

// provision makes the role of a permission set in an account, or brings it up to date.
func (s SSOAdmin) provision(tx *tx, ic IdentityCenter, p PermissionSet, account string) error {
	attached, boundary, err := s.policiesIn(account, p)
	if err != nil {
		return err
	}
	role, ok := s.roleOf(p, account)
	if !ok {
		name := "AWSReservedSSO_" + p.Name + "_" + s.cloud.hexID(tx, account, "", "permissionSetRole", p.ARN, 16)
		path := "/aws-reserved/" + reservedBy + "/"
		if ic.Region != "us-east-1" {
			path += ic.Region + "/"
		}
		role = Role{
			Name:          name,
			Path:          path,
			ID:            s.cloud.uniqueID(tx, account, "AROA", "role", name),
			Reserved:      reservedBy,
			PermissionSet: p.Name,
			Trust:         s.samlTrust(ic, account),
			MaxSession:    43200,
			Created:       s.cloud.now().UTC().Truncate(time.Second),
		}
	}
	role.Description = p.Description
	role.Policies, role.Boundary = Policies{Attached: attached}, boundary
	if p.Inline != "" {
		role.Inline = map[string]string{inlinePolicyName: p.Inline}
	}
	s.cloud.roles.put(tx, account, nameKey(role.Name), role)
	return nil
}

// samlTrust is the trust policy of the roles that Identity Center makes.
func (s SSOAdmin) samlTrust(ic IdentityCenter, account string) string {
	partition := s.cloud.partitionOf(account)
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
