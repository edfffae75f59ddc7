package guardrail_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	doortable "aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

const (
	exampleJump     = "111122223333"
	exampleWorkload = "444455556666"
	examplePayments = "777788889999"
)

// standing is a role of the example's accounts that no stack makes, with everything allowed to it: only the
// guardrails deny.
func standing(account, name string) world.Role {
	return world.Role{Name: name, Trust: accounts.AnyoneOf(policy.AWS, account), Inline: []world.InlinePolicy{accounts.AllowEverything}}
}

// doorColumn is a caller of the table for people, and where it tries the doors.
type doorColumn struct {
	title, account, role, project string
}

// keyColumns are callers with an access key, for what roles cannot do.
var keyColumns = []doorColumn{{"administrator with an access key", exampleWorkload, exampleUser, ""}}

// exampleUser is a user of the workload account with Allow *.
const exampleUser = "user/robot"

// session is that of the caller, at accounts.Noon.
func (c doorColumn) session() access.Session {
	if strings.HasPrefix(c.role, "user/") {
		return access.LongTermKey("arn:aws:iam::" + c.account + ":" + c.role)
	}
	return access.AssumedRole("arn:aws:iam::"+c.account+":role/"+c.role, "alice").IssuedAt(accounts.Noon)
}

var doorColumns = []doorColumn{
	{"administrator", exampleWorkload, "guardrails/delegated/AdminRole", "shop"},
	{"operation role", exampleWorkload, "guardrails/operation/shop-alice", "shop"},
	{"OSAccess", exampleWorkload, "guardrails/osaccess/OSAccess", "shop"},
	{"a grant inside its window", exampleWorkload, "guardrails/osaccess/grant-CHG1234-alice", "billing"},
	{"token role", examplePayments, guardrail.TokenRoleName, "payments"},
	{"deployer", exampleWorkload, "GuardrailDeployer", "shop"},
	{"break-glass", exampleWorkload, "BreakGlass", "shop"},
}

// exampleDoors is the shipped example with the roles of the table: those that no stack makes, and the shared role of
// OS access, which the example has nobody for.
func exampleDoors(t *testing.T, change func(*stack.Stack)) *access.Engine {
	t.Helper()
	var w access.World
	var organization *scp.Args
	for _, name := range exampleStacks {
		stack, problems := stack.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
		require.Empty(t, problems)
		if stack.OSAccess != nil {
			stack.OSAccess.StandingUsers, stack.OSAccess.RunAs = []sections.PersonOrTeam{"jump/carol"}, "carol"
		}
		if change != nil {
			change(stack)
		}
		account := stack.World()
		for _, c := range slices.Concat(doorColumns, peopleColumns) {
			if c.account == account.ID && !strings.Contains(c.role, "/") {
				account.Roles = append(account.Roles, standing(account.ID, c.role))
			}
		}
		if account.ID == exampleWorkload {
			account.Users = append(
				account.Users,
				world.User{Name: "robot", Inline: []world.InlinePolicy{accounts.AllowEverything}},
			)
		}
		w.Accounts = append(w.Accounts, account)
		if a := stack.ServiceControlPolicies(); a != nil {
			organization = a
		}
	}
	organization.AddToOrganization(&w)
	engine, err := access.Compile(world.WithManagedPolicies(w))
	require.NoError(t, err)
	return engine
}

// decidedDoor is what the engine says of a door for a caller.
func decidedDoor(t *testing.T, engine *access.Engine, c doorColumn, d door) access.Decision {
	t.Helper()
	return decided(
		t,
		engine,
		c.session(),
		d.request(policy.AWS, c.account, world.Tag{Key: "Project", Value: c.project}),
	)
}

// peopleColumns are callers in the account of people, for what is done to people.
var peopleColumns = []doorColumn{
	{"administrator", exampleJump, "Administrator", ""},
	{"deployer", exampleJump, "GuardrailDeployer", ""},
	{"break-glass", exampleJump, "BreakGlass", ""},
}

