package against

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/internal/stack"
)

// resources are what stacks make, by the name of the stack.
type resources map[string][]program.Resource

// listResources is what the stacks make. A stack whose resources cannot be listed is noted on the side.
func listResources(s *change.Side, project string, stacks []*stack.Stack) resources {
	all := resources{}
	for _, stack := range stacks {
		registered, err := program.Resources(project, stack)
		if err != nil {
			s.Notes = append(s.Notes, fmt.Sprintf("%s: %v; they are not compared", s.Name, err))
			continue
		}
		all[stack.Name] = registered
	}
	return all
}

// differing leaves out the stacks that are the same on both sides: they make the same.
func differing(then, now []*stack.Stack) (before, after []*stack.Stack) {
	same := func(s *stack.Stack, among []*stack.Stack) bool {
		index := slices.IndexFunc(among, func(other *stack.Stack) bool { return other.Name == s.Name })
		return index >= 0 && among[index].Same(&s.Sections)
	}
	for _, s := range now {
		if !same(s, then) {
			after = append(after, s)
		}
	}
	for _, s := range then {
		index := slices.IndexFunc(now, func(other *stack.Stack) bool { return other.Name == s.Name })
		if index < 0 || slices.Contains(after, now[index]) {
			before = append(before, s)
		}
	}
	return before, after
}

// changesOf are what happens to what the stacks of one side make on the other.
func changesOf(from, to resources) change.ResourceChanges {
	return func(was, is string) []change.ResourceChange {
		before, after := from[was], to[is]
		switch {
		case is == "" || after == nil:
			// The stack is gone from the folder; what it deployed stays until it is destroyed.
			return nil
		case was != "" && before == nil:
			return nil
		case was != is:
			return resourceChanges(is, nil, after)
		}
		return resourceChanges(is, before, after)
	}
}

// resourceChanges compares the resources of one stack. A resource that reads what another one is made with is given a
// new value where that one is replaced.
func resourceChanges(stack string, before, after []program.Resource) []change.ResourceChange {
	old := map[resource.URN]program.Resource{}
	for _, r := range before {
		old[r.URN] = r
	}
	replaced := map[resource.URN]bool{}
	var out []change.ResourceChange
	for again := true; again; {
		again, out = false, nil
		is := map[resource.URN]bool{}
		for _, r := range after {
			is[r.URN] = true
			was, known := old[r.URN]
			if !known {
				out = append(out, changeOf(stack, "create", r, nil))
				continue
			}
			changed, replacing, _ := provider.Differences(
				r.Type,
				was.Inputs,
				renewed(r.Inputs, was.Inputs, replaced),
				r.Ignored,
			)
			switch {
			case len(replacing) > 0:
				out = append(out, changeOf(stack, "replace", r, replacing))
				again = again || !replaced[r.URN]
				replaced[r.URN] = true
			case len(changed) > 0:
				out = append(out, changeOf(stack, "update", r, changed))
			}
		}
		for _, r := range before {
			switch {
			case is[r.URN]:
			case r.Retain:
				out = append(out, changeOf(stack, "retain", r, nil))
			default:
				out = append(out, changeOf(stack, "delete", r, nil))
			}
		}
	}
	return out
}

// renewed are inputs in which what comes from another resource is what it was, or another value where that one is
// replaced.
func renewed(inputs, was resource.PropertyMap, replaced map[resource.URN]bool) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range inputs {
		out[key] = renew(value, was[key], replaced)
	}
	return out
}

func renew(v, was resource.PropertyValue, replaced map[resource.URN]bool) resource.PropertyValue {
	switch {
	case v.IsString():
		urn, output := strings.CutPrefix(v.StringValue(), program.OutputOf(""))
		switch {
		case output && replaced[resource.URN(urn)]:
			return resource.NewProperty("new " + v.StringValue())
		case output && was.IsString():
			return was
		}
	case v.IsArray():
		list := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			var old resource.PropertyValue
			if was.IsArray() && i < len(was.ArrayValue()) {
				old = was.ArrayValue()[i]
			}
			list[i] = renew(item, old, replaced)
		}
		return resource.NewProperty(list)
	case v.IsObject():
		var old resource.PropertyMap
		if was.IsObject() {
			old = was.ObjectValue()
		}
		return resource.NewProperty(renewed(v.ObjectValue(), old, replaced))
	}
	return v
}

func changeOf(stack, op string, r program.Resource, properties []string) change.ResourceChange {
	return change.ResourceChange{
		Stack:      stack,
		Op:         op,
		URN:        string(r.URN),
		Type:       r.Type,
		Name:       r.Name,
		Properties: slices.Clone(properties),
	}.Worded()
}
