package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// written is a command line of ours in a page or a pipeline, up to what the shell does with it.
var written = regexp.MustCompile("(?:^|[\\s`$(/])guardrails((?: +(?:\"[^\"\n]*\"|[^\\s`|<>;&)#\"]+))+)")

// code is what a Markdown page shows as code.
var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")

// prompted is a line that somebody types.
var prompted = regexp.MustCompile(`(?m)^\$ .*$`)

// commandsIn are the arguments of every command line in a text.
func commandsIn(text string) [][]string {
	var all [][]string
	for _, m := range written.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Fields(m[1]))
	}
	return all
}

func textsWithCommands(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && (entry.Name() == ".git" || entry.Name() == "node_modules") {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".md":
			var shown []string
			for _, block := range code.FindAllString(string(data), -1) {
				if strings.HasPrefix(block, "```console") {
					// What a command prints is prose.
					block = strings.Join(prompted.FindAllString(block, -1), "\n")
				}
				shown = append(shown, block)
			}
			texts[path] = strings.Join(shown, "\n")
		case ".yml":
			texts[path] = string(data)
		}
		return nil
	}))
	return texts
}

// Every command line of a page or a pipeline has a verb and flags that exist.
func TestCommandsThatAreShownExist(t *testing.T) {
	seen := map[string]int{}
	for path, text := range textsWithCommands(t) {
		for _, args := range commandsIn(text) {
			root := newRoot(&flags{})
			verb, rest, err := root.Find(args)
			if strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[0], ".") { // A folder of the source, an option of all verbs.
				continue
			}
			if !assert.NoError(t, err, "%s: guardrails %s", path, strings.Join(args, " ")) || !assert.NotEqual(t, root, verb, "%s: guardrails %s", path, strings.Join(args, " ")) {
				continue
			}
			seen[verb.Name()]++
			for _, word := range rest {
				if strings.HasPrefix(word, "-") && word != "-" {
					assert.True(t, hasFlag(verb, word), "%s: guardrails %s has no %s", path, verb.Name(), word)
				}
			}
		}
	}
	for _, verb := range []string{"check", "diff", "drift", "preview", "stacks", "up"} {
		assert.Positive(t, seen[verb], "no pipeline and no page shows %s", verb)
	}
}

func hasFlag(verb *cobra.Command, word string) bool {
	word = strings.TrimRight(word, ".,:")
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	verb.InitDefaultHelpFlag()
	if strings.HasPrefix(word, "--") {
		return verb.Flags().Lookup(name) != nil || verb.InheritedFlags().Lookup(name) != nil
	}
	return len(name) == 1 && (verb.Flags().ShorthandLookup(name) != nil || verb.InheritedFlags().ShorthandLookup(name) != nil)
}

// The pipelines take no more than they need: permissions are listed for each, actions have a version, and no job writes to the repository.
func TestWorkflowsAskForTheLeast(t *testing.T) {
	files, err := filepath.Glob("../../examples/ci/github/*.yml")
	require.NoError(t, err)
	require.Len(t, files, 4)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@v\d+\.\d+\.\d+$`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Uses        string
				Steps       []struct{ Uses, Run string }
			}
		}
		require.NoError(t, yaml.Unmarshal(data, &workflow), file)
		assert.Equal(t, map[string]string{"contents": "read"}, workflow.Permissions, file)
		for name, job := range workflow.Jobs {
			for scope, level := range job.Permissions {
				switch scope {
				case "contents":
					assert.Equal(t, "read", level, "%s: %s", file, name)
				case "id-token", "pull-requests":
				default:
					assert.Fail(t, scope, "%s: %s", file, name)
				}
			}
			signsIn := false
			for _, step := range job.Steps {
				if step.Uses != "" {
					assert.Regexp(t, pinned, step.Uses, file)
				}
				signsIn = signsIn || strings.HasPrefix(step.Uses, "aws-actions/")
				assert.NotContains(t, step.Run, "${{", "%s: %s: a value in a script is a script; pass it as env", file, name)
			}
			assert.Equal(t, signsIn || job.Uses != "", job.Permissions["id-token"] == "write", "%s: %s", file, name)
		}
	}
}

// The pipelines of GitLab are YAML that says what each job runs, and the jobs made from the stacks extend one that exists.
func TestGitLabJobsAreWhole(t *testing.T) {
	keywords := map[string]bool{"workflow": true, "stages": true, "variables": true, "default": true}
	templates := map[string]bool{}
	var plan string
	for _, file := range []string{"gitlab-ci.yml", "stack.yml"} {
		data, err := os.ReadFile(filepath.Join("../../examples/ci/gitlab", file))
		require.NoError(t, err)
		var jobs map[string]any
		require.NoError(t, yaml.Unmarshal(data, &jobs))
		for name, value := range jobs {
			if keywords[name] {
				continue
			}
			job := value.(map[string]any)
			templates[name] = true
			runs := job["script"] != nil || job["trigger"] != nil || name == ".stack"
			assert.True(t, runs, "%s: %s runs nothing", file, name)
			if stage, ok := job["stage"].(string); ok {
				assert.Contains(t, jobs["stages"], stage, name)
			}
			if extends, ok := job["extends"].(string); ok {
				assert.Contains(t, jobs, extends, name)
			}
		}
		plan += string(data)
	}
	for _, verb := range []string{"up", "drift"} {
		assert.Contains(t, plan, "verb="+verb)
		assert.True(t, templates["."+verb], "nothing runs %s", verb)
	}
}
