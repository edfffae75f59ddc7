package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/workspace/pulumicli"
)

func fileOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", name))
	require.NoError(t, err)
	return string(data)
}

// The image has the Pulumi release that the program is made for, and the Go release of go.mod builds it.
func TestTheImageIsOfThePinnedReleases(t *testing.T) {
	image := fileOf(t, "Dockerfile")
	assert.Contains(t, image, "FROM pulumi/pulumi-go:"+pulumicli.Version.String()+"\n")
	goLine := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(fileOf(t, "go.mod"))
	require.NotNil(t, goLine)
	assert.Contains(t, image, "FROM golang:"+goLine[1]+" AS build\n")
	assert.Contains(t, image, "-X main.release=${VERSION} -X main.commit=${COMMIT}")
	assert.Contains(t, fileOf(t, "tools/release/release.sh"), "-X main.release=$version -X main.commit=$commit")
}

// The action is a composite one whose steps have what GitHub wants of them: pinned actions, a shell for each command,
// and no input in a script.
func TestTheActionIsOne(t *testing.T) {
	var action struct {
		Name, Description string
		Inputs            map[string]struct{ Description, Default string }
		Runs              struct {
			Using string
			Steps []struct {
				Uses, Run, Shell string
				With, Env        map[string]any
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(fileOf(t, "action.yml")))
	require.NoError(t, decoder.Decode(&action))
	assert.NotEmpty(t, action.Name)
	assert.NotEmpty(t, action.Description)
	assert.Equal(t, "composite", action.Runs.Using)
	require.Len(t, action.Runs.Steps, 3)
	for _, step := range action.Runs.Steps {
		if step.Uses != "" {
			assert.Regexp(t, `^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`, step.Uses)
			continue
		}
		assert.Equal(t, "bash", step.Shell)
		assert.NotContains(t, step.Run, "${{", "an input in a script is run by the shell")
		out, err := exec.Command("bash", "-n", "-c", step.Run).CombinedOutput()
		assert.NoError(t, err, string(out))
	}
	root := newRoot(&flags{})
	verb, _, err := root.Find(strings.Fields(action.Inputs["command"].Default))
	require.NoError(t, err)
	assert.True(t, hasFlag(verb, "--dir"))
}

// The hook of pre-commit runs a verb that exists, on the files that it reads.
func TestTheHookIsOne(t *testing.T) {
	var hooks []struct {
		ID, Name, Description, Entry, Language, Files string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(fileOf(t, ".pre-commit-hooks.yaml")), &hooks))
	require.Len(t, hooks, 1)
	hook := hooks[0]
	assert.Equal(t, "golang", hook.Language)
	require.NotNil(t, hook.PassFilenames)
	assert.False(t, *hook.PassFilenames, "check takes stacks and no files")
	words := strings.Fields(hook.Entry)
	assert.Equal(t, "guardrails", words[0])
	root := newRoot(&flags{})
	verb, rest, err := root.Find(words[1:])
	require.NoError(t, err)
	assert.NotEqual(t, root, verb)
	for _, word := range rest {
		assert.True(t, hasFlag(verb, word), word)
	}
	files := regexp.MustCompile(hook.Files)
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml", "accounts/Pulumi.jump.yaml"} {
		assert.True(t, files.MatchString(name), name)
	}
	for _, name := range []string{"README.md", "NotPulumi.yaml", "Pulumi.dev.yml"} {
		assert.False(t, files.MatchString(name), name)
	}
}

// The script of a release is one that bash reads, and refuses what is no version before it builds anything.
func TestAReleaseWantsAVersion(t *testing.T) {
	script := "../../tools/release/release.sh"
	out, err := exec.Command("bash", "-n", script).CombinedOutput()
	require.NoError(t, err, string(out))
	for _, version := range []string{"1.2.0", "v1", "v1.2.3; rm -rf .", "latest"} {
		folder := filepath.Join(t.TempDir(), "release")
		out, err := exec.Command("bash", script, version, folder).CombinedOutput()
		assert.Error(t, err)
		assert.Contains(t, string(out), "is not a version")
		assert.NoDirExists(t, folder)
	}
}

// The command is the program of a project where an engine says so, and nowhere else.
func TestTheCommandIsTheProgramOnlyOfAnEngine(t *testing.T) {
	engine := map[string]string{"PULUMI_MONITOR": "127.0.0.1:1", "PULUMI_ENGINE": "127.0.0.1:2"}
	of := func(env map[string]string) func(string) string { return func(name string) string { return env[name] } }
	assert.True(t, isProgram([]string{"guardrails"}, of(engine)))
	assert.False(t, isProgram([]string{"guardrails", "check"}, of(engine)))
	assert.False(t, isProgram([]string{"guardrails"}, of(nil)))
	assert.False(t, isProgram([]string{"guardrails"}, of(map[string]string{"PULUMI_ENGINE": "127.0.0.1:2"})))
}
