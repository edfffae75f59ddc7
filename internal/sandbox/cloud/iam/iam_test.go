package iam_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

// Names of users, groups, roles and policies are taken in every case once they are taken in one.
func TestNamesThatDifferByCaseAloneCannotExistTogether(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Group(t, admin, "ops")
	cloudtest.Role(t, admin, "deploy")
	cloudtest.Managed(t, admin, "read")

	_, err := admin.CreateUser(ctx, iam.NewUser{Name: "Alice"})
	cloudtest.Refuses(t, err, "EntityAlreadyExists", "User with name Alice already exists.")
	_, err = admin.CreateGroup(ctx, "OPS", "")
	cloudtest.Refuses(t, err, "EntityAlreadyExists", "Group with name OPS already exists.")
	_, err = admin.CreateRole(ctx, iam.NewRole{Name: "Deploy", Trust: cloudtest.Trusting(cloudtest.Home)})
	cloudtest.Refuses(t, err, "EntityAlreadyExists", "Role with name Deploy already exists.")
	_, err = admin.CreatePolicy(ctx, iam.NewPolicy{Name: "Read", Document: cloudtest.Sample})
	cloudtest.Refuses(t, err, "EntityAlreadyExists", "A policy called Read already exists.")
	_, err = admin.GetUser(ctx, "ALICE")
	cloudtest.Refuses(t, err, "NoSuchEntity", "The user with name ALICE cannot be found.")
}

// What does not exist is NoSuchEntity, whatever is done to it.
func TestCallsAboutWhatDoesNotExistAreRefused(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	calls := map[string]error{
		"TagUser":                admin.TagUser(ctx, "nobody", nil),
		"DeleteUser":             admin.DeleteUser(ctx, "nobody"),
		"UpdateUser":             admin.UpdateUser(ctx, "nobody", "somebody", ""),
		"DeleteGroup":            admin.DeleteGroup(ctx, "nobody"),
		"UpdateAssumeRolePolicy": admin.UpdateAssumeRolePolicy(ctx, "nobody", cloudtest.Trusting(cloudtest.Home)),
		"DeleteRole":             admin.DeleteRole(ctx, "nobody"),
		"PutUserPolicy":          admin.PutPolicy(ctx, iam.KindUser, "nobody", "p", cloudtest.Sample),
		"PutGroupPolicy":         admin.PutPolicy(ctx, iam.KindGroup, "nobody", "p", cloudtest.Sample),
		"PutRolePolicy":          admin.PutPolicy(ctx, iam.KindRole, "nobody", "p", cloudtest.Sample),
		"AttachRolePolicy": admin.AttachPolicy(
			ctx,
			iam.KindRole,
			"nobody",
			"arn:aws:iam::aws:policy/AdministratorAccess",
		),
		"AddUserToGroup":       admin.AddUserToGroup(ctx, "nobody", "nobody"),
		"DeletePolicy":         admin.DeletePolicy(ctx, "arn:aws:iam::111122223333:policy/none"),
		"DeleteLoginProfile":   admin.DeleteLoginProfile(ctx, "nobody"),
		"DeletePasswordPolicy": admin.DeleteAccountPasswordPolicy(ctx),
		"DeleteAccountAlias":   admin.DeleteAccountAlias(ctx, "none"),
	}
	for call, err := range calls {
		assert.Equal(t, "NoSuchEntity", api.Code(err), "%s: %v", call, err)
	}
}

// The text of a refusal is the one that the AWS SDK prints.
func TestRefusalsReadLikeThoseOfTheSDK(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice"})
	assert.Regexp(
		t,
		`^operation error IAM: CreateUser, https response error StatusCode: 409, RequestID: [0-9a-f-]{36}, `+
			`EntityAlreadyExists: User with name alice already exists\.$`,
		err,
	)
	_, err = admin.CreateUser(ctx, iam.NewUser{Name: "al ice"})
	assert.Regexp(
		t,
		`StatusCode: 400, RequestID: [0-9a-f-]{36}, api error ValidationError: The specified value for userName is invalid\.`,
		err,
	)
}

