package deployer

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	_ "aws-access-guardrails/internal/testkit/garbage" // Tests end soon.
	"aws-access-guardrails/policy"
)

func shipped(t *testing.T) []*stack.Stack {
	t.Helper()
	var stacks []*stack.Stack
	for _, pattern := range []string{"../../Pulumi.*.yaml", "../../examples/*/Pulumi.*.yaml", "../testkit/stacktest/testdata/Pulumi.*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			stack, problems := stack.ReadFile(file)
			require.NoError(t, problems.Err(), file)
			stacks = append(stacks, stack)
		}
	}
	require.GreaterOrEqual(t, len(stacks), 10)
	return stacks
}

// account is a stack of people alone.
func account(t *testing.T, sections string) *stack.Stack {
	t.Helper()
	text := "config:\n  aws:region: ap-northeast-1\n" + sections
	if !strings.Contains(sections, "guardrails:account") {
		text += "  guardrails:account: {id: \"111122223333\"}\n"
	}
	stack, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
	require.NoError(t, problems.Err())
	return stack
}

// Whatever the program registers has its calls: every shipped stack renders, within AWS's quotas, and previews with a
// part of what deploys.
func TestEveryShippedStackHasItsDeployer(t *testing.T) {
	for _, stack := range shipped(t) {
		r, err := Render(stack, Options{})
		require.NoError(t, err, stack.File)
		require.NotEmpty(t, r.Deployer.Policies, stack.File)
		require.NotEmpty(t, r.Preview.Policies, stack.File)
		for _, p := range r.Preview.Policies {
			for _, s := range p.Document.Statements {
				for _, action := range s.Actions {
					assert.True(t, readsOnly(action), "%s: the preview role may %s", stack.File, action)
				}
			}
		}
		assert.Nil(t, r.Deployer.Trust, "nobody is trusted who was not named")
	}
}

func readsOnly(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	return strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Describe")
}

// Every action of the table is one that AWS has, and has a resource in the table exactly when AWS decides it on one.
func TestActionsAndTheirResourcesAreAWSs(t *testing.T) {
	for typ, needs := range needsOf {
		for _, n := range needs {
			for _, action := range n.actions(typ, awstype.Any) {
				known, ok := catalogue.KnownAction(action)
				require.True(t, ok, "%s: %s is no action", typ, action)
				assert.Equal(t, known, action)
				assert.Equal(t, len(catalogue.ResourceTypesOf(action)) > 0, n.resources != nil, "%s: %s", typ, action)
				if n.when != nil {
					assert.True(t, catalogue.KeyAppliesTo(conditionKeyOf(action), action), action)
				}
			}
		}
	}
}

func conditionKeyOf(action string) string {
	switch {
	case strings.HasSuffix(action, "PermissionsBoundary"):
		return "iam:PermissionsBoundary"
	case action == "iam:PassRole":
		return "iam:PassedToService"
	}
	return "iam:PolicyARN"
}

// The table of types and the statements fit: every group of calls has its statement, every statement its calls, and a
// call that nobody may make says why.
func TestEveryCallOfATypeIsAllowedOrWithheld(t *testing.T) {
	assert.ElementsMatch(t, awstype.Tokens(), slices.Collect(maps.Keys(needsOf)))
	for _, typ := range awstype.Tokens() {
		calls, _ := awstype.CallsOf(typ)
		groups := map[string]bool{}
		for _, call := range calls.Calls {
			_, known := catalogue.KnownAction(call.Action)
			assert.True(t, known, "%s: %s is no action", typ, call.Action)
			assert.NotZero(t, call.In, "%s %s", typ, call.Action)
			assert.NotEqual(
				t,
				call.For == "",
				call.Withheld == "",
				"%s %s is allowed by a statement or withheld with a reason",
				typ,
				call.Action,
			)
			groups[call.For] = true
		}
		delete(groups, "")
		stated := map[string]bool{}
		for _, n := range needsOf[typ] {
			stated[cmp.Or(n.group, n.name)] = true
		}
		assert.Equal(t, groups, stated, "%s: groups of calls, and those that statements allow", typ)
	}
}

