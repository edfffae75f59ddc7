package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// sees reports the value that a session's requests carry for a key, and whether they carry it: found out by asking
// conditions.
func sees(t *testing.T, w world.World, s engine.Session, key, value string) (present, equal bool) {
	t.Helper()
	ask := func(c policy.Condition) bool {
		for i := range w.Accounts {
			for j := range w.Accounts[i].Users {
				w.Accounts[i].Users[j].Inline = []world.InlinePolicy{
					{Name: "p", Document: policy.New(policy.Allow("S", "*").On("*").When(c))},
				}
			}
			for j := range w.Accounts[i].Roles {
				w.Accounts[i].Roles[j].Inline = []world.InlinePolicy{
					{Name: "p", Document: policy.New(policy.Allow("S", "*").On("*").When(c))},
				}
			}
		}
		return fixture.Decide(t, fixture.Compiled(t, w), s,
			engine.Request{Action: "s3:Get", Time: time.Unix(1796083200, 0)}).
			Allowed()
	}
	quantifier := policy.NoQuantifier
	if key == "aws:PrincipalOrgPaths" {
		quantifier = policy.ForAnyValue
	}
	return ask(
			policy.Present(key),
		), ask(
			policy.Is(policy.Operator{Quantifier: quantifier, Base: policy.OpStringEquals}, key, value),
		)
}

// The keys that AWS sets for each way of signing in, and those that it leaves out.
func TestSessionKeys(t *testing.T) {
	w := world.World{
		Accounts: []world.Account{
			{
				ID: fixture.People,
				Users: []world.User{
					{
						Name: "bob",
						Path: "/team/",
						ID:   "AIDAEXAMPLE",
						Tags: []world.Tag{{Key: "Project", Value: "mine"}},
					},
				},
				Roles: []world.Role{
					{
						Name:  "r",
						Path:  "/ops/",
						ID:    "AROAEXAMPLE",
						Tags:  []world.Tag{{Key: "Project", Value: "own"}, {Key: "Team", Value: "red"}},
						Trust: fixture.AnyoneAssumes(),
					},
				},
			},
		},
		Organization: &world.Organization{
			ID:         "o-exampleorgid",
			Management: fixture.People,
			Root: world.Unit{
				ID: "r-exam",
				Units: []world.Unit{
					{ID: "ou-exam-11111111", Accounts: []world.OrganizationAccount{{ID: fixture.People}}},
				},
			},
		},
	}
	bob, role := fixture.UserARN("team/bob"), fixture.RoleARN("ops/r")
	issued := time.Unix(1796080000, 0)
	const absent = "absent"
	for _, c := range []struct {
		why     string
		session engine.Session
		keys    map[string]string
	}{
		{"an access key", engine.LongTermKey(bob), map[string]string{
			"aws:PrincipalArn": bob, "aws:PrincipalAccount": fixture.People, "aws:PrincipalType": "User", "aws:userid": "AIDAEXAMPLE", "aws:username": "bob",
			"aws:PrincipalTag/project": "mine", "aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent, "aws:TokenIssueTime": absent,
			"aws:PrincipalOrgID": "o-exampleorgid", "aws:PrincipalOrgPaths": "o-exampleorgid/r-exam/ou-exam-11111111/", "aws:SecureTransport": "true",
			"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false", "aws:CurrentTime": "2026-12-01T00:00:00Z", "aws:EpochTime": "1796083200",
			"aws:SourceIp": absent, "aws:SourceIdentity": absent,
		}},
		{"an access key with a code, on another call than sts:AssumeRole", engine.LongTermKey(bob).WithMFACode(),
			map[string]string{
				"aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent,
			}},
		{"the console without MFA", engine.Console(bob).IssuedAt(issued), map[string]string{
			"aws:MultiFactorAuthPresent": "false", "aws:MultiFactorAuthAge": absent, "aws:username": "bob", "aws:TokenIssueTime": "2026-11-30T23:06:40Z",
		}},
		{"the console with MFA", engine.ConsoleWithMFA(bob, 90*time.Second), map[string]string{
			"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "90", "aws:userid": "AIDAEXAMPLE",
		}},
		{"a session token", engine.SessionToken(bob),
			map[string]string{"aws:MultiFactorAuthPresent": "false", "aws:username": "bob"}},
		{"a session token with MFA", engine.SessionTokenWithMFA(bob, time.Hour),
			map[string]string{"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3600"}},
		{"a role", engine.AssumedRole(role, "bob",
			world.Tag{Key: "PROJECT", Value: "theirs"}).WithSourceIdentity("bob"), map[string]string{
			"aws:PrincipalArn": role, "aws:PrincipalType": "AssumedRole", "aws:userid": "AROAEXAMPLE:bob", "aws:username": absent,
			"aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent, "aws:PrincipalTag/Project": "theirs", "aws:PrincipalTag/Team": "red",
			"aws:SourceIdentity": "bob",
		}},
		{"IAM Identity Center",
			engine.IdentityCenter(role, "bob@example.com",
				world.Tag{Key: world.RunAsTag, Value: "bob"}), map[string]string{
				"aws:PrincipalTag/SSMSessionRunAs": "bob", "aws:userid": "AROAEXAMPLE:bob@example.com", "aws:username": absent, "aws:MultiFactorAuthPresent": absent,
				"aws:PrincipalTag/Project": "own",
			}},
	} {
		for key, want := range c.keys {
			present, equal := sees(t, w, c.session, key, want)
			assert.Equal(t, want != absent, present, "%s: %s", c.why, key)
			assert.Equal(t, want != absent, equal, "%s: %s = %s", c.why, key, want)
		}
	}
}

