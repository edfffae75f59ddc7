package program

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// What the engine was told is not told again; a failure of AWS gets its hints, which name the stack and those that go
// first; a preview has none.
func TestWhatThePulumiCommandIsTold(t *testing.T) {
	stack, problems := stack.ReadFile("../../examples/organization/Pulumi.workload.yaml")
	require.NoError(t, problems.Err())
	said := func(o own, err error) string {
		var b bytes.Buffer
		o.tell(&b, err)
		return b.String()
	}
	assert.Empty(t, said(own{stack: stack, told: true}, problem.List{{Why: "is refused"}}))
	assert.Contains(t, said(own{}, errors.New("missing project name")), "missing project name")
	failed := said(own{stack: stack}, errors.New("waiting for RPCs: canceled"))
	assert.Contains(t, failed, `"guardrails adopt workload"`)
	assert.Contains(t, failed, "name people of jump, which is deployed first")
	assert.Empty(t, said(own{stack: stack, preview: true}, errors.New("waiting for RPCs: canceled")))
}

// A line that is told works where people are: "pulumi --cwd" runs the program in another folder than their shell's.
func TestLinesNameTheFolderThatPulumiWorksIn(t *testing.T) {
	for _, c := range []struct{ shell, root, want string }{
		{"/srv/team/infra", "/srv/team/infra", `"guardrails up dev"`},
		{"/srv/team/infra/docs", "/srv/team/infra", `"guardrails up dev"`},
		{"/srv/team", "/srv/team/infra", `"guardrails up dev -C infra"`},
		{"/srv/team", "/srv/team/in fra", `"guardrails up dev -C 'in fra'"`},
		{"/srv/team/infra-old", "/srv/team/infra", `"guardrails up dev -C /srv/team/infra"`},
		{"/", "/srv/team/infra", `"guardrails up dev -C srv/team/infra"`},
		{"", "/srv/team/infra", `"guardrails up dev"`},
		{"C:not-absolute", "/srv/team/infra", `"guardrails up dev"`},
		{"/srv/team", "", `"guardrails up dev"`},
	} {
		t.Setenv("PWD", c.shell)
		assert.Equal(t, c.want, settingOf(c.root).Quoted("up", "dev"), "%v", c)
	}
	read, problems := stack.ReadFile("../../examples/organization/Pulumi.workload.yaml")
	require.NoError(t, problems.Err())
	var b bytes.Buffer
	(&own{stack: read, setting: commandline.Setting{Dir: "infra"}}).tell(&b, errors.New("waiting for RPCs: canceled"))
	assert.Contains(t, b.String(), `"guardrails adopt workload -C infra"`)
}
