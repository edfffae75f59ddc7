package provider

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// values are the inputs or the state of a resource. The readers below give the zero value for what is absent, null or
// unknown.
type values map[resource.PropertyKey]resource.PropertyValue

// defaultsKey is where the inputs list the properties that the provider filled in.
const defaultsKey = "__defaults"

func (v values) text(key resource.PropertyKey) string {
	if p := v[key]; p.IsString() {
		return p.StringValue()
	}
	return ""
}

func (v values) flag(key resource.PropertyKey) bool {
	if p := v[key]; p.IsBool() {
		return p.BoolValue()
	}
	return false
}

func (v values) number(key resource.PropertyKey) int {
	if p := v[key]; p.IsNumber() {
		return int(p.NumberValue())
	}
	return 0
}

// texts reads a list or set of strings, in its order.
func (v values) texts(key resource.PropertyKey) []string {
	if p := v[key]; p.IsArray() {
		return textsOf(p)
	}
	return nil
}

// textMap reads a map of strings.
func (v values) textMap(key resource.PropertyKey) map[string]string {
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

// object reads an object; empty where there is none.
func (v values) object(key resource.PropertyKey) values {
	if p := v[key]; p.IsObject() {
		return values(p.ObjectValue())
	}
	return values{}
}

// has reports whether the property is there with a known value.
func (v values) has(key resource.PropertyKey) bool {
	p, ok := v[key]
	return ok && !p.IsNull() && !p.ContainsUnknowns()
}

// defaulted reports whether the provider filled the property in.
func (v values) defaulted(key resource.PropertyKey) bool {
	return slices.Contains(v.texts(defaultsKey), string(key))
}

// with returns a copy overlaid with others; null removes.
func (v values) with(others values) values {
	out := maps.Clone(v)
	if out == nil {
		out = values{}
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

// and adds others; null stays null.
func (v values) and(others values) values {
	maps.Copy(v, others)
	return v
}

// minus is what of a is not in b, in the order of a.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// intersection is what of a is in b, in the order of a.
func intersection(a, b []string) []string {
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

func text(s string) resource.PropertyValue { return resource.NewStringProperty(s) }

// optional is the string, or null for an empty one.
func optional(s string) resource.PropertyValue {
	if s == "" {
		return resource.NewNullProperty()
	}
	return text(s)
}

func flag(b bool) resource.PropertyValue { return resource.NewBoolProperty(b) }

func number(n int) resource.PropertyValue { return resource.NewNumberProperty(float64(n)) }

// texts is a list of strings; nil is the empty list.
func texts(list []string) resource.PropertyValue {
	out := make([]resource.PropertyValue, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return resource.NewArrayProperty(out)
}

// textMap is a map of strings; nil is the empty map.
func textMap(m map[string]string) resource.PropertyValue {
	out := resource.PropertyMap{}
	for k, s := range m {
		out[resource.PropertyKey(k)] = text(s)
	}
	return resource.NewObjectProperty(out)
}

// object is an object.
func object(v values) resource.PropertyValue {
	return resource.NewObjectProperty(resource.PropertyMap(v))
}

// objects is a list of objects.
func objects(list []values) resource.PropertyValue {
	out := make([]resource.PropertyValue, len(list))
	for i, v := range list {
		out[i] = resource.NewObjectProperty(resource.PropertyMap(v))
	}
	return resource.NewArrayProperty(out)
}

func unknown() resource.PropertyValue {
	return resource.MakeComputed(resource.NewStringProperty(""))
}
