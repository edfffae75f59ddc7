package edit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

var (
	tokyo = time.FixedZone("", 9*60*60)
	begin = time.Date(2026, 12, 1, 9, 0, 0, 0, tokyo)
	// oneGrant is what the tests add.
	oneGrant = Grant{Person: "jump/alice", RunAs: "alice", Ticket: "CHG1", From: begin, Until: begin.Add(4 * time.Hour)}
)

const head = `# The workload account.
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", alias: workload}   # quoted
  guardrails:sessions:
    maxDuration: 60m

  # What a grant opens.
  guardrails:osAccess:
    rdp: true   # Windows
    # a comment that belongs to osAccess

`

const tail = `  # Tags.
  guardrails:tags: {project: Project}
`

const block = `    - person: jump/alice
      runAs: alice
      from: "2026-12-01T09:00:00+09:00"
      until: "2026-12-01T13:00:00+09:00"
      ticket: CHG1
`

const flow = `{person: jump/alice, runAs: alice, from: "2026-12-01T09:00:00+09:00", until: "2026-12-01T13:00:00+09:00", ticket: CHG1}`

// flowOfBob is another grant, on one line.
const flowOfBob = `{person: jump/bob, runAs: bob, from: "2026-12-01T10:00:00+09:00", until: "2026-12-01T12:00:00+09:00", ticket: CHG2}`

const other = `    # Bob on the first of December.
    - person: jump/bob
      runAs: bob
      from: '2026-12-01T10:00:00+09:00'   # half past the meeting
      until: '2026-12-01T12:00:00+09:00'   # lunch
      ticket: CHG2
      # a comment inside the grant
`

// folder has a jump stack and the workload stack with the content.
func folder(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	jump := "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\", alias: jump}\n  " +
		"guardrails:users: [{name: alice}, {name: bob}]\n"
	require.NoError(
		t,
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: organization\nruntime: go\n"), 0o644),
	)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.jump.yaml"), []byte(jump), 0o644))
	path := filepath.Join(dir, "Pulumi.workload.yaml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
	return path
}

// A grant is added wherever the list is and however it is written, and every other byte of the file stays.
func TestAddedGrantLeavesEveryOtherByte(t *testing.T) {
	const section = "  guardrails:grants:\n"
	trimmed := strings.TrimSuffix(head, "\n")
	for _, c := range []struct{ name, before, after string }{
		{"no section: behind osAccess", head + tail, trimmed + "\n" + section + block + "\n" + tail},
		{"no section, osAccess is last", trimmed, trimmed + "\n" + section + block},
		{"a list", head + section + other + "\n" + tail, head + section + other + block + "\n" + tail},
		{"a list at the end", head + section + other, head + section + other + block},
		{"a list without a last newline", head + section + strings.TrimSuffix(other, "\n"),
			head + section + other + strings.TrimSuffix(block, "\n")},
		{"a list at the column of its key", head + section + unindented(other) + tail,
			head + section + unindented(other) + unindented(block) + tail},
		{"elements in braces", head + section + "    - " + flowOfBob + "  # bob\n" + tail,
			head + section + "    - " + flowOfBob + "  # bob\n    - " + flow + "\n" + tail},
		{"a list in brackets", head + "  guardrails:grants: [" + flowOfBob + "] # all\n" + tail,
			head + "  guardrails:grants: [" + flow + ", " + flowOfBob + "] # all\n" + tail},
		{"a list in brackets over lines", head + "  guardrails:grants: [\n    " + flowOfBob + ",\n    ]\n" + tail,
			head + "  guardrails:grants: [" + flow + ", \n    " + flowOfBob + ",\n    ]\n" + tail},
		{"an empty list", head + "  guardrails:grants: []   # none yet\n" + tail,
			head + "  guardrails:grants:   # none yet\n" + block + tail},
		{"an empty list, bare", head + "  guardrails:grants: []\n" + tail, head + section + block + tail},
		{"other ends of lines", crlf(head + section + other + tail), crlf(head + section + other + block + tail)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := folder(t, c.before)
			change, err := AddGrant(path, oneGrant)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(c.after, string(change.After)))
			assert.Equal(t, "grant-CHG1-alice", change.Grant.RoleName())
			require.NoError(t, change.Write(t.Context()))
			written, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, c.after, string(written))
			_, problems := stack.ReadFile(path)
			assert.Empty(t, problems)
		})
	}
}

