package guardrail_test

import (
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

const (
	accountID    = "111122223333"
	otherAccount = "444455556666"
)

func account() guardrail.Account {
	return guardrail.Account{ID: accountID, Alias: "jump", Partition: policy.AWS}
}

// The functions below make Args without a problem, every field filled: a refusal is one change to them.

func mfaGroup() *group.Args {
	return &group.Args{
		Account:             account(),
		Name:                "people",
		Path:                "/guardrails/",
		UserPaths:           []string{"/", "/people/"},
		ProjectTag:          "Project",
		FirstPasswordChange: true,
		RoleAccounts:        []string{otherAccount},
		SelfService: group.SelfService{
			AccessKeys:  true,
			ContactTags: []string{"Email", "DisplayName"},
			AWSLogin:    true,
		},
		OSUsers: true,
	}
}

func userArgs() *user.Args {
	return &user.Args{
		Account:     account(),
		Name:        "alice",
		Path:        "/people/",
		Email:       "alice@example.com",
		DisplayName: "Alice",
		RunAs:       "alice",
		Tags:        map[string]string{"Team": "red"},
		ContactTags: []string{"Email", "DisplayName"},
		Groups:      []string{"people"},
	}
}

func operationRoles() *operation.Args {
	return &operation.Args{
		Account:    account(),
		ProjectTag: "Project",
		UserPaths:  map[string]string{"carol": "/people/"},
		OSUsers: map[string]string{
			"arn:aws:iam::111122223333:user/alice":        "alice",
			"arn:aws:iam::111122223333:user/people/carol": "carol",
		},
		Roles: []operation.Role{
			{
				Users: []string{
					"alice",
					"carol",
				},
				Project:   "Test Project 1",
				RunAs:     "os-user1",
				Documents: []string{"AWS-StartPortForwardingSession"},
			},
			{
				Name:               "second",
				PrincipalARNs:      []string{"arn:aws:iam::444455556666:user/dave"},
				Project:            "Test Project 2",
				RunAs:              "os-user2",
				MFAMaxAge:          time.Hour,
				SessionName:        guardrail.SessionNameAny,
				MaxSessionDuration: 2 * time.Hour,
			},
		},
	}
}

func delegatedRole() *delegated.Args {
	return &delegated.Args{
		Account:       account(),
		Name:          "AdminRole",
		Users:         []string{"alice"},
		PrincipalARNs: []string{"arn:aws:iam::444455556666:user/dave"},
		ManagedPolicies: []string{
			"AdministratorAccess",
		},
		MFAMaxAge:          time.Hour,
		SessionName:        guardrail.SessionNameUser,
		MaxSessionDuration: time.Hour,
	}
}

func sessionPreferences() *preferences.Args {
	return &preferences.Args{
		Account: account(), Regions: []string{"ap-northeast-1", "us-east-1"},
		RunAs: preferences.RunAs{DefaultUser: "guest"}, IdleTimeout: 10 * time.Minute, MaxDuration: time.Hour,
		Shell: preferences.Shell{Linux: "exec /bin/bash -l", Windows: "date"},
		Logs: preferences.SessionLogs{
			CloudWatch: preferences.CloudWatchLogs{Group: "/guardrails/ssm-sessions"},
			S3:         preferences.S3Logs{Bucket: "example-session-logs", Prefix: "ssm"},
		},
		KMSKeyID: "mrk-1234abcd12ab34cd56ef1234567890ab",
	}
}

func passwordPolicy() *passwordpolicy.Args {
	return &passwordpolicy.Args{
		Account:            account(),
		MinimumLength:      16,
		MaxAge:             90,
		ReusePrevention:    24,
		HardExpiry:         true,
		AllowUsersToChange: true,
		Require:            passwordpolicy.Characters{Symbols: true, Numbers: true, Uppercase: true, Lowercase: true},
	}
}
