package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// withBackend is a workspace with its AWS, and the folder in which its backend keeps files: that of the sandbox, or a
// file backend of a real run.
func withBackend(t *testing.T, real bool) (w *Workspace, aws *memory, list *[]user, files string) {
	t.Helper()
	w, aws, list = withUsers(t)
	if !real {
		dir, err := sandboxhome.SandboxDir(w.options.Cache, w.folder)
		require.NoError(t, err)
		return w, aws, list, filepath.Join(dir, "backend", ".pulumi")
	}
	files = t.TempDir()
	return overBackend(t, w, aws, "file://"+files), aws, list, filepath.Join(files, ".pulumi")
}

// overBackend makes a workspace of tests one of real runs, whose states are at an address.
func overBackend(t *testing.T, w *Workspace, aws *memory, address string) *Workspace {
	t.Helper()
	t.Setenv("PULUMI_BACKEND_URL", address)
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "")
	t.Setenv("PULUMI_HOME", t.TempDir())
	t.Setenv("PULUMI_DEBUG_PROVIDERS", aws.DebugProviders())
	t.Setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
	// The fixture is for sandboxes, which drop what only a real backend can honour.
	for name, content := range map[string]string{
		"Pulumi.yaml":      "name: tiny\nruntime: go\n",
		"Pulumi.dev.yaml":  "# who\n\nconfig:\n\n  tiny:greeting: hello   # a greeting\n\n# the end\n",
		"Pulumi.prod.yaml": "config:\n  tiny:greeting: hi",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(w.folder.Dir, name), []byte(content), 0o644))
	}
	folder, err := project.Open(w.folder.Dir)
	require.NoError(t, err)
	options := w.options
	options.Sandbox = false
	return &Workspace{folder: folder, options: options, parts: w.parts}
}

// engineLocks are the locks below a backend's files.
func engineLocks(t *testing.T, files string) (paths []string) {
	t.Helper()
	require.NoError(
		t,
		filepath.WalkDir(filepath.Join(files, "locks"), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".json" {
				paths = append(paths, path)
			}
			return sandboxhome.IgnoreMissing(err)
		}),
	)
	return paths
}

// killEngines ends the engines that hold locks, as a power cut would.
func killEngines(t *testing.T, files string) {
	t.Helper()
	for _, path := range engineLocks(t, files) {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var lock struct{ PID int }
		require.NoError(t, json.Unmarshal(data, &lock))
		require.Positive(t, lock.PID)
		require.NoError(t, syscall.Kill(lock.PID, syscall.SIGKILL))
	}
}

var bothBackends = map[string]bool{"a sandbox": false, "a real file backend": true}

// A run that is killed is finished by running the same again, whatever the backend, several times in a row (five
// in the nightly tier): its locks are recognized and cancelled.
func TestKilledRunsLeaveNoLockThatStopsTheNext(t *testing.T) {
	for name, real := range bothBackends {
		t.Run(name, func(t *testing.T) {
			if real {
				tier.Long(t)
			}
			w, aws, list, files := withBackend(t, real)
			*list = []user{{name: "alice", path: "/"}, {name: "bob", path: "/"}, {name: "carol", path: "/"}}
			for _, at := range tier.Sample(map[bool]int{false: 1, true: 2}[real], "bob", "alice", "bob", "bob", "carol") {
				aws.creating = func(ctx context.Context, name string, properties *structpb.Struct) {
					if name == at {
						aws.mu.Lock()
						aws.held[name] = properties // AWS carries it out, and nobody hears of it.
						aws.mu.Unlock()
						killEngines(t, files)
						<-ctx.Done()
					}
				}
				aws.mu.Lock()
				delete(aws.held, at)
				aws.refuse = map[string]error{at: errors.New("nobody is there to hear this")}
				aws.mu.Unlock()
				_, err := w.Run(t.Context(), result.Up, "dev")
				require.Error(t, err)
				require.NotEmpty(t, engineLocks(t, files))
			}
			aws.creating, aws.refuse = nil, nil
			_, err := w.Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			assert.Equal(t, []string{"alice", "bob", "carol"}, aws.names())
			assert.Empty(t, engineLocks(t, files))
			for path := range snapshot(t, files) {
				assert.NotEqual(t, ".attrs", filepath.Ext(path), "an engine writes each file in one piece")
			}
		})
	}
}

