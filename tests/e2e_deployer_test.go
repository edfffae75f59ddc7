package tests

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/deployer"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/policy"
)

// pipeline deploys stacks of a folder as CI does: each with the session of its account's deployer, every call of
// which the sandbox decides.
type pipeline struct {
	*deployment
	command auto.PulumiCommand
	state   string
	env     map[string]string
}

func newPipeline(t *testing.T, d *deployment) *pipeline {
	t.Helper()
	command, err := pulumicli.Find(t.Context(), pulumicli.Options{Progress: func(line string) { t.Log(line) }})
	require.NoError(t, err)
	// The program is inside the test; the folder of its source does not matter.
	project := d.read(t, "Pulumi.yaml")
	kept := slices.DeleteFunc(
		strings.Split(project, "\n"),
		func(line string) bool { return strings.HasPrefix(line, "main:") },
	)
	d.write(t, "Pulumi.yaml", strings.Join(kept, "\n"))
	return &pipeline{
		deployment: d,
		command:    command,
		state:      filepath.Join(t.TempDir(), "aws.json"),
		env: map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + t.TempDir(),
			"PULUMI_HOME":              t.TempDir(),
			"PULUMI_CONFIG_PASSPHRASE": "sandbox",
			"PULUMI_SKIP_UPDATE_CHECK": "true",
			"AWS_PROFILE":              "",
			"AWS_REGION":               "",
		},
	}
}

func (p *pipeline) stack(t *testing.T, name string) *stack.Stack {
	t.Helper()
	return read(t, filepath.Join(p.dir, "Pulumi."+name+".yaml"))
}

// as runs an operation with the session of a role of the stack's account, and gives the calls that were decided.
func (p *pipeline) as(
	t *testing.T,
	role, name string,
	operate func(context.Context, auto.Stack) error,
) ([]api.Call, error) {
	t.Helper()
	account := p.stack(t, name).Account.ID
	listener := &program.Listener{Thorough: true}
	server := startSandbox(
		t,
		p.dir,
		sandbox.Options{State: p.state, Stack: name, Account: account, CallsAs: "role/" + role},
	)
	defer func() { require.NoError(t, server.Close()) }()
	listener.Endpoint = server.Endpoint()
	env := map[string]string{"PULUMI_DEBUG_PROVIDERS": server.DebugProviders()}
	for key, value := range p.env {
		env[key] = value
	}
	local, err := auto.NewLocalWorkspace(
		t.Context(),
		auto.WorkDir(p.dir),
		auto.Pulumi(p.command),
		auto.EnvVars(env),
		auto.Program(func(ctx *pulumi.Context) error {
			return program.In(p.dir)(program.Listen(ctx, listener))
		}),
	)
	require.NoError(t, err)
	stack, err := auto.UpsertStack(t.Context(), name, local)
	require.NoError(t, err)
	err = operate(t.Context(), stack)
	_, unread := listener.Heard()
	assert.Empty(t, unread, "what drift asks beside the resources")
	return server.Calls(), err
}

func up(ctx context.Context, s auto.Stack) error {
	_, err := s.Up(ctx, optup.SuppressProgress())
	return err
}

func upWithRefresh(ctx context.Context, s auto.Stack) error {
	_, err := s.Up(ctx, optup.Refresh(), optup.SuppressProgress())
	return err
}

func previewWithRefresh(ctx context.Context, s auto.Stack) error {
	_, err := s.Preview(ctx, optpreview.Refresh(), optpreview.SuppressProgress())
	return err
}

func destroy(ctx context.Context, s auto.Stack) error {
	_, err := s.Destroy(ctx, optdestroy.SuppressProgress())
	return err
}