// Characters and lengths of names, paths, descriptions and tags are those of IAM.
func TestTextsOutsideIAMsCharactersAreRefused(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	long := strings.Repeat("a", 65)
	for _, in := range []iam.NewUser{
		{Name: ""}, {Name: "al ice"}, {Name: "ärger"}, {Name: long},
		{Name: "alice", Path: "guardrails/"}, {Name: "alice", Path: "/guardrails"}, {Name: "alice", Path: "/a//b/"},
		{Name: "alice", Tags: map[string]string{"": "x"}}, {Name: "alice", Tags: map[string]string{"Team": "a|b"}},
		{Name: "alice", Tags: map[string]string{"T<": "x"}}, {Name: "alice",
			Tags: map[string]string{"T": strings.Repeat("x", 257)}},
		{Name: "alice", Tags: map[string]string{strings.Repeat("k", 129): "x"}},
	} {
		_, err := admin.CreateUser(ctx, in)
		assert.Equal(t, "ValidationError", api.Code(err), "%+v: %v", in, err)
	}
	_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice", Tags: map[string]string{"aws:x": "y"}})
	cloudtest.Refuses(t, err, "InvalidInput", "reserved")
	_, err = admin.CreateUser(ctx, iam.NewUser{Name: "alice", Tags: map[string]string{"Email": "a", "email": "b"}})
	cloudtest.Refuses(t, err, "InvalidInput", "Tag keys are case insensitive")
	_, err = admin.CreateRole(
		ctx,
		iam.NewRole{Name: "r", Trust: cloudtest.Trusting(cloudtest.Home), Description: "日本語"},
	)
	cloudtest.Refuses(t, err, "ValidationError", "description")
	_, err = admin.CreateRole(ctx, iam.NewRole{Name: "r", Trust: cloudtest.Trusting(cloudtest.Home), MaxSession: 60})
	cloudtest.Refuses(t, err, "ValidationError", "maxSessionDuration")
	_, err = admin.CreateUser(
		ctx,
		iam.NewUser{Name: "a+=,.@_-1", Path: "/a/b-c.d/", Tags: map[string]string{"Full Name": "Zoë Müller + co"}},
	)
	assert.NoError(t, err)
}

// A tag written again in another case keeps the key that it has.
func TestTagKeysOfIAMIgnoreCase(t *testing.T) {
	ctx, iam := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, iam, "alice")
	require.NoError(t, iam.TagUser(ctx, "alice", map[string]string{"Email": "old@example.com"}))
	require.NoError(t, iam.TagUser(ctx, "alice", map[string]string{"EMAIL": "new@example.com"}))
	u, err := iam.GetUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"Email": "new@example.com"}, u.Tags)
}

// A user who belongs to something or owns something cannot be deleted; the sentence says what is left.
func TestAUserInUseCannotBeDeleted(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Group(t, admin, "mfa")
	arn := cloudtest.Managed(t, admin, "read")
	require.NoError(t, admin.AddUserToGroup(ctx, "mfa", "alice"))
	require.NoError(t, admin.AttachPolicy(ctx, iam.KindUser, "alice", arn))
	require.NoError(t, admin.PutPolicy(ctx, iam.KindUser, "alice", "own", cloudtest.Sample))
	require.NoError(t, admin.Enrol("alice", iam.Enrolment{Password: true, MFA: true, AccessKeys: 1}))
	u, err := admin.GetUser(ctx, "alice")
	require.NoError(t, err)

	for _, step := range []struct {
		sentence string
		undo     func() error
	}{
		{"must remove users from group first", func() error { return admin.RemoveUserFromGroup(ctx, "mfa", "alice") }},
		{"must detach all policies first", func() error { return admin.DetachPolicy(ctx, iam.KindUser, "alice", arn) }},
		{"must delete policies first",
			func() error { return admin.DeleteInlinePolicy(ctx, iam.KindUser, "alice", "own") }},
		{"must delete login profile first", func() error { return admin.DeleteLoginProfile(ctx, "alice") }},
		{"must delete access keys first", func() error { return admin.DeleteAccessKey(ctx, "alice", u.AccessKeys[0]) }},
		{"must delete MFA device first",
			func() error { return admin.DeactivateMFADevice(ctx, "alice", u.MFADevices[0]) }},
	} {
		cloudtest.Refuses(t, admin.DeleteUser(ctx, "alice"), "DeleteConflict", step.sentence)
		require.NoError(t, step.undo())
	}
	require.NoError(t, admin.DeleteUser(ctx, "alice"))
	require.NoError(t, admin.DeleteVirtualMFADevice(ctx, u.MFADevices[0]))
}

