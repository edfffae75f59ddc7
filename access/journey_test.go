package access

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

func journey(t *testing.T, e *Engine, j Journey) Arrival {
	t.Helper()
	a, err := e.Journey(j)
	require.NoError(t, err)
	return a
}

func shellOn(id, project string) *Door { return &Door{Kind: Shell, Node: node(id, project)} }

// The walk that an operator takes: sign in with MFA, switch role, open a shell on the own project, become the role's OS user.
func TestOperatorsWalk(t *testing.T) {
	e := compiled(t, devWorld())
	project1 := []Hop{{Role: operationRole("TestProject1-os-user1")}}
	alice := ConsoleWithMFA(userARN("alice"), time.Minute)
	for _, c := range []struct {
		why  string
		j    Journey
		want Outcome
		user string
	}{
		{"own project", Journey{From: alice, Via: project1, Opens: shellOn("i-1", "Test Project 1")}, Allowed, "os-user1"},
		{"a key and a code", Journey{From: LongTermKey(userARN("alice")).WithMFACode(), Via: project1, Opens: shellOn("i-1", "Test Project 1")}, Allowed, "os-user1"},
		{"without MFA no Switch Role", Journey{From: Console(userARN("alice")), Via: project1, Opens: shellOn("i-1", "Test Project 1")}, ExplicitlyDenied, ""},
		{"another project", Journey{From: alice, Via: project1, Opens: shellOn("i-1", "Test Project 2")}, ImplicitlyDenied, ""},
		{"another person's role", Journey{From: alice, Via: []Hop{{Role: operationRole("TestProject2-os-user2")}}}, ImplicitlyDenied, ""},
		{"somebody else's name", Journey{From: alice, Via: []Hop{{Role: project1[0].Role, SessionName: "bob"}}}, ImplicitlyDenied, ""},
		{"directly", Journey{From: alice, Opens: shellOn("i-1", "Test Project 1")}, ImplicitlyDenied, ""},
		{"a port", Journey{From: alice, Via: project1, Opens: &Door{Kind: Port, Node: node("i-1", "Test Project 1")}}, Allowed, ""},
		{"SSH", Journey{From: alice, Via: project1, Opens: &Door{Kind: SSH, Node: node("i-1", "Test Project 1")}}, ImplicitlyDenied, ""},
		{"a port of another host", Journey{From: alice, Via: project1, Opens: &Door{Kind: RemotePort, Node: node("i-1", "Test Project 1")}}, ImplicitlyDenied, ""},
		{"a command", Journey{From: alice, Via: project1, Opens: &Door{Kind: SendCommand, Node: node("i-1", "Test Project 1")}}, ExplicitlyDenied, ""},
		{"a pushed key", Journey{From: alice, Via: project1, Opens: &Door{Kind: InstanceConnect, Node: node("i-1", "Test Project 1")}}, ExplicitlyDenied, ""},
		{"the serial console", Journey{From: alice, Via: project1, Opens: &Door{Kind: SerialConsole, Node: node("i-1", "Test Project 1")}}, ExplicitlyDenied, ""},
		{"a desktop", Journey{From: alice, Via: project1, Opens: &Door{Kind: RDP, Node: node("i-1", "Test Project 1")}}, ImplicitlyDenied, ""},
		{"a managed instance", Journey{From: alice, Via: project1, Opens: &Door{Kind: Shell, Node: Node{Kind: ManagedInstance, ID: "mi-1", Region: tokyo, Tags: []Tag{{"Project", "Test Project 1"}}}}}, Allowed, "os-user1"},
		{"a call on the way", Journey{From: alice, Via: project1, Does: &Request{Action: "ec2:DescribeInstances"}}, Allowed, ""},
	} {
		a := journey(t, e, c.j)
		assert.Equal(t, c.want, a.Outcome, "%s:\n%s", c.why, a)
		assert.Equal(t, c.user, a.OSUser.Name, "%s:\n%s", c.why, a)
	}
	_, err := e.Journey(Journey{From: alice, Opens: &Door{Kind: "window", Node: node("i-1", "x")}})
	require.ErrorContains(t, err, `door "window": there is no such door`)
	_, err = e.Journey(Journey{From: alice, Opens: &Door{Kind: Shell, Node: node("i-1", "x"), Account: "999999999999"}})
	require.ErrorContains(t, err, "no such account")
}