// A backend of files that a kill, a power cut or a full disk left with files that the engine cannot read is put right
// by one up, from what it keeps itself. What only looks says what is broken and leaves it; without a copy nothing is
// touched, and the line to run is told.
func TestABrokenFileBackendIsPutRightByOneUp(t *testing.T) {
	w, aws, list, files := withBackend(t, true)
	*list = []user{{name: "alice", path: "/"}}
	_, err := w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	state := filepath.Join(files, "stacks", "tiny", "dev.json")
	lock := filepath.Join(files, "locks", "organization", "tiny", "dev", "0b.json.1.tmp")
	for i, part := range []float64{0, 0.5} {
		*list = append(*list, user{name: fmt.Sprintf("user%d", i), path: "/"})
		whole, readErr := os.ReadFile(state)
		require.NoError(t, readErr)
		require.NoError(t, os.WriteFile(state, whole[:int(part*float64(len(whole)))], 0o600))
		for _, file := range []string{state + ".attrs", filepath.Join(files, "meta.yaml.attrs"), filepath.Join(files, "meta.yaml"), lock} {
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, nil, 0o600))
		}
		before := snapshot(t, files)
		_, readErr = w.Run(t.Context(), result.Preview, "dev")
		require.ErrorContains(t, readErr, state+": the engine's state of a stack ")
		require.ErrorContains(
			t,
			readErr,
			`"guardrails up dev -C `+w.folder.Dir+`" puts it right from what the backend keeps itself, preview changes nothing`,
		)
		assert.Equal(t, exit.Failed, exit.StatusOf(readErr))
		require.Equal(t, before, snapshot(t, files))

		held := filepath.Join(filepath.Dir(lock), "held.json")
		require.NoError(
			t,
			os.WriteFile(
				held,
				[]byte(`{"pid":1,"username":"u","hostname":"elsewhere","timestamp":"2024-05-01T10:00:00Z"}`),
				0o600,
			),
		)
		before = snapshot(t, files)
		_, readErr = w.Run(t.Context(), result.Up, "dev")
		require.ErrorContains(t, readErr, "locked by u on elsewhere")
		require.Equal(t, before, snapshot(t, files), "what somebody else may work on is left alone")
		require.NoError(t, os.Remove(held))

		_, readErr = w.Run(t.Context(), result.Up, "dev")
		require.NoError(t, readErr)
		assert.Len(t, aws.names(), 2+i)
	}

	aws.mu.Lock()
	kept := len(aws.held)
	aws.mu.Unlock()
	for _, copies := range []string{"backups", "history", filepath.Join("stacks", "tiny", "dev.json.bak")} {
		require.NoError(t, os.RemoveAll(filepath.Join(files, copies)))
	}
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,"check`), 0o600))
	before := snapshot(t, files)
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, state+": the engine's state of a stack cannot be read: ")
	require.ErrorContains(t, err, "the backend has no copy of it that can be read")
	require.ErrorContains(t, err, "mv "+state+" "+state+".broken")
	require.ErrorContains(t, err, `"guardrails adopt dev -C `+w.folder.Dir+`"`)
	assert.Equal(t, before, snapshot(t, files))
	assert.Len(t, aws.names(), kept)
}

