package matrix

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

var someDay = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func matrixOf(t *testing.T, stacks ...*stack.Stack) *Matrix {
	t.Helper()
	m, err := Of(someDay, stacks...)
	require.NoError(t, err)
	return m
}

func matrixText(t *testing.T, m *Matrix) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, m.WriteText(&out))
	return out.String()
}

// The tables that auditors get, for reviewers to read.
func TestMatricesReadAsTheyShould(t *testing.T) {
	testkit.Golden(t, "dev.txt", matrixText(t, matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml"))))
	testkit.Golden(t, "prod.txt", matrixText(t, matrixOf(t, stacktest.Read(t, "Pulumi.prod.yaml"))))
	var markdown bytes.Buffer
	require.NoError(t, matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml")).WriteMarkdown(&markdown))
	testkit.Golden(t, "dev.md", markdown.String())
}

// hand is a small world of one account, with two users who may take roles by their trust policies, as each test needs
// it.
type hand struct {
	world access.World
}

const handAccount = "111122223333"

func trusting(users ...string) policy.Document {
	var arns []string
	for _, u := range users {
		arns = append(arns, "arn:aws:iam::"+handAccount+":user/"+u)
	}
	return policy.New(
		policy.Allow("Named", "sts:AssumeRole").
			For(policy.AWSPrincipals(arns...)).
			When(policy.Bool("aws:MultiFactorAuthPresent", true)),
	)
}

func newHand() *hand {
	return &hand{access.World{Accounts: []world.Account{{
		ID: handAccount, Partition: policy.AWS, Users: []world.User{{Name: "alice"}, {Name: "bob"}},
		Preferences: []world.SessionPreferences{{Region: "ap-northeast-1", RunAs: true}},
	}}}}
}

// role adds a role with its statements; its tags are those of operation roles.
func (h *hand) role(name, project, runAs string, trust policy.Document, statements ...policy.Statement) {
	r := world.Role{
		Name:   name,
		Path:   "/",
		Trust:  trust,
		Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(statements...)}},
	}
	if project != "" {
		r.Tags = append(r.Tags, world.Tag{Key: "Project", Value: project})
	}
	if runAs != "" {
		r.Tags = append(r.Tags, world.Tag{Key: world.RunAsTag, Value: runAs})
	}
	h.world.Accounts[0].Roles = append(h.world.Accounts[0].Roles, r)
}

func (h *hand) matrix(t *testing.T) *Matrix {
	t.Helper()
	engine, err := access.Compile(h.world.WithStrangers())
	require.NoError(t, err)
	m, err := matrixOfWorld(engine, someDay)
	require.NoError(t, err)
	return m
}

// linesOf are the rows of a person in a role, as lines of cells.
func linesOf(m *Matrix, person, role string) []string {
	var out []string
	for i := range m.Rows {
		if r := &m.Rows[i]; r.Person == person && r.Role == role {
			cells := r.line(m.notes())
			out = append(out, strings.Join(cells[2:], " | "))
		}
	}
	return out
}

func shells(resources ...string) policy.Statement {
	return policy.Allow("Shells", "ssm:StartSession").
		On(append(resources, "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell")...)
}

// A row speaks of every node that no policy names too: of other projects, of nodes without the tag, of other Regions.
func TestRowsSpeakOfEveryNode(t *testing.T) {
	h := newHand()
	own := policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")
	nodes := "arn:aws:ec2:*:*:instance/*"
	document := policy.Allow("Document", "ssm:StartSession").On("arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell")
	h.role(
		"own",
		"Bank",
		"teller",
		trusting("alice"),
		policy.Allow("Nodes", "ssm:StartSession").On(nodes).When(own),
		document,
	)
	h.role("all", "Bank", "teller", trusting("alice"), shells(nodes))
	h.role(
		"named",
		"Bank",
		"teller",
		trusting("alice"),
		document,
		policy.Allow("Nodes", "ssm:StartSession").
			On(nodes).
			When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:ResourceTag/Project", "Shop-*", "Mail")),
	)
	h.role(
		"allButOne",
		"Bank",
		"teller",
		trusting("alice"),
		document,
		policy.Allow("Nodes", "ssm:StartSession").On(nodes).
			When(policy.StringNotEquals("aws:ResourceTag/Project", "Vault"), policy.Present("aws:ResourceTag/Project")),
	)
	h.role("tokyo", "Bank", "teller", trusting("alice"), shells("arn:aws:ec2:ap-northeast-1:*:instance/*"))
	m := h.matrix(t)
	shell := func(project, user, region string) string {
		return strings.Join([]string{project, "shell", user, region, "MFA", "always"}, " | ")
	}
	assert.Equal(
		t,
		[]string{
			shell("Bank", "teller", "ap-northeast-1"),
			shell("Bank", "ssm-user (can do everything)", "every other"),
		},
		linesOf(m, "alice", "own"),
	)
	assert.Equal(
		t,
		[]string{
			shell("every node", "teller", "ap-northeast-1"),
			shell("every node", "ssm-user (can do everything)", "every other"),
		},
		linesOf(m, "alice", "all"),
	)
	assert.Equal(
		t,
		[]string{
			shell("Mail, Shop-*", "teller", "ap-northeast-1"),
			shell("Mail, Shop-*", "ssm-user (can do everything)", "every other"),
		},
		linesOf(m, "alice", "named"),
	)
	assert.Equal(t, shell("every project but Vault", "teller", "ap-northeast-1"), linesOf(m, "alice", "allButOne")[0])
	assert.Equal(t, []string{shell("every node", "teller", "ap-northeast-1")}, linesOf(m, "alice", "tokyo"))
	assert.Equal(
		t,
		[]string{"- | - | - | - | - | -"},
		linesOf(m, "bob", ""),
		"somebody who reaches nothing is there to be seen",
	)
}

// The time in which a row holds is found to the second: a window in the trust policy, a Deny that begins later.
func TestRowsSayUntilWhen(t *testing.T) {
	from, until := someDay.Add(9*time.Hour), someDay.Add(13*time.Hour)
	h := newHand()
	window := trusting("alice")
	window.Statements[0] = window.Statements[0].When(policy.From(from), policy.Before(until))
	h.role("granted", "", "alice", window, shells("arn:aws:ec2:ap-northeast-1:*:instance/*"))
	h.role(
		"ending",
		"",
		"alice",
		trusting("alice"),
		shells("arn:aws:ec2:ap-northeast-1:*:instance/*"),
		policy.Deny("Ends", "*").On("*").When(policy.From(until)),
	)
	h.role(
		"over",
		"",
		"alice",
		policy.New(
			policy.Allow("Named", "sts:AssumeRole").
				For(policy.AWSPrincipals("arn:aws:iam::"+handAccount+":user/alice")).
				When(policy.Before(someDay)),
		),
		shells("*"),
	)
	h.role("later", "", "alice", trusting("alice"), shells("arn:aws:ec2:ap-northeast-1:*:instance/*").
		When(policy.Is(policy.Operator{Base: policy.OpDateGreaterThan}, "aws:CurrentTime", "2026-12-01T09:00:00Z")))
	m := h.matrix(t)
	assert.Equal(
		t,
		[]string{"every node | shell | alice | ap-northeast-1 | MFA | 2026-12-01T09:00:00Z to 2026-12-01T13:00:00Z"},
		linesOf(m, "alice", "granted"),
	)
	assert.Equal(
		t,
		"every node | shell | alice | ap-northeast-1 | MFA | until 2026-12-01T13:00:00Z",
		linesOf(m, "alice", "ending")[0],
	)
	assert.Empty(t, linesOf(m, "alice", "over"))
	later := linesOf(m, "alice", "later")
	assert.Contains(
		t,
		later,
		"every node | shell | alice | ap-northeast-1 | MFA | from 2026-12-01T09:00:01Z",
		"after a second is from the next one on",
	)
}

// The least that is needed to sign in is said, and what needs no MFA stands out.
func TestRowsSayWhatASignInNeeds(t *testing.T) {
	h := newHand()
	shell := shells("arn:aws:ec2:ap-northeast-1:*:instance/*")
	user := "arn:aws:iam::" + handAccount + ":user/alice"
	named := policy.Allow("Named", "sts:AssumeRole").For(policy.AWSPrincipals(user))
	h.role("open", "", "alice", policy.New(named), shell)
	h.role("keys", "", "alice", policy.New(named.When(policy.Absent("aws:MultiFactorAuthPresent"))), shell)
	h.role(
		"fresh",
		"",
		"alice",
		policy.New(
			named.When(
				policy.Bool("aws:MultiFactorAuthPresent", true),
				policy.YoungerThan("aws:MultiFactorAuthAge", 90*time.Minute),
			),
		),
		shell,
	)
	h.world.Accounts[0].Users[1].Inline = []world.InlinePolicy{
		{Name: "direct", Document: policy.New(shell.When(policy.Bool("aws:MultiFactorAuthPresent", true)))},
	}
	h.world.Accounts[0].Users[1].Tags = []world.Tag{{Key: world.RunAsTag, Value: "bob"}}
	m := h.matrix(t)
	assert.Contains(t, linesOf(m, "alice", "open")[0], "WITHOUT MFA: console, access key, session token")
	assert.Contains(t, linesOf(m, "alice", "keys")[0], "WITHOUT MFA: access key")
	assert.Contains(t, linesOf(m, "alice", "fresh")[0], "MFA in the last 90 minutes")
	assert.Equal(
		t,
		[]string{"every node | shell | bob | ap-northeast-1 | MFA | always"},
		linesOf(m, "bob", ""),
		"a user needs no role to open a door",
	)
}

// A role that is taken from a role is found, with the way.
func TestRolesThroughRolesAreFound(t *testing.T) {
	h := newHand()
	h.role("first", "", "", trusting("alice"), policy.Allow("Go", "sts:AssumeRole").On("*"))
	first := "arn:aws:iam::" + handAccount + ":role/first"
	h.role(
		"second",
		"",
		"alice",
		policy.New(policy.Allow("FromRole", "sts:AssumeRole").For(policy.AWSPrincipals(first))),
		shells("arn:aws:ec2:ap-northeast-1:*:instance/*"),
	)
	m := h.matrix(t)
	require.Len(t, linesOf(m, "alice", "second"), 1)
	row := m.Rows[1]
	assert.Equal(t, []string{"first"}, row.Through)
	assert.Equal(t, "first > second", row.roleCell())
	assert.Equal(
		t,
		[]string{"- | - | - | - | MFA | always"},
		linesOf(m, "alice", "first"),
		"a role that opens nothing is listed too",
	)
}

// Doors that end in the same OS user stand in one row; what needs no shell has none.
func TestDoorsOfOneOSUserStandTogether(t *testing.T) {
	h := newHand()
	h.role("everything", "", "alice", trusting("alice"), policy.Allow("All", "*").On("*"))
	m := h.matrix(t)
	users := map[string]string{}
	for i := range m.Rows {
		if m.Rows[i].Role == "everything" {
			users[words.OfDoors(m.Rows[i].Doors)] = m.Rows[i].osUserCell()
		}
	}
	assert.Equal(t, "root (can do everything)", users["sendCommand"])
	assert.Equal(t, "-", users["port, remotePort, start, stop"])
	assert.Equal(t, "unknown", users["ssh, rdp, serialConsole"])
	assert.Equal(t, "ec2-user", users["instanceConnect"])
	assert.Contains(t, users, "shell")
}

// What is not known here stands as a note below the table.
func TestUnknownsAreNotes(t *testing.T) {
	m := matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml"))
	text := matrixText(t, m)
	assert.Contains(t, text, "non-97-test-user3 (444455556666) [1]")
	assert.Contains(
		t,
		text,
		"[1] if the policies of arn:aws:iam::444455556666:user/non-97-test-user3, which are not known here, allow "+
			"sts:AssumeRole",
	)
	h := newHand()
	h.role("unknown", "", "alice", trusting("alice"))
	h.world.Accounts[0].Roles[0].Attached = []string{"arn:aws:iam::aws:policy/NotAtHand"}
	text = matrixText(t, h.matrix(t))
	assert.Contains(t, text, "[1] if arn:aws:iam::aws:policy/NotAtHand, whose document is not known here, allows it\n")
	assert.NotContains(t, text, "[2]", "one note for a policy, whatever it may allow")
}

// Administrators are named below the table: they can change every row of it.
func TestAdministratorsAreNamed(t *testing.T) {
	text := matrixText(t, matrixOf(t, stacktest.Read(t, "Pulumi.prod.yaml")))
	assert.Contains(t, text, "AdminRole of account 777788889999 administers: it can change everything above.\n")
}

// A role that IAM Identity Center makes is told by the stack of its account and by that of Identity Center; the matrix
// names its permission set, once an account.
func TestAPermissionSetThatAdministersIsNamedOnceAnAccount(t *testing.T) {
	center := stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "555555555555", alias: center}
  guardrails:tags: {project: Project}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    attributes: {SSMSessionRunAs: "${path:userName}", Project: "${path:enterprise.department}"}
    users: {dave: 1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d}
    permissionSets:
      - name: Administrator
        template: own
        managedPolicies: [AdministratorAccess]
        assignments: [{user: dave, accounts: ["444455556666", "777788889999"]}]
`)
	people := stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", alias: people}
`)
	shop := stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "777788889999", alias: shop}
