package access

import (
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/policy"
)

// A proof reads the statements of a world as tests. A probe is one test on one variable of a request: its action, its resource, or one of its
// condition keys. A literal wants the test to come out one way; a statement is the conjunction of its literals, and requests that pass the
// same probes are decided alike.

type probeKind uint8

const (
	probeAction probeKind = iota
	probeResource
	probeKey
)

type probe struct {
	id   int
	kind probeKind
	// set and globs: the actions that pass, of the catalogue and of names that it does not have; globs also: the resources that pass.
	set   actionSet
	globs []glob
	// cond is the condition that passes, its policy variables replaced; name is the variable that it reads.
	cond *condition
	name string
	// namesakes: the users who have the caller's name.
	namesakes bool
	// tails are the name tails of globs, once they were asked for.
	tails [][]glob
}

type literal struct {
	*probe
	want bool
}

func (l literal) negated() literal { return literal{l.probe, !l.want} }

// bound is a statement as one class of callers meets it: what the caller fixes is evaluated away.
type bound struct {
	st   *statement
	lits []literal
	// never: some test fails for every request of the class, so the statement never applies.
	never bool
	// mended is how often the search made it fail.
	mended int
	// written is the number of the statement as searches are written, negative when there is none; zero until it was asked for.
	written int
}

// lab is what classes of callers of one account share: the probes, and what was solved of them.
type lab struct {
	probes  map[string]*probe
	targets map[string]targetSolution
	values  map[string]solution
	forms   map[*actionForms][]glob
	// actions and resources are the probes of statements that are alike for every caller, by statement.
	actions, resources map[*statement]*probe
	// answers are those of searches that found nothing, by what the search is written as; numbers are those of the parts.
	answers map[string]sharedAnswer
	numbers map[string]int
	owns    map[*principal]*ownTexts
	// classes are the values that tests of open keys tell apart, by the tests.
	classes map[string]classesOf
	// pieces are what patterns come to in the place of an open key, by the pattern and what stands around.
	pieces map[string][]glob
}

func newLab() *lab {
	return &lab{probes: map[string]*probe{}, targets: map[string]targetSolution{}, values: map[string]solution{}, forms: map[*actionForms][]glob{},
		actions: map[*statement]*probe{}, resources: map[*statement]*probe{}, answers: map[string]sharedAnswer{}, numbers: map[string]int{}, owns: map[*principal]*ownTexts{},
		classes: map[string]classesOf{}, pieces: map[string][]glob{}}
}

// binder turns statements into bounds for one class of callers, and remembers them.
type binder struct {
	caller *caller
	lab    *lab
	bounds map[*statement]*bound
	// tagRules are what AWS guarantees about tags, by the key that is read.
	tagRules map[string]*bound
	// open are condition keys that stand as policy variables and that the class does not fix, by name.
	open map[string]*key
	// openBy are the statements in which they stood first; binding is the one at hand.
	openBy  map[string]Source
	binding *statement
	// assigned are values for open keys.
	assigned map[string]assignment
}

type assignment struct {
	key *key
	v   values
}

func newBinder(c *caller) *binder {
	return &binder{caller: c, lab: c.lab, bounds: map[*statement]*bound{}, tagRules: map[string]*bound{}, open: map[string]*key{}, openBy: map[string]Source{}}
}

func (b *binder) bind(st *statement) *bound {
	if have, ok := b.bounds[st]; ok {
		return have
	}
	out := &bound{st: st}
	b.bounds[st], b.binding = out, st
	action := b.actionProbe(st)
	if !slices.ContainsFunc(action.globs, glob.isEverything) {
		out.lits = append(out.lits, literal{action, !st.notActions})
	} else if st.notActions {
		out.never = true
	}
	if st.resources != nil {
		resource := b.resourceProbe(st)
		switch {
		case slices.ContainsFunc(resource.globs, glob.isEverything):
			out.never = out.never || st.notResources
		case len(resource.globs) == 0:
			out.never = out.never || !st.notResources
		default:
			out.lits = append(out.lits, literal{resource, !st.notResources})
		}
	}
	for i := range st.conditions {
		b.condition(out, &st.conditions[i], action, st.notActions)
	}
	return out
}

func (b *binder) actionProbe(st *statement) *probe {
	if have, ok := b.lab.actions[st]; ok {
		return have
	}
	var id strings.Builder
	id.WriteString("action")
	for i := range st.actions {
		id.WriteByte(0)
		id.WriteString(strings.ToLower(st.actions[i].text))
	}
	p := b.probe(id.String(), func() *probe {
		c := catalogue()
		p := &probe{kind: probeAction}
		sets := make([]actionSet, len(st.actions))
		for i := range st.actions {
			sets[i] = c.matching(st.actions[i].text)
			p.globs = append(p.globs, globOf(&st.actions[i], true))
		}
		p.set = c.unite(sets...)
		return p
	})
	b.lab.actions[st] = p
	return p
}