// admit puts the rendered roles of a stack in place, as an administrator does: the deployer has what was rendered and
// nothing else.
func (p *pipeline) admit(t *testing.T, name string) *deployer.Rendering {
	t.Helper()
	stack := p.stack(t, name)
	rendering, err := deployer.Render(
		stack,
		deployer.Options{GitHub: &deployer.GitHub{Repository: "example-org/guardrails"}},
	)
	require.NoError(t, err)
	server := startSandbox(t, p.dir, sandbox.Options{State: p.state, Stack: name, Account: stack.Account.ID})
	defer func() { require.NoError(t, server.Close()) }()
	admin := server.IAM(stack.Account.ID)
	for _, role := range []deployer.Role{rendering.Deployer, rendering.Preview} {
		existing, err := admin.GetRole(t.Context(), role.Name)
		if err != nil {
			existing, err = admin.CreateRole(
				t.Context(),
				iam.NewRole{Name: role.Name, Path: role.Path, Trust: role.Trust.JSON()},
			)
		}
		require.NoError(t, err)
		for _, arn := range existing.Attached {
			require.NoError(t, admin.DetachPolicy(t.Context(), iam.KindRole, role.Name, arn))
		}
		for _, document := range role.Policies {
			require.NoError(
				t,
				admin.PutPolicy(t.Context(), iam.KindRole, role.Name, document.Name, document.Document.JSON()),
			)
		}
	}
	return rendering
}

// change edits a stack file so that an update reaches every kind of resource that it has: other tags on all, other
// documents, other members.
func (p *pipeline) change(t *testing.T, name string, edits ...string) {
	t.Helper()
	file := "Pulumi." + name + ".yaml"
	edits = append(edits, "{tags: {Team: first}}", "{tags: {Owner: second}}")
	for i := 0; i < len(edits); i += 2 {
		p.edit(t, file, edits[i], edits[i+1])
	}
}

// calledFor is everything that a role was decided on, and with which documents.
type calledFor struct {
	account   string
	partition policy.Partition
	calls     []api.Call
	documents []deployer.Policy
}

// life is a folder of stacks, and what changes in each besides its tags: from, to, from, to.
type life struct {
	name    string
	open    func(*testing.T) *deployment
	up      []string
	destroy []string
	edits   map[string][]string
}

var lives = []life{
	{
		"two accounts",
		newDeployment,
		[]string{"dev", "prod"},
		[]string{"prod", "dev"},
		map[string][]string{
			"dev": {
				"      runAs: os-user1\n",
				"      runAs: os-user1\n      mfaMaxAge: 3h\n",
				"      documents: [AWS-StartPortForwardingSession]\n",
				"",
				"test-user1@non-97.net",
				"test-user@non-97.net",
				"  guardrails:operationRoles:",
				"  guardrails:mfa: {firstPasswordChange: false}\n  guardrails:sessions: {idleTimeout: 11m}\n  guardrails:operationRoles:",
			},
			"prod": {
				"mfaMaxAge: 4h",
				"mfaMaxAge: 3h\n      maxSessionDuration: 2h",
				"  guardrails:operationRoles:",
				"  guardrails:tags: {project: \"acme:project\"}\n  guardrails:operationRoles:",
				"minimumLength: 16",
				"minimumLength: 18",
				"idleTimeout: 10m",
				"idleTimeout: 11m",
				"[AdministratorAccess]",
				"[ReadOnlyAccess]",
			},
		},
	},
	// People go when nobody names them any more, and the policies of the organization bind all of it to the end.
	{
		"an organization",
		newOrganization,
		[]string{"jump", "workload", "payments", "identity", "management"},
		[]string{"workload", "payments", "identity", "jump", "management"},
		map[string][]string{
			"jump": {"minimumLength: 16", "minimumLength: 18", "accessKeys: true", "accessKeys: false"},
			"workload": {
				"idleTimeout: 15m",
				"idleTimeout: 16m",
				`until: "2030-12-01T13:00:00+09:00"`,
				`until: "2030-12-01T12:00:00+09:00"`,
				"      runAs: alice\n    - name: shop-bob",
				"      runAs: alice\n      mfaMaxAge: 3h\n    - name: shop-bob",
			},
			"payments": {"accessDuration: 4h", "accessDuration: 3h", "idleTimeout: 15m", "idleTimeout: 16m"},
			"identity": {"[SecurityAudit]", "[ReadOnlyAccess]"},
			"management": {
				"mode: report",
				"mode: deny",
				"      jumpAccounts: [jump]\n      targets: [r-exam]",
				"      jumpAccounts: [jump]\n      targets: [ou-exam-11111111]",
			},
		},
	},
	// Policies of the account's own, and boundaries that come, change and go.
	{
		"an account with boundaries",
		newTools,
		[]string{"tools"},
		[]string{"tools"},
		map[string][]string{
			"tools": {
				"{name: erin, permissionsBoundary: PeopleOfTools}",
				"{name: erin, permissionsBoundary: AdministratorAccess}",
				"{name: fay, permissionsBoundary: PeopleOfTools}",
				"{name: fay}",
				`["backup:*", "s3:*"]`,
				`["s3:*"]`,
				"      runAs: erin\n      permissionsBoundary: OnlyTokyo",
				"      runAs: erin\n      permissionsBoundary: AdministratorAccess",
				"externalId: example-org-4711",
				"externalId: example-org-4712",
			},
		},
	},
	// Settings that nothing else has, and policies of an organization that allows by list.
	{
		"a laboratory",
		newLab,
		[]string{"lab", "root"},
		[]string{"lab", "root"},
		map[string][]string{
			"lab": {
				"minimumLength: 20",
				"minimumLength: 22",
				"prefix: lab,",
				"prefix: bench,",
				"allowedValues: [web, worker]",
				"allowedValues: [web, worker, cron]",
				"mfaMaxAge: 30m\n      sessionName: any\n      maxSessionDuration: 2h",
				"mfaMaxAge: 20m\n      sessionName: any\n      maxSessionDuration: 3h",
			},
			"root": {"mode: deny", "mode: report", "quickSetup: false", "quickSetup: true"},
		},
	},
}

