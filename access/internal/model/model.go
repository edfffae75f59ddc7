package model

import (
	"maps"
	"slices"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Model is a request that the search found, as far as its tests read it: a point of a class of requests.
type Model struct {
	Target call.Target
	Keys   map[string]engine.Values
	// Names are the keys as policies write them.
	Names map[string]*conditionkey.Key
	// Timed: a test asked for the instant.
	Timed bool
}

// Text is the first value that the model gives a key; empty when it gives none.
func (m *Model) Text(name string) string {
	if v := m.Keys[name]; v.Present {
		return v.At(0)
	}
	return ""
}

// Texts are the values that the model gives a key; nil when it gives none.
func (m *Model) Texts(name string) []string {
	v := m.Keys[name]
	if !v.Present {
		return nil
	}
	return ValuesOf(v)
}

// Request is the model as a request, and the session of the caller who is signed in so with what the model says of it.
func (m *Model) Request(e *engine.Engine, s engine.Session) (engine.Session, engine.Request) {
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
				r.Context[k.Name] = ValuesOf(v)
			}
		}
	}
	if _, known := e.TagsOf[resource.ARN]; !known {
		resource.Tags = tags
	}
	if resource.ARN != "*" {
		r.Resources = []engine.Resource{resource}
	}
	return s, r
}

// TagsAgree reports whether a resource of the world has the tags that the model gives it.
func (m *Model) TagsAgree(e *engine.Engine) bool {
	tags, known := e.TagsOf[m.Target.Resource]
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

// principalTags are the tags that the model gives its caller, in the order of their keys.
func (m *Model) principalTags() []world.Tag {
	var tags []world.Tag
	for _, name := range sortedNames(m.Names) {
		if k, v := m.Names[name], m.Keys[name]; k.Kind == conditionkey.KeyPrincipalTag && v.Present {
			tags = append(tags, world.Tag{Key: k.Tag, Value: v.At(0)})
		}
	}
	return tags
}

// OwnTags writes the tags that a user or role of the world has for those that the search gave its caller, in the
// values that a request compares with them. A value that stands there already stays another one.
func (m *Model) OwnTags(who *engine.Principal, context engine.Context) {
	for _, name := range sortedNames(m.Names) {
		k, found := m.Names[name], m.Keys[name]
		own := engine.FindTag(who.Tags, k.Tag)
		if k.Kind != conditionkey.KeyPrincipalTag || !found.Present || !own.Present {
			continue
		}
		given := func(text string) bool {
			for _, values := range context {
				if slices.Contains(values, text) {
					return true
				}
			}
			return false
		}
		if given(own.One) {
			continue
		}
		for key, values := range context {
			values = slices.Clone(values)
			for i := range values {
				if values[i] == found.At(0) {
					values[i] = own.One
				}
			}
			context[key] = values
		}
	}
}

// ValuesOf are the values of a key in a list.
func ValuesOf(v engine.Values) []string {
	if v.Many != nil {
		return slices.Clone(v.Many)
	}
	return []string{v.One}
}

func sortedNames(keys map[string]*conditionkey.Key) []string { return slices.Sorted(maps.Keys(keys)) }
