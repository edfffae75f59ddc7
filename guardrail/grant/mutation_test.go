package grant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/policy"
)

// answers are what is possible with the role of a grant, and for whom: at each bound of its window, for its person and
// for others, on nodes of each project.
func (t openings) answers(tb testing.TB, w access.World, g *grant.Args) string {
	tb.Helper()
	engine, err := access.Compile(w)
	if err != nil {
		return "refused: " + err.Error()
	}
	var b strings.Builder
	say := func(what string, allowed bool) { fmt.Fprintf(&b, "%s: %t\n", what, allowed) }
	moments := []time.Time{
		from.Add(-time.Second), from, from.Add(time.Second), until.Add(-time.Second), until, until.Add(time.Second),
	}
	portal := access.IdentityCenter(t.sets[0].RoleARN(work), "dave")
	user := func(name string) string { return policy.AWS.UserARN(home, "/", name) }
	callers := map[string]access.Session{
		"bob":             access.ConsoleWithMFA(user("bob"), time.Minute),
		"bob without MFA": access.Console(user("bob")),
		"bob with a key": access.LongTermKey(
			user("bob"),
		),
		"bob of yesterday":    access.ConsoleWithMFA(user("bob"), 30*time.Hour),
		"bob of this morning": access.ConsoleWithMFA(user("bob"), 2*time.Hour),
		"alice":               access.ConsoleWithMFA(user("alice"), time.Minute),
		"dave":                portal.WithUserID(daveID),
		"erin":                portal.WithUserID(erinID),
		"nobody":              portal,
		"an application":      access.AssumedRole(policy.AWS.RoleARN(work, "/", "application"), "dave"),
	}
	for _, at := range moments {
		arrival, err := journey.Walk(engine, t.way(g, at))
		require.NoError(tb, err)
		say("the way at "+at.Format(time.RFC3339), arrival.Allowed())
		for _, caller := range slices.Sorted(mapKeys(callers)) {
			for _, name := range []string{"bob", "dave", "alice"} {
				r := access.AssumeRole(g.RoleARN(), name)
				r.Time = at
				if caller == "an application" {
					r.Context["identitystore:UserId"] = []string{daveID}
				}
				decision, err := engine.Decide(callers[caller].IssuedAt(from.Add(-time.Hour)), r)
				require.NoError(tb, err)
				say(caller+" as "+name+" at "+at.Format(time.RFC3339), decision.Allowed())
			}
		}
		issued := access.AssumedRole(g.RoleARN(), "bob").IssuedAt(from)
		for _, action := range []string{"ec2:RebootInstances", "ec2:StopInstances", "ssm:DescribeSessions"} {
			for _, project := range []string{"shop", "billing", "other", ""} {
				r := access.Request{Action: action, Time: at}
				if action != "ssm:DescribeSessions" {
					r.Resources = []access.Resource{
						{
							ARN: policy.AWS.InstanceARN(
								region,
								work,
								"i-0123456789abcdef0",
							),
							Tags: []world.Tag{{Key: "Project", Value: project}},
						},
					}
				}
				decision, err := engine.Decide(issued, r)
				require.NoError(tb, err)
				say(action+" on "+project+" at "+at.Format(time.RFC3339), decision.Allowed())
			}
		}
	}
	return b.String()
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// weaker are the documents that one has with a part left out or widened, each with what was done.
func weaker(d policy.Document) map[string]policy.Document {
	all := map[string]policy.Document{}
	with := func(what string, i int, change func(*policy.Statement)) {
		statements := slices.Clone(d.Statements)
		change(&statements[i])
		all[statements[i].Sid+": "+what] = policy.New(statements...)
	}
	for i, s := range d.Statements {
		all[s.Sid+" left out"] = policy.New(slices.Delete(slices.Clone(d.Statements), i, i+1)...)
		for k, c := range s.Conditions {
			with("without "+c.Key+" "+strings.Join(c.Values, " "), i, func(s *policy.Statement) {
				s.Conditions = slices.Delete(slices.Clone(s.Conditions), k, k+1)
			})
		}
		for k, action := range s.Actions {
			if len(s.Actions) > 1 {
				with(
					"without "+action,
					i,
					func(s *policy.Statement) { s.Actions = slices.Delete(slices.Clone(s.Actions), k, k+1) },
				)
			}
		}
		if s.Effect == policy.EffectAllow && len(s.Resources) > 0 && !slices.Contains(s.Resources, "*") {
			with("on everything", i, func(s *policy.Statement) { s.Resources = []string{"*"} })
		}
	}
	return all
}

// equivalent are changes that change nothing: a session without MFA has no age of it, and the Deny of operation-guard
// says
// of reboots what their Allow says.
var equivalent = []string{
	"NamedUsersWithRecentMFA: without aws:MultiFactorAuthPresent",
	"RebootInstancesOfOwnProject: on everything",
	"RebootInstancesOfOwnProject: without aws:ResourceTag/Project",
}

// Every part of the documents that a grant has of its own, for each kind of grant and of person, is held by a question:
// its trust policy, the Denies of its window, and what reboots.
func TestEveryPartOfAGrantIsHeldByAQuestion(t *testing.T) {
	shop := newTemplate()
	for _, g := range shop.grants(from, until) {
		w := shop.world([]*grant.Args{g})
		w.Accounts[1].Roles = append(w.Accounts[1].Roles, world.Role{
			Name: "application",
			Path: "/",
			Trust: policy.New(
				policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals(policy.AWS.RootARN(work))),
			),
			Inline: []world.InlinePolicy{
				{Name: "everything", Document: policy.New(policy.Allow("Everything", "*").On("*"))},
			},
		})
		own := slices.IndexFunc(w.Accounts[1].Roles, func(r world.Role) bool { return r.Name == g.RoleName() })
		require.GreaterOrEqual(t, own, 0)
		role := w.Accounts[1].Roles[own]
		want := shop.answers(t, w, g)
		tried := 0
		hold := func(what string, changed world.Role) {
			t.Helper()
			if slices.ContainsFunc(equivalent, func(e string) bool { return strings.Contains(what, e) }) {
				return
			}
			tried++
			roles := slices.Clone(w.Accounts[1].Roles)
			roles[own] = changed
			accounts := slices.Clone(w.Accounts)
			accounts[1].Roles = roles
			other := w
			other.Accounts = accounts
			assert.True(
				t,
				want != shop.answers(t, other, g),
				"%s of %s: %s: no answer changes",
				g.Opens,
				g.Person,
				what,
			)
		}
		for what, document := range weaker(role.Trust) {
			changed := role
			changed.Trust = document
			hold("trust policy: "+what, changed)
		}
		for i, inline := range role.Inline {
			if inline.Name != g.Fence() && inline.Name != guardrail.RebootPolicyName {
				continue
			}
			document := inline.Document
			if inline.Name == g.Fence() { // The other Denies of OS access are held elsewhere.
				document = policy.New(document.Statements[:2]...)
			}
			for what, weak := range weaker(document) {
				if inline.Name == g.Fence() {
					weak = policy.New(append(weak.Statements, inline.Document.Statements[2:]...)...)
				}
				changed := role
				changed.Inline = slices.Clone(role.Inline)
				changed.Inline[i].Document = weak
				hold(inline.Name+": "+what, changed)
			}
		}
		assert.Greater(t, tried, 5, "%s of %s", g.Opens, g.Person)
	}
}
