package search

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// planted asks one class of callers for a hole that a request of theirs shows.
func planted(
	t *testing.T,
	e *engine.Engine,
	shared *Solved,
	s engine.Session,
	free bool,
	forbidden policy.Statement,
	permitted ...policy.Statement,
) Answer {
	t.Helper()
	c, ok := NewCaller(e, s, shared)
	require.True(t, ok)
	if free {
		c.FreeTag = func(string) bool { return true }
	}
	return c.Ask(Asking([]policy.Statement{forbidden}, permitted...))
}

// A ? in one value is not taken for the digit that marks it in another: the two conditions are two tests.
func TestAWildcardIsNoDigit(t *testing.T) {
	on := func(prefix string) policy.Statement {
		return policy.Allow("", "s3:ListBucket").
			On("*").
			When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "s3:prefix", prefix))
	}
	for _, c := range [][2]string{{"a*", "a1"}, {"a?", "a2"}, {"a?b", "a20b"}} {
		e := fixture.Compiled(t, fixture.OneUser(on(c[0])))
		a := planted(
			t,
			e,
			NewSolved(),
			engine.Console(fixture.UserARN("bob")),
			false,
			policy.Allow("", "s3:ListBucket").On("*"),
			on(c[1]),
		)
		assert.True(t, a.Open, "%v", c)
	}
}

// What a role's own tag leaves out is not left out for a role without the tag: a session may come without a tag that
// the role does not have.
func TestRolesWithAndWithoutATagAreSolvedApart(t *testing.T) {
	inline := []world.InlinePolicy{
		{
			Name: "p",
			Document: policy.New(
				policy.Allow("Untagged", "ssm:SendCommand").On("*").When(policy.Absent("aws:PrincipalTag/Project")),
			),
		},
	}
	e := fixture.Compiled(t, world.World{Accounts: []world.Account{{ID: fixture.People, Roles: []world.Role{
		{
			Name:   "tagged",
			Trust:  fixture.AnyoneAssumes(),
			Inline: inline,
			Tags:   []world.Tag{{Key: "Project", Value: "One"}},
		},
		{Name: "plain", Trust: fixture.AnyoneAssumes(), Inline: inline},
	}}}})
	shared := NewSolved()
	send := policy.Allow("", "ssm:SendCommand").On("*")
	assert.False(t, planted(t, e, shared, engine.AssumedRole(fixture.RoleARN("tagged"), "s"), true, send).Open)
	assert.True(t, planted(t, e, shared, engine.AssumedRole(fixture.RoleARN("plain"), "s"), true, send).Open)
}

