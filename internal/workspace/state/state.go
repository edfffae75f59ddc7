// Package state reads and writes the state of a stack as the Pulumi CLI exports and imports it.
package state

import (
	"bytes"
	"encoding/json"
	"fmt"

	"aws-access-guardrails/internal/workspace/urn"
)

// Deployment is a stack's state as the CLI exports it, every field that this program does not know included.
type Deployment struct {
	Outer map[string]any
	inner map[string]any
}

// Resource is one resource of a state.
type Resource map[string]any

// URN is the engine's name of the resource; empty where the state has none.
func (r Resource) URN() string {
	urn, _ := r["urn"].(string)
	return urn
}

// Type is its type token.
func (r Resource) Type() string {
	typ, _ := r["type"].(string)
	return typ
}

// Object is one of its values that is an object; nil where it is none.
func (r Resource) Object(key string) map[string]any {
	object, _ := r[key].(map[string]any)
	return object
}

// Read reads a state as the CLI exports it.
func Read(data []byte) (*Deployment, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	d := &Deployment{}
	if err := decoder.Decode(&d.Outer); err != nil {
		return nil, fmt.Errorf("read the stack's state: %w", err)
	}
	d.inner, _ = d.Outer["deployment"].(map[string]any)
	if d.inner == nil {
		d.inner = map[string]any{}
		d.Outer["deployment"] = d.inner
	}
	return d, nil
}

// List gives the objects of a list of the state.
func (d *Deployment) List(key string) []Resource {
	var out []Resource
	items, _ := d.inner[key].([]any)
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// Keep drops the resources for which it is false.
func (d *Deployment) Keep(wanted func(Resource) bool) {
	kept := []any{}
	for _, resource := range d.List("resources") {
		if wanted(resource) {
			kept = append(kept, map[string]any(resource))
		}
	}
	d.inner["resources"] = kept
}

// Outputs are the stack's outputs, a secret one as "[secret]".
func (d *Deployment) Outputs() map[string]any {
	for _, resource := range d.List("resources") {
		if resource.Type() != urn.StackType {
			continue
		}
		out := map[string]any{}
		for name, value := range resource.Object("outputs") {
			if object, ok := value.(map[string]any); ok && object[secretKey] != nil {
				value = "[secret]"
			}
			out[name] = plainNumbers(value)
		}
		return out
	}
	return nil
}

// secretKey is the key that the engine gives what is not a plain value; of those only secrets can be outputs of these
// programs.
const secretKey = "4dabf18193072939515e22adb298388d"

// plainNumbers gives numbers the type that the Automation API gives them.
func plainNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if f, err := value.Float64(); err == nil {
			return f
		}
	case map[string]any:
		for key, v := range value {
			value[key] = plainNumbers(v)
		}
	case []any:
		for i, v := range value {
			value[i] = plainNumbers(v)
		}
	}
	return value
}

// Add appends a resource: what it depends on stands before it.
func (d *Deployment) Add(resource Resource) {
	items, _ := d.inner["resources"].([]any)
	d.inner["resources"] = append(items, map[string]any(resource))
}