// Whatever others can add beside a resource of a stack, its deployer may read and take away, and may neither make nor
// change where the stack has none of it.
func TestTheDeployerTakesAwayWhatOthersAddAndDoesNotMakeIt(t *testing.T) {
	seen := 0
	for _, stack := range shipped(t) {
		r, err := Render(stack, Options{})
		require.NoError(t, err, stack.File)
		allowed := map[string]bool{}
		for _, p := range r.Deployer.Policies {
			for _, s := range p.Document.Statements {
				for _, action := range s.Actions {
					allowed[action] = true
				}
			}
		}
		resources, err := program.Resources("guardrails", stack)
		require.NoError(t, err)
		has := map[string]bool{}
		for _, r := range resources {
			has[r.Type] = true
		}
		for typ := range has {
			for _, stray := range awstype.StraysOf(typ) {
				seen++
				calls, _ := awstype.CallsOf(stray.Token)
				for _, action := range append(calls.Always(awstype.Read), calls.Always(awstype.Delete)...) {
					assert.True(t, allowed[action], "%s: %s, beside a %s", stack.File, action, typ)
				}
				for _, action := range calls.Always(awstype.Create) {
					shared := calls.Has(action, awstype.Read) || calls.Has(action, awstype.Delete)
					assert.True(t, has[stray.Token] || shared || !allowed[action], "%s: %s", stack.File, action)
				}
			}
		}
	}
	assert.Positive(t, seen)
}

// What was read where is said for every type, and there is no call that no source shows.
func TestCallsHaveTheirSource(t *testing.T) {
	for _, typ := range awstype.Tokens() {
		calls, _ := awstype.CallsOf(typ)
		assert.NotEmpty(t, calls.Source.Repository, typ)
		assert.NotEmpty(t, calls.Source.File, typ)
		assert.Regexp(t, "^[0-9a-f]{8}$", calls.Source.Commit, typ)
		for _, call := range calls.Calls {
			if call.Source != (awstype.Source{}) {
				assert.NotEmpty(t, call.Source.Repository, call.Action)
				assert.NotEmpty(t, call.Source.File, call.Action)
				assert.Regexp(t, "^[0-9a-f]{8}$", call.Source.Commit, call.Action)
				assert.Empty(t, call.Unconfirmed, "%s is shown by a source", call.Action)
			}
		}
	}
	assert.Empty(t, awstype.Unconfirmed())
}

// One name is one statement: needs that share it read alike, and have the same condition or none.
func TestNeedsOfOneNameAreOneStatement(t *testing.T) {
	type kind struct{ reads, when bool }
	seen := map[string]kind{}
	for typ, needs := range needsOf {
		for _, n := range needs {
			is := kind{n.reads, n.when != nil}
			if was, ok := seen[n.name]; ok {
				assert.Equal(t, was, is, "%s of %s", n.name, typ)
			}
			seen[n.name] = is
		}
	}
}

// The documents reach the stack's own paths and names, and no role, user, group or policy beside them.
func TestNothingOutsideTheStackIsReached(t *testing.T) {
	for _, stack := range shipped(t) {
		r, err := Render(stack, Options{})
		require.NoError(t, err)
		for _, p := range r.Deployer.Policies {
			for _, s := range p.Document.Statements {
				for _, resource := range s.Resources {
					if resource == "*" {
						for _, action := range s.Actions {
							assert.Empty(t, catalogue.ResourceTypesOf(action), "%s on everything", action)
						}
						continue
					}
					parts := strings.SplitN(resource, ":", 6)
					require.Len(t, parts, 6, resource)
					kind, path, _ := strings.Cut(parts[5], "/")
					if s.Sid == "TakeUsersOutOfGroups" {
						assert.Equal(
							t,
							[]string{"iam:RemoveUserFromGroup"},
							s.Actions,
							"it takes people out of groups and does nothing else to them",
						)
						continue
					}
					if parts[2] == "iam" && kind != "mfa" {
						assert.NotEqual(t, "*", path, "%s: %s", s.Sid, resource)
					}
				}
			}
		}
	}
}

// People in the root path are named one by one, and by all names where the admin asks for it; people with a path of
// their own by the path.
func TestPeopleAreNamedAsCloselyAsTheirPathAllows(t *testing.T) {
	for _, c := range []struct {
		user string
		any  bool
		want string
	}{
		{"{name: alice}", false, "arn:aws:iam::111122223333:user/alice"},
		{"{name: alice}", true, "arn:aws:iam::111122223333:user/*"},
		{"{name: alice, path: /people/}", false, "arn:aws:iam::111122223333:user/people/*"},
	} {
		r, err := Render(account(t, "  guardrails:users: ["+c.user+"]\n"), Options{AnyUser: c.any})
		require.NoError(t, err)
		s, ok := r.Deployer.Policies[0].Document.Statement("RemoveUsersOfTheStack")
		require.True(t, ok)
		assert.Equal(t, []string{c.want}, s.Resources)
	}
}

