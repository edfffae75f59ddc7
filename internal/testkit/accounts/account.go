// Package accounts has the accounts and the organization that tests of documents, of components and of their resources
// share: every noun with every switch on, and with the least that must be written. They are no shipped stacks.
package accounts

import (
	"slices"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

// Home is the account of the people of the fixtures, Other another one.
const (
	Home  = "111122223333"
	Other = "444455556666"
)

// FirstRole is the operation role of the first project of FullAccount.
const FirstRole = "TestProject1-os-user1"

// The nodes of the fixtures: of the first project, of the second, and of none.
const (
	FirstNode  = "i-0000000000000001a"
	SecondNode = "i-0000000000000002a"
	Untagged   = "i-0000000000000003a"
)

// Account is one account with every noun. It is not a shipped stack, so that editing those never changes a
// golden.
type Account struct {
	Group     *group.Args
	Users     []*user.Args
	Roles     *operation.Args
	Delegated []*delegated.Args
	Sessions  *preferences.Args
	Passwords *passwordpolicy.Args
}

// Regions are the Regions of the fixtures, sorted, so that the n-th of one partition stands where the n-th of
// another does.
var Regions = map[policy.Partition][]string{
	policy.AWS:      {"ap-northeast-1", "us-east-1"},
	policy.AWSChina: {"cn-north-1", "cn-northwest-1"},
	policy.AWSUSGov: {"us-gov-east-1", "us-gov-west-1"},
}

// FullAccount has every switch on and every list filled.
func FullAccount(partition policy.Partition) Account {
	account := guardrail.Account{ID: Home, Alias: "jump", Partition: partition}
	const multiRegionKey = "mrk-1234abcd12ab34cd56ef1234567890ab"
	paths := map[string]string{"carol": "/people/"}
	return Account{
		Group: &group.Args{
			Account:             account,
			UserPaths:           []string{"/", "/people/"},
			FirstPasswordChange: true,
			SelfService: group.SelfService{
				AccessKeys:  true,
				ContactTags: []string{"Email", "DisplayName"},
				AWSLogin:    true,
			},
			RoleAccounts: []string{Other},
		},
		Users: []*user.Args{
			{
				Account:     account,
				Name:        "alice",
				Email:       "alice@example.com",
				DisplayName: "Alice",
				Tags:        map[string]string{"Team": "red"},
				ContactTags: []string{"Email", "DisplayName"},
				Groups:      []string{"guardrails-mfa"},
			},
			{
				Account:     account,
				Name:        "bob",
				ContactTags: []string{"Email", "DisplayName"},
				Groups:      []string{"guardrails-mfa"},
			},
			// A name that begins like another one.
			{
				Account:     account,
				Name:        "bobby",
				ContactTags: []string{"Email", "DisplayName"},
				Groups:      []string{"guardrails-mfa"},
			},
			{
				Account:     account,
				Name:        "carol",
				Path:        "/people/",
				ContactTags: []string{"Email", "DisplayName"},
				Groups:      []string{"guardrails-mfa"},
			},
		},
		Roles: &operation.Args{
			Account: account, Regions: slices.Clone(Regions[partition]), KMSKeyID: multiRegionKey, UserPaths: paths,
			Roles: []operation.Role{
				{
					Users: []string{"alice", "carol"}, Project: "Test Project 1", RunAs: "os-user1",
					Documents: []string{"AWS-StartPortForwardingSession", "Team-Diagnostics"},
				},
				{
					Name:               "second",
					Users:              []string{"bob"},
					PrincipalARNs:      []string{partition.UserARN(Other, "/", "dave")},
					Project:            "Test Project 2",
					RunAs:              "os-user2",
					MFAMaxAge:          time.Hour,
					SessionName:        guardrail.SessionNameAny,
					MaxSessionDuration: 2 * time.Hour,
				},
			},
		},
		Delegated: []*delegated.Args{
			{
				Account: account,
				Name:    "AdminRole",
				Users:   []string{"alice"},
				ManagedPolicies: []string{
					"AdministratorAccess",
					"job-function/Billing",
					partition.PolicyARN(Home, "/team/", "Extra"),
				},
			},
		},
		Sessions: &preferences.Args{
			Account: account, Regions: slices.Clone(Regions[partition]), NodePolicy: true, KMSKeyID: multiRegionKey,
			Shell: preferences.Shell{Linux: "exec /bin/bash -l", Windows: "date"},
			Logs: preferences.SessionLogs{
				CloudWatch: preferences.CloudWatchLogs{Group: "/guardrails/ssm-sessions"},
				S3:         preferences.S3Logs{Bucket: "example-session-logs", Prefix: "ssm"},
			},
		},
		Passwords: &passwordpolicy.Args{
			Account: account, MinimumLength: 16, MaxAge: 90, ReusePrevention: 24, HardExpiry: true,
			Require: passwordpolicy.Characters{Symbols: true, Numbers: true, Uppercase: true, Lowercase: true},
		},
	}
}

// PlainAccount has what must be written and nothing else: every zero value means what it means.
func PlainAccount(partition policy.Partition) Account {
	account := guardrail.Account{ID: Home, Partition: partition}
	return Account{
		Group: &group.Args{Account: account},
		Users: []*user.Args{
			{Account: account, Name: "alice", Groups: []string{"guardrails-mfa"}},
			{Account: account, Name: "bob", Groups: []string{"guardrails-mfa"}},
		},
		Roles: &operation.Args{
			Account: account, Regions: slices.Clone(Regions[partition][:1]),
			Roles: []operation.Role{{Users: []string{"alice"}, Project: "Test Project 1", RunAs: "os-user1"}},
		},
		Delegated: []*delegated.Args{
			{Account: account, Name: "AuditRole", Users: []string{"bob"}, ManagedPolicies: []string{"SecurityAudit"}},
		},
		Sessions:  &preferences.Args{Account: account, Regions: slices.Clone(Regions[partition][:1])},
		Passwords: &passwordpolicy.Args{Account: account},
	}
}

// World is the account as a world has it.
func (f Account) World() world.Account {
	account := f.Group.Account
	w := world.Account{ID: account.ID, Alias: account.Alias, Partition: account.Partition}
	f.Group.AddTo(&w)
	for _, user := range f.Users {
		user.AddTo(&w)
	}
	f.Roles.AddTo(&w)
	for _, role := range f.Delegated {
		role.AddTo(&w)
	}
	f.Sessions.AddTo(&w)
	f.Passwords.AddTo(&w)
	return w
}
