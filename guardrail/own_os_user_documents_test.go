package guardrail_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/policy"
)

// shared is a role of which everybody's shells start as their own OS user.
func shared() *operation.Args {
	a := operationRoles()
	a.Roles = a.Roles[:1]
	a.Roles[0].RunAs = operation.RunAsFromUser
	return a
}

func roleOf(t *testing.T, a *operation.Args) world.Role {
	t.Helper()
	require.NoError(t, a.Validate())
	var w world.Account
	a.AddTo(&w)
	require.Len(t, w.Roles, 1)
	return w.Roles[0]
}

// A role that takes the OS user of the person has none of its own, and lies where policies of other accounts speak of
// such roles alone.
func TestASharedRoleHasNoOSUserOfItsOwn(t *testing.T) {
	role := roleOf(t, shared())
	assert.Equal(t, "/guardrails/operation/from-user/", role.Path)
	assert.Equal(t, "TestProject1-fromUser", role.Name)
	assert.Equal(t, []world.Tag{{Key: "Project", Value: "Test Project 1"}}, role.Tags)
}

// The tag is wanted in both statements, compared with the caller's own, and is the only one; the session name is
// asked for where AWS documents it.
func TestASharedRoleTakesTheOwnOSUserAndNothingElse(t *testing.T) {
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[`+
		`{"Sid":"NamedUsersWithRecentMFA","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/alice","arn:aws:iam::111122223333:user/people/carol"]},`+
		`"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"43200"},`+
		`"StringEquals":{"aws:RequestTag/SSMSessionRunAs":"${aws:PrincipalTag/SSMSessionRunAs}","sts:RoleSessionName":"${aws:username}"}}},`+
		`{"Sid":"OwnOSUserAsOnlySessionTag","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/alice","arn:aws:iam::111122223333:user/people/carol"]},`+
		`"Action":"sts:TagSession","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"ForAllValues:StringEquals":{"aws:TagKeys":"SSMSessionRunAs"},`+
		`"Null":{"aws:TagKeys":"false","sts:TransitiveTagKeys":"true"},"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"43200"},`+
		`"StringEquals":{"aws:RequestTag/SSMSessionRunAs":"${aws:PrincipalTag/SSMSessionRunAs}"}}}]}`, roleOf(t,
		shared()).Trust.JSON())
}

// The guard leaves room for these roles alone, the way out leads to the accounts that are listed, and both only once
// somebody has an OS user.
func TestTheGuardDeniesSessionTagsButTheOwnOSUser(t *testing.T) {
	a := mfaGroup()
	require.NoError(t, a.Validate())
	except, found := a.GuardDocument().Statement("DenySessionTagsButForOwnOSUserRoles")
	require.True(t, found)
	assert.Equal(t, []string{"arn:aws:iam::*:role/guardrails/operation/from-user/*"}, except.NotResources)
	for _, sid := range []string{"DenyOSUsersOfOthers", "DenyOtherSessionTags"} {
		deny, denies := a.GuardDocument().Statement(sid)
		require.True(t, denies, sid)
		assert.Equal(t, policy.EffectDeny, deny.Effect)
		assert.Equal(t, []string{"*"}, deny.Resources)
	}
	way, wanted := a.RoleAccountsDocument()
	require.True(t, wanted)
	assert.Equal(t, []string{"sts:AssumeRole", "sts:TagSession"}, way.Statements[0].Actions)
	assert.Equal(t, []string{"arn:aws:iam::444455556666:role/guardrails/*"}, way.Statements[0].Resources)

	a.OSUsers = false
	all, found := a.GuardDocument().Statement("DenySessionTags")
	require.True(t, found)
	assert.Equal(t, []string{"*"}, all.Resources)
	assert.Empty(t, all.Conditions)
	way, _ = a.RoleAccountsDocument()
	assert.Equal(t, []string{"sts:AssumeRole"}, way.Statements[0].Actions)
}

// What people should know: the console does not open such a role, and in another role they may be somebody else.
func TestNoticesAboutOSUsers(t *testing.T) {
	notices := shared().Notices()
	require.Len(t, notices, 1)
	assert.Equal(
		t,
		"operationRoles[0].runAs: Switch Role of the console does not open the role TestProject1-fromUser, and "+
			"neither does a profile of the AWS CLI: "+
			"they send no session tags; guardrails handover prints what does",
		notices[0].String(),
	)

	notices = operationRoles().Notices()
	require.Len(t, notices, 1)
	assert.Equal(
		t,
		"operationRoles[0].runAs: shells of the role TestProject1-os-user1 start as os-user1, which is not the OS "+
			"user of "+
			"arn:aws:iam::111122223333:user/alice (alice) and arn:aws:iam::111122223333:user/people/carol (carol)",
		notices[0].String(),
	)
}
