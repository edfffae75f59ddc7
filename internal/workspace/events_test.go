package workspace

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
)

const (
	urnPrefix = "urn:pulumi:dev::guardrails::guardrails:iam:User$"
	roleURN   = urnPrefix + "aws:iam/role:Role::role-a"
	userURN   = urnPrefix + "aws:iam/user:User::user-a"
)

func step(op apitype.OpType, resourceURN string, edit ...func(*apitype.StepEventMetadata)) apitype.StepEventMetadata {
	typ, _ := urn.Parse(resourceURN)
	state := &apitype.StepEventStateMetadata{
		Type:   typ,
		URN:    resourceURN,
		Custom: strings.HasPrefix(typ, "aws:"),
		ID:     "id-of-" + typ,
	}
	meta := apitype.StepEventMetadata{Op: op, URN: resourceURN, Type: typ, Old: state, New: state}
	for _, e := range edit {
		e(&meta)
	}
	return meta
}

func pre(meta apitype.StepEventMetadata) apitype.EngineEvent {
	return apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: meta}}
}

func done(meta apitype.StepEventMetadata) apitype.EngineEvent {
	return apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: meta}}
}

func report(
	planning bool,
	progress *progress.Progress,
	list ...apitype.EngineEvent,
) (*result.Report, []result.Diagnostic) {
	c := collect(progress, "dev: ", planning)
	for _, event := range list {
		c.channel <- events.EngineEvent{EngineEvent: event}
	}
	close(c.channel)
	r := &result.Report{Operation: result.Up, Planned: planning, Read: true}
	diagnostics := c.finish(r)
	return r, diagnostics
}

// The steps of a replacement are one change, with the properties that force it, in a plan and in a run alike. While it
// runs, each part is told when it is done.
func TestTheStepsOfAReplacementAreOneChange(t *testing.T) {
	keys := func(m *apitype.StepEventMetadata) { m.Keys = []string{"path", "name"} }
	for _, planning := range []bool{true, false} {
		steps := []apitype.EngineEvent{
			pre(
				step(apitype.OpCreateReplacement, roleURN, keys),
			),
			done(step(apitype.OpCreateReplacement, roleURN, keys)),
			pre(step(apitype.OpReplace, roleURN, keys)),
			done(step(apitype.OpReplace, roleURN, keys)),
			pre(step(apitype.OpDeleteReplaced, roleURN)),
			done(step(apitype.OpDeleteReplaced, roleURN)),
		}
		lines, err := os.Create(filepath.Join(t.TempDir(), "progress"))
		require.NoError(t, err)
		got, _ := report(planning, progress.New(lines), steps...)
		want := "dev: created iam.Role role-a\ndev: deleted iam.Role role-a\n"
		if planning {
			want = ""
		}
		told, err := os.ReadFile(lines.Name())
		require.NoError(t, err)
		assert.Equal(t, want, string(told))
		changes := []result.Change{
			{
				Op:         result.Replace,
				URN:        roleURN,
				Type:       "aws:iam/role:Role",
				Name:       "role-a",
				ID:         "id-of-aws:iam/role:Role",
				Properties: []string{"name", "path"},
			},
		}
		assert.Empty(t, cmp.Diff(changes, got.Changes, cmpopts.IgnoreUnexported(result.Change{})))
	}
}

// What hangs on a permission set has the id that AWS chose; who is touched by a change of it is known by the name.
func TestWhatHangsOnAPermissionSetTouchesItByName(t *testing.T) {
	const (
		component = "urn:pulumi:dev::guardrails::guardrails:sso:PermissionSet$"
		set       = component + "aws:ssoadmin/permissionSet:PermissionSet::a-permission-set"
		inline    = component + "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy::a-inline-policy"
	)
	got, _ := report(
		false,
		nil,
		done(step(apitype.OpSame, set, func(m *apitype.StepEventMetadata) {
			m.Old.ID, m.Old.Inputs = "arn,instance", map[string]any{"name": "Reader"}
		})),
		done(step(apitype.OpUpdate, inline, func(m *apitype.StepEventMetadata) {
			m.New.Inputs = map[string]any{"permissionSetArn": "arn", "instanceArn": "instance"}
		})),
	)
	touched := (&result.Summary{Stacks: []*result.Report{got}}).Touched()
	assert.Equal(t, map[string]bool{"Reader": true}, touched[""])
}