// Groups, roles and policies cannot be deleted while something hangs on them.
func TestWhatIsInUseCannotBeDeleted(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Group(t, admin, "mfa")
	cloudtest.Role(t, admin, "ops")
	arn := cloudtest.Managed(t, admin, "read")

	require.NoError(t, admin.AddUserToGroup(ctx, "mfa", "alice"))
	cloudtest.Refuses(t, admin.DeleteGroup(ctx, "mfa"), "DeleteConflict", "must remove users from group first")
	require.NoError(t, admin.RemoveUserFromGroup(ctx, "mfa", "alice"))
	require.NoError(t, admin.PutPolicy(ctx, iam.KindGroup, "mfa", "guard", cloudtest.Sample))
	cloudtest.Refuses(t, admin.DeleteGroup(ctx, "mfa"), "DeleteConflict", "must delete policies first")

	require.NoError(t, admin.AttachPolicy(ctx, iam.KindRole, "ops", arn))
	cloudtest.Refuses(t, admin.DeleteRole(ctx, "ops"), "DeleteConflict", "must detach all policies first")
	cloudtest.Refuses(t, admin.DeletePolicy(ctx, arn), "DeleteConflict", "Cannot delete a policy attached to entities.")
	require.NoError(t, admin.DetachPolicy(ctx, iam.KindRole, "ops", arn))
	require.NoError(t, admin.PutRolePermissionsBoundary(ctx, "ops", arn))
	cloudtest.Refuses(t, admin.DeletePolicy(ctx, arn), "DeleteConflict", "attached to entities")
	require.NoError(t, admin.PutRolePermissionsBoundary(ctx, "ops", ""))

	version, err := admin.CreatePolicyVersion(ctx, arn, cloudtest.Sample)
	require.NoError(t, err)
	cloudtest.Refuses(t, admin.DeletePolicy(ctx, arn), "DeleteConflict", "more than one version")
	cloudtest.Refuses(t, admin.DeletePolicyVersion(ctx, arn, "v1"), "DeleteConflict", "default version")
	require.NoError(t, admin.DeletePolicyVersion(ctx, arn, version))
	require.NoError(t, admin.DeletePolicy(ctx, arn))
	require.NoError(t, admin.DeleteRole(ctx, "ops"))
}

// A trust policy can name accounts of the world and users and roles that exist, in whatever account, and nobody else.
func TestTrustPoliciesNameOnlyWhoExists(t *testing.T) {
	c := cloudtest.New(t)
	ctx, admin := context.Background(), cloudtest.IAM(c, cloudtest.Home)
	_, err := cloudtest.IAM(c, cloudtest.Other).CreateUser(ctx, iam.NewUser{Name: "bob", Path: "/people/"})
	require.NoError(t, err)
	cloudtest.Role(t, cloudtest.IAM(c, cloudtest.Other), "ci")

	for _, principal := range []string{
		"arn:aws:iam::444455556666:user/people/bob", "arn:aws:iam::444455556666:role/ci", "arn:aws:iam::444455556666:root", cloudtest.Other,
	} {
		_, createErr := admin.CreateRole(
			ctx,
			iam.NewRole{
				Name:  "r" + strings.NewReplacer(":", "-", "/", "-").Replace(principal),
				Trust: cloudtest.Trusting(principal),
			},
		)
		assert.NoError(t, createErr, principal)
	}
	for _, principal := range []string{
		"arn:aws:iam::444455556666:user/bob", "arn:aws:iam::444455556666:user/people/Bob", "arn:aws:iam::444455556666:user/eve",
		"arn:aws:iam::111122223333:role/ci", "arn:aws:iam::999999999999:root", "999999999999", "arn:aws-cn:iam::444455556666:root",
		"AIDAIOSFODNN7EXAMPLE1", "arn:aws:iam::444455556666:group/ops", "arn:aws:iam::444455556666:user/*",
	} {
		_, createErr := admin.CreateRole(ctx, iam.NewRole{Name: "refused", Trust: cloudtest.Trusting(principal)})
		cloudtest.Refuses(t, createErr, "MalformedPolicyDocument", "Invalid principal in policy")
	}
	cloudtest.Role(t, admin, "kept")
	cloudtest.Refuses(
		t,
		admin.UpdateAssumeRolePolicy(ctx, "kept", cloudtest.Trusting("arn:aws:iam::111122223333:user/eve")),
		"MalformedPolicyDocument",
		"eve",
	)
	r, err := admin.GetRole(ctx, "kept")
	require.NoError(t, err)
	assert.Equal(t, cloudtest.Trusting(cloudtest.Home), r.Trust, "a refused update changed the trust policy")
}

