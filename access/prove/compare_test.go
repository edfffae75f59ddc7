package prove

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// beforeAll is before every moment that the alphabet of the brute force has.
var beforeAll = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// edited is the world after one random edit of a document, or none.
func edited(t *rapid.T, w world.World) world.World {
	account := w.Accounts[0]
	user := account.Users[0]
	change := func(d policy.Document) policy.Document {
		d.Statements = slices.Clone(d.Statements)
		at := 0
		if n := len(d.Statements); n > 0 {
			at = rapid.IntRange(0, n-1).Draw(t, "at")
		}
		switch kind := rapid.IntRange(0, 4).Draw(t, "edit"); {
		case kind == 0:
			return d.With(
				fixture.BruteStatement(
					t,
					rapid.SampledFrom([]policy.Effect{policy.EffectAllow, policy.EffectDeny}).Draw(t, "effect"),
					2,
				),
			)
		case len(d.Statements) == 0:
		case kind == 1:
			d.Statements = slices.Delete(d.Statements, at, at+1)
		case kind == 2 && len(d.Statements[at].Conditions) > 0:
			d.Statements[at].Conditions = d.Statements[at].Conditions[1:]
		case kind == 3:
			d.Statements[at] = d.Statements[at].When(fixture.BruteCondition(t))
		}
		return d
	}
	switch rapid.IntRange(0, 4).Draw(t, "where") {
	case 0, 1:
		user.Inline = []world.InlinePolicy{{Name: "p", Document: change(user.Inline[0].Document)}}
	case 2:
		if len(account.Policies) > 0 {
			account.Policies = []world.ManagedPolicy{
				{ARN: account.Policies[0].ARN, Document: change(account.Policies[0].Document)},
			}
		}
	case 3:
		user.Tags = []world.Tag{
			{Key: "Project", Value: rapid.SampledFrom([]string{"One", "", "Two"}).Draw(t, "another project")},
		}
	default:
		if w.Organization != nil {
			o := *w.Organization
			o.Root.Accounts = []world.OrganizationAccount{
				{
					ID: fixture.People,
					Policies: []world.ServiceControlPolicy{
						{Name: "t", Document: change(o.Root.Accounts[0].Policies[0].Document)},
					},
				},
			}
			w.Organization = &o
		}
	}
	account.Users = []world.User{user}
	w.Accounts = []world.Account{account}
	return w
}

// What brute force decides differently in two worlds, the comparison finds; what the comparison finds, the evaluator
// decides differently: on resources of other accounts, where their policies let everybody in.
func TestComparisonsFindWhatBruteForceFinds(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := fixture.BruteWorld(rt)
		before, err := engine.Compile(w)
		require.NoError(rt, err)
		after, err := engine.Compile(edited(rt, w))
		if err != nil {
			return // Two conditions of one operator and key.
		}
		found := Compare(before, after, beforeAll)
		for i := range found.Differences {
			d := &found.Differences[i]
			if d.Unreal != (Doubt{}) || d.Subject != fixture.UserARN("bob") {
				continue
			}
			before, after := before, after
			if d.Elsewhere {
				before = before.Assuming(engine.OthersAllowEverything)
				after = after.Assuming(engine.OthersAllowEverything)
			}
			was, err := before.Decide(d.Session, d.Request)
			require.NoError(rt, err)
			is, err := after.Decide(d.Session, d.Request)
			require.NoError(rt, err)
			require.Equal(rt, d.Gained, is.Allowed(), "%+v", d)
			require.Equal(rt, !d.Gained, was.Allowed(), "%+v", d)
		}
		reports := func(gained bool) bool {
			return slices.Contains(found.Undecided, fixture.UserARN("bob")) ||
				slices.ContainsFunc(
					found.Differences,
					func(d Difference) bool { return d.Gained == gained && d.Subject == fixture.UserARN("bob") },
				)
		}
		kind := "same"
		s := rapid.SampledFrom(append(search.SignIns(fixture.UserARN("bob")),
			engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Hour))).
			Draw(rt, "session")
		n, every := 0, rapid.IntRange(1, 7).Draw(rt, "every")
		for r := range fixture.BruteRequests {
			if n++; n%every != 0 {
				continue
			}
			was, err := before.Decide(s, r)
			require.NoError(rt, err)
			is, err := after.Decide(s, r)
			require.NoError(rt, err)
			if was.Allowed() != is.Allowed() {
				kind = "different"
				require.True(rt, reports(is.Allowed()), "the comparison missed %+v of %s", r, s)
			}
		}
		counts[kind]++
	})
	t.Log(counts)
	for _, kind := range []string{"same", "different"} {
		require.Positive(t, counts[kind], "the worlds are not varied enough: %v", counts)
	}
}

