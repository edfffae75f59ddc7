package provider_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// A user is made with what the provider fills in, and read back as AWS has it.
func TestAUserIsMadeWithTheProvidersDefaults(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Configured(props{"region": providertest.Tokyo, "defaultTags": props{"tags": props{"By": "guardrails"}}})
	m := e.MustCreate(
		providertest.UserType, "alice", props{"name": "alice", "tags": props{"Email": "alice@example.com"}},
	)
	assert.Equal(t, "alice", m.ID)
	in := m.Inputs.AsMap()
	assert.Equal(t, "/", in["path"])
	assert.Equal(t, false, in["forceDestroy"])
	assert.Equal(t, props{"By": "guardrails", "Email": "alice@example.com"}, in["tagsAll"])
	assert.Equal(t, []any{"forceDestroy", "path"}, in["__defaults"])
	assert.Equal(t, "arn:aws:iam::111122223333:user/alice", m.Out("arn"))
	assert.Regexp(t, "^AIDA[A-Z2-7]{17}$", m.Out("uniqueId"))
	assert.Equal(t, props{"Email": "alice@example.com"}, m.Out("tags"))
	assert.Equal(t, props{"By": "guardrails", "Email": "alice@example.com"}, m.Out("tagsAll"))

	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.True(t, there)
	same := e.Diff(m, props{"name": "alice", "tags": props{"Email": "alice@example.com"}})
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, same.Changes, "%v", same.DetailedDiff)
}

// A user without a name gets one that stays from update to update.
func TestANameThatTheProgramLeavesOutIsMadeUpOnce(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	m := e.MustCreate(providertest.UserType, "alice", props{})
	assert.Regexp(t, "^alice-[0-9a-f]{7}$", m.ID)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, props{}).Changes)
}

// A rename happens in place and leaves the engine with the old id, under which a refresh finds nobody: as with the
// real provider.
func TestARenameOfAUserLeavesTheOldID(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Engine()
	m := e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	d := e.Diff(m, props{"name": "alicia", "path": "/people/"})
	assert.Empty(t, d.Replaces)
	assert.Equal(t, []string{"name", "path"}, d.Diffs)
	require.NoError(t, e.Update(m, props{"name": "alicia", "path": "/people/"}))
	assert.Equal(t, "arn:aws:iam::111122223333:user/people/alicia", m.Out("arn"))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// Tags are changed one by one: what the program drops goes, what others added since stays until a refresh shows it.
func TestTagsOfAUserFollowTheProgram(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	m := e.MustCreate(
		providertest.UserType, "alice", props{"name": "alice", "tags": props{"Email": "a@example.com", "Team": "x"}},
	)
	require.NoError(t, w.IAM().TagUser(ctx, "alice", map[string]string{"Foreign": "1"}))
	d := e.Diff(m, props{"name": "alice", "tags": props{"Email": "b@example.com", "Phone": "1"}})
	assert.Equal(t, pulumirpc.PropertyDiff_UPDATE, d.DetailedDiff["tags.Email"].GetKind())
	assert.Equal(t, pulumirpc.PropertyDiff_DELETE, d.DetailedDiff["tags.Team"].GetKind())
	assert.Equal(t, pulumirpc.PropertyDiff_ADD, d.DetailedDiff["tags.Phone"].GetKind())
	require.NoError(t, e.Update(m, props{"name": "alice", "tags": props{"Email": "b@example.com", "Phone": "1"}}))
	u, err := w.IAM().GetUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"Email": "b@example.com", "Phone": "1", "Foreign": "1"}, u.Tags)
	_, err = e.Refresh(m)
	require.NoError(t, err)
	drift := e.Diff(m, props{"name": "alice", "tags": props{"Email": "b@example.com", "Phone": "1"}})
	assert.Contains(t, drift.DetailedDiff, "tags.Foreign")
}

