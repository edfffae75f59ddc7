package claims

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

// bothWays are the reports of a world with what is told of others and without, and how many users, roles and accounts
// are like another one.
func bothWays(t *testing.T, w world.World, intents ...intent.Account) (told, apart prove.Report, alike int) {
	t.Helper()
	e, err := engine.Compile(w)
	require.NoError(t, err)
	told, err = Prove(e, intents...)
	require.NoError(t, err)
	apart, err = With{apart: true}.Prove(e, intents...)
	require.NoError(t, err)
	if l := symmetry.Find(e, intents); l != nil {
		for level := range symmetry.Levels {
			count := map[int]int{}
			for _, name := range namesOfWorld(w) {
				if class := l.Class(level, name); class != 0 {
					count[class]++
				}
			}
			for _, n := range count {
				alike += n - 1
			}
		}
	}
	return told, apart, alike
}

// namesOfWorld are the ids of all accounts of a world and the ARNs of their users and roles.
func namesOfWorld(w world.World) []string {
	var names []string
	for i := range w.Accounts {
		a := &w.Accounts[i]
		names = append(names, a.ID)
		for j := range a.Users {
			names = append(names, a.Users[j].ARN(a))
		}
		for j := range a.Roles {
			names = append(names, a.Roles[j].ARN(a))
		}
	}
	return names
}

func intentsOf(w world.World) []intent.Account {
	var intents []intent.Account
	for i := range w.Accounts {
		intents = append(intents, DerivedIntent(w.Accounts[i]))
	}
	return intents
}

// kin makes organizations in which most users, roles and accounts differ in names alone, and now and then a text tells
// some of them apart.
type kin struct {
	*rand.Rand
	// odd is how many of a hundred choices tell names apart.
	odd int
}

func (k kin) oddly() bool { return k.IntN(100) < k.odd }

func (k kin) pick(of ...string) string { return of[k.IntN(len(of))] }

var kinNames = []string{"anna", "ben", "cora", "dora"}

func (k kin) user(account int) string {
	return fmt.Sprintf("arn:aws:iam::%s:user/%s%d", neighbourIDs[account], k.pick(kinNames...), account)
}

// resource is a pattern of which some tell names apart.
func (k kin) resource(account int) string {
	id := neighbourIDs[account]
	if !k.oddly() {
		return k.pick("*", "arn:aws:iam::*:user/*", "arn:aws:iam::"+id+":role/*", "arn:aws:iam::*:user/${aws:username}")
	}
	return k.pick(
		k.user(account),
		k.user(k.IntN(3)),
		"arn:aws:iam::*:user/a*",
		"arn:aws:iam::*:user/*1",
		"arn:aws:iam::*:user/?o*",
		"arn:aws:iam::*:user/BEN0",
		"arn:aws:iam::*:user/${aws:username}*",
		"arn:aws:*:*:*:*anna*",
		"arn:aws:iam::"+neighbourIDs[1]+":*",
		"arn:aws:iam::1*:role/*",
		"arn:aws:iam::*:role/op-*",
		"arn:aws:iam::*:user/${aws:PrincipalTag/Project}",
	)
}

// condition is a condition of which some tell names, values and accounts apart.
func (k kin) condition(account int) policy.Condition {
	like := policy.Operator{Base: policy.OpStringLike}
	less := policy.Operator{Base: policy.OpNumericLessThan}
	if !k.oddly() {
		return []policy.Condition{
			policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
			policy.StringEquals("iam:ResourceTag/Project", "${aws:PrincipalTag/Project}"),
			policy.StringNotEquals("aws:PrincipalAccount", neighbourIDs[account]),
			policy.Is(like, "aws:PrincipalTag/Project", "*"),
		}[k.IntN(4)]
	}
	project := fmt.Sprintf("Project %d%d", k.IntN(3), k.IntN(2))
	return []policy.Condition{
		policy.StringEquals("aws:PrincipalTag/Project", project),
		policy.Is(like, "aws:PrincipalTag/Project", project[:len(project)-1]+"?"),
		policy.Is(like, "iam:ResourceTag/Project", "Project 1*"),
		policy.Is(less, "aws:PrincipalTag/Level", "15"),
		policy.StringEquals("aws:username", k.pick(kinNames...)+"0"),
		policy.StringEquals("aws:PrincipalAccount", neighbourIDs[k.IntN(3)]),
		policy.Is(like, "aws:PrincipalAccount", "4*"),
		policy.ArnLike("aws:PrincipalArn", k.user(account), k.user(account)),
		policy.StringEquals("sts:RoleSessionName", "${aws:username}"),
		policy.Is(less, "aws:MultiFactorAuthAge", "500000"+"000000"),
	}[k.IntN(10)]
}

