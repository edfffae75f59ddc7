package access

import (
	"errors"
	"fmt"
	"strings"
)

// Outcome is how a request ends.
type Outcome int

// The outcomes. A request is denied unless something allows it, so the zero value is a denial.
const (
	// ImplicitlyDenied: nothing denies the request, but something that must allow it does not.
	ImplicitlyDenied Outcome = iota
	// ExplicitlyDenied: a Deny statement or a rule of AWS refuses the request, whatever else allows it.
	ExplicitlyDenied
	Allowed
)

func (o Outcome) String() string {
	switch o {
	case Allowed:
		return "allowed"
	case ExplicitlyDenied:
		return "explicitly denied"
	}
	return "implicitly denied"
}

// Decision is the answer to one request.
type Decision struct {
	Outcome Outcome
	// By is what decided: the Deny, the Allow, the layer in which nothing allows, or a rule of AWS. Of several Allows it is the first.
	By Source
	// Trust is the statement of the trust policy, for sts:AssumeRole where the caller's own policies had to allow the call as well.
	Trust Source
	// Action is the action that was decided on: the request's, or one that comes with it, such as sts:TagSession.
	Action string
	// Resource is the ARN that was decided on, of several; "*" where the action has none.
	Resource string
	// Unknowns are the ARNs of policies of the caller whose documents are not known, and the ARN of a caller who is a stranger; Assumption says how
	// they were read. Do not change it.
	Unknowns []string
}

// Allowed reports whether the request is allowed.
func (d Decision) Allowed() bool { return d.Outcome == Allowed }

// String is the decision in one line.
func (d Decision) String() string {
	return fmt.Sprintf("%s on %s: %s by %s", d.Action, d.Resource, d.Outcome, d.By)
}

// Decide decides one request. A request on several resources is allowed when each of them is, and one that brings another action with it
// (session tags bring sts:TagSession) when that is allowed too; the decision names the one that decided.
//
// It is an error, and never a denial, when the request cannot be decided: a session of somebody whom the world does not have, an action
// that is a pattern, a statement that reads what the request does not say (its time, its Region), a key of several values where a
// condition has no quantifier, or a call that opens a door, is allowed, and leaves out a resource that AWS decides on too.
//
// A resource in another account needs a policy of its own that allows the call. A world has trust policies and no others, so such a
// request is decided as a document that is not known: denied, or with UnknownAllowsEverything left to the caller's policies.
func (e *Engine) Decide(s Session, r Request) (Decision, error) {
	ev := envs.Get().(*env)
	defer ev.release()
	if err := ev.start(e, s, r); err != nil {
		return Decision{}, err
	}
	var result Decision
	decided := false
	for a := ev.firstAction(); a != ""; a = ev.nextAction(a) {
		ev.action = a
		for i := range max(len(r.Resources), 1) {
			if err := ev.on(i); err != nil {
				return Decision{}, err
			}
			d, err := ev.decide()
			if err != nil {
				return Decision{}, fmt.Errorf("%s, %s on %s: %w", s, ev.action, ev.resource.ARN, err)
			}
			if !decided || worse(d.Outcome, result.Outcome) {
				result, decided = d, true
			}
		}
	}
	if result.Allowed() {
		if err := r.incomplete(); err != nil {
			return Decision{}, err
		}
	}
	result.Unknowns = ev.principal.unknowns
	return result, nil
}

// worse orders the outcomes of the parts of one request: a Deny before nothing that allows, that before Allowed.
func worse(a, b Outcome) bool { return severity(a) > severity(b) }

func severity(o Outcome) int {
	switch o {
	case ExplicitlyDenied:
		return 2
	case ImplicitlyDenied:
		return 1
	}
	return 0
}

var (
	nobody     account
	noResource = Resource{ARN: "*"}
)

// start checks the request and finds who calls.
func (ev *env) start(e *Engine, s Session, r Request) error {
	ev.engine, ev.askedBy, ev.asked = e, s, r
	ev.session, ev.request = &ev.askedBy, &ev.asked
	switch s.kind {
	case serviceSession:
		ev.stranger = principal{kind: servicePrincipal, name: s.subject, account: &nobody}
		ev.principal = &ev.stranger
	case federatedSession:
		ev.stranger = principal{kind: providerPrincipal, name: s.subject, account: &nobody}
		ev.principal = &ev.stranger
	default:
		if err := ev.find(); err != nil {
			return err
		}
	}
	if err := checkAction(r.Action); err != nil {
		return err
	}
	if err := checkResources(ev.request); err != nil {
		return err
	}
	var err error
	ev.shared, err = r.Context.pairs(ev.sharedBuf[:0])
	return err
}

