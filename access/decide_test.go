package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// A request that no statement speaks of is denied, and the caller's own policies are named as what is missing.
func TestNothingIsAllowedByDefault(t *testing.T) {
	d := decide(t, compiled(t, oneUser()), LongTermKey(userARN("bob")), Request{Action: "s3:ListAllMyBuckets"})
	assert.Equal(t, ImplicitlyDenied, d.Outcome)
	assert.Equal(t, "user/bob", d.By.Owner)
}

// A Deny wins over an Allow, and is named by its Sid.
func TestDenyWins(t *testing.T) {
	e := compiled(t, oneUser(policy.Allow("All", "*").On("*"), policy.Deny("NoBuckets", "s3:List*").On("*")))
	d := decide(t, e, LongTermKey(userARN("bob")), Request{Action: "S3:listallmybuckets"})
	assert.Equal(t, ExplicitlyDenied, d.Outcome)
	assert.Equal(t, "NoBuckets", d.By.Sid)
	assert.Equal(t, Allowed, decide(t, e, LongTermKey(userARN("bob")), Request{Action: "ec2:StartInstances", Resources: On("arn:aws:ec2:us-east-1:111122223333:instance/i-1")}).Outcome)
}

// A decision that depends on the time is an error when the request has none.
func TestTimeIsNeverGuessed(t *testing.T) {
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	e := compiled(t, oneUser(policy.Allow("Dated", "s3:*").On("*").When(policy.From(at), policy.Before(at.Add(time.Hour)))))
	_, err := e.Decide(LongTermKey(userARN("bob")), Request{Action: "s3:ListAllMyBuckets"})
	require.ErrorContains(t, err, "set the Time of the request")
	for offset, want := range map[time.Duration]Outcome{-time.Second: ImplicitlyDenied, 0: Allowed, time.Hour - time.Second: Allowed, time.Hour: ImplicitlyDenied} {
		d := decide(t, e, LongTermKey(userARN("bob")), Request{Action: "s3:ListAllMyBuckets", Time: at.Add(offset)})
		assert.Equal(t, want, d.Outcome, "%s", offset)
	}
}
