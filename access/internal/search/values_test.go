package search

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wayin"
	"aws-access-guardrails/policy"
)

// valueAlphabet is what conditions of one kind compare with, and the values that a request can have. It knows nothing
// of how the search picks representatives: the values are every neighbour of every bound that one can think of.
type valueAlphabet struct {
	kind      string
	keys      []string
	operators []policy.BaseOperator
	bounds    []string
	values    []string
	// multi: requests have two values of the key as well, and none.
	multi bool
	// uncertain: the search may say that it does not know.
	uncertain bool
}

var (
	numericOperators = []policy.BaseOperator{
		policy.OpNumericEquals,
		policy.OpNumericNotEquals,
		policy.OpNumericLessThan,
		policy.OpNumericLessThanEquals,
		policy.OpNumericGreaterThan,
		policy.OpNumericGreaterThanEquals,
	}
	dateOperators = []policy.BaseOperator{
		policy.OpDateEquals,
		policy.OpDateNotEquals,
		policy.OpDateLessThan,
		policy.OpDateLessThanEquals,
		policy.OpDateGreaterThan,
		policy.OpDateGreaterThanEquals,
	}
	textOperators = []policy.BaseOperator{
		policy.OpStringEquals,
		policy.OpStringNotEquals,
		policy.OpStringEqualsIgnoreCase,
		policy.OpStringNotEqualsIgnoreCase,
		policy.OpStringLike,
		policy.OpStringNotLike,
	}
	arnOperators = []policy.BaseOperator{
		policy.OpArnEquals,
		policy.OpArnLike,
		policy.OpArnNotEquals,
		policy.OpArnNotLike,
	}
	instants = []string{
		"1970-01-01T00:00:00Z",
		"2026-11-30T23:59:58Z",
		"2026-11-30T23:59:59Z",
		"2026-11-30T23:59:59.25Z",
		"2026-11-30T23:59:59.5Z",
		"2026-11-30T23:59:59.75Z",
		"2026-12-01T00:00:00Z",
		"2026-12-01T00:00:00.3Z",
		"2026-12-01T00:00:01Z",
		"2026-12-01T09:00:00Z",
		"2026-12-31T23:59:59Z",
		"2027-06-01T00:00:00Z",
		"2090-01-01T00:00:00Z",
	}
	timeBounds = []string{
		"2026-12-01T00:00:00Z",
		"2026-11-30T23:59:59Z",
		"2026-11-30T23:59:59.5Z",
		"2026-12-01T09:00:00+09:00",
		"2026-12",
		"2026-12-01",
		"2027-01-01T00:00Z",
		"1764547200",
	}
)

