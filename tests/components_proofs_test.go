package tests

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
	"aws-access-guardrails/policy"
)

// intent is what the account is for.
func (f accountFixture) intent() intent.Account {
	in := intent.Account{Account: f.group.Account.ID}
	f.group.AddIntent(&in)
	for _, user := range f.users {
		user.AddIntent(&in)
	}
	f.roles.AddIntent(&in)
	for i, role := range f.delegated {
		role.AddIntent(fmt.Sprintf("delegatedRoles[%d]", i), &in)
		in.Administrators = append(in.Administrators, role.RoleARN())
	}
	f.sessions.AddIntent(&in)
	return in
}

// onePath puts everybody at "/".
func onePath(f accountFixture) accountFixture {
	f.group.UserPaths, f.roles.UserPaths = nil, nil
	for _, user := range f.users {
		user.Path = ""
	}
	return f
}

// Every standing proof holds of what the components deploy, in every partition; what is waived is what a switch
// opens, by its key.
func TestTheStandingProofsHoldOfWhatIsDeployed(t *testing.T) {
	for _, partition := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for name, c := range map[string]struct {
			fixture accountFixture
			waived  []string
		}{
			"plain": {plainAccount(partition), nil},
			"full": {onePath(fullAccount(partition)),
				[]string{"mfa.firstPasswordChange", "operationRoles[1].sessionName"}},
		} {
			engine, err := access.Compile(access.World{Accounts: []world.Account{c.fixture.world()}})
			require.NoError(t, err)
			report, err := claims.Prove(engine, c.fixture.intent())
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