// A tag of the request has a key, and a key can be somebody's name: what closes the door for that person does not
// close it for another.
func TestATagKeyThatIsAName(t *testing.T) {
	document := policy.New(
		policy.Allow("TagWithAlice", "iam:TagUser").On("*").When(policy.Present("aws:RequestTag/alice")),
		policy.Deny("NotTheOwnName", "iam:TagUser").
			On("*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "${aws:username}")),
	)
	e := fixture.Compiled(
		t,
		world.World{
			Accounts: []world.Account{
				{
					ID:     fixture.People,
					Groups: []world.Group{{Name: "g", Inline: []world.InlinePolicy{{Name: "p", Document: document}}}},
					Users: []world.User{
						{Name: "alice", Groups: []string{"g"}},
						{Name: "carol", Groups: []string{"g"}},
					},
				},
			},
		},
	)
	shared := NewSolved()
	tag := policy.Allow("", "iam:TagUser").On("*")
	assert.False(t, planted(t, e, shared, engine.Console(fixture.UserARN("alice")), false, tag).Open)
	assert.True(t, planted(t, e, shared, engine.Console(fixture.UserARN("carol")), false, tag).Open)
}

// Who has one text in two tags is not like somebody who has two.
func TestWhoseTagsAreOneTextIsNotLikeOthers(t *testing.T) {
	document := policy.New(
		policy.Allow("ByOne", "s3:ListBucket").On("*").When(policy.StringEquals("s3:prefix", "${aws:PrincipalTag/x}")),
		policy.Deny("ByTheOther", "s3:ListBucket").
			On("*").
			When(policy.StringEquals("s3:prefix", "${aws:PrincipalTag/y}")),
	)
	e := fixture.Compiled(
		t,
		world.World{
			Accounts: []world.Account{
				{
					ID:     fixture.People,
					Groups: []world.Group{{Name: "g", Inline: []world.InlinePolicy{{Name: "p", Document: document}}}},
					Users: []world.User{
						{
							Name:   "alice",
							Groups: []string{"g"},
							Tags:   []world.Tag{{Key: "x", Value: "abc"}, {Key: "y", Value: "abc"}},
						},
						{
							Name:   "carol",
							Groups: []string{"g"},
							Tags:   []world.Tag{{Key: "x", Value: "def"}, {Key: "y", Value: "ghi"}},
						},
					},
				},
			},
		},
	)
	shared := NewSolved()
	list := policy.Allow("", "s3:ListBucket").On("*")
	assert.False(t, planted(t, e, shared, engine.Console(fixture.UserARN("alice")), false, list).Open)
	assert.True(t, planted(t, e, shared, engine.Console(fixture.UserARN("carol")), false, list).Open)
}

// A key that stands as a policy variable takes every value that a test of the documents sees, alone or together with
// others.
func TestOpenKeysTakeWhatTestsSee(t *testing.T) {
	list := func(prefixes ...string) policy.Statement {
		return policy.Allow("", "s3:ListBucket").On("*").When(policy.StringEquals("s3:prefix", prefixes...))
	}
	get := func(resources ...string) policy.Statement { return policy.Allow("", "s3:GetObject").On(resources...) }
	const tag = "${aws:PrincipalTag/Team}"
	is := func(o policy.BaseOperator, key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: o}, key, values...)
	}
	for _, c := range []struct {
		what      string
		documents []policy.Statement
		forbidden policy.Statement
	}{
		{"inside a resource", []policy.Statement{get("arn:aws:s3:::b/" + tag + "/*")}, get("arn:aws:s3:::b/secret/*")},
		{"inside a resource, by a pattern", []policy.Statement{get("arn:aws:s3:::b/" + tag + "/x")},
			get("arn:aws:s3:::*/se?ret/*")},
		{"behind a wildcard", []policy.Statement{get("arn:aws:s3:::b/*-" + tag)}, get("arn:aws:s3:::b/x-secret")},
		{"in a Deny of everything else",
			[]policy.Statement{get("*"), policy.Deny("", "s3:GetObject").OnAllExcept("arn:aws:s3:::b/" + tag + "/*")},
			get("arn:aws:s3:::b/secret/*")},
		{"inside a value", []policy.Statement{list("team/" + tag)}, list("team/secret")},
		{"inside a value, by a pattern", []policy.Statement{list("team/" + tag + "/x")},
			policy.Allow("", "s3:ListBucket").On("*").When(is(policy.OpStringLike, "s3:prefix", "team/se*"))},
		{"of two patterns together",
			[]policy.Statement{list(tag).When(is(policy.OpStringLike, "aws:PrincipalTag/Team", "ab*"))},
			policy.Allow("", "s3:ListBucket").On("*").When(is(policy.OpStringLike, "s3:prefix", "*yz"))},
		{"a pattern but for another",
			[]policy.Statement{list(tag).When(is(policy.OpStringLike, "aws:PrincipalTag/Team", "a*"))},
			policy.Allow("", "s3:ListBucket").On("*").When(is(policy.OpStringNotLike, "s3:prefix", "a", "ax", "a?",
				"a??"))},
		{"in another case", []policy.Statement{list(tag).When(is(policy.OpStringEqualsIgnoreCase,
			"aws:PrincipalTag/Team", "ONE")),
			policy.Deny("", "s3:ListBucket").On("*").When(is(policy.OpStringEquals, "aws:PrincipalTag/Team",
				"ONE"))}, list("one", "oNE", "One", "ONe", "oNe", "OnE", "onE")},
		{"a number", []policy.Statement{list(tag).When(is(policy.OpNumericLessThan, "aws:PrincipalTag/Team", "5"),
			is(policy.OpNumericGreaterThan, "aws:PrincipalTag/Team", "3"))},
			policy.Allow("", "s3:ListBucket").On("*")},
		{"an address", []policy.Statement{list(tag).When(is(policy.OpIPAddress, "aws:PrincipalTag/Team",
			"203.0.113.0/24"))}, policy.Allow("", "s3:ListBucket").On("*")},
		{"an ARN", []policy.Statement{list(tag).When(is(policy.OpArnLike, "aws:PrincipalTag/Team",
			"arn:aws:sns:*:*:x"))}, policy.Allow("", "s3:ListBucket").On("*")},
		{"an empty value", []policy.Statement{list("${aws:RequestTag/Team}")}, list("")},
	} {
		role := world.Role{
			Name:   "r",
			Trust:  fixture.AnyoneAssumes(),
			Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(c.documents...)}},
		}
		e := fixture.Compiled(
			t,
			world.World{Accounts: []world.Account{{ID: fixture.People, Roles: []world.Role{role}}}},
		)
		a := planted(t, e, NewSolved(), engine.AssumedRole(fixture.RoleARN("r"), "s"), true, c.forbidden)
		assert.True(t, a.Open, c.what)
	}
}

