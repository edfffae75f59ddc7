package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// What the engine does not implement, and what AWS would store and never match, does not compile; the error names the
// place.
func TestStrictDocuments(t *testing.T) {
	allow := policy.Allow("S", "s3:Get").On("*")
	for _, c := range []struct {
		why       string
		statement policy.Statement
		want      string
	}{
		{"effect", policy.Statement{Sid: "S", Effect: "Perhaps", Actions: []string{"s3:Get"}, Resources: []string{"*"}},
			`effect "Perhaps" is neither`},
		{"no action", policy.Statement{Sid: "S", Effect: policy.EffectAllow, Resources: []string{"*"}},
			"names no action"},
		{"both actions", policy.Statement{Sid: "S", Effect: policy.EffectDeny, Actions: []string{"a:b"},
			NotActions: []string{"a:c"}, Resources: []string{"*"}}, "both Action and NotAction"},
		{"action shape", policy.Allow("S", "s3").On("*"), `action "s3"`},
		{"no resource", policy.Allow("S", "s3:Get"), "names no resource"},
		{"both resources", allow.OnAllExcept("arn:aws:s3:::b"), "both Resource and NotResource"},
		{"resource shape", policy.Allow("S", "s3:Get").On("bucket"), `Resource "bucket" is not an ARN`},
		{"short resource", policy.Allow("S", "s3:Get").On("arn:aws:s3:::"), ``},
		{"variable too early", policy.Allow("S", "s3:Get").On("arn:aws:iam::${aws:PrincipalAccount}:user/x"),
			"before the fifth colon"},
		{"principal", allow.For(policy.Anyone()), "only trust policies do"},
		{"operator", allow.When(policy.Is(policy.Operator{Base: "StringSounds"}, "aws:username", "a")),
			`"StringSounds" is not a condition operator`},
		{"NullIfExists", allow.When(policy.Is(policy.Operator{Base: policy.OpNull, IfExists: true}, "aws:username",
			"true")), "NullIfExists"},
		{"key", allow.When(policy.StringEquals("username", "a")), `"username" is not a condition key`},
		{"global key", allow.When(policy.Bool("aws:MultifactorAuthPresnt", true)),
			`"aws:MultifactorAuthPresnt" is not a global condition key`},
		{"tag key", allow.When(policy.StringEquals("aws:PrincipalTag/", "a")), "names no tag"},
		{"no values", allow.When(policy.StringEquals("aws:username")), "has no value"},
		{"number", allow.When(policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge",
			"1h")), `"1h" is not a number`},
		{"date", allow.When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:CurrentTime",
			"2026-12-01 10:00")), `"2026-12-01 10:00" is not a date`},
		{"year", allow.When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:CurrentTime", "2026")),
			"may be a year"},
		{"milliseconds", allow.When(policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:CurrentTime",
			"1796083200000000")), "not milliseconds"},
		{"boolean", allow.When(policy.Is(policy.Operator{Base: policy.OpBool}, "aws:SecureTransport", "yes")),
			`neither "true" nor "false"`},
		{"base64", allow.When(policy.Is(policy.Operator{Base: policy.OpBinaryEquals}, "s3:k", "?")), "is not base64"},
		{"network", allow.When(policy.Is(policy.Operator{Base: policy.OpIPAddress}, "aws:SourceIp", "10.0.0.0/33")),
			"is not an IP address or network"},
		{"ARN", allow.When(policy.ArnLike("aws:PrincipalArn", "role/*")), `"role/*" is not an ARN`},
		{"short ARN", allow.When(policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::111122223333")),
			"fewer than six parts"},
		{"variable name", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:usernam}"),
			`"aws:usernam" is not a global condition key`},
		{"variable without prefix", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${username}"),
			`"username" is not a condition key`},
		{"variable of several values", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:TagKeys}"),
			"has several values"},
		{"variable brace", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:username"), "without closing brace"},
		{"variable empty", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${}"), "empty policy variable"},
		{"variable default", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:username, all}"),
			"not in single quotes"},
		{"variable space", policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:user name}"), "not a policy variable"},
	} {
		_, err := engine.Compile(fixture.OneUser(c.statement))
		if c.want == "" {
			assert.NoError(t, err, c.why)
			continue
		}
		require.ErrorContains(t, err, c.want, c.why)
		assert.ErrorContains(t, err, "account 111122223333, user/bob, p, S: ", c.why)
	}
}

// A trust policy has principals and no resource, and names them exactly.
func TestStrictTrust(t *testing.T) {
	assume := policy.Allow("S", "sts:AssumeRole")
	for _, c := range []struct {
		why       string
		statement policy.Statement
		want      string
	}{
		{"no principal", assume, "names no principal"},
		{"resource", assume.For(policy.AWSPrincipals(fixture.People)).On("*"), "has a resource"},
		{"wildcard", assume.For(policy.AWSPrincipals(fixture.UserARN("*"))), "has a wildcard"},
		{"shape", assume.For(policy.AWSPrincipals("bob")), `"bob" is neither an ARN`},
		{"group", assume.For(policy.AWSPrincipals("arn:aws:iam::111122223333:group/g")),
			"is not a user, role, session or account"},
		{"session", assume.For(policy.AWSPrincipals("arn:aws:sts::111122223333:assumed-role/r")),
			"not the ARN of a session"},
		{"kind", assume.For(policy.Principal{Kind: "Robot", Values: []string{"x"}}), "does not assume roles"},
		{"both", policy.Deny("S",
			"sts:AssumeRole").For(policy.Anyone()).ForAllExcept(policy.AWSPrincipals(fixture.People)), "both Principal and NotPrincipal"},
	} {
		_, err := engine.Compile(
			world.World{
				Accounts: []world.Account{
					{ID: fixture.People, Roles: []world.Role{{Name: "r", Trust: policy.New(c.statement)}}},
				},
			},
		)
		require.ErrorContains(t, err, c.want, c.why)
		assert.ErrorContains(t, err, "account 111122223333, role/r, trust, S: ", c.why)
	}
}

