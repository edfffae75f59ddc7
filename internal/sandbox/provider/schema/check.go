package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Failure is an input that is refused before AWS sees it.
type Failure struct {
	Property resource.PropertyKey
	Reason   string
}

// Checked is the result of a check: the inputs with what the provider fills in, and what it refuses.
type Checked struct {
	Inputs   Values
	Failures []Failure
}

// Refuse adds a refusal of the property.
func (c *Checked) Refuse(key resource.PropertyKey, format string, args ...any) {
	c.Failures = append(c.Failures, Failure{key, fmt.Sprintf(format, args...)})
}

// Value checks the type of a property, recursively, and gives it the form in which it is kept.
func (c *Checked) Value(path string, p Property, value resource.PropertyValue) (resource.PropertyValue, bool) {
	if value.ContainsUnknowns() && (value.IsComputed() || value.IsOutput()) {
		return value, true
	}
	key := resource.PropertyKey(path)
	switch p.Kind {
	case PolicyKind, JSONKind:
		if value.IsObject() && !value.ContainsUnknowns() {
			raw, err := json.Marshal(value.Mappable())
			if err != nil {
				c.Refuse(key, "%q cannot be written as JSON: %v", path, err)
				return value, false
			}
			value = Text(string(raw))
		}
		fallthrough
	case TextKind:
		if !value.IsString() {
			c.Refuse(key, "expected type of %q to be string, got %s", path, value.TypeString())
			return value, false
		}
	case FlagKind:
		if !value.IsBool() {
			c.Refuse(key, "expected type of %q to be bool, got %s", path, value.TypeString())
			return value, false
		}
	case NumberKind:
		if !value.IsNumber() || value.NumberValue() != math.Trunc(value.NumberValue()) {
			c.Refuse(key, "expected type of %q to be int, got %s", path, value.TypeString())
			return value, false
		}
	case TextSetKind, TextListKind:
		return value, c.list(path, p, value)
	case TextMapKind:
		return value, c.textMap(path, value)
	case ObjectSetKind:
		return value, c.objects(path, p, value)
	case ObjectKind:
		return value, c.object(resource.PropertyKey(path), path, p, value)
	}
	return value, c.rules(key, path, p, value)
}

// rules holds a value, or an item of a list, against the rules of its property.
func (c *Checked) rules(key resource.PropertyKey, path string, p Property, value resource.PropertyValue) bool {
	before := len(c.Failures)
	for _, r := range p.Rules {
		if reason := r.Check(value); reason != "" {
			c.Refuse(key, "%q %s", path, reason)
		}
	}
	return len(c.Failures) == before
}

// enough refuses a list with fewer items than its property asks for.
func (c *Checked) enough(path string, p Property, value resource.PropertyValue) bool {
	if n := len(value.ArrayValue()); n < p.Items {
		c.Refuse(resource.PropertyKey(path), "%q requires %d item minimum, but has only %d declared", path, p.Items, n)
		return false
	}
	return true
}

func (c *Checked) list(path string, p Property, value resource.PropertyValue) bool {
	if !value.IsArray() {
		c.Refuse(resource.PropertyKey(path), "expected type of %q to be a list, got %s", path, value.TypeString())
		return false
	}
	ok := c.enough(path, p, value)
	seen := map[string]bool{}
	for i, item := range value.ArrayValue() {
		itemPath := fmt.Sprintf("%s[%d]", path, i)
		if item.ContainsUnknowns() {
			continue
		}
		if !item.IsString() {
			c.Refuse(
				resource.PropertyKey(path), "expected type of %q to be string, got %s", itemPath, item.TypeString(),
			)
			ok = false
			continue
		}
		if p.Kind == TextSetKind && seen[item.StringValue()] {
			continue
		}
		seen[item.StringValue()] = true
		ok = c.rules(resource.PropertyKey(path), itemPath, p, item) && ok
	}
	return ok
}

func (c *Checked) textMap(path string, value resource.PropertyValue) bool {
	if !value.IsObject() {
		c.Refuse(resource.PropertyKey(path), "expected type of %q to be a map, got %s", path, value.TypeString())
		return false
	}
	ok := true
	for _, k := range slices.Sorted(maps.Keys(value.ObjectValue())) {
		item := value.ObjectValue()[k]
		if !item.IsString() && !item.ContainsUnknowns() {
			c.Refuse(
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

func (c *Checked) objects(path string, p Property, value resource.PropertyValue) bool {
	if !value.IsArray() {
		c.Refuse(resource.PropertyKey(path), "expected type of %q to be a list, got %s", path, value.TypeString())
		return false
	}
	before := len(c.Failures)
	c.enough(path, p, value)
	for i, item := range value.ArrayValue() {
		c.object(resource.PropertyKey(path), fmt.Sprintf("%s[%d]", path, i), p, item)
	}
	return len(c.Failures) == before
}

// object holds one object at a path against the fields of its property, which the key names.
func (c *Checked) object(key resource.PropertyKey, path string, p Property, item resource.PropertyValue) bool {
	if item.IsComputed() || item.IsOutput() {
		return true
	}
	if !item.IsObject() {
		c.Refuse(key, "expected type of %q to be an object, got %s", path, item.TypeString())
		return false
	}
	before, fields := len(c.Failures), item.ObjectValue()
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		if strings.HasPrefix(string(k), "__") || fields[k].IsNull() {
			continue
		}
		field, ok := p.Fields[k]
		if !ok {
			c.Refuse(key, "an argument named %q is not expected in %q%s", k, path, Suggestion(string(k), p.Fields))
			continue
		}
		c.Value(path+"."+string(k), field, fields[k])
	}
	for _, k := range slices.Sorted(maps.Keys(p.Fields)) {
		if _, given := fields[k]; p.Fields[k].Required && !given {
			c.Refuse(key, "missing required property %q", path+"."+string(k))
		}
	}
	return len(c.Failures) == before
}

// Suggestion is `; did you mean "name"?` where a property of the schema is close.
func Suggestion(key string, s Schema) string {
	best, distance := "", len(key)/2+1
	for _, candidate := range slices.Sorted(maps.Keys(s)) {
		if d := editDistance(
			strings.ToLower(key),
			strings.ToLower(string(candidate)),
		); d < distance &&
			s[candidate].Input {
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
