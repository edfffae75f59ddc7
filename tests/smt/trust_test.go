package smt

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/tests/internal/node"
)

// party is somebody who may try to assume the role.
type party struct {
	// arn is that of a user or role; service and provider are those of the other kinds.
	arn, service, provider string
	account, name          string
	// open: calls of the party may carry every key of which AWS does not say that the party's class lacks it.
	open bool
}

const (
	otherAccount = "444455556666"
	thirdAccount = "999999999999"
	oidcProvider = "arn:aws:iam::" + account + ":oidc-provider/token.actions.githubusercontent.com"
	samlProvider = "arn:aws:iam::" + account + ":saml-provider/corp"
)

// parties are those whom the judge asks about: of each class that AWS knows some who differ in what policies compare.
var parties = func() []party {
	var out []party
	for _, id := range []string{account, otherAccount, thirdAccount} {
		for _, name := range []string{"bob", "bobby", "eve"} {
			out = append(out,
				party{arn: "arn:aws:iam::" + id + ":user/" + name, account: id, name: name},
				party{arn: "arn:aws:iam::" + id + ":user/staff/" + name, account: id, name: name})
		}
		out = append(
			out,
			party{arn: "arn:aws:iam::" + id + ":role/helper", account: id},
			party{arn: "arn:aws:iam::" + id + ":role/ops/admin", account: id},
		)
	}
	for _, name := range []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com"} {
		out = append(out, party{service: name})
	}
	for _, arn := range []string{oidcProvider, samlProvider, "cognito-identity.amazonaws.com", "arn:aws:iam::" + thirdAccount + ":oidc-provider/other.example"} {
		out = append(out, party{provider: arn})
	}
	return out
}()

func (p party) who() string { return p.arn + p.service + p.provider }

// matches says whether a Principal element speaks of the party. A session of a role is known by the role, or by the
// session's own ARN.
//
// Source: IAM User Guide, AWS JSON policy elements: Principal.
func (w *writer) principal(p party, element principals) string {
	var either []string
	for _, kind := range names(element) {
		for _, value := range element[kind] {
			either = append(either, w.names(p, kind, value))
		}
	}
	return or(either...)
}

func (w *writer) names(p party, kind, value string) string {
	session, isSession := strings.CutPrefix(value, "arn:aws:sts::"+p.account+":assumed-role/")
	switch {
	case kind == "*" || kind == "AWS" && value == "*":
		return "true"
	case kind == "Service":
		return fmt.Sprint(p.service != "" && value == p.service)
	case kind == "Federated":
		return fmt.Sprint(p.provider != "" && value == p.provider)
	case p.arn == "":
		return "false"
	case value == p.account || value == "arn:aws:iam::"+p.account+":root":
		return "true"
	case isSession && p.name == "":
		role, _, _ := strings.Cut(session, "/")
		return fmt.Sprint(strings.HasSuffix(p.arn, "/"+role))
	}
	return fmt.Sprint(value == p.arn)
}

// key is a key that the party decides; nil for every other.
func (p party) key(w *writer, name string) *value {
	tag := strings.HasPrefix(name, "aws:principaltag/")
	service := &value{kind: boolKind, has: "true", truth: fmt.Sprint(p.service != "")}
	switch {
	case name == "aws:principalisawsservice":
		if p.open && p.provider != "" {
			// AWS says that signed requests have the key. Those that carry what a provider says are not signed.
			service.has = w.declare("hasservice", "Bool")
		}
		return service
	case name == "aws:principalservicename" && p.service != "":
		return fixed(p.service)
	case name == "aws:principalarn" && p.arn != "":
		return fixed(p.arn)
	case name == "aws:principalaccount" && p.arn != "":
		return fixed(p.account)
	case name == "aws:username" && p.name != "":
		return fixed(p.name)
	case tag && p.arn != "":
		return w.optional(name, "true")
	case name == "aws:principalservicename",
		name == "aws:principalarn",
		name == "aws:principalaccount",
		name == "aws:username",
		tag:
		return absent
	case name == "aws:multifactorauthpresent":
		if p.name == "" {
			return &value{kind: boolKind, has: "false", truth: "false"}
		}
		return &value{kind: boolKind, has: w.declare("hasmfa", "Bool"), truth: w.declare("mfa", "Bool")}
	case name == "aws:multifactorauthage":
		if p.name == "" {
			return &value{kind: numberKind, has: "false", number: "0.0"}
		}
		present := w.key("aws:MultiFactorAuthPresent")
		w.assert("(>= " + w.declare("mfaage", "Int") + " 0)")
		return &value{kind: numberKind, has: and(present.has, present.truth), number: "(to_real mfaage)"}
	case name == "sts:rolesessionname":
		v := w.unknown(name)
		v.text.atom(regex{anyChar, anyText})
		v.text.forms = []int{0}
		return v
	case name == "aws:sourcearn" || name == "aws:sourceaccount":
		if p.service == "" && !p.open {
			return absent
		}
		return w.optional(name, "true")
	case name == "sts:externalid":
		if p.provider != "" && !p.open {
			return absent
		}
		return w.optional(name, "true")
	case strings.HasPrefix(name, "token.actions.githubusercontent.com:") || strings.HasPrefix(name, "saml:"):
		if p.provider == "" && !p.open {
			return absent
		}
		return w.optional(name, "true")
	}
	return nil
}

