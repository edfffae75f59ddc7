package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// asCommand makes the binary of the tests the command, for scripts that call it and for terminals: what happens before
// main happens there too, and nothing is linked a second time.
const asCommand = "GUARDRAILS_TEST_AS_COMMAND"

func init() {
	if os.Getenv(asCommand) != "" {
		main()
	}
}

// pipeline runs the scripts of the example pipelines on a clone of a repository with the example organization.
type pipeline struct {
	t *testing.T
	// dir is the clone, bin has the commands that the scripts call besides those of the system.
	dir, origin, bin string
	// told is what reached the webhook.
	mu   sync.Mutex
	told []string
	hook *httptest.Server
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	for _, command := range []string{"bash", "git", "jq", "curl", "awk", "sha256sum"} {
		if _, err := exec.LookPath(command); err != nil {
			t.Skipf("there is no %s", command)
		}
	}
	p := &pipeline{t: t, dir: t.TempDir(), bin: t.TempDir()}
	p.origin = filepath.Join(t.TempDir(), "origin")
	p.hook = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told = append(p.told, string(body))
	}))
	t.Cleanup(p.hook.Close)
	self, err := os.Executable()
	require.NoError(t, err)
	p.command("guardrails", asCommand+`=1 exec "`+self+`" "$@"`)
	// What GitHub's command does with the answers that the test has put into files.
	p.command("gh", `case "$1 $2" in
"auth setup-git") ;;
"pr create") printf '%s\n' "$@" > "$ANSWERS/created"; echo https://example.com/pull/7 ;;
"api repos/example-org/guardrails/commits/"*) echo 7 ;;
"api --paginate") cat "$ANSWERS/reviews" ;;
*) echo "gh $*" >&2; exit 1 ;;
esac`)
	require.NoError(
		t,
		os.CopyFS(filepath.Join(p.dir, "examples", "organization"), os.DirFS("../../examples/organization")),
	)
	p.put("2030", "2096")
	p.git("init", "-q", "--bare", p.origin+".git")
	p.git("init", "-q", "-b", "main")
	p.commit()
	p.git("remote", "add", "origin", p.origin+".git")
	p.git("push", "-q", "origin", "main")
	return p
}

func (p *pipeline) command(name, script string) {
	p.t.Helper()
	require.NoError(p.t, os.WriteFile(filepath.Join(p.bin, name), []byte("#!/bin/bash\n"+script+"\n"), 0o700))
}