// Steps read as sentences, with who decided.
func TestJourneyReads(t *testing.T) {
	e := compiled(t, devWorld())
	profile := node("i-1", "Test Project 1")
	profile.Profile = roleARN("Instance")
	a := journey(t, e, Journey{From: ConsoleWithMFA(userARN("alice"), time.Minute), Via: []Hop{{Role: operationRole("TestProject1-os-user1")}}, Opens: &Door{Kind: Shell, Node: profile}})
	assert.Equal(t, strings.Join([]string{
		`1. signs in: arn:aws:iam::111122223333:user/alice in the console with MFA 60 s ago`,
		`2. assumes arn:aws:iam::111122223333:role/guardrails/operation/TestProject1-os-user1 as "alice": allowed by trust policy trust, statement NamedUsersFreshMfa of role/TestProject1-os-user1 in 111122223333`,
		`3. opens shell on arn:aws:ec2:ap-northeast-1:111122223333:instance/i-1 tagged Project="Test Project 1", Name="i-1" (ssm:StartSession): allowed by identity policy operation, statement StartSessionOnOwnProjectNodes of role/TestProject1-os-user1 in 111122223333`,
		`4. arrives as os-user1, named by the tag SSMSessionRunAs`,
		`5. is also the role of the node, arn:aws:iam::111122223333:role/Instance, with all that it may do`,
		``,
	}, "\n"), a.String())
	assert.Equal(t, roleARN("Instance"), a.AlsoRole)

	a = journey(t, e, Journey{From: Console(userARN("alice")), Via: []Hop{{Role: operationRole("TestProject1-os-user1")}}})
	assert.Equal(t, noMFA, a.By().Sid)
	assert.Contains(t, a.String(), "explicitly denied by identity policy mfa-guard, statement DenyAllExceptListedIfNoMFA of group/guardrails-mfa")
}

