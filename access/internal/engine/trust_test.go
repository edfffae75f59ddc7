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

// trustCase is a world with one role "target" in the people's account, and callers with and without an Allow of their
// own.
type trustCase struct {
	trust policy.Document
	// allows gives the callers an Allow for sts:AssumeRole; bounded gives them a boundary that allows S3 alone.
	allows, bounded bool
}

func (c trustCase) engine(t *testing.T) *engine.Engine {
	t.Helper()
	var inline []world.InlinePolicy
	if c.allows {
		inline = []world.InlinePolicy{
			{
				Name: "assume",
				Document: policy.New(
					policy.Allow("Assume", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").On("*"),
				),
			},
		}
	}
	boundary := ""
	if c.bounded {
		boundary = "arn:aws:iam::" + fixture.People + ":policy/bound"
	}
	bound := []world.ManagedPolicy{
		{
			ARN:      "arn:aws:iam::" + fixture.People + ":policy/bound",
			Document: policy.New(policy.Allow("S3", "s3:*").On("*")),
		},
	}
	return fixture.Compiled(t, world.World{Accounts: []world.Account{
		{
			ID:       fixture.People,
			Policies: bound,
			Users:    []world.User{{Name: "bob", Inline: inline, Boundary: boundary}},
			Roles: []world.Role{
				{
					Name:     "caller",
					Path:     "/p/",
					Trust:    fixture.AnyoneAssumes(),
					Inline:   inline,
					Boundary: boundary,
				},
				{Name: "target", Trust: c.trust},
			},
		},
		{ID: fixture.Members, Users: []world.User{{Name: "eve", Inline: inline, Boundary: boundary}}},
	}})
}

// Who may assume a role: a user or role that the trust policy names needs no Allow of its own in the same account; an
// account that it names needs one; across accounts both must allow. A boundary bounds what a role is given by name,
// and not what a user is.
func TestTrust(t *testing.T) {
	bob, caller, eve := engine.LongTermKey(
		fixture.UserARN("bob"),
	), engine.AssumedRole(
		fixture.RoleARN("p/caller"),
		"s",
	), engine.LongTermKey(
		"arn:aws:iam::"+fixture.Members+":user/eve",
	)
	assume := func(principals ...policy.Principal) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRole").For(principals...))
	}
	root := policy.AWSPrincipals("arn:aws:iam::" + fixture.People + ":root")
	for _, c := range []struct {
		why    string
		world  trustCase
		caller engine.Session
		want   engine.Outcome
	}{
		{"a user by name", trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob")))}, bob, engine.Allowed},
		{"a user by name, bounded",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))), bounded: true}, bob, engine.Allowed},
		{"a user by the wrong name",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("Bob"))),
				allows: true}, bob, engine.ImplicitlyDenied},
		{"a role by name", trustCase{trust: assume(policy.AWSPrincipals(fixture.RoleARN("p/caller")))}, caller,
			engine.Allowed},
		{"a role by name, bounded",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.RoleARN("p/caller"))), bounded: true,
				allows: true}, caller, engine.ImplicitlyDenied},
		{"a role without its path",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.RoleARN("caller"))),
				allows: true}, caller, engine.ImplicitlyDenied},
		{"one session of a role",
			trustCase{trust: assume(policy.AWSPrincipals("arn:aws:sts::" + fixture.People + ":assumed-role/caller/s")),
				bounded: true}, caller, engine.Allowed},
		{"another session of it",
			trustCase{trust: assume(policy.AWSPrincipals("arn:aws:sts::" + fixture.People + ":assumed-role/caller/x")),
				allows: true}, caller, engine.ImplicitlyDenied},
		{"the account, without an Allow", trustCase{trust: assume(root)}, bob, engine.ImplicitlyDenied},
		{"the account, with an Allow", trustCase{trust: assume(root), allows: true}, bob, engine.Allowed},
		{"the account by its id", trustCase{trust: assume(policy.AWSPrincipals(fixture.People)), allows: true}, caller,
			engine.Allowed},
		{"the account, with an Allow and a boundary", trustCase{trust: assume(root), allows: true, bounded: true}, bob,
			engine.ImplicitlyDenied},
		{"another account's user by name, without an Allow",
			trustCase{trust: assume(policy.AWSPrincipals(eve.Subject()))}, eve, engine.ImplicitlyDenied},
		{"another account's user by name, with an Allow",
			trustCase{trust: assume(policy.AWSPrincipals(eve.Subject())), allows: true}, eve, engine.Allowed},
		{"another account's user by account, with an Allow",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.Members)), allows: true}, eve, engine.Allowed},
		{"another account's user, not trusted", trustCase{trust: assume(root), allows: true}, eve,
			engine.ImplicitlyDenied},
		{"everybody, same account", trustCase{trust: assume(policy.Anyone())}, bob, engine.Allowed},
		{"everybody, same account, a bounded role", trustCase{trust: assume(policy.Anyone()), bounded: true}, caller,
			engine.Allowed},
		{"everybody, another account", trustCase{trust: assume(policy.Anyone())}, eve, engine.ImplicitlyDenied},
		{"everybody, another account with an Allow", trustCase{trust: assume(policy.AWSPrincipals("*")), allows: true},
			eve, engine.Allowed},
		{"a deleted user", trustCase{trust: assume(policy.AWSPrincipals("AIDAEXAMPLEEXAMPLE123")), allows: true}, bob,
			engine.ImplicitlyDenied},
		{"a service", trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com"))},
			engine.Service("ec2.amazonaws.com"), engine.Allowed},
		{"another service", trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com"))},
			engine.Service("lambda.amazonaws.com"), engine.ImplicitlyDenied},
		{"a service where users are trusted", trustCase{trust: assume(root)}, engine.Service("ec2.amazonaws.com"),
			engine.ImplicitlyDenied},
		{"root", trustCase{trust: assume(root)}, engine.Root(fixture.People), engine.ExplicitlyDenied},
		{"a Deny on the account",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))).With(policy.Deny("D",
				"sts:AssumeRole").For(root))}, bob, engine.ExplicitlyDenied},
		{"a Deny on somebody else", trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))).With(
			policy.Deny("D", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.UserARN("bobby"))))}, bob, engine.Allowed},
		{"a Deny of all but bob and his account",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.UserARN("bob"),
					fixture.People)))}, bob, engine.Allowed},
		{"a Deny of all but bob, without his account",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.UserARN("bob"))))}, bob, engine.ExplicitlyDenied},
		{"a Deny of all but bob, who has a boundary",
			trustCase{bounded: true, trust: assume(policy.AWSPrincipals(fixture.UserARN("bob"))).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.UserARN("bob"),
					fixture.People)))}, bob, engine.ExplicitlyDenied},
		{"a Deny of all but the role, its session and account",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.RoleARN("p/caller"))).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.RoleARN("p/caller"),
					fixture.People, "arn:aws:sts::"+fixture.People+":assumed-role/caller/s")))}, caller, engine.Allowed},
		{"a Deny of all but the role and account",
			trustCase{trust: assume(policy.AWSPrincipals(fixture.RoleARN("p/caller"))).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.RoleARN("p/caller"),
					fixture.People)))}, caller, engine.ExplicitlyDenied},
		{"a Deny of everybody but a service",
			trustCase{trust: assume(policy.ServicePrincipals("ec2.amazonaws.com")).With(
				policy.Deny("D", "sts:AssumeRole").ForAllExcept(policy.ServicePrincipals("ec2.amazonaws.com")))}, engine.Service("ec2.amazonaws.com"), engine.Allowed},
	} {
		d := fixture.Decide(t, c.world.engine(t), c.caller, engine.AssumeRole(fixture.RoleARN("target"), "s"))
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
}