// What is deleted from the stack and kept in AWS is told apart from what is gone.
func TestARetainedResourceIsNotCalledDeleted(t *testing.T) {
	got, _ := report(
		false,
		nil,
		done(step(apitype.OpDelete, userURN, func(m *apitype.StepEventMetadata) { m.New = nil })),
		done(
			step(
				apitype.OpDelete,
				roleURN,
				func(m *apitype.StepEventMetadata) { m.New, m.Old.RetainOnDelete = nil, true },
			),
		),
	)
	assert.Equal(t, []string{"role-a"}, names(got.Changes, result.Retain))
	assert.Equal(t, []string{"user-a"}, names(got.Changes, result.Delete))
}

// An update names the top-level properties that differ, once each, without the provider's bookkeeping.
func TestAnUpdateNamesItsProperties(t *testing.T) {
	got, _ := report(true, nil, pre(step(apitype.OpUpdate, userURN, func(m *apitype.StepEventMetadata) {
		m.Diffs = []string{"tags"}
		m.DetailedDiff = map[string]apitype.PropertyDiff{
			"tags.Email":    {},
			"tags[\"a.b\"]": {},
			"__defaults":    {},
			"path":          {},
		}
	})))
	assert.Equal(t, []string{"path", "tags"}, got.Changes[0].Properties)
}

// Providers, the stack itself and reads are no changes; what stays the same is counted.
func TestOnlyTheAdminsResourcesAreReported(t *testing.T) {
	got, _ := report(false, nil,
		done(step(apitype.OpCreate, "urn:pulumi:dev::guardrails::pulumi:pulumi:Stack::guardrails-dev")),
		done(step(apitype.OpCreate, "urn:pulumi:dev::guardrails::pulumi:providers:aws::main")),
		done(step(apitype.OpSame, "urn:pulumi:dev::guardrails::pulumi:providers:aws::main")),
		done(step(apitype.OpRead, userURN)),
		done(step(apitype.OpSame, roleURN)),
	)
	assert.Empty(t, got.Changes)
	assert.Equal(t, 1, got.Same)
}

// A resource whose operation failed is a failure and no change; the engine's errors come once, without colours.
func TestAFailedResourceIsNoChange(t *testing.T) {
	say := func(urn, severity, text string) apitype.EngineEvent {
		return apitype.EngineEvent{
			DiagnosticEvent: &apitype.DiagnosticEvent{URN: urn, Severity: severity, Message: text},
		}
	}
	got, diagnostics := report(false, nil,
		pre(step(apitype.OpCreate, userURN)),
		say(userURN, "error", "<{%fg 1%}>error: <{%reset%}>no\n"),
		say(userURN, "error", "<{%fg 1%}>error: <{%reset%}>no\n"),
		say(userURN, "warning", "careful"),
		apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: step(apitype.OpCreate, userURN)}},
	)
	assert.Empty(t, got.Changes)
	assert.Equal(t, []string{"user-a"}, names(got.Failures, result.Create))
	assert.Equal(t, []result.Diagnostic{{URN: userURN, Message: "no"}}, diagnostics)
}

// Two runs with the same outcome report the same, in whatever order things happened.
func TestTheReportDoesNotDependOnTheOrderOfEvents(t *testing.T) {
	a, _ := report(false, nil, done(step(apitype.OpCreate, roleURN)), done(step(apitype.OpCreate, userURN)))
	b, _ := report(false, nil, done(step(apitype.OpCreate, userURN)), done(step(apitype.OpCreate, roleURN)))
	assert.Empty(t, cmp.Diff(a, b, cmpopts.IgnoreFields(result.Report{}, "MadeAt")))
}

