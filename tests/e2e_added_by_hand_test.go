package tests

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/deployer"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// addition is something that somebody may add to a resource of a stack, beside everything that the stack registers.
type addition struct {
	// to is the type of the resource.
	to string
	// make says what is made beside it: the type, its inputs, and what drift says of it.
	make func(h *hand, account string, r stateResource) (typ string, inputs map[string]any, said string)
	// set are inputs of the resource itself that the program leaves out, instead of make; said is then the property.
	set map[string]any
	// has is the type of which a permission set has one at most: where the stack makes it, an addition is a change of it.
	has string
	// left says that up leaves it, and why stands in the text.
	left bool
}

// powerUser is a policy that no shipped stack attaches to anything.
const powerUser = "arn:aws:iam::aws:policy/PowerUserAccess"

const openDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// name is the input that says what AWS calls a resource.
func (r stateResource) name() string { return fmt.Sprint(r.Inputs["name"]) }

// inlined and attached are a policy in, and one on, what has policies.
func inlined(kind string) func(*hand, string, stateResource) (string, map[string]any, string) {
	return func(_ *hand, _ string, r stateResource) (string, map[string]any, string) {
		return "aws:iam/" + kind + "Policy:" + strings.ToUpper(kind[:1]) + kind[1:] + "Policy",
			map[string]any{kind: r.name(), "name": "of-" + r.name(), "policy": openDocument}, `"of-` + r.name() + `"`
	}
}

func attached(kind string) func(*hand, string, stateResource) (string, map[string]any, string) {
	return func(_ *hand, _ string, r stateResource) (string, map[string]any, string) {
		return "aws:iam/" + kind + "PolicyAttachment:" + strings.ToUpper(kind[:1]) + kind[1:] + "PolicyAttachment",
			map[string]any{kind: r.name(), "policyArn": powerUser}, powerUser
	}
}

// assigned assigns a permission set to somebody in an account where it is not: to the first of the kind whom the identity
// store has, in an account of the permission set where there is one.
func assigned(kind string) func(*hand, string, stateResource) (string, map[string]any, string) {
	return func(h *hand, _ string, r stateResource) (string, map[string]any, string) {
		center, set := h.server.Snapshot().IdentityCenter, fmt.Sprint(r.Outputs["arn"])
		names := map[string]map[string]string{"USER": center.Users, "GROUP": center.Groups}[kind]
		taken, has := map[string]bool{}, map[string]bool{}
		for _, a := range center.Assignments {
			if a.PermissionSet == set {
				taken[a.PrincipalID+a.Account], has[a.Account] = true, true
			}
		}
		accounts := append(
			slices.Sorted(maps.Keys(has)),
			slices.Sorted(maps.Keys(h.server.Snapshot().Organization.Accounts))...,
		)
		for _, account := range accounts {
			for _, id := range slices.Sorted(maps.Keys(names)) {
				if taken[id+account] || account == h.server.Snapshot().Organization.Management {
					continue
				}
				return "aws:ssoadmin/accountAssignment:AccountAssignment", map[string]any{
					"instanceArn":      r.Inputs["instanceArn"],
					"permissionSetArn": set,
					"principalId":      id,
					"principalType":    kind,
					"targetId":         account,
					"targetType":       "AWS_ACCOUNT",
				}, fmt.Sprintf("the %s %q in ", strings.ToLower(kind), names[id])
			}
		}
		require.Fail(h.t, "nobody is left to assign it to", "%s %s", kind, r.name())
		return "", nil, ""
	}
}

