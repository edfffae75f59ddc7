package workspace

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// What drift says of up is what up does of each kind of difference: it puts back what somebody changed, it makes
// edits so, and it leaves what no stack file sets. Nothing is promised for all of them that holds for some.
func TestDriftPromisesWhatUpDoes(t *testing.T) {
	hand := result.Drifted{ByHand: true, Differences: []result.Difference{{Property: "p", ByHand: true}}}
	gone := result.Drifted{ByHand: true, Gone: true}
	left := result.Drifted{ByHand: true, Differences: []result.Difference{{Property: "p", ByHand: true, Left: true}}}
	partly := result.Drifted{
		ByHand:      true,
		Differences: []result.Difference{{Property: "p", ByHand: true, Left: true}, {Property: "q", ByHand: true}},
	}
	edit := result.Drifted{Differences: []result.Difference{{Property: "p"}}}
	pending := result.Drifted{Pending: result.Create}
	guarded := result.Drifted{
		Pending: result.Delete,
		URN:     "urn:pulumi:dev::guardrails::guardrails:organizations:ServiceControlPolicies$aws:organizations/policy:Policy::organization-policy-x",
	}
	for _, c := range []struct {
		drift []result.Drifted
		want  string
	}{
		{[]result.Drifted{hand}, `1 resource differs in AWS from what the stack file deploys; "UP" puts it back`},
		{[]result.Drifted{hand, gone}, `2 resources differ in AWS from what the stack file deploys; "UP" puts them back`},
		{[]result.Drifted{left}, `1 resource differs in AWS from what the stack file deploys; up leaves it: the lines say why`},
		{[]result.Drifted{left, left},
			`2 resources differ in AWS from what the stack file deploys; up leaves them: the lines say why`},
		{[]result.Drifted{left, hand},
			`2 resources differ in AWS from what the stack file deploys; "UP" puts 1 of them back; up leaves 1 of them: the lines say why`},
		{[]result.Drifted{partly}, `1 resource differs in AWS from what the stack file deploys; "UP" puts it back; what up leaves, the lines say`},
		{[]result.Drifted{edit}, `1 resource differs in AWS from what the stack file deploys; "UP" makes it what the stack file says`},
		{[]result.Drifted{edit, pending, hand},
			`3 resources differ in AWS from what the stack file deploys; "UP" puts 1 of them back and makes 2 of them what the stack file says`},
		{[]result.Drifted{guarded}, `1 resource differs in AWS from what the stack file deploys; "UP" makes it what the stack file says; what is guarded goes only with --allow-delete`},
	} {
		assert.Equal(t, c.want, result.DriftMessage(c.drift, "UP"))
	}
}

// The command that a sentence names works where this one works: what was asked of the sandbox does not send anybody
// to the account.
func TestCommandsInSentencesStayInTheSandbox(t *testing.T) {
	dir := t.TempDir()
	assert.NoError(
		t,
		os.WriteFile(filepath.Join(dir, project.ProjectFileName), []byte("name: x\nruntime: go\n"), 0o600),
	)
	assert.NoError(t, os.Mkdir(filepath.Join(dir, "below"), 0o700))
	folder := &project.Folder{Dir: dir}
	for sandboxed, want := range map[bool]string{true: "guardrails up dev --sandbox", false: "guardrails up dev"} {
		t.Chdir(t.TempDir())
		r := &run{
			stack:   "dev",
			session: &session{Workspace: &Workspace{folder: folder, options: Options{Sandbox: sandboxed}}},
		}
		assert.Equal(t, want+" -C "+visible.Shell(dir), r.setting().Line("up", "dev"))
		for _, here := range []string{dir, filepath.Join(dir, "below")} {
			t.Chdir(here)
			assert.Equal(t, want, r.setting().Line("up", "dev"))
		}
		t.Chdir(filepath.Dir(dir))
		assert.Equal(t, want+" -C "+filepath.Base(dir), r.setting().Line("up", "dev"))
	}
}

