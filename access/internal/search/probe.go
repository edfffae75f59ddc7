package search

import (
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// A proof reads the statements of a world as tests. A probe is one test on one variable of a request: its action, its
// resource, or one of its condition keys. A literal wants the test to come out one way; a statement is the
// conjunction of its literals, and requests that pass the same probes are decided alike.

type probeKind uint8

const (
	probeAction probeKind = iota
	probeResource
	probeKey
)

type Probe struct {
	id   int
	kind probeKind
	// set and globs: the actions that pass, of the catalogue and of names that it does not have; globs also: the
	// resources that pass.
	set   catalogue.ActionSet
	Globs []glob.Glob
	// cond is the condition that passes, its policy variables replaced; name is the variable that it reads.
	cond *engine.Condition
	name string
	// namesakes: the users who have the caller's name.
	namesakes bool
	// tails are the name tails of globs, once they were asked for.
	tails [][]glob.Glob
}

type Literal struct {
	*Probe
	Want bool
}

func (l Literal) negated() Literal { return Literal{l.Probe, !l.Want} }

// bound is a statement as one class of callers meets it: what the caller fixes is evaluated away.
type bound struct {
	st   *engine.Statement
	Lits []Literal
	// never: some test fails for every request of the class, so the statement never applies.
	Never bool
	// mended is how often the search made it fail.
	mended int
	// written is the number of the statement as searches are written, negative when there is none; zero until it was
	// asked for.
	written int
	// open are the open keys that stand in the statement.
	open []*conditionkey.Key
	// in is the number of the question that read it last, and before what that question had read before it.
	in     int
	before *bound
	// by is the binder that made it: a comparison reads the statements of two worlds.
	by *binder
}

// HasOpenKeys reports whether a condition key that the class does not fix stands as a policy variable in the
// statement.
func (b *bound) HasOpenKeys() bool { return len(b.open) > 0 }

// reading is what one question has read: which values of open keys are told apart depends on that, and on nothing
// that was read for another one.
type reading struct {
	// question is its number, from one; last is the statement that was read last.
	question int
	last     *bound
	// open are condition keys that stand as policy variables and that the class does not fix, by name; openBy are the
	// statements in which they stood first.
	open   map[string]*conditionkey.Key
	openBy map[string]engine.Source
	// denies are the Denies in which an open key stands, by the key.
	denies map[string]map[*engine.Statement]bool
}

// note notes that the question at hand reads a statement, and returns it.
func (b *binder) note(st *bound) *bound {
	r := b.reading
	if st.in == r.question {
		return st
	}
	st.in, st.before, st.by, r.last = r.question, r.last, b, st
	for _, k := range st.open {
		r.opens(k, st.st)
	}
	return st
}

// begin forgets what the question before has read.
func (r *reading) begin() {
	*r = reading{question: r.question + 1}
}

func (r *reading) opens(k *conditionkey.Key, st *engine.Statement) {
	if r.open == nil {
		r.open, r.openBy = map[string]*conditionkey.Key{}, map[string]engine.Source{}
		r.denies = map[string]map[*engine.Statement]bool{}
	}
	name := strings.ToLower(k.Name)
	if r.open[name] == nil {
		r.open[name], r.openBy[name] = k, st.By
	}
	if st.From.Effect == policy.EffectDeny {
		if r.denies[name] == nil {
			r.denies[name] = map[*engine.Statement]bool{}
		}
		r.denies[name][st] = true
	}
}

// Solved is what classes of callers of one account share: the probes, and what was solved of them.
type Solved struct {
	probes  map[string]*Probe
	targets map[string]call.Solution
	values  map[string]domain.Solution
	forms   map[*catalogue.ActionForms][]glob.Glob
	// actions and resources are the probes of statements that are alike for every caller, by statement.
	actions, resources map[*engine.Statement]*Probe
	// plain are the tests of statements that are the same for every user and role of the account.
	plain map[*engine.Statement]plainBound
	// own are the resource probes of statements whose variables are what a user is, in all sessions.
	own map[ownStatement]*Probe
	// concerns says of each statement whether it can apply to a request that a question asks about.
	concerns map[listed]map[*engine.Statement]bool
	// answers are those of searches that found nothing, by what the search is written as; numbers are those of the
	// parts.
	answers map[string]sharedAnswer
	numbers map[string]int
	owns    map[*engine.Principal]*ownTexts
	// abroad says of Allows whether they speak of resources of other accounts. Away is what was solved of those, for
	// calls that home does not speak of.
	abroad map[*engine.Statement]bool
	away   *Solved
	home   []*engine.Statement
	// budget is what the searches for targets may cost together.
	budget *glob.Budget
	// assumed speak of the calls that assume a role.
	assumed map[*engine.Principal]*engine.Statement
}

// NewSolved is a Solved in which there is nothing yet.
func NewSolved() *Solved {
	return &Solved{
		probes:    map[string]*Probe{},
		targets:   map[string]call.Solution{},
		values:    map[string]domain.Solution{},
		forms:     map[*catalogue.ActionForms][]glob.Glob{},
		actions:   map[*engine.Statement]*Probe{},
		resources: map[*engine.Statement]*Probe{},
		plain:     map[*engine.Statement]plainBound{},
		own:       map[ownStatement]*Probe{},
		concerns:  map[listed]map[*engine.Statement]bool{},
		answers:   map[string]sharedAnswer{},
		numbers:   map[string]int{},
		owns:      map[*engine.Principal]*ownTexts{},
		abroad:    map[*engine.Statement]bool{},
		budget:    &glob.Budget{},
		assumed:   map[*engine.Principal]*engine.Statement{},
	}
}

// beside is a new Solved for other values; costs are counted together.
func (l *Solved) beside() *Solved {
	other := NewSolved()
	other.budget = l.budget
	return other
}

// binder turns statements into bounds for one class of callers, and remembers them.
type binder struct {
	caller *Caller
	solved *Solved
	bounds map[*engine.Statement]*bound
	// tagRules are what AWS guarantees about tags, by the key that is read.
	tagRules map[string]*bound
	// owners are what AWS guarantees about owners of resources, by the key that is read and the account.
	owners map[string][]*bound
	// reading is what the question at hand has read; two binders that one question uses share it.
	reading *reading
	// binding is the statement at hand.
	binding *bound
	// assigned are values for open keys.
	Assigned map[string]assignment
	// AnyText: open keys stand for any text, each place for itself, and what must not apply is left out where one
	// stands. Every request of the class is then among those that are looked at, beside others that nobody can make.
	AnyText bool
}

type assignment struct {
	key *conditionkey.Key
	v   engine.Values
}

func NewBinder(c *Caller) *binder {
	return &binder{
		caller:   c,
		solved:   c.Solved,
		bounds:   map[*engine.Statement]*bound{},
		tagRules: map[string]*bound{},
		owners:   map[string][]*bound{},
		reading:  &reading{question: 1},
	}
}

func (b *binder) Bind(st *engine.Statement) *bound {
	have, ok := b.bounds[st]
	if !ok {
		have = b.bindNew(st)
		b.bounds[st], b.binding = have, nil
	}
	return b.note(have)
}

func (b *binder) bindNew(st *engine.Statement) *bound {
	out := &bound{st: st}
	b.binding = out
	shares := b.caller.Any == nil && len(b.Assigned) == 0
	if have, ok := b.solved.plain[st]; ok && shares {
		out.Lits, out.Never = have.lits, have.never
		return out
	}
	b.bind(out, st)
	if shares && isPlain(st) {
		b.solved.plain[st] = plainBound{slices.Clip(out.Lits), out.Never}
	}
	return out
}

// plainBound is what a statement comes to for every user and role of an account.
type plainBound struct {
	lits  []Literal
	never bool
}

// isPlain reports whether nothing in a statement depends on who calls, and how.
func isPlain(st *engine.Statement) bool {
	return !slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return p.HasVariable() }) &&
		!slices.ContainsFunc(st.Conditions, func(c engine.Condition) bool {
			return c.Key.Kind != conditionkey.KeyRequest && c.Key.Kind != conditionkey.KeyResourceTag ||
				slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return p.HasVariable }) ||
				slices.ContainsFunc(c.Arns, func(p pattern.ARN) bool { return p.HasVariable() })
		})
}

