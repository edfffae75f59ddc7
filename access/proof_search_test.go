package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

// The alphabet of the brute force. It knows nothing of how the search splits requests into classes: its policies are made of these pieces, and
// its requests of those.
var (
	bruteActions   = []string{"iam:EnableMFADevice", "iam:TagUser", "iam:UntagUser", "iam:CreateAccessKey", "ssm:ResumeSession", "ec2:StopInstances", "s3:GetObject"}
	brutePatterns  = []string{"iam:EnableMFADevice", "iam:Tag*", "iam:*User", "IAM:*", "ssm:Resume?ession", "ec2:Stop*", "*", "*:*e*"}
	bruteResources = []string{
		"arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bobby", "arn:aws:iam::111122223333:user/BOBBY", "arn:aws:iam::111122223333:user/bo",
		"arn:aws:iam::111122223333:user/bob/eve", "arn:aws:ssm:us-east-1:111122223333:session/bob-1", "arn:aws:ssm:us-east-1:111122223333:session/bobby-1",
		"arn:aws:ec2:us-east-1:111122223333:instance/i-1", "arn:aws:s3:::bucket/key",
	}
	bruteResourcePatterns = []string{
		"*", "arn:aws:iam::*:user/bob", "arn:aws:iam::111122223333:user/bob*", "arn:aws:iam::111122223333:user/${aws:username}",
		"arn:aws:iam::111122223333:user/${aws:username}*", "arn:aws:iam::*:user/*/bob", "arn:aws:iam::111122223333:*", "arn:aws:ssm:*:*:session/${aws:username}-*",
		"arn:aws:ec2:*:*:instance/*", "arn:aws:*:us-east-1:*:*",
	}
	bruteTagKeys  = [][]string{nil, {"Project"}, {"project"}, {"Email"}, {"Email", "Project"}, {"Email", "PROJECT"}, {"Other"}, {"Email", "Other"}}
	bruteTags     = [][]Tag{{}, {{Key: "Project", Value: "One"}}, {{Key: "Project", Value: "one"}}, {{Key: "Project", Value: "Two"}}, {{Key: "Project", Value: ""}}, {{Key: "Project", Value: "One More"}}}
	bruteValues   = []string{"One", "Two", "two", "Other", ""}
	bruteSessions = []string{"", "AIDABOB", "AIDABOB-1", "aidabob", "AIDAOTHER"}
	bruteTimes    = []string{"2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z", "2026-12-01T03:59:59Z", "2026-12-01T04:00:00Z", "2026-12-01T04:00:01Z"}
)