func (p *pipeline) git(args ...string) string {
	p.t.Helper()
	cmd := exec.Command(
		"git",
		append(
			[]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"},
			args...)...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	require.NoError(p.t, err, "git %s: %s", args, out)
	return strings.TrimSpace(string(out))
}

func (p *pipeline) commit() {
	p.t.Helper()
	p.git("add", "-A", "examples")
	p.git("commit", "-q", "-m", "a commit")
}

// run runs a script with the environment that the CI system gives it.
func (p *pipeline) run(script string, env map[string]string) (string, error) {
	p.t.Helper()
	file := filepath.Join(p.bin, "script")
	require.NoError(p.t, os.WriteFile(file, []byte(strings.ReplaceAll(script, "/tmp/", p.bin+"/")), 0o600))
	cmd := exec.Command("bash", "-e", file)
	cmd.Dir = p.dir
	cmd.Env = append(
		os.Environ(),
		"PATH="+p.bin+":"+os.Getenv(
			"PATH",
		),
		"HOME="+p.bin,
		"FOLDER=examples/organization",
		"ANSWERS="+p.bin,
		"GITHUB_OUTPUT="+p.bin+"/output",
		"GUARDRAILS_WEBHOOK="+p.hook.URL+"/services/T0/B0/secret",
		"GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_CONFIG_SYSTEM="+os.DevNull,
	)
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	out, err := cmd.CombinedOutput()
	assert.NotContains(p.t, string(out), "secret")
	return string(out), err
}

// slack makes the messages of a script those of Slack: the host of the test tells no format.
func slack(script string) string {
	return regexp.MustCompile(`guardrails announce`).ReplaceAllString(script, "guardrails announce --format slack")
}

// stepsOf are the scripts of the job of a workflow of GitHub, by the name of the step.
func stepsOf(t *testing.T, file, job string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../examples/ci/github/" + file)
	require.NoError(t, err)
	var w struct {
		Jobs map[string]struct {
			Steps []struct{ ID, Name, Run string }
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &w))
	steps := map[string]string{}
	for _, s := range w.Jobs[job].Steps {
		steps[s.ID+s.Name] = slack(s.Run)
	}
	return steps
}

// Asked for in a form, shown, approved by whom the grant names, told: the scripts of GitHub's workflows do it, from the
// form to the end, and what nobody else approved is not deployed.
func TestAGrantGoesThroughTheWorkflowsOfGitHub(t *testing.T) {
	p := newPipeline(t)
	before := p.git("rev-parse", "HEAD")
	form := map[string]string{
		"STACK":     "workload",
		"PERSON":    "identity/dave",
		"OPENS":     "AdminRole",
		"PROJECTS":  "",
		"RUN_AS":    "",
		"FROM":      "",
		"LENGTH":    "2h",
		"TICKET":    "CHG9 $(touch x)",
		"APPROVER":  "hubot",
		"REQUESTER": "octocat",
		"RUN":       "1",
	}
	steps := stepsOf(t, "guardrails-grant.yml", "request")
	_, err := p.run(steps["Edit"], form)
	require.Error(t, err, "a ticket that is no value of a tag is refused")
	assert.NoFileExists(t, filepath.Join(p.dir, "x"))
	form["TICKET"] = "CHG9"
	for _, step := range []string{"Edit", "Ask", "Tell"} {
		out, runErr := p.run(steps[step], form)
		require.NoError(t, runErr, "%s: %s", step, out)
	}
	created, err := os.ReadFile(filepath.Join(p.bin, "created"))
	require.NoError(t, err)
	assert.Contains(t, string(created), "--reviewer\nhubot")
	report, err := os.ReadFile(filepath.Join(p.dir, "change.md"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "dave")
	require.Len(t, p.told, 1)
	for _, text := range []string{"Requested: AdminRole for identity/dave in workload", "Asked by: octocat", "Approved by: hubot", "https://example.com/pull/7"} {
		assert.Contains(t, p.told[0], text)
	}
	assert.Contains(
		t,
		p.git("log", "-1", "--format=%an %B", "origin/grant-1"),
		"octocat Grant for identity/dave: CHG9\n\nAsked by octocat, to be approved by hubot.",
	)

	p.git("switch", "-q", "main")
	p.git("merge", "-q", "--no-ff", "-m", "merged", "grant-1")
	push := map[string]string{
		"BEFORE":     before,
		"REPOSITORY": "example-org/guardrails",
		"COMMIT":     p.git("rev-parse", "HEAD"),
		"STEP":       "deployed",
		"RUN":        "https://example.com/runs/1",
	}
	approved := stepsOf(t, "guardrails-approved.yml", "approved")
	for reviews, passes := range map[string]bool{
		"":                                    false,
		"octocat\tAPPROVED\n":                 false,
		"hubot\tCHANGES_REQUESTED\n":          false,
		"hubot\tAPPROVED\nhubot\tDISMISSED\n": false,
		"hubot2\tAPPROVED\n":                  false,
		"hubot\tCHANGES_REQUESTED\nhubot\tAPPROVED\nmonalisa\tCHANGES_REQUESTED\n": true,
		"Hubot\tAPPROVED\n": true,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(p.bin, "reviews"), []byte(reviews), 0o600))
		out, runErr := p.run(approved["Compare with the reviews"], push)
		assert.Equal(t, passes, runErr == nil, "%q: %s", reviews, out)
		if !passes {
			assert.Contains(t, out, "the grant CHG9 of workload says that hubot approved it")
		}
	}
	for _, step := range []string{approved["Tell"], stepsOf(t, "guardrails-deployed.yml", "told")["Tell"]} {
		require.NoError(t, os.WriteFile(filepath.Join(p.bin, "reviews"), []byte("hubot\tAPPROVED\n"), 0o600))
		_, runErr := p.run(approved["Compare with the reviews"], push)
		require.NoError(t, runErr)
		out, runErr := p.run(step, push)
		require.NoError(t, runErr, out)
	}
	require.Len(t, p.told, 3)
	assert.Contains(t, p.told[1], "Approved: AdminRole for identity/dave in workload")
	assert.Contains(t, p.told[2], "Deployed: AdminRole for identity/dave in workload")
	push["BEFORE"] = push["COMMIT"]
	out, err := p.run(approved["Compare with the reviews"], push)
	require.NoError(t, err, "a push without a new grant: %s", out)
}

// past puts the grant CHG1234 of the example long ago, with what is expected of its instants.
func (p *pipeline) past() {
	p.t.Helper()
	p.put("2096-12-01", "2020-12-01")
	p.commit()
	p.git("push", "-q", "origin", "main")
}

// put writes other dates into the stack file with the grants: those of the example are to come on every day on which
// this is tested, and no date of a grant that a pipeline makes is one of theirs.
func (p *pipeline) put(dates, others string) {
	p.t.Helper()
	file := filepath.Join(p.dir, "examples", "organization", "Pulumi.workload.yaml")
	data, err := os.ReadFile(file)
	require.NoError(p.t, err)
	text := strings.ReplaceAll(string(data), `"`+dates, `"`+others)
	require.NotEqual(p.t, string(data), text)
	require.NoError(p.t, os.WriteFile(file, []byte(text), 0o600))
}