// Several variables stand in the patterns of both worlds: what brute force finds with some of their values, a comparison
// tells, or says that it is not certain.
func TestComparisonsTryTheValuesOfVariables(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		document := policy.New(fixture.VariableStatement(t, policy.EffectAllow))
		edited := document
		if rapid.Bool().Draw(t, "deny") {
			edited = edited.With(fixture.VariableStatement(t, policy.EffectDeny))
		} else {
			edited = policy.New(fixture.VariableStatement(t, policy.EffectAllow))
		}
		if rapid.Bool().Draw(t, "turned") {
			document, edited = edited, document
		}
		before, err := engine.Compile(small(document, policy.New(), trustsBob()))
		require.NoError(t, err)
		after, err := engine.Compile(small(edited, policy.New(), trustsBob()))
		require.NoError(t, err)
		found := Compare(before, after, beforeAll)
		bob := fixture.UserARN("bob")
		if slices.Contains(found.Undecided, bob) {
			counts["not certain"]++
			return
		}
		kind := "same"
		n, every := 0, rapid.IntRange(1, 7).Draw(t, "every")
		for r := range fixture.VariableRequests {
			if n++; n%every != 0 {
				continue
			}
			was, err := before.Decide(engine.Console(bob), r)
			require.NoError(t, err)
			is, err := after.Decide(engine.Console(bob), r)
			require.NoError(t, err)
			if was.Allowed() == is.Allowed() {
				continue
			}
			kind = "different"
			require.True(t, slices.ContainsFunc(found.Differences, func(d Difference) bool {
				return d.Subject == bob && d.Gained == is.Allowed()
			}), "the comparison missed %v with %v\nbefore %s\nafter %s", r.Resources, r.Context, document.JSON(), edited.JSON())
		}
		counts[kind]++
	})
	t.Log(counts)
	require.Positive(t, counts["different"])
}

// compared are the differences of two worlds of bob and the role r, in a few words.
func compared(t *testing.T, before, after world.World) []string {
	t.Helper()
	found := Compare(fixture.Compiled(t, before), fixture.Compiled(t, after), beforeAll)
	assert.Empty(t, found.Undecided)
	var words []string
	for _, d := range found.Differences {
		sign := "-"
		if d.Gained {
			sign = "+"
		}
		if d.Unreal != (Doubt{}) {
			sign += "?"
		}
		if line := sign + " " + d.Subject + " " + d.Pattern; !slices.Contains(words, line) {
			words = append(words, line)
		}
	}
	return words
}

// small is a world of bob with a policy, who may assume the role r, which has one too.
func small(bob, role, trust policy.Document) world.World {
	return world.World{
		Accounts: []world.Account{
			{
				ID:        fixture.People,
				Partition: policy.AWS,
				Users:     []world.User{{Name: "bob", Inline: []world.InlinePolicy{{Name: "p", Document: bob}}}},
				Roles: []world.Role{
					{Name: "r", Trust: trust, Inline: []world.InlinePolicy{{Name: "p", Document: role}}},
				},
			},
		},
	}
}

func trustsBob(conditions ...policy.Condition) policy.Document {
	return policy.New(
		policy.Allow("Bob", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.UserARN("bob"))).When(conditions...),
	)
}

// Whatever is written another way and means the same is no difference, and what is not the same is one.
func TestComparisonsTellMeaningFromWriting(t *testing.T) {
	reads := policy.New(policy.Allow("Reads", "s3:GetObject", "s3:ListBucket").On("*"))
	base := small(reads, reads, trustsBob(policy.Bool("aws:MultiFactorAuthPresent", true)))
	for name, c := range map[string]struct {
		after world.World
		want  []string
	}{
		"nothing": {base, nil},
		"a statement in two halves": {small(policy.New(policy.Allow("A", "s3:GetObject").On("*"),
			policy.Allow("B", "s3:ListBucket").On("*")), reads,
			base.Accounts[0].Roles[0].Trust), nil},
		"a Deny of what nothing allows": {small(reads.With(policy.Deny("No", "ec2:*").On("*")), reads,
			base.Accounts[0].Roles[0].Trust), nil},
		"an action more": {small(reads.With(policy.Allow("More", "s3:PutObject").On("*")), reads,
			base.Accounts[0].Roles[0].Trust), []string{"+ " + fixture.UserARN("bob") + " s3:PutObject"}},
		"a Deny of the role": {small(reads, reads.With(policy.Deny("No", "s3:GetObject").On("arn:aws:s3:::b/*")),
			base.Accounts[0].Roles[0].Trust),
			[]string{"- " + fixture.RoleARN("r") + " s3:GetObject"}},
		"a role without MFA": {small(reads, reads, trustsBob()),
			[]string{"+ " + fixture.UserARN("bob") + " sts:AssumeRole"}},
		"a role with recent MFA": {small(reads, reads,
			trustsBob(policy.Bool("aws:MultiFactorAuthPresent", true),
				policy.YoungerThan("aws:MultiFactorAuthAge",
					time.Hour))), []string{"- " + fixture.UserARN("bob") + " sts:AssumeRole"}},
		"a role that was over": {small(reads, reads,
			trustsBob(policy.Bool("aws:MultiFactorAuthPresent", true), policy.From(beforeAll))), nil},
		"a session name of choice": {small(reads, reads,
			trustsBob(policy.Bool("aws:MultiFactorAuthPresent", true),
				policy.StringEquals("sts:RoleSessionName",
					"${aws:username}"))), []string{"- " + fixture.UserARN("bob") + " sts:AssumeRole"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, compared(t, base, c.after)) })
	}
}