// example is a call of a set of actions: on what, with which keys, and who tries it.
type example struct {
	// when says which calls of the actions are meant; empty means all.
	when    string
	on      []string
	context access.Context
	columns []doorColumn
}

// exampleOf is a call of an action as one of a set.
func exampleOf(action string, set doortable.Set) example {
	p, tags := policy.AWS, access.Context{"aws:TagKeys": {"Project"}}
	ssm := func(resource string) string {
		return policy.ARN{
			Partition: p,
			Service:   "ssm",
			Region:    accounts.Regions[p][0],
			Account:   exampleWorkload,
			Resource:  resource,
		}.String()
	}
	x := example{on: exampleARNs(action, p, accounts.Regions[p][0], exampleWorkload), columns: doorColumns}
	switch set {
	case doortable.Sessions:
		if action == "ssm:StartSession" {
			x.on = []string{
				p.InstanceARN(accounts.Regions[p][0], exampleWorkload, accounts.FirstNode),
				p.DocumentARN(accounts.Regions[p][0], exampleWorkload, guardrail.PreferencesDocument),
			}
		}
	case doortable.RoleMaking, doortable.RoleChanging:
		x.when, x.on = "a role that is exempt or under `/guardrails/`", []string{
			p.RoleARN(exampleWorkload, guardrail.OSAccessRolePath, "mine"),
		}
		if action == "iam:PassRole" {
			x.context = access.Context{"iam:PassedToService": {"ec2.amazonaws.com"}}
		}
	case doortable.ManagedPolicies:
		x.when, x.on = "a policy under `/guardrails/`", []string{
			p.PolicyARN(exampleWorkload, guardrail.PolicyPath, "mine"),
		}
	case doortable.Groups:
		x.when, x.on = "a group under `/guardrails/`", []string{
			p.GroupARN(exampleWorkload, guardrail.RolePath, "guardrails-mfa"),
		}
	case doortable.Takeovers:
		x.when, x.on, x.columns = "another person, in the accounts of people", []string{
			p.UserARN(exampleJump, "/", "alice"),
		}, peopleColumns
	case doortable.PasswordRules:
		x.when, x.on, x.columns = "in the accounts of people", nil, peopleColumns
	case doortable.PrincipalTags, doortable.SessionTags:
		x.when, x.context = "with a tag that decides access", tags
	case doortable.NodeTags:
		x.when, x.context = "the project tag", tags
		x.on = []string{p.InstanceARN(accounts.Regions[p][0], exampleWorkload, accounts.FirstNode)}
	case doortable.SessionDocuments:
		x.when, x.on, x.context = "documents of sessions", []string{
			ssm("document/Team-Shell"),
		}, access.Context{
			"ssm:DocumentType": {"Session"},
		}
	case doortable.RunDocuments:
		x.when, x.on, x.context = "documents that are run", []string{
			ssm("document/Team-Runbook"),
		}, access.Context{
			"ssm:DocumentType": {"Automation"},
		}
	case doortable.JustInTimeSettings:
		x.when, x.on = "the settings of just-in-time access", []string{
			ssm("servicesetting/ssm/just-in-time-access/identity-provider"),
		}
	case doortable.StackSetStacks:
		x.when = "a stack of a stack set"
		x.on = []string{
			policy.ARN{
				Partition: p,
				Service:   "cloudformation",
				Region:    accounts.Regions[p][0],
				Account:   exampleWorkload,
				Resource:  "stack/StackSet-everywhere/0123",
			}.String(),
		}
	case doortable.ConsolePasswords:
		x.when = "outside of the jump accounts"
	case doortable.FederationTokens:
		x.when, x.columns = "outside of the jump accounts", keyColumns
	}
	return x
}