// AWS keeps the unique id of a principal: who is made again under the same name is somebody else.
func TestAPrincipalWhoIsMadeAgainIsDead(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	const arn = "arn:aws:iam::111122223333:user/alice"
	first := cloudtest.User(t, admin, "alice")
	_, err := admin.CreateRole(ctx, iam.NewRole{Name: "ops", Trust: cloudtest.Trusting(arn)})
	require.NoError(t, err)

	require.NoError(t, admin.UpdateUser(ctx, "alice", "alicia", "/people/"))
	r, err := admin.GetRole(ctx, "ops")
	require.NoError(t, err)
	assert.Contains(
		t,
		r.Trust,
		"arn:aws:iam::111122223333:user/people/alicia",
		"the principal did not follow the rename",
	)
	require.NoError(t, admin.UpdateUser(ctx, "alicia", "alice", "/"))

	require.NoError(t, admin.DeleteUser(ctx, "alice"))
	second := cloudtest.User(t, admin, "alice")
	assert.NotEqual(t, first.ID, second.ID)
	r, err = admin.GetRole(ctx, "ops")
	require.NoError(t, err)
	assert.Contains(t, r.Trust, `"`+first.ID+`"`)
	assert.NotContains(t, r.Trust, arn)

	require.NoError(t, admin.UpdateAssumeRolePolicy(ctx, "ops", cloudtest.Trusting(arn)))
	r, err = admin.GetRole(ctx, "ops")
	require.NoError(t, err)
	assert.Contains(t, r.Trust, arn, "writing the trust policy again did not find the new user")
}

// Documents that AWS cannot read are refused with what is wrong with them.
func TestMalformedPolicyDocumentsAreRefused(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.Role(t, admin, "ops")
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	for document, sentence := range map[string]string{
		`{`:                        "Syntax errors in policy.",
		`{"Version":"2012-10-17"}`: "Statement",
		statement(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Resorce":"*"}`):           "Resorce",
		statement(`{"Effect":"Allow","Action":"everything","Resource":"*"}`):                   "prefaced by a vendor",
		statement(`{"Effect":"Allow","Action":"s3:*","Resource":"my-bucket"}`):                 "legacy parsing",
		statement(`{"Effect":"Allow","Action":"s3:*"}`):                                        "Resource",
		statement(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"*"}}`): "Principal",
		statement(
			`{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"s3:*","Resource":"*"}`,
		): "must be unique",
		statement(`{"Sid":"not allowed","Effect":"Allow","Action":"s3:*","Resource":"*"}`): "alpha-numeric",
		statement(
			`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"aws:username":"a"}}}`,
		): "StringEqual",
	} {
		cloudtest.Refuses(
			t,
			admin.PutPolicy(ctx, iam.KindRole, "ops", "p", document),
			"MalformedPolicyDocument",
			sentence,
		)
		_, err := admin.CreatePolicy(ctx, iam.NewPolicy{Name: "p", Document: document})
		cloudtest.Refuses(t, err, "MalformedPolicyDocument", sentence)
	}
	_, err := admin.CreateRole(
		ctx,
		iam.NewRole{
			Name: "r",
			Trust: statement(
				`{"Effect":"Allow","Principal":{"AWS":"` + cloudtest.Home + `"},"Action":"sts:AssumeRole","Resource":"*"}`,
			),
		},
	)
	cloudtest.Refuses(t, err, "MalformedPolicyDocument", "Resource")
}

// sized is a policy document of so many characters without white space.
func sized(n int) string {
	head, tail := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`, `"}]}`
	return head + strings.Repeat("a", n-len(head)-len(tail)) + tail
}

