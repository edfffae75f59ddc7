package scp_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
)

// someStatement is a Deny of some size with a Sid of its own.
func someStatement(sid string, size int) policy.Statement {
	return policy.Deny(sid, "ssm:"+strings.Repeat("A", max(1, size))).On("*")
}

// someGuardrail is a guardrail of up to twelve statements of very different sizes, none too large for a policy of
// limit bytes.
func someGuardrail(t *rapid.T, limit int) scp.Guardrail {
	g := scp.Guardrail{Word: "some", Name: "some"}
	for i := range rapid.IntRange(1, 12).Draw(t, "statements") {
		g.Statements = append(
			g.Statements,
			someStatement(fmt.Sprintf("S%d", i), rapid.IntRange(1, limit-120).Draw(t, "size")),
		)
	}
	return g
}

// sidsByPolicy are the Sids of each policy.
func sidsByPolicy(k scp.Packing) map[string][]string {
	out := map[string][]string{}
	for _, box := range k.Boxes {
		for _, s := range box.Statements {
			out[box.Name] = append(out[box.Name], s.Sid)
		}
	}
	return out
}

// places are the policies of each Sid: what Plan.Placement records.
func places(k scp.Packing) map[string][]string {
	out := map[string][]string{}
	for _, box := range k.Boxes {
		for _, s := range box.Statements {
			out[s.Sid] = append(out[s.Sid], box.Name)
		}
	}
	return out
}

// holds wants every statement of the guardrail once, as it was, and every policy within the limit and in order.
func holds(t require.TestingT, g scp.Guardrail, k scp.Packing, limit int) {
	require.Empty(t, k.TooLarge)
	count := map[string]int{}
	for _, box := range k.Boxes {
		require.NotEmpty(t, box.Statements)
		require.LessOrEqual(t, policy.New(box.Statements...).Bytes(), limit)
		last := -1
		for _, s := range box.Statements {
			at := g.Order(s)
			require.GreaterOrEqual(t, at, 0)
			require.Equal(t, policy.New(g.Statements[at]).JSON(), policy.New(s).JSON())
			require.Greater(t, at, last)
			last = at
			count[s.Sid]++
		}
	}
	for _, s := range g.Statements {
		require.Equal(t, 1, count[s.Sid], s.Sid)
	}
}

// However large the statements are, each of them is in one policy, none is lost, and no policy is over the quota.
func TestEveryStatementIsPackedOnceAndNoPolicyIsOverTheQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(300, 2000).Draw(t, "limit")
		g := someGuardrail(t, limit)
		k := scp.Pack(g, limit, nil)
		holds(t, g, k, limit)
		require.Equal(t, k.Boxes, scp.Pack(g, limit, nil).Boxes, "the same at every run")
		require.Empty(t, k.Moves)
	})
}

// A statement that is added, wherever in the guardrail, moves no other one whose place is recorded; one that goes
// away moves none either.
func TestNoStatementMovesWhenAnotherComesOrGoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(300, 2000).Draw(t, "limit")
		g := someGuardrail(t, limit)
		before := places(scp.Pack(g, limit, nil))

		more := g
		more.Statements = slices.Insert(
			slices.Clone(g.Statements),
			rapid.IntRange(0, len(g.Statements)).Draw(t, "where"),
			someStatement("New", rapid.IntRange(1, limit-120).Draw(t, "new")),
		)
		k := scp.Pack(more, limit, before)
		holds(t, more, k, limit)
		after := places(k)
		for sid, where := range before {
			require.Equal(t, where, after[sid], sid)
		}
		require.Empty(t, k.Moves)

		fewer := g
		fewer.Statements = without(g.Statements, rapid.IntRange(0, len(g.Statements)-1).Draw(t, "gone"))
		k = scp.Pack(fewer, limit, before)
		for _, s := range fewer.Statements {
			require.Equal(t, before[s.Sid], places(k)[s.Sid])
		}
	})
}

