// Package recorded decides calls of which a log tells a part: over every value that what it does not tell can have.
package recorded

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Fact is what is known of a condition key of a call that was recorded.
type Fact struct {
	// Known says that Values are all values that the key had; none means that the call did not have the key.
	Known  bool
	Values []string
	// Present says of a key whose value is not known that the call had it.
	Present bool
	// Among are the only values that a key can have whose value is not known. Nil means any.
	Among []string
	// Like are patterns with * and ?, one of which the value matches. Nil means any. Among takes precedence.
	Like []string
}

// Had is the fact that a call had a key with these values; without any it is the fact that it did not have the key.
func Had(values ...string) Fact { return Fact{Known: true, Values: values} }

// Call is a call of which a log tells a part.
type Call struct {
	// Account is the id of the caller's account. Its service control policies decide.
	Account string
	// Principal is the ARN of the user, the role or the root user who called. Only DecideRecorded with identity
	// policies looks it up.
	Principal string
	// Session is the role session name, for a role.
	Session string
	Action  string
	// Resources are what the call acts on. Empty means that the action has none.
	Resources []Resource
	// Time is when the call was made. Zero means that Key tells of it as of any other key.
	Time time.Time
	// Key tells of a condition key, in the spelling of the policy, for one of the resources by its index. It must be
	// a function: the same answer to the same question.
	Key func(name string, resource int) Fact
}

// Resource is a resource of a recorded call.
type Resource struct {
	// ARN is the ARN, "*" for none; empty when it is not known.
	ARN string
	// Like are patterns with * and ?, one of which the ARN matches that is not known. Nil means any.
	Like []string
	// It says what the resource is, for the answer that depends on it, such as "the path of role x".
	It string
}

// Outcome is what would have become of a recorded call.
type Outcome int

// The outcomes.
const (
	// Allowed: nothing refuses the call, whatever the keys are that are not known.
	Allowed Outcome = iota
	// Refused: the call is refused, whatever they are.
	Refused
	// Depends: it is refused for some values of what is not known, and for others not.
	Depends
)

// Answer says what would have become of a recorded call.
type Answer struct {
	Outcome Outcome
	// By is what refuses the call, or refuses it for some values.
	By engine.Source
	// Action and Resource are what is refused, of several. Resource is empty where it is not known.
	Action, Resource string
	// Keys are what the answer depends on, sorted: condition keys, and resources by what they are. Empty unless it
	// depends.
	Keys []string
}

// Scope says which policies a recorded call is held against.
type Scope int

// The scopes.
const (
	// GuardrailsAlone are the service control policies above the caller's account. Whatever else had to allow the
	// call did.
	GuardrailsAlone Scope = iota
	// WithIdentityPolicies are also the policies of the caller, of the caller's boundary and of the role that is
	// assumed.
	WithIdentityPolicies
)

var (
	errNotRecorded = errors.New("the record does not tell it")
	errNoCaller    = errors.New("the world does not have the caller")
)

// guardedAction are the statements of the levels above an account that speak of one action.
type guardedAction struct {
	deny []*engine.Statement
	// levels are those where not every call of the action is allowed.
	levels []guardedLevel
}

type guardedLevel struct {
	layer *engine.PolicyLayer
	allow []*engine.Statement
}

// Judge holds recorded calls against an engine. It remembers what the policies say of an action, and is safe for
// concurrent use.
type Judge struct {
	engine *engine.Engine
	// assuming reads documents that are not known as Allow everything: whatever allowed the call did.
	assuming *engine.Engine
	known    sync.Map // account + " " + action -> *guardedAction
	reads    sync.Map // account + " " + action, with "!" before it for resources alone -> bool
	memory   recordedMemory
}

// NewJudge makes a judge.
func NewJudge(e *engine.Engine) *Judge {
	return &Judge{
		engine:   e,
		assuming: e.Assuming(engine.UnknownAllowsEverything),
		memory:   recordedMemory{answers: map[string]Answer{}},
	}
}

