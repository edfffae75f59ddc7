package components_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/mocks"
)

type box struct{ pulumi.ResourceState }

const boxType = "guardrails:test:Box"

// The recorder sees every option that a test of a component asks about.
func TestEveryOptionOfARegistrationIsRecorded(t *testing.T) {
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		parent := &box{}
		if err := ctx.RegisterComponentResource(boxType, "parent", parent); err != nil {
			return err
		}
		group, err := iam.NewGroup(
			ctx,
			"group",
			&iam.GroupArgs{Name: pulumi.String("team"), Path: pulumi.String("/a/")},
			pulumi.Parent(parent),
		)
		if err != nil {
			return err
		}
		_, err = iam.NewUser(
			ctx,
			"user",
			&iam.UserArgs{
				Name: pulumi.String(
					"alice",
				),
				ForceDestroy: pulumi.Bool(true),
				Tags:         pulumi.StringMap{"Email": pulumi.String("alice@example.com")},
			},
			pulumi.Parent(parent),
			pulumi.DependsOn([]pulumi.Resource{group}),
			pulumi.Protect(true),
			pulumi.RetainOnDelete(true),
			pulumi.Aliases(
				[]pulumi.Alias{{Name: pulumi.String("person")}},
			),
			pulumi.IgnoreChanges([]string{`tags["Email"]`}),
			pulumi.Import(pulumi.ID("alice")),
		)
		if err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(parent, pulumi.Map{})
	})
	require.NoError(t, err)

	user, found := rec.Named("aws:iam/user:User", "user")
	require.True(t, found)
	assert.Equal(t, "urn:pulumi:dev::guardrails::guardrails:test:Box$aws:iam/user:User::user", string(user.URN))
	assert.Equal(t, "parent", user.ParentName())
	assert.True(t, user.Custom)
	require.NotNil(t, user.Protect)
	assert.True(t, *user.Protect)
	require.NotNil(t, user.Retain)
	assert.True(t, *user.Retain)
	assert.Equal(t, []string{"person"}, user.Aliases)
	assert.True(t, user.DependsOn("aws:iam/group:Group", "group"))
	assert.False(t, user.DependsOn("aws:iam/group:Group", "other"))
	assert.Equal(t, []string{`tags["Email"]`}, user.IgnoreChanges)
	assert.Equal(t, "alice", user.ImportID)
	assert.Equal(t, "alice", user.String("name"))
	assert.True(t, user.Bool("forceDestroy"))
	assert.Equal(t, map[string]string{"Email": "alice@example.com"}, user.Map("tags"))

	group, found := rec.Named("aws:iam/group:Group", "group")
	require.True(t, found)
	assert.Nil(t, group.Protect)
	assert.Nil(t, group.Retain)
	assert.Empty(t, group.Dependencies)

	parent, found := rec.Named(boxType, "parent")
	require.True(t, found)
	assert.False(t, parent.Custom)
	assert.Empty(t, parent.ParentName())
	assert.Equal(t, 2, rec.OutputsRegistered(), "the component and the stack")
}

// A dependency that arises from reading an output is recorded like one that was told.
func TestReadingAnOutputIsADependency(t *testing.T) {
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		role, err := iam.NewRole(
			ctx,
			"role",
			&iam.RoleArgs{
				Name:               pulumi.String("ops"),
				AssumeRolePolicy:   pulumi.String("{}"),
				MaxSessionDuration: pulumi.Int(3600),
			},
		)
		if err != nil {
			return err
		}
		_, err = iam.NewRolePolicyAttachmentsExclusive(ctx, "attached", &iam.RolePolicyAttachmentsExclusiveArgs{
			RoleName: role.Name, PolicyArns: pulumi.StringArray{role.Arn},
		})
		return err
	}, mocks.Account("444455556666", "aws-cn", "cn-north-1"))
	require.NoError(t, err)
	attached, found := rec.Named("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "attached")
	require.True(t, found)
	assert.True(t, attached.DependsOn("aws:iam/role:Role", "role"))
	assert.Equal(t, []string{"arn:aws-cn:iam::444455556666:role/ops"}, attached.Strings("policyArns"))
	role, _ := rec.Named("aws:iam/role:Role", "role")
	assert.Equal(t, 3600, role.Number("maxSessionDuration"))
}

// A failure hits the resource that it names, and what was registered before is still there to look at.
func TestAFailureIsInjectedByTypeAndName(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		first, err := iam.NewGroup(ctx, "first", nil)
		if err != nil {
			return err
		}
		_, err = iam.NewGroup(ctx, "second", nil, pulumi.DependsOn([]pulumi.Resource{first}))
		return err
	}
	rec, err := mocks.Run(program, mocks.Fail("aws:iam/group:Group", "second", errors.New("Throttling: rate exceeded")))
	require.ErrorContains(t, err, "Throttling: rate exceeded")
	require.Len(t, rec.Resources(), 1)
	assert.Equal(t, "first", rec.Resources()[0].Name)

	rec, err = mocks.Run(program, mocks.Fail("aws:iam/group:Group", "", errors.New("AccessDenied")))
	require.ErrorContains(t, err, "AccessDenied")
	assert.Empty(t, rec.Resources())
}

// The error of a program comes back as itself, so that tests can look into it.
func TestTheErrorOfTheProgramComesBack(t *testing.T) {
	refused := errors.New("refused")
	rec, err := mocks.Run(func(*pulumi.Context) error { return refused })
	require.ErrorIs(t, err, refused)
	assert.Empty(t, rec.Resources())
}

// Configuration and preview reach the program the way the engine gives them.
func TestConfigAndPreviewReachTheProgram(t *testing.T) {
	var got string
	var preview bool
	_, err := mocks.Run(func(ctx *pulumi.Context) error {
		got, _ = ctx.GetConfig("guardrails:greeting")
		preview = ctx.DryRun()
		return nil
	}, mocks.Config(map[string]string{"guardrails:greeting": "hello"}), mocks.Preview())
	require.NoError(t, err)
	assert.Equal(t, "hello", got)
	assert.True(t, preview)
}

// The identity that AWS answers with is the one that the test set, and a function without an answer fails the program.
func TestFunctionsAnswerForTheAccountOfTheTest(t *testing.T) {
	var account string
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		identity, err := aws.GetCallerIdentity(ctx, nil)
		if err != nil {
			return err
		}
		account = identity.AccountId
		_, err = aws.GetBillingServiceAccount(ctx, nil)
		return err
	}, mocks.Account("444455556666", "aws", "us-east-1"))
	require.ErrorContains(t, err, "no answer for aws:index/getBillingServiceAccount")
	assert.Equal(t, "444455556666", account)
	assert.Len(t, rec.Calls(), 2)
}
