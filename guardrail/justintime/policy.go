package justintime

import (
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// The managed policies for people, under PolicyPath: attach them to the roles that ask and approve.
const (
	// RequesterPolicyName lets a role ask for access and use what was approved.
	RequesterPolicyName = "just-in-time-requester"
	// ApproverPolicyName lets a role approve and reject requests.
	ApproverPolicyName = "just-in-time-approver"
)

// justInTimeTag marks what belongs to just-in-time node access.
const justInTimeTag = "SystemsManagerJustInTimeNodeAccessManaged"

func (a *Args) ssm(resource string) string {
	return policy.ARN{
		Partition: a.Account.Partition,
		Service:   "ssm",
		Region:    "*",
		Account:   a.Account.ID,
		Resource:  resource,
	}.String()
}

// readRequests are the reads of those who ask and those who approve.
func (a *Args) readRequests() []policy.Statement {
	return []policy.Statement{
		policy.Allow(
			"ListRequestsAndNodes",
			"cloudformation:DescribeStacks",
			"cloudformation:ListStacks",
			"ec2:DescribeInstances",
			"ec2:DescribeTags",
			"organizations:DescribeOrganization",
			"organizations:ListDelegatedAdministrators",
			"ssm-quicksetup:GetConfiguration",
			"ssm-quicksetup:GetConfigurationManager",
			"ssm-quicksetup:ListConfigurationManagers",
			"ssm-quicksetup:ListConfigurations",
			"ssm-quicksetup:ListQuickSetupTypes",
			"ssm:DescribeInstanceInformation",
			"ssm:DescribeInstanceProperties",
			"ssm:DescribeOpsItems",
			"ssm:DescribeSessions",
			"ssm:GetConnectionStatus",
			"ssm:GetOpsSummary",
			"ssm:ListDocumentVersions",
			"ssm:ListDocuments",
			"ssm:ListNodes",
			"ssm:ListNodesSummary",
			"ssm:ListOpsItemEvents",
			"ssm:ListTagsForResource",
		).On("*"),
		policy.Allow("ReadRequests", "ssm:GetOpsItem").On(a.ssm("opsitem/*")),
		policy.Allow("ReadApprovalPolicies", "ssm:DescribeDocument", "ssm:GetDocument").On(a.ssm("document/*")).
			When(policy.StringEquals("ssm:DocumentType", autoApprovalType, manualApprovalType)),
	}
}

// RequesterDocument lets a role ask for access to nodes and use what was approved. It leaves out ec2:GetPasswordData,
// which AWS's sample has: it needs no approval. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-setting-up.html.
func (a *Args) RequesterDocument() policy.Document {
	return policy.New(append(a.readRequests(),
		policy.Allow("AskForAccess", "ssm:GetAccessToken", "ssm:StartAccessRequest").On("*"),
		policy.Allow("FileRequests", "ssm:CreateOpsItem").On(a.ssm("opsitem/*")),
		policy.Allow("StartManualApprovals", "ssm:StartAutomationExecution").On(a.ssm("document/*")).
			When(policy.StringEquals("ssm:DocumentType", manualApprovalType)),
		policy.Allow("RunManualApprovals", "ssm:StartAutomationExecution").On(a.ssm("automation-execution/*")),
		policy.Allow("CancelRequests", "ssm:StopAutomationExecution").On(a.ssm("automation-execution/*")).
			When(policy.StringEquals("aws:ResourceTag/"+justInTimeTag, "true")),
	)...)
}

// ApproverDocument lets a role approve and reject requests.
func (a *Args) ApproverDocument() policy.Document {
	return policy.New(append(a.readRequests(),
		policy.Allow("ApproveAndRejectRequests", "ssm:SendAutomationSignal").On(a.ssm("automation-execution/*")).
			When(policy.StringEquals("aws:ResourceTag/"+justInTimeTag, "true")),
	)...)
}

func (a *Args) Policies() []guardrail.ManagedPolicy {
	if a.onlyDenies() {
		return nil
	}
	return []guardrail.ManagedPolicy{
		{Name: RequesterPolicyName, Document: a.RequesterDocument()},
		{Name: ApproverPolicyName, Document: a.ApproverDocument()},
	}
}

// PolicyARN is the ARN of one of the policies.
func (a *Args) PolicyARN(name string) string {
	return a.Account.Partition.PolicyARN(a.Account.ID, guardrail.PolicyPath, name)
}

// AddTo adds the policies and the documents to a world, as NewJustInTime registers them.
func (a *Args) AddTo(w *world.Account) {
	for _, p := range a.Policies() {
		w.Policies = append(w.Policies, world.ManagedPolicy{ARN: a.PolicyARN(p.Name), Document: p.Document})
	}
	for _, d := range a.Documents() {
		for _, region := range d.Regions {
			w.Documents = append(
				w.Documents,
				world.SessionDocument{
					Name:    d.Name,
					Region:  region,
					Type:    d.Kind,
					Owner:   a.Account.ID,
					Content: d.Content,
				},
			)
		}
	}
}