// Tags that the program ignores make no difference, in tags and in tagsAll.
func TestIgnoredTagsMakeNoDifference(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	m := e.MustCreate(providertest.UserType, "alice", props{"name": "alice", "tags": props{"Email": "a@example.com"}})
	require.NoError(t, w.IAM().TagUser(ctx, "alice", map[string]string{"Email": "mine@example.com"}))
	_, err := e.Refresh(m)
	require.NoError(t, err)
	in := props{"name": "alice", "tags": props{"Email": "a@example.com"}}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, e.Diff(m, in).Changes)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, in, "tags.Email").Changes)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, in, "tags").Changes)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, e.Diff(m, in, "tags.Emai").Changes)
}

// Without forceDestroy in the state a person who enrolled keeps the user from going; with it everything of the person
// goes too.
func TestALeaverWhoEnrolledGoesOnlyWithForceDestroy(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	m := e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	e.MustCreate(providertest.GroupType, "mfa", props{"name": "mfa"})
	require.NoError(t, w.IAM().AddUserToGroup(ctx, "mfa", "alice"))
	require.NoError(t, w.IAM().Enrol("alice", iam.Enrolment{Password: true, MFA: true, AccessKeys: 2}))
	assert.ErrorContains(
		t,
		e.Remove(m),
		"deleting IAM User (alice): operation error IAM: DeleteUser, https response error StatusCode: 409",
	)
	_, err := w.IAM().GetUser(ctx, "alice")
	require.NoError(t, err)

	require.NoError(t, e.Update(m, props{"name": "alice", "forceDestroy": true}))
	require.NoError(t, e.Remove(m))
	assert.Empty(t, w.Cloud.Snapshot().Accounts[providertest.Home].Users)
	assert.Empty(t, w.Cloud.Snapshot().Accounts[providertest.Home].MFADevices)
	assert.NoError(t, e.Remove(m), "a user who is gone is deleted already")
}

// A membership adds and removes the groups that it names and touches no other.
func TestAMembershipTouchesItsGroupsAlone(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	for _, name := range []string{"a", "b", "c"} {
		e.MustCreate(providertest.GroupType, name, props{"name": name})
	}
	require.NoError(t, w.IAM().AddUserToGroup(ctx, "c", "alice"))
	m := e.MustCreate(providertest.MembershipType, "m", props{"user": "alice", "groups": []any{"a"}})
	require.NoError(t, e.Update(m, props{"user": "alice", "groups": []any{"b"}}))
	groups, err := w.IAM().ListGroupsForUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "c"}, groups)
	assert.Equal(t, []any{"b"}, m.Out("groups"))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, props{"user": "alice", "groups": []any{"b"}}).Changes)
	assert.Equal(t, []string{"user"}, e.Diff(m, props{"user": "bob", "groups": []any{"b"}}).Replaces)

	require.NoError(t, w.IAM().RemoveUserFromGroup(ctx, "b", "alice"))
	_, err = e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(
		t,
		[]string{"groups"},
		e.Diff(m, props{"user": "alice", "groups": []any{"b"}}).Diffs,
		"a lost membership is no drift",
	)
	require.NoError(t, e.Remove(m))
	groups, err = w.IAM().ListGroupsForUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, []string{"c"}, groups)
	_, err = e.Create(providertest.MembershipType, "m", props{"user": "alice", "groups": []any{"nothing"}})
	assert.ErrorContains(t, err, "assigning IAM User Group Membership (alice): adding User (alice) to Group (nothing)")
}

