package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// stateResource is a resource in a stack's state.
type stateResource struct {
	URN          string         `json:"urn"`
	Type         string         `json:"type"`
	ID           string         `json:"id"`
	Custom       bool           `json:"custom"`
	Provider     string         `json:"provider"`
	Inputs       map[string]any `json:"inputs"`
	Outputs      map[string]any `json:"outputs"`
	Dependencies []string       `json:"dependencies"`
	Parent       string         `json:"parent"`
}

func (r stateResource) managed() bool { return r.Custom && !strings.HasPrefix(r.Type, "pulumi:") }

// state is what the engine of the sandbox has of a stack, in its order: what something depends on stands before it.
func (d *deployment) state(t *testing.T, stack string) []stateResource {
	t.Helper()
	files, err := filepath.Glob(
		filepath.Join(d.cache, "sandbox", "*", "backend", ".pulumi", "stacks", "*", stack+".json"),
	)
	require.NoError(t, err)
	require.Len(t, files, 1)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var state struct {
		Checkpoint struct {
			Latest struct{ Resources []stateResource }
		}
	}
	require.NoError(t, json.Unmarshal(data, &state))
	return state.Checkpoint.Latest.Resources
}

// hand changes what a stack deployed beside its engine, by the calls that the provider would make: whatever AWS has
// of a resource can be changed so, without a list of types.
type hand struct {
	t      *testing.T
	server *sandbox.Server
	// clients are the connections to providers, by the providers' references.
	clients   map[string]pulumirpc.ResourceProviderClient
	providers map[string]stateResource
	// made is what was made by hand, in this order.
	made []madeByHand
}

// byHand opens the sandbox's AWS with the credentials of a stack.
func (d *deployment) byHand(t *testing.T, stack, account string, use func(*hand)) {
	t.Helper()
	folderState, err := d.sandboxState()
	require.NoError(t, err)
	server := startSandbox(t, d.dir, sandbox.Options{State: folderState, Stack: stack, Account: account})
	h := &hand{
		t:         t,
		server:    server,
		clients:   map[string]pulumirpc.ResourceProviderClient{},
		providers: map[string]stateResource{},
	}
	for _, r := range d.state(t, stack) {
		if strings.HasPrefix(r.Type, "pulumi:providers:") {
			h.providers[r.URN+"::"+r.ID] = r
		}
	}
	use(h)
	require.NoError(t, server.Close())
}

// pulumiRefresh runs plain "pulumi refresh" on a stack of the sandbox: the state becomes what AWS has.
func (d *deployment) pulumiRefresh(t *testing.T, stack, account string) {
	t.Helper()
	state, err := d.sandboxState()
	require.NoError(t, err)
	home := filepath.Dir(state)
	server := startSandbox(t, d.dir, sandbox.Options{State: state, Stack: stack, Account: account})
	command, err := pulumicli.Find(t.Context(), pulumicli.Options{Progress: func(line string) { t.Log(line) }})
	require.NoError(t, err)
	keeper, err := sandboxhome.NewKeeper()
	require.NoError(t, err)
	defer keeper.Close()
	env := keeper.Env()
	maps.Copy(env, map[string]string{
		"PULUMI_BACKEND_URL":       "file://" + filepath.Join(home, "backend") + "?metadata=skip",
		"PULUMI_HOME":              filepath.Join(home, "pulumi"),
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		"PULUMI_DEBUG_PROVIDERS":   server.DebugProviders(),
	})
	local, err := auto.NewLocalWorkspace(
		t.Context(),
		auto.WorkDir(filepath.Join(home, "project", stack)),
		auto.Pulumi(command),
		auto.EnvVars(env),
	)
	require.NoError(t, err)
	selected, err := auto.SelectStack(t.Context(), stack, local)
	require.NoError(t, err)
	_, err = selected.Refresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, server.Close())
}

// client is a connection of the resource's own provider, configured as the engine configures it.
func (h *hand) client(r stateResource) pulumirpc.ResourceProviderClient {
	h.t.Helper()
	if client := h.clients[r.Provider]; client != nil {
		return client
	}
	of, known := h.providers[r.Provider]
	require.True(h.t, known, "%s has no provider", r.URN)
	pkg := strings.TrimPrefix(of.Type, "pulumi:providers:")
	port := ""
	for _, entry := range strings.Split(h.server.DebugProviders(), ",") {
		if name, at, _ := strings.Cut(entry, ":"); name == pkg {
			port = at
		}
	}
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = conn.Close() })
	client := pulumirpc.NewResourceProviderClient(conn)
	_, err = client.Attach(h.t.Context(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"})
	require.NoError(h.t, err)
	config := map[string]any{}
	for key, value := range of.Inputs {
		if strings.HasPrefix(key, "__") {
			continue
		}
		if _, text := value.(string); !text {
			data, marshalErr := json.Marshal(value)
			require.NoError(h.t, marshalErr)
			value = string(data)
		}
		config[key] = value
	}
	_, err = client.Configure(h.t.Context(), &pulumirpc.ConfigureRequest{Args: h.pack(config)})
	require.NoError(h.t, err)
	h.clients[r.Provider] = client
	return client
}

func (h *hand) pack(object map[string]any) *structpb.Struct {
	h.t.Helper()
	packed, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(object), plugin.MarshalOptions{})
	require.NoError(h.t, err)
	return packed
}

