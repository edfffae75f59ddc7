package components

import (
	"fmt"
	"strings"
)

// The documents of just-in-time node access whose names are AWS's.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-create-approval-policies-q-ide-cli.html.
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

// approvalDocument is an SSM document to make in every Region.
type approvalDocument struct{ name, kind, content string }

// documents are the approval documents: those of people in the order of the stack file, then the automatic one, then what is denied.
func (a *JustInTimeArgs) documents() []approvalDocument {
	var all []approvalDocument
	for _, m := range a.ManualApprovals {
		all = append(all, approvalDocument{m.Name, manualApprovalType, m.Content})
	}
	if len(a.AutoApprovals) > 0 {
		all = append(all, approvalDocument{AutoApprovalDocument, autoApprovalType, a.cedar("permit", a.AutoApprovals)})
	}
	if len(a.DenyAccess) > 0 {
		all = append(all, approvalDocument{DenyAccessDocument, autoApprovalType, a.cedar("forbid", a.DenyAccess)})
	}
	return all
}

// cedar writes rules in the Cedar policy language: a statement for every rule and project.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/auto-approval-deny-access-policy-statement-structure.html.
func (a *JustInTimeArgs) cedar(effect string, rules []ApprovalRule) string {
	var statements []string
	for _, rule := range rules {
		principal := "principal"
		if rule.Group != "" {
			principal = fmt.Sprintf("principal in AWS::IdentityStore::Group::%q", rule.Group)
		}
		scope := fmt.Sprintf("%s (\n    %s,\n    action == AWS::SSM::Action::\"getTokenForInstanceAccess\",\n    resource\n)", effect, principal)
		if len(rule.Projects) == 0 {
			statements = append(statements, scope+";\n")
		}
		for _, project := range rule.Projects {
			// Neither tag keys nor values hold quotes or backslashes.
			tag := projectTag(a.ProjectTag)
			statements = append(statements, fmt.Sprintf("%s\nwhen {\n    resource.hasTag(\"%s\") && resource.getTag(\"%s\") == \"%s\"\n};\n", scope, tag, tag, project))
		}
	}
	return strings.Join(statements, "\n")
}
