package engine

import (
	"errors"
	"fmt"
	"strings"

	"aws-access-guardrails/policy"
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
	// By is what decided: the Deny, the Allow, the layer in which nothing allows, or a rule of AWS. Of several Allows
	// it is the first.
	By Source
	// Trust is the statement of the trust policy, for sts:AssumeRole where the caller's own policies had to allow the
	// call as well.
	Trust Source
	// Action is the action that was decided on: the request's, or one that comes with it, such as sts:TagSession.
	Action string
	// Resource is the ARN that was decided on, of several; "*" where the action has none.
	Resource string
	// Unknowns are the ARNs of policies of the caller whose documents are not known, and the ARN of a caller who is a
	// stranger; Assumption says how they were read. Do not change it.
	Unknowns []string
}

// Allowed reports whether the request is allowed.
func (d Decision) Allowed() bool { return d.Outcome == Allowed }

// String is the decision in one line.
func (d Decision) String() string {
	return fmt.Sprintf("%s on %s: %s by %s", d.Action, d.Resource, d.Outcome, d.By)
}

// Decide decides one request. A request on several resources is allowed when each of them is, and one that brings
// another action with it (session tags bring sts:TagSession) when that is allowed too; the decision names the one
// that decided.
//
// It is an error, and never a denial, when the request cannot be decided: a session of somebody whom the world does
// not have, an action that is a pattern, a statement that reads what the request does not say (its time, its Region),
// a key of several values where a condition has no quantifier, or a call that opens a door, is allowed, and leaves
// out a resource that AWS decides on too.
//
// A resource in another account needs a policy of its own that allows the call. A world has trust policies and no
// others, so such a request is decided as a document that is not known: denied, or with UnknownAllowsEverything left
// to the caller's policies.
func (e *Engine) Decide(s Session, r Request) (Decision, error) {
	ev := Envs.Get().(*Env)
	defer ev.Release()
	if err := ev.Start(e, s, r); err != nil {
		return Decision{}, err
	}
	var result Decision
	decided := false
	for a := ev.firstAction(); a != ""; a = ev.nextAction(a) {
		ev.Action = a
		for i := range max(len(r.Resources), 1) {
			if err := ev.OnResource(i); err != nil {
				return Decision{}, err
			}
			d, err := ev.decide()
			if err != nil {
				place := fmt.Sprintf("%s, %s on %s", s, ev.Action, ev.Resource.ARN)
				return Decision{}, policy.PlaceError(place, err)
			}
			if !decided || worse(d.Outcome, result.Outcome) {
				result, decided = d, true
			}
		}
	}
	if result.Allowed() {
		if err := r.Incomplete(); err != nil {
			return Decision{}, err
		}
	}
	result.Unknowns = ev.Principal.Unknowns
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
	nobody     CompiledAccount
	NoResource = Resource{ARN: "*"}
)

// Start checks the request and finds who calls.
func (ev *Env) Start(e *Engine, s Session, r Request) error {
	ev.Engine, ev.askedBy, ev.asked = e, s, r
	ev.Session, ev.Request = &ev.askedBy, &ev.asked
	switch s.Kind {
	case ServiceSession:
		ev.stranger = Principal{Kind: ServicePrincipal, Name: s.subject, Account: &nobody}
		ev.Principal = &ev.stranger
	case FederatedSession:
		ev.stranger = Principal{Kind: ProviderPrincipal, Name: s.subject, Account: &nobody}
		ev.Principal = &ev.stranger
	default:
		if err := ev.Find(); err != nil {
			return err
		}
	}
	if err := checkAction(r.Action); err != nil {
		return err
	}
	if err := checkResources(ev.Request); err != nil {
		return err
	}
	var err error
	ev.Shared, err = r.Context.Pairs(ev.sharedBuf[:0])
	return err
}

// Find looks the caller up in the world.
func (ev *Env) Find() error {
	s := ev.Session
	subject := s.subject
	if s.Kind == RootSession {
		account, known := ev.Engine.Accounts[subject]
		if !known || !account.Described {
			return fmt.Errorf("root of %q: the world has no such account", subject)
		}
		subject = fmt.Sprintf("arn:%s:iam::%s:root", account.Partition, account.ID)
	}
	p, known := ev.Engine.Principals[subject]
	if !known {
		return fmt.Errorf("%q: the world has no such user or role", subject)
	}
	if (p.Kind == RolePrincipal) != s.Assumed() {
		return fmt.Errorf("%s: a user signs in and a role is assumed, never the other way round", subject)
	}
	if s.Assumed() && s.Name == "" {
		return fmt.Errorf("%s: a session of a role has a session name", subject)
	}
	ev.Principal = p
	return nil
}

