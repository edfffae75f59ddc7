package components_test

import (
	"time"

	"aws-access-guardrails/components"
	"aws-access-guardrails/policy"
)

var tokyo = time.FixedZone("JST", 9*60*60)

// The functions below make Args without a problem: a refusal is one change to them.

func osAccess() *components.OSAccessArgs {
	sessions := sessionPreferences()
	sessions.RunAs.DefaultUser = ""
	return &components.OSAccessArgs{
		Account: account(), ProjectTag: "Project", Sessions: sessions, ReadOnly: true, RDP: true, PasswordData: true, Projects: []string{"Test Project 1", "Test Project 2"},
		Documents: []string{"AWS-StartPortForwardingSession", "Team-Diagnostics"}, GrantMaxLength: 12 * time.Hour, StandingUsers: []string{"carol"},
		StandingPrincipalARNs: []string{"arn:aws:iam::444455556666:user/dave"}, RunAs: "oncall", MFAMaxAge: time.Hour, UserPaths: map[string]string{"carol": "/people/"},
	}
}

func grant() *components.AccessGrantArgs {
	return &components.AccessGrantArgs{
		OSAccess: osAccess(), Person: "jump/dave", PrincipalARN: "arn:aws:iam::444455556666:user/dave", Opens: components.GrantOSAccess, Projects: []string{"Test Project 1"},
		RunAs: "dave", From: time.Date(2026, 12, 1, 9, 0, 0, 0, tokyo), Until: time.Date(2026, 12, 1, 13, 0, 0, 0, tokyo), Ticket: "CHG1234",
	}
}

func justInTime() *components.JustInTimeArgs {
	sessions := sessionPreferences()
	return &components.JustInTimeArgs{
		Account: account(), Sessions: sessions, Requesters: []string{"arn:aws:iam::111122223333:role/guardrails/delegated/Developer"},
		ManualApprovals: []components.ManualApproval{
			{Name: "Production", Projects: []string{"Test Project 1"}, Groups: []string{"e8c17310-e011-7089-d989-10da1e0a1b2c"}, AccessDuration: 8 * time.Hour},
			{Name: "TwoLevels", Content: `{"schemaVersion":"0.3","accessTokenRole":"SSM-JustInTimeAccessTokenRole","mainSteps":[{"action":"aws:approve"}]}`},
		},
		HomeRegion:             "ap-northeast-1",
		AutoApprovals:          []components.ApprovalRule{{Group: "e8c17310-e011-7089-d989-10da1e0a1b2c", Projects: []string{"Test Project 1", "Test Project 2"}}},
		DenyAccess:             []components.ApprovalRule{{Projects: []string{"Test Project 2"}}, {Group: "d4781745-7081-7079-d789-14da1e0a1b2c"}},
		DelegatedAdministrator: true,
	}
}

func organization() *components.ServiceControlPoliciesArgs {
	return &components.ServiceControlPoliciesArgs{
		Account: components.Account{ID: "123456789012", Partition: policy.AWS}, ID: "o-exampleorgid", Management: "123456789012",
		Tree: components.Unit{ID: "r-exam", Name: "Root", Accounts: []string{"123456789012", accountID, "777788889999"}, Units: []components.Unit{
			{ID: "ou-exam-11111111", Name: "Workloads", Accounts: []string{otherAccount}},
		}},
		Deployer: "role/GuardrailDeployer", BreakGlass: []string{"role/BreakGlass"}, JustInTimeAccounts: []string{otherAccount},
		OSAccessOnly: &components.OSAccessOnly{
			Targets: []string{"ou-exam-11111111"}, OperationRoles: true, PermissionSets: []string{"OSAccess"}, Exempt: []string{"role/Scanner"},
			RemoteExecution: components.RemoteExecution{Mode: components.RemoteExecutionDeny, QuickSetup: true, Exempt: []string{"role/PatchAutomation"}},
		},
		ConsolePasswords: &components.ConsolePasswords{Targets: []string{"r-exam"}, JumpAccounts: []string{accountID}},
		ProtectGuardrails: &components.ProtectGuardrails{
			Targets: []string{"r-exam"}, Bootstrap: []string{"role/OrganizationAccountAccessRole"}, CredentialAdmins: []string{"role/HelpDesk"},
			Taggers: []string{"role/pipelines/Tagger"}, StackSetAdmins: []string{"role/StackSetPipeline"}, PeopleAccounts: []string{accountID},
		},
		MemberRoot: &components.MemberRoot{Targets: []string{"r-exam"}},
		Policies: []components.OwnPolicy{{
			Name: "regions", Description: "Only the Regions in use.", File: "scp/regions.json", Targets: []string{"ou-exam-11111111"},
			Document: policy.New(policy.Deny("DenyOtherRegions", "ec2:*").On("*").When(
				policy.StringNotEquals("aws:RequestedRegion", "ap-northeast-1"), policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass"))),
		}},
		Attached:  map[string]int{"r-exam": 2},
		Placement: map[string][]string{"DenyLeavingOrganization": {"guardrails-protect-guardrails-2"}},
	}
}
