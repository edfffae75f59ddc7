package access_test

import (
	"fmt"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A program of its own tests the policies that it writes: build the world, compile it once, ask.
func Example() {
	engine, err := access.Compile(exampleWorld())
	if err != nil {
		fmt.Println(err)
		return
	}
	request := access.Request{
		Action:    "s3:GetObject",
		Resources: access.On("arn:aws:s3:::reports/alice/2026.csv"),
	}
	for _, session := range []access.Session{
		access.LongTermKey("arn:aws:iam::111122223333:user/alice"),
		access.ConsoleWithMFA("arn:aws:iam::111122223333:user/alice", 5*time.Minute),
	} {
		decision, err := engine.Decide(session, request)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s by %s\n", session, decision.Outcome, decision.By.Sid)
	}
	// Output:
	// arn:aws:iam::111122223333:user/alice with an access key: explicitly denied by DenyWithoutMFA
	// arn:aws:iam::111122223333:user/alice in the console with MFA 300 s ago: allowed by ReadOwnReports
}

// A document that the engine does not understand does not compile: the error names the place, and nothing is decided.
func ExampleCompile_strict() {
	world := exampleWorld()
	world.Accounts[0].Users[0].Inline[0].Document = policy.New(
		policy.Allow("ReadOwnReports", "s3:GetObject").On("arn:aws:s3:::reports/${aws:usernam}/*"))
	_, err := access.Compile(world)
	fmt.Println(err)
	// Output:
	// account 111122223333, user/alice, reports, ReadOwnReports: Resource "arn:aws:s3:::reports/${aws:usernam}/*" has the policy variable "${aws:usernam}": "aws:usernam" is not a global condition key of AWS; did you mean "aws:username"?
}

// Explain tells what a denied request would have needed.
func ExampleEngine_Explain() {
	engine, err := access.Compile(exampleWorld())
	if err != nil {
		fmt.Println(err)
		return
	}
	explanation, err := engine.Explain(
		access.ConsoleWithMFA("arn:aws:iam::111122223333:user/alice", time.Minute),
		access.Request{
			Action:    "s3:GetObject",
			Resources: access.On("arn:aws:s3:::reports/bob/2026.csv"),
		},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(explanation)
	// Output:
	// s3:GetObject on arn:aws:s3:::reports/bob/2026.csv: implicitly denied by identity policy of user/alice in 111122223333: no policy of the caller allows it
	//   identity policy of user/alice in 111122223333: does not allow it
	//     reports, ReadOwnReports does not apply:
	//       Resource is "arn:aws:s3:::reports/${aws:username}/*" ("arn:aws:s3:::reports/alice/*"), the request is on arn:aws:s3:::reports/bob/2026.csv
}

// A journey decides every step of a way through AWS and ends with the operating-system user.
func Example_journey() {
	nodes := "arn:aws:ec2:*:111122223333:instance/*"
	shell := policy.New(
		policy.Allow("ShellOnOwnProject", "ssm:StartSession").
			On(nodes).
			When(policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")),
		policy.Allow("ShellDocument", "ssm:StartSession").
			On("arn:aws:ssm:*:111122223333:document/SSM-SessionManagerRunShell"),
		policy.Allow("OpenDataChannel", "ssmmessages:OpenDataChannel").On("*"),
	)
	w := exampleWorld()
	w.Accounts[0].Roles = []world.Role{
		{
			Name: "Operator",
			Tags: []world.Tag{{Key: "Project", Value: "Blue"}, {Key: world.RunAsTag, Value: "blue-ops"}},
			Trust: policy.New(
				policy.Allow("AliceWithMFA", "sts:AssumeRole").
					For(policy.AWSPrincipals("arn:aws:iam::111122223333:user/alice")).
					When(policy.Bool("aws:MultiFactorAuthPresent", true)),
			),
			Inline: []world.InlinePolicy{{Name: "shell", Document: shell}},
		},
	}
	w.Accounts[0].Preferences = []world.SessionPreferences{{Region: "eu-west-1", RunAs: true}}
	engine, err := access.Compile(w)
	if err != nil {
		fmt.Println(err)
		return
	}
	arrival, err := journey.Walk(engine, journey.Journey{
		From: access.ConsoleWithMFA("arn:aws:iam::111122223333:user/alice", time.Minute),
		Via:  []journey.Hop{{Role: "arn:aws:iam::111122223333:role/Operator"}},
		Opens: &journey.Door{Kind: world.Shell, Node: world.Node{
			Kind:   world.Instance,
			ID:     "i-0123456789abcdef0",
			Region: "eu-west-1",
			Tags:   []world.Tag{{Key: "Project", Value: "Blue"}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(arrival.Outcome, "as", arrival.OSUser.Name)
	// Output:
	// allowed as blue-ops
}

func exampleWorld() access.World {
	return access.World{Accounts: []world.Account{{
		ID: "111122223333",
		Users: []world.User{{Name: "alice", Inline: []world.InlinePolicy{{Name: "reports", Document: policy.New(
			policy.Allow("ReadOwnReports", "s3:GetObject").On("arn:aws:s3:::reports/${aws:username}/*"),
			policy.Deny("DenyWithoutMFA", "*").On("*").When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)),
		)}}}},
	}}}
}

// A program proves its own policies over all requests: a pattern that ends in a wildcard opens the keys of whoever
// has a longer name.
func ExampleProve() {
	account := world.Account{
		ID: "111122223333",
		Users: []world.User{{Name: "bob", Inline: []world.InlinePolicy{{Name: "own-keys", Document: policy.New(
			policy.Allow("OwnKeys", "iam:CreateAccessKey").On("arn:aws:iam::111122223333:user/${aws:username}*"),
		)}}}, {Name: "bobby"}},
	}
	engine, err := access.Compile(access.World{Accounts: []world.Account{account}})
	if err != nil {
		panic(err)
	}
	report, err := claims.Prove(engine, claims.DerivedIntent(account))
	if err != nil {
		panic(err)
	}
	for _, f := range report.Findings {
		if f.ID == "own-credentials-only" {
			fmt.Println(f.Subject, f.Verdict)
		}
	}
	// Output:
	// arn:aws:iam::111122223333:user/bob does not hold
	// arn:aws:iam::111122223333:user/bobby holds
}
