package access

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// witness is a request that shows a hole.
type witness struct {
	m       *model
	session Session
	request Request
	// real: the evaluator, asked in the ordinary way, allows the request.
	real bool
	// doubt says why it does not.
	doubt string
	// engine is that of the world with the caller of the witness, when it is not the world that was asked about.
	engine *Engine
}

func (w witness) action() string   { return w.m.target.name }
func (w witness) resource() string { return w.m.target.resource }

// witness turns a model into a request and has it decided by the ordinary evaluator. Of the requests of the class it prefers one about
// something that the world has, and one whose ARN reads as ARNs do.
func (c *caller) witness(q question, m *model, lits []literal, groups []layerGroup, avoid []*bound, guess bool) witness {
	if c.any != nil {
		return c.decideStranger(q, m)
	}
	first := c.decideAgain(q, m, guess)
	for _, arn := range c.likelier(m.target.resource) {
		self := literal{c.search.b.resourceProbe(mustStatement(policy.Allow("", "*").On(literally(arn)))), true}
		better, found := c.search.find(append(slices.Clone(lits), self), groups, c.withTagRules(avoid, groups, lits))
		if !found {
			continue
		}
		if w := c.decideAgain(q, better, guess); w.real {
			return w
		} else if first.doubt == "" {
			first = w
		}
	}
	return first
}

// literally writes an ARN as a pattern that matches it alone.
func literally(arn string) string {
	return strings.NewReplacer("$", "${$}", "*", "${*}", "?", "${?}").Replace(arn)
}

// maxLikelier bounds how many resources of the world are tried for a witness.
const maxLikelier = 64