// Session tags and a source identity are actions of their own, in the trust policy and on the caller's side.
func TestTagsAndSourceIdentityAreDecidedToo(t *testing.T) {
	named := policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":user/eve")
	eve := engine.LongTermKey("arn:aws:iam::" + fixture.Members + ":user/eve")
	tagged := engine.AssumeRole(
		fixture.RoleARN("target"),
		"s",
		world.Tag{Key: "Project", Value: "a"},
		world.Tag{Key: "Team", Value: "b"},
	)
	require.Equal(t, []string{"Project", "Team"}, tagged.Context["aws:TagKeys"])
	sourced := engine.AssumeRole(fixture.RoleARN("target"), "s")
	sourced.Context["sts:SourceIdentity"] = []string{"eve"}
	plain := trustCase{allows: true, trust: policy.New(policy.Allow("T", "sts:AssumeRole").For(named))}.engine(t)
	open := trustCase{
		allows: true,
		trust:  policy.New(policy.Allow("T", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity").For(named)),
	}.engine(
		t,
	)
	own := trustCase{allows: true, trust: policy.New(
		policy.Allow("T", "sts:AssumeRole").For(named),
		policy.Allow("Own", "sts:TagSession").
			For(named).
			When(policy.AllEqual("aws:TagKeys", "Project"), policy.StringEquals("aws:RequestTag/Project", "a")),
	)}.engine(t)

	d := fixture.Decide(t, plain, eve, tagged)
	assert.Equal(t, engine.ImplicitlyDenied, d.Outcome)
	assert.Equal(t, "sts:TagSession", d.Action)
	assert.Equal(t, "sts:SetSourceIdentity", fixture.Decide(t, plain, eve, sourced).Action)
	assert.True(t, fixture.Decide(t, open, eve, tagged).Allowed())
	assert.True(t, fixture.Decide(t, open, eve, sourced).Allowed())
	assert.False(t, fixture.Decide(t, own, eve, tagged).Allowed())
	assert.True(
		t,
		fixture.Decide(t, own, eve,
			engine.AssumeRole(fixture.RoleARN("target"), "s", world.Tag{Key: "Project", Value: "a"})).
			Allowed(),
	)

	creating := fixture.OneUser(policy.Allow("Create", "iam:CreateRole").On("*"))
	r := engine.Request{
		Action:    "iam:CreateRole",
		Resources: engine.On(fixture.RoleARN("x")),
		Context:   engine.Context{"aws:TagKeys": {"a"}, "aws:RequestTag/a": {"b"}},
	}
	d = fixture.Decide(t, fixture.Compiled(t, creating), engine.LongTermKey(fixture.UserARN("bob")), r)
	assert.Equal(t, "iam:TagRole", d.Action)
	assert.Equal(t, engine.ImplicitlyDenied, d.Outcome)
}

// Session policies and boundaries take away and never give.
func TestBoundaryAndSessionPolicies(t *testing.T) {
	s3 := policy.New(policy.Allow("S3", "s3:*").On("*"))
	for _, c := range []struct {
		why               string
		identity, bounded policy.Document
		limit             *policy.Document
		want              engine.Outcome
		by                engine.SourceKind
	}{
		{"both allow", s3, s3, nil, engine.Allowed, engine.IdentityPolicy},
		{"the boundary does not", s3, policy.New(policy.Allow("EC2", "ec2:*").On("*")), nil, engine.ImplicitlyDenied,
			engine.PermissionsBoundary},
		{"the boundary gives nothing", policy.New(), s3, nil, engine.ImplicitlyDenied, engine.IdentityPolicy},
		{"the boundary denies", s3, s3.With(policy.Deny("D", "s3:Get*").On("*")), nil, engine.ExplicitlyDenied,
			engine.PermissionsBoundary},
		{"the session policy allows", s3, s3, &s3, engine.Allowed, engine.IdentityPolicy},
		{"the session policy does not", s3, s3, new(policy.New(policy.Allow("EC2", "ec2:*").On("*"))),
			engine.ImplicitlyDenied, engine.SessionPolicy},
		{"the session policy denies", s3, s3, new(policy.New(policy.Deny("D", "*").On("*"))), engine.ExplicitlyDenied,
			engine.SessionPolicy},
		{"the session policy gives nothing", policy.New(), s3, &s3, engine.ImplicitlyDenied, engine.IdentityPolicy},
	} {
		bound := "arn:aws:iam::" + fixture.People + ":policy/bound"
		e := fixture.Compiled(
			t,
			world.World{Accounts: []world.Account{
				{
					ID:       fixture.People,
					Policies: []world.ManagedPolicy{{ARN: bound, Document: c.bounded}},
					Roles: []world.Role{
						{
							Name:     "r",
							Trust:    fixture.AnyoneAssumes(),
							Boundary: bound,
							Inline:   []world.InlinePolicy{{Name: "p", Document: c.identity}},
						},
					},
				},
			}},
		)
		s := engine.AssumedRole(fixture.RoleARN("r"), "s")
		if c.limit != nil {
			var err error
			s, err = e.LimitedTo(s, *c.limit)
			require.NoError(t, err, c.why)
		}
		d := fixture.Decide(t, e, s, engine.Request{Action: "s3:GetObject", Resources: engine.On("arn:aws:s3:::b/k")})
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.by, d.By.Kind, c.why)
	}
}

