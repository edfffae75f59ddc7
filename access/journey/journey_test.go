package journey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

func Walked(t *testing.T, e *engine.Engine, j journey.Journey) journey.Arrival {
	t.Helper()
	a, err := journey.Walk(e, j)
	require.NoError(t, err)
	return a
}

func shellOn(id, project string) *journey.Door {
	return &journey.Door{Kind: world.Shell, Node: fixture.Node(id, project)}
}

// The walk that an operator takes: sign in with MFA, switch role, open a shell on their own project, become the role's
// OS user.
func TestOperatorsWalk(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	project1 := []journey.Hop{{Role: fixture.OperationRole("TestProject1-os-user1")}}
	alice := engine.ConsoleWithMFA(fixture.UserARN("alice"), time.Minute)
	for _, c := range []struct {
		why  string
		j    journey.Journey
		want engine.Outcome
		user string
	}{
		{"own project", journey.Journey{From: alice, Via: project1, Opens: shellOn("i-1", "Test Project 1")},
			engine.Allowed, "os-user1"},
		{"a key and a code", journey.Journey{From: engine.LongTermKey(fixture.UserARN("alice")).WithMFACode(),
			Via: project1, Opens: shellOn("i-1", "Test Project 1")}, engine.Allowed, "os-user1"},
		{"without MFA no Switch Role",
			journey.Journey{From: engine.Console(fixture.UserARN("alice")), Via: project1,
				Opens: shellOn("i-1", "Test Project 1")}, engine.ExplicitlyDenied, ""},
		{"another project", journey.Journey{From: alice, Via: project1, Opens: shellOn("i-1", "Test Project 2")},
			engine.ImplicitlyDenied, ""},
		{"another person's role",
			journey.Journey{From: alice,
				Via: []journey.Hop{{Role: fixture.OperationRole("TestProject2-os-user2")}}}, engine.ImplicitlyDenied, ""},
		{"somebody else's name",
			journey.Journey{From: alice,
				Via: []journey.Hop{{Role: project1[0].Role, SessionName: "bob"}}}, engine.ImplicitlyDenied, ""},
		{"directly", journey.Journey{From: alice, Opens: shellOn("i-1", "Test Project 1")}, engine.ImplicitlyDenied,
			""},
		{"a port", journey.Journey{From: alice, Via: project1,
			Opens: &journey.Door{Kind: world.Port, Node: fixture.Node("i-1", "Test Project 1")}}, engine.Allowed, ""},
		{"SSH", journey.Journey{From: alice, Via: project1,
			Opens: &journey.Door{Kind: world.SSH,
				Node: fixture.Node("i-1", "Test Project 1")}}, engine.ImplicitlyDenied, ""},
		{"a port of another host",
			journey.Journey{From: alice, Via: project1,
				Opens: &journey.Door{Kind: world.RemotePort,
					Node: fixture.Node("i-1", "Test Project 1")}}, engine.ImplicitlyDenied, ""},
		{"a command", journey.Journey{From: alice, Via: project1,
			Opens: &journey.Door{Kind: world.SendCommand,
				Node: fixture.Node("i-1", "Test Project 1")}}, engine.ExplicitlyDenied, ""},
		{"a pushed key", journey.Journey{From: alice, Via: project1,
			Opens: &journey.Door{Kind: world.InstanceConnect,
				Node: fixture.Node("i-1", "Test Project 1")}}, engine.ExplicitlyDenied, ""},
		{"the serial console",
			journey.Journey{From: alice, Via: project1,
				Opens: &journey.Door{Kind: world.SerialConsole,
					Node: fixture.Node("i-1", "Test Project 1")}}, engine.ExplicitlyDenied, ""},
		{"a desktop", journey.Journey{From: alice, Via: project1,
			Opens: &journey.Door{Kind: world.RDP,
				Node: fixture.Node("i-1", "Test Project 1")}}, engine.ImplicitlyDenied, ""},
		{"a managed instance",
			journey.Journey{From: alice, Via: project1,
				Opens: &journey.Door{Kind: world.Shell,
					Node: world.Node{Kind: world.ManagedInstance, ID: "mi-1", Region: fixture.Tokyo,
						Tags: []world.Tag{{Key: "Project", Value: "Test Project 1"}}}}}, engine.Allowed, "os-user1"},
		{"a call on the way",
			journey.Journey{From: alice, Via: project1,
				Does: &engine.Request{Action: "ec2:DescribeInstances"}}, engine.Allowed, ""},
	} {
		a := Walked(t, e, c.j)
		assert.Equal(t, c.want, a.Outcome, "%s:\n%s", c.why, a)
		assert.Equal(t, c.user, a.OSUser.Name, "%s:\n%s", c.why, a)
	}
	_, err := journey.Walk(
		e,
		journey.Journey{From: alice, Opens: &journey.Door{Kind: "window", Node: fixture.Node("i-1", "x")}},
	)
	require.ErrorContains(t, err, `door "window": there is no such door`)
	_, err = journey.Walk(
		e,
		journey.Journey{
			From:  alice,
			Opens: &journey.Door{Kind: world.Shell, Node: fixture.Node("i-1", "x"), Account: "999999999999"},
		},
	)
	require.ErrorContains(t, err, "no such account")
}

