package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

const (
	// perWorld is the number of questions to one world.
	perWorld = 10
	// batch is the number of questions that go to the oracle at a time.
	batch = 500
	// shown is the number of unexplained differences that are written out.
	shown = 5
	// seed makes every run the same; GUARDRAILS_ORACLE_SEED takes another.
	seed = 20261122
)

// sample is the number of requests of this run; GUARDRAILS_ORACLE asks for more.
var sample = tier.Times(1500, 3000)

// TestAgreesWithTheOracle: package access and the independent evaluator decide generated requests alike, but for the
// differences that are listed with what AWS documents. GUARDRAILS_ORACLE=100000 asks that many.
func TestAgreesWithTheOracle(t *testing.T) {
	oracle := start(t)
	wanted, from := tier.Number(
		t,
		"GUARDRAILS_ORACLE",
		sample,
	), uint64(
		tier.Number(t, "GUARDRAILS_ORACLE_SEED", seed),
	)
	counts, explained, unexplained, apart := map[access.Outcome]int{}, map[string]int{}, 0, 0
	for begin := 0; begin < wanted; begin += batch {
		questions := make([]question, 0, batch)
		for i := begin; i < min(begin+batch, wanted); i += perWorld {
			questions = append(questions, ask(newGenerator(from, uint64(i)), min(perWorld, wanted-i))...)
		}
		for i, pair := range compare(t, oracle, questions) {
			counts[pair.ours]++
			switch why := ""; {
			case pair.agree():
			case pair.incomparable:
				apart++
			case explain(t, oracle, &questions[i], pair, &why):
				explained[why]++
			default:
				unexplained++
				if unexplained <= shown {
					small := reduce(t, oracle, questions[i])
					t.Errorf(
						"seed %d, request %d: package access says %s, the oracle %s\n%s",
						from,
						begin+i,
						pair.ours,
						pair.theirs,
						show(t, oracle, small),
					)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("explained %d: %s", explained[name], name)
	}
	t.Logf(
		"%d requests: %d allowed, %d explicitly denied, %d implicitly denied; %d differ by what is listed, %d cannot "+
			"be compared, %d differ unexplained",
		wanted,
		counts[access.Allowed],
		counts[access.ExplicitlyDenied],
		counts[access.ImplicitlyDenied],
		sum(explained),
		apart,
		unexplained,
	)
	require.Less(t, apart*100, wanted, "more than one request in a hundred cannot be compared")
	require.Zero(t, unexplained)
	for outcome, n := range counts {
		require.Greater(
			t,
			n*10,
			wanted,
			"fewer than a tenth of the requests are %s: the generator tests little",
			outcome,
		)
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// ask makes a world and questions to it.
func ask(g generator, n int) []question {
	w := g.world()
	out := make([]question, n)
	for i := range out {
		out[i] = question{world: w, caller: g.caller()}
		out[i].request = g.request(&out[i].caller)
	}
	return out
}

// pair is what the two say to one question.
type pair struct {
	ours   access.Outcome
	theirs string
	// err is set when package access refuses to decide.
	err error
	// incomparable says that the oracle left keys out of the request that the documents read: it takes the keys of an
	// action that comes with another, such as sts:TagSession, from the list of that action alone, and AWS does not
	// say whether the keys of the call are there.
	incomparable bool
}

func (p pair) agree() bool {
	return p.err == nil && p.theirs == map[access.Outcome]string{
		access.Allowed: "Allowed", access.ExplicitlyDenied: "ExplicitlyDenied", access.ImplicitlyDenied: "ImplicitlyDenied",
	}[p.ours]
}

// compare asks both.
func compare(t testing.TB, oracle process, questions []question) []pair {
	t.Helper()
	lines := make([]line, len(questions))
	for i := range questions {
		lines[i] = translate(&questions[i])
	}
	out := make([]pair, len(questions))
	for i, a := range oracle.ask(t, lines) {
		out[i].theirs = worst(a)
		out[i].incomparable = ignores(&lines[i], a)
		out[i].ours, out[i].err = decide(t, &questions[i])
	}
	return out
}

// ignores reports whether the oracle left out keys that the documents of a line read, for an action that comes with
// another.
func ignores(l *line, a answers) bool {
	for i := 1; i < len(a.Results); i++ {
		if l.Simulations[i].Action == l.Simulations[0].Action {
			continue
		}
		for _, key := range a.Results[i].Ignored {
			for _, document := range l.Documents {
				if strings.Contains(strings.ToLower(string(document)), strings.ToLower(key)) {
					return true
				}
			}
		}
	}
	return false
}

// worst joins the answers to the parts of one request: a request is allowed when every part is.
func worst(a answers) string {
	result := "Allowed"
	for _, r := range a.Results {
		switch {
		case r.Error != "":
			return "error: " + r.Error
		case r.Outcome == "ExplicitlyDenied" || result == "Allowed":
			result = r.Outcome
		}
	}
	return result
}

// engines keeps the engine of the world that was asked last.
var engines = map[*access.World]*access.Engine{}

func decide(t testing.TB, q *question) (access.Outcome, error) {
	t.Helper()
	e, known := engines[q.world]
	if !known {
		var err error
		e, err = access.Compile(*q.world)
		require.NoError(t, err)
		clear(engines)
		engines[q.world] = e
	}
	s, err := q.caller.sessionFor(e)
	require.NoError(t, err)
	d, err := e.Decide(s, q.request)
	return d.Outcome, err
}

// show writes a question with what both say, for the reader of a failure.
func show(t testing.TB, oracle process, q question) string {
	t.Helper()
	var b strings.Builder
	l := translate(&q)
	for i, a := range oracle.ask(t, []line{l})[0].Results {
		s := l.Simulations[i]
		fmt.Fprintf(&b, "oracle: %s on %s: %s%s, ignored %v\n", s.Action, s.Resource, a.Outcome, a.Error, a.Ignored)
		context, _ := json.Marshal(s.Context)
		fmt.Fprintf(&b, "  principal %s, context %s\n", s.Principal, context)
		for _, r := range s.references() {
			if len(l.documents[r.Document].Statements) > 0 {
				fmt.Fprintf(&b, "  %s: %s\n", r.Name, l.Documents[r.Document])
			}
		}
	}
	e, err := access.Compile(*q.world)
	require.NoError(t, err)
	s, err := q.caller.sessionFor(e)
	require.NoError(t, err)
	x, err := e.Explain(s, q.request)
	if err != nil {
		fmt.Fprintf(&b, "package access: %v\n", err)
	} else {
		fmt.Fprintf(&b, "package access:\n%s", x)
	}
	return b.String()
}

// documents are the documents of a question that its decision reads, each with a way to put another in its place.
func documents(q *question) (found []policy.Document, replace func(i int, d policy.Document) question) {
	type slot func(*question) *policy.Document
	var slots []slot
	inline := func(list func(*question) []world.InlinePolicy) {
		for i := range list(q) {
			slots = append(slots, func(q *question) *policy.Document { return &list(q)[i].Document })
		}
	}
	account := q.caller.account
	if q.caller.role != "" {
		inline(func(q *question) []world.InlinePolicy { return accountOf(q.world, account).Roles[0].Inline })
	} else {
		name := q.caller.user
		inline(func(q *question) []world.InlinePolicy { return userOf(accountOf(q.world, account), name).Inline })
		inline(func(q *question) []world.InlinePolicy { return accountOf(q.world, account).Groups[0].Inline })
	}
	slots = append(
		slots,
		func(q *question) *policy.Document { return &accountOf(q.world, people).Policies[0].Document },
	)
	for _, id := range []string{people, members} {
		slots = append(slots, func(q *question) *policy.Document { return &accountOf(q.world, id).Roles[1].Trust })
	}
	if q.caller.limit != nil {
		slots = append(slots, func(q *question) *policy.Document { return q.caller.limit })
	}
	for i, at := range levelsOf(q.world, account) {
		for j := range at.policies {
			slots = append(
				slots,
				func(q *question) *policy.Document { return &levelsOf(q.world, account)[i].policies[j].Document },
			)
		}
	}
	for _, s := range slots {
		found = append(found, *s(q))
	}
	return found, func(i int, d policy.Document) question {
		other := q.clone()
		*slots[i](&other) = d
		return other
	}
}

// clone copies a question deeply enough to change its documents.
func (q *question) clone() question {
	other := *q
	w := *q.world
	w.Accounts = slices.Clone(w.Accounts)
	for i := range w.Accounts {
		a := &w.Accounts[i]
		a.Policies, a.Users, a.Groups, a.Roles = slices.Clone(
			a.Policies,
		), slices.Clone(
			a.Users,
		), slices.Clone(
			a.Groups,
		), slices.Clone(
			a.Roles,
		)
		for j := range a.Users {
			a.Users[j].Inline = slices.Clone(a.Users[j].Inline)
		}
		for j := range a.Groups {
			a.Groups[j].Inline = slices.Clone(a.Groups[j].Inline)
		}
		for j := range a.Roles {
			a.Roles[j].Inline = slices.Clone(a.Roles[j].Inline)
		}
	}
	if w.Organization != nil {
		o := *w.Organization
		o.Root.Policies, o.Root.Units, o.Root.Accounts = slices.Clone(
			o.Root.Policies,
		), slices.Clone(
			o.Root.Units,
		), slices.Clone(
			o.Root.Accounts,
		)
		for i := range o.Root.Accounts {
			o.Root.Accounts[i].Policies = slices.Clone(o.Root.Accounts[i].Policies)
		}
		for i := range o.Root.Units {
			u := &o.Root.Units[i]
			u.Policies, u.Accounts = slices.Clone(u.Policies), slices.Clone(u.Accounts)
			for j := range u.Accounts {
				u.Accounts[j].Policies = slices.Clone(u.Accounts[j].Policies)
			}
		}
		w.Organization = &o
	}
	other.world = &w
	if q.caller.limit != nil {
		limit := *q.caller.limit
		other.caller.limit = &limit
	}
	return other
}

// reduce drops statements, values and conditions as long as the two still differ, so that a failure shows what matters.
func reduce(t testing.TB, oracle process, q question) question {
	t.Helper()
	differs := func(q question) bool {
		p, why := compare(t, oracle, []question{q})[0], ""
		return !p.agree() && !p.incomparable && !explain(t, oracle, &q, p, &why)
	}
	for smaller := true; smaller; {
		smaller = false
		found, replace := documents(&q)
		for i := range found {
			for _, d := range smallerDocuments(found[i]) {
				if other := replace(i, d); differs(other) {
					q, smaller = other, true
					break
				}
			}
			if smaller {
				break
			}
		}
	}
	return q
}

// smallerDocuments are the documents with one statement, condition or value less.
func smallerDocuments(d policy.Document) []policy.Document {
	var out []policy.Document
	with := func(i int, s ...policy.Statement) {
		out = append(
			out,
			policy.Document{Version: d.Version, Statements: slices.Concat(d.Statements[:i:i], s, d.Statements[i+1:])},
		)
	}
	for i, s := range d.Statements {
		with(i)
		for j := range s.Conditions {
			other := s
			other.Conditions = slices.Delete(slices.Clone(s.Conditions), j, j+1)
			with(i, other)
			for k := range s.Conditions[j].Values {
				if len(s.Conditions[j].Values) > 1 {
					other := s
					other.Conditions = slices.Clone(s.Conditions)
					other.Conditions[j].Values = slices.Delete(slices.Clone(s.Conditions[j].Values), k, k+1)
					with(i, other)
				}
			}
		}
		for _, list := range []func(*policy.Statement) *[]string{
			func(s *policy.Statement) *[]string { return &s.Actions }, func(s *policy.Statement) *[]string { return &s.NotActions },
			func(s *policy.Statement) *[]string { return &s.Resources }, func(s *policy.Statement) *[]string { return &s.NotResources },
		} {
			for k := range *list(&s) {
				if len(*list(&s)) > 1 {
					other := s
					*list(&other) = slices.Delete(slices.Clone(*list(&s)), k, k+1)
					with(i, other)
				}
			}
		}
	}
	return out
}

// BenchmarkAgainstOracle decides the same requests by both and reports how many times faster package access is. The
// oracle's time is that of its evaluations alone, measured in its own process.
func BenchmarkAgainstOracle(b *testing.B) {
	oracle := start(b)
	questions := ask(newGenerator(seed, 0), 200)
	lines := make([]line, len(questions))
	for i := range questions {
		lines[i] = translate(&questions[i])
	}
	oracle.ask(b, lines)
	theirs := elapsed(oracle.ask(b, lines)) / 200
	e, err := access.Compile(*questions[0].world)
	require.NoError(b, err)
	sessions := make([]access.Session, len(questions))
	for i := range questions {
		sessions[i], err = questions[i].caller.sessionFor(e)
		require.NoError(b, err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := e.Decide(sessions[i], questions[i].request); err != nil {
			b.Fatal(err)
		}
		i = (i + 1) % len(questions)
	}
	ours := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(float64(theirs.Nanoseconds()), "oracle-ns/decision")
	b.ReportMetric(float64(theirs.Nanoseconds())/ours, "times-faster")
}