// newTools is the example with boundaries, policies of its own and a partner.
func newTools(t *testing.T) *deployment {
	t.Helper()
	return newExample(t, exampleTools)
}

// newLab is the example with every setting that the others leave at its default, in an organization that allows by
// list. It protects nothing: what is protected cannot be deleted.
func newLab(t *testing.T) *deployment {
	t.Helper()
	d := newExample(t, exampleLab)
	d.edit(t, "Pulumi.lab.yaml", "guardrails:protect: true", "guardrails:protect: false")
	return d
}

func newExample(t *testing.T, folder string) *deployment {
	t.Helper()
	d := &deployment{cli: clitest.Need(t), dir: t.TempDir(), cache: filepath.Join(t.TempDir(), "guardrails")}
	require.NoError(t, os.CopyFS(d.dir, os.DirFS(folder)))
	return d
}

// lived are the lives of this run: all of them in the nightly tier, else those of an account with roles, policies,
// documents and a password policy, and of the policies of an organization. People come and go as the deployer in
// TestALeaverKeepsTheGuardUntilTheDeletionBegins.
func lived() []life {
	if tier.Nightly() {
		return lives
	}
	accounts, organization := lives[0], lives[1]
	accounts.up, accounts.destroy = []string{"prod"}, []string{"prod"}
	organization.up, organization.destroy = []string{"management"}, []string{"management"}
	return tier.Sample(2, accounts, organization)
}

// Deployed, read again with a refresh, changed in every kind of resource and destroyed: the rendered policies are
// enough for each shipped stack, under the service control policies of its organization, and nothing in them is idle.
//
// It costs seven stacks of four operations in the real engine, because what an operation calls is known for certain
// only when it runs; what each action is good for is then decided from the calls that were made. All seven run in the
// nightly tier; one account and the policies of an organization always.
func TestTheRenderedPolicyIsEnoughAndNothingInItIsIdle(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	used, rendered := map[string]bool{}, map[string]bool{}
	t.Run("every stack", func(t *testing.T) {
		for _, l := range lived() {
			t.Run(l.name, func(t *testing.T) {
				t.Parallel()
				p := newPipeline(t, l.open(t))
				for _, did := range p.live(t, l) {
					mu.Lock()
					did.judge(t, used, rendered)
					mu.Unlock()
				}
			})
		}
	})
	require.NotEmpty(t, rendered)
	for action := range rendered {
		_, kept := keptUnused[action]
		if strings.HasPrefix(action, "sso:") || strings.HasPrefix(action, "identitystore:") {
			continue // The sandbox does not decide everything that the real provider reads of IAM Identity Center: enough is shown, and idle is not.
		}
		assert.NotEqual(t, used[action], kept, "%s: used %v, kept without use %v", action, used[action], kept)
	}
	anywhere := everythingRendered(t)
	for action := range keptUnused {
		assert.True(t, anywhere[action], "%s is kept with a reason and rendered nowhere", action)
	}
}

