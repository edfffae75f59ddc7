package tests

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/testkit/tier"
	memory "aws-access-guardrails/internal/verdicts"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// commandDir is where the command was built; empty as long as no test needed it.
var commandDir string

// buildCommand builds the guardrails command, once for all tests.
var buildCommand = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "guardrails-test-")
	if err != nil {
		return "", err
	}
	commandDir = dir
	path := filepath.Join(dir, "guardrails")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	// Without the tables of the debugger, which take longer to write than all the rest.
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "../cmd/guardrails")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	// Many tests prove the shipped stacks before they deploy them.
	judge.Use(claims.With{Memory: memory.InMemory()})
	code := m.Run()
	removeShipments()
	if commandDir != "" {
		_ = os.RemoveAll(commandDir)
	}
	os.Exit(code)
}

// command is a guardrails command in the folder, with the folder's own cache.
func (d *deployment) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := buildCommand()
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Dir = d.dir
	// The command's cache is <XDG_CACHE_HOME>/guardrails, or below HOME where there is no such variable.
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Dir(d.cache), "GITHUB_ACTIONS=")
	if d.cli != "" {
		cmd.Env = append(cmd.Env, "PATH="+d.cli+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return cmd
}

// ran is what a command did.
type ran struct {
	stdout, stderr string
	status         exit.Status
}

func (d *deployment) guardrails(t *testing.T, args ...string) ran {
	t.Helper()
	cmd := d.command(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return ran{stdout.String(), stderr.String(), exit.Status(cmd.ProcessState.ExitCode())}
}

// newCommandDeployment is a deployment whose sandbox the command finds: its cache is called guardrails.
func newCommandDeployment(t *testing.T) *deployment {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("XDG_CACHE_HOME places the user's cache on Linux alone")
	}
	d := newDeployment(t)
	d.cache = filepath.Join(t.TempDir(), "guardrails")
	return d
}

// Whoever reads what is printed may go before the end, as head does: the run is not ended by that.
func TestARunGoesOnWhenNobodyReadsItAnyMore(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	cmd := d.command(t, "up", "dev", "--sandbox")
	cmd.Stdout, cmd.Stderr = writer, writer
	require.NoError(t, cmd.Start())
	require.NoError(t, writer.Close())
	_, err = reader.Read(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	assert.Error(t, cmd.Wait(), "what was not written is no success")
	assert.True(t, cmd.ProcessState.Exited(), "ended by %s", cmd.ProcessState)
	r := d.guardrails(t, "up", "dev", "--sandbox")
	assert.Equal(t, exit.Holds, r.status, r.stderr)
	assert.Contains(t, r.stdout, "no changes")
}

// The first command of the README: it says what was made, and where to read what each person does next; again, it
// says that there is nothing to do.
func TestUpSaysWhatWasMadeAndWhatEachPersonDoesNext(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	r := d.guardrails(t, "up", "dev", "--sandbox")
	require.Equal(t, exit.Holds, r.status, r.stderr)
	assert.Contains(t, r.stdout, "dev, account 111122223333: up in the sandbox\n")
	assert.Regexp(t, `\+ create +iam\.User +non-97-test-user1-user`, r.stdout)
	assert.Contains(t, r.stdout, "\nWhat each person does next: guardrails handover dev\n")
	assert.Contains(t, r.stderr, "up dev: created iam.User non-97-test-user1-user\n")
	r = d.guardrails(t, "handover", "dev")
	for _, person := range []string{"non-97-test-user1", "non-97-test-user2", "non-97-test-user3"} {
		assert.Contains(t, "\n"+r.stdout, "\n"+person+"\n")
	}
	assert.Contains(t, r.stdout, "https://signin.aws.amazon.com/switchrole?account=111122223333&roleName=")

	r = d.guardrails(t, "preview", "dev", "--sandbox")
	require.Equal(t, exit.Holds, r.status, r.stderr)
	assert.Contains(t, r.stdout, "no changes")
	assert.Empty(t, r.stderr)

	r = d.guardrails(t, "up", "--stack", "dev", "--sandbox", "--json")
	require.Equal(t, exit.Holds, r.status, r.stderr)
	var summary result.Summary
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &summary), "standard output is one JSON object")
	assert.Equal(t, 1, summary.Version)
	require.Len(t, summary.Stacks, 1)
	assert.Empty(t, summary.Stacks[0].Changes)
	assert.NotZero(t, summary.Stacks[0].Same)
	assert.Contains(t, summary.Stacks[0].Outputs, "signInUrl")
}

