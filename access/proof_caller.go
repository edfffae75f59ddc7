package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// caller is a class of callers: one user or role, signed in one way. What the way of signing in fixes is the same in all requests of the
// class; everything else varies.
type caller struct {
	engine    *Engine
	session   Session
	principal *principal
	// freeTag reports whether a session tag of this key is the caller's choice; nil when none is.
	freeTag func(tag string) bool
	// any is set when only an entry of a trust policy is known of the caller.
	any    *anyone
	lab    *lab
	search *search
	never  []*statement
	// effort is what the question at hand has cost, for all values of open keys together.
	effort *effort
	// owns are what own returns once it was asked; unshared says that it is nil.
	owns     *ownTexts
	unshared bool
}

// newCaller makes a class of a session; false when the world does not have its user or role.
func newCaller(e *Engine, s Session, shared *lab) (*caller, bool) {
	ev := env{engine: e, session: &s}
	if ev.find() != nil {
		return nil, false
	}
	c := &caller{engine: e, session: s, principal: ev.principal, lab: shared, effort: &effort{}}
	c.search = newSearch(newBinder(c))
	return c, true
}

// constant is the value of a key that every request of the class has, and whether there is such a value. It is the table of what AWS
// guarantees about the keys of a session; the sources stand beside the engine's own derivation of them.
func (c *caller) constant(k *key) (values, bool) {
	if c.any != nil {
		return c.any.constant(k)
	}
	switch k.kind {
	case keyCurrentTime, keyEpochTime:
		return values{}, false
	case keyTokenIssueTime:
		return values{}, !c.session.temporary()
	case keyMFAAge:
		// Present exactly when MFA is; any age of a session, none of a code that comes with the call.
		if c.session.mfa == mfaYes && !c.session.mfaCode {
			return values{}, false
		}
	case keySourceIdentity:
		if c.session.assumed() {
			return values{}, false
		}
	case keyPrincipalTag:
		if c.freeTag != nil && c.freeTag(k.tag) {
			return values{}, false
		}
	case keyFederatedProvider:
		return values{}, c.session.kind != identityCenterSession
	case keyPrincipalOrgID, keyPrincipalOrgPaths:
		if c.engine.world.Organization == nil {
			// The world does not say in which organization its accounts are.
			return values{}, false
		}
	}
	if !k.kind.derived() {
		return values{}, false
	}
	ev := env{engine: c.engine, session: &c.session, principal: c.principal, request: &Request{}, resource: &noResource}
	if c.session.mfaCode {
		ev.action, ev.request = "sts:AssumeRole", &Request{Action: "sts:AssumeRole"}
	}
	return ev.lookup(k), true
}

// again is the same class with what the lab remembers and nothing else.
func (c *caller) again(shared *lab) *caller {
	other := &caller{engine: c.engine, session: c.session, principal: c.principal, freeTag: c.freeTag, any: c.any, lab: shared, effort: c.effort}
	other.search = newSearch(newBinder(other))
	return other
}

// env is the caller as the evaluator sees it, for what does not depend on the request.
func (c *caller) env() *env {
	return &env{engine: c.engine, session: &c.session, principal: c.principal, request: &Request{}, resource: &noResource}
}

// signIns are all the ways in which a user can be signed in, those without MFA first.
func signIns(userARN string) []Session {
	return append(withoutMFA(userARN), withMFA(userARN)...)
}

func withoutMFA(userARN string) []Session {
	return []Session{Console(userARN), LongTermKey(userARN), SessionToken(userARN)}
}

// someAge is how old MFA is where its age is of no consequence.
const someAge = time.Minute

func withMFA(userARN string) []Session {
	return []Session{ConsoleWithMFA(userARN, someAge), SessionTokenWithMFA(userARN, someAge)}
}