// additions are what can be added to each type of resource that a stack makes, by the types of resources and the
// arguments with which a provider can add it.
var additions = []addition{
	{to: token.IAMUser, make: inlined("user")},
	{to: token.IAMUser, make: attached("user")},
	{to: token.IAMUser, make: func(h *hand, account string, r stateResource) (string, map[string]any, string) {
		group := "others-of-" + r.name()
		_, err := h.server.IAM(account).CreateGroup(h.t.Context(), group, "/")
		require.NoError(h.t, err)
		return token.IAMUserGroupMembership, map[string]any{"user": r.name(), "groups": []any{group}}, `"` + group + `"`
	}},
	{to: token.IAMUser, set: map[string]any{"permissionsBoundary": administrator}},
	{to: token.IAMGroup, make: inlined("group")},
	{to: token.IAMGroup, make: attached("group")},
	{to: token.IAMGroup, left: true, make: func(h *hand, account string, r stateResource) (string, map[string]any, string) {
		_, err := h.server.IAM(account).CreateUser(h.t.Context(), iam.NewUser{Name: "outsider"})
		require.NoError(h.t, err)
		return token.IAMUserGroupMembership, map[string]any{"user": "outsider", "groups": []any{r.name()}}, `"outsider"`
	}},
	{to: token.IAMRole, make: inlined("role")},
	{to: token.IAMRole, make: attached("role")},
	{to: token.IAMRole, set: map[string]any{"permissionsBoundary": administrator}},
	{to: token.IAMRole, set: map[string]any{"description": "by hand"}},
	{to: token.SSMDocument, set: map[string]any{"tags": map[string]any{"by": "hand"}}},
	{to: token.IAMPolicy, set: map[string]any{"tags": map[string]any{"by": "hand"}}},
	{
		to:  "aws:ssoadmin/permissionSet:PermissionSet",
		has: token.SSOAdminPermissionSetInlinePolicy,
		make: func(_ *hand, _ string, r stateResource) (string, map[string]any, string) {
			return token.SSOAdminPermissionSetInlinePolicy, map[string]any{
				"instanceArn":      r.Inputs["instanceArn"],
				"permissionSetArn": r.Outputs["arn"],
				"inlinePolicy":     openDocument,
			}, "Allow"
		},
	},
	{
		to: "aws:ssoadmin/permissionSet:PermissionSet",
		make: func(_ *hand, _ string, r stateResource) (string, map[string]any, string) {
			return "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", map[string]any{
				"instanceArn":      r.Inputs["instanceArn"],
				"permissionSetArn": r.Outputs["arn"],
				"managedPolicyArn": powerUser,
			}, powerUser
		},
	},
	{
		to: "aws:ssoadmin/permissionSet:PermissionSet",
		make: func(h *hand, _ string, r stateResource) (string, map[string]any, string) {
			own := "others-of-" + r.name()
			for account := range h.server.Snapshot().Accounts {
				_, err := h.server.IAM(account).CreatePolicy(h.t.Context(), iam.NewPolicy{
					Name:     own,
					Document: openDocument,
				})
				require.NoError(h.t, err)
			}
			return "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment", map[string]any{
				"instanceArn":                    r.Inputs["instanceArn"],
				"permissionSetArn":               r.Outputs["arn"],
				"customerManagedPolicyReference": map[string]any{"name": own, "path": "/"},
			}, own
		},
	},
	{to: "aws:ssoadmin/permissionSet:PermissionSet", make: assigned("USER")},
	{to: "aws:ssoadmin/permissionSet:PermissionSet", make: assigned("GROUP")},
	{
		to:  "aws:ssoadmin/permissionSet:PermissionSet",
		has: boundaryOfSetType,
		make: func(_ *hand, _ string, r stateResource) (string, map[string]any, string) {
			return boundaryOfSetType, map[string]any{
				"instanceArn":         r.Inputs["instanceArn"],
				"permissionSetArn":    r.Outputs["arn"],
				"permissionsBoundary": map[string]any{"managedPolicyArn": powerUser},
			}, powerUser
		},
	},
	{
		to:   "aws:organizations/policyAttachment:PolicyAttachment",
		left: true,
		make: func(h *hand, _ string, r stateResource) (string, map[string]any, string) {
			typ := "aws:organizations/policy:Policy"
			made := h.create(r, typ, map[string]any{
				"name":    "others-" + strings.ReplaceAll(r.ID, ":", "-"),
				"type":    "SERVICE_CONTROL_POLICY",
				"content": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ssm:StartSession","Resource":"*"}]}`,
			})
			return r.Type, map[string]any{"policyId": made, "targetId": r.Inputs["targetId"]}, `"` + made + `"`
		},
	},
}