// Steps read as sentences, with who decided.
func TestJourneyReads(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	profile := fixture.Node("i-1", "Test Project 1")
	profile.Profile = fixture.RoleARN("Instance")
	a := Walked(
		t,
		e,
		journey.Journey{
			From:  engine.ConsoleWithMFA(fixture.UserARN("alice"), time.Minute),
			Via:   []journey.Hop{{Role: fixture.OperationRole("TestProject1-os-user1")}},
			Opens: &journey.Door{Kind: world.Shell, Node: profile},
		},
	)
	assert.Equal(t, strings.Join([]string{
		`1. signs in: arn:aws:iam::111122223333:user/alice in the console with MFA 60 s ago`,
		`2. assumes arn:aws:iam::111122223333:role/guardrails/operation/TestProject1-os-user1 as "alice": allowed by trust policy, statement NamedUsersFreshMfa of role/TestProject1-os-user1 in 111122223333`,
		`3. opens shell on arn:aws:ec2:ap-northeast-1:111122223333:instance/i-1 tagged Project="Test Project 1", Name="i-1" (ssm:StartSession): allowed by identity policy operation, statement StartSessionOnOwnProjectNodes of role/TestProject1-os-user1 in 111122223333`,
		`4. arrives as os-user1, named by the tag SSMSessionRunAs`,
		`5. is also the role of the node, arn:aws:iam::111122223333:role/Instance, with all that it may do`,
		``,
	}, "\n"), a.String())
	assert.Equal(t, fixture.RoleARN("Instance"), a.AlsoRole)

	a = Walked(
		t,
		e,
		journey.Journey{
			From: engine.Console(fixture.UserARN("alice")),
			Via:  []journey.Hop{{Role: fixture.OperationRole("TestProject1-os-user1")}},
		},
	)
	assert.Equal(t, fixture.NoMFA, a.By().Sid)
	assert.Contains(
		t,
		a.String(),
		"explicitly denied by identity policy mfa-guard, statement DenyAllExceptListedIfNoMFA of group/guardrails-mfa",
	)
}