// The root user has an account and no name; an MFA code counts for the one call of sts:AssumeRole.
func TestRootAndCode(t *testing.T) {
	rootKeys := policy.New(
		policy.Allow("All", "*").On("*"),
		policy.Deny("Root", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:root")),
		policy.Deny("Id", "*").On("*").When(policy.StringEquals("aws:userid", fixture.Members)),
	)
	e := fixture.Compiled(
		t,
		world.World{
			Accounts: []world.Account{{ID: fixture.Members}},
			Organization: &world.Organization{ID: "o-exampleorgid", Root: world.Unit{
				ID:       "r-exam",
				Policies: []world.ServiceControlPolicy{{Name: "deny", Document: rootKeys}},
				Accounts: []world.OrganizationAccount{
					{
						ID: fixture.Members,
						Policies: []world.ServiceControlPolicy{
							{Name: "all", Document: policy.New(policy.Allow("A", "*").On("*"))},
						},
					},
				},
			}},
		},
	)
	assert.Equal(t, "Root", fixture.Decide(t, e, engine.Root(fixture.Members), engine.Request{Action: "s3:Get"}).By.Sid)

	coded := policy.Allow("Coded", "sts:AssumeRole", "s3:*").
		On("*").
		When(policy.Bool("aws:MultiFactorAuthPresent", true))
	w := fixture.OneUser(coded)
	w.Accounts[0].Roles = []world.Role{{Name: "r", Trust: fixture.AnyoneAssumes()}}
	bob := engine.LongTermKey(fixture.UserARN("bob")).WithMFACode()
	assert.True(
		t,
		fixture.Decide(t, fixture.Compiled(t, w), bob, engine.AssumeRole(fixture.RoleARN("r"), "bob")).Allowed(),
	)
	assert.False(t, fixture.Decide(t, fixture.Compiled(t, w), bob, engine.Request{Action: "s3:Get"}).Allowed())
}

// What AWS decides whatever the policies say.
func TestRulesOfAWS(t *testing.T) {
	w := fixture.OneUser(policy.Allow("All", "*").On("*"))
	w.Accounts[0].Users[0].HasMFA = true
	w.Accounts[0].Roles = []world.Role{
		{Name: "r", Trust: fixture.AnyoneAssumes(), Inline: w.Accounts[0].Users[0].Inline},
	}
	open := fixture.Compiled(t, w)
	w.Accounts[0].Users = []world.User{
		{
			Name:   "bob",
			Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(policy.Deny("Nothing", "*").On("*"))}},
		},
	}
	shut := fixture.Compiled(t, w)
	bob, role := fixture.UserARN("bob"), engine.AssumedRole(fixture.RoleARN("r"), "s")
	own := func(action string) engine.Request { return engine.Request{Action: action, Resources: engine.On(bob)} }
	for _, c := range []struct {
		why     string
		engine  *engine.Engine
		session engine.Session
		request engine.Request
		want    engine.Outcome
		ruled   bool
	}{
		{"who am I", shut, engine.LongTermKey(bob), engine.Request{Action: "sts:GetCallerIdentity"}, engine.Allowed,
			true},
		{"a session token", shut, engine.LongTermKey(bob), engine.Request{Action: "sts:GetSessionToken"},
			engine.Allowed, true},
		{"anything else", shut, engine.LongTermKey(bob), engine.Request{Action: "sts:GetFederationToken"},
			engine.ExplicitlyDenied, false},
		{"a session token from a role", open, role, engine.Request{Action: "sts:GetSessionToken"},
			engine.ExplicitlyDenied, true},
		{"a federation token from a role", open, role, engine.Request{Action: "sts:GetFederationToken"},
			engine.ExplicitlyDenied, true},
		{"a federation token from a key", open, engine.LongTermKey(bob),
			engine.Request{Action: "sts:GetFederationToken"}, engine.Allowed, false},
		{"IAM with a token without MFA", open, engine.SessionToken(bob), own("iam:GetUser"), engine.ExplicitlyDenied,
			true},
		{"IAM with a token with MFA", open, engine.SessionTokenWithMFA(bob, 0), own("iam:GetUser"), engine.Allowed,
			false},
		{"S3 with a token without MFA", open, engine.SessionToken(bob), engine.Request{Action: "s3:ListAllMyBuckets"},
			engine.Allowed, false},
		{"a role with a token without MFA", open, engine.SessionToken(bob),
			engine.AssumeRole(fixture.RoleARN("r"), "bob"), engine.Allowed, false},
		{"other STS calls with a token", open, engine.SessionTokenWithMFA(bob, 0),
			engine.Request{Action: "sts:DecodeAuthorizationMessage"}, engine.ExplicitlyDenied, true},
		{"one's second device with a key", open, engine.LongTermKey(bob), own("iam:EnableMFADevice"),
			engine.ExplicitlyDenied, true},
		{"one's device with a key", open, engine.LongTermKey(bob), own("iam:DeactivateMFADevice"),
			engine.ExplicitlyDenied, true},
		{"another's device with a key", open, engine.LongTermKey(bob),
			engine.Request{Action: "iam:DeactivateMFADevice",
				Resources: engine.On(fixture.UserARN("bobby"))}, engine.Allowed, false},
		{"one's device in the console", open, engine.Console(bob), own("iam:DeactivateMFADevice"), engine.Allowed,
			false},
		{"root assumes nothing", open, engine.Root(fixture.People), engine.AssumeRole(fixture.RoleARN("r"), "x"),
			engine.ExplicitlyDenied, true},
		{"root does everything", open, engine.Root(fixture.People), engine.Request{Action: "s3:ListAllMyBuckets"},
			engine.Allowed, true},
	} {
		d := fixture.Decide(t, c.engine, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.ruled, d.By.Kind == engine.AWSRule, "%s: %s", c.why, d)
	}
	_, err := open.Decide(engine.Service("ec2.amazonaws.com"), engine.Request{Action: "s3:Get"})
	require.ErrorContains(t, err, "acts through resource policies")
}

