package guardrail_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// The policies that articles show for the same ends, word for word: what they leave open is what the guardrails must
// close.
const (
	articleSessions = `{"Version":"2012-10-17","Statement":[{"Sid":"Statement1","Effect":"Deny","Action":"ssm:StartSession","Resource":"*",
		"Condition":{"ArnNotLike":{"aws:PrincipalARN":"arn:aws:iam::*:role/OSAccess"}}}]}`
	articlePasswords = `{"Version":"2012-10-17","Statement":[{"Sid":"Statement1","Effect":"Deny","Action":["iam:CreateLoginProfile"],"Resource":["*"],
		"Condition":{"ForAllValues:StringNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:root","arn:aws:iam::111122223333:*"]}}}]}`
	articleTimeBox = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/OSAccess",
		"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-04-01T00:00:00Z"},"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}}]}`
)

func articleDocument(t testing.TB, text string) policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	require.NoError(t, err)
	return d
}

// articleEngine is the workload account with an administrator, a user and the role of the article, below a policy.
func articleEngine(t testing.TB, scp string) *access.Engine {
	t.Helper()
	everything := []world.InlinePolicy{accounts.AllowEverything}
	w := access.World{
		Accounts: []world.Account{
			{ID: accounts.Management},
			{
				ID: accounts.Home,
				Users: []world.User{
					{
						Name:   "alice",
						Inline: []world.InlinePolicy{{Name: "time-box", Document: articleDocument(t, articleTimeBox)}},
					},
				},
			},
			{
				ID: accounts.Other, Users: []world.User{{Name: "robot", Inline: everything}},
				Roles: []world.Role{
					{Name: "Administrator", Trust: accounts.AnyoneOf(policy.AWS, accounts.Other), Inline: everything},
					{Name: "OSAccess", Trust: accounts.AnyoneOf(policy.AWS, accounts.Home), Inline: everything},
				},
			},
		},
		Organization: &world.Organization{ID: "o-exampleorgid", Management: accounts.Management, Root: world.Unit{
			ID: accounts.RootUnit,
			Policies: []world.ServiceControlPolicy{
				{Name: "FullAWSAccess", Document: accounts.AllowEverything.Document},
				{Name: "article", Document: articleDocument(t, scp)},
			},
			Accounts: []world.OrganizationAccount{
				{
					ID: accounts.Home,
					Policies: []world.ServiceControlPolicy{
						{Name: "FullAWSAccess", Document: accounts.AllowEverything.Document},
					},
				},
				{
					ID: accounts.Other,
					Policies: []world.ServiceControlPolicy{
						{Name: "FullAWSAccess", Document: accounts.AllowEverything.Document},
					},
				},
			},
		}},
	}
	engine, err := access.Compile(w)
	require.NoError(t, err)
	return engine
}

// Denying ssm:StartSession alone leaves every other door open, and an administrator makes, or is, the role that it
// exempts.
func TestTheArticlesSessionPolicyLeavesDoorsOpen(t *testing.T) {
	engine := articleEngine(t, articleSessions)
	admin := access.AssumedRole(policy.AWS.RoleARN(accounts.Other, "/", "Administrator"), "alice").
		IssuedAt(accounts.Noon)
	var open []string
	for _, d := range doors {
		if decided(t, engine, admin, d.request(policy.AWS, accounts.Other)).Allowed() {
			open = append(open, d.action)
		}
	}
	open = slices.Compact(open)
	assert.NotContains(t, open, "ssm:StartSession")
	for _, action := range []string{
		"ssm:ResumeSession", "ssm:SendCommand", "ssm:CreateAssociation", "ssm:RegisterTaskWithMaintenanceWindow", "ec2-instance-connect:SendSSHPublicKey",
		"ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSerialConsoleSSHPublicKey", "ecs:ExecuteCommand", "ec2:GetPasswordData",
	} {
		assert.Contains(t, open, action)
	}
	for _, action := range []string{"iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"} {
		assert.True(
			t,
			decided(t, engine, admin, call(action, nil, policy.AWS.RoleARN(accounts.Other, "/", "OSAccess"))).Allowed(),
			action,
		)
	}
	o := shippedOrganization(policy.AWS)
	o.Policies.Policies = []scp.OwnPolicy{
		{
			Name:     "article",
			File:     "article.json",
			Document: articleDocument(t, articleSessions),
			Targets:  []string{accounts.Workloads},
		},
	}
	require.ErrorContains(
		t,
		o.Policies.Validate(),
		`policies[0].file: "arn:aws:iam::*:role/OSAccess" is exempt in statement Statement1 of article.json and is not protected`,
	)
}

