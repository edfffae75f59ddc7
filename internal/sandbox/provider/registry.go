package provider

import (
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// registry are the types and functions of one package.
type registry struct {
	// version is the version of the real provider whose schema the types follow.
	version   string
	types     map[string]*resources.Type
	functions map[string]resources.Function
	config    []string
}

func newRegistry(
	version string,
	config []string,
	types []*resources.Type,
	functions map[string]resources.Function,
) *registry {
	r := &registry{version: version, types: map[string]*resources.Type{}, functions: functions, config: config}
	for _, t := range types {
		r.types[t.Token] = t
	}
	return r
}

// outputs is the state of a resource: its inputs overlaid with what was read.
func outputs(id string, inputs, read schema.Values) schema.Values {
	state := inputs.With(read)
	delete(state, schema.DefaultsKey)
	state["id"] = schema.Text(id)
	return state
}
