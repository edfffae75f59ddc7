package against

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/testkit"
)

// identityCenterFile is a stack with an instance of IAM Identity Center; 999999999999 has no stack.
const identityCenterFile = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333", alias: center}
  guardrails:sessions: {regions: [ap-northeast-1]}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    users: {dave: f81d4fae-7dec-11d0-a765-00a0c91e6bf6}
    groups: {operators: a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f, auditors: 0b1c2d3e-4f5a-6b7c-8d9e-0f1a2b3c4d5e}
    attributes:
      SSMSessionRunAs: ${path:userName}
      Project: ${path:enterprise.department}
      Cost: ${path:enterprise.costCenter}
    permissionSets:
      - name: Operator
        template: operation
        assignments:
          - {group: operators, accounts: [center]}
      - name: Viewer
        template: readOnly
        sessionDuration: 8h
        assignments:
          - {group: auditors, accounts: [center]}
`

// centerSide is the documents of a stack file, without its proofs.
func centerSide(t *testing.T, edits ...edit) *change.Side {
	t.Helper()
	dir := t.TempDir()
	require.NoError(
		t,
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: guardrails\nruntime: go\n"), 0o600),
	)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.center.yaml"), []byte(identityCenterFile), 0o600))
	testkit.EditFiles(t, dir, edits...)
	stacks := stacksOf(t, dir)
	s := &change.Side{
		Name:        "side",
		World:       judge.World(stacks...),
		Stacks:      map[string]string{"111122223333": "center"},
		ProjectTags: map[string]string{},
	}
	s.AddIdentityCenter(stacks[0])
	return s
}

// A change of IAM Identity Center is told as what a group or a user gains and loses, by the words of the stack file.
func TestChangesOfIdentityCenterAreToldOfGroupsAndUsers(t *testing.T) {
	const (
		file      = "Pulumi.center.yaml"
		operators = "operators (group of IAM Identity Center)"
		auditors  = "auditors (group of IAM Identity Center)"
		dave      = "dave (IAM Identity Center)"
		operator  = "          - {group: operators, accounts: [center]}\n"
	)
	for name, c := range map[string]struct {
		edit edit
		says []string
	}{
		"an assignment to a user": {edit{file, operator, operator + "          - {user: dave, accounts: [center]}\n"},
			[]string{
				"+ " + dave + " gains the permission set center/Operator, and with it shell as dave on nodes of " +
					"${path:enterprise.department} in ap-northeast-1",
				"signs in to IAM Identity Center > takes center/Operator > shell as dave",
			}},
		"an assignment that ends": {edit{file, "        assignments:\n" + operator, ""},
			[]string{"- " + operators + " loses the permission set center/Operator"}},
		"an assignment where no stack is": {edit{file, operator,
			"          - {group: operators, accounts: [center, \"999999999999\"]}\n"}, []string{
			"+ " + operators + " gains the permission set 999999999999/Operator, in 999999999999",
		}},
		"another template": {edit{file, "template: operation", "template: readOnly"}, []string{
			"- " + operators + " loses shell as ${path:userName} on nodes of ${path:enterprise.department}",
			"permission set Operator (" + operators + ") of center carries ViewOnlyAccess too",
		}},
		"another session length": {edit{file, "sessionDuration: 8h", "sessionDuration: 12h"}, []string{
			"permission set Viewer (" + auditors + ") of center has the longest session 12h, and had 8h",
		}},
		"another source of the OS user": {edit{file, "SSMSessionRunAs: ${path:userName}",
			"SSMSessionRunAs: ${path:nickName}"}, []string{
			"+ " + operators + " gains shell as ${path:nickName} on nodes of ${path:enterprise.department}",
			"- " + operators + " loses shell as ${path:userName} on nodes of ${path:enterprise.department}",
			"IAM Identity Center of center has the source of the session tag SSMSessionRunAs ${path:nickName}, and " +
				"had ${path:userName}",
		}},
		"another source of the project": {edit{file, "Project: ${path:enterprise.department}",
			"Project: ${path:enterprise.division}"}, []string{
			"+ " + operators + " gains shell as ${path:userName} on nodes of ${path:enterprise.division}",
			"- " + operators + " loses shell as ${path:userName} on nodes of ${path:enterprise.department}",
		}},
		"an attribute that goes": {edit{file, "      Cost: ${path:enterprise.costCenter}\n", ""}, []string{
			"gives nobody the session tag Cost any more: an identity provider chooses it",
		}},
		"another person of the same name": {edit{file, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
			"f81d4fae-7dec-11d0-a765-00a0c91e6bf7"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := change.Compare(centerSide(t), centerSide(t, c.edit), someDay, nil)
			require.NoError(t, err)
			text := textOf(t, r)
			for _, said := range c.says {
				assert.Contains(t, text, said)
			}
			assert.Equal(t, len(c.says) == 0, r.NoOne, text)
			assert.NotContains(t, text, "AWSReservedSSO_", "the names of roles are AWS's")
			assert.NotContains(t, text, "saml-provider")
		})
	}
	r, err := change.Compare(
		centerSide(t),
		centerSide(t, edit{file, operator, strings.Replace(operator, "operators", "auditors", 1)}),
		someDay,
		nil,
	)
	require.NoError(t, err)
	require.Len(t, r.People, 2)
	assert.True(t, r.People[0].PermissionSet && r.People[1].PermissionSet)
}
