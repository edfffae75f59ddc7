package grants

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/stack"
)

// granted is a stack with one grant.
func granted(t *testing.T, from, until string) *stack.Stack {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(file, []byte(fmt.Sprintf(`config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333", alias: dev}
  guardrails:users: [{name: alice}]
  guardrails:sessions: {maxDuration: 60m}
  guardrails:osAccess: {}
  guardrails:grants:
    - {person: alice, runAs: alice, from: %q, until: %q, ticket: CHG1}
`, from, until)), 0o600))
	s, problems := stack.ReadFile(file)
	require.NoError(t, problems.Err())
	return s
}

// A grant is open from its first second until the one before its end, whatever the zone it was written in, also on
// the night on which clocks change.
func TestStatesOfAGrantAtEachBound(t *testing.T) {
	for _, c := range []struct{ zone, from, until string }{
		{"Asia/Tokyo", "2026-12-01T19:00:00+09:00", "2026-12-01T21:00:00+09:00"},
		{"Europe/Berlin", "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+01:00"}, // Clocks are set back in between.
		{"America/New_York", "2026-03-08T01:30:00-05:00", "2026-03-08T03:30:00-04:00"},
	} {
		s, zone := granted(t, c.from, c.until), must(clock.Zone(c.zone))
		from, until := must(time.Parse(time.RFC3339, c.from)), must(time.Parse(time.RFC3339, c.until))
		for _, moment := range []struct {
			at    time.Time
			state string
		}{
			{from.Add(-time.Second), Coming}, {from, Open}, {from.Add(time.Second), Open},
			{until.Add(-time.Second), Open}, {until, Over}, {until.Add(time.Second), Over},
		} {
			for _, in := range []*time.Location{zone, time.UTC, must(clock.Zone("Australia/Lord_Howe"))} {
				grants := Of(moment.at.In(in), zone, s)
				require.Len(t, grants.Grants, 1)
				assert.Equal(t, moment.state, grants.Grants[0].State, "%s at %s", c.zone, moment.at)
			}
		}
	}
	text := func(at string) string {
		var b bytes.Buffer
		require.NoError(
			t,
			Of(
				must(time.Parse(time.RFC3339, at)),
				must(clock.Zone("Europe/Berlin")),
				granted(t, "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+01:00"),
			).WriteText(&b),
		)
		return b.String()
	}
	assert.Contains(
		t,
		text("2026-10-25T00:00:00+02:00"),
		"in 1h 30m, from Sun 2026-10-25 01:30 +02:00 Europe/Berlin (2026-10-24T23:30Z) for 2h",
	)
	assert.Contains(
		t,
		text("2026-10-25T02:15:00+02:00"),
		"until Sun 2026-10-25 02:30 +01:00 Europe/Berlin (2026-10-25T01:30Z): 1h 15m left",
	)
	assert.Contains(
		t,
		text("2026-10-25T02:30:00+01:00"),
		"ended at Sun 2026-10-25 02:30 +01:00 Europe/Berlin (2026-10-25T01:30Z), 0s ago; its shells end by Sun "+
			"2026-10-25 03:30 +01:00",
	)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