// The operating-system user: session tag, tag of the user or role, default user, else no shell; without Run As it is ssm-user.
func TestOSUser(t *testing.T) {
	const custom = `{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":%RUNAS%,"runAsDefaultUser":"custom"}}`
	all := []InlinePolicy{{"all", policy.New(policy.Allow("All", "*").On("*"))}}
	tagged := func(tags ...Tag) Session { return AssumedRole(roleARN("tagged"), "s", tags...) }
	untagged := AssumedRole(roleARN("untagged"), "s")
	on := SessionPreferences{Region: tokyo, RunAs: true}
	withDefault := SessionPreferences{Region: tokyo, RunAs: true, DefaultUser: "everyone"}
	for _, c := range []struct {
		why         string
		session     Session
		preferences []SessionPreferences
		document    string
		content     string
		users       []string
		want        OSUser
	}{
		{"the role's tag", tagged(), []SessionPreferences{on}, "", "", nil, OSUser{Name: "os-user1"}},
		{"a session tag before the role's", tagged(Tag{"ssmsessionrunas", "other"}), []SessionPreferences{on}, "", "", nil, OSUser{Name: "other"}},
		{"an attribute of Identity Center", IdentityCenter(roleARN("untagged"), "bob", Tag{RunAsTag, "bob"}), []SessionPreferences{on}, "", "", nil, OSUser{Name: "bob"}},
		{"the default user", untagged, []SessionPreferences{withDefault}, "", "", nil, OSUser{Name: "everyone"}},
		{"the tag before the default user", tagged(), []SessionPreferences{withDefault}, "", "", nil, OSUser{Name: "os-user1"}},
		{"no tag and no default", untagged, []SessionPreferences{on}, "", "", nil, OSUser{Fails: true}},
		{"root", tagged(Tag{RunAsTag, "root"}), []SessionPreferences{withDefault}, "", "", nil, OSUser{Fails: true}},
		{"a user that the node does not have", tagged(), []SessionPreferences{withDefault}, "", "", []string{"everyone"}, OSUser{Fails: true}},
		{"a user that the node has", tagged(), []SessionPreferences{withDefault}, "", "", []string{"os-user1"}, OSUser{Name: "os-user1"}},
		{"a mail address", tagged(Tag{RunAsTag, "bob@example.com"}), []SessionPreferences{withDefault}, "", "", nil, OSUser{Name: "bob@example.com"}},
		{"a number", tagged(Tag{RunAsTag, "1000"}), []SessionPreferences{withDefault}, "", "", nil, OSUser{Name: "1000", Unknown: true}},
		{"two words", tagged(Tag{RunAsTag, "bob alice"}), []SessionPreferences{withDefault}, "", "", nil, OSUser{Fails: true}},
		{"Run As off", tagged(), []SessionPreferences{{Region: tokyo}}, "", "", nil, OSUser{Name: AgentUser, Superuser: true}},
		{"preferences in another Region alone", tagged(), []SessionPreferences{{Region: "eu-west-1", RunAs: true}}, "", "", nil, OSUser{Name: AgentUser, Superuser: true}},
		{"no preferences", tagged(), nil, "", "", nil, OSUser{Name: AgentUser, Superuser: true}},
		{"a document of its own without Run As", tagged(), []SessionPreferences{on}, "Custom", strings.ReplaceAll(custom, "%RUNAS%", "false"), nil, OSUser{Name: AgentUser, Superuser: true}},
		{"a document of its own with Run As", untagged, []SessionPreferences{on}, "Custom", strings.ReplaceAll(custom, "%RUNAS%", "true"), nil, OSUser{Name: "custom"}},
		{"an elevated document", tagged(), []SessionPreferences{on}, "Custom", `{"sessionType":"InteractiveCommands","inputs":{"runAsEnabled":true},"properties":{"linux":{"commands":"top","runAsElevated":true}}}`, nil, OSUser{Name: "root", Superuser: true}},
		{"a port document", tagged(), []SessionPreferences{on}, "Custom", `{"sessionType":"Port","properties":{"portNumber":"22"}}`, nil, OSUser{}},
		{"a document that nobody knows", tagged(), []SessionPreferences{on}, "Custom", "", nil, OSUser{Unknown: true}},
		{"a document that is none", tagged(), []SessionPreferences{on}, "Custom", "{", nil, OSUser{Unknown: true}},
		{"a document of another kind", tagged(), []SessionPreferences{on}, "Custom", `{"sessionType":"Batch"}`, nil, OSUser{Unknown: true}},
	} {
		w := World{Accounts: []Account{{ID: people, Preferences: c.preferences, Roles: []Role{
			{Name: "tagged", Tags: []Tag{{RunAsTag, "os-user1"}}, Trust: anyoneAssumes(), Inline: all}, {Name: "untagged", Trust: anyoneAssumes(), Inline: all},
		}, Documents: []SessionDocument{{Name: "Custom", Region: tokyo, Type: "Session", Owner: people, Content: c.content}}}}}
		n := node("i-1", "x")
		n.OSUsers = c.users
		a := journey(t, compiled(t, w), Journey{From: c.session, Opens: &Door{Kind: Shell, Node: n, Document: c.document}})
		got := a.OSUser
		if c.want.Fails {
			assert.Equal(t, ExplicitlyDenied, a.Outcome, "%s:\n%s", c.why, a)
			assert.NotEmpty(t, a.By().Rule, c.why)
			continue
		}
		assert.Equal(t, Allowed, a.Outcome, "%s:\n%s", c.why, a)
		assert.NotEmpty(t, got.How, c.why)
		got.How = ""
		assert.Equal(t, c.want, got, c.why)
	}
}

// The other doors: who one is behind each of them.
func TestBehindEachDoor(t *testing.T) {
	w := oneUser(policy.Allow("All", "*").On("*"))
	w.Accounts[0].Preferences = []SessionPreferences{{Region: tokyo, RunAs: true, DefaultUser: "everyone"}}
	e := compiled(t, w)
	for kind, want := range map[DoorKind]OSUser{
		Shell: {Name: "everyone"}, Port: {}, RemotePort: {}, SSH: {Unknown: true}, RDP: {Unknown: true},
		SendCommand: {Name: "root", Superuser: true}, InstanceConnect: {Name: "ec2-user"}, SerialConsole: {Unknown: true},
	} {
		a := journey(t, e, Journey{From: LongTermKey(userARN("bob")), Opens: &Door{Kind: kind, Node: node("i-1", "x")}})
		assert.True(t, a.Allowed(), "%s:\n%s", kind, a)
		got := a.OSUser
		got.How = ""
		assert.Equal(t, want, got, kind)
	}
	assert.Len(t, Doors(), 8)
}

