package smt

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/tests/internal/node"
)

const (
	// batch is the number of worlds that go to the solver at a time.
	batch = 50
	// shown is the number of disagreements that are written out.
	shown = 5
	// seed makes every run the same; GUARDRAILS_SMT_SEED takes another.
	seed = 20261128
)

// sample is the number of worlds of this run; GUARDRAILS_SMT asks for more.
var sample = tier.Times(100, 250)

var solver = node.Program{Name: "smt", Script: "judge.mjs"}

type line struct {
	Scripts []string `json:"scripts"`
}

type results struct {
	Results []string `json:"results"`
}

// script is the question of a world and a claim, with more formulas that must be true; nil when it leaves the judge's
// language.
func (q question) script(more func(*writer)) string {
	w := newWriter(q.caller)
	speaks := func(list []string) string {
		var either []string
		for _, document := range list {
			for _, st := range parse(document) {
				either = append(either, w.applies(st))
			}
		}
		return or(either...)
	}
	w.assert(w.never())
	var never, except []string
	for i := range q.claim.Never {
		never = append(never, asDocument(q.claim.Never[i]))
	}
	for i := range q.claim.Except {
		except = append(except, asDocument(q.claim.Except[i]))
	}
	w.assert(speaks(never))
	w.assert(not(speaks(except)))
	w.assert(w.allowed())
	if more != nil {
		more(w)
	}
	return w.script()
}

// script is all that was written.
func (w *writer) script() string {
	w.finish()
	// Constants are declared while formulas are written, so declarations go first.
	slices.SortStableFunc(w.lines, func(a, b string) int { return rank(a) - rank(b) })
	return strings.Join(w.lines, "\n") + "\n"
}

func rank(line string) int {
	if strings.HasPrefix(line, "(declare") {
		return 0
	}
	return 1
}

// fix says that the request is one that a proof shows. It returns why the judge cannot say so, or "".
func (w *writer) fix(r access.Request) string {
	at := slices.IndexFunc(actions, func(a action) bool { return a.name == r.Action })
	if at < 0 {
		return "its action is not in the alphabet"
	}
	w.assert(fmt.Sprintf("(= action %d)", at))
	arn := "*"
	if len(r.Resources) == 1 {
		arn = r.Resources[0].ARN
	} else if len(r.Resources) > 1 {
		return "it has several resources"
	}
	if !actions[at].resource(w.caller.account, nil).matches(arn) {
		return "its resource is of another form of the action"
	}
	w.resource.text.value = &arn
	given := map[string][]string{}
	for name, values := range r.Context {
		given[strings.ToLower(name)] = values
	}
	if arn == w.caller.arn {
		// The proof shows a resource of the world with the tags that it has there.
		for _, tag := range w.caller.own {
			given["tag/"+strings.ToLower(tag.Key)] = []string{tag.Value}
		}
	}
	if len(r.Resources) == 1 {
		for _, tag := range r.Resources[0].Tags {
			given["tag/"+strings.ToLower(tag.Key)] = []string{tag.Value}
		}
		for name, values := range r.Resources[0].Context {
			given[strings.ToLower(name)] = values
		}
	}
	for _, name := range names(w.tags) {
		w.fixText(w.tags[name], given["tag/"+name])
	}
	for _, name := range names(w.keys) {
		v := w.keys[name]
		switch {
		case strings.Contains(name, ":resourcetag/") || w.caller.key(name) != nil:
		case name == "aws:currenttime" || name == "aws:epochtime":
			if !r.Time.IsZero() {
				w.assert(fmt.Sprintf("(= now %d)", r.Time.Unix()))
			}
		case name == "aws:tokenissuetime" || name == "aws:multifactorauthage":
			// They belong to the session, which does not show them.
		case name == "aws:requestedregion":
			if values := given[name]; values != nil {
				if region := strings.Split(arn+":::", ":")[3]; region != "" && region != values[0] {
					return "its Region is not that of its resource"
				}
				w.home.text.value = &values[0]
			}
		case v.kind == boolKind:
			if values := given[name]; values != nil {
				w.assert("(= " + v.truth + " " + values[0] + ")")
			}
		case v.kind == setKind:
			if why := w.fixSet(v, given[name]); why != "" {
				return why
			}
		case v.kind == addressKind:
			w.assert("(= " + v.has + " " + strconv.FormatBool(given[name] != nil) + ")")
			if values := given[name]; values != nil {
				address, err := netip.ParseAddr(values[0])
				if err != nil {
					// AWS sends addresses alone.
					w.assert("false")
					continue
				}
				address = address.Unmap()
				w.assert(and("(= address "+numberOf(address)+")", "(= v6 "+strconv.FormatBool(address.Is6())+")"))
			}
		case v.kind == numberKind:
			w.assert("(= " + v.has + " " + strconv.FormatBool(given[name] != nil) + ")")
			if values := given[name]; values != nil {
				w.assert("(= " + v.number + " " + decimal(values[0]) + ")")
			}
		default:
			w.fixText(v, given[name])
		}
	}
	return ""
}

func (w *writer) fixText(v *value, values []string) {
	w.assert("(= " + v.has + " " + strconv.FormatBool(values != nil) + ")")
	if values != nil {
		v.text.value = &values[0]
	}
}

