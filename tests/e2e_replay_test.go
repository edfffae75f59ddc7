package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/exit"
)

// withRecords puts the recorded calls of the example beside the stack files, and the whole under git.
func withRecords(t *testing.T, d *deployment) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(exampleOrganization, "records.json"))
	require.NoError(t, err)
	d.write(t, "records.json", string(data))
	d.git(t, "init", "-q", "-b", "main")
	d.commit(t, "organization")
}

func (d *deployment) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = d.dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func (d *deployment) commit(t *testing.T, message string) {
	t.Helper()
	d.git(t, "add", ".")
	d.git(t, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", message)
}

const (
	denyCommands = "DenyRemoteExecutionButForListedRoles"
	denyShells   = "DenySessionsButForGuardedRoles"
)

// A change of a policy is held against recorded calls: what it refuses newly or no longer is told, by comparison with
// a revision or with what is deployed, alone or as a part of diff, and nothing that both say.
func TestAChangeIsHeldAgainstRecordedCalls(t *testing.T) {
	t.Parallel()
	d := organizationDeployed.copy(t)
	withRecords(t, d)
	deployed := d.world(t)
	comparisons := map[string][]string{
		"against":        {"replay", "--against", "HEAD", "records.json"},
		"against main":   {"replay", "--against", "main...", "records.json"},
		"deployed":       {"replay", "--deployed", "--sandbox", "records.json"},
		"states alone":   {"replay", "--deployed", "--sandbox", "--no-refresh", "records.json"},
		"diff":           {"diff", "--replay", "records.json"},
		"diff, deployed": {"diff", "--deployed", "--sandbox", "--replay", "records.json"},
	}
	if !tier.Landing() {
		for _, name := range []string{"against main", "deployed", "states alone", "diff"} {
			delete(comparisons, name)
		}
	}
	for name, args := range comparisons {
		if name != "against" && !tier.Landing() {
			continue
		}
		r := d.guardrails(t, args...)
		require.Equal(t, exit.Status(0), r.status, "%s: %s%s", name, r.stdout, r.stderr)
		assert.Contains(t, r.stdout, "Nobody would be refused", name)
		assert.NotContains(t, r.stdout, denyShells, name)
		assert.NotContains(t, r.stdout, denyCommands, name)
		assert.Contains(t, r.stdout, "3 callers whom the change does not concern", name)
		assert.NotContains(t, r.stdout, "osAccessOnly.permissionSets", name)
	}

	d.edit(t, "Pulumi.management.yaml", "mode: report", "mode: deny")
	for name, args := range comparisons {
		r := d.guardrails(t, args...)
		require.Equal(t, exit.Status(1), r.status, "%s: %s%s", name, r.stdout, r.stderr)
		refused := r.stdout[strings.Index(r.stdout, "would be refused newly:"):]
		assert.Contains(t, refused, denyCommands+": 1 call", name)
		assert.NotContains(t, refused, denyShells+":", name)
		assert.Contains(t, refused, "osAccessOnly.remoteExecution.exempt: \"role/PatchAutomation\"", name)
		assert.Contains(t, refused, "2 callers whom the change does not concern", name)
		assert.NotContains(t, refused, "osAccessOnly.permissionSets", name)
	}
	both := d.guardrails(t, "diff", "--replay", "records.json", "--json")
	var out struct {
		People []any
		Replay struct {
			Refused int64
			Against string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(both.stdout), &out))
	assert.Equal(t, int64(1), out.Replay.Refused)
	assert.Contains(t, out.Replay.Against, "HEAD")

	d.write(
		t,
		"replay.yaml",
		"accept:\n  - {sid: "+denyCommands+", because: patching moves to Quick Setup this week}\n",
	)
	for _, args := range tier.Sample(2, comparisons["against"], comparisons["diff"]) {
		r := d.guardrails(t, args...)
		assert.Equal(t, exit.Status(0), r.status, "%v: %s%s", args, r.stdout, r.stderr)
	}
	require.NoError(t, os.Remove(filepath.Join(d.dir, "replay.yaml")))

	// The other way round: what was refused and is no longer.
	d.commit(t, "deny")
	d.edit(t, "Pulumi.management.yaml", "mode: deny", "mode: report")
	r := d.guardrails(t, "replay", "--against", "HEAD", "records.json")
	assert.Equal(t, exit.Status(0), r.status, r.stderr)
	assert.Contains(t, r.stdout, "no longer")
	assert.Contains(t, r.stdout, denyCommands)
	assert.Equal(t, deployed, d.world(t), "a comparison changes nothing")
}

// What cannot be compared with is refused with its reason, and nothing is read.
func TestReplayRefusesComparisonsThatCannotBe(t *testing.T) {
	t.Parallel()
	d := newOrganization(t)
	withRecords(t, d)
	for want, args := range map[string][]string{
		"two things to compare with": {"replay", "--against", "HEAD", "--deployed", "records.json"},
		"add --deployed":             {"replay", "--sandbox", "records.json"},
		"nowhere":                    {"replay", "--against", "nowhere", "records.json"},
		"missing.json":               {"replay", "missing.json"},
		"replay what?":               {"replay"},
	} {
		r := d.guardrails(t, args...)
		assert.NotEqual(t, exit.Status(0), r.status, want)
		assert.Contains(t, r.stderr, want)
	}
}

// A replay that is killed goes on where it was, and says in the end what one undisturbed run says.
func TestAKilledReplayGoesOn(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newOrganization(t)
	withRecords(t, d)
	const files, perFile = 4500, 4
	var records struct{ Records []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(d.read(t, "records.json")), &records))
	logs := t.TempDir()
	for n := range files {
		var some []map[string]any
		for i := range perFile {
			r := records.Records[(n+i)%len(records.Records)]
			// One event in a hundred comes again in another file.
			r["eventID"] = fmt.Sprint("event-", (n*perFile+i)*99/100)
			delete(r, "sharedEventID")
			some = append(some, r)
		}
		data, err := json.Marshal(map[string]any{"Records": some})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(logs, fmt.Sprintf("%05d.json", n)), data, 0o600))
	}
	state := filepath.Join(t.TempDir(), "state")
	kills := 0
	for pause := 60 * time.Millisecond; kills < 40; pause += 25 * time.Millisecond {
		cmd := d.command(t, "replay", "--state", state, "--json", logs)
		require.NoError(t, cmd.Start())
		timer := time.AfterFunc(pause, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		_ = cmd.Wait()
		timer.Stop()
		if cmd.ProcessState.Exited() {
			break
		}
		kills++
	}
	require.Positive(t, kills)
	told := func(args ...string) map[string]any {
		r := d.guardrails(t, append([]string{"replay", "--json"}, args...)...)
		var out map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.stdout), &out), r.stderr)
		// Which of two deliveries of an event was read first decides which one is counted as the double's.
		return out
	}
	assert.Equal(t, told(logs), told("--state", state, logs))
	t.Logf("killed %d times", kills)
}