func (k kin) statement(account int) policy.Statement {
	action := k.pick(
		"iam:*",
		"iam:Tag*",
		"sts:AssumeRole",
		"sts:TagSession",
		"ssm:StartSession",
		"iam:PutUserPolicy",
		"*",
	)
	st := policy.Allow("", action)
	if k.IntN(3) > 0 {
		st = policy.Deny("", action)
	}
	st = st.On(k.resource(account))
	if k.IntN(2) == 0 {
		st = st.When(k.condition(account))
	}
	return st
}

// role is a role for one person, or now and then for two.
func (k kin) role(account, n int, shared policy.Document) world.Role {
	principals := []string{fmt.Sprintf("arn:aws:iam::%s:user/%s%d", neighbourIDs[account], kinNames[n], account)}
	if k.oddly() {
		principals = append(principals, k.user(k.IntN(3)))
	}
	trust := policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(principals...)).When(
		policy.Bool("aws:MultiFactorAuthPresent", true), policy.YoungerThan("aws:MultiFactorAuthAge", 12*time.Hour),
		policy.StringEquals("sts:RoleSessionName", "${aws:username}"),
	)
	login := fmt.Sprintf("op%d%d", account, n)
	if k.oddly() {
		login = k.pick("ubuntu", "Op 1", "op00", "anna0", "root", "op@example.com")
	}
	return world.Role{
		Name: fmt.Sprintf("op-%d-%d", account, n), Path: "/guardrails/",
		Tags: []world.Tag{
			{Key: "Project", Value: fmt.Sprintf("Project %d%d", account, n)}, {Key: world.RunAsTag, Value: login},
		},
		Trust:  policy.New(trust),
		Inline: []world.InlinePolicy{{Name: "p", Document: shared}},
	}
}

func (k kin) account(account int) world.Account {
	a := world.Account{ID: neighbourIDs[account], Alias: fmt.Sprintf("alias%d", account), Partition: policy.AWS}
	staff := policy.New(k.statement(account), policy.Allow("Own", "iam:EnableMFADevice", "iam:ListMFADevices").
		On("arn:aws:iam::"+a.ID+":user/${aws:username}"), policy.Deny("M", "*").On("*").
		When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)))
	a.Groups = []world.Group{{Name: "staff", Inline: []world.InlinePolicy{{Name: "staff", Document: staff}}}}
	for n, name := range kinNames {
		u := world.User{Name: fmt.Sprintf("%s%d", name, account), Groups: []string{"staff"}}
		if !k.oddly() {
			u.Tags = []world.Tag{{Key: "Email", Value: fmt.Sprintf("%s%d@example.com", name, account)}}
		}
		if k.oddly() {
			u.Tags = append(u.Tags, world.Tag{Key: "Level", Value: fmt.Sprint(10 * (1 + n))})
		}
		if k.oddly() {
			u.Inline = []world.InlinePolicy{{Name: "own", Document: policy.New(k.statement(account))}}
		}
		a.Users = append(a.Users, u)
	}
	operate := policy.New(policy.Allow("S", "ssm:StartSession").On("arn:aws:ec2:*:"+a.ID+":instance/*").
		When(policy.StringEquals("ssm:resourceTag/Project", "${aws:PrincipalTag/Project}")), k.statement(account))
	for n := range 2 {
		a.Roles = append(a.Roles, k.role(account, n, operate))
	}
	return a
}

// world is an organization in which accounts are made with the same choices, but for those that are odd.
func (k kin) world(seed uint64) world.World {
	full := world.ServiceControlPolicy{Name: "Full", Document: policy.New(policy.Allow("", "*").On("*"))}
	denies := k.statement(0)
	denies.Effect = policy.EffectDeny
	if !k.oddly() {
		// Lists that name all accounts tell none apart.
		denies.Resources = []string{"*"}
		denies.Conditions = []policy.Condition{policy.StringNotEquals("aws:PrincipalAccount", neighbourIDs...)}
	}
	w := world.World{
		Organization: &world.Organization{ID: "o-exampleorgid", Management: "123456789012", Root: world.Unit{
			ID: "r-exam", Policies: []world.ServiceControlPolicy{full, {Name: "p", Document: policy.New(denies)}},
		}},
	}
	for account, id := range neighbourIDs {
		w.Organization.Root.Accounts = append(w.Organization.Root.Accounts,
			world.OrganizationAccount{ID: id, Policies: []world.ServiceControlPolicy{full}})
		same := kin{Rand: rand.New(rand.NewPCG(seed, 2)), odd: k.odd}
		w.Accounts = append(w.Accounts, same.account(account))
	}
	return w
}

