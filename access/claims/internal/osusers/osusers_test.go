package osusers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// sharedTrust is the trust policy of a role whose shells start as the OS user of the person; the conditions are those
// on the session tag.
func sharedTrust(tags []policy.Condition, users ...string) policy.Document {
	principals := policy.AWSPrincipals(users...)
	withMFA := []policy.Condition{
		policy.Bool("aws:MultiFactorAuthPresent", true),
		policy.YoungerThan("aws:MultiFactorAuthAge", 43200e9),
	}
	return policy.New(
		policy.Allow("Assume", "sts:AssumeRole").
			For(principals).
			When(append(withMFA, policy.StringEquals("sts:RoleSessionName", "${aws:username}"),
				policy.StringEquals(osusers.RequestedOSUser, osusers.OwnOSUser))...),
		policy.Allow("Tag", "sts:TagSession").For(principals).When(append(withMFA, tags...)...),
	)
}

var (
	tied      = policy.StringEquals(osusers.RequestedOSUser, osusers.OwnOSUser)
	onlyKey   = policy.AllEqual("aws:TagKeys", world.RunAsTag)
	keyGiven  = policy.Present("aws:TagKeys")
	noFurther = policy.Absent("sts:TransitiveTagKeys")
)

// sharedWorld has alice and bob in one role, each as their own OS user, and a role of bob's alone.
func sharedWorld() world.World {
	guard := policy.New(
		policy.Deny("NoTags", "iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser", "iam:UntagRole",
			"iam:UntagUser").
			On("*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project", world.RunAsTag)),
	)
	user := func(name string) world.User {
		return world.User{
			Name:   name,
			Tags:   []world.Tag{{Key: world.RunAsTag, Value: name}},
			Inline: []world.InlinePolicy{{Name: "guard", Document: guard}},
		}
	}
	role := func(name string, trust policy.Document, tags ...world.Tag) world.Role {
		return world.Role{
			Name:  name,
			Path:  "/guardrails/operation/",
			Tags:  append([]world.Tag{{Key: "Project", Value: "shop"}}, tags...),
			Trust: trust,
		}
	}
	return world.World{Accounts: []world.Account{{ID: fixture.People, Partition: policy.AWS,
		Users: []world.User{user("alice"), user("bob")},
		Roles: []world.Role{
			role(
				"shared",
				sharedTrust(
					[]policy.Condition{tied, onlyKey, keyGiven, noFurther},
					fixture.UserARN("alice"),
					fixture.UserARN("bob"),
				),
			),
			role("bobs", fixture.TrustWithMFA(fixture.UserARN("bob")), world.Tag{Key: world.RunAsTag, Value: "bob"}),
		},
		Preferences: []world.SessionPreferences{{Region: "us-east-1", RunAs: true}},
	}}}
}

// Two people share a role, and nothing that they pass makes one of them the other: no tag, no spelling, no session
// name, no other role.
func TestPeopleOfASharedRoleStayWhoTheyAre(t *testing.T) {
	r := claimtest.Proven(t, sharedWorld())
	for _, subject := range []string{"role/guardrails/operation/shared", "role/guardrails/operation/bobs", "user/alice", "user/bob"} {
		for _, id := range []string{"own-os-user-only", "no-session-tags"} {
			f := claimtest.Finding(t, r, id, subject)
			assert.Equal(t, prove.Holds, f.Verdict, "%s", f)
		}
	}
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "authorization-tags-are-guarded", "user/alice").Verdict)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, r, "legal-os-user", "shared").Verdict)
}

