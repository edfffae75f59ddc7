package guardrail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

// text is a value as people write it, and as they should not.
func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"",
			" ",
			"*",
			"/",
			"/people/",
			"root",
			"alice",
			"Alice",
			"os-user1",
			"Project",
			"Email",
			"${aws:username}",
			"計画",
			"a b",
			accountID,
			otherAccount,
			"arn:aws:iam::444455556666:user/dave",
			"arn:aws:iam::444455556666:role/ops",
			"AWS-StartPortForwardingSession",
			"AdministratorAccess",
			"us-east-1",
			"job-function/Billing",
			"mrk-1234abcd12ab34cd56ef1234567890ab",
			"\x00",
			"\xff",
			`"`,
			"\n",
		}),
		rapid.StringMatching(`[A-Za-z0-9+=,.@_-]{1,70}`),
		rapid.String(),
	)
}

// word is mostly one of the values that are right, so that whole Args are often right.
func word(right ...string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 15).Draw(t, "slip") == 0 {
			return text().Draw(t, "text")
		}
		return rapid.SampledFrom(right).Draw(t, "word")
	})
}

func words(right ...string) *rapid.Generator[[]string] {
	return rapid.SliceOfNDistinct(word(right...), 0, len(right), rapid.ID)
}

func span() *rapid.Generator[time.Duration] {
	return rapid.OneOf(
		rapid.Just(time.Duration(0)),
		rapid.Just(time.Hour),
		rapid.Just(time.Hour),
		rapid.Map(rapid.IntRange(-10, 3000), func(n int) time.Duration { return time.Duration(n) * time.Minute }),
	)
}

func someAccount() *rapid.Generator[guardrail.Account] {
	return rapid.Custom(func(t *rapid.T) guardrail.Account {
		return guardrail.Account{
			ID:    word(accountID).Draw(t, "id"),
			Alias: word("", "jump").Draw(t, "alias"),
			Partition: rapid.SampledFrom([]policy.Partition{policy.AWS, policy.AWS, policy.AWS, policy.AWSChina, ""}).
				Draw(t, "partition"),
		}
	})
}