func checkAction(action string) error {
	service, name, found := strings.Cut(action, ":")
	if !found || service == "" || name == "" || strings.ContainsAny(action, "*?") {
		return policy.Refusef(`write it as in "ssm:StartSession"`, "action %q is not one action", action)
	}
	return nil
}

// checkResources refuses requests that AWS would complete before it decides them.
func checkResources(r *Request) error {
	if !policy.EqualFoldASCII(r.Action, "ssm:StartSession") {
		return nil
	}
	for i := range r.Resources {
		if strings.HasPrefix(policy.ARNResource(r.Resources[i].ARN), "document/") {
			return nil
		}
	}
	return policy.Refusef("add the ARN of SSM-SessionManagerRunShell or of the document that is meant",
		"ssm:StartSession names no document, but AWS decides on the document too")
}

// OnResource turns to one resource of the request.
func (ev *Env) OnResource(i int) error {
	if i >= len(ev.Request.Resources) {
		ev.Resource, ev.own = &NoResource, nil
		return nil
	}
	ev.Resource = &ev.Request.Resources[i]
	if ev.Resource.ARN == "" {
		ev.Resource = &NoResource
	}
	var err error
	ev.own, err = ev.Request.Resources[i].Context.Pairs(ev.ownBuf[:0])
	return err
}

func (ev *Env) decision(o Outcome, by Source) Decision {
	return Decision{Outcome: o, By: by, Action: ev.Action, Resource: ev.Resource.ARN}
}

// missing is a layer in which nothing allows.
func (l *PolicyLayer) missing(rule string) Source {
	by := l.By
	by.Rule = rule
	return by
}

// first is the first statement of a list that applies. When none does but one cannot be decided, that is the error.
func (ev *Env) first(statements []*Statement) (*Statement, error) {
	var open error
	for _, st := range statements {
		if st.Matches(ev) {
			return st, nil
		}
		if ev.Undecided != nil && open == nil {
			open = policy.PlaceError(place(st.By), ev.Undecided)
		}
	}
	return nil, open
}

// allows is the first statement that allows, or the layer's unknown documents read as Allow everything.
func (ev *Env) allows(l *PolicyLayer) (Source, bool, error) {
	st, err := ev.first(l.Allow)
	if st != nil {
		return st.By, true, nil
	}
	if len(l.Unknowns) > 0 && ev.Engine.assume == UnknownAllowsEverything {
		by := l.By
		by.Policy, by.Rule = l.Unknowns[0], "its document is not known and is taken to allow everything"
		return by, true, nil
	}
	return Source{}, false, err
}

// Guardrails are the service control policies that apply to the caller: none in the management account, none for
// service-linked roles.
func (ev *Env) Guardrails() []*PolicyLayer {
	if ev.Principal.ServiceLinked {
		return nil
	}
	return ev.Principal.Account.Guardrails
}

// decide decides one action on one resource, in the order of AWS's evaluation logic: every Deny, then each layer that
// must allow.
//
// Source: IAM User Guide, Policy evaluation logic.
func (ev *Env) decide() (Decision, error) {
	if d, ruled, err := ev.rule(); (ruled || err != nil) && !ev.past(d) {
		return d, err
	}
	p := ev.Principal
	var role *Principal
	if IsAssumeRole(ev.Action) {
		role = ev.Engine.Principals[ev.Resource.ARN]
		if role != nil && role.Kind != RolePrincipal {
			role = nil
		}
	}
	if by, denied, err := ev.denied(role); denied || err != nil {
		return ev.decision(ExplicitlyDenied, by), err
	}
	for _, level := range ev.Guardrails() {
		if _, ok, err := ev.allows(level); !ok {
			return ev.decision(
				ImplicitlyDenied,
				level.missing("no service control policy of this level allows it"),
			), err
		}
	}
	var trustBy Source
	if IsAssumeRole(ev.Action) {
		how, by, err := ev.trusts(role)
		if err != nil {
			return Decision{}, err
		}
		trustBy = by
		switch {
		case how == NotTrusted:
			return ev.decision(ImplicitlyDenied, by), nil
		case p.Kind == ServicePrincipal || p.Kind == ProviderPrincipal:
			return ev.decision(Allowed, by), nil
		case role == nil || role.Account != p.Account || how == AccountTrusted:
		case how == SessionTrusted:
			return ev.decision(Allowed, by), nil
		default:
			d, err := ev.bounded(by)
			return d, err
		}
	}
	if p.Identity == nil {
		return Decision{}, errors.New(
			"a service or identity provider acts through resource policies, which a world does not have",
		)
	}
	by, ok, err := ev.allows(p.Identity)
	if !ok {
		return ev.decision(ImplicitlyDenied, p.Identity.missing("no policy of the caller allows it")), err
	}
	if abroad, shut := ev.abroad(); shut {
		return ev.decision(ImplicitlyDenied, abroad), nil
	}
	d, err := ev.bounded(by)
	d.Trust = trustBy
	return d, err
}

