package policy

import (
	"fmt"
	"strings"
)

// Use is what a document is for. It decides which elements the document must and must not have, and which quota
// bounds it.
type Use int

// The uses. UserInline, GroupInline and RoleInline are Identity under the quota of inline policies.
const (
	// Identity is a customer managed policy, attached to users, groups or roles.
	Identity Use = iota
	// Trust is a role's trust policy.
	Trust
	// ServiceControl is a service control policy of an organization.
	ServiceControl
	// PermissionSet is the inline policy of a permission set.
	PermissionSet
	// SessionPolicy narrows one session.
	SessionPolicy
	// Resource is a policy on a resource other than a role, such as a key or a bucket. The quota is the service's own.
	Resource
	UserInline
	GroupInline
	RoleInline
)

// String is the use in words, as problems print it.
func (u Use) String() string {
	switch u {
	case Identity:
		return "managed policy"
	case Trust:
		return "trust policy"
	case ServiceControl:
		return "service control policy"
	case PermissionSet:
		return "permission set's inline policy"
	case SessionPolicy:
		return "session policy"
	case Resource:
		return "resource policy"
	case UserInline:
		return "user's inline policy"
	case GroupInline:
		return "group's inline policy"
	case RoleInline:
		return "role's inline policy"
	}
	return fmt.Sprintf("Use(%d)", int(u))
}

// withPrincipal reports whether statements of this use say whom they speak of.
func (u Use) withPrincipal() bool { return u == Trust || u == Resource }

// Validate says everything that is wrong with the document in this use, in the document's order, the size last;
// nothing for a document that AWS takes and that means what it seems to mean. Quotas of zero are today's.
//
// It is stricter than AWS where AWS takes a text that can only be a mistake: a policy variable where none is read,
// one key tested twice with one operator, a trust policy for everybody without a condition, a Null or Bool that is
// always true.
func (d Document) Validate(use Use, q Quotas) []Problem {
	v := &validator{use: use, version: d.Version, sids: map[string]int{}}
	v.document()
	switch d.Version {
	case "", Version, Version2008:
	default:
		v.add("write "+Version, "Version %q is not one of the policy language", d.Version)
	}
	v.characters("", "Id", d.ID)
	if len(d.Statements) == 0 {
		v.add("add a statement", "the document has no statements")
	}
	for i, s := range d.Statements {
		v.statement(i, s.Sid)
		v.check(i, s)
	}
	v.document()
	if l, limited := use.limit(q.WithDefaults()); limited && len(d.Statements) > 0 {
		v.refuse(l.check(l.size(d), d), "the document")
	}
	return v.found
}

type validator struct {
	problems
	use     Use
	version string
	sids    map[string]int
}

func (v *validator) check(i int, s Statement) {
	v.sidOf(i, s.Sid)
	switch s.Effect {
	case EffectAllow, EffectDeny:
	case "":
		v.add("write Allow or Deny", "the statement has no Effect")
	default:
		v.add("write Allow or Deny", "Effect %q is neither Allow nor Deny", s.Effect)
	}
	v.principals(s)
	v.actions(s)
	v.resources(s)
	v.conditions(s)
}

// KMS and other services allow spaces in the Sids of resource policies; IAM and Organizations do not.
var sidLetters = lettersOf(lowerLetters + upperLetters + digits)

func (v *validator) sidOf(i int, sid string) {
	if v.characters("Sid", "Sid", sid) && v.use != Resource && !sidLetters.only(sid) {
		v.addTo("Sid", "use letters and digits only", "Sid %q has other characters than letters and digits", sid)
	}
	if sid == "" {
		return
	}
	if first, taken := v.sids[sid]; taken {
		v.addTo("Sid", "give each statement a Sid of its own", "Sid %q is taken by Statement[%d]", sid, first)
		return
	}
	v.sids[sid] = i
}

// trustActions are the actions that a trust policy can allow. Source: the service authorization reference of AWS STS.
var trustActions = []string{
	"sts:AssumeRole",
	"sts:AssumeRoleWithSAML",
	"sts:AssumeRoleWithWebIdentity",
	"sts:SetContext",
	"sts:SetSourceIdentity",
	"sts:TagSession",
}

func (v *validator) actions(s Statement) {
	if !v.exactlyOne("Action", s.Actions, "NotAction", s.NotActions) {
		return
	}
	if v.use == Trust && s.NotActions != nil {
		v.addTo("NotAction", "name the actions in Action", "NotAction does not go into a trust policy")
	}
	v.eachAction("Action", s.Actions)
	v.eachAction("NotAction", s.NotActions)
}

func (v *validator) eachAction(element string, actions []string) {
	for _, action := range actions {
		if !v.characters(element, element, action) {
			continue
		}
		if err := checkAction(action); err != nil {
			v.refuseIn(element, err, "%s %q", element, action)
			continue
		}
		if v.use == Trust && !containsFold(trustActions, action) {
			v.addTo(
				element, "use "+strings.Join(trustActions, ", "),
				"%s %q is not an action of a trust policy", element, action,
			)
		}
	}
}

func (v *validator) resources(s Statement) {
	if v.use == Trust {
		if s.Resources != nil || s.NotResources != nil {
			v.add(
				"leave it out: a trust policy speaks of its own role",
				"the statement of a trust policy has a Resource",
			)
		}
		return
	}
	if !v.exactlyOne("Resource", s.Resources, "NotResource", s.NotResources) {
		return
	}
	v.eachResource("Resource", s.Resources)
	v.eachResource("NotResource", s.NotResources)
}

func (v *validator) eachResource(element string, resources []string) {
	for _, resource := range resources {
		if !v.characters(element, element, resource) || !v.variables(element, resource) {
			continue
		}
		v.refuseIn(element, checkResource(resource), "%s %q", element, resource)
	}
}

// exactlyOne wants one of an element and its negation, with at least one value, and reports whether it is worth
// looking further.
func (v *validator) exactlyOne(element string, values []string, negation string, negated []string) bool {
	switch {
	case values == nil && negated == nil:
		v.add("write "+element, "the statement has neither %s nor %s", element, negation)
		return false
	case values != nil && negated != nil:
		v.add("write one of them", "the statement has both %s and %s", element, negation)
	case len(values) == 0 && values != nil:
		v.addTo(element, "name at least one, or drop the statement", "%s is an empty list", element)
	case len(negated) == 0 && negated != nil:
		v.addTo(negation, "name at least one", "%s is an empty list, which is everything", negation)
	}
	return true
}

// characters refuses what AWS does not store in policies, and reports whether the text is free of it.
// Source: "IAM and AWS STS quotas" in the IAM User Guide.
func (v *validator) characters(element, where, text string) bool {
	for _, r := range text {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xFF {
			continue
		}
		v.addTo(
			element,
			"use characters up to U+00FF; policies take no others",
			"%s %q has the character %q (U+%04X)",
			where,
			text,
			r,
			r,
		)
		return false
	}
	return true
}

// variables refuses malformed policy variables, and any variable in a document whose version would read it literally.
// It reports whether the variables are well formed.
func (v *validator) variables(element, text string) bool {
	names, err := policyVariables(text)
	v.refuseIn(element, err, "%s %q", element, text)
	if len(names) > 0 && v.version == Version2008 {
		v.addTo(
			element,
			"write Version "+Version,
			"%s %q has the variable %s, which version %s reads literally",
			element,
			text,
			names[0],
			Version2008,
		)
	}
	return err == nil
}

func containsFold(list []string, s string) bool {
	for _, item := range list {
		if strings.EqualFold(item, s) {
			return true
		}
	}
	return false
}
