package claims

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// What was allowed or denied before the instant from which a proof looks on is over; what comes later counts, and the
// finding says when.
func TestProofsLookFromAnInstantOn(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	put := policy.Allow("Put", "iam:PutUserPolicy").On("*")
	date := func(base policy.BaseOperator, key, at string) policy.Condition {
		return policy.Is(policy.Operator{Base: base}, key, at)
	}
	issued := func(base policy.BaseOperator, at string) policy.Condition {
		return date(base, "aws:TokenIssueTime", at)
	}
	for name, c := range map[string]struct {
		statements []policy.Statement
		// ever and later: somebody changes access at some time, and from now on.
		ever, later bool
		at          string
	}{
		"an Allow that is over": {[]policy.Statement{put.When(date(policy.OpDateLessThan,
			"aws:CurrentTime", "2020-01-01T00:00:00Z"))}, true, false, ""},
		"an Allow that is over, in seconds": {[]policy.Statement{put.When(date(policy.OpNumericLessThan,
			"aws:EpochTime", "1577836800"))}, true, false, ""},
		"an Allow that is over since now": {[]policy.Statement{put.When(date(policy.OpDateLessThan,
			"aws:CurrentTime", "2026-11-28T12:00:00Z"))}, true, false, ""},
		"an Allow that ends now": {[]policy.Statement{put.When(date(policy.OpDateLessThanEquals,
			"aws:CurrentTime", "2026-11-28T12:00:00Z"))}, true, true, ""},
		"an Allow that begins later": {[]policy.Statement{put.When(date(policy.OpDateGreaterThanEquals,
			"aws:CurrentTime", "2030-01-01T00:00:00Z"))}, true, true, "2030-01-01T00:00:00Z"},
		"a Deny that is over": {[]policy.Statement{put,
			policy.Deny("Shut",
				"iam:*").On("*").When(date(policy.OpDateLessThan, "aws:CurrentTime",
				"2020-01-01T00:00:00Z"))}, true, true, ""},
		"a Deny that began": {[]policy.Statement{put,
			policy.Deny("Shut",
				"iam:*").On("*").When(date(policy.OpDateGreaterThan, "aws:CurrentTime",
				"2020-01-01T00:00:00Z"))}, true, false, ""},
		"a Deny that begins later": {[]policy.Statement{put,
			policy.Deny("Shut",
				"iam:*").On("*").When(date(policy.OpDateGreaterThan, "aws:EpochTime", "1893456000"))}, true, true, ""},
		"credentials that nobody has still": {[]policy.Statement{put.When(issued(policy.OpDateLessThan,
			"2026-11-26T00:00:00Z"))}, true, false, ""},
		"credentials that somebody may have": {[]policy.Statement{put.When(issued(policy.OpDateLessThan,
			"2026-11-28T00:00:00Z"))}, true, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := fixture.Compiled(t, fixture.OneUser(c.statements...))
			for from, want := range map[time.Time]bool{{}: c.ever, now: c.later} {
				report, err := Prove(e.From(from), intent.Account{Account: fixture.People, Administrators: []string{}})
				require.NoError(t, err)
				for _, f := range report.Findings {
					if f.ID != "only-administrators-change-access" {
						continue
					}
					assert.Equal(t, want, f.Verdict == prove.DoesNotHold, "from %s: %s", from, f)
					if !from.IsZero() && c.at != "" {
						assert.Equal(t, c.at, f.At.Format(time.RFC3339))
						assert.Contains(t, f.Problem, "at "+c.at)
					}
					if c.at == "" && !from.IsZero() {
						assert.Zero(t, f.At)
					}
				}
			}
		})
	}
}

// Who administers is told of the instant from which the proofs look on.
func TestAnAdministratorWhoseTimeIsOverIsNone(t *testing.T) {
	e := fixture.Compiled(
		t,
		fixture.OneUser(
			policy.Allow("All", "*").
				On("*").
				When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:CurrentTime",
					"2020-01-01T00:00:00Z")),
		),
	)
	for from, want := range map[time.Time]int{{}: 1, time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC): 0} {
		report, err := Prove(e.From(from), intent.Account{Account: fixture.People})
		require.NoError(t, err)
		assert.Len(t, report.Administrators, want)
	}
}
