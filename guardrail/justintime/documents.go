package justintime

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// The documents of just-in-time node access whose names are AWS's. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-create-approval-policies-q-ide-cli.html.
const (
	// AutoApprovalDocument is the one automatic approval policy of an account in a Region.
	AutoApprovalDocument = "SSM-JustInTimeAccessAutoApprovalPolicy"
	// DenyAccessDocument is the one policy of an organization that denies automatic approval.
	DenyAccessDocument = "SSM-JustInTimeAccessDenyAccessOrgPolicy"
)

// The types of approval documents.
const (
	manualApprovalType = "ManualApprovalPolicy"
	autoApprovalType   = "AutoApprovalPolicy"
)

const (
	defaultAccessDuration = time.Hour
	// autoAccessDuration is how long AWS approves automatically; it takes no other value.
	autoAccessDuration = time.Hour
	// requestTimeout is how long a request waits for an approval: AWS's own default for approval steps.
	requestTimeout = 7 * 24 * time.Hour
)

// approvalDocument is an SSM document to make in the listed Regions.
type approvalDocument struct {
	Name, Kind, Content string
	Regions             []string
}

// Documents are the approval documents: those of people in the order of the stack file, then the automatic one, then
// what is denied, which is made in the home Region alone: AWS copies it into the others.
func (a *Args) Documents() []approvalDocument {
	var all []approvalDocument
	for _, m := range a.ManualApprovals {
		all = append(all, approvalDocument{m.Name, manualApprovalType, a.manual(m), a.regions()})
	}
	if len(a.AutoApprovals) > 0 {
		all = append(
			all,
			approvalDocument{
				AutoApprovalDocument,
				autoApprovalType,
				automatic(a.cedar("permit", a.AutoApprovals)),
				a.regions(),
			},
		)
	}
	if len(a.DenyAccess) > 0 {
		all = append(
			all,
			approvalDocument{
				DenyAccessDocument,
				autoApprovalType,
				automatic(a.cedar("forbid", a.DenyAccess)),
				[]string{a.HomeRegion},
			},
		)
	}
	return all
}

// automaticApproval is the content of a document of the type AutoApprovalPolicy. AWS publishes no schema; its sample
// template has these fields. Source: just-in-time-cfn-approval-policies.yaml in
// https://github.com/aws-samples/cloud-operations-best-practices.
type automaticApproval struct {
	SchemaVersion   string        `json:"schemaVersion"`
	Description     string        `json:"description"`
	AccessTokenRole string        `json:"accessTokenRole"`
	AccessDuration  int           `json:"accessDuration"`
	Policies        []cedarPolicy `json:"AutoApprovalPolicyDocuments"`
}

type cedarPolicy struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Type        string `json:"type"`
	Content     string `json:"content"`
}

// automatic is the document that holds statements in Cedar.
func automatic(cedar string) string {
	return compact(automaticApproval{
		SchemaVersion:   approvalSchema,
		Description:     "Managed by guardrails",
		AccessTokenRole: guardrail.TokenRoleName,
		AccessDuration:  int(autoAccessDuration / time.Second),
		Policies: []cedarPolicy{
			{ID: "guardrails", Description: "Managed by guardrails", Type: "Cedar", Content: cedar},
		},
	})
}

const approvalSchema = "0.3"

// manualApproval is the content of a document of the type ManualApprovalPolicy, from the same sample.
type manualApproval struct {
	SchemaVersion   string           `json:"schemaVersion"`
	Description     string           `json:"description"`
	AccessTokenRole string           `json:"accessTokenRole"`
	AccessDuration  int              `json:"accessDuration"`
	Targets         []approvalTarget `json:"targets"`
	MainSteps       []approvalStep   `json:"mainSteps"`
}

type approvalTarget struct {
	Key    string   `json:"Key"`
	Values []string `json:"Values"`
}

type approvalStep struct {
	Name           string         `json:"name"`
	Action         string         `json:"action"`
	TimeoutSeconds int            `json:"timeoutSeconds"`
	Inputs         approvalInputs `json:"inputs"`
}

type approvalInputs struct {
	Message              string            `json:"Message"`
	MinRequiredApprovals int               `json:"MinRequiredApprovals"`
	EnhancedApprovals    enhancedApprovals `json:"EnhancedApprovals"`
}

type enhancedApprovals struct {
	Approvers []approver `json:"Approvers"`
}

type approver struct {
	Approver string `json:"approver"`
	Type     string `json:"type"`
}

// manual is the document of one policy by which people approve: its own content, or what its other fields say.
func (a *Args) manual(m ManualApproval) string {
	if m.Content != "" {
		return m.Content
	}
	var approvers []approver
	for _, group := range m.Groups {
		approvers = append(approvers, approver{group, "SSOGroup"})
	}
	return compact(manualApproval{
		SchemaVersion: approvalSchema, Description: "Managed by guardrails", AccessTokenRole: guardrail.TokenRoleName,
		AccessDuration: int(cmp.Or(m.AccessDuration, defaultAccessDuration) / time.Second),
		Targets:        []approvalTarget{{"tag:" + guardrail.ProjectTag(a.ProjectTag), m.Projects}},
		MainSteps: []approvalStep{
			{
				Name:           "ManualApproval",
				Action:         "aws:approve",
				TimeoutSeconds: int(requestTimeout / time.Second),
				Inputs: approvalInputs{
					Message:              "Please approve this request",
					MinRequiredApprovals: 1,
					EnhancedApprovals:    enhancedApprovals{approvers},
				},
			},
		},
	})
}

func compact(v any) string {
	text, err := policy.Compact(v)
	if err != nil {
		// Strings and numbers always encode; the text of an error is no document that SSM would take.
		return err.Error()
	}
	return text
}

// cedar writes rules in the Cedar policy language: a statement for every rule, project and place that the project can
// have in a tag. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/auto-approval-deny-access-policy-statement-structure.html.
func (a *Args) cedar(effect string, rules []ApprovalRule) string {
	var statements []string
	for _, rule := range rules {
		principal := "principal"
		if rule.Group != "" {
			principal = fmt.Sprintf("principal in AWS::IdentityStore::Group::%q", rule.Group)
		}
		scope := fmt.Sprintf(
			"%s (\n    %s,\n    action == AWS::SSM::Action::\"getTokenForInstanceAccess\",\n    resource\n)",
			effect,
			principal,
		)
		if len(rule.Projects) == 0 {
			statements = append(statements, scope+";\n")
		}
		for _, project := range rule.Projects {
			for _, test := range a.hasProject(project) {
				tag := guardrail.ProjectTag(a.ProjectTag)
				statements = append(statements, fmt.Sprintf(
					"%s\nwhen {\n    resource.hasTag(\"%s\") && resource.getTag(\"%s\") %s\n};\n", scope, tag, tag, test,
				))
			}
		}
	}
	return strings.Join(statements, "\n")
}

// hasProject are the tests of a project tag of which one holds of each node of the project. Each stands in a statement
// of
// its own: AWS's pages show "&&" and "like", and no "or". Neither tag keys nor values hold quotes, backslashes or "*".
func (a *Args) hasProject(project string) []string {
	if a.ProjectSeparator == "" {
		return []string{fmt.Sprintf("== \"%s\"", project)}
	}
	var tests []string
	for _, pattern := range guardrail.AmongProjects(a.ProjectSeparator, project) {
		operator := "like"
		if pattern == project {
			operator = "=="
		}
		tests = append(tests, fmt.Sprintf("%s \"%s\"", operator, pattern))
	}
	return tests
}
