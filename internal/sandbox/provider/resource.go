package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// resourceType is one type of resource: its schema and what the real provider does to make, read, change and delete
// one.
type resourceType struct {
	// token is the type, such as "aws:iam/user:User".
	token  string
	schema schema
	// deleteBeforeReplace is set for types of which old and new cannot exist at once.
	deleteBeforeReplace bool
	// rules look at all inputs together: a property and why it is refused, or "".
	rules []func(values) (resource.PropertyKey, string)

	// create makes the resource and returns its id. With an id and an error the resource exists and is not finished.
	create func(context.Context, *session, values) (string, error)
	// read reads the resource; nil means that it is gone. The state is what was known before, the inputs directly
	// after a create.
	read func(context.Context, *session, string, values) (values, error)
	// update changes the resource from its state to new inputs.
	update func(context.Context, *session, string, values, values, difference) error
	// renamed is the id that AWS knows the resource by after an update to the inputs; nil where updates never change
	// it. The engine keeps the first id: a refresh after a rename finds nothing, as with the real provider
	// (https://github.com/pulumi/pulumi-aws/issues/1610).
	renamed func(values) string
	// remove deletes the resource; one that is gone is no error.
	remove func(context.Context, *session, string, values) error
	// adopt turns the id of an import into the state that read begins with and the id that the resource has then.
	adopt func(string) (values, string, error)
}

// registry are the types and functions of one package.
type registry struct {
	// version is the version of the real provider whose schema the types follow.
	version   string
	types     map[string]*resourceType
	functions map[string]function
	config    []string
}

func newRegistry(version string, config []string, types []*resourceType, functions map[string]function) *registry {
	r := &registry{version: version, types: map[string]*resourceType{}, functions: functions, config: config}
	for _, t := range types {
		r.types[t.token] = t
	}
	return r
}

// outputs is the state of a resource: its inputs overlaid with what was read.
func outputs(id string, inputs, read values) values {
	state := inputs.with(read)
	delete(state, defaultsKey)
	state["id"] = text(id)
	return state
}

// planned is the state that a create or update would have, as far as it is known before.
func (r *resourceType) planned(id string, state, news values, d difference) values {
	out := maps.Clone(news)
	delete(out, defaultsKey)
	for key, p := range r.schema {
		if _, given := out[key]; given || !p.computed {
			continue
		}
		old, known := state[key]
		if id != "" && known && !d.hasAny(p.follows...) {
			out[key] = old
			continue
		}
		if id == "" || d.hasAny(p.follows...) {
			out[key] = unknown()
		}
	}
	if id == "" {
		out["id"] = unknown()
	} else {
		out["id"] = text(id)
	}
	return out
}

// inputsOf are the inputs that describe a state: those of before with today's values, or all that can be set where
// there were none.
func (r *resourceType) inputsOf(olds, state values) values {
	inputs := values{}
	if len(olds) > 0 {
		for key, old := range olds {
			p, ok := r.schema[key]
			value, read := state[key]
			switch {
			case !ok:
				inputs[key] = old
			case !read:
			case p.equal(old, value):
				inputs[key] = old
			default:
				inputs[key] = value
			}
		}
		return inputs
	}
	var defaults []string
	for _, key := range slices.Sorted(maps.Keys(r.schema)) {
		p, value := r.schema[key], state[key]
		if !p.input || p.refused != "" || value.IsNull() {
			continue
		}
		switch {
		case !p.fallback.IsNull() && value.DeepEquals(p.fallback):
			inputs[key] = value
			defaults = append(defaults, string(key))
		case p.required || p.auto > 0 || !p.fallback.IsNull() || !isEmpty(value):
			inputs[key] = value
		}
	}
	inputs[defaultsKey] = texts(defaults)
	if r.schema.taggable() {
		if all, ok := state["tagsAll"]; ok {
			inputs["tagsAll"] = all
		}
	}
	return inputs
}

// byID is the import of types whose id says everything.
func byID(id string) (values, string, error) { return values{}, id, nil }

// doing adds what the provider was doing to an error of AWS.
func doing(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

// ignore makes one of the codes no error.
func ignore(err error, codes ...string) error {
	if api.Is(err, codes...) {
		return nil
	}
	return err
}

// madeUpID is the id of a resource that has none in AWS: the prefix and digits that follow from the rest.
func madeUpID(prefix string, of ...string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", of)))
	return prefix + hex.EncodeToString(sum[:13])
}

func unexpectedID(id, expected string) error {
	return fmt.Errorf("unexpected format of ID (%q), expected %s", id, expected)
}

// token is the type token of a classic resource.
func token(module, name string) string {
	return "aws:" + module + "/" + name + ":" + strings.ToUpper(name[:1]) + name[1:]
}

func sentence(format string, args ...any) string { return fmt.Sprintf(format, args...) }