// Who holds a lock decides what becomes of it. The id of a process that is another one by now holds nothing. All of
// them in a backend of files; two of them in a sandbox, which has the same locks, and all in the nightly tier.
func TestWhoHoldsALockDecides(t *testing.T) {
	host, err := os.Hostname()
	require.NoError(t, err)
	gone := exec.Command("true")
	require.NoError(t, gone.Run())
	for name, real := range bothBackends {
		t.Run(name, func(t *testing.T) {
			if real {
				tier.Long(t)
			}
			w, aws, list, files := withBackend(t, real)
			*list = []user{{name: "alice", path: "/"}}
			_, err := w.Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			lock := filepath.Join(files, "locks", "organization", "tiny", "dev", "3f2b.json")
			type lockCase struct {
				name, host string
				pid        int
				at         time.Time
				says       []string
			}
			for i, c := range tier.Sample(map[bool]int{false: 2, true: 9}[real], []lockCase{
				{"a living stranger", host, os.Getpid(), time.Now().Add(-time.Hour * 24 * 365), nil},
				{"a living process", host, os.Getpid(), time.Now(), []string{
					fmt.Sprintf("locked by u on %s, process %d, since ", host,
						os.Getpid()), "(/", "3f2b.json)", "wait until it ends, or end it, and run the same again",
				}},
				{"another machine", "elsewhere", os.Getpid(), time.Now(),
					[]string{"locked by u on elsewhere", "3f2b.json", "This machine cannot tell"}},
				{"a machine without a name of its own", "localhost", 2147483647, time.Now(),
					[]string{"locked by u on localhost", "3f2b.json"}},
				{"a dead process", host, gone.Process.Pid, time.Now(), nil},
				{"no process ever", host, 2147483647, time.Now(), nil},
				{"an id that is none", host, -1, time.Now(), nil},
				{"an id that wraps around", host, 1<<32 + os.Getpid(), time.Now(), nil},
				{"nobody", "", 0, time.Now(),
					[]string{"locked by somebody whom the lock does not name (/", "3f2b.json)"}},
			}...) {
				*list = append(*list, user{name: fmt.Sprintf("user%d", i), path: "/"})
				require.NoError(t, os.MkdirAll(filepath.Dir(lock), 0o755))
				content := fmt.Sprintf(
					`{"pid":%d,"username":"u","hostname":%q,"timestamp":%q}`,
					c.pid,
					c.host,
					c.at.Format(time.RFC3339Nano),
				)
				require.NoError(t, os.WriteFile(lock, []byte(content), 0o644))
				before := aws.names()
				_, err := w.Run(t.Context(), result.Up, "dev")
				if c.says == nil {
					require.NoError(t, err, c.name)
					assert.NoFileExists(t, lock)
					continue
				}
				assert.Equal(t, exit.Failed, exit.StatusOf(err), c.name)
				for _, text := range c.says {
					assert.ErrorContains(t, err, text, c.name)
				}
				if real && c.host != host {
					assert.ErrorContains(t, err, "pulumi cancel --yes dev --cwd ")
				}
				assert.Equal(t, before, aws.names(), c.name)
				assert.FileExists(t, lock, "what is not known to be dead is not cancelled")
				require.NoError(t, os.Remove(lock))
			}
		})
	}
}

