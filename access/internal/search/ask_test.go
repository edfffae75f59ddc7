package search

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// asked asks what bob, in the console with MFA, can do of something.
func asked(t *testing.T, w world.World, forbidden policy.Statement, permitted ...policy.Statement) Answer {
	t.Helper()
	e, err := engine.Compile(w)
	require.NoError(t, err)
	c, ok := NewCaller(e, engine.ConsoleWithMFA(fixture.UserARN("bob"), model.SomeAge), NewSolved())
	require.True(t, ok)
	return c.Ask(Asking([]policy.Statement{forbidden}, permitted...))
}

var (
	keys    = policy.Allow("", "iam:CreateAccessKey").On("*")
	allowed = policy.Allow("All", "*").On("*")
)

func underOrganization(w world.World, policies ...policy.Document) world.World {
	levels := []world.ServiceControlPolicy{}
	for i, d := range policies {
		levels = append(levels, world.ServiceControlPolicy{Name: string(rune('a' + i)), Document: d})
	}
	w.Organization = &world.Organization{
		ID:         "o-exampleorgid",
		Management: "999999999999",
		Root: world.Unit{
			ID:       "r-exam",
			Policies: levels,
			Accounts: []world.OrganizationAccount{
				{
					ID:       fixture.People,
					Policies: []world.ServiceControlPolicy{{Name: "FullAWSAccess", Document: policy.New(allowed)}},
				},
			},
		},
	}
	return w
}

// Whatever must allow a request shuts it when it does not, and whatever denies it is named.
func TestEveryLayerShutsWhatItMust(t *testing.T) {
	bounded := func(d policy.Document) world.World {
		w := fixture.OneUser(allowed)
		w.Accounts[0].Users[0].Boundary = "arn:aws:iam::" + fixture.People + ":policy/b"
		w.Accounts[0].Policies = []world.ManagedPolicy{
			{ARN: "arn:aws:iam::" + fixture.People + ":policy/b", Document: d},
		}
		return w
	}
	noKeys := policy.Deny("NoKeys", "iam:Create*Key").On("*")
	for _, c := range []struct {
		what   string
		world  world.World
		open   bool
		denied bool
		closer string
	}{
		{"nothing in the way", fixture.OneUser(allowed), true, false, ""},
		{"no Allow", fixture.OneUser(), false, false, ""},
		{"a Deny", fixture.OneUser(allowed, noKeys), false, true, "NoKeys"},
		{"a boundary that allows less", bounded(policy.New(policy.Allow("Less", "s3:*").On("*"))), false, true,
			"arn:aws:iam::111122223333:policy/b"},
		{"a boundary that denies", bounded(policy.New(allowed, noKeys)), false, true, "NoKeys"},
		{"a boundary that allows as much", bounded(policy.New(allowed)), true, false, ""},
		{"a level that allows less",
			underOrganization(fixture.OneUser(allowed),
				policy.New(policy.Allow("Less", "s3:*").On("*"))), false, true, "r-exam"},
		{"a level that denies", underOrganization(fixture.OneUser(allowed), policy.New(allowed, noKeys)), false, true,
			"NoKeys"},
		{"a level without policies", underOrganization(fixture.OneUser(allowed)), false, true, "r-exam"},
		{"a level that denies others",
			underOrganization(fixture.OneUser(allowed),
				policy.New(allowed,
					noKeys.When(policy.ArnNotLike("aws:PrincipalArn", fixture.UserARN("bob"))))), true, false, ""},
	} {
		a := asked(t, c.world, keys)
		assert.Equal(t, c.open, a.Open, c.what)
		assert.Equal(t, c.denied, a.Denied, c.what)
		if c.open {
			assert.True(t, a.Witness.Real, "%s: %s", c.what, a.Witness.Doubt)
		}
		if c.closer != "" && assert.Len(t, a.Closers, 1, c.what) {
			assert.Equal(t, c.closer, cmp.Or(a.Closers[0].Sid, a.Closers[0].Policy, a.Closers[0].Owner), c.what)
		}
	}
	// The management account is under no service control policy.
	w := underOrganization(fixture.OneUser(allowed), policy.New(allowed, noKeys))
	w.Organization.Management = fixture.People
	assert.True(t, asked(t, w, keys).Open)
}

// What an unknown boundary allows is not known, so it shuts nothing.
func TestAnUnknownBoundaryShutsNothing(t *testing.T) {
	w := fixture.OneUser(allowed)
	w.Accounts[0].Users[0].Boundary = "arn:aws:iam::" + fixture.People + ":policy/unknown"
	assert.True(t, asked(t, w, keys).Open)
}