// everythingRendered are the actions of the rendered policies of every shipped stack.
func everythingRendered(t *testing.T) map[string]bool {
	t.Helper()
	actions := map[string]bool{}
	for _, l := range lives {
		p := newPipeline(t, l.open(t))
		for _, name := range l.up {
			rendering, err := deployer.Render(p.stack(t, name), deployer.Options{})
			require.NoError(t, err)
			for _, document := range slices.Concat(rendering.Deployer.Policies, rendering.Preview.Policies) {
				for _, statement := range document.Document.Statements {
					for _, action := range statement.Actions {
						actions[action] = true
					}
				}
			}
		}
	}
	return actions
}

// live deploys, previews, changes and destroys the stacks, and gives what each role was decided on.
func (p *pipeline) live(t *testing.T, l life) []*calledFor {
	t.Helper()
	deployed, read := map[string]*calledFor{}, map[string]*calledFor{}
	var all []*calledFor
	folder, err := project.Open(p.dir)
	require.NoError(t, err)
	require.Subset(t, folder.Stacks(), l.up)
	if tier.Nightly() {
		require.ElementsMatch(t, folder.Stacks(), l.up, "every stack of the folder has a life")
	}
	for _, name := range l.up {
		if strings.Contains(p.read(t, "Pulumi."+name+".yaml"), "  guardrails:expect:") {
			p.expectNothing(t, "Pulumi."+name+".yaml")
		}
		p.edit(t, "Pulumi."+name+".yaml", "\nconfig:\n", "\nconfig:\n  aws:defaultTags: {tags: {Team: first}}\n")
		account := p.stack(t, name).Account
		deployed[name], read[name] = &calledFor{
			account:   account.ID,
			partition: account.Partition,
		}, &calledFor{
			account:   account.ID,
			partition: account.Partition,
		}
		all = append(all, deployed[name], read[name])
	}
	step := func(name, role string, into *calledFor, operate func(context.Context, auto.Stack) error) {
		calls, err := p.as(t, role, name, operate)
		require.NoError(t, err, "%s as %s", name, role)
		require.NotEmpty(t, calls)
		into.calls = append(into.calls, calls...)
	}
	for _, name := range l.up {
		p.admit(t, name)
		step(name, deployer.DeployerName, deployed[name], up)
	}
	for _, name := range l.up {
		p.change(t, name, l.edits[name]...)
		rendering := p.admit(t, name)
		deployed[name].documents, read[name].documents = rendering.Deployer.Policies, rendering.Preview.Policies
		p.interfere(t, name)
		step(name, deployer.PreviewName, read[name], previewWithRefresh)
		step(name, deployer.DeployerName, deployed[name], upWithRefresh)
	}
	for _, name := range l.destroy {
		p.burdenAll(t, name)
		step(name, deployer.DeployerName, deployed[name], destroy)
	}
	return all
}

// keptUnused are actions that no operation here calls, with the reason for which they stay.
var keptUnused = map[string]string{
	"organizations:ListPolicies": "a policy whose creation was interrupted is looked for among all",
	"iam:UpdateUser":             "a user whose path changes is moved in place, to where the next rendering reaches",
	"iam:UpdateGroup":            "a group whose name or path changes is moved in place, to where the next rendering reaches",
}