// What the engine would write into a stack file is written before, and nothing else of the file changes; the engine
// then leaves it alone. A file that was changed by that alone does not stop the next run, which asks for the commit.
func TestTheEnginesKeyIsWrittenIntoTheFileAsItIs(t *testing.T) {
	tier.Long(t)
	w, _, list, _ := withBackend(t, true)
	*list = []user{{name: "alice", path: "/"}}
	w.parts.run = anywhere(func(ctx *pulumi.Context) error {
		if ctx.Stack() == "prod" {
			return users(&[]user{{name: "bob", path: "/"}})(ctx)
		}
		return users(list)(ctx)
	})
	git := func(args ...string) {
		out, err := exec.Command("git",
			append([]string{"-C", w.folder.Dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...).
			CombinedOutput()
		require.NoError(t, err, string(out))
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "one")
	_, err := w.Run(t.Context(), result.Preview, "dev")
	require.ErrorContains(t, err, "is not in the backend yet")
	before := snapshot(t, w.folder.Dir)

	_, err = w.Run(t.Context(), result.Up)
	require.NoError(t, err)
	salts := map[string]string{}
	for stack, around := range map[string][2]string{
		"dev":  {"# who\n\nconfig:\n\n  tiny:greeting: hello   # a greeting\n", "\n# the end\n"},
		"prod": {"config:\n  tiny:greeting: hi\n", ""},
	} {
		data, readErr := os.ReadFile(w.folder.StackFile(stack))
		require.NoError(t, readErr)
		line := strings.TrimSuffix(strings.TrimPrefix(string(data), around[0]), around[1])
		require.Equal(t, around[0]+line+around[1], string(data))
		require.True(t, strings.HasPrefix(line, "encryptionsalt: v1:"), line)
		assert.Equal(
			t,
			stack == "dev",
			strings.HasSuffix(line, "\n"),
			"a file without an end of its last line stays one",
		)
		salts[stack] = line
	}
	after := snapshot(t, w.folder.Dir)
	for path := range before {
		if strings.Contains(path, "Pulumi.yaml") {
			assert.Equal(t, before[path], after[path])
		}
	}

	for _, operation := range []result.Operation{result.Preview, result.Up, result.Drift} {
		_, err = w.Run(t.Context(), operation)
		require.NoError(t, err, "what the run before wrote itself refuses nothing")
		assert.Equal(t, after, snapshot(t, w.folder.Dir))
	}

	// The stack has its key in its state as well: a colleague without the commit gets the same one.
	git("checkout", "-q", "--", "Pulumi.dev.yaml")
	_, err = w.Run(t.Context(), result.Preview, "dev")
	require.NoError(t, err)
	data, err := os.ReadFile(w.folder.StackFile("dev"))
	require.NoError(t, err)
	assert.Contains(t, string(data), salts["dev"])

	require.NoError(t, os.WriteFile(w.folder.StackFile("dev"), append(data, "# more\nother: 1\n"...), 0o644))
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "is not as it was committed")
}

// whoever is a program that finds some stacks in another account, and cannot ask for others.
func whoever(wrong, silent string) func(string) pulumi.RunFunc {
	return anywhere(func(ctx *pulumi.Context) error {
		switch ctx.Stack() {
		case wrong:
			return errProgramRefuses
		case silent:
			return errors.New("no valid credential sources found")
		}
		return errAccountHolds
	})
}

var errAccountHolds = errors.New("it is the account")

// The credentials of every stack are looked at before anything is changed anywhere: one that are another account's,
// or nobody's, keep all stacks from being touched, whether they were deployed before or not.
func TestEveryAccountIsLookedAtBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	w, aws, list := withUsers(t)
	*list = []user{{name: "alice", path: "/"}}
	refused := w.parts.refused
	w.parts.refused = func(err error) bool { return refused(err) || errors.Is(err, errProgramRefuses) }
	w.parts.accountHolds = func(err error) bool { return errors.Is(err, errAccountHolds) }
	try := func(operation result.Operation, wrong, silent string, want exit.Status) {
		t.Helper()
		before := aws.names()
		w.parts.account = whoever(wrong, silent)
		summary, err := w.Run(t.Context(), operation)
		require.Equal(t, want, exit.StatusOf(err), "%v", err)
		if want == exit.Holds {
			return
		}
		assert.Equal(t, before, aws.names())
		for _, r := range summary.Stacks {
			if r.Stack != wrong && r.Stack != silent {
				assert.Equal(t, result.OutcomeNotRun, r.Outcome)
				assert.Contains(t, r.Error, "nothing was changed, because ")
			}
		}
	}
	for _, operation := range []result.Operation{result.Up, result.Destroy} {
		try(operation, "prod", "", exit.Refused)
		try(operation, "dev", "", exit.Refused)
		try(operation, "", "prod", exit.Failed)
		if operation == result.Up {
			w.parts.account = whoever("", "")
			_, err := w.Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			try(operation, "prod", "", exit.Refused)
			*list = []user{{name: "bob", path: "/"}} // The one that is there already has something to do.
			try(operation, "prod", "", exit.Refused)
			try(operation, "", "prod", exit.Failed)
			*list = []user{{name: "alice", path: "/"}}
			w.parts.run = anywhere(func(ctx *pulumi.Context) error {
				if ctx.Stack() == "prod" {
					return nil
				}
				return users(list)(ctx)
			})
			try(operation, "", "", exit.Holds)
		}
	}
}