`)
	for _, width := range []int{0, 50, 80} {
		m := matrixOf(t, center, people, shop)
		m.Width = width
		text := matrixText(t, m)
		for line := range strings.Lines(text) {
			assert.True(t, width == 0 || utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) <= width, line)
		}
		words := strings.Join(strings.Fields(text), " ")
		for _, account := range []string{"444455556666", "777788889999"} {
			assert.Equal(
				t, 1, strings.Count(words, "permission set Administrator of account "+account+" administers"), words,
			)
		}
	}
}

// A matrix of several stacks follows people from their account into others.
func TestAMatrixFollowsPeopleIntoOtherAccounts(t *testing.T) {
	home := stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", alias: people}
  guardrails:mfa: {roleAccounts: ["777788889999"]}
  guardrails:users: [{name: machamp}, {name: non-97-test-user1}]
`)
	m := matrixOf(t, home, stacktest.Read(t, "Pulumi.prod.yaml"))
	assert.Equal(t, []string{
		"shop | shell | operator | ap-northeast-1, us-east-1 | MFA in the last 4 hours | always",
		"shop | start, stop | - | every | MFA in the last 4 hours | always",
	}, linesOf(m, "non-97-test-user1", "shop-operation"))
	for _, r := range m.Rows {
		if r.Person == "non-97-test-user1" {
			assert.Empty(t, r.Assumptions, "the account is known, so nothing is assumed")
		}
	}
}