func bruteCondition(t *rapid.T) policy.Condition {
	operator := func(base policy.BaseOperator) policy.Operator {
		return policy.Operator{Base: base, IfExists: rapid.Bool().Draw(t, "ifExists")}
	}
	set := func(base policy.BaseOperator) policy.Operator {
		o := operator(base)
		o.Quantifier = rapid.SampledFrom([]policy.Quantifier{policy.ForAllValues, policy.ForAnyValue}).Draw(t, "quantifier")
		return o
	}
	texts := func(key string, values ...string) policy.Condition {
		base := rapid.SampledFrom([]policy.BaseOperator{
			policy.OpStringEquals, policy.OpStringNotEquals, policy.OpStringEqualsIgnoreCase, policy.OpStringNotEqualsIgnoreCase, policy.OpStringLike, policy.OpStringNotLike,
		}).Draw(t, "base")
		picked := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 2, rapid.ID[string]).Draw(t, "values")
		if key == "aws:TagKeys" {
			return policy.Is(set(base), key, picked...)
		}
		return policy.Is(operator(base), key, picked...)
	}
	switch rapid.IntRange(0, 8).Draw(t, "condition") {
	case 0:
		return policy.Is(operator(policy.OpBool), "aws:MultiFactorAuthPresent", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "bool"))
	case 1:
		return policy.Is(policy.Operator{Base: policy.OpNull}, rapid.SampledFrom([]string{"aws:MultiFactorAuthPresent", "aws:TagKeys", "aws:ResourceTag/Project"}).Draw(t, "null"),
			rapid.SampledFrom([]string{"true", "false"}).Draw(t, "bool"))
	case 2:
		return texts("aws:TagKeys", "Project", "Email", "project", "*", "P*", "E?ail")
	case 3:
		return texts("aws:ResourceTag/Project", "One", "${aws:PrincipalTag/Project}", "O*", "", "${aws:PrincipalTag/Missing, 'Two'}", "${aws:PrincipalTag/Missing}")
	case 4:
		return texts("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}", "${aws:userid}*", "AIDA*")
	case 5:
		base := rapid.SampledFrom([]policy.BaseOperator{policy.OpDateLessThan, policy.OpDateGreaterThanEquals, policy.OpDateLessThanEquals, policy.OpDateGreaterThan}).Draw(t, "date")
		return policy.Is(operator(base), "aws:CurrentTime", rapid.SampledFrom([]string{"2026-12-01T00:00:00Z", "2026-12-01T04:00:00Z"}).Draw(t, "bound"))
	case 6:
		base := rapid.SampledFrom([]policy.BaseOperator{policy.OpNumericLessThan, policy.OpNumericGreaterThanEquals}).Draw(t, "numeric")
		return policy.Is(operator(base), "aws:MultiFactorAuthAge", rapid.SampledFrom([]string{"3600", "60"}).Draw(t, "age"))
	}
	if rapid.Bool().Draw(t, "requestTag") {
		return texts("aws:RequestTag/Project", "One", "${aws:ResourceTag/Project}", "O*", "two", "${aws:PrincipalTag/Project}")
	}
	base := rapid.SampledFrom([]policy.BaseOperator{policy.OpArnLike, policy.OpArnNotLike, policy.OpArnEquals}).Draw(t, "arn")
	return policy.Is(operator(base), "aws:PrincipalArn", rapid.SampledFrom([]string{"arn:aws:iam::*:user/bob", "arn:aws:iam::*:user/bob*", "arn:aws:iam::*:role/*"}).Draw(t, "principal"))
}

func bruteStatement(t *rapid.T, effect policy.Effect, conditions int) policy.Statement {
	s := policy.Statement{Effect: effect}
	actions := rapid.SliceOfNDistinct(rapid.SampledFrom(brutePatterns), 1, 2, rapid.ID[string]).Draw(t, "actions")
	resources := rapid.SliceOfNDistinct(rapid.SampledFrom(bruteResourcePatterns), 1, 2, rapid.ID[string]).Draw(t, "resources")
	if rapid.IntRange(0, 3).Draw(t, "not") == 0 {
		s.NotActions = actions
	} else {
		s.Actions = actions
	}
	if rapid.IntRange(0, 4).Draw(t, "notResource") == 0 {
		s.NotResources = resources
	} else {
		s.Resources = resources
	}
	for range rapid.IntRange(0, conditions).Draw(t, "conditions") {
		c := bruteCondition(t)
		if !slices.ContainsFunc(s.Conditions, func(have policy.Condition) bool { return have.Key == c.Key && have.Operator == c.Operator }) {
			s.Conditions = append(s.Conditions, c)
		}
	}
	return s
}

func bruteDocument(t *rapid.T, allows, denies int) policy.Document {
	d := policy.New()
	for range rapid.IntRange(0, allows).Draw(t, "allows") {
		d = d.With(bruteStatement(t, policy.EffectAllow, 2))
	}
	for range rapid.IntRange(0, denies).Draw(t, "denies") {
		d = d.With(bruteStatement(t, policy.EffectDeny, 2))
	}
	return d
}

// bruteWorld is a world of one user, with a boundary and service control policies or without.
func bruteWorld(t *rapid.T) World {
	user := User{Name: "bob", ID: "AIDABOB", Tags: []Tag{{Key: "Project", Value: rapid.SampledFrom([]string{"One", "", "Two"}).Draw(t, "project")}}}
	user.Inline = []InlinePolicy{{Name: "p", Document: bruteDocument(t, 3, 2).With(bruteStatement(t, policy.EffectAllow, 1))}}
	account := Account{ID: people, Partition: policy.AWS}
	if rapid.IntRange(0, 3).Draw(t, "boundary") == 0 {
		user.Boundary = "arn:aws:iam::" + people + ":policy/b"
		account.Policies = []ManagedPolicy{{ARN: user.Boundary, Document: bruteDocument(t, 2, 1)}}
	}
	account.Users = []User{user}
	w := World{Accounts: []Account{account}}
	if rapid.IntRange(0, 3).Draw(t, "organization") == 0 {
		full := ServiceControlPolicy{Name: "FullAWSAccess", Document: policy.New(policy.Allow("All", "*").On("*"))}
		w.Organization = &Organization{ID: "o-exampleorgid", Management: "999999999999", Root: Unit{
			ID: "r-exam", Policies: []ServiceControlPolicy{full, {Name: "s", Document: bruteDocument(t, 0, 1)}},
			Accounts: []OrganizationAccount{{ID: people, Policies: []ServiceControlPolicy{{Name: "t", Document: bruteDocument(t, 2, 1)}}}},
		}}
	}
	return w
}

