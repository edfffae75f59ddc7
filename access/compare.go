package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// Difference is a class of requests that one of two worlds allows and the other does not, shown by one request of the class.
type Difference struct {
	// Gained: the second world allows it and the first does not. Otherwise it is the other way round.
	Gained bool
	// Subject is the ARN of the user or role whose requests they are, or "root of 111122223333", or the id of an account for anybody in it whom the
	// worlds do not list, with policies that allow everything.
	Subject string
	// Session is how the caller of the request is signed in. Pattern is the pattern of actions that the class is about, as a document has it.
	Session Session
	Pattern string
	Request Request
	// By is what allows the request in the one world, Not what refuses it in the other.
	By, Not Source
	// Unknown is the ARN of a policy whose document is not known: the request is allowed if that document allows it.
	Unknown string
	// Unreal says why AWS does not send the request today; empty for a request that the ordinary evaluator decides differently in the two worlds.
	Unreal string
}

// Comparison is what two worlds decide differently.
type Comparison struct {
	// Differences stand in the order of the second world's accounts and principals, losses of each principal after its gains.
	Differences []Difference
	// Undecided are the subjects for whom a search grew too large to end: for them nothing is proven.
	Undecided []string
	// Callers is how many classes of callers had something that differs and were asked about; Classes how many classes of requests that took.
	Callers, Classes int
}

// Compare finds what users and roles that both worlds have, root users, and anybody else of an account may do in one world and not in the other,
// from a moment on. It is the search of the proofs, asked for a request that one world allows and the other refuses: with no
// difference found and nobody undecided, every request of theirs is decided alike. What it does not compare is what there is in one world only:
// principals that come or go, and what no policy decides, such as the OS user of a shell. Resources have the same tags in both worlds but for those of
// users and roles, which each world tells of its own.
func Compare(before, after *Engine, since time.Time) Comparison {
	c := &comparer{texts: map[*statement]string{}, labs: map[string]*lab{}, since: mustStatement(policy.Allow("", "*").On("*").When(policy.From(since)))}
	for i := range after.world.Accounts {
		account := &after.world.Accounts[i]
		if before.accounts[account.ID] == nil {
			continue
		}
		c.account(before, after, account)
	}
	return c.found
}

type comparer struct {
	since *statement
	found Comparison
	// texts are what statements say, each once.
	texts map[*statement]string
	// labs are what was solved for the callers of an account, by its id.
	labs map[string]*lab
}

// lab is that of an account. Callers with session tags of somebody's choice, and those of whom only the account is known, have one of their own.
func (c *comparer) lab(account string, own bool) *lab {
	if own {
		return newLab()
	}
	if c.labs[account] == nil {
		c.labs[account] = newLab()
	}
	return c.labs[account]
}

// has reports whether one of the statements says what st says.
func (c *comparer) has(list []*statement, st *statement) bool {
	return slices.ContainsFunc(list, func(o *statement) bool { return c.text(o) == c.text(st) })
}

func (c *comparer) text(st *statement) string {
	have, known := c.texts[st]
	if !known {
		have = st.text()
		c.texts[st] = have
	}
	return have
}

// account compares the callers of one account.
func (c *comparer) account(before, after *Engine, account *Account) {
	var arns []string
	for i := range account.Users {
		arns = append(arns, account.Users[i].ARN(account))
	}
	for i := range account.Roles {
		arns = append(arns, account.Roles[i].ARN(account))
	}
	for _, arn := range arns {
		if old, now := before.principals[arn], after.principals[arn]; old != nil && old.kind == now.kind {
			c.principal(before, after, old, now)
		}
	}
	a, b := before.accounts[account.ID], after.accounts[account.ID]
	if sameLayers(a.guardrails, b.guardrails) && a.orgID == b.orgID && slices.Equal(a.orgPaths, b.orgPaths) {
		return
	}
	// Everybody else of the account, whatever policies they have: what the service control policies let through is what they may gain or lose.
	c.both(before, after, account.ID, newLab(), func(e *Engine, lab *lab) *caller {
		who := newAnyone(e, &trusted{kind: policy.PrincipalAWS, accountID: account.ID}, e.accounts[account.ID])
		who.principal.account = e.accounts[account.ID]
		who.principal.identity = &layer{allow: []*statement{everything}}
		who.lab = lab
		who.search = newSearch(newBinder(who))
		return who
	})
	if before.accounts[account.ID].described && after.accounts[account.ID].described {
		c.session(before, after, "root of "+account.ID, Root(account.ID), nil)
	}
}

