package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace/exit"
)

func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	return dir
}

// The project is found from any folder below it, as the pulumi command finds it, and its stacks are the files beside
// it.
func TestTheProjectIsFoundFromBelow(t *testing.T) {
	dir := project(t, map[string]string{
		"Pulumi.yaml":      "name: p\nruntime: go\n",
		"Pulumi.prod.yaml": "",
		"Pulumi.dev.yaml":  "",
		"Pulumi..yaml":     "",
		"other.yaml":       "",
		"docs/deep/x":      "",
	})
	folder, err := Open(filepath.Join(dir, "docs", "deep"))
	require.NoError(t, err)
	assert.Equal(t, dir, folder.Dir)
	assert.Equal(t, "p", folder.Project)
	assert.Equal(t, []string{"dev", "prod"}, folder.Stacks())
	assert.Equal(t, filepath.Join(dir, "Pulumi.dev.yaml"), folder.StackFile("acme/dev"))
	assert.Empty(t, folder.SandboxFile())
}

// Stack files may live in a folder of their own, which the project names.
func TestStackConfigDirIsHonoured(t *testing.T) {
	dir := project(t, map[string]string{
		"Pulumi.yaml":              "name: p\nruntime: go\nstackConfigDir: accounts\n",
		"accounts/Pulumi.dev.yaml": "",
		"sandbox.yaml":             "",
	})
	folder, err := Open(dir)
	require.NoError(t, err)
	assert.Equal(t, []string{"dev"}, folder.Stacks())
	assert.Equal(t, filepath.Join(dir, "accounts", "Pulumi.dev.yaml"), folder.StackFile("dev"))
	assert.Equal(t, filepath.Join(dir, "sandbox.yaml"), folder.SandboxFile())
}

// A folder that is no project is wrong use, and the message says what to do.
func TestAFolderThatIsNoProjectIsWrongUse(t *testing.T) {
	for name, c := range map[string]struct{ dir, says string }{
		"nothing there": {project(t, nil), "no Pulumi.yaml in"},
		"no such dir":   {filepath.Join(t.TempDir(), "none"), "is not a folder"},
		"no name":       {project(t, map[string]string{"Pulumi.yaml": "runtime: go\n"}), "name is missing"},
		"no YAML":       {project(t, map[string]string{"Pulumi.yaml": "\t"}), "Pulumi.yaml: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(c.dir)
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
		})
	}
}

// A command names stacks by name or by file; no name means all of them; a name that has no file is wrong use.
func TestSelect(t *testing.T) {
	folder, err := Open(
		project(t, map[string]string{"Pulumi.yaml": "name: p\n", "Pulumi.a.yaml": "", "Pulumi.b.yaml": ""}),
	)
	require.NoError(t, err)
	for _, c := range []struct{ given, want []string }{
		{nil, []string{"a", "b"}},
		{[]string{"b", "a", "b"}, []string{"b", "a"}},
		{[]string{"acme/a"}, []string{"acme/a"}},
		{[]string{"Pulumi.b.yaml", "./Pulumi.a.yaml"}, []string{"b", "a"}},
	} {
		got, selectErr := folder.Select(c.given)
		require.NoError(t, selectErr)
		assert.Equal(t, c.want, got)
	}
	_, err = folder.Select([]string{"c"})
	require.EqualError(t, err, `stack "c" has no file Pulumi.c.yaml; write one of a, b`)
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))

	empty, err := Open(project(t, map[string]string{"Pulumi.yaml": "name: p\n"}))
	require.NoError(t, err)
	_, err = empty.Select(nil)
	require.ErrorContains(t, err, "has no stack file")
}

// A file that would be read but for its ending or its case is refused: a stack that is passed over in silence is
// neither checked nor deployed, and nobody misses it.
func TestAFileThatIsPassedOverByItsNameIsRefused(t *testing.T) {
	for file, meant := range map[string]string{
		"Pulumi.dev.yml":      "Pulumi.dev.yaml",
		"Pulumi.dev.json":     "Pulumi.dev.yaml",
		"Pulumi.dev.YAML":     "Pulumi.dev.yaml",
		"pulumi.dev.yaml":     "Pulumi.dev.yaml",
		"PULUMI.Dev.Yml":      "Pulumi.Dev.yaml",
		"Pulumi.eu.prod.yml":  "Pulumi.eu.prod.yaml",
		"sandbox.yml":         "sandbox.yaml",
		"Sandbox.yaml":        "sandbox.yaml",
		"replay.yml":          "replay.yaml",
		"Pulumi.dev.yaml":     "",
		"Pulumi.yaml":         "",
		"Pulumi.dev.yaml~":    "",
		"Pulumi.dev.yaml.bak": "",
		"sandbox.yaml":        "",
		"replay.json":         "",
		"notes.yml":           "",
		"yml":                 "",
	} {
		assert.Equal(t, meant, misnamed(file), file)
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, ProjectFileName), []byte("name: x\nruntime: go\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.other.yaml"), nil, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
		if file == ProjectFileName {
			continue
		}
		_, err := Open(dir)
		if meant == "" {
			assert.NoError(t, err, file)
			continue
		}
		require.ErrorContains(t, err, file, meant)
		require.ErrorContains(t, err, "call it "+meant)
		assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
	}
}

// Where a stack file cannot be read, what other stacks say of its people does not hold either. The file stands first
// then, so that nobody looks for the mistake in what follows from it; where nothing follows, nothing is said.
func TestWhatFollowsFromAnotherFileIsSaidToFollow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "organization")
	require.NoError(t, os.CopyFS(dir, os.DirFS(testkit.Path(t, "examples/organization"))))
	text := func(names ...string) (out, errs string) {
		folder, err := Open(dir)
		require.NoError(t, err)
		summary, err := folder.Judge(false, time.Now(), names...)
		require.Error(t, err)
		var written strings.Builder
		require.NoError(t, summary.WriteText(&written))
		return written.String(), err.Error()
	}
	file := filepath.Join(dir, "Pulumi.jump.yaml")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(data, "  guardrails:nothing: 1\n"...), 0o600))
	const said = "may follow from that: mend that first"
	out, errs := text()
	first, rest, follows := strings.Cut(out, said)
	assert.True(t, follows)
	assert.Contains(t, first, "guardrails:nothing: unknown key")
	assert.NotContains(t, first, "does not hold:")
	assert.Contains(t, rest, "does not hold")
	assert.Contains(t, errs, "Pulumi.jump.yaml: refused, as told first")
	assert.NotContains(t, errs, "guardrails:nothing")
	out, errs = text("jump", "management")
	assert.NotContains(t, out, said, "the policies do not speak of people")
	assert.Contains(t, errs, "guardrails:nothing: unknown key")
}
