package stack

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is taken from another folder is what the file says: for folders in which stacks, the project, the names that
// stacks know of each other, and files that they name differ at random.
func TestWhatIsReadBesideAnotherFolderIsWhatTheFileSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const (
		document = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}`
		other    = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]}`
	)
	edits := []struct{ file, from, to string }{
		{"Pulumi.yaml", "name: guardrails", "name: guardrails\nconfig: {\"guardrails:protect\": {value: true}}"},
		{"Pulumi.jump.yaml", "name: alice", "name: amber"},
		{"Pulumi.jump.yaml", "alias: jump", "alias: leap"},
		{"Pulumi.jump.yaml", "config:", "# a comment\nconfig:"},
		{"Pulumi.work.yaml", "alias: work", "alias: toil"},
		{
			"Pulumi.root.yaml", "targets: [r-exam]}\n",
			"targets: [r-exam]}\n    policies: [{name: own, file: own.json, targets: [r-exam]}]\n",
		},
		{"own.json", document, other},
	}
	write := func() string {
		folder := organizationFolder(t, map[string]string{"work": `config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
  guardrails:operationRoles: [{users: [jump/alice], project: shop, runAs: operator}]
`})
		for name, text := range map[string]string{"Pulumi.yaml": "name: guardrails\nruntime: go\n", "own.json": document} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		for _, edit := range edits {
			if random.IntN(3) > 0 {
				continue
			}
			file := filepath.Join(folder, edit.file)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), edit.from, edit.to, 1)), 0o600))
		}
		return folder
	}
	taken, made := 0, 0
	for range 200 {
		first, second := write(), write()
		var have []*Stack
		for _, name := range []string{"jump", "work", "root"} {
			if s, problems := new(Reader).ReadFile(filepath.Join(first, "Pulumi."+name+".yaml")); len(problems) == 0 {
				have = append(have, s)
			}
		}
		beside := ReaderBeside(have...)
		for _, name := range []string{"jump", "work", "root"} {
			file := filepath.Join(second, "Pulumi."+name+".yaml")
			want, wrong := ReadFile(file)
			got, problems := beside.ReadFile(file)
			require.Equal(t, wrong, problems)
			if got == nil {
				continue
			}
			require.True(t, want.Same(&got.Sections))
			assert.Equal(t, []string{want.File, want.Folder}, []string{got.File, got.Folder})
			// The values of a stack that was taken are those of the other one.
			if got.Position("guardrails:account").File == file {
				made++
			} else {
				taken++
			}
		}
	}
	assert.Greater(t, taken, 20, "some are taken from the other folder")
	assert.Greater(t, made, 20, "and some are read")
}

// A file that is read together with others says what it says alone: stacks, places and problems are the same, in whatever
// order the files are read, also where a file changes between the reading of names and its own.
func TestAFileThatIsReadWithOthersSaysWhatItSaysAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	names := []string{"jump", "work", "root"}
	edits := []struct{ file, from, to string }{
		{"Pulumi.jump.yaml", "name: alice", "name: amber"},
		{"Pulumi.jump.yaml", "name: alice", "nome: alice"},
		{"Pulumi.work.yaml", "project: shop", "project: shop, project: other"},
		{"Pulumi.work.yaml", "config:", "config"},
		{"Pulumi.root.yaml", "management:", "manager:"},
		{"Pulumi.yaml", "name: guardrails", "name: guardrails\nconfig: {\"guardrails:protect\": {value: true}}"},
	}
	refused := 0
	for n := range 40 {
		// No other run has read files of these bytes.
		folder := organizationFolder(t, map[string]string{"work": fmt.Sprintf(`config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
  guardrails:operationRoles: [{users: [jump/alice], project: shop, runAs: operator%d}]
`, n)})
		project := fmt.Sprintf("name: guardrails\nruntime: go\n# %d\n", n)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi.yaml"), []byte(project), 0o600))
		edit := func() {
			change := edits[random.IntN(len(edits))]
			file := filepath.Join(folder, change.file)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			text = []byte(strings.Replace(string(text), change.from, change.to, 1))
			require.NoError(t, os.WriteFile(file, text, 0o600))
		}
		edit()
		var together Reader
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for i, name := range names {
			file := filepath.Join(folder, "Pulumi."+name+".yaml")
			got, wrong := together.ReadFile(file)
			want, problems := ReadFile(file)
			require.Equal(t, problems, wrong)
			if want == nil {
				refused++
				continue
			}
			// What stacks know of each other is what stood there when the first was read.
			want.Siblings, got.Siblings = nil, nil
			require.True(t, want.Same(&got.Sections))
			require.Equal(t, want.Position("guardrails:account"), got.Position("guardrails:account"))
			if i == 0 && n%2 == 0 {
				change := filepath.Join(folder, "Pulumi."+names[2]+".yaml")
				text, err := os.ReadFile(change)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(change, append([]byte("# later\n"), text...), 0o600))
			}
		}
	}
	assert.Greater(t, refused, 10)
}
