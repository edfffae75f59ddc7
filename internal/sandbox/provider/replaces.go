package provider

import (
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// registries are the types of both packages, for questions that need no AWS.
var registries = sync.OnceValue(func() map[string]*registry {
	return map[string]*registry{"aws": classic(), "aws-native": native()}
})

// Differences are the properties of a resource that differ between two sets of inputs as the real provider sees it,
// and those of them that replace the resource. A type that is not known is taken to be replaced by nothing, which
// known says.
func Differences(
	token string,
	old, new resource.PropertyMap,
	ignored []string,
) (changed, replaced []string, known bool) {
	pkg, _, _ := strings.Cut(token, ":")
	r := registries()[pkg]
	if r == nil || r.types[token] == nil {
		for key, value := range new {
			if !old[key].DeepEquals(value) {
				changed = append(changed, string(key))
			}
		}
		for key := range old {
			if _, has := new[key]; !has {
				changed = append(changed, string(key))
			}
		}
		slices.Sort(changed)
		return changed, nil, false
	}
	t := r.types[token]
	d := t.Diff(schema.Values(old), schema.Values(new), ignored)
	for _, key := range d.Changed {
		// What AWS computes is in no inputs.
		if t.Schema[key].Input {
			changed = append(changed, string(key))
		}
	}
	for _, key := range d.Replaced {
		replaced = append(replaced, string(key))
	}
	return changed, replaced, true
}

// Refused says what the real provider refuses of the inputs of a resource before AWS is asked, each as "property:
// reason", in the order of the properties: arguments that the type does not have, required ones that are missing, and
// values that break a rule of the schema. Values that are not known pass. A type that is not known refuses nothing,
// which known says.
func Refused(token string, inputs resource.PropertyMap) (reasons []string, known bool) {
	pkg, _, _ := strings.Cut(token, ":")
	r := registries()[pkg]
	if r == nil || r.types[token] == nil {
		return nil, false
	}
	for _, f := range r.types[token].Check(&resources.Session{}, "name", nil, nil, schema.Values(inputs)).Failures {
		reasons = append(reasons, string(f.Property)+": "+f.Reason)
	}
	return reasons, true
}