// interfere does in the account what others do there, so that what the stack does about it is called for too.
func (p *pipeline) interfere(t *testing.T, name string) {
	t.Helper()
	stack := p.stack(t, name)
	server := startSandbox(t, p.dir, sandbox.Options{State: p.state, Stack: name, Account: stack.Account.ID})
	defer func() { require.NoError(t, server.Close()) }()
	admin := server.IAM(stack.Account.ID)
	world := stack.World()
	for _, g := range world.Groups {
		require.NoError(
			t,
			admin.AttachPolicy(t.Context(), iam.KindGroup, g.Name, policy.AWS.ManagedPolicyARN("ReadOnlyAccess")),
		)
	}
	others := policy.New(policy.Allow("SomebodyElses", "s3:ListAllMyBuckets").On("*")).JSON()
	for _, r := range world.Roles[:min(1, len(world.Roles))] {
		require.NoError(t, admin.PutPolicy(t.Context(), iam.KindRole, r.Name, "somebody-elses", others))
		require.NoError(t, admin.UpdateRoleDescription(t.Context(), r.Name, "somebody else's"))
		require.NoError(t, admin.UpdateRole(t.Context(), r.Name, 39600))
		if r.Boundary == "" {
			require.NoError(
				t,
				admin.PutRolePermissionsBoundary(t.Context(), r.Name, policy.AWS.ManagedPolicyARN("ReadOnlyAccess")),
			)
		}
	}
	stays := map[string]bool{}
	for _, u := range world.Users {
		stays[u.Name] = true
	}
	for _, u := range server.Snapshot().Accounts[stack.Account.ID].Users {
		if stays[u.Name] {
			require.NoError(
				t,
				admin.PutUserPermissionsBoundary(t.Context(), u.Name, policy.AWS.ManagedPolicyARN("ReadOnlyAccess")),
			)
			require.NoError(t, admin.PutPolicy(t.Context(), iam.KindUser, u.Name, "somebody-elses", others))
			require.NoError(
				t,
				admin.AttachPolicy(t.Context(), iam.KindUser, u.Name, policy.AWS.ManagedPolicyARN("ReadOnlyAccess")),
			)
		}
	}
	for _, d := range server.Snapshot().Accounts[stack.Account.ID].Documents {
		if d.Type == "Session" {
			require.NoError(
				t,
				server.SSM(stack.Account.ID, d.Region).
					ModifyDocumentPermission(t.Context(), d.Name, []string{"999999999999"}, nil),
			)
		}
	}
}

// burdenAll burdens every user of the stack's account, as people do in the course of time.
func (p *pipeline) burdenAll(t *testing.T, name string) {
	t.Helper()
	stack := p.stack(t, name)
	server := startSandbox(t, p.dir, sandbox.Options{State: p.state, Stack: name, Account: stack.Account.ID})
	defer func() { require.NoError(t, server.Close()) }()
	others := policy.New(policy.Allow("SomebodyElses", "s3:ListAllMyBuckets").On("*")).JSON()
	for _, u := range stack.World().Users {
		burden(t, server.IAM(stack.Account.ID), u.Name, others)
	}
}

// burden gives a user everything that has to go before the user can.
func burden(t *testing.T, admin iam.Client, name, document string) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, admin.PutPolicy(ctx, iam.KindUser, name, "somebody-elses", document))
	require.NoError(t, admin.AttachPolicy(ctx, iam.KindUser, name, policy.AWS.ManagedPolicyARN("ReadOnlyAccess")))
	for _, kind := range []iam.Credential{iam.SSHPublicKey, iam.SigningCertificate, iam.ServiceSpecificCredential} {
		_, err := admin.AddCredential(ctx, kind, name)
		require.NoError(t, err)
	}
	_, err := admin.CreateGroup(ctx, "somebody-elses-"+name, "/")
	require.NoError(t, err)
	require.NoError(t, admin.AddUserToGroup(ctx, "somebody-elses-"+name, name))
}

// judge takes each action out of the documents in turn and looks for a call that is denied then.
func (did *calledFor) judge(t *testing.T, used, rendered map[string]bool) {
	t.Helper()
	engine := func(without string) (*access.Engine, access.Session) {
		role := world.Role{Name: "Role"}
		for _, p := range did.documents {
			d := policy.New()
			for _, s := range p.Document.Statements {
				s.Actions = slices.DeleteFunc(
					slices.Clone(s.Actions),
					func(action string) bool { return action == without },
				)
				if len(s.Actions) > 0 {
					d = d.With(s)
				}
			}
			role.Inline = append(role.Inline, world.InlinePolicy{Name: p.Name, Document: d})
		}
		account := world.Account{ID: did.account, Partition: did.partition, Roles: []world.Role{role}}
		compiled, err := access.Compile(access.World{Accounts: []world.Account{account}})
		require.NoError(t, err)
		return compiled, access.AssumedRole(role.ARN(&account), "ci")
	}
	allowed := func(e *access.Engine, s access.Session, call api.Call) bool {
		decision, err := e.Decide(s, sandbox.RequestOf(call))
		require.NoError(t, err)
		return decision.Allowed()
	}
	full, session := engine("")
	for _, p := range did.documents {
		for _, s := range p.Document.Statements {
			for _, action := range s.Actions {
				rendered[action] = true
				lesser, _ := engine(action)
				for _, call := range did.calls {
					if call.Action == action && allowed(full, session, call) && !allowed(lesser, session, call) {
						used[action] = true
						break
					}
				}
			}
		}
	}
}

