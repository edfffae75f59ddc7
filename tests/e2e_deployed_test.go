package tests

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// Most tests begin with a project that is deployed. It is deployed once for all of them, and each works on a copy of
// its own, of the whole or of the first stacks.

// shipment is a shipped project that is deployed.
type shipment struct {
	open func(*testing.T) *deployment
	// stacks are all stacks of the project, in the order in which a first up takes them.
	stacks []string
	// atOnce has the last stage made by one run over all stacks.
	atOnce bool

	mu sync.Mutex
	// after is the project with the first stacks deployed, by how many they are.
	after map[int]*deployment
	// summaries are of the runs that deployed what comes after a stage up to another one, by the later one.
	summaries map[int]*result.Summary
	err       error
}

// stage is a shipment of which the first stacks are deployed.
type stage struct {
	of     *shipment
	stacks int
}

var (
	shippedProject = &shipment{open: newDeployment, stacks: []string{"dev", "prod"}}
	shippedExample = &shipment{
		open:   newOrganization,
		stacks: []string{"management", "jump", "workload", "payments", "identity"},
		atOnce: true,
	}
	shippedTools = &shipment{open: newTools, stacks: []string{"tools"}}
	shippedLab   = &shipment{open: newLab, stacks: []string{"root", "lab"}, atOnce: true}

	devDeployed          = stage{shippedProject, 1}
	bothDeployed         = stage{shippedProject, 2}
	organizationDeployed = stage{shippedExample, 5}
	toolsDeployed        = stage{shippedTools, 1}
	labDeployed          = stage{shippedLab, 2}
)

// deploy deploys the first stacks of the project, once. What was deployed already of fewer stacks is gone on with, the
// rest in one run.
func (s *shipment) deploy(t *testing.T, stacks int) *deployment {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.after[stacks] == nil && s.err == nil {
		s.err = s.next(t, stacks)
	}
	require.NoError(t, s.err)
	return s.after[stacks]
}

func (s *shipment) next(t *testing.T, stacks int) error {
	t.Helper()
	dir, err := os.MkdirTemp("", "guardrails-test-") // It outlives the test.
	if err != nil {
		return err
	}
	d := &deployment{dir: filepath.Join(dir, "project"), cache: filepath.Join(dir, "guardrails")}
	if s.after == nil {
		s.after, s.summaries = map[int]*deployment{}, map[int]*result.Summary{}
	}
	if err = os.CopyFS(d.dir, os.DirFS(s.open(t).dir)); err != nil {
		return err
	}
	done := 0
	for fewer := range s.after {
		if fewer < stacks && !(s.atOnce && stacks == len(s.stacks)) {
			done = max(done, fewer)
		}
	}
	if done > 0 {
		if err = d.becomes(s.after[done]); err != nil {
			return err
		}
	}
	folder, err := project.Open(d.dir)
	if err != nil {
		return err
	}
	w := workspace.New(folder, workspace.Options{Sandbox: true, Cache: d.cache})
	s.after[stacks] = d
	rest := slices.Clone(s.stacks[done:stacks])
	slices.Reverse(rest) // Whatever order they are named in, each comes after those that it needs.
	s.summaries[stacks], err = w.Run(context.Background(), result.Up, rest...)
	return err
}

// summary is of the run that deployed what comes up to a stage.
func (s *shipment) summary(t *testing.T, stacks int) *result.Summary {
	t.Helper()
	s.deploy(t, stacks)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.summaries[stacks]
}

// report is what the run that deployed a stack did.
func (s *shipment) report(t *testing.T, stack string) *result.Report {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, summary := range s.summaries {
		for _, r := range summary.Stacks {
			if r.Stack == stack {
				return r
			}
		}
	}
	t.Fatalf("test bug: %s is not deployed", stack)
	return nil
}

// becomes gives a deployment the sandbox of another one.
func (d *deployment) becomes(other *deployment) error {
	from, err := other.sandboxState()
	if err != nil {
		return err
	}
	to, err := d.sandboxState()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Dir(to)), 0o755); err != nil {
		return err
	}
	return os.CopyFS(filepath.Dir(to), os.DirFS(filepath.Dir(from)))
}

// copy is a deployment of its own that begins with what was deployed. Its cache is where a command looks for it.
func (from stage) copy(t *testing.T) *deployment {
	t.Helper()
	d := from.of.open(t)
	d.cache = filepath.Join(t.TempDir(), "guardrails")
	if from.stacks == 0 {
		return d
	}
	require.NoError(t, d.becomes(from.of.deploy(t, from.stacks)))
	return d
}

// world is what the sandbox's AWS holds after an up in which nothing went wrong.
func (from stage) world(t *testing.T) string {
	t.Helper()
	return from.copy(t).world(t)
}

// removeShipments removes what was deployed for all tests.
func removeShipments() {
	for _, s := range []*shipment{shippedProject, shippedExample, shippedTools, shippedLab} {
		for _, d := range s.after {
			_ = os.RemoveAll(filepath.Dir(d.dir))
		}
	}
}

// A copy of a deployed project is deployed: a second look plans no change, and what is done to one copy is not done
// to another.
func TestACopyOfADeployedProjectIsDeployed(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	require.Empty(t, d.run(t, result.Preview, "dev").Changes)
	want := d.world(t)
	d.byOthers(t)
	require.NotEqual(t, want, d.world(t))
	require.Equal(t, want, devDeployed.world(t))
	var names []string
	require.NoError(t, fs.WalkDir(os.DirFS(d.dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	slices.Sort(names)
	require.Equal(
		t,
		fmt.Sprint([]string{"Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.yaml", "sandbox.yaml"}),
		fmt.Sprint(names),
	)
}
