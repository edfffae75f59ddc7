package scp_test

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
)

// The accounts of the organization of the tests.
const (
	managementAccount = "123456789012"
	jumpAccount       = "111122223333"
	workloadAccount   = "444455556666"
	identityAccount   = "777788889999"
	workloads         = "ou-exam-11111111"
	rootUnit          = "r-exam"
)

// organizationFixture is an organization with every guardrail, as an admin would start: remote execution is reported.
func organizationFixture(p policy.Partition) *scp.Args {
	return &scp.Args{
		Account: guardrail.Account{
			ID:        managementAccount,
			Partition: p,
		},
		ID:         "o-exampleorgid",
		Management: managementAccount,
		Tree: scp.Unit{
			ID:       rootUnit,
			Name:     "Root",
			Accounts: []string{managementAccount, jumpAccount, identityAccount},
			Units: []scp.Unit{
				{ID: workloads, Name: "Workloads", Accounts: []string{workloadAccount}},
			},
		},
		Deployer:         "role/GuardrailDeployer",
		BreakGlass:       []string{"role/BreakGlass"},
		OSAccessOnly:     &scp.OSAccessOnly{Targets: []string{workloads}, OperationRoles: true},
		ConsolePasswords: &scp.ConsolePasswords{Targets: []string{rootUnit}, JumpAccounts: []string{jumpAccount}},
		ProtectGuardrails: &scp.ProtectGuardrails{
			Targets:   []string{rootUnit},
			Bootstrap: []string{"role/OrganizationAccountAccessRole"},
		},
		MemberRoot: &scp.MemberRoot{Targets: []string{rootUnit}},
	}
}

// everySwitch turns everything on.
func everySwitch(a *scp.Args) *scp.Args {
	a.JustInTimeAccounts = []string{workloadAccount}
	a.OSAccessOnly.PermissionSets = []string{"OSAccess"}
	a.OSAccessOnly.Exempt = []string{"role/Scanner"}
	a.OSAccessOnly.RemoteExecution = scp.RemoteExecution{
		Mode:       scp.RemoteExecutionDeny,
		QuickSetup: true,
		Exempt:     []string{"role/PatchAutomation"},
	}
	a.ProtectGuardrails.CredentialAdmins = []string{"role/guardrails/delegated/AdminRole"}
	a.ProtectGuardrails.StackSetAdmins = []string{"role/StackSetPipeline"}
	a.ProtectGuardrails.Taggers = []string{"role/pipelines/Tagger"}
	return a
}
