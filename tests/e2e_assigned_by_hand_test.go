package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// The tools project, whose permission set Builder is assigned to one group in its own account.
const (
	toolsAccount = "111122223333"
	toolsRegion  = "ap-northeast-1"
	center       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
)

// mallory and outsiders are in the identity store, and in no stack file.
var (
	malloryID, _, _   = strings.Cut(mallory, ":")
	outsidersID, _, _ = strings.Cut(outsiders, ":")
)

// toolsWithOutsiders is the tools project, deployed, with people in its identity store whom it does not know.
func toolsWithOutsiders(t *testing.T) *deployment {
	t.Helper()
	d := toolsDeployed.copy(t)
	d.edit(t, "sandbox.yaml", ": builders}", ": builders, "+outsiders+"}\n  users: {"+mallory+"}")
	return d
}

// assign assigns a permission set of the tools project in the account of the tools, with the credentials of an account.
func (d *deployment) assign(t *testing.T, s *sandbox.Server, set, kind, id string) {
	t.Helper()
	arn := s.Snapshot().IdentityCenter.PermissionSets[set].ARN
	require.NotEmpty(t, arn)
	require.NoError(t, s.SSOAdmin(toolsAccount, toolsRegion).CreateAccountAssignment(t.Context(), center, ssoadmin.Assignment{
		PermissionSet: arn, PrincipalID: id, PrincipalType: kind, Account: toolsAccount,
	}))
}

// told are the differences that a report tells of a resource.
func told(list []result.Drifted) (all []string) {
	for _, drifted := range list {
		for _, x := range drifted.Differences {
			all = append(all, drifted.Name+": "+x.Text)
		}
	}
	return all
}

// assignedToOutsiders is how it is told that somebody assigned Builder to mallory and the outsiders.
const assignedToOutsiders = `Builder-permission-set: assignments: somebody assigned it to the group "outsiders" in tools (111122223333), ` +
	`the user "mallory" in tools (111122223333)`

// strays are the resources with which that is taken away, as a list of changes has them.
func strays() []string {
	return []string{
		"delete Builder-assignment-group-" + outsidersID + "-" + toolsAccount + "-by-hand",
		"delete Builder-assignment-user-" + malloryID + "-" + toolsAccount + "-by-hand",
	}
}

// assignOutsiders assigns Builder to mallory and the outsiders, and gives the assignments before.
func (d *deployment) assignOutsiders(t *testing.T) (before []ssoadmin.Assignment) {
	t.Helper()
	d.aws(t, func(s *sandbox.Server) {
		before = s.Snapshot().IdentityCenter.Assignments
		d.assign(t, s, "Builder", "USER", malloryID)
		d.assign(t, s, "Builder", "GROUP", outsidersID)
	})
	return before
}

func (d *deployment) assignmentsAre(t *testing.T, want []ssoadmin.Assignment) {
	t.Helper()
	d.aws(t, func(s *sandbox.Server) { assert.Equal(t, want, s.Snapshot().IdentityCenter.Assignments) })
}

// An assignment by hand is told with who, where and what, and up takes it away and nothing else.
// Before a landing every kind is added to every permission set (TestWhatSomebodyAddsIsNamedAndTakenAway).
func TestAnAssignmentByHandIsToldAndTakenAway(t *testing.T) {
	t.Parallel()
	d := toolsWithOutsiders(t)
	before := d.assignOutsiders(t)
	found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "tools")
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
	assert.Equal(t, []string{assignedToOutsiders}, told(found.Stacks[0].Drift))
	up := d.run(t, result.Up, "tools")
	assert.Equal(t, []string{assignedToOutsiders}, told(up.PutBack))
	assert.ElementsMatch(t, strays(), changed(up))
	d.assignmentsAre(t, before)
}

// olderInTools is how it is told that the account of the tools has an older version of Builder.
const olderInTools = `Builder-permission-set: provisioned: an older version of it stands in tools (111122223333)`

// ageBuilder provisions Builder with a document that allows everything, and puts its own document back without having
// it provisioned: the permission set is as deployed, and the role in the account is not. It gives the world before.
func (d *deployment) ageBuilder(t *testing.T) (before string) {
	t.Helper()
	before = d.world(t)
	d.aws(t, func(s *sandbox.Server) {
		set, admin := s.Snapshot().IdentityCenter.PermissionSets["Builder"], s.SSOAdmin(toolsAccount, toolsRegion)
		require.NotEmpty(t, set.Inline)
		open := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
		require.NoError(t, admin.PutInlinePolicy(t.Context(), center, set.ARN, open))
		require.NoError(t, admin.ProvisionPermissionSet(t.Context(), center, set.ARN))
		require.NoError(t, admin.PutInlinePolicy(t.Context(), center, set.ARN, set.Inline))
	})
	require.NotEqual(t, before, d.world(t))
	return before
}