// create makes a resource with the provider of another one, beside every state, and gives its id.
func (h *hand) create(beside stateResource, typ string, inputs map[string]any) string {
	h.t.Helper()
	ctx, client := context.WithoutCancel(h.t.Context()), h.client(beside)
	urn := "urn:pulumi:x::x::" + typ + "::by-hand"
	checked, err := client.Check(
		ctx,
		&pulumirpc.CheckRequest{Urn: urn, News: h.pack(inputs), RandomSeed: []byte("hand")},
	)
	require.NoError(h.t, err)
	require.Empty(h.t, checked.GetFailures(), "%s %v", typ, inputs)
	made, err := client.Create(ctx, &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	require.NoError(h.t, err, "%s %v", typ, inputs)
	h.made = append(h.made, madeByHand{beside, &pulumirpc.DeleteRequest{
		Id: made.GetId(), Urn: urn, Properties: made.GetProperties(), OldInputs: checked.GetInputs(),
	}})
	return made.GetId()
}

// madeByHand is what was made with the provider of a resource, as the call that deletes it.
type madeByHand struct {
	beside stateResource
	delete *pulumirpc.DeleteRequest
}

// undo deletes what was made by hand, last made first; what up took away is gone already.
func (h *hand) undo(account string, all []madeByHand) {
	h.t.Helper()
	ctx := context.WithoutCancel(h.t.Context())
	for _, made := range slices.Backward(all) {
		_, err := h.client(made.beside).Delete(ctx, made.delete)
		require.NoError(h.t, err, made.delete.GetUrn())
	}
	iam := h.server.IAM(account)
	if _, err := iam.GetUser(ctx, "outsider"); err == nil {
		require.NoError(h.t, iam.DeleteUser(ctx, "outsider"))
	}
	for _, made := range all {
		if strings.Contains(made.delete.GetUrn(), "customerManagedPolicyAttachment") {
			for id := range h.server.Snapshot().Accounts {
				arn := "arn:aws:iam::" + id + ":policy/others-of-" + made.beside.name()
				require.NoError(h.t, h.server.IAM(id).DeletePolicy(ctx, arn))
			}
		}
		if group := "others-of-" + made.beside.name(); strings.Contains(made.delete.GetUrn(), token.IAMUserGroupMembership) {
			_ = iam.DeleteGroup(ctx, group) // The MFA group has no other group.
		}
	}
}

// added is one thing that was added to one resource.
type added struct {
	addition
	// typ is the type of what was made beside it; empty where the resource itself was changed.
	typ, stack, name, said string
}

// Whatever somebody adds to what a stack made, and that no document or setting of it shows, "drift" names it, "up"
// takes it away and nothing else, or leaves it and says why; then "drift" names nothing but what is left. Each kind is
// added to every resource of its type in every shipped stack, and to a permission set that has no policy of any kind but
// one of AWS's. All of it is done by the roles that deploy, with what "deployer" renders for them.
func TestWhatSomebodyAddsIsNamedAndTakenAway(t *testing.T) {
	t.Parallel()
	for name, folder := range map[string]struct {
		clean  stage
		stacks map[string]string
	}{
		"shipped": {bothDeployed, map[string]string{"dev": devAccount, "prod": prodAccount}},
		"organization": {organizationDeployed, map[string]string{
			"management": "123456789012", "jump": "111122223333", "payments": "777788889999", "workload": "444455556666",
			"identity": "555555555555",
		}},
		"tools": {toolsDeployed, map[string]string{"tools": "111122223333"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "shipped" {
				tier.Long(t)
			}
			d := folder.clean.copy(t)
			if name == "tools" { // Its identity store has one group, which has everything.
				d.edit(t, "sandbox.yaml", ": builders}", ": builders, "+outsiders+"}\n  users: {"+mallory+"}")
			}
			if name == "organization" {
				d.edit(t, "Pulumi.identity.yaml", "\n  guardrails:expect:", bareSet+"\n  guardrails:expect:")
				d.run(t, result.Up, "identity")
			}
			clean := d.world(t)
			var all []added
			made := map[string][]madeByHand{}
			targets := map[string]bool{}
			for stack, account := range folder.stacks {
				d.byHand(t, stack, account, func(h *hand) {
					all = append(all, h.addAll(stack, account, d.state(t, stack), targets)...)
					made[stack] = h.made
				})
			}
			require.Greater(t, len(all), 20)
			dismiss := d.employ(t, folder.stacks)
			d.takesAway(t, all)
			dismiss()
			assert.ElementsMatch(t, d.straysOf(t, folder.stacks), strayed(all), "what others can add was added")
			for stack, account := range folder.stacks {
				d.byHand(t, stack, account, func(h *hand) { h.undo(account, made[stack]) })
			}
			assert.Empty(t, gocmp.Diff(clean, d.world(t)))
			_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift)
			assert.NoError(t, err)
		})
	}
}

