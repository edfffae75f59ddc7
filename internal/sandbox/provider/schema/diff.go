package schema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Difference is what changes between a state and new inputs.
type Difference struct {
	// Changed and Replaced are top-level properties, sorted.
	Changed, Replaced []resource.PropertyKey
	// Detailed are the changes by path.
	Detailed map[string]pulumirpc.PropertyDiff_Kind
	// DeleteFirst asks for the old resource to go before the new one comes.
	DeleteFirst bool
}

// Compare are the changes of the property at the path, by path.
func (p Property) Compare(path string, old, new resource.PropertyValue) map[string]pulumirpc.PropertyDiff_Kind {
	absent := new.IsNull()
	switch {
	case absent && (p.Computed && p.Input || IsEmpty(old)):
		return nil
	case !absent && new.ContainsUnknowns():
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_UPDATE}
	case p.Kind == TextMapKind:
		return compareMaps(path, old, new)
	case absent:
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_DELETE}
	case IsEmpty(old) && IsEmpty(new):
		return nil
	case old.IsNull():
		return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_ADD}
	case p.Equal(old, new):
		return nil
	}
	return map[string]pulumirpc.PropertyDiff_Kind{path: pulumirpc.PropertyDiff_UPDATE}
}

// Equal reports whether AWS sees no difference between two values of the property.
func (p Property) Equal(old, new resource.PropertyValue) bool {
	if old.DeepEquals(new) || p.same != nil && p.same(old, new) {
		return true
	}
	switch p.Kind {
	case TextSetKind:
		return old.IsArray() && new.IsArray() && slices.Equal(sortedSet(textsOf(old)), sortedSet(textsOf(new)))
	case ObjectSetKind:
		return old.IsArray() && new.IsArray() && slices.Equal(p.canonical(old), p.canonical(new))
	case ObjectKind:
		return old.IsObject() && new.IsObject() && p.canonicalObject(old) == p.canonicalObject(new)
	}
	return false
}

// canonical is one text per object of a set, sorted, sets inside sorted too.
func (p Property) canonical(list resource.PropertyValue) []string {
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
func (p Property) canonicalObject(item resource.PropertyValue) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(p.Fields)) {
		value, field := item.ObjectValue()[key], p.Fields[key]
		switch {
		case value.IsNull() || value.DeepEquals(field.Fallback):
		case field.Kind == TextSetKind && value.IsArray():
			parts = append(parts, fmt.Sprintf("%s=%q", key, sortedSet(textsOf(value))))
		case field.Kind == ObjectSetKind && value.IsArray():
			parts = append(parts, fmt.Sprintf("%s=%q", key, field.canonical(value)))
		case field.Kind == ObjectKind && value.IsObject():
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

// IsEmpty holds what the real provider's schema cannot tell from absent: null, "", false, 0, an empty list or map.
func IsEmpty(v resource.PropertyValue) bool {
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

// IsIgnored reports whether the program ignores changes of the path. What it ignores of tags it ignores of tagsAll.
func IsIgnored(path string, ignored []string) bool {
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

// Replacing is the kind of a change that makes a new resource.
func Replacing(kind pulumirpc.PropertyDiff_Kind) pulumirpc.PropertyDiff_Kind {
	switch kind {
	case pulumirpc.PropertyDiff_ADD:
		return pulumirpc.PropertyDiff_ADD_REPLACE
	case pulumirpc.PropertyDiff_DELETE:
		return pulumirpc.PropertyDiff_DELETE_REPLACE
	}
	return pulumirpc.PropertyDiff_UPDATE_REPLACE
}

// Has reports whether the property changes.
func (d Difference) Has(key resource.PropertyKey) bool { return slices.Contains(d.Changed, key) }

// HasAny reports whether one of the properties changes.
func (d Difference) HasAny(keys ...resource.PropertyKey) bool {
	return slices.ContainsFunc(keys, d.Has)
}

// Response is the difference as the engine is told it.
func (d Difference) Response() *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, DeleteBeforeReplace: d.DeleteFirst,
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{}, HasDetailedDiff: true,
	}
	if len(d.Changed) > 0 {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	for _, key := range d.Changed {
		response.Diffs = append(response.Diffs, string(key))
	}
	for _, key := range d.Replaced {
		response.Replaces = append(response.Replaces, string(key))
	}
	for path, kind := range d.Detailed {
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: kind}
	}
	return response
}