// An account in which an older version of a permission set stands is told, and up has AWS provision the permission set
// again; no resource changes. A run to which AWS does not answer says so, and the next one does it.
func TestAnOlderVersionInAnAccountIsToldAndProvisioned(t *testing.T) {
	t.Parallel()
	d := toolsDeployed.copy(t)
	before := d.ageBuilder(t)
	found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "tools")
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
	assert.Equal(t, []string{olderInTools}, told(found.Stacks[0].Drift))
	faults := &api.Faults{Rules: []api.FaultRule{{Call: "ProvisionPermissionSet", Fault: api.ErrorBefore}}}
	failed, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "tools")
	require.ErrorContains(t, err, "Builder-permission-set")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	assert.Equal(t, []string{olderInTools}, told(failed.Stacks[0].NotPutBack))
	// What another call of the run leaves half done is not provisioned, and that is said.
	d.aws(t, func(s *sandbox.Server) {
		require.NoError(t, s.IAM(toolsAccount).UpdateRoleDescription(t.Context(), "build", "by hand"))
	})
	faults = &api.Faults{Rules: []api.FaultRule{{Call: "UpdateRoleDescription", Fault: api.ErrorBefore}}}
	failed, err = d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "tools")
	require.Error(t, err)
	assert.Contains(t, told(failed.Stacks[0].NotPutBack), olderInTools)
	both := d.run(t, result.Up, "tools")
	assert.Contains(t, told(both.PutBack), olderInTools)
	assert.Equal(t, []string{"update operation-role-build"}, changed(both))

	assert.JSONEq(t, before, d.ageBuilder(t))
	up := d.run(t, result.Up, "tools")
	assert.Equal(t, []string{olderInTools}, told(up.PutBack))
	assert.Empty(t, changed(up))
	assert.Empty(t, up.NotPutBack)
	assert.JSONEq(t, before, d.world(t))
	again := d.run(t, result.Up, "tools")
	assert.Empty(t, told(again.PutBack))
}

// A run that ends in the middle says that it is not put back, however it ends, and the next one puts it back, also where
// somebody has left the identity store in between. Where AWS was not read, or does not answer, that is said. What an edit
// takes away nobody added.
// Every run holds the undisturbed case (TestAnAssignmentByHandIsToldAndTakenAway).
func TestAssignmentsByHandOutliveNoDisturbance(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := toolsWithOutsiders(t)
	before := d.assignOutsiders(t)
	plan := d.run(t, result.Preview, "tools")
	assert.Equal(t, []string{assignedToOutsiders}, told(plan.PutBack))
	assert.ElementsMatch(t, strays(), changed(plan))

	// A question without an answer is no good news.
	unanswered := func() *api.Faults {
		return &api.Faults{Rules: []api.FaultRule{
			{Call: "ListAccountsForProvisionedPermissionSet", Fault: api.ErrorBefore, Times: 1000},
		}}
	}
	_, err := d.workspace(t, workspace.Options{Faults: unanswered()}).Run(t.Context(), result.Drift, "tools")
	require.ErrorContains(t, err, "to whom the permission set Builder is assigned")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	summary, err := d.workspace(t, workspace.Options{Faults: unanswered()}).Run(t.Context(), result.Up, "tools")
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, summary.WriteText(&out))
	assert.Contains(t, out.String(), "  AWS did not say to whom the permission set Builder is assigned: ")

	summary, err = d.workspace(t, workspace.Options{NoRefresh: true}).Run(t.Context(), result.Up, "tools")
	require.NoError(t, err)
	assert.Empty(t, changed(summary.Stacks[0]))
	out.Reset()
	require.NoError(t, summary.WriteText(&out))
	assert.Contains(
		t,
		out.String(),
		"AWS was not read first: what somebody changed by hand is not seen, and not put back",
	)

	// An engine that is killed once AWS has taken one away, and before: the next run sees what is left.
	for _, fault := range []api.Fault{api.KilledBefore, api.Killed} {
		killed := &api.Faults{
			Kill:  d.killEngines,
			Rules: []api.FaultRule{{Call: "DeleteAccountAssignment", Fault: fault}},
		}
		_, err = d.workspace(t, workspace.Options{Faults: killed}).Run(t.Context(), result.Up, "tools")
		require.Error(t, err, fault)
		require.Positive(t, killed.Hits(), fault)
		d.run(t, result.Up, "tools")
		d.assignmentsAre(t, before)
		d.assignOutsiders(t)
	}

	// A run that took note of it and ended, before the group leaves the identity store.
	refused := &api.Faults{Rules: []api.FaultRule{{Call: "DeleteAccountAssignment", Fault: api.ErrorBefore, Times: 2}}}
	summary, err = d.workspace(t, workspace.Options{Faults: refused}).Run(t.Context(), result.Up, "tools")
	require.Error(t, err)
	assert.Equal(t, []string{assignedToOutsiders}, told(summary.Stacks[0].NotPutBack))
	d.edit(t, "sandbox.yaml", ", "+outsiders, "")
	up := d.run(t, result.Up, "tools")
	assert.Equal(
		t,
		[]string{strings.Replace(assignedToOutsiders, `"outsiders"`, "with the id "+outsidersID, 1)},
		told(up.PutBack),
	)
	assert.ElementsMatch(t, strays(), changed(up))
	assert.Empty(t, d.run(t, result.Drift, "tools").Drift)
	for _, r := range d.state(t, "tools") {
		assert.NotContains(t, r.URN, "-by-hand")
	}
	d.assignmentsAre(t, before)

	d.expectNothing(t, "Pulumi.tools.yaml")
	d.edit(t, "Pulumi.tools.yaml", "        managedPolicies: [ReadCosts]\n        assignments: [{group: builders, accounts: [tools]}]\n",
		"        managedPolicies: [job-function/ViewOnlyAccess]\n")
	plan = d.run(t, result.Preview, "tools")
	assert.Empty(t, told(plan.PutBack), "nobody did it by hand")
	assert.False(t, slices.ContainsFunc(changed(plan), func(c string) bool { return strings.HasSuffix(c, "-by-hand") }))
	assert.Contains(t, changed(plan), "delete CostReader-assignment-group-builders-"+toolsAccount)
}

