package guardrail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// What the template of OS access refuses.
func TestOSAccessRefusals(t *testing.T) {
	refused(t, Opening, []refusal[*osaccess.Args]{
		{
			"no sessions",
			func(a *osaccess.Args) { a.Sessions = nil },
			"opens shells, and without the section sessions they would be ssm-user's, with sudo and without end; add " +
				"sessions with its regions",
		},
		{
			"no Region",
			func(a *osaccess.Args) { a.Sessions.Regions = nil },
			"opens shells, and sessions.regions is empty, so there is no Region where they would be bounded; " +
				"list the " +
				"Regions in sessions.regions",
		},
		{
			"password data without desktops",
			func(a *osaccess.Args) { a.RDP = false },
			"passwordData: true is of use for remote desktops alone, and rdp is not true; leave it out, or write " +
				"rdp: true",
		},
		{
			"an empty list of projects",
			func(a *osaccess.Args) { a.Projects = []string{} },
			`projects: "[]" is an empty list, which would be every node; list the projects, or leave projects out for every node of the account`,
		},
		{"an empty project", func(a *osaccess.Args) { a.Projects[1] = "" },
			`projects[1]: "" is empty, and an empty tag equals every other empty one; name the project`},
		{
			"a project twice",
			func(a *osaccess.Args) { a.Projects[1] = a.Projects[0] },
			`projects[1]: "Test Project 1" is listed twice; remove one`,
		},
		{
			"a project that policies do not take",
			func(a *osaccess.Args) { a.Projects[1] = "計画" },
			`projects[1]: "計画" has a character that policies do not take, and several projects are written into the policy; list it alone, so that the role's tag carries it, or use characters up to U+00FF`,
		},
		{
			"a document that is not logged",
			func(a *osaccess.Args) { a.Documents[1] = "AWS-StartSSHSession" },
			`documents[1]: "AWS-StartSSHSession" opens SSH, whose sessions are not logged and ignore Run As; leave it out, or accept that with allowUnlogged: true`,
		},
		{"every document", func(a *osaccess.Args) { a.Documents[1] = "*" },
			`documents[1]: "*" is a pattern; name each document, such as AWS-StartPortForwardingSession`},
		{
			"grants without end",
			func(a *osaccess.Args) { a.GrantMaxLength = 8 * 24 * time.Hour },
			`grantMaxLength: "192h" is not the length of a grant; use 1m to 168h`,
		},
		{"grants of no whole seconds", func(a *osaccess.Args) { a.GrantMaxLength = time.Hour + time.Millisecond },
			`grantMaxLength: "1h0m0.001s" is not in whole seconds; use whole seconds`},
		{"a standing user twice", func(a *osaccess.Args) { a.StandingUsers = []string{"carol", "CAROL"} },
			`standingUsers[1]: "CAROL" is listed twice; remove one; user names ignore case`},
		{
			"a standing role",
			func(a *osaccess.Args) { a.StandingPrincipalARNs[0] = "arn:aws:iam::444455556666:role/ops" },
			`standingPrincipalArns[0]: "arn:aws:iam::444455556666:role/ops" is a role, and a role session carries no MFA, so it could never pass; name an IAM user, such as arn:aws:iam::444455556666:user/alice`,
		},
		{
			"no OS user",
			func(a *osaccess.Args) { a.RunAs = "" },
			"runAs: is missing and sessions.runAs.defaultUser is empty, so every shell would fail; write the OS user " +
				"of the shells, such as os-user1",
		},
		{
			"root",
			func(a *osaccess.Args) { a.RunAs = "root" },
			`runAs: "root" is the superuser, which Session Manager does not run as; write a login name without privileges`,
		},
		{
			"an OS user that nothing reads",
			func(a *osaccess.Args) { off := false; a.Sessions.RunAs.Enabled = &off },
			`runAs: "oncall" has no effect while sessions.runAs.enabled is false: the shell would be ssm-user's, with sudo; leave it out, or enable Run As`,
		},
		{
			"old MFA",
			func(a *osaccess.Args) { a.MFAMaxAge = 37 * time.Hour },
			`mfaMaxAge: "37h" is outside of what AWS keeps MFA for; use 1m to 36h`,
		},
		{"a tag for two things", func(a *osaccess.Args) { a.ProjectTag = "ssmSessionRunAs" },
			`tags.project: "ssmSessionRunAs" is the tag that names the OS user; use another key, such as Project`},
	})
}

