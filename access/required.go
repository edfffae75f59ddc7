package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

// A call can name several resources at once, and AWS decides on each of them: a session is a node and a document, an instance is an image, a network interface,
// a volume and more. A policy that allows the call on one of them allows no call.

// need is a group of resource types, of which every request of an action names one.
type need struct {
	// types are their names, forms the forms of their ARNs.
	types, forms []string
}

// words name what is needed, for errors and doubts.
func (n *need) words() string { return joinWords(n.types, "or") }

// named reports whether an ARN is of one of the types.
func (n *need) named(arn string) bool {
	return slices.ContainsFunc(n.forms, func(form string) bool { return MatchARN(placeholders(form, "*", "*", "*"), arn) })
}

// placeholders fills a form of an ARN: its Region, its account, and everything else.
func placeholders(form, region, account, rest string) string {
	form = strings.NewReplacer("${Partition}", "*", "${Region}", region, "${Account}", account).Replace(form)
	for {
		start := strings.Index(form, "${")
		if start < 0 {
			return form
		}
		end := strings.IndexByte(form[start:], '}')
		if end < 0 {
			return form
		}
		form = form[:start] + rest + form[start+end+1:]
	}
}

// alsoNeeded are groups that the Service Authorization Reference does not mark as required because their types take turns.
//
// Source: AWS Systems Manager User Guide, Sample IAM policies for Session Manager, and Use the SSM document permission check; AWS Systems Manager API
// Reference, SendCommand.
var alsoNeeded = map[string][][]string{
	"ssm:StartSession": {{"document"}, {"instance", "managed-instance", "task"}},
	"ssm:SendCommand":  {{"instance", "managed-instance"}},
}

// needsOf are what a request of an action of the catalogue names: each type that AWS marks as required, and what alsoNeeded adds.
//
// Source: Service Authorization Reference, resource types that are indicated with an asterisk.
func needsOf(action int) []need {
	if have, ok := knownNeeds.Load(action); ok {
		return have.([]need)
	}
	c := catalogue()
	types := ResourceTypesOf(c.name(action))
	var needs []need
	for _, t := range types {
		if t.Required && len(t.ARNs) > 0 && !slices.ContainsFunc(needs, func(n need) bool { return slices.Equal(n.forms, t.ARNs) }) {
			needs = append(needs, need{types: []string{t.Name}, forms: t.ARNs})
		}
	}
	for _, group := range alsoNeeded[c.name(action)] {
		var n need
		for _, t := range types {
			if slices.Contains(group, t.Name) {
				n.types, n.forms = append(n.types, t.Name), append(n.forms, t.ARNs...)
			}
		}
		needs = append(needs, n)
	}
	knownNeeds.Store(action, needs)
	return needs
}

var knownNeeds sync.Map // int -> []need

// doorNeeds are the calls of the table of doors that name several resources.
var doorNeeds = sync.OnceValue(func() []doorNeed {
	var out []doorNeed
	for i := range doors.Table() {
		row := &doors.Table()[i]
		if row.Class == doors.Access {
			continue
		}
		for _, action := range row.Actions {
			at, known := catalogue().find(action)
			if known && len(needsOf(at)) > 1 {
				out = append(out, doorNeed{action, needsOf(at)})
			}
		}
	}
	return out
})

type doorNeed struct {
	action string
	needs  []need
}

// incomplete is an error for a call that opens a door and leaves out a resource that AWS decides on too: such a call does not exist, so that it is allowed means
// nothing. What denies a part of it denies the whole.
func (r *Request) incomplete() error {
	all := doorNeeds()
	for i := range all {
		if !equalFoldASCII(all[i].action, r.Action) {
			continue
		}
		for j := range all[i].needs {
			n := &all[i].needs[j]
			if !slices.ContainsFunc(r.Resources, func(res Resource) bool { return n.named(res.ARN) }) {
				return fmt.Errorf("%s names no %s, but AWS decides on that too; add its ARN", r.Action, n.words())
			}
		}
	}
	return nil
}

// whole looks for a request that passes the literals, as search.find does, of an action whose other required resources the caller is allowed too. An action that
// lacks one is left out, and the others are looked at.
func (c *caller) whole(at attempt, also *statement, lits []literal, groups []layerGroup, avoid []*bound) (*model, []literal, bool) {
	lits = slices.Clip(lits)
	for {
		m, found := c.search.find(lits, groups, c.withTagRules(avoid, groups, lits))
		if !found || !c.lacks(at, also, m.target, groups) {
			return m, lits, found
		}
		name := mustStatement(policy.Allow("", m.target.name).On("*"))
		lits = append(lits, literal{c.search.b.actionProbe(name), false})
	}
}