// The alphabet of the planted holes: names that begin alike, that differ in case, that are words of policies, and
// tags that are names of others.
var (
	plantedNames = []string{"al", "alice", "ALICE2", "Project", "7"}
	plantedTags  = []string{"al", "alice", "Alice", "bob", "One", "", "true", "5"}
	plantedTexts = []string{
		"al",
		"alice",
		"ALICE",
		"al*",
		"*",
		"?l*",
		"bob",
		"Project",
		"",
		"${aws:username}",
		"${aws:username}*",
		"${aws:PrincipalTag/Team}",
		"x-${aws:PrincipalTag/Team}",
		"${aws:PrincipalTag/Other, 'alice'}",
		"${aws:userid}",
		"AIDA*",
	}
	plantedResource = []string{
		"*",
		"arn:aws:iam::*:user/${aws:username}",
		"arn:aws:iam::*:user/alice",
		"arn:aws:iam::*:user/al*",
		"arn:aws:iam::*:user/*/alice",
		"arn:aws:iam::111122223333:user/bob",
		"arn:aws:iam::111122223333:mfa/${aws:username}",
		"arn:aws:iam::111122223333:*/ALICE",
		"arn:aws:iam::*:user/${aws:PrincipalTag/Team}",
		"arn:aws:iam::*:user/${aws:PrincipalTag/Team}?",
	}
	plantedActions = []string{
		"iam:TagUser",
		"iam:*",
		"*",
		"iam:Tag*",
		"IAM:TAGUSER",
		"iam:CreateVirtualMFADevice",
		"s3:*",
	}
)