// The resource of a call tells its account, Region and tags; what it does not tell is asked for.
func TestResourceKeys(t *testing.T) {
	w := fixture.DevWorld()
	w.Accounts[0].Users[0].Inline = []world.InlinePolicy{{Name: "p", Document: policy.New(
		policy.Allow("Account", "a:*").On("*").When(policy.StringEquals("aws:ResourceAccount", fixture.People)),
		policy.Allow("Region", "b:*").On("*").When(policy.StringEquals("aws:RequestedRegion", fixture.Tokyo)),
		policy.Allow("EC2Tag", "ec2:*").On("*").When(policy.StringEquals("ec2:ResourceTag/Project", "Test Project 1")),
		policy.Allow("SSMTag", "ec2:*").On("*").When(policy.StringEquals("ssm:resourceTag/Project", "Test Project 1")),
		policy.Allow("RoleTag", "iam:*").On("*").When(policy.StringEquals("iam:ResourceTag/Project", "Test Project 1")),
	)}}
	w.Accounts[0].Users[0].Groups = nil
	e := fixture.Compiled(t, w)
	alice := engine.LongTermKey(fixture.UserARN("alice"))
	instance := "arn:aws:ec2:" + fixture.Tokyo + ":" + fixture.People + ":instance/i-0aaa"
	assert.Equal(
		t,
		"Account",
		fixture.Decide(t, e, alice, engine.Request{Action: "a:b", Resources: engine.On(instance)}).By.Sid,
	)
	assert.Equal(
		t,
		"Region",
		fixture.Decide(t, e, alice, engine.Request{Action: "b:b", Resources: engine.On(instance)}).By.Sid,
	)
	assert.Equal(
		t,
		"Region",
		fixture.Decide(
			t,
			e,
			alice,
			engine.Request{Action: "b:b", Context: engine.Context{"aws:RequestedRegion": {fixture.Tokyo}}},
		).By.Sid,
	)
	_, err := e.Decide(alice, engine.Request{Action: "b:b"})
	require.ErrorContains(t, err, "put it into the context")
	assert.Equal(
		t,
		"EC2Tag",
		fixture.Decide(t, e, alice, engine.Request{Action: "ec2:StopInstances", Resources: engine.On(instance)}).By.Sid,
		"the key of another service is absent",
	)
	assert.Equal(
		t,
		"RoleTag",
		fixture.Decide(
			t,
			e,
			alice,
			engine.Request{
				Action:    "iam:PassRole",
				Resources: engine.On(fixture.OperationRole("TestProject1-os-user1")),
			},
		).By.Sid,
	)
	assert.False(
		t,
		fixture.Decide(t, e, alice,
			engine.Request{Action: "ec2:StopInstances",
				Resources: []engine.Resource{{ARN: instance, Tags: []world.Tag{}}}}).
			Allowed(),
		"tags that are given replace those of the world",
	)
	assert.True(
		t,
		fixture.Decide(t, e, alice, engine.Request{Action: "ec2:StopInstances", Resources: []engine.Resource{
			{
				ARN: "arn:aws:ec2:" + fixture.Tokyo + ":" + fixture.People + ":instance/i-9",
				Context: engine.Context{
					"ec2:resourcetag/project": {"Test Project 1"},
				},
			},
		}}).Allowed(),
		"a key of the resource's own context",
	)
}

