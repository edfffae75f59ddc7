package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// MustStatement compiles a statement of this package. A mistake in one shows in the first proof that is tried.
func MustStatement(from policy.Statement) *Statement {
	st, err := CompileStatement(from, 0, pattern.VariableText, Permissions, Source{Kind: AWSRule})
	if err != nil {
		panic(fmt.Sprintf("proofs: %s", err))
	}
	return st
}

// SourceKind is the kind of thing that decides a request.
type SourceKind int

// The kinds of sources.
const (
	// NoStatement is the absence of a statement: nothing here allows the request.
	NoStatement SourceKind = iota
	IdentityPolicy
	TrustPolicy
	PermissionsBoundary
	SessionPolicy
	ServiceControlPolicySource
	// AWSRule is a rule of AWS that no policy changes.
	AWSRule
)

var sourceKindNames = [...]string{
	"no statement",
	"identity policy",
	"trust policy",
	"permissions boundary",
	"session policy",
	"service control policy",
	"rule of AWS",
}

func (k SourceKind) String() string {
	if k < 0 || int(k) >= len(sourceKindNames) {
		return "unknown source"
	}
	return sourceKindNames[k]
}

// Source names what decided: a statement of a policy, a layer of policies in which nothing allows, or a rule of AWS.
type Source struct {
	Kind SourceKind
	// Account is the account of the owner; empty for service control policies of the root and of units, and for AWS
	// managed policies.
	Account string
	// Owner is what the policy belongs to: "user/alice", "group/guardrails-mfa", "role/x", or the id of a root, unit
	// or account.
	Owner string
	// Policy is the policy's name, or its ARN for a managed policy. Empty for a layer in which nothing allows.
	Policy string
	// Sid is the statement's Sid, or its place such as "#2" when it has none. Empty for a layer in which nothing
	// allows.
	Sid string
	// Rule is the rule of AWS, or what is missing, in words.
	Rule string
}

// String is the source in one line.
func (s Source) String() string {
	if s.Kind == AWSRule || s.Kind == NoStatement {
		return s.Kind.String() + ": " + s.Rule
	}
	var text strings.Builder
	text.WriteString(s.Kind.String())
	if s.Policy != "" && s.Kind != TrustPolicy { // A role has one.
		text.WriteString(" " + s.Policy)
	}
	if s.Sid != "" {
		text.WriteString(", statement " + s.Sid)
	}
	if s.Owner != "" {
		text.WriteString(" of " + s.Owner)
	}
	if s.Account != "" {
		text.WriteString(" in " + s.Account)
	}
	if s.Rule != "" {
		text.WriteString(": " + s.Rule)
	}
	return text.String()
}

// Statement is one statement, compiled.
type Statement struct {
	From policy.Statement
	By   Source

	Actions       []pattern.Pattern
	NotActions    bool
	Resources     []pattern.ARN
	NotResources  bool
	Principals    []Trusted
	NotPrincipals bool
	Conditions    []Condition
}

// PolicyLayer is a set of policies that AWS evaluates together: one Allow in any of them allows, one Deny in any of
// them denies.
type PolicyLayer struct {
	// by names the layer when nothing in it allows.
	By          Source
	Deny, Allow []*Statement
	// unknowns are the ARNs of policies of the layer whose documents are not known.
	Unknowns []string
}

// join adds the statements of another layer.
func (l *PolicyLayer) join(other *PolicyLayer) {
	l.Deny = append(l.Deny, other.Deny...)
	l.Allow = append(l.Allow, other.Allow...)
	l.Unknowns = append(l.Unknowns, other.Unknowns...)
}

// CompileDocument compiles a document for its use. It returns the statements that compile and one error for each that
// does not.
func CompileDocument(document policy.Document, use DocumentUse, by Source) (*PolicyLayer, []error) {
	l := &PolicyLayer{By: by}
	mode := pattern.VariableText
	switch document.Version {
	case "", policy.Version:
	case "2008-10-17":
		mode = pattern.PolicyText
	default:
		return l, []error{
			fmt.Errorf(
				"%s: version %q is not a version of the policy language; write %q",
				place(by),
				document.Version,
				policy.Version,
			),
		}
	}
	var errs []error
	for i := range document.Statements {
		st, err := CompileStatement(document.Statements[i], i, mode, use, by)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if st.From.Effect == policy.EffectDeny {
			l.Deny = append(l.Deny, st)
		} else {
			l.Allow = append(l.Allow, st)
		}
	}
	return l, errs
}

// DocumentUse is what a document is put to: it decides which elements its statements have.
type DocumentUse uint8

const (
	// Permissions are identity policies, boundaries, session policies and service control policies: a resource and no
	// principal.
	Permissions DocumentUse = iota
	// Trust policies have a principal and no resource.
	Trust
)

