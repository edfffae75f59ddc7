package provider

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// difference is what changes between a state and new inputs.
type difference struct {
	// changed and replaced are top-level properties, sorted.
	changed, replaced []resource.PropertyKey
	// detailed are the changes by path.
	detailed map[string]pulumirpc.PropertyDiff_Kind
	// deleteFirst asks for the old resource to go before the new one comes.
	deleteFirst bool
}

// diff compares the state with new inputs as the real provider does: outputs never differ, an input that is left out
// differs only if AWS does not know it better.
func (r *resourceType) diff(state, news values, ignored []string) difference {
	d := difference{detailed: map[string]pulumirpc.PropertyDiff_Kind{}}
	for _, key := range slices.Sorted(maps.Keys(r.schema)) {
		p := r.schema[key]
		if !p.input && key != "tagsAll" {
			continue
		}
		details := p.compare(string(key), state[key], news[key])
		for path := range details {
			if isIgnored(path, ignored) {
				delete(details, path)
			}
		}
		if len(details) == 0 {
			continue
		}
		d.changed = append(d.changed, key)
		if p.replaces {
			d.replaced = append(d.replaced, key)
		}
		for path, kind := range details {
			if p.replaces {
				kind = replacing(kind)
			}
			d.detailed[path] = kind
		}
	}
	d.deleteFirst = len(d.replaced) > 0 && (r.deleteBeforeReplace || r.keepsName(state, news))
	return d
}

// keepsName reports whether a replacement would have the name of what it replaces, which AWS refuses while both exist.
func (r *resourceType) keepsName(state, news values) bool {
	for key, p := range r.schema {
		if p.auto > 0 && news.has(key) && !news.defaulted(key) && state.text(key) == news.text(key) {
			return true
		}
	}
	return false
}

func (p property) compare(path string, old, new resource.PropertyValue) map[string]pulumirpc.PropertyDiff_Kind {
	absent := new.IsNull()
	switch {
	case absent && (p.computed && p.input || isEmpty(old)):
		return nil
	case !absent && new.ContainsUnknowns():
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_UPDATE}
	case p.kind == textMapKind:
		return compareMaps(path, old, new)
	case absent:
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_DELETE}
	case isEmpty(old) && isEmpty(new):
		return nil
	case old.IsNull():
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_ADD}
	case p.equal(old, new):
		return nil
	}
	return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_UPDATE}
}

func (p property) equal(old, new resource.PropertyValue) bool {
	if old.DeepEquals(new) || p.same != nil && p.same(old, new) {
		return true
	}
	switch p.kind {
	case textSetKind:
		return old.IsArray() && new.IsArray() && slices.Equal(sortedSet(textsOf(old)), sortedSet(textsOf(new)))
	case objectSetKind:
		return old.IsArray() && new.IsArray() && slices.Equal(p.canonical(old), p.canonical(new))
	case objectKind:
		return old.IsObject() && new.IsObject() && p.canonicalObject(old) == p.canonicalObject(new)
	}
	return false
}

// canonical is one text per object of a set, sorted, sets inside sorted too.
func (p property) canonical(list resource.PropertyValue) []string {
	var out []string
	for _, item := range list.ArrayValue() {
		if !item.IsObject() {
			continue
		}
		out = append(out, p.canonicalObject(item))
	}
	return sortedSet(out)
}

// canonicalObject is one text per object. What the real provider's schema cannot tell from absent is left out, and so
// is what it fills in itself.
func (p property) canonicalObject(item resource.PropertyValue) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(p.fields)) {
		value, field := item.ObjectValue()[key], p.fields[key]
		switch {
		case value.IsNull() || value.DeepEquals(field.fallback):
		case field.kind == textSetKind && value.IsArray():
			parts = append(parts, fmt.Sprintf("%s=%q", key, sortedSet(textsOf(value))))
		case field.kind == objectSetKind && value.IsArray():
			parts = append(parts, fmt.Sprintf("%s=%q", key, field.canonical(value)))
		case field.kind == objectKind && value.IsObject():
			parts = append(parts, fmt.Sprintf("%s=%q", key, field.canonicalObject(value)))
		case value.IsString():
			parts = append(parts, fmt.Sprintf("%s=%q", key, value.StringValue()))
		default:
			parts = append(parts, fmt.Sprintf("%s=%v", key, value.Mappable()))
		}
	}
	return strings.Join(parts, " ")
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// isEmpty holds what the real provider's schema cannot tell from absent: null, "", false, 0, an empty list or map.
func isEmpty(v resource.PropertyValue) bool {
	switch {
	case v.IsNull():
		return true
	case v.IsString():
		return v.StringValue() == ""
	case v.IsBool():
		return !v.BoolValue()
	case v.IsNumber():
		return v.NumberValue() == 0
	case v.IsArray():
		return len(v.ArrayValue()) == 0
	case v.IsObject():
		return len(v.ObjectValue()) == 0
	}
	return false
}

func compareMaps(path string, old, new resource.PropertyValue) map[string]pulumirpc.PropertyDiff_Kind {
	before, after := resource.PropertyMap{}, resource.PropertyMap{}
	if old.IsObject() {
		before = old.ObjectValue()
	}
	if new.IsObject() {
		after = new.ObjectValue()
	}
	details := map[string]pulumirpc.PropertyDiff_Kind{}
	for key, value := range after {
		switch was, ok := before[key]; {
		case !ok:
			details[member(path, key)] = pulumirpc.PropertyDiff_ADD
		case !was.DeepEquals(value):
			details[member(path, key)] = pulumirpc.PropertyDiff_UPDATE
		}
	}
	for key := range before {
		if _, ok := after[key]; !ok {
			details[member(path, key)] = pulumirpc.PropertyDiff_DELETE
		}
	}
	return details
}

var plainKey = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

func member(path string, key resource.PropertyKey) string {
	if plainKey.MatchString(string(key)) {
		return path + "." + string(key)
	}
	return fmt.Sprintf("%s[%q]", path, string(key))
}

// isIgnored reports whether the program ignores changes of the path. What it ignores of tags it ignores of tagsAll.
func isIgnored(path string, ignored []string) bool {
	return slices.ContainsFunc(ignored, func(pattern string) bool {
		rest, ofTags := strings.CutPrefix(pattern, "tags")
		return covers(pattern, path) || ofTags && covers("tagsAll"+rest, path)
	})
}

// covers reports whether a path is the pattern or lies below it.
func covers(pattern, path string) bool {
	rest, found := strings.CutPrefix(path, pattern)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func replacing(kind pulumirpc.PropertyDiff_Kind) pulumirpc.PropertyDiff_Kind {
	switch kind {
	case pulumirpc.PropertyDiff_ADD:
		return pulumirpc.PropertyDiff_ADD_REPLACE
	case pulumirpc.PropertyDiff_DELETE:
		return pulumirpc.PropertyDiff_DELETE_REPLACE
	}
	return pulumirpc.PropertyDiff_UPDATE_REPLACE
}

func (d difference) has(key resource.PropertyKey) bool { return slices.Contains(d.changed, key) }

func (d difference) hasAny(keys ...resource.PropertyKey) bool {
	return slices.ContainsFunc(keys, d.has)
}

func (d difference) response() *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, DeleteBeforeReplace: d.deleteFirst,
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{}, HasDetailedDiff: true,
	}
	if len(d.changed) > 0 {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	for _, key := range d.changed {
		response.Diffs = append(response.Diffs, string(key))
	}
	for _, key := range d.replaced {
		response.Replaces = append(response.Replaces, string(key))
	}
	for path, kind := range d.detailed {
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: kind}
	}
	return response
}