// Roles are replaced where AWS cannot change them and updated everywhere else.
func TestARoleIsReplacedForNameAndPathAlone(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	in := props{
		"name":               "ops",
		"path":               "/guardrails/",
		"assumeRolePolicy":   providertest.TrustPolicy,
		"description":        "d",
		"maxSessionDuration": 3600,
		"tags":               props{"Project": "P"},
	}
	m := e.MustCreate(providertest.RoleType, "ops", in)
	for key, value := range map[string]any{
		"description": "other", "maxSessionDuration": 7200, "forceDetachPolicies": true, "permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
		"tags": props{"Project": "Q"}, "assumeRolePolicy": strings.Replace(
			providertest.TrustPolicy, "Trust", "Trusted", 1,
		),
	} {
		d := e.Diff(m, providertest.With(in, key, value))
		assert.Empty(t, d.Replaces, key)
		assert.Contains(t, d.Diffs, key)
	}
	d := e.Diff(m, providertest.With(in, "name", "ops2"))
	assert.Equal(t, []string{"name"}, d.Replaces)
	assert.False(t, d.DeleteBeforeReplace, "another name can exist beside the old one")
	d = e.Diff(m, providertest.With(in, "path", "/other/"))
	assert.Equal(t, []string{"path"}, d.Replaces)
	assert.True(t, d.DeleteBeforeReplace, "the same name cannot exist twice")
	assert.Equal(t, pulumirpc.PropertyDiff_UPDATE_REPLACE, d.DetailedDiff["path"].GetKind())
}

// Every property of a role reaches AWS when it changes, and what is dropped is dropped there.
func TestUpdatesOfARoleReachAWS(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	m := e.MustCreate(
		providertest.RoleType,
		"ops",
		props{
			"name":                "ops",
			"assumeRolePolicy":    providertest.TrustPolicy,
			"description":         "d",
			"permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
			"tags":                props{"A": "1"},
		},
	)
	changed := strings.Replace(providertest.TrustPolicy, "Trust", "Trusted", 1)
	require.NoError(t, e.Update(m, props{"name": "ops", "assumeRolePolicy": changed, "maxSessionDuration": 7200}))
	r, err := w.IAM().GetRole(ctx, "ops")
	require.NoError(t, err)
	assert.JSONEq(t, changed, r.Trust)
	assert.Equal(t, 7200, r.MaxSession)
	assert.Empty(t, r.Description)
	assert.Empty(t, r.Boundary)
	assert.Empty(t, r.Tags)
	assert.Equal(t, changed, m.Out("assumeRolePolicy"), "the state keeps the program's own text")
	assert.Nil(t, m.Out("description"))
}

// A policy that means the same in another order is no change, and the program may give it as a value.
func TestAPolicyThatMeansTheSameIsNoChange(t *testing.T) {
	e := providertest.New(t, nil).Engine()
	m := e.MustCreate(providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy})
	same := `{"Statement":{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"AWS":["111122223333"]},"Sid":"Trust"},"Version":"2012-10-17"}`
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, props{"name": "ops", "assumeRolePolicy": same}).Changes)
	value := props{
		"Version": "2012-10-17",
		"Statement": []any{
			props{"Sid": "Trust", "Effect": "Allow", "Principal": props{"AWS": providertest.Home}, "Action": "sts:AssumeRole"},
		},
	}
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_NONE,
		e.Diff(m, props{"name": "ops", "assumeRolePolicy": value}).Changes,
	)
}

// After a user was made again, a refresh shows the dead id in the trust policy, and the next update brings the new
// user in.
func TestARefreshShowsDeadPrincipals(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	document := strings.Replace(providertest.TrustPolicy, `"111122223333"`, `"arn:aws:iam::111122223333:user/alice"`, 1)
	in := props{"name": "ops", "assumeRolePolicy": document}
	m := e.MustCreate(providertest.RoleType, "ops", in)
	require.NoError(t, w.IAM().DeleteUser(ctx, "alice"))
	_, err := w.IAM().CreateUser(ctx, iam.NewUser{Name: "alice"})
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, in).Changes, "without a refresh nothing shows")
	_, err = e.Refresh(m)
	require.NoError(t, err)
	assert.Contains(t, m.Out("assumeRolePolicy"), "AIDA")
	assert.Equal(t, []string{"assumeRolePolicy"}, e.Diff(m, in).Diffs)
	require.NoError(t, e.Update(m, in))
	_, err = e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, in).Changes)
}