// principal compares one user or role that both worlds have.
func (c *comparer) principal(before, after *Engine, old, now *principal) {
	own := !samePrincipal(old, now)
	var roles []*principal
	for _, role := range append(rolesOf(after), rolesOf(before)...) {
		x, y := before.principals[role.arn], after.principals[role.arn]
		if x == nil || y == nil || slices.ContainsFunc(roles, func(have *principal) bool { return have.arn == role.arn }) {
			continue
		}
		if own || !sameLayer(x.trust, y.trust) {
			roles = append(roles, role)
		}
	}
	if !own && len(roles) == 0 {
		return
	}
	sessions := []Session{AssumedRole(now.arn, "session")}
	if now.kind == userPrincipal {
		sessions = signIns(now.arn)
		if len(roles) > 0 {
			sessions = append(sessions, LongTermKey(now.arn).WithMFACode())
		}
	}
	for _, s := range sessions {
		if own && !s.mfaCode {
			c.session(before, after, now.arn, s, freeTagsOf(before, after, now.arn))
		}
		for _, role := range roles {
			c.assuming(before, after, now.arn, s, role.arn)
		}
	}
}

func rolesOf(e *Engine) []*principal {
	var roles []*principal
	for i := range e.world.Accounts {
		a := &e.world.Accounts[i]
		for j := range a.Roles {
			roles = append(roles, e.principals[a.Roles[j].ARN(a)])
		}
	}
	return roles
}

// freeTagsOf are the session tags that somebody can choose in either world.
func freeTagsOf(before, after *Engine, arn string) func(string) bool {
	role := after.principals[arn]
	if role.kind != rolePrincipal {
		return nil
	}
	x, y := freeTags(before, before.principals[arn]), freeTags(after, role)
	if x == nil && y == nil {
		return nil
	}
	return func(tag string) bool { return x != nil && x(tag) || y != nil && y(tag) }
}

// session compares what a session may call, but for the assuming of roles.
func (c *comparer) session(before, after *Engine, subject string, s Session, free func(string) bool) {
	account := arnPart(s.subject, 4)
	if s.kind == rootSession {
		account = s.subject
	}
	c.both(before, after, subject, c.lab(account, free != nil), func(e *Engine, lab *lab) *caller {
		who, known := newCaller(e, s, lab)
		if !known {
			return nil
		}
		who.freeTag = free
		return who
	})
}

// both asks the question in both directions.
func (c *comparer) both(before, after *Engine, subject string, lab *lab, who func(*Engine, *lab) *caller) {
	x, y := who(before, lab), who(after, lab)
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
	}
}

// assuming compares whether a session may become a role of both worlds.
func (c *comparer) assuming(before, after *Engine, subject string, s Session, role string) {
	lab := c.lab(arnPart(s.subject, 4), false)
	x, known := newCaller(before, s, lab)
	y, also := newCaller(after, s, lab)
	if !known || !also {
		return
	}
	for _, gained := range []bool{true, false} {
		p := &pair{comparer: c, gained: gained, subject: subject, allows: y, refuses: x}
		if !gained {
			p.allows, p.refuses = x, y
		}
		p.becomes(p.allows.engine.principals[role], p.refuses.engine.principals[role])
	}
}

