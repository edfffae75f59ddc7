package prove

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Difference is a class of requests that one of two worlds allows and the other does not, shown by one request of the
// class.
type Difference struct {
	// Gained: the second world allows it and the first does not. Otherwise it is the other way round.
	Gained bool
	// Subject is the ARN of the user or role whose requests they are, or "root of 111122223333", which RootOf reads, or
	// the id of an account for anybody in it whom the worlds do not list, with policies that allow everything.
	Subject string
	// Session is how the caller of the request is signed in. Pattern is the pattern of actions that the class is
	// about, as a document has it.
	Session engine.Session
	Pattern string
	Request engine.Request
	// By is what allows the request in the one world, Not what refuses it in the other.
	By, Not engine.Source
	// Unknown is the ARN of a policy whose document is not known: the request is allowed if that document allows it.
	Unknown string
	// Elsewhere is set for a call on a resource of another account: the request is allowed if the policy of the
	// resource, which no world has, lets the caller in.
	Elsewhere bool
	// Unreal says why the request is not confirmed; zero for one that the ordinary evaluator decides differently in the
	// two worlds.
	Unreal Doubt
}

// subjectOfRoot is what the subject of a root user begins with.
const subjectOfRoot = "root of "

// RootOf is the account whose root user a subject is; false for every other subject.
func RootOf(subject string) (account string, root bool) {
	return strings.CutPrefix(subject, subjectOfRoot)
}

// Comparison is what two worlds decide differently.
type Comparison struct {
	// Differences stand in the order of the second world's accounts and principals, losses of each principal after
	// its gains.
	Differences []Difference
	// Undecided are the subjects for whom a search grew too large to end: for them nothing is proven.
	Undecided []string
	// Callers is how many classes of callers had something that differs and were asked about; Classes how many
	// classes of requests that took.
	Callers, Classes int
}

// Compare finds what users and roles that both worlds have, root users, and anybody else of an account may do in one
// world and not in the other, from a moment on. It is the search of the proofs, asked for a request that one world
// allows and the other refuses: with no difference found and nobody undecided, every request of theirs is decided
// alike, calls on resources of other accounts as far as the caller's own policies decide them. What it does not compare
// is what there is in one world only: principals that come or go, and what no policy
// decides, such as the OS user of a shell. Resources have the same tags in both worlds but for those of users and
// roles, which each world tells of its own.
func Compare(before, after *engine.Engine, since time.Time) Comparison {
	c := &comparer{
		texts:  map[*engine.Statement]string{},
		places: map[[2]*engine.CompiledAccount]bool{},
		solved: map[string]*search.Solved{},
		since:  engine.MustStatement(policy.Allow("", "*").On("*").When(policy.From(since))),
	}
	c.roles(before, after)
	for i := range after.World().Accounts {
		account := &after.World().Accounts[i]
		if before.Accounts[account.ID] == nil {
			continue
		}
		c.account(before, after, account)
	}
	return c.found
}

type comparer struct {
	since *engine.Statement
	found Comparison
	// texts are what statements say, each once.
	texts map[*engine.Statement]string
	// places are what samePlace found out.
	places map[[2]*engine.CompiledAccount]bool
	// common are the roles that both worlds have, changed those of them whose trust policy says something else.
	common, changed []*engine.Principal
	// solved is what was solved for the callers of an account, by its id.
	solved map[string]*search.Solved
}

// solvedFor is that of an account. Callers with session tags of somebody's choice, and those of whom only the account
// is
// known, have one of their own.
func (c *comparer) solvedFor(account string, own bool) *search.Solved {
	if own {
		return search.NewSolved()
	}
	if c.solved[account] == nil {
		c.solved[account] = search.NewSolved()
	}
	return c.solved[account]
}

// contains reports whether one of the statements says what st says.
func (c *comparer) contains(list []*engine.Statement, st *engine.Statement) bool {
	return slices.ContainsFunc(list, func(o *engine.Statement) bool { return c.text(o) == c.text(st) })
}

func (c *comparer) text(st *engine.Statement) string {
	have, known := c.texts[st]
	if !known {
		have = st.Text()
		c.texts[st] = have
	}
	return have
}