// A role goes with its policies only if it says so, or if a refresh told the state of them.
func TestARoleWithForeignPoliciesGoesAsTheRealProviderLetsIt(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	attach := func() {
		require.NoError(t, w.IAM().AttachPolicy(ctx, iam.KindRole, "ops", "arn:aws:iam::aws:policy/ReadOnlyAccess"))
		require.NoError(t, w.IAM().PutPolicy(ctx, iam.KindRole, "ops", "own", providertest.ReadPolicy))
	}
	m := e.MustCreate(providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy})
	attach()
	assert.ErrorContains(t, e.Remove(m), "DeleteConflict: Cannot delete entity, must detach all policies first.")
	_, err := e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(t, []any{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, m.Out("managedPolicyArns"))
	require.NoError(t, e.Remove(m))

	m = e.MustCreate(
		providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy, "forceDetachPolicies": true},
	)
	attach()
	require.NoError(t, e.Remove(m))
}

// A managed policy is replaced for everything but its document and tags, and keeps five versions at most.
func TestAManagedPolicyIsReplacedForAllButItsDocument(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	in := props{"name": "read", "policy": providertest.ReadPolicy}
	m := e.MustCreate(providertest.PolicyType, "read", in)
	assert.Equal(t, "arn:aws:iam::111122223333:policy/read", m.ID)
	for key, value := range map[string]any{"name": "other", "path": "/p/", "description": "d"} {
		assert.Equal(t, []string{key}, e.Diff(m, providertest.With(in, key, value)).Replaces)
	}
	for i := range 7 {
		in = props{
			"name": "read",
			"policy": strings.Replace(
				providertest.ReadPolicy, "s3:GetObject", "s3:GetObject"+strings.Repeat("x", i+1), 1,
			),
		}
		assert.Empty(t, e.Diff(m, in).Replaces)
		require.NoError(t, e.Update(m, in))
	}
	p, _, err := w.IAM().GetPolicy(ctx, m.ID)
	require.NoError(t, err)
	assert.Len(t, p.Versions, 5)
	assert.Equal(t, "v8", p.Default)
	assert.JSONEq(t, in["policy"].(string), p.Document())
	require.NoError(t, e.Remove(m))
	assert.NoError(t, e.Remove(m))
}

// Attachments are replaced, the old one first; a foreign detachment shows at the next refresh.
func TestAnAttachmentIsReplacedOldFirst(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	e.MustCreate(providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy})
	const token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	in := props{"role": "ops", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
	m := e.MustCreate(token, "a", in)
	d := e.Diff(m, providertest.With(in, "policyArn", "arn:aws:iam::aws:policy/SecurityAudit"))
	assert.Equal(t, []string{"policyArn"}, d.Replaces)
	assert.True(t, d.DeleteBeforeReplace)
	require.NoError(t, w.IAM().DetachPolicy(ctx, iam.KindRole, "ops", "arn:aws:iam::aws:policy/ReadOnlyAccess"))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
	assert.NoError(t, e.Remove(m), "what is detached already needs no detaching")
	_, err = e.Create(token, "a", providertest.With(in, "policyArn", "arn:aws:iam::aws:policy/ReadOnlyAcces"))
	assert.ErrorContains(
		t,
		err,
		"NoSuchEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAcces does not exist or is not attachable.",
	)
}

