package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/workspace/exit"
)

// A window is what is said in the zone that counts; what is not read is told with what is, as wrong use.
func TestTimesOfAGrant(t *testing.T) {
	tokyo, err := zoneOf("Asia/Tokyo", "")
	require.NoError(t, err)
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for from, want := range map[string]string{
		"2026-11-29T19:00+09:00":     "2026-11-29T10:00:00Z",
		"2026-11-29T19:00:30+09:00":  "2026-11-29T10:00:30Z",
		"2026-11-29T19:00Z":          "2026-11-29T19:00:00Z",
		"19:00":                      "2026-11-29T10:00:00Z",
		"tonight 19:00":              "2026-11-29T10:00:00Z",
		"tonight 19:00 Europe/Paris": "2026-11-29T18:00:00Z",
		"tomorrow 09:00":             "2026-11-30T00:00:00Z",
	} {
		begin, end, windowErr := window(now, tokyo, from, "", 4*time.Hour)
		require.NoError(t, windowErr, from)
		assert.Equal(t, want, begin.UTC().Format(time.RFC3339), from)
		assert.Equal(t, 4*time.Hour, end.Sub(begin))
		_, end, windowErr = window(now, tokyo, "2026-11-29T09:00Z", "2026-12-01 09:00", 0)
		require.NoError(t, windowErr, from)
		assert.Equal(t, "2026-12-01T00:00:00Z", end.UTC().Format(time.RFC3339))
	}
	_, end, err := window(now, tokyo, "22:00", "02:00", 0)
	require.NoError(t, err)
	assert.Equal(t, "2026-11-30T02:00:00+09:00", end.Format(time.RFC3339), "the first one after the beginning")
	for _, flag := range []string{"--from", "--until"} {
		for _, wrong := range []string{"2026-11-29", "tomorrow", "2026-11-31T19:00Z", "2026-11-29T19Z", "19:00 somewhere"} {
			from, until := wrong, "2026-11-29T20:00Z"
			if flag == "--until" {
				from, until = "", wrong
			}
			_, _, windowErr := window(now, tokyo, from, until, 0)
			require.ErrorContains(t, windowErr, flag+`: "`+wrong+`"`)
			require.ErrorContains(t, windowErr, "2030-12-01T09:00+09:00, 2030-12-01T00:00Z")
			assert.Equal(t, exit.WrongUse, exit.StatusOf(windowErr))
		}
	}
	_, _, err = window(now, tokyo, "2026-11-29T19:00:00.5Z", "", time.Hour)
	require.ErrorContains(t, err, "write whole seconds: 2026-11-29T19:00:00Z")
	_, err = zoneOf("JST", "")
	require.ErrorContains(t, err, "--zone")
}

// An hour is an hour on the night on which clocks change, and a time that they show twice is not guessed.
func TestAGrantOverAChangeOfClocks(t *testing.T) {
	berlin, err := zoneOf("Europe/Berlin", "")
	require.NoError(t, err)
	now := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)
	begin, end, err := window(now, berlin, "tomorrow 01:30", "", 2*time.Hour)
	require.NoError(t, err)
	assert.Equal(
		t,
		"2026-10-25T01:30:00+02:00 2026-10-25T02:30:00+01:00",
		begin.Format(time.RFC3339)+" "+end.Format(time.RFC3339),
	)
	_, _, err = window(now, berlin, "tomorrow 01:30", "02:30", 0)
	require.ErrorContains(t, err, "write it with its offset: 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00")
}

// A grant that names no project says what it reaches.
func TestAGrantWithoutProjectSaysWhatItReaches(t *testing.T) {
	osAccess := func(projects ...string) *osaccess.Args { return &osaccess.Args{Projects: projects} }
	assert.Empty(t, reach(&grant.Args{OSAccess: osAccess("shop", "billing"), Projects: []string{"shop"}}))
	assert.Contains(
		t,
		reach(&grant.Args{OSAccess: osAccess("shop", "billing")}),
		"every project of osAccess: shop, billing",
	)
	assert.Contains(t, reach(&grant.Args{OSAccess: osAccess()}), "every node of the account")
	operations := &operation.Args{Roles: []operation.Role{{Name: "on-call", Projects: []string{"shop", "billing"}}}}
	assert.Contains(
		t,
		reach(&grant.Args{Opens: "on-call", OperationRoles: operations}),
		"nodes of shop, billing, as on-call does",
	)
	admin := &delegated.Args{Name: "AdminRole", ManagedPolicies: []string{"AdministratorAccess"}}
	assert.Contains(
		t,
		reach(&grant.Args{Opens: "AdminRole", DelegatedRole: admin}),
		"AdministratorAccess in the whole account",
	)
}