// find looks the caller up in the world.
func (ev *env) find() error {
	s := ev.session
	subject := s.subject
	if s.kind == rootSession {
		account, known := ev.engine.accounts[subject]
		if !known || !account.described {
			return fmt.Errorf("root of %q: the world has no such account", subject)
		}
		subject = fmt.Sprintf("arn:%s:iam::%s:root", account.partition, account.id)
	}
	p, known := ev.engine.principals[subject]
	if !known {
		return fmt.Errorf("%q: the world has no such user or role", subject)
	}
	if (p.kind == rolePrincipal) != s.assumed() {
		return fmt.Errorf("%s: a user signs in and a role is assumed, never the other way round", subject)
	}
	if s.assumed() && s.name == "" {
		return fmt.Errorf("%s: a session of a role has a session name", subject)
	}
	ev.principal = p
	return nil
}

func checkAction(action string) error {
	service, name, found := strings.Cut(action, ":")
	if !found || service == "" || name == "" || strings.ContainsAny(action, "*?") {
		return fmt.Errorf(`action %q is not one action; write it as in "ssm:StartSession"`, action)
	}
	return nil
}

// checkResources refuses requests that AWS would complete before it decides them.
func checkResources(r *Request) error {
	if !equalFoldASCII(r.Action, "ssm:StartSession") {
		return nil
	}
	for i := range r.Resources {
		if strings.HasPrefix(arnResource(r.Resources[i].ARN), "document/") {
			return nil
		}
	}
	return errors.New("ssm:StartSession names no document, but AWS decides on the document too; add the ARN of SSM-SessionManagerRunShell or of the document that is meant")
}

// on turns to one resource of the request.
func (ev *env) on(i int) error {
	if i >= len(ev.request.Resources) {
		ev.resource, ev.own = &noResource, nil
		return nil
	}
	ev.resource = &ev.request.Resources[i]
	if ev.resource.ARN == "" {
		ev.resource = &noResource
	}
	var err error
	ev.own, err = ev.request.Resources[i].Context.pairs(ev.ownBuf[:0])
	return err
}

func (ev *env) decision(o Outcome, by Source) Decision {
	return Decision{Outcome: o, By: by, Action: ev.action, Resource: ev.resource.ARN}
}

// missing is a layer in which nothing allows.
func (l *layer) missing(rule string) Source {
	by := l.by
	by.Rule = rule
	return by
}

// first is the first statement of a list that applies. When none does but one cannot be decided, that is the error.
func (ev *env) first(statements []*statement) (*statement, error) {
	var open error
	for _, st := range statements {
		if st.matches(ev) {
			return st, nil
		}
		if ev.undecided != nil && open == nil {
			open = fmt.Errorf("%s: %w", place(st.by), ev.undecided)
		}
	}
	return nil, open
}

// allows is the first statement that allows, or the layer's unknown documents read as Allow everything.
func (ev *env) allows(l *layer) (Source, bool, error) {
	st, err := ev.first(l.allow)
	if st != nil {
		return st.by, true, nil
	}
	if len(l.unknowns) > 0 && ev.engine.assume == UnknownAllowsEverything {
		by := l.by
		by.Policy, by.Rule = l.unknowns[0], "its document is not known and is taken to allow everything"
		return by, true, nil
	}
	return Source{}, false, err
}

// guardrails are the service control policies that apply to the caller: none in the management account, none for service-linked roles.
func (ev *env) guardrails() []*layer {
	if ev.principal.serviceLinked {
		return nil
	}
	return ev.principal.account.guardrails
}

// decide decides one action on one resource, in the order of AWS's evaluation logic: every Deny, then each layer that must allow.
//
// Source: IAM User Guide, Policy evaluation logic.
func (ev *env) decide() (Decision, error) {
	if d, ruled, err := ev.rule(); ruled || err != nil {
		return d, err
	}
	p := ev.principal
	var role *principal
	if isAssumeRole(ev.action) {
		role = ev.engine.principals[ev.resource.ARN]
		if role != nil && role.kind != rolePrincipal {
			role = nil
		}
	}
	if by, denied, err := ev.denied(role); denied || err != nil {
		return ev.decision(ExplicitlyDenied, by), err
	}
	for _, level := range ev.guardrails() {
		if _, ok, err := ev.allows(level); !ok {
			return ev.decision(ImplicitlyDenied, level.missing("no service control policy of this level allows it")), err
		}
	}
	var trustBy Source
	if isAssumeRole(ev.action) {
		how, by, err := ev.trusts(role)
		if err != nil {
			return Decision{}, err
		}
		trustBy = by
		switch {
		case how == notTrusted:
			return ev.decision(ImplicitlyDenied, by), nil
		case p.kind == servicePrincipal || p.kind == providerPrincipal:
			return ev.decision(Allowed, by), nil
		case role == nil || role.account != p.account || how == accountTrusted:
		case how == sessionTrusted:
			return ev.decision(Allowed, by), nil
		default:
			d, err := ev.bounded(by)
			return d, err
		}
	}
	if p.identity == nil {
		return Decision{}, errors.New("a service or identity provider acts through resource policies, which a world does not have")
	}
	by, ok, err := ev.allows(p.identity)
	if !ok {
		return ev.decision(ImplicitlyDenied, p.identity.missing("no policy of the caller allows it")), err
	}
	if abroad, shut := ev.abroad(); shut {
		return ev.decision(ImplicitlyDenied, abroad), nil
	}
	d, err := ev.bounded(by)
	d.Trust = trustBy
	return d, err
}

