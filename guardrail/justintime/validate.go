package justintime

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// maxManualApprovals is how many manual approval policies an account takes in a Region. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-create-manual-policies.html.
const maxManualApprovals = 50

const (
	// maxDocumentBytes is how long the content of an SSM document is at most. Source: CreateDocument in the AWS
	// Systems Manager API Reference.
	maxDocumentBytes  = 64 * 1024
	maxApprovers      = 5
	maxAccessDuration = 336 * time.Hour
)

// groupID is the id of a group in an identity store. Source:
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html.
var groupID = regexp.MustCompile(
	`^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`,
)

// Validate reports every problem, in the order of the fields, as Problems relative to the section "justInTime".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	switch s := a.Sessions; {
	case a.onlyDenies():
	case s == nil || len(s.Regions) == 0:
		p.Add(
			"",
			nil,
			"opens sessions, and there is no section sessions whose regions, limits and Run As would bound them",
			"add sessions with its regions",
		)
	case s.RunAs.DefaultUser == "":
		p.Add(
			"",
			nil,
			"opens every session as the role "+guardrail.TokenRoleName+", which has no OS user, and sessions.runAs.defaultUser is empty",
			"write the OS user of all just-in-time shells there, and keep logs of the sessions to tell people apart",
		)
	}
	a.validateRequesters(&p)
	a.validateManualApprovals(&p)
	a.validateRules(&p, "autoApprovals", a.AutoApprovals, true)
	a.validateRules(&p, "denyAccess", a.DenyAccess, false)
	if len(a.DenyAccess) > 0 && a.HomeRegion == "" {
		p.Add(
			"homeRegion",
			nil,
			"is missing: AWS takes denyAccess in the home Region of Systems Manager alone",
			"write that Region",
		)
	}
	if len(a.DenyAccess) > 0 && !a.DelegatedAdministrator {
		p.Add(
			"denyAccess",
			nil,
			"belongs to the account that administers Systems Manager for the organization",
			"move it to that stack, or write delegatedAdministrator: true if this is it",
		)
	}
	if len(p) == 0 {
		for _, managed := range a.Policies() {
			p.Document("", "policy "+managed.Name, managed.Document, policy.Identity, a.Quotas)
		}
		for _, document := range a.Documents() {
			if n := len(document.Content); n > maxDocumentBytes {
				p.Add(
					"",
					document.Name,
					fmt.Sprintf("is %d bytes long as an SSM document, and AWS takes %d", n, maxDocumentBytes),
					"merge rules",
				)
			}
		}
	}
	return p.Err()
}

func (a *Args) validateRequesters(p *problem.List) {
	for i, role := range a.Requesters {
		path := problem.Path("requesters").Index(i)
		arn, err := policy.ParseARN(role)
		switch {
		case err != nil:
			p.Check(path, role, err)
		case arn.Account != a.Account.ID || arn.Partition != a.Account.Partition:
			p.Add(
				path,
				role,
				"is not of this account, and nodes are asked for in their own account",
				"write the ARN of a role of "+a.Account.ID,
			)
		case !guardrail.RoleResource.MatchString(arn.Resource) || arn.Service != "iam":
			p.Add(
				path,
				role,
				"is not a role, and just-in-time node access takes role sessions alone",
				"write the ARN of a role",
			)
		case slices.Contains(a.Requesters[:i], role):
			p.Add(path, role, "is listed twice", "remove one")
		}
	}
}

func (a *Args) validateManualApprovals(p *problem.List) {
	if n := len(a.ManualApprovals); n > maxManualApprovals {
		p.Add("manualApprovals", n, "are more policies than the 50 that AWS takes in a Region", "merge some")
	}
	for i, m := range a.ManualApprovals {
		path := problem.Path("manualApprovals").Index(i).Child("name")
		switch {
		case !p.Check(path, m.Name, policy.ValidateSessionDocumentName(m.Name)):
		case policy.DocumentOfAWS(m.Name) || m.Name == guardrail.PreferencesDocument || m.Name == AutoApprovalDocument || m.Name == DenyAccessDocument:
			p.Add(path, m.Name, "is a name of AWS's", "use another name")
		case slices.ContainsFunc(a.ManualApprovals[:i], func(earlier ManualApproval) bool { return earlier.Name == m.Name }):
			p.Add(path, m.Name, "is taken by another policy", "use another name")
		}
		if m.Content != "" {
			validateApprovalContent(p, problem.Path("manualApprovals").Index(i), m)
		} else {
			a.validateApprovers(p, problem.Path("manualApprovals").Index(i), m, a.ManualApprovals[:i])
		}
	}
}