// likelier are ARNs to prefer to one that the search made up: of the same kind, first those that the world has.
func (c *caller) likelier(made string) []string {
	var out []string
	parts := strings.SplitN(made, ":", arnParts)
	if len(parts) < arnParts {
		return nil
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	for i := range c.engine.world.Accounts {
		a := &c.engine.world.Accounts[i]
		if a.ID != parts[4] {
			continue
		}
		switch parts[2] + " " + kind {
		case "iam user":
			for j := range a.Users {
				out = append(out, a.Users[j].ARN(a))
			}
		case "iam role":
			for j := range a.Roles {
				out = append(out, a.Roles[j].ARN(a))
			}
		case "iam mfa":
			for j := range a.Users {
				out = append(out, "arn:"+parts[1]+":iam::"+a.ID+":mfa/"+a.Users[j].Name)
			}
		case "ec2 instance", "ssm managed-instance":
			for j := range a.Nodes {
				out = append(out, a.Nodes[j].ARN(a))
			}
		}
	}
	if len(out) > maxLikelier {
		out = out[:maxLikelier]
	}
	return append(out, readable(parts, kind))
}

// readable replaces the parts that the search made up by what such parts look like.
func readable(parts []string, kind string) string {
	p := slices.Clone(parts)
	if p[3] != "" && policy.ValidateRegion(p[3]) != nil {
		p[3] = someRegion(policy.Partition(p[1]))
	}
	if p[4] != "" && policy.ValidateAccountID(p[4]) != nil {
		p[4] = "999999999999"
	}
	name := map[string]string{
		"instance": "i-0123456789abcdef0", "managed-instance": "mi-0123456789abcdef0", "document": "AnotherDocument", "user": "somebody-else",
		"role": "AnotherRole", "mfa": "another-device", "session": "somebody-else-0123456789abcdef0",
	}[kind]
	if rest, found := strings.CutPrefix(p[5], kind+"/"); found && len(rest) == 1 && name != "" {
		p[5] = kind + "/" + name
	}
	return strings.Join(p, ":")
}

// decideAgain makes the request of a model and decides it.
func (c *caller) decideAgain(q question, m *model, guess bool) witness {
	w := witness{m: m}
	w.session, w.request = c.requestOf(m)
	if m.target.action < 0 {
		w.doubt = "AWS documents no such action today"
		return w
	}
	e := c.engine
	if guess {
		e = e.Assuming(UnknownAllowsEverything)
	}
	for _, name := range slices.Sorted(maps.Keys(w.request.Context)) {
		if !KeyAppliesTo(name, m.target.name) {
			w.doubt = "AWS never sets " + name + " in requests of " + m.target.name
			return w
		}
	}
	if !c.tagsAgree(m) {
		w.doubt = "the tags of " + m.target.resource + " are others"
		return w
	}
	if !c.asks(q, w.session, w.request) {
		w.doubt = "its keys do not occur together"
		return w
	}
	if !c.completeRequest(&w, guess) {
		return w
	}
	d, err := e.Decide(w.session, w.request)
	switch {
	case err != nil:
		w.doubt = err.Error()
	case d.Allowed():
		w.real = true
	case guess && d.Outcome == ImplicitlyDenied:
		// The evaluator reads unknown documents that exist; a document that may be attached tomorrow it does not.
		w.real = true
	default:
		w.doubt = "the evaluator finds it " + d.Outcome.String() + " by " + d.By.String()
	}
	return w
}

// asks reports whether a question is about a request.
func (c *caller) asks(q question, s Session, r Request) bool {
	ev := env{engine: c.engine, session: &s, principal: c.principal, request: &r, action: r.Action}
	var err error
	if ev.shared, err = r.Context.pairs(nil); err != nil {
		return false
	}
	return ev.concerns(q)
}

// asksStranger reports whether a question is about a request of a caller whom the engine's world has, or who is a service or provider.
func (e *Engine) asksStranger(q question, s Session, r Request) bool {
	var ev env
	if ev.start(e, s, r) != nil {
		return false
	}
	ev.action = r.Action
	return ev.concerns(q)
}

// concerns reports whether a question is about the request at hand.
func (ev *env) concerns(q question) bool {
	if ev.on(0) != nil {
		return false
	}
	speaks := func(st *statement) bool { return st.matches(ev) }
	if action, known := catalogue().find(ev.action); q.writes && known && readActions().has(action) {
		return false
	}
	return slices.ContainsFunc(q.forbidden, speaks) && !slices.ContainsFunc(q.permitted, speaks) && ev.undecided == nil
}

// requestOf makes the session and the request of a model.
func (c *caller) requestOf(m *model) (Session, Request) {
	s := c.session
	r := Request{Action: m.target.name, Context: Context{}}
	resource := Resource{ARN: m.target.resource}
	tags := []Tag{}
	for _, name := range sortedNames(m.names) {
		k, v := m.names[name], m.keys[name]
		if !v.present {
			continue
		}
		one := v.at(0)
		switch k.kind {
		case keyCurrentTime, keyEpochTime:
			if at, err := parseDate(one); err == nil {
				r.Time = at.UTC()
			}
		case keyTokenIssueTime:
			if at, err := parseDate(one); err == nil {
				s = s.IssuedAt(at)
			}
		case keyMFAAge:
			s.mfaAge = one
		case keySourceIdentity:
			s = s.WithSourceIdentity(one)
		case keyPrincipalTag:
			s.tags = append(slices.Clip(s.tags), Tag{Key: k.tag, Value: one})
		case keyResourceTag:
			tags = append(tags, Tag{Key: k.tag, Value: one})
		case keyRequestedRegion:
			resource.ARN = inRegion(resource.ARN, one)
			if arnPart(resource.ARN, 3) == "" {
				r.Context[k.name] = []string{one}
			}
		case keyResourceAccount, keyResourceOrgID, keyResourceOrgPaths, keyFederatedProvider:
		default:
			if !k.kind.derived() {
				r.Context[k.name] = valuesOf(v)
			}
		}
	}
	if _, known := c.engine.tagsOf[resource.ARN]; !known {
		resource.Tags = tags
	}
	if resource.ARN != "*" {
		r.Resources = []Resource{resource}
	}
	return s, r
}

// tagsAgree reports whether a resource of the world has the tags that the model gives it.
func (c *caller) tagsAgree(m *model) bool {
	tags, known := c.engine.tagsOf[m.target.resource]
	if !known {
		return true
	}
	for name, k := range m.names {
		if k.kind != keyResourceTag {
			continue
		}
		have, want := findTag(tags, k.tag), m.keys[name]
		if have.present != want.present || have.present && have.one != want.at(0) {
			return false
		}
	}
	return true
}

func valuesOf(v values) []string {
	if v.many != nil {
		return slices.Clone(v.many)
	}
	return []string{v.one}
}

// inRegion moves an ARN whose Region the search made up.
func inRegion(arn, region string) string {
	parts := strings.SplitN(arn, ":", arnParts)
	if len(parts) == arnParts && parts[3] != "" && policy.ValidateRegion(parts[3]) != nil {
		parts[3] = region
	}
	return strings.Join(parts, ":")
}