// decide is what the engine says of the call for a caller.
func (x example) decide(t *testing.T, engine *access.Engine, c doorColumn, action string) access.Decision {
	t.Helper()
	r := access.Request{Action: action, Context: x.context, Time: accounts.Noon}
	for _, arn := range x.on {
		arn = strings.ReplaceAll(arn, ":"+exampleWorkload+":", ":"+c.account+":")
		tags := []world.Tag{}
		if strings.Contains(arn, ":instance/") {
			tags = append(tags, world.Tag{Key: "Project", Value: c.project})
		}
		r.Resources = append(r.Resources, access.Resource{ARN: arn, Tags: tags})
	}
	if action == "ssm-guiconnect:StartConnection" {
		r.Context = access.Context{"aws:RequestedRegion": {"ap-northeast-1"}}
	}
	return decided(t, engine, c.session(), r)
}

// fate says who is kept out by what, and for whom the call is open.
func (x example) fate(t *testing.T, engine *access.Engine, action string) string {
	t.Helper()
	var open, sids []string
	for _, c := range x.columns {
		switch got := x.decide(t, engine, c, action); {
		case got.Allowed():
			open = append(open, c.title)
		case got.Outcome == access.ExplicitlyDenied && strings.HasPrefix(got.By.Policy, "guardrails-") && got.By.Kind == access.ServiceControlPolicySource && !slices.Contains(sids, got.By.Sid):
			sids = append(sids, got.By.Sid)
		}
	}
	if len(sids) == 0 {
		return "open"
	}
	words := "closed by `" + strings.Join(sids, "`, `") + "`"
	if len(open) > 0 {
		words += ", open for " + strings.Join(open, ", ")
	}
	if x.when != "" {
		words = x.when + ": " + words
	}
	return words
}

// fates are what becomes of an action in the example: by each set that closes it, or why it is open.
func fates(t *testing.T, shipped, denied *access.Engine, row *doortable.Row, action string) string {
	t.Helper()
	if !row.Closed() {
		return "open: " + row.Open
	}
	var words []string
	for _, set := range row.In {
		if doortable.ClosedBy(set) == "" {
			continue
		}
		x := exampleOf(action, set)
		now := x.fate(t, shipped, action)
		if now == "open" {
			now = x.fate(
				t,
				denied,
				action,
			) + ", with `remoteExecution.mode: deny`; the example has `report`, which closes nothing"
		}
		words = append(words, now)
	}
	return strings.Join(words, "; ")
}

// classTable is the part of the table of doors of one class.
func classTable(t *testing.T, shipped, denied *access.Engine, class doortable.Class) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| service | what | calls | in the example |\n| --- | --- | --- | --- |\n")
	for i := range doortable.Table() {
		row := &doortable.Table()[i]
		if row.Class != class {
			continue
		}
		var texts []string
		calls := map[string][]string{}
		for _, action := range row.Actions {
			text := fates(t, shipped, denied, row, action)
			if calls[text] == nil {
				texts = append(texts, text)
			}
			calls[text] = append(calls[text], "`"+action+"`")
		}
		it := row.It
		if row.Page != "" {
			it = "[" + it + "](" + row.Page + ")"
		}
		if row.Why != "" {
			it += ": " + row.Why
		}
		for _, text := range texts {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.Service, it, strings.Join(calls[text], ", "), text)
		}
	}
	return b.String()
}

// makings are what makes a door of one's own: an exempt role, what sessions run as, a node of another project.
var makings = []door{
	{it: "make a role that is exempt", action: "iam:CreateRole", resource: "new role"},
	{it: "let oneself in to one", action: "iam:UpdateAssumeRolePolicy", resource: "guarded role"},
	{it: "give one more rights", action: "iam:AttachRolePolicy", resource: "guarded role"},
	{
		it:       "lend one to a service",
		action:   "iam:PassRole",
		resource: "guarded role",
		context:  access.Context{"iam:PassedToService": {"ec2.amazonaws.com"}},
	},
	{
		it:       "change what sessions run as",
		action:   "ssm:UpdateDocument",
		resource: "preferences",
		context:  access.Context{"ssm:DocumentType": {"Session"}},
	},
	{
		it:      "move a node into a project",
		action:  "ec2:CreateTags",
		context: access.Context{"aws:TagKeys": {"project"}, "aws:RequestTag/project": {"mine"}},
	},
}

