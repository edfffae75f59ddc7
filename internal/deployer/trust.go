package deployer

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"aws-access-guardrails/policy"
)

// GitHub names the workflows of a repository of GitHub Actions. Source of the form of sub: "OpenID Connect reference"
// in the GitHub documentation.
type GitHub struct {
	// Repository is "owner/name".
	Repository string
	// Branch is the branch that deploys; empty means main. Environment, when given, deploys instead: only its jobs
	// have it in their token.
	Branch, Environment string
}

// GitLab names the pipelines of a project of GitLab. Source of the form of sub: "Connect to cloud services" in the
// GitLab documentation.
type GitLab struct {
	// Project is the path of the project, "group/project".
	Project string
	// Host is the host of a GitLab of one's own; empty means gitlab.com.
	Host string
	// Branch is the branch that deploys; empty means main.
	Branch string
}

const (
	gitHubHost = "token.actions.githubusercontent.com"
	audience   = "sts.amazonaws.com"
)

var (
	// A wildcard in a name would trust the workflows of others.
	repository = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)
	project    = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$`)
	refName    = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)
	envName    = regexp.MustCompile(`^[A-Za-z0-9_. -]+$`)
	hostName   = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

// trust renders the trust policies of both roles.
func (r *Rendering) trust(o Options) error {
	switch {
	case o.GitHub != nil && o.GitLab != nil:
		return fmt.Errorf("a role trusts GitHub or GitLab; name one of them")
	case o.GitHub != nil:
		return r.trustGitHub(*o.GitHub)
	case o.GitLab != nil:
		return r.trustGitLab(*o.GitLab)
	}
	return nil
}

func (r *Rendering) trustGitHub(g GitHub) error {
	branch := cmp.Or(g.Branch, "main")
	switch {
	case !repository.MatchString(g.Repository):
		return fmt.Errorf("%q is not a repository of GitHub; write it as owner/name", g.Repository)
	case !refName.MatchString(branch):
		return fmt.Errorf("%q is not a branch; write its whole name, without patterns", branch)
	case g.Environment != "" && !envName.MatchString(g.Environment):
		return fmt.Errorf("%q is not an environment; write its whole name, without patterns", g.Environment)
	}
	main := "repo:" + g.Repository + ":ref:refs/heads/" + branch
	deploys := main
	if g.Environment != "" {
		deploys = "repo:" + g.Repository + ":environment:" + g.Environment
	}
	r.Provider, r.Audience = gitHubHost, audience
	return r.trusting("RepositoryDeploys", policy.StringEquals(gitHubHost+":sub", deploys),
		"RepositoryReads", policy.StringEquals(gitHubHost+":sub", main, "repo:"+g.Repository+":pull_request"))
}

func (r *Rendering) trustGitLab(g GitLab) error {
	host, branch := cmp.Or(g.Host, "gitlab.com"), cmp.Or(g.Branch, "main")
	switch {
	case !project.MatchString(g.Project):
		return fmt.Errorf("%q is not a project of GitLab; write its path, such as group/project", g.Project)
	case !refName.MatchString(branch):
		return fmt.Errorf("%q is not a branch; write its whole name, without patterns", branch)
	case !hostName.MatchString(host):
		return fmt.Errorf("%q is not a host; write it without scheme and path, such as gitlab.example.com", host)
	}
	sub := "project_path:" + g.Project + ":ref_type:branch:ref:"
	r.Provider, r.Audience = host, audience
	// The token of a merge request's pipeline carries its source branch.
	return r.trusting("ProjectDeploys", policy.StringEquals(host+":sub", sub+branch),
		"ProjectReads", policy.Is(policy.Operator{Base: policy.OpStringLike}, host+":sub", sub+"*"))
}

func (r *Rendering) trusting(deploySid string, deploys policy.Condition, readSid string, reads policy.Condition) error {
	provider := policy.ARN{
		Partition: r.partition,
		Service:   "iam",
		Account:   r.Account,
		Resource:  "oidc-provider/" + r.Provider,
	}
	document := func(sid string, sub policy.Condition) (*policy.Document, error) {
		d := policy.New(
			policy.Allow(sid, "sts:AssumeRoleWithWebIdentity").
				For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider.String()}}).
				When(policy.StringEquals(r.Provider+":aud", r.Audience), sub),
		)
		if problems := d.Validate(policy.Trust, policy.DefaultQuotas()); len(problems) > 0 {
			return nil, fmt.Errorf("trust policy: %v", problems)
		}
		return &d, nil
	}
	var err error
	if r.Deployer.Trust, err = document(deploySid, deploys); err != nil {
		return err
	}
	r.Preview.Trust, err = document(readSid, reads)
	return err
}

// fits reports whether documents fit into a role as inline policies.
func fits(policies []Policy, quota int) bool {
	total := 0
	for _, p := range policies {
		total += p.Document.Characters()
	}
	return total <= quota
}

// path is what a command writes for a path, nothing for the root.
func path(p string) string {
	if strings.Trim(p, "/") == "" {
		return ""
	}
	return " --path " + p
}