func unindented(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll("\n"+text, "\n  ", "\n"), "\n")
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// Words that YAML would read as something else come back as they were given.
func TestAddedWordsAreReadAsTheyWereGiven(t *testing.T) {
	path := folder(
		t,
		strings.Replace(head, "rdp: true", "projects: [\"yes\", \"a: b\", Test Project 1]\n    rdp: true", 1),
	)
	grant := oneGrant
	grant.Ticket, grant.Projects, grant.RunAs = "0x1F", []string{"yes", "a: b", "Test Project 1"}, "null"
	change, err := AddGrant(path, grant)
	require.NoError(t, err)
	assert.Equal(t, "0x1F", change.Grant.Ticket)
	assert.Equal(t, grant.Projects, change.Grant.Projects)
	assert.Equal(t, "null", change.Grant.RunAs)
}

// A grant that the file would be refused for is not written, and all that is wrong is told with its place.
func TestRefusedGrantIsNotWritten(t *testing.T) {
	for _, c := range []struct {
		name, content string
		change        func(*Grant)
		says          string
	}{
		{"nobody", head, func(g *Grant) { g.Person = "jump/alcie" }, `did you mean "jump/alice"?`},
		{"no such account", head, func(g *Grant) { g.Person = "jmp/alice" }, `did you mean "jump/alice"?`},
		{"no OS user", head, func(g *Grant) { g.RunAs = "" }, "guardrails:grants[0].runAs:"},
		{"too long", head, func(g *Grant) { g.Until = g.From.Add(13 * time.Hour) }, "osAccess.grantMaxLength is 12h"},
		{"backwards", head, func(g *Grant) { g.Until = g.From.Add(-time.Hour) }, "is not after from"},
		{"project that osAccess does not have", strings.Replace(head, "rdp: true", "projects: [shop]", 1),
			func(g *Grant) { g.Projects = []string{"billing"} }, "guardrails:grants[0].projects[0]:"},
		{"the same again", head + "  guardrails:grants:\n" + block, func(*Grant) {}, "guardrails:grants[1].ticket:"},
		{"nothing to open", strings.Replace(head, "guardrails:osAccess:\n    rdp: true",
			"guardrails:mfa:\n    firstPasswordChange: true", 1), func(*Grant) {}, "there is no section osAccess"},
		{"a file that is refused already", head + "  guardrails:tag: {}\n", func(*Grant) {}, "guardrails:tag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := folder(t, c.content)
			grant := oneGrant
			c.change(&grant)
			_, err := AddGrant(path, grant)
			var problems problem.List
			require.ErrorAs(t, err, &problems)
			assert.ErrorContains(t, err, c.says)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, c.content, string(left))
		})
	}
}

// What is written in a way that a splice would not fit is left to the admin.
func TestFilesThatAreNotEditedHereAreSaid(t *testing.T) {
	for name, content := range map[string]string{
		"an alias": strings.Replace(head, "  guardrails:sessions:",
			"  other:x: &all ["+flow+"]\n  guardrails:grants: *all\n  guardrails:sessions:", 1),
		"JSON in a text": head + "  guardrails:grants: '[{\"person\": \"jump/alice\", \"runAs\": \"alice\", " +
			"\"from\": \"2026-12-01T09:00:00+09:00\", \"until\": \"2026-12-01T10:00:00+09:00\", \"ticket\": " +
			"\"CHG7\"}]'\n",
		"config in braces":  `config: {"aws:region": ap-northeast-1, "guardrails:account": {id: "444455556666"}, "guardrails:sessions": {maxDuration: 60m}, "guardrails:osAccess": {}}`,
		"empty, over lines": head + "  guardrails:grants: [\n    ]\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := folder(t, content)
			_, err := AddGrant(path, oneGrant)
			var byHand *ByHandError
			require.ErrorAs(t, err, &byHand)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, content, string(left))
		})
	}
}