func remoteDoors() (remote, others []door) {
	for _, d := range doors {
		if d.remote {
			remote = append(remote, d)
		} else {
			others = append(others, d)
		}
	}
	return remote, others
}

// denyRemote is the switch that closes remote execution, which the example leaves at report.
func denyRemote(s *stack.Stack) {
	if s.Organization != nil {
		s.Organization.OSAccessOnly.RemoteExecution.Mode = scp.RemoteExecutionDeny
	}
}

const doorsPage = "../docs/safety.md"

// The tables of doors that people read are made of the one table, with what the engine decides on the shipped
// example: as it is, and with remote execution denied.
func TestTheTableOfDoorsIsWhatTheEngineDecides(t *testing.T) {
	shipped, denied := exampleDoors(t, nil), exampleDoors(t, denyRemote)
	for _, class := range doortable.Classes() {
		const by = ": rewritten with UPDATE_GOLDEN=1 go test ./guardrail -run TestTheTableOfDoors -->\n"
		begin := "<!-- doors, " + string(class) + by
		end := "<!-- end of doors, " + string(class) + " -->\n"
		testkit.GoldenPart(t, doorsPage, begin, end, classTable(t, shipped, denied, class))
	}
}

// Every row of the table is closed to an administrator of an account by the statement that it names, in the example
// with remote execution denied and just-in-time access, and one that says that it is open is denied by no service
// control policy.
func TestEveryRowIsClosedAsItSays(t *testing.T) {
	engine := exampleDoors(t, func(s *stack.Stack) {
		denyRemote(s)
		if s.Organization != nil {
			s.Organization.JustInTimeAccounts = []string{exampleWorkload}
		}
	})
	for i := range doortable.Table() {
		row := &doortable.Table()[i]
		for _, action := range row.Actions {
			for _, set := range row.In {
				sid := doortable.ClosedBy(set)
				if sid == "" {
					continue
				}
				x := exampleOf(action, set)
				got := x.decide(t, engine, x.columns[0], action)
				assert.Equal(t, access.ExplicitlyDenied, got.Outcome, "%s as one of %s", action, set)
				assert.Equal(t, sid, got.By.Sid, "%s as one of %s", action, set)
			}
			if !row.Closed() {
				got := exampleOf(action, "").decide(t, engine, doorColumns[0], action)
				assert.False(
					t,
					got.Outcome == access.ExplicitlyDenied && got.By.Kind == access.ServiceControlPolicySource,
					"%s is said to be open: %s",
					action,
					got,
				)
			}
		}
	}
}

// What the tables say, in words: in the example no administrator and no deployer comes in by any door that is closed,
// everybody who is exempt has the doors of sessions and no other, and break-glass has all of them.
func TestInTheExampleDoorsAreOpenForExemptRolesAlone(t *testing.T) {
	remote, others := remoteDoors()
	shipped, denied := exampleDoors(t, nil), exampleDoors(t, denyRemote)
	for _, d := range slices.Concat(others, remote) {
		engine := shipped
		if d.remote {
			engine = denied
		}
		open := map[string]bool{}
		for _, c := range doorColumns {
			open[c.title] = decidedDoor(t, engine, c, d).Allowed()
		}
		assert.True(t, open["break-glass"], d.it)
		assert.False(t, open["administrator"] || open["deployer"], d.it)
		session := d.sid() == "DenySessionsButForGuardedRoles"
		assert.Equal(t, session, open["token role"], d.it)
		shell := d.document == guardrail.PreferencesDocument
		assert.Equal(t, shell, open["operation role"], d.it)
		assert.False(t, !session && (open["OSAccess"] || open["a grant inside its window"]), d.it)
		assert.False(t, shell && !(open["OSAccess"] && open["a grant inside its window"]), d.it)
		assert.Equal(t, open["OSAccess"], open["a grant inside its window"], d.it)
	}
	for _, d := range makings {
		for _, c := range doorColumns {
			got := decidedDoor(t, shipped, c, d)
			assert.Equal(t, c.title == "deployer" || c.title == "break-glass", got.Allowed(), "%s: %s", c.title, d.it)
		}
	}
}