// The values of a policy variable that matter are those that the documents of either world tell apart.
func TestComparisonsTellValuesOfVariablesApartThatOneSideNames(t *testing.T) {
	home := policy.Allow("Home", "s3:GetObject").On("arn:aws:s3:::b/${s3:x}/file")
	for name, c := range map[string]policy.Statement{
		"the value of the key": policy.Deny("One", "s3:GetObject").On("*").When(policy.StringEquals("s3:x", "secret")),
		"the resource":         policy.Deny("One", "s3:GetObject").On("arn:aws:s3:::b/secret/*"),
		"another key that has its value": policy.Deny("One", "s3:GetObject").On("*").When(
			policy.StringEquals("s3:w", "${s3:x}"), policy.StringEquals("s3:w", "secret"),
		),
	} {
		t.Run(name, func(t *testing.T) {
			open := small(policy.New(home), policy.New(), trustsBob())
			shut := small(policy.New(home, c), policy.New(), trustsBob())
			assert.Equal(t, []string{"-? " + fixture.UserARN("bob") + " s3:GetObject"}, compared(t, open, shut))
			assert.Equal(t, []string{"+? " + fixture.UserARN("bob") + " s3:GetObject"}, compared(t, shut, open))
		})
	}
}

// A service control policy binds people whom no stack lists, and the root user; the comparison speaks of them.
func TestComparisonsSpeakOfEverybodyWhomGuardrailsBind(t *testing.T) {
	modelled := func(policies ...world.ServiceControlPolicy) world.World {
		w := small(policy.New(policy.Allow("Reads", "s3:GetObject").On("*")), policy.New(), trustsBob())
		full := world.ServiceControlPolicy{
			Name:     "FullAWSAccess",
			Document: policy.New(policy.Allow("All", "*").On("*")),
		}
		w.Organization = &world.Organization{
			ID:         "o-exampleorgid",
			Management: "999999999999",
			Root: world.Unit{
				ID:       "r-exam",
				Policies: []world.ServiceControlPolicy{full},
				Accounts: []world.OrganizationAccount{
					{ID: fixture.People, Policies: append([]world.ServiceControlPolicy{full}, policies...)},
				},
			},
		}
		return w
	}
	shut := world.ServiceControlPolicy{
		Name: "doors",
		Document: policy.New(policy.Deny("NoShells", "ssm:StartSession").On("*").
			When(policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass"))),
	}
	assert.Equal(
		t,
		[]string{"+ " + fixture.People + " ssm:StartSession", "+ root of " + fixture.People + " ssm:StartSession"},
		compared(t, modelled(shut), modelled()),
	)
	assert.Equal(
		t,
		[]string{"- " + fixture.People + " ssm:StartSession", "- root of " + fixture.People + " ssm:StartSession"},
		compared(t, modelled(), modelled(shut)),
	)
	open := shut
	open.Document = policy.New(
		policy.Deny("NoShells", "ssm:StartSession").
			On("*").
			When(policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass", "arn:aws:iam::*:role/Ops")),
	)
	assert.Equal(t, []string{"+ " + fixture.People + " ssm:StartSession"}, compared(t, modelled(shut), modelled(open)))
}

// A policy whose document is not known may allow everything: attaching it is a difference, and so is a Deny beside it.
func TestComparisonsTakeWhatIsNotKnownForEverything(t *testing.T) {
	world := func(attached []string, denies ...policy.Statement) world.World {
		w := small(
			policy.New(append([]policy.Statement{policy.Allow("Reads", "s3:GetObject").On("*")}, denies...)...),
			policy.New(),
			trustsBob(),
		)
		w.Accounts[0].Users[0].Attached = attached
		return w
	}
	unknown := []string{"arn:aws:iam::aws:policy/SecurityAudit"}
	assert.Equal(t, []string{"+ " + fixture.UserARN("bob") + " *"}, compared(t, world(nil), world(unknown)))
	assert.Equal(
		t,
		[]string{"- " + fixture.UserARN("bob") + " ec2:*"},
		compared(t, world(unknown), world(unknown, policy.Deny("No", "ec2:*").On("*"))),
	)
	assert.Empty(t, compared(t, world(unknown), world(unknown)))
}
