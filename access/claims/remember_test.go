package claims

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

// everything is a memory that forgets nothing.
type everything struct {
	mutex sync.Mutex
	kept  map[rests.Key]map[string][]prove.Finding
	hits  int
}

func (m *everything) Recall(key rests.Key) (map[string][]prove.Finding, bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	found, known := m.kept[key]
	if known {
		m.hits++
	}
	return found, known
}

func (m *everything) Keep(key rests.Key, findings map[string][]prove.Finding) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.kept[key] = findings
}

// A report with a memory is the report without one. An account of which something does not hold is not kept.
func TestAReportIsTheSameWithAMemory(t *testing.T) {
	m := &everything{kept: map[rests.Key]map[string][]prove.Finding{}}
	report := func(trust policy.Document) prove.Report {
		w := world.World{
			Accounts: []world.Account{{ID: fixture.People, Roles: []world.Role{{Name: "r", Trust: trust}}}},
		}
		e := fixture.Compiled(t, w)
		in := intent.Account{Account: fixture.People, Administrators: []string{}}
		want, err := Prove(e, in)
		require.NoError(t, err)
		var told []int
		got, err := With{Memory: m, Proven: func(done, of int) { told = append(told, done, of) }}.Prove(e, in)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, []int{1, 1}, told)
		return got
	}
	shut := policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.ServicePrincipals("lambda.amazonaws.com")))
	open := policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.Anyone()))
	require.True(t, report(shut).Holds())
	require.Len(t, m.kept, 1)
	require.Zero(t, m.hits)
	require.True(t, report(shut).Holds())
	require.Equal(t, 1, m.hits)
	require.False(t, report(open).Holds())
	require.False(t, report(open).Holds())
	require.Equal(t, 1, m.hits)
	require.Len(t, m.kept, 1)
}

// neighbours makes organizations of three accounts that speak of each other in every way in which documents can: by
// name, by account, of everybody, by conditions, by OS users, by policies that one of them has.
type neighbours struct {
	*rand.Rand
	// self is the account that is made; most of what it says is about itself.
	self string
}

func oneOf[T any](n neighbours, of ...T) T { return of[n.IntN(len(of))] }

var (
	neighbourIDs = []string{fixture.People, fixture.Members, "777788889999"}
	windowOpens  = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	lookedAt     = []time.Time{
		{}, windowOpens.AddDate(-1, 0, 0), windowOpens.Add(-time.Hour), windowOpens.Add(-time.Minute),
		windowOpens, windowOpens.Add(time.Hour), windowOpens.AddDate(1, 0, 0), windowOpens.AddDate(2, 0, 0),
	}
)

func (n neighbours) id() string {
	if n.self != "" && n.IntN(6) > 0 {
		return n.self
	}
	return oneOf(n, neighbourIDs...)
}

func (n neighbours) person() string {
	return "arn:aws:iam::" + n.id() + ":user/" + oneOf(n, "alice", "bob")
}

func (n neighbours) role() string {
	return "arn:aws:iam::" + n.id() + ":role/" + oneOf(n, "r0", "r1", "guardrails/x")
}

func (n neighbours) resource() string {
	return oneOf(n, "*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:role/r0", "arn:aws:iam::"+n.id()+":role/*", n.role(),
		"arn:aws:iam::"+n.id()+":user/${aws:username}", "arn:aws:iam::*:user/*", n.person(),
		"arn:aws:ec2:*:"+n.id()+":instance/*")
}

func (n neighbours) condition() policy.Condition {
	return oneOf(n,
		policy.Bool("aws:MultiFactorAuthPresent", true), policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
		policy.StringEquals("aws:PrincipalAccount", n.id()), policy.ArnLike("aws:PrincipalArn", n.person(), n.role()),
		policy.StringEquals("iam:ResourceTag/Team", "${aws:PrincipalTag/Team}"),
		policy.StringEquals("aws:PrincipalOrgID", "o-exampleorgid"), policy.From(windowOpens),
		policy.Before(windowOpens.AddDate(0, 0, 10)), policy.StringEquals("sts:RoleSessionName", "${aws:username}"))
}