// bind reads the tests of a statement.
func (b *binder) bind(out *bound, st *engine.Statement) {
	action := b.actionProbe(st)
	if !slices.ContainsFunc(action.Globs, glob.Glob.IsEverything) {
		out.Lits = append(out.Lits, Literal{action, !st.NotActions})
	} else if st.NotActions {
		out.Never = true
	}
	if st.Resources != nil {
		resource := b.ResourceProbe(st)
		switch {
		case slices.ContainsFunc(resource.Globs, glob.Glob.IsEverything):
			out.Never = out.Never || st.NotResources
		case len(resource.Globs) == 0:
			out.Never = out.Never || !st.NotResources
		default:
			out.Lits = append(out.Lits, Literal{resource, !st.NotResources})
		}
	}
	for i := range st.Conditions {
		b.condition(out, &st.Conditions[i], action, st.NotActions)
	}
}

func (b *binder) actionProbe(st *engine.Statement) *Probe {
	if have, ok := b.solved.actions[st]; ok {
		return have
	}
	var id strings.Builder
	id.WriteString("action")
	for i := range st.Actions {
		id.WriteByte(0)
		id.WriteString(strings.ToLower(st.Actions[i].Text))
	}
	p := b.probe(id.String(), func() *Probe {
		c := catalogue.Catalogue()
		p := &Probe{kind: probeAction}
		sets := make([]catalogue.ActionSet, len(st.Actions))
		for i := range st.Actions {
			sets[i] = c.Matching(st.Actions[i].Text)
			p.Globs = append(p.Globs, glob.GlobOf(&st.Actions[i], true))
		}
		p.set = c.Unite(sets...)
		return p
	})
	b.solved.actions[st] = p
	return p
}