func (j *Judge) guarded(account, action string) *guardedAction {
	id := account + " " + action
	if have, ok := j.known.Load(id); ok {
		return have.(*guardedAction)
	}
	g := &guardedAction{}
	if a := j.engine.Accounts[account]; a != nil {
		for _, level := range a.Guardrails {
			for _, st := range level.Deny {
				if st.MatchesAction(action) {
					g.deny = append(g.deny, st)
				}
			}
			allow := guardedLevel{layer: level}
			always := false
			for _, st := range level.Allow {
				if st.MatchesAction(action) {
					allow.allow = append(allow.allow, st)
					always = always ||
						len(st.Conditions) == 0 && !st.NotResources &&
							slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return p.Any })
				}
			}
			if !always {
				g.levels = append(g.levels, allow)
			}
		}
	}
	have, _ := j.known.LoadOrStore(id, g)
	return have.(*guardedAction)
}

// Concerns reports whether any service control policy above the account can refuse the action, or one that comes with
// it. Where none can, nothing else of the call needs to be known.
func (j *Judge) Concerns(account, action string) bool {
	concerns := func(action string) bool {
		g := j.guarded(account, action)
		return len(g.deny)+len(g.levels) > 0
	}
	if concerns(action) {
		return true
	}
	for _, also := range recordedCompanions(action) {
		if concerns(also.brings) {
			return true
		}
	}
	return false
}

// callerKey tells the keys that say who calls and nothing of the request.
func callerKey(name string) bool {
	low := strings.ToLower(name)
	return strings.HasPrefix(low, "aws:principal") || low == "aws:username" || low == "aws:assumedroot" ||
		low == "aws:multifactorauthpresent"
}

// Reads reports whether a service control policy above the account that speaks of the action, or of one that comes
// with it, reads what a call is on; with onlyResources false, whether it reads anything of the call but who sent it.
func (j *Judge) Reads(account, action string, onlyResources bool) bool {
	id := account + " " + action
	if onlyResources {
		id = "!" + id
	}
	if have, ok := j.reads.Load(id); ok {
		return have.(bool)
	}
	have := j.findReads(account, action, onlyResources)
	j.reads.Store(id, have)
	return have
}

func (j *Judge) findReads(account, action string, onlyResources bool) bool {
	reads := func(st *engine.Statement) bool {
		return slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return !p.Any }) ||
			slices.ContainsFunc(st.Conditions, func(c engine.Condition) bool {
				return ofResource(&c.Key) || strings.HasPrefix(strings.ToLower(c.Key.Name), "aws:resource") ||
					!onlyResources && !callerKey(c.Key.Name)
			})
	}
	actions := []string{action}
	for _, also := range recordedCompanions(action) {
		actions = append(actions, also.brings)
	}
	for _, a := range actions {
		g := j.guarded(account, a)
		if slices.ContainsFunc(g.deny, reads) ||
			slices.ContainsFunc(g.levels, func(l guardedLevel) bool { return slices.ContainsFunc(l.allow, reads) }) {
			return true
		}
	}
	return false
}

// GuardrailsBind reports whether service control policies of the world apply to the principals of an account: false
// for the management account, and for an account that stands nowhere in the tree.
func (j *Judge) GuardrailsBind(account string) bool {
	a, known := j.engine.Accounts[account]
	return known && a.Guardrails != nil
}

// Place is where an account stands: the id of its organization and its path there, as aws:PrincipalOrgPaths has it;
// empty where the world does not know.
func (j *Judge) Place(account string) (organization, path string) {
	if a, known := j.engine.Accounts[account]; known && len(a.OrgPaths) > 0 {
		return a.OrgID, a.OrgPaths[0]
	}
	return "", ""
}

// TagsOf are the tags of a user, role or node of the world by its ARN, and whether the world has it. Do not change
// them.
func (j *Judge) TagsOf(arn string) ([]world.Tag, bool) {
	tags, known := j.engine.TagsOf[arn]
	return tags, known
}

// HasPrincipal reports whether the world has a user or role of this ARN.
func (j *Judge) HasPrincipal(arn string) bool {
	_, known := j.engine.Principals[arn]
	return known
}

