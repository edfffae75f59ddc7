package components_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
)

// awaited are the outputs of a program, and the resources that each of them waits for.
type awaited struct {
	values  map[string]any
	waitFor map[string][]pulumi.Resource
}

func await(outputs map[string]pulumi.Output) (awaited, error) {
	got := awaited{values: map[string]any{}, waitFor: map[string][]pulumi.Resource{}}
	for name, output := range outputs {
		result, err := internals.UnsafeAwaitOutput(context.Background(), output)
		if err != nil {
			return got, err
		}
		got.values[name] = result.Value
		got.waitFor[name] = append(got.waitFor[name], result.Dependencies...)
	}
	return got, nil
}

// The roles of the full account.
const (
	ownRole  = "arn:aws:iam::" + accounts.Home + ":role/guardrails/operation/" + accounts.FirstRole
	theRole2 = "arn:aws:iam::" + accounts.Home + ":role/guardrails/operation/second"
	adminArn = "arn:aws:iam::" + accounts.Home + ":role/guardrails/delegated/AdminRole"
)

// Outputs are names and ARNs, and what reads the name of the group or of a user waits for the guard or the membership.
func TestOutputsNameWhatWasMade(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	f.Sessions.Regions = f.Sessions.Regions[:1]
	var got awaited
	_, err := mocks.Run(func(ctx *pulumi.Context) error {
		group, err := components.NewMFAGroup(ctx, "mfa", f.Group)
		if err != nil {
			return err
		}
		carol, err := components.NewUser(ctx, "user-carol", f.Users[3])
		if err != nil {
			return err
		}
		roles, err := components.NewOperationRoles(ctx, "operation", f.Roles, nil)
		if err != nil {
			return err
		}
		admin, err := components.NewDelegatedRole(ctx, "delegated-AdminRole", f.Delegated[0], nil)
		if err != nil {
			return err
		}
		sessions, err := components.NewSessionPreferences(ctx, "sessions", f.Sessions, nil)
		if err != nil {
			return err
		}
		got, err = await(map[string]pulumi.Output{
			"groupName":    group.GroupName,
			"groupArn":     group.GroupARN,
			"userName":     carol.UserName,
			"userArn":      carol.UserARN,
			"roleArns":     roles.RoleARNs,
			"policyArns":   roles.PolicyARNs,
			"roleName":     admin.RoleName,
			"roleArn":      admin.RoleARN,
			"documentArns": sessions.DocumentARNs,
		})
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"groupName": "guardrails-mfa",
		"groupArn":  "arn:aws:iam::111122223333:group/guardrails/guardrails-mfa",
		"userName":  "carol",
		"userArn":   "arn:aws:iam::111122223333:user/people/carol",
		"roleArns":  map[string]string{accounts.FirstRole: ownRole, "second": theRole2},
		"policyArns": map[string]string{
			"guardrails-operation-guard":      "arn:aws:iam::111122223333:policy/guardrails/guardrails-operation-guard",
			"guardrails-operation-sessions":   "arn:aws:iam::111122223333:policy/guardrails/guardrails-operation-sessions",
			"guardrails-operation-start-stop": "arn:aws:iam::111122223333:policy/guardrails/guardrails-operation-start-stop",
		},
		"roleName": "AdminRole",
		"roleArn":  adminArn,
		"documentArns": map[string]string{
			"ap-northeast-1": "arn:aws:ssm:ap-northeast-1:111122223333:document/SSM-SessionManagerRunShell",
		},
	}, got.values)
	require.NotEmpty(t, got.waitFor["groupName"])
	require.NotEmpty(t, got.waitFor["userName"])
	assert.Contains(t, typesOf(got.waitFor["groupName"]), "*iam.GroupPolicy")
	assert.Contains(t, typesOf(got.waitFor["userName"]), "*iam.UserGroupMembership")
}

func typesOf(resources []pulumi.Resource) []string {
	var types []string
	for _, r := range resources {
		types = append(types, fmt.Sprintf("%T", r))
	}
	return types
}

// The ARNs that Args foretell are those that AWS returns.
func TestForetoldARNsAreThoseThatAreMade(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	assert.Equal(t, ownRole, f.Roles.RoleARN(f.Roles.Roles[0]))
	assert.Equal(t, theRole2, f.Roles.RoleARN(f.Roles.Roles[1]))
	assert.Equal(t, adminArn, f.Delegated[0].RoleARN())
	rec := deployed(t, f)
	for _, name := range []string{"AdministratorAccess", "job-function/Billing", "own/team/Extra"} {
		r := resourceNamed(t, rec, attachmentType, "delegated-AdminRole-attachment-"+name)
		assert.Contains(t, f.Delegated[0].PolicyARNs(), r.String("policyArn"))
	}
}
