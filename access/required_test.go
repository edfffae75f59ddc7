package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

// allOf are what a policy writes to allow a call on the types of a need, in one Region of the account of the tests.
func allOf(n *need) []string {
	var on []string
	for _, form := range n.forms {
		on = append(on, "arn:aws"+placeholders(form, tokyo, people, "*")[len("arn:*"):])
	}
	return on
}

// everywhere are the patterns for every Region and account.
func everywhere(on []string) []string {
	out := slices.Clone(on)
	for i := range out {
		out[i] = strings.NewReplacer(":"+tokyo+":", ":*:", ":"+people+":", ":*:").Replace(out[i])
	}
	return out
}

// severalNeeds are the doors that name several resources, and some other calls that do.
func severalNeeds(t *testing.T) []doorNeed {
	t.Helper()
	all := slices.Clone(doorNeeds())
	for _, action := range []string{"sso:CreateAccountAssignment", "ec2:AttachVolume", "glue:GetTable", "ssm:UpdateManagedInstanceRole"} {
		at, known := catalogue().find(action)
		require.True(t, known, action)
		if !slices.ContainsFunc(all, func(d doorNeed) bool { return d.action == action }) {
			all = append(all, doorNeed{action, needsOf(at)})
		}
	}
	return all
}

// idsHoldOtherTypes are calls of which a pattern on one type also matches an ARN of another, whose id has the words of the first in it, because * of IAM takes
// slashes and colons. Such a call counts as open where one type alone is allowed: more than there is, never less.
var idsHoldOtherTypes = map[string]bool{"braket:CreateJob": true, "cleanrooms-ml:StartTrainedModelInferenceJob": true}

// A call that names several resources is open only where each of them is allowed: leave one group out and there is no such call, whatever else is allowed;
// allow all and the call of the witness is allowed by the evaluator too.
func TestACallIsOpenWhereEachOfItsResourcesIsAllowed(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range severalNeeds(t) {
		seen[d.action] = true
		require.Greater(t, len(d.needs), 1, d.action)
		forbidden := policy.Allow("", d.action).On("*")
		var all []string
		for i := range d.needs {
			all = append(all, allOf(&d.needs[i])...)
		}
		whole := asked(t, oneUser(policy.Allow("All", d.action).On(all...)), forbidden)
		if assert.True(t, whole.open, d.action) {
			assert.True(t, whole.witness.real, "%s: %s", d.action, whole.witness.doubt)
		}
		for out := range d.needs {
			if idsHoldOtherTypes[d.action] {
				continue
			}
			var on []string
			for i := range d.needs {
				if i != out {
					on = append(on, allOf(&d.needs[i])...)
				}
			}
			if slices.ContainsFunc(on, func(pattern string) bool {
				return d.needs[out].named(strings.ReplaceAll(pattern, "*", "x")) || slices.ContainsFunc(allOf(&d.needs[out]), func(form string) bool { return MatchARN(pattern, strings.ReplaceAll(form, "*", "x")) })
			}) {
				continue // The ARNs of one type are ARNs of the other: an endpoint stands below its runtime.
			}
			// A bucket is no resource that any of these calls needs.
			on = append(on, "arn:aws:s3:::logs")
			a := asked(t, oneUser(policy.Allow("Part", d.action).On(on...)), forbidden)
			assert.False(t, a.open || a.gaveUp, "%s without %s: %s", d.action, d.needs[out].words(), a.witness.doubt)
			assert.False(t, a.denied, "%s: another policy can still open it", d.action)
			shut := asked(t, oneUser(policy.Allow("All", "*").On("*"), policy.Deny("Part", d.action).On(everywhere(allOf(&d.needs[out]))...)), forbidden)
			if !slices.Contains(d.needs[out].types, "document") {
				assert.False(t, shut.open, "%s with %s denied", d.action, d.needs[out].words())
			}
		}
	}
	for _, action := range []string{"ssm:StartSession", "ssm:SendCommand", "ssm:CreateAssociation", "ecs:ExecuteCommand", "ec2:RunInstances"} {
		assert.True(t, seen[action], action)
	}
}

// The evaluator allows no call of a door that leaves out a resource: the call does not exist, so the answer is an error that says what to add. What denies a part
// denies the whole.
func TestTheEvaluatorAllowsNoPartOfADoor(t *testing.T) {
	open, shut := compiled(t, oneUser(policy.Allow("All", "*").On("*"))), compiled(t, oneUser())
	bob := ConsoleWithMFA(userARN("bob"), someAge)
	for _, d := range doorNeeds() {
		require.NotEqual(t, doors.Access, doors.ClassOf(d.action))
		request := func(out int) Request {
			r := Request{Action: d.action, Context: Context{"aws:RequestedRegion": {tokyo}}}
			for i, n := range d.needs {
				if i != out {
					arn := placeholders(n.forms[0], tokyo, people, "x")
					r.Resources = append(r.Resources, Resource{ARN: "arn:aws" + arn[len("arn:*"):], Tags: []Tag{}})
				}
			}
			return r
		}
		got, err := open.Decide(bob, request(-1))
		require.NoError(t, err, d.action)
		assert.True(t, got.Allowed(), "%s: %s", d.action, got)
		for out := range d.needs {
			part := request(out)
			if slices.ContainsFunc(part.Resources, func(r Resource) bool { return d.needs[out].named(r.ARN) }) {
				continue
			}
			_, err := open.Decide(bob, part)
			assert.ErrorContains(t, err, "names no ", d.action)
			if d.action != "ssm:StartSession" {
				got, err := shut.Decide(bob, part)
				require.NoError(t, err, d.action)
				assert.False(t, got.Allowed(), d.action)
			}
		}
	}
}

// In an audit, commands that are allowed on a bucket alone are no door of a member.
func TestCommandsOnABucketAloneAreNoDoor(t *testing.T) {
	for on, verdict := range map[string]Verdict{"arn:aws:s3:::logs": Holds, "*": DoesNotHold} {
		w := oneUser(policy.Allow("p", "ssm:SendCommand").On(on).When(policy.Bool("aws:MultiFactorAuthPresent", true)))
		r, err := Prove(compiled(t, w), Intent{Account: people, Members: []string{userARN("bob")}})
		require.NoError(t, err)
		found := false
		for _, f := range r.Findings {
			if f.ID == "doors-through-roles-only" {
				found = true
				assert.Equal(t, verdict, f.Verdict, "%s: %s", on, f)
			}
		}
		assert.True(t, found)
	}
}