// A key that the caller does not fix and that stands as a policy variable links two keys: the search tries them
// together.
func TestVariablesOfTheRequestAreFollowed(t *testing.T) {
	own := policy.StringEquals("aws:ResourceTag/Owner", "${aws:RequestTag/Owner}")
	w := fixture.OneUser(policy.Allow("Own", "ec2:CreateTags").On("*").When(own))
	forbidden := policy.Allow("", "ec2:CreateTags").
		On("arn:aws:ec2:*:*:instance/*").
		When(policy.StringEquals("aws:ResourceTag/Owner", "carol"))
	a := asked(t, w, forbidden)
	require.True(t, a.Open)
	assert.True(t, a.Witness.Real, a.Witness.Doubt)
	assert.Equal(t, []string{"carol"}, a.Witness.Request.Context["aws:RequestTag/Owner"])
	a = asked(t, w, forbidden, policy.Allow("", "*").On("*").When(policy.StringEquals("aws:RequestTag/Owner", "carol")))
	assert.False(t, a.Open)
	assert.False(t, a.GaveUp)
}

// A key of several values holds as many as the conditions need.
func TestSeveralMembersAreFoundWhereOneWillNotDo(t *testing.T) {
	anyOf := func(values ...string) policy.Condition {
		return policy.Is(
			policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals},
			"aws:TagKeys",
			values...)
	}
	own := []string{fixture.UserARN("bob")}
	w := fixture.OneUser(
		policy.Allow("Tag", "iam:TagUser").On(own...).When(anyOf("Email")),
		policy.Deny("Guard", "iam:TagUser").On("*").When(policy.AllEqual("aws:TagKeys", "Email", "Name")),
	)
	a := asked(
		t,
		w,
		policy.Allow("", "iam:TagUser").On("*").When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "project")),
	)
	require.True(t, a.Open)
	assert.True(t, a.Witness.Real, a.Witness.Doubt)
	assert.Len(t, a.Witness.Request.Context["aws:TagKeys"], 2)
}

// A resource has one tag of a key, in whatever case and under whatever prefix the conditions spell it.
func TestAShownResourceHasOneTagOfAKey(t *testing.T) {
	a := asked(t, fixture.OneUser(
		allowed,
		policy.Deny("Untagged", "*").On("*").When(policy.Absent("aws:ResourceTag/Project")),
		policy.Deny("Others", "*").On("*").When(policy.Is(
			policy.Operator{Base: policy.OpStringNotLike}, "iam:ResourceTag/project", "One", "T*")),
	), keys)
	require.True(t, a.Open)
	require.Len(t, a.Witness.Request.Resources, 1)
	assert.Len(t, a.Witness.Request.Resources[0].Tags, 1)
}

// Bounds of numbers, times and addresses are tried on both sides.
func TestBoundsAreTriedOnBothSides(t *testing.T) {
	in := func(key string, op policy.BaseOperator, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: op}, key, values...)
	}
	for _, c := range []struct {
		what      string
		allow     []policy.Condition
		permitted policy.Condition
		open      bool
	}{
		{"an instant too early",
			[]policy.Condition{in("aws:CurrentTime", policy.OpDateGreaterThanEquals, "2026-12-01T00:00:00Z")},
			in("aws:CurrentTime", policy.OpDateGreaterThan, "2026-12-01T00:00:00Z"), true},
		{"the same window", []policy.Condition{in("aws:CurrentTime", policy.OpDateGreaterThanEquals,
			"2026-12-01T00:00:00Z"), in("aws:CurrentTime", policy.OpDateLessThan, "2026-12-02T00:00:00Z")},
			in("aws:CurrentTime", policy.OpDateLessThan, "2026-12-02T00:00:00Z"), false},
		{"one second longer",
			[]policy.Condition{in("aws:CurrentTime", policy.OpDateLessThanEquals, "2026-12-02T00:00:00Z")},
			in("aws:CurrentTime", policy.OpDateLessThan, "2026-12-02T00:00:00Z"), true},
		{"an address outside", []policy.Condition{in("aws:SourceIp", policy.OpIPAddress, "203.0.113.0/24")},
			in("aws:SourceIp", policy.OpIPAddress, "203.0.113.0/25"), true},
		{"a network inside", []policy.Condition{in("aws:SourceIp", policy.OpIPAddress, "203.0.113.128/25")},
			in("aws:SourceIp", policy.OpIPAddress, "203.0.113.0/24"), false},
		{"everything but a network", []policy.Condition{in("aws:SourceIp", policy.OpNotIPAddress, "203.0.113.0/24")},
			in("aws:SourceIp", policy.OpIPAddress, "0.0.0.0/0"), true},
		{"an age that is a second higher",
			[]policy.Condition{in("aws:MultiFactorAuthAge", policy.OpNumericLessThan,
				"3601")}, in("aws:MultiFactorAuthAge", policy.OpNumericLessThan, "3600"), true},
		{"the same age", []policy.Condition{in("aws:MultiFactorAuthAge", policy.OpNumericLessThan, "3600")},
			in("aws:MultiFactorAuthAge", policy.OpNumericLessThanEquals, "3599"), false},
	} {
		w := fixture.OneUser(policy.Allow("Dated", "iam:CreateAccessKey").On("*").When(c.allow...))
		a := asked(t, w, keys, policy.Allow("", "*").On("*").When(c.permitted))
		assert.Equal(t, c.open, a.Open, c.what)
		assert.False(t, a.GaveUp, c.what)
		if a.Open {
			assert.True(t, a.Witness.Real, "%s: %s", c.what, a.Witness.Doubt)
		}
	}
}

