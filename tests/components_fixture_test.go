package tests

import (
	"slices"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

// The accounts of the fixtures: the people's, and another one.
const (
	homeAccount  = "111122223333"
	otherAccount = "444455556666"
)

// accountFixture is one account with every noun. It is not a shipped stack, so that editing those never changes a
// golden.
type accountFixture struct {
	group     *group.Args
	users     []*user.Args
	roles     *operation.Args
	delegated []*delegated.Args
	sessions  *preferences.Args
	passwords *passwordpolicy.Args
}

// regionsOf are the Regions of the fixtures, sorted, so that the n-th of one partition stands where the n-th of
// another does.
var regionsOf = map[policy.Partition][]string{
	policy.AWS:      {"ap-northeast-1", "us-east-1"},
	policy.AWSChina: {"cn-north-1", "cn-northwest-1"},
	policy.AWSUSGov: {"us-gov-east-1", "us-gov-west-1"},
}

// fullAccount has every switch on and every list filled.
func fullAccount(partition policy.Partition) accountFixture {
	account := guardrail.Account{ID: homeAccount, Alias: "jump", Partition: partition}
	const multiRegionKey = "mrk-1234abcd12ab34cd56ef1234567890ab"
	paths := map[string]string{"carol": "/people/"}
	return accountFixture{
		group: &group.Args{
			Account:             account,
			UserPaths:           []string{"/", "/people/"},
			FirstPasswordChange: true,
			SelfService: group.SelfService{
				AccessKeys:  true,
				ContactTags: []string{"Email", "DisplayName"},
				AWSLogin:    true,
			},
			RoleAccounts: []string{otherAccount},
		},
		users: []*user.Args{
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
		roles: &operation.Args{
			Account: account, Regions: slices.Clone(regionsOf[partition]), KMSKeyID: multiRegionKey, UserPaths: paths,
			Roles: []operation.Role{
				{
					Users: []string{"alice", "carol"}, Project: "Test Project 1", RunAs: "os-user1",
					Documents: []string{"AWS-StartPortForwardingSession", "Team-Diagnostics"},
				},
				{
					Name:               "second",
					Users:              []string{"bob"},
					PrincipalARNs:      []string{partition.UserARN(otherAccount, "/", "dave")},
					Project:            "Test Project 2",
					RunAs:              "os-user2",
					MFAMaxAge:          time.Hour,
					SessionName:        guardrail.SessionNameAny,
					MaxSessionDuration: 2 * time.Hour,
				},
			},
		},
		delegated: []*delegated.Args{
			{
				Account: account,
				Name:    "AdminRole",
				Users:   []string{"alice"},
				ManagedPolicies: []string{
					"AdministratorAccess",
					"job-function/Billing",
					partition.PolicyARN(homeAccount, "/team/", "Extra"),
				},
			},
		},
		sessions: &preferences.Args{
			Account: account, Regions: slices.Clone(regionsOf[partition]), NodePolicy: true, KMSKeyID: multiRegionKey,
			Shell: preferences.Shell{Linux: "exec /bin/bash -l", Windows: "date"},
			Logs: preferences.SessionLogs{
				CloudWatch: preferences.CloudWatchLogs{Group: "/guardrails/ssm-sessions"},
				S3:         preferences.S3Logs{Bucket: "example-session-logs", Prefix: "ssm"},
			},
		},
		passwords: &passwordpolicy.Args{
			Account: account, MinimumLength: 16, MaxAge: 90, ReusePrevention: 24, HardExpiry: true,
			Require: passwordpolicy.Characters{Symbols: true, Numbers: true, Uppercase: true, Lowercase: true},
		},
	}
}

// plainAccount has what must be written and nothing else: every zero value means what it means.
func plainAccount(partition policy.Partition) accountFixture {
	account := guardrail.Account{ID: homeAccount, Partition: partition}
	return accountFixture{
		group: &group.Args{Account: account},
		users: []*user.Args{
			{Account: account, Name: "alice", Groups: []string{"guardrails-mfa"}},
			{Account: account, Name: "bob", Groups: []string{"guardrails-mfa"}},
		},
		roles: &operation.Args{
			Account: account, Regions: slices.Clone(regionsOf[partition][:1]),
			Roles: []operation.Role{{Users: []string{"alice"}, Project: "Test Project 1", RunAs: "os-user1"}},
		},
		delegated: []*delegated.Args{
			{Account: account, Name: "AuditRole", Users: []string{"bob"}, ManagedPolicies: []string{"SecurityAudit"}},
		},
		sessions:  &preferences.Args{Account: account, Regions: slices.Clone(regionsOf[partition][:1])},
		passwords: &passwordpolicy.Args{Account: account},
	}
}

// world is the account as a world has it.
func (f accountFixture) world() world.Account {
	account := f.group.Account
	w := world.Account{ID: account.ID, Alias: account.Alias, Partition: account.Partition}
	f.group.AddTo(&w)
	for _, user := range f.users {
		user.AddTo(&w)
	}
	f.roles.AddTo(&w)
	for _, role := range f.delegated {
		role.AddTo(&w)
	}
	f.sessions.AddTo(&w)
	f.passwords.AddTo(&w)
	return w
}

// deploy makes the account the way the program does: the guard before the people, people and preferences before the
// roles.
func (f accountFixture) deploy(ctx *pulumi.Context) error {
	group, err := components.NewMFAGroup(ctx, "mfa", f.group)
	if err != nil {
		return err
	}
	people := components.UserResources{}
	for _, args := range f.users {
		user, newErr := components.NewUser(ctx, "user-"+args.Name, args, pulumi.DependsOn(group.CustomResources()))
		if newErr != nil {
			return newErr
		}
		people[args.Name] = user.CustomResources()
	}
	providers := components.RegionProviders{}
	for _, region := range f.sessions.Regions {
		if providers[region], err = aws.NewProvider(
			ctx,
			region,
			&aws.ProviderArgs{Region: pulumi.String(region)},
		); err != nil {
			return err
		}
	}
	preferences, err := components.NewSessionPreferences(ctx, "sessions", f.sessions, providers)
	if err != nil {
		return err
	}
	afterPreferences := pulumi.DependsOn(preferences.CustomResources())
	if _, err = components.NewOperationRoles(ctx, "operation", f.roles, people, afterPreferences); err != nil {
		return err
	}
	for _, args := range f.delegated {
		if _, err = components.NewDelegatedRole(
			ctx,
			"delegated-"+args.Name,
			args,
			people,
			afterPreferences,
		); err != nil {
			return err
		}
	}
	_, err = components.NewPasswordPolicy(ctx, "passwords", f.passwords)
	return err
}