// account compares the callers of one account.
func (c *comparer) account(before, after *engine.Engine, account *world.Account) {
	var arns []string
	for i := range account.Users {
		arns = append(arns, account.Users[i].ARN(account))
	}
	for i := range account.Roles {
		arns = append(arns, account.Roles[i].ARN(account))
	}
	for _, arn := range arns {
		if old, now := before.Principals[arn], after.Principals[arn]; old != nil && old.Kind == now.Kind {
			c.principal(before, after, old, now)
		}
	}
	a, b := before.Accounts[account.ID], after.Accounts[account.ID]
	if c.samePlace(a, b) {
		return
	}
	// Everybody else of the account, whatever policies they have: what the service control policies let through is
	// what they may gain or lose.
	c.both(before, after, account.ID, search.NewSolved(), func(e *engine.Engine, solved *search.Solved) *search.Caller {
		who := search.NewAnyone(
			e,
			&engine.Trusted{Kind: policy.PrincipalAWS, AccountID: account.ID},
			e.Accounts[account.ID],
		)
		who.Principal.Account = e.Accounts[account.ID]
		who.Principal.Identity = &engine.PolicyLayer{Allow: []*engine.Statement{search.Everything}}
		who.Solved = solved
		who.Search = search.NewSearch(search.NewBinder(who))
		return who
	})
	if before.Accounts[account.ID].Described && after.Accounts[account.ID].Described {
		c.session(before, after, subjectOfRoot+account.ID, engine.Root(account.ID), nil)
	}
}

// principal compares one user or role that both worlds have.
func (c *comparer) principal(before, after *engine.Engine, old, now *engine.Principal) {
	own, roles := !c.samePrincipal(old, now), c.changed
	if own {
		roles = c.common
	}
	if !own && len(roles) == 0 {
		return
	}
	sessions := []engine.Session{engine.AssumedRole(now.Arn, "session")}
	if now.Kind == engine.UserPrincipal {
		sessions = search.SignIns(now.Arn)
		if len(roles) > 0 {
			sessions = append(sessions, engine.LongTermKey(now.Arn).WithMFACode())
		}
	}
	for _, s := range sessions {
		if own && !s.MfaCode {
			c.session(before, after, now.Arn, s, freeTagsOf(before, after, now.Arn))
		}
		for _, role := range roles {
			c.assuming(before, after, now.Arn, s, role.Arn)
		}
	}
}

// roles finds the roles that both worlds have, in the order of the second.
func (c *comparer) roles(before, after *engine.Engine) {
	seen := map[string]bool{}
	for _, role := range append(rolesOf(after), rolesOf(before)...) {
		x, y := before.Principals[role.Arn], after.Principals[role.Arn]
		if x == nil || y == nil || seen[role.Arn] {
			continue
		}
		seen[role.Arn] = true
		c.common = append(c.common, role)
		if !c.sameLayer(x.Trust, y.Trust) {
			c.changed = append(c.changed, role)
		}
	}
}

func rolesOf(e *engine.Engine) []*engine.Principal {
	var roles []*engine.Principal
	for i := range e.World().Accounts {
		a := &e.World().Accounts[i]
		for j := range a.Roles {
			roles = append(roles, e.Principals[a.Roles[j].ARN(a)])
		}
	}
	return roles
}

// freeTagsOf are the session tags that somebody can choose in either world.
func freeTagsOf(before, after *engine.Engine, arn string) func(string) bool {
	role := after.Principals[arn]
	if role.Kind != engine.RolePrincipal {
		return nil
	}
	x, y := search.FreeTags(before, before.Principals[arn]), search.FreeTags(after, role)
	if x == nil && y == nil {
		return nil
	}
	return func(tag string) bool { return x != nil && x(tag) || y != nil && y(tag) }
}

// session compares what a session may call, but for the assuming of roles.
func (c *comparer) session(before, after *engine.Engine, subject string, s engine.Session, free func(string) bool) {
	account := policy.ARNPart(s.Subject(), 4)
	if s.Kind == engine.RootSession {
		account = s.Subject()
	}
	c.both(
		before,
		after,
		subject,
		c.solvedFor(account, free != nil),
		func(e *engine.Engine, solved *search.Solved) *search.Caller {
			who, known := search.NewCaller(e, s, solved)
			if !known {
				return nil
			}
			who.FreeTag = free
			return who
		},
	)
}

