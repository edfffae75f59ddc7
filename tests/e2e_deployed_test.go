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
// its own.

// shipment is a shipped project as it is after an undisturbed up of some of its stacks.
type shipment struct {
	folder string
	stacks []string

	once    sync.Once
	d       *deployment
	summary *result.Summary
	err     error
}

var (
	devDeployed          = &shipment{folder: "..", stacks: []string{"dev"}}
	bothDeployed         = &shipment{folder: ".."}
	organizationDeployed = &shipment{folder: exampleOrganization}
)

// make deploys the project, once.
func (s *shipment) make() {
	dir, err := os.MkdirTemp("", "guardrails-test-")
	if err != nil {
		s.err = err
		return
	}
	s.d = &deployment{dir: filepath.Join(dir, "project"), cache: filepath.Join(dir, "guardrails")}
	if s.err = os.Mkdir(s.d.dir, 0o755); s.err != nil {
		return
	}
	files, err := filepath.Glob(filepath.Join(s.folder, "*.yaml"))
	if err != nil {
		s.err = err
		return
	}
	for _, file := range files {
		data, readErr := os.ReadFile(file)
		if readErr == nil {
			readErr = os.WriteFile(filepath.Join(s.d.dir, filepath.Base(file)), data, 0o644)
		}
		if readErr != nil {
			s.err = readErr
			return
		}
	}
	folder, err := project.Open(s.d.dir)
	if err != nil {
		s.err = err
		return
	}
	options := workspace.Options{Sandbox: true, Cache: s.d.cache}
	s.summary, s.err = workspace.New(folder, options).Run(context.Background(), result.Up, s.stacks...)
}

// copy is a deployment of its own that begins with what was deployed. Its cache is where a command looks for it.
func (s *shipment) copy(t *testing.T) *deployment {
	t.Helper()
	d := newDeployment(t)
	if s.folder == exampleOrganization {
		d = newOrganization(t)
	}
	d.cache = filepath.Join(t.TempDir(), "guardrails")
	s.once.Do(s.make)
	require.NoError(t, s.err)
	from, err := s.d.sandboxState()
	require.NoError(t, err)
	to, err := d.sandboxState()
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(filepath.Dir(to)))
	require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Dir(to)), 0o755))
	require.NoError(t, os.CopyFS(filepath.Dir(to), os.DirFS(filepath.Dir(from))))
	return d
}

// world is what the sandbox's AWS holds after an up in which nothing went wrong.
func (s *shipment) world(t *testing.T) string {
	t.Helper()
	return s.copy(t).world(t)
}

// removeShipments removes what was deployed for all tests.
func removeShipments() {
	for _, s := range []*shipment{devDeployed, bothDeployed, organizationDeployed} {
		if s.d != nil {
			_ = os.RemoveAll(filepath.Dir(s.d.dir))
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