// The operating-system user: session tag, tag of the user or role, default user, else no shell; without Run As it is
// ssm-user.
func TestOSUser(t *testing.T) {
	const custom = `{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":%RUNAS%,"runAsDefaultUser":"custom"}}`
	all := []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	tagged := func(tags ...world.Tag) engine.Session {
		return engine.AssumedRole(fixture.RoleARN("tagged"), "s", tags...)
	}
	untagged := engine.AssumedRole(fixture.RoleARN("untagged"), "s")
	on := world.SessionPreferences{Region: fixture.Tokyo, RunAs: true}
	withDefault := world.SessionPreferences{Region: fixture.Tokyo, RunAs: true, DefaultUser: "everyone"}
	for _, c := range []struct {
		why         string
		session     engine.Session
		preferences []world.SessionPreferences
		document    string
		content     string
		users       []string
		want        journey.OSUser
	}{
		{"the role's tag", tagged(), []world.SessionPreferences{on}, "", "", nil, journey.OSUser{Name: "os-user1"}},
		{"a session tag before the role's", tagged(world.Tag{Key: "ssmsessionrunas", Value: "other"}),
			[]world.SessionPreferences{on}, "", "", nil, journey.OSUser{Name: "other"}},
		{"an attribute of Identity Center",
			engine.IdentityCenter(fixture.RoleARN("untagged"), "bob",
				world.Tag{Key: world.RunAsTag,
					Value: "bob"}), []world.SessionPreferences{on}, "", "", nil, journey.OSUser{Name: "bob"}},
		{"the default user", untagged, []world.SessionPreferences{withDefault}, "", "", nil,
			journey.OSUser{Name: "everyone"}},
		{"the tag before the default user", tagged(), []world.SessionPreferences{withDefault}, "", "", nil,
			journey.OSUser{Name: "os-user1"}},
		{"no tag and no default", untagged, []world.SessionPreferences{on}, "", "", nil, journey.OSUser{Fails: true}},
		{"root", tagged(world.Tag{Key: world.RunAsTag, Value: "root"}), []world.SessionPreferences{withDefault}, "", "",
			nil, journey.OSUser{Fails: true}},
		{"a user that the node does not have", tagged(), []world.SessionPreferences{withDefault}, "", "",
			[]string{"everyone"}, journey.OSUser{Fails: true}},
		{"a user that the node has", tagged(), []world.SessionPreferences{withDefault}, "", "", []string{"os-user1"},
			journey.OSUser{Name: "os-user1"}},
		{"a mail address", tagged(world.Tag{Key: world.RunAsTag, Value: "bob@example.com"}),
			[]world.SessionPreferences{withDefault}, "", "", nil, journey.OSUser{Name: "bob@example.com"}},
		{"a number", tagged(world.Tag{Key: world.RunAsTag, Value: "1000"}), []world.SessionPreferences{withDefault}, "",
			"", nil, journey.OSUser{Name: "1000", Unknown: true}},
		{"two words", tagged(world.Tag{Key: world.RunAsTag, Value: "bob alice"}),
			[]world.SessionPreferences{withDefault}, "", "", nil, journey.OSUser{Fails: true}},
		{"Run As off", tagged(), []world.SessionPreferences{{Region: fixture.Tokyo}}, "", "", nil,
			journey.OSUser{Name: world.AgentUser, Superuser: true}},
		{"preferences in another Region alone", tagged(),
			[]world.SessionPreferences{{Region: "eu-west-1",
				RunAs: true}}, "", "", nil, journey.OSUser{Name: world.AgentUser, Superuser: true}},
		{"no preferences", tagged(), nil, "", "", nil, journey.OSUser{Name: world.AgentUser, Superuser: true}},
		{"a document of its own without Run As", tagged(), []world.SessionPreferences{on}, "Custom",
			strings.ReplaceAll(custom, "%RUNAS%", "false"), nil, journey.OSUser{Name: world.AgentUser,
				Superuser: true}},
		{"a document of its own with Run As", untagged, []world.SessionPreferences{on}, "Custom",
			strings.ReplaceAll(custom, "%RUNAS%", "true"), nil, journey.OSUser{Name: "custom"}},
		{"an elevated document", tagged(), []world.SessionPreferences{on}, "Custom",
			`{"sessionType":"InteractiveCommands","inputs":{"runAsEnabled":true},"properties":{"linux":{"commands":"top","runAsElevated":true}}}`, nil, journey.OSUser{Name: "root", Superuser: true}},
		{"a port document", tagged(), []world.SessionPreferences{on}, "Custom",
			`{"sessionType":"Port","properties":{"portNumber":"22"}}`, nil, journey.OSUser{}},
		{"a document that nobody knows", tagged(), []world.SessionPreferences{on}, "Custom", "", nil,
			journey.OSUser{Unknown: true}},
		{"a document that is none", tagged(), []world.SessionPreferences{on}, "Custom", "{", nil,
			journey.OSUser{Unknown: true}},
		{"a document of another kind", tagged(), []world.SessionPreferences{on}, "Custom", `{"sessionType":"Batch"}`,
			nil, journey.OSUser{Unknown: true}},
	} {
		w := world.World{Accounts: []world.Account{{ID: fixture.People, Preferences: c.preferences, Roles: []world.Role{
			{
				Name:   "tagged",
				Tags:   []world.Tag{{Key: world.RunAsTag, Value: "os-user1"}},
				Trust:  fixture.AnyoneAssumes(),
				Inline: all,
			},
			{Name: "untagged", Trust: fixture.AnyoneAssumes(), Inline: all},
		}, Documents: []world.SessionDocument{{Name: "Custom", Region: fixture.Tokyo, Type: "Session",
			Owner: fixture.People, Content: c.content}}}}}
		n := fixture.Node("i-1", "x")
		n.OSUsers = c.users
		a := Walked(
			t,
			fixture.Compiled(t, w),
			journey.Journey{From: c.session, Opens: &journey.Door{Kind: world.Shell, Node: n, Document: c.document}},
		)
		got := a.OSUser
		if c.want.Fails {
			assert.Equal(t, engine.ExplicitlyDenied, a.Outcome, "%s:\n%s", c.why, a)
			assert.NotEmpty(t, a.By().Rule, c.why)
			continue
		}
		assert.Equal(t, engine.Allowed, a.Outcome, "%s:\n%s", c.why, a)
		assert.NotEmpty(t, got.How, c.why)
		got.How = ""
		assert.Equal(t, c.want, got, c.why)
	}
}