// Whoever leaves goes with all that they have, whatever it is, and the deployer may remove it; until the deletion is
// allowed, they keep the guard.
func TestALeaverKeepsTheGuardUntilTheDeletionBegins(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	p := newPipeline(t, newDeployment(t))
	const leaver = "bob"
	p.write(
		t,
		"Pulumi.dev.yaml",
		"config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \""+devAccount+"\"}\n"+
			"  guardrails:users: [{name: alice}, {name: "+leaver+"}]\n",
	)
	p.admit(t, "dev")
	_, err := p.as(t, deployer.DeployerName, "dev", up)
	require.NoError(t, err)
	account := func(use func(iam.Client, *sandbox.Server)) {
		server := startSandbox(t, p.dir, sandbox.Options{State: p.state, Stack: "dev", Account: devAccount})
		use(server.IAM(devAccount), server)
		require.NoError(t, server.Close())
	}
	account(func(admin iam.Client, _ *sandbox.Server) {
		burden(t, admin, leaver, policy.New(policy.Allow("SomebodyElses", "s3:ListAllMyBuckets").On("*")).JSON())
		deny := policy.New(policy.Deny("NotYet", "iam:ListGroupsForUser", "iam:RemoveUserFromGroup").On("*"))
		require.NoError(t, admin.PutPolicy(t.Context(), iam.KindRole, deployer.DeployerName, "less", deny.JSON()))
	})
	p.edit(t, "Pulumi.dev.yaml", ", {name: "+leaver+"}", "")
	_, err = p.as(t, deployer.DeployerName, "dev", up)
	require.ErrorContains(t, err, "AccessDenied")
	account(func(admin iam.Client, s *sandbox.Server) {
		assert.Contains(
			t,
			s.Snapshot().Accounts[devAccount].Users[leaver].Groups,
			"guardrails-mfa",
			"the leaver is without the guard",
		)
		require.NoError(t, admin.DeleteInlinePolicy(t.Context(), iam.KindRole, deployer.DeployerName, "less"))
	})
	_, err = p.as(t, deployer.DeployerName, "dev", up)
	require.NoError(t, err)
	account(func(_ iam.Client, s *sandbox.Server) {
		assert.NotContains(t, s.Snapshot().Accounts[devAccount].Users, leaver)
	})
}

// A deployer that lacks one action fails with AWS's own words, so the sandbox is no rubber stamp.
func TestADeployerWithoutAnActionIsDenied(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, newDeployment(t))
	p.admit(t, "dev")
	server := startSandbox(t, p.dir, sandbox.Options{State: p.state, Stack: "dev", Account: "111122223333"})
	deny := policy.New(policy.Deny("NoGuard", "iam:PutGroupPolicy").On("*"))
	require.NoError(
		t,
		server.IAM("111122223333").PutPolicy(t.Context(), iam.KindRole, deployer.DeployerName, "less", deny.JSON()),
	)
	require.NoError(t, server.Close())
	_, err := p.as(t, deployer.DeployerName, "dev", up)
	require.Error(t, err)
	assert.ErrorContains(
		t,
		err,
		"User: arn:aws:sts::111122223333:assumed-role/GuardrailDeployer/guardrails is not authorized to perform: iam:PutGroupPolicy on resource: "+
			"arn:aws:iam::111122223333:group/guardrails/",
	)
	assert.ErrorContains(t, err, "AccessDenied")
}
