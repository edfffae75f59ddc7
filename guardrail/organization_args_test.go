package guardrail_test

import (
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
)

var tokyo = time.FixedZone("JST", 9*60*60)

// The functions below make Args without a problem: a refusal is one change to them.

func Opening() *osaccess.Args {
	sessions := sessionPreferences()
	sessions.RunAs.DefaultUser = ""
	return &osaccess.Args{
		Account:      account(),
		ProjectTag:   "Project",
		Sessions:     sessions,
		ReadOnly:     true,
		RDP:          true,
		PasswordData: true,
		Projects:     []string{"Test Project 1", "Test Project 2"},
		Documents: []string{
			"AWS-StartPortForwardingSession",
			"Team-Diagnostics",
		},
		GrantMaxLength: 12 * time.Hour,
		StandingUsers:  []string{"carol"},
		StandingPrincipalARNs: []string{
			"arn:aws:iam::444455556666:user/dave",
		},
		RunAs:     "oncall",
		MFAMaxAge: time.Hour,
		UserPaths: map[string]string{"carol": "/people/"},
	}
}

func grantArgs() *grant.Args {
	return &grant.Args{
		OSAccess:     Opening(),
		Person:       "jump/dave",
		PrincipalARN: "arn:aws:iam::444455556666:user/dave",
		Opens:        grant.GrantOSAccess,
		Projects:     []string{"Test Project 1"},
		RunAs:        "dave",
		From:         time.Date(2030, 12, 1, 9, 0, 0, 0, tokyo),
		Until:        time.Date(2030, 12, 1, 13, 0, 0, 0, tokyo),
		Ticket:       "CHG1234",
	}
}

func justInTime() *justintime.Args {
	sessions := sessionPreferences()
	return &justintime.Args{
		Account:    account(),
		Sessions:   sessions,
		Requesters: []string{"arn:aws:iam::111122223333:role/guardrails/delegated/Developer"},
		ManualApprovals: []justintime.ManualApproval{
			{
				Name:           "Production",
				Projects:       []string{"Test Project 1"},
				Groups:         []string{"e8c17310-e011-7089-d989-10da1e0a1b2c"},
				AccessDuration: 8 * time.Hour,
			},
			{
				Name:    "TwoLevels",
				Content: `{"schemaVersion":"0.3","accessTokenRole":"SSM-JustInTimeAccessTokenRole","mainSteps":[{"action":"aws:approve"}]}`,
			},
		},
		HomeRegion: "ap-northeast-1",
		AutoApprovals: []justintime.ApprovalRule{
			{Group: "e8c17310-e011-7089-d989-10da1e0a1b2c", Projects: []string{"Test Project 1", "Test Project 2"}},
		},
		DenyAccess: []justintime.ApprovalRule{
			{Projects: []string{"Test Project 2"}},
			{Group: "d4781745-7081-7079-d789-14da1e0a1b2c"},
		},
		DelegatedAdministrator: true,
	}
}

func organizationArgs() *scp.Args {
	return &scp.Args{
		Account: guardrail.Account{
			ID:        "123456789012",
			Partition: policy.AWS,
		},
		ID:         "o-exampleorgid",
		Management: "123456789012",
		Tree: scp.Unit{
			ID:       "r-exam",
			Name:     "Root",
			Accounts: []string{"123456789012", accountID, "777788889999"},
			Units: []scp.Unit{
				{ID: "ou-exam-11111111", Name: "Workloads", Accounts: []string{otherAccount}},
			},
		},
		Deployer:           "role/GuardrailDeployer",
		BreakGlass:         []string{"role/BreakGlass"},
		JustInTimeAccounts: []string{otherAccount},
		OSAccessOnly: &scp.OSAccessOnly{
			Targets: []string{
				"ou-exam-11111111",
			},
			OperationRoles: true,
			PermissionSets: []string{"OSAccess"},
			Exempt:         []string{"role/Scanner"},
			RemoteExecution: scp.RemoteExecution{
				Mode:       scp.RemoteExecutionDeny,
				QuickSetup: true,
				Exempt:     []string{"role/PatchAutomation"},
			},
		},
		ConsolePasswords: &scp.ConsolePasswords{Targets: []string{"r-exam"}, JumpAccounts: []string{accountID}},
		ProtectGuardrails: &scp.ProtectGuardrails{
			Targets: []string{
				"r-exam",
			},
			Bootstrap:        []string{"role/OrganizationAccountAccessRole"},
			CredentialAdmins: []string{"role/HelpDesk"},
			Taggers: []string{
				"role/pipelines/Tagger",
			},
			StackSetAdmins: []string{"role/StackSetPipeline"},
			PeopleAccounts: []string{accountID},
		},
		MemberRoot: &scp.MemberRoot{Targets: []string{"r-exam"}},
		Policies: []scp.OwnPolicy{
			{
				Name:        "regions",
				Description: "Only the Regions in use.",
				File:        "scp/regions.json",
				Targets:     []string{"ou-exam-11111111"},
				Document: policy.New(policy.Deny("DenyOtherRegions", "ec2:*").On("*").When(
					policy.StringNotEquals("aws:RequestedRegion", "ap-northeast-1"),
					policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/BreakGlass")),
				),
			},
		},
		Attached:  map[string]int{"r-exam": 2},
		Placement: map[string][]string{"DenyLeavingOrganization": {"guardrails-protect-guardrails-2"}},
	}
}
