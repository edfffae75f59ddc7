package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// sees reports the value that a session's requests carry for a key, and whether they carry it: found out by asking conditions.
func sees(t *testing.T, w World, s Session, key, value string) (present, equal bool) {
	t.Helper()
	ask := func(c policy.Condition) bool {
		for i := range w.Accounts {
			for j := range w.Accounts[i].Users {
				w.Accounts[i].Users[j].Inline = []InlinePolicy{{"p", policy.New(policy.Allow("S", "*").On("*").When(c))}}
			}
			for j := range w.Accounts[i].Roles {
				w.Accounts[i].Roles[j].Inline = []InlinePolicy{{"p", policy.New(policy.Allow("S", "*").On("*").When(c))}}
			}
		}
		return decide(t, compiled(t, w), s, Request{Action: "s3:Get", Time: time.Unix(1796083200, 0)}).Allowed()
	}
	quantifier := policy.NoQuantifier
	if key == "aws:PrincipalOrgPaths" {
		quantifier = policy.ForAnyValue
	}
	return ask(policy.Present(key)), ask(policy.Is(policy.Operator{Quantifier: quantifier, Base: policy.OpStringEquals}, key, value))
}

// The keys that AWS sets for each way of signing in, and those that it leaves out.
func TestSessionKeys(t *testing.T) {
	w := World{
		Accounts: []Account{{
			ID:    people,
			Users: []User{{Name: "bob", Path: "/team/", ID: "AIDAEXAMPLE", Tags: []Tag{{"Project", "mine"}}}},
			Roles: []Role{{Name: "r", Path: "/ops/", ID: "AROAEXAMPLE", Tags: []Tag{{"Project", "own"}, {"Team", "red"}}, Trust: anyoneAssumes()}},
		}},
		Organization: &Organization{ID: "o-exampleorgid", Management: people, Root: Unit{ID: "r-exam", Units: []Unit{{ID: "ou-exam-11111111", Accounts: []OrganizationAccount{{ID: people}}}}}},
	}
	bob, role := userARN("team/bob"), roleARN("ops/r")
	issued := time.Unix(1796080000, 0)
	const absent = "absent"
	for _, c := range []struct {
		why     string
		session Session
		keys    map[string]string
	}{
		{"an access key", LongTermKey(bob), map[string]string{
			"aws:PrincipalArn": bob, "aws:PrincipalAccount": people, "aws:PrincipalType": "User", "aws:userid": "AIDAEXAMPLE", "aws:username": "bob",
			"aws:PrincipalTag/project": "mine", "aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent, "aws:TokenIssueTime": absent,
			"aws:PrincipalOrgID": "o-exampleorgid", "aws:PrincipalOrgPaths": "o-exampleorgid/r-exam/ou-exam-11111111/", "aws:SecureTransport": "true",
			"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false", "aws:CurrentTime": "2026-12-01T00:00:00Z", "aws:EpochTime": "1796083200",
			"aws:SourceIp": absent, "aws:SourceIdentity": absent,
		}},
		{"an access key with a code, on another call than sts:AssumeRole", LongTermKey(bob).WithMFACode(), map[string]string{
			"aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent,
		}},
		{"the console without MFA", Console(bob).IssuedAt(issued), map[string]string{
			"aws:MultiFactorAuthPresent": "false", "aws:MultiFactorAuthAge": absent, "aws:username": "bob", "aws:TokenIssueTime": "2026-11-30T23:06:40Z",
		}},
		{"the console with MFA", ConsoleWithMFA(bob, 90*time.Second), map[string]string{
			"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "90", "aws:userid": "AIDAEXAMPLE",
		}},
		{"a session token", SessionToken(bob), map[string]string{"aws:MultiFactorAuthPresent": "false", "aws:username": "bob"}},
		{"a session token with MFA", SessionTokenWithMFA(bob, time.Hour), map[string]string{"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3600"}},
		{"a role", AssumedRole(role, "bob", Tag{"PROJECT", "theirs"}).WithSourceIdentity("bob"), map[string]string{
			"aws:PrincipalArn": role, "aws:PrincipalType": "AssumedRole", "aws:userid": "AROAEXAMPLE:bob", "aws:username": absent,
			"aws:MultiFactorAuthPresent": absent, "aws:MultiFactorAuthAge": absent, "aws:PrincipalTag/Project": "theirs", "aws:PrincipalTag/Team": "red",
			"aws:SourceIdentity": "bob",
		}},
		{"IAM Identity Center", IdentityCenter(role, "bob@example.com", Tag{RunAsTag, "bob"}), map[string]string{
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
	rootKeys := policy.New(policy.Allow("All", "*").On("*"), policy.Deny("Root", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:root")),
		policy.Deny("Id", "*").On("*").When(policy.StringEquals("aws:userid", members)))
	e := compiled(t, World{Accounts: []Account{{ID: members}}, Organization: &Organization{ID: "o-exampleorgid", Root: Unit{
		ID: "r-exam", Policies: []ServiceControlPolicy{{"deny", rootKeys}}, Accounts: []OrganizationAccount{{ID: members, Policies: []ServiceControlPolicy{{"all", policy.New(policy.Allow("A", "*").On("*"))}}}},
	}}})
	assert.Equal(t, "Root", decide(t, e, Root(members), Request{Action: "s3:Get"}).By.Sid)

	coded := policy.Allow("Coded", "sts:AssumeRole", "s3:*").On("*").When(policy.Bool("aws:MultiFactorAuthPresent", true))
	w := oneUser(coded)
	w.Accounts[0].Roles = []Role{{Name: "r", Trust: anyoneAssumes()}}
	bob := LongTermKey(userARN("bob")).WithMFACode()
	assert.True(t, decide(t, compiled(t, w), bob, AssumeRole(roleARN("r"), "bob")).Allowed())
	assert.False(t, decide(t, compiled(t, w), bob, Request{Action: "s3:Get"}).Allowed())
}

// What AWS decides whatever the policies say.
func TestRulesOfAWS(t *testing.T) {
	w := oneUser(policy.Allow("All", "*").On("*"))
	w.Accounts[0].Users[0].HasMFA = true
	w.Accounts[0].Roles = []Role{{Name: "r", Trust: anyoneAssumes(), Inline: w.Accounts[0].Users[0].Inline}}
	open := compiled(t, w)
	w.Accounts[0].Users = []User{{Name: "bob", Inline: []InlinePolicy{{"p", policy.New(policy.Deny("Nothing", "*").On("*"))}}}}
	shut := compiled(t, w)
	bob, role := userARN("bob"), AssumedRole(roleARN("r"), "s")
	own := func(action string) Request { return Request{Action: action, Resources: On(bob)} }
	for _, c := range []struct {
		why     string
		engine  *Engine
		session Session
		request Request
		want    Outcome
		ruled   bool
	}{
		{"who am I", shut, LongTermKey(bob), Request{Action: "sts:GetCallerIdentity"}, Allowed, true},
		{"a session token", shut, LongTermKey(bob), Request{Action: "sts:GetSessionToken"}, Allowed, true},
		{"anything else", shut, LongTermKey(bob), Request{Action: "sts:GetFederationToken"}, ExplicitlyDenied, false},
		{"a session token from a role", open, role, Request{Action: "sts:GetSessionToken"}, ExplicitlyDenied, true},
		{"a federation token from a role", open, role, Request{Action: "sts:GetFederationToken"}, ExplicitlyDenied, true},
		{"a federation token from a key", open, LongTermKey(bob), Request{Action: "sts:GetFederationToken"}, Allowed, false},
		{"IAM with a token without MFA", open, SessionToken(bob), own("iam:GetUser"), ExplicitlyDenied, true},
		{"IAM with a token with MFA", open, SessionTokenWithMFA(bob, 0), own("iam:GetUser"), Allowed, false},
		{"S3 with a token without MFA", open, SessionToken(bob), Request{Action: "s3:ListAllMyBuckets"}, Allowed, false},
		{"a role with a token without MFA", open, SessionToken(bob), AssumeRole(roleARN("r"), "bob"), Allowed, false},
		{"other STS calls with a token", open, SessionTokenWithMFA(bob, 0), Request{Action: "sts:DecodeAuthorizationMessage"}, ExplicitlyDenied, true},
		{"one's second device with a key", open, LongTermKey(bob), own("iam:EnableMFADevice"), ExplicitlyDenied, true},
		{"one's device with a key", open, LongTermKey(bob), own("iam:DeactivateMFADevice"), ExplicitlyDenied, true},
		{"another's device with a key", open, LongTermKey(bob), Request{Action: "iam:DeactivateMFADevice", Resources: On(userARN("bobby"))}, Allowed, false},
		{"one's device in the console", open, Console(bob), own("iam:DeactivateMFADevice"), Allowed, false},
		{"root assumes nothing", open, Root(people), AssumeRole(roleARN("r"), "x"), ExplicitlyDenied, true},
		{"root does everything", open, Root(people), Request{Action: "s3:ListAllMyBuckets"}, Allowed, true},
	} {
		d := decide(t, c.engine, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.ruled, d.By.Kind == AWSRule, "%s: %s", c.why, d)
	}
	_, err := open.Decide(Service("ec2.amazonaws.com"), Request{Action: "s3:Get"})
	require.ErrorContains(t, err, "acts through resource policies")
}

// The resource of a call tells its account, Region and tags; what it does not tell is asked for.
func TestResourceKeys(t *testing.T) {
	w := devWorld()
	w.Accounts[0].Users[0].Inline = []InlinePolicy{{"p", policy.New(
		policy.Allow("Account", "a:*").On("*").When(policy.StringEquals("aws:ResourceAccount", people)),
		policy.Allow("Region", "b:*").On("*").When(policy.StringEquals("aws:RequestedRegion", tokyo)),
		policy.Allow("EC2Tag", "ec2:*").On("*").When(policy.StringEquals("ec2:ResourceTag/Project", "Test Project 1")),
		policy.Allow("SSMTag", "ec2:*").On("*").When(policy.StringEquals("ssm:resourceTag/Project", "Test Project 1")),
		policy.Allow("RoleTag", "iam:*").On("*").When(policy.StringEquals("iam:ResourceTag/Project", "Test Project 1")),
	)}}
	w.Accounts[0].Users[0].Groups = nil
	e := compiled(t, w)
	alice := LongTermKey(userARN("alice"))
	instance := "arn:aws:ec2:" + tokyo + ":" + people + ":instance/i-0aaa"
	assert.Equal(t, "Account", decide(t, e, alice, Request{Action: "a:b", Resources: On(instance)}).By.Sid)
	assert.Equal(t, "Region", decide(t, e, alice, Request{Action: "b:b", Resources: On(instance)}).By.Sid)
	assert.Equal(t, "Region", decide(t, e, alice, Request{Action: "b:b", Context: Context{"aws:RequestedRegion": {tokyo}}}).By.Sid)
	_, err := e.Decide(alice, Request{Action: "b:b"})
	require.ErrorContains(t, err, "put it into the context")
	assert.Equal(t, "EC2Tag", decide(t, e, alice, Request{Action: "ec2:StopInstances", Resources: On(instance)}).By.Sid, "the key of another service is absent")
	assert.Equal(t, "RoleTag", decide(t, e, alice, Request{Action: "iam:PassRole", Resources: On(operationRole("TestProject1-os-user1"))}).By.Sid)
	assert.False(t, decide(t, e, alice, Request{Action: "ec2:StopInstances", Resources: []Resource{{ARN: instance, Tags: []Tag{}}}}).Allowed(), "tags that are given replace those of the world")
	assert.True(t, decide(t, e, alice, Request{Action: "ec2:StopInstances", Resources: []Resource{{ARN: "arn:aws:ec2:" + tokyo + ":" + people + ":instance/i-9",
		Context: Context{"ec2:resourcetag/project": {"Test Project 1"}}}}}).Allowed(), "a key of the resource's own context")
}

// A caller of an identity provider is decided by the trust policy alone, on the provider's own keys.
func TestFederatedCallers(t *testing.T) {
	provider := "arn:aws:iam::" + people + ":saml-provider/idp"
	w := World{Accounts: []Account{{ID: people, Roles: []Role{{Name: "r", Trust: policy.New(policy.Allow("SAML", "sts:AssumeRoleWithSAML").
		For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}).When(policy.StringEquals("saml:aud", "https://signin.aws.amazon.com/saml")))}}}}}
	e := compiled(t, w)
	call := func(audience string) Request {
		return Request{Action: "sts:AssumeRoleWithSAML", Resources: On(roleARN("r")), Context: Context{"SAML:aud": {audience}}}
	}
	assert.True(t, decide(t, e, Federated(provider), call("https://signin.aws.amazon.com/saml")).Allowed())
	assert.False(t, decide(t, e, Federated(provider), call("elsewhere")).Allowed())
	assert.False(t, decide(t, e, Federated(provider+"2"), call("https://signin.aws.amazon.com/saml")).Allowed())
	tagged := call("https://signin.aws.amazon.com/saml")
	tagged.Context = tagged.Context.With("aws:TagKeys", "Project")
	assert.Equal(t, "sts:TagSession", decide(t, e, Federated(provider), tagged).Action, "session tags of an assertion are asked for too")
}

// Every way of signing in says in words what it is.
func TestSessionsReadAsSentences(t *testing.T) {
	bob := userARN("bob")
	for want, s := range map[string]Session{
		"nobody with an access key":                 {},
		bob + " with an access key":                 LongTermKey(bob),
		bob + " with an access key and an MFA code": LongTermKey(bob).WithMFACode(),
		bob + " in the console without MFA":         Console(bob).WithMFACode(),
		bob + " in the console with MFA 61 s ago":   ConsoleWithMFA(bob, 61*time.Second+time.Millisecond),
		bob + " with a session token without MFA":   SessionToken(bob),
		bob + ` as "s"`:                             AssumedRole(bob, "s"),
		bob + ` as "bob" of IAM Identity Center`:    IdentityCenter(bob, "bob"),
		"root of " + people:                         Root(people),
		"ec2.amazonaws.com":                         Service("ec2.amazonaws.com"),
		"idp":                                       Federated("idp"),
	} {
		assert.Equal(t, want, s.String())
	}
	assert.Equal(t, bob, Console(bob).Subject())
}

// What nobody can know from a world is asked for, by name.
func TestWhatIsNotKnownIsAskedFor(t *testing.T) {
	role := Role{Name: "r", Trust: anyoneAssumes(), Inline: []InlinePolicy{{"p", policy.New(
		policy.Allow("Issued", "a:*").On("*").When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:TokenIssueTime", "2026-12-01")),
		policy.Allow("Provider", "b:*").On("*").When(policy.Present("aws:FederatedProvider")),
		policy.Allow("Org", "c:*").On("*").When(policy.StringEquals("aws:ResourceOrgID", "${aws:PrincipalOrgID}")),
		policy.Allow("Paths", "d:*").On("*").When(policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringLike}, "aws:ResourceOrgPaths", "o-exampleorgid/*")),
		policy.Allow("Text", "e:*").On("*").When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:CurrentTime", "2026-*")),
		policy.Allow("Service", "f:*").On("*").When(policy.Present("aws:PrincipalServiceName")),
		policy.Allow("Root", "g:*").On("*").When(policy.Present("aws:AssumedRoot")),
		policy.Allow("Variable", "h:*").On("arn:aws:s3:::b/${s3:prefix}"),
	)}}}
	w := World{Accounts: []Account{{ID: people, Roles: []Role{role}}}, Organization: &Organization{ID: "o-exampleorgid", Management: people,
		Root: Unit{ID: "r-exam", Accounts: []OrganizationAccount{{ID: people}, {ID: members}}}}}
	e := compiled(t, w)
	s, center := AssumedRole(roleARN("r"), "s"), IdentityCenter(roleARN("r"), "bob")
	_, err := e.Decide(s, Request{Action: "a:b"})
	require.ErrorContains(t, err, "say with IssuedAt when the session was issued")
	assert.True(t, decide(t, e, s.IssuedAt(time.Unix(0, 0)), Request{Action: "a:b"}).Allowed())
	_, err = e.Decide(center, Request{Action: "b:b"})
	require.ErrorContains(t, err, "aws:FederatedProvider of an IAM Identity Center session is not known")
	assert.False(t, decide(t, e, s, Request{Action: "b:b"}).Allowed())
	for action, want := range map[string]bool{"c:b": true, "d:b": true, "f:b": false, "g:b": false} {
		r := Request{Action: action, Resources: On("arn:aws:s3:eu-west-1:" + people + ":x")}
		assert.Equal(t, want, decide(t, e, s, r).Allowed(), action)
	}
	r := Request{Action: "c:b", Resources: On("arn:aws:s3:eu-west-1:999999999999:x")}
	assert.False(t, decide(t, e.Assuming(UnknownAllowsEverything), s, r).Allowed(), "an account that is in no organization")
	assert.True(t, decide(t, e, s, Request{Action: "e:b", Time: time.Unix(1796083200, 0)}).Allowed())
	_, err = e.Decide(s, Request{Action: "h:b", Resources: On("arn:aws:s3:::b/x"), Context: Context{"s3:prefix": {"x", "y"}}})
	require.ErrorContains(t, err, "${s3:prefix} has 2 values in this request")
	assert.Equal(t, w.Organization, e.World().Organization)
	assert.Contains(t, GlobalConditionKeys(), "aws:PrincipalTag/")
}