// Of people who are alike the resources of one are listed. The documents are those of everybody's resources: for people
// who differ in each key that a user has, named by roles and groups of the stack, and for the shipped stacks.
func TestPeopleWhoAreAlikeNeedWhatOneOfThemNeeds(t *testing.T) {
	stacks := shipped(t)
	for _, users := range []string{
		"{name: ann}, {name: ben}, {name: cem, path: /people/}, {name: dev, path: /people/}, {name: eva, path: /others/}",
		"{name: ann, email: a@example.com}, {name: ben, email: b@example.com, displayName: B}, {name: cem, tags: {Team: x}}",
		"{name: ann, permissionsBoundary: Bound}, {name: ben}, {name: cem, permissionsBoundary: Bound}, {name: dev, runAs: dora}",
		"{name: ann}, {name: ben, permissionsBoundary: Bound}, {name: cem}",
		"{name: ann, path: /people/, permissionsBoundary: Bound}, {name: ben, path: /people/}, {name: cem, path: /people/}",
	} {
		stacks = append(stacks, account(t, `  guardrails:managedPolicies:
    - {name: Bound, policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["s3:*", "iam:*", "sts:*"], Resource: "*"}]}}
  guardrails:sessions: {runAs: {defaultUser: operator}}
  guardrails:users: [`+users+`]
  guardrails:operationRoles: [{users: [ann], project: shop, runAs: one}, {users: [ben], project: shop, runAs: two}]
  guardrails:delegatedRoles: [{name: reader, users: [ben, cem], managedPolicies: [ReadOnlyAccess]}]
`))
	}
	for _, stack := range stacks {
		for _, o := range []Options{{}, {AnyUser: true}} {
			want, err := render(stack, o, nil)
			require.NoError(t, err, stack.File)
			got, err := Render(stack, o)
			require.NoError(t, err, stack.File)
			assert.Equal(t, want, got, "%s: %+v", stack.File, o)
		}
	}
}

// Many people fill more than one policy, each within the quota; when a role could not carry them all the error says
// what helps.
func TestDocumentsAreSplitAtTheQuota(t *testing.T) {
	people := func(n int) string {
		var b strings.Builder
		b.WriteString("  guardrails:users:\n")
		for i := range n {
			fmt.Fprintf(&b, "    - {name: somebody-with-a-long-name-%04d}\n", i)
		}
		return b.String()
	}
	stack := account(t, people(150))
	r, err := Render(stack, Options{})
	require.NoError(t, err)
	require.Greater(t, len(r.Deployer.Policies), 1)
	named := 0
	for _, p := range r.Deployer.Policies {
		assert.LessOrEqual(t, p.Document.Characters(), 6144, p.Name)
		for _, s := range p.Document.Statements {
			if slices.Contains(s.Actions, "iam:DeleteUser") {
				named += len(s.Resources)
			}
		}
	}
	assert.Equal(t, 150, named, "nobody is lost at the cut")
	_, err = Render(account(t, people(900)), Options{})
	require.ErrorContains(t, err, "a role has at most 10; give guardrails:users a path")
	_, err = Render(account(t, people(900)), Options{AnyUser: true})
	require.NoError(t, err)
}

// A deployer among the roles that it may change could change what binds it.
func TestADeployerThatCouldChangeItselfIsRefused(t *testing.T) {
	sections := "  guardrails:account: {id: \"111122223333\", deployer: role/guardrails/delegated/Deployer}\n  " +
		"guardrails:users: [{name: alice}]\n" +
		"  guardrails:delegatedRoles: [{name: Admin, users: [alice], managedPolicies: [ReadOnlyAccess]}]\n"
	_, err := Render(account(t, sections), Options{})
	require.ErrorContains(
		t,
		err,
		"lies within arn:aws:iam::111122223333:role/guardrails/delegated/*, which it may change",
	)
}

// A retained resource is never deleted, so nobody needs to be able to.
func TestWhatIsRetainedIsNotDeleted(t *testing.T) {
	r, err := Render(
		account(t, "  guardrails:passwordPolicy: {minimumLength: 16}\n  guardrails:sessions: {idleTimeout: 15m}\n"),
		Options{},
	)
	require.NoError(t, err)
	for _, p := range r.Deployer.Policies {
		for _, s := range p.Document.Statements {
			assert.NotContains(t, s.Actions, "iam:DeleteAccountPasswordPolicy")
			assert.NotContains(t, s.Actions, "ssm:DeleteDocument")
		}
	}
}

