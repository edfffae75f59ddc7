package schema

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Asked is the argument again, where it was given.
func Asked(args Values, key string) Values {
	out := Values{}
	for name, value := range args {
		if string(name) == key {
			out[name] = value
		}
	}
	return out
}

// Values are the inputs or the state of a resource. The readers below give the zero value for what is absent, null or
// unknown.
type Values map[resource.PropertyKey]resource.PropertyValue

// DefaultsKey is where the inputs list the properties that the provider filled in.
const DefaultsKey = "__defaults"

// Text reads a string.
func (v Values) Text(key resource.PropertyKey) string {
	if p := v[key]; p.IsString() {
		return p.StringValue()
	}
	return ""
}

// Flag reads a boolean.
func (v Values) Flag(key resource.PropertyKey) bool {
	if p := v[key]; p.IsBool() {
		return p.BoolValue()
	}
	return false
}

// Number reads a whole number.
func (v Values) Number(key resource.PropertyKey) int {
	if p := v[key]; p.IsNumber() {
		return int(p.NumberValue())
	}
	return 0
}

// Texts reads a list or set of strings, in its order.
func (v Values) Texts(key resource.PropertyKey) []string {
	if p := v[key]; p.IsArray() {
		return textsOf(p)
	}
	return nil
}

// TextMap reads a map of strings.
func (v Values) TextMap(key resource.PropertyKey) map[string]string {
	p := v[key]
	if !p.IsObject() {
		return nil
	}
	out := make(map[string]string, len(p.ObjectValue()))
	for k, value := range p.ObjectValue() {
		if value.IsString() {
			out[string(k)] = value.StringValue()
		}
	}
	return out
}

// Object reads an object; empty where there is none.
func (v Values) Object(key resource.PropertyKey) Values {
	if p := v[key]; p.IsObject() {
		return Values(p.ObjectValue())
	}
	return Values{}
}

// Has reports whether the property is there with a known value.
func (v Values) Has(key resource.PropertyKey) bool {
	p, ok := v[key]
	return ok && !p.IsNull() && !p.ContainsUnknowns()
}

// Defaulted reports whether the provider filled the property in.
func (v Values) Defaulted(key resource.PropertyKey) bool {
	return slices.Contains(v.Texts(DefaultsKey), string(key))
}

// With returns a copy overlaid with others; null removes.
func (v Values) With(others Values) Values {
	out := maps.Clone(v)
	if out == nil {
		out = Values{}
	}
	for key, value := range others {
		if value.IsNull() {
			delete(out, key)
			continue
		}
		out[key] = value
	}
	return out
}

// And adds others; null stays null.
func (v Values) And(others Values) Values {
	maps.Copy(v, others)
	return v
}

// Minus is what of a is not in b, in the order of a.
func Minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// Intersection is what of a is in b, in the order of a.
func Intersection(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

func textsOf(p resource.PropertyValue) []string {
	var out []string
	for _, value := range p.ArrayValue() {
		if value.IsString() {
			out = append(out, value.StringValue())
		}
	}
	return out
}

// Text is a string.
func Text(s string) resource.PropertyValue { return resource.NewStringProperty(s) }

// Optional is the string, or null for an empty one.
func Optional(s string) resource.PropertyValue {
	if s == "" {
		return resource.NewNullProperty()
	}
	return Text(s)
}

// Flag is a boolean.
func Flag(b bool) resource.PropertyValue { return resource.NewBoolProperty(b) }

// Number is a whole number.
func Number(n int) resource.PropertyValue { return resource.NewNumberProperty(float64(n)) }

// Texts is a list of strings; nil is the empty list.
func Texts(list []string) resource.PropertyValue {
	out := make([]resource.PropertyValue, len(list))
	for i, s := range list {
		out[i] = Text(s)
	}
	return resource.NewArrayProperty(out)
}

// TextMap is a map of strings; nil is the empty map.
func TextMap(m map[string]string) resource.PropertyValue {
	out := resource.PropertyMap{}
	for k, s := range m {
		out[resource.PropertyKey(k)] = Text(s)
	}
	return resource.NewObjectProperty(out)
}

// Object is an object.
func Object(v Values) resource.PropertyValue {
	return resource.NewObjectProperty(resource.PropertyMap(v))
}

// Objects is a list of objects.
func Objects(list []Values) resource.PropertyValue {
	out := make([]resource.PropertyValue, len(list))
	for i, v := range list {
		out[i] = resource.NewObjectProperty(resource.PropertyMap(v))
	}
	return resource.NewArrayProperty(out)
}

// Unknown is a value that is known only after the update.
func Unknown() resource.PropertyValue {
	return resource.MakeComputed(resource.NewStringProperty(""))
}
