package guardrail

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// RunAsTag is the tag that Session Manager reads from the principal that starts a session: the OS user of the shell.
// The key is AWS's and cannot be configured. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html.
const RunAsTag = world.RunAsTag

// DefaultProjectTag is the tag that pairs roles with nodes when no other key is configured.
const DefaultProjectTag = "Project"

// The contact tags that a stack file has words for.
const (
	EmailTag       = "Email"
	DisplayNameTag = "DisplayName"
)

// The paths of what the components make. A path says what a role is: service control policies exempt and protect by
// path, and the members of the MFA group may assume what lies under RolePath and nothing else.
const (
	// RolePath is above every role of this module.
	RolePath = "/guardrails/"
	// OperationRolePath is the path of operation roles.
	OperationRolePath = "/guardrails/operation/"
	// OwnOSUserRolePath is the path of operation roles with RunAsFromUser: the only roles to which members of the MFA
	// group may pass a session tag.
	OwnOSUserRolePath = OperationRolePath + "from-user/"
	// DelegatedRolePath is the path of delegated roles.
	DelegatedRolePath = "/guardrails/delegated/"
	// PolicyPath is the path of the customer managed policies.
	PolicyPath = "/guardrails/"
)

// Account is the account that a component configures. It is known before anything runs, so that every ARN is known at
// preview.
type Account struct {
	// ID is the twelve-digit account id. Required.
	ID string
	// Alias is the name that people use for the account in sign-in links and handovers. Optional.
	Alias string
	// Partition is the partition of the account. Required: a document with another partition matches nothing.
	Partition policy.Partition
}

func (a Account) Validate(p *problem.List) {
	p.Check("account.id", a.ID, policy.ValidateAccountID(a.ID))
	if a.Alias != "" {
		p.Check("account.alias", a.Alias, policy.ValidateAccountAlias(a.Alias))
	}
	if !a.Partition.Valid() {
		p.Add(
			"account.partition",
			string(a.Partition),
			"is not a known partition",
			"use the partition of the account's Region, such as aws",
		)
	}
}

// ProjectTag is the configured key, or the default.
func ProjectTag(key string) string { return cmp.Or(key, DefaultProjectTag) }

// The key becomes part of condition keys and of a policy variable, ${aws:PrincipalTag/KEY}, so it is held to less
// than a tag key may be.
var ProjectTagPattern = regexp.MustCompile(`^[A-Za-z0-9_.:/=+@-]+$`)

func ValidateProjectTag(p *problem.List, key string) {
	key = ProjectTag(key)
	switch {
	case !p.Check("tags.project", key, policy.ValidateTagKey(key)):
	case !ProjectTagPattern.MatchString(key):
		p.Add(
			"tags.project",
			key,
			"has a character that a policy variable cannot carry",
			"use letters, digits and _.:/=+-@ without spaces",
		)
	case strings.EqualFold(key, RunAsTag):
		p.Add("tags.project", key, "is the tag that names the OS user", "use another key, such as Project")
	case slices.ContainsFunc([]string{EmailTag, DisplayNameTag}, func(contact string) bool { return strings.EqualFold(key, contact) }):
		p.Add(
			"tags.project",
			key,
			"is a contact tag, which its owner may be allowed to write",
			"use another key, such as Project",
		)
	}
}

// IsAuthorizationTag reports whether the key decides what somebody may do. Condition keys ignore case, so this does
// too.
func IsAuthorizationTag(key, projectKey string) bool {
	return strings.EqualFold(key, RunAsTag) || strings.EqualFold(key, ProjectTag(projectKey))
}

// ValidateEnvironmentTag holds the key of the second tag against what policies can compare; empty means none.
func ValidateEnvironmentTag(p *problem.List, projectKey, key string) {
	switch {
	case key == "":
	case !ProjectTagPattern.MatchString(key):
		p.Add("tags.environment", key, "cannot be written into a policy", "use letters, digits and _.:/=+@-")
	case IsAuthorizationTag(key, projectKey):
		p.Add("tags.environment", key, "decides something else already", "use another key; condition keys ignore case")
	}
}

// DecidingTags are the keys of the tags that decide access: that of the project, that of the environment where there is
// one, and that of the OS user.
func DecidingTags(projectKey, environmentKey string) []string {
	keys := []string{ProjectTag(projectKey)}
	if environmentKey != "" {
		keys = append(keys, environmentKey)
	}
	return append(keys, RunAsTag)
}

// ProjectSeparators are what can stand between the projects of a node: characters that tags of EC2 take, and that are
// no
// wildcards of a policy.
func ProjectSeparators() []string { return []string{"/", ":", "+", "=", "@", ",", ";", "|"} }

// AmongProjects are the patterns of the tag of a node that has one of the projects: alone, first, last, or between
// others.
func AmongProjects(separator string, projects ...string) []string {
	var patterns []string
	for _, p := range projects {
		patterns = append(patterns, p, p+separator+"*", "*"+separator+p, "*"+separator+p+separator+"*")
	}
	return patterns
}