// What a stack is to take over is looked for before anything is changed: where it does not exist, no other stack shuts
// the shells of that account.
func TestWhatIsTakenOverIsLookedForBeforeShellsAreShut(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	w, aws, list := withUsers(t)
	*list = []user{{name: "alice", path: "/"}}
	check := w.parts.check
	prod, err := check(w.folder.StackFile("prod"))
	require.NoError(t, err)
	w.parts.check = func(file string) (target, error) {
		to, problem := check(file)
		if filepath.Base(file) == "Pulumi.prod.yaml" {
			to.adopts = true
		} else {
			to.account, to.shuts = "444455556666", shutsOf(prod.account)
		}
		return to, problem
	}
	w.parts.run = anywhere(func(ctx *pulumi.Context) error {
		if ctx.Stack() != "prod" {
			return users(list)(ctx)
		}
		taken := pulumi.Import(pulumi.ID("nobody"))
		_, failed := iam.NewUser(ctx, "user-nobody", &iam.UserArgs{Name: pulumi.String("nobody")}, taken)
		return failed
	})
	summary, err := w.Run(t.Context(), result.Up)
	require.Equal(t, exit.Failed, exit.StatusOf(err), "%v", err)
	assert.Empty(t, aws.names())
	for _, r := range summary.Stacks {
		if r.Stack != "prod" {
			assert.Contains(t, r.Error, "would shut shells in account "+prod.account)
		}
	}
}

// Where the stack of an account cannot be planned, no other stack shuts the shells there; what is shut already stays
// as it is.
func TestShellsAreNotShutWhereDoorsCannotBeMade(t *testing.T) {
	attach := "organization-attachment-guardrails-os-access-only-ou-1"
	broken := &run{
		stack:  "jump",
		to:     target{account: "2"},
		err:    errors.New("it cannot be planned"),
		report: &result.Report{},
	}
	for name, c := range map[string]struct {
		plan  *result.Report
		shuts string
		fails bool
	}{
		"never planned": {shuts: "2", fails: true},
		"attaches": {
			plan:  &result.Report{Changes: []result.Change{{Op: result.Create, Name: attach}}},
			shuts: "2",
			fails: true,
		},
		"attaches again": {plan: &result.Report{Changes: []result.Change{{Op: result.Replace, Name: attach}}}, shuts: "2",
			fails: true},
		"is attached": {
			plan:  &result.Report{Changes: []result.Change{{Op: result.Update, Name: attach}}},
			shuts: "2",
		},
		"shuts other accounts": {shuts: "3"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &session{operation: result.Up}
			management := &run{
				session: s,
				stack:   "management",
				plan:    c.plan,
				to:      target{account: "1", shuts: shutsOf(c.shuts)},
				report:  &result.Report{},
			}
			s.leaveOpen([]*run{management, broken})
			assert.Equal(t, c.fails, management.err != nil)
			if c.fails {
				assert.ErrorContains(
					t,
					management.err,
					"would shut shells in account 2, whose doors cannot be made: jump failed",
				)
			}
		})
	}
}