// bruteRequests are all requests of the alphabet: what AWS sends of it, the keys of each action where AWS sets them.
func bruteRequests(yield func(Request) bool) {
	for _, action := range bruteActions {
		for _, resource := range bruteResources {
			if !bruteFits(action, resource) {
				continue
			}
			tagKeys, tags, sessions := [][]string{nil}, [][]Tag{{}}, []string{""}
			switch {
			case strings.HasSuffix(action, "agUser"):
				tagKeys, tags = bruteTagKeys, bruteTags
			case action == "ec2:StopInstances":
				tags = bruteTags
			case action == "ssm:ResumeSession":
				sessions = bruteSessions
			}
			for _, keys := range tagKeys {
				for _, tags := range tags {
					for _, session := range sessions {
						for _, at := range bruteTimes {
							r := Request{Action: action, Context: Context{}}
							r.Time, _ = time.Parse(time.RFC3339, at)
							if keys != nil {
								r.Context["aws:TagKeys"] = keys
							}
							if session != "" {
								tags = []Tag{{Key: "aws:ssmmessages:session-id", Value: session}}
							}
							r.Resources = []Resource{{ARN: resource, Tags: tags}}
							values := []string{""}
							if action == "iam:TagUser" && slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, "Project") }) {
								values = bruteValues
							}
							for _, value := range values {
								if len(values) > 1 {
									r.Context = Context{"aws:TagKeys": keys, "aws:RequestTag/Project": {value}}
								}
								if !yield(r) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

func bruteFits(action, resource string) bool {
	service, _, _ := strings.Cut(action, ":")
	return strings.HasPrefix(resource, "arn:aws:"+service+":")
}

// matchesRequest reports whether a statement of a question speaks of a request.
func matchesRequest(e *Engine, s Session, r Request, st *statement) bool {
	var ev env
	if err := ev.start(e, s, r); err != nil {
		panic(err)
	}
	ev.action = r.Action
	if err := ev.on(0); err != nil {
		panic(err)
	}
	return st.matches(&ev)
}

// What brute force finds, the search finds; what the search finds, the evaluator allows or the search says why not.
func TestSearchFindsWhatBruteForceFinds(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		e, err := Compile(bruteWorld(rt))
		require.NoError(rt, err)
		var forbidden, permitted []policy.Statement
		for range rapid.IntRange(1, 2).Draw(rt, "forbidden") {
			forbidden = append(forbidden, bruteStatement(rt, policy.EffectAllow, 1))
		}
		for range rapid.IntRange(0, 2).Draw(rt, "permitted") {
			permitted = append(permitted, bruteStatement(rt, policy.EffectAllow, 1))
		}
		q := asking(forbidden, permitted...)
		arn := userARN("bob")
		s := rapid.SampledFrom(append(signIns(arn), ConsoleWithMFA(arn, time.Hour), ConsoleWithMFA(arn, time.Hour-time.Second))).Draw(rt, "session")
		c, ok := newCaller(e, s, newLab())
		require.True(rt, ok)
		a := c.ask(q)
		require.False(rt, a.gaveUp, "%s", describe(q))

		speaks := func(list []*statement, s Session, r Request) bool {
			return slices.ContainsFunc(list, func(st *statement) bool { return matchesRequest(e, s, r, st) })
		}
		var found *Request
		for r := range bruteRequests {
			d, err := e.Decide(s, r)
			require.NoError(rt, err)
			if d.Allowed() && speaks(q.forbidden, s, r) && !speaks(q.permitted, s, r) {
				found = &r
				break
			}
		}
		switch {
		case found != nil && !a.open:
			rt.Fatalf("the search missed %+v of %s\n%s", *found, s, describe(q))
		case a.open && a.witness.real:
			counts["real"]++
			d, err := e.Decide(a.witness.session, a.witness.request)
			require.NoError(rt, err)
			require.True(rt, d.Allowed())
			require.True(rt, speaks(q.forbidden, a.witness.session, a.witness.request), "the witness is not what was asked for: %+v", a.witness.request)
			require.False(rt, speaks(q.permitted, a.witness.session, a.witness.request), "the witness is permitted: %+v", a.witness.request)
		case a.open:
			counts["unreal"]++
			require.NotEmpty(rt, a.witness.doubt)
		case a.denied:
			counts["denied"]++
		default:
			counts["absent"]++
		}
	})
	t.Log(counts)
	for _, kind := range []string{"real", "denied", "absent"} {
		require.Positive(t, counts[kind], "the worlds are not varied enough: %v", counts)
	}
}

func describe(q question) string {
	var b strings.Builder
	for _, st := range q.forbidden {
		fmt.Fprintf(&b, "forbidden %s\n", policy.New(st.from).JSON())
	}
	for _, st := range q.permitted {
		fmt.Fprintf(&b, "permitted %s\n", policy.New(st.from).JSON())
	}
	return b.String()
}

// A search that grows past its limit ends, says that it is not certain, and names the statement; it neither goes on for minutes nor holds.
func TestALargeSearchEndsAndNamesTheStatement(t *testing.T) {
	tag := func(i int) string { return fmt.Sprintf("aws:RequestTag/tag%d", i) }
	statements := []policy.Statement{policy.Allow("Everything", "*").On("*")}
	for i := range 40 {
		// Every Deny can be escaped in many ways, and no way escapes the last one.
		d := policy.Deny(fmt.Sprintf("Deny%d", i), "*").On("*")
		for j := range 6 {
			d = d.When(policy.Is(policy.Operator{Base: policy.OpStringNotLike, IfExists: true}, tag((i*5+j*7)%40), fmt.Sprintf("a%d*", i), "*z"))
		}
		statements = append(statements, d)
	}
	statements = append(statements, policy.Deny("Last", "*").On("*"))
	e := compiled(t, oneUser(statements...))
	c, ok := newCaller(e, Console(userARN("bob")), newLab())
	require.True(t, ok)
	a := c.ask(asking(anything))
	require.False(t, a.open)
	require.True(t, a.gaveUp, "%d classes", a.classes)
	require.LessOrEqual(t, a.classes, 3*maxEffort)
	require.NotEmpty(t, a.grew.Sid)
	require.Contains(t, notProven(a.grew), a.grew.Sid)
}

// Where values of a policy variable are too many to look at, the statement in which it stands is named.
func TestTooManyValuesNameTheStatement(t *testing.T) {
	variable := func(i int) string { return fmt.Sprintf("arn:aws:s3:::${s3:key%d}/*/${s3:other%d}*", i, i) }
	var resources []string
	for i := range 12 {
		resources = append(resources, variable(i))
	}
	e := compiled(t, oneUser(policy.Allow("Many", "s3:*").On(resources...)))
	c, ok := newCaller(e, Console(userARN("bob")), newLab())
	require.True(t, ok)
	a := c.ask(asking([]policy.Statement{policy.Allow("", "s3:*").On("arn:aws:iam::*:user/x")}))
	require.False(t, a.open)
	require.True(t, a.gaveUp)
	require.Equal(t, "Many", a.grew.Sid)
}

// A statement that speaks of no action of the question is not searched, whatever its variables: policies of hundreds of statements stay quick.
func TestAllowsOfOtherActionsAreLeftOut(t *testing.T) {
	e := compiled(t, oneUser(policy.Allow("Elsewhere", "sagemaker:CreateApp").On("arn:aws:sagemaker:*:*:app/${sagemaker:DomainId}/*")))
	c, ok := newCaller(e, Console(userARN("bob")), newLab())
	require.True(t, ok)
	a := c.ask(asking([]policy.Statement{policy.Allow("", "iam:TagUser").On("*")}))
	require.False(t, a.open)
	require.Empty(t, c.search.b.open)
}