// One person's rows can be looked at alone; somebody who does not exist is refused.
func TestAMatrixOfOnePerson(t *testing.T) {
	m := matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml"))
	require.NoError(t, m.Only("non-97-test-user2"))
	require.Len(t, m.Rows, 2)
	assert.ErrorContains(
		t,
		m.Only("non-97-test-user1"),
		`"non-97-test-user1" is nobody in these stacks; did you mean "non-97-test-user2"?`,
	)
	m = matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml"))
	require.NoError(t, m.Only("arn:aws:iam::444455556666:user/non-97-test-user3"))
	assert.Len(t, m.Rows, 2)
}

// The JSON form has every field of a row, lists included where they are empty.
func TestMatrixAsJSON(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, matrixOf(t, stacktest.Read(t, "Pulumi.dev.yaml")).WriteJSON(&out))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	var got struct {
		Version int
		At      time.Time
		Rows    []map[string]any
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	assert.Equal(t, 1, got.Version)
	assert.Equal(t, someDay, got.At)
	require.NotEmpty(t, got.Rows)
	first := got.Rows[0]
	assert.Equal(t, "non-97-test-user1", first["person"])
	assert.Equal(t, "arn:aws:iam::111122223333:role/guardrails/operation/TestProject1-os-user1", first["roleArn"])
	assert.Equal(t, []any{"Test Project 1"}, first["projects"])
	assert.Equal(t, []any{"ap-northeast-1"}, first["regions"])
	assert.Equal(t, []any{"shell"}, first["doors"])
	assert.Equal(t, "os-user1", first["osUser"])
	assert.Equal(
		t,
		[]any{"console with MFA", "access key with an MFA code", "session token with MFA"},
		first["signIns"],
	)
	assert.Equal(t, float64(43200), first["mfaMaxAgeSeconds"])
	assert.NotContains(t, first, "until")
}

// matrixOfWorld is the matrix of a world.
func matrixOfWorld(engine *access.Engine, at time.Time) (*Matrix, error) {
	facts, err := reach.Find(engine, reach.Options{At: at, DefaultProjectTag: guardrail.DefaultProjectTag})
	if err != nil {
		return nil, err
	}
	return OfFacts(facts), nil
}