// Whatever is written, nothing panics; and Args without a problem render documents that are valid for their use and
// read back as they are.
func TestArgsWithoutAProblemRenderValidDocuments(t *testing.T) {
	rendered := 0
	rapid.Check(t, func(t *rapid.T) {
		var w world.Account
		add := func(args interface {
			Validate() error
			AddTo(*world.Account)
		}) {
			if args.Validate() == nil {
				args.AddTo(&w)
				rendered++
			}
		}
		account := someAccount().Draw(t, "account")
		add(&group.Args{
			Account:    account,
			Name:       word("", "people").Draw(t, "name"),
			Path:       word("", "/team/").Draw(t, "path"),
			UserPaths:  words("/", "/people/").Draw(t, "userPaths"),
			ProjectTag: word("", "Project", "dp:project").Draw(t, "tag"),
			FirstPasswordChange: rapid.Bool().
				Draw(t, "change"),
			EnrolWithAccessKeys: rapid.Bool().Draw(t, "keys"),
			RoleAccounts:        words(otherAccount, "777788889999").Draw(t, "accounts"),
			SelfService: group.SelfService{
				AccessKeys: rapid.Bool().
					Draw(t, "accessKeys"),
				ContactTags: words("Email", "DisplayName", "Phone").Draw(t, "contact"),
				AWSLogin:    rapid.Bool().Draw(t, "login"),
			},
		})
		add(&user.Args{
			Account:     account,
			Name:        word("alice", "bob").Draw(t, "user"),
			Path:        word("", "/", "/people/").Draw(t, "userPath"),
			Email:       word("", "alice@example.com").Draw(t, "email"),
			DisplayName: word("", "Alice").Draw(t, "display"),
			Tags: rapid.MapOfN(word("Team", "Project"), word("red"), 0, 2).
				Draw(t, "tags"),
			ContactTags: words("Email").Draw(t, "ignored"),
			Groups:      words("people", "others").Draw(t, "groups"),
		})
		add(&operation.Args{
			Account:      account,
			ProjectTag:   word("", "Project").Draw(t, "projectTag"),
			DefaultRunAs: word("", "guest").Draw(t, "default"),
			Regions: words(
				"us-east-1",
				"ap-northeast-1",
			).Draw(t, "roleRegions"),
			KMSKeyID:  word("", "mrk-1234abcd12ab34cd56ef1234567890ab").Draw(t, "key"),
			UserPaths: rapid.MapOfN(word("alice"), word("/people/"), 0, 1).Draw(t, "paths"),
			Roles: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) operation.Role {
				return operation.Role{
					Name: word(
						"",
						"ops",
						"second",
						"third",
					).Draw(t, "role"),
					Users:         words("alice", "bob").Draw(t, "users"),
					PrincipalARNs: words("arn:aws:iam::444455556666:user/dave").Draw(t, "arns"),
					Project:       word("Test Project 1", "計画", "two").Draw(t, "project"),
					RunAs: word(
						"os-user1",
						"os-user2",
					).Draw(t, "runAs"),
					Documents: words(
						"AWS-StartPortForwardingSession",
						"Team-Diagnostics",
						"SSM-SessionManagerRunShell",
					).Draw(t, "documents"),
					AllowUnlogged: rapid.Bool().Draw(t, "unlogged"),
					MFAMaxAge:     span().Draw(t, "age"),
					SessionName: guardrail.SessionName(
						rapid.SampledFrom([]string{"", "userName", "any", "x"}).Draw(t, "rule"),
					),
					MaxSessionDuration: span().Draw(t, "session"),
				}
			}), 0, 3).Draw(t, "roles"),
		})
		add(&delegated.Args{
			Account:       account,
			Name:          word("AdminRole").Draw(t, "delegated"),
			Users:         words("alice", "bob").Draw(t, "people"),
			PrincipalARNs: words("arn:aws:iam::444455556666:user/dave").Draw(t, "guests"),
			ManagedPolicies: words(
				"AdministratorAccess",
				"job-function/Billing",
			).Draw(t, "policies"),
			MFAMaxAge:          span().Draw(t, "delegatedAge"),
			MaxSessionDuration: span().Draw(t, "delegatedSession"),
		})
		sessions := &preferences.Args{
			Account:     account,
			Regions:     words("us-east-1", "ap-northeast-1").Draw(t, "regions"),
			RunAs:       preferences.RunAs{DefaultUser: word("", "guest").Draw(t, "defaultUser")},
			IdleTimeout: span().Draw(t, "idle"),
			MaxDuration: span().Draw(t, "max"),
			Shell:       preferences.Shell{Linux: word("", "exec /bin/bash -l").Draw(t, "shell")},
			Logs: preferences.SessionLogs{
				CloudWatch: preferences.CloudWatchLogs{
					Group: word("", "/logs").Draw(t, "group"),
				},
				S3: preferences.S3Logs{
					Bucket: word("example-session-logs").Draw(t, "bucket"),
					Prefix: word("", "ssm").Draw(t, "prefix"),
				},
			},
			KMSKeyID: word("", "mrk-1234abcd12ab34cd56ef1234567890ab").Draw(t, "kms"),
		}
		add(sessions)
		if document, wanted := sessions.NodeDocument(); wanted && sessions.Validate() == nil {
			valid(t, document, policy.RoleInline)
		}
		for _, group := range w.Groups {
			for _, inline := range group.Inline {
				valid(t, inline.Document, policy.GroupInline)
			}
		}
		for _, managed := range w.Policies {
			valid(t, managed.Document, policy.Identity)
		}
		for _, role := range w.Roles {
			valid(t, role.Trust, policy.Trust)
			for _, inline := range role.Inline {
				valid(t, inline.Document, policy.RoleInline)
			}
		}
	})
	require.Greater(t, rendered, 30, "test bug: hardly any Args are right")
}

func valid(t *rapid.T, d policy.Document, use policy.Use) {
	require.Empty(t, d.Validate(use, policy.Quotas{}))
	read, err := policy.Parse([]byte(d.JSON()))
	require.NoError(t, err)
	require.Equal(t, d.JSON(), read.JSON())
}