// A caller of an identity provider is decided by the trust policy alone, on the provider's own keys.
func TestFederatedCallers(t *testing.T) {
	provider := "arn:aws:iam::" + fixture.People + ":saml-provider/idp"
	w := world.World{
		Accounts: []world.Account{
			{
				ID: fixture.People,
				Roles: []world.Role{{Name: "r", Trust: policy.New(policy.Allow("SAML", "sts:AssumeRoleWithSAML").
					For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}).
					When(policy.StringEquals("saml:aud", "https://signin.aws.amazon.com/saml")))}},
			},
		},
	}
	e := fixture.Compiled(t, w)
	call := func(audience string) engine.Request {
		return engine.Request{
			Action:    "sts:AssumeRoleWithSAML",
			Resources: engine.On(fixture.RoleARN("r")),
			Context:   engine.Context{"SAML:aud": {audience}},
		}
	}
	assert.True(
		t,
		fixture.Decide(t, e, engine.Federated(provider), call("https://signin.aws.amazon.com/saml")).Allowed(),
	)
	assert.False(t, fixture.Decide(t, e, engine.Federated(provider), call("elsewhere")).Allowed())
	assert.False(
		t,
		fixture.Decide(t, e, engine.Federated(provider+"2"), call("https://signin.aws.amazon.com/saml")).Allowed(),
	)
	tagged := call("https://signin.aws.amazon.com/saml")
	tagged.Context = tagged.Context.With("aws:TagKeys", "Project")
	assert.Equal(
		t,
		"sts:TagSession",
		fixture.Decide(t, e, engine.Federated(provider), tagged).Action,
		"session tags of an assertion are asked for too",
	)
}