// Whom an identity store has and no stack file names.
const (
	mallory   = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d: mallory"
	outsiders = "1b2c3d4e-5f6a-7b8c-9d0e-1f2a3b4c5d6e: outsiders"
)

// bareSet is a permission set with as little as one can have.
const bareSet = `      - name: Looker
        template: own
        managedPolicies: [job-function/ViewOnlyAccess]
        assignments:
          - {group: auditors, accounts: [jump]}
`

// employ lets the roles that deploy make every call from here on, each with what is rendered for it and nothing else,
// until the function that it gives is called.
func (d *deployment) employ(t *testing.T, stacks map[string]string) (dismiss func()) {
	t.Helper()
	var undo []func()
	for name, account := range stacks {
		rendering, err := deployer.Render(
			read(t, filepath.Join(d.dir, "Pulumi."+name+".yaml")),
			deployer.Options{GitHub: &deployer.GitHub{Repository: "example-org/guardrails"}},
		)
		require.NoError(t, err)
		require.Equal(t, deployer.DeployerName, rendering.Deployer.Name)
		undo = append(undo, d.hire(t, name, account, rendering.Deployer))
	}
	world := d.read(t, "sandbox.yaml")
	d.write(t, "sandbox.yaml", "callsAs: role/"+deployer.DeployerName+"\n"+world)
	return func() {
		d.write(t, "sandbox.yaml", world)
		for _, each := range undo {
			each()
		}
	}
}

// hire gives a role the policies that were rendered for it, and takes away all others until undo.
func (d *deployment) hire(t *testing.T, name, account string, role deployer.Role) (undo func()) {
	t.Helper()
	ctx := t.Context()
	var before iam.Role
	d.byHand(t, name, account, func(h *hand) {
		admin := h.server.IAM(account)
		var err error
		if before, err = admin.GetRole(ctx, role.Name); err != nil { // Then undo deletes it.
			_, err = admin.CreateRole(ctx, iam.NewRole{Name: role.Name, Trust: role.Trust.JSON()})
			require.NoError(t, err)
		}
		for _, arn := range before.Attached {
			require.NoError(t, admin.DetachPolicy(ctx, iam.KindRole, role.Name, arn))
		}
		for _, p := range role.Policies {
			require.NoError(t, admin.PutPolicy(ctx, iam.KindRole, role.Name, p.Name, p.Document.JSON()))
		}
	})
	return func() {
		d.byHand(t, name, account, func(h *hand) {
			admin := h.server.IAM(account)
			for _, p := range role.Policies {
				require.NoError(t, admin.DeleteInlinePolicy(ctx, iam.KindRole, role.Name, p.Name))
			}
			for _, arn := range before.Attached {
				require.NoError(t, admin.AttachPolicy(ctx, iam.KindRole, role.Name, arn))
			}
			if before.Name == "" {
				require.NoError(t, admin.DeleteRole(ctx, role.Name))
			}
		})
	}
}