func (n neighbours) statement() policy.Statement {
	actions := []string{
		oneOf(
			n,
			"*",
			"sts:AssumeRole",
			"sts:*",
			"iam:CreateAccessKey",
			"iam:PutUserPolicy",
			"iam:*",
			"ssm:StartSession",
			"s3:GetObject",
		),
	}
	st := policy.Allow("", actions...)
	if n.IntN(3) == 0 {
		st = policy.Deny("", actions...)
	}
	st = st.On(n.resource())
	if n.IntN(2) == 0 {
		st = st.When(n.condition())
	}
	return st
}

func (n neighbours) document() policy.Document { return policy.New(n.statement(), n.statement()) }

func (n neighbours) inline() []world.InlinePolicy {
	return []world.InlinePolicy{{Name: "p", Document: n.document()}}
}

func (n neighbours) trust() policy.Document {
	st := policy.Allow("T", "sts:AssumeRole").For(oneOf(n,
		policy.AWSPrincipals(n.person()), policy.AWSPrincipals(n.person()), policy.AWSPrincipals(n.person()),
		policy.AWSPrincipals(n.role()), policy.AWSPrincipals(n.id()), policy.AWSPrincipals(n.id()),
		policy.ServicePrincipals("ec2.amazonaws.com"), policy.ServicePrincipals("lambda.amazonaws.com"), n.rarely(),
	))
	if n.IntN(2) == 0 {
		st = st.When(n.condition())
	}
	return policy.New(st)
}

// rarely lets everybody in, one time in three.
func (n neighbours) rarely() policy.Principal {
	if n.IntN(3) == 0 {
		return policy.Anyone()
	}
	return policy.AWSPrincipals(n.person())
}

func (n neighbours) tags() []world.Tag {
	tags := []world.Tag{{Key: "Team", Value: oneOf(n, "a", "b")}}
	if n.IntN(2) == 0 {
		tags = append(tags, world.Tag{Key: world.RunAsTag, Value: oneOf(n, "alice", "bob", "operator")})
	}
	return tags
}

