package engine

import (
	"maps"
)

// With returns a copy of the context with another key.
func (c Context) With(key string, values ...string) Context {
	out := maps.Clone(c)
	if out == nil {
		out = Context{}
	}
	out[key] = values
	return out
}