// A document one character over the quota is refused, one at the quota is not, and white space does not count.
func TestSizesAreCountedAsAWSCountsThem(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Group(t, admin, "mfa")
	cloudtest.Role(t, admin, "ops")
	for _, kind := range []struct {
		kind  iam.Kind
		name  string
		quota int
	}{{iam.KindUser, "alice", 2048}, {iam.KindGroup, "mfa", 5120}, {iam.KindRole, "ops", 10240}} {
		sentence := fmt.Sprintf(
			"Maximum policy size of %d bytes exceeded for %s %s",
			kind.quota,
			strings.ToLower(string(kind.kind)),
			kind.name,
		)
		cloudtest.Refuses(
			t,
			admin.PutPolicy(ctx, kind.kind, kind.name, "p", sized(kind.quota+1)),
			"LimitExceeded",
			sentence,
		)
		spaced := strings.Replace(sized(kind.quota), `,"Statement"`, ",\n\t \"Statement\"", 1)
		assert.NoError(t, admin.PutPolicy(ctx, kind.kind, kind.name, "p", spaced))
		cloudtest.Refuses(
			t,
			admin.PutPolicy(ctx, kind.kind, kind.name, "second", cloudtest.Sample),
			"LimitExceeded",
			sentence,
		)
		assert.NoError(
			t,
			admin.PutPolicy(ctx, kind.kind, kind.name, "p", cloudtest.Sample),
			"a policy does not count against its own replacement",
		)
	}
	_, err := admin.CreatePolicy(ctx, iam.NewPolicy{Name: "p", Document: sized(6145)})
	cloudtest.Refuses(t, err, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
	p, err := admin.CreatePolicy(ctx, iam.NewPolicy{Name: "p", Document: sized(6144)})
	require.NoError(t, err)
	_, err = admin.CreatePolicyVersion(ctx, p.ARN, sized(6145))
	cloudtest.Refuses(t, err, "LimitExceeded", "PolicySize")

	trust := cloudtest.Trusting(cloudtest.Home)
	long := strings.Replace(trust, `"Trust"`, `"Trust`+strings.Repeat("t", 2048-len(trust))+`"`, 1)
	require.Len(t, long, 2048)
	assert.NoError(t, admin.UpdateAssumeRolePolicy(ctx, "ops", long))
	cloudtest.Refuses(
		t,
		admin.UpdateAssumeRolePolicy(ctx, "ops", strings.Replace(long, "Trust", "Trustt", 1)),
		"LimitExceeded",
		"ACLSizePerRole: 2048",
	)
}

// Attachments, groups, tags and versions have AWS's quotas.
func TestCountsHaveAWSsQuotas(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Role(t, admin, "ops")
	cloudtest.Group(t, admin, "mfa")
	for i := range 10 {
		arn := cloudtest.Managed(t, admin, fmt.Sprintf("p%d", i))
		require.NoError(t, admin.AttachPolicy(ctx, iam.KindRole, "ops", arn))
		require.NoError(t, admin.AttachPolicy(ctx, iam.KindUser, "alice", arn))
		require.NoError(t, admin.AttachPolicy(ctx, iam.KindGroup, "mfa", arn))
		cloudtest.Group(t, admin, fmt.Sprintf("g%d", i))
		require.NoError(t, admin.AddUserToGroup(ctx, fmt.Sprintf("g%d", i), "alice"))
	}
	more := cloudtest.Managed(t, admin, "more")
	cloudtest.Refuses(
		t,
		admin.AttachPolicy(ctx, iam.KindRole, "ops", more),
		"LimitExceeded",
		"Cannot exceed quota for PoliciesPerRole: 10",
	)
	cloudtest.Refuses(t, admin.AttachPolicy(ctx, iam.KindUser, "alice", more), "LimitExceeded", "PoliciesPerUser: 10")
	cloudtest.Refuses(t, admin.AttachPolicy(ctx, iam.KindGroup, "mfa", more), "LimitExceeded", "PoliciesPerGroup: 10")
	cloudtest.Refuses(
		t,
		admin.AddUserToGroup(ctx, "mfa", "alice"),
		"LimitExceeded",
		"Cannot exceed quota for GroupsPerUser: 10",
	)

	tags := map[string]string{}
	for i := range 50 {
		tags[fmt.Sprintf("Tag%d", i)] = "x"
	}
	require.NoError(t, admin.TagRole(ctx, "ops", tags))
	cloudtest.Refuses(
		t,
		admin.TagRole(ctx, "ops", map[string]string{"More": "x"}),
		"LimitExceeded",
		"TagsPerResource: 50",
	)
	assert.NoError(
		t,
		admin.TagRole(ctx, "ops", map[string]string{"tag1": "y"}),
		"a tag that is there already takes no place",
	)

	for range 4 {
		_, err := admin.CreatePolicyVersion(ctx, more, cloudtest.Sample)
		require.NoError(t, err)
	}
	_, err := admin.CreatePolicyVersion(ctx, more, cloudtest.Sample)
	cloudtest.Refuses(t, err, "LimitExceeded", "up to 5 versions")
	require.NoError(t, admin.Enrol("alice", iam.Enrolment{AccessKeys: 2}))
	_, err = admin.CreateAccessKey(ctx, "alice")
	cloudtest.Refuses(t, err, "LimitExceeded", "AccessKeysPerUser: 2")
}

// A managed policy can be attached where it exists and is meant to be attached.
func TestOnlyAttachablePoliciesAttach(t *testing.T) {
	c := cloudtest.New(t)
	ctx, admin := context.Background(), cloudtest.IAM(c, cloudtest.Home)
	cloudtest.Role(t, admin, "ops")
	foreign := cloudtest.Managed(t, cloudtest.IAM(c, cloudtest.Other), "read")
	for _, arn := range []string{
		"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
		"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	} {
		assert.NoError(t, admin.AttachPolicy(ctx, iam.KindRole, "ops", arn))
	}
	for arn, code := range map[string]string{
		"arn:aws:iam::aws:policy/AdministratorAcces": "NoSuchEntity",
		"arn:aws:iam::aws:policy/ViewOnlyAccess":     "NoSuchEntity",
		"arn:aws-cn:iam::aws:policy/ReadOnlyAccess":  "NoSuchEntity",
		"arn:aws:iam::111122223333:policy/none":      "NoSuchEntity",
		foreign:                                      "NoSuchEntity",
		"AdministratorAccess":                        "InvalidInput",
		"arn:aws:iam::aws:policy/aws-service-role/AWSOrganizationsServiceTrustPolicy": "PolicyNotAttachable",
	} {
		assert.Equal(t, code, api.Code(admin.AttachPolicy(ctx, iam.KindRole, "ops", arn)), arn)
	}
	_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice", Boundary: "arn:aws:iam::111122223333:policy/none"})
	cloudtest.Refuses(t, err, "NoSuchEntity", "Scope ARN")
}

// Groups and users keep what they have under a new name.
func TestRenamesKeepMembershipsPoliciesAndDevices(t *testing.T) {
	ctx, admin := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, admin, "alice")
	cloudtest.Group(t, admin, "mfa")
	require.NoError(t, admin.AddUserToGroup(ctx, "mfa", "alice"))
	require.NoError(t, admin.PutPolicy(ctx, iam.KindGroup, "mfa", "guard", cloudtest.Sample))
	require.NoError(t, admin.Enrol("alice", iam.Enrolment{MFA: true}))

	require.NoError(t, admin.UpdateGroup(ctx, "mfa", "guarded", "/g/"))
	require.NoError(t, admin.UpdateUser(ctx, "alice", "Alice", ""))
	g, members, err := admin.GetGroup(ctx, "guarded")
	require.NoError(t, err)
	assert.Equal(t, []string{"Alice"}, members)
	assert.Equal(t, "/g/", g.Path)
	assert.Contains(t, g.Inline, "guard")
	u, err := admin.GetUser(ctx, "Alice")
	require.NoError(t, err)
	assert.NoError(t, admin.DeactivateMFADevice(ctx, "Alice", u.MFADevices[0]))
	cloudtest.User(t, admin, "bob")
	cloudtest.Refuses(t, admin.UpdateUser(ctx, "bob", "ALICE", ""), "EntityAlreadyExists", "ALICE")
}

