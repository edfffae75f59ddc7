package claims

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// escalationWorld is an account with an administrator's role that nobody of the account may assume, and with bob, who
// has the permissions.
func escalationWorld(boss world.Role, permissions ...policy.Statement) world.World {
	boss.Name = "boss"
	boss.Inline = []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	bob := world.User{Name: "bob"}
	if len(permissions) > 0 {
		bob.Inline = []world.InlinePolicy{{Name: "p", Document: policy.New(permissions...)}}
	}
	return world.World{
		Accounts: []world.Account{
			{ID: fixture.People, Partition: policy.AWS, Users: []world.User{bob}, Roles: []world.Role{boss}},
		},
	}
}

func escalationsOf(t *testing.T, w world.World) map[string]Escalation {
	t.Helper()
	found, err := Escalations(fixture.Compiled(t, w), DerivedIntent(w.Accounts[0]))
	require.NoError(t, err)
	all := map[string]Escalation{}
	for _, one := range found {
		all[policy.ARNResource(one.From)] = one
	}
	return all
}

func serviceTrust(service string) policy.Document {
	return policy.New(
		policy.Allow("T", "sts:AssumeRole").
			For(policy.Principal{Kind: policy.PrincipalService, Values: []string{service}}),
	)
}

// roleNamed is the ARN of a role of the account.
func roleNamed(name string) string { return policy.AWS.RoleARN(fixture.People, "/", name) }

// needed holds that the permissions lead in one step to the administrator, and that none of them can be left out.
func needed(t *testing.T, name string, world func(...policy.Statement) world.World, permissions ...policy.Statement) {
	t.Helper()
	way, found := escalationsOf(t, world(permissions...))["user/bob"]
	if !assert.True(t, found, "%s: no way is found", name) {
		return
	}
	assert.Len(t, way.Steps, 1, name)
	assert.Equal(t, endsAsAdministrator, way.Ends, name)
	assert.False(t, way.Meant, name)
	assert.NotZero(t, way.Steps[0].By, name)
	for i := range permissions {
		rest := append(append([]policy.Statement{}, permissions[:i]...), permissions[i+1:]...)
		assert.NotContains(
			t,
			escalationsOf(t, world(rest...)),
			"user/bob",
			"%s without %v",
			name,
			permissions[i].Actions,
		)
	}
}

// Every row of the table of services is a way to a role that the service may assume, with exactly its calls, and to
// no role that another service has.
func TestPassingARoleToAServiceIsAWayToWhatTheRoleMay(t *testing.T) {
	for _, way := range serviceWays {
		name := fmt.Sprint(way.service, way.creates)
		permissions := []policy.Statement{policy.Allow("Pass", "iam:PassRole").On(roleNamed("boss"))}
		for _, action := range way.creates {
			assert.False(t, catalogue.Catalogue().Matching(action).Empty(), "%s: AWS has no such action", action)
			permissions = append(permissions, policy.Allow("", action).On("*"))
		}
		needed(t, name, func(p ...policy.Statement) world.World {
			return escalationWorld(world.Role{Trust: serviceTrust(way.service)}, p...)
		}, permissions...)

		other := escalationWorld(world.Role{Trust: serviceTrust("monitoring.rds.amazonaws.com")}, permissions...)
		assert.NotContains(t, escalationsOf(t, other), "user/bob", name)
		permissions[0] = permissions[0].When(policy.StringEquals("iam:PassedToService", "monitoring.rds.amazonaws.com"))
		elsewhere := escalationWorld(world.Role{Trust: serviceTrust(way.service)}, permissions...)
		assert.NotContains(t, escalationsOf(t, elsewhere), "user/bob", name)
	}
}

// Code on a node is a way to the role of the node.
func TestCodeOnANodeIsAWayToItsRole(t *testing.T) {
	for _, way := range nodeWays {
		node := world.Role{Trust: serviceTrust("ec2.amazonaws.com")}
		needed(
			t,
			way.action,
			func(p ...policy.Statement) world.World { return escalationWorld(node, p...) },
			policy.Allow("Do", way.action).On("*"),
		)
	}
}

// Whoever changes access becomes an administrator by it.
func TestChangingAccessIsAWayToAdminister(t *testing.T) {
	bob := policy.AWS.UserARN(fixture.People, "/", "bob")
	closed := func(p ...policy.Statement) world.World {
		return escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, p...)
	}
	for _, way := range writeWays {
		if way.of == engine.UserPrincipal {
			needed(t, way.action, closed, policy.Allow("Own", way.action).On(bob))
		}
	}
	needed(
		t,
		"iam:UpdateAssumeRolePolicy",
		closed,
		policy.Allow("Trust", "iam:UpdateAssumeRolePolicy").On(roleNamed("boss")),
	)
	for _, way := range newRoleWays {
		needed(
			t,
			"new role, "+way.action,
			closed,
			policy.Allow("Make", "iam:CreateRole").On("*"),
			policy.Allow("Write", way.action).On("*"),
		)
	}

	grouped := func(member bool) func(...policy.Statement) world.World {
		return func(p ...policy.Statement) world.World {
			w := closed(p...)
			g := world.Group{Name: "g"}
			if member {
				w.Accounts[0].Users[0].Groups = []string{"g"}
			} else {
				g.Inline = w.Accounts[0].Roles[0].Inline
			}
			w.Accounts[0].Groups = []world.Group{g}
			return w
		}
	}
	for _, way := range groupWays {
		needed(t, way.action, grouped(true), policy.Allow("Group", way.action).On("*"))
	}
	needed(t, "iam:AddUserToGroup", grouped(false), policy.Allow("Add", "iam:AddUserToGroup").On("*"))

	managed := policy.AWS.PolicyARN(fixture.People, "/", "m")
	for _, action := range versionWays {
		needed(t, action, func(p ...policy.Statement) world.World {
			w := closed(p...)
			w.Accounts[0].Policies = []world.ManagedPolicy{
				{ARN: managed, Document: policy.New(policy.Allow("R", "s3:GetObject").On("*"))},
			}
			w.Accounts[0].Users[0].Attached = []string{managed}
			return w
		}, policy.Allow("Version", action).On(managed))
	}

	for _, way := range signInWays {
		needed(t, way.action, func(p ...policy.Statement) world.World {
			w := closed(p...)
			w.Accounts[0].Users = append(
				w.Accounts[0].Users,
				world.User{Name: "root-like", Inline: w.Accounts[0].Roles[0].Inline},
			)
			return w
		}, policy.Allow("SignIn", way.action).On(policy.AWS.UserARN(fixture.People, "/", "root-like")))
	}
}