// straysOf are the types of what others can add beside the resources of the stacks, as the table of types has them.
func (d *deployment) straysOf(t *testing.T, stacks map[string]string) []string {
	t.Helper()
	all := map[string]bool{}
	for name := range stacks {
		for _, r := range d.state(t, name) {
			for _, stray := range awstype.StraysOf(r.Type) {
				all[stray.Token] = true
			}
		}
	}
	return slices.Collect(maps.Keys(all))
}

// strayed are the types of what was added that no resource of a stack reads, and that up takes away.
func strayed(all []added) []string {
	types := map[string]bool{}
	for _, typ := range awstype.Types() {
		for _, stray := range typ.Strays {
			if slices.ContainsFunc(all, func(a added) bool { return a.typ == stray.Token && !a.left }) {
				types[stray.Token] = true
			}
		}
	}
	return slices.Collect(maps.Keys(types))
}

// addAll makes every addition to every resource of a stack. To a target of the organization one is enough, however
// many policies the stack attached there.
func (h *hand) addAll(stack, account string, state []stateResource, targets map[string]bool) (all []added) {
	for _, r := range state {
		target := fmt.Sprint(r.Inputs["targetId"])
		if r.Type == "aws:organizations/policyAttachment:PolicyAttachment" && targets[target] {
			continue
		}
		inputs, set := maps.Clone(r.Inputs), false
		for _, a := range additions {
			if a.to != r.Type || a.has != "" && slices.ContainsFunc(state, func(of stateResource) bool {
				return of.Type == a.has && of.Inputs["permissionSetArn"] == r.Outputs["arn"]
			}) {
				continue
			}
			one := added{addition: a, stack: stack, name: r.name()}
			if a.make != nil {
				typ, with, said := a.make(h, account, r)
				h.create(r, typ, with)
				one.typ, one.said = typ, said
				if a.to == "aws:organizations/policyAttachment:PolicyAttachment" {
					targets[target], one.name = true, target
				}
			}
			for key, value := range a.set {
				inputs[key], one.said, set = value, key, true
			}
			all = append(all, one)
		}
		if set {
			_, err := h.change(r, inputs)
			require.NoError(h.t, err, r.URN)
		}
	}
	return all
}

// takesAway wants drift to name everything that was added, up to take away what can be, and drift then to name the
// rest alone.
func (d *deployment) takesAway(t *testing.T, all []added) {
	t.Helper()
	found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift)
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
	for _, a := range all {
		assert.True(t, d.tells(t, found, a), "drift does not name %s of %s %s in %s", a.said, a.to, a.name, a.stack)
	}
	summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up)
	require.NoError(t, err)
	for _, r := range summary.Stacks {
		assert.Empty(t, r.NotPutBack, r.Stack)
		assert.Empty(t, r.Unread, r.Stack)
	}
	after, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift)
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "something is left, and said: %v", err)
	left := 0
	for _, a := range all {
		assert.Equal(t, a.left, d.tells(t, after, a), "%s of %s %s in %s", a.said, a.to, a.name, a.stack)
	}
	for _, r := range after.Stacks {
		for _, drifted := range r.Drift {
			for _, x := range drifted.Differences {
				assert.True(t, x.Left, "%s: %s", r.Stack, x.Text)
				left++
			}
		}
	}
	assert.Positive(t, left)
	t.Logf("%d things were added, %d are left and said", len(all), left)
}