// change gives a resource other inputs. It says why AWS or the provider would not have them, and whether only another
// resource could.
func (h *hand) change(r stateResource, inputs map[string]any) (identity bool, refused error) {
	h.t.Helper()
	ctx, client := context.WithoutCancel(h.t.Context()), h.client(r)
	checked, err := client.Check(
		ctx,
		&pulumirpc.CheckRequest{Urn: r.URN, Olds: h.pack(r.Inputs), News: h.pack(inputs), RandomSeed: []byte("hand")},
	)
	if err != nil {
		return false, err
	}
	if failures := checked.GetFailures(); len(failures) > 0 {
		return false, fmt.Errorf("%s: %s", failures[0].GetProperty(), failures[0].GetReason())
	}
	diff, err := client.Diff(
		ctx,
		&pulumirpc.DiffRequest{
			Id:        r.ID,
			Urn:       r.URN,
			Olds:      h.pack(r.Outputs),
			OldInputs: h.pack(r.Inputs),
			News:      checked.GetInputs(),
		},
	)
	if err != nil {
		return false, err
	}
	if len(diff.GetReplaces()) > 0 {
		return true, nil
	}
	_, err = client.Update(
		ctx,
		&pulumirpc.UpdateRequest{
			Id:        r.ID,
			Urn:       r.URN,
			Olds:      h.pack(r.Outputs),
			OldInputs: h.pack(r.Inputs),
			News:      checked.GetInputs(),
		},
	)
	return false, err
}

// delete deletes a resource, after whatever hangs on it where AWS wants that and the caller takes it; a permissions
// boundary is taken off first. It gives the URNs of all that went or changed.
func (h *hand) delete(r stateResource, all []stateResource, withOthers bool) (gone []string, err error) {
	h.t.Helper()
	remove := func(r stateResource) error {
		_, err := h.client(r).Delete(context.WithoutCancel(h.t.Context()),
			&pulumirpc.DeleteRequest{Id: r.ID, Urn: r.URN, Properties: h.pack(r.Outputs), OldInputs: h.pack(r.Inputs)})
		return err
	}
	if err := remove(r); err == nil || !withOthers {
		return []string{r.URN}, err
	}
	for _, other := range slices.Backward(all) {
		if boundary := other.Inputs["permissionsBoundary"]; boundary != nil && boundary == r.Outputs["arn"] {
			inputs := maps.Clone(other.Inputs)
			delete(inputs, "permissionsBoundary")
			if _, err := h.change(other, inputs); err != nil {
				return gone, err
			}
			gone = append(gone, other.URN)
			continue
		}
		if other.managed() && (slices.Contains(other.Dependencies, r.URN) || hangsOn(other, r)) &&
			other.Type != "aws:iam/role:Role" &&
			other.Type != "aws:iam/user:User" {
			before := h.server.Snapshot().String()
			if err := remove(other); err != nil {
				return gone, err
			}
			if h.server.Snapshot().
				String() !=
				before { // A list that removes what it does not name is not there in AWS.
				gone = append(gone, other.URN)
			}
		}
	}
	return append(gone, r.URN), remove(r)
}

// hangsOn reports whether one of the resource's inputs is the name, the id or the ARN of the other.
func hangsOn(r, on stateResource) bool {
	for key, value := range r.Inputs {
		for _, id := range []any{on.ID, on.Inputs["name"], on.Outputs["arn"]} {
			list, _ := value.([]any)
			if key != "name" && id != nil && (value == id || slices.Contains(list, id)) {
				return true
			}
		}
	}
	return false
}

// handMade is one change that somebody may make: what becomes of a property.
type handMade struct {
	// property is a top-level property, and what is changed, removed or added.
	property, what string
	// values are what it may become; the first that AWS takes counts. No value means that the property goes.
	values []any
}

