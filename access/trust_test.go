package access

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// trustCase is a world with one role "target" in the people's account, and callers with and without an Allow of their own.
type trustCase struct {
	trust policy.Document
	// allows gives the callers an Allow for sts:AssumeRole; bounded gives them a boundary that allows S3 alone.
	allows, bounded bool
}

func (c trustCase) engine(t *testing.T) *Engine {
	t.Helper()
	var inline []InlinePolicy
	if c.allows {
		inline = []InlinePolicy{{"assume", policy.New(policy.Allow("Assume", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").On("*"))}}
	}
	boundary := ""
	if c.bounded {
		boundary = "arn:aws:iam::" + people + ":policy/bound"
	}
	bound := []ManagedPolicy{{ARN: "arn:aws:iam::" + people + ":policy/bound", Document: policy.New(policy.Allow("S3", "s3:*").On("*"))}}
	return compiled(t, World{Accounts: []Account{
		{ID: people, Policies: bound, Users: []User{{Name: "bob", Inline: inline, Boundary: boundary}}, Roles: []Role{
			{Name: "caller", Path: "/p/", Trust: anyoneAssumes(), Inline: inline, Boundary: boundary}, {Name: "target", Trust: c.trust},
		}},
		{ID: members, Users: []User{{Name: "eve", Inline: inline, Boundary: boundary}}},
	}})
}

// Who may assume a role: a user or role that the trust policy names needs no Allow of its own in the same account; an account that it
// names needs one; across accounts both must allow. A boundary bounds what a role is given by name, and not what a user is.
func TestTrust(t *testing.T) {
	bob, caller, eve := LongTermKey(userARN("bob")), AssumedRole(roleARN("p/caller"), "s"), LongTermKey("arn:aws:iam::"+members+":user/eve")
	assume := func(principals ...policy.Principal) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRole").For(principals...))
	}
	root := policy.AWSPrincipals("arn:aws:iam::" + people + ":root")
	for _, c := range []struct {
		why    string
		world  trustCase
		caller Session
		want   Outcome
	}{
		{"a user by name", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob")))}, bob, Allowed},
		{"a user by name, bounded", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob"))), bounded: true}, bob, Allowed},
		{"a user by the wrong name", trustCase{trust: assume(policy.AWSPrincipals(userARN("Bob"))), allows: true}, bob, ImplicitlyDenied},
		{"a role by name", trustCase{trust: assume(policy.AWSPrincipals(roleARN("p/caller")))}, caller, Allowed},
		{"a role by name, bounded", trustCase{trust: assume(policy.AWSPrincipals(roleARN("p/caller"))), bounded: true, allows: true}, caller, ImplicitlyDenied},
		{"a role without its path", trustCase{trust: assume(policy.AWSPrincipals(roleARN("caller"))), allows: true}, caller, ImplicitlyDenied},
		{"one session of a role", trustCase{trust: assume(policy.AWSPrincipals("arn:aws:sts::" + people + ":assumed-role/caller/s")), bounded: true}, caller, Allowed},
		{"another session of it", trustCase{trust: assume(policy.AWSPrincipals("arn:aws:sts::" + people + ":assumed-role/caller/x")), allows: true}, caller, ImplicitlyDenied},
		{"the account, without an Allow", trustCase{trust: assume(root)}, bob, ImplicitlyDenied},
		{"the account, with an Allow", trustCase{trust: assume(root), allows: true}, bob, Allowed},
		{"the account by its id", trustCase{trust: assume(policy.AWSPrincipals(people)), allows: true}, caller, Allowed},
		{"the account, with an Allow and a boundary", trustCase{trust: assume(root), allows: true, bounded: true}, bob, ImplicitlyDenied},
		{"another account's user by name, without an Allow", trustCase{trust: assume(policy.AWSPrincipals(eve.Subject()))}, eve, ImplicitlyDenied},
		{"another account's user by name, with an Allow", trustCase{trust: assume(policy.AWSPrincipals(eve.Subject())), allows: true}, eve, Allowed},
		{"another account's user by account, with an Allow", trustCase{trust: assume(policy.AWSPrincipals(members)), allows: true}, eve, Allowed},
		{"another account's user, not trusted", trustCase{trust: assume(root), allows: true}, eve, ImplicitlyDenied},
		{"everybody, same account", trustCase{trust: assume(policy.Anyone())}, bob, Allowed},
		{"everybody, same account, a bounded role", trustCase{trust: assume(policy.Anyone()), bounded: true}, caller, Allowed},
		{"everybody, another account", trustCase{trust: assume(policy.Anyone())}, eve, ImplicitlyDenied},
		{"everybody, another account with an Allow", trustCase{trust: assume(policy.AWSPrincipals("*")), allows: true}, eve, Allowed},
		{"a deleted user", trustCase{trust: assume(policy.AWSPrincipals("AIDAEXAMPLEEXAMPLE123")), allows: true}, bob, ImplicitlyDenied},
		{"a service", trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com"))}, Service("ec2.amazonaws.com"), Allowed},
		{"another service", trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com"))}, Service("lambda.amazonaws.com"), ImplicitlyDenied},
		{"a service where users are trusted", trustCase{trust: assume(root)}, Service("ec2.amazonaws.com"), ImplicitlyDenied},
		{"root", trustCase{trust: assume(root)}, Root(people), ExplicitlyDenied},
		{"a Deny on the account", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob"))).With(policy.Deny("D", "sts:AssumeRole").For(root))}, bob, ExplicitlyDenied},
		{"a Deny on somebody else", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob"))).With(
			policy.Deny("D", "sts:AssumeRole").For(policy.AWSPrincipals(userARN("bobby"))))}, bob, Allowed},
		{"a Deny of all but bob and his account", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob"))).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(userARN("bob"), people)))}, bob, Allowed},
		{"a Deny of all but bob, without his account", trustCase{trust: assume(policy.AWSPrincipals(userARN("bob"))).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(userARN("bob"))))}, bob, ExplicitlyDenied},
		{"a Deny of all but bob, who has a boundary", trustCase{bounded: true, trust: assume(policy.AWSPrincipals(userARN("bob"))).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(userARN("bob"), people)))}, bob, ExplicitlyDenied},
		{"a Deny of all but the role, its session and account", trustCase{trust: assume(policy.AWSPrincipals(roleARN("p/caller"))).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(roleARN("p/caller"), people, "arn:aws:sts::"+people+":assumed-role/caller/s")))}, caller, Allowed},
		{"a Deny of all but the role and account", trustCase{trust: assume(policy.AWSPrincipals(roleARN("p/caller"))).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(roleARN("p/caller"), people)))}, caller, ExplicitlyDenied},
		{"a Deny of everybody but a service", trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com")).With(
			policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.ServicePrincipals("ec2.amazonaws.com")))}, Service("ec2.amazonaws.com"), Allowed},
	} {
		d := decide(t, c.world.engine(t), c.caller, AssumeRole(roleARN("target"), "s"))
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
}

