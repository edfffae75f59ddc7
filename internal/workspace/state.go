package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// deployment is a stack's state as the CLI exports it, every field that this program does not know included.
type deployment struct {
	outer map[string]any
	inner map[string]any
}

// resource is one resource of a state.
type resource map[string]any

func (r resource) urn() string {
	urn, _ := r["urn"].(string)
	return urn
}

func (r resource) typ() string {
	typ, _ := r["type"].(string)
	return typ
}

func (r resource) object(key string) map[string]any {
	object, _ := r[key].(map[string]any)
	return object
}

func readDeployment(data []byte) (*deployment, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	d := &deployment{}
	if err := decoder.Decode(&d.outer); err != nil {
		return nil, fmt.Errorf("read the stack's state: %w", err)
	}
	d.inner, _ = d.outer["deployment"].(map[string]any)
	if d.inner == nil {
		d.inner = map[string]any{}
		d.outer["deployment"] = d.inner
	}
	return d, nil
}

// list gives the objects of a list of the state.
func (d *deployment) list(key string) []resource {
	var out []resource
	items, _ := d.inner[key].([]any)
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// keep drops the resources for which it is false.
func (d *deployment) keep(wanted func(resource) bool) {
	kept := []any{}
	for _, made := range d.list("resources") {
		if wanted(made) {
			kept = append(kept, map[string]any(made))
		}
	}
	d.inner["resources"] = kept
}

// outputs are the stack's outputs, a secret one as "[secret]".
func (d *deployment) outputs() map[string]any {
	for _, made := range d.list("resources") {
		if made.typ() != stackType {
			continue
		}
		out := map[string]any{}
		for name, value := range made.object("outputs") {
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

// add appends a resource: what it depends on stands before it.
func (d *deployment) add(made resource) {
	items, _ := d.inner["resources"].([]any)
	d.inner["resources"] = append(items, map[string]any(made))
}

// export reads the state with its secrets encrypted, as the backend holds it.
func (r *run) export(ctx context.Context, stack *auto.Stack) (*deployment, error) {
	stdout, err := r.cli(ctx, stack.Workspace(), nil, "stack", "export")
	if err != nil {
		return nil, err
	}
	return readDeployment(stdout)
}

func (r *run) replaceState(ctx context.Context, stack *auto.Stack, state *deployment) error {
	data, err := json.Marshal(state.outer)
	if err != nil {
		return err
	}
	return r.unlocked(ctx, func() error {
		_, err := r.cli(ctx, stack.Workspace(), data, "stack", "import")
		return err
	})
}

// cli runs a command of the CLI that the Automation API does not have, or not without writing secrets to a file.
func (r *run) cli(ctx context.Context, ws auto.Workspace, stdin []byte, args ...string) ([]byte, error) {
	var env []string
	for name, value := range ws.GetEnvVars() {
		env = append(env, name+"="+value)
	}
	stdout, stderr, _, err := r.command.Run(
		ctx,
		ws.WorkDir(),
		bytes.NewReader(stdin),
		nil,
		nil,
		env,
		append(args, "--stack", r.stack)...)
	if err != nil {
		return nil, fmt.Errorf("pulumi %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr))
	}
	return []byte(stdout), nil
}
