package components_test

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

// ordered is a program whose registrations are held against the orders.
type ordered struct {
	name, account string
	run           func(options ...mocks.Option) (*mocks.Recorder, error)
}

// fullStack is the stack file of the tests that has every section.
const fullStack = "../internal/testkit/stacktest/testdata/Pulumi.full.yaml"

// shippedStacks are the stack files of the project.
func shippedStacks(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../Pulumi.*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// read reads a stack file and requires that it is in order.
func read(t testing.TB, file string) *stack.Stack {
	t.Helper()
	stack, problems := stack.ReadFile(file)
	require.NoError(t, problems.Err())
	return stack
}

// everyStackFile are the stack files that are shipped, those of the examples, and the one of the tests that has every
// section.
func everyStackFile(t testing.TB) []string {
	t.Helper()
	files := append(shippedStacks(t), fullStack)
	examples, err := filepath.Glob("../examples/*/Pulumi.*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	return append(files, examples...)
}

// ofStack registers what the program does for a stack file; AWS is as the stack file says it is.
func ofStack(file string, stack *stack.Stack) ordered {
	return ordered{name: file, account: stack.Account.ID, run: func(options ...mocks.Option) (*mocks.Recorder, error) {
		return mocks.Run(func(ctx *pulumi.Context) error { return program.Register(ctx, stack) }, append([]mocks.Option{
			mocks.Account(
				stack.Account.ID,
				string(stack.Account.Partition),
				stack.AWS.Region,
			),
			mocks.AnswerAll(answersOf(stack)),
		}, options...)...)
	}}
}

// answersOf is the organization and the Identity Center that a stack file describes.
func answersOf(stack *stack.Stack) func(pulumi.MockCallArgs) (resource.PropertyMap, bool) {
	list := func(s string) resource.PropertyValue {
		return resource.NewProperty([]resource.PropertyValue{resource.NewProperty(s)})
	}
	nameOf := func(ids map[string]string, id resource.PropertyValue) resource.PropertyValue {
		for name, known := range ids {
			if id.IsString() && id.StringValue() == known {
				return resource.NewProperty(name)
			}
		}
		return resource.NewProperty("")
	}
	policies, center := stack.ServiceControlPolicies(), stack.IdentityCenter
	return func(args pulumi.MockCallArgs) (resource.PropertyMap, bool) {
		switch {
		case args.Token == "aws:organizations/getOrganization:getOrganization" && policies != nil:
			return resource.PropertyMap{
				"id": resource.NewProperty(policies.ID), "masterAccountId": resource.NewProperty(policies.Management),
				"featureSet": resource.NewProperty("ALL"), "enabledPolicyTypes": list("SERVICE_CONTROL_POLICY"),
			}, true
		case args.Token == "aws:ssoadmin/getInstances:getInstances" && center != nil:
			return resource.PropertyMap{
				"arns":             list(center.Instance),
				"identityStoreIds": list(center.IdentityStore),
			}, true
		case args.Token == "aws:identitystore/getUser:getUser" && center != nil:
			return resource.PropertyMap{"userName": nameOf(center.Users, args.Args["userId"])}, true
		case args.Token == "aws:identitystore/getGroup:getGroup" && center != nil:
			return resource.PropertyMap{"displayName": nameOf(center.Groups, args.Args["groupId"])}, true
		}
		return nil, false
	}
}

// orderedPrograms are every stack file, and fixtures for what none of them has.
func orderedPrograms(t testing.TB) []ordered {
	t.Helper()
	var all []ordered
	for _, file := range everyStackFile(t) {
		all = append(all, ofStack(file, read(t, file)))
	}
	fixture := func(name, account string, deploy pulumi.RunFunc, given ...mocks.Option) {
		all = append(all, ordered{name, account, func(options ...mocks.Option) (*mocks.Recorder, error) {
			return mocks.Run(deploy, append(slices.Clone(given), options...)...)
		}})
	}
	management := read(t, "../examples/organization/Pulumi.management.yaml")
	withRole := *management
	withRole.DelegatedRoles = read(t, fullStack).DelegatedRoles
	all = append(all, ofStack("management account with a role", &withRole))
	fixture("full account", accounts.Home, deployAccount(accounts.FullAccount(policy.AWS)))
	split := accounts.FullOrganization(policy.AWS)
	split.Policies.Quotas.SCP, split.Policies.Quotas.SCPsPerTarget = 5120, 10
	fixture("guardrails with several policies", accounts.Management, deployPolicies(split), scpEnabled())
	fixture("access that is denied", accounts.Other, func(ctx *pulumi.Context) error {
		args := *accounts.FullOrganization(policy.AWS).JustIn
		sessions := *args.Sessions
		sessions.Regions, args.Sessions = sessions.Regions[:1], &sessions
		args.HomeRegion, args.DelegatedAdministrator = sessions.Regions[0], true
		args.DenyAccess = []justintime.ApprovalRule{{Projects: []string{"Test Project 2"}}}
		_, err := components.NewJustInTime(ctx, "just-in-time", &args, nil)
		return err
	})
	fixture("permission sets with managed policies", accounts.Home, func(ctx *pulumi.Context) error {
		_, args := accounts.PermissionSet()
		preferences, err := components.NewSessionPreferences(ctx, "sessions",
			&preferences.Args{Account: args.Account, Regions: args.Regions}, nil)
		if err != nil {
			return err
		}
		document := policy.New(policy.Deny("NothingIsDeletedHere", "s3:DeleteBucket").On("*"))
		args.Template, args.Regions, args.ManagedPolicies, args.Policy = identitycenter.OwnTemplate, nil, []string{
			"ReadOnlyAccess",
			"job-function/Billing",
		}, &document
		_, err = components.NewPermissionSet(ctx, "set", args, pulumi.DependsOn(preferences.CustomResources()))
		return err
	}, identityCenterAnswers())
	return all
}

// pair is two registrations of which one has to wait for the other.
type pair struct {
	order       int
	first, then resource.URN
}

// pairsOf are the pairs of all orders in a recording.
func pairsOf(rec *mocks.Recorder, account string) []pair {
	var registrations []components.Registration
	var urns []resource.URN
	for _, r := range rec.Resources() {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			registrations = append(
				registrations,
				components.Registration{Type: r.Type, Name: r.Name, ID: r.ID, Account: account, Inputs: r.Inputs},
			)
			urns = append(urns, r.URN)
		}
	}
	var pairs []pair
	for n, order := range components.Orders() {
		for i, first := range registrations {
			for j, then := range registrations {
				if i != j && order.Pair(first, then) {
					pairs = append(pairs, pair{n, urns[i], urns[j]})
				}
			}
		}
	}
	return pairs
}

// waits are the resources that each resource waits for, whatever lies between them.
func waits(rec *mocks.Recorder) map[resource.URN]map[resource.URN]bool {
	direct, all := map[resource.URN][]resource.URN{}, map[resource.URN]map[resource.URN]bool{}
	for _, r := range rec.Resources() {
		direct[r.URN] = r.Dependencies
	}
	var collect func(urn resource.URN) map[resource.URN]bool
	collect = func(urn resource.URN) map[resource.URN]bool {
		if found, done := all[urn]; done {
			return found
		}
		found := map[resource.URN]bool{}
		all[urn] = found
		for _, d := range direct[urn] {
			found[d] = true
			for further := range collect(d) {
				found[further] = true
			}
		}
		return found
	}
	for urn := range direct {
		collect(urn)
	}
	return all
}

// misses are the pairs of which neither the dependencies nor the sequence of a recording keep the order.
func misses(rec *mocks.Recorder, pairs []pair) []string {
	var missed []string
	waiting, place := waits(rec), map[resource.URN]int{}
	for i, urn := range rec.Sequence() {
		place[urn] = i
	}
	orders := components.Orders()
	for _, p := range pairs {
		kept := waiting[p.then][p.first] && place[p.first] < place[p.then]
		if orders[p.order].EitherWay {
			kept = kept || waiting[p.first][p.then] && place[p.then] < place[p.first]
		}
		if !kept {
			missed = append(
				missed,
				fmt.Sprintf(
					"%s before %s: %s does not wait for %s",
					orders[p.order].First,
					orders[p.order].Then,
					p.then.Name(),
					p.first.Name(),
				),
			)
		}
	}
	return missed
}

// yields makes registrations late, each by its own number of turns that follows from the seed.
func yields(seed int) mocks.Option {
	return mocks.Delay(func(typ, name string) {
		h := fnv.New32a()
		fmt.Fprintf(h, "%d %s %s", seed, typ, name)
		turns := int(h.Sum32() % 16)
		for range turns * turns {
			runtime.Gosched()
		}
	})
}

// Every order that safety or AWS rests on is kept in every stack, however late any registration comes, and no order
// is about nothing.
func TestEveryOrderIsKeptHoweverLateRegistrationsAre(t *testing.T) {
	programs := orderedPrograms(t)
	used := map[int]bool{}
	var pairs [][]pair
	for _, p := range programs {
		rec, err := p.run()
		require.NoError(t, err, p.name)
		found := pairsOf(rec, p.account)
		for _, x := range found {
			used[x.order] = true
		}
		pairs = append(pairs, found)
		assert.Empty(t, misses(rec, found), p.name)
	}
	for n, order := range components.Orders() {
		assert.True(t, used[n], "no stack has %s before %s", order.First, order.Then)
	}
	for seed := range tier.Number(t, "GUARDRAILS_ORDERS", 20) {
		for i, p := range programs {
			rec, err := p.run(yields(seed))
			require.NoError(t, err, p.name)
			require.Empty(t, misses(rec, pairs[i]), "%s, seed %d", p.name, seed)
		}
	}
}

// A component is no resource to wait for: Pulumi takes it for those of its children that are registered at that
// moment. Whoever gives one is told so, before anything of it is registered.
func TestAComponentCannotBeWaitedFor(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	want := "is a component, and to wait for it means to wait for those of its children that are registered at that " +
		"moment; give its CustomResources()"
	for token, construct := range constructors() {
		rec, err := mocks.Run(func(ctx *pulumi.Context) error {
			group, err := components.NewMFAGroup(ctx, "mfa", f.Group)
			if err != nil {
				return err
			}
			_, err = construct(ctx, accounts.FullAccount(policy.AWS), pulumi.DependsOn([]pulumi.Resource{group}))
			return err
		})
		require.ErrorContains(t, err, want, token)
		_, registered := rec.Named(token, "x")
		assert.False(t, registered, token)

		_, err = mocks.Run(func(ctx *pulumi.Context) error {
			group, newErr := components.NewMFAGroup(ctx, "mfa", f.Group)
			if newErr != nil {
				return newErr
			}
			later := pulumi.NewResourceArrayOutput(pulumi.NewResourceOutput(group))
			_, newErr = construct(ctx, accounts.FullAccount(policy.AWS), pulumi.DependsOnInputs(later))
			return newErr
		})
		require.ErrorContains(t, err, want, token)
	}
	rec, err := mocks.Run(func(ctx *pulumi.Context) error {
		user, err := components.NewUser(ctx, "user-alice", f.Users[0])
		if err != nil {
			return err
		}
		_, err = components.NewOperationRoles(ctx, "operation", f.Roles, components.UserResources{"alice": {user}})
		return err
	})
	require.ErrorContains(t, err, `operation: users["alice"]: *components.User `+want)
	_, registered := rec.Named(components.OperationRolesToken, "operation")
	assert.False(t, registered)
}

// The reference lists every order with its reason, as the code has it.
func TestTheReferenceListsEveryOrder(t *testing.T) {
	page, err := os.ReadFile("../docs/reference.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), orderTableHead)
	require.True(t, found)
	table, _, _ := strings.Cut(rest, "\n\n")
	var want []string
	for _, o := range components.Orders() {
		rests := "safety"
		if o.AWS {
			rests = "AWS"
		}
		want = append(want, fmt.Sprintf("| %s | %s | %s | %s |", o.First, o.Then, o.Why, rests))
	}
	assert.Equal(t, strings.Join(want, "\n"), strings.TrimSpace(table))
}

const orderTableHead = "| first | then | why | rests on it |\n|---|---|---|---|\n"