func (b *binder) ResourceProbe(st *engine.Statement) *Probe {
	if have, ok := b.solved.resources[st]; ok {
		return have
	}
	mine := ownStatement{st, b.caller.Principal}
	if have, ok := b.solved.own[mine]; ok && b.ofOneself() {
		return have
	}
	alike, own := true, b.ofOneself()
	var globs []glob.Glob
	var id strings.Builder
	id.WriteString("resource")
	for i := range st.Resources {
		alike = alike && !st.Resources[i].HasVariable()
		own = own && st.Resources[i].EveryVariable(oneself)
		resolved, ok := b.resolveARN(&st.Resources[i], st.NotResources)
		if !ok {
			continue
		}
		id.WriteByte(0)
		g := glob.GlobOfARN(&resolved, true)
		id.WriteString(g.Identity())
		globs = append(globs, g)
	}
	p := b.probe(id.String(), func() *Probe { return &Probe{kind: probeResource, Globs: globs} })
	switch {
	case alike:
		b.solved.resources[st] = p
	case own:
		b.solved.own[mine] = p
	}
	return p
}

// ownStatement is a statement as one user meets it.
type ownStatement struct {
	st  *engine.Statement
	who *engine.Principal
}

// ofOneself reports whether what a user is, is the same in every session of the class: nobody chooses tags, and
// nothing is tried for open keys.
func (b *binder) ofOneself() bool {
	c := b.caller
	return c.Principal != nil && c.Principal.Kind == engine.UserPrincipal && c.Any == nil && c.FreeTag == nil &&
		len(b.Assigned) == 0
}

// oneself are the keys that tell what a user is, in whatever session.
func oneself(k *conditionkey.Key) bool {
	return k.Kind == conditionkey.KeyUserName || k.Kind == conditionkey.KeyUserID
}

func (b *binder) probe(id string, build func() *Probe) *Probe {
	if have, ok := b.solved.probes[id]; ok {
		return have
	}
	p := build()
	p.id = len(b.solved.probes) + 1
	b.solved.probes[id] = p
	return p
}

// condition adds a condition to a bound, unless the class of callers decides it.
func (b *binder) condition(out *bound, source *engine.Condition, action *Probe, notActions bool) {
	k := &source.Key
	if v, fixed := b.constant(k); fixed {
		resolved := b.resolveCondition(source)
		if !resolved.HoldsFor(v) {
			out.Never = true
		}
		return
	}
	_, only, absent := variableName(k, action, notActions)
	resolved := b.resolveCondition(source)
	if absent {
		if !resolved.HoldsFor(engine.Values{}) {
			out.Never = true
		}
		return
	}
	name := variableOf(resolved, action, notActions)
	if only != "" && !resolved.HoldsFor(engine.Values{}) {
		// The key exists on calls of one service alone, and without it the condition fails.
		service := engine.MustStatement(policy.Allow("", only+":*").On("*"))
		out.Lits = append(out.Lits, Literal{b.actionProbe(service), true})
	}
	id := name + "\x00" + source.Source.Operator.String() + "\x00" + identity(resolved)
	out.Lits = append(out.Lits, Literal{b.probe(id, func() *Probe {
		return &Probe{kind: probeKey, cond: resolved, name: name}
	}), true})
}

