package sandbox_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	sandboxiam "aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
)

// pulumiCLI is the Pulumi CLI; without one the tests of the real engine are skipped.
func pulumiCLI(t *testing.T) auto.PulumiCommand {
	t.Helper()
	clitest.Need(t)
	command, err := pulumicli.Find(t.Context(), pulumicli.Options{Progress: func(line string) { t.Log(line) }})
	require.NoError(t, err)
	return command
}

// stack is a stack of an inline program in folders of its own, attached to a sandbox.
func stack(t *testing.T, s *sandbox.Server, program pulumi.RunFunc) auto.Stack {
	t.Helper()
	made, err := auto.UpsertStackInlineSource(
		t.Context(),
		"dev",
		"sandbox",
		program,
		auto.Pulumi(pulumiCLI(t)),
		auto.WorkDir(t.TempDir()),
		auto.Project(workspace.Project{
			Name: tokens.PackageName("sandbox"), Runtime: workspace.NewProjectRuntimeInfo("go", nil),
			Backend: &workspace.ProjectBackend{URL: "file://" + t.TempDir()},
		}),
		auto.EnvVars(map[string]string{
			"PULUMI_DEBUG_PROVIDERS":   s.DebugProviders(),
			"PULUMI_CONFIG_PASSPHRASE": "sandbox",
			"PULUMI_HOME":              t.TempDir(),
			"PULUMI_SKIP_UPDATE_CHECK": "true",
			"AWS_PROFILE":              "",
			"AWS_REGION":               "",
		}),
	)
	require.NoError(t, err)
	return made
}

// account is a program of two people in two Regions: what a small account has.
type account struct {
	session string
	users   []string
}

func (a *account) run(ctx *pulumi.Context) error {
	providers := map[string]*aws.Provider{}
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		p, err := aws.NewProvider(ctx, region, &aws.ProviderArgs{
			Region: pulumi.String(region), AllowedAccountIds: pulumi.ToStringArray([]string{"111122223333"}),
			DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"By": pulumi.String("guardrails")}},
		})
		if err != nil {
			return err
		}
		providers[region] = p
		if _, err := ssm.NewDocument(ctx, "preferences-"+region, &ssm.DocumentArgs{
			Name: pulumi.String(
				"SSM-SessionManagerRunShell",
			),
			DocumentType: pulumi.String("Session"),
			Content:      pulumi.String(a.session),
		}, pulumi.Provider(p)); err != nil {
			return err
		}
	}
	home := pulumi.Provider(providers["ap-northeast-1"])
	group, err := iam.NewGroup(
		ctx,
		"mfa",
		&iam.GroupArgs{Name: pulumi.String("mfa"), Path: pulumi.String("/guardrails/")},
		home,
	)
	if err != nil {
		return err
	}
	guard, err := iam.NewGroupPolicy(
		ctx,
		"guard",
		&iam.GroupPolicyArgs{Name: pulumi.String("guard"), Group: group.Name, Policy: pulumi.String(readPolicy)},
		home,
	)
	if err != nil {
		return err
	}
	if _, newErr := iam.NewGroupPoliciesExclusive(ctx, "guards", &iam.GroupPoliciesExclusiveArgs{
		GroupName: group.Name, PolicyNames: pulumi.StringArray{guard.Name},
	}, home); newErr != nil {
		return newErr
	}
	for _, name := range a.users {
		u, newErr := iam.NewUser(
			ctx,
			name,
			&iam.UserArgs{Name: pulumi.String(name), ForceDestroy: pulumi.Bool(true)},
			home,
		)
		if newErr != nil {
			return newErr
		}
		if _, newUserGroupMembershipErr := iam.NewUserGroupMembership(
			ctx,
			name,
			&iam.UserGroupMembershipArgs{User: u.Name, Groups: pulumi.StringArray{group.Name}},
			home,
		); newUserGroupMembershipErr != nil {
			return newUserGroupMembershipErr
		}
		role, newErr := iam.NewRole(ctx, name, &iam.RoleArgs{
			Name: pulumi.String(name + "-ops"), Path: pulumi.String("/guardrails/"),
			AssumeRolePolicy: u.Arn.ApplyT(func(arn string) string {
				return `{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow","Principal":{"AWS":"` + arn + `"},"Action":"sts:AssumeRole"}]}`
			}).(pulumi.StringOutput),
		}, home)
		if newErr != nil {
			return newErr
		}
		if _, attachErr := iam.NewRolePolicyAttachment(ctx, name, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/ReadOnlyAccess"),
		}, home); attachErr != nil {
			return attachErr
		}
	}
	caller, err := aws.GetCallerIdentity(ctx, nil, home)
	if err != nil {
		return err
	}
	ctx.Export("account", pulumi.String(caller.AccountId))
	return nil
}

