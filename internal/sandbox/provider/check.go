package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// failure is an input that is refused before AWS sees it.
type failure struct {
	property resource.PropertyKey
	reason   string
}

// checked is the result of a check: the inputs with what the provider fills in, and what it refuses.
type checked struct {
	inputs   values
	failures []failure
}

func (c *checked) refuse(key resource.PropertyKey, format string, args ...any) {
	c.failures = append(c.failures, failure{key, fmt.Sprintf(format, args...)})
}

// check does with the inputs of a program what the real provider does: refuses unknown, missing and malformed ones,
// fills in defaults, makes up names, joins the default tags of the provider.
func (r *resourceType) check(s *session, name string, seed []byte, olds, news values) checked {
	c := checked{inputs: values{}}
	for _, key := range slices.Sorted(maps.Keys(news)) {
		value := news[key]
		if strings.HasPrefix(string(key), "__") || value.IsNull() {
			continue
		}
		p, ok := r.schema[key]
		if !ok || !p.input && !(key == "tagsAll") {
			c.refuse(key, "an argument named %q is not expected here%s", key, suggestion(string(key), r.schema))
			continue
		}
		if p.refused != "" {
			c.refuse(key, "the sandbox does not model %q: %s", key, p.refused)
			continue
		}
		if converted, ok := c.value(string(key), p, value); ok {
			c.inputs[key] = converted
		}
	}
	var defaults []string
	for _, key := range slices.Sorted(maps.Keys(r.schema)) {
		p := r.schema[key]
		if _, given := c.inputs[key]; given || news.has(key) {
			continue
		}
		switch {
		case p.auto > 0:
			c.inputs[key] = madeUpName(key, name, seed, p.auto, olds)
			defaults = append(defaults, string(key))
		case !p.fallback.IsNull():
			c.inputs[key] = p.fallback
			defaults = append(defaults, string(key))
		case p.required:
			c.refuse(key, "missing required property %q", key)
		}
	}
	if r.schema.taggable() {
		c.inputs["tagsAll"] = s.tagsAll(c.inputs["tags"])
	}
	for _, rule := range r.rules {
		if key, reason := rule(c.inputs); reason != "" {
			c.refuse(key, "%s", reason)
		}
	}
	c.inputs[defaultsKey] = texts(defaults)
	return c
}

// value checks the type of a property, recursively, and gives it the form in which it is kept.
func (c *checked) value(path string, p property, value resource.PropertyValue) (resource.PropertyValue, bool) {
	if value.ContainsUnknowns() && (value.IsComputed() || value.IsOutput()) {
		return value, true
	}
	key := resource.PropertyKey(path)
	switch p.kind {
	case policyKind, jsonKind:
		if value.IsObject() && !value.ContainsUnknowns() {
			raw, err := json.Marshal(value.Mappable())
			if err != nil {
				c.refuse(key, "%q cannot be written as JSON: %v", path, err)
				return value, false
			}
			value = text(string(raw))
		}
		fallthrough
	case textKind:
		if !value.IsString() {
			c.refuse(key, "expected type of %q to be string, got %s", path, value.TypeString())
			return value, false
		}
	case flagKind:
		if !value.IsBool() {
			c.refuse(key, "expected type of %q to be bool, got %s", path, value.TypeString())
			return value, false
		}
	case numberKind:
		if !value.IsNumber() || value.NumberValue() != math.Trunc(value.NumberValue()) {
			c.refuse(key, "expected type of %q to be int, got %s", path, value.TypeString())
			return value, false
		}
	case textSetKind, textListKind:
		return value, c.list(path, p, value)
	case textMapKind:
		return value, c.textMap(path, value)
	case objectSetKind:
		return value, c.objects(path, p, value)
	case objectKind:
		return value, c.object(resource.PropertyKey(path), path, p, value)
	}
	return value, c.rules(key, path, p, value)
}