// trusts says that statements of a trust policy with an effect apply.
func (w *writer) trusts(p party, effect string, list []statement) string {
	call := "sts:AssumeRole"
	switch {
	case strings.Contains(p.provider, ":saml-provider/"):
		call = "sts:AssumeRoleWithSAML"
	case p.provider != "":
		call = "sts:AssumeRoleWithWebIdentity"
	}
	var either []string
	for _, st := range list {
		if st.Effect != effect {
			continue
		}
		speaks := w.principal(p, st.Principal)
		if st.NotPrincipal != nil {
			speaks = not(w.principal(p, st.NotPrincipal))
		}
		either = append(
			either,
			and(
				fmt.Sprint(slices.ContainsFunc(st.Action, func(a string) bool { return matchAction(a, call) })),
				speaks,
				w.conditions(st),
			),
		)
	}
	return or(either...)
}

// trustQuestion is a trust policy and a claim about it.
type trustQuestion struct {
	document      policy.Document
	never, except []policy.Statement
}

func (q trustQuestion) script(p party) string {
	w := &writer{keys: map[string]*value{}, tags: map[string]*value{}, party: &p}
	claim := func(list []policy.Statement) string {
		var either []string
		for _, st := range list {
			for _, parsed := range parse(asDocument(st)) {
				either = append(either, w.conditions(parsed))
			}
		}
		return or(either...)
	}
	trust := parse(q.document.JSON())
	w.assert(claim(q.never))
	w.assert(not(claim(q.except)))
	w.assert(w.trusts(p, "Allow", trust))
	w.assert(not(w.trusts(p, "Deny", trust)))
	if slices.Contains(w.lines, "(assert false)") {
		return ""
	}
	return w.script()
}

var trustEntries = []policy.Principal{
	policy.AWSPrincipals(
		"arn:aws:iam::" + account + ":user/bob",
	),
	policy.AWSPrincipals("arn:aws:iam::" + account + ":user/staff/bob"),
	policy.AWSPrincipals(
		account,
	),
	policy.AWSPrincipals("arn:aws:iam::" + otherAccount + ":root"),
	policy.AWSPrincipals("arn:aws:iam::" + otherAccount + ":user/bob"),
	policy.AWSPrincipals(
		"arn:aws:iam::" + account + ":role/helper",
	),
	policy.Anyone(),
	policy.ServicePrincipals("ec2.amazonaws.com"),
	{
		Kind:   policy.PrincipalFederated,
		Values: []string{oidcProvider},
	},
	{Kind: policy.PrincipalFederated, Values: []string{samlProvider}},
	{Kind: policy.PrincipalAWS, Values: []string{"*"}},
}