// Inline policies of users, groups and roles are named by their owner, replaced with it, and gone when somebody
// deletes them.
func TestInlinePoliciesBelongToTheirOwners(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	e.MustCreate(providertest.UserType, "n", props{"name": "n"})
	e.MustCreate(providertest.GroupType, "n", props{"name": "n"})
	e.MustCreate(providertest.RoleType, "n", props{"name": "n", "assumeRolePolicy": providertest.TrustPolicy})
	for kind, token := range map[iam.Kind]string{
		iam.KindUser: "aws:iam/userPolicy:UserPolicy", iam.KindGroup: "aws:iam/groupPolicy:GroupPolicy", iam.KindRole: "aws:iam/rolePolicy:RolePolicy",
	} {
		owner := strings.ToLower(string(kind))
		in := props{owner: "n", "name": "guard", "policy": providertest.ReadPolicy}
		m := e.MustCreate(token, "guard", in)
		assert.Equal(t, "n:guard", m.ID)
		changed := strings.Replace(providertest.ReadPolicy, "GetObject", "PutObject", 1)
		assert.Empty(t, e.Diff(m, providertest.With(in, "policy", changed)).Replaces)
		require.NoError(t, e.Update(m, providertest.With(in, "policy", changed)))
		document, err := w.IAM().GetInlinePolicy(ctx, kind, "n", "guard")
		require.NoError(t, err)
		assert.JSONEq(t, changed, document)
		assert.Equal(t, []string{owner}, e.Diff(m, providertest.With(in, owner, "other")).Replaces[:1])
		require.NoError(t, w.IAM().PutPolicy(ctx, kind, "n", "guard", providertest.ReadPolicy))
		_, err = e.Refresh(m)
		require.NoError(t, err)
		assert.JSONEq(t, providertest.ReadPolicy, m.Out("policy").(string), "foreign changes show")
		require.NoError(t, w.IAM().DeleteInlinePolicy(ctx, kind, "n", "guard"))
		there, err := e.Refresh(m)
		require.NoError(t, err)
		assert.False(t, there)
		imported, err := e.Import(token, "guard", "n-guard")
		assert.ErrorContains(t, err, `unexpected format of ID ("n-guard")`)
		assert.Nil(t, imported)
	}
}

// An exclusive resource removes what others added, a refresh shows it before, and destroying the resource removes
// nothing.
func TestExclusiveResourcesRemoveWhatOthersAdded(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	e.MustCreate(providertest.UserType, "n", props{"name": "n"})
	e.MustCreate(providertest.GroupType, "n", props{"name": "n"})
	e.MustCreate(providertest.RoleType, "n", props{"name": "n", "assumeRolePolicy": providertest.TrustPolicy})
	const mine, foreign = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess"
	for _, kind := range []iam.Kind{iam.KindUser, iam.KindGroup, iam.KindRole} {
		owner := strings.ToLower(string(kind))
		require.NoError(t, w.IAM().PutPolicy(ctx, kind, "n", "mine", providertest.ReadPolicy))
		require.NoError(t, w.IAM().PutPolicy(ctx, kind, "n", "foreign", providertest.ReadPolicy))
		inline := props{owner + "Name": "n", "policyNames": []any{"mine"}}
		m := e.MustCreate("aws:iam/"+owner+"PoliciesExclusive:"+string(kind)+"PoliciesExclusive", "x", inline)
		names, err := w.IAM().ListInlinePolicies(ctx, kind, "n")
		require.NoError(t, err)
		assert.Equal(t, []string{"mine"}, names)
		require.NoError(t, w.IAM().PutPolicy(ctx, kind, "n", "again", providertest.ReadPolicy))
		_, err = e.Refresh(m)
		require.NoError(t, err)
		assert.Equal(t, []string{"policyNames"}, e.Diff(m, inline).Diffs)
		require.NoError(t, e.Update(m, inline))
		names, err = w.IAM().ListInlinePolicies(ctx, kind, "n")
		require.NoError(t, err)
		assert.Equal(t, []string{"mine"}, names)
		assert.ErrorContains(
			t,
			e.Update(m, props{owner + "Name": "n", "policyNames": []any{"absent", "mine"}}),
			"ValidationError",
			"an inline policy that is named and does not exist cannot be made without its document",
		)

		require.NoError(t, w.IAM().AttachPolicy(ctx, kind, "n", foreign))
		attached := props{owner + "Name": "n", "policyArns": []any{mine}}
		m = e.MustCreate(
			"aws:iam/"+owner+"PolicyAttachmentsExclusive:"+string(kind)+"PolicyAttachmentsExclusive",
			"x",
			attached,
		)
		arns, err := w.IAM().ListAttachedPolicies(ctx, kind, "n")
		require.NoError(t, err)
		assert.Equal(t, []string{mine}, arns, "attaches what it names, detaches the rest")
		require.NoError(t, w.IAM().AttachPolicy(ctx, kind, "n", foreign))
		_, err = e.Refresh(m)
		require.NoError(t, err)
		assert.Equal(t, []string{"policyArns"}, e.Diff(m, attached).Diffs)
		require.NoError(t, e.Remove(m))
		arns, err = w.IAM().ListAttachedPolicies(ctx, kind, "n")
		require.NoError(t, err)
		assert.Len(t, arns, 2, "destroying the resource detaches nothing")
	}
}