var valueAlphabets = []valueAlphabet{
	{
		kind:      "decimals",
		keys:      []string{"s3:TlsVersion", "x.example:n"},
		operators: numericOperators,
		bounds: []string{
			"60",
			"60.5",
			"-1",
			"+60",
			"060.50",
			"1.2",
			"60.000000000000000000001",
			"12345678901234567890123456789",
		},
		values: []string{
			"59",
			"60",
			"60.0",
			"60.2",
			"60.5",
			"60.7",
			"61",
			"-1",
			"-2",
			"-0.5",
			"0",
			"1.2",
			"1.19",
			"60.0000000000000000000005",
			"60.000000000000000000001",
			"12345678901234567890123456788.5",
			"12345678901234567890123456790",
			"x",
			"",
			"1e3",
		},
	},
	{kind: "whole numbers", keys: []string{"aws:MultiFactorAuthAge"}, operators: numericOperators,
		bounds: []string{"60.5", "60", "61", "0", "-3", "0.5", "60.2", "60.9", "100000000000000000000000.5"},
		values: []string{"0", "1", "59", "60", "61", "62", "100000000000000000000000", "100000000000000000000001"}},
	{
		kind:      "whole numbers beside texts",
		keys:      []string{"aws:MultiFactorAuthAge"},
		operators: append(slices.Clone(textOperators), numericOperators...),
		bounds: []string{
			"60",
			"61",
			"60.5",
			"6*",
			"?",
		},
		values:    []string{"0", "5", "59", "60", "61", "62", "6000"},
		uncertain: true,
	},
	{
		kind:      "instants",
		keys:      []string{"aws:CurrentTime", "aws:EpochTime"},
		operators: dateOperators,
		bounds:    timeBounds,
		values:    instants,
	},
	{
		kind:      "seconds",
		keys:      []string{"aws:EpochTime", "aws:CurrentTime"},
		operators: append(slices.Clone(numericOperators), policy.OpDateLessThan, policy.OpDateGreaterThanEquals),
		bounds:    []string{"1764547200", "1764547199"},
		values:    instants,
	},
	{
		kind:      "fractions of seconds",
		keys:      []string{"aws:EpochTime"},
		operators: numericOperators,
		bounds:    []string{"1764547200", "1764547199.5", "60.5", "60", "-1"},
		values:    instants,
	},
	{
		kind: "instants as texts",
		keys: []string{"aws:CurrentTime", "aws:EpochTime"},
		operators: []policy.BaseOperator{
			policy.OpStringEquals,
			policy.OpStringNotEquals,
			policy.OpStringNotEqualsIgnoreCase,
			policy.OpStringEqualsIgnoreCase,
		},
		bounds: []string{"2026-12-01T00:00:00Z", "1764547200", "2026-11-30t23:59:59z", "x"},
		values: instants,
	},
	{
		kind:      "dates of any key",
		keys:      []string{"x.example:d"},
		operators: dateOperators,
		bounds:    timeBounds,
		values:    append([]string{"x", "", "1764547200", "1764547201", "2026"}, instants...),
		multi:     true,
	},
	{
		kind:      "addresses",
		keys:      []string{"aws:SourceIp", "x.example:ip"},
		operators: []policy.BaseOperator{policy.OpIPAddress, policy.OpNotIPAddress},
		bounds: []string{
			"10.0.0.0/8",
			"10.0.0.0/9",
			"10.128.0.0/9",
			"10.128.0.0/10",
			"10.1.2.3",
			"0.0.0.0/0",
			"0.0.0.0/1",
			"192.0.2.0/24",
			"2001:db8::/32",
			"2001:db8:8000::/33",
			"::/0",
			"::ffff:10.0.0.0/104",
		},
		values: []string{
			"9.255.255.255",
			"10.0.0.0",
			"10.1.2.2",
			"10.1.2.3",
			"10.1.2.4",
			"10.127.255.255",
			"10.128.0.0",
			"10.191.255.255",
			"10.192.0.0",
			"10.255.255.255",
			"11.0.0.0",
			"0.0.0.0",
			"127.0.0.1",
			"128.0.0.0",
			"192.0.2.7",
			"255.255.255.255",
			"2001:db8::1",
			"2001:db8:8000::1",
			"2001:db9::",
			"::1",
			"::ffff:10.1.2.3",
			"x",
			"",
		},
	},
	{
		kind:      "texts",
		keys:      []string{"x.example:t", "aws:UserAgent"},
		operators: textOperators,
		bounds:    []string{"", "a", "A", "b*", "*", "?", "??", "*a", "k", "b?"},
		values: []string{
			"",
			"a",
			"A",
			"b",
			"B",
			"ba",
			"bA",
			"bb",
			"ab",
			"aa",
			"c",
			"K",
			"k",
			"\u212a",
			"bab",
			"zz",
		},
		multi: true,
	},
	{
		kind:      "tag keys",
		keys:      []string{"aws:TagKeys"},
		operators: textOperators,
		bounds:    []string{"Project", "project", "P*", "Email", "*"},
		values:    []string{"Project", "project", "PROJECT", "Email", "Px", "x"},
		multi:     true,
	},
	{
		kind:      "ARNs",
		keys:      []string{"aws:SourceArn", "x.example:arn"},
		operators: append(slices.Clone(arnOperators), policy.OpStringEquals, policy.OpStringLike),
		bounds: []string{
			"arn:aws:s3:::b",
			"arn:aws:*:*:*:*",
			"arn:aws:sns:us-east-1:111122223333:t",
			"*",
			"arn:aws:sns:*:111122223333:*",
			"arn:aws:s3:::b*",
		},
		values: []string{
			"arn:aws:s3:::b",
			"arn:aws:s3:::bc",
			"arn:aws:sns:us-east-1:111122223333:t",
			"arn:aws:sns:us-east-1:111122223333:u:v",
			"arn:aws:sns:us-east-1:444455556666:t",
			"arn:a:b:c:d:e",
			"x",
			"",
		},
	},
	{
		kind:      "booleans",
		keys:      []string{"aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:ViaAWSService"},
		operators: []policy.BaseOperator{policy.OpBool, policy.OpStringEquals, policy.OpStringNotEquals},
		bounds:    []string{"true", "false"},
		values:    []string{"true", "false"},
	},
	{
		kind: "booleans of any key",
		keys: []string{"x.example:b"},
		operators: []policy.BaseOperator{
			policy.OpBool,
			policy.OpBool,
			policy.OpStringEquals,
			policy.OpStringNotEquals,
			policy.OpStringNotLike,
		},
		bounds: []string{
			"true",
			"false",
			"TRUE",
		},
		values: []string{"true", "false", "True", "TRUE", "x", ""},
		multi:  true,
	},
	{
		kind:      "bytes",
		keys:      []string{"x.example:bin"},
		operators: []policy.BaseOperator{policy.OpBinaryEquals},
		bounds:    []string{"YQ==", "YWI="},
		values:    []string{"YQ==", "YWI=", "YWJj", "x", ""},
	},
	{
		kind:      "numbers beside texts",
		keys:      []string{"x.example:mixed"},
		operators: append(slices.Clone(numericOperators), textOperators...),
		bounds:    []string{"60", "61", "0", "6*"},
		values:    []string{"60", "60.0", "061", "61", "7", "x", "", "6x", "0"},
		uncertain: true,
	},
	{
		kind:      "dates beside numbers",
		keys:      []string{"x.example:mixed"},
		operators: append(slices.Clone(numericOperators), dateOperators...),
		bounds:    []string{"1764547200", "1764547300"},
		values: []string{
			"1764547200",
			"1764547200.5",
			"1764547201",
			"2026-12-01T00:00:00Z",
			"2026-12-01T00:00:01Z",
			"5",
			"x",
		},
		uncertain: true,
	},
}