// What is over is proposed for removal once, and told once.
func TestGrantsThatEndedGoThroughTheWorkflowsOfGitHub(t *testing.T) {
	p := newPipeline(t)
	p.past()
	steps := stepsOf(t, "guardrails-grants-end.yml", "prune")
	for _, step := range []string{"edit", "proposePropose", "Tell"} {
		out, err := p.run(steps[step], nil)
		require.NoError(t, err, "%s: %s", step, out)
	}
	require.Len(t, p.told, 1)
	assert.Contains(t, p.told[0], "Ended: osAccess for jump/alice in workload")
	outputs, err := os.ReadFile(filepath.Join(p.bin, "output"))
	require.NoError(t, err)
	assert.Equal(t, "ended=true\nnew=true\n", string(outputs))
	branch := strings.TrimSpace(p.git("branch", "-r", "--list", "origin/grants-ended-*", "--format=%(refname:short)"))
	assert.NotContains(t, p.git("show", branch+":examples/organization/Pulumi.workload.yaml"), "ticket: CHG1234")
	// An hour later the branch is there already.
	p.git("switch", "-q", "main")
	require.NoError(t, os.Remove(filepath.Join(p.bin, "output")))
	for _, step := range []string{"edit", "proposePropose"} {
		out, runErr := p.run(steps[step], nil)
		require.NoError(t, runErr, "%s: %s", step, out)
	}
	outputs, err = os.ReadFile(filepath.Join(p.bin, "output"))
	require.NoError(t, err)
	assert.Equal(t, "ended=true\n", string(outputs))
}

// gitLab is the script of a job of GitLab.
func gitLab(t *testing.T, job string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/ci/gitlab/grants.yml")
	require.NoError(t, err)
	var jobs map[string]struct{ Script []string }
	require.NoError(t, yaml.Unmarshal(data, &jobs))
	require.NotEmpty(t, jobs[job].Script, job)
	return slack(strings.Join(jobs[job].Script, "\n"))
}

// The same on GitLab, whose API answers who approved.
func TestAGrantGoesThroughTheJobsOfGitLab(t *testing.T) {
	p := newPipeline(t)
	before := p.git("rev-parse", "HEAD")
	const project = "https://gitlab.example.com/example-org/guardrails"
	approvers := ""
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("PRIVATE-TOKEN") != "token":
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasSuffix(r.URL.Path, "/merge_requests"):
			fmt.Fprint(w, `[{"iid": 7}]`)
		default:
			fmt.Fprintf(w, `{"approved_by": [%s]}`, approvers)
		}
	}))
	defer api.Close()
	env := map[string]string{
		"GRANT_STACK":              "workload",
		"GRANT_PERSON":             "jump/bob",
		"GRANT_OPENS":              "",
		"GRANT_PROJECT":            "billing",
		"GRANT_RUN_AS":             "bob",
		"GRANT_FROM":               "",
		"GRANT_LENGTH":             "2h",
		"GRANT_TICKET":             "CHG9",
		"GRANT_APPROVER":           "hubot",
		"GITLAB_USER_LOGIN":        "octocat",
		"GITLAB_USER_EMAIL":        "octocat@example.com",
		"CI_PIPELINE_ID":           "1",
		"CI_DEFAULT_BRANCH":        "main",
		"CI_PROJECT_URL":           project,
		"GUARDRAILS_REQUEST_TOKEN": "token",
		"CI_COMMIT_BEFORE_SHA":     before,
		"CI_API_V4_URL":            api.URL,
		"CI_PROJECT_ID":            "4",
		"STEP":                     "deployed",
		"CI_PIPELINE_URL":          "https://example.com/pipelines/1",
	}
	p.gitOfOrigin("config", "receive.advertisePushOptions", "true")
	p.git("config", "url."+p.origin+".insteadOf", project)
	out, err := p.run(gitLab(t, "request"), env)
	require.NoError(t, err, out)
	require.Len(t, p.told, 1)
	p.git("switch", "-q", "main")
	p.git("merge", "-q", "--no-ff", "-m", "merged", "grant-1")
	env["CI_COMMIT_SHA"] = p.git("rev-parse", "HEAD")
	for who, passes := range map[string]bool{``: false, `{"user": {"username": "octocat"}}`: false, `{"user": {"username": "hubot"}}`: true} {
		approvers = who
		approved, runErr := p.run(gitLab(t, "approved"), env)
		assert.Equal(t, passes, runErr == nil, "%q: %s", who, approved)
	}
	out, err = p.run(gitLab(t, ".told"), env)
	require.NoError(t, err, out)
	p.past()
	out, err = p.run(gitLab(t, "ended"), env)
	require.NoError(t, err, out)
	require.Len(t, p.told, 4)
	for i, title := range []string{"Requested: osAccess for jump/bob", "Approved: osAccess for jump/bob", "Deployed: osAccess for jump/bob", "Ended: osAccess for jump/alice"} {
		assert.Contains(t, p.told[i], title)
	}
	assert.Contains(t, p.gitOfOrigin("branch", "--list"), "grants-ended-")
}

func (p *pipeline) gitOfOrigin(args ...string) string {
	p.t.Helper()
	return p.git(append([]string{"-C", p.origin + ".git"}, args...)...)
}