// validateApprovers holds a policy that is written in fields.
func (a *Args) validateApprovers(p *problem.List, path problem.Path, m ManualApproval, earlier []ManualApproval) {
	if len(m.Projects) == 0 {
		p.Add(path.Child("projects"), nil, "is missing", "list the projects whose nodes the policy is for")
	}
	for j, project := range m.Projects {
		where := path.Child("projects").Index(j)
		switch {
		case !p.Check(where, project, policy.ValidateProject(project)):
		case slices.Contains(m.Projects[:j], project):
			p.Add(where, project, "is listed twice", "remove one")
		default:
			for _, e := range earlier {
				if slices.Contains(e.Projects, project) {
					p.Add(
						where,
						project,
						"is a project of "+e.Name+" too, and AWS refuses requests for nodes of two policies",
						"keep it in one of them",
					)
				}
			}
		}
	}
	switch n := len(m.Groups); {
	case n == 0:
		p.Add(
			path.Child("groups"),
			nil,
			"is missing: nobody could approve",
			"list the ids of the groups of IAM Identity Center that approve",
		)
	case n > maxApprovers:
		p.Add(path.Child("groups"), n, "are more approvers than the 5 that AWS takes", "merge some")
	}
	for j, group := range m.Groups {
		where := path.Child("groups").Index(j)
		switch {
		case !groupID.MatchString(group):
			p.Add(
				where,
				group,
				"is not the id of a group of IAM Identity Center",
				"write its id, as aws identitystore list-groups prints it",
			)
		case slices.Contains(m.Groups[:j], group):
			p.Add(where, group, "is listed twice", "remove one")
		}
	}
	if d := m.AccessDuration; d != 0 && (d < time.Hour || d > maxAccessDuration || d%time.Hour != 0) {
		p.Add(
			path.Child("accessDuration"),
			policy.ShortDuration(d),
			"is not between 1 and 336 whole hours",
			"write one of them, such as 8h",
		)
	}
}

// validateApprovalContent holds a policy that is written as a document, as far as AWS's sample tells what it takes.
func validateApprovalContent(p *problem.List, path problem.Path, m ManualApproval) {
	content := path.Child("content")
	for _, field := range []struct {
		key string
		set bool
	}{{"projects", len(m.Projects) > 0}, {"groups", len(m.Groups) > 0}, {"accessDuration", m.AccessDuration != 0}} {
		if field.set {
			p.Add(path.Child(field.key), nil, "says what content says already", "remove one of the two")
		}
	}
	var document struct {
		SchemaVersion   string `json:"schemaVersion"`
		AccessTokenRole string `json:"accessTokenRole"`
		MainSteps       []struct {
			Action string `json:"action"`
		} `json:"mainSteps"`
	}
	const fix = "read one with aws ssm get-document --name ... --query Content"
	switch err := json.Unmarshal([]byte(m.Content), &document); {
	case err != nil:
		p.Add(content, nil, "does not hold a JSON object of approvals: "+err.Error(), fix)
	case document.SchemaVersion != approvalSchema:
		p.Add(content, document.SchemaVersion, "is not the schemaVersion "+approvalSchema+" of approval policies", fix)
	case document.AccessTokenRole != guardrail.TokenRoleName:
		p.Add(
			content,
			document.AccessTokenRole,
			"is the accessTokenRole, and sessions run as "+guardrail.TokenRoleName,
			"write that role",
		)
	case len(document.MainSteps) == 0:
		p.Add(content, nil, "has no mainSteps, so nobody could approve", fix)
	default:
		for _, step := range document.MainSteps {
			if step.Action != "aws:approve" {
				p.Add(content, step.Action, "is no step of an approval", "keep the steps with the action aws:approve")
			}
		}
	}
}

func (a *Args) validateRules(p *problem.List, section problem.Path, rules []ApprovalRule, permit bool) {
	for i, rule := range rules {
		path := section.Index(i)
		if rule.Group != "" && !groupID.MatchString(rule.Group) {
			p.Add(
				path.Child("group"),
				rule.Group,
				"is not the id of a group of IAM Identity Center",
				"write its id, as aws identitystore list-groups prints it",
			)
		}
		if rule.Group == "" && permit {
			p.Add(
				path.Child("group"),
				nil,
				"is missing: everybody would be approved",
				"write the id of a group of IAM Identity Center",
			)
		}
		if len(rule.Projects) == 0 && permit {
			p.Add(path.Child("projects"), nil, "is missing: every node would be approved", "list the projects")
		}
		for j, project := range rule.Projects {
			where := path.Child("projects").Index(j)
			switch {
			case !p.Check(where, project, policy.ValidateProject(project)):
			case slices.Contains(rule.Projects[:j], project):
				p.Add(where, project, "is listed twice", "remove one")
			default:
				guardrail.ValidateUnseparated(p, where, project, a.ProjectSeparator)
			}
		}
	}
}

// Notices says what just-in-time node access does not do. Paths are relative to the section "justInTime".
func (a *Args) Notices() guardrail.Notices {
	var n guardrail.Notices
	if a.onlyDenies() {
		return n
	}
	n.Add(
		"",
		"every just-in-time shell is "+a.Sessions.RunAs.DefaultUser+"'s, whoever asked: only the session logs tell people apart",
	)
	n.Add(
		"",
		"AWS does not end a shell when its approval ends; sessions.maxDuration does, after "+
			policy.ShortDuration(a.Sessions.SessionLength()),
	)
	if a.Sessions.KMSKeyID != "" {
		n.Add(
			"",
			"the key "+a.Sessions.KMSKeyID+" must carry the tag "+justInTimeTag+"=true, or just-in-time sessions cannot use it",
		)
	}
	for i, m := range a.ManualApprovals {
		if a.ProjectSeparator != "" && m.Content == "" {
			n.Add(
				problem.Path("manualApprovals").Index(i).Child("projects"),
				"are compared with whole tags, so nobody can ask for a node of several projects unless its tag is listed as it "+
					"stands, such as "+m.Projects[0]+a.ProjectSeparator+"other",
			)
		}
	}
	if len(a.Requesters) == 0 {
		n.Add("requesters", "is empty, so nobody is checked for going round the approvals with ssm:StartSession")
	}
	return n
}