// A journey over accounts needs both sides; nodes are reached in the account of the session alone.
func TestJourneyAcrossAccounts(t *testing.T) {
	w := devWorld()
	target := Role{Name: "ops", Path: "/guardrails/operation/", Tags: []Tag{{"Project", "Test Project 1"}, {RunAsTag, "os-user1"}}, Trust: trustWithMFA(userARN("alice")),
		Inline: []InlinePolicy{{"operation", operation(members)}}}
	w.Accounts = append(w.Accounts, Account{ID: members, Roles: []Role{target}, Preferences: []SessionPreferences{{Region: tokyo, RunAs: true, KMSKey: "arn:aws:kms:" + tokyo + ":" + members + ":key/k"}}})
	e := compiled(t, w)
	arn := "arn:aws:iam::" + members + ":role/guardrails/operation/ops"
	from := ConsoleWithMFA(userARN("alice"), time.Minute)
	a := journey(t, e, Journey{From: from, Via: []Hop{{Role: arn}}, Opens: shellOn("i-1", "Test Project 1")})
	require.Equal(t, TrustPolicy, a.Steps[1].Decision.Trust.Kind, "%s", a)
	assert.Equal(t, "AssumeListedRoles", a.Steps[1].Decision.By.Sid)
	assert.Equal(t, ImplicitlyDenied, a.Outcome, "the session is encrypted with a key that the role must not use:\n%s", a)
	assert.Contains(t, a.String(), "encrypts the session")

	w.Accounts[1].Preferences[0].KMSKey = ""
	a = journey(t, compiled(t, w), Journey{From: from, Via: []Hop{{Role: arn}}, Opens: shellOn("i-1", "Test Project 1")})
	assert.Equal(t, "os-user1", a.OSUser.Name, "%s", a)
	a = journey(t, compiled(t, w), Journey{From: from, Via: []Hop{{Role: arn}}, Opens: &Door{Kind: Shell, Node: node("i-1", "Test Project 1"), Account: people}})
	assert.Contains(t, a.String(), "fails: the node is in account 111122223333")

	w.Accounts[0].Groups[0].Inline[0].Document = mfaGuard().With(policy.Deny("Home", "sts:AssumeRole").On("arn:aws:iam::" + members + ":*"))
	assert.False(t, journey(t, compiled(t, w), Journey{From: from, Via: []Hop{{Role: arn}}}).Allowed(), "the caller's side can shut the way")
}

// Session tags of one hop are gone at the next; the source identity stays.
func TestChainedRoles(t *testing.T) {
	all := []InlinePolicy{{"all", policy.New(policy.Allow("All", "*").On("*"))}}
	anyone := policy.New(policy.Allow("T", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").For(policy.AWSPrincipals(people)))
	w := World{Accounts: []Account{{ID: people, Users: []User{{Name: "bob", Inline: all}}, Roles: []Role{
		{Name: "a", Trust: anyone, Inline: all}, {Name: "b", Trust: anyone, Inline: []InlinePolicy{{"p", policy.New(
			policy.Allow("Gone", "s3:Get").On("*").When(policy.Absent("aws:PrincipalTag/Project")),
			policy.Allow("Stays", "s3:Put").On("*").When(policy.StringEquals("aws:SourceIdentity", "bob")))}}},
	}}}}
	via := []Hop{{Role: roleARN("a"), SessionName: "x", Tags: []Tag{{"Project", "p"}}, SourceIdentity: "bob", ExternalID: "e"}, {Role: roleARN("b")}}
	e := compiled(t, w)
	for _, action := range []string{"s3:Get", "s3:Put"} {
		a := journey(t, e, Journey{From: LongTermKey(userARN("bob")), Via: via, Does: &Request{Action: action}})
		assert.True(t, a.Allowed(), "%s", a)
		assert.Equal(t, "x", a.As.name, "the console and the command line keep the session name")
	}
}