// When statements grow, those that do not fit any more move to later policies alone, each move is said, and nothing
// else moves. Policies are updated the last one first, so that a statement is in its new policy before it leaves the
// old one.
func TestAStatementThatMustMoveMovesToALaterPolicy(t *testing.T) {
	moves := 0
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(300, 2000).Draw(t, "limit")
		g := someGuardrail(t, limit)
		before := places(scp.Pack(g, limit, nil))
		grown := g
		grown.Statements = slices.Clone(g.Statements)
		for i := range grown.Statements {
			if rapid.Bool().Draw(t, "grows") {
				grown.Statements[i] = someStatement(
					grown.Statements[i].Sid,
					rapid.IntRange(1, limit-120).Draw(t, "size"),
				)
			}
		}
		k := scp.Pack(grown, limit, before)
		holds(t, grown, k, limit)
		after := places(k)
		moved := map[string]scp.PlannedMove{}
		for _, m := range k.Moves {
			moved[m.Sid] = m
			moves++
		}
		for sid, where := range before {
			m, said := moved[sid]
			if !said {
				require.Equal(t, where, after[sid], sid)
				continue
			}
			require.Equal(t, []string{m.From}, where)
			require.Equal(t, []string{m.To}, after[sid])
			from, _ := scp.BoxNumber("some", m.From)
			to, _ := scp.BoxNumber("some", m.To)
			require.Greater(t, to, from)
			require.Equal(t, []string{
				"step 1: " + sid + " is put into " + m.To + ", which is attached",
				"step 2: " + sid + " is taken out of " + m.From,
			}, m.Steps())
		}
	})
	require.Greater(t, moves, 20, "test bug: hardly anything moves")
}

// A statement can stand in two policies for one deployment, which is how it moves to an earlier one without a gap.
func TestAStatementCanStandInTwoPolicies(t *testing.T) {
	g := scp.Guardrail{
		Word:       "some",
		Name:       "some",
		Statements: []policy.Statement{someStatement("A", 10), someStatement("B", 10)},
	}
	k := scp.Pack(g, 1000, map[string][]string{"B": {"guardrails-some", "guardrails-some-2"}})
	assert.Equal(t, map[string][]string{"guardrails-some": {"A", "B"}, "guardrails-some-2": {"B"}}, sidsByPolicy(k))
	assert.Equal(t, []string{"B"}, k.Doubled)
	k = scp.Pack(g, 1000, map[string][]string{"B": {"guardrails-some-2"}})
	assert.Equal(t, map[string][]string{"guardrails-some": {"A"}, "guardrails-some-2": {"B"}}, sidsByPolicy(k))
	assert.Empty(t, k.Doubled)
	assert.True(t, k.Unplaced, "the place of A is not recorded")
}

// Names of policies are those of their guardrail, and nothing else is taken for one.
func TestPoliciesAreNamedAfterTheirGuardrail(t *testing.T) {
	for n := range 12 {
		got, ok := scp.BoxNumber("os-access-only", scp.BoxName("os-access-only", n))
		assert.True(t, ok)
		assert.Equal(t, n, got)
	}
	for _, name := range []string{"", "guardrails-", "guardrails-os-access-only-", "guardrails-os-access-only-1", "guardrails-os-access-only-02", "guardrails-os-access-only-2x", "os-access-only", "guardrails-os-access-only--2"} {
		_, ok := scp.BoxNumber("os-access-only", name)
		assert.False(t, ok, name)
	}
}