// A document that is not known is read as the question asks, and named.
func TestUnknownDocuments(t *testing.T) {
	const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	for _, policies := range [][]world.ManagedPolicy{nil, {{ARN: managed, Unknown: true}}} {
		e := fixture.Compiled(
			t,
			world.World{Accounts: []world.Account{{ID: fixture.People, Policies: policies, Users: []world.User{
				{Name: "bob", Attached: []string{managed}},
				{
					Name:     "bounded",
					Boundary: managed,
					Inline:   []world.InlinePolicy{{Name: "p", Document: policy.New(policy.Allow("All", "*").On("*"))}},
				},
			}}}},
		)
		for _, name := range []string{"bob", "bounded"} {
			nothing := fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN(name)), engine.Request{Action: "s3:Get"})
			everything := fixture.Decide(
				t,
				e.Assuming(engine.UnknownAllowsEverything),
				engine.LongTermKey(fixture.UserARN(name)),
				engine.Request{Action: "s3:Get"},
			)
			assert.Equal(t, engine.ImplicitlyDenied, nothing.Outcome, name)
			assert.Equal(t, engine.Allowed, everything.Outcome, name)
			assert.Equal(t, []string{managed}, nothing.Unknowns, name)
		}
	}
	elsewhere := "arn:aws:iam::777788889999:role/x"
	e := fixture.Compiled(t, fixture.OneUser(policy.Allow("Assume", "sts:AssumeRole").On("*")))
	assert.False(
		t,
		fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("bob")), engine.AssumeRole(elsewhere, "s")).Allowed(),
		"a trust policy that is not known",
	)
	assert.True(
		t,
		fixture.Decide(t, e.Assuming(engine.UnknownAllowsEverything), engine.LongTermKey(fixture.UserARN("bob")),
			engine.AssumeRole(elsewhere, "s")).
			Allowed(),
	)
	d := fixture.Decide(
		t,
		e.Assuming(engine.UnknownAllowsEverything),
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.AssumeRole(fixture.RoleARN("nowhere"), "s"),
	)
	assert.Equal(t, "the account has no such role", d.By.Rule)
}

// A resource of another account needs a policy of its own, which a world does not have.
func TestResourcesOfOtherAccounts(t *testing.T) {
	e := fixture.Compiled(t, fixture.OneUser(policy.Allow("All", "*").On("*")))
	theirs := engine.Request{
		Action:    "iam:DeactivateMFADevice",
		Resources: engine.On("arn:aws:iam::" + fixture.Members + ":user/eve"),
	}
	d := fixture.Decide(t, e, engine.ConsoleWithMFA(fixture.UserARN("bob"), 0), theirs)
	assert.Equal(t, engine.ImplicitlyDenied, d.Outcome)
	assert.Contains(t, d.By.String(), "the resource is in account 444455556666")
	assert.True(
		t,
		fixture.Decide(t, e.Assuming(engine.UnknownAllowsEverything), engine.ConsoleWithMFA(fixture.UserARN("bob"), 0),
			theirs).
			Allowed(),
	)
	assert.True(
		t,
		fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("bob")),
			engine.Request{Action: "iam:AttachUserPolicy",
				Resources: engine.On("arn:aws:iam::aws:policy/ReadOnlyAccess")}).
			Allowed(),
		"AWS's own are nobody's account",
	)
}