// What OS access accepts: nobody stands in the door, one project in any letters, the default OS user.
func TestOSAccessIsAccepted(t *testing.T) {
	for name, change := range map[string]func(a *osaccess.Args){
		"nobody stands in the door": func(a *osaccess.Args) {
			a.StandingUsers, a.StandingPrincipalARNs, a.RunAs = nil,
				nil, ""
		},
		"one project in any letters": func(a *osaccess.Args) { a.Projects = []string{"計画"} },
		"every node":                 func(a *osaccess.Args) { a.Projects = nil },
		"the default OS user":        func(a *osaccess.Args) { a.RunAs, a.Sessions.RunAs.DefaultUser = "", "guest" },
		"unlogged documents": func(a *osaccess.Args) {
			a.Documents,
				a.AllowUnlogged = []string{"AWS-StartSSHSession"}, true
		},
	} {
		a := Opening()
		change(a)
		assert.NoError(t, a.Validate(), name)
	}
}

// What a grant refuses.
func TestGrantRefusals(t *testing.T) {
	refused(t, grantArgs, []refusal[*grant.Args]{
		{
			"no template",
			func(a *grant.Args) { a.OSAccess = nil },
			`opens: "osAccess" is not described: there is no section osAccess; add osAccess, the template of what a grant opens, or write the name of a role`,
		},
		{"a template with a problem", func(a *grant.Args) { a.OSAccess.Documents = []string{"*"} },
			`opens: "osAccess" has problems of its own; correct the section osAccess`},
		{"no bound for shells", func(a *grant.Args) { a.OSAccess.Sessions = nil },
			`opens: "osAccess" has problems of its own; correct the section osAccess`},
		{
			"nobody",
			func(a *grant.Args) { a.Person = "" },
			"person: is missing; write the name of a user of this account, such as alice, of another stack's, " +
				"such as " +
				"jump/alice, or the ARN of a user",
		},
		{
			"a person who is not found",
			func(a *grant.Args) { a.PrincipalARN = "" },
			`person: "jump/dave" is nobody; write the name of a user of this account, such as alice, of another stack's, such as jump/alice, or the ARN of a user`,
		},
		{
			"two people",
			func(a *grant.Args) { a.User = "alice" },
			`person: "jump/dave" is a user of this account and of another; write the name of a user of this account, such as alice, of another stack's, such as jump/alice, or the ARN of a user`,
		},
		{
			"a role",
			func(a *grant.Args) { a.PrincipalARN = "arn:aws:iam::444455556666:role/ops" },
			`person: "arn:aws:iam::444455556666:role/ops" is a role, and a role session carries no MFA, so it could never pass; name an IAM user, such as arn:aws:iam::444455556666:user/alice`,
		},
		{
			"a whole account",
			func(a *grant.Args) { a.PrincipalARN = "arn:aws:iam::444455556666:root" },
			`person: "arn:aws:iam::444455556666:root" is a whole account; name an IAM user, such as arn:aws:iam::444455556666:user/alice`,
		},
		{
			"something else",
			func(a *grant.Args) { a.Opens = "everything" },
			`opens: "everything" is nothing that can be granted; write osAccess, or the name of a role of operationRoles or delegatedRoles`,
		},
		{
			"a project of others",
			func(a *grant.Args) { a.Projects[0] = "Test Project 3" },
			`projects[0]: "Test Project 3" is not among osAccess.projects; use Test Project 1, Test Project 2, or add it there`,
		},
		{
			"no project at all",
			func(a *grant.Args) { a.Projects = []string{} },
			`projects: "[]" is an empty list, which would be every node; list the projects, or leave projects out for every node of the account`,
		},
		{
			"no OS user",
			func(a *grant.Args) { a.RunAs = "" },
			"runAs: is missing and sessions.runAs.defaultUser is empty, so every shell would fail; write the OS user " +
				"of the shells, such as os-user1",
		},
		{
			"an OS user that is none",
			func(a *grant.Args) { a.RunAs = "dave example" },
			`runAs: "dave example" is not a login name; use a letter or _ and then up to 31 letters, digits, _, . and -, such as os-user1; or user@domain`,
		},
		{"no beginning", func(a *grant.Args) { a.From = time.Time{} },
			`from: is missing; write an instant with its offset in quotes, such as "2030-12-01T09:00:00+09:00"`},
		{"no end", func(a *grant.Args) { a.Until = time.Time{} },
			`until: is missing; write an instant with its offset in quotes, such as "2030-12-01T09:00:00+09:00"`},
		{
			"half a second",
			func(a *grant.Args) { a.From = a.From.Add(500 * time.Millisecond) },
			`from: "2030-12-01T09:00:00+09:00 (2030-12-01T00:00:00Z)" is not in whole seconds, and policies know no others; write an instant with its offset in quotes, such as "2030-12-01T09:00:00+09:00"`,
		},
		{
			"an empty window",
			func(a *grant.Args) { a.Until = a.From.UTC() },
			`until: "2030-12-01T00:00:00Z" is not after from, 2030-12-01T09:00:00+09:00 (2030-12-01T00:00:00Z); write a later instant`,
		},
		{
			"a window the wrong way round",
			func(a *grant.Args) { a.From, a.Until = a.Until, a.From },
			`until: "2030-12-01T09:00:00+09:00 (2030-12-01T00:00:00Z)" is not after from, 2030-12-01T13:00:00+09:00 (2030-12-01T04:00:00Z); write a later instant`,
		},
		{
			"too long",
			func(a *grant.Args) { a.Until = a.From.Add(12*time.Hour + time.Second) },
			`until: "2030-12-01T21:00:01+09:00 (2030-12-01T12:00:01Z)" is 12h0m1s after from, and osAccess.grantMaxLength is 12h; end it by 2030-12-01T21:00:00+09:00 (2030-12-01T12:00:00Z), or write several grants`,
		},
		{
			"no ticket",
			func(a *grant.Args) { a.Ticket = " " },
			"ticket: is missing; write why the grant exists, such as CHG1234",
		},
		{
			"a ticket that is no tag",
			func(a *grant.Args) { a.Ticket = "CHG<1>" },
			`ticket: "CHG<1>" has the character '<', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
	})
	a := grantArgs()
	a.Until = a.From.Add(12 * time.Hour)
	assert.NoError(t, a.Validate(), "as long as may be")
	a.OSAccess.GrantMaxLength = 0
	assert.NoError(t, a.Validate(), "twelve hours when nothing is written")
}

// Two grants that would be one role are refused, whatever tells them apart that a role's name does not.
func TestTwoGrantsOfOneRoleAreRefused(t *testing.T) {
	first, second, third := grantArgs(), grantArgs(), grantArgs()
	second.Ticket = "chg 1234"
	third.Person, third.PrincipalARN, third.User = "dave", "", "dave"
	third.Ticket = "CHG1235"
	require.EqualError(
		t,
		grant.ValidateAll([]*grant.Args{first, third, second}),
		`grants[2].ticket: "chg 1234" gives the role grant-chg1234-dave to jump/dave, which grants[0] has too; write one window, or tell the tickets apart, such as chg 1234-2`,
	)
	second.Ticket = "CHG1234-2"
	require.NoError(t, grant.ValidateAll([]*grant.Args{first, third, second}))
}

// The name of a grant's role says ticket and person, whatever they are made of, and the console can switch to it.
func TestTheNameOfAGrantsRoleSaysTicketAndPerson(t *testing.T) {
	for _, c := range []struct{ ticket, user, want string }{
		{"CHG1234", "alice", "grant-CHG1234-alice"},
		{"INC 2026/17", "alice@example.com", "grant-INC202617-alice@example.com"},
		{strings.Repeat("9", 60), "alice", "grant-9999999999999999999999999999-bd60122b"},
	} {
		a := grantArgs()
		a.Ticket, a.User, a.PrincipalARN, a.Person = c.ticket, c.user, "", c.user
		require.NoError(t, a.Validate())
		assert.LessOrEqual(t, len(guardrail.OSAccessRolePath)+len(a.RoleName()), 64)
		assert.Equal(t, c.want, a.RoleName())
	}
}

// What just-in-time access refuses.
func TestJustInTimeRefusals(t *testing.T) {
	refused(t, justInTime, []refusal[*justintime.Args]{
		{
			"no sessions",
			func(a *justintime.Args) { a.Sessions = nil },
			"opens sessions, and there is no section sessions whose regions, limits and Run As would bound them; add " +
				"sessions with its regions",
		},
		{
			"no default user",
			func(a *justintime.Args) { a.Sessions.RunAs.DefaultUser = "" },
			"opens every session as the role SSM-JustInTimeAccessTokenRole, which has no OS user, and " +
				"sessions.runAs.defaultUser is empty; write the OS user of all just-in-time shells there, and keep " +
				"logs of the sessions to tell people apart",
		},
		{
			"a user who asks",
			func(a *justintime.Args) { a.Requesters[0] = "arn:aws:iam::111122223333:user/alice" },
			`requesters[0]: "arn:aws:iam::111122223333:user/alice" is not a role, and just-in-time node access takes role sessions alone; write the ARN of a role`,
		},
		{
			"a role of another account",
			func(a *justintime.Args) { a.Requesters[0] = "arn:aws:iam::444455556666:role/Developer" },
			`requesters[0]: "arn:aws:iam::444455556666:role/Developer" is not of this account, and nodes are asked for in their own account; write the ARN of a role of 111122223333`,
		},
		{
			"a policy named like AWS's",
			func(a *justintime.Args) { a.ManualApprovals[0].Name = justintime.AutoApprovalDocument },
			`manualApprovals[0].name: "SSM-JustInTimeAccessAutoApprovalPolicy" is a name of AWS's; use another name`,
		},
		{
			"a policy that is no JSON",
			func(a *justintime.Args) { a.ManualApprovals[1].Content = "permit" },
			`manualApprovals[1].content: does not hold a JSON object of approvals: invalid character 'p' looking for beginning of value; read one with aws ssm get-document --name ... --query Content`,
		},
		{"a policy of another schema", func(a *justintime.Args) {
			a.ManualApprovals[1].Content = `{"schemaVersion":"1.0","accessTokenRole":"SSM-JustInTimeAccessTokenRole"}`
		}, `manualApprovals[1].content: "1.0" is not the schemaVersion 0.3 of approval policies; read one with aws ssm get-document --name ... --query Content`},
		{"a policy with another role", func(a *justintime.Args) {
			a.ManualApprovals[1].Content = `{"schemaVersion":"0.3","accessTokenRole":"Admin"}`
		}, `manualApprovals[1].content: "Admin" is the accessTokenRole, and sessions run as SSM-JustInTimeAccessTokenRole; write that role`},
		{"a policy that nobody approves", func(a *justintime.Args) {
			a.ManualApprovals[1].Content = `{"schemaVersion":"0.3","accessTokenRole":"SSM-JustInTimeAccessTokenRole"}`
		}, `manualApprovals[1].content: has no mainSteps, so nobody could approve; read one with aws ssm get-document --name ... --query Content`},
		{"a policy that runs something", func(a *justintime.Args) {
			a.ManualApprovals[1].Content = `{"schemaVersion":"0.3","accessTokenRole":"SSM-JustInTimeAccessTokenRole","mainSteps":[{"action":"aws:executeScript"}]}`
		}, `manualApprovals[1].content: "aws:executeScript" is no step of an approval; keep the steps with the action aws:approve`},
		{"a policy written twice", func(a *justintime.Args) { a.ManualApprovals[1].AccessDuration = time.Hour },
			"manualApprovals[1].accessDuration: says what content says already; remove one of the two"},
		{"a policy for no nodes", func(a *justintime.Args) { a.ManualApprovals[0].Projects = nil },
			"manualApprovals[0].projects: is missing; list the projects whose nodes the policy is for"},
		{
			"a policy without approvers",
			func(a *justintime.Args) { a.ManualApprovals[0].Groups = nil },
			"manualApprovals[0].groups: is missing: nobody could approve; list the ids of the groups of IAM Identity " +
				"Center that approve",
		},
		{
			"an approver by name",
			func(a *justintime.Args) { a.ManualApprovals[0].Groups[0] = "Leads" },
			`manualApprovals[0].groups[0]: "Leads" is not the id of a group of IAM Identity Center; write its id, as aws identitystore list-groups prints it`,
		},
		{
			"an approval of minutes",
			func(a *justintime.Args) { a.ManualApprovals[0].AccessDuration = 90 * time.Minute },
			`manualApprovals[0].accessDuration: "1h30m" is not between 1 and 336 whole hours; write one of them, such as 8h`,
		},
		{
			"an approval of a month",
			func(a *justintime.Args) { a.ManualApprovals[0].AccessDuration = 337 * time.Hour },
			`manualApprovals[0].accessDuration: "337h" is not between 1 and 336 whole hours; write one of them, such as 8h`,
		},
		{"two policies for one node", func(a *justintime.Args) {
			a.ManualApprovals[1] = justintime.ManualApproval{
				Name:     "Again",
				Projects: a.ManualApprovals[0].Projects,
				Groups:   a.ManualApprovals[0].Groups,
			}
		}, `manualApprovals[1].projects[0]: "Test Project 1" is a project of Production too, and AWS refuses requests for nodes of two policies; keep it in one of them`},
		{"more policies than AWS takes", func(a *justintime.Args) {
			for i := range 49 {
				a.ManualApprovals = append(
					a.ManualApprovals,
					justintime.ManualApproval{Name: fmt.Sprintf("More%d", i), Content: a.ManualApprovals[1].Content},
				)
			}
		}, "manualApprovals: 51 are more policies than the 50 that AWS takes in a Region; merge some"},
		{"a document too long for AWS", func(a *justintime.Args) {
			for i := range 400 {
				a.AutoApprovals[0].Projects = append(a.AutoApprovals[0].Projects, fmt.Sprintf("Project %d", i))
			}
		}, `"SSM-JustInTimeAccessAutoApprovalPolicy" is 111499 bytes long as an SSM document, and AWS takes 65536; merge rules`},
		{
			"a denial nowhere",
			func(a *justintime.Args) { a.HomeRegion = "" },
			"homeRegion: is missing: AWS takes denyAccess in the home Region of Systems Manager alone; write " +
				"that Region",
		},
		{
			"everybody is approved",
			func(a *justintime.Args) { a.AutoApprovals[0].Group = "" },
			"autoApprovals[0].group: is missing: everybody would be approved; write the id of a group of IAM " +
				"Identity Center",
		},
		{"every node is approved", func(a *justintime.Args) { a.AutoApprovals[0].Projects = nil },
			"autoApprovals[0].projects: is missing: every node would be approved; list the projects"},
		{
			"a group by name",
			func(a *justintime.Args) { a.AutoApprovals[0].Group = "Operators" },
			`autoApprovals[0].group: "Operators" is not the id of a group of IAM Identity Center; write its id, as aws identitystore list-groups prints it`,
		},
		{
			"an injected rule",
			func(a *justintime.Args) { a.AutoApprovals[0].Projects[0] = `x" || true || "` },
			`autoApprovals[0].projects[0]: "x\" || true || \"" has the character '"', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
		{
			"a denial in the wrong stack",
			func(a *justintime.Args) { a.DelegatedAdministrator = false },
			"denyAccess: belongs to the account that administers Systems Manager for the organization; move it to " +
				"that stack, or write delegatedAdministrator: true if this is it",
		},
	})
}

// What the guardrails of an organization refuse.
func TestOrganizationRefusals(t *testing.T) {
	type args = scp.Args
	refused(t, organizationArgs, []refusal[*args]{
		{
			"no organization",
			func(a *args) { a.ID = "" },
			`id: "" is not the id of an organization; write it as AWS prints it, such as o-exampleorgid`,
		},
		{
			"no management account",
			func(a *args) { a.Management = "" },
			`management: "" is not an account id; write its twelve digits in quotes, such as "111122223333"`,
		},
		{
			"a root that is none",
			func(a *args) { a.Tree.ID = "ou-exam-11111111" },
			"tree.id: \"ou-exam-11111111\" is not the id of a root; write it as AWS prints it, such as " +
				"r-exam\ntree.units[0].id: \"ou-exam-11111111\" stands in tree.id too; leave one of them out",
		},
		{
			"a unit that is none",
			func(a *args) { a.Tree.Units[0].ID = "Workloads" },
			`tree.units[0].id: "Workloads" is not the id of an organizational unit; write it as AWS prints it, such as ou-exam-11111111`,
		},
		{"an account twice", func(a *args) { a.Tree.Accounts[2] = otherAccount },
			`tree.accounts[2]: "444455556666" stands in tree.units[0].accounts[0] too; leave one of them out`},
		{
			"no deployer",
			func(a *args) { a.Deployer = "" },
			"account.deployer: is missing, and protectGuardrails would lock out what deploys the stacks; write the " +
				"role that deploys, such as role/GuardrailDeployer",
		},
		{
			"deployers",
			func(a *args) { a.Deployer = "role/Deploy*" },
			`account.deployer: "role/Deploy*" is a pattern, and this must be one role; write role/Name for the role of every account, or the ARN of one account's role`,
		},
		{
			"no break-glass",
			func(a *args) { a.BreakGlass = nil },
			"account.breakGlass: is missing: nobody could help when a guardrail is wrong; list at least one role for " +
				"emergencies, such as role/BreakGlass",
		},
		{
			"break-glass is the deployer",
			func(a *args) { a.BreakGlass = []string{a.Deployer} },
			`account.breakGlass[0]: "role/GuardrailDeployer" is account.deployer too; keep another role for emergencies`,
		},
		{
			"break-glass in the management account",
			func(a *args) { a.BreakGlass = []string{"arn:aws:iam::123456789012:role/BreakGlass"} },
			`account.breakGlass[0]: "arn:aws:iam::123456789012:role/BreakGlass" is a role of the management account, which no service control policy binds; leave it out`,
		},
		{
			"break-glass of a stranger",
			func(a *args) { a.BreakGlass = []string{"arn:aws:iam::999999999999:role/BreakGlass"} },
			`account.breakGlass[0]: "arn:aws:iam::999999999999:role/BreakGlass" is a role of an account that does not stand in tree; add the account to tree, or write another role`,
		},
		{"no target", func(a *args) { a.OSAccessOnly.Targets = nil },
			"osAccessOnly.targets: is empty, so the guardrail would guard nothing; list ids of tree, such as r-exam"},
		{"a target that is not there", func(a *args) { a.OSAccessOnly.Targets = []string{"ou-exam-22222222"} },
			`osAccessOnly.targets[0]: "ou-exam-22222222" does not stand in tree; use an id of tree`},
		{
			"the management account as target",
			func(a *args) { a.MemberRoot.Targets = []string{"123456789012"} },
			`memberRoot.targets[0]: "123456789012" is the management account, which no service control policy binds; leave it out`,
		},
		{
			"a target below a target",
			func(a *args) { a.MemberRoot.Targets = []string{"r-exam", otherAccount} },
			`memberRoot.targets[1]: "444455556666" stands below another target, which hands the policy down; leave it out`,
		},
		{
			"a target twice",
			func(a *args) { a.MemberRoot.Targets = []string{otherAccount, otherAccount} },
			`memberRoot.targets[1]: "444455556666" is listed twice; remove one`,
		},
		{
			"a permission set by pattern",
			func(a *args) { a.OSAccessOnly.PermissionSets[0] = "*" },
			`osAccessOnly.permissionSets[0]: "*" is not the name of a permission set; use 1 to 32 letters, digits and +=,.@_-`,
		},
		{"everybody is exempt", func(a *args) { a.OSAccessOnly.Exempt[0] = "role/*" },
			`osAccessOnly.exempt[0]: "role/*" matches nearly every role; write more of the name before the * or ?`},
		{
			"a user is exempt",
			func(a *args) { a.OSAccessOnly.Exempt[0] = "user/alice" },
			`osAccessOnly.exempt[0]: "user/alice" is not a role; write role/Name for the role of every account, or the ARN of one account's role`,
		},
		{"a mode that is none", func(a *args) { a.OSAccessOnly.RemoteExecution.Mode = "warn" },
			`osAccessOnly.remoteExecution.mode: "warn" is not a mode; write off, report or deny`},
		{
			"exempt from nothing",
			func(a *args) { a.OSAccessOnly.RemoteExecution.Mode = "off" },
			`osAccessOnly.remoteExecution.mode: "off" denies nothing, and roles are exempt from it; leave the roles out, or write report or deny`,
		},
		{"two presets", func(a *args) { a.OSAccessOnly.RemoteExecution.Patching = true },
			"osAccessOnly.remoteExecution.patching: true is part of quickSetup; leave one of them out"},
		{
			"no jump account",
			func(a *args) { a.ConsolePasswords.JumpAccounts = nil },
			"consolePasswords.jumpAccounts: is empty, so nobody could have a console password anywhere; list the " +
				"accounts that people sign in to",
		},
		{
			"the management account as jump account",
			func(a *args) { a.ConsolePasswords.JumpAccounts = []string{"123456789012"} },
			`consolePasswords.jumpAccounts[0]: "123456789012" is the management account, which no service control policy binds: its users would be unguarded; keep the jump account in a member account`,
		},
		{
			"a jump account that is not there",
			func(a *args) { a.ConsolePasswords.JumpAccounts = []string{"999999999999"} },
			`consolePasswords.jumpAccounts[0]: "999999999999" does not stand in tree; add it to tree, or use another account`,
		},
		{
			"people in the management account",
			func(a *args) { a.ProtectGuardrails.PeopleAccounts = []string{"123456789012"} },
			`protectGuardrails.peopleAccounts[0]: "123456789012" is the management account, which no service control policy binds: its users would be unguarded; keep people in a member account`,
		},
		{
			"bootstrap that may do everything anyway",
			func(a *args) { a.ProtectGuardrails.Bootstrap = []string{"role/BreakGlass"} },
			`protectGuardrails.bootstrap[0]: "role/BreakGlass" may change everything that is protected anyway; leave it out`,
		},
		{
			"who may do what nothing denies",
			func(a *args) {
				a.JustInTimeAccounts, a.OSAccessOnly.RemoteExecution = nil, scp.RemoteExecution{}
			},
			`protectGuardrails.stackSetAdmins: "role/StackSetPipeline" may do what nothing denies: no role that AWS makes with stack sets is exempt; leave it out`,
		},
		{
			"everybody writes stack sets",
			func(a *args) { a.ProtectGuardrails.StackSetAdmins[0] = "role/*" },
			`protectGuardrails.stackSetAdmins[0]: "role/*" matches nearly every role; write more of the name before the * or ?`,
		},
		{
			"bootstrap cannot make the deployer",
			func(a *args) { a.Deployer = "role/guardrails/Deployer" },
			`account.deployer: "role/guardrails/Deployer" is among the roles that bootstrap roles may not make; use a name that no other protected role or path covers`,
		},
		{"exempt and not protected", func(a *args) { a.ProtectGuardrails.Targets = []string{accountID} },
			strings.Join([]string{
				`osAccessOnly.targets[0]: "ou-exam-11111111" has roles that are exempt there, and protectGuardrails does not protect them there: an administrator of an account could make one; add ou-exam-11111111, or what is above it, to protectGuardrails.targets`,
				`consolePasswords.targets[0]: "r-exam" has roles that are exempt there, and protectGuardrails does not protect them there: an administrator of an account could make one; add r-exam, or what is above it, to protectGuardrails.targets`,
				`policies[0].targets[0]: "ou-exam-11111111" has roles that are exempt there, and protectGuardrails does not protect them there: an administrator of an account could make one; add ou-exam-11111111, or what is above it, to protectGuardrails.targets`,
			}, "\n")},
		{
			"an own policy without name",
			func(a *args) { a.Policies[0].Name = "" },
			"policies[0].name: is missing; name the policy",
		},
		{"an own policy in the guardrails' name", func(a *args) { a.Policies[0].Name = "guardrails-os-access-only" },
			`policies[0].name: "guardrails-os-access-only" is a name of the guardrails or of AWS; use another name`},
		{"a long description", func(a *args) { a.Policies[0].Description = strings.Repeat("x", 513) },
			"policies[0].description: 513 are more characters than the 512 that AWS takes; shorten it"},
		{
			"an own policy with a principal",
			func(a *args) { a.Policies[0].Document.Statements[0].Principals = []policy.Principal{policy.Anyone()} },
			"policies[0].file: scp/regions.json: Statement[0] (DenyOtherRegions): the statement of a service control " +
				"policy has a Principal; leave it out: the policy speaks of whoever it is attached to",
		},
		{
			"an own policy that exempts a role that anybody can make",
			func(a *args) { exemptIn(a, policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/OSAccess")) },
			`policies[0].file: "arn:aws:iam::*:role/OSAccess" is exempt in statement DenyOtherRegions of scp/regions.json and is not protected; add the role to osAccessOnly.exempt or protectGuardrails.taggers, or remove the exemption`,
		},
		{
			"... in another spelling",
			func(a *args) {
				exemptIn(
					a,
					policy.Is(
						policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringNotLike},
						"aws:principalARN",
						"arn:aws:iam::*:root",
					),
				)
			},
			`policies[0].file: "arn:aws:iam::*:root" is exempt in statement DenyOtherRegions of scp/regions.json and is not protected; add the role to osAccessOnly.exempt or protectGuardrails.taggers, or remove the exemption`,
		},
		{
			"no policy at all",
			func(a *args) { a.Attached["r-exam"] = 0 },
			"attached.r-exam: 0 is no number of policies: AWS keeps at least one on every target; count " +
				"FullAWSAccess, or what took its place",
		},
		{"policies on something else", func(a *args) { a.Attached = map[string]int{"ou-exam-22222222": 2} },
			`attached.ou-exam-22222222: "ou-exam-22222222" does not stand in tree; use an id of tree`},
		{
			"the place of nothing",
			func(a *args) { a.Placement = map[string][]string{"DenyNothing": {"guardrails-protect-guardrails"}} },
			`placement.DenyNothing: "guardrails-protect-guardrails" is the place of a statement that no guardrail has; leave it out`,
		},
		{
			"a place that is none",
			func(a *args) { a.Placement["DenyLeavingOrganization"] = []string{"guardrails-os-access-only"} },
			`placement.DenyLeavingOrganization: "guardrails-os-access-only" is no policy of protectGuardrails; write guardrails-protect-guardrails or guardrails-protect-guardrails-2`,
		},
		{
			"too many policies",
			func(a *args) { a.Quotas.SCPsPerTarget = 5 },
			"r-exam (Root) would carry 6 service control policies, and the quota is 5: 2 of others (FullAWSAccess " +
				"among them), guardrails-protect-guardrails-2, guardrails-protect-guardrails, " +
				"guardrails-console-passwords, guardrails-member-root; attach some of them to units below, or merge " +
				"policies",
		},
	})
}

func exemptIn(a *scp.Args, c policy.Condition) {
	a.Policies[0].Document = policy.New(policy.Deny("DenyOtherRegions", "ec2:*").On("*").When(c))
}

// Every problem of an organization is reported at once, in the order of the file.
func TestEveryProblemOfAnOrganizationIsReported(t *testing.T) {
	a := organizationArgs()
	a.OSAccessOnly.Targets, a.ConsolePasswords.JumpAccounts, a.MemberRoot.Targets = nil, nil, nil
	problems := problem.Of(a.Validate())
	require.Len(t, problems, 3)
	assert.Equal(
		t,
		[]problem.Path{"osAccessOnly.targets", "consolePasswords.jumpAccounts", "memberRoot.targets"},
		[]problem.Path{problems[0].Path, problems[1].Path, problems[2].Path},
	)
	assert.Equal(t, problem.Path("organization.osAccessOnly.targets"), problems.Under("organization")[0].Path)
}