// The account has one password policy: making it overwrites what was there, deleting it brings AWS's default back.
func TestThePasswordPolicyIsTheAccounts(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	const token = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
	m := e.MustCreate(token, "p", props{"minimumPasswordLength": 16, "requireSymbols": true, "maxPasswordAge": 90})
	assert.Equal(t, "iam-account-password-policy", m.ID)
	assert.Equal(t, true, m.Out("expirePasswords"))
	require.NoError(t, e.Update(m, props{"minimumPasswordLength": 20}))
	p, err := w.IAM().GetAccountPasswordPolicy(ctx)
	require.NoError(t, err)
	assert.Equal(
		t,
		api.PasswordPolicy{MinimumLength: 20, RequireSymbols: true, MaxAge: 90, AllowUsersToChange: true},
		p,
		"a property that the program leaves out keeps its value",
	)
	require.NoError(t, e.Remove(m))
	_, err = w.IAM().GetAccountPasswordPolicy(ctx)
	assert.Equal(t, "NoSuchEntity", api.Code(err))
}

// An alias is replaced, and an account whose alias somebody took away shows it.
func TestAnAliasIsReplaced(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Engine()
	const token = "aws:iam/accountAlias:AccountAlias"
	m := e.MustCreate(token, "alias", props{"accountAlias": "jump"})
	assert.Equal(t, []string{"accountAlias"}, e.Diff(m, props{"accountAlias": "hop"}).Replaces)
	require.NoError(t, w.IAM().DeleteAccountAlias(context.Background(), "jump"))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// What exists can be imported by its id alone, and then differs from a program only where the program differs.
func TestWhatExistsCanBeImported(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	admin := w.IAM()
	_, err := admin.CreateUser(
		ctx,
		iam.NewUser{Name: "alice", Path: "/p/", Tags: map[string]string{"Email": "a@example.com"}},
	)
	require.NoError(t, err)
	_, err = admin.CreateGroup(ctx, "mfa", "")
	require.NoError(t, err)
	require.NoError(t, admin.AddUserToGroup(ctx, "mfa", "alice"))
	_, err = admin.CreateRole(ctx, iam.NewRole{Name: "ops", Trust: providertest.TrustPolicy})
	require.NoError(t, err)
	_, err = admin.CreatePolicy(ctx, iam.NewPolicy{Name: "read", Document: providertest.ReadPolicy})
	require.NoError(t, err)
	require.NoError(t, admin.AttachPolicy(ctx, iam.KindRole, "ops", "arn:aws:iam::111122223333:policy/read"))
	require.NoError(t, admin.PutPolicy(ctx, iam.KindGroup, "mfa", "guard", providertest.ReadPolicy))
	require.NoError(t, admin.UpdateAccountPasswordPolicy(ctx, api.PasswordPolicy{MinimumLength: 14}))
	e := w.Engine()
	for _, c := range []struct {
		token, id string
		in        props
	}{
		{providertest.UserType, "alice", props{"name": "alice", "path": "/p/", "tags": props{"Email": "a@example.com"}}},
		{providertest.GroupType, "mfa", props{"name": "mfa"}},
		{providertest.MembershipType, "alice/mfa", props{"user": "alice", "groups": []any{"mfa"}}},
		{providertest.RoleType, "ops", props{"name": "ops", "assumeRolePolicy": providertest.TrustPolicy}},
		{providertest.PolicyType, "arn:aws:iam::111122223333:policy/read", props{"name": "read", "policy": providertest.ReadPolicy}},
		{"aws:iam/groupPolicy:GroupPolicy", "mfa:guard", props{"group": "mfa", "name": "guard", "policy": providertest.ReadPolicy}},
		{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "ops/arn:aws:iam::111122223333:policy/read",
			props{"role": "ops", "policyArn": "arn:aws:iam::111122223333:policy/read"}},
		{"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive", "mfa",
			props{"groupName": "mfa", "policyNames": []any{"guard"}}},
		{"aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "iam-account-password-policy",
			props{"minimumPasswordLength": 14, "allowUsersToChangePassword": false}},
	} {
		m, importingErr := e.Import(c.token, "x", c.id)
		if !assert.NoError(t, importingErr, c.token) || !assert.NotNil(t, m, c.token) {
			continue
		}
		d := e.Diff(m, c.in)
		assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, d.Changes, "%s: %v", c.token, d.DetailedDiff)
		checked, reasons, importingErr := e.Check(c.token, "x", nil, c.in)
		require.NoError(t, importingErr)
		require.Empty(t, reasons)
		for key, value := range checked.AsMap() {
			got := m.Inputs.AsMap()[key]
			if document, ok := value.(string); ok && strings.HasPrefix(document, "{") {
				assert.JSONEq(t, document, got.(string), "%s: the import answers another document", c.token)
			} else if key != "__defaults" {
				assert.Equal(t, value, got, "%s: the import answers another input %s", c.token, key)
			}
		}
	}
	missing, err := e.Import(providertest.UserType, "x", "nobody")
	require.NoError(t, err)
	assert.Nil(t, missing)
}