// pair is a class of callers in the world that is to allow a request and in the one that is to refuse it.
type pair struct {
	*comparer
	gained          bool
	subject         string
	allows, refuses *caller
}

// refusal is one way in which a world refuses: by a statement that denies, or because none of a layer allows.
type refusal struct {
	deny  *statement
	avoid []*statement
}

// same reports whether what the documents say of the caller is the same in both worlds where their text is.
func (p *pair) same() bool {
	x, y := p.allows.principal, p.refuses.principal
	return slices.Equal(x.tags, y.tags) && x.id == y.id && x.account.orgID == y.account.orgID && slices.Equal(x.account.orgPaths, y.account.orgPaths)
}

// denials are the ways to refuse by a layer: its Denies, and Allows that are missing. What the other world has too refuses nothing that it allows.
func (p *pair) denials(mine, others layerSet) []refusal {
	same := p.same()
	var out []refusal
	for _, st := range mine.deny {
		if !same || !p.has(others.deny, st) {
			out = append(out, refusal{deny: st})
		}
	}
	have := append(slices.Clone(others.guardrails), others.boundary, others.limit)
	for _, one := range append(slices.Clone(mine.guardrails), mine.boundary, mine.limit) {
		if one == nil || len(one.unknowns) > 0 || slices.ContainsFunc(one.allow, (*statement).allowsAll) {
			continue
		}
		if same && slices.ContainsFunc(have, func(other *layer) bool {
			return other != nil && len(other.unknowns) == 0 && sameStatements(other.allow, one.allow)
		}) {
			continue
		}
		out = append(out, refusal{avoid: one.allow})
	}
	return out
}

// calls compares the calls that identity policies decide.
func (p *pair) calls() {
	own, other := p.allows.principal.identity, p.refuses.principal.identity
	layers := p.allows.layers(own)
	denials := p.denials(p.refuses.layers(other), layers)
	for _, st := range own.allow {
		ways := slices.Clone(denials)
		if !p.same() || !p.has(other.allow, st) {
			ways = append([]refusal{{avoid: other.allow}}, ways...)
		}
		p.search(st, nil, layers, []*statement{alwaysAllowed, trustDecided}, ways, "")
	}
	for _, unknown := range own.unknowns {
		ways := slices.Clone(denials)
		if !slices.Contains(other.unknowns, unknown) {
			ways = append([]refusal{{avoid: other.allow}}, ways...)
		}
		p.search(everything, nil, layers, []*statement{alwaysAllowed, trustDecided}, ways, unknown)
	}
}

// becomes compares the assuming of one role.
func (p *pair) becomes(role, same *principal) {
	if p.allows.session.kind == rootSession {
		return
	}
	own, other := p.allows.principal.identity, p.refuses.principal.identity
	layers := p.allows.layers(own).withTrust(role, p.allows)
	ways := p.denials(p.refuses.layers(other).withTrust(same, p.refuses), layers)
	// In the refusing world the trust policy must speak of the caller; where it names the account alone or is of another account, the caller's own policies too.
	var named, all []*statement
	for _, st := range same.trust.allow {
		g := st.principalGrade(p.refuses.env())
		if g == notTrusted {
			continue
		}
		all = append(all, st)
		if same.account.id == p.refuses.principal.account.id && g != accountTrusted {
			named = append(named, st)
		}
	}
	ways = append([]refusal{{avoid: all}}, ways...)
	if len(other.unknowns) == 0 {
		ways = append(ways, refusal{avoid: append(slices.Clone(named), other.allow...)})
	}
	self := mustStatement(policy.Allow("", "sts:AssumeRole").On(literally(role.arn)).When(policy.Present("sts:RoleSessionName")))
	for _, st := range role.trust.allow {
		g := st.principalGrade(p.allows.env())
		if g == notTrusted {
			continue
		}
		layers := layers
		if role.account.id == p.allows.principal.account.id && g != accountTrusted {
			if g == sessionTrusted {
				layers.boundary, layers.limit = nil, nil
			}
			p.search(nil, []*statement{st, self}, layers, nil, ways, "")
			continue
		}
		for _, allow := range own.allow {
			p.search(allow, []*statement{st, self}, layers, nil, ways, "")
		}
		for _, unknown := range own.unknowns {
			p.search(everything, []*statement{st, self}, layers, nil, ways, unknown)
		}
	}
}