// both asks the question in both directions.
func (c *comparer) both(
	before, after *engine.Engine,
	subject string,
	solved *search.Solved,
	who func(*engine.Engine, *search.Solved) *search.Caller,
) {
	x, y := who(before, solved), who(after, solved)
	if x == nil || y == nil {
		return
	}
	c.found.Callers++
	for _, gained := range []bool{true, false} {
		p := &pair{comparer: c, gained: gained, subject: subject, allows: y, refuses: x}
		if !gained {
			p.allows, p.refuses = x, y
		}
		p.calls()
		p.callsElsewhere()
	}
}

// assuming compares whether a session may become a role of both worlds.
func (c *comparer) assuming(before, after *engine.Engine, subject string, s engine.Session, role string) {
	if !trusts(before, s, role) && !trusts(after, s, role) {
		return
	}
	solved := c.solvedFor(policy.ARNPart(s.Subject(), 4), false)
	x, known := search.NewCaller(before, s, solved)
	y, also := search.NewCaller(after, s, solved)
	if !known || !also {
		return
	}
	for _, gained := range []bool{true, false} {
		p := &pair{comparer: c, gained: gained, subject: subject, allows: y, refuses: x}
		if !gained {
			p.allows, p.refuses = x, y
		}
		p.becomes(p.allows.Engine.Principals[role], p.refuses.Engine.Principals[role])
	}
}

// trusts reports whether a statement of a role's trust policy speaks of a session: one that none speaks of assumes
// the role in no world.
func trusts(e *engine.Engine, s engine.Session, role string) bool {
	ev := engine.Env{Engine: e, Session: &s, Request: &engine.Request{}, Resource: &engine.NoResource}
	return ev.Find() != nil || slices.ContainsFunc(e.Principals[role].Trust.Allow, func(st *engine.Statement) bool {
		return st.PrincipalGrade(&ev) != engine.NotTrusted
	})
}

// pair is a class of callers in the world that is to allow a request and in the one that is to refuse it.
type pair struct {
	*comparer
	gained          bool
	subject         string
	allows, refuses *search.Caller
	// elsewhere: the pair calls resources of other accounts; not are the calls that it does not make there.
	elsewhere bool
	not       []*engine.Statement
}

// refusal is one way in which a world refuses: by a statement that denies, or because none of a layer allows.
type refusal struct {
	deny  *engine.Statement
	avoid []*engine.Statement
}

// same reports whether what the documents say of the caller is the same in both worlds where their text is.
func (p *pair) same() bool {
	x, y := p.allows.Principal, p.refuses.Principal
	return slices.Equal(x.Tags, y.Tags) && x.Id == y.Id && x.Account.OrgID == y.Account.OrgID &&
		slices.Equal(x.Account.OrgPaths, y.Account.OrgPaths)
}

// denials are the ways to refuse by a layer: its Denies, and Allows that are missing. What the other world has too
// refuses nothing that it allows.
func (p *pair) denials(mine, others search.LayerSet) []refusal {
	same := p.same()
	var out []refusal
	for _, st := range mine.Deny {
		if !same || !p.contains(others.Deny, st) {
			out = append(out, refusal{deny: st})
		}
	}
	have := append(slices.Clone(others.Guardrails), others.Boundary, others.Limit)
	for _, one := range append(slices.Clone(mine.Guardrails), mine.Boundary, mine.Limit) {
		if one == nil || len(one.Unknowns) > 0 || slices.ContainsFunc(one.Allow, (*engine.Statement).AllowsAll) {
			continue
		}
		if same && slices.ContainsFunc(have, func(other *engine.PolicyLayer) bool {
			return other != nil && len(other.Unknowns) == 0 && p.sameStatements(other.Allow, one.Allow)
		}) {
			continue
		}
		out = append(out, refusal{avoid: one.Allow})
	}
	return out
}