// A role that can be written and assumed is a way of two steps, and neither step alone is one.
func TestARoleIsChangedAndThenAssumed(t *testing.T) {
	for _, way := range writeWays {
		if way.of != engine.RolePrincipal {
			continue
		}
		write := policy.Allow("Write", way.action).On(roleNamed("plain"))
		for _, assumable := range []bool{true, false} {
			w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, write)
			plain := world.Role{Name: "plain", Trust: serviceTrust("lambda.amazonaws.com")}
			if assumable {
				plain.Trust = policy.New(
					policy.Allow("T", "sts:AssumeRole").
						For(policy.AWSPrincipals(policy.AWS.UserARN(fixture.People, "/", "bob"))),
				)
			}
			w.Accounts[0].Roles = append(w.Accounts[0].Roles, plain)
			found := escalationsOf(t, w)
			if assumable {
				require.Contains(t, found, "user/bob")
				assert.Len(t, found["user/bob"].Steps, 2)
				continue
			}
			assert.NotContains(t, found, "user/bob")
		}
	}
}

// Of several ways the shortest is told; a role that names the caller in its trust policy is meant, a role behind it
// is not.
func TestTheShortestChainIsTold(t *testing.T) {
	trusts := func(who string) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(who)))
	}
	bob := policy.AWS.UserARN(fixture.People, "/", "bob")
	for length := 1; length <= 5; length++ {
		w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")})
		before := bob
		for i := 1; i < length; i++ {
			name := fmt.Sprint("hop", i)
			assume := world.InlinePolicy{Name: "p", Document: policy.New(policy.Allow("A", "sts:AssumeRole").On("*"))}
			w.Accounts[0].Roles = append(
				w.Accounts[0].Roles,
				world.Role{Name: name, Trust: trusts(before), Inline: []world.InlinePolicy{assume}},
			)
			before = roleNamed(name)
		}
		w.Accounts[0].Roles[0].Trust = trusts(before)
		way := escalationsOf(t, w)["user/bob"]
		require.Len(t, way.Steps, length)
		assert.Equal(t, length == 1, way.Meant)
		assert.Equal(t, bob, way.Steps[0].As)
		assert.True(t, strings.HasSuffix(way.Steps[length-1].On, "role/boss"))
		for i := 1; i < length; i++ {
			assert.Equal(t, way.Steps[i-1].On, way.Steps[i].As)
		}
	}
}

// A boundary that keeps its holder from administering keeps a write on the holder from being a way, and so does a Deny.
func TestWhatIsBoundedBecomesNoAdministrator(t *testing.T) {
	own := policy.Allow("Own", "iam:PutUserPolicy").On("*")
	bound := policy.AWS.PolicyARN(fixture.People, "/", "bound")
	w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, own)
	w.Accounts[0].Policies = []world.ManagedPolicy{
		{ARN: bound, Document: policy.New(policy.Allow("Some", "s3:*", "iam:PutUserPolicy").On("*"))},
	}
	w.Accounts[0].Users[0].Boundary = bound
	assert.NotContains(t, escalationsOf(t, w), "user/bob")
	w = escalationWorld(
		world.Role{Trust: serviceTrust("lambda.amazonaws.com")},
		own,
		policy.Deny("NoPolicies", "iam:CreatePolicyVersion").On("*"),
	)
	assert.NotContains(t, escalationsOf(t, w), "user/bob")
}

// Whoever runs commands as root on nodes is told of, whether the role of the nodes may do something or not; where no
// role is for nodes, nobody is.
func TestRootOnNodesIsAnEscalation(t *testing.T) {
	for _, way := range nodeWays {
		w := escalationWorld(
			world.Role{Trust: serviceTrust("lambda.amazonaws.com")},
			policy.Allow("Run", way.action).On("*"),
		)
		assert.NotContains(t, escalationsOf(t, w), "user/bob")
		w.Accounts[0].Roles = append(
			w.Accounts[0].Roles,
			world.Role{Name: "node", Trust: serviceTrust("ec2.amazonaws.com")},
		)
		found, is := escalationsOf(t, w)["user/bob"]
		assert.Equal(t, way.root, is, way.action)
		if is {
			assert.Equal(t, endsAsRootOfNodes, found.Ends)
		}
	}
}
