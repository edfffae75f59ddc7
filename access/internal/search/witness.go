package search

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Witness is a request that shows a hole.
type Witness struct {
	M       *Model
	Session engine.Session
	Request engine.Request
	// real: the evaluator, asked in the ordinary way, allows the request.
	Real bool
	// doubt says why it does not.
	Doubt string
	// engine is that of the world with the caller of the witness, when it is not the world that was asked about.
	Engine *engine.Engine
}

func (w Witness) action() string   { return w.M.Target.Name }
func (w Witness) Resource() string { return w.M.Target.Resource }

// Witness turns a model into a request and has it decided by the ordinary evaluator. Of the requests of the class it
// prefers one about something that the world has, and one whose ARN reads as ARNs do.
func (c *Caller) Witness(
	q Question,
	m *Model,
	lits []Literal,
	groups []layerGroup,
	avoid []*bound,
	guess bool,
) Witness {
	if c.Any != nil {
		return c.decideStranger(q, m)
	}
	first := c.decideAgain(q, m, guess)
	for _, arn := range c.likelier(m.Target.Resource) {
		self := Literal{c.Search.B.ResourceProbe(engine.MustStatement(policy.Allow("", "*").On(Literally(arn)))), true}
		better, found := c.Search.Find(append(slices.Clone(lits), self), groups, c.WithTagRules(avoid, groups, lits))
		if !found {
			continue
		}
		if w := c.decideAgain(q, better, guess); w.Real {
			return w
		} else if first.Doubt == "" {
			first = w
		}
	}
	return first
}

var literally = strings.NewReplacer("$", "${$}", "*", "${*}", "?", "${?}")

// Literally writes an ARN as a pattern that matches it alone.
func Literally(arn string) string { return literally.Replace(arn) }

// maxLikelier bounds how many resources of the world are tried for a witness.
const maxLikelier = 64

