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
			if strings.HasPrefix(args[0], "-") ||
				strings.HasPrefix(args[0], ".") { // A folder of the source, an option of all verbs.
				continue
			}
			if !assert.NoError(t, err, "%s: guardrails %s", path, strings.Join(args, " ")) ||
				!assert.NotEqual(t, root, verb, "%s: guardrails %s", path, strings.Join(args, " ")) {
				continue
			}
			seen[verb.Name()]++
			for _, word := range rest {
				if word == "--" { // What comes behind is no flag.
					break
				}
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
	return len(name) == 1 &&
		(verb.Flags().ShorthandLookup(name) != nil || verb.InheritedFlags().ShorthandLookup(name) != nil)
}

// workflow is a workflow of GitHub, as far as its rights go.
type workflow struct {
	On          any
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Uses        string
		Environment any
		Secrets     any
		Env         map[string]string
		Steps       []struct {
			Uses, Run string
			With, Env map[string]string
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob("../../examples/ci/github/*.yml")
	require.NoError(t, err)
	require.Len(t, files, 8)
	all := map[string]workflow{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var w workflow
		require.NoError(t, yaml.Unmarshal(data, &w), file)
		all[file] = w
	}
	return all
}

// The pipelines take no more than they need: permissions are listed for each, and no job writes to the repository.
func TestWorkflowsAskForTheLeast(t *testing.T) {
	for file, workflow := range workflows(t) {
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
				signsIn = signsIn || strings.HasPrefix(step.Uses, "aws-actions/")
				assert.NotContains(
					t,
					step.Run,
					"${{",
					"%s: %s: a value in a script is a script; pass it as env",
					file,
					name,
				)
			}
			signsIn = signsIn || strings.HasSuffix(job.Uses, "/guardrails-level.yml")
			assert.Equal(t, signsIn, job.Permissions["id-token"] == "write", "%s: %s", file, name)
		}
	}
}

// An action is what was reviewed: it is pinned by the digest of a commit, with its version beside it for people.
func TestActionsArePinnedByDigest(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	digests := map[string]string{}
	for file := range workflows(t) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range uses.FindAllStringSubmatch(string(data), -1) {
			if strings.HasPrefix(m[1], "./") {
				continue
			}
			if !assert.Regexp(t, pinned, m[1], file) {
				continue
			}
			digest, version, _ := strings.Cut(m[1], " # ")
			name, _, _ := strings.Cut(digest, "@")
			if known, seen := digests[name+version]; seen {
				assert.Equal(t, known, digest, "%s: one version has one digest", file)
			}
			digests[name+version] = digest
		}
	}
	assert.Len(t, digests, 4)
}

// deploys is a command that changes accounts.
var deploys = regexp.MustCompile(`guardrails (up|destroy)\b`)

// A token that writes the states is seen by jobs that deploy and by nobody else, least of all by pull requests, and
// what another branch put into a cache never reaches such a job.
func TestTokensAndCachesOfJobsThatDeploy(t *testing.T) {
	secret := regexp.MustCompile(`secrets(?:\.|\[)\W*(\w+)`)
	deploying := 0
	for file, w := range workflows(t) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, trigger := range []string{"pull_request_target", "workflow_run", "issue_comment", "secrets: inherit", "toJSON(secrets)"} {
			assert.NotContains(t, string(data), trigger, file)
		}
		for name, job := range w.Jobs {
			changes := false
			for _, step := range job.Steps {
				changes = changes || deploys.MatchString(step.Run) && !strings.Contains(step.Run, "--sandbox")
			}
			text, err := yaml.Marshal(job)
			require.NoError(t, err)
			for _, m := range secret.FindAllStringSubmatch(string(text), -1) {
				if strings.HasPrefix(m[1], "GUARDRAILS_") {
					assert.Equal(t, "guardrails-requests", job.Environment, "%s: %s: it takes main alone", file, name)
					assert.NotContains(t, string(data), "pull_request:", file)
				} else if changes {
					assert.NotNil(
						t,
						job.Environment,
						"%s: %s: a secret of the repository is one of every branch",
						file,
						name,
					)
				} else {
					assert.Equal(t, "PULUMI_PREVIEW_TOKEN", m[1], "%s: %s", file, name)
				}
			}
			assert.Nil(t, job.Secrets, "%s: %s", file, name)
			if !changes && job.Environment == nil {
				continue
			}
			if changes {
				deploying++
			} else {
				assert.Contains(t, string(text), "secrets.GUARDRAILS_", "%s: %s needs no environment", file, name)
			}
			for _, step := range job.Steps {
				assert.False(t, strings.HasPrefix(step.Uses, "actions/cache"), "%s: %s", file, name)
				if strings.HasPrefix(step.Uses, "actions/setup-go@") {
					assert.Equal(
						t,
						"false",
						step.With["cache"],
						"%s: %s: the action keeps a cache of its own",
						file,
						name,
					)
				}
			}
		}
	}
	assert.Positive(t, deploying)
}