// calls compares the calls that identity policies decide.
func (p *pair) calls() {
	own, other := p.allows.Principal.Identity, p.refuses.Principal.Identity
	layers := p.allows.Layers(own)
	denials := p.denials(p.refuses.Layers(other), layers)
	for _, st := range own.Allow {
		ways := slices.Clone(denials)
		if !p.same() || !p.contains(other.Allow, st) {
			ways = append([]refusal{{avoid: other.Allow}}, ways...)
		}
		p.search(st, nil, layers, p.notAsked(), ways, "")
	}
	for _, unknown := range own.Unknowns {
		ways := slices.Clone(denials)
		if !slices.Contains(other.Unknowns, unknown) {
			ways = append([]refusal{{avoid: other.Allow}}, ways...)
		}
		p.search(
			search.Everything,
			nil,
			layers,
			p.notAsked(),
			ways,
			unknown,
		)
	}
}

// callsElsewhere compares the calls on resources of other accounts, as far as the caller's own policies decide them.
func (p *pair) callsElsewhere() {
	away, not := p.allows.Abroad()
	if away == nil {
		return
	}
	other := *p
	other.elsewhere, other.allows, other.not = true, away, not
	other.calls()
}

// notAsked are the calls that identity policies do not decide, or that are compared as calls on resources of one's own
// account.
func (p *pair) notAsked() []*engine.Statement {
	if p.elsewhere {
		return p.not
	}
	return []*engine.Statement{search.AlwaysAllowed, search.TrustDecided}
}

// becomes compares the assuming of one role.
func (p *pair) becomes(role, same *engine.Principal) {
	if p.allows.Session.Kind == engine.RootSession {
		return
	}
	own, other := p.allows.Principal.Identity, p.refuses.Principal.Identity
	layers := p.allows.Layers(own).WithTrust(role, p.allows)
	ways := p.denials(p.refuses.Layers(other).WithTrust(same, p.refuses), layers)
	// In the refusing world the trust policy must speak of the caller; where it names the account alone or is of
	// another account, the caller's own policies too.
	var named, all []*engine.Statement
	for _, st := range same.Trust.Allow {
		g := st.PrincipalGrade(p.refuses.Env())
		if g == engine.NotTrusted {
			continue
		}
		all = append(all, st)
		if same.Account.ID == p.refuses.Principal.Account.ID && g != engine.AccountTrusted {
			named = append(named, st)
		}
	}
	ways = append([]refusal{{avoid: all}}, ways...)
	if len(other.Unknowns) == 0 {
		ways = append(ways, refusal{avoid: append(slices.Clone(named), other.Allow...)})
	}
	self := engine.MustStatement(
		policy.Allow("", "sts:AssumeRole").On(model.Literally(role.Arn)).When(policy.Present("sts:RoleSessionName")),
	)
	for _, st := range role.Trust.Allow {
		g := st.PrincipalGrade(p.allows.Env())
		if g == engine.NotTrusted {
			continue
		}
		layers := layers
		if role.Account.ID == p.allows.Principal.Account.ID && g != engine.AccountTrusted {
			if g == engine.SessionTrusted {
				layers.Boundary, layers.Limit = nil, nil
			}
			p.search(nil, []*engine.Statement{st, self}, layers, nil, ways, "")
			continue
		}
		for _, allow := range own.Allow {
			p.search(allow, []*engine.Statement{st, self}, layers, nil, ways, "")
		}
		for _, unknown := range own.Unknowns {
			p.search(search.Everything, []*engine.Statement{st, self}, layers, nil, ways, unknown)
		}
	}
}

// search looks for requests that a statement allows in one world, with also and through the layers, and that the
// other refuses in one of the ways: one for each pattern of actions of the statement, so that what is found reads
// like the documents.
func (p *pair) search(
	st *engine.Statement,
	also []*engine.Statement,
	layers search.LayerSet,
	avoid []*engine.Statement,
	ways []refusal,
	unknown string,
) {
	if len(ways) == 0 {
		return
	}
	for _, way := range ways {
		if way.deny != nil {
			if denied := p.refuses.Search.B.Bind(way.deny); denied.Never && !denied.HasOpenKeys() {
				continue // It denies nothing to callers of this class.
			}
		}
		patterns := []string{"sts:AssumeRole"}
		if also == nil {
			patterns = patternsOf(st, way)
		}
		for _, pattern := range patterns {
			resource := "*"
			if p.elsewhere {
				resource = search.AnyARN
			}
			found := p.find(pattern, []string{resource}, st, also, layers, avoid, way, unknown)
			if found != nil && also == nil && !p.elsewhere {
				found = p.likelier(found, pattern, func(action string, resources ...string) *Difference {
					return p.find(action, resources, st, also, layers, avoid, way, unknown)
				})
			}
			if found != nil {
				found.Pattern = pattern
				p.add(*found)
			}
		}
	}
}