// decided reports whether a pipeline's token assumes a role.
func decided(t *testing.T, r *Rendering, role Role, sub, aud string) bool {
	t.Helper()
	provider := "arn:aws:iam::" + r.Account + ":oidc-provider/" + r.Provider
	engine, err := access.Compile(
		access.World{
			Accounts: []world.Account{
				{ID: r.Account, Partition: policy.AWS, Roles: []world.Role{{Name: role.Name, Trust: *role.Trust}}},
			},
		},
	)
	require.NoError(t, err)
	d, err := engine.Decide(access.Federated(provider), access.Request{
		Action:    "sts:AssumeRoleWithWebIdentity",
		Resources: access.On("arn:aws:iam::" + r.Account + ":role/" + role.Name),
		Context:   access.Context{r.Provider + ":sub": {sub}, r.Provider + ":aud": {aud}},
	})
	require.NoError(t, err)
	return d.Allowed()
}

// The deployer is one branch's or environment's alone; the preview role is the repository's pull requests' too;
// nobody else's tokens assume either.
func TestWhoAssumesTheRoles(t *testing.T) {
	stack := account(t, "  guardrails:users: [{name: alice}]\n")
	const aud = "sts.amazonaws.com"
	for _, c := range []struct {
		name              string
		options           Options
		sub, aud          string
		deploys, previews bool
	}{
		{"the branch", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r:ref:refs/heads/main", aud, true, true},
		{"a pull request", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r:pull_request", aud, false, true},
		{"another branch", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r:ref:refs/heads/mine", aud, false,
			false},
		{"a branch that begins alike", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r:ref:refs/heads/main2",
			aud, false, false},
		{"another repository", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r2:ref:refs/heads/main", aud, false,
			false},
		{"another audience", Options{GitHub: &GitHub{Repository: "o/r"}}, "repo:o/r:ref:refs/heads/main", "other",
			false, false},
		{"the environment", Options{GitHub: &GitHub{Repository: "o/r", Environment: "production"}},
			"repo:o/r:environment:production", aud, true, false},
		{"the branch beside an environment", Options{GitHub: &GitHub{Repository: "o/r", Environment: "production"}},
			"repo:o/r:ref:refs/heads/main", aud, false, true},
		{"a branch of GitLab", Options{GitLab: &GitLab{Project: "g/p"}}, "project_path:g/p:ref_type:branch:ref:main",
			aud, true, true},
		{"a merge request of GitLab", Options{GitLab: &GitLab{Project: "g/p"}},
			"project_path:g/p:ref_type:branch:ref:mine", aud, false, true},
		{"a tag of GitLab", Options{GitLab: &GitLab{Project: "g/p"}}, "project_path:g/p:ref_type:tag:ref:main", aud,
			false, false},
		{"another project of GitLab", Options{GitLab: &GitLab{Project: "g/p", Host: "gitlab.example.com"}},
			"project_path:g/p2:ref_type:branch:ref:main", aud, false, false},
	} {
		r, err := Render(stack, c.options)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.deploys, decided(t, r, r.Deployer, c.sub, c.aud), "%s deploys", c.name)
		assert.Equal(t, c.previews, decided(t, r, r.Preview, c.sub, c.aud), "%s previews", c.name)
	}
}

// A name that is a pattern would trust the pipelines of others.
func TestPatternsAreNoNames(t *testing.T) {
	stack := account(t, "  guardrails:users: [{name: alice}]\n")
	for _, o := range []Options{
		{GitHub: &GitHub{Repository: "o/*"}}, {GitHub: &GitHub{Repository: "o"}}, {GitHub: &GitHub{Repository: "o/r",
			Branch: "*"}},
		{GitHub: &GitHub{Repository: "o/r",
			Environment: "prod*"}}, {GitLab: &GitLab{Project: "g/*"}}, {GitLab: &GitLab{Project: "g/p", Branch: "mai?"}},
		{GitLab: &GitLab{Project: "g/p", Host: "https://gitlab.example.com/x"}}, {GitHub: &GitHub{Repository: "o/r"},
			GitLab: &GitLab{Project: "g/p"}},
	} {
		_, err := Render(stack, o)
		assert.Error(t, err, "%+v %+v", o.GitHub, o.GitLab)
	}
}