// Where a stack is refused nothing is changed anywhere, and that stack is the reason: no other one failed for it,
// whatever it would have shut. Why one could not be planned is told beside it.
func TestOfARefusalNoOtherStackFails(t *testing.T) {
	for name, refused := range map[string]error{
		"refused":   &exit.RefusedError{Stack: "jump", Err: errors.New("it is another account")},
		"wrong use": exit.Usef("no such stack"),
	} {
		t.Run(name, func(t *testing.T) {
			s := &session{Workspace: &Workspace{}, operation: result.Up}
			with := func(stack string, to target, err error) *run {
				r := &run{session: s, stack: stack, to: to, report: &result.Report{Outcome: result.OutcomeNotRun}}
				if err != nil {
					r.fail(err)
				}
				return r
			}
			management := with("management", target{account: "1", shuts: shutsOf("2")}, nil)
			runs := []*run{
				management,
				with("jump", target{account: "2"}, refused),
				with("workload", target{account: "3"}, errors.New("the engine ended")),
			}
			s.leaveOpen(runs)
			require.NoError(t, management.err)
			_, err := s.stops(runs)
			require.ErrorContains(t, err, refused.Error())
			require.ErrorContains(t, err, "the engine ended")
			assert.Equal(t, result.OutcomeNotRun, management.report.Outcome)
			assert.Equal(t, "nothing was changed, because another stack was refused", management.report.Error)
		})
	}
}

// A folder of any name has a sandbox on this machine, and the name is a name that every tool can take. Two of the
// names are deployed in, all of them in the nightly tier.
func TestNoNameOfAFolderMakesASandboxLeaveTheMachine(t *testing.T) {
	t.Parallel()
	names := []string{"%zz", "a?b#c d", "new\nline", "\xff\xfe", strings.Repeat("n", 250), "日本語", "@[::1]&x='\"$(y)`"}
	for _, name := range names { // What the engine is given is an address of this machine, with every one of them.
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.Mkdir(dir, 0o755))
		home, err := sandboxhome.SandboxDir(filepath.Join(t.TempDir(), name), &project.Folder{Dir: dir})
		require.NoError(t, err)
		assert.Regexp(t, `^[A-Za-z0-9._-]{1,77}$`, filepath.Base(home))
		address, err := (&sandboxhome.Home{Dir: home}).Address()
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(address, "file:///"), address)
	}
	for i, name := range tier.Sample(2, names...) {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			f := newFixture(t)
			f.things = []string{"a"}
			parent := t.TempDir()
			dir := filepath.Join(parent, name)
			require.NoError(t, os.Rename(f.dir, dir))
			f.dir = dir
			if i%4 == 0 { // The cache may have such a name as well.
				f.cache = filepath.Join(t.TempDir(), "c?%zz#"+name)
				if len(f.cache) > 200 {
					f.cache = t.TempDir()
				}
			}
			summary, err := f.workspace(t).Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			assert.Equal(t, []string{"a"}, names1(summary))
			home, err := sandboxhome.SandboxDir(f.cache, &project.Folder{Dir: dir})
			require.NoError(t, err)
			assert.FileExists(t, (&sandboxhome.Home{Dir: home}).StackFile("tiny", "dev"))
			assert.Regexp(t, `^[A-Za-z0-9._-]{1,77}$`, filepath.Base(home))
		})
	}
}

func names1(s *result.Summary) []string { return names(s.Stacks[0].Changes, result.Create) }