// tells reports whether drift says that something was added to the resource that it was added to.
func (d *deployment) tells(t *testing.T, found *result.Summary, a added) bool {
	t.Helper()
	owners := map[string][]string{}
	for _, r := range d.state(t, a.stack) {
		for _, value := range r.Inputs {
			owners[r.URN] = append(owners[r.URN], fmt.Sprint(value))
		}
	}
	for _, r := range found.Stacks {
		for _, drifted := range r.Drift {
			if r.Stack != a.stack || drifted.Name != a.name && !slices.Contains(owners[drifted.URN], a.name) {
				continue
			}
			if slices.ContainsFunc(drifted.Differences, func(x result.Difference) bool {
				return strings.Contains(x.Text, a.said) && x.Left == a.left
			}) {
				return true
			}
		}
	}
	return false
}

// Plain Pulumi takes policies of users away as every resource does; a membership in another group it leaves, and its
// preview warns of it with the line that ends it.
// Every run holds the same of guardrails up (TestWhatSomebodyAddsIsNamedAndTakenAway).
func TestPlainPulumiWarnsOfWhatItLeaves(t *testing.T) {
	tier.Long(t)
	const user = "non-97-test-user1"
	d := newDeployment(t)
	p := newPipeline(t, d)
	t.Setenv(pulumi.EnvMonitor, "an engine")
	var said strings.Builder
	run := func(operate func(auto.Stack) error, before func(*sandbox.Server)) {
		t.Helper()
		server := startSandbox(t, d.dir, sandbox.Options{State: p.state, Stack: "dev", Account: devAccount})
		before(server)
		env := map[string]string{"PULUMI_DEBUG_PROVIDERS": server.DebugProviders()}
		for key, value := range p.env {
			env[key] = value
		}
		local, err := auto.NewLocalWorkspace(t.Context(), auto.WorkDir(p.dir), auto.Pulumi(p.command),
			auto.EnvVars(env), auto.Program(program.In(p.dir)))
		require.NoError(t, err)
		stack, err := auto.UpsertStack(t.Context(), "dev", local)
		require.NoError(t, err)
		require.NoError(t, operate(stack))
		require.NoError(t, server.Close())
	}
	up := func(s auto.Stack) error {
		_, err := s.Up(t.Context(), optup.Refresh(), optup.SuppressProgress())
		return err
	}
	run(up, func(*sandbox.Server) {})
	run(func(s auto.Stack) error {
		_, err := s.Preview(t.Context(), optpreview.Refresh(), optpreview.ProgressStreams(&said))
		return err
	}, func(server *sandbox.Server) {
		admin := server.IAM(devAccount)
		_, err := admin.CreateGroup(t.Context(), "admins", "/")
		require.NoError(t, err)
		require.NoError(t, admin.AddUserToGroup(t.Context(), "admins", user))
		require.NoError(t, admin.AttachPolicy(t.Context(), iam.KindUser, user, powerUser))
	})
	assert.Contains(t, strings.Join(strings.Fields(said.String()), " "), user+`: somebody added admins to its groups; `+
		`plain "pulumi up" leaves that, and "guardrails up dev" takes it away`)
	run(up, func(*sandbox.Server) {})
	run(func(auto.Stack) error { return nil }, func(server *sandbox.Server) {
		found, err := server.IAM(devAccount).GetUser(t.Context(), user)
		require.NoError(t, err)
		assert.Equal(t, []string{"admins", "guardrails-mfa"}, found.Groups, "it is left, as the preview says")
		assert.Empty(t, found.Attached)
	})
}