func plantedStatement(t *rapid.T, effect policy.Effect) policy.Statement {
	list := func(from []string, label string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 2, rapid.ID[string]).Draw(t, label)
	}
	s := policy.Statement{Effect: effect}
	if actions := list(plantedActions, "actions"); rapid.IntRange(0, 4).Draw(t, "notAction") == 0 {
		s.NotActions = actions
	} else {
		s.Actions = actions
	}
	if resources := list(plantedResource, "resources"); rapid.IntRange(0, 2).Draw(t, "notResource") == 0 {
		s.NotResources = resources
	} else {
		s.Resources = resources
	}
	keys := rapid.SampledFrom(
		[]string{
			"aws:RequestTag/alice",
			"aws:TagKeys",
			"aws:PrincipalTag/Team",
			"aws:ResourceTag/Team",
			"aws:PrincipalArn",
		},
	)
	for _, key := range rapid.SliceOfNDistinct(keys, 0, 2, rapid.ID[string]).Draw(t, "conditions") {
		base := rapid.SampledFrom([]policy.BaseOperator{policy.OpStringEquals, policy.OpStringNotEquals,
			policy.OpStringEqualsIgnoreCase, policy.OpStringNotEqualsIgnoreCase,
			policy.OpStringLike, policy.OpStringNotLike, policy.OpNull, policy.OpNumericLessThan}).
			Draw(t, "base")
		o := policy.Operator{Base: base}
		values := list(plantedTexts, "values")
		switch base {
		case policy.OpNull:
			values = []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "null")}
		case policy.OpNumericLessThan:
			values = []string{"7"}
		}
		if base != policy.OpNull {
			o.IfExists = rapid.Bool().Draw(t, "ifExists")
			if key == "aws:TagKeys" {
				o.Quantifier = rapid.SampledFrom([]policy.Quantifier{policy.ForAllValues, policy.ForAnyValue}).
					Draw(t, "quantifier")
			}
		}
		s.Conditions = append(s.Conditions, policy.Is(o, key, values...))
	}
	return s
}

func plantedDocument(t *rapid.T) policy.Document {
	d := policy.New(plantedStatement(t, policy.EffectAllow))
	for range rapid.IntRange(0, 2).Draw(t, "more") {
		d = d.With(
			plantedStatement(
				t,
				rapid.SampledFrom([]policy.Effect{policy.EffectAllow, policy.EffectDeny, policy.EffectDeny}).
					Draw(t, "effect"),
			),
		)
	}
	return d
}

// A hole that one caller has is found whoever was asked before: what was found for others hides it neither by their
// answers nor by what was solved.
func TestNobodysSearchHidesTheHoleOfAnother(t *testing.T) {
	open, shut, sharedAnswers := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		account := world.Account{
			ID:     fixture.People,
			Groups: []world.Group{{Name: "g", Inline: []world.InlinePolicy{{Name: "p", Document: plantedDocument(t)}}}},
		}
		tags := func() []world.Tag {
			if team := rapid.SampledFrom(plantedTags).Draw(t, "team"); rapid.IntRange(0, 3).Draw(t, "tagged") > 0 {
				return []world.Tag{{Key: "Team", Value: team}}
			}
			return nil
		}
		for _, name := range plantedNames {
			account.Users = append(account.Users, world.User{Name: name, Groups: []string{"g"}, Tags: tags()})
		}
		for _, name := range []string{"r", "s"} {
			account.Roles = append(
				account.Roles,
				world.Role{Name: name, Trust: fixture.AnyoneAssumes(), Inline: account.Groups[0].Inline, Tags: tags()},
			)
		}
		e, err := engine.Compile(world.World{Accounts: []world.Account{account}})
		require.NoError(t, err)
		forbidden := policy.Allow("", "iam:TagUser", "iam:CreateVirtualMFADevice").On("*")
		if rapid.Bool().Draw(t, "any") {
			forbidden = plantedStatement(t, policy.EffectAllow)
		}
		q := Asking([]policy.Statement{forbidden}, plantedStatement(t, policy.EffectAllow))
		shared := NewSolved()
		var sessions []engine.Session
		for i := range account.Users {
			sessions = append(sessions, engine.Console(account.Users[i].ARN(&account)))
		}
		for i := range account.Roles {
			sessions = append(sessions, engine.AssumedRole(account.Roles[i].ARN(&account), "alice"))
		}
		for _, s := range sessions {
			verdict := func(l *Solved) Answer {
				c, _ := NewCaller(e, s, l)
				if s.Kind == engine.RoleSession {
					c.FreeTag = func(tag string) bool { return tag == "Team" }
				}
				return c.Ask(q)
			}
			known := len(shared.answers)
			together, alone := verdict(shared), verdict(NewSolved())
			require.Equal(t, alone.Open, together.Open, "%s\n%s", s, describe(q))
			require.Equal(t, alone.Denied, together.Denied, "%s\n%s", s, describe(q))
			switch {
			case alone.Open:
				open++
			case len(shared.answers) == known:
				sharedAnswers++
			default:
				shut++
			}
		}
	})
	t.Logf("%d open, %d shut, %d shut as for another", open, shut, sharedAnswers)
	assert.Positive(t, open)
	assert.Positive(t, shut)
	assert.Positive(t, sharedAnswers)
}

