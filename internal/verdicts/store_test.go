package verdicts

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
)

func program() string { return "one program" }

func keyOf(n int) claims.Key { return claims.Key(sha256.Sum256(fmt.Append(nil, n))) }

// findings are of several proofs: many that differ in their subject alone, some that differ in more, and none.
func findings(n int) map[string][]prove.Finding {
	out := map[string][]prove.Finding{"empty": nil}
	for i := range 50 {
		out["many"] = append(out["many"], prove.Finding{
			ID: "many", Account: "111122223333", Subject: fmt.Sprintf("arn:aws:iam::111122223333:user/u%d", i),
			Claim: "a claim", Shut: prove.ShutByDeny, Classes: n, Page: "page",
			By: []access.Source{{Kind: access.IdentityPolicy, Owner: "group/g", Policy: "p", Sid: "Deny"}},
		})
	}
	out["some"] = []prove.Finding{
		{ID: "some", Verdict: prove.HoldsIf, Subject: "a", Assumptions: []prove.ProofAssumption{{ID: "x", Text: "y"}}},
		{ID: "some", Verdict: prove.Waived, Subject: "a", Waivers: []prove.Waiver{{Key: "k", Text: "t"}}},
		{ID: "some", Subject: "b", By: []access.Source{}},
	}
	return out
}

// What was kept is there in the next run, to the last field, for the same key and the same program.
func TestWhatIsKeptIsThereInTheNextRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "verdicts")
	In(dir, program).Keep(keyOf(1), findings(1))
	got, known := In(dir, program).Recall(keyOf(1))
	require.True(t, known)
	assert.Equal(t, findings(1), got)
	_, known = In(dir, program).Recall(keyOf(2))
	assert.False(t, known)
	_, known = In(dir, func() string { return "another program" }).Recall(keyOf(1))
	assert.False(t, known)
	_, known = In(dir, func() string { return "" }).Recall(keyOf(1))
	assert.False(t, known, "a program that cannot tell which it is reads nothing")
	memory := InMemory()
	memory.Keep(keyOf(1), findings(1))
	_, known = memory.Recall(keyOf(1))
	assert.True(t, known)
}

// A file that is not whole, was changed in any byte, or is that of another key is as good as none, and is made again.
func TestAFileThatIsNotWholeIsIgnored(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	s := In(dir, program)
	s.Keep(keyOf(1), findings(1))
	file := s.file(keyOf(1))
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	refused := func(text []byte, about string) {
		require.NoError(t, os.WriteFile(file, text, 0o600))
		_, known := In(dir, program).Recall(keyOf(1))
		assert.False(t, known, about)
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/200 {
		refused(whole[:n], fmt.Sprintf("cut to %d bytes", n))
		other := append([]byte{}, whole...)
		other[n] ^= 1
		refused(other, fmt.Sprintf("byte %d changed", n))
	}
	refused(append(append([]byte{}, whole...), '\n'), "longer")
	s.Keep(keyOf(2), findings(2))
	other, err := os.ReadFile(s.file(keyOf(2)))
	require.NoError(t, err)
	refused(other, "another key")
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Mkdir(file, 0o700))
	_, known := In(dir, program).Recall(keyOf(1))
	assert.False(t, known, "a folder")
	require.NoError(t, os.Remove(file))
	In(dir, program).Keep(keyOf(1), findings(1))
	_, known = In(dir, program).Recall(keyOf(1))
	assert.True(t, known)
}

// What does not hold is never kept, and neither is what shows a request.
func TestWhatDoesNotHoldIsNotKept(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	bad := findings(1)
	bad["some"][0].Verdict = prove.DoesNotHold
	In(dir, program).Keep(keyOf(1), bad)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// A folder in which somebody else can write is not used: a verdict of theirs would be believed.
func TestAFolderOfOthersIsNotUsed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps the folder for the user")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	In(dir, program).Keep(keyOf(1), findings(1))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Chmod(dir, 0o700))
	require.NoError(t, os.Symlink(dir, link))
	In(link, program).Keep(keyOf(1), findings(1))
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// Several programs write one folder at once, and whoever reads meanwhile reads whole files or none.
func TestManyWriteAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "verdicts")
	var all sync.WaitGroup
	for writer := range 8 {
		all.Go(func() {
			for n := range 20 {
				s := In(dir, program)
				if got, known := s.Recall(keyOf(n % 5)); known {
					assert.Equal(t, findings(n%5), got)
				}
				s.Keep(keyOf(n%5), findings(n%5))
				if writer == 0 {
					s.Close()
				}
			}
		})
	}
	all.Wait()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 5)
}

// The files have a limit together: what was not used the longest goes first, and what a writer left behind that was
// killed goes after an hour.
func TestTheOldestFilesGoFirst(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	s := In(dir, program)
	for n := range 5 {
		s.Keep(keyOf(n), findings(n))
		old := time.Now().Add(-time.Duration(10-n) * 24 * time.Hour)
		require.NoError(t, os.Chtimes(s.file(keyOf(n)), old, old))
	}
	for name, age := range map[string]time.Duration{"new": time.Minute, "old": 2 * time.Hour} {
		file := filepath.Join(dir, unfinished+name)
		require.NoError(t, os.WriteFile(file, []byte("half"), 0o600))
		at := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(file, at, at))
	}
	// The first is used again.
	_, known := In(dir, program).Recall(keyOf(0))
	require.True(t, known)
	info, err := os.Stat(s.file(keyOf(3)))
	require.NoError(t, err)
	s.limit = 3*info.Size() + 10
	s.Close()
	var left []string
	for n := range 5 {
		if _, err := os.Stat(s.file(keyOf(n))); err == nil {
			left = append(left, fmt.Sprint(n))
		}
	}
	assert.Equal(t, "0 3 4", strings.Join(left, " "))
	assert.FileExists(t, filepath.Join(dir, unfinished+"new"))
	assert.NoFileExists(t, filepath.Join(dir, unfinished+"old"))
}

// The program is told by what it was built from, and is the same each time.
func TestTheProgramIsTold(t *testing.T) {
	assert.NotEmpty(t, Program())
	assert.Equal(t, Program(), Program())
}
