//go:build unix

package stack

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/problem"
)

// namesFile is a key of a stack file that names a file with a policy document. In the text, FILE stands for the value.
type namesFile struct{ path, text string }

var namesFiles = []namesFile{
	{"guardrails:managedPolicies[0].policyFile", `
  guardrails:managedPolicies:
    - {name: Mine, policyFile: FILE}
`},
	{"guardrails:identityCenter.permissionSets[0].policyFile", `
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    users: {dave: 1234567890-12345678-1234-1234-1234-123456789012}
    permissionSets:
      - {name: Mine, template: own, policyFile: FILE, assignments: [{user: dave, accounts: ["123456789012"]}]}
`},
	{"guardrails:organization.policies[1].file", `
  guardrails:organization:
    id: o-exampleorgid
    management: "123456789012"
    tree: {id: r-exam, accounts: ["123456789012", "444455556666"]}
    policies:
      - {name: Gone, file: gone.json, targets: [r-exam]}
      - {name: Mine, file: FILE, targets: [r-exam]}
`},
}

// fileAt puts what a value names into a folder, and gives the value.
type fileAt func(t *testing.T, folder string) string

func document(text string) fileAt {
	return func(t *testing.T, folder string) string {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "mine.json"), []byte(text), 0o600))
		return "mine.json"
	}
}

// wrongFiles are files that no document is read from, by what is said of them.
var wrongFiles = map[string]fileAt{
	"there is no such file": func(*testing.T, string) string { return "absent.json" },
	"is outside of the folder": func(*testing.T, string) string {
		return "../mine.json"
	},
	"is a link out of its folder": func(t *testing.T, folder string) string {
		elsewhere := filepath.Join(t.TempDir(), "elsewhere.json")
		require.NoError(t, os.WriteFile(elsewhere, []byte("{}"), 0o600))
		require.NoError(t, os.Symlink(elsewhere, filepath.Join(folder, "mine.json")))
		return "mine.json"
	},
	"is a named pipe": func(t *testing.T, folder string) string {
		require.NoError(t, syscall.Mkfifo(filepath.Join(folder, "mine.json"), 0o600))
		return "mine.json"
	},
	"is a folder": func(t *testing.T, folder string) string {
		require.NoError(t, os.Mkdir(filepath.Join(folder, "mine.json"), 0o700))
		return "mine.json"
	},
	"has more than 4 MiB":   document(strings.Repeat(" ", 4<<20+1)),
	"is no policy document": document("Statement"),
	"is a list":             func(*testing.T, string) string { return "[mine.json]" },
	"is empty":              func(*testing.T, string) string { return `""` },
}

// wrongDocuments are documents that are refused, by what is said of them.
var wrongDocuments = map[string]string{
	"is not a date":               statement(`{"DateLessThan":{"aws:CurrentTime":"soon"}}`),
	`"aws:usr" is not a global`:   statement(`{"StringEquals":{"aws:usr":"x"}}`),
	"is not a condition operator": statement(`{"StringIs":{"aws:username":"x"}}`),
	"has no statements":           `{"Version":"2012-10-17","Statement":[]}`,
	"no statements":               `{"Statement":[]}`,
	`Effect "No" is neither Allow nor Deny`: `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"A","Effect":"No","Action":"s3:*","Resource":"*"}]}`,
}

func statement(condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":` +
		condition + `}]}`
}

// What is wrong with a file that a stack file names is told once, at the key that names it, and nothing else is told
// of it: not that what stands in it is missing, and not that another key has it.
func TestAFileThatIsRefusedIsToldOnceWhereItIsNamed(t *testing.T) {
	all := maps.Clone(wrongFiles)
	for says, text := range wrongDocuments {
		all[says] = document(text)
	}
	for _, names := range namesFiles {
		for says, put := range all {
			folder := t.TempDir()
			requireToldOnce(t, folder, strings.Replace(names.text, "FILE", put(t, folder), 1), names.path, says)
		}
	}
}

// What is wrong with a document that stands in the stack file is told once too, at the document.
func TestADocumentThatIsRefusedIsToldOnceWhereItStands(t *testing.T) {
	for _, names := range namesFiles {
		path, hasDocuments := strings.CutSuffix(names.path, "File")
		for says, text := range wrongDocuments {
			if hasDocuments {
				requireToldOnce(t, t.TempDir(), strings.Replace(names.text, "policyFile: FILE", "policy: "+text, 1), path, says)
			}
		}
	}
}

// requireToldOnce wants one problem of a stack file, at the path and of those words, but for that of the file which is
// never there.
func requireToldOnce(t *testing.T, folder, sections, path, says string) {
	t.Helper()
	const account = "config:\n  aws:region: eu-central-1\n" +
		"  guardrails:account: {id: \"123456789012\", breakGlass: [role/BreakGlass]}"
	file := filepath.Join(folder, "Pulumi.mine.yaml")
	require.NoError(t, os.WriteFile(file, []byte(account+sections), 0o600))
	_, problems := ReadFile(file)
	var told problem.List
	for _, p := range problems {
		if p.Path != "guardrails:organization.policies[0].file" {
			told = append(told, p)
		}
	}
	if assert.Len(t, told, 1, "%s, %s:\n%v", path, says, problems) {
		assert.Equal(t, path, string(told[0].Path), says)
		assert.Contains(t, told[0].Error(), says, path)
		assert.NotContains(t, told[0].Error(), "mistake of the program")
	}
}