// Denying iam:CreateLoginProfile alone leaves passwords that exist, console sign-in by federation, and every root user.
func TestTheArticlesPasswordPolicyLeavesConsolesOpen(t *testing.T) {
	engine := articleEngine(t, articlePasswords)
	admin := access.AssumedRole(policy.AWS.RoleARN(accounts.Other, "/", "Administrator"), "alice").
		IssuedAt(accounts.Noon)
	robot := policy.AWS.UserARN(accounts.Other, "/", "robot")
	assert.False(t, decided(t, engine, admin, call("iam:CreateLoginProfile", nil, robot)).Allowed())
	assert.True(t, decided(t, engine, admin, call("iam:UpdateLoginProfile", nil, robot)).Allowed())
	assert.True(
		t,
		decided(
			t,
			engine,
			access.Root(accounts.Other).IssuedAt(accounts.Noon),
			call("iam:CreateLoginProfile", nil, robot),
		).Allowed(),
	)
	assert.True(t, decided(t, engine, access.LongTermKey(robot), call("sts:GetFederationToken", nil, robot)).Allowed())

	guarded := shippedOrganization(policy.AWS).engine(t)
	for it, d := range map[string]access.Decision{
		"an existing password": decided(t, guarded, admin, call("iam:UpdateLoginProfile", nil, robot)),
		"root": decided(t, guarded, access.Root(accounts.Other).IssuedAt(accounts.Noon),
			call("iam:CreateLoginProfile", nil, robot)),
		"federation": decided(t, guarded, access.LongTermKey(robot),
			call("sts:GetFederationToken", nil, robot)),
	} {
		assert.Equal(t, "guardrails-console-passwords", d.By.Policy, it)
	}
}

// A dated Allow of sts:AssumeRole bounds the call alone: the session that it opened goes on, and the first and the
// last second are lost.
func TestTheArticlesTimeBoxEndsNoSession(t *testing.T) {
	engine := articleEngine(t, articleSessions)
	alice := access.LongTermKey(policy.AWS.UserARN(accounts.Home, "/", "alice"))
	role := policy.AWS.RoleARN(accounts.Other, "/", "OSAccess")
	at := func(when time.Time) bool {
		r := access.AssumeRole(role, "alice")
		r.Time = when
		return decided(t, engine, alice, r).Allowed()
	}
	start, end := time.Date(2020, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2020, 6, 30, 23, 59, 59, 0, time.UTC)
	assert.False(t, at(start))
	assert.True(t, at(start.Add(second)))
	assert.False(t, at(end))
	issued := access.AssumedRole(role, "alice").IssuedAt(end.Add(-second))
	shell := doors[0].request(policy.AWS, accounts.Other)
	shell.Time = end.Add(30 * time.Minute)
	assert.True(t, decided(t, engine, issued, shell).Allowed(), "half an hour after the end")
}

// The article's own OSAccess policy, as it is printed, is not JSON: a brace is missing. The parser says where.
func TestTheArticlesBrokenPolicyIsRefused(t *testing.T) {
	_, err := policy.Parse(
		[]byte(
			`{"Version":"2012-10-17","Statement":[{"Sid":"TerminateAndResumeSession","Effect":"Allow","Action":["ssm:TerminateSession","ssm:ResumeSession"],
		"Resource":"*","Condition":{"StringLike":{"ssm:resourceTag/aws:ssmmessages:session-id":["${aws:userid}"]}},{"Sid":"EC2","Effect":"Allow","Action":["ec2:DescribeInstances"],"Resource":"*"}]}`,
		),
	)
	require.Error(t, err)
}

