package adopt

import (
	"fmt"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
)

// attributes adopts the attributes for access control. Sources that the file leaves open are written, where a stack
// file can say them.
func (p *planner) attributes() {
	center := p.stack.IdentityCenter
	if center == nil || p.existing.Attributes == nil || p.managed(center.Instance) {
		return
	}
	thing := Adopted{What: "attributes for access control of " + center.Instance}
	will := p.sources(nil)
	for _, key := range sortedKeys(p.existing.Attributes) {
		keys := []any{"identityCenter", "attributes", key}
		source := p.existing.Attributes[key]
		if will[key] == source || p.file.Has(keys...) {
			continue
		}
		a := edit.Addition{Keys: keys, Value: source}
		if next := p.sources(&a); next != nil {
			p.write(&thing, a)
			will = next
		}
	}
	for _, key := range sortedKeys(p.existing.Attributes, will) {
		is, had := p.existing.Attributes[key]
		source, stays := will[key]
		switch {
		case had && !stays:
			thing.Changes = append(thing.Changes, fmt.Sprintf("%s from %s is removed", key, is))
		case had && is != source:
			thing.Changes = append(thing.Changes, becomes(key, is, source))
		case !had:
			thing.Changes = append(thing.Changes, fmt.Sprintf("gets %s from %s", key, source))
		}
	}
	p.adopt(thing, p.stack.Adopt.Attributes, edit.Addition{Keys: []any{"adopt", "attributes"}, Value: true})
}

// sources are what the attributes will be with the additions so far and one more; nil where the file would be refused.
func (p *planner) sources(more *edit.Addition) map[string]string {
	stack := p.stack
	additions := p.Additions
	if more != nil {
		additions = append(additions[:len(additions):len(additions)], *more)
	}
	if len(additions) > 0 {
		var err error
		if stack, err = p.file.With(additions...); err != nil {
			return nil
		}
	}
	return sourcesOf(stack)
}

func sourcesOf(stack *stack.Stack) map[string]string {
	sources := map[string]string{}
	for _, a := range stack.AccessControlAttributes().Effective() {
		sources[a.Key] = a.Source.String()
	}
	return sources
}
