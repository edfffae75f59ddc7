package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/policy"
)

// matchesRequest reports whether a statement of a question speaks of a request.
func matchesRequest(e *engine.Engine, s engine.Session, r engine.Request, st *engine.Statement) bool {
	var ev engine.Env
	if err := ev.Start(e, s, r); err != nil {
		panic(err)
	}
	ev.Action = r.Action
	if err := ev.OnResource(0); err != nil {
		panic(err)
	}
	return st.Matches(&ev)
}

// What brute force finds, the search finds; what the search finds, the evaluator allows or the search says why not.
func TestSearchFindsWhatBruteForceFinds(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := fixture.BruteWorld(rt)
		e, err := engine.Compile(w)
		require.NoError(rt, err)
		var forbidden, permitted []policy.Statement
		for range rapid.IntRange(1, 2).Draw(rt, "forbidden") {
			forbidden = append(forbidden, fixture.BruteStatement(rt, policy.EffectAllow, 1))
		}
		for range rapid.IntRange(0, 2).Draw(rt, "permitted") {
			permitted = append(permitted, fixture.BruteStatement(rt, policy.EffectAllow, 1))
		}
		q := Asking(forbidden, permitted...)
		arn := fixture.UserARN("bob")
		s := rapid.SampledFrom(append(SignIns(arn), engine.ConsoleWithMFA(arn, time.Hour),
			engine.ConsoleWithMFA(arn, time.Hour-time.Second))).
			Draw(rt, "session")
		c, ok := NewCaller(e, s, NewSolved())
		require.True(rt, ok)
		a := c.Ask(q)
		if a.GaveUp {
			require.Contains(rt, fmt.Sprint(w, w.Organization)+describe(q), fixture.BruteTwoVariables)
			counts["not certain"]++
		}

		speaks := func(list []*engine.Statement, s engine.Session, r engine.Request) bool {
			return slices.ContainsFunc(list, func(st *engine.Statement) bool { return matchesRequest(e, s, r, st) })
		}
		var found *engine.Request
		for r := range fixture.BruteRequests {
			d, err := e.Decide(s, r)
			require.NoError(rt, err)
			if d.Allowed() && speaks(q.Forbidden, s, r) && !speaks(q.Permitted, s, r) {
				found = &r
				break
			}
		}
		switch {
		case found != nil && !a.Open && !a.GaveUp:
			rt.Fatalf("the search missed %+v of %s\n%s", *found, s, describe(q))
		case a.Open && a.Witness.Real:
			counts["real"]++
			d, err := e.Decide(a.Witness.Session, a.Witness.Request)
			require.NoError(rt, err)
			require.True(rt, d.Allowed())
			require.True(
				rt,
				speaks(q.Forbidden, a.Witness.Session, a.Witness.Request),
				"the witness is not what was asked for: %+v",
				a.Witness.Request,
			)
			require.False(
				rt,
				speaks(q.Permitted, a.Witness.Session, a.Witness.Request),
				"the witness is permitted: %+v",
				a.Witness.Request,
			)
		case a.Open:
			counts["unreal"]++
			require.NotEmpty(rt, a.Witness.Doubt)
		case a.GaveUp:
		case a.Denied:
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

func describe(q Question) string {
	var b strings.Builder
	for _, st := range q.Forbidden {
		fmt.Fprintf(&b, "forbidden %s\n", policy.New(st.From).JSON())
	}
	for _, st := range q.Permitted {
		fmt.Fprintf(&b, "permitted %s\n", policy.New(st.From).JSON())
	}
	return b.String()
}

// A search that grows past its limit ends, says that it is not certain, and names the statement; it neither goes on
// for minutes nor holds.
func TestALargeSearchEndsAndNamesTheStatement(t *testing.T) {
	tag := func(i int) string { return fmt.Sprintf("aws:RequestTag/tag%d", i) }
	statements := []policy.Statement{policy.Allow("Everything", "*").On("*")}
	for i := range 40 {
		// Every Deny can be escaped in many ways, and no way escapes the last one.
		d := policy.Deny(fmt.Sprintf("Deny%d", i), "*").On("*")
		for j := range 6 {
			d = d.When(
				policy.Is(
					policy.Operator{Base: policy.OpStringNotLike, IfExists: true},
					tag((i*5+j*7)%40),
					fmt.Sprintf("a%d*", i),
					"*z",
				),
			)
		}
		statements = append(statements, d)
	}
	statements = append(statements, policy.Deny("Last", "*").On("*"))
	e := fixture.Compiled(t, fixture.OneUser(statements...))
	c, ok := NewCaller(e, engine.Console(fixture.UserARN("bob")), NewSolved())
	require.True(t, ok)
	a := c.Ask(Asking(Anything))
	require.False(t, a.Open)
	require.True(t, a.GaveUp, "%d classes", a.Classes)
	require.LessOrEqual(t, a.Classes, 3*maxEffort)
	require.NotEmpty(t, a.Grew.Sid)
	require.Contains(t, NotProven(a.Grew), a.Grew.Sid)
}

// Where values of a policy variable are too many to look at, the statement in which it stands is named.
func TestTooManyValuesNameTheStatement(t *testing.T) {
	variable := func(i int) string { return fmt.Sprintf("arn:aws:s3:::${s3:key%d}/*/${s3:other%d}*", i, i) }
	var resources []string
	for i := range 12 {
		resources = append(resources, variable(i))
	}
	e := fixture.Compiled(t, fixture.OneUser(policy.Allow("Many", "s3:*").On(resources...)))
	c, ok := NewCaller(e, engine.Console(fixture.UserARN("bob")), NewSolved())
	require.True(t, ok)
	// That no key is the name of the bucket is all that shuts it.
	asked := policy.Allow("", "s3:*").On("arn:aws:s3:::bucket/x/y")
	for i := range 12 {
		asked = asked.When(policy.StringEquals(fmt.Sprintf("s3:key%d", i), "another"))
	}
	a := c.Ask(Asking([]policy.Statement{asked}))
	require.False(t, a.Open)
	require.True(t, a.GaveUp)
	require.Equal(t, "Many", a.Grew.Sid)
}

// A Deny whose variables have too many values takes nothing from what is certain without it, and hides nothing that it
// leaves open. Where it is what shuts a request, that is not proven.
func TestADenyOfManyVariablesMakesNothingUncertainThatIsShutWithoutIt(t *testing.T) {
	many := policy.Deny("Many", "*")
	for i := range 12 {
		many = many.On(fmt.Sprintf("arn:aws:s3:::${s3:key%d}/*/${s3:other%d}*", i, i))
	}
	linked := policy.Deny("Linked", "*").On("*")
	for _, tag := range []string{"a", "b", "c", "d"} {
		linked = linked.When(
			policy.StringEquals("aws:ResourceTag/"+tag, "${aws:RequestTag/"+tag+"}", "one-"+tag, "two-"+tag),
		)
	}
	// AWS Security Blog, How to use policies to restrict where EC2 instance credentials can be used from.
	instances := policy.Deny("Instances", "*").On("*").When(
		policy.StringNotEquals("aws:Ec2InstanceSourceVpc", "${aws:SourceVpc}"),
		policy.Present("ec2:SourceInstanceARN"),
	)
	for _, deny := range []policy.Statement{many, linked, instances} {
		w := fixture.OneUser(policy.Allow("Get", "s3:GetObject").On("*"), linked, deny)
		a := asked(t, w, policy.Allow("", "s3:PutObject").On("*"))
		assert.False(t, a.Open, deny.Sid)
		assert.False(t, a.GaveUp, deny.Sid)
		a = asked(t, w, policy.Allow("", "s3:GetObject").On("*"))
		assert.True(t, a.Open, deny.Sid)
		assert.True(t, a.Witness.Real, deny.Sid)
	}
	a := asked(t, fixture.OneUser(
		policy.Allow("All", "s3:*").On("*"), many, policy.Deny("Rest", "s3:GetObject").On("arn:aws:s3:::x/*"),
	),
		policy.Allow("", "s3:GetObject").On("*"))
	assert.True(t, a.Open || a.GaveUp)
}

// A statement that speaks of no action of the question is not searched, whatever its variables: policies of hundreds
// of statements stay quick.
func TestAllowsOfOtherActionsAreLeftOut(t *testing.T) {
	e := fixture.Compiled(
		t,
		fixture.OneUser(
			policy.Allow("Elsewhere", "sagemaker:CreateApp").On("arn:aws:sagemaker:*:*:app/${sagemaker:DomainId}/*"),
		),
	)
	c, ok := NewCaller(e, engine.Console(fixture.UserARN("bob")), NewSolved())
	require.True(t, ok)
	a := c.Ask(Asking([]policy.Statement{policy.Allow("", "iam:TagUser").On("*")}))
	require.False(t, a.Open)
	require.Empty(t, c.Search.B.reading.open)
}