// Each slip in what ties a session tag to its owner is found, with a request that AWS would let through.
func TestSlipsInSharedRolesAreFound(t *testing.T) {
	ifExists := policy.Is(
		policy.Operator{Base: policy.OpStringEquals, IfExists: true},
		osusers.RequestedOSUser,
		osusers.OwnOSUser,
	)
	anyCase := policy.Is(
		policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringEqualsIgnoreCase},
		"aws:TagKeys",
		world.RunAsTag,
	)
	folded := policy.Is(
		policy.Operator{Base: policy.OpStringEqualsIgnoreCase},
		osusers.RequestedOSUser,
		osusers.OwnOSUser,
	)
	for _, slip := range []struct {
		what  string
		tags  []policy.Condition
		words []string
	}{
		{"the value is anybody's", []policy.Condition{onlyKey, keyGiven, noFurther}, []string{world.RunAsTag}},
		{"the value is compared where there is one", []policy.Condition{ifExists, onlyKey, keyGiven, noFurther}, nil},
		{"the value is compared without case", []policy.Condition{folded, onlyKey, keyGiven, noFurther}, nil},
		{"another tag of the user is compared",
			[]policy.Condition{policy.StringEquals(osusers.RequestedOSUser, "${aws:PrincipalTag/Login}"), onlyKey, keyGiven,
				noFurther}, nil},
		{"the value is anything",
			[]policy.Condition{policy.Is(policy.Operator{Base: policy.OpStringLike}, osusers.RequestedOSUser, "*"), onlyKey,
				keyGiven, noFurther}, nil},
		{"further keys are taken", []policy.Condition{tied, keyGiven, noFurther}, nil},
		{"the project is taken too",
			[]policy.Condition{tied, policy.AllEqual("aws:TagKeys", world.RunAsTag, "Project"), keyGiven,
				noFurther}, []string{"Project"}},
		{"one of the keys is enough",
			[]policy.Condition{tied,
				policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, "aws:TagKeys",
					world.RunAsTag), noFurther}, nil},
		{"another spelling of the key is taken", []policy.Condition{tied, anyCase, keyGiven, noFurther}, nil},
		{"the tag goes on to other roles", []policy.Condition{tied, onlyKey, keyGiven}, []string{"sts:TagSession"}},
		{"no condition at all", nil, nil},
	} {
		w := sharedWorld()
		w.Accounts[0].Roles[0].Trust = sharedTrust(slip.tags, fixture.UserARN("alice"), fixture.UserARN("bob"))
		r := claimtest.Proven(t, w)
		for _, id := range []string{"own-os-user-only", "no-session-tags"} {
			f := claimtest.Finding(t, r, id, "role/guardrails/operation/shared")
			assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", slip.what, f)
			for _, word := range slip.words {
				assert.Contains(t, f.String(), word, slip.what)
			}
		}
	}
}

// Tags hold no wildcards, so that a comparison with patterns in them is one with texts.
func TestAPatternInTheOwnTagIsNoSlip(t *testing.T) {
	w := sharedWorld()
	like := policy.Is(policy.Operator{Base: policy.OpStringLike}, osusers.RequestedOSUser, osusers.OwnOSUser)
	w.Accounts[0].Roles[0].Trust = sharedTrust(
		[]policy.Condition{like, onlyKey, keyGiven, noFurther},
		fixture.UserARN("alice"),
		fixture.UserARN("bob"),
	)
	assert.Equal(t, prove.Holds, claimtest.Finding(t, claimtest.Proven(t, w), "own-os-user-only", "shared").Verdict)
}