// Whatever file of a sandbox is cut, empty or garbage: the command goes on as if nothing was, or it says which file and what to do, and that nothing was done.
// Of the files that the engine can do without, one of each folder is broken in every run, and all of them in the nightly tier.
func TestABrokenSandboxNamesTheFileAndTheWayOut(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	f := newFixture(t)
	f.things = []string{"a", "b"}
	w := f.workspace(t)
	_, err := w.Run(t.Context(), result.Up)
	require.NoError(t, err)
	home, err := sandboxhome.SandboxDir(f.cache, w.folder)
	require.NoError(t, err)
	files := snapshot(t, home)
	told, tried := 0, map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		content := files[path]
		if strings.Contains(path, "/good/") || strings.HasSuffix(path, ".lock") || strings.Contains(path, "/project/") {
			continue
		}
		for damage, broken := range map[string]string{"cut": content[:len(content)/2], "empty": "", "garbage": "\x00\x01{[not yaml: \"", "another kind": `{"a":1}`} {
			matters := strings.Contains(path, "/stacks/") && strings.HasSuffix(path, ".json") ||
				strings.HasSuffix(path, "meta.yaml")
			if broken == content || !matters && damage != "garbage" {
				continue
			}
			if kind := strings.ReplaceAll(
				filepath.Dir(path),
				"/prod",
				"/dev",
			); !matters { // These cost a run of the engine each.
				if tried[kind] && !tier.Nightly() {
					continue
				}
				tried[kind] = true
			}
			require.NoError(t, os.WriteFile(path, []byte(broken), 0o600))
			ran := f.ran.Load()
			summary, runErr := w.Run(t.Context(), result.Up, "dev")
			if runErr == nil {
				assert.Equal(t, result.OutcomeDone, summary.Stacks[0].Outcome)
				assert.Empty(t, summary.Stacks[0].Changes, "%s %s", damage, path)
				assert.False(t, matters, "%s %s", damage, path)
			} else {
				told++
				assert.ErrorContains(t, runErr, path, damage)
				assert.ErrorContains(
					t,
					runErr,
					`--fresh --sandbox -C `+w.folder.Dir+`" begins with an empty sandbox: what the stacks of this folder made in its sandbox is lost`,
				)
				assert.Equal(t, exit.Failed, exit.StatusOf(runErr))
				assert.Empty(t, summary.Stacks, "nothing is said to have run")
				assert.Equal(t, ran, f.ran.Load())
			}
			for path, content := range files {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			}
		}
	}
	assert.GreaterOrEqual(t, told, 9, "the states of both stacks, and how they are laid out")

	require.NoError(t, os.WriteFile((&sandboxhome.Home{Dir: home}).StackFile("tiny", "dev"), nil, 0o600))
	w.options.Fresh = true
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
}

// A command that leaves a state which cannot be read puts the sandbox back to what it was before, and says so.
func TestASandboxThatACommandBreaksIsPutBack(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	w, aws, list := withUsers(t)
	provide, world := w.parts.provide, ""
	w.parts.provide = func(ctx context.Context, o sandbox.Options) (provider, error) {
		if o.Stack == "" { // What a real one does: a new file in the place of the old one.
			next := o.State + ".next"
			if err := errors.Join(os.WriteFile(next, []byte(world), 0o600), os.Rename(next, o.State)); err != nil {
				return nil, err
			}
		}
		return provide(ctx, o)
	}
	before, after := "{\"sandbox\":1}\n", "{\"sandbox\":1}\n[]\n"
	*list, world = []user{{name: "alice", path: "/"}}, before
	_, err := w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	home, err := sandboxhome.SandboxDir(w.options.Cache, w.folder)
	require.NoError(t, err)
	h := &sandboxhome.Home{Dir: home}
	good, err := os.ReadFile(h.StackFile("tiny", "dev"))
	require.NoError(t, err)

	*list, world = append(*list, user{name: "bob", path: "/"}), after
	aws.refuse["bob"] = errors.New("nobody is there to hear this")
	aws.creating = func(ctx context.Context, name string, _ *structpb.Struct) {
		next := h.StackFile("tiny", "dev") + ".next"
		assert.NoError(t, os.WriteFile(next, good[:len(good)/2], 0o600))
		assert.NoError(t, os.Rename(next, h.StackFile("tiny", "dev")))
		killEngines(t, filepath.Join(h.Backend(), ".pulumi"))
		<-ctx.Done()
	}
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "the sandbox was put back to what it was before the command")
	require.ErrorContains(t, err, h.StackFile("tiny", "dev"))
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	left, err := os.ReadFile(h.StackFile("tiny", "dev"))
	require.NoError(t, err)
	assert.Equal(t, string(good), string(left))
	left, err = os.ReadFile(h.State())
	require.NoError(t, err)
	assert.Equal(t, before, string(left))

	aws.creating, aws.refuse = nil, nil
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"alice", "bob"}, aws.names())
}
