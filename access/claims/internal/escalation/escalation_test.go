package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/claims/internal/derive"
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
	found, err := Find(fixture.Compiled(t, w), derive.Intent(w.Accounts[0]))
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

// needed holds that the permissions lead in one step to the administrator, and that none of them can be left out: what
// is found without one makes other calls.
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
		if other, still := escalationsOf(t, world(rest...))["user/bob"]; still {
			assert.NotContains(t, other.Steps[0].Calls, permissions[i].Actions[0], name)
			assert.NotEqual(t, way.Steps[0].Calls, other.Steps[0].Calls, name)
		}
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
		if way, still := escalationsOf(t, elsewhere)["user/bob"]; still {
			assert.NotContains(t, way.Steps[0].Calls, "iam:PassRole", name)
		}
	}
}

// allowing is one statement for each action, so that each can be left out.
func allowing(actions ...string) []policy.Statement {
	var permissions []policy.Statement
	for _, action := range actions {
		permissions = append(permissions, policy.Allow("", action).On("*"))
	}
	return permissions
}

// What runs as a role of a service already is a way to that role without passing it, and to no role of another service.
func TestChangingWhatRunsAsARoleIsAWayToWhatTheRoleMay(t *testing.T) {
	for _, way := range runningWays {
		name := fmt.Sprint(way.service, way.creates)
		for _, action := range way.creates {
			assert.False(t, catalogue.Catalogue().Matching(action).Empty(), "%s: AWS has no such action", action)
		}
		needed(t, name, func(p ...policy.Statement) world.World {
			return escalationWorld(world.Role{Trust: serviceTrust(way.service)}, p...)
		}, allowing(way.creates...)...)
		other := escalationWorld(
			world.Role{Trust: serviceTrust("monitoring.rds.amazonaws.com")},
			allowing(way.creates...)...)
		assert.NotContains(t, escalationsOf(t, other), "user/bob", name)
	}
}

// A role that a service may assume is passed to it, whatever the service: one that has no row counts by the calls
// that its name leads to, and the way says that it is not known what the service does. Calls that only look, or take
// away, give nobody a role.
func TestPassingARoleToAServiceWithoutARowIsTold(t *testing.T) {
	for service, c := range map[string]struct{ gives, not string }{
		"apigateway.amazonaws.com":       {"apigateway:POST", "apigateway:GET"},
		"appsync.amazonaws.com":          {"appsync:CreateDataSource", "appsync:ListDataSources"},
		"events.amazonaws.com":           {"events:PutTargets", "events:RemoveTargets"},
		"pipes.amazonaws.com":            {"pipes:CreatePipe", "pipes:DeletePipe"},
		"credentials.iot.amazonaws.com":  {"iot:CreateRoleAlias", "iot:DeleteRoleAlias"},
		"rolesanywhere.amazonaws.com":    {"rolesanywhere:CreateProfile", "rolesanywhere:GetProfile"},
		"pods.eks.amazonaws.com":         {"eks:CreatePodIdentityAssociation", "eks:DescribeCluster"},
		"cognito-identity.amazonaws.com": {"cognito-identity:SetIdentityPoolRoles", "cognito-identity:GetId"},
		"airflow-env.amazonaws.com":      {"airflow:CreateEnvironment", "airflow:GetEnvironment"},
		"emr-serverless.amazonaws.com":   {"emr-serverless:StartJobRun", "emr-serverless:StopApplication"},
		"bedrock-agentcore.amazonaws.com": {"bedrock-agentcore:CreateCodeInterpreter",
			"bedrock-agentcore:GetAgentRuntime"},
		"osis-pipelines.amazonaws.com":   {"osis:CreatePipeline", "osis:GetPipeline"},
		"monitoring.rds.amazonaws.com":   {"rds:CreateDBInstance", "rds:DescribeDBInstances"},
		"gamelift.amazonaws.com":         {"gamelift:CreateFleet", "gamelift:DescribeFleetAttributes"},
		"kinesisanalytics.amazonaws.com": {"kinesisanalytics:CreateApplication", "kinesisanalytics:StopApplication"},
		lambdaService:                    {"lambda:CreateFunction", "lambda:TagResource"},
		sageMakerService:                 {"sagemaker:CreateDomain", "sagemaker:CreateApp"},
		glueService:                      {"glue:CreateCrawler", "glue:CreateTable"},
		ec2Service:                       {"eks:CreateNodegroup", "ec2:CreateTags"},
		ssmService:                       {"config:PutRemediationConfigurations", "ssm:PutParameter"},
	} {
		pass := policy.Allow("Pass", "iam:PassRole").On(roleNamed("boss"))
		way := func(p ...policy.Statement) (Escalation, bool) {
			found, is := escalationsOf(t, escalationWorld(world.Role{Trust: serviceTrust(service)}, p...))["user/bob"]
			return found, is
		}
		found, is := way(append(allowing(c.gives), pass)...)
		if assert.True(t, is, service) {
			assert.Equal(t, endsAsService, found.Ends)
			assert.Equal(t, []string{"iam:PassRole", c.gives}, found.Steps[0].Calls)
		}
		_, is = way(append(allowing(c.not), pass)...)
		assert.False(t, is, "%s, %s", service, c.not)
		_, is = way(allowing(c.gives)...)
		assert.False(t, is, "%s without passing", service)
		_, is = way(append(allowing(c.gives), pass.When(policy.StringEquals("iam:PassedToService", statesService)))...)
		assert.False(t, is, "%s, passed elsewhere", service)
	}
}