// The text lists every change with its sign, words and remark, and counts what AWS has, not the program's groups.
func TestTheTextOfAReport(t *testing.T) {
	r, _ := report(
		false,
		nil,
		pre(step(apitype.OpCreate, "urn:pulumi:dev::guardrails::guardrails:iam:User::alice")),
		done(step(apitype.OpCreate, userURN)),
		done(
			step(
				apitype.OpUpdate,
				urnPrefix+"aws:ssm/document:Document::prefs",
				func(m *apitype.StepEventMetadata) { m.Diffs = []string{"content"} },
			),
		),
		done(
			step(
				apitype.OpDelete,
				roleURN,
				func(m *apitype.StepEventMetadata) { m.Old.RetainOnDelete = true; m.Old.ID = "guard" },
			),
		),
		done(step(apitype.OpSame, urnPrefix+"aws:iam/group:Group::group")),
	)
	r.Stack, r.Account, r.Sandbox, r.Seconds = "dev", "111122223333", true, 2.34
	r.Failures = []result.Change{{Op: result.Create, Type: "aws:iam/policy:Policy", Name: "p"}}
	var out bytes.Buffer
	r.Outcome = result.OutcomeDone
	other := &result.Report{
		Stack:     "prod",
		Account:   "444455556666",
		Operation: result.Preview,
		Planned:   true,
		Same:      3,
		Outcome:   result.OutcomeDone,
		Read:      true,
	}
	notRun := &result.Report{Stack: "last", Outcome: result.OutcomeNotRun, Because: "prod"}
	assert.NoError(
		t,
		(&result.Summary{Operation: result.Up, Parallel: 4, Seconds: 3, Stacks: []*result.Report{r, other, notRun}}).WriteText(
			&out,
		),
	)
	assert.Equal(t, `dev, account 111122223333: up in the sandbox
  + create         iam.User      user-a
  ~ update         ssm.Document  prefs   content
  ! retain         iam.Role      role-a  guard stays in AWS on purpose
  x create failed  iam.Policy    p
  1 created, 1 updated, 1 retained, 1 failed, 1 unchanged (2.3 s)

prod, account 444455556666: preview in AWS
  no changes, 3 unchanged (0.0 s)

up of 3 stacks: 2 done, 1 not run (3.0 s, up to 4 at once)
  dev   done     2.3 s  1 created, 1 updated, 1 retained, 1 failed, 1 unchanged
  prod  done     0.0 s  no changes, 3 unchanged
  last  not run         needs prod, which did not end well
`, out.String())
}

// Elsewhere than on a terminal, progress is a line for each resource that is done, and one now and then while nothing
// is.
func TestPlainProgressIsLines(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := progress.To(&out, func() time.Time { return clock })
	report(false, p, done(step(apitype.OpCreate, userURN)), done(step(apitype.OpDelete, roleURN)))
	p.Status("too early")
	clock = clock.Add(time.Hour)
	p.Status("still at it")
	p.Status("said already")
	p.Done()
	assert.Equal(t, "dev: created iam.User user-a\ndev: deleted iam.Role role-a\nstill at it\n", out.String())
}

// A real run needs a yes: from a terminal, or by a flag where nobody can be asked.
func TestARealRunWantsAYes(t *testing.T) {
	plan := &result.Summary{
		Operation: result.Up,
		Stacks:    []*result.Report{{Stack: "prod", Account: "444455556666", Operation: result.Up, Planned: true}},
	}
	for answer, want := range map[string]bool{"yes\n": true, "y\n": false, "\n": false, "": false, "yes": true} {
		var out bytes.Buffer
		got, err := ask(strings.NewReader(answer), &out, true)(plan)
		assert.NoError(t, err)
		assert.Equal(t, want, got, "%q", answer)
		assert.Contains(t, out.String(), "up prod in account 444455556666?")
	}
	_, err := ask(strings.NewReader("yes\n"), &bytes.Buffer{}, false)(plan)
	assert.ErrorContains(t, err, "add --yes")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
}
