package policy_test

import (
	"fmt"

	"aws-access-guardrails/policy"
)

// A document is built from statements, checked for its use, and rendered.
func Example() {
	own := policy.AWS.UserARN("111122223333", "/", "${aws:username}")
	document := policy.New(
		policy.Allow("ViewSelf", "iam:GetUser", "iam:ListMFADevices").On(own),
		policy.Deny("NothingWithoutMFA", "s3:*").On("*").When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)),
	)
	for _, problem := range document.Validate(policy.GroupInline, policy.Quotas{}) {
		fmt.Println(problem.Error())
	}
	fmt.Println(document.JSON())
	// Output:
	// {"Version":"2012-10-17","Statement":[{"Sid":"ViewSelf","Effect":"Allow","Action":["iam:GetUser","iam:ListMFADevices"],"Resource":"arn:aws:iam::111122223333:user/${aws:username}"},{"Sid":"NothingWithoutMFA","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}
}

// Everything that is wrong is said at once, with the statement, and what to write instead.
func ExampleDocument_Validate() {
	document := policy.New(policy.Allow("ReadConfig", "GetParameter").On("arn:aws:ssm:us-east-1:parameter/config"))
	for _, problem := range document.Validate(policy.Identity, policy.Quotas{}) {
		fmt.Println(problem.Error())
	}
	// Output:
	// Statement[0] (ReadConfig): Action "GetParameter" has no service prefix; write service:Name, such as ssm:StartSession
	// Statement[0] (ReadConfig): Resource "arn:aws:ssm:us-east-1:parameter/config" is not an ARN of six parts; write arn:partition:service:region:account:resource
}

// The name of a role that nobody named says what the role is for.
func ExampleRoleNameFor() {
	fmt.Println(policy.RoleNameFor("Test Project 1", "os-user1", len("/guardrails/operation/")))
	// Output: TestProject1-os-user1
}
