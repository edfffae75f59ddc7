package ssm

import (
	"net/http"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// The types of the approval policies of just-in-time node access, and the names that those of one type have.
// Source: Create approval policies for your nodes, in the AWS Systems Manager User Guide.
const (
	manualApproval = "ManualApprovalPolicy"
	autoApproval   = "AutoApprovalPolicy"
)

var autoApprovalNames = []string{"SSM-JustInTimeAccessAutoApprovalPolicy", "SSM-JustInTimeAccessDenyAccessOrgPolicy"}

// accessTokenRole is the role that just-in-time sessions run as.
const accessTokenRole = "SSM-JustInTimeAccessTokenRole"

// justInTimeAccess is the service that uses the role.
const justInTimeAccess = "justintimeaccess.ssm.amazonaws.com"

// passTokenRole decides whether who writes an approval policy may hand the role that it names to the service.
// Source: the policy for administrators in Setting up just-in-time access, in the AWS Systems Manager User Guide.
func (s Client) passTokenRole(operation, name, documentType string) error {
	if documentType != manualApproval && documentType != autoApproval {
		return nil
	}
	if err := s.Pass(accessTokenRole, justInTimeAccess); err != nil {
		return s.Answer(operation, name, err)
	}
	return nil
}

// checkApprovalDocument refuses a document of just-in-time node access that the account cannot have: a wrong name, or
// one too many in the Region.
func (s Client) checkApprovalDocument(in NewDocument) error {
	switch in.Type {
	case autoApproval:
		if !slices.Contains(autoApprovalNames, in.Name) {
			return ssmInvalid("Document name %s is not valid for the document type %s", in.Name, in.Type).
				Hinted("it must be one of %s, or %s", autoApprovalNames[0], autoApprovalNames[1])
		}
	case manualApproval:
		manual := slices.DeleteFunc(s.documentsHere(), func(d Document) bool { return d.Type != manualApproval })
		if len(manual) >= manualApprovals {
			return api.Refuse(
				http.StatusBadRequest,
				"DocumentLimitExceeded",
				"You can have at most %d documents of the type %s.",
				manualApprovals,
				manualApproval,
			)
		}
	}
	return nil
}

// checkApproval refuses content that is none of an approval policy. AWS publishes no schema: these are the fields of
// its sample template, just-in-time-cfn-approval-policies.yaml in
// https://github.com/aws-samples/cloud-operations-best-practices, and the limits of its User Guide.
func checkApproval(documentType string, fields map[string]any) error {
	if version := fields["schemaVersion"]; version != "0.3" {
		return invalidContent(
			"the schemaVersion of a document of the type %s is \"0.3\", not %v",
			documentType,
			quoted(version),
		)
	}
	if role := fields["accessTokenRole"]; role != accessTokenRole {
		return invalidContent("the accessTokenRole is %q, not %v", accessTokenRole, quoted(role))
	}
	least, most, part := 1, 336, "mainSteps"
	check := checkApprovalStep
	if documentType == autoApproval {
		most, part, check = 1, "AutoApprovalPolicyDocuments", checkCedarPolicy
	}
	if hours, ok := wholeHours(fields["accessDuration"]); !ok || hours < least || hours > most {
		return invalidContent(
			"the accessDuration is %d to %d seconds in whole hours, not %v",
			least*3600,
			most*3600,
			quoted(fields["accessDuration"]),
		)
	}
	parts, _ := fields[part].([]any)
	if len(parts) == 0 {
		return invalidContent("a document of the type %s has %s", documentType, part)
	}
	for _, p := range parts {
		if err := check(p); err != nil {
			return err
		}
	}
	return nil
}

// wholeHours reads seconds, which JSON and YAML decode differently.
func wholeHours(v any) (int, bool) {
	seconds := 0
	switch v := v.(type) {
	case float64:
		seconds = int(v)
	case int:
		seconds = v
	}
	return seconds / 3600, seconds > 0 && seconds%3600 == 0
}

func checkCedarPolicy(v any) error {
	p, _ := v.(map[string]any)
	if p["type"] != "Cedar" {
		return invalidContent(
			"the type of a policy of AutoApprovalPolicyDocuments is \"Cedar\", not %v",
			quoted(p["type"]),
		)
	}
	if content, _ := p["content"].(string); content == "" {
		return invalidContent("a policy of AutoApprovalPolicyDocuments has its statements as content")
	}
	return nil
}

func checkApprovalStep(v any) error {
	step, _ := v.(map[string]any)
	inputs, _ := step["inputs"].(map[string]any)
	enhanced, _ := inputs["EnhancedApprovals"].(map[string]any)
	approvers, _ := enhanced["Approvers"].([]any)
	switch {
	case step["action"] != "aws:approve":
		return invalidContent("the action of a step is \"aws:approve\", not %v", quoted(step["action"]))
	case len(approvers) == 0 || len(approvers) > 5:
		return invalidContent("a step has 1 to 5 EnhancedApprovals.Approvers, not %d", len(approvers))
	}
	return nil
}
