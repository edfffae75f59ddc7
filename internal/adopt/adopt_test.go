package adopt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/adopt"
	"aws-access-guardrails/internal/edit"
)

const (
	stackFile = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
  guardrails:users: [{name: alice}]
  guardrails:operationRoles: [{users: [alice], project: Shop, runAs: operator}]
`
	roleARN     = "arn:aws:iam::111122223333:role/guardrails/operation/Shop-operator"
	documentARN = "arn:aws:ssm:ap-northeast-1:111122223333:document/SSM-SessionManagerRunShell"
	saved       = `{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":true,"idleSessionTimeout":"20"}}`
)

// planOf is the plan for what exists beside the stack file, with the file that it leads to.
func planOf(t *testing.T, existing adopt.Existing, selected adopt.Selection) (*adopt.Plan, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(path, []byte(stackFile), 0o644))
	file, err := edit.Open(path)
	require.NoError(t, err)
	plan := adopt.Make(file, &existing, selected)
	change, err := file.Add(plan.Additions...)
	require.NoError(t, err)
	return plan, change.Diff()
}

// What an import would replace, remove or confuse is refused with the reason, and nothing is written about it.
func TestWhatWouldBeLostIsRefused(t *testing.T) {
	const boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
	for _, c := range []struct {
		name     string
		existing adopt.Existing
		what     string
		why      []string
	}{
		{"a role under another path",
			adopt.Existing{Roles: []adopt.Role{{Name: "Shop-operator", Path: "/",
				ARN: "arn:aws:iam::111122223333:role/Shop-operator"}}},
			"role Shop-operator", []string{"lies under /", "/guardrails/operation/", "do not move"}},
		{"a role in another case",
			adopt.Existing{Roles: []adopt.Role{{Name: "shop-operator", Path: "/guardrails/operation/",
				ARN: roleARN}}}, "role shop-operator", []string{"differ by case"}},
		{"a role with a boundary",
			adopt.Existing{Roles: []adopt.Role{{Name: "Shop-operator", Path: "/guardrails/operation/", ARN: roleARN,
				Boundary: boundary}}},
			"role Shop-operator", []string{boundary, "would be removed"}},
		{"a user with a boundary",
			adopt.Existing{Users: []adopt.User{{Name: "alice", Path: "/", Boundary: boundary}},
				AllUsers: []string{"alice"}}, "user alice", []string{boundary}},
		{"a user in another case", adopt.Existing{AllUsers: []string{"Alice"}}, "user Alice",
			[]string{"as alice", "differ by case"}},
		{"a policy with a description", adopt.Existing{Policies: []adopt.Policy{{Name: "guardrails-operation-guard",
			ARN: "arn:aws:iam::111122223333:policy/guardrails/guardrails-operation-guard", Description: "old"}}}, "policy guardrails-operation-guard", []string{"description"}},
		{"preferences with an unknown key",
			adopt.Existing{Preferences: []adopt.Preferences{{Region: "ap-northeast-1", ARN: documentARN,
				Content: strings.Replace(saved, `"runAsEnabled"`, `"newFeature":true,"runAsEnabled"`,
					1)}}}, "preferences of ap-northeast-1", []string{"inputs.newFeature", "cannot say"}},
		{"a document of another kind",
			adopt.Existing{Preferences: []adopt.Preferences{{Region: "ap-northeast-1", ARN: documentARN,
				Content: strings.Replace(saved, "Standard_Stream", "Port",
					1)}}}, "preferences of ap-northeast-1", []string{`"Port"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, diff := planOf(t, c.existing, adopt.Selection{})
			require.Len(t, plan.Refused, 1)
			assert.Equal(t, c.what, plan.Refused[0].What)
			for _, word := range c.why {
				assert.Contains(t, plan.Refused[0].Why, word)
			}
			assert.True(t, plan.Nothing())
			assert.Empty(t, diff)
			assert.Empty(t, plan.Adopted)
		})
	}
}

// What the state of the stack has is not adopted, whatever it looks like.
func TestWhatTheStackMadeIsNotAdopted(t *testing.T) {
	plan, _ := planOf(t, adopt.Existing{
		Preferences: []adopt.Preferences{{Region: "ap-northeast-1", ARN: documentARN, Content: saved}},
		Roles:       []adopt.Role{{Name: "Shop-operator", Path: "/", ARN: roleARN}},
		Managed:     map[string]bool{documentARN: true, roleARN: true}, RolesOfGuardrails: []string{roleARN},
	}, adopt.Selection{})
	assert.True(t, plan.Nothing())
	assert.Empty(t, plan.Adopted)
	assert.Empty(t, plan.Refused)
	assert.Empty(t, plan.Left)
}

// A user whom the file does not have is taken where somebody asks for it, with everything that a stack file can say
// of the user.
func TestAnotherUserIsTakenOnRequest(t *testing.T) {
	bob := adopt.User{Name: "bob", Path: "/staff/", ARN: "arn:aws:iam::111122223333:user/staff/bob",
		Tags: map[string]string{"Email": "bob@example.com", "DisplayName": "Bob", "Floor": "3"}}
	plan, diff := planOf(t, adopt.Existing{AllUsers: []string{"bob"}}, adopt.Selection{})
	assert.Empty(t, diff)
	require.Len(t, plan.Left, 1)
	assert.Contains(t, plan.Left[0].Why, "--user bob")

	_, diff = planOf(
		t,
		adopt.Existing{AllUsers: []string{"bob"}, Users: []adopt.User{bob}},
		adopt.Selection{Users: []string{"bob"}},
	)
	assert.Contains(
		t,
		diff,
		`[{name: bob, path: /staff/, displayName: Bob, email: bob@example.com, tags: {Floor: "3"}}, {name: alice}]`,
	)
	assert.Contains(t, diff, "+     users: [bob]\n")

	plan, _ = planOf(t, adopt.Existing{AllUsers: []string{"alice"}}, adopt.Selection{Users: []string{"carol"}})
	require.Len(t, plan.Refused, 1)
	assert.Contains(t, plan.Refused[0].Why, "has none of this name")
}

// A value for which the file would be refused is not written; up changes it, and that is said.
func TestAValueThatWouldBeRefusedIsChangedByUp(t *testing.T) {
	plan, diff := planOf(t, adopt.Existing{Preferences: []adopt.Preferences{
		{
			Region:  "ap-northeast-1",
			ARN:     documentARN,
			Content: `{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":false,"kmsKeyId":"alias/sessions","idleSessionTimeout":"15","maxSessionDuration":"90"}}`,
		},
	}},
		adopt.Selection{})
	assert.Equal(t, []string{"sessions.maxDuration: 90m"}, plan.Adopted[0].Written)
	assert.Equal(
		t,
		[]string{"sessions.runAs.enabled is false, becomes true", "sessions.kmsKeyId is alias/sessions, becomes empty"},
		plan.Adopted[0].Changes,
	)
	assert.NotContains(t, diff, "runAs")
}

// A question without an answer is told, and is no absence.
func TestWhatCouldNotBeReadIsTold(t *testing.T) {
	plan, _ := planOf(
		t,
		adopt.Existing{Unread: []adopt.Unread{{What: "role Shop-operator", Why: "AccessDenied"}}},
		adopt.Selection{},
	)
	var text strings.Builder
	require.NoError(t, plan.WriteText(&text))
	assert.Contains(t, text.String(), "may exist, and could not be read\n    ? role Shop-operator: AccessDenied\n")
}