// A device belongs to one user, and only one that nobody has can be deleted.
func TestMFADevicesBelongToOneUser(t *testing.T) {
	ctx, iam := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, iam, "alice")
	cloudtest.User(t, iam, "bob")
	serial, err := iam.CreateVirtualMFADevice(ctx, "phone")
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::111122223333:mfa/phone", serial)
	_, err = iam.CreateVirtualMFADevice(ctx, "Phone")
	cloudtest.Refuses(t, err, "EntityAlreadyExists", "MFADevice")
	require.NoError(t, iam.EnableMFADevice(ctx, "alice", serial))
	cloudtest.Refuses(t, iam.EnableMFADevice(ctx, "bob", serial), "EntityAlreadyExists", "MFADevice")
	cloudtest.Refuses(t, iam.DeactivateMFADevice(ctx, "bob", serial), "NoSuchEntity", "MFA Device invalid for user.")
	cloudtest.Refuses(t, iam.DeleteVirtualMFADevice(ctx, serial), "DeleteConflict", "deactivated")
	require.NoError(t, iam.DeactivateMFADevice(ctx, "alice", serial))
	require.NoError(t, iam.DeleteVirtualMFADevice(ctx, serial))
}

// The password policy and the alias belong to the account.
func TestTheAccountHasOnePasswordPolicyAndOneAlias(t *testing.T) {
	c := cloudtest.New(t)
	ctx, iam := context.Background(), cloudtest.IAM(c, cloudtest.Home)
	_, err := iam.GetAccountPasswordPolicy(ctx)
	cloudtest.Refuses(t, err, "NoSuchEntity", "Password Policy")
	for _, p := range []api.PasswordPolicy{{MinimumLength: 5}, {MinimumLength: 129}, {MinimumLength: 8, MaxAge: 1096}, {MinimumLength: 8, ReusePrevention: 25}} {
		cloudtest.Refuses(t, iam.UpdateAccountPasswordPolicy(ctx, p), "ValidationError", "failed to satisfy constraint")
	}
	require.NoError(
		t,
		iam.UpdateAccountPasswordPolicy(ctx, api.PasswordPolicy{MinimumLength: 16, ReusePrevention: 24}),
	)
	p, err := iam.GetAccountPasswordPolicy(ctx)
	require.NoError(t, err)
	assert.Equal(t, 16, p.MinimumLength)

	require.NoError(t, iam.CreateAccountAlias(ctx, "jump-account"))
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Other).CreateAccountAlias(ctx, "jump-account"),
		"EntityAlreadyExists",
		"jump-account",
	)
	for _, alias := range []string{"ab", "Jump", "-jump", "jump--account"} {
		cloudtest.Refuses(t, iam.CreateAccountAlias(ctx, alias), "ValidationError", "accountAlias")
	}
	require.NoError(t, iam.DeleteAccountAlias(ctx, "jump-account"))
}

