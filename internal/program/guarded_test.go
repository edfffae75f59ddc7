package program

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace/urn"
)

// free are the components whose resources of a type that is guarded in others may go by an edit, with the reason.
var free = map[[2]string]string{
	{token.IAMRole, components.AccessGrantToken}:                   "grants come and go",
	{token.IAMRolePolicyAttachment, components.AccessGrantToken}:   "grants come and go, and their roles with them",
	{token.IAMRolePolicyAttachment, components.DelegatedRoleToken}: "access gets less without it",
	{token.IAMRolePolicyAttachment, components.OSAccessToken}:      "access gets less without it",
	{token.IAMRolePolicy, components.DelegatedRoleToken}:           "it is sourceNetworks of the role, as the file has them",
	{token.IAMRolePolicy, components.OperationRolesToken}:          "it goes when a role has one project in place of several, and has the shared Denies then",
	{token.IAMPolicy, components.ManagedPolicyToken}:               "whoever carries it, or is bounded by it, is edited too",
	{token.IAMPolicy, components.JustInTimeToken}:                  "access gets less without it",
	{token.IAMPolicy, components.SessionPreferencesToken}:          "access gets less without it",
	{token.SSMDocument, components.SessionDocumentToken}:           "a role that lists it is edited too, and it opens nothing by itself",
}

// An edit that takes away what binds people, or a way in, is refused until it is named: of each component that makes a
// resource of a guarded type, the type says what is lost, or the table above why nothing is.
func TestEveryComponentIsGuardedOrSaysWhyNot(t *testing.T) {
	found := map[[2]string]bool{}
	for _, pattern := range []string{"Pulumi.*.yaml", "examples/*/Pulumi.*.yaml"} {
		files, err := filepath.Glob(testkit.Path(t, pattern))
		require.NoError(t, err)
		for _, file := range files {
			shipped, problems := stack.ReadFile(file)
			require.NoError(t, problems.Err())
			made, err := Resources("guardrails", shipped)
			require.NoError(t, err)
			for _, r := range made {
				component, typ, _ := urn.Split(string(r.URN))
				facts, _ := awstype.TypeOf(typ)
				if len(facts.Guards) == 0 {
					continue
				}
				guards := false
				for _, g := range facts.Guards {
					guards = guards || g.Component == component
				}
				pair := [2]string{typ, component}
				if found[pair] = true; !guards {
					assert.Contains(t, free, pair, "write a Guard of %s for %s, or why none is needed", typ, component)
				}
			}
		}
	}
	for pair := range free {
		assert.True(t, found[pair], "no %s is made by %s", pair[0], pair[1])
	}
}
