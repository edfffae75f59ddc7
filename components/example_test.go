package components_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// An account with one person and one operation role: the guard before the person, the person before the role.
func Example() {
	account := guardrail.Account{ID: "111122223333", Partition: policy.AWS}
	program := func(ctx *pulumi.Context) error {
		group, err := components.NewMFAGroup(ctx, "mfa", &group.Args{Account: account, FirstPasswordChange: true})
		if err != nil {
			return err
		}
		alice, err := components.NewUser(ctx, "user-alice", &user.Args{
			Account: account, Name: "alice", Email: "alice@example.com", Groups: []string{"guardrails-mfa"},
		}, pulumi.DependsOn(group.CustomResources()))
		if err != nil {
			return err
		}
		_, err = components.NewOperationRoles(ctx, "operation", &operation.Args{
			Account: account,
			Roles:   []operation.Role{{Users: []string{"alice"}, Project: "Test Project 1", RunAs: "os-user1"}},
		}, components.UserResources{"alice": alice.CustomResources()})
		return err
	}
	_ = program // pulumi.Run(program)
}

// The same values say what they would add to an account, so that package access can answer questions about them
// before anything is made.
func ExampleOperationRolesArgs_AddTo() {
	account := guardrail.Account{ID: "111122223333", Partition: policy.AWS}
	w := world.Account{ID: account.ID, Partition: account.Partition, Users: []world.User{{Name: "alice"}}}
	roles := &operation.Args{
		Account: account,
		Roles:   []operation.Role{{Users: []string{"alice"}, Project: "Test Project 1", RunAs: "os-user1"}},
	}
	if err := roles.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	roles.AddTo(&w)
	engine, err := access.Compile(access.World{Accounts: []world.Account{w}})
	if err != nil {
		fmt.Println(err)
		return
	}
	alice := access.Console("arn:aws:iam::111122223333:user/alice")
	decision, err := engine.Decide(alice, access.AssumeRole(roles.RoleARN(roles.Roles[0]), "alice"))
	fmt.Println(decision.Allowed(), err)
	// Output: false <nil>
}

// Every problem comes at once, each where it was written.
func ExampleOperationRolesArgs_Validate() {
	roles := &operation.Args{
		Account: guardrail.Account{ID: "111122223333", Partition: policy.AWS},
		Roles: []operation.Role{
			{Users: []string{"alice"}, Project: "", RunAs: "root"},
			{
				Name:          "ops",
				PrincipalARNs: []string{"arn:aws:iam::444455556666:role/ops"},
				Project:       "Test Project 1",
				RunAs:         "os-user1",
			},
		},
	}
	for _, problem := range problem.Of(roles.Validate()) {
		fmt.Printf("%s %s\n", problem.Path, problem.Why)
	}
	// Output:
	// operationRoles[0].project is empty, and an empty tag equals every other empty one
	// operationRoles[0].runAs is the superuser, which Session Manager does not run as
	// operationRoles[1].principalArns[0] is a role, and a role session carries no MFA, so it could never pass
}

// The guard of the MFA group is a document like any other: it can be read, sized and asked about.
func ExampleMFAGroupArgs_GuardDocument() {
	group := &group.Args{Account: guardrail.Account{ID: "111122223333", Partition: policy.AWS}}
	for _, statement := range group.GuardDocument().Statements {
		if statement.Effect == policy.EffectDeny {
			fmt.Println(statement.Sid)
		}
	}
	// Output:
	// DenyAllButEnrolmentWithoutMFA
	// DenyEnrolmentOfOthersWithoutMFA
	// DenyEnrolmentWithAccessKeys
	// DenyWritingAuthorizationTags
	// DenyDeletingAllTagsOfNodes
	// DenySessionTags
}