// draw makes some tests of one key, or of two that tell the same.
func (a *valueAlphabet) draw(t *rapid.T) []Literal {
	first := rapid.SampledFrom(a.keys).Draw(t, "key")
	quantify := a.multi && rapid.Bool().Draw(t, "quantify")
	var lits []Literal
	for range rapid.IntRange(1, 4).Draw(t, "tests") {
		name := first
		if a.kind == "instants" || a.kind == "seconds" || a.kind == "instants as texts" {
			name = rapid.SampledFrom(a.keys).Draw(t, "other key")
		}
		base := rapid.SampledFrom(a.operators).Draw(t, "operator")
		o := policy.Operator{Base: base, IfExists: rapid.Bool().Draw(t, "ifExists")}
		if quantify {
			o.Quantifier = rapid.SampledFrom([]policy.Quantifier{policy.ForAllValues, policy.ForAnyValue}).
				Draw(t, "quantifier")
		}
		source := policy.Is(
			o,
			name,
			rapid.SliceOfNDistinct(rapid.SampledFrom(a.bounds), 1, 2, rapid.ID[string]).Draw(t, "bounds")...)
		if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
			source = policy.Is(
				policy.Operator{Base: policy.OpNull},
				name,
				rapid.SampledFrom([]string{"true", "false"}).Draw(t, "presence"),
			)
		}
		c, err := engine.CompileCondition(&source, pattern.PolicyText)
		if err != nil {
			continue
		}
		variable, _, _ := variableName(&c.Key, &Probe{}, false)
		lits = append(
			lits,
			Literal{&Probe{id: len(lits) + 1, kind: probeKey, cond: &c, name: variable}, rapid.Bool().Draw(t, "want")},
		)
	}
	return lits
}