// What an admin starts with fits the quotas of today, and those before May 2026 as well; every switch fits today's.
func TestTheGuardrailsFitTheQuotas(t *testing.T) {
	for name, c := range map[string]struct {
		args *scp.Args
		old  bool
	}{
		"shipped, today": {organizationFixture(policy.AWS), false}, "shipped, before": {organizationFixture(policy.AWS),
			true},
		"shipped, GovCloud": {organizationFixture(policy.AWSUSGov), true},
		"full, today": {everySwitch(organizationFixture(policy.AWS)),
			false}, "full, before": {everySwitch(organizationFixture(policy.AWS)), true},
	} {
		if c.old {
			c.args.Quotas.SCP, c.args.Quotas.SCPsPerTarget = 5120, 5
			// With every switch the protection alone takes three of the five.
			if len(c.args.JustInTimeAccounts) > 0 {
				c.args.MemberRoot.Targets = []string{workloads}
			}
		}
		require.NoError(t, c.args.Validate(), name)
		plan, err := c.args.Plan()
		require.NoError(t, err, name)
		for _, p := range plan.Policies {
			assert.LessOrEqual(t, p.Document.Bytes(), c.args.Quotas.WithDefaults().SCP, name)
		}
		for _, l := range plan.Targets {
			assert.LessOrEqual(t, l.Count(), c.args.Quotas.WithDefaults().SCPsPerTarget, name)
		}
	}
}

// Over the quota is refused with the numbers and with what weighs most.
func TestOverTheQuotaIsRefusedWithNumbers(t *testing.T) {
	a := organizationFixture(policy.AWS)
	a.Quotas.SCP = 600
	err := a.Validate()
	require.ErrorContains(
		t,
		err,
		"protectGuardrails: statement DenyChangingGuardedRoles alone has 633 bytes, and a service control policy "+
			"takes 600: its resources have ",
	)

	a = organizationFixture(policy.AWS)
	a.Attached = map[string]int{rootUnit: 8}
	require.EqualError(
		t,
		a.Validate(),
		"r-exam (Root) would carry 11 service control policies, and the quota is 10: 8 of others (FullAWSAccess "+
			"among them), "+
			"guardrails-protect-guardrails, guardrails-console-passwords, guardrails-member-root; attach some of them "+
			"to units below, or merge policies",
	)
	a.Attached[rootUnit] = 7
	require.NoError(t, a.Validate())

	// A thousand roles that are exempt make one statement too large, and its name is said.
	a = organizationFixture(policy.AWS)
	for i := range 300 {
		a.OSAccessOnly.Exempt = append(a.OSAccessOnly.Exempt, fmt.Sprintf("role/Scanner-number-%03d", i))
	}
	err = a.Validate()
	require.ErrorContains(t, err, "osAccessOnly: statement DenySessionsButForGuardedRoles alone has ")
	require.ErrorContains(t, err, "; exempt and protect fewer roles, or use patterns for them")
}

// What the plan says to record keeps every statement where it is.
func TestTheRecordedPlacementChangesNothing(t *testing.T) {
	a := everySwitch(organizationFixture(policy.AWS))
	a.Quotas.SCP = 5120
	plan, err := a.Plan()
	require.NoError(t, err)
	require.True(t, plan.Unplaced)
	placement := plan.Placement()
	require.Len(t, slices.Collect(maps.Keys(placement)), len(a.ProtectStatements()))
	a.Placement = placement
	require.NoError(t, a.Validate())
	again, err := a.Plan()
	require.NoError(t, err)
	assert.Equal(t, plan.Policies, again.Policies)
	assert.False(t, again.Unplaced)
	assert.Empty(t, again.Moves)

	// More people move the last statement of a full policy on, and the notice says how.
	for i := range 60 {
		a.Tree.Accounts = append(a.Tree.Accounts, fmt.Sprintf("%d00000000000", 100+i)[:12])
		a.ProtectGuardrails.PeopleAccounts = append(
			a.ProtectGuardrails.PeopleAccounts,
			fmt.Sprintf("%d00000000000", 100+i)[:12],
		)
	}
	require.NoError(t, a.Validate())
	moved, err := a.Plan()
	require.NoError(t, err)
	require.NotEmpty(t, moved.Moves)
	assert.True(t, strings.HasPrefix(moved.Moves[0].From, "guardrails-protect-guardrails"), moved.Moves[0].From)
	assert.Contains(
		t,
		fmt.Sprint(a.Notices(nil)),
		moved.Moves[0].Sid+" does not fit into "+moved.Moves[0].From+" any more: step 1: ",
	)
}

func without[T any](values []T, i int) []T { return slices.Delete(slices.Clone(values), i, i+1) }