// lacks reports whether the action of a target needs a resource on which the caller is allowed nothing, by no statement that may allow the call.
func (c *caller) lacks(at attempt, also *statement, target target, groups []layerGroup) bool {
	if target.action < 0 {
		return false
	}
	needs := needsOf(target.action)
	if len(needs) == 0 || len(needs) == 1 && needs[0].named(target.resource) {
		return false
	}
	allow := at.allow
	if also == everything {
		allow = []*statement{everything}
	}
	var avoid []*bound
	for i := range needs {
		n := &needs[i]
		if n.named(target.resource) {
			continue
		}
		if avoid == nil {
			avoid = c.search.b.bindAll(c.rules(), at.layers.deny)
		}
		if !c.allowed(at, allow, c.about(n, target.name, ""), groups, avoid) {
			return true
		}
	}
	return false
}

// about are the literals of an action on the types of a need, in a Region where one is given.
func (c *caller) about(n *need, action, region string) []literal {
	service, _, _ := strings.Cut(action, ":")
	id := "need\x00" + service + "\x00" + region + "\x00" + strings.Join(n.forms, "\x00")
	resource := c.search.b.probe(id, func() *probe {
		p := &probe{kind: probeResource}
		for _, form := range n.forms {
			if region != "" {
				form = strings.ReplaceAll(form, "${Region}", region)
			}
			if strings.Contains(form, ":document/") {
				// The account's own documents first, then those of AWS, and those of others last.
				p.globs = append(p.globs, c.formGlob(service, strings.Replace(form, "${Account}", c.principal.account.id, 1)),
					c.formGlob(service, strings.Replace(form, "${Account}", "", 1)))
			}
			p.globs = append(p.globs, c.formGlob(service, form))
		}
		return p
	})
	return []literal{{c.search.b.actionProbe(mustStatement(policy.Allow("", action).On("*"))), true}, {resource, true}}
}

// allowed reports whether some request that passes the literals may be allowed. When the search is not certain it may.
func (c *caller) allowed(at attempt, allow []*statement, about []literal, groups []layerGroup, avoid []*bound) bool {
	before := c.search.gaveUp
	for _, st := range allow {
		lits, possible := c.search.b.literals(append(slices.Clone(at.also), st)...)
		if !possible {
			continue
		}
		lits = append(lits, about...)
		c.search.gaveUp = false
		_, found := c.search.find(lits, groups, c.withTagRules(avoid, groups, lits))
		unsure := c.search.gaveUp
		c.search.gaveUp = before || unsure
		if found || unsure {
			return true
		}
	}
	return false
}

// completeRequest adds to a witness what its action names besides the resource that was found.
func (c *caller) completeRequest(w *witness, guess bool) bool {
	if w.m.target.action < 0 {
		return true
	}
	for _, n := range needsOf(w.m.target.action) {
		if !slices.ContainsFunc(w.request.Resources, func(r Resource) bool { return n.named(r.ARN) }) && !c.completeNeed(w, &n, guess) {
			w.doubt = "no " + n.words() + " is allowed beside " + w.m.target.resource
			return false
		}
	}
	return true
}

func (c *caller) completeNeed(w *witness, n *need, guess bool) bool {
	region := arnPart(w.m.target.resource, 3)
	if region == "*" {
		region = "" // The form of some types has no Region of its own, as that of devices of Braket.
	}
	about := c.about(n, w.m.target.name, region)
	var own layer
	if c.principal.identity != nil {
		own = *c.principal.identity
	}
	allow := slices.Clone(own.allow)
	if guess || c.any != nil {
		allow = append(allow, everything)
	}
	layers := c.layers(&own)
	groups, deny := c.groups(layers), c.search.b.bindAll(layers.deny)
	for _, st := range allow {
		lits, possible := c.search.b.literals(st)
		if !possible {
			continue
		}
		lits = append(lits, about...)
		m, found := c.search.find(lits, groups, deny)
		if !found {
			continue
		}
		kind, _, _ := strings.Cut(arnResource(m.target.resource), "/")
		if parts := strings.SplitN(m.target.resource, ":", arnParts); len(parts) == arnParts && readable(parts, kind) != m.target.resource {
			self := literal{c.search.b.resourceProbe(mustStatement(policy.Allow("", "*").On(literally(readable(parts, kind))))), true}
			if better, found := c.search.find(append(lits, self), groups, deny); found {
				m = better
			}
		}
		_, r := c.requestOf(m)
		for name, v := range r.Context {
			if _, given := w.request.Context[name]; !given {
				w.request.Context[name] = v
			}
		}
		if len(w.request.Resources) > 0 && strings.HasPrefix(arnResource(w.request.Resources[0].ARN), "document/") {
			w.request.Resources = append(r.Resources, w.request.Resources...)
		} else {
			w.request.Resources = append(w.request.Resources, r.Resources...)
		}
		return true
	}
	return false
}