// articleProofs are the proofs of an organization that do not hold under a policy of an article, with what shows it.
// The intent is the article's own: shells by the role OSAccess alone, console passwords in the jump account alone,
// nobody but break-glass roles exempt.
func articleProofs(t *testing.T, scp string) map[string]string {
	t.Helper()
	osAccess := []string{"arn:aws:iam::*:role/OSAccess"}
	findings, err := claims.ProveOrganization(articleEngine(t, scp), intent.Organization{
		Account: accounts.Management, Management: accounts.Management, BreakGlass: []string{"role/BreakGlass"},
		Doors:     &intent.Doors{Accounts: []string{accounts.Other}, Sessions: osAccess},
		Passwords: &intent.Passwords{Accounts: []string{accounts.Other}, JumpAccounts: []string{accounts.Home}},
		Protected: &intent.Protected{Accounts: []string{accounts.Other}, Roles: osAccess},
	})
	require.NoError(t, err)
	failed := map[string]string{}
	for _, f := range findings {
		if f.Verdict == prove.DoesNotHold {
			require.NotNil(t, f.Witness, f.ID)
			failed[f.ID] += f.String()
		}
	}
	return failed
}

// The proofs find what the articles' own policies leave open: other doors, the exempt role that anybody makes,
// passwords that exist.
func TestTheProofsFindTheHolesOfTheArticles(t *testing.T) {
	sessions := articleProofs(t, articleSessions)
	for _, id := range []string{"doors-for-exempt-roles-only", "remote-execution-for-exempt-roles-only", "exempt-roles-are-protected", "session-documents-are-protected"} {
		assert.Contains(t, sessions, id)
	}
	passwords := articleProofs(t, articlePasswords)
	assert.Contains(t, passwords, "console-passwords-in-jump-accounts-only")
}

// Even with the calls that the article forgets, every root user sets passwords: the exemption is for the credential
// that one most wants to be unusable.
func TestTheArticlesPasswordPolicyExemptsEveryRootUser(t *testing.T) {
	allCalls := strings.Replace(
		articlePasswords,
		`["iam:CreateLoginProfile"]`,
		`["iam:CreateLoginProfile","iam:UpdateLoginProfile","sts:GetFederationToken"]`,
		1,
	)
	require.NotEqual(t, articlePasswords, allCalls, "test bug: mutation changed nothing")
	open := articleProofs(t, allCalls)["console-passwords-in-jump-accounts-only"]
	assert.Contains(
		t,
		open,
		":root",
		"the pattern of the exemption, which is not of root users alone: as text its * takes colons too",
	)

	engine := articleEngine(t, allCalls)
	robot := policy.AWS.UserARN(accounts.Other, "/", "robot")
	for _, action := range []string{"iam:CreateLoginProfile", "iam:UpdateLoginProfile"} {
		assert.True(
			t,
			decided(t, engine, access.Root(accounts.Other).IssuedAt(accounts.Noon), call(action, nil, robot)).Allowed(),
			action,
		)
	}
	admin := access.AssumedRole(policy.AWS.RoleARN(accounts.Other, "/", "Administrator"), "alice").
		IssuedAt(accounts.Noon)
	assert.False(t, decided(t, engine, admin, call("iam:UpdateLoginProfile", nil, robot)).Allowed())

	withoutRoot := strings.Replace(allCalls, `"arn:aws:iam::*:root",`, "", 1)
	assert.NotContains(
		t,
		articleProofs(t, withoutRoot),
		"console-passwords-in-jump-accounts-only",
		"the exemption is the last thing in the way",
	)
	guarded := decided(
		t,
		shippedOrganization(policy.AWS).engine(t),
		access.Root(accounts.Other).IssuedAt(accounts.Noon),
		call("iam:UpdateLoginProfile", nil, robot),
	)
	assert.Equal(t, access.ExplicitlyDenied, guarded.Outcome)
}