// abroad says whether the resource is in another account, where its own policy would have to allow the call too. A world has no resource
// policies but trust policies, so this is a document that is not known.
func (ev *env) abroad() (Source, bool) {
	if isAssumeRole(ev.action) || ev.engine.assume == UnknownAllowsEverything || equalFoldASCII(ev.action, "sts:AssumeRoot") {
		// A central root session asks no policy of the account whose root user it is of.
		return Source{}, false
	}
	id := ev.resourceARN().parts[4]
	if !isAccountID(id) || id == ev.principal.account.id {
		return Source{}, false
	}
	return Source{Kind: NoStatement, Account: id, Rule: "the resource is in account " + id + ", and no policy of the resource is known that allows it there"}, true
}

// denied is the first Deny that applies.
func (ev *env) denied(role *principal) (Source, bool, error) {
	var open error
	for _, level := range ev.guardrails() {
		st, err := ev.first(level.deny)
		if st != nil {
			return st.by, true, nil
		}
		open = firstError(open, err)
	}
	for _, l := range [3]*layer{ev.principal.identity, ev.principal.boundary, ev.session.limit} {
		if l == nil {
			continue
		}
		st, err := ev.first(l.deny)
		if st != nil {
			return st.by, true, nil
		}
		open = firstError(open, err)
	}
	if role == nil {
		return Source{}, false, open
	}
	for _, st := range role.trust.deny {
		if st.speaksOf(ev) {
			if st.matches(ev) {
				return st.by, true, nil
			}
			if ev.undecided != nil {
				open = firstError(open, fmt.Errorf("%s: %w", place(st.by), ev.undecided))
			}
		}
	}
	return Source{}, false, open
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// notTrusting is what a trust policy says that lets nobody of the caller's kind in.
const notTrusting = "no statement trusts the caller"

// trusts says how far the trust policy of the role goes for the caller, and by which statement.
func (ev *env) trusts(role *principal) (grade, Source, error) {
	if role == nil {
		return ev.trustsStranger()
	}
	best := notTrusted
	var by Source
	var open error
	for _, st := range role.trust.allow {
		g := st.principalGrade(ev)
		if g <= best {
			continue
		}
		if st.matches(ev) {
			best, by = g, st.by
			continue
		}
		if ev.undecided != nil {
			open = firstError(open, fmt.Errorf("%s: %w", place(st.by), ev.undecided))
		}
	}
	if best == notTrusted {
		return best, role.trust.missing(notTrusting), open
	}
	return best, by, nil
}

// trustsStranger answers for a role that the world does not have: in an account that the world describes there is none, elsewhere the
// trust policy is not known.
func (ev *env) trustsStranger() (grade, Source, error) {
	id := arnPart(ev.resource.ARN, 4)
	by := Source{Kind: TrustPolicy, Account: id, Owner: arnResource(ev.resource.ARN)}
	if a, known := ev.engine.accounts[id]; known && a.described {
		by.Rule = "the account has no such role"
		return notTrusted, by, nil
	}
	if ev.engine.assume == UnknownAllowsEverything {
		by.Rule = "its trust policy is not known and is taken to trust everyone"
		return accountTrusted, by, nil
	}
	by.Rule = "its trust policy is not known and is taken to trust nobody"
	return notTrusted, by, nil
}

// bounded ends with Allowed when the permissions boundary and the session policies allow the request too.
func (ev *env) bounded(by Source) (Decision, error) {
	for _, l := range [2]*layer{ev.principal.boundary, ev.session.limit} {
		if l == nil {
			continue
		}
		if _, ok, err := ev.allows(l); !ok {
			return ev.decision(ImplicitlyDenied, l.missing("it does not allow it")), err
		}
	}
	return ev.decision(Allowed, by), nil
}
