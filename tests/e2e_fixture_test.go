package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
)

// The folders of the examples.
var (
	exampleOrganization = filepath.Join("..", "examples", "organization")
	exampleTools        = filepath.Join("..", "examples", "tools")
	exampleLab          = filepath.Join("..", "examples", "lab")
)

// read reads a stack file and requires that it is in order.
func read(t testing.TB, file string) *stack.Stack {
	t.Helper()
	stack, problems := stack.ReadFile(file)
	require.NoError(t, problems.Err())
	return stack
}

// deployment is a copy of the shipped project with a sandbox of its own.
type deployment struct {
	dir, cache string
	// cli is the folder of the built Pulumi CLI; empty when the one on PATH is used.
	cli string
}

func newDeployment(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{cli: clitest.Need(t), dir: t.TempDir(), cache: t.TempDir()}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "sandbox.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		d.write(t, name, string(data))
	}
	return d
}

func (d *deployment) write(t testing.TB, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o644))
}

func (d *deployment) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, name))
	require.NoError(t, err)
	return string(data)
}

// edit replaces a text in a file, once.
func (d *deployment) edit(t *testing.T, name, before, after string) {
	t.Helper()
	testkit.EditFile(t, filepath.Join(d.dir, name), before, after)
}

// expectNothing takes the expectations out of a stack file, and what they rest on: they name people and roles that a
// test is about to remove.
func (d *deployment) expectNothing(t *testing.T, name string) {
	t.Helper()
	content := d.read(t, name)
	at := strings.Index(content, "  guardrails:expect:")
	require.Positive(t, at, "test bug: %s expects nothing", name)
	d.write(t, name, content[:at])
}

func (d *deployment) workspace(t *testing.T, options workspace.Options) *workspace.Workspace {
	t.Helper()
	folder, err := project.Open(d.dir)
	require.NoError(t, err)
	options.Sandbox, options.Cache = true, d.cache
	return workspace.New(folder, options)
}

// run runs an operation that must succeed, and gives the report of its one stack.
func (d *deployment) run(t *testing.T, operation result.Operation, stack string) *result.Report {
	t.Helper()
	return d.runAllowing(t, operation, stack)
}

// runAllowing is run, with guarded resources that may go.
func (d *deployment) runAllowing(
	t *testing.T,
	operation result.Operation,
	stack string,
	deleted ...string,
) *result.Report {
	t.Helper()
	summary, err := d.workspace(t, workspace.Options{AllowDelete: deleted}).Run(t.Context(), operation, stack)
	require.NoError(t, err)
	require.Len(t, summary.Stacks, 1)
	return summary.Stacks[0]
}

// sandboxState is the path of the sandbox's AWS.
func (d *deployment) sandboxState() (string, error) {
	folder, err := project.Open(d.dir)
	if err != nil {
		return "", err
	}
	return workspace.New(folder, workspace.Options{Sandbox: true, Cache: d.cache}).SandboxState()
}

// startSandbox starts the sandbox of a folder as the verbs do: with what its sandbox.yaml and its stack files say.
func startSandbox(t *testing.T, dir string, o sandbox.Options) *sandbox.Server {
	t.Helper()
	folder, err := project.Open(dir)
	require.NoError(t, err)
	o.World, o.Known = filepath.Join(dir, "sandbox.yaml"), workspace.KnownBy(folder)
	server, err := sandbox.Start(t.Context(), o)
	require.NoError(t, err)
	return server
}

// aws opens the sandbox's AWS between two operations.
func (d *deployment) aws(t *testing.T, use func(*sandbox.Server)) {
	t.Helper()
	state, err := d.workspace(t, workspace.Options{}).SandboxState()
	require.NoError(t, err)
	server := startSandbox(t, d.dir, sandbox.Options{State: state})
	use(server)
	require.NoError(t, server.Close())
}

// account is what the sandbox's AWS holds of an account.
func (d *deployment) account(t *testing.T, id string) cloud.AccountSnapshot {
	t.Helper()
	var found cloud.AccountSnapshot
	d.aws(t, func(s *sandbox.Server) { found = s.Snapshot().Accounts[id] })
	return found
}

// world is all that the sandbox's AWS holds, as text without what differs from run to run: ids, dates, and how many
// versions a policy or a document had before the one in force.
func (d *deployment) world(t *testing.T) string {
	t.Helper()
	var world any
	d.aws(t, func(s *sandbox.Server) {
		data, err := json.Marshal(s.Snapshot())
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &world))
	})
	text, err := json.MarshalIndent(lasting(world), "", "  ")
	require.NoError(t, err)
	return unmarked(string(text))
}

// followed is the mark that preferences carry when they follow others.
var followed = regexp.MustCompile(` \(after [0-9a-f]{12}\)`)

// unmarked is a text without the marks of contents that follow others: what means the same.
func unmarked(text string) string { return followed.ReplaceAllString(text, "") }

func lasting(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, v := range value {
			switch key {
			case "id", "created", "principals", "accessKeys", "default":
			case "attached": // A set, in the order in which calls happened to come.
				out[key] = asSets(v)
			case "versions":
				list := value[key].([]any)
				out["inForce"] = lasting(list[len(list)-1])
			default:
				out[key] = lasting(v)
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = lasting(v)
		}
		return out
	}
	return value
}

// asSets sorts the lists of texts in a value.
func asSets(value any) any {
	switch value := value.(type) {
	case map[string]any: // Of an organization: the policies by target.
		for key, v := range value {
			value[key] = asSets(v)
		}
	case []any:
		slices.SortFunc(value, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	}
	return value
}

// bytesOf are the files of the project.
func (d *deployment) bytesOf(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, entry := range entries {
		files[entry.Name()] = d.read(t, entry.Name())
	}
	return files
}

// changed is "op name" for each resource of a report that changes, components left out, in the order of the report.
func changed(r *result.Report) []string {
	out := []string{}
	for _, c := range r.Changes {
		if !c.Component {
			out = append(out, string(c.Op)+" "+c.Name)
		}
	}
	return out
}