// The other doors: who one is behind each of them.
func TestBehindEachDoor(t *testing.T) {
	w := fixture.OneUser(policy.Allow("All", "*").On("*"))
	w.Accounts[0].Preferences = []world.SessionPreferences{
		{Region: fixture.Tokyo, RunAs: true, DefaultUser: "everyone"},
	}
	e := fixture.Compiled(t, w)
	for kind, want := range map[world.DoorKind]journey.OSUser{
		world.Shell: {Name: "everyone"}, world.Port: {}, world.RemotePort: {}, world.SSH: {Unknown: true}, world.RDP: {Unknown: true},
		world.SendCommand: {Name: "root",
			Superuser: true}, world.InstanceConnect: {Name: "ec2-user"}, world.SerialConsole: {Unknown: true},
	} {
		a := Walked(
			t,
			e,
			journey.Journey{
				From:  engine.LongTermKey(fixture.UserARN("bob")),
				Opens: &journey.Door{Kind: kind, Node: fixture.Node("i-1", "x")},
			},
		)
		assert.True(t, a.Allowed(), "%s:\n%s", kind, a)
		got := a.OSUser
		got.How = ""
		assert.Equal(t, want, got, kind)
	}
	assert.Len(t, world.Doors(), 8)
}

// A journey over accounts needs both sides; nodes are reached in the account of the session alone.
func TestJourneyAcrossAccounts(t *testing.T) {
	w := fixture.DevWorld()
	target := world.Role{
		Name:   "ops",
		Path:   "/guardrails/operation/",
		Tags:   []world.Tag{{Key: "Project", Value: "Test Project 1"}, {Key: world.RunAsTag, Value: "os-user1"}},
		Trust:  fixture.TrustWithMFA(fixture.UserARN("alice")),
		Inline: []world.InlinePolicy{{Name: "operation", Document: fixture.Operation(fixture.Members)}},
	}
	w.Accounts = append(
		w.Accounts,
		world.Account{
			ID:    fixture.Members,
			Roles: []world.Role{target},
			Preferences: []world.SessionPreferences{
				{
					Region: fixture.Tokyo,
					RunAs:  true,
					KMSKey: "arn:aws:kms:" + fixture.Tokyo + ":" + fixture.Members + ":key/k",
				},
			},
		},
	)
	e := fixture.Compiled(t, w)
	arn := "arn:aws:iam::" + fixture.Members + ":role/guardrails/operation/ops"
	from := engine.ConsoleWithMFA(fixture.UserARN("alice"), time.Minute)
	a := Walked(
		t,
		e,
		journey.Journey{From: from, Via: []journey.Hop{{Role: arn}}, Opens: shellOn("i-1", "Test Project 1")},
	)
	require.Equal(t, engine.TrustPolicy, a.Steps[1].Decision.Trust.Kind, "%s", a)
	assert.Equal(t, "AssumeListedRoles", a.Steps[1].Decision.By.Sid)
	assert.Equal(
		t,
		engine.ImplicitlyDenied,
		a.Outcome,
		"the session is encrypted with a key that the role must not use:\n%s",
		a,
	)
	assert.Contains(t, a.String(), "encrypts the session")

	w.Accounts[1].Preferences[0].KMSKey = ""
	a = Walked(
		t,
		fixture.Compiled(t, w),
		journey.Journey{From: from, Via: []journey.Hop{{Role: arn}}, Opens: shellOn("i-1", "Test Project 1")},
	)
	assert.Equal(t, "os-user1", a.OSUser.Name, "%s", a)
	a = Walked(
		t,
		fixture.Compiled(t, w),
		journey.Journey{
			From: from,
			Via:  []journey.Hop{{Role: arn}},
			Opens: &journey.Door{
				Kind:    world.Shell,
				Node:    fixture.Node("i-1", "Test Project 1"),
				Account: fixture.People,
			},
		},
	)
	assert.Contains(t, a.String(), "fails: the node is in account 111122223333")

	w.Accounts[0].Groups[0].Inline[0].Document = fixture.MfaGuard().
		With(policy.Deny("Home", "sts:AssumeRole").On("arn:aws:iam::" + fixture.Members + ":*"))
	assert.False(
		t,
		Walked(t, fixture.Compiled(t, w), journey.Journey{From: from, Via: []journey.Hop{{Role: arn}}}).Allowed(),
		"the caller's side can shut the way",
	)
}

