package provider

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// kind is the type of a property.
type kind int

const (
	textKind kind = iota
	flagKind
	numberKind
	textSetKind
	textListKind
	textMapKind
	objectSetKind
	// objectKind is a list of at most one object in the real provider, of which Pulumi makes an object.
	objectKind
	// policyKind and jsonKind are strings that hold JSON; a program may also give the value itself.
	policyKind
	jsonKind
)

// property is one property of a resource type as the real provider's schema has it.
type property struct {
	kind kind
	// input properties may be set by a program. Others are outputs alone.
	input bool
	// required properties must be set, computed ones are known by AWS where a program leaves them out.
	required, computed bool
	// replaces marks properties whose change makes a new resource.
	replaces bool
	// fallback is what the provider fills in; null for nothing.
	fallback resource.PropertyValue
	// auto is the longest name that the provider makes up where the program gives none; zero means that it makes up
	// none.
	auto int
	// rules are what the provider asks of a known value, or of each item of a list, before AWS sees it.
	rules []rule
	// items is the least number of items of a list or set.
	items int
	// same compares the old and the new value where equal texts are not the only equal values.
	same func(old, new resource.PropertyValue) bool
	// fields are the properties of an objectKind, and of the objects of an objectSetKind.
	fields schema
	// follows names the inputs whose change makes this output unknown until the update is done.
	follows []resource.PropertyKey
	// refused says why the sandbox does not take the property, although the real provider does.
	refused string
}

type schema map[resource.PropertyKey]property

// in is an optional input.
func in(k kind) property {
	p := property{kind: k, input: true}
	switch k {
	case policyKind:
		p.same, p.rules = samePolicy, []rule{policyText}
	case jsonKind:
		p.same, p.rules = sameJSON, []rule{jsonText}
	}
	return p
}

// out is an output.
func out(k kind) property { return property{kind: k, computed: true} }

func (p property) must() property { p.required = true; return p }

func (p property) replace() property { p.replaces = true; return p }

// known marks an optional input that AWS knows better: left out, it is no change.
func (p property) known() property { p.computed = true; return p }

func (p property) or(fallback resource.PropertyValue) property { p.fallback = fallback; return p }

func (p property) named(limit int) property { p.auto = limit; return p }

func (p property) checked(rules ...rule) property {
	p.rules = append(slices.Clone(p.rules), rules...)
	return p
}

// atLeast is a list or set with the least number of its items.
func (p property) atLeast(items int) property { p.items = items; return p }

func (p property) after(inputs ...resource.PropertyKey) property { p.follows = inputs; return p }

func (p property) of(fields schema) property { p.fields = fields; return p }

func (p property) notModelled(why string) property { p.refused = why; return p }

// tagged adds the properties that every type with tags has.
func (s schema) tagged() schema {
	s["tags"] = in(textMapKind)
	s["tagsAll"] = property{kind: textMapKind, computed: true}
	return s
}

// taggable reports whether the type has tags.
func (s schema) taggable() bool {
	_, ok := s["tagsAll"]
	return ok
}
