package sandbox_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/policy"
)

// stackFiles is what the stack files of an organization say.
func stackFiles() sandbox.Known {
	return sandbox.Known{
		Accounts: []sandbox.KnownAccount{
			{
				ID:         "111122223333",
				Alias:      "jump",
				Principals: []string{"role/GuardrailDeployer", "role/team/BreakGlass", "user/ops/root-two"},
			},
			{ID: "444455556666", Partition: policy.AWS},
			{ID: "123456789012", Alias: "management"},
		},
		Organization: &sandbox.KnownOrganization{
			ID: "o-exampleorgid", Management: "123456789012", Root: "r-exam",
			Units: []sandbox.KnownUnit{
				{
					ID:     "ou-exam-11111111",
					Name:   "Workloads",
					Parent: "r-exam",
				},
				{ID: "ou-exam-22222222", Name: "Production", Parent: "ou-exam-11111111"},
			},
			Accounts: map[string]string{"444455556666": "ou-exam-22222222", "111122223333": "r-exam"},
		},
		IdentityCenter: &sandbox.KnownIdentityCenter{
			Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef",
			Store:    "d-1234567890",
			Region:   "us-east-1",
			Account:  "123456789012",
			Users:    map[string]string{"u-1": "alice"},
			Groups:   map[string]string{"g-1": "ops"},
		},
	}
}

// Without a world file the AWS of the sandbox is what the stack files say.
func TestWhatTheStackFilesSayExists(t *testing.T) {
	s, err := start(t, "", sandbox.Options{Known: stackFiles(), Stack: "jump", Account: "111122223333"})
	require.NoError(t, err)
	world := s.Snapshot()
	jump := world.Accounts["111122223333"]
	assert.Equal(t, "jump", jump.Alias)
	assert.Equal(t, "/", jump.Roles["GuardrailDeployer"].Path)
	assert.Equal(t, "/team/", jump.Roles["BreakGlass"].Path)
	assert.Equal(t, []string{"arn:aws:iam::aws:policy/AdministratorAccess"}, jump.Roles["BreakGlass"].Attached)
	assert.Contains(t, jump.Roles["BreakGlass"].Trust, `"arn:aws:iam::111122223333:root"`)
	assert.Equal(t, "/ops/", jump.Users["root-two"].Path)
	assert.Equal(
		t,
		map[string]string{"444455556666": "ou-exam-22222222", "111122223333": "r-exam", "123456789012": "r-exam"},
		world.Organization.Accounts,
	)
	assert.Equal(t, "ou-exam-11111111", world.Organization.Units["ou-exam-22222222"].Parent)
	assert.Equal(t, "123456789012", world.IdentityCenter.Account)
	assert.Equal(t, map[string]string{"g-1": "ops"}, world.IdentityCenter.Groups)
}

// An instance of Identity Center needs no organization that anybody describes.
func TestIdentityCenterStandsWithoutATree(t *testing.T) {
	known := stackFiles()
	known.Organization = nil
	s, err := start(t, "", sandbox.Options{Known: known})
	require.NoError(t, err)
	assert.Equal(t, "d-1234567890", s.Snapshot().IdentityCenter.Store)
}

// Where both speak of one thing, the world file counts: that is how an AWS is tried that is not as the stack files say.
func TestTheWorldFileCountsMore(t *testing.T) {
	s, err := start(t, `accounts:
  "111122223333":
    alias: other
    roles:
      - {name: guardraildeployer, trust: {Version: "2012-10-17", Statement: [{Sid: T, Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}}
organization:
  trustedServices: [iam.amazonaws.com]
  accounts: {"444455556666": ou-exam-11111111}
identityCenter:
  users: {u-1: somebody-else, u-2: bob}
`, sandbox.Options{Known: stackFiles()})
	require.NoError(t, err)
	world := s.Snapshot()
	assert.Equal(t, "other", world.Accounts["111122223333"].Alias)
	assert.NotContains(
		t,
		world.Accounts["111122223333"].Roles,
		"GuardrailDeployer",
		"names of roles differ in more than case",
	)
	assert.Contains(t, world.Accounts["111122223333"].Roles, "BreakGlass")
	assert.Equal(t, "ou-exam-11111111", world.Organization.Accounts["444455556666"])
	assert.Equal(t, []string{"iam.amazonaws.com"}, world.Organization.TrustedServices)
	assert.Equal(t, map[string]string{"u-1": "somebody-else", "u-2": "bob"}, world.IdentityCenter.Users)

	s, err = start(
		t,
		"organization: {id: o-otherorgid00, management: \"777788889999\", root: r-othe}\nidentityCenter: "+
			"{instance: \"arn:aws:sso:::instance/ssoins-00000000000000ab\", store: d-2, region: eu-central-1}\n",
		sandbox.Options{Known: stackFiles()},
	)
	require.NoError(t, err)
	world = s.Snapshot()
	assert.Equal(
		t,
		map[string]string{"777788889999": "r-othe"},
		world.Organization.Accounts,
		"another organization has nothing of the stack files",
	)
	assert.Equal(t, "d-2", world.IdentityCenter.Store)
	assert.Empty(t, world.IdentityCenter.Users)
}