// Decide says what would have become of a call. It is an error when the caller is asked for by identity policies and
// the world does not have it.
func (j *Judge) Decide(call *Call, scope Scope) (Answer, error) {
	r := &recordedEnv{judge: j, call: call, scope: scope}
	ev := engine.Envs.Get().(*engine.Env)
	defer ev.Release()
	if err := r.start(ev); err != nil {
		return Answer{}, err
	}
	end := r.evaluate(ev)
	if end.outcome != Depends {
		return end.answer(nil), nil
	}
	return j.memory.explore(r, ev, end), nil
}

// recordedEnv is a recorded call while it is being decided.
type recordedEnv struct {
	judge    *Judge
	call     *Call
	scope    Scope
	resource int
	// resources are those of the action at hand.
	resources []Resource
	// assigned are the values that are tried for what is not known.
	assigned map[string]engine.Values
	// asked is what was asked for and is not known, in the order of asking; speaking are the statements that speak of
	// the call.
	asked    []unknownKey
	speaking []*engine.Statement
	// open are the statements of which it is not known whether they apply.
	open []openStatement
}

// unknownKey is something of a call that is not known: a key, or a resource.
type unknownKey struct {
	id, name string
	key      *conditionkey.Key
	resource int
	fact     Fact
}

type recordedEnd struct {
	outcome          Outcome
	by               engine.Source
	action, resource string
}

func (e recordedEnd) answer(keys []string) Answer {
	return Answer{Outcome: e.outcome, By: e.by, Action: e.action, Resource: e.resource, Keys: keys}
}

func (r *recordedEnv) start(ev *engine.Env) error {
	var p *engine.Principal
	if r.scope == WithIdentityPolicies {
		known := false
		if p, known = r.judge.engine.Principals[r.call.Principal]; !known {
			return errNoCaller
		}
	}
	ev.StartRecorded(
		r.judge.assuming,
		r,
		p,
		r.call.Principal,
		r.call.Account,
		r.call.Session,
		r.call.Action,
		r.call.Time,
	)
	return nil
}

// ofResource tells the keys that each resource of a call has by itself.
func ofResource(k *conditionkey.Key) bool {
	return k.Kind >= conditionkey.KeyResourceAccount ||
		k.Kind == conditionkey.KeyRequest && !strings.HasPrefix(strings.ToLower(k.Name), "aws:")
}

func (r *recordedEnv) idOf(k *conditionkey.Key) string {
	id := strings.ToLower(k.Name)
	if ofResource(k) {
		id += "\x00" + string(rune('0'+r.resource))
	}
	return id
}

func (r *recordedEnv) Lookup(ev *engine.Env, k *conditionkey.Key) engine.Values {
	if strings.EqualFold(k.Name, "ec2:CreateAction") {
		// The implied action has it, and says of which call it is a part.
		if policy.EqualFoldASCII(ev.Action, r.call.Action) {
			return engine.Values{}
		}
		_, name, _ := strings.Cut(r.call.Action, ":")
		return engine.Single(name)
	}
	fact := r.call.Key(k.Name, r.resource)
	if fact.Known {
		return engine.Values{Present: len(fact.Values) > 0, Many: fact.Values}
	}
	id := r.idOf(k)
	if v, tried := r.assigned[id]; tried {
		return v
	}
	r.ask(ev, unknownKey{id: id, name: k.Name, key: k, resource: r.resource, fact: fact})
	return engine.Values{}
}

func (r *recordedEnv) ask(ev *engine.Env, u unknownKey) {
	if !slices.ContainsFunc(r.asked, func(have unknownKey) bool { return have.id == u.id }) {
		r.asked = append(r.asked, u)
	}
	ev.Undecide(errNotRecorded)
}

func (r *recordedEnv) Instant(ev *engine.Env, k *conditionkey.Key) (time.Time, bool) {
	if k.Kind != conditionkey.KeyTokenIssueTime && !r.call.Time.IsZero() {
		return r.call.Time, true
	}
	v := r.Lookup(ev, k)
	if !v.Present {
		return time.Time{}, false
	}
	moment, err := literal.ParseDate(v.At(0))
	return moment, err == nil
}