func (g *generator) trustCondition() policy.Condition {
	is := func(base policy.BaseOperator, key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: base, IfExists: g.oneIn(3)}, key, values...)
	}
	texts := []policy.BaseOperator{
		policy.OpStringEquals,
		policy.OpStringNotEquals,
		policy.OpStringLike,
		policy.OpStringNotLike,
	}
	switch g.IntN(9) {
	case 0:
		return is(
			policy.OpBool,
			pick(g, []string{"aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService"}),
			pick(g, []string{"true", "false"}),
		)
	case 1:
		return is(pick(g, numericOps), "aws:MultiFactorAuthAge", some(g, []string{"3600", "3601", "60.5", "0"}, 2)...)
	case 2:
		return is(
			pick(g, texts[:2]),
			"sts:RoleSessionName",
			some(g, []string{"${aws:username}", "bob", "${aws:PrincipalTag/Team, 'none'}"}, 2)...)
	case 3:
		return is(pick(g, arnOps), "aws:PrincipalArn", some(g, []string{
			"arn:aws:iam::" + account + ":user/bob",
			"arn:aws:iam::*:user/bob*",
			"arn:aws:iam::*:role/*",
			"arn:aws:iam::" + account + ":*",
		}, 2)...)
	case 4:
		return is(
			pick(g, texts),
			pick(g, []string{"aws:PrincipalAccount", "aws:SourceAccount"}),
			some(g, []string{account, otherAccount, "4*"}, 2)...)
	case 5:
		return policy.Is(policy.Operator{Base: policy.OpNull}, pick(g, []string{
			"aws:username",
			"aws:MultiFactorAuthPresent",
			"aws:PrincipalArn",
			"aws:SourceArn",
			"sts:ExternalId",
			"aws:PrincipalTag/Team",
		}), pick(g, []string{"true", "false"}))
	case 6:
		return is(
			pick(g, texts),
			pick(
				g,
				[]string{
					"sts:ExternalId",
					"token.actions.githubusercontent.com:sub",
					"token.actions.githubusercontent.com:aud",
					"saml:aud",
				},
			),
			some(g, []string{"x", "repo:acme/*", "sts.amazonaws.com"}, 2)...)
	case 7:
		return is(pick(g, texts), "aws:username", some(g, []string{"bob", "b*"}, 2)...)
	}
	return is(pick(g, dateOps), "aws:CurrentTime", pick(g, dates))
}

func (g *generator) trustConditions(st policy.Statement, most int) policy.Statement {
	for range g.IntN(most + 1) {
		c := g.trustCondition()
		if !slices.ContainsFunc(
			st.Conditions,
			func(have policy.Condition) bool { return have.Key == c.Key && have.Operator == c.Operator },
		) {
			st = st.When(c)
		}
	}
	return st
}

var trustCalls = []string{
	"sts:AssumeRole",
	"sts:AssumeRole*",
	"sts:*",
	"sts:AssumeRoleWithWebIdentity",
	"sts:AssumeRoleWithSAML",
	"sts:TagSession",
}

func (g *generator) trustStatement(effect policy.Effect) policy.Statement {
	st := policy.Statement{Effect: effect, Actions: some(g, trustCalls, 2)}
	entries := []policy.Principal{pick(g, trustEntries)}
	if second := pick(
		g,
		trustEntries,
	); g.oneIn(2) && second.Kind != policy.PrincipalAny &&
		entries[0].Kind != policy.PrincipalAny {
		entries = append(entries, second)
	}
	if effect == policy.EffectDeny && g.oneIn(3) {
		st.NotPrincipals = entries
	} else {
		st = st.For(entries...)
	}
	return g.trustConditions(st, 3)
}

