package guardrail_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/policy"
)

// approvalsOf are the contents of the approval documents by Region and name.
func approvalsOf(t *testing.T, a *justintime.Args) map[string]map[string]any {
	t.Helper()
	require.NoError(t, a.Validate())
	w := world.Account{ID: accountID, Partition: policy.AWS}
	a.AddTo(&w)
	contents := map[string]map[string]any{}
	for _, d := range w.Documents {
		var content map[string]any
		require.NoError(t, json.Unmarshal([]byte(d.Content), &content), d.Name)
		contents[d.Region+"/"+d.Name] = content
	}
	return contents
}

// Automatic approvals are Cedar inside of a document of AWS's form: one statement for a rule and project, whoever and
// whatever is left out.
func TestApprovalRulesAreCedarInADocument(t *testing.T) {
	a := justInTime()
	all := approvalsOf(t, a)
	cedar := func(name string) string {
		content := all["ap-northeast-1/"+name]
		assert.Equal(t, "0.3", content["schemaVersion"])
		assert.Equal(t, guardrail.TokenRoleName, content["accessTokenRole"])
		assert.EqualValues(t, 3600, content["accessDuration"])
		policies := content["AutoApprovalPolicyDocuments"].([]any)
		require.Len(t, policies, 1)
		assert.Equal(t, "Cedar", policies[0].(map[string]any)["type"])
		return policies[0].(map[string]any)["content"].(string)
	}
	assert.Equal(t, `permit (
    principal in AWS::IdentityStore::Group::"e8c17310-e011-7089-d989-10da1e0a1b2c",
    action == AWS::SSM::Action::"getTokenForInstanceAccess",
    resource
)
when {
    resource.hasTag("Project") && resource.getTag("Project") == "Test Project 1"
};

permit (
    principal in AWS::IdentityStore::Group::"e8c17310-e011-7089-d989-10da1e0a1b2c",
    action == AWS::SSM::Action::"getTokenForInstanceAccess",
    resource
)
when {
    resource.hasTag("Project") && resource.getTag("Project") == "Test Project 2"
};
`, cedar(justintime.AutoApprovalDocument))
	assert.Equal(t, `forbid (
    principal,
    action == AWS::SSM::Action::"getTokenForInstanceAccess",
    resource
)
when {
    resource.hasTag("Project") && resource.getTag("Project") == "Test Project 2"
};

forbid (
    principal in AWS::IdentityStore::Group::"d4781745-7081-7079-d789-14da1e0a1b2c",
    action == AWS::SSM::Action::"getTokenForInstanceAccess",
    resource
);
`, cedar(justintime.DenyAccessDocument))
}

// A manual approval is a step of approval by the groups, for nodes with the tag, and lasts as long as the file says.
func TestManualApprovalsAskTheGroups(t *testing.T) {
	a := justInTime()
	content := approvalsOf(t, a)[a.Sessions.Regions[0]+"/Production"]
	want := map[string]any{
		"schemaVersion":   "0.3",
		"description":     "Managed by guardrails",
		"accessTokenRole": "SSM-JustInTimeAccessTokenRole",
		"accessDuration":  28800.0,
		"targets":         []any{map[string]any{"Key": "tag:Project", "Values": []any{"Test Project 1"}}},
		"mainSteps": []any{map[string]any{
			"name": "ManualApproval", "action": "aws:approve", "timeoutSeconds": 604800.0,
			"inputs": map[string]any{
				"Message":              "Please approve this request",
				"MinRequiredApprovals": 1.0,
				"EnhancedApprovals": map[string]any{
					"Approvers": []any{
						map[string]any{"approver": "e8c17310-e011-7089-d989-10da1e0a1b2c", "type": "SSOGroup"},
					},
				},
			},
		}},
	}
	assert.Empty(t, cmp.Diff(want, content))
	a.ManualApprovals[0].AccessDuration = 0
	assert.EqualValues(
		t,
		3600,
		approvalsOf(t, a)[a.Sessions.Regions[0]+"/Production"]["accessDuration"],
		"an hour unless the file says otherwise",
	)
}

// What is denied in the organization is written in the home Region alone, where AWS copies it from. An account that
// denies and nothing else needs no sessions and gets no policies for people.
func TestDeniedAccessIsWrittenInTheHomeRegionAlone(t *testing.T) {
	a := justInTime()
	a.HomeRegion = "eu-west-1"
	assert.Equal(t, append(append([]string{}, a.Sessions.Regions...), "eu-west-1"), a.ApprovalRegions())
	all := approvalsOf(t, a)
	for _, region := range a.Sessions.Regions {
		assert.NotContains(t, all, region+"/"+justintime.DenyAccessDocument)
	}
	policies := all["eu-west-1/"+justintime.DenyAccessDocument]["AutoApprovalPolicyDocuments"].([]any)
	cedar := policies[0].(map[string]any)["content"].(string)
	assert.Contains(t, cedar, "forbid (\n    principal,\n")
	assert.NotContains(t, cedar, "permit")

	alone := &justintime.Args{
		Account:                account(),
		DenyAccess:             a.DenyAccess,
		DelegatedAdministrator: true,
		HomeRegion:             "eu-west-1",
	}
	assert.Len(t, approvalsOf(t, alone), 1)
	w := world.Account{}
	alone.AddTo(&w)
	assert.Empty(t, w.Policies)
	assert.Empty(t, alone.Notices())
	assert.Equal(t, []string{"eu-west-1"}, alone.ApprovalRegions())
}
