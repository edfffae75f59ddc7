package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/policy"
)

// A request that no statement speaks of is denied, and the caller's own policies are named as what is missing.
func TestNothingIsAllowedByDefault(t *testing.T) {
	d := fixture.Decide(
		t,
		fixture.Compiled(t, fixture.OneUser()),
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.Request{Action: "s3:ListAllMyBuckets"},
	)
	assert.Equal(t, engine.ImplicitlyDenied, d.Outcome)
	assert.Equal(t, "user/bob", d.By.Owner)
}

// A Deny wins over an Allow, and is named by its Sid.
func TestDenyWins(t *testing.T) {
	e := fixture.Compiled(
		t,
		fixture.OneUser(policy.Allow("All", "*").On("*"), policy.Deny("NoBuckets", "s3:List*").On("*")),
	)
	d := fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("bob")), engine.Request{Action: "S3:listallmybuckets"})
	assert.Equal(t, engine.ExplicitlyDenied, d.Outcome)
	assert.Equal(t, "NoBuckets", d.By.Sid)
	assert.Equal(
		t,
		engine.Allowed,
		fixture.Decide(
			t,
			e,
			engine.LongTermKey(fixture.UserARN("bob")),
			engine.Request{
				Action:    "ec2:StartInstances",
				Resources: engine.On("arn:aws:ec2:us-east-1:111122223333:instance/i-1"),
			},
		).Outcome,
	)
}

// A decision that depends on the time is an error when the request has none.
func TestTimeIsNeverGuessed(t *testing.T) {
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	e := fixture.Compiled(
		t,
		fixture.OneUser(policy.Allow("Dated", "s3:*").On("*").When(policy.From(at), policy.Before(at.Add(time.Hour)))),
	)
	_, err := e.Decide(engine.LongTermKey(fixture.UserARN("bob")), engine.Request{Action: "s3:ListAllMyBuckets"})
	require.ErrorContains(t, err, "set the Time of the request")
	for offset, want := range map[time.Duration]engine.Outcome{-time.Second: engine.ImplicitlyDenied, 0: engine.Allowed, time.Hour - time.Second: engine.Allowed, time.Hour: engine.ImplicitlyDenied} {
		d := fixture.Decide(
			t,
			e,
			engine.LongTermKey(fixture.UserARN("bob")),
			engine.Request{Action: "s3:ListAllMyBuckets", Time: at.Add(offset)},
		)
		assert.Equal(t, want, d.Outcome, "%s", offset)
	}
}