// What neither says is asked for, with the place for it in both.
func TestWhatNobodySaysIsAskedFor(t *testing.T) {
	_, err := start(
		t,
		"organization:\n  id: o-exampleorgid\nidentityCenter:\n  store: d-1\n  region: us-east-1\n",
		sandbox.Options{},
	)
	require.Error(t, err)
	for _, want := range []string{
		"sandbox.yaml: 3 problems",
		"1:1 organization.management: is missing, and no stack file of the folder says it; write it here, or the " +
			"section guardrails:organization",
		"1:1 organization.root: is missing", "3:1 identityCenter.instance: is missing",
	} {
		assert.ErrorContains(t, err, want)
	}
}

// A stack file that cannot be read may say what is missing: it is named before anybody writes that a second time.
func TestAFileThatCannotBeReadIsNamedWhereSomethingIsMissing(t *testing.T) {
	_, err := start(
		t, "organization:\n  trustedServices: [iam.amazonaws.com]\n",
		sandbox.Options{Known: sandbox.Known{Refused: []string{"Pulumi.root.yaml"}}},
	)
	require.Error(t, err)
	assert.ErrorContains(t, err, "1:1 organization.id: is missing, and no stack file that can be read says it; mend "+
		"Pulumi.root.yaml, which is refused itself, or write it here")
}

// A principal that is there already, whoever made it, is left as it is; one that no stack file names any more is gone.
func TestPrincipalsOfTheStackFilesFollowThem(t *testing.T) {
	state := filepath.Join(t.TempDir(), "aws.json")
	s, err := start(t, "", sandbox.Options{State: state, Account: "111122223333"})
	require.NoError(t, err)
	trust := `{"Version":"2012-10-17","Statement":[{"Sid":"T","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	_, err = s.IAM("111122223333").
		CreateRole(t.Context(), iam.NewRole{Name: "GuardrailDeployer", Path: "/", Trust: trust})
	require.NoError(t, err)
	require.NoError(t, s.Close())

	known := stackFiles()
	s, err = start(t, "", sandbox.Options{State: state, Known: known})
	require.NoError(t, err)
	assert.JSONEq(t, trust, s.Snapshot().Accounts["111122223333"].Roles["GuardrailDeployer"].Trust)
	assert.Contains(t, s.Snapshot().Accounts["111122223333"].Roles, "BreakGlass")
	require.NoError(t, s.Close())

	known.Accounts[0].Principals = nil
	s, err = start(t, "", sandbox.Options{State: state, Known: known})
	require.NoError(t, err)
	assert.Contains(t, s.Snapshot().Accounts["111122223333"].Roles, "GuardrailDeployer")
	assert.NotContains(t, s.Snapshot().Accounts["111122223333"].Roles, "BreakGlass")
}

// A principal that nobody makes is told with the line of the world file that makes it exist.
func TestWhatExistsBesideIsToldWithItsLine(t *testing.T) {
	s, err := start(t, "", sandbox.Options{Known: stackFiles()})
	require.NoError(t, err)
	for principal, want := range map[string]string{
		"arn:aws:iam::444455556666:user/team/bob": `account 444455556666 has no user team/bob; if it exists before the stacks, write in sandbox.yaml: ` +
			`accounts: {"444455556666": {users: [{name: bob, path: /team/}]}}`,
		"arn:aws:iam::777788889999:user/eve": `account 777788889999 has no user eve; if it exists before the stacks, write in sandbox.yaml: ` +
			`accounts: {"777788889999": {users: [{name: eve}]}}`,
		"arn:aws-cn:iam::777788889999:root": `accounts: {"777788889999": {partition: aws-cn}}`,
		"777788889999":                      `no stack file of the folder has account 777788889999; if it exists, write in sandbox.yaml: accounts: {"777788889999": {}}`,
	} {
		trust := `{"Version":"2012-10-17","Statement":[{"Sid":"T","Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
		_, createErr := s.IAM("111122223333").CreateRole(t.Context(), iam.NewRole{Name: "r", Path: "/", Trust: trust})
		require.Error(t, createErr, principal)
		assert.Contains(t, createErr.Error(), want)
	}
	// What is said is a world file.
	_, err = start(
		t,
		`accounts: {"444455556666": {users: [{name: bob, path: /team/}]}}`,
		sandbox.Options{Known: stackFiles()},
	)
	assert.NoError(t, err)
}