// abroad says whether the resource is in another account, where its own policy would have to allow the call too. A
// world has no resource policies but trust policies, so this is a document that is not known.
func (ev *Env) abroad() (Source, bool) {
	if IsAssumeRole(ev.Action) || ev.Engine.assume != UnknownAllowsNothing ||
		policy.EqualFoldASCII(ev.Action, "sts:AssumeRoot") {
		// A central root session asks no policy of the account whose root user it is of.
		return Source{}, false
	}
	id := ev.resourceARN().Parts[4]
	if !policy.IsAccountID(id) || id == ev.Principal.Account.ID {
		return Source{}, false
	}
	return Source{
		Kind:    NoStatement,
		Account: id,
		Rule:    "the resource is in account " + id + ", and no policy of the resource is known that allows it there",
	}, true
}

// denied is the first Deny that applies.
func (ev *Env) denied(role *Principal) (Source, bool, error) {
	var open error
	for _, level := range ev.Guardrails() {
		st, err := ev.first(level.Deny)
		if st != nil {
			return st.By, true, nil
		}
		open = firstError(open, err)
	}
	for _, l := range [3]*PolicyLayer{ev.Principal.Identity, ev.Principal.Boundary, ev.Session.Limit} {
		if l == nil {
			continue
		}
		st, err := ev.first(l.Deny)
		if st != nil {
			return st.By, true, nil
		}
		open = firstError(open, err)
	}
	if role == nil {
		return Source{}, false, open
	}
	for _, st := range role.Trust.Deny {
		if st.SpeaksOf(ev) {
			if st.Matches(ev) {
				return st.By, true, nil
			}
			if ev.Undecided != nil {
				open = firstError(open, policy.PlaceError(place(st.By), ev.Undecided))
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
func (ev *Env) trusts(role *Principal) (grade, Source, error) {
	if role == nil {
		return ev.trustsStranger()
	}
	best := NotTrusted
	var by Source
	var open error
	for _, st := range role.Trust.Allow {
		g := st.PrincipalGrade(ev)
		if g <= best {
			continue
		}
		if st.Matches(ev) {
			best, by = g, st.By
			continue
		}
		if ev.Undecided != nil {
			open = firstError(open, policy.PlaceError(place(st.By), ev.Undecided))
		}
	}
	if best == NotTrusted {
		return best, role.Trust.missing(notTrusting), open
	}
	return best, by, nil
}

// trustsStranger answers for a role that the world does not have: in an account that the world describes there is
// none, elsewhere the trust policy is not known.
func (ev *Env) trustsStranger() (grade, Source, error) {
	id := policy.ARNPart(ev.Resource.ARN, 4)
	by := Source{Kind: TrustPolicy, Account: id, Owner: policy.ARNResource(ev.Resource.ARN)}
	if a, known := ev.Engine.Accounts[id]; known && a.Described {
		by.Rule = "the account has no such role"
		return NotTrusted, by, nil
	}
	if ev.Engine.assume == UnknownAllowsEverything {
		by.Rule = "its trust policy is not known and is taken to trust everyone"
		return AccountTrusted, by, nil
	}
	by.Rule = "its trust policy is not known and is taken to trust nobody"
	return NotTrusted, by, nil
}

// bounded ends with Allowed when the permissions boundary and the session policies allow the request too.
func (ev *Env) bounded(by Source) (Decision, error) {
	for _, l := range [2]*PolicyLayer{ev.Principal.Boundary, ev.Session.Limit} {
		if l == nil {
			continue
		}
		if _, ok, err := ev.allows(l); !ok {
			return ev.decision(ImplicitlyDenied, l.missing("it does not allow it")), err
		}
	}
	return ev.decision(Allowed, by), nil
}
