package guardrail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// organization is the shared fixture, with what these tests ask of it.
type organization struct{ accounts.Organization }

func shippedOrganization(p policy.Partition) organization {
	return organization{accounts.ShippedOrganization(p)}
}

func fullOrganization(p policy.Partition) organization {
	return organization{accounts.FullOrganization(p)}
}

func (o organization) engine(t testing.TB) *access.Engine {
	t.Helper()
	require.NoError(t, o.Policies.Validate())
	engine, err := access.Compile(o.World(nil))
	require.NoError(t, err)
	return engine
}

func decided(t testing.TB, e *access.Engine, s access.Session, r access.Request) access.Decision {
	t.Helper()
	if r.Time.IsZero() {
		r.Time = accounts.Noon
	}
	d, err := e.Decide(s, r)
	require.NoError(t, err)
	return d
}
