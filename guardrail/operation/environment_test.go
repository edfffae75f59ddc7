package operation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/policy"
)

const region = "ap-northeast-1"

// roles are one of a project and one of several, in an environment.
func roles() *operation.Args {
	return &operation.Args{
		Account: guardrail.Account{
			ID:        "111122223333",
			Partition: policy.AWS,
		}, Regions: []string{region}, EnvironmentTag: "Stage",
		Roles: []operation.Role{
			{Name: "one", Users: []string{"erin"}, Project: "shop", RunAs: "erin", Environment: "staging"},
			{
				Name:        "several",
				Users:       []string{"erin"},
				Projects:    []string{"shop", "billing"},
				RunAs:       "erin",
				Environment: "staging",
				Reboot:      true,
			},
		},
	}
}

// A role with an environment reaches nodes of its project in its environment, and no others: a missing tag, an empty
// one, another case and another project stay shut, and so do they beside a policy that allows everything.
func TestARoleReachesNodesOfItsEnvironment(t *testing.T) {
	a := roles()
	require.NoError(t, a.Validate())
	everything := world.InlinePolicy{Name: "everything", Document: policy.New(policy.Allow("Everything", "*").On("*"))}
	for _, beside := range [][]world.InlinePolicy{nil, {everything}} {
		w := world.Account{ID: "111122223333", Partition: policy.AWS, Users: []world.User{{Name: "erin"}}}
		a.AddTo(&w)
		for i := range w.Roles {
			w.Roles[i].Inline = append(w.Roles[i].Inline, beside...)
		}
		engine, err := access.Compile(access.World{Accounts: []world.Account{w}})
		require.NoError(t, err)
		for _, r := range a.Roles {
			for _, node := range []struct {
				tags    []world.Tag
				reached bool
			}{
				{[]world.Tag{{Key: "Project", Value: "shop"}, {Key: "Stage", Value: "staging"}}, true},
				{[]world.Tag{{Key: "Project", Value: "shop"}, {Key: "Stage", Value: "production"}}, false},
				{[]world.Tag{{Key: "Project", Value: "shop"}, {Key: "Stage", Value: "Staging"}}, false},
				{[]world.Tag{{Key: "Project", Value: "shop"}, {Key: "Stage", Value: ""}}, false},
				{[]world.Tag{{Key: "Project", Value: "shop"}}, false},
				{[]world.Tag{{Key: "Project", Value: "other"}, {Key: "Stage", Value: "staging"}}, false},
				{[]world.Tag{{Key: "Stage", Value: "staging"}}, false},
				{nil, false},
			} {
				for _, action := range []string{"ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances", "ssm:GetConnectionStatus"} {
					decision, err := engine.Decide(access.AssumedRole(a.RoleARN(r), "erin"), access.Request{
						Action: action,
						Resources: []access.Resource{
							{
								ARN:  policy.AWS.InstanceARN(region, "111122223333", "i-0123456789abcdef0"),
								Tags: node.tags,
							},
						},
					})
					require.NoError(t, err)
					want := node.reached && (beside != nil || action != "ec2:RebootInstances" || r.Reboot)
					if action == "ssm:GetConnectionStatus" && beside != nil && len(node.tags) > 0 &&
						node.tags[len(node.tags)-1].Value == "staging" {
						want = true // The status of a node of another project is no way onto it.
					}
					assert.Equal(
						t,
						want,
						decision.Allowed(),
						"%s: %s on %v beside %v: %s",
						r.Name,
						action,
						node.tags,
						beside != nil,
						decision,
					)
				}
				for _, arn := range []string{
					policy.AWS.InstanceARN(region, "111122223333", "i-0123456789abcdef0"),
					policy.AWS.ManagedInstanceARN(region, "111122223333", "mi-0123456789abcdef0"),
				} {
					decision, err := engine.Decide(access.AssumedRole(a.RoleARN(r), "erin"), access.Request{
						Action: "ssm:StartSession",
						Resources: []access.Resource{
							{
								ARN:  arn,
								Tags: node.tags,
							}, {ARN: policy.AWS.DocumentARN(region, "111122223333", guardrail.PreferencesDocument)},
						},
					})
					require.NoError(t, err)
					assert.Equal(
						t,
						node.reached,
						decision.Allowed(),
						"%s: a shell on %s %v beside %v: %s",
						r.Name,
						arn,
						node.tags,
						beside != nil,
						decision,
					)
				}
			}
		}
	}
}

