package search

import (
	"slices"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// Caller is a class of callers: one user or role, signed in one way. What the way of signing in fixes is the same in
// all requests of the class; everything else varies.
type Caller struct {
	Engine    *engine.Engine
	Session   engine.Session
	Principal *engine.Principal
	// freeTag reports whether a session tag of this key is the caller's choice; nil when none is.
	FreeTag func(tag string) bool
	// any is set when only an entry of a trust policy is known of the caller.
	Any    *anyone
	Solved *Solved
	Search *search
	never  []*engine.Statement
	// effort is what the question at hand has cost, for all values of open keys together.
	Effort *effort
	// together is what the class shares with the other ways into the role that is asked about; nil for no role.
	together *Together
	// away is the class as it calls resources of other accounts, once somebody has asked; abroad says that this is it.
	away   *Caller
	abroad bool
	// home speaks of the resources of the caller's own account, for a class that calls those of others.
	home []*engine.Statement
	// owns are what own returns once it was asked; unshared says that it is nil.
	owns     *ownTexts
	unshared bool
	// leftOut are Denies that the class is asked about without.
	leftOut map[*engine.Statement]bool
}

// NewCaller makes a class of a session; false when the world does not have its user or role.
func NewCaller(e *engine.Engine, s engine.Session, shared *Solved) (*Caller, bool) {
	ev := engine.Env{Engine: e, Session: &s}
	if ev.Find() != nil {
		return nil, false
	}
	c := &Caller{Engine: e, Session: s, Principal: ev.Principal, Solved: shared, Effort: newEffort(e)}
	c.Search = NewSearch(NewBinder(c))
	return c, true
}

// constant is the value of a key that every request of the class has, and whether there is such a value. It is the
// table of what AWS guarantees about the keys of a session; the sources stand beside the engine's own derivation of
// them.
func (c *Caller) constant(k *conditionkey.Key) (engine.Values, bool) {
	if c.Any != nil {
		return c.Any.constant(k)
	}
	switch k.Kind {
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
		return engine.Values{}, false
	case conditionkey.KeyTokenIssueTime:
		return engine.Values{}, !c.Session.Temporary()
	case conditionkey.KeyMFAAge:
		// Present exactly when MFA is; any age of a session, none of a code that comes with the call.
		if c.Session.Mfa == engine.MfaYes && !c.Session.MfaCode {
			return engine.Values{}, false
		}
	case conditionkey.KeySourceIdentity:
		if c.Session.Assumed() {
			return engine.Values{}, false
		}
	case conditionkey.KeyPrincipalTag:
		if c.FreeTag != nil && c.FreeTag(k.Tag) {
			return engine.Values{}, false
		}
	case conditionkey.KeyFederatedProvider:
		return engine.Values{}, c.Session.Kind != engine.IdentityCenterSession
	case conditionkey.KeyPrincipalOrgID, conditionkey.KeyPrincipalOrgPaths:
		if c.Engine.World().Organization == nil {
			// The world does not say in which organization its accounts are.
			return engine.Values{}, false
		}
	}
	if !k.Kind.Derived() {
		return engine.Values{}, false
	}
	ev := engine.Envs.Get().(*engine.Env)
	defer ev.Release()
	ev.Engine, ev.Session, ev.Principal = c.Engine, &c.Session, c.Principal
	ev.Request, ev.Resource = &noRequest, &engine.NoResource
	if c.Session.MfaCode {
		ev.Action, ev.Request = assuming.Action, &assuming
	}
	return ev.Lookup(k), true
}

// domain is the domain of a key for the class. What is not known is left open: that can raise a false alarm, and
// never hides a hole.
func (c *Caller) domain(k *conditionkey.Key) domain.Key {
	switch k.Kind {
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
		if c.Engine.Since.IsZero() {
			return domain.OfAnyCaller(k)
		}
		// Now, if that will do.
		return domain.Key{
			Present:  true,
			Instant:  true,
			Earliest: c.Engine.Since,
			Usual:    c.Engine.Since.Format(time.RFC3339),
		}
	case conditionkey.KeyTokenIssueTime:
		return domain.Key{
			Present:  c.Any == nil,
			Instant:  true,
			Earliest: later(c.Engine.EarliestIssue(), domain.FirstInstant),
		}
	case conditionkey.KeyMFAAge:
		return domain.Key{Present: c.Any == nil, Natural: true}
	case conditionkey.KeyPrincipalTag:
		// A session tag takes the place of the principal's own, which is there without one.
		own := engine.FindTag(c.Principal.Tags, k.Tag)
		return domain.Key{Present: own.Present && c.Any == nil, Usual: own.One}
	case conditionkey.KeyRequestedRegion:
		return domain.Key{Present: true, Usual: engine.SomeRegion(c.Principal.Account.Partition)}
	}
	return domain.OfAnyCaller(k)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Requests that are read and never changed: one of which nothing is known, and one that assumes a role.
var noRequest, assuming = engine.Request{}, engine.Request{Action: "sts:AssumeRole"}

// again is the same class with what was solved and nothing else.
func (c *Caller) again(shared *Solved) *Caller {
	other := &Caller{
		Engine:    c.Engine,
		Session:   c.Session,
		Principal: c.Principal,
		FreeTag:   c.FreeTag,
		Any:       c.Any,
		Solved:    shared,
		Effort:    c.Effort,
		together:  c.together,
		abroad:    c.abroad,
		home:      c.home,
	}
	other.Search = NewSearch(NewBinder(other))
	return other
}

// Env is the caller as the evaluator sees it, for what does not depend on the request.
func (c *Caller) Env() *engine.Env {
	return &engine.Env{
		Engine:    c.Engine,
		Session:   &c.Session,
		Principal: c.Principal,
		Request:   &engine.Request{},
		Resource:  &engine.NoResource,
	}
}

// arnForms writes the forms of ARNs for the class.
func (c *Caller) arnForms() call.Forms {
	home := c.Principal.Account
	return call.Forms{
		Account: home.ID, Partition: home.Partition, Abroad: c.abroad, Known: c.Solved.forms, Budget: c.Solved.budget,
	}
}

// targetLiterals are literals of the action and the resource as they are solved.
func targetLiterals(lits []Literal) []call.Literal {
	out := make([]call.Literal, len(lits))
	for i, l := range lits {
		out[i] = call.Literal{Resource: l.kind == probeResource, Want: l.Want, Set: l.set, Globs: l.Globs}
	}
	return out
}

// SignIns are all the ways in which a user can be signed in, those without MFA first.
func SignIns(userARN string) []engine.Session {
	return append(WithoutMFA(userARN), withMFA(userARN)...)
}

func WithoutMFA(userARN string) []engine.Session {
	return []engine.Session{engine.Console(userARN), engine.LongTermKey(userARN), engine.SessionToken(userARN)}
}

func withMFA(userARN string) []engine.Session {
	return []engine.Session{
		engine.ConsoleWithMFA(userARN, model.SomeAge),
		engine.SessionTokenWithMFA(userARN, model.SomeAge),
	}
}

// Rules are facts about AWS in the form of statements that no request of the class fulfils: the search never returns
// such a request. A rule that is missing can raise a false alarm; a rule that is wrong would hide a hole, so each has
// its source.
func (c *Caller) Rules() []*engine.Statement {
	if c.never != nil {
		return c.never
	}
	if c.Any != nil {
		c.never = c.Any.never()
		return c.never
	}
	c.never = []*engine.Statement{}
	s := &c.Session
	if s.Kind == engine.TokenSession && s.Mfa == engine.MfaNo {
		c.never = append(c.never, tokenRules().withoutMFA)
	}
	switch {
	case s.Kind == engine.TokenSession:
		c.never = append(c.never, tokenRules().calls)
	case s.Temporary() && s.Kind != engine.RootSession:
		c.never = append(c.never, tokenRules().temporary)
	}
	if s.Kind == engine.LongTermKeySession && c.Principal.HasMFA {
		// Source: AWS security bulletin AWS-2023-001.
		c.never = append(
			c.never,
			engine.MustStatement(policy.Deny("", "iam:DeactivateMFADevice", "iam:EnableMFADevice").On(c.Principal.Arn)),
		)
	}
	return c.never
}

// rulesOfTokens are rules that are the same for all callers.
type rulesOfTokens struct{ withoutMFA, calls, temporary *engine.Statement }

var tokenRules = sync.OnceValue(func() rulesOfTokens {
	return rulesOfTokens{
		// Source: IAM User Guide, Compare AWS STS credentials.
		withoutMFA: engine.MustStatement(policy.Deny("", "iam:*").On("*")),
		// Of STS such credentials call AssumeRole and GetCallerIdentity alone. Source: the same page.
		calls: engine.MustStatement(
			policy.Deny(
				"",
				"sts:AssumeRoleWith*",
				"sts:AssumeRoot",
				"sts:DecodeAuthorizationMessage",
				"sts:GetAccessKeyInfo",
				"sts:GetDelegatedAccessToken",
				"sts:GetFederationToken",
				"sts:GetServiceBearerToken",
				"sts:GetSessionToken",
				"sts:GetWebIdentityToken",
			).On("*"),
		),
		// Temporary credentials get no others of these kinds. Source: the same page.
		temporary: engine.MustStatement(policy.Deny("", "sts:GetFederationToken", "sts:GetSessionToken").On("*")),
	}
})

// Namesakes says that no other user of the account has the user's name, at whatever path and in whatever case.
//
// Source: IAM User Guide, IAM and AWS STS quotas, IAM name requirements.
func (b *binder) Namesakes(who *engine.Principal) *bound {
	return &bound{st: Everything, Lits: []Literal{
		{b.probe("namesakes "+who.Arn, func() *Probe {
			users := glob.LiteralGlob(who.Account.Arn("iam", "", "user/"), false)
			name := glob.LiteralGlob(who.Name, true)
			return &Probe{kind: probeResource, namesakes: true, Globs: []glob.Glob{
				slices.Concat(users, name), slices.Concat(users, glob.Glob{call.Any, {R: '/'}}, name),
			}}
		}), true},
		{b.probe("self "+who.Arn, func() *Probe {
			return &Probe{kind: probeResource, Globs: []glob.Glob{glob.LiteralGlob(who.Arn, false)}}
		}), false},
	}}
}

// requestTagRule says that a request with aws:RequestTag/x names x among aws:TagKeys.
func (b *binder) requestTagRule(tag string) *bound {
	if have, ok := b.tagRules[tag]; ok {
		return b.note(have)
	}
	b.tagRules[tag] = b.Bind(engine.MustStatement(policy.Deny("", "*").On("*").When(
		policy.Present("aws:RequestTag/"+tag),
		policy.Is(policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringNotEqualsIgnoreCase}, "aws:TagKeys", tag),
	),
	))
	return b.tagRules[tag]
}

// regionRule says that requests to global services go to one Region.
func (b *binder) regionRule() *bound {
	const name = "aws:requestedregion"
	if have, ok := b.tagRules[name]; ok {
		return b.note(have)
	}
	rule := &bound{st: Everything, Never: true}
	if home := engine.HomeOfGlobalServices(b.caller.Principal.Account.Partition); home != "" {
		var actions []string
		for _, service := range engine.GlobalServices {
			actions = append(actions, service+":*")
		}
		rule = b.Bind(
			engine.MustStatement(
				policy.Deny("", actions...).On("*").When(policy.StringNotEquals("aws:RequestedRegion", home)),
			),
		)
	}
	b.tagRules[name] = rule
	return rule
}

// resourceTagRules say that a request without a resource has no tag of the resource, and that the tag keys of a
// service exist on its own calls alone; l reads the tag.
func (b *binder) resourceTagRules(l Literal) []*bound {
	if have, ok := b.tagRules[l.name]; ok {
		return []*bound{have, b.tagRules[l.name+" elsewhere"]}
	}
	present := Literal{b.probe("present "+l.name, func() *Probe {
		there := policy.Present(l.cond.Key.Name)
		c, _ := engine.CompileCondition(&there, pattern.PolicyText)
		return &Probe{kind: probeKey, cond: &c, name: l.name}
	}), true}
	lone := &bound{st: Everything, Lits: []Literal{present, b.noResource()}}
	elsewhere := &bound{st: Everything, Never: true}
	if k := &l.cond.Key; k.Service != "" && !strings.HasPrefix(l.name, "tag/") {
		actions := []string{k.Service + ":*"}
		if strings.EqualFold(k.Service, "iam") {
			actions = append(actions, "sts:*")
		}
		elsewhere = &bound{
			st: Everything,
			Lits: []Literal{
				present,
				{b.actionProbe(engine.MustStatement(policy.Allow("", actions...).On("*"))), false},
			},
		}
	}
	b.tagRules[l.name], b.tagRules[l.name+" elsewhere"] = lone, elsewhere
	return []*bound{lone, elsewhere}
}

// noResource is the test that a request names no resource.
func (b *binder) noResource() Literal {
	return Literal{b.probe("no resource", func() *Probe {
		return &Probe{kind: probeResource, Globs: []glob.Glob{glob.LiteralGlob("*", false)}}
	}), true}
}
