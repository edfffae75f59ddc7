package ssoadmin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

// An instance has one configuration of attributes, whole, in its own account and Region.
func TestAnInstanceHasOneConfigurationOfAttributes(t *testing.T) {
	ctx := context.Background()
	c, _ := cloudtest.NewOrganization(t)
	sso := cloudtest.SSO(c)
	runAs := []ssoadmin.AccessAttribute{{Key: "SSMSessionRunAs", Source: []string{"${path:userName}"}}}
	_, err := sso.DescribeAttributes(ctx, cloudtest.Instance)
	cloudtest.Refuses(t, err, "ResourceNotFoundException", "does not exist")
	cloudtest.Refuses(
		t,
		sso.UpdateAttributes(ctx, cloudtest.Instance, runAs),
		"ResourceNotFoundException",
		"does not exist",
	)
	require.NoError(t, sso.CreateAttributes(ctx, cloudtest.Instance, runAs))
	cloudtest.Refuses(t, sso.CreateAttributes(ctx, cloudtest.Instance, runAs), "ConflictException", "already has")
	require.NoError(
		t,
		sso.UpdateAttributes(
			ctx,
			cloudtest.Instance,
			append(runAs, ssoadmin.AccessAttribute{Key: "Project", Source: []string{"${path:enterprise.costCenter}"}}),
		),
	)
	got, err := sso.DescribeAttributes(ctx, cloudtest.Instance)
	require.NoError(t, err)
	assert.Len(t, got, 2)
	many := make([]ssoadmin.AccessAttribute, 51)
	for i := range many {
		many[i] = ssoadmin.AccessAttribute{Key: fmt.Sprint(i), Source: []string{"x"}}
	}
	for _, bad := range [][]ssoadmin.AccessAttribute{
		{{Key: "", Source: []string{"x"}}}, {{Key: "a|b", Source: []string{"x"}}}, {{Key: "a",
			Source: nil}}, {{Key: "a", Source: []string{"x", "y"}}},
		{{Key: "a", Source: []string{""}}}, slices.Concat(runAs, runAs), many,
	} {
		cloudtest.Refuses(t, sso.UpdateAttributes(ctx, cloudtest.Instance, bad), "ValidationException", "")
	}
	cloudtest.Refuses(
		t,
		c.SSOAdmin(api.Caller{Account: cloudtest.Home, Region: "us-east-1"}).UpdateAttributes(
			ctx,
			cloudtest.Instance,
			runAs,
		),
		"AccessDeniedException",
		"sufficient access",
	)
	cloudtest.Refuses(
		t,
		c.SSOAdmin(api.Caller{Account: cloudtest.Management, Region: cloudtest.Tokyo}).UpdateAttributes(
			ctx,
			cloudtest.Instance,
			runAs,
		),
		"ResourceNotFoundException",
		"does not exist",
	)
	require.NoError(t, sso.DeleteAttributes(ctx, cloudtest.Instance))
	cloudtest.Refuses(t, sso.DeleteAttributes(ctx, cloudtest.Instance), "ResourceNotFoundException", "does not exist")
}

// A permission set becomes a role in every account where somebody has it, follows when it is provisioned, and goes
// with the last assignment.
func TestAPermissionSetBecomesARole(t *testing.T) {
	ctx := context.Background()
	c, _ := cloudtest.NewOrganization(t)
	sso := cloudtest.SSO(c)
	p, err := sso.CreatePermissionSet(ctx, cloudtest.Instance, ssoadmin.NewPermissionSet{Name: "Ops"})
	require.NoError(t, err)
	assert.Equal(t, "PT1H", p.SessionDuration)
	_, err = sso.CreatePermissionSet(ctx, cloudtest.Instance, ssoadmin.NewPermissionSet{Name: "Ops"})
	cloudtest.Refuses(t, err, "ConflictException", "already exists")
	person := ssoadmin.Assignment{
		PermissionSet: p.ARN,
		PrincipalID:   "u-1",
		PrincipalType: "USER",
		Account:       cloudtest.Home,
	}
	team := ssoadmin.Assignment{
		PermissionSet: p.ARN,
		PrincipalID:   "g-1",
		PrincipalType: "GROUP",
		Account:       cloudtest.Home,
	}
	require.NoError(t, sso.CreateAccountAssignment(ctx, cloudtest.Instance, person))
	require.NoError(t, sso.CreateAccountAssignment(ctx, cloudtest.Instance, team))
	roles := func() []iam.Role {
		var out []iam.Role
		for _, r := range c.Snapshot().Accounts[cloudtest.Home].Roles {
			out = append(out, r)
		}
		return out
	}
	require.Len(t, roles(), 1)
	r := roles()[0]
	assert.Regexp(t, "^AWSReservedSSO_Ops_[0-9a-f]{16}$", r.Name)
	assert.Equal(t, "/aws-reserved/sso.amazonaws.com/", r.Path)
	assert.Equal(t, "Ops", r.PermissionSet)
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Home).TagRole(ctx, r.Name, map[string]string{"A": "1"}),
		"UnmodifiableEntity",
		"only modifiable by AWS",
	)
	cloudtest.Refuses(t, cloudtest.IAM(c, cloudtest.Home).DeleteRole(ctx, r.Name), "UnmodifiableEntity", r.Name)
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Home).AttachPolicy(
			ctx,
			iam.KindRole,
			r.Name,
			"arn:aws:iam::aws:policy/ReadOnlyAccess",
		),
		"UnmodifiableEntity",
		r.Name,
	)

	require.NoError(t, sso.PutInlinePolicy(ctx, cloudtest.Instance, p.ARN, cloudtest.Sample))
	require.NoError(
		t,
		sso.AttachManagedPolicy(ctx, cloudtest.Instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
	)
	assert.Empty(t, roles()[0].Inline, "a role follows only when the permission set is provisioned")
	require.NoError(t, sso.ProvisionPermissionSet(ctx, cloudtest.Instance, p.ARN))
	assert.Equal(t, map[string]string{"AwsSSOInlinePolicy": cloudtest.Sample}, roles()[0].Inline)
	assert.Equal(t, []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, roles()[0].Attached)

	cloudtest.Refuses(
		t,
		sso.DeletePermissionSet(ctx, cloudtest.Instance, p.ARN),
		"ConflictException",
		"ApplicationProfile",
	)
	require.NoError(t, sso.DeleteAccountAssignment(ctx, cloudtest.Instance, person))
	require.Len(t, roles(), 1)
	require.NoError(t, sso.DeleteAccountAssignment(ctx, cloudtest.Instance, team))
	assert.Empty(t, roles())
	require.NoError(t, sso.DeletePermissionSet(ctx, cloudtest.Instance, p.ARN))
}

