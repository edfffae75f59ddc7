package start

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"aws-access-guardrails/examples/ci"
)

// pipeline is a file of the example pipelines, and where its CI system looks for it.
type pipeline struct{ from, to string }

var pipelinesOf = map[CI][]pipeline{
	GitHub: {
		{"github/guardrails-pull-request.yml", ".github/workflows/guardrails-pull-request.yml"},
		{"github/guardrails-deploy.yml", ".github/workflows/guardrails-deploy.yml"},
		{"github/guardrails-level.yml", ".github/workflows/guardrails-level.yml"},
		{"github/guardrails-drift.yml", ".github/workflows/guardrails-drift.yml"},
		{"github/guardrails-grant.yml", ".github/workflows/guardrails-grant.yml"},
		{"github/guardrails-approved.yml", ".github/workflows/guardrails-approved.yml"},
		{"github/guardrails-deployed.yml", ".github/workflows/guardrails-deployed.yml"},
		{"github/guardrails-grants-end.yml", ".github/workflows/guardrails-grants-end.yml"},
	},
	GitLab: {
		{"gitlab/gitlab-ci.yml", ".gitlab-ci.yml"},
		{"gitlab/stack.yml", "guardrails-stack.yml"},
		{"gitlab/grants.yml", "guardrails-grants.yml"},
	},
}

// rewriting turns a line or several of an example pipeline, which builds this repository, into those of a project,
// which has only the command.
type rewriting struct {
	old *regexp.Regexp
	new string
}

// installGitHub gets the command from where the admin keeps a release, and nothing else than what was pinned.
const installGitHub = `      - name: Install guardrails
        # The variables of the repository say where a release archive for Linux is, and its SHA-256.
        env:
          ARCHIVE: $${{ vars.GUARDRAILS_ARCHIVE }}
          SHA256: $${{ vars.GUARDRAILS_SHA256 }}
        run: |
          curl --fail --silent --show-error --location --output /tmp/guardrails.tar.gz "$$ARCHIVE"
          echo "$$SHA256  /tmp/guardrails.tar.gz" | sha256sum --check
          mkdir -p $1
          tar -xzf /tmp/guardrails.tar.gz -C $1 guardrails
`

const installGitLab = `    # The variables of the project say where a release archive for Linux is, and its SHA-256.
    - curl --fail --silent --show-error --location --output /tmp/guardrails.tar.gz "$$GUARDRAILS_ARCHIVE"
    - echo "$$GUARDRAILS_SHA256  /tmp/guardrails.tar.gz" | sha256sum --check
    - tar -xzf /tmp/guardrails.tar.gz -C /tmp guardrails
`

var rewritings = []rewriting{
	{
		regexp.MustCompile(
			`(?m)^      - uses: actions/setup-go@.*\n        with:\n          go-version-file: go\.mod\n(          cache: false\n)?`,
		),
		"",
	},
	{regexp.MustCompile(`(?m)^      - run: go build -o (bin|/tmp)/guardrails \./cmd/guardrails\n`), installGitHub},
	{regexp.MustCompile(`(?m)^    - go build -o /tmp/guardrails \./cmd/guardrails\n`), installGitLab},
	{
		regexp.MustCompile(`(?m)^(\s*)# The Pulumi CLI is built from pinned sources, once for each set of pins\.$`),
		"${1}# Where the image has no Pulumi CLI that is recent enough, it is built from pinned sources, once for each release.",
	},
	{regexp.MustCompile(`\$\{\{ hashFiles\('tools/go\.mod', 'tools/go\.sum'\) \}\}`), "$${{ vars.GUARDRAILS_SHA256 }}"},
	{
		regexp.MustCompile(`(?m)^(\s*)key:\n\s*files: \[tools/go\.sum, go\.sum\]$`),
		"${1}key: guardrails-$$GUARDRAILS_SHA256",
	},
	{regexp.MustCompile(`(?m)^(\s*)FOLDER: examples/organization$`), "${1}FOLDER: ."},
	{regexp.MustCompile(`examples/ci/gitlab/stack\.yml`), "guardrails-stack.yml"},
	{regexp.MustCompile(`examples/ci/gitlab/grants\.yml`), "guardrails-grants.yml"},
	{regexp.MustCompile(`(?m)^# Copy it to \.gitlab-ci\.yml\. `), "# "},
}

// pipelines are those of the CI system that was asked for.
func (a *Answers) pipelines() ([]File, error) {
	var all []File
	for _, p := range pipelinesOf[a.CI] {
		data, err := ci.Files.ReadFile(p.from)
		if err != nil {
			return nil, err
		}
		content := string(data)
		for _, r := range rewritings {
			content = r.old.ReplaceAllString(content, r.new)
		}
		region := regexp.MustCompile(`(?m)^(\s*)aws-region: .*$`)
		content = region.ReplaceAllString(content, "${1}aws-region: "+a.Region)
		content = strings.ReplaceAll(content, defaultDeployer, a.Deployer)
		all = append(all, File{p.to, content})
	}
	return all, nil
}

// CheckRepository refuses pipelines in a folder that lies below the top of its repository, where the CI systems do
// not look for them.
func (a *Answers) CheckRepository(folder string) error {
	if a.CI == "" {
		return nil
	}
	parent, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	for ; ; parent = filepath.Dir(parent) {
		if _, err := os.Lstat(filepath.Join(parent, ".git")); err == nil {
			break
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
	if absolute, err := filepath.Abs(folder); err != nil || absolute == parent {
		return err
	}
	return wrong(
		"--ci: %s looks for pipelines in the top folder of the repository, %s; run init there, or leave --ci out",
		a.CI,
		parent,
	)
}