// Whoever has a way by a service without a row is somebody's next step.
func TestAChainGoesOnThroughAServiceWithoutARow(t *testing.T) {
	w := escalationWorld(world.Role{Trust: serviceTrust("pipes.amazonaws.com")}, allowing("sts:AssumeRole")...)
	w.Accounts[0].Roles = append(w.Accounts[0].Roles, world.Role{
		Name: "dev",
		Trust: policy.New(
			policy.Allow("T", "sts:AssumeRole").
				For(policy.AWSPrincipals(policy.AWS.UserARN(fixture.People, "/", "bob"))),
		),
		Inline: []world.InlinePolicy{
			{Name: "p", Document: policy.New(policy.Allow("", "iam:PassRole", "pipes:CreatePipe").On("*"))},
		},
	})
	found := escalationsOf(t, w)
	require.Len(t, found["user/bob"].Steps, 2)
	assert.Equal(t, endsAsService, found["user/bob"].Ends)
	require.Len(t, found["role/dev"].Steps, 1)
}

// Every service that AWS's own managed policies for service roles or the guides name by another word than the prefix
// of its actions leads to actions that AWS has.
func TestTheNamesOfServicesLeadToActions(t *testing.T) {
	for name := range actionsOfService {
		assert.NotEmpty(t, lenders(name+".amazonaws.com"), name)
	}
	for service, actions := range takingARole {
		for _, action := range actions {
			assert.False(t, catalogue.Catalogue().Matching(action).Empty(), "%s: AWS has no action %s", service, action)
		}
	}
	assert.Nil(t, lenders("unheard-of.amazonaws.com"))
}

// Of a service whose calls somebody went through, each call that makes or changes something takes a role or takes none.
// One that AWS adds counts as one that takes a role until somebody says that it takes none, and fails here.
func TestEveryCallOfAServiceThatIsKnownTakesARoleOrNone(t *testing.T) {
	for service, none := range takingNone {
		made := making(service)
		require.NotEmpty(t, made, service)
		for _, action := range made {
			_, name, _ := strings.Cut(action, ":")
			takes, not := slices.Contains(takingARole[service], action), slices.Contains(none, name)
			assert.True(t, takes != not, "%s for %s: takes a role %t, takes none %t", action, service, takes, not)
			assert.Equal(t, takes, slices.Contains(lenders(service), action), "%s for %s", action, service)
		}
		for _, name := range none {
			assert.True(t, slices.ContainsFunc(made, func(action string) bool { return strings.HasSuffix(action, ":"+name) }),
				"%s: AWS has no call %s that makes something", service, name)
		}
	}
}