// Slips that are no session tag's: who comes in without one, who writes the tag, who has the same, and who takes
// another person's role.
func TestOtherWaysToAnOSUserAreFound(t *testing.T) {
	const shared, bobs = "role/guardrails/operation/shared", "role/guardrails/operation/bobs"
	for _, slip := range []struct {
		what, id, subject string
		change            func(*world.Account)
		words             string
	}{
		{"the role is assumed without the tag", "own-os-user-only", shared, func(a *world.Account) {
			a.Roles[0].Trust.Statements[0].Conditions = a.Roles[0].Trust.Statements[0].Conditions[:3]
		}, "somebody gets another OS user than the own"},
		{"one OS user of two people", "own-os-user-only", "user/bob",
			func(a *world.Account) { a.Users[1].Tags[0].Value = "alice" }, "user/alice and " + fixture.UserARN("bob")},
		{"one OS user of two people in a shared role", "own-os-user-only", shared,
			func(a *world.Account) { a.Users[1].Tags[0].Value = "alice" }, "alice is the OS user of"},
		{"a person without one", "own-os-user-only", shared, func(a *world.Account) { a.Users[1].Tags = nil },
			"has no tag"},
		{"root", "own-os-user-only", shared, func(a *world.Account) { a.Users[1].Tags[0].Value = "root" }, "no login"},
		{"a number", "legal-os-user", shared, func(a *world.Account) { a.Users[1].Tags[0].Value = "1000" },
			"the user with that number"},
		{"two words", "legal-os-user", shared, func(a *world.Account) { a.Users[1].Tags[0].Value = "bob alice" },
			"several words"},
		{"the role of another person", "own-os-user-only", bobs, func(a *world.Account) {
			a.Roles[1].Trust = fixture.TrustWithMFA(fixture.UserARN("bob"), fixture.UserARN("alice"))
		}, "shells start as bob"},
		{"the role of another person, of the person", "own-os-user-only", "user/bob", func(a *world.Account) {
			a.Roles[1].Trust = fixture.TrustWithMFA(fixture.UserARN("bob"), fixture.UserARN("alice"))
		}, "start as bob"},
		{"a role that everybody of the account assumes", "own-os-user-only", "user/bob",
			func(a *world.Account) { a.Roles[1].Trust = fixture.TrustWithMFA(fixture.People) }, "start as bob"},
		{"everybody's default", "own-os-user-only", "user/bob",
			func(a *world.Account) { a.Preferences[0].DefaultUser = "bob" }, "default user of shells in us-east-1"},
		{"their own tag", "authorization-tags-are-guarded", "user/bob", func(a *world.Account) {
			a.Users[1].Inline = []world.InlinePolicy{{Name: "self-service",
				Document: policy.New(policy.Allow("Contact", "iam:TagUser").
					On("arn:aws:iam::" + fixture.People + ":user/${aws:username}").When(policy.AllEqual("aws:TagKeys",
					"Email", "ssmsessionrunas")))}}
		}, "with the tags ssmsessionrunas"},
		{"tags for a role elsewhere", "no-session-tags", "user/bob", func(a *world.Account) {
			a.Users[1].Inline = append(a.Users[1].Inline,
				world.InlinePolicy{Name: "way",
					Document: policy.New(policy.Allow("Way", "sts:AssumeRole", "sts:TagSession").On("*"))})
			a.Roles[1].Trust.Statements[0].Actions = []string{"sts:AssumeRole", "sts:TagSession"}
		}, "sts:TagSession"},
	} {
		w := sharedWorld()
		slip.change(&w.Accounts[0])
		f := claimtest.Finding(t, claimtest.Proven(t, w), slip.id, slip.subject)
		assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", slip.what, f)
		assert.Contains(t, f.String(), slip.words, slip.what)
	}
}

// A person of an account that the world does not have has an OS user that somebody else looks after: that is an
// assumption, and no pass.
func TestAStrangersOSUserIsAnAssumption(t *testing.T) {
	w := sharedWorld()
	stranger := "arn:aws:iam::444455556666:user/zoe"
	w.Accounts[0].Roles[0].Trust = sharedTrust(
		[]policy.Condition{tied, onlyKey, keyGiven, noFurther},
		fixture.UserARN("alice"),
		stranger,
	)
	for _, w := range []world.World{w, w.WithStrangers()} {
		e, err := engine.Compile(w)
		require.NoError(t, err)
		in := claims.DerivedIntent(w.Accounts[0])
		in.OperationRoles[0].OwnOSUser = true
		r, err := claims.Prove(e, in)
		require.NoError(t, err)
		f := claimtest.Finding(t, r, "own-os-user-only", "shared")
		assert.Equal(t, prove.HoldsIf, f.Verdict, "%s", f)
		require.Len(t, f.Assumptions, 1)
		assert.Equal(t, "444455556666", f.Assumptions[0].ID)
	}
}

