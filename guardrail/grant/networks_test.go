package grant_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// heldToTheOffice is the template of which everything is assumed and used from one network.
func heldToTheOffice() openings {
	t := newTemplate()
	office := guardrail.SourceNetworks{"203.0.113.0/24"}
	t.osAccess.SourceNetworks, t.delegated.SourceNetworks = office, office
	for i := range t.operations.Roles {
		t.operations.Roles[i].SourceNetworks = office
	}
	return t
}

// A grant of every kind, for every kind of person, opens from the networks of what it opens and from no other one, and
// the proof misses either half of what says so.
func TestAGrantHasTheNetworksOfWhatItOpens(t *testing.T) {
	office := heldToTheOffice()
	grants := office.grants(from, until)
	w := office.world(grants)
	engine, err := access.Compile(w)
	require.NoError(t, err)
	about := func(e *access.Engine) map[string]prove.Verdict {
		report, err := claims.Prove(e, office.intent(grants))
		require.NoError(t, err)
		found := map[string]prove.Verdict{}
		for _, f := range report.Findings {
			if f.ID == "source-networks-only" {
				found[f.Subject] = f.Verdict
			}
		}
		return found
	}
	proven := about(engine)
	for _, g := range grants {
		require.NoError(t, g.Validate(), "%s of %s", g.Opens, g.Person)
		assert.Equal(t, prove.Holds, proven[g.RoleARN()], "%s of %s", g.Opens, g.Person)
		for address, open := range map[string]bool{"": true, "203.0.113.7": true, "198.51.100.7": false} {
			j := office.way(g, from)
			if address != "" {
				j.Network = access.Context{"aws:SourceIp": {address}}
			}
			arrival, err := journey.Walk(engine, j)
			require.NoError(t, err)
			assert.Equal(t, open, arrival.Allowed(), "%s of %s from %q: %s", g.Opens, g.Person, address, arrival)
		}
		for half, take := range map[string]func(*world.Role){
			"assuming": func(r *world.Role) { r.Trust = withoutSid(r.Trust, "DenyAssumingFromOtherNetworks") },
			"use": func(r *world.Role) {
				r.Inline = slices.Clone(r.Inline)
				for i := range r.Inline {
					r.Inline[i].Document = withoutSid(r.Inline[i].Document, "DenyEverythingFromOtherNetworks")
				}
			},
		} {
			changed := w
			changed.Accounts = slices.Clone(w.Accounts)
			changed.Accounts[1].Roles = slices.Clone(w.Accounts[1].Roles)
			own := slices.IndexFunc(w.Accounts[1].Roles, func(r world.Role) bool { return r.Name == g.RoleName() })
			take(&changed.Accounts[1].Roles[own])
			weaker, err := access.Compile(changed)
			require.NoError(t, err)
			assert.Equal(t, prove.DoesNotHold, about(weaker)[g.RoleARN()], "%s of %s: %s", g.Opens, g.Person, half)
		}
	}
}

// withoutSid is a document without one of its statements.
func withoutSid(d policy.Document, sid string) policy.Document {
	return policy.New(slices.DeleteFunc(slices.Clone(d.Statements), func(s policy.Statement) bool { return s.Sid == sid })...)
}

// The shared role of OS access has the networks too, in both halves, before anything that it allows.
func TestTheSharedRoleHasTheNetworksOfOSAccess(t *testing.T) {
	shared := *heldToTheOffice().osAccess
	shared.StandingUsers, shared.RunAs = []string{"bob"}, "bob"
	require.NoError(t, (&shared).Validate())
	role := (&shared).Role()
	assert.Equal(t, "DenyAssumingFromOtherNetworks", role.Trust.Statements[0].Sid)
	guard := role.Inline[0]
	assert.Equal(t, guardrail.OSAccessGuardPolicyName, guard.Name)
	assert.Equal(t, "DenyEverythingFromOtherNetworks", guard.Document.Statements[0].Sid)
	shared.SourceNetworks = guardrail.SourceNetworks{"0.0.0.0/0"}
	assert.ErrorContains(t, (&shared).Validate(), "sourceNetworks[0]")
}
