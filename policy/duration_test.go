package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

func TestADurationIsWrittenWithoutItsZeroUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "0s",
		45 * time.Second:        "45s",
		time.Minute:             "1m",
		10 * time.Minute:        "10m",
		time.Hour:               "1h",
		100 * time.Hour:         "100h",
		-time.Hour:              "-1h",
		90 * time.Minute:        "1h30m",
		time.Hour + 1:           "1h0m0.000000001s",
		20*time.Hour + 5:        "20h0m0.000000005s",
		61 * time.Second:        "1m1s",
		time.Hour + time.Second: "1h0m1s",
	} {
		assert.Equal(t, want, policy.ShortDuration(d))
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64().Draw(t, "duration"))
		back, err := time.ParseDuration(policy.ShortDuration(d))
		require.NoError(t, err)
		assert.Equal(t, d, back)
	})
}