// Whatever value of an open key shows a hole to brute force, the search finds one.
func TestOpenKeysAgainstBruteForce(t *testing.T) {
	open, shut, unsure := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		account := world.Account{
			ID: fixture.People,
			Roles: []world.Role{
				{
					Name:   "r",
					Trust:  fixture.AnyoneAssumes(),
					Inline: []world.InlinePolicy{{Name: "p", Document: plantedDocument(t)}},
				},
			},
		}
		if rapid.Bool().Draw(t, "own") {
			account.Roles[0].Tags = []world.Tag{{Key: "Team", Value: rapid.SampledFrom(plantedTags).Draw(t, "team")}}
		}
		e, err := engine.Compile(world.World{Accounts: []world.Account{account}})
		require.NoError(t, err)
		q := Asking(
			[]policy.Statement{plantedStatement(t, policy.EffectAllow)},
			plantedStatement(t, policy.EffectAllow),
		)
		c, _ := NewCaller(e, engine.AssumedRole(fixture.RoleARN("r"), "s"), NewSolved())
		c.FreeTag = func(tag string) bool { return tag == "Team" }
		a := c.Ask(q)
		switch {
		case a.Open:
			open++
			return
		case a.GaveUp:
			unsure++
			return
		}
		shut++
		for _, team := range append([]string{"-", "ali", "alic", "alicea", "bo", "ALice", "xyz"}, plantedTags...) {
			s := engine.AssumedRole(fixture.RoleARN("r"), "s")
			if team != "-" {
				s = engine.AssumedRole(fixture.RoleARN("r"), "s", world.Tag{Key: "Team", Value: team})
			}
			for _, name := range append([]string{"x/alice", "other", "ALICE", "xal"}, append(slices.Clone(plantedNames), plantedTags...)...) {
				if name == "" {
					continue
				}
				for _, tag := range append([]string{"-", "x-al", "ALICE", "x-bob"}, plantedTags...) {
					for _, keys := range [][]string{nil, {"alice"}, {"ALICE", "al"}, {"Project", "alice"}, {"bob"}} {
						r := engine.Request{
							Action:    "iam:TagUser",
							Resources: []engine.Resource{{ARN: fixture.UserARN(name), Tags: []world.Tag{}}},
							Context:   engine.Context{},
						}
						if tag != "-" {
							r.Resources[0].Tags = []world.Tag{{Key: "Team", Value: tag}}
						}
						if keys != nil {
							r.Context["aws:TagKeys"] = keys
							if slices.ContainsFunc(keys, func(k string) bool { return k == "alice" || k == "ALICE" }) {
								r.Context["aws:RequestTag/alice"] = []string{tag}
							}
						}
						speaks := func(list []*engine.Statement) bool {
							return slices.ContainsFunc(
								list,
								func(st *engine.Statement) bool { return matchesRequest(e, s, r, st) },
							)
						}
						if !speaks(q.Forbidden) || speaks(q.Permitted) {
							continue
						}
						d, err := e.Decide(s, r)
						require.NoError(t, err)
						if d.Allowed() {
							t.Fatalf("the search missed %+v of a session with the tag %q\n%s", r, team, describe(q))
						}
					}
				}
			}
		}
	})
	t.Logf("%d open, %d shut, %d not certain", open, shut, unsure)
	assert.Positive(t, open)
	assert.Positive(t, shut)
}
