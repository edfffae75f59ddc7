package schema

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Kind is the type of a property.
type Kind int

const (
	TextKind Kind = iota
	FlagKind
	NumberKind
	TextSetKind
	TextListKind
	TextMapKind
	ObjectSetKind
	// ObjectKind is a list of at most one object in the real provider, of which Pulumi makes an object.
	ObjectKind
	// PolicyKind and jsonKind are strings that hold JSON; a program may also give the value itself.
	PolicyKind
	JSONKind
)

// Property is one property of a resource type as the real provider's schema has it.
type Property struct {
	Kind Kind
	// Input properties may be set by a program. Others are outputs alone.
	Input bool
	// Required properties must be set, Computed ones are known by AWS where a program leaves them out.
	Required, Computed bool
	// Replaces marks properties whose change makes a new resource.
	Replaces bool
	// Fallback is what the provider fills in; null for nothing.
	Fallback resource.PropertyValue
	// Auto is the longest name that the provider makes up where the program gives none; zero means that it makes up
	// none.
	Auto int
	// Rules are what the provider asks of a known value, or of each item of a list, before AWS sees it.
	Rules []Rule
	// Items is the least number of items of a list or set.
	Items int
	// same compares the old and the new value where equal texts are not the only equal values.
	same func(old, new resource.PropertyValue) bool
	// Fields are the properties of an objectKind, and of the objects of an objectSetKind.
	Fields Schema
	// Follows names the inputs whose change makes this output unknown until the update is done.
	Follows []resource.PropertyKey
	// Refused says why the sandbox does not take the property, although the real provider does.
	Refused string
}

// Schema are the properties of a type by name.
type Schema map[resource.PropertyKey]Property

// In is an optional input.
func In(k Kind) Property {
	p := Property{Kind: k, Input: true}
	switch k {
	case PolicyKind:
		p.same, p.Rules = samePolicy, []Rule{policyText}
	case JSONKind:
		p.same, p.Rules = SameJSON, []Rule{jsonText}
	}
	return p
}

// Out is an output.
func Out(k Kind) Property { return Property{Kind: k, Computed: true} }

// Must marks a required input.
func (p Property) Must() Property { p.Required = true; return p }

// Replace marks a property whose change makes a new resource.
func (p Property) Replace() Property { p.Replaces = true; return p }

// Known marks an optional input that AWS knows better: left out, it is no change.
func (p Property) Known() Property { p.Computed = true; return p }

// Or is what the provider fills in where a program leaves the property out.
func (p Property) Or(fallback resource.PropertyValue) Property { p.Fallback = fallback; return p }

// Named is a name that the provider makes up where a program gives none, at most so long.
func (p Property) Named(limit int) Property { p.Auto = limit; return p }

// Checked adds rules to those of the property.
func (p Property) Checked(rules ...Rule) Property {
	p.Rules = append(slices.Clone(p.Rules), rules...)
	return p
}

// AtLeast is a list or set with the least number of its items.
func (p Property) AtLeast(items int) Property { p.Items = items; return p }

// After is an output that is unknown while one of the inputs changes.
func (p Property) After(inputs ...resource.PropertyKey) Property { p.Follows = inputs; return p }

// WithFields is an object, or a set of them, with the fields.
func (p Property) WithFields(fields Schema) Property { p.Fields = fields; return p }

// NotModelled is a property that the sandbox refuses, and why.
func (p Property) NotModelled(why string) Property { p.Refused = why; return p }

// Tagged adds the properties that every type with tags has.
func (s Schema) Tagged() Schema {
	s["tags"] = In(TextMapKind)
	s["tagsAll"] = Property{Kind: TextMapKind, Computed: true}
	return s
}

// Taggable reports whether the type has tags.
func (s Schema) Taggable() bool {
	_, ok := s["tagsAll"]
	return ok
}