// Duplicates, names that stand for nothing and impossible worlds are refused, all at once and in order.
func TestStrictWorlds(t *testing.T) {
	w := world.World{
		Accounts: []world.Account{
			{
				ID:     fixture.People,
				Groups: []world.Group{{Name: "g"}, {Name: "G"}},
				Users: []world.User{
					{Name: "bob"},
					{Name: "Bob", Path: "/x/"},
					{
						Name:   "carol",
						Groups: []string{"nowhere"},
						Tags:   []world.Tag{{Key: "Project", Value: "a"}, {Key: "project", Value: "b"}},
					},
				},
				Nodes: []world.Node{fixture.Node("i-1", "a"), fixture.Node("i-1", "b")},
				Policies: []world.ManagedPolicy{
					{ARN: "arn:aws:iam::111122223333:policy/p", Document: policy.Document{Version: "2025-01-01"}},
					{ARN: "arn:aws:iam::111122223333:policy/p"},
				},
			},
			{ID: fixture.People},
			{ID: "42"},
		},
		Organization: &world.Organization{
			ID: "o-exampleorgid",
			Root: world.Unit{
				ID:       "r-exam",
				Accounts: []world.OrganizationAccount{{ID: fixture.People}, {ID: fixture.People}},
			},
		},
	}
	_, err := engine.Compile(w)
	require.Error(t, err)
	want := []string{
		"instance i-1: is in the world twice",
		"account 111122223333: is in the world twice",
		`account "42": the id is not twelve digits`,
		`version "2025-01-01" is not a version`,
		"policy arn:aws:iam::111122223333:policy/p: is in the world twice",
		"organization o-exampleorgid: account 111122223333 stands in the tree twice",
		"group/G: is in the world twice",
		"user/Bob: is in the world twice",
		`user/carol: is in group "nowhere", which the account does not have`,
		`the tag keys "Project" and "project" differ at most in case`,
	}
	rest := err.Error()
	for _, text := range want {
		require.Contains(t, rest, text)
		rest = rest[indexAfter(rest, text):]
	}
}

func indexAfter(s, part string) int {
	for i := range s {
		if len(s[i:]) >= len(part) && s[i:i+len(part)] == part {
			return i + len(part)
		}
	}
	return 0
}

// Questions about nobody, about several actions at once, and with keys that follow from the session are errors, never
// denials.
func TestStrictRequests(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	bob := engine.LongTermKey(fixture.UserARN("bob"))
	for _, c := range []struct {
		why     string
		session engine.Session
		request engine.Request
		want    string
	}{
		{"nobody", engine.Session{}, engine.Request{Action: "s3:Get"}, "no such user or role"},
		{"a stranger", engine.LongTermKey(fixture.UserARN("zoe")), engine.Request{Action: "s3:Get"},
			"no such user or role"},
		{"a role that signs in", engine.Console(fixture.OperationRole("nobody")), engine.Request{Action: "s3:Get"},
			"a role is assumed"},
		{"a user that is assumed", engine.AssumedRole(fixture.UserARN("bob"), "s"), engine.Request{Action: "s3:Get"},
			"a user signs in"},
		{"no session name", engine.AssumedRole(fixture.OperationRole("nobody"), ""), engine.Request{Action: "s3:Get"},
			"has a session name"},
		{"root of nowhere", engine.Root("999999999999"), engine.Request{Action: "s3:Get"}, "no such account"},
		{"a pattern", bob, engine.Request{Action: "s3:*"}, "is not one action"},
		{"no service", bob, engine.Request{Action: "Get"}, "is not one action"},
		{"a derived key", bob, engine.Request{Action: "s3:Get", Context: engine.Context{"AWS:UserName": {"alice"}}},
			`"AWS:UserName" follows from the session`},
		{"a derived tag", bob, engine.Request{Action: "s3:Get", Context: engine.Context{"aws:principaltag/x": {"y"}}},
			"follows from the session"},
		{"the time", bob, engine.Request{Action: "s3:Get", Context: engine.Context{"aws:CurrentTime": {"2026-12-01"}}},
			"follows from the session or the time"},
		{"two keys alike", bob, engine.Request{Action: "s3:Get", Context: engine.Context{"s3:k": {"a"}, "S3:K": {"b"}}},
			"differ only in case"},
		{"no document", bob, engine.Request{Action: "ssm:StartSession",
			Resources: engine.On("arn:aws:ec2:eu-west-1:111122223333:instance/i-1")}, "names no document"},
	} {
		_, err := e.Decide(c.session, c.request)
		require.ErrorContains(t, err, c.want, c.why)
	}
}