// A delegated administrator takes nobody's access to the management account away, so that one is told and left, and
// everything else is taken away.
func TestAnAssignmentInTheManagementAccountIsToldAndLeft(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := organizationDeployed.copy(t)
	const management = "123456789012"
	viewer := func(s *sandbox.Server, kind, id, account string) {
		t.Helper()
		set := s.Snapshot().IdentityCenter.PermissionSets["Viewer"].ARN
		require.NoError(t, s.SSOAdmin(management, toolsRegion).CreateAccountAssignment(t.Context(), center, ssoadmin.Assignment{
			PermissionSet: set, PrincipalID: id, PrincipalType: kind, Account: account,
		}))
	}
	const dave = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	d.aws(t, func(s *sandbox.Server) {
		viewer(s, "USER", dave, management)
		viewer(s, "USER", dave, "777788889999")
	})
	const left = `Viewer-permission-set: assignments: somebody assigned it to the user "dave" in management (123456789012); ` +
		"a delegated administrator takes nobody's access to the management account away, so up leaves it: " +
		"take it away with credentials of the management account"
	found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "identity")
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
	assert.ElementsMatch(t, []string{
		left, `Viewer-permission-set: assignments: somebody assigned it to the user "dave" in payments (777788889999)`,
	}, told(found.Stacks[0].Drift))
	up := d.run(t, result.Up, "identity")
	assert.Equal(t, []string{left}, told(up.Beside))
	found, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "identity")
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
	assert.Equal(t, []string{left}, told(found.Stacks[0].Drift))
}

// Plain Pulumi leaves an assignment by hand, and its preview warns of it with the line that ends it. Where the program
// cannot ask, the preview says what it does not know.
func TestPlainPulumiWarnsOfAssignmentsByHand(t *testing.T) {
	tier.Long(t)
	d := newTools(t)
	d.edit(t, "sandbox.yaml", ": builders}", ": builders, "+outsiders+"}\n  users: {"+mallory+"}")
	p := newPipeline(t, d)
	t.Setenv(pulumi.EnvMonitor, "an engine")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	run := func(operate func(auto.Stack) error, before func(*sandbox.Server)) {
		t.Helper()
		server := startSandbox(t, d.dir, sandbox.Options{State: p.state, Stack: "tools", Account: toolsAccount})
		t.Setenv("AWS_ENDPOINT_URL_SSO_ADMIN", server.Endpoint())
		before(server)
		env := map[string]string{"PULUMI_DEBUG_PROVIDERS": server.DebugProviders()}
		for key, value := range p.env {
			env[key] = value
		}
		local, err := auto.NewLocalWorkspace(t.Context(), auto.WorkDir(p.dir), auto.Pulumi(p.command),
			auto.EnvVars(env), auto.Program(program.In(p.dir)))
		require.NoError(t, err)
		stack, err := auto.UpsertStack(t.Context(), "tools", local)
		require.NoError(t, err)
		require.NoError(t, operate(stack))
		require.NoError(t, server.Close())
	}
	var said strings.Builder
	preview := func(s auto.Stack) error {
		_, err := s.Preview(t.Context(), optpreview.Refresh(), optpreview.ProgressStreams(&said))
		return err
	}
	up := func(s auto.Stack) error {
		_, err := s.Up(t.Context(), optup.Refresh(), optup.SuppressProgress())
		return err
	}
	run(up, func(*sandbox.Server) {})
	run(preview, func(s *sandbox.Server) { d.assign(t, s, "Builder", "USER", malloryID) })
	assert.Contains(t, strings.Join(strings.Fields(said.String()), " "),
		`Builder: somebody assigned it to the user "mallory" in tools (111122223333); plain "pulumi up" leaves that, `+
			`and "guardrails up tools" takes it away`)
	run(preview, func(s *sandbox.Server) { t.Setenv("AWS_ENDPOINT_URL_SSO_ADMIN", s.Endpoint()+"/elsewhere") })
	assert.Contains(t, strings.Join(strings.Fields(said.String()), " "),
		"AWS did not say to whom the permission set Builder is assigned: ")
	run(up, func(*sandbox.Server) {})
	run(func(auto.Stack) error { return nil }, func(s *sandbox.Server) {
		assert.Len(t, s.Snapshot().IdentityCenter.Assignments, 3, "it is left, as the preview says")
	})
}
