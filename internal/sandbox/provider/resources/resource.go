package resources

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
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// Type is one type of resource: its schema and what the real provider does to make, read, change and delete
// one.
type Type struct {
	// Token is the type, such as "aws:iam/user:User".
	Token  string
	Schema schema.Schema
	// DeleteBeforeReplace is set for types of which old and new cannot exist at once.
	DeleteBeforeReplace bool
	// Rules look at all inputs together: a property and why it is refused, or "".
	Rules []func(schema.Values) (resource.PropertyKey, string)

	// Create makes the resource and returns its id. With an id and an error the resource exists and is not finished.
	Create func(context.Context, *Session, schema.Values) (string, error)
	// Read reads the resource; nil means that it is gone. The state is what was known before, the inputs directly
	// after a create.
	Read func(context.Context, *Session, string, schema.Values) (schema.Values, error)
	// Update changes the resource from its state to new inputs.
	Update func(context.Context, *Session, string, schema.Values, schema.Values, schema.Difference) error
	// Renamed is the id that AWS knows the resource by after an update to the inputs; nil where updates never change
	// it. The engine keeps the first id: a refresh after a rename finds nothing, as with the real provider
	// (https://github.com/pulumi/pulumi-aws/issues/1610).
	Renamed func(schema.Values) string
	// Remove deletes the resource; one that is gone is no error.
	Remove func(context.Context, *Session, string, schema.Values) error
	// Adopt turns the id of an import into the state that read begins with and the id that the resource has then.
	Adopt func(string) (schema.Values, string, error)
}

// Planned is the state that a create or update would have, as far as it is known before.
func (r *Type) Planned(id string, state, news schema.Values, d schema.Difference) schema.Values {
	out := maps.Clone(news)
	delete(out, schema.DefaultsKey)
	for key, p := range r.Schema {
		if _, given := out[key]; given || !p.Computed {
			continue
		}
		old, known := state[key]
		if id != "" && known && !d.HasAny(p.Follows...) {
			out[key] = old
			continue
		}
		if id == "" || d.HasAny(p.Follows...) {
			out[key] = schema.Unknown()
		}
	}
	if id == "" {
		out["id"] = schema.Unknown()
	} else {
		out["id"] = schema.Text(id)
	}
	return out
}

// InputsOf are the inputs that describe a state: those of before with today's values, or all that can be set where
// there were none.
func (r *Type) InputsOf(olds, state schema.Values) schema.Values {
	inputs := schema.Values{}
	if len(olds) > 0 {
		for key, old := range olds {
			p, ok := r.Schema[key]
			value, read := state[key]
			switch {
			case !ok:
				inputs[key] = old
			case !read:
			case p.Equal(old, value):
				inputs[key] = old
			default:
				inputs[key] = value
			}
		}
		return inputs
	}
	var defaults []string
	for _, key := range slices.Sorted(maps.Keys(r.Schema)) {
		p, value := r.Schema[key], state[key]
		if !p.Input || p.Refused != "" || value.IsNull() {
			continue
		}
		switch {
		case !p.Fallback.IsNull() && value.DeepEquals(p.Fallback):
			inputs[key] = value
			defaults = append(defaults, string(key))
		case p.Required || p.Auto > 0 || !p.Fallback.IsNull() || !schema.IsEmpty(value):
			inputs[key] = value
		}
	}
	inputs[schema.DefaultsKey] = schema.Texts(defaults)
	if r.Schema.Taggable() {
		if all, ok := state["tagsAll"]; ok {
			inputs["tagsAll"] = all
		}
	}
	return inputs
}

// ByID is the import of types whose id says everything.
func ByID(id string) (schema.Values, string, error) { return schema.Values{}, id, nil }

// Doing adds what the provider was doing to an error of AWS.
func Doing(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

// Ignore makes one of the codes no error.
func Ignore(err error, codes ...string) error {
	if api.Is(err, codes...) {
		return nil
	}
	return err
}

// MadeUpID is the id of a resource that has none in AWS: the prefix and digits that follow from the rest.
func MadeUpID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", parts)))
	return prefix + hex.EncodeToString(sum[:13])
}

// UnexpectedID refuses the id of an import.
func UnexpectedID(id, expected string) error {
	return fmt.Errorf("unexpected format of ID (%q), expected %s", id, expected)
}

// Token is the type token of a classic resource.
func Token(module, name string) string {
	return "aws:" + module + "/" + name + ":" + strings.ToUpper(name[:1]) + name[1:]
}

// Function is a data source.
type Function struct {
	Arguments []string
	Answer    func(context.Context, *Session, schema.Values) (schema.Values, error)
}

// NothingToUpdate is the update of types of which every change makes a new resource.
func NothingToUpdate(
	context.Context,
	*Session,
	string,
	schema.Values,
	schema.Values,
	schema.Difference,
) error {
	return nil
}