func (w *writer) fixSet(v *value, values []string) string {
	w.assert("(= " + v.has + " " + strconv.FormatBool(values != nil) + ")")
	if values == nil {
		return ""
	}
	if len(values) > maxMembers {
		return "a key has more values than the judge gives it"
	}
	w.assert(fmt.Sprintf("(= %s %d)", v.count, len(values)))
	for i := range values {
		v.members[i].text.value = &values[i]
	}
	return ""
}

// tally counts how worlds ended.
type tally map[string]int

// Every proof agrees with the solver: what holds has no counterexample, what does not hold has one, and the request
// that is shown is one.
func TestProofsAgreeWithTheSolver(t *testing.T) {
	process := solver.Start(t)
	wanted, from := tier.Number(t, "GUARDRAILS_SMT", sample), uint64(tier.Number(t, "GUARDRAILS_SMT_SEED", seed))
	counts := tally{}
	bad := 0
	for begin := 0; begin < wanted; begin += batch {
		var rounds []round
		for i := begin; i < min(begin+batch, wanted); i++ {
			q := newGenerator(from, uint64(i)).question()
			if r, ok := q.ask(q.prove(t), counts); ok {
				r.n = i
				rounds = append(rounds, r)
			}
		}
		lines := make([]line, len(rounds))
		for i := range rounds {
			lines[i] = line{Scripts: rounds[i].scripts}
		}
		for i, said := range node.Ask[line, results](t, process, lines) {
			if problem := rounds[i].judge(said.Results, counts); problem != "" {
				if bad++; bad <= shown {
					t.Errorf("seed %d, world %d: %s\n%s", from, rounds[i].n, problem, rounds[i].describe())
				}
			}
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
	require.Less(t, (counts[undecided]+counts["uncertain"])*50, wanted, "more than one world in fifty is not decided")
}

const undecided = "the solver did not decide"

// round is one world with what the proof says of it.
type round struct {
	n       int
	q       question
	answer  said
	scripts []string
	// apart says why the request that is shown cannot be put to the judge.
	apart string
}

// said is what package access says to a claim, in a form that one process can hand to another.
type said struct {
	Holds, Uncertain bool
	Unreal           bool
	Request          access.Request
	// Subject is the caller of the request, Session the same in words.
	Subject, Session string
}

func saying(a prove.ClaimAnswer) said {
	return said{
		// What a claim holds under is a policy of a resource of another account, which no request of the judge's calls.
		Holds:     a.Verdict != prove.DoesNotHold,
		Uncertain: a.Uncertain,
		Unreal:    a.Unreal != prove.Doubt{},
		Request:   a.Request,
		Subject:   a.Session.Subject(),
		Session:   a.Session.String(),
	}
}

// prove has the claim of a question proven.
func (q *question) prove(t *testing.T) said {
	e, err := access.Compile(q.world)
	require.NoError(t, err)
	if q.limit != nil {
		q.claim.Caller, err = e.LimitedTo(q.claim.Caller, q.limit...)
		require.NoError(t, err)
	}
	answer, err := prove.Prove(e, q.claim)
	require.NoError(t, err)
	return saying(answer)
}

// ask writes the questions for the solver; false when there is nothing to judge.
func (q question) ask(answer said, counts tally) (round, bool) {
	r := round{q: q, answer: answer, scripts: []string{q.script(nil)}}
	switch {
	case answer.Uncertain:
		counts["uncertain"]++
		return r, false
	case answer.Holds:
		counts["holds"]++
	case answer.Unreal:
		counts["does not hold, but AWS sends no such request today"]++
		return r, false
	default:
		counts["does not hold"]++
		shown := q.script(func(w *writer) { r.apart = w.fix(answer.Request) })
		if r.apart == "" {
			r.scripts = append(r.scripts, shown)
		}
	}
	return r, true
}

// judge compares what the proof and the solver say; "" when they agree.
func (r *round) judge(said []string, counts tally) string {
	for _, one := range said {
		if one != "sat" && one != "unsat" {
			if one == "unknown" || strings.HasPrefix(one, "timeout") {
				counts[undecided]++
				return ""
			}
			return "the solver refuses the question: " + one
		}
	}
	holds := r.answer.Holds
	switch {
	case holds && said[0] == "sat":
		return "the proof holds, and the solver finds a request that goes against it"
	case r.apart != "":
		// The request is outside of what the judge can say, so it may well find none.
		counts["shown, but "+r.apart]++
	case !holds && said[0] == "unsat":
		return "the proof shows a request, and the solver finds none"
	case len(said) > 1 && said[1] == "unsat":
		return "the request that the proof shows is no model"
	}
	return ""
}

func (r *round) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "caller %s, mfa %q, tags %v\n", r.q.claim.Caller, r.q.caller.mfa, r.q.caller.tags)
	for _, d := range r.q.caller.identity {
		fmt.Fprintf(&b, "identity %s\n", d)
	}
	for i, layer := range r.q.caller.layers {
		fmt.Fprintf(&b, "layer %d %s\n", i, strings.Join(layer, " "))
	}
	for _, st := range r.q.claim.Never {
		fmt.Fprintf(&b, "never %s\n", asDocument(st))
	}
	for _, st := range r.q.claim.Except {
		fmt.Fprintf(&b, "except %s\n", asDocument(st))
	}
	request, _ := json.Marshal(r.answer.Request)
	fmt.Fprintf(&b, "holds: %t, request %s\n", r.answer.Holds, request)
	return b.String()
}