// A password exists once, and an access key is gone when it is deleted.
func TestCredentialsExistOnce(t *testing.T) {
	ctx, iam := context.Background(), cloudtest.IAM(cloudtest.New(t), cloudtest.Home)
	cloudtest.User(t, iam, "alice")
	require.NoError(t, iam.CreateLoginProfile(ctx, "alice"))
	cloudtest.Refuses(
		t,
		iam.CreateLoginProfile(ctx, "alice"),
		"EntityAlreadyExists",
		"Login Profile for user alice already exists.",
	)
	require.NoError(t, iam.DeleteLoginProfile(ctx, "alice"))
	cloudtest.Refuses(
		t,
		iam.DeleteLoginProfile(ctx, "alice"),
		"NoSuchEntity",
		"Login Profile for User alice cannot be found.",
	)
	key, err := iam.CreateAccessKey(ctx, "alice")
	require.NoError(t, err)
	assert.Regexp(t, "^AKIA[A-Z2-7]{16}$", key)
	require.NoError(t, iam.DeleteAccessKey(ctx, "alice", key))
	cloudtest.Refuses(t, iam.DeleteAccessKey(ctx, "alice", key), "NoSuchEntity", key)
	second, err := iam.CreateAccessKey(ctx, "alice")
	require.NoError(t, err)
	assert.NotEqual(t, key, second)
}