// matchesLike holds the patterns of a statement against a resource whose ARN is not known.
func (r *recordedEnv) MatchesLike(ev *engine.Env, st *engine.Statement) bool {
	res := r.resources[r.resource]
	u := unknownKey{id: "\x01" + string(rune('0'+r.resource)), name: res.It, resource: r.resource}
	if v, tried := r.assigned[u.id]; tried {
		for i := range st.Resources {
			if st.Resources[i].Match(v.At(0), true, ev) {
				return !st.NotResources
			}
		}
		return st.NotResources
	}
	open := false
	for i := range st.Resources {
		switch overlap := r.overlap(ev, &st.Resources[i], res.Like); overlap {
		case coversAll:
			return !st.NotResources
		case coversSome:
			open = true
		}
	}
	if open {
		r.ask(ev, u)
		return true
	}
	return st.NotResources
}

type coverage int

const (
	coversNone coverage = iota
	coversSome
	coversAll
)

// overlap is how much of what a resource can be a pattern covers.
func (r *recordedEnv) overlap(ev *engine.Env, p *pattern.ARN, like []string) coverage {
	if p.Any {
		return coversAll
	}
	g, ok := r.globOfResource(ev, p)
	if !ok || len(like) == 0 {
		return coversSome
	}
	covered := coversAll
	touched := false
	for _, text := range like {
		form := plainGlob(text)
		if !g.Covers(form) {
			covered = coversSome
		}
		touched = touched || !glob.Disjoint(g, form)
	}
	if !touched {
		return coversNone
	}
	return covered
}

// plainGlob is a pattern of what is not known. No wildcard of it reaches over a colon: what it stands for is a name,
// a path or a part of an ARN.
func plainGlob(text string) glob.Glob {
	p, err := pattern.Parse(text, pattern.PolicyText, true)
	if err != nil {
		return glob.LiteralGlob(text, false)
	}
	return glob.AppendTokens(nil, p.Tokens, false, true)
}

// globOfResource is the pattern of a Resource element with its variables filled in; false when one of them is not
// known.
func (r *recordedEnv) globOfResource(ev *engine.Env, p *pattern.ARN) (glob.Glob, bool) {
	filled := pattern.ARN{Text: p.Text, Parts: make([]pattern.Pattern, len(p.Parts))}
	if p.Whole != nil {
		return nil, false
	}
	for i := range p.Parts {
		filled.Parts[i] = p.Parts[i]
		if !p.Parts[i].HasVariable {
			continue
		}
		tokens, ok := r.fill(ev, &p.Parts[i])
		if !ok {
			return nil, false
		}
		filled.Parts[i] = pattern.Pattern{Text: p.Parts[i].Text, Tokens: tokens}
		filled.Parts[i].Settle()
	}
	return glob.GlobOfARN(&filled, true), true
}

// fill replaces the variables of a pattern. A variable without a value leaves a pattern that nothing matches, which
// is not ok either.
func (r *recordedEnv) fill(ev *engine.Env, p *pattern.Pattern) ([]wildcard.Token, bool) {
	before := ev.Undecided
	ev.Undecided = nil
	tokens, ok := p.Filled(ev)
	ok = ok && ev.Undecided == nil
	ev.Undecided = before
	return tokens, ok
}

// recordedCompanions are the actions that a call brings with it, and the key that says so.
//
// engine.Source: see companions; Amazon EC2 User Guide, Grant permission to tag resources during creation.
func recordedCompanions(action string) []companion {
	if have, ok := knownCompanions.Load(action); ok {
		return have.([]companion)
	}
	have, _ := knownCompanions.LoadOrStore(action, findCompanions(action))
	return have.([]companion)
}

var knownCompanions sync.Map // action -> []companion

func findCompanions(action string) []companion {
	var out []companion
	keys, brings := engine.Companions(action)
	for i := range keys {
		out = append(out, companion{keys[i], brings[i]})
	}
	service, name, _ := strings.Cut(action, ":")
	if policy.EqualFoldASCII(service, "ec2") && !policy.EqualFoldASCII(name, "CreateTags") &&
		catalogue.KeyAppliesTo("aws:TagKeys", action) {
		out = append(out, companion{"aws:TagKeys", "ec2:CreateTags"})
	}
	return out
}

type companion struct{ key, brings string }