func (n neighbours) attached() []string {
	return oneOf(n, nil, nil, []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"})
}

func (n neighbours) account(id string) world.Account {
	n.self = id
	a := world.Account{ID: id, Partition: policy.AWS, Partial: n.IntN(8) == 0}
	a.Groups = []world.Group{{Name: "g", Inline: n.inline(), Attached: n.attached()}}
	for _, name := range []string{"alice", "bob"} {
		u := world.User{
			Name:     name,
			Groups:   []string{"g"},
			Tags:     n.tags(),
			Attached: n.attached(),
			HasMFA:   n.IntN(2) == 0,
		}
		if n.IntN(3) == 0 {
			u.Inline = n.inline()
		}
		a.Users = append(a.Users, u)
	}
	for _, name := range []string{"r0", "r1"} {
		a.Roles = append(
			a.Roles,
			world.Role{Name: name, Tags: n.tags(), Trust: n.trust(), Inline: n.inline(), Attached: n.attached()},
		)
	}
	if n.IntN(3) == 0 {
		a.Policies = []world.ManagedPolicy{
			{ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess", Document: n.document(), Unknown: n.IntN(4) == 0},
		}
	}
	if n.IntN(2) == 0 {
		a.Preferences = []world.SessionPreferences{
			{Region: fixture.Tokyo, RunAs: true, DefaultUser: oneOf(n, "", "alice", "operator")},
		}
	}
	return a
}

func (n neighbours) organization() *world.Organization {
	full := world.ServiceControlPolicy{Name: "FullAWSAccess", Document: policy.New(policy.Allow("", "*").On("*"))}
	o := &world.Organization{ID: "o-exampleorgid", Management: neighbourIDs[0], Root: world.Unit{
		ID: "r-exam", Policies: []world.ServiceControlPolicy{full},
	}}
	for _, id := range neighbourIDs {
		o.Root.Accounts = append(
			o.Root.Accounts,
			world.OrganizationAccount{ID: id, Policies: []world.ServiceControlPolicy{full}},
		)
	}
	if n.IntN(2) == 0 {
		denies := n.statement()
		denies.Effect = policy.EffectDeny
		o.Root.Policies = append(o.Root.Policies, world.ServiceControlPolicy{Name: "p", Document: policy.New(denies)})
	}
	return o
}

func (n neighbours) world() world.World {
	w := world.World{Organization: n.organization()}
	for _, id := range neighbourIDs {
		w.Accounts = append(w.Accounts, n.account(id))
	}
	return w
}

// edited is the world with one thing made anew.
func (n neighbours) edited(w world.World) world.World {
	w = cloneOf(w)
	a := &w.Accounts[n.IntN(len(w.Accounts))]
	other := n.account(a.ID)
	at := n.IntN(2)
	switch n.IntN(10) {
	case 0:
		a.Groups = other.Groups
	case 1:
		a.Users[at] = other.Users[at]
	case 2, 3, 4:
		a.Roles[at] = other.Roles[at]
	case 5:
		a.Policies = other.Policies
	case 6:
		a.Preferences = other.Preferences
	case 7:
		w.Organization = n.organization()
	case 8:
		a.Roles[at].Trust = other.Roles[at].Trust
	default:
		a.Users[at].Tags = other.Users[at].Tags
	}
	return w
}

// intents are what the accounts seem to be meant for, and for some of them more.
func (n neighbours) intents(w world.World) []intent.Account {
	var all []intent.Account
	for i := range w.Accounts {
		in := DerivedIntent(w.Accounts[i])
		switch (i + len(w.Accounts[i].Preferences)) % 3 {
		case 0:
			in.Administrators, in.RoleAccounts = []string{}, []string{neighbourIDs[1]}
		case 1:
			in.BreakGlass, in.Deployer = []string{
				"arn:aws:iam::" + neighbourIDs[2] + ":role/r0",
			}, "arn:aws:iam::"+w.Accounts[i].ID+":role/r1"
		}
		all = append(all, in)
	}
	return all
}

// cloneOf is a copy that shares nothing with the original.
func cloneOf[T any](v T) T { return cloneValue(reflect.ValueOf(&v).Elem()).Interface().(T) }

func cloneValue(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		out.Set(v)
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(cloneValue(v.Field(i)))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(cloneValue(v.Index(i)))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(cloneValue(v.Elem()))
		}
	default:
		out.Set(v)
	}
	return out
}

// keysOf are the keys of the accounts of a world, with what proves them. None means that the world does not compile,
// or that an intent speaks of what it does not have.
func keysOf(w world.World, intents []intent.Account, at time.Time) (*claim.Prover, []rests.Key) {
	e, err := engine.Compile(w)
	if err != nil {
		return nil, nil
	}
	p := claim.New(e.From(at))
	for i := range intents {
		if p.Check(&intents[i]) != nil {
			return nil, nil
		}
	}
	p.FindAdministrators(intents)
	p.KnownRoles()
	on := rests.GroundOf(p.Engine)
	var keys []rests.Key
	for i := range intents {
		keys = append(keys, on.Key(&intents[i], p.AdministratorsOf(intents[i].Account)))
	}
	return p, keys
}

