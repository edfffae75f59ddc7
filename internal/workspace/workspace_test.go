package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/policy"
)

// thing is a component without children: what the engine can register without any provider.
type thing struct{ pulumi.ResourceState }

var errProgramRefuses = errors.New("the program refuses")

// fixture is a folder with two stacks, and a program that registers the things it is told to.
type fixture struct {
	dir     string
	cache   string
	things  []string
	fail    error
	refused map[string]error
	ran     atomic.Int32
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	clitest.Need(t)
	f := &fixture{dir: t.TempDir(), cache: t.TempDir(), refused: map[string]error{}}
	f.write(t, "Pulumi.yaml", "name: tiny\nruntime: go\nmain: ../..\nbackend:\n  url: s3://nowhere\n")
	f.write(
		t,
		"Pulumi.dev.yaml",
		"# a comment   \nconfig:\n    tiny:greeting: hello\n    aws:secretKey:\n        secure: "+
			"v1:abc\nencryptionsalt: v1:of:another\n",
	)
	f.write(t, "Pulumi.prod.yaml", "secretsprovider: awskms://alias/x\nconfig:\n  tiny:greeting: hi\n")
	return f
}

func (f *fixture) write(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, name), []byte(content), 0o644))
}

func (f *fixture) workspace(t *testing.T) *Workspace {
	t.Helper()
	folder, err := project.Open(f.dir)
	require.NoError(t, err)
	return New(folder, Options{Sandbox: true, Cache: f.cache, parts: &parts{
		check: func(file string) (target, error) {
			return target{account: "111122223333", partition: policy.AWS}, f.refused[filepath.Base(file)]
		},
		run: anywhere(func(ctx *pulumi.Context) error {
			f.ran.Add(1)
			if f.fail != nil {
				return f.fail
			}
			greeting, ok := ctx.GetConfig("tiny:greeting")
			if !ok || greeting == "" {
				return errors.New("the stack file did not reach the program")
			}
			for _, name := range f.things {
				if err := ctx.RegisterComponentResource("tiny:index:Thing", name, &thing{}); err != nil {
					return err
				}
			}
			ctx.Export("things", pulumi.ToStringArray(f.things))
			ctx.Export("password", pulumi.ToSecret(pulumi.String("x")))
			return nil
		}),
		refused: func(err error) bool { return errors.Is(err, errProgramRefuses) },
		provide: func(context.Context, sandbox.Options) (provider, error) { return noProvider{}, nil },
	}})
}

type noProvider struct{}

func (noProvider) DebugProviders() string { return "aws:1" }
func (noProvider) Endpoint() string       { return "" }
func (noProvider) Close() error           { return nil }

func names(changes []result.Change, op result.Op) []string {
	out := []string{}
	for _, c := range changes {
		if c.Op == op {
			out = append(out, c.Name)
		}
	}
	return out
}

// A sandbox run goes through its whole life and leaves every byte of the folder as it was.
func TestASandboxRunLeavesTheFolderByteForByte(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := snapshot(t, f.dir)
	w := f.workspace(t)
	f.things = []string{"a", "b"}

	summary, err := w.Run(t.Context(), result.Preview, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, names(summary.Stacks[0].Changes, result.Create))

	summary, err = w.Run(t.Context(), result.Up)
	require.NoError(t, err)
	require.Len(t, summary.Stacks, 2)
	for i, stack := range []string{"dev", "prod"} {
		report := summary.Stacks[i]
		assert.Equal(t, stack, report.Stack)
		assert.Equal(t, "111122223333", report.Account)
		assert.Equal(t, []string{"a", "b"}, names(report.Changes, result.Create))
		assert.Equal(t, map[string]any{"things": []any{"a", "b"}, "password": "[secret]"}, report.Outputs)
		assert.Positive(t, report.Seconds)
	}

	summary, err = w.Run(t.Context(), result.Preview, "dev")
	require.NoError(t, err)
	assert.Empty(t, summary.Stacks[0].Changes, "a second run plans no change")
	assert.Zero(t, summary.Stacks[0].Same, "components exist in the program alone")

	f.things = []string{"b", "c"}
	summary, err = w.Run(t.Context(), result.Preview, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"c"}, names(summary.Stacks[0].Changes, result.Create))
	assert.Equal(t, []string{"a"}, names(summary.Stacks[0].Changes, result.Delete))

	summary, err = w.Run(t.Context(), result.Destroy, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, names(summary.Stacks[0].Changes, result.Delete))

	assert.Equal(t, before, snapshot(t, f.dir))
}

// What was never deployed is destroyed by doing nothing.
func TestDestroyOfAStackThatNeverWasDoesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	summary, err := f.workspace(t).Run(t.Context(), result.Destroy, "dev")
	require.NoError(t, err)
	assert.Empty(t, summary.Stacks[0].Changes)
	assert.Zero(t, f.ran.Load())
}

// A stack file that is refused keeps every stack of the command from being started, and all refusals come at once.
func TestARefusedStackFileStartsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refused["Pulumi.dev.yaml"] = errors.New("dev is bad")
	f.refused["Pulumi.prod.yaml"] = errors.New("prod is bad")
	for _, operation := range []result.Operation{result.Preview, result.Up, result.Destroy} {
		summary, err := f.workspace(t).Run(t.Context(), operation)
		require.ErrorContains(t, err, "dev is bad\nprod is bad")
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		assert.Empty(t, summary.Stacks)
	}
	assert.Zero(t, f.ran.Load())
	assert.Empty(t, snapshot(t, f.cache), "not even a sandbox is made")
}

// A refusal that only the program can make has status 1 with the program's own words; any other error of the
// program's has status 3.
func TestTheProgramsRefusalIsNotAFailureOfTheEngine(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.things = []string{"a"}
	for _, operation := range []result.Operation{result.Preview, result.Up} {
		f.fail = errProgramRefuses
		summary, err := f.workspace(t).Run(t.Context(), operation, "dev")
		require.ErrorIs(t, err, errProgramRefuses)
		assert.Equal(t, "the program refuses", err.Error())
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		require.Len(t, summary.Stacks, 1)
		assert.Equal(t, "the program refuses", summary.Stacks[0].Error)
		assert.Empty(t, summary.Stacks[0].Changes)

		f.fail = errors.New("lost my way")
		_, err = f.workspace(t).Run(t.Context(), operation, "dev")
		require.EqualError(t, err, "dev: "+string(operation)+" failed\n  lost my way")
		assert.Equal(t, exit.Failed, exit.StatusOf(err))
	}
}

// A sandbox can be started anew.
func TestFreshForgetsEverything(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.things = []string{"a"}
	w := f.workspace(t)
	_, err := w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	w.options.Fresh = true
	summary, err := w.Run(t.Context(), result.Preview, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, names(summary.Stacks[0].Changes, result.Create))
}

// An interrupted run says so and how to go on.
func TestAnInterruptedRunSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	w := f.workspace(t)
	w.parts.run = anywhere(func(*pulumi.Context) error { cancel(); <-ctx.Done(); return ctx.Err() })
	_, err := w.Run(ctx, result.Up, "dev")
	require.ErrorContains(t, err, "interrupted; run it again to go on")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	}))
	return files
}

// anywhere is a program that does not ask for the folder.
func anywhere(run pulumi.RunFunc) func(string) pulumi.RunFunc {
	return func(string) pulumi.RunFunc { return run }
}