// rules holds a value, or an item of a list, against the rules of its property.
func (c *checked) rules(key resource.PropertyKey, path string, p property, value resource.PropertyValue) bool {
	before := len(c.failures)
	for _, r := range p.rules {
		if reason := r.check(value); reason != "" {
			c.refuse(key, "%q %s", path, reason)
		}
	}
	return len(c.failures) == before
}

// enough refuses a list with fewer items than its property asks for.
func (c *checked) enough(path string, p property, value resource.PropertyValue) bool {
	if n := len(value.ArrayValue()); n < p.items {
		c.refuse(resource.PropertyKey(path), "%q requires %d item minimum, but has only %d declared", path, p.items, n)
		return false
	}
	return true
}

func (c *checked) list(path string, p property, value resource.PropertyValue) bool {
	if !value.IsArray() {
		c.refuse(resource.PropertyKey(path), "expected type of %q to be a list, got %s", path, value.TypeString())
		return false
	}
	ok := c.enough(path, p, value)
	seen := map[string]bool{}
	for i, item := range value.ArrayValue() {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item.ContainsUnknowns() {
			continue
		}
		if !item.IsString() {
			c.refuse(resource.PropertyKey(path), "expected type of %q to be string, got %s", at, item.TypeString())
			ok = false
			continue
		}
		if p.kind == textSetKind && seen[item.StringValue()] {
			continue
		}
		seen[item.StringValue()] = true
		ok = c.rules(resource.PropertyKey(path), at, p, item) && ok
	}
	return ok
}

func (c *checked) textMap(path string, value resource.PropertyValue) bool {
	if !value.IsObject() {
		c.refuse(resource.PropertyKey(path), "expected type of %q to be a map, got %s", path, value.TypeString())
		return false
	}
	ok := true
	for _, k := range slices.Sorted(maps.Keys(value.ObjectValue())) {
		item := value.ObjectValue()[k]
		if !item.IsString() && !item.ContainsUnknowns() {
			c.refuse(
				resource.PropertyKey(path),
				"expected type of \"%s.%s\" to be string, got %s",
				path,
				k,
				item.TypeString(),
			)
			ok = false
		}
	}
	return ok
}

func (c *checked) objects(path string, p property, value resource.PropertyValue) bool {
	if !value.IsArray() {
		c.refuse(resource.PropertyKey(path), "expected type of %q to be a list, got %s", path, value.TypeString())
		return false
	}
	before := len(c.failures)
	c.enough(path, p, value)
	for i, item := range value.ArrayValue() {
		c.object(resource.PropertyKey(path), fmt.Sprintf("%s[%d]", path, i), p, item)
	}
	return len(c.failures) == before
}

// object holds one object at a path against the fields of its property, which the key names.
func (c *checked) object(key resource.PropertyKey, at string, p property, item resource.PropertyValue) bool {
	if item.IsComputed() || item.IsOutput() {
		return true
	}
	if !item.IsObject() {
		c.refuse(key, "expected type of %q to be an object, got %s", at, item.TypeString())
		return false
	}
	before, fields := len(c.failures), item.ObjectValue()
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		if strings.HasPrefix(string(k), "__") || fields[k].IsNull() {
			continue
		}
		field, ok := p.fields[k]
		if !ok {
			c.refuse(key, "an argument named %q is not expected in %q%s", k, at, suggestion(string(k), p.fields))
			continue
		}
		c.value(at+"."+string(k), field, fields[k])
	}
	for _, k := range slices.Sorted(maps.Keys(p.fields)) {
		if _, given := fields[k]; p.fields[k].required && !given {
			c.refuse(key, "missing required property %q", at+"."+string(k))
		}
	}
	return len(c.failures) == before
}

// suggestion is `; did you mean "name"?` where a property of the schema is close.
func suggestion(key string, s schema) string {
	best, distance := "", len(key)/2+1
	for _, candidate := range slices.Sorted(maps.Keys(s)) {
		if d := editDistance(
			strings.ToLower(key),
			strings.ToLower(string(candidate)),
		); d < distance &&
			s[candidate].input {
			best, distance = string(candidate), d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