func (b *binder) resourceProbe(st *statement) *probe {
	if have, ok := b.lab.resources[st]; ok {
		return have
	}
	alike := true
	var globs []glob
	var id strings.Builder
	id.WriteString("resource")
	for i := range st.resources {
		alike = alike && !st.resources[i].hasVariable()
		resolved, ok := b.resolveARN(&st.resources[i])
		if !ok {
			continue
		}
		id.WriteByte(0)
		g := globOfARN(&resolved, true)
		id.WriteString(g.identity())
		globs = append(globs, g)
	}
	p := b.probe(id.String(), func() *probe { return &probe{kind: probeResource, globs: globs} })
	if alike {
		b.lab.resources[st] = p
	}
	return p
}

func (b *binder) probe(id string, build func() *probe) *probe {
	if have, ok := b.lab.probes[id]; ok {
		return have
	}
	p := build()
	p.id = len(b.lab.probes) + 1
	b.lab.probes[id] = p
	return p
}

// condition adds a condition to a bound, unless the class of callers decides it.
func (b *binder) condition(out *bound, source *condition, action *probe, notActions bool) {
	k := &source.key
	if v, fixed := b.constant(k); fixed {
		resolved := b.resolveCondition(source)
		if !resolved.holdsFor(v) {
			out.never = true
		}
		return
	}
	name, only, absent := variableName(k, action, notActions)
	resolved := b.resolveCondition(source)
	if absent {
		if !resolved.holdsFor(values{}) {
			out.never = true
		}
		return
	}
	if only != "" {
		// The key exists on calls of one service alone, and without it the condition fails.
		if resolved.holdsFor(values{}) {
			name = strings.ToLower(k.name)
		} else {
			service := mustStatement(policy.Allow("", only+":*").On("*"))
			out.lits = append(out.lits, literal{b.actionProbe(service), true})
		}
	}
	id := name + "\x00" + source.source.Operator.String() + "\x00" + resolved.identity()
	out.lits = append(out.lits, literal{b.probe(id, func() *probe {
		return &probe{kind: probeKey, cond: resolved, name: name}
	}), true})
}

// timeVariable is the variable of aws:CurrentTime and aws:EpochTime. Its values are instants as aws:CurrentTime writes them.
const timeVariable = "aws:currenttime"

// variableName is the name under which probes of a key meet. Tags of the resource have several keys that read the same tag: aws:ResourceTag/x on
// every call, ec2:ResourceTag/x on calls of EC2. only is the service of such a key when the statement may also speak of others; absent
// reports that the statement speaks of other services alone, where the key does not exist.
func variableName(k *key, action *probe, notActions bool) (name, only string, absent bool) {
	if k.kind == keyEpochTime {
		// Both keys tell the same instant.
		return timeVariable, "", false
	}
	if k.kind != keyResourceTag {
		return strings.ToLower(k.name), "", false
	}
	name = "tag/" + strings.ToLower(k.tag)
	if k.service == "" {
		return name, "", false
	}
	// A set of many actions is taken to hold some of every service: that costs precision, not soundness.
	many := action.set.bits != nil
	inside, outside := many, many || notActions || action.set.empty()
	for _, i := range action.set.few {
		prefix := catalogue().services[catalogue().actions[i].service].prefix
		if strings.EqualFold(prefix, k.service) || prefix == "sts" && strings.EqualFold(k.service, "iam") {
			inside = true
		} else {
			outside = true
		}
	}
	switch {
	case !outside:
		return name, "", false
	case !inside && !notActions && !action.set.empty():
		return "", "", true
	}
	return name, strings.ToLower(k.service), false
}

// reads speaks of the actions that only read or list. An action that AWS does not have is none of them.
func (b *binder) reads() *bound {
	return &bound{st: everything, lits: []literal{{b.probe("reads", func() *probe { return &probe{kind: probeAction, set: readActions()} }), true}}}
}

var readActions = sync.OnceValue(func() actionSet {
	c := catalogue()
	var members []int32
	for i := range c.actions {
		_, rest, _ := strings.Cut(c.actions[i].line, " ")
		levels, _, _ := strings.Cut(rest, " ")
		if !strings.ContainsAny(levels, "WPT") {
			members = append(members, int32(i))
		}
	}
	return c.setOf(members)
})

func (b *binder) bindAll(lists ...[]*statement) []*bound {
	var out []*bound
	for _, list := range lists {
		for _, st := range list {
			if bound := b.bind(st); !bound.never {
				out = append(out, bound)
			}
		}
	}
	return out
}

// literals joins the literals of statements; false when one of them never applies. Nil statements are left out.
func (b *binder) literals(statements ...*statement) ([]literal, bool) {
	var lits []literal
	for _, st := range statements {
		if st == nil {
			continue
		}
		bound := b.bind(st)
		if bound.never {
			return nil, false
		}
		lits = append(lits, bound.lits...)
	}
	return lits, true
}
