package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/needs"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Context holds the condition keys that a request carries by itself, such as "aws:RequestTag/Project" or
// "sts:RoleSessionName", with their values. Case does not matter in keys; two keys that differ only in case are an
// error. A key with an empty list is absent.
//
// Keys that follow from the session (aws:PrincipalArn, aws:username, aws:MultiFactorAuthPresent and so on) and from
// Request.Time do not belong here and are refused: the engine derives them.
type Context map[string][]string

// Request is one call of the AWS API.
type Request struct {
	// Action is the action, such as "ssm:StartSession". Case does not matter. It must be one action, not a pattern.
	Action string
	// Resources are what the call acts on; each of them must be allowed. Empty means that the action has no resource,
	// which only the pattern "*" matches.
	Resources []Resource
	Context   Context
	// Time is when the call is made. The zero time means not known: a decision that depends on it is an error.
	Time time.Time
}

// Resource is something that a request acts on.
type Resource struct {
	// ARN is the ARN of the resource; "" and "*" mean that the action has none.
	ARN string
	// Tags are the tags of the resource. Nil means those that the world knows for a node, user or role of this ARN,
	// and none for others.
	Tags []world.Tag
	// Context holds condition keys that describe this resource alone, such as "ec2:InstanceType"; they take precedence.
	Context Context
}

// On makes resources of ARNs, with the tags that the world knows.
func On(arns ...string) []Resource {
	resources := make([]Resource, len(arns))
	for i, arn := range arns {
		resources[i].ARN = arn
	}
	return resources
}

// AssumeRole is the request of sts:AssumeRole. The session name and tags are what the caller asks for; no tags means
// that the request passes none, and then needs no sts:TagSession.
func AssumeRole(roleARN, sessionName string, tags ...world.Tag) Request {
	r := Request{
		Action:    "sts:AssumeRole",
		Resources: On(roleARN),
		Context:   Context{"sts:RoleSessionName": {sessionName}},
	}
	r.Context.tag(tags)
	return r
}

// tag adds the keys that a request with tags carries.
func (c Context) tag(tags []world.Tag) {
	for _, t := range tags {
		c["aws:RequestTag/"+t.Key] = []string{t.Value}
		c["aws:TagKeys"] = append(c["aws:TagKeys"], t.Key)
	}
}

// contextPair is one key of a Context.
type contextPair struct {
	key    string
	values []string
}

// maxPooledPairs bounds the context keys that are read without allocating.
const maxPooledPairs = 12

// Pairs flattens a context and checks it. The order is of no consequence: no two keys are alike.
func (c Context) Pairs(into []contextPair) ([]contextPair, error) {
	bad := ""
	for name, values := range c {
		if len(values) == 0 {
			continue
		}
		for i := range into {
			if policy.EqualFoldASCII(into[i].key, name) {
				bad = cmp.Or(min(bad, name), name)
			}
		}
		if len(name) > 4 && policy.EqualFoldASCII(name[:4], "aws:") && isDerived(name) {
			return nil, c.derivedError()
		}
		into = append(into, contextPair{name, values})
	}
	if bad != "" {
		return nil, policy.Refusef("AWS compares keys without regard to case",
			"context: two keys differ only in case, such as %q", bad)
	}
	return into, nil
}

func isDerived(name string) bool {
	if len(name) > len("aws:PrincipalTag/") &&
		policy.EqualFoldASCII(name[:len("aws:PrincipalTag/")], "aws:PrincipalTag/") {
		return true
	}
	for i := range conditionkey.GlobalKeys {
		if conditionkey.GlobalKeys[i].Kind.Derived() && policy.EqualFoldASCII(conditionkey.GlobalKeys[i].Name, name) {
			return true
		}
	}
	return false
}

// derivedError names the first derived key in the order of names, so that the error is the same at every run.
func (c Context) derivedError() error {
	var names []string
	for name := range c {
		if strings.HasPrefix(strings.ToLower(name), "aws:") && isDerived(name) {
			names = append(names, name)
		}
	}
	return policy.Refusef("leave it out",
		"context: %q follows from the session or the time of the request", slices.Min(names))
}

// Incomplete is an error for a call that opens a door and leaves out a resource that AWS decides on too: such a call
// does not exist, so that it is allowed means nothing. What denies a part of it denies the whole.
func (r *Request) Incomplete() error {
	all := needs.OfDoors()
	for i := range all {
		if !policy.EqualFoldASCII(all[i].Action, r.Action) {
			continue
		}
		for j := range all[i].Needs {
			n := &all[i].Needs[j]
			if !slices.ContainsFunc(r.Resources, func(res Resource) bool { return n.Named(res.ARN) }) {
				return policy.Refusef("add its ARN",
					"%s names no %s, but AWS decides on that too", r.Action, n.Words())
			}
		}
	}
	return nil
}

// With returns a copy of the context with another key.
func (c Context) With(key string, values ...string) Context {
	out := maps.Clone(c)
	if out == nil {
		out = Context{}
	}
	out[key] = values
	return out
}
