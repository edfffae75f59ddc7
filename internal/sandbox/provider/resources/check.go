package resources

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// Check does with the inputs of a program what the real provider does: refuses unknown, missing and malformed ones,
// fills in defaults, makes up names, joins the default tags of the provider.
func (r *Type) Check(s *Session, name string, seed []byte, olds, news schema.Values) schema.Checked {
	c := schema.Checked{Inputs: schema.Values{}}
	for _, key := range slices.Sorted(maps.Keys(news)) {
		value := news[key]
		if strings.HasPrefix(string(key), "__") || value.IsNull() {
			continue
		}
		p, ok := r.Schema[key]
		if !ok || !p.Input && !(key == "tagsAll") {
			c.Refuse(key, "an argument named %q is not expected here%s", key, schema.Suggestion(string(key), r.Schema))
			continue
		}
		if p.Refused != "" {
			c.Refuse(key, "the sandbox does not model %q: %s", key, p.Refused)
			continue
		}
		if converted, ok := c.Value(string(key), p, value); ok {
			c.Inputs[key] = converted
		}
	}
	var defaults []string
	for _, key := range slices.Sorted(maps.Keys(r.Schema)) {
		p := r.Schema[key]
		if _, given := c.Inputs[key]; given || news.Has(key) {
			continue
		}
		switch {
		case p.Auto > 0:
			c.Inputs[key] = schema.MadeUpName(key, name, seed, p.Auto, olds)
			defaults = append(defaults, string(key))
		case !p.Fallback.IsNull():
			c.Inputs[key] = p.Fallback
			defaults = append(defaults, string(key))
		case p.Required:
			c.Refuse(key, "missing required property %q", key)
		}
	}
	if r.Schema.Taggable() {
		c.Inputs["tagsAll"] = s.tagsAll(c.Inputs["tags"])
	}
	for _, rule := range r.Rules {
		if key, reason := rule(c.Inputs); reason != "" {
			c.Refuse(key, "%s", reason)
		}
	}
	c.Inputs[schema.DefaultsKey] = schema.Texts(defaults)
	return c
}