// likelier are ARNs to prefer to one that the search made up: of the same kind, first those that the world has.
func (c *Caller) likelier(arn string) []string {
	var out []string
	parts := strings.SplitN(arn, ":", policy.ARNParts)
	if len(parts) < policy.ARNParts {
		return nil
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	for i := range c.Engine.World().Accounts {
		a := &c.Engine.World().Accounts[i]
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
	return append(out, Readable(parts, kind))
}

// Readable replaces the parts that the search made up by what such parts look like.
func Readable(parts []string, kind string) string {
	p := slices.Clone(parts)
	if p[3] != "" && policy.ValidateRegion(p[3]) != nil {
		p[3] = engine.SomeRegion(policy.Partition(p[1]))
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
func (c *Caller) decideAgain(q Question, m *Model, guess bool) Witness {
	w := Witness{M: m}
	w.Session, w.Request = c.requestOf(m)
	if m.Target.Action < 0 {
		w.Doubt = "AWS documents no such action today"
		return w
	}
	e := c.Engine
	if guess {
		e = e.Assuming(engine.UnknownAllowsEverything)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Request.Context)) {
		if !catalogue.KeyAppliesTo(name, m.Target.Name) {
			w.Doubt = "AWS never sets " + name + " in requests of " + m.Target.Name
			return w
		}
	}
	if !c.tagsAgree(m) {
		w.Doubt = "the tags of " + m.Target.Resource + " are others"
		return w
	}
	if !c.asks(q, w.Session, w.Request) {
		w.Doubt = "its keys do not occur together"
		return w
	}
	if !c.completeRequest(&w, guess) {
		return w
	}
	d, err := e.Decide(w.Session, w.Request)
	switch {
	case err != nil:
		w.Doubt = "the evaluator cannot decide it: " + err.Error()
	case d.Allowed():
		w.Real = true
	case guess && d.Outcome == engine.ImplicitlyDenied:
		// The evaluator reads unknown documents that exist; a document that may be attached tomorrow it does not.
		w.Real = true
	default:
		w.Doubt = "the evaluator finds it " + d.Outcome.String() + " by " + d.By.String()
	}
	return w
}

// asks reports whether a question is about a request.
func (c *Caller) asks(q Question, s engine.Session, r engine.Request) bool {
	ev := engine.Env{Engine: c.Engine, Session: &s, Principal: c.Principal, Request: &r, Action: r.Action}
	var err error
	if ev.Shared, err = r.Context.Pairs(nil); err != nil {
		return false
	}
	return concerns(&ev, q)
}

// asksStranger reports whether a question is about a request of a caller whom the engine's world has, or who is a
// service or provider.
func asksStranger(e *engine.Engine, q Question, s engine.Session, r engine.Request) bool {
	var ev engine.Env
	if ev.Start(e, s, r) != nil {
		return false
	}
	ev.Action = r.Action
	return concerns(&ev, q)
}

// concerns reports whether a question is about the request at hand.
func concerns(ev *engine.Env, q Question) bool {
	if ev.OnResource(0) != nil {
		return false
	}
	speaks := func(st *engine.Statement) bool { return st.Matches(ev) }
	if action, known := catalogue.Catalogue().Find(ev.Action); q.Writes && known && readActions().Has(action) {
		return false
	}
	return slices.ContainsFunc(q.Forbidden, speaks) && !slices.ContainsFunc(q.Permitted, speaks) && ev.Undecided == nil
}

// requestOf makes the session and the request of a model.
func (c *Caller) requestOf(m *Model) (engine.Session, engine.Request) {
	s := c.Session
	r := engine.Request{Action: m.Target.Name, Context: engine.Context{}}
	resource := engine.Resource{ARN: m.Target.Resource}
	tags := []world.Tag{}
	for _, name := range sortedNames(m.Names) {
		k, v := m.Names[name], m.Keys[name]
		if !v.Present {
			continue
		}
		one := v.At(0)
		switch k.Kind {
		case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
			if moment, err := literal.ParseDate(one); err == nil {
				r.Time = moment.UTC()
			}
		case conditionkey.KeyTokenIssueTime:
			if moment, err := literal.ParseDate(one); err == nil {
				s = s.IssuedAt(moment)
			}
		case conditionkey.KeyMFAAge:
			s.MfaAge = one
		case conditionkey.KeySourceIdentity:
			s = s.WithSourceIdentity(one)
		case conditionkey.KeyPrincipalTag:
			s.Tags = append(slices.Clip(s.Tags), world.Tag{Key: k.Tag, Value: one})
		case conditionkey.KeyResourceTag:
			// aws:ResourceTag/Project and iam:ResourceTag/project read one tag.
			if !engine.FindTag(tags, k.Tag).Present {
				tags = append(tags, world.Tag{Key: k.Tag, Value: one})
			}
		case conditionkey.KeyRequestedRegion:
			resource.ARN = inRegion(resource.ARN, one)
			if policy.ARNPart(resource.ARN, 3) == "" {
				r.Context[k.Name] = []string{one}
			}
		case conditionkey.KeyResourceAccount,
			conditionkey.KeyResourceOrgID,
			conditionkey.KeyResourceOrgPaths,
			conditionkey.KeyFederatedProvider:
		default:
			if !k.Kind.Derived() {
				r.Context[k.Name] = valuesOf(v)
			}
		}
	}
	if _, known := c.Engine.TagsOf[resource.ARN]; !known {
		resource.Tags = tags
	}
	if resource.ARN != "*" {
		r.Resources = []engine.Resource{resource}
	}
	return s, r
}

// tagsAgree reports whether a resource of the world has the tags that the model gives it.
func (c *Caller) tagsAgree(m *Model) bool {
	tags, known := c.Engine.TagsOf[m.Target.Resource]
	if !known {
		return true
	}
	for name, k := range m.Names {
		if k.Kind != conditionkey.KeyResourceTag {
			continue
		}
		have, want := engine.FindTag(tags, k.Tag), m.Keys[name]
		if have.Present != want.Present || have.Present && have.One != want.At(0) {
			return false
		}
	}
	return true
}

func valuesOf(v engine.Values) []string {
	if v.Many != nil {
		return slices.Clone(v.Many)
	}
	return []string{v.One}
}

// inRegion moves an ARN whose Region the search made up.
func inRegion(arn, region string) string {
	parts := strings.SplitN(arn, ":", policy.ARNParts)
	if len(parts) == policy.ARNParts && parts[3] != "" && policy.ValidateRegion(parts[3]) != nil {
		parts[3] = region
	}
	return strings.Join(parts, ":")
}
