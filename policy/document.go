package policy

import (
	"cmp"
	"fmt"
	"slices"
)

// Version is the only policy language version that this package writes. Version 2008-10-17 knows no policy variables,
// so a document in it would read "${aws:username}" literally.
const Version = "2012-10-17"

// Document is one IAM policy document. The zero value has no statements and is refused by Validate.
type Document struct {
	// Version of the policy language; empty means Version. A parsed document keeps what it had.
	Version string
	// ID is the optional Id element. The documents of this module carry none.
	ID         string
	Statements []Statement
}

// New returns a document of the given statements in the given order. The order carries no meaning to AWS; it is kept
// because reviewers read it.
func New(statements ...Statement) Document {
	return Document{Version: Version, Statements: slices.Clone(statements)}
}

// With returns a copy of the document with the statements appended.
func (d Document) With(statements ...Statement) Document {
	d.Statements = append(slices.Clone(d.Statements), statements...)
	return d
}

// Statement returns the statement with the Sid, and whether there is one.
func (d Document) Statement(sid string) (Statement, bool) {
	for _, s := range d.Statements {
		if s.Sid == sid {
			return s, true
		}
	}
	return Statement{}, false
}

// Effect is what a statement does when it matches. There is no default: an empty effect is refused.
type Effect string

// The two effects of the policy language.
const (
	EffectAllow Effect = "Allow"
	EffectDeny  Effect = "Deny"
)

// Statement is one statement of a document. A nil list means that the element is absent.
type Statement struct {
	// Sid names the statement. Letters and digits only, unique in its document; ours read as sentences.
	Sid           string
	Effect        Effect
	Principals    []Principal
	NotPrincipals []Principal
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	// Conditions must all match. Two entries never share operator and key.
	Conditions []Condition
}

// Allow starts a statement that allows the actions.
func Allow(sid string, actions ...string) Statement {
	return Statement{Sid: sid, Effect: EffectAllow, Actions: set(actions)}
}

// Deny starts a statement that denies the actions.
func Deny(sid string, actions ...string) Statement {
	return Statement{Sid: sid, Effect: EffectDeny, Actions: set(actions)}
}

// DenyAllExcept starts a statement that denies every action but those named (Deny with NotAction). It allows nothing.
func DenyAllExcept(sid string, actions ...string) Statement {
	return Statement{Sid: sid, Effect: EffectDeny, NotActions: set(actions)}
}

// StatementName is how a statement is called in a message: its Sid, or its place in the document, which index counts
// from zero.
func StatementName(sid string, index int) string {
	if sid != "" {
		return sid
	}
	return fmt.Sprintf("statement #%d", index+1)
}

// On returns the statement with its Resource element.
func (s Statement) On(resources ...string) Statement {
	s.Resources = set(resources)
	return s
}

// OnAllExcept returns the statement with a NotResource element.
func (s Statement) OnAllExcept(resources ...string) Statement {
	s.NotResources = set(resources)
	return s
}

// For returns the statement with its Principal element, as trust policies have it.
func (s Statement) For(principals ...Principal) Statement {
	s.Principals = mergePrincipals(principals)
	return s
}

// ForAllExcept returns the statement with a NotPrincipal element.
func (s Statement) ForAllExcept(principals ...Principal) Statement {
	s.NotPrincipals = mergePrincipals(principals)
	return s
}

// When returns the statement with the conditions added; all conditions of a statement must match. Adding a second
// condition with the operator and key of an earlier one is kept and refused by Validate, because in JSON one would
// silently replace the other.
func (s Statement) When(conditions ...Condition) Statement {
	s.Conditions = append(slices.Clone(s.Conditions), conditions...)
	return s
}

// PrincipalKind is the kind of a principal, as the JSON key has it.
type PrincipalKind string

// The principal kinds of the policy language. PrincipalAny is the bare "*".
const (
	PrincipalAWS       PrincipalKind = "AWS"
	PrincipalService   PrincipalKind = "Service"
	PrincipalFederated PrincipalKind = "Federated"
	PrincipalCanonical PrincipalKind = "CanonicalUser"
	PrincipalAny       PrincipalKind = "*"
)

// Principal is a set of principals of one kind. Values is empty for PrincipalAny alone.
type Principal struct {
	Kind   PrincipalKind
	Values []string
}

// AWSPrincipals are principals named by ARN or account id.
func AWSPrincipals(arns ...string) Principal {
	return Principal{Kind: PrincipalAWS, Values: set(arns)}
}

// ServicePrincipals are AWS services, such as "ec2.amazonaws.com".
func ServicePrincipals(names ...string) Principal {
	return Principal{Kind: PrincipalService, Values: set(names)}
}

// Anyone is the principal "*".
func Anyone() Principal { return Principal{Kind: PrincipalAny} }

func mergePrincipals(principals []Principal) []Principal {
	var merged []Principal
	for _, p := range principals {
		index := slices.IndexFunc(merged, func(m Principal) bool { return m.Kind == p.Kind })
		if index < 0 {
			merged = append(merged, Principal{Kind: p.Kind, Values: set(p.Values)})
			continue
		}
		merged[index].Values = set(append(slices.Clone(merged[index].Values), p.Values...))
	}
	slices.SortFunc(merged, func(a, b Principal) int { return cmp.Compare(a.Kind, b.Kind) })
	return merged
}

// set returns the values sorted and without duplicates, in a slice of its own; nil for none.
func set(values []string) []string {
	if len(values) == 0 {
		return nil
	}
	out := slices.Clone(values)
	slices.Sort(out)
	return slices.Compact(out)
}