// Every way of signing in says in words what it is.
func TestSessionsReadAsSentences(t *testing.T) {
	bob := fixture.UserARN("bob")
	for want, s := range map[string]engine.Session{
		"nobody with an access key":                 {},
		bob + " with an access key":                 engine.LongTermKey(bob),
		bob + " with an access key and an MFA code": engine.LongTermKey(bob).WithMFACode(),
		bob + " in the console without MFA":         engine.Console(bob).WithMFACode(),
		bob + " in the console with MFA 61 s ago":   engine.ConsoleWithMFA(bob, 61*time.Second+time.Millisecond),
		bob + " with a session token without MFA":   engine.SessionToken(bob),
		bob + ` as "s"`:                             engine.AssumedRole(bob, "s"),
		bob + ` as "bob" of IAM Identity Center`:    engine.IdentityCenter(bob, "bob"),
		"root of " + fixture.People:                 engine.Root(fixture.People),
		"ec2.amazonaws.com":                         engine.Service("ec2.amazonaws.com"),
		"idp":                                       engine.Federated("idp"),
	} {
		assert.Equal(t, want, s.String())
	}
	assert.Equal(t, bob, engine.Console(bob).Subject())
}

// What nobody can know from a world is asked for, by name.
func TestWhatIsNotKnownIsAskedFor(t *testing.T) {
	role := world.Role{
		Name:  "r",
		Trust: fixture.AnyoneAssumes(),
		Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(
			policy.Allow("Issued", "a:*").
				On("*").
				When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:TokenIssueTime", "2026-12-01")),
			policy.Allow("Provider", "b:*").On("*").When(policy.Present("aws:FederatedProvider")),
			policy.Allow("Org", "c:*").On("*").When(policy.StringEquals("aws:ResourceOrgID", "${aws:PrincipalOrgID}")),
			policy.Allow("Paths", "d:*").
				On("*").
				When(policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringLike},
					"aws:ResourceOrgPaths", "o-exampleorgid/*")),
			policy.Allow("Text", "e:*").
				On("*").
				When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:CurrentTime", "2026-*")),
			policy.Allow("Service", "f:*").On("*").When(policy.Present("aws:PrincipalServiceName")),
			policy.Allow("Root", "g:*").On("*").When(policy.Present("aws:AssumedRoot")),
			policy.Allow("Variable", "h:*").On("arn:aws:s3:::b/${s3:prefix}"),
		)}},
	}
	w := world.World{
		Accounts: []world.Account{{ID: fixture.People, Roles: []world.Role{role}}},
		Organization: &world.Organization{
			ID:         "o-exampleorgid",
			Management: fixture.People,
			Root: world.Unit{
				ID:       "r-exam",
				Accounts: []world.OrganizationAccount{{ID: fixture.People}, {ID: fixture.Members}},
			},
		},
	}
	e := fixture.Compiled(t, w)
	s, center := engine.AssumedRole(fixture.RoleARN("r"), "s"), engine.IdentityCenter(fixture.RoleARN("r"), "bob")
	_, err := e.Decide(s, engine.Request{Action: "a:b"})
	require.ErrorContains(t, err, "say with IssuedAt when the session was issued")
	assert.True(t, fixture.Decide(t, e, s.IssuedAt(time.Unix(0, 0)), engine.Request{Action: "a:b"}).Allowed())
	_, err = e.Decide(center, engine.Request{Action: "b:b"})
	require.ErrorContains(t, err, "aws:FederatedProvider of an IAM Identity Center session is not known")
	assert.False(t, fixture.Decide(t, e, s, engine.Request{Action: "b:b"}).Allowed())
	for action, want := range map[string]bool{"c:b": true, "d:b": true, "f:b": false, "g:b": false} {
		r := engine.Request{Action: action, Resources: engine.On("arn:aws:s3:eu-west-1:" + fixture.People + ":x")}
		assert.Equal(t, want, fixture.Decide(t, e, s, r).Allowed(), action)
	}
	r := engine.Request{Action: "c:b", Resources: engine.On("arn:aws:s3:eu-west-1:999999999999:x")}
	assert.False(
		t,
		fixture.Decide(t, e.Assuming(engine.UnknownAllowsEverything), s, r).Allowed(),
		"an account that is in no organization",
	)
	assert.True(t, fixture.Decide(t, e, s, engine.Request{Action: "e:b", Time: time.Unix(1796083200, 0)}).Allowed())
	_, err = e.Decide(
		s,
		engine.Request{
			Action:    "h:b",
			Resources: engine.On("arn:aws:s3:::b/x"),
			Context:   engine.Context{"s3:prefix": {"x", "y"}},
		},
	)
	require.ErrorContains(t, err, "${s3:prefix} has 2 values in this request")
	assert.Equal(t, w.Organization, e.World().Organization)
	assert.Contains(t, catalogue.GlobalConditionKeys(), "aws:PrincipalTag/")
}