// Session tags of one hop are gone at the next; the source identity stays.
func TestChainedRoles(t *testing.T) {
	all := []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	anyone := policy.New(
		policy.Allow("T", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").
			For(policy.AWSPrincipals(fixture.People)),
	)
	w := world.World{
		Accounts: []world.Account{
			{ID: fixture.People, Users: []world.User{{Name: "bob", Inline: all}}, Roles: []world.Role{
				{
					Name:   "a",
					Trust:  anyone,
					Inline: all,
				},
				{Name: "b", Trust: anyone, Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(
					policy.Allow("Gone", "s3:Get").On("*").When(policy.Absent("aws:PrincipalTag/Project")),
					policy.Allow("Stays", "s3:Put").On("*").When(policy.StringEquals("aws:SourceIdentity", "bob")))}}},
			}},
		},
	}
	via := []journey.Hop{
		{
			Role:           fixture.RoleARN("a"),
			SessionName:    "x",
			Tags:           []world.Tag{{Key: "Project", Value: "p"}},
			SourceIdentity: "bob",
			ExternalID:     "e",
		},
		{Role: fixture.RoleARN("b")},
	}
	e := fixture.Compiled(t, w)
	for _, action := range []string{"s3:Get", "s3:Put"} {
		a := Walked(
			t,
			e,
			journey.Journey{
				From: engine.LongTermKey(fixture.UserARN("bob")),
				Via:  via,
				Does: &engine.Request{Action: action},
			},
		)
		assert.True(t, a.Allowed(), "%s", a)
		assert.Equal(t, "x", a.As.Name, "the console and the command line keep the session name")
	}
}
