package guardrail_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// intentOf is what the account is for.
func intentOf(f accounts.Account) intent.Account {
	in := intent.Account{Account: f.Group.Account.ID}
	f.Group.AddIntent(&in)
	for _, user := range f.Users {
		user.AddIntent(&in)
	}
	f.Roles.AddIntent(&in)
	for i, role := range f.Delegated {
		role.AddIntent(fmt.Sprintf("delegatedRoles[%d]", i), &in)
		in.Administrators = append(in.Administrators, role.RoleARN())
	}
	f.Sessions.AddIntent(&in)
	return in
}

// onePath puts everybody at "/".
func onePath(f accounts.Account) accounts.Account {
	f.Group.UserPaths, f.Roles.UserPaths = nil, nil
	for _, user := range f.Users {
		user.Path = ""
	}
	return f
}

// Every standing proof holds of what the components deploy, in every partition; what is waived is what a switch
// opens, by its key.
func TestTheStandingProofsHoldOfWhatIsDeployed(t *testing.T) {
	for _, partition := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for name, c := range map[string]struct {
			fixture accounts.Account
			waived  []string
		}{
			"plain": {accounts.PlainAccount(partition), nil},
			"full": {onePath(accounts.FullAccount(partition)),
				[]string{"mfa.firstPasswordChange", "operationRoles[1].sessionName"}},
		} {
			engine, err := access.Compile(access.World{Accounts: []world.Account{c.fixture.World()}})
			require.NoError(t, err)
			report, err := claims.Prove(engine, intentOf(c.fixture))
			require.NoError(t, err)
			waived := map[string]bool{}
			for _, finding := range report.Findings {
				assert.NotEqual(t, prove.DoesNotHold, finding.Verdict, "%s/%s: %s", partition, name, finding)
				for _, waiver := range finding.Waivers {
					waived[waiver.Key] = true
				}
			}
			for _, key := range c.waived {
				assert.True(t, waived[key], "%s/%s: %s is not waived", partition, name, key)
				delete(waived, key)
			}
			assert.Empty(t, waived, "%s/%s", partition, name)
		}
	}
}
