package guardrail

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/match"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// DuplicateOf is the index of an earlier element that equals the i-th without regard to case, or -1.
func DuplicateOf(list []string, i int) int {
	return slices.IndexFunc(list[:i], func(earlier string) bool { return strings.EqualFold(earlier, list[i]) })
}

// OtherWaysOntoNodes are the actions besides sessions that reach the operating system of a node, or of a machine
// elsewhere. Actions that AWS adds to EC2 Instance Connect or to associations are among them.
func OtherWaysOntoNodes() []string {
	wide := []string{"ec2-instance-connect:*", "ssm:CreateAssociation*", "ssm:UpdateAssociation*"}
	ways := slices.DeleteFunc(
		doors.In(doors.OtherDoors, doors.RemoteExecution, doors.Automations),
		func(action string) bool {
			return slices.ContainsFunc(wide, func(pattern string) bool { return match.Action(pattern, action) })
		},
	)
	ways = append(ways, wide...)
	slices.Sort(ways)
	return ways
}

// ValidateUserPaths reports problems in the order of the user names.
func ValidateUserPaths(p *problem.List, paths map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if path := paths[name]; path != "" {
			p.Check(problem.Path("userPaths").Key(name), path, policy.ValidatePath(path))
		}
	}
}

// ManagedPolicy is a customer managed policy to make.
type ManagedPolicy struct {
	Name     string
	Document policy.Document
}

// ValidateProjects holds the projects of nodes that a document reaches, and separator, which stands between those of
// one
// node; empty where a node has one.
func ValidateProjects(p *problem.List, projects []string, separator string) {
	if projects != nil && len(projects) == 0 {
		p.Add(
			"projects",
			"[]",
			"is an empty list, which would be every node",
			"list the projects, or leave projects out for every node of the account",
		)
	}
	for i, project := range projects {
		path := problem.Path("projects").Index(i)
		switch {
		case !p.Check(path, project, policy.ValidateProject(project)):
		case slices.Contains(projects[:i], project):
			p.Add(path, project, "is listed twice", "remove one")
		case len(projects) > 1 && slices.ContainsFunc([]rune(project), func(r rune) bool { return r > 0xFF }):
			p.Add(
				path,
				project,
				"has a character that policies do not take, and several projects are written into the policy",
				"list it alone, so that the role's tag carries it, or use characters up to U+00FF",
			)
		default:
			ValidateUnseparated(p, path, project, separator)
		}
	}
}

// ChangesOfNodes change what an instance runs, or as whom.
func ChangesOfNodes() []string { return doors.In(doors.NodeChanges) }

// WhereSessionsOpen are the instances, managed nodes and documents of Regions in which sessions may open. Documents of
// AWS have no account.
func WhereSessionsOpen(account Account, regions []string) []string {
	var reached []string
	for _, region := range regions {
		reached = append(
			reached,
			account.Partition.InstanceARN(region, account.ID, "*"),
			policy.ARN{
				Partition: account.Partition,
				Service:   "ssm",
				Region:    region,
				Account:   "*",
				Resource:  "*",
			}.String(),
		)
	}
	return reached
}