// An open grant ends now, in the offset and the quotes in which its end was written, and nothing else of the file
// changes.
func TestRevokedGrantEndsNow(t *testing.T) {
	before := head + "  guardrails:grants:\n" + block + other + tail
	now := time.Date(2026, 12, 1, 1, 30, 0, 999, time.UTC)
	for _, c := range []struct{ name, ticket, old, new string }{
		{"double quotes", "CHG1", `until: "2026-12-01T13:00:00+09:00"`, `until: "2026-12-01T10:30:00+09:00"`},
		{"single quotes and a comment", "CHG2", `until: '2026-12-01T12:00:00+09:00'`,
			`until: '2026-12-01T10:30:00+09:00'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			change, err := Revoke(folder(t, before), c.ticket, "", now)
			require.NoError(t, err)
			assert.False(t, change.Removed)
			assert.Empty(t, cmp.Diff(strings.Replace(before, c.old, c.new, 1), string(change.After)))
			assert.True(t, change.Grant.Until.Equal(now.Truncate(time.Second)))
			assert.Len(t, change.Grant.EndShells(), 1, "one line for each Region")
			assert.Equal(
				t,
				"- "+strings.TrimSpace(
					lineWith(before, c.old),
				)+"\n+ "+strings.TrimSpace(
					lineWith(string(change.After), c.new),
				)+"\n",
				squeezed(change.Diff()),
			)
		})
	}
	t.Run("in braces", func(t *testing.T) {
		braces := head + "  guardrails:grants: [" + flow + "]\n"
		change, err := Revoke(folder(t, braces), "CHG1", "", now)
		require.NoError(t, err)
		assert.Equal(t, strings.Replace(braces, "13:00:00", "10:30:00", 1), string(change.After))
	})
	t.Run("in its first second it lasts that second", func(t *testing.T) {
		change, err := Revoke(folder(t, before), "CHG1", "", begin.Add(time.Millisecond))
		require.NoError(t, err)
		assert.Equal(t, strings.Replace(before, "T13:00:00+09:00", "T09:00:01+09:00", 1), string(change.After))
	})
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// squeezed is a diff without the indentation of its lines.
func squeezed(diff string) string {
	var out strings.Builder
	for line := range strings.Lines(diff) {
		out.WriteString(line[:2] + strings.TrimLeft(line[2:], " "))
	}
	return out.String()
}

// A grant that has not begun is taken out with its comment; the last one leaves an empty list behind.
func TestRevokedGrantThatHasNotBegunIsRemoved(t *testing.T) {
	const section = "  # Who has access when.\n  guardrails:grants:"
	early := begin.Add(-time.Hour)
	both := head + section + "\n" + block + other + "\n" + tail
	for _, c := range []struct{ name, ticket, before, after string }{
		{"the first", "CHG1", both, head + section + "\n" + other + "\n" + tail},
		{"the last, with its comments", "CHG2", both, head + section + "\n" + block + "\n" + tail},
		{"the only one", "CHG2", head + section + " # all\n" + other + tail, head + section + " [] # all\n" + tail},
		{"the first of two with a blank line between", "CHG2", head + section + "\n" + other + "\n" + block + tail,
			head + section + "\n\n" + block + tail},
		{"the only one, in brackets", "CHG1", head + section + " [" + flow + "] # all\n" + tail,
			head + section + " [] # all\n" + tail},
		{"the first of two in brackets", "CHG1", head + section + " [" + flow + ", " + flowOfBob + "]\n" + tail,
			head + section + " [" + flowOfBob + "]\n" + tail},
		{"the last of two in brackets", "CHG1", head + section + " [" + flowOfBob + ", " + flow + "]\n" + tail,
			head + section + " [" + flowOfBob + "]\n" + tail},
	} {
		t.Run(c.name, func(t *testing.T) {
			change, err := Revoke(folder(t, c.before), c.ticket, "", early)
			require.NoError(t, err)
			assert.True(t, change.Removed)
			assert.Empty(t, cmp.Diff(c.after, string(change.After)))
		})
	}
}

// What cannot be revoked is said, with what can.
func TestRevokeSaysWhatItCannotDo(t *testing.T) {
	second := strings.Replace(block, "jump/alice", "jump/bob", 1)
	path := folder(t, head+"  guardrails:grants:\n"+block+second)
	var (
		over    *OverError
		missing *NotFoundError
	)
	_, err := Revoke(path, "CHG1", "jump/alice", oneGrant.Until)
	require.ErrorAs(t, err, &over, "at its end it is over")
	assert.ErrorContains(t, err, "is over since 2026-12-01T04:00:00Z")
	_, err = Revoke(path, "CHG1", "", begin)
	require.ErrorAs(t, err, &missing)
	assert.ErrorContains(t, err, "--person with one of jump/alice, jump/bob")
	_, err = Revoke(path, "CHG1", "jump/carol", begin)
	require.ErrorAs(t, err, &missing)
	_, err = Revoke(path, "CHG11", "", begin)
	require.ErrorAs(t, err, &missing)
	assert.ErrorContains(t, err, `did you mean "CHG1"?`)
	_, err = Revoke(folder(t, head), "CHG1", "", begin)
	require.ErrorAs(t, err, &missing)
}

// The file is replaced in one step: permissions and symbolic links stay, nothing lies beside it, and what somebody
// else wrote is not overwritten.
func TestWriteReplacesTheFileInOneStep(t *testing.T) {
	path := folder(t, head)
	link := filepath.Join(filepath.Dir(path), "Pulumi.linked.yaml")
	require.NoError(t, os.Symlink(filepath.Base(path), link))
	change, err := AddGrant(link, oneGrant)
	require.NoError(t, err)
	require.NoError(t, change.Write(t.Context()))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 4)

	again := oneGrant
	again.Ticket = "CHG3"
	change, err = AddGrant(path, again)
	require.NoError(t, err)
	mine := append([]byte("# somebody else\n"), change.Before...)
	require.NoError(t, os.WriteFile(path, mine, 0o640))
	require.ErrorIs(t, change.Write(t.Context()), ErrChanged)
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(mine), string(left))
	entries, err = os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 4)
}

// What is over is taken out a second after its last shell has ended and not before, with the expectations about it;
// what is open or to come stays.
func TestPruneTakesOutWhatIsOver(t *testing.T) {
	expected := "  guardrails:expect:\n    # Grants.\n    - {it: a, as: jump/alice, via: grant-CHG1-alice, opens: " +
		"shell, on: {instance: {}}, at: \"2026-12-01T09:00:00+09:00\", allowed: true}\n" +
		"    - {it: b, as: jump/bob, via: grant-CHG2-bob, opens: shell, on: {instance: {}}, at: " +
		"\"2026-12-01T10:00:00+09:00\", allowed: true}\n"
	path := folder(t, head+"  guardrails:grants:\n    # Alice's.\n"+block+other+tail+expected)
	over := begin.Add(
		4 * time.Hour,
	) // That of alice; an hour later her last shell has ended, and bob's an hour before that.
	for at, want := range map[time.Time][]string{
		over.Add(-time.Second): nil, over.Add(-time.Minute): nil, over: {"CHG2"}, over.Add(time.Hour - time.Second): {"CHG2"}, over.Add(time.Hour): {"CHG1", "CHG2"},
	} {
		change, gone, err := Prune(path, at)
		require.NoError(t, err)
		var tickets []string
		for _, g := range gone {
			tickets = append(tickets, g.Ticket)
		}
		assert.Equal(t, want, tickets, "%s", at)
		if want == nil {
			assert.Nil(t, change)
			continue
		}
		for _, ticket := range want {
			assert.NotContains(t, string(change.After), ticket)
		}
		assert.Contains(t, string(change.After), "# Grants.")
		assert.Equal(t, len(want) == 1, strings.Contains(string(change.After), "it: a"))
	}
}
