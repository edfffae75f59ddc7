package handover

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sixty() []Person {
	var people []Person
	for n := range 60 {
		account := []string{"111122223333", "444455556666", "555555555555", "777788889999", "123456789012",
			"111122223333"}[n%6]
		people = append(people, Person{
			Name: fmt.Sprintf(
				"somebody.with.a.name%d",
				n,
			),
			ARN:       fmt.Sprintf("arn:aws:iam::%s:user/somebody.with.a.name%d", account, n),
			SignInURL: "https://" + account + ".signin.aws.amazon.com/console",
			Managed:   true,
			Roles:     []Role{},
		})
	}
	return people
}

// Sixty people in six accounts are told in fewer than sixty lines, each by name, with what to type for more;
// thousands are cut.
func TestASummaryOfManyPeopleIsShort(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteSummary(&out, sixty(), "guardrails handover"))
	assert.Less(t, strings.Count(out.String(), "\n"), 60)
	for _, p := range sixty() {
		assert.Contains(t, out.String(), p.Name)
	}
	assert.Contains(t, out.String(), "guardrails handover --out DIR")
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(t, len(line), summaryWidth+1)
	}
	var many []Person
	for range 40 {
		many = append(many, sixty()...)
	}
	out.Reset()
	require.NoError(t, WriteSummary(&out, many, "guardrails handover"))
	assert.Less(t, strings.Count(out.String(), "\n"), 80)
	assert.Contains(t, out.String(), " more\n")
}

// Each person has a file that the owner alone can read, under a name that stays in the folder whatever the person is
// called.
func TestEachPersonHasAFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "handover")
	portal := &Portal{
		Profile: map[string]string{},
		PermissionSets: []PortalPermissionSet{
			{Name: "Set", Accounts: []string{"111122223333"}, Profiles: []string{"a-Set"}},
		},
	}
	people := append(
		sixty()[:2],
		Person{Name: "../../etc/passwd", Portal: portal},
		Person{Name: ".._.._etc_passwd", Portal: portal},
		Person{Name: "a\nb\x1b[2J", Portal: portal},
		Person{Name: "ALICE", Portal: portal},
		Person{Name: "alice", Portal: portal},
	)
	names, err := WriteFiles(folder, people, Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"111122223333-somebody.with.a.name0.txt",
		"444455556666-somebody.with.a.name1.txt",
		"identity-center-.._.._etc_passwd.txt",
		"identity-center-.._.._etc_passwd-2.txt",
		"identity-center-a_b__2J.txt",
		"identity-center-ALICE.txt",
		"identity-center-alice-2.txt",
	}, names)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, len(people))
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), e.Name())
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		assert.NotContains(t, string(text), "\x1b")
	}
}