// find looks for one request that an action pattern on resource patterns speaks of.
func (p *pair) find(
	pattern string,
	resources []string,
	st *engine.Statement,
	also []*engine.Statement,
	layers search.LayerSet,
	avoid []*engine.Statement,
	way refusal,
	unknown string,
) *Difference {
	about := engine.MustStatement(policy.Allow("", pattern).On(resources...))
	var found *Difference
	answer := p.allows.Assignments(func(c *search.Caller) search.Answer {
		a, d := p.attempt(c, about, st, also, layers, avoid, way, unknown)
		if d != nil && (found == nil || found.Unreal != (Doubt{}) && d.Unreal == (Doubt{})) {
			found = d
		}
		return a
	})
	p.found.Classes += answer.Classes
	if answer.GaveUp && found == nil {
		p.undecided()
	}
	return found
}

// telling are actions that tell a reader at once what is gained or lost.
var telling = []string{
	"ssm:StartSession",
	"iam:CreateUser",
	"iam:CreateAccessKey",
	"iam:PutRolePolicy",
	"ec2:StopInstances",
	"ec2:DescribeInstances",
	"s3:GetObject",
	"iam:GetUser",
}

// likelier is a difference of the same class that people send rather than the first that was found: with a telling
// action, and in its own account.
func (p *pair) likelier(
	found *Difference,
	pattern string,
	find func(action string, resources ...string) *Difference,
) *Difference {
	own := []string{"arn:*:*:*:" + p.allows.Principal.Account.ID + ":*", "arn:*:*:*::*"}
	if strings.Contains(pattern, "*") {
		for _, action := range telling {
			if !wildcard.MatchAction(pattern, action) {
				continue
			}
			for _, resources := range [][]string{own, {"*"}} {
				if d := find(action, resources...); d != nil && d.Unreal == (Doubt{}) {
					return d
				}
			}
		}
	}
	if found.Unreal != (Doubt{}) {
		if d := find(pattern, own...); d != nil && d.Unreal == (Doubt{}) {
			return d
		}
	}
	return found
}

func (p *pair) undecided() {
	if !slices.Contains(p.found.Undecided, p.subject) {
		p.found.Undecided = append(p.found.Undecided, p.subject)
	}
}

// add keeps a difference, once for each pattern and what decides.
func (p *pair) add(d Difference) {
	same := func(have Difference) bool {
		return have.Gained == d.Gained && have.Subject == d.Subject && have.Session.String() == d.Session.String() &&
			have.Pattern == d.Pattern &&
			have.By == d.By &&
			have.Not == d.Not &&
			have.Unknown == d.Unknown &&
			have.Unreal == d.Unreal
	}
	if !slices.ContainsFunc(p.found.Differences, same) {
		p.found.Differences = append(p.found.Differences, d)
	}
}

// patternsOf are the patterns of actions to tell apart: those of the Deny that refuses where it lists some, else
// those of the Allow.
func patternsOf(st *engine.Statement, way refusal) []string {
	if d := way.deny; d != nil && !d.NotActions && !slices.Contains(d.From.Actions, "*") && st.AllowsAnyAction() {
		return d.From.Actions
	}
	switch {
	case st.NotActions:
		return []string{"*"}
	}
	return st.From.Actions
}