// Whoever passes an administrator's role to a service, and may make one call that takes a role for it, administers:
// each such call is found by itself.
func TestEveryCallThatTakesARoleIsFoundByItself(t *testing.T) {
	for service, actions := range takingARole {
		for _, action := range actions {
			permissions := append(allowing(action), policy.Allow("Pass", "iam:PassRole").On(roleNamed("boss")))
			_, is := escalationsOf(t, escalationWorld(world.Role{Trust: serviceTrust(service)}, permissions...))["user/bob"]
			assert.True(t, is, "%s for %s", action, service)
		}
	}
}

// An instance gets the role by its profile, and whoever runs code on it has the role.
func TestAnotherProfileOfAnInstanceIsAWayToItsRole(t *testing.T) {
	for _, action := range profileWays {
		w := func(p ...policy.Statement) world.World {
			return escalationWorld(world.Role{Trust: serviceTrust(ec2Service)}, p...)
		}
		permissions := append(
			allowing(action, "ssm:StartSession"),
			policy.Allow("", "iam:PassRole").On(roleNamed("boss")),
		)
		way := escalationsOf(t, w(permissions...))["user/bob"]
		require.Len(t, way.Steps, 1, action)
		assert.Equal(t, []string{"iam:PassRole", action, "ssm:StartSession"}, way.Steps[0].Calls)
	}
}

// Roles that are given to pools of Cognito and to service accounts of clusters trust an identity provider and no
// service.
func TestRolesForIdentityProvidersOfServicesAreWays(t *testing.T) {
	world := func(provider string) func(...policy.Statement) world.World {
		trust := policy.New(policy.Allow("T", "sts:AssumeRoleWithWebIdentity").
			For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}))
		return func(p ...policy.Statement) world.World { return escalationWorld(world.Role{Trust: trust}, p...) }
	}
	cluster := "arn:aws:iam::" + fixture.People + ":oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
	for _, way := range runningWays {
		if way.service == podsOfEKS {
			needed(t, fmt.Sprint(way.creates), world(cluster), allowing(way.creates...)...)
			assert.NotContains(
				t, escalationsOf(t, world(fixture.GithubProvider)(allowing(way.creates...)...)), "user/bob",
			)
		}
	}
	pass := policy.Allow("Pass", "iam:PassRole").On(roleNamed("boss"))
	found := escalationsOf(t, world(cognitoService)(append(allowing("cognito-identity:SetIdentityPoolRoles"), pass)...))
	require.Contains(t, found, "user/bob")
	assert.Equal(t, endsAsService, found["user/bob"].Ends)
	found = escalationsOf(t, world(cognitoService)(allowing("cognito-identity:SetIdentityPoolRoles")...))
	assert.NotContains(t, found, "user/bob")
}

// Who owns the SAML provider that a role trusts assumes the role.
func TestTakingOverASAMLProviderIsAWayToItsRoles(t *testing.T) {
	trust := func(provider string) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRoleWithSAML").
			For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}))
	}
	for _, actions := range providerWays {
		needed(t, fmt.Sprint(actions), func(p ...policy.Statement) world.World {
			return escalationWorld(world.Role{Trust: trust(fixture.SamlProvider)}, p...)
		}, allowing(actions...)...)
		other := policy.Allow("", actions...).On("arn:aws:iam::" + fixture.People + ":saml-provider/Other")
		w := escalationWorld(world.Role{Trust: trust(fixture.SamlProvider)}, other)
		assert.NotContains(t, escalationsOf(t, w), "user/bob", "another provider")
		w = escalationWorld(world.Role{Trust: trust(fixture.GithubProvider)}, allowing(actions...)...)
		assert.NotContains(t, escalationsOf(t, w), "user/bob", "no SAML provider")
	}
}

