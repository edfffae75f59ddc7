package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/workspace"
)

// Times are read with and without seconds, with any offset; what is not read is told with what is, as wrong use.
func TestTimesOfAGrant(t *testing.T) {
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for from, want := range map[string]string{
		"2026-11-29T19:00+09:00":    "2026-11-29T10:00:00Z",
		"2026-11-29T19:00:30+09:00": "2026-11-29T10:00:30Z",
		"2026-11-29T19:00Z":         "2026-11-29T19:00:00Z",
		"2026-11-29T19:00-03:30":    "2026-11-29T22:30:00Z",
	} {
		begin, end, err := window(now, from, "", 4*time.Hour)
		require.NoError(t, err, from)
		assert.Equal(t, want, begin.UTC().Format(time.RFC3339))
		assert.Equal(t, 4*time.Hour, end.Sub(begin))
		_, end, err = window(now, "2026-11-29T09:00Z", from, 0)
		require.NoError(t, err, from)
		assert.Equal(t, want, end.UTC().Format(time.RFC3339))
	}
	for _, flag := range []string{"--from", "--until"} {
		for _, wrong := range []string{"2026-11-29T19:00", "2026-11-29 19:00+09:00", "2026-11-29", "19:00", "tomorrow", "2026-11-31T19:00Z", "2026-11-29T19Z"} {
			from, until := wrong, "2026-11-29T20:00Z"
			if flag == "--until" {
				from, until = "", wrong
			}
			_, _, err := window(now, from, until, 0)
			require.ErrorContains(t, err, flag+` "`+wrong+`"`)
			require.ErrorContains(t, err, "2026-12-01T09:00+09:00, 2026-12-01T09:00:30+09:00 or 2026-12-01T00:00Z")
			assert.Equal(t, workspace.WrongUse, workspace.StatusOf(err))
		}
	}
	_, _, err := window(now, "2026-11-29T19:00:00.5Z", "", time.Hour)
	require.ErrorContains(t, err, "write whole seconds: 2026-11-29T19:00:00Z")
}

// A grant that names no project says what it reaches.
func TestAGrantWithoutProjectSaysWhatItReaches(t *testing.T) {
	assert.Empty(t, reach([]string{"shop"}, []string{"shop", "billing"}))
	assert.Contains(t, reach(nil, []string{"shop", "billing"}), "every project of osAccess: shop, billing")
	assert.Contains(t, reach(nil, nil), "every node of the account")
}