// Tags and boundaries reach every type that has them, and leave it again.
func TestTagsAndBoundariesComeAndGo(t *testing.T) {
	w := providertest.New(t, nil)
	e := w.Engine()
	const boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
	u := e.MustCreate(providertest.UserType, "alice", props{"name": "alice"})
	require.NoError(
		t,
		e.Update(u, props{"name": "alice", "permissionsBoundary": boundary, "tags": props{"cost center": "1"}}),
	)
	assert.Equal(t, boundary, w.Cloud.Snapshot().Accounts[providertest.Home].Users["alice"].Boundary)
	assert.Contains(t, e.Diff(u, props{"name": "alice"}).DetailedDiff, `tags["cost center"]`)
	require.NoError(t, e.Update(u, props{"name": "alice"}))
	assert.Empty(t, w.Cloud.Snapshot().Accounts[providertest.Home].Users["alice"].Boundary)
	p := e.MustCreate(
		providertest.PolicyType, "read", props{"name": "read", "policy": providertest.ReadPolicy, "tags": props{"A": "1", "B": "1"}},
	)
	require.NoError(t, e.Update(p, props{"name": "read", "policy": providertest.ReadPolicy, "tags": props{"B": "2"}}))
	assert.Equal(t, map[string]string{"B": "2"}, w.Cloud.Snapshot().Accounts[providertest.Home].Policies[p.ID].Tags)
}

// Tags that the provider ignores are not its business: it neither shows nor removes them.
func TestIgnoredTagsOfTheProviderAreLeftAlone(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Configured(
		props{"region": providertest.Tokyo, "ignoreTags": props{"keys": []string{"Owner"}, "keyPrefixes": []string{"kube"}}},
	)
	in := props{"name": "alice", "tags": props{"Email": "a@example.com"}}
	m := e.MustCreate(providertest.UserType, "alice", in)
	require.NoError(
		t,
		w.IAM().TagUser(ctx, "alice", map[string]string{"Owner": "x", "kubernetes": "y", "Foreign": "z"}),
	)
	_, err := e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(t, props{"Email": "a@example.com", "Foreign": "z"}, m.Out("tags"))
	require.NoError(t, e.Update(m, in))
	u, err := w.IAM().GetUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"Email": "a@example.com", "Owner": "x", "kubernetes": "y"}, u.Tags)
}