// Code on a node is a way to the role of the node.
func TestCodeOnANodeIsAWayToItsRole(t *testing.T) {
	for _, way := range nodeWays {
		node := world.Role{Trust: serviceTrust(ec2Service)}
		needed(
			t,
			way.words,
			func(p ...policy.Statement) world.World { return escalationWorld(node, p...) },
			allowing(way.actions...)...,
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
		if way.whose == engine.UserPrincipal {
			needed(t, way.action, closed, policy.Allow("Own", way.action).On(bob))
		}
	}
	needed(
		t,
		"iam:UpdateAssumeRolePolicy",
		closed,
		policy.Allow("Trust", "iam:UpdateAssumeRolePolicy").On(roleNamed("boss")),
	)
	for _, way := range newWays {
		// Below a path, and with a prefix: wherever all of them are allowed. Whoever may do so to every user does it to
		// himself.
		wheres := []string{"/dev/*", "/dev-*"}
		if way.kind == "role" {
			wheres = append(wheres, "/*")
		}
		for _, where := range wheres {
			on := "arn:aws:iam::" + fixture.People + ":" + way.kind + where
			var some []policy.Statement
			for _, action := range way.calls {
				some = append(some, policy.Allow("", action).On(on))
			}
			needed(t, fmt.Sprint(way.calls, where), closed, some...)
			some[1] = policy.Allow("", way.calls[1]).On("arn:aws:iam::" + fixture.People + ":" + way.kind + "/other/*")
			if where != "/*" {
				assert.NotContains(t, escalationsOf(t, closed(some...)), "user/bob", "%v on two things", way.calls)
			}
		}
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
		if way.whose != engine.RolePrincipal {
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

// A boundary that keeps its holder from administering keeps a write on the holder from being a way, and so does a Deny
// that the holder cannot take away.
func TestWhatIsBoundedBecomesNoAdministrator(t *testing.T) {
	own := policy.Allow("Own", "iam:PutUserPolicy").On("*")
	bound := policy.AWS.PolicyARN(fixture.People, "/", "bound")
	w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, own)
	w.Accounts[0].Policies = []world.ManagedPolicy{
		{ARN: bound, Document: policy.New(policy.Allow("Some", "s3:*", "iam:PutUserPolicy").On("*"))},
	}
	w.Accounts[0].Users[0].Boundary = bound
	assert.NotContains(t, escalationsOf(t, w), "user/bob")
	w = escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, own)
	w.Accounts[0].Groups = []world.Group{{Name: "held", Inline: []world.InlinePolicy{
		{Name: "no", Document: policy.New(policy.Deny("NoPolicies", "iam:CreatePolicyVersion", "iam:*Group*").On("*"))},
	}}}
	w.Accounts[0].Users[0].Groups = []string{"held"}
	assert.NotContains(t, escalationsOf(t, w), "user/bob")
}

// guarded is bob, who has all permissions and is kept from administering: by a Deny in an inline policy, in a managed
// one or in a group, or by a permissions boundary. May are the calls that nothing of it keeps from bob.
func guarded(by string, may ...string) world.World {
	w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")})
	account, bob := &w.Accounts[0], &w.Accounts[0].Users[0]
	bob.Inline = []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	guard := policy.New(policy.Statement{
		Sid: "Guard", Effect: policy.EffectDeny, NotActions: append([]string{"s3:GetObject"}, may...), Resources: []string{"*"},
	})
	managed := policy.AWS.PolicyARN(fixture.People, "/", "guard")
	attach := func(document policy.Document) string {
		account.Policies = append(account.Policies, world.ManagedPolicy{ARN: managed, Document: document})
		return managed
	}
	switch by {
	case "inline policy":
		bob.Inline = append(bob.Inline, world.InlinePolicy{Name: "guard", Document: guard})
	case "managed policy":
		bob.Attached = []string{attach(guard)}
	case "group", "managed policy of a group":
		g := world.Group{Name: "held"}
		if by == "group" {
			g.Inline = []world.InlinePolicy{{Name: "guard", Document: guard}}
		} else {
			g.Attached = []string{attach(guard)}
		}
		account.Groups, bob.Groups = []world.Group{g}, []string{"held"}
	case "boundary":
		bob.Boundary = attach(policy.New(policy.Allow("Some", append([]string{"s3:GetObject"}, may...)...).On("*")))
	}
	return w
}

// Whoever may take away what keeps them from administering administers: a Deny wherever it stands, and a boundary. The
// call is the whole way, and no other call on the same thing is one.
func TestTakingAwayAGuardIsAWay(t *testing.T) {
	for by, ways := range map[string][]string{
		"inline policy":             {"iam:DeleteUserPolicy", "iam:PutUserPolicy"},
		"managed policy":            {"iam:DetachUserPolicy", "iam:CreatePolicyVersion"},
		"group":                     {"iam:RemoveUserFromGroup", "iam:DeleteGroupPolicy", "iam:PutGroupPolicy"},
		"managed policy of a group": {"iam:RemoveUserFromGroup", "iam:DetachGroupPolicy", "iam:CreatePolicyVersion"},
		"boundary": {"iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary",
			"iam:CreatePolicyVersion"},
	} {
		for _, action := range unguardingCalls {
			way, found := escalationsOf(t, guarded(by, action))["user/bob"]
			if !assert.Equal(t, slices.Contains(ways, action), found, "%s: %s: %v", by, action, way.Steps) || !found {
				continue
			}
			assert.Len(t, way.Steps, 1, "%s: %s", by, action)
			assert.Equal(t, []string{action}, way.Steps[0].Calls)
			assert.Equal(t, endsAsAdministrator, way.Ends)
			assert.NotZero(t, way.Steps[0].By, action)
		}
		assert.NotContains(t, escalationsOf(t, guarded(by)), "user/bob", by)
	}
}

// Another version of a managed policy that says more is a way for whoever may make it the default one; one that says
// no more is none.
func TestAnotherVersionOfAPolicyIsAWay(t *testing.T) {
	managed := policy.AWS.PolicyARN(fixture.People, "/", "m")
	for _, c := range []struct {
		may    string
		others []policy.Document
		want   bool
	}{
		{"iam:SetDefaultPolicyVersion", []policy.Document{administering()}, true},
		{"iam:SetDefaultPolicyVersion", []policy.Document{policy.New(policy.Allow("R", "s3:*").On("*")), administering()}, true},
		{"iam:SetDefaultPolicyVersion", []policy.Document{policy.New(policy.Allow("R", "s3:*").On("*"))}, false},
		{"iam:SetDefaultPolicyVersion", nil, false},
		{"iam:GetPolicyVersion", []policy.Document{administering()}, false},
	} {
		w := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")})
		w.Accounts[0].Policies = []world.ManagedPolicy{{
			ARN: managed, Document: policy.New(policy.Allow("Version", c.may).On(managed)), Others: c.others,
		}}
		w.Accounts[0].Users[0].Attached = []string{managed}
		way, found := escalationsOf(t, w)["user/bob"]
		if !assert.Equal(t, c.want, found, "%s %v", c.may, c.others) || !found {
			continue
		}
		assert.Len(t, way.Steps, 1)
		assert.Equal(t, managed, way.Steps[0].On)
	}
}

// A guard that must go before a policy can be written is told before it, and whatever is not needed is not told.
func TestAGuardGoesBeforeAPolicyIsWritten(t *testing.T) {
	bound := policy.AWS.PolicyARN(fixture.People, "/", "bound")
	w := escalationWorld(
		world.Role{Trust: serviceTrust("lambda.amazonaws.com")},
		policy.Allow("Own", "iam:DeleteUserPermissionsBoundary", "iam:AttachUserPolicy", "iam:DetachUserPolicy").On("*"),
	)
	w.Accounts[0].Policies = []world.ManagedPolicy{
		{ARN: bound, Document: policy.New(policy.Allow("Some", "iam:Delete*", "iam:Detach*").On("*"))},
	}
	w.Accounts[0].Users[0].Boundary = bound
	way := escalationsOf(t, w)["user/bob"]
	require.Len(t, way.Steps, 2)
	assert.Equal(t, []string{"iam:DeleteUserPermissionsBoundary"}, way.Steps[0].Calls)
	assert.Equal(t, []string{"iam:AttachUserPolicy"}, way.Steps[1].Calls)
}

// What a first change opens is used by the next one: with a policy of their own somebody changes the group whose Deny
// would keep them from administering.
func TestAChangeOpensTheNext(t *testing.T) {
	w := escalationWorld(
		world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, policy.Allow("Own", "iam:PutUserPolicy").On("*"),
	)
	w.Accounts[0].Groups = []world.Group{{Name: "held", Inline: []world.InlinePolicy{
		{Name: "no", Document: policy.New(policy.Deny("NoPolicies", "iam:CreatePolicyVersion").On("*"))},
	}}}
	w.Accounts[0].Users[0].Groups = []string{"held"}
	way := escalationsOf(t, w)["user/bob"]
	require.Len(t, way.Steps, 2)
	assert.Equal(t, []string{"iam:PutUserPolicy"}, way.Steps[0].Calls)
	assert.Equal(t, "arn:aws:iam::"+fixture.People+":group/held", way.Steps[1].On)
}

// The guard of a role is taken away by whoever assumes the role then.
func TestTheGuardOfARoleIsTakenAwayAndTheRoleAssumed(t *testing.T) {
	bound := policy.AWS.PolicyARN(fixture.People, "/", "bound")
	for _, assumable := range []bool{true, false} {
		w := escalationWorld(
			world.Role{Trust: serviceTrust("lambda.amazonaws.com")},
			policy.Allow("Off", "iam:DeleteRolePermissionsBoundary").On(roleNamed("held")),
		)
		held := world.Role{
			Name: "held", Trust: serviceTrust("lambda.amazonaws.com"), Boundary: bound,
			Inline: []world.InlinePolicy{{Name: "all", Document: administering()}},
		}
		if assumable {
			held.Trust = policy.New(policy.Allow("T", "sts:AssumeRole").
				For(policy.AWSPrincipals(policy.AWS.UserARN(fixture.People, "/", "bob"))))
		}
		w.Accounts[0].Roles = append(w.Accounts[0].Roles, held)
		w.Accounts[0].Policies = []world.ManagedPolicy{
			{ARN: bound, Document: policy.New(policy.Allow("Some", "s3:GetObject").On("*"))},
		}
		way, found := escalationsOf(t, w)["user/bob"]
		require.Equal(t, assumable, found)
		if found {
			assert.Len(t, way.Steps, 2)
		}
	}
}

// Whoever runs commands as root on nodes is told of, whether the role of the nodes may do something or not; where no
// role is for nodes, nobody is.
func TestRootOnNodesIsAnEscalation(t *testing.T) {
	for _, way := range nodeWays {
		w := escalationWorld(
			world.Role{Trust: serviceTrust("lambda.amazonaws.com")},
			allowing(way.actions...)...,
		)
		assert.NotContains(t, escalationsOf(t, w), "user/bob")
		w.Accounts[0].Roles = append(
			w.Accounts[0].Roles,
			world.Role{Name: "node", Trust: serviceTrust("ec2.amazonaws.com")},
		)
		found, is := escalationsOf(t, w)["user/bob"]
		assert.Equal(t, way.root, is, way.words)
		if is {
			assert.Equal(t, endsAsRootOfNodes, found.Ends)
		}
	}
}
