package stack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/problem"
)

const noticed = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666"}
  guardrails:sessions: {maxDuration: 60m}
  guardrails:osAccess: {standingPrincipalArns: ["arn:aws:iam::111122223333:user/oncall"], runAs: oncall}
  guardrails:grants:
    - person: arn:aws:iam::111122223333:user/alice
      runAs: alice
      from: "2026-12-01T09:00:00+09:00"
      until: "2026-12-01T13:00:00+09:00"
      ticket: CHG1234
`

// What an admin should know is said where it stands in the file; a grant is over at its end and not a second before.
func TestNoticesStandWhereTheFileSaysIt(t *testing.T) {
	stack, problems := Read(stackfile.Source{File: "Pulumi.workload.yaml", Data: []byte(noticed)}, nil)
	require.Empty(t, problems)
	end := time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)
	before, after := stack.Notices(end.Add(-time.Second)), stack.Notices(end)
	for _, n := range before {
		assert.NotEqual(t, problem.Path("guardrails:grants[0]"), n.Path, n.Text)
		assert.NotZero(t, n.Line, n.Path)
	}
	require.Len(t, after, len(before)+1)
	over := after[len(after)-1]
	assert.Equal(t, problem.Path("guardrails:grants[0]"), over.Path)
	assert.Equal(t, 7, over.Line)
	assert.Contains(t, over.Text, "ended at 2026-12-01T13:00:00+09:00 (2026-12-01T04:00:00Z)")
	var paths []problem.Path
	for _, n := range before {
		paths = append(paths, n.Path)
	}
	assert.Contains(t, paths, problem.Path("guardrails:osAccess.standingUsers"), "standing access is always said")
}