// Bad input is refused by every verb with the same words, all of it at once, and nothing is registered.
func TestBadInputIsRefusedByEveryVerb(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"    - name: non-97-test-user2\n",
		"    - name: Non-97-Test-User1\n      mail: x@example.com\n",
	)
	d.edit(t, "Pulumi.dev.yaml", "      runAs: os-user3\n", "      runAs: root\n")
	d.edit(t, "Pulumi.dev.yaml", `    id: "111122223333"`, `    id: 111122223333`)
	check := d.guardrails(t, "check", "dev")
	assert.Equal(t, exit.Refused, check.status)
	assert.Empty(t, check.stdout)
	for _, problem := range []string{"guardrails:users[1].mail:", "guardrails:users[1].name:", "guardrails:operationRoles[2].runAs:", "guardrails:account.id:"} {
		assert.Contains(t, check.stderr, problem)
	}
	for _, args := range [][]string{{"preview", "dev", "--sandbox"}, {"up", "dev", "--sandbox"}, {"up", "dev", "--yes"}, {"render", "dev"}, {"handover", "dev"}} {
		r := d.guardrails(t, args...)
		assert.Equal(t, exit.Refused, r.status, args)
		assert.Empty(t, r.stdout, args)
		assert.Equal(t, check.stderr, r.stderr, args)
	}
	assert.NoDirExists(t, filepath.Join(d.cache, "sandbox"), "not even a sandbox was made")

	r := d.guardrails(t, "check", "--json")
	assert.Equal(t, exit.Refused, r.status)
	var summary project.CheckSummary
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &summary))
	assert.False(t, summary.Holds)
	require.Len(t, summary.Stacks, 1, "the other stack holds")
	assert.Equal(t, "prod", summary.Stacks[0].Stack)
	for _, p := range summary.Problems {
		assert.Equal(t, "dev", p.Stack)
		assert.Equal(t, "Pulumi.dev.yaml", p.File)
		assert.Positive(t, p.Line)
		assert.NotEmpty(t, p.Why)
	}
}

// In GitHub Actions a refusal is also an annotation on the line of the stack file, from the root of the checkout.
func TestRefusalsAreAnnotationsInActions(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	d.edit(t, "Pulumi.dev.yaml", "      runAs: os-user3\n", "      runAs: root\n")
	line := 1 + strings.Count(
		d.read(t, "Pulumi.dev.yaml")[:strings.Index(d.read(t, "Pulumi.dev.yaml"), "runAs: root")],
		"\n",
	)
	cmd := d.command(t, "check", "dev")
	cmd.Env = append(cmd.Env, "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+filepath.Dir(d.dir))
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	assert.Regexp(
		t,
		`(?m)^::error file=`+filepath.Base(
			d.dir,
		)+`/Pulumi\.dev\.yaml,line=`+strconv.Itoa(
			line,
		)+`,col=\d+::guardrails:operationRoles\[2\]\.runAs: "root" `,
		string(out),
	)
}

// Wrong use has a status of its own, and says what to write.
func TestWrongUseHasItsOwnStatus(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"up", "nope", "--sandbox"}, "write one of dev, prod"},
		{[]string{"bogus"}, `unknown command "bogus"`},
		{[]string{"preview", "--bogus"}, "unknown flag: --bogus"},
		{[]string{"destroy", "--sandbox"}, "wants the names of the stacks"},
		{[]string{"up", "dev", "--fresh"}, "add --sandbox"},
		{[]string{"handover", "--person", "nobody"}, `"nobody" is nobody`},
		{[]string{"check", "-C", t.TempDir()}, "no Pulumi.yaml"},
	} {
		r := d.guardrails(t, c.args...)
		assert.Equal(t, exit.WrongUse, r.status, c.args)
		assert.Contains(t, r.stderr, c.says, c.args)
		assert.Empty(t, r.stdout, c.args)
	}
}

// A command that is killed in the middle, with its engine, is finished by running it again. Killed in the middle
// always, early and late in the nightly tier.
func TestAKilledCommandIsFinishedByRunningItAgain(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	want := devDeployed.world(t)
	for _, after := range tier.Sample(1, 8, 1, 20) {
		d := newCommandDeployment(t)
		cmd := d.command(t, "up", "dev", "--sandbox")
		progress, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		created := 0
		for lines := bufio.NewScanner(progress); lines.Scan(); {
			if strings.Contains(lines.Text(), ": created ") {
				created++
			}
			if created == after {
				require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
				break
			}
		}
		require.Equal(t, after, created, "test bug: it was over before it was killed")
		require.Error(t, cmd.Wait())

		r := d.guardrails(t, "up", "dev", "--sandbox")
		require.Equal(t, exit.Holds, r.status, r.stderr)
		assert.Empty(t, cmp.Diff(want, d.world(t)), "killed after %d", after)
		assert.Empty(t, d.run(t, result.Preview, "dev").Changes)
	}
}

// A command that is interrupted lets AWS finish what it has begun, and leaves a state from which the next run goes on.
func TestAnInterruptedCommandIsFinishedByRunningItAgain(t *testing.T) {
	t.Parallel()
	want := devDeployed.world(t)
	d := newCommandDeployment(t)
	cmd := d.command(t, "up", "dev", "--sandbox")
	progress, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(progress)
	for lines.Scan() {
		if strings.Contains(lines.Text(), ": created ") {
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
			break
		}
	}
	var rest strings.Builder
	for lines.Scan() {
		rest.WriteString(lines.Text() + "\n")
	}
	require.Error(t, cmd.Wait())
	assert.Equal(t, int(exit.Failed), cmd.ProcessState.ExitCode())
	assert.Contains(t, rest.String(), "interrupted; run it again to go on")

	r := d.guardrails(t, "up", "dev", "--sandbox")
	require.Equal(t, exit.Holds, r.status, r.stderr)
	assert.Empty(t, cmp.Diff(want, d.world(t)))
}

// Check needs no engine and answers at once.
func TestCheckNeedsNoPulumi(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	cmd := d.command(t, "check")
	cmd.Env = []string{"PATH=", "HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Regexp(
		t,
		`(?m)^Pulumi\.dev\.yaml: holds \(account 111122223333\): \d\d claims proven, \d\d expectations met`,
		string(out),
	)
	assert.Regexp(t, `(?m)^Pulumi\.prod\.yaml: holds \(account 777788889999\): \d\d claims proven, `, string(out))
}