// What a run that was ended did not come to is not said to be put back.
func TestWhatARunDidNotComeToIsNotPutBack(t *testing.T) {
	changedByHand := func(urn string) []apitype.EngineEvent {
		read := step(apitype.OpRefresh, urn, func(m *apitype.StepEventMetadata) {
			found := *m.Old
			m.New = &found
			m.Old.Outputs, m.New.Outputs = map[string]any{"path": "/"}, map[string]any{"path": "/x/"}
		})
		back := step(apitype.OpUpdate, urn, func(m *apitype.StepEventMetadata) {
			m.Diffs, m.New.Inputs = []string{"path"}, map[string]any{"path": "/"}
		})
		return []apitype.EngineEvent{done(read), pre(back), done(back)}
	}
	reached, ended := changedByHand(userURN), changedByHand(roleURN)
	r, _ := report(false, nil, append(reached, ended[:2]...)...)
	r.Stack, r.Operation, r.Outcome = "dev", result.Up, result.OutcomeFailed
	if assert.Len(t, r.PutBack, 1) && assert.Len(t, r.NotPutBack, 1) {
		assert.Equal(t, userURN, r.PutBack[0].URN)
		assert.Equal(t, roleURN, r.NotPutBack[0].URN)
	}
	var out bytes.Buffer
	assert.NoError(t, (&result.Summary{Stacks: []*result.Report{r}}).WriteText(&out))
	assert.Regexp(
		t,
		"(?s)  changed by hand, and put back:\n  ! iam.User .*  changed by hand, and not put back, because the run "+
			"ended before:\n  ! iam.Role ",
		out.String(),
	)
	r, _ = report(true, nil, append(reached, ended[:2]...)...)
	assert.Len(t, r.PutBack, 2, "a plan is what up would do")
	assert.Empty(t, r.NotPutBack)
	r.Operation = result.Preview
	out.Reset()
	assert.NoError(t, (&result.Summary{Stacks: []*result.Report{r}}).WriteText(&out))
	assert.Contains(t, out.String(), "  changed by hand, and up puts it back:\n")
	assert.NotContains(t, out.String(), "put back:")
}

// Shells are said to be shut no longer only where the doors were made well; where a stack did not end well, nobody
// claims to know.
func TestShutTimesSayWhatIsKnown(t *testing.T) {
	attachment := urnPrefix + "aws:organizations/policyAttachment:PolicyAttachment::organization-attachment-os-r-exam"
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	targets := map[string]target{
		"management": {shuts: []stack.ShutShells{{Policy: "os", Target: "r-exam", Accounts: []string{"2"}}}},
	}
	role := result.Change{Op: result.Create, Type: "aws:iam/role:Role"}
	for name, c := range map[string]struct {
		member *result.Report
		want   string
	}{
		"made after": {&result.Report{Outcome: result.OutcomeDone, Changes: []result.Change{role}, Ended: at.Add(time.Second)},
			"until 09:00:01 (1.0 s)"},
		"had its doors": {&result.Report{Outcome: result.OutcomeDone, Ended: at.Add(time.Second)}, ""},
		"ended before": {
			&result.Report{Outcome: result.OutcomeDone, Changes: []result.Change{role}, Ended: at.Add(-time.Second)},
			"",
		},
		"failed": {
			&result.Report{Outcome: result.OutcomeFailed, Ended: at.Add(time.Second)},
			"and may still be",
		},
		"was not run": {&result.Report{Outcome: result.OutcomeNotRun}, "and may still be"},
		"did not settle": {
			&result.Report{Outcome: result.OutcomeDiffers, Ended: at.Add(time.Second)},
			"and may still be",
		},
		"another account": {&result.Report{Account: "3", Outcome: result.OutcomeFailed}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			management := &result.Report{
				Stack:   "management",
				Account: "1",
				Outcome: result.OutcomeDone,
				MadeAt:  map[string]time.Time{attachment: at},
			}
			c.member.Stack = "member"
			if c.member.Account == "" {
				c.member.Account = "2"
			}
			reports := []*result.Report{management, c.member}
			var out bytes.Buffer
			assert.NoError(t, (&result.Summary{Stacks: reports, Shut: shutTimes(reports, targets)}).WriteText(&out))
			if c.want == "" {
				assert.NotContains(t, out.String(), "shells were shut")
				return
			}
			assert.Contains(t, out.String(), "member, account 2: from 09:00:00 UTC "+c.want)
		})
	}
}
