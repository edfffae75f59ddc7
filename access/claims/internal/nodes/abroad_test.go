package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
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
			in := claims.DerivedIntent(w.Accounts[0])
			report, err := claims.Prove(fixture.Compiled(t, w), in)
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
