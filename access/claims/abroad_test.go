package claims

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A call on a resource of another account is shut by nothing that the world has, if the caller's policies allow it: the
// claim then holds only if the policy of the resource shuts it, whether the world has the account or not. What the
// caller's own policies shut, it is shut by.
func TestResourcesOfOtherAccountsAreNotTakenToBeShut(t *testing.T) {
	key := func(account string) string {
		return "arn:aws:kms:us-east-1:" + account + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	}
	allow := func(action string, on ...string) policy.Statement { return policy.Allow("More", action).On(on...) }
	for name, c := range map[string]struct {
		more []policy.Statement
		want prove.Verdict
	}{
		"nothing more": {nil, prove.Holds},
		"a key of an account of the world": {[]policy.Statement{allow("kms:CreateGrant", key(fixture.Members))},
			prove.HoldsIf},
		"a key of an account elsewhere": {[]policy.Statement{allow("kms:CreateGrant", key("777788889999"))},
			prove.HoldsIf},
		"keys of whatever other account": {[]policy.Statement{allow("kms:CreateGrant", "*"),
			policy.Deny("Own", "kms:*").On("arn:aws:kms:*:" + fixture.People + ":*")}, prove.HoldsIf},
		"another service": {[]policy.Statement{allow("secretsmanager:PutSecretValue",
			"arn:aws:secretsmanager:us-east-1:"+fixture.Members+":secret:*")}, prove.HoldsIf},
		"a queue": {[]policy.Statement{allow("sqs:SendMessage", "arn:aws:sqs:*:*:jobs"),
			policy.Deny("Own", "sqs:*").On("arn:aws:sqs:*:" + fixture.People + ":*")}, prove.HoldsIf},
		"all that is not listed": {[]policy.Statement{{Sid: "More", Effect: policy.EffectAllow,
			NotActions: []string{"iam:*", "ec2:*",
				"ssm:*"}, Resources: []string{key(fixture.Members)}}}, prove.HoldsIf},
		"a key of its own account": {[]policy.Statement{allow("kms:CreateGrant", key(fixture.People))},
			prove.DoesNotHold},
		"denied": {[]policy.Statement{allow("kms:CreateGrant", key(fixture.Members)),
			policy.Deny("No", "kms:*").On("*")}, prove.Holds},
		"in its own account alone": {[]policy.Statement{allow("kms:CreateGrant",
			"*").When(policy.StringEquals("aws:ResourceAccount",
			"${aws:PrincipalAccount}")), policy.Deny("Own", "kms:*").On("arn:aws:kms:*:" + fixture.People + ":*")}, prove.Holds},
		"reading": {[]policy.Statement{allow("kms:DescribeKey", key(fixture.Members))},
			prove.Holds},
		"users of another account, which no policy opens": {[]policy.Statement{allow("iam:CreateAccessKey",
			"arn:aws:iam::"+fixture.Members+":user/*")}, prove.Holds},
	} {
		t.Run(name, func(t *testing.T) {
			w := fixture.DevWorld()
			w.Accounts = append(w.Accounts, world.Account{ID: fixture.Members})
			role := &w.Accounts[0].Roles[0]
			if c.more != nil {
				role.Inline = append(role.Inline, world.InlinePolicy{Name: "more", Document: policy.New(c.more...)})
			}
			in := DerivedIntent(w.Accounts[0])
			report, err := Prove(fixture.Compiled(t, w), in)
			require.NoError(t, err)
			asked := 0
			for _, f := range report.Findings {
				if f.ID != "operation-roles-only-operate" || f.Subject != role.ARN(&w.Accounts[0]) {
					continue
				}
				asked++
				assert.Equal(t, c.want, f.Verdict, "%s", f)
				if c.want == prove.HoldsIf {
					require.Len(t, f.Assumptions, 1)
					assert.Contains(t, f.Assumptions[0].Text, "the policy of a resource of another account")
				}
			}
			require.Equal(t, 1, asked)
		})
	}
}

// Root users and whoever an account can have call resources of other accounts too: a guardrail that leaves those out
// shuts what is asked about only if the policy of the resource does. Services without such policies are at home.
func TestAnOrganizationAsksAboutResourcesOfOtherAccounts(t *testing.T) {
	const elsewhere = "999999999999"
	but := func(resource string, actions ...string) policy.Document {
		return policy.New(policy.Statement{
			Sid: "But", Effect: policy.EffectDeny, Actions: actions, NotResources: []string{resource},
		})
	}
	exempt := []string{anywhere("role/OSAccess")}
	in := intent.Organization{
		Doors: &intent.Doors{
			Accounts: []string{fixture.Members}, Sessions: exempt, OtherDoors: exempt, RemoteExecution: exempt,
		},
		RootAccounts: []string{fixture.Members},
	}
	for name, c := range map[string]struct {
		scp         policy.Document
		root, doors prove.Verdict
	}{
		"a key elsewhere": {but("arn:aws:kms:us-east-1:"+elsewhere+":key/*", "*"), prove.HoldsIf, prove.Holds},
		"containers elsewhere": {but("arn:aws:ecs:us-east-1:"+elsewhere+":*", "*"), prove.HoldsIf,
			prove.HoldsIf},
		"nodes elsewhere": {but("arn:aws:ec2:us-east-1:"+elsewhere+":instance/*", "*"), prove.Holds, prove.Holds},
		"a key of its own": {but("arn:aws:kms:us-east-1:"+fixture.Members+":key/*", "*"), prove.DoesNotHold,
			prove.Holds},
		"nothing": {policy.New(policy.Deny("All", "*").On("*")), prove.Holds, prove.Holds},
	} {
		r := proveOrganization(t, organizationOf(c.scp), in)
		root := finding(t, r, "root-only-in-central-sessions", fixture.Members)
		assert.Equal(t, c.root, root.Verdict, "%s: %s", name, root)
		doors := finding(t, r, "doors-for-exempt-roles-only", fixture.Members)
		assert.Equal(t, c.doors, doors.Verdict, "%s: %s", name, doors)
		for _, f := range []prove.Finding{root, doors} {
			if f.Verdict == prove.HoldsIf {
				require.NotEmpty(t, f.Assumptions)
				assert.Contains(t, f.Assumptions[0].Text, "the policy of a resource of another account", name)
			}
		}
	}
}
