package search

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/policy"
)

// ownerConditions are conditions on the owner of a resource: every key, operator and value that tells owners apart.
func ownerConditions() []policy.Condition {
	const other = "444455556666"
	var all []policy.Condition
	for _, op := range []policy.BaseOperator{policy.OpStringEquals, policy.OpStringNotEquals, policy.OpStringLike} {
		for _, exists := range []bool{false, true} {
			operator := policy.Operator{Base: op, IfExists: exists}
			for _, values := range [][]string{
				{fixture.People}, {other}, {other, fixture.People}, {"${aws:PrincipalAccount}"}, {"1111*"}, {"4444*"},
			} {
				all = append(all, policy.Is(operator, "aws:ResourceAccount", values...))
			}
			for _, values := range [][]string{{"o-exampleorgid"}, {"o-other"}, {"${aws:PrincipalOrgID}"}, {"o-*"}} {
				all = append(all, policy.Is(operator, "aws:ResourceOrgID", values...))
			}
		}
	}
	for _, quantifier := range []policy.Quantifier{policy.ForAnyValue, policy.ForAllValues} {
		for _, path := range []string{"o-exampleorgid/*", "o-other/*"} {
			like := policy.Operator{Quantifier: quantifier, Base: policy.OpStringLike}
			all = append(all, policy.Is(like, "aws:ResourceOrgPaths", path))
		}
	}
	for _, key := range []string{"aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"} {
		all = append(all, policy.Present(key), policy.Absent(key))
	}
	return all
}

// What an ARN says of the owner of a resource is what its conditions are held against: a search finds a request on it
// exactly where the evaluator allows one, and never one that is denied by itself. That holds for an Allow and for a
// Deny with the condition.
func TestTheOwnerOfAResourceIsTheAccountOfItsARN(t *testing.T) {
	requests := map[string]policy.Statement{}
	for action, rest := range map[string]string{
		"iam:CreateAccessKey": "iam::" + fixture.People + ":user/eve",
		"ec2:StopInstances":   "ec2:us-east-1:" + fixture.People + ":instance/i-0123456789abcdef0",
		"sqs:SendMessage":     "sqs:us-east-1:" + fixture.People + ":queue",
	} {
		requests["arn:aws:"+rest] = policy.Allow("", action).On("arn:aws:" + rest)
	}
	for i, condition := range ownerConditions() {
		for _, statements := range [][]policy.Statement{
			{policy.Allow("", "*").On("*").When(condition)},
			{allowed, policy.Deny("", "*").On("*").When(condition)},
		} {
			w := underOrganization(fixture.OneUser(statements...), policy.New(allowed))
			e := fixture.Compiled(t, w)
			s := engine.ConsoleWithMFA(fixture.UserARN("bob"), model.SomeAge)
			for arn, forbidden := range requests {
				decision := fixture.Decide(t, e, s, engine.Request{
					Action: forbidden.Actions[0], Resources: engine.On(arn),
				})
				a := asked(t, w, forbidden)
				what := fmt.Sprintf("%d: %v on %s", i, statements, arn)
				assert.Equal(t, decision.Allowed(), a.Open, what)
				assert.True(t, !a.Open || a.Witness.Real, "a false alarm: "+what)
			}
		}
	}
}

// A request without a resource is of no other account than the caller's.
func TestARequestWithoutAResourceIsOfNoOtherAccount(t *testing.T) {
	w := fixture.OneUser(policy.Allow("", "*").On("*").When(policy.StringEquals("aws:ResourceAccount", "444455556666")))
	assert.False(t, asked(t, w, policy.Allow("", "iam:CreateAccountAlias").On("*")).Open)
}

// Requests of some actions do not say whose their resource is: what a condition on the owner does with an absent key,
// it does there, and the search finds each request that the evaluator then allows.
func TestActionsThatTellNoOwnerAreNotShutByOne(t *testing.T) {
	for _, action := range conditionkey.WithoutOwner() {
		if name, all := strings.CutSuffix(action, "*"); all {
			action = name + "GetSnapshotBlock"
		}
		_, known := catalogue.KnownAction(action)
		assert.True(t, known, action)
		assert.False(t, conditionkey.TellsOwner(action))
	}
	assert.True(t, conditionkey.TellsOwner("ec2:StopInstances"))
	found := 0
	for action, rest := range map[string]string{
		"ec2:CreateVolume":               "ec2:us-east-1:" + fixture.People + ":volume/vol-0123456789abcdef0",
		"ec2:AcceptVpcPeeringConnection": "ec2:us-east-1:" + fixture.People + ":vpc/vpc-0123456789abcdef0",
		"events:PutEvents":               "events:us-east-1:" + fixture.People + ":event-bus/default",
	} {
		forbidden := policy.Allow("", action).On("arn:aws:" + rest)
		for i, condition := range ownerConditions() {
			for _, statements := range [][]policy.Statement{
				{policy.Allow("", "*").On("*").When(condition)},
				{allowed, policy.Deny("", "*").On("*").When(condition)},
			} {
				w := underOrganization(fixture.OneUser(statements...), policy.New(allowed))
				s := engine.ConsoleWithMFA(fixture.UserARN("bob"), model.SomeAge)
				if !fixture.Decide(t, fixture.Compiled(t, w), s, engine.Request{
					Action: action, Resources: engine.On("arn:aws:" + rest),
				}).Allowed() {
					continue
				}
				found++
				a := asked(t, w, forbidden)
				assert.True(t, a.Open && a.Witness.Real, "%d: %v of %s", i, statements, action)
			}
		}
	}
	assert.Greater(t, found, 100)
}