func CompileStatement(from policy.Statement, index int, mode pattern.TextMode, use DocumentUse, by Source) (*Statement, error) {
	by.Sid = from.Sid
	if by.Sid == "" {
		by.Sid = fmt.Sprintf("#%d", index+1)
	}
	st := &Statement{From: from, By: by}
	var errs []error
	fail := func(err error) { errs = append(errs, fmt.Errorf("%s: %w", place(by), err)) }

	if from.Effect != policy.EffectAllow && from.Effect != policy.EffectDeny {
		fail(fmt.Errorf(`effect %q is neither "Allow" nor "Deny"`, from.Effect))
	}
	actions := from.Actions
	switch {
	case from.Actions != nil && from.NotActions != nil:
		fail(errors.New("has both Action and NotAction; keep one"))
	case from.NotActions != nil:
		actions, st.NotActions = from.NotActions, true
	}
	if len(actions) == 0 {
		fail(errors.New("names no action; write Action or NotAction"))
	}
	for _, action := range actions {
		p, err := compileAction(action)
		if err != nil {
			fail(err)
		}
		st.Actions = append(st.Actions, p)
	}
	if use == Trust {
		compileTrustElements(st, fail)
	} else {
		compilePermissionElements(st, mode, fail)
	}
	for i := range from.Conditions {
		c, err := CompileCondition(&st.From.Conditions[i], mode)
		if err != nil {
			fail(err)
		}
		st.Conditions = append(st.Conditions, c)
	}
	return st, errors.Join(errs...)
}

func compileAction(action string) (pattern.Pattern, error) {
	service, name, found := strings.Cut(action, ":")
	if action != "*" && (!found || service == "" || name == "" || strings.Contains(name, ":")) {
		return pattern.Pattern{}, fmt.Errorf(`action %q is not "*" and not "service:Action"`, action)
	}
	return pattern.Parse(action, pattern.PolicyText, true)
}

func compilePermissionElements(st *Statement, mode pattern.TextMode, fail func(error)) {
	from := &st.From
	if from.Principals != nil || from.NotPrincipals != nil {
		fail(errors.New("has a principal; only trust policies do"))
	}
	resources, element := from.Resources, "Resource"
	switch {
	case from.Resources != nil && from.NotResources != nil:
		fail(errors.New("has both Resource and NotResource; keep one"))
	case from.NotResources != nil:
		resources, element, st.NotResources = from.NotResources, "NotResource", true
	}
	if len(resources) == 0 {
		fail(errors.New(`names no resource; write Resource or NotResource, "*" for all`))
	}
	for _, resource := range resources {
		p, err := pattern.ParseARN(resource, mode)
		if err == nil && p.VariableBeforeResource() {
			err = errors.New("has a policy variable before the fifth colon, where AWS does not replace any")
		}
		if err != nil {
			fail(fmt.Errorf("%s %q %w", element, resource, err))
		}
		st.Resources = append(st.Resources, p)
	}
}

func compileTrustElements(st *Statement, fail func(error)) {
	from := &st.From
	if from.Resources != nil || from.NotResources != nil {
		fail(errors.New("has a resource; a trust policy speaks of its own role only"))
	}
	principals := from.Principals
	switch {
	case from.Principals != nil && from.NotPrincipals != nil:
		fail(errors.New("has both Principal and NotPrincipal; keep one"))
	case from.NotPrincipals != nil:
		principals, st.NotPrincipals = from.NotPrincipals, true
	}
	if len(principals) == 0 {
		fail(errors.New("names no principal"))
	}
	for _, principal := range principals {
		compiled, err := compilePrincipal(principal)
		if err != nil {
			fail(err)
		}
		st.Principals = append(st.Principals, compiled...)
	}
}

// place is where a statement stands, for errors.
func place(by Source) string {
	parts := make([]string, 0, 4)
	if by.Account != "" {
		parts = append(parts, "account "+by.Account)
	}
	for _, part := range []string{by.Owner, by.Policy, by.Sid} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// MatchesAction reports whether the statement speaks of the action.
func (st *Statement) MatchesAction(action string) bool {
	for i := range st.Actions {
		if st.Actions[i].Match(action, true, nil) {
			return !st.NotActions
		}
	}
	return st.NotActions
}

// matchesResource reports whether the statement speaks of the resource at hand. Trust policies have no resource.
func (st *Statement) matchesResource(ev *Env) bool {
	if st.Resources == nil {
		return true
	}
	if ev.Recorded != nil && ev.Resource.ARN == "" {
		return ev.Recorded.MatchesLike(ev, st)
	}
	arn := ev.resourceARN()
	for i := range st.Resources {
		if st.Resources[i].MatchSplit(arn, true, ev) {
			return !st.NotResources
		}
	}
	return st.NotResources
}

// matchesConditions reports whether every condition holds. A condition that cannot be decided does not hide a later
// one that fails.
func (st *Statement) matchesConditions(ev *Env) bool {
	for i := range st.Conditions {
		before := ev.Undecided
		ev.Undecided = nil
		holds := st.Conditions[i].Holds(ev)
		open := ev.Undecided != nil
		if before != nil {
			ev.Undecided = before
		}
		if !holds && !open {
			ev.Undecided = nil
			return false
		}
	}
	return ev.Undecided == nil
}

// Matches reports whether a statement without principal applies to the request. When it cannot be decided,
// ev.undecided says why.
func (st *Statement) Matches(ev *Env) bool {
	ev.Undecided = nil
	if !st.MatchesAction(ev.Action) {
		return false
	}
	if !st.matchesResource(ev) && ev.Undecided == nil {
		return false
	}
	return st.matchesConditions(ev)
}

// AllowsAll reports whether the statement allows every action on every resource under no condition.
func (st *Statement) AllowsAll() bool {
	return !st.NotActions && !st.NotResources && len(st.Conditions) == 0 &&
		slices.ContainsFunc(st.Actions, func(p pattern.Pattern) bool { return p.Text == "*" }) &&
		slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return p.Any })
}

func (st *Statement) AllowsAnyAction() bool {
	return st.NotActions ||
		slices.ContainsFunc(st.Actions, func(p pattern.Pattern) bool { return strings.Contains(p.Text, "*") })
}