// Where documents leave room for names that AWS does not have and for no other, one such name stands for all that may
// come, and is called unreal.
func TestNamesThatMayComeAreTried(t *testing.T) {
	w := fixture.OneUser(policy.Allow("Frob", "iam:Frobnicate*").On("*"))
	a := asked(t, w, policy.Allow("", "iam:*").On("*"))
	require.True(t, a.Open)
	assert.False(t, a.Witness.Real)
	assert.Contains(t, a.Witness.Doubt.Why, "no such action")
	assert.Contains(t, a.Witness.action(), "iam:Frobnicate")

	// A name that AWS has is preferred, and never passed off as one that it does not have.
	a = asked(
		t,
		fixture.OneUser(policy.Allow("Get", "iam:GetUser").On("*")),
		policy.Allow("", "*").On("*"),
		policy.Allow("", "iam:GetUser").On("*"),
	)
	assert.False(t, a.Open)
}

// A search that cannot be ended proves nothing and says so.
func TestWhatIsNotDecidedIsNotProven(t *testing.T) {
	variables := []policy.Condition{}
	for _, tag := range []string{"a", "b", "c", "d"} {
		variables = append(
			variables,
			policy.StringEquals("aws:ResourceTag/"+tag, "${aws:RequestTag/"+tag+"}", "one-"+tag, "two-"+tag),
		)
	}
	w := fixture.OneUser(policy.Allow("Linked", "ec2:CreateTags").On("*").When(variables...))
	// That the tags differ is all that shuts it.
	a := asked(t, w, policy.Allow("", "ec2:CreateTags").On("*").When(
		policy.StringEquals("aws:ResourceTag/a", "never"), policy.StringEquals("aws:RequestTag/a", "another"),
	))
	assert.False(t, a.Open)
	assert.True(t, a.GaveUp)
}

// A world without an organization does not say in which one its accounts are: an Allow that asks for it may apply.
func TestTheOrganizationOfAWorldWithoutOneIsNotKnown(t *testing.T) {
	member := policy.StringEquals("aws:PrincipalOrgID", "o-exampleorgid")
	a := asked(t, fixture.OneUser(policy.Allow("Members", "iam:CreateAccessKey").On("*").When(member)), keys)
	assert.True(t, a.Open)
	assert.Equal(
		t,
		"the evaluator finds it implicitly denied by identity policy of user/bob in 111122223333: no policy of the "+
			"caller allows it",
		a.Witness.Doubt.String(),
	)
	assert.False(
		t,
		asked(
			t,
			fixture.OneUser(
				policy.Allow("All", "*").On("*"),
				policy.Deny("Others", "*").On("*").When(policy.StringNotEquals("aws:PrincipalOrgID", "o-exampleorgid")),
				policy.Deny("Members", "*").On("*").When(member),
			),
			keys,
		).Open,
	)
	w := underOrganization(
		fixture.OneUser(policy.Allow("Members", "iam:CreateAccessKey").On("*").When(member)),
		policy.New(allowed),
	)
	assert.True(t, asked(t, w, keys).Witness.Real)
}
