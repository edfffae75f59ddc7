package components_test

import (
	"time"

	"aws-access-guardrails/components"
	"aws-access-guardrails/policy"
)

const (
	accountID    = "111122223333"
	otherAccount = "444455556666"
)

func account() components.Account {
	return components.Account{ID: accountID, Alias: "jump", Partition: policy.AWS}
}

// The functions below make Args without a problem, every field filled: a refusal is one change to them.

func mfaGroup() *components.MFAGroupArgs {
	return &components.MFAGroupArgs{
		Account: account(), Name: "people", Path: "/guardrails/", UserPaths: []string{"/", "/people/"}, ProjectTag: "Project",
		FirstPasswordChange: true, RoleAccounts: []string{otherAccount},
		SelfService: components.SelfService{AccessKeys: true, ContactTags: []string{"Email", "DisplayName"}, AWSLogin: true}, OSUsers: true,
	}
}

func user() *components.UserArgs {
	return &components.UserArgs{
		Account: account(), Name: "alice", Path: "/people/", Email: "alice@example.com", DisplayName: "Alice", RunAs: "alice", Tags: map[string]string{"Team": "red"},
		ContactTags: []string{"Email", "DisplayName"}, Groups: []string{"people"},
	}
}

func operationRoles() *components.OperationRolesArgs {
	return &components.OperationRolesArgs{
		Account: account(), ProjectTag: "Project", UserPaths: map[string]string{"carol": "/people/"},
		OSUsers: map[string]string{"arn:aws:iam::111122223333:user/alice": "alice", "arn:aws:iam::111122223333:user/people/carol": "carol"},
		Roles: []components.OperationRole{
			{
				Users: []string{"alice", "carol"}, Project: "Test Project 1", RunAs: "os-user1", Documents: []string{"AWS-StartPortForwardingSession"},
			},
			{
				Name: "second", PrincipalARNs: []string{"arn:aws:iam::444455556666:user/dave"}, Project: "Test Project 2", RunAs: "os-user2",
				MFAMaxAge: time.Hour, SessionName: components.SessionNameAny, MaxSessionDuration: 2 * time.Hour,
			},
		},
	}
}

func delegatedRole() *components.DelegatedRoleArgs {
	return &components.DelegatedRoleArgs{
		Account: account(), Name: "AdminRole", Users: []string{"alice"}, PrincipalARNs: []string{"arn:aws:iam::444455556666:user/dave"},
		ManagedPolicies: []string{"AdministratorAccess"}, MFAMaxAge: time.Hour, SessionName: components.SessionNameUser, MaxSessionDuration: time.Hour,
	}
}

func sessionPreferences() *components.SessionPreferencesArgs {
	return &components.SessionPreferencesArgs{
		Account: account(), Regions: []string{"ap-northeast-1", "us-east-1"},
		RunAs: components.RunAs{DefaultUser: "guest"}, IdleTimeout: 10 * time.Minute, MaxDuration: time.Hour,
		Shell: components.Shell{Linux: "exec /bin/bash -l", Windows: "date"},
		Logs: components.SessionLogs{
			CloudWatch: components.CloudWatchLogs{Group: "/guardrails/ssm-sessions"},
			S3:         components.S3Logs{Bucket: "example-session-logs", Prefix: "ssm"},
		},
		KMSKeyID: "mrk-1234abcd12ab34cd56ef1234567890ab",
	}
}

func passwordPolicy() *components.PasswordPolicyArgs {
	return &components.PasswordPolicyArgs{
		Account: account(), MinimumLength: 16, MaxAge: 90, ReusePrevention: 24, HardExpiry: true, AllowUsersToChange: true,
		Require: components.PasswordCharacters{Symbols: true, Numbers: true, Uppercase: true, Lowercase: true},
	}
}