// Permission sets, their policies and assignments are refused as Identity Center refuses them.
func TestIdentityCenterRefusesWhatItCannotKeep(t *testing.T) {
	ctx := context.Background()
	c, _ := cloudtest.NewOrganization(t)
	sso := cloudtest.SSO(c)
	for _, in := range []ssoadmin.NewPermissionSet{
		{Name: ""}, {Name: strings.Repeat("p", 33)}, {Name: "a b"}, {Name: "p", SessionDuration: "1h"}, {Name: "p",
			SessionDuration: "PT13H"},
		{Name: "p", Description: strings.Repeat("d", 701)}, {Name: "p", Tags: map[string]string{"a|b": "c"}},
	} {
		_, err := sso.CreatePermissionSet(ctx, cloudtest.Instance, in)
		cloudtest.Refuses(t, err, "ValidationException", "")
	}
	for _, duration := range []string{"PT1H", "PT12H", "PT90M", "PT1H30M", "PT720M"} {
		_, err := sso.CreatePermissionSet(
			ctx,
			cloudtest.Instance,
			ssoadmin.NewPermissionSet{Name: "p" + duration, SessionDuration: duration},
		)
		assert.NoError(t, err)
	}
	p, err := sso.CreatePermissionSet(ctx, cloudtest.Instance, ssoadmin.NewPermissionSet{Name: "p"})
	require.NoError(t, err)
	cloudtest.Refuses(
		t,
		sso.PutInlinePolicy(ctx, cloudtest.Instance, p.ARN, `{"Statement":[]}`),
		"ValidationException",
		"MalformedPolicyDocument",
	)
	cloudtest.Refuses(
		t,
		sso.PutInlinePolicy(ctx, cloudtest.Instance, p.ARN, cloudtest.Sample+strings.Repeat(" ", 10241)),
		"ServiceQuotaExceededException",
		"10240",
	)
	cloudtest.Refuses(
		t,
		sso.AttachManagedPolicy(ctx, cloudtest.Instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnly"),
		"ResourceNotFoundException",
		"not found",
	)
	require.NoError(
		t,
		sso.AttachManagedPolicy(ctx, cloudtest.Instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
	)
	cloudtest.Refuses(
		t,
		sso.AttachManagedPolicy(ctx, cloudtest.Instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
		"ConflictException",
		"already has",
	)
	cloudtest.Refuses(
		t,
		sso.DetachManagedPolicy(ctx, cloudtest.Instance, p.ARN, "arn:aws:iam::aws:policy/SecurityAudit"),
		"ResourceNotFoundException",
		"not attached",
	)
	for want, a := range map[string]ssoadmin.Assignment{
		"USER with id u-9 not found": {PermissionSet: p.ARN, PrincipalID: "u-9", PrincipalType: "USER",
			Account: cloudtest.Home},
		"GROUP with id u-1 not found": {PermissionSet: p.ARN, PrincipalID: "u-1", PrincipalType: "GROUP",
			Account: cloudtest.Home},
		"not found in the organizatio": {PermissionSet: p.ARN, PrincipalID: "u-1", PrincipalType: "USER",
			Account: "999999999999"},
		"PermissionSet with id ps-0": {PermissionSet: "arn:aws:sso:::permissionSet/x/ps-0", PrincipalID: "u-1",
			PrincipalType: "USER", Account: cloudtest.Home},
	} {
		cloudtest.Refuses(t, sso.CreateAccountAssignment(ctx, cloudtest.Instance, a), "ResourceNotFoundException", want)
	}
}