// A run that took note of what others added and ended before it took it away says so, and the next run takes it away
// and asks for no leave.
// Every run holds the undisturbed case (TestWhatSomebodyAddsIsNamedAndTakenAway).
func TestWhatARunTookNoteOfIsTakenAwayByTheNext(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	const user = "non-97-test-user1"
	d := devDeployed.copy(t)
	clean := d.world(t)
	d.aws(t, func(s *sandbox.Server) {
		_, err := s.IAM(devAccount).CreateGroup(t.Context(), "admins", "/")
		require.NoError(t, err)
		require.NoError(t, s.IAM(devAccount).AddUserToGroup(t.Context(), "admins", user))
	})
	faults := &api.Faults{Rules: []api.FaultRule{
		{Call: "RemoveUserFromGroup", Subject: "admins/" + user, Fault: api.ErrorBefore},
	}}
	summary, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "dev")
	require.Error(t, err)
	require.Len(t, summary.Stacks[0].NotPutBack, 1)
	assert.Contains(t, summary.Stacks[0].NotPutBack[0].Differences[0].Text, `somebody added "admins"`)
	noted := func() (names []string) {
		for _, r := range d.state(t, "dev") {
			if strings.HasSuffix(r.URN, "-by-hand") {
				names = append(names, r.URN[strings.LastIndex(r.URN, ":")+1:])
			}
		}
		return names
	}
	assert.Equal(t, []string{user + "-in-admins-by-hand"}, noted())

	up := d.run(t, result.Up, "dev")
	assert.Equal(t, []string{"delete " + user + "-in-admins-by-hand"}, changed(up))
	require.Len(t, up.PutBack, 1)
	assert.Empty(t, noted())
	assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
	d.aws(t, func(s *sandbox.Server) { require.NoError(t, s.IAM(devAccount).DeleteGroup(t.Context(), "admins")) })
	assert.Equal(t, clean, d.world(t))
}

// What AWS does not answer is no good news: drift fails and says what it does not know, and up says it too.
func TestAQuestionWithoutAnAnswerIsSaid(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	refused := func() *api.Faults {
		return &api.Faults{Rules: []api.FaultRule{{Call: "GetResource", Fault: api.ErrorBefore, Times: 1000}}}
	}
	_, err := d.workspace(t, workspace.Options{Faults: refused()}).Run(t.Context(), result.Drift, "dev")
	require.ErrorContains(t, err, "the groups of non-97-test-user1")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	summary, err := d.workspace(t, workspace.Options{Faults: refused()}).Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, summary.WriteText(&out))
	assert.Contains(t, out.String(), "  AWS did not say the groups of non-97-test-user1: ")
}

// Where an account stands decides which service control policies bind it: each account of the tree that somebody moves,
// to another unit or to the root, is named by drift, up leaves it, and once it is back nothing differs.
func TestAnAccountThatSomebodyMovesIsNamed(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := organizationDeployed.copy(t)
	const stack = "management"
	tree := read(t, filepath.Join(d.dir, "Pulumi."+stack+".yaml")).ServiceControlPolicies().Tree
	parents, units := tree.Parents(), tree.IDs()
	require.Greater(t, len(units), 2)
	moved := map[string]string{}
	var lines strings.Builder
	for i, account := range slices.Sorted(maps.Keys(parents)) {
		others := slices.DeleteFunc(slices.Clone(units), func(unit string) bool { return unit == parents[account] })
		moved[account] = others[i%len(others)]
		fmt.Fprintf(&lines, "    %q: %s\n", account, moved[account])
	}
	require.Greater(t, len(moved), 3)
	world := d.read(t, "sandbox.yaml")
	d.edit(t, "sandbox.yaml", "\norganization:\n", "\norganization:\n  accounts:\n"+lines.String())

	for _, operation := range []result.Operation{result.Drift, result.Up, result.Drift} {
		found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), operation, stack)
		if operation == result.Up {
			require.NoError(t, err)
			continue
		}
		assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
		var told []string
		for _, drifted := range found.Stacks[0].Drift {
			require.Len(t, drifted.Differences, 1)
			assert.True(t, drifted.Differences[0].Left)
			assert.Contains(
				t,
				drifted.Differences[0].Text,
				fmt.Sprintf("from %q to %q", parents[drifted.Name], moved[drifted.Name]),
			)
			told = append(told, drifted.Name)
		}
		assert.ElementsMatch(t, slices.Collect(maps.Keys(moved)), told)
	}
	d.write(t, "sandbox.yaml", world)
	assert.Empty(t, d.run(t, result.Drift, stack).Drift)
}