// rounds is how many worlds of a kind are made: GUARDRAILS_ALIKE, or a few.
func rounds(t *testing.T, few int) uint64 { return uint64(tier.Number(t, "GUARDRAILS_ALIKE", few)) }

// What is told of another is what would be found: of people, of roles and of whole accounts, where nothing tells them
// apart and where documents do so in every way.
func TestWhatIsToldOfAnotherIsWhatWouldBeFound(t *testing.T) {
	for _, odd := range []int{0, 10, 40} {
		alike := 0
		for seed := range rounds(t, 12) {
			w := kin{Rand: rand.New(rand.NewPCG(seed, 1)), odd: odd}.world(seed)
			told, apart, n := bothWays(t, w, intentsOf(w)...)
			require.Equal(t, apart, told, "odd %d, seed %d", odd, seed)
			alike += n
		}
		t.Logf("odd %d: %d are like others", odd, alike)
		if odd < 40 {
			assert.NotZero(t, alike)
		}
	}
}

// The same of accounts whose documents were not made for it.
func TestWhatIsToldOfAnotherIsWhatWouldBeFoundInAnyWorld(t *testing.T) {
	worlds := rapid.Custom(crowd)
	for seed := range 4 {
		w := worlds.Example(seed)
		told, apart, _ := bothWays(t, w, intentsOf(w)...)
		require.Equal(t, apart, told, "crowd %d", seed)
	}
	for seed := range rounds(t, 10) {
		n := neighbours{Rand: rand.New(rand.NewPCG(seed, 138))}
		w := n.world()
		told, apart, _ := bothWays(t, w, intentsOf(w)...)
		require.Equal(t, apart, told, "neighbours %d", seed)
	}
}

// A text that tells names apart keeps those whom it tells apart to themselves.
func TestWhoIsToldApart(t *testing.T) {
	base := func() world.World { return kin{Rand: rand.New(rand.NewPCG(3, 1))}.world(3) }
	alike := func(w world.World, arn, other string, level int) bool {
		e, err := engine.Compile(w)
		require.NoError(t, err)
		l := symmetry.Find(e, intentsOf(w))
		return l != nil && l.Class(level, arn) != 0 && l.Class(level, arn) == l.Class(level, other)
	}
	cora, dora := "arn:aws:iam::"+neighbourIDs[0]+":user/cora0", "arn:aws:iam::"+neighbourIDs[0]+":user/dora0"
	require.True(t, alike(base(), cora, dora, symmetry.OfPeople))
	require.True(t, alike(base(), neighbourIDs[1], neighbourIDs[2], symmetry.OfAccounts))
	for name, st := range map[string]policy.Statement{
		"a name":                 policy.Deny("", "*").On(cora),
		"a name in another case": policy.Deny("", "*").On("arn:aws:iam::*:user/CORA0"),
		"the beginning of names": policy.Deny("", "*").On("arn:aws:iam::*:user/co*"),
		"the end of names":       policy.Deny("", "*").On("arn:aws:iam::*:*ora0"),
		"the length of names":    policy.Deny("", "*").On("arn:aws:iam::*:user/?????"),
		"the inside of names":    policy.Deny("", "*").On("arn:aws:iam::*:user/*or*"),
		"a condition":            policy.Deny("", "*").On("*").When(policy.StringEquals("aws:username", "dora0")),
		"a key that is not known": policy.Deny("", "*").On("*").
			When(policy.StringEquals("s3:prefix", "dora0", "cora0")),
		"a glued variable": policy.Deny("", "*").On("arn:aws:iam::*:user/x${aws:username}"),
	} {
		w := base()
		w.Organization.Root.Policies = append(w.Organization.Root.Policies,
			world.ServiceControlPolicy{Name: "telling", Document: policy.New(st)})
		assert.False(t, alike(w, cora, dora, symmetry.OfPeople), name)
	}
	for name, st := range map[string]policy.Statement{
		"an id": policy.Deny("",
			"*").On("*").When(policy.StringEquals("aws:PrincipalAccount", neighbourIDs[1])),
		"the beginning of it": policy.Deny("", "*").On("arn:aws:iam::4*:role/x"),
		"a large number": policy.Deny("", "*").On("*").
			When(
				policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "500000"+"000000"),
			),
		"a person": policy.Deny("",
			"*").On("*").When(policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::"+neighbourIDs[1]+":user/cora1")),
	} {
		w := base()
		w.Organization.Root.Policies = append(w.Organization.Root.Policies,
			world.ServiceControlPolicy{Name: "telling", Document: policy.New(st)})
		assert.False(t, alike(w, neighbourIDs[1], neighbourIDs[2], symmetry.OfAccounts), name)
	}
}