// rules are facts about AWS in the form of statements that no request of the class fulfils: the search never returns such a request. A rule
// that is missing can raise a false alarm; a rule that is wrong would hide a hole, so each has its source.
func (c *caller) rules() []*statement {
	if c.never != nil {
		return c.never
	}
	if c.any != nil {
		c.never = c.any.never()
		return c.never
	}
	c.never = []*statement{}
	never := func(st policy.Statement) { c.never = append(c.never, mustStatement(st)) }
	s := &c.session
	if s.kind == tokenSession && s.mfa == mfaNo {
		// Source: IAM User Guide, Compare AWS STS credentials.
		never(policy.Deny("", "iam:*").On("*"))
	}
	switch {
	case s.kind == tokenSession:
		// Of STS such credentials call AssumeRole and GetCallerIdentity alone. Source: the same page.
		never(policy.Deny("", "sts:AssumeRoleWith*", "sts:AssumeRoot", "sts:DecodeAuthorizationMessage", "sts:GetAccessKeyInfo",
			"sts:GetDelegatedAccessToken", "sts:GetFederationToken", "sts:GetServiceBearerToken", "sts:GetSessionToken", "sts:GetWebIdentityToken").On("*"))
	case s.temporary() && s.kind != rootSession:
		// Temporary credentials get no others of these kinds. Source: the same page.
		never(policy.Deny("", "sts:GetFederationToken", "sts:GetSessionToken").On("*"))
	}
	if s.kind == longTermKeySession && c.principal.hasMFA {
		// Source: AWS security bulletin AWS-2023-001.
		never(policy.Deny("", "iam:DeactivateMFADevice", "iam:EnableMFADevice").On(c.principal.arn))
	}
	return c.never
}

// namesakes says that no other user of the account has the user's name, at whatever path and in whatever case.
//
// Source: IAM User Guide, IAM and AWS STS quotas, IAM name requirements.
func (b *binder) namesakes(who *principal) *bound {
	return &bound{st: everything, lits: []literal{
		{b.probe("namesakes "+who.arn, func() *probe {
			users := literalGlob(who.account.arn("iam", "", "user/"), false)
			name := literalGlob(who.name, true)
			return &probe{kind: probeResource, namesakes: true, globs: []glob{
				slices.Concat(users, name), slices.Concat(users, glob{more, {r: '/'}}, name),
			}}
		}), true},
		{b.probe("self "+who.arn, func() *probe { return &probe{kind: probeResource, globs: []glob{literalGlob(who.arn, false)}} }), false},
	}}
}

// requestTagRule says that a request with aws:RequestTag/x names x among aws:TagKeys.
func (b *binder) requestTagRule(tag string) *bound {
	if have, ok := b.tagRules[tag]; ok {
		return have
	}
	b.tagRules[tag] = b.bind(mustStatement(policy.Deny("", "*").On("*").When(
		policy.Present("aws:RequestTag/"+tag),
		policy.Is(policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringNotEqualsIgnoreCase}, "aws:TagKeys", tag))))
	return b.tagRules[tag]
}

// regionRule says that requests to global services go to one Region.
func (b *binder) regionRule() *bound {
	const name = "aws:requestedregion"
	if have, ok := b.tagRules[name]; ok {
		return have
	}
	rule := &bound{st: everything, never: true}
	if home := homeOfGlobalServices(b.caller.principal.account.partition); home != "" {
		var actions []string
		for _, service := range globalServices {
			actions = append(actions, service+":*")
		}
		rule = b.bind(mustStatement(policy.Deny("", actions...).On("*").When(policy.StringNotEquals("aws:RequestedRegion", home))))
	}
	b.tagRules[name] = rule
	return rule
}

// resourceTagRules say that a request without a resource has no tag of the resource, and that the tag keys of a service exist on its own calls
// alone; l reads the tag.
func (b *binder) resourceTagRules(l literal) []*bound {
	if have, ok := b.tagRules[l.name]; ok {
		return []*bound{have, b.tagRules[l.name+" elsewhere"]}
	}
	present := literal{b.probe("present "+l.name, func() *probe {
		there := policy.Present(l.cond.key.name)
		c, _ := compileCondition(&there, policyText)
		return &probe{kind: probeKey, cond: &c, name: l.name}
	}), true}
	none := b.probe("no resource", func() *probe { return &probe{kind: probeResource, globs: []glob{literalGlob("*", false)}} })
	lone := &bound{st: everything, lits: []literal{present, {none, true}}}
	elsewhere := &bound{st: everything, never: true}
	if k := &l.cond.key; k.service != "" && !strings.HasPrefix(l.name, "tag/") {
		actions := []string{k.service + ":*"}
		if strings.EqualFold(k.service, "iam") {
			actions = append(actions, "sts:*")
		}
		elsewhere = &bound{st: everything, lits: []literal{present, {b.actionProbe(mustStatement(policy.Allow("", actions...).On("*"))), false}}}
	}
	b.tagRules[l.name], b.tagRules[l.name+" elsewhere"] = lone, elsewhere
	return []*bound{lone, elsewhere}
}

// mustStatement compiles a statement of this package. A mistake in one shows in the first proof that is tried.
func mustStatement(from policy.Statement) *statement {
	st, err := compileStatement(from, 0, variableText, permissions, Source{Kind: AWSRule})
	if err != nil {
		panic(fmt.Sprintf("proofs: %s", err))
	}
	return st
}