// evaluates reports what the evaluator says of a condition for a request with these values of the key; nil values
// mean that it is absent.
func evaluates(t require.TestingT, e *engine.Engine, c *engine.Condition, key string, given []string) bool {
	s, r := engine.LongTermKey(fixture.UserARN("bob")), engine.Request{Action: "x:y", Context: engine.Context{}}
	k, err := conditionkey.CompileKey(key)
	require.NoError(t, err)
	switch {
	case k.Kind == conditionkey.KeyCurrentTime || k.Kind == conditionkey.KeyEpochTime:
		r.Time, err = time.Parse(time.RFC3339, given[0])
		require.NoError(t, err)
	case given == nil:
	case k.Kind == conditionkey.KeyMFAAge:
		s = engine.ConsoleWithMFA(fixture.UserARN("bob"), 0)
		s.MfaAge = given[0]
	case k.Kind == conditionkey.KeyMFAPresent:
		s.Mfa = map[string]engine.MfaState{"true": engine.MfaYes, "false": engine.MfaNo}[given[0]]
	default:
		r.Context[key] = given
	}
	var ev engine.Env
	require.NoError(t, ev.Start(e, s, r))
	ev.Action = r.Action
	require.NoError(t, ev.OnResource(0))
	return c.Holds(&ev)
}

// Of every kind of value, the search finds one that comes out as wanted in every test wherever the evaluator knows one.
func TestEveryKindOfValueHasARepresentativeOfEachClass(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	anyone := NewAnyone(e, &wayin.Everybody, e.Accounts[fixture.People])
	for i := range valueAlphabets {
		a := &valueAlphabets[i]
		t.Run(a.kind, func(t *testing.T) {
			found, unsure := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				lits := a.draw(rt)
				if len(lits) == 0 {
					return
				}
				d := anyone.domain(&lits[0].cond.Key)
				solved := domain.Solve(conditionsOf(lits), d)
				requests := [][]string{}
				if !d.Present {
					requests = append(requests, nil)
				}
				for _, one := range a.values {
					requests = append(requests, []string{one})
				}
				if d.Multi && a.multi && !slices.ContainsFunc(lits, func(l Literal) bool {
					return l.cond.Quantifier == policy.NoQuantifier && l.cond.Compare != engine.ComparePresence
				}) {
					for _, one := range a.values {
						for _, other := range a.values {
							if one != other {
								requests = append(requests, []string{one, other})
							}
						}
					}
				}
				for _, given := range requests {
					// AWS gives these keys no value but an address.
					if d.Address && slices.ContainsFunc(given, isNoAddress) {
						continue
					}
					if slices.ContainsFunc(
						lits,
						func(l Literal) bool { return evaluates(rt, e, l.cond, l.cond.Key.Name, given) != l.Want },
					) {
						continue
					}
					if !solved.Found && !solved.GaveUp {
						rt.Fatalf("the search missed %q of %s", given, litsText(lits))
					}
				}
				switch {
				case solved.Found:
					found++
					given := []string(nil)
					if solved.Value.Present {
						given = model.ValuesOf(solved.Value)
					}
					for _, l := range lits {
						require.Equal(
							rt,
							l.Want,
							evaluates(rt, e, l.cond, l.cond.Key.Name, given),
							"%q of %s",
							given,
							litsText(lits),
						)
					}
				case solved.GaveUp:
					unsure++
					require.True(rt, a.uncertain, "the search is not certain about %s", litsText(lits))
				}
			})
			assert.Positive(t, found)
			assert.Equal(t, a.uncertain, unsure > 0)
		})
	}
}

func isNoAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err != nil
}

func litsText(lits []Literal) string {
	text := ""
	for _, l := range lits {
		text += "\n  "
		if !l.Want {
			text += "not "
		}
		text += l.cond.Source.Operator.String() + " " + l.cond.Source.Key + " " + "[" + joined(
			l.cond.Source.Values,
		) + "]"
	}
	return text
}

func joined(values []string) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ", "
		}
		text += `"` + v + `"`
	}
	return text
}