// Without an environment the documents are what they were; with one and without the key of the tag, or with a key that
// decides something else already, the role is refused.
func TestEnvironmentsThatAreRefused(t *testing.T) {
	plain, with := roles(), roles()
	plain.EnvironmentTag = ""
	for i := range plain.Roles {
		plain.Roles[i].Environment, with.Roles[i].Environment = "", ""
		assert.Equal(t, plain.Role(plain.Roles[i]), with.Role(with.Roles[i]), "a key that no role uses changes no role")
	}
	for name, c := range map[string]struct {
		change func(*operation.Args)
		says   string
	}{
		"no key":          {func(a *operation.Args) { a.EnvironmentTag = "" }, "operationRoles[0].environment: \"staging\" is the value of no tag"},
		"the project tag": {func(a *operation.Args) { a.EnvironmentTag = "project" }, "tags.environment: \"project\" decides something else already"},
		"the OS user":     {func(a *operation.Args) { a.EnvironmentTag = "ssmsessionrunas" }, "tags.environment"},
		"a strange key":   {func(a *operation.Args) { a.EnvironmentTag = "ü" }, "tags.environment"},
		"a strange value": {func(a *operation.Args) { a.Roles[0].Environment = "a\nb" }, "operationRoles[0].environment"},
	} {
		a := roles()
		c.change(a)
		assert.ErrorContains(t, a.Validate(), c.says, name)
	}
}

// Where projects are separated, a role reaches a node that has one of its projects among others, wherever it stands,
// and
// none whose project only begins or ends alike.
func TestARoleReachesNodesThatTeamsShare(t *testing.T) {
	for _, separator := range append(guardrail.ProjectSeparators(), "") {
		a := roles()
		a.EnvironmentTag, a.ProjectSeparator = "", separator
		for i := range a.Roles {
			a.Roles[i].Environment = ""
		}
		require.NoError(t, a.Validate(), separator)
		w := world.Account{ID: "111122223333", Partition: policy.AWS, Users: []world.User{{Name: "erin"}}}
		a.AddTo(&w)
		everything := world.InlinePolicy{
			Name:     "everything",
			Document: policy.New(policy.Allow("Everything", "*").On("*")),
		}
		for _, beside := range [][]world.InlinePolicy{nil, {everything}} {
			for i := range w.Roles {
				w.Roles[i].Inline = append(w.Roles[i].Inline, beside...)
			}
			engine, err := access.Compile(access.World{Accounts: []world.Account{w}})
			require.NoError(t, err)
			s := separator
			for value, reached := range map[string]bool{
				"shop": true, "shop" + s + "web": s != "", "web" + s + "shop": s != "", "web" + s + "shop" + s + "docs": s != "",
				"Shop": false, "shops": false, "web" + s + "shops": false, "myshop" + s + "web": false, "web" + s + "shop-2" + s + "docs": false, "": false, "web": false,
			} {
				for _, r := range a.Roles {
					decision, err := engine.Decide(access.AssumedRole(a.RoleARN(r), "erin"), access.Request{
						Action: "ec2:StopInstances",
						Resources: []access.Resource{{
							ARN: policy.AWS.InstanceARN(
								region,
								"111122223333",
								"i-0123456789abcdef0",
							), Tags: []world.Tag{{Key: "Project", Value: value}},
						}},
					})
					require.NoError(t, err)
					assert.Equal(t, reached, decision.Allowed(), "%q: %s on %q: %s", separator, r.Name, value, decision)
				}
			}
		}
	}
	a := roles()
	a.ProjectSeparator = "*"
	assert.ErrorContains(t, a.Validate(), "tags.projectSeparator")
	a.ProjectSeparator = "/"
	a.Roles[0].Project = "team/shop"
	assert.ErrorContains(t, a.Validate(), "has / in its name")
}