var gitlabFiles = []string{"gitlab-ci.yml", "stack.yml", "grants.yml"}

// The same on GitLab: what deploys has an environment and no cache, and what a merge request runs names no token.
func TestTokensAndCachesOfGitLabJobs(t *testing.T) {
	for _, file := range gitlabFiles {
		data, err := os.ReadFile(filepath.Join("../../examples/ci/gitlab", file))
		require.NoError(t, err)
		var jobs map[string]map[string]any
		var whole map[string]any
		require.NoError(t, yaml.Unmarshal(data, &whole))
		jobs = map[string]map[string]any{}
		for name, value := range whole {
			if job, ok := value.(map[string]any); ok {
				jobs[name] = job
			}
		}
		inherited := func(job map[string]any, key string) (any, bool) {
			for ; job != nil; job = jobs[textOf(job["extends"])] {
				if value, has := job[key]; has {
					return value, true
				}
			}
			return nil, false
		}
		for name, job := range jobs {
			script, err := yaml.Marshal(job)
			require.NoError(t, err)
			changes := deploys.Match(script) && !strings.Contains(string(script), "--sandbox")
			if changes || strings.Contains(string(script), "AWS_ROLE_ARN") || job["id_tokens"] != nil {
				cache, has := inherited(job, "cache")
				assert.True(t, has && len(cache.([]any)) == 0, "%s: %s has a cache", file, name)
			}
			tokens := strings.Contains(string(script), "GUARDRAILS_") ||
				strings.Contains(string(script), "guardrails announce")
			if changes || tokens {
				_, has := inherited(job, "environment")
				assert.True(t, has, "%s: %s has no environment", file, name)
			}
			if tokens {
				cache, has := inherited(job, "cache")
				assert.True(t, has && len(cache.([]any)) == 0, "%s: %s has a cache", file, name)
				assert.NotContains(t, string(script), "merge_request_event", "%s: %s", file, name)
			}
			if file == "gitlab-ci.yml" {
				assert.NotContains(t, string(script), "PULUMI_", "%s: %s", file, name)
			}
		}
	}
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// The pipelines of GitLab are YAML that says what each job runs, and the jobs made from the stacks extend one that
// exists.
func TestGitLabJobsAreWhole(t *testing.T) {
	keywords := map[string]bool{"workflow": true, "stages": true, "variables": true, "default": true, "include": true}
	var stages any
	templates := map[string]bool{}
	var plan string
	for _, file := range gitlabFiles {
		data, err := os.ReadFile(filepath.Join("../../examples/ci/gitlab", file))
		require.NoError(t, err)
		var jobs map[string]any
		require.NoError(t, yaml.Unmarshal(data, &jobs))
		if stages == nil {
			stages = jobs["stages"]
		}
		for name, value := range jobs {
			if keywords[name] {
				continue
			}
			job := value.(map[string]any)
			templates[name] = true
			runs := job["script"] != nil || job["trigger"] != nil || name == ".stack" || name == ".grants"
			if above, ok := jobs[textOf(job["extends"])].(map[string]any); ok {
				runs = runs || above["script"] != nil
			}
			assert.True(t, runs, "%s: %s runs nothing", file, name)
			if stage, ok := job["stage"].(string); ok {
				assert.Contains(t, stages, stage, name)
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