const (
	readPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	session    = `{"schemaVersion":"1.0","description":"d","sessionType":"Standard_Stream","inputs":{"s3EncryptionEnabled":true,` +
		`"cloudWatchEncryptionEnabled":true,"cloudWatchStreamingEnabled":false,"runAsEnabled":true,"maxSessionDuration":"60"}}`
)

// The real engine deploys a small account, plans no change, changes what was edited, sees drift after a refresh,
// takes a leaver away who had enrolled, and destroys everything.
func TestTheRealEngineRunsOnTheSandbox(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := start(t, "", sandbox.Options{Account: "111122223333", State: filepath.Join(t.TempDir(), "aws.json")})
	require.NoError(t, err)
	a := &account{session: session, users: []string{"alice", "bob"}}
	st := stack(t, s, a.run)

	up, err := st.Up(ctx, optup.SuppressProgress())
	require.NoError(t, err)
	assert.Equal(t, "111122223333", up.Outputs["account"].Value)
	home := s.Snapshot().Accounts["111122223333"]
	assert.Len(t, home.Users, 2)
	assert.Len(t, home.Roles, 2)
	assert.Len(t, home.Documents, 2)
	assert.Equal(t, map[string]string{"By": "guardrails"}, home.Users["alice"].Tags)
	preview, err := st.Preview(ctx)
	require.NoError(t, err)
	assert.Equal(t, map[apitype.OpType]int{apitype.OpSame: 16}, preview.ChangeSummary, preview.StdOut)

	iamNow := s.IAM("111122223333")
	require.NoError(t, iamNow.PutPolicy(ctx, sandboxiam.KindGroup, "mfa", "foreign", readPolicy))
	require.NoError(t, iamNow.Enrol("bob", sandboxiam.Enrolment{Password: true, MFA: true, AccessKeys: 2}))
	_, err = st.Refresh(ctx, optrefresh.SuppressProgress())
	require.NoError(t, err)
	a.users, a.session = []string{"alice"}, session[:len(session)-len(`"60"}}`)]+`"30"}}`
	preview, err = st.Preview(ctx, optpreview.SuppressProgress())
	require.NoError(t, err)
	assert.Equal(
		t,
		map[apitype.OpType]int{apitype.OpSame: 9, apitype.OpUpdate: 3, apitype.OpDelete: 4},
		preview.ChangeSummary,
		preview.StdOut,
	)
	_, err = st.Up(ctx, optup.SuppressProgress())
	require.NoError(t, err)
	home = s.Snapshot().Accounts["111122223333"]
	assert.NotContains(t, home.Users, "bob")
	assert.Empty(t, home.MFADevices)
	assert.Len(t, home.Groups["mfa"].Inline, 1, "what others put into the group is gone")
	assert.Contains(t, home.Documents["us-east-1/SSM-SessionManagerRunShell"].Content(), `"30"`)

	_, err = st.Destroy(ctx, optdestroy.SuppressProgress())
	require.NoError(t, err)
	assert.Equal(t, cloud.AccountSnapshot{Partition: "aws"}.String(), s.Snapshot().Accounts["111122223333"].String())
}