// timeVariable is the variable of aws:CurrentTime and aws:EpochTime. Its values are instants as aws:CurrentTime
// writes them.
const timeVariable = "aws:currenttime"

// variableName is the name under which probes of a key meet. Tags of the resource have several keys that read the
// same tag: aws:ResourceTag/x on every call, ec2:ResourceTag/x on calls of EC2. only is the service of such a key
// when the statement may also speak of others; absent reports that the statement speaks of other services alone,
// where the key does not exist.
func variableName(k *conditionkey.Key, action *Probe, notActions bool) (name, only string, absent bool) {
	if k.Kind == conditionkey.KeyEpochTime {
		// Both keys tell the same instant.
		return timeVariable, "", false
	}
	if k.Kind != conditionkey.KeyResourceTag {
		return strings.ToLower(k.Name), "", false
	}
	name = "tag/" + strings.ToLower(k.Tag)
	if k.Service == "" {
		return name, "", false
	}
	// A set of many actions is taken to hold some of every service: that costs precision, not soundness.
	many := action.set.Bits != nil
	inside, outside := many, many || notActions || action.set.Empty()
	for _, i := range action.set.Few {
		prefix := catalogue.Catalogue().Services[catalogue.Catalogue().Actions[i].Service].Prefix
		if strings.EqualFold(prefix, k.Service) || prefix == "sts" && strings.EqualFold(k.Service, "iam") {
			inside = true
		} else {
			outside = true
		}
	}
	switch {
	case !outside:
		return name, "", false
	case !inside && !notActions && !action.set.Empty():
		return "", "", true
	}
	return name, strings.ToLower(k.Service), false
}

// reads speaks of the actions that only read or list. An action that AWS does not have is none of them.
func (b *binder) reads() *bound {
	return &bound{
		st: Everything,
		Lits: []Literal{
			{b.probe("reads", func() *Probe { return &Probe{kind: probeAction, set: readActions()} }), true},
		},
	}
}

var readActions = sync.OnceValue(func() catalogue.ActionSet {
	c := catalogue.Catalogue()
	var members []int32
	for i := range c.Actions {
		_, rest, _ := strings.Cut(c.Actions[i].Line, " ")
		levels, _, _ := strings.Cut(rest, " ")
		if !strings.ContainsAny(levels, "WPT") {
			members = append(members, int32(i))
		}
	}
	return c.SetOf(members)
})

func (b *binder) BindAll(lists ...[]*engine.Statement) []*bound {
	var out []*bound
	for _, list := range lists {
		for _, st := range list {
			if bound := b.Bind(st); !bound.Never {
				out = append(out, bound)
			}
		}
	}
	return out
}

// BindAvoided binds statements that must not apply.
func (b *binder) BindAvoided(lists ...[]*engine.Statement) []*bound {
	all := b.BindAll(lists...)
	if b.AnyText {
		all = slices.DeleteFunc(all, (*bound).HasOpenKeys)
	}
	return all
}

// Beside has a binder of another world read for the question at hand of this one.
func (b *binder) Beside(other *binder) {
	other.reading, other.Assigned, other.AnyText = b.reading, b.Assigned, b.AnyText
}

// Literals joins the literals of statements; false when one of them never applies. Nil statements are left out. All are
// read, also behind one that never applies: it may apply with a value of an open key.
func (b *binder) Literals(statements ...*engine.Statement) ([]Literal, bool) {
	var lits []Literal
	possible := true
	for _, st := range statements {
		if st == nil {
			continue
		}
		bound := b.Bind(st)
		possible = possible && !bound.Never
		lits = append(lits, bound.Lits...)
	}
	if !possible {
		return nil, false
	}
	return lits, true
}

// variableOf is the variable that a condition of a statement reads, by whose name conditions meet. A key that exists on
// calls of one service alone, and without which the condition passes, reads no other's value.
func variableOf(c *engine.Condition, action *Probe, notActions bool) string {
	name, only, absent := variableName(&c.Key, action, notActions)
	if absent || only != "" && c.HoldsFor(engine.Values{}) {
		return strings.ToLower(c.Key.Name)
	}
	return name
}
