package access

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

const stranger = "999999999999"

func ifExists(base policy.BaseOperator, key string, values ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: base, IfExists: true}, key, values...)
}

// bruteTrust draws a trust policy of entries and conditions that go past each other in all the usual ways.
func bruteTrust(t *rapid.T, denies int) policy.Document {
	entry := rapid.SampledFrom([]policy.Principal{
		policy.AWSPrincipals(userARN("bob")), policy.AWSPrincipals(userARN("bobby")), policy.AWSPrincipals(people), policy.AWSPrincipals(members),
		policy.AWSPrincipals("arn:aws:iam::" + members + ":user/bob"), policy.AWSPrincipals(roleARN("helper")), policy.Anyone(),
		policy.AWSPrincipals("arn:aws:sts::" + people + ":assumed-role/helper/bob"), policy.ServicePrincipals("ec2.amazonaws.com"), policy.AWSPrincipals("*"),
		policy.AWSPrincipals("arn:aws:iam::" + members + ":root"), policy.ServicePrincipals("*"), {Kind: policy.PrincipalFederated, Values: []string{samlProvider}},
		{Kind: policy.PrincipalFederated, Values: []string{githubProvider}}, {Kind: policy.PrincipalFederated, Values: []string{"*"}},
	})
	condition := rapid.Custom(func(t *rapid.T) policy.Condition {
		return rapid.SampledFrom([]policy.Condition{
			policy.Bool("aws:MultiFactorAuthPresent", true), policy.BoolIfExists("aws:MultiFactorAuthPresent", true), policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
			policy.YoungerThan("aws:MultiFactorAuthAge", time.Hour), policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "3601"),
			policy.StringEquals("sts:RoleSessionName", "${aws:username}"), policy.Is(policy.Operator{Base: policy.OpStringLike}, "sts:RoleSessionName", "${aws:username}*"),
			policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "sts:RoleSessionName", "${aws:username}"),
			policy.ArnLike("aws:PrincipalArn", userARN("bob*")), policy.ArnNotLike("aws:PrincipalArn", userARN("bob")), policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:role/*"),
			policy.StringEquals("aws:PrincipalAccount", people), policy.StringNotEquals("aws:PrincipalAccount", people),
			policy.Present("aws:username"), policy.Absent("aws:username"), policy.StringEquals("sts:ExternalId", "x"),
			ifExists(policy.OpArnEquals, "aws:PrincipalArn", userARN("bob")), ifExists(policy.OpStringEquals, "aws:PrincipalAccount", people),
			ifExists(policy.OpStringEquals, "aws:username", "bob"), policy.Absent("aws:PrincipalArn"), policy.Bool("aws:PrincipalIsAWSService", false),
			ifExists(policy.OpStringEquals, "aws:SourceAccount", people), policy.StringEquals("aws:SourceAccount", people), policy.Absent("aws:SourceAccount"),
			policy.StringEquals("aws:PrincipalServiceName", "ec2.amazonaws.com"), policy.StringNotEquals("aws:PrincipalServiceName", "ec2.amazonaws.com"),
			policy.AllEqual("aws:PrincipalServiceNamesList", "ec2.amazonaws.com"), policy.Absent("aws:TokenIssueTime"),
			policy.StringEquals("aws:PrincipalTag/team", "x"), policy.StringNotEquals("aws:PrincipalTag/team", "x"), policy.Absent("aws:userid"),
		}).Draw(t, "condition")
	})
	statement := func(effect policy.Effect) policy.Statement {
		s := policy.Statement{Effect: effect, Actions: []string{rapid.SampledFrom([]string{"sts:AssumeRole", "sts:*", "sts:TagSession", "sts:Assume*"}).Draw(t, "action")}}
		if principals := rapid.SliceOfN(entry, 1, 2).Draw(t, "principals"); rapid.IntRange(0, 5).Draw(t, "not") == 0 {
			s = s.ForAllExcept(principals...)
		} else {
			s = s.For(principals...)
		}
		for range rapid.IntRange(0, 3).Draw(t, "conditions") {
			c := condition.Draw(t, "c")
			if !slices.ContainsFunc(s.Conditions, func(have policy.Condition) bool { return have.Key == c.Key && have.Operator == c.Operator }) {
				s = s.When(c)
			}
		}
		return s
	}
	d := policy.New()
	for range rapid.IntRange(1, 2).Draw(t, "allows") {
		d = d.With(statement(policy.EffectAllow))
	}
	for range rapid.IntRange(0, denies).Draw(t, "denies") {
		d = d.With(statement(policy.EffectDeny))
	}
	return d
}

// Of all callers of a small world, none assumes a role against a claim that the proof says holds, and whoever the proof shows does.
func TestTrustProofsFindWhatBruteForceFinds(t *testing.T) {
	all := []InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	mfa := policy.Bool("aws:MultiFactorAuthPresent", true)
	questions := map[string]question{
		"listed": asking([]policy.Statement{policy.Allow("", assuming...).On("*")}, policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalArn", userARN("bob")))),
		"fresh": asking([]policy.Statement{policy.Allow("", assuming...).On("*")},
			policy.Allow("", "*").On("*").When(mfa, policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "3600"))),
		"named": asking([]policy.Statement{policy.Allow("", assuming...).On("*")}, policy.Allow("", "*").On("*").When(policy.StringEquals("sts:RoleSessionName", "${aws:username}"))),
	}
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		helper := Role{Name: "helper", Inline: all, Trust: policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(people)))}
		target := Role{Name: "target", Trust: bruteTrust(rt, 1)}
		w := World{Accounts: []Account{
			{ID: people, Partition: policy.AWS, Users: []User{{Name: "bob", Inline: all}, {Name: "bobby", Inline: all}, {Name: "carol", Inline: all}}, Roles: []Role{helper, target}},
			{ID: members, Partition: policy.AWS, Users: []User{{Name: "bob", Inline: all}}, Roles: []Role{{Name: "far", Inline: all, Trust: helper.Trust}}},
			{ID: stranger, Partition: policy.AWS, Users: []User{{Name: "eve", Inline: all}}},
		}}
		e, err := Compile(w)
		require.NoError(rt, err)
		name := rapid.SampledFrom([]string{"listed", "fresh", "named"}).Draw(rt, "question")
		q := questions[name]
		a := e.askTrust(e.principals[roleARN("target")], q)
		require.False(rt, a.gaveUp, target.Trust.JSON())

		var callers []Session
		for _, arn := range []string{userARN("bob"), userARN("bobby"), userARN("carol"), "arn:aws:iam::" + members + ":user/bob", "arn:aws:iam::" + stranger + ":user/eve"} {
			callers = append(callers, LongTermKey(arn), Console(arn), ConsoleWithMFA(arn, 0), ConsoleWithMFA(arn, time.Hour-time.Second), ConsoleWithMFA(arn, time.Hour),
				ConsoleWithMFA(arn, 2*time.Hour))
		}
		callers = append(callers, AssumedRole(roleARN("helper"), "bob"), AssumedRole(roleARN("helper"), "other"), AssumedRole("arn:aws:iam::"+members+":role/far", "bob"), Service("ec2.amazonaws.com"),
			Service("ssm.amazonaws.com"), Federated(samlProvider), Federated(githubProvider), Federated("cognito-identity.amazonaws.com"))
		for _, s := range callers {
			s = s.IssuedAt(someDay)
			for _, sessionName := range []string{"bob", "bobby", "BOB", "bobx", "carol", "eve", "other"} {
				for _, extra := range []Context{nil, {"sts:ExternalId": {"x"}}, {"aws:SourceAccount": {people}}, {"aws:PrincipalServiceNamesList": {"ec2.amazonaws.com", "x"}}} {
					r := AssumeRole(roleARN("target"), sessionName)
					maps.Copy(r.Context, extra)
					if s.kind == federatedSession {
						r.Action = "sts:AssumeRoleWithWebIdentity"
					}
					d, err := e.Decide(s, r)
					require.NoError(rt, err)
					if !d.Allowed() || !matchesAny(e, s, r, q.forbidden) || matchesAny(e, s, r, q.permitted) {
						continue
					}
					if !a.open {
						rt.Fatalf("%s: the proof missed %s as %s with %v: %s", name, s, sessionName, r.Context, target.Trust.JSON())
					}
				}
			}
		}
		switch {
		case a.open && a.witness.real:
			counts["real"]++
		case a.open:
			counts["unreal"]++
		default:
			counts["holds"]++
		}
	})
	t.Log(counts)
	require.Positive(t, counts["real"])
	require.Positive(t, counts["holds"])
}

func matchesAny(e *Engine, s Session, r Request, list []*statement) bool {
	return slices.ContainsFunc(list, func(st *statement) bool { return matchesRequest(e, s, r, st) })
}

// Whoever is shown to assume a role is somebody who can be: the ARN, the user name and the account of a caller say the same, and a name or an account that
// nobody can have makes the request one that AWS does not send.
func TestWhoIsShownToAssumeARoleHasTheKeysThatTheClaimSpeaksOf(t *testing.T) {
	calls := policy.Allow("", "sts:AssumeRole").On("*")
	like := func(key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, values...)
	}
	for name, c := range map[string]struct {
		trusts policy.Principal
		only   policy.Condition
		// account and user are those of the caller who is shown; account is empty when there can be none, user when any will do.
		account, user string
	}{
		"a user name":                 {policy.Anyone(), policy.StringEquals("aws:username", "bob"), stranger, "bob"},
		"a user name in an account":   {policy.AWSPrincipals(members), policy.StringEquals("aws:username", "bob"), members, "bob"},
		"a user name by a pattern":    {policy.AWSPrincipals(members), like("aws:username", "carol"), members, "carol"},
		"an account":                  {policy.Anyone(), policy.StringEquals("aws:PrincipalAccount", members), members, ""},
		"a user name that nobody has": {policy.AWSPrincipals(members), policy.StringEquals("aws:username", "b*"), "", ""},
		"an account that nobody has":  {policy.Anyone(), policy.StringEquals("aws:PrincipalAccount", "4*"), "", ""},
		"a user who is named": {
			policy.AWSPrincipals("arn:aws:iam::" + members + ":user/bob"), policy.StringEquals("aws:username", "bob"), members, "bob",
		},
	} {
		t.Run(name, func(t *testing.T) {
			trust := policy.New(policy.Allow("", "sts:AssumeRole").For(c.trusts))
			e, err := Compile(World{Accounts: []Account{{ID: people, Roles: []Role{{Name: "target", Trust: trust}}}}})
			require.NoError(t, err)
			answer, err := e.ProveClaim(Claim{Role: roleARN("target"), Never: []policy.Statement{calls.When(c.only)}})
			require.NoError(t, err)
			require.Equal(t, DoesNotHold, answer.Verdict)
			if c.account == "" {
				require.NotEmpty(t, answer.Unreal)
				return
			}
			require.Empty(t, answer.Unreal)
			require.Equal(t, c.account, arnPart(answer.Session.Subject(), 4))
			if c.user != "" {
				require.Equal(t, "user/"+c.user, arnResource(answer.Session.Subject()))
			}
		})
	}
}