// Session tags and a source identity are actions of their own, in the trust policy and on the caller's side.
func TestTagsAndSourceIdentityAreDecidedToo(t *testing.T) {
	named := policy.AWSPrincipals("arn:aws:iam::" + members + ":user/eve")
	eve := LongTermKey("arn:aws:iam::" + members + ":user/eve")
	tagged := AssumeRole(roleARN("target"), "s", Tag{"Project", "a"}, Tag{"Team", "b"})
	require.Equal(t, []string{"Project", "Team"}, tagged.Context["aws:TagKeys"])
	sourced := AssumeRole(roleARN("target"), "s")
	sourced.Context["sts:SourceIdentity"] = []string{"eve"}
	plain := trustCase{allows: true, trust: policy.New(policy.Allow("T", "sts:AssumeRole").For(named))}.engine(t)
	open := trustCase{allows: true, trust: policy.New(policy.Allow("T", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").For(named))}.engine(t)
	own := trustCase{allows: true, trust: policy.New(policy.Allow("T", "sts:AssumeRole").For(named),
		policy.Allow("Own", "sts:TagSession").For(named).When(policy.AllEqual("aws:TagKeys", "Project"), policy.StringEquals("aws:RequestTag/Project", "a")))}.engine(t)

	d := decide(t, plain, eve, tagged)
	assert.Equal(t, ImplicitlyDenied, d.Outcome)
	assert.Equal(t, "sts:TagSession", d.Action)
	assert.Equal(t, "sts:SetSourceIdentity", decide(t, plain, eve, sourced).Action)
	assert.True(t, decide(t, open, eve, tagged).Allowed())
	assert.True(t, decide(t, open, eve, sourced).Allowed())
	assert.False(t, decide(t, own, eve, tagged).Allowed())
	assert.True(t, decide(t, own, eve, AssumeRole(roleARN("target"), "s", Tag{"Project", "a"})).Allowed())

	creating := oneUser(policy.Allow("Create", "iam:CreateRole").On("*"))
	r := Request{Action: "iam:CreateRole", Resources: On(roleARN("x")), Context: Context{"aws:TagKeys": {"a"}, "aws:RequestTag/a": {"b"}}}
	d = decide(t, compiled(t, creating), LongTermKey(userARN("bob")), r)
	assert.Equal(t, "iam:TagRole", d.Action)
	assert.Equal(t, ImplicitlyDenied, d.Outcome)
}

// Session policies and boundaries take away and never give.
func TestBoundaryAndSessionPolicies(t *testing.T) {
	s3 := policy.New(policy.Allow("S3", "s3:*").On("*"))
	for _, c := range []struct {
		why               string
		identity, bounded policy.Document
		limit             *policy.Document
		want              Outcome
		by                SourceKind
	}{
		{"both allow", s3, s3, nil, Allowed, IdentityPolicy},
		{"the boundary does not", s3, policy.New(policy.Allow("EC2", "ec2:*").On("*")), nil, ImplicitlyDenied, PermissionsBoundary},
		{"the boundary gives nothing", policy.New(), s3, nil, ImplicitlyDenied, IdentityPolicy},
		{"the boundary denies", s3, s3.With(policy.Deny("D", "s3:Get*").On("*")), nil, ExplicitlyDenied, PermissionsBoundary},
		{"the session policy allows", s3, s3, &s3, Allowed, IdentityPolicy},
		{"the session policy does not", s3, s3, new(policy.New(policy.Allow("EC2", "ec2:*").On("*"))), ImplicitlyDenied, SessionPolicy},
		{"the session policy denies", s3, s3, new(policy.New(policy.Deny("D", "*").On("*"))), ExplicitlyDenied, SessionPolicy},
		{"the session policy gives nothing", policy.New(), s3, &s3, ImplicitlyDenied, IdentityPolicy},
	} {
		bound := "arn:aws:iam::" + people + ":policy/bound"
		e := compiled(t, World{Accounts: []Account{{ID: people, Policies: []ManagedPolicy{{ARN: bound, Document: c.bounded}},
			Roles: []Role{{Name: "r", Trust: anyoneAssumes(), Boundary: bound, Inline: []InlinePolicy{{"p", c.identity}}}}}}})
		s := AssumedRole(roleARN("r"), "s")
		if c.limit != nil {
			var err error
			s, err = e.LimitedTo(s, *c.limit)
			require.NoError(t, err, c.why)
		}
		d := decide(t, e, s, Request{Action: "s3:GetObject", Resources: On("arn:aws:s3:::b/k")})
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.by, d.By.Kind, c.why)
	}
}

// A document that is not known is read as the question asks, and named.
func TestUnknownDocuments(t *testing.T) {
	const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	for _, policies := range [][]ManagedPolicy{nil, {{ARN: managed, Unknown: true}}} {
		e := compiled(t, World{Accounts: []Account{{ID: people, Policies: policies, Users: []User{
			{Name: "bob", Attached: []string{managed}},
			{Name: "bounded", Boundary: managed, Inline: []InlinePolicy{{"p", policy.New(policy.Allow("All", "*").On("*"))}}},
		}}}})
		for _, name := range []string{"bob", "bounded"} {
			nothing := decide(t, e, LongTermKey(userARN(name)), Request{Action: "s3:Get"})
			everything := decide(t, e.Assuming(UnknownAllowsEverything), LongTermKey(userARN(name)), Request{Action: "s3:Get"})
			assert.Equal(t, ImplicitlyDenied, nothing.Outcome, name)
			assert.Equal(t, Allowed, everything.Outcome, name)
			assert.Equal(t, []string{managed}, nothing.Unknowns, name)
		}
	}
	elsewhere := "arn:aws:iam::777788889999:role/x"
	e := compiled(t, oneUser(policy.Allow("Assume", "sts:AssumeRole").On("*")))
	assert.False(t, decide(t, e, LongTermKey(userARN("bob")), AssumeRole(elsewhere, "s")).Allowed(), "a trust policy that is not known")
	assert.True(t, decide(t, e.Assuming(UnknownAllowsEverything), LongTermKey(userARN("bob")), AssumeRole(elsewhere, "s")).Allowed())
	d := decide(t, e.Assuming(UnknownAllowsEverything), LongTermKey(userARN("bob")), AssumeRole(roleARN("nowhere"), "s"))
	assert.Equal(t, "the account has no such role", d.By.Rule)
}

// A resource of another account needs a policy of its own, which a world does not have.
func TestResourcesOfOtherAccounts(t *testing.T) {
	e := compiled(t, oneUser(policy.Allow("All", "*").On("*")))
	theirs := Request{Action: "iam:DeactivateMFADevice", Resources: On("arn:aws:iam::" + members + ":user/eve")}
	d := decide(t, e, ConsoleWithMFA(userARN("bob"), 0), theirs)
	assert.Equal(t, ImplicitlyDenied, d.Outcome)
	assert.Contains(t, d.By.String(), "the resource is in account 444455556666")
	assert.True(t, decide(t, e.Assuming(UnknownAllowsEverything), ConsoleWithMFA(userARN("bob"), 0), theirs).Allowed())
	assert.True(t, decide(t, e, LongTermKey(userARN("bob")), Request{Action: "iam:AttachUserPolicy", Resources: On("arn:aws:iam::aws:policy/ReadOnlyAccess")}).Allowed(), "AWS's own are nobody's account")
}
