package search

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/needs"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// allOf are what a policy writes to allow a call on the types of a need, in one Region of the account of the tests.
func allOf(n *needs.Need) []string {
	var on []string
	for _, form := range n.Forms {
		on = append(on, "arn:aws"+needs.Placeholders(form, fixture.Tokyo, fixture.People, "*")[len("arn:*"):])
	}
	return on
}

// everywhere are the patterns for every Region and account.
func everywhere(on []string) []string {
	out := slices.Clone(on)
	for i := range out {
		out[i] = strings.NewReplacer(":"+fixture.Tokyo+":", ":*:", ":"+fixture.People+":", ":*:").Replace(out[i])
	}
	return out
}

// severalNeeds are the doors that name several resources, and some other calls that do.
func severalNeeds(t *testing.T) []needs.Door {
	t.Helper()
	all := slices.Clone(needs.OfDoors())
	for _, action := range []string{"sso:CreateAccountAssignment", "ec2:AttachVolume", "glue:GetTable", "ssm:UpdateManagedInstanceRole"} {
		at, known := catalogue.Catalogue().Find(action)
		require.True(t, known, action)
		if !slices.ContainsFunc(all, func(d needs.Door) bool { return d.Action == action }) {
			all = append(all, needs.Door{Action: action, Needs: needs.Of(at)})
		}
	}
	return all
}

// idsHoldOtherTypes are calls of which a pattern on one type also matches an ARN of another, whose id has the words
// of the first in it, because * of IAM takes slashes and colons. Such a call counts as open where one type alone is
// allowed: more than there is, never less.
var idsHoldOtherTypes = map[string]bool{"braket:CreateJob": true, "cleanrooms-ml:StartTrainedModelInferenceJob": true}

// A call that names several resources is open only where each of them is allowed: leave one group out and there is no
// such call, whatever else is allowed; allow all and the call of the witness is allowed by the evaluator too.
func TestACallIsOpenWhereEachOfItsResourcesIsAllowed(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range severalNeeds(t) {
		seen[d.Action] = true
		require.Greater(t, len(d.Needs), 1, d.Action)
		forbidden := policy.Allow("", d.Action).On("*")
		var all []string
		for i := range d.Needs {
			all = append(all, allOf(&d.Needs[i])...)
		}
		whole := asked(t, fixture.OneUser(policy.Allow("All", d.Action).On(all...)), forbidden)
		if assert.True(t, whole.Open, d.Action) {
			assert.True(t, whole.Witness.Real, "%s: %s", d.Action, whole.Witness.Doubt)
		}
		for out := range d.Needs {
			if idsHoldOtherTypes[d.Action] {
				continue
			}
			var on []string
			for i := range d.Needs {
				if i != out {
					on = append(on, allOf(&d.Needs[i])...)
				}
			}
			if slices.ContainsFunc(on, func(pattern string) bool {
				return d.Needs[out].Named(strings.ReplaceAll(pattern, "*", "x")) ||
					slices.ContainsFunc(
						allOf(&d.Needs[out]),
						func(form string) bool {
							return wildcard.MatchARN(pattern,
								strings.ReplaceAll(form, "*", "x"))
						},
					)
			}) {
				continue // The ARNs of one type are ARNs of the other: an endpoint stands below its runtime.
			}
			// A bucket is no resource that any of these calls needs.
			on = append(on, "arn:aws:s3:::logs")
			a := asked(t, fixture.OneUser(policy.Allow("Part", d.Action).On(on...)), forbidden)
			assert.False(t, a.Open || a.GaveUp, "%s without %s: %s", d.Action, d.Needs[out].Words(), a.Witness.Doubt)
			assert.False(t, a.Denied, "%s: another policy can still open it", d.Action)
			shut := asked(
				t,
				fixture.OneUser(
					policy.Allow("All", "*").On("*"),
					policy.Deny("Part", d.Action).On(everywhere(allOf(&d.Needs[out]))...),
				),
				forbidden,
			)
			if !slices.Contains(d.Needs[out].Types, "document") {
				assert.False(t, shut.Open, "%s with %s denied", d.Action, d.Needs[out].Words())
			}
		}
	}
	for _, action := range []string{"ssm:StartSession", "ssm:SendCommand", "ssm:CreateAssociation", "ecs:ExecuteCommand", "ec2:RunInstances"} {
		assert.True(t, seen[action], action)
	}
}

// The evaluator allows no call of a door that leaves out a resource: the call does not exist, so the answer is an
// error that says what to add. What denies a part denies the whole.
func TestTheEvaluatorAllowsNoPartOfADoor(t *testing.T) {
	open, shut := fixture.Compiled(
		t,
		fixture.OneUser(policy.Allow("All", "*").On("*")),
	), fixture.Compiled(
		t,
		fixture.OneUser(),
	)
	bob := engine.ConsoleWithMFA(fixture.UserARN("bob"), model.SomeAge)
	for _, d := range needs.OfDoors() {
		require.NotEqual(t, doors.Access, doors.ClassOf(d.Action))
		request := func(out int) engine.Request {
			r := engine.Request{Action: d.Action, Context: engine.Context{"aws:RequestedRegion": {fixture.Tokyo}}}
			for i, n := range d.Needs {
				if i != out {
					arn := needs.Placeholders(n.Forms[0], fixture.Tokyo, fixture.People, "x")
					r.Resources = append(
						r.Resources,
						engine.Resource{ARN: "arn:aws" + arn[len("arn:*"):], Tags: []world.Tag{}},
					)
				}
			}
			return r
		}
		got, err := open.Decide(bob, request(-1))
		require.NoError(t, err, d.Action)
		assert.True(t, got.Allowed(), "%s: %s", d.Action, got)
		for out := range d.Needs {
			part := request(out)
			if slices.ContainsFunc(part.Resources, func(r engine.Resource) bool { return d.Needs[out].Named(r.ARN) }) {
				continue
			}
			_, err := open.Decide(bob, part)
			assert.ErrorContains(t, err, "names no ", d.Action)
			if d.Action != "ssm:StartSession" {
				got, err := shut.Decide(bob, part)
				require.NoError(t, err, d.Action)
				assert.False(t, got.Allowed(), d.Action)
			}
		}
	}
}