// The engine stops at what AWS refuses, and goes on from there in the next run, also where the answer was lost on the
// way. Every run holds that a run goes on after what AWS refused (TestAFailedUpNamesTheResourceAndGoesOn, internal/workspace).
func TestTheEngineRecoversFromFaults(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	ctx := context.Background()
	s, err := start(t, "", sandbox.Options{Account: "111122223333", Faults: &api.Faults{Rules: []api.FaultRule{
		{Call: "CreateRole", Subject: "alice-ops", Fault: api.ThrottledForGood},
		{Call: "Create aws:iam/groupPolicy:GroupPolicy", Subject: "guard", Fault: api.LostReply},
	}}})
	require.NoError(t, err)
	a := &account{session: session, users: []string{"alice"}}
	st := stack(t, s, a.run)
	var out bytes.Buffer
	_, err = st.Up(ctx, optup.ProgressStreams(&out))
	require.Error(t, err)
	_, err = st.Up(ctx, optup.ProgressStreams(&out))
	require.NoError(t, err, out.String())
	home := s.Snapshot().Accounts["111122223333"]
	assert.Contains(t, home.Roles, "alice-ops")
	assert.Contains(t, home.Groups["mfa"].Inline, "guard")
}

// A provider for another account stops before anything is made. Every run holds the same of a shipped stack
// (TestAWrongAccountIsRefusedAndNothingIsMade).
func TestAWrongAccountMakesNothing(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	s, err := start(t, "stacks: {dev: \"444455556666\"}\n", sandbox.Options{Stack: "dev", Account: "111122223333"})
	require.NoError(t, err)
	st := stack(t, s, (&account{session: session, users: []string{"alice"}}).run)
	before := s.Snapshot()
	_, err = st.Up(context.Background(), optup.SuppressProgress())
	assert.ErrorContains(t, err, "AWS account ID not allowed: 444455556666")
	assert.Equal(t, before.String(), s.Snapshot().String())
}

// What exists in the account can be imported by a program that wants something else of it: one run adopts it and
// changes it in place. Every run holds that approval documents are adopted
// (TestApprovalDocumentsThatAnOlderStateLacksAreAdopted).
func TestTheEngineImportsWhatExistsAndChangesIt(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	ctx := context.Background()
	s, err := start(t, everything, sandbox.Options{Stack: "dev"})
	require.NoError(t, err)
	const shell = "SSM-SessionManagerRunShell"
	program := func(ctx *pulumi.Context) error {
		p, newErr := aws.NewProvider(ctx, "tokyo", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-1")})
		if newErr != nil {
			return newErr
		}
		_, newErr = ssm.NewDocument(ctx, "preferences", &ssm.DocumentArgs{
			Name: pulumi.String(shell), DocumentType: pulumi.String("Session"), Content: pulumi.String(session),
		}, pulumi.Provider(p), pulumi.Import(pulumi.ID(shell)))
		if newErr != nil {
			return newErr
		}
		_, newErr = iam.NewRole(ctx, "node", &iam.RoleArgs{
			Name: pulumi.String(
				"node",
			),
			Path:               pulumi.String("/nodes/"),
			Description:        pulumi.String("instances"),
			MaxSessionDuration: pulumi.Int(7200),
			Tags: pulumi.StringMap{
				"Project": pulumi.String("B"),
			},
			PermissionsBoundary: pulumi.String("arn:aws:iam::aws:policy/PowerUserAccess"),
			AssumeRolePolicy: pulumi.String(`{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:iam::444455556666:user/people/alice"},"Action":"sts:AssumeRole"}]}`),
		}, pulumi.Provider(p), pulumi.Import(pulumi.ID("node")))
		return newErr
	}
	st := stack(t, s, program)
	var out bytes.Buffer
	_, err = st.Up(ctx, optup.ProgressStreams(&out))
	require.NoError(t, err, out.String())
	home := s.Snapshot().Accounts["111122223333"]
	assert.Equal(t, session, home.Documents["ap-northeast-1/"+shell].Content())
	assert.Len(t, home.Documents["ap-northeast-1/"+shell].Versions, 2, "the document was replaced")
	assert.Equal(t, map[string]string{"Project": "B"}, home.Roles["node"].Tags)
	assert.Len(t, home.Roles["node"].Attached, 2, "the import detached policies")
	preview, err := st.Preview(ctx, optpreview.SuppressProgress())
	require.NoError(t, err)
	assert.Equal(t, map[apitype.OpType]int{apitype.OpSame: 4}, preview.ChangeSummary, preview.StdOut)
}
