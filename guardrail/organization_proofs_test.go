package guardrail_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// proven is the world of an organization without the roles that stand in the way of a role for emergencies: names are
// taken whatever their path.
func (o organization) proven(t testing.TB, change func(*world.Organization)) []prove.Finding {
	t.Helper()
	require.NoError(t, o.Policies.Validate())
	w := o.World(nil)
	for i := range w.Accounts {
		if w.Accounts[i].ID == accounts.Wild {
			w.Accounts[i].Roles = nil
		}
	}
	if change != nil {
		change(w.Organization)
	}
	engine, err := access.Compile(w)
	require.NoError(t, err)
	findings, err := claims.ProveOrganization(engine, o.Policies.Intent())
	require.NoError(t, err)
	return findings
}

// Every standing proof of the organization holds for what the components attach, as it is shipped and with every
// switch on.
func TestTheOrganizationPassesItsProofs(t *testing.T) {
	for name, o := range map[string]organization{"shipped": shippedOrganization(policy.AWS), "full": fullOrganization(policy.AWS), "China": fullOrganization(policy.AWSChina)} {
		t.Run(name, func(t *testing.T) {
			findings := o.proven(t, nil)
			seen := map[string]bool{}
			for _, f := range findings {
				assert.NotEqual(t, prove.DoesNotHold, f.Verdict, f.String())
				seen[f.ID] = true
			}
			assert.True(
				t,
				seen["doors-for-exempt-roles-only"] && seen["exempt-roles-are-protected"] &&
					seen["member-break-glass-not-locked-out"],
			)
		})
	}
}

// Each statement of the guardrails is missed by a proof when it is taken away.
func TestEveryStatementOfTheOrganizationIsMissedByAProof(t *testing.T) {
	o := fullOrganization(policy.AWS)
	plan, err := o.Policies.Plan()
	require.NoError(t, err)
	for _, planned := range plan.Policies {
		for _, statement := range planned.Document.Statements {
			findings := o.proven(t, func(org *world.Organization) { dropStatement(&org.Root, statement.Sid) })
			missed := false
			for _, f := range findings {
				missed = missed || f.Verdict == prove.DoesNotHold
			}
			assert.True(t, missed, "nothing misses %s", statement.Sid)
		}
	}
}

func dropStatement(u *world.Unit, sid string) {
	for i := range u.Policies {
		var kept []policy.Statement
		for _, s := range u.Policies[i].Document.Statements {
			if s.Sid != sid {
				kept = append(kept, s)
			}
		}
		u.Policies[i].Document.Statements = kept
	}
	for i := range u.Units {
		dropStatement(&u.Units[i], sid)
	}
}

// An MFA group at a path of its own is protected where the guardrails know of it, and the proof misses it where they
// do not.
func TestAnMFAGroupAtAnotherPathIsProtectedByItsARN(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	o.Group.Path = "/people/"
	arn := o.Group.ARN()
	takeApart := func() access.Decision {
		return decided(
			t,
			o.engine(t),
			o.Session(accounts.Home, "Administrator"),
			call("iam:RemoveUserFromGroup", nil, arn),
		)
	}
	require.True(t, takeApart().Allowed(), "the guardrails do not know of the path")
	o.Policies.MFAGroups = []string{arn}
	assert.Equal(t, "DenyChangingMFAGroup", takeApart().By.Sid)
	known := o.Policies.Intent()
	o.Policies.MFAGroups = nil
	findings, err := claims.ProveOrganization(o.engine(t), known)
	require.NoError(t, err)
	failed := map[string]bool{}
	for _, f := range findings {
		if f.Verdict == prove.DoesNotHold {
			failed[f.ID] = true
		}
	}
	assert.True(t, failed["mfa-group-is-protected"])
}