// A journey with their own tag arrives as their own OS user, from every sign-in that can pass tags; with any other it
// ends at the role.
func TestJourneysWithSessionTags(t *testing.T) {
	e, err := engine.Compile(sharedWorld())
	require.NoError(t, err)
	shared := "arn:aws:iam::" + fixture.People + ":role/guardrails/operation/shared"
	for _, s := range []engine.Session{engine.LongTermKey(fixture.UserARN("alice")).WithMFACode(), engine.SessionTokenWithMFA(fixture.UserARN("alice"), model.SomeAge)} {
		for _, c := range []struct {
			tags    []world.Tag
			allowed bool
			action  string
		}{
			{[]world.Tag{{Key: world.RunAsTag, Value: "alice"}}, true, ""},
			{nil, false, "sts:AssumeRole"},
			{[]world.Tag{{Key: world.RunAsTag, Value: "bob"}}, false, "sts:AssumeRole"},
			{[]world.Tag{{Key: world.RunAsTag, Value: "Alice"}}, false, "sts:AssumeRole"},
			{[]world.Tag{{Key: "ssmsessionrunas", Value: "alice"}}, false, "sts:TagSession"},
			{[]world.Tag{{Key: world.RunAsTag, Value: "alice"}, {Key: "Project", Value: "billing"}}, false,
				"sts:TagSession"},
		} {
			arrival, err := journey.Walk(
				e,
				journey.Journey{From: s, Via: []journey.Hop{{Role: shared, Tags: c.tags}}, At: engine.SomeDay},
			)
			require.NoError(t, err)
			assert.Equal(t, c.allowed, arrival.Allowed(), "%v: %s", c.tags, arrival)
			if !c.allowed {
				assert.Equal(t, c.action, arrival.Steps[len(arrival.Steps)-1].Decision.Action, "%v", c.tags)
			}
		}
	}
}

// Expectations pass session tags, and say so where none can be passed.
func TestExpectationsPassSessionTags(t *testing.T) {
	w := sharedWorld()
	w.Accounts[0].Roles[0].Inline = []world.InlinePolicy{
		{Name: "sessions", Document: policy.New(policy.Allow("All", "ssm:StartSession").On("*"))},
	}
	e, err := engine.Compile(w)
	require.NoError(t, err)
	x := expectation.Expectation{
		It:          "alice is alice",
		As:          "alice",
		Session:     expectation.SignInKeyWithMFACode,
		MFA:         true,
		Via:         "shared",
		SessionTags: map[string]string{world.RunAsTag: "alice"},
		Opens:       world.Shell,
		On:          expectation.Target{Instance: map[string]string{}},
		OSUser:      "alice",
	}
	r := expect.Check(e, x)
	assert.True(t, r.Holds(), "%s", r)
	assert.Contains(t, r.Subject, `via shared with session tags SSMSessionRunAs="alice"`)
	x.SessionTags[world.RunAsTag] = "bob"
	assert.False(t, expect.Check(e, x).Holds())
	x.Via, x.OSUser, x.Denied = "", "", true
	assert.Equal(t, "sessionTags", expect.Check(e, x).Field)
	x.Via, x.SessionTags = "shared", map[string]string{"a<b": "alice"}
	assert.Equal(t, "sessionTags", expect.Check(e, x).Field)
}

// The login of a domain is legal where the nodes are joined to one, which a world does not tell.
func TestLoginsOfADomainAreAssumedToExist(t *testing.T) {
	w := sharedWorld()
	w.Accounts[0].Users[1].Tags[0].Value = "bob@example.com"
	f := claimtest.Finding(
		t,
		claimtest.Proven(t, w),
		"legal-os-user",
		"arn:aws:iam::"+fixture.People+":role/guardrails/operation/shared",
	)
	assert.Equal(t, prove.HoldsIf, f.Verdict, f)
	assert.Contains(t, f.String(), "joined to the directory of bob@example.com")
}