// told is what is found of an account: whatever may be kept, whole, and of everything else the verdict.
func told(p *claim.Prover, in *intent.Account) []string {
	var lines []string
	for _, list := range p.ProveAccount(standingProofs, in) {
		for i := range list {
			f := &list[i]
			line := f.ID + " " + f.Subject + " " + f.Verdict.String()
			if symmetry.Keepable(f) {
				line = fmt.Sprintf("%+v", *f)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// walks is how many random walks a run of the tests makes: a third of those before a landing where nothing is decided.
func walks(landing, nightly int) int { return tier.Pick((landing+2)/3, landing, nightly) }

// What is found of an account whose proofs rest on the same is the same, after whatever edits, in whichever account,
// and whenever it is asked for.
func TestWhatRestsOnTheSameIsFoundToBeTheSame(t *testing.T) {
	kept := map[rests.Key][]string{}
	asked, hits := 0, 0
	for seed := range uint64(walks(12, 150)) {
		n := neighbours{Rand: rand.New(rand.NewPCG(seed, 3))}
		w := n.world()
		for step := range 9 {
			intents, at := n.intents(w), lookedAt[seed%uint64(len(lookedAt))]
			p, keys := keysOf(w, intents, at)
			require.NotNil(t, p)
			for i := range keys {
				asked++
				found := told(p, &intents[i])
				before, known := kept[keys[i]]
				if known {
					hits++
					require.Equal(t, before, found, "seed %d, step %d, account %s", seed, step, intents[i].Account)
				}
				kept[keys[i]] = found
			}
			w = n.edited(w)
		}
	}
	t.Logf("%d of %d accounts were known", hits, asked)
	assert.Greater(t, hits, asked/20)
	assert.Less(t, hits, asked)
}

// The reports of accounts are the report of all of them, taken apart.
func TestReportsOfAccountsAreTheReportTakenApart(t *testing.T) {
	findings, administrators := 0, 0
	for seed := range uint64(6) {
		n := neighbours{Rand: rand.New(rand.NewPCG(seed, 5))}
		w := n.world()
		intents, e := n.intents(w), fixture.Compiled(t, w)
		whole, err := Prove(e, intents...)
		require.NoError(t, err)
		reports, err := With{}.ProveEach(e, intents...)
		require.NoError(t, err)
		require.Len(t, reports, len(intents))
		for i := range intents {
			var want prove.Report
			for _, f := range whole.Findings {
				if f.Account == intents[i].Account {
					want.Findings = append(want.Findings, f)
				}
			}
			for _, a := range whole.Administrators {
				if policy.ARNPart(a.ARN, 4) == intents[i].Account {
					want.Administrators = append(want.Administrators, a)
				}
			}
			require.Equal(t, want, reports[i])
			findings, administrators = findings+len(want.Findings), administrators+len(want.Administrators)
		}
		assert.Equal(t, len(whole.Findings), findings)
		findings = 0
	}
	assert.Positive(t, administrators)
}

// A field of a world or an intent that is changed changes what the proofs of its account rest on; where it does not
// change what those of another account rest on, it changes nothing that is found there. It ranges over all fields that
// there are, also those of tomorrow.
func TestEveryFieldIsAmongWhatProofsRestOn(t *testing.T) {
	n := neighbours{Rand: rand.New(rand.NewPCG(7, 3))}
	w := n.world()
	a := &w.Accounts[0]
	a.Alias, a.Nodes = "people", []world.Node{fixture.Node("i-0aaa", "One")}
	a.Nodes[0].Profile, a.Nodes[0].OSUsers, a.Nodes[0].VolumeKeys = "arn:aws:iam::"+a.ID+":role/r0", []string{
		"alice",
	}, []string{
		"aws/ebs",
	}
	a.Documents = []world.SessionDocument{
		{Name: "D", Region: fixture.Tokyo, Type: "Session", Owner: a.ID, Content: "{}"},
	}
	a.Users[0].Inline, a.Users[0].Path, a.Users[0].ID, a.Users[0].Boundary = n.inline(), "/p/", "AIDAEXAMPLE", "arn:aws:iam::aws:policy/ReadOnlyAccess"
	intents := n.intents(w)
	intents[0].OperationRoles = []intent.OperationRole{
		{Role: intent.Role{ARN: a.Roles[0].ARN(a), From: windowOpens}},
	}
	keys := func(w world.World, intents []intent.Account) []rests.Key {
		_, all := keysOf(w, intents, time.Time{})
		return all
	}
	before := keys(w, intents)
	require.Equal(t, before, keys(cloneOf(w), cloneOf(intents)), "a copy rests on the same")
	found := map[string]int{}
	type both struct {
		World   world.World
		Intents []intent.Account
	}
	whole := both{w, intents}
	p, _ := keysOf(w, intents, time.Time{})
	leaves := leavesOf(reflect.ValueOf(&whole).Elem(), "")
	require.Greater(t, len(leaves), 200)
	proven := 0
	for at, path := range leaves {
		other := cloneOf(whole)
		change(leafAt(reflect.ValueOf(&other).Elem(), at))
		after := keys(other.World, other.Intents)
		if after == nil {
			continue // It does not compile any more, or the intent speaks of what is not there.
		}
		found["changed"]++
		own := -1
		if _, err := fmt.Sscanf(path, ".World.Accounts[%d]", &own); err != nil {
			_, _ = fmt.Sscanf(path, ".Intents[%d]", &own)
		}
		if own >= 0 {
			assert.NotEqual(t, before[own], after[own], path)
			continue
		}
		assert.NotEqual(t, before, after, path)
		for i := range after {
			if after[i] == before[i] && proven < walks(20, 1000) {
				proven++
				changed, _ := keysOf(other.World, other.Intents, time.Time{})
				assert.Equal(t, told(p, &intents[i]), told(changed, &other.Intents[i]), path)
			}
		}
	}
	assert.Greater(t, found["changed"], 100, "%v", slices.Collect(maps.Keys(found)))
}

// leavesOf are the paths of everything in a value that can be changed by itself.
func leavesOf(v reflect.Value, path string) []string {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return []string{path}
		}
		var all []string
		for i := range v.NumField() {
			all = append(all, leavesOf(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
		return all
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, leavesOf(v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
		return all
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return leavesOf(v.Elem(), path)
	}
	return []string{path}
}

func leafAt(v reflect.Value, n int) reflect.Value {
	var leaves []reflect.Value
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case v.Kind() == reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		default:
			leaves = append(leaves, v)
		}
	}
	walk(v)
	return leaves[n]
}

func change(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		v.Set(reflect.ValueOf(v.Interface().(time.Time).Add(time.Hour)))
	default:
		v.SetInt(v.Int() + 1)
	}
}

// When proofs look from matters no more than on which side of each instant it lies, but for instants that are near.
func TestTheInstantMattersWhereDocumentsTellItApart(t *testing.T) {
	n := neighbours{Rand: rand.New(rand.NewPCG(1, 3))}
	w := n.world()
	for i := range w.Accounts {
		for j := range w.Accounts[i].Roles {
			w.Accounts[i].Roles[j].Trust = fixture.AnyoneAssumes()
			w.Accounts[i].Roles[j].Inline = nil
		}
		for j := range w.Accounts[i].Groups {
			w.Accounts[i].Groups[j].Inline = nil
		}
		w.Accounts[i].Users[0].Inline, w.Accounts[i].Users[1].Inline, w.Accounts[i].Policies = nil, nil, nil
	}
	w.Organization.Root.Policies = w.Organization.Root.Policies[:1]
	key := func(w world.World, at time.Time) rests.Key {
		e, err := engine.Compile(w)
		require.NoError(t, err)
		return rests.GroundOf(e.From(at)).Key(&intent.Account{Account: w.Accounts[0].ID}, nil)
	}
	early, late := windowOpens.AddDate(-1, 0, 0), windowOpens.AddDate(1, 0, 0)
	assert.Equal(t, key(w, early), key(w, late), "no document has an instant")
	assert.NotEqual(t, key(w, early), key(w, time.Time{}))
	for name, condition := range map[string]policy.Condition{
		"a date":             policy.From(windowOpens),
		"seconds since 1970": policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:EpochTime", "1893456000"),
		"an issue": policy.Is(policy.Operator{Base: policy.OpDateLessThan}, "aws:TokenIssueTime",
			"2030-01-01T00:00:00Z"),
	} {
		timed := cloneOf(w)
		timed.Accounts[0].Roles[0].Inline = []world.InlinePolicy{
			{Name: "p", Document: policy.New(policy.Allow("", "s3:*").On("*").When(condition))},
		}
		assert.NotEqual(t, key(timed, early), key(timed, late), name)
		assert.Equal(t, key(timed, early), key(timed, early.Add(time.Hour)), name)
		assert.NotEqual(t, key(timed, windowOpens.Add(-time.Hour)), key(timed, windowOpens.Add(-2*time.Hour)), name)
		assert.NotEqual(t, key(timed, windowOpens), key(timed, windowOpens.Add(time.Second)), name)
	}
}
