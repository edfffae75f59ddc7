package against

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// repository is a git repository with the development stack in a folder of it, committed once.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on the PATH")
	}
	r := &repository{t, t.TempDir()}
	require.NoError(t, os.CopyFS(filepath.Join(r.dir, "guardrails"), os.DirFS(projectWith(t, dev))))
	r.git("init", "-q", "-b", "main")
	r.commit()
	return r
}

func (r *repository) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command(
		"git",
		append(
			[]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"},
			args...)...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "%s", out)
}

func (r *repository) commit() {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "a commit")
}

func (r *repository) folder() string { return filepath.Join(r.dir, "guardrails") }

func (r *repository) report(rev string, stacks ...string) (*change.Report, error) {
	r.t.Helper()
	folder, err := project.Open(r.folder())
	require.NoError(r.t, err)
	return FromRevision(r.t.Context(), folder, rev, someDay, stacks...)
}

var oneMore = edit{devFile, "- users: [non-97-test-user2]", "- users: [non-97-test-user2, non-97-test-user1]"}

// What is not committed is compared with HEAD, and a commit with the one before it, from a folder inside the
// repository.
func TestRevisionsAreReadFromGit(t *testing.T) {
	r := newRepository(t)
	report, err := r.report("HEAD")
	require.NoError(t, err)
	assert.True(t, report.Silent(), textOf(t, report))

	testkit.EditFiles(t, r.folder(), oneMore)
	report, err = r.report("HEAD")
	require.NoError(t, err)
	require.Len(t, report.People, 1)
	assert.True(t, report.People[0].Gains)

	r.commit()
	report, err = r.report("HEAD")
	require.NoError(t, err)
	assert.True(t, report.Silent())
	report, err = r.report("HEAD~1")
	require.NoError(t, err)
	assert.Len(t, report.People, 1)
	assert.Regexp(t, `^HEAD~1 \([0-9a-f]{7}\)$`, report.From)
}

// "main..." is where this branch left main: what main gained since then is no loss of the branch.
func TestABranchIsComparedWithWhereItLeft(t *testing.T) {
	r := newRepository(t)
	r.git("checkout", "-q", "-b", "branch")
	testkit.EditFiles(t, r.folder(), oneMore)
	r.commit()
	r.git("checkout", "-q", "main")
	testkit.EditFiles(t, r.folder(), edit{devFile, "      documents: [AWS-StartPortForwardingSession]\n", ""})
	r.commit()
	r.git("checkout", "-q", "branch")
	report, err := r.report("main...")
	require.NoError(t, err)
	assert.Len(t, report.People, 1)
	report, err = r.report("main")
	require.NoError(t, err)
	assert.Len(t, report.People, 2, "main itself does not forward ports any more")
}

// A stack that comes, goes or is renamed is said, and so is one that the revision has in a form that cannot be read.
func TestStacksThatComeAndGoAreSaid(t *testing.T) {
	r := newRepository(t)
	other := "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"444455556666\"}\n  " +
		"guardrails:users: [{name: alice}]\n"
	require.NoError(t, os.WriteFile(filepath.Join(r.folder(), "Pulumi.other.yaml"), []byte(other), 0o600))
	report, err := r.report("HEAD")
	require.NoError(t, err)
	assert.Contains(
		t,
		report.Notes,
		"stack other (account 444455556666) is new: everything in it is compared against nothing",
	)
	require.Len(t, report.People, 1)
	assert.Equal(t, "other/alice comes as a user of other (444455556666), in guardrails-mfa", report.People[0].Line)

	r.commit()
	require.NoError(
		t,
		os.Rename(filepath.Join(r.folder(), "Pulumi.other.yaml"), filepath.Join(r.folder(), "Pulumi.another.yaml")),
	)
	report, err = r.report("HEAD")
	require.NoError(t, err)
	assert.Contains(
		t,
		report.Notes,
		"the stack of account 444455556666 was called other and is called another: to the engine it is another stack",
	)
	assert.True(t, report.NoOne)

	require.NoError(t, os.Remove(filepath.Join(r.folder(), "Pulumi.another.yaml")))
	report, err = r.report("HEAD")
	require.NoError(t, err)
	assert.Contains(
		t,
		report.Notes,
		"stack other (account 444455556666) is gone: what it deployed stays in the account until it is destroyed",
	)
	assert.False(t, report.NoOne)
	report, err = r.report("HEAD", dev)
	require.NoError(t, err)
	assert.True(t, report.Silent(), "only dev was asked about")
}

// A revision with a stack file that is not valid is compared against nothing, and says so with the file's own name.
func TestARevisionThatCannotBeReadIsSaid(t *testing.T) {
	r := newRepository(t)
	testkit.EditFiles(t, r.folder(), edit{devFile, "  guardrails:users:", "  guardrails:user:"})
	r.commit()
	testkit.EditFiles(t, r.folder(), edit{devFile, "  guardrails:user:", "  guardrails:users:"})
	report, err := r.report("HEAD")
	require.NoError(t, err)
	require.NotEmpty(t, report.Notes)
	assert.Contains(t, report.Notes[0], "stack dev of HEAD (")
	assert.Contains(t, report.Notes[0], "cannot be read, and is compared against nothing: guardrails/Pulumi.dev.yaml")
	assert.NotContains(t, report.Notes[0], os.TempDir())
	assert.False(t, report.NoOne)

	// The other way round there is nothing to compare.
	r.commit()
	testkit.EditFiles(t, r.folder(), edit{devFile, "  guardrails:users:", "  guardrails:user:"})
	report, err = r.report("HEAD")
	assert.Nil(t, report)
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
}

// A folder that the revision does not have is compared against nothing; a revision that there is not, or no
// repository, is wrong use.
func TestWhatIsNoRevisionIsWrongUse(t *testing.T) {
	r := newRepository(t)
	for _, rev := range []string{"nothing", "--all", "HEAD~7", "nothing..."} {
		_, err := r.report(rev)
		require.Error(t, err, rev)
		assert.Equal(t, exit.WrongUse, exit.StatusOf(err), rev)
	}
	_, err := r.report("HEAD", "nobody")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))

	require.NoError(t, os.Rename(r.folder(), filepath.Join(r.dir, "elsewhere")))
	folder, err := project.Open(filepath.Join(r.dir, "elsewhere"))
	require.NoError(t, err)
	report, err := FromRevision(t.Context(), folder, "HEAD", someDay)
	require.NoError(t, err)
	assert.Contains(t, report.Notes[0], "has no Pulumi.yaml in this folder: everything is compared against nothing")
	assert.False(t, report.NoOne)

	alone, err := project.Open(projectWith(t, dev))
	require.NoError(t, err)
	_, err = FromRevision(t.Context(), alone, "HEAD", someDay)
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
}