// handMades are the changes of a property of a value, whatever the property means, but for the paths that the program
// ignores.
func handMades(property string, value any, ignored []string) []handMade {
	var all []handMade
	add := func(what string, values ...any) {
		if len(values) > 0 {
			all = append(all, handMade{property, what, values})
		}
	}
	switch v := value.(type) {
	case bool:
		add("changed", !v)
	case float64:
		add("changed", v*2, v+1, v-1, v/2)
		add("removed", nil)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if slices.Contains(ignored, fmt.Sprintf("%s[%q]", property, key)) {
				continue
			}
			add("changed", with(v, key, other(v[key])...)...)
			gone := maps.Clone(v)
			delete(gone, key)
			add("removed", gone)
			break
		}
		add("added", with(v, "ByHand", "yes")...)
	case []any:
		if len(v) > 0 {
			add("removed", v[1:])
			for _, o := range other(v[0]) {
				add("changed", append([]any{o}, v[1:]...))
				add("added", append(slices.Clone(v), o))
			}
		} else {
			add("added", []any{"by-hand"}, []any{"arn:aws:iam::aws:policy/AdministratorAccess"})
		}
	case string:
		var document map[string]any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &document) == nil {
			for _, c := range handMadeDocuments(document) {
				var texts []any
				for _, d := range c.values {
					text, err := json.Marshal(d)
					if err == nil {
						texts = append(texts, string(text))
					}
				}
				add(c.what, texts...)
			}
			return all
		}
		add("changed", other(v)...)
		add("removed", nil)
	}
	return all
}

// other are values of the same kind as a value, of which AWS takes some.
func other(value any) []any {
	switch v := value.(type) {
	case string:
		if strings.HasPrefix(v, "arn:aws:iam:") {
			return []any{"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"}
		}
		var out []any
		for from, to := range map[string]string{"PT1H": "PT2H", "PT2H": "PT3H", "PT4H": "PT5H", "PT8H": "PT9H", "USER": "GROUP", "true": "false", "false": "true"} {
			if v == from {
				out = append(out, to)
			}
		}
		return append(out, v+"x")
	case float64:
		return []any{v * 2, v + 1, v - 1}
	case bool:
		return []any{!v}
	case map[string]any:
		var out []any
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, with(v, key, other(v[key])...)...)
		}
		return out
	case []any:
		if len(v) > 0 {
			var out []any
			for _, o := range other(v[0]) {
				out = append(out, append([]any{o}, v[1:]...))
			}
			return out
		}
	}
	return nil
}

// with are copies of an object with other values of a key.
func with(object map[string]any, key string, values ...any) []any {
	var out []any
	for _, value := range values {
		copied := maps.Clone(object)
		copied[key] = value
		out = append(out, copied)
	}
	return out
}

// handMadeDocuments are the changes of a document: of a policy its statements, of another its leaves.
func handMadeDocuments(document map[string]any) []handMade {
	statements, policy := document["Statement"].([]any)
	if !policy {
		var changed, removed []any
		leavesOf(document, func(set func(any) any, value any) {
			for _, o := range other(value) {
				changed = append(changed, set(o))
			}
			removed = append(removed, set(nil))
		})
		return []handMade{{"", "changed", changed}, {"", "removed", removed}}
	}
	statement := maps.Clone(statements[0].(map[string]any))
	changed := maps.Clone(statement)
	changed["Effect"] = map[string]string{"Allow": "Deny", "Deny": "Allow"}[statement["Effect"].(string)]
	more := maps.Clone(statement)
	more["Sid"] = "ByHand"
	of := func(list []any) []any { return with(document, "Statement", list) }
	all := []handMade{
		{"", "changed", of(append([]any{changed}, statements[1:]...))},
		{"", "added", of(append(slices.Clone(statements), more))},
	}
	if len(statements) > 1 {
		all = append(all, handMade{"", "removed", of(statements[1:])})
	}
	return all
}

// leavesOf visits the leaves of a document with what the document becomes when one of them is set; nil takes it out.
func leavesOf(document any, visit func(set func(any) any, value any)) {
	switch v := document.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			leavesOf(v[key], func(set func(any) any, value any) {
				visit(func(leaf any) any {
					copied := maps.Clone(v)
					if copied[key] = set(leaf); copied[key] == nil {
						delete(copied, key)
					}
					return copied
				}, value)
			})
		}
	case []any:
		for i := range v {
			leavesOf(v[i], func(set func(any) any, value any) {
				visit(func(leaf any) any {
					copied := slices.Clone(v)
					copied[i] = set(leaf)
					return slices.DeleteFunc(copied, func(v any) bool { return v == nil })
				}, value)
			})
		}
	default:
		visit(func(leaf any) any { return leaf }, v)
	}
}
