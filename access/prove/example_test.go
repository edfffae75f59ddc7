package prove_test

import (
	"fmt"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A claim of your own: bob never stops the instance of somebody else. The first world lets him, and Prove shows the
// request; with a Deny the claim holds for every request that AWS can have.
func ExampleProve() {
	bob := world.User{Name: "bob"}
	bob.Inline = []world.InlinePolicy{
		{Name: "work", Document: policy.New(policy.Allow("Stop", "ec2:StopInstances").On("*"))},
	}
	others := policy.Deny("Others", "ec2:StopInstances").
		On("arn:aws:ec2:*:*:instance/*").
		When(policy.StringNotEquals("aws:ResourceTag/Owner", "bob"))
	never := policy.Allow("", "ec2:StopInstances").
		On("arn:aws:ec2:*:111122223333:instance/*").
		When(policy.StringNotEquals("aws:ResourceTag/Owner", "bob"))
	for range 2 {
		engine, err := access.Compile(
			access.World{
				Accounts: []world.Account{{ID: "111122223333", Partition: policy.AWS, Users: []world.User{bob}}},
			},
		)
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, err := prove.Prove(engine, prove.Claim{
			Caller: access.ConsoleWithMFA("arn:aws:iam::111122223333:user/bob", 0),
			Never:  []policy.Statement{never},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(answer.Verdict == prove.Holds, answer.Request.Action)
		bob.Inline = append(bob.Inline, world.InlinePolicy{Name: "guard", Document: policy.New(others)})
	}
	// Output:
	// false ec2:StopInstances
	// true
}
