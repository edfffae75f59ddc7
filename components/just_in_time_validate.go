package components

import (
	"encoding/json"
	"regexp"
	"slices"

	"aws-access-guardrails/policy"
)

// maxManualApprovals is how many manual approval policies an account takes in a Region.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-create-manual-policies.html.
const maxManualApprovals = 50

// groupID is the id of a group in an identity store. Source: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html.
var groupID = regexp.MustCompile(`^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`)

// Validate reports every problem, in the order of the fields, as Problems relative to the section "justInTime".
func (a *JustInTimeArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	validateProjectTag(&p, a.ProjectTag)
	switch s := a.Sessions; {
	case s == nil || len(s.Regions) == 0:
		p.add("", nil, "opens sessions, and there is no section sessions whose regions, limits and Run As would bound them", "add sessions with its regions")
	case s.RunAs.DefaultUser == "":
		p.add("", nil, "opens every session as the role "+TokenRoleName+", which has no OS user, and sessions.runAs.defaultUser is empty",
			"write the OS user of all just-in-time shells there, and keep logs of the sessions to tell people apart")
	}
	a.validateRequesters(&p)
	a.validateManualApprovals(&p)
	a.validateRules(&p, "autoApprovals", a.AutoApprovals, true)
	a.validateRules(&p, "denyAccess", a.DenyAccess, false)
	if len(a.DenyAccess) > 0 && !a.DelegatedAdministrator {
		p.add("denyAccess", nil, "belongs to the account that administers Systems Manager for the organization", "move it to that stack, or write delegatedAdministrator: true if this is it")
	}
	if len(p) == 0 {
		for _, made := range a.policies() {
			p.document("", "policy "+made.name, made.document, policy.Identity, a.Quotas)
		}
	}
	return p.Err()
}

func (a *JustInTimeArgs) validateRequesters(p *Problems) {
	for i, role := range a.Requesters {
		path := at("requesters", i)
		arn, err := policy.ParseARN(role)
		switch {
		case err != nil:
			p.check(path, role, err)
		case arn.Account != a.Account.ID || arn.Partition != a.Account.Partition:
			p.add(path, role, "is not of this account, and nodes are asked for in their own account", "write the ARN of a role of "+a.Account.ID)
		case !roleResource.MatchString(arn.Resource) || arn.Service != "iam":
			p.add(path, role, "is not a role, and just-in-time node access takes role sessions alone", "write the ARN of a role")
		case slices.Contains(a.Requesters[:i], role):
			p.add(path, role, "is listed twice", "remove one")
		}
	}
}

func (a *JustInTimeArgs) validateManualApprovals(p *Problems) {
	if n := len(a.ManualApprovals); n > maxManualApprovals {
		p.add("manualApprovals", n, "are more policies than the 50 that AWS takes in a Region", "merge some")
	}
	for i, m := range a.ManualApprovals {
		path := join(at("manualApprovals", i), "name")
		switch {
		case !p.check(path, m.Name, policy.ValidateSessionDocumentName(m.Name)):
		case policy.DocumentOfAWS(m.Name) || m.Name == PreferencesDocument || m.Name == AutoApprovalDocument || m.Name == DenyAccessDocument:
			p.add(path, m.Name, "is a name of AWS's", "use another name")
		case slices.ContainsFunc(a.ManualApprovals[:i], func(earlier ManualApproval) bool { return earlier.Name == m.Name }):
			p.add(path, m.Name, "is taken by another policy", "use another name")
		}
		var content map[string]any
		if err := json.Unmarshal([]byte(m.Content), &content); err != nil {
			p.add(join(at("manualApprovals", i), "file"), nil, "does not hold a JSON object: "+err.Error(), "read one with aws ssm get-document --name ... --query Content")
		}
	}
}

func (a *JustInTimeArgs) validateRules(p *Problems, section string, rules []ApprovalRule, permit bool) {
	for i, rule := range rules {
		path := at(section, i)
		if rule.Group != "" && !groupID.MatchString(rule.Group) {
			p.add(join(path, "group"), rule.Group, "is not the id of a group of IAM Identity Center", "write its id, as aws identitystore list-groups prints it")
		}
		if rule.Group == "" && permit {
			p.add(join(path, "group"), nil, "is missing: everybody would be approved", "write the id of a group of IAM Identity Center")
		}
		if len(rule.Projects) == 0 && permit {
			p.add(join(path, "projects"), nil, "is missing: every node would be approved", "list the projects")
		}
		for j, project := range rule.Projects {
			where := join(path, at("projects", j))
			if p.check(where, project, policy.ValidateProject(project)) && slices.Contains(rule.Projects[:j], project) {
				p.add(where, project, "is listed twice", "remove one")
			}
		}
	}
}

// Notices says what just-in-time node access does not do. Paths are relative to the section "justInTime".
func (a *JustInTimeArgs) Notices() Notices {
	var n Notices
	n.add("", "every just-in-time shell is "+a.Sessions.RunAs.DefaultUser+"'s, whoever asked: only the session logs tell people apart")
	n.add("", "AWS does not end a shell when its approval ends; sessions.maxDuration does, after "+a.Sessions.maxDuration().String())
	if a.Sessions.KMSKeyID != "" {
		n.add("", "the key "+a.Sessions.KMSKeyID+" must carry the tag "+justInTimeTag+"=true, or just-in-time sessions cannot use it")
	}
	if len(a.Requesters) == 0 {
		n.add("requesters", "is empty, so nobody is checked for going round the approvals with ssm:StartSession")
	}
	return n
}
