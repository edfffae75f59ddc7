package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A grant is explained at an instant: of an IAM user and of somebody of IAM Identity Center, one second before, at and
// after each bound, with the statement that decides.
func TestGrantsAreExplainedAtAnInstant(t *testing.T) {
	inOrganization(t)
	const dave = `guardrails explain --as "{identityCenter: dave, attributes: {enterprise.department: shop}}" --via workload/ProjectOperator --then grant-CHG1250-dave --do ec2:TerminateInstances --on Project=shop --at `
	const alice = `guardrails explain workload --as jump/alice --via grant-CHG1234-alice --opens shell --on Project=billing --at `
	for _, c := range []struct {
		line, from, until, because string
	}{
		{dave, "2030-12-02T19:00:00+09:00", "2030-12-02T21:00:00+09:00", "NamedPersonOfIdentityCenter"},
		{alice, "2030-12-01T09:00:00+09:00", "2030-12-01T13:00:00+09:00", "NamedUsersWithRecentMFA"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		require.NoError(t, err)
		until, err := time.Parse(time.RFC3339, c.until)
		require.NoError(t, err)
		for _, moment := range []struct {
			at   time.Time
			open bool
		}{
			{from.Add(-time.Second), false}, {from, true}, {from.Add(time.Second), true},
			{until.Add(-time.Second), true}, {until, false}, {until.Add(time.Second), false},
		} {
			out, err := at(t, from, c.line+moment.at.Format(time.RFC3339))
			require.NoError(t, err, out)
			now, err := at(t, moment.at, c.line+"now")
			require.NoError(t, err, now)
			written := strings.Replace(out, moment.at.Format(time.RFC3339), moment.at.UTC().Format(time.RFC3339), 1)
			assert.Equal(t, written, now, "now is what the clock of the command says")
			assert.Contains(t, out, "at "+moment.at.Format(time.RFC3339)+"?")
			if moment.open {
				assert.Contains(t, out, "Yes", moment.at)
			} else {
				assert.Contains(t, out, "No", moment.at)
				assert.NotContains(t, out, "\nYes", moment.at)
			}
			assert.Contains(t, out, c.because, moment.at)
		}
	}
}
