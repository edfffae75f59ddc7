package resources

import (
	"maps"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// Diff compares the state with new inputs as the real provider does: outputs never differ, an input that is left out
// differs only if AWS does not know it better.
func (r *Type) Diff(state, news schema.Values, ignored []string) schema.Difference {
	d := schema.Difference{Detailed: map[string]pulumirpc.PropertyDiff_Kind{}}
	for _, key := range slices.Sorted(maps.Keys(r.Schema)) {
		p := r.Schema[key]
		if !p.Input && key != "tagsAll" {
			continue
		}
		details := p.Compare(string(key), state[key], news[key])
		for path := range details {
			if schema.IsIgnored(path, ignored) {
				delete(details, path)
			}
		}
		if len(details) == 0 {
			continue
		}
		d.Changed = append(d.Changed, key)
		if p.Replaces {
			d.Replaced = append(d.Replaced, key)
		}
		for path, kind := range details {
			if p.Replaces {
				kind = schema.Replacing(kind)
			}
			d.Detailed[path] = kind
		}
	}
	d.DeleteFirst = len(d.Replaced) > 0 && (r.DeleteBeforeReplace || r.keepsName(state, news))
	return d
}

// keepsName reports whether a replacement would have the name of what it replaces, which AWS refuses while both exist.
func (r *Type) keepsName(state, news schema.Values) bool {
	for key, p := range r.Schema {
		if p.Auto > 0 && news.Has(key) && !news.Defaulted(key) && state.Text(key) == news.Text(key) {
			return true
		}
	}
	return false
}
