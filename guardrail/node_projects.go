package guardrail

import (
	"slices"
	"strings"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// NodeProjects are the nodes of projects as conditions tell them: the condition key of the project tag, and the values
// that it can have.
type NodeProjects struct {
	// Key is the condition key of the tag of the node.
	Key string
	// Values are the projects. None means every node: then there is no condition.
	Values []string
	// Separator stands between the projects of a node that has several. Empty means that it has one.
	Separator string
}

// Same holds of nodes that have one of the projects, beside others where the nodes have several.
func (p NodeProjects) Same() policy.Condition {
	if p.Separator == "" {
		return policy.StringEquals(p.Key, p.Values...)
	}
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, p.Key, AmongProjects(p.Separator, p.Values...)...)
}

// Differs holds of all other nodes, those without the tag among them.
func (p NodeProjects) Differs() policy.Condition {
	if p.Separator == "" {
		return policy.StringNotEquals(p.Key, p.Values...)
	}
	return policy.Is(policy.Operator{Base: policy.OpStringNotLike}, p.Key, AmongProjects(p.Separator, p.Values...)...)
}

// ValidateProjectSeparator holds what stands between the projects of a node ("tags.projectSeparator").
func ValidateProjectSeparator(p *problem.List, separator string) {
	if separator != "" && !slices.Contains(ProjectSeparators(), separator) {
		p.Add(
			"tags.projectSeparator",
			separator,
			"cannot stand between projects",
			"write one of "+strings.Join(ProjectSeparators(), " "),
		)
	}
}

// ValidateUnseparated refuses a project whose name has the separator in it: one tag could be read in two ways.
func ValidateUnseparated(p *problem.List, path problem.Path, project, separator string) {
	if separator != "" && strings.Contains(project, separator) {
		p.Add(
			path,
			project,
			"has "+separator+" in its name, which stands between the projects of a node (tags.projectSeparator)",
			"use another name, or another separator",
		)
	}
}