// withTrust adds the Denies of a trust policy that speak of the caller.
func (l layerSet) withTrust(role *principal, c *caller) layerSet {
	l.deny = slices.Clone(l.deny)
	for _, st := range role.trust.deny {
		if st.speaksOf(c.env()) {
			l.deny = append(l.deny, st)
		}
	}
	return l
}

// search looks for requests that a statement allows in one world, with also and through the layers, and that the other refuses in one of the ways: one for
// each pattern of actions of the statement, so that what is found reads like the documents.
func (p *pair) search(st *statement, also []*statement, layers layerSet, avoid []*statement, ways []refusal, unknown string) {
	if len(ways) == 0 {
		return
	}
	for _, way := range ways {
		if way.deny != nil && p.refuses.search.b.bind(way.deny).never && len(p.refuses.search.b.open) == 0 {
			continue // It denies nothing to callers of this class.
		}
		patterns := []string{"sts:AssumeRole"}
		if also == nil {
			patterns = patternsOf(st, way)
		}
		for _, pattern := range patterns {
			found := p.find(pattern, []string{"*"}, st, also, layers, avoid, way, unknown)
			if found != nil && also == nil {
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
	pattern string, resources []string, st *statement, also []*statement, layers layerSet, avoid []*statement, way refusal, unknown string,
) *Difference {
	about := mustStatement(policy.Allow("", pattern).On(resources...))
	var found *Difference
	answer := p.allows.assignments(func(c *caller) answer {
		a, d := p.attempt(c, about, st, also, layers, avoid, way, unknown)
		if d != nil && (found == nil || found.Unreal != "" && d.Unreal == "") {
			found = d
		}
		return a
	})
	p.found.Classes += answer.classes
	if answer.gaveUp && found == nil {
		p.undecided()
	}
	return found
}

// telling are actions that tell a reader at once what is gained or lost.
var telling = []string{
	"ssm:StartSession", "iam:CreateUser", "iam:CreateAccessKey", "iam:PutRolePolicy", "ec2:StopInstances", "ec2:DescribeInstances", "s3:GetObject", "iam:GetUser",
}

// likelier is a difference of the same class that people send rather than the first that was found: with a telling action, and in the own account.
func (p *pair) likelier(found *Difference, pattern string, find func(action string, resources ...string) *Difference) *Difference {
	own := []string{"arn:*:*:*:" + p.allows.principal.account.id + ":*", "arn:*:*:*::*"}
	if strings.Contains(pattern, "*") {
		for _, action := range telling {
			if !MatchAction(pattern, action) {
				continue
			}
			for _, resources := range [][]string{own, {"*"}} {
				if d := find(action, resources...); d != nil && d.Unreal == "" {
					return d
				}
			}
		}
	}
	if found.Unreal != "" {
		if d := find(pattern, own...); d != nil && d.Unreal == "" {
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
		return have.Gained == d.Gained && have.Subject == d.Subject && have.Session.String() == d.Session.String() && have.Pattern == d.Pattern &&
			have.By == d.By && have.Not == d.Not && have.Unknown == d.Unknown && have.Unreal == d.Unreal
	}
	if !slices.ContainsFunc(p.found.Differences, same) {
		p.found.Differences = append(p.found.Differences, d)
	}
}

// patternsOf are the patterns of actions to tell apart: those of the Deny that refuses where it lists some, else those of the Allow.
func patternsOf(st *statement, way refusal) []string {
	if d := way.deny; d != nil && !d.notActions && !slices.Contains(d.from.Actions, "*") && st.allowsAnyAction() {
		return d.from.Actions
	}
	switch {
	case st.notActions:
		return []string{"*"}
	}
	return st.from.Actions
}

func (st *statement) allowsAnyAction() bool {
	return st.notActions || slices.ContainsFunc(st.actions, func(p pattern) bool { return strings.Contains(p.text, "*") })
}

// attempt is one search. c is the caller in the allowing world, with its open keys perhaps assigned.
func (p *pair) attempt(
	c *caller, about, st *statement, also []*statement, layers layerSet, avoid []*statement, way refusal, unknown string,
) (answer, *Difference) {
	a := answer{c: c}
	s := c.search
	s.begin()
	peer := &caller{engine: p.refuses.engine, session: c.session, principal: p.refuses.principal, freeTag: c.freeTag, any: c.any, lab: c.lab, effort: c.effort}
	peer.search = newSearch(newBinder(peer))
	peer.search.b.open, peer.search.b.assigned = s.b.open, s.b.assigned
	groups := c.groups(layers)
	not := s.b.bindAll(avoid, c.rules(), layers.deny)
	if c.principal.kind == userPrincipal && c.any == nil {
		not = append(not, s.b.namesakes(c.principal))
	}
	not = append(not, peer.search.b.bindAll(way.avoid)...)
	lits, possible := s.b.literals(append(slices.Clone(also), st, about, p.since)...)
	if possible && c.any != nil && c.any.shape != nil {
		shape, _ := s.b.literals(c.any.shape)
		lits = append(lits, shape...)
	}
	if way.deny != nil && possible {
		denied := peer.search.b.bind(way.deny)
		lits, possible = append(lits, denied.lits...), !denied.never
	}
	if !possible {
		return a, nil
	}
	m, found := s.find(lits, groups, c.withTagRules(not, groups, lits))
	a.classes, a.gaveUp = s.classes, s.gaveUp
	if !found {
		return a, nil
	}
	if parts := strings.SplitN(m.target.resource, ":", arnParts); c.any != nil && len(parts) == arnParts {
		kind, _, _ := strings.Cut(parts[5], "/")
		self := literal{s.b.resourceProbe(mustStatement(policy.Allow("", "*").On(literally(readable(parts, kind))))), true}
		if better, ok := s.find(append(slices.Clone(lits), self), groups, c.withTagRules(not, groups, lits)); ok {
			m = better
		}
	}
	w := c.witness(question{forbidden: []*statement{about}}, m, lits, groups, not, unknown != "")
	return a, p.difference(w, st, way, unknown)
}

// difference decides the request of a witness in both worlds.
func (p *pair) difference(w witness, st *statement, way refusal, unknown string) *Difference {
	d := &Difference{Gained: p.gained, Subject: p.subject, Session: w.session, Request: w.request, Unknown: unknown, Unreal: w.doubt}
	if st != nil {
		d.By = st.by
	}
	if way.deny != nil {
		d.Not = way.deny.by
	}
	if !w.real {
		return d
	}
	allows, refuses := p.allows.engine, p.refuses.engine
	if unknown != "" {
		allows = allows.Assuming(UnknownAllowsEverything)
	}
	if w.engine != nil {
		allows = w.engine
		refuses, _ = refuses.withStranger(w.session.subject, w.m)
	}
	if refuses == nil {
		d.Unreal = "there can be no such caller in the other world"
		return d
	}
	yes, err := allows.Decide(w.session, w.request)
	no, otherErr := refuses.Decide(w.session, w.request)
	switch {
	case cmp.Or(err, otherErr) != nil:
		d.Unreal = fmt.Sprint(cmp.Or(err, otherErr))
	case no.Allowed():
		d.Unreal = "the evaluator finds it allowed in both worlds"
	default:
		d.By, d.Not = yes.By, no.By
	}
	return d
}
