package cloudtrail

import (
	"encoding/json"
	"slices"
	"strings"
)

// Redacted is what CloudTrail writes in place of what it keeps to itself.
const Redacted = "HIDDEN_DUE_TO_SECURITY_REASONS"

// Params are the request parameters of an event, read once.
type Params struct {
	values map[string]any
	// missing says that the record does not have them: they are too large, or were left out of an export.
	Missing bool
	// nearest are the values of each name in lower case; nil until something is looked for.
	nearest map[string]nearest
}

// nearest are the values of a name that stand nearest to the root, and how deep.
type nearest struct {
	depth  int
	values []string
}

func ReadParams(raw []byte) *Params {
	if len(raw) == 0 {
		return &Params{}
	}
	p := &Params{}
	if json.Unmarshal(raw, &p.values) != nil {
		return &Params{Missing: true}
	}
	// Source: AWS CloudTrail User Guide, CloudTrail record contents, "omitted".
	if omitted, _ := p.values["omitted"].(bool); omitted {
		return &Params{Missing: true}
	}
	return p
}

// MemberOf is a parameter by its name in any case.
func MemberOf(values map[string]any, name string) (any, bool) {
	if v, ok := values[name]; ok {
		return v, true
	}
	for have, v := range values {
		if strings.EqualFold(have, name) {
			return v, true
		}
	}
	return nil, false
}

// At is a value by a path of names with points between them.
func (p *Params) At(path string) (any, bool) {
	var v any = p.values
	for name := range strings.SplitSeq(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = MemberOf(object, name); !ok {
			return nil, false
		}
	}
	return v, true
}

// Text is a text, number or Boolean at a path. Hidden says that CloudTrail keeps it to itself.
func (p *Params) Text(path string) (text string, found, hidden bool) {
	v, ok := p.At(path)
	if !ok || v == nil {
		return "", false, false
	}
	text, ok = scalar(v)
	return text, ok, ok && text == Redacted || !ok
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case float64:
		b, _ := json.Marshal(v)
		return string(b), true
	}
	return "", false
}

// tagNames are the names under which requests carry tags. Source: the API references of the services, whose
// operations name them so.
var tagNames = []string{
	"tags",
	"tagSet",
	"tagSpecificationSet",
	"tagSpecifications",
	"tagSpecification",
	"tagging",
	"tagList",
	"tagsToAdd",
	"resourceTags",
	"bucketTags",
	"principalTags",
	"addTags",
	"tagKeys",
	"tagsList",
}

// Tags are the tags in a request. Known is false where the record does not have them all.
func (p *Params) Tags() (tags map[string]string, keys []string, known bool) {
	if p.Missing {
		return nil, nil, false
	}
	tags = map[string]string{}
	known = true
	for _, name := range tagNames {
		if v, ok := MemberOf(p.values, name); ok {
			known = collectTags(v, tags, &keys) && known
		}
	}
	return tags, keys, known
}

// collectTags reads tags in the forms that services have: lists of key and value, objects, and lists of keys, in
// "items" and the like.
func collectTags(v any, tags map[string]string, keys *[]string) bool {
	add := func(key, value string) bool {
		if key == Redacted {
			return false
		}
		tags[key] = value
		*keys = append(*keys, key)
		return value != Redacted
	}
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return add(v, "")
	case []any:
		known := true
		for _, one := range v {
			known = collectTags(one, tags, keys) && known
		}
		return known
	case map[string]any:
		for _, inner := range []string{"items", "tags", "tagSet", "tag", "Tag", "tagging"} {
			if more, ok := MemberOf(v, inner); ok {
				if _, isText := more.(string); !isText {
					return collectTags(more, tags, keys)
				}
			}
		}
		if key, ok := MemberOf(v, "key"); ok {
			text, ok := scalar(key)
			value, _ := MemberOf(v, "value")
			shown, _ := scalar(value)
			return ok && add(text, shown)
		}
		known := true
		for key, value := range v {
			if key == "resourceType" {
				continue
			}
			text, ok := scalar(value)
			known = ok && add(key, text) && known
		}
		return known
	}
	return false
}

// Find is a value of a name in lower case anywhere in the parameters, the nearest to the root; lists give each of
// theirs.
func (p *Params) Find(name string) []string {
	if p.nearest == nil {
		p.nearest = map[string]nearest{}
		p.note(p.values, 0)
	}
	return p.nearest[name].values
}

// mostFound bounds how deep values are looked for.
const mostFound = 5

// note notes the values below a value.
func (p *Params) note(v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		var deeper []string
		for name, inner := range v {
			if values := Scalars(inner); len(values) > 0 {
				p.noteValues(strings.ToLower(name), values, depth)
			}
			if _, plain := scalar(inner); !plain && inner != nil && depth < mostFound-1 {
				deeper = append(deeper, name)
			}
		}
		slices.Sort(deeper)
		for _, name := range deeper {
			p.note(v[name], depth+1)
		}
	case []any:
		if depth < mostFound-1 {
			for _, inner := range v {
				p.note(inner, depth+1)
			}
		}
	}
}

func (p *Params) noteValues(name string, values []string, depth int) {
	have, known := p.nearest[name]
	switch {
	case !known || depth < have.depth:
		p.nearest[name] = nearest{depth, values}
	case depth == have.depth:
		p.nearest[name] = nearest{depth, append(have.values, values...)}
	}
}

// MostListed bounds how many resources of one call are looked at one by one.
const MostListed = 9

func Scalars(v any) []string {
	if text, ok := scalar(v); ok {
		return []string{text}
	}
	var out []string
	if list, ok := v.([]any); ok {
		for _, one := range list {
			if text, ok := scalar(one); ok {
				out = append(out, text)
			}
		}
	}
	return out
}
