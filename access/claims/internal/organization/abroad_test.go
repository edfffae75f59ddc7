package organization_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// Root users and whoever an account can have call resources of other accounts too: a guardrail that leaves those out
// shuts what is asked about only if the policy of the resource does. Services without such policies are at home.
func TestAnOrganizationAsksAboutResourcesOfOtherAccounts(t *testing.T) {
	const elsewhere = "999999999999"
	but := func(resource string, actions ...string) policy.Document {
		return policy.New(policy.Statement{
			Sid: "But", Effect: policy.EffectDeny, Actions: actions, NotResources: []string{resource},
		})
	}
	exempt := []string{anywhere("role/OSAccess")}
	in := intent.Organization{
		Doors: &intent.Doors{
			Accounts: []string{fixture.Members}, Sessions: exempt, OtherDoors: exempt, RemoteExecution: exempt,
		},
		RootAccounts: []string{fixture.Members},
	}
	for name, c := range map[string]struct {
		scp         policy.Document
		root, doors prove.Verdict
	}{
		"a key elsewhere": {but("arn:aws:kms:us-east-1:"+elsewhere+":key/*", "*"), prove.HoldsIf, prove.Holds},
		"containers elsewhere": {but("arn:aws:ecs:us-east-1:"+elsewhere+":*", "*"), prove.HoldsIf,
			prove.HoldsIf},
		"nodes elsewhere": {but("arn:aws:ec2:us-east-1:"+elsewhere+":instance/*", "*"), prove.Holds, prove.Holds},
		"a key of its own": {but("arn:aws:kms:us-east-1:"+fixture.Members+":key/*", "*"), prove.DoesNotHold,
			prove.Holds},
		"nothing": {policy.New(policy.Deny("All", "*").On("*")), prove.Holds, prove.Holds},
	} {
		r := proveOrganization(t, organizationOf(c.scp), in)
		root := claimtest.Finding(t, r, "root-only-in-central-sessions", fixture.Members)
		assert.Equal(t, c.root, root.Verdict, "%s: %s", name, root)
		doors := claimtest.Finding(t, r, "doors-for-exempt-roles-only", fixture.Members)
		assert.Equal(t, c.doors, doors.Verdict, "%s: %s", name, doors)
		for _, f := range []prove.Finding{root, doors} {
			if f.Verdict == prove.HoldsIf {
				require.NotEmpty(t, f.Assumptions)
				assert.Contains(t, f.Assumptions[0].Text, "the policy of a resource of another account", name)
			}
		}
	}
}