// attempt is one search. c is the caller in the allowing world, with its open keys perhaps assigned.
func (p *pair) attempt(
	c *search.Caller,
	about, st *engine.Statement,
	also []*engine.Statement,
	layers search.LayerSet,
	avoid []*engine.Statement,
	way refusal,
	unknown string,
) (search.Answer, *Difference) {
	a := search.Answer{C: c}
	s := c.Search
	s.Begin()
	peer := &search.Caller{
		Engine:    p.refuses.Engine,
		Session:   c.Session,
		Principal: p.refuses.Principal,
		FreeTag:   c.FreeTag,
		Any:       c.Any,
		Solved:    c.Solved,
		Effort:    c.Effort,
	}
	peer.Search = search.NewSearch(search.NewBinder(peer))
	s.B.Beside(peer.Search.B)
	groups := c.Groups(layers, nil)
	not := s.B.BindAvoided(avoid, c.Rules(), layers.Deny)
	if c.Principal.Kind == engine.UserPrincipal && c.Any == nil {
		not = append(not, s.B.Namesakes(c.Principal))
	}
	not = append(not, peer.Search.B.BindAvoided(way.avoid)...)
	lits, possible := s.B.Literals(append(slices.Clone(also), st, about, p.since)...)
	if possible && c.Any != nil && c.Any.Shape != nil {
		shape, _ := s.B.Literals(c.Any.Shape)
		lits = append(lits, shape...)
	}
	if way.deny != nil {
		denied := peer.Search.B.Bind(way.deny)
		lits, possible = append(lits, denied.Lits...), possible && !denied.Never
	}
	if !possible {
		return a, nil
	}
	m, found := s.Find(lits, groups, c.WithRulesOfKeys(not, groups, lits))
	a.Classes, a.GaveUp = s.Classes, s.GaveUp
	if !found {
		return a, nil
	}
	if parts := strings.SplitN(m.Target.Resource, ":", policy.ARNParts); c.Any != nil && len(parts) == policy.ARNParts {
		kind, _, _ := strings.Cut(parts[5], "/")
		self := search.Literal{
			Probe: s.B.ResourceProbe(
				engine.MustStatement(policy.Allow("", "*").On(model.Literally(model.Readable(parts, kind)))),
			),
			Want: true,
		}
		if better, ok := s.Find(append(slices.Clone(lits), self), groups, c.WithRulesOfKeys(not, groups, lits)); ok {
			m = better
		}
	}
	guess := unknown != "" || p.elsewhere
	w := c.Witness(search.Question{Forbidden: []*engine.Statement{about}}, m, lits, groups, not, guess)
	return a, p.difference(w, st, way, unknown)
}

// difference decides the request of a witness in both worlds.
func (p *pair) difference(w search.Witness, st *engine.Statement, way refusal, unknown string) *Difference {
	d := &Difference{
		Gained:  p.gained,
		Subject: p.subject,
		Session: w.Session,
		Request: w.Request,
		Unknown: unknown,
		Unreal:  w.Doubt,

		Elsewhere: p.elsewhere,
	}
	if st != nil {
		d.By = st.By
	}
	if way.deny != nil {
		d.Not = way.deny.By
	}
	if !w.Real {
		return d
	}
	allows, refuses := p.allows.Engine, p.refuses.Engine
	if p.elsewhere {
		allows, refuses = allows.Assuming(engine.OthersAllowEverything), refuses.Assuming(engine.OthersAllowEverything)
	}
	if unknown != "" {
		allows = allows.Assuming(engine.UnknownAllowsEverything)
	}
	if w.Engine != nil {
		allows = w.Engine
		if p.elsewhere {
			allows = allows.Assuming(engine.OthersAllowEverything)
		}
		refuses, _ = model.WithStranger(refuses, w.Session.Subject(), w.M)
		if p.elsewhere && refuses != nil {
			refuses = refuses.Assuming(engine.OthersAllowEverything)
		}
	}
	if refuses == nil {
		d.Unreal = Doubt{Kind: NotSent, Why: "with the other policies there can be no such caller"}
		return d
	}
	yes, err := allows.Decide(w.Session, w.Request)
	no, otherErr := refuses.Decide(w.Session, w.Request)
	switch {
	case cmp.Or(err, otherErr) != nil:
		d.Unreal = Doubt{Kind: NotDecided, Why: cmp.Or(err, otherErr).Error()}
	case no.Allowed():
		d.Unreal = Doubt{Kind: DecidedOtherwise, Why: "allowed before and after"}
	default:
		d.By, d.Not = yes.By, no.By
	}
	return d
}