func (g *generator) trust() trustQuestion {
	q := trustQuestion{document: policy.New()}
	for range 1 + g.IntN(2) {
		q.document = q.document.With(g.trustStatement(policy.EffectAllow))
	}
	for range g.IntN(3) {
		q.document = q.document.With(g.trustStatement(policy.EffectDeny))
	}
	calls := policy.Allow("", "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity").On("*")
	q.never = []policy.Statement{g.trustConditions(calls, 1)}
	if g.oneIn(4) {
		// The claim speaks of one class of callers, which the others cannot answer for.
		q.never = []policy.Statement{calls.When(pick(g, []policy.Condition{
			policy.Bool(
				"aws:PrincipalIsAWSService",
				true,
			),
			policy.Present("aws:PrincipalServiceName"),
			policy.Absent("aws:PrincipalArn"),
			policy.Present(
				"saml:aud",
			),
			policy.Present("aws:username"),
			policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:role/*"),
		}))}
	}
	switch g.IntN(4) {
	case 0:
		q.except = []policy.Statement{
			calls.When(policy.StringEquals("aws:PrincipalArn", "arn:aws:iam::"+account+":user/bob")),
		}
	case 1:
		q.except = []policy.Statement{
			calls.When(
				policy.Bool("aws:MultiFactorAuthPresent", true),
				policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "3600"),
			),
		}
	case 2:
		q.except = []policy.Statement{calls.When(policy.StringEquals("sts:RoleSessionName", "${aws:username}"))}
	case 3:
		for range g.IntN(3) {
			q.except = append(q.except, g.trustConditions(calls, 2))
		}
	}
	return q
}

// partyOf is the party of the ARN of a user or role, of a service or of a provider, which calls an action.
func partyOf(subject, action string) party {
	parts := strings.Split(subject, ":")
	switch {
	case len(parts) == 6 && strings.HasPrefix(parts[5], "user/"):
		return party{arn: subject, account: parts[4], name: subject[strings.LastIndex(subject, "/")+1:]}
	case len(parts) == 6 && strings.HasPrefix(parts[5], "role/"):
		return party{arn: subject, account: parts[4]}
	case action != "sts:AssumeRole":
		return party{provider: subject}
	}
	return party{service: subject}
}

// What is proven of a trust policy agrees with the solver: where a claim holds, nobody of any class goes against it.
func TestTrustProofsAgreeWithTheSolver(t *testing.T) {
	process := solver.Start(t)
	wanted, from := tier.Number(t, "GUARDRAILS_SMT", sample), uint64(tier.Number(t, "GUARDRAILS_SMT_SEED", seed))
	counts, bad := tally{}, 0
	for n := range wanted {
		q := newGenerator(from, 1<<32|uint64(n)).trust()
		kind, problem := q.judge(t, process, q.prove(t))
		counts[kind]++
		if problem == "" {
			continue
		}
		if bad++; bad <= shown {
			t.Errorf("seed %d, trust %d: %s\n%s", from, n, problem, q.describe())
		}
	}
	for _, name := range names(counts) {
		t.Logf("%6d %s", counts[name], name)
	}
	require.Zero(t, bad)
	for _, kind := range []string{"holds", "does not hold"} {
		require.Greater(
			t,
			counts[kind]*10,
			wanted,
			"fewer than a tenth of the claims end as %q: the generator tests little",
			kind,
		)
	}
}

// prove has the claim about the trust policy proven.
func (q trustQuestion) prove(t *testing.T) said {
	role := world.Role{Name: "target", Trust: q.document}
	e, err := access.Compile(
		access.World{Accounts: []world.Account{{ID: account, Partition: policy.AWS, Roles: []world.Role{role}}}},
	)
	require.NoError(t, err, q.document.JSON())
	answer, err := prove.Prove(
		e,
		prove.Claim{Role: "arn:aws:iam::" + account + ":role/target", Never: q.never, Except: q.except},
	)
	require.NoError(t, err)
	return saying(answer)
}

// judge compares what the proof and the solver say: how the claim ends, and what they do not agree on, "" when they
// agree.
func (q trustQuestion) judge(t *testing.T, process *node.Process, answer said) (kind, problem string) {
	if answer.Uncertain {
		return "uncertain", ""
	}
	open, who := askParties(t, process, q, parties)
	switch {
	case answer.Holds && open:
		return "holds", "the proof holds, and " + who + " goes against it"
	case answer.Holds:
		return "holds", ""
	case open:
		return "does not hold", ""
	case answer.Unreal:
		return "does not hold, but AWS sends no such request today", ""
	}
	// The proof shows somebody, or keys, of which the judge did not think.
	lenient := partyOf(answer.Subject, answer.Request.Action)
	if open, _ = askParties(t, process, q, []party{lenient}); open {
		return "does not hold, by somebody else", ""
	}
	lenient.open = true
	if open, _ = askParties(t, process, q, []party{lenient}); open {
		return "does not hold, by keys of which AWS does not say that such calls lack them", ""
	}
	return "does not hold", fmt.Sprintf(
		"the proof shows %s with %v, and the solver lets nobody in",
		answer.Session,
		answer.Request,
	)
}

// askParties asks the solver whether one of the parties goes against the claim, and which.
func askParties(t *testing.T, process *node.Process, q trustQuestion, parties []party) (bool, string) {
	var asked []party
	var scripts []string
	for _, p := range parties {
		if script := q.script(p); script != "" {
			asked, scripts = append(asked, p), append(scripts, script)
		}
	}
	if len(scripts) == 0 {
		return false, ""
	}
	said := node.Ask[line, results](t, process, []line{{Scripts: scripts}})[0].Results
	for i, one := range said {
		require.Contains(t, []string{"sat", "unsat"}, one, q.describe())
		if one == "sat" {
			return true, asked[i].who()
		}
	}
	return false, ""
}

func (q trustQuestion) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "trust %s\n", q.document.JSON())
	for _, st := range q.never {
		fmt.Fprintf(&b, "never %s\n", asDocument(st))
	}
	for _, st := range q.except {
		fmt.Fprintf(&b, "except %s\n", asDocument(st))
	}
	return b.String()
}
