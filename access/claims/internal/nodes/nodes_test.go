package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A shell is also the role of the node: one that opens another node, becomes another role or writes the tags on which
// access rests is found, be the node in the world or only the service that hands the role to machines.
func TestRolesOfNodesOpenNoDoor(t *testing.T) {
	world := func(node bool, statements ...policy.Statement) world.World {
		trust := policy.New(
			policy.Allow("Machines", "sts:AssumeRole").For(policy.ServicePrincipals("ec2.amazonaws.com")),
		)
		a := world.Account{ID: fixture.People, Partition: policy.AWS, Roles: []world.Role{
			{
				Name:   "Instance",
				Trust:  trust,
				Inline: []world.InlinePolicy{{Name: "work", Document: policy.New(statements...)}},
			},
			{
				Name: "ops",
				Trust: policy.New(
					policy.Allow("Account", "sts:AssumeRole").
						For(policy.AWSPrincipals("arn:aws:iam::" + fixture.People + ":root")),
				),
			},
		}}
		if node {
			a.Roles[0].Trust = fixture.TrustWithMFA(fixture.UserARN("alice"))
			a.Users = []world.User{{Name: "alice"}}
			a.Nodes = []world.Node{
				{Kind: world.Instance, ID: "i-1", Region: fixture.Tokyo, Profile: fixture.RoleARN("Instance")},
			}
		}
		return world.World{Accounts: []world.Account{a}}
	}
	for _, node := range []bool{false, true} {
		f := claimtest.Finding(
			t,
			claimtest.Proven(
				t,
				world(
					node,
					policy.Allow("Data", "s3:GetObject").On("*"),
					policy.Allow("Agent", "ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel").On("*"),
				),
			),
			"node-roles-open-no-door",
			"role/Instance",
		)
		assert.Equal(t, prove.Holds, f.Verdict, "%s", f)
		for word, st := range map[string]policy.Statement{
			"ssm:StartSession":  policy.Allow("Sessions", "ssm:StartSession").On("*"),
			"ssm:SendCommand":   policy.Allow("Commands", "ssm:SendCommand").On("*"),
			"sts:AssumeRole":    policy.Allow("Roles", "sts:AssumeRole").On("*"),
			"ec2:CreateTags":    policy.Allow("Tags", "ec2:CreateTags").On("*"),
			"iam:PutRolePolicy": policy.Allow("Policies", "iam:PutRolePolicy").On(fixture.RoleARN("ops")),
		} {
			f := claimtest.Finding(t, claimtest.Proven(t, world(node, st)), "node-roles-open-no-door", "role/Instance")
			assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", word, f)
			assert.Contains(t, f.String(), word)
		}
	}
}

// An operation role makes data keys with the key of the preferences and with no other, in whatever Region; with none
// where the preferences name none, and with every key where they are not known.
func TestSessionsAreEncryptedWithTheConfiguredKeyAlone(t *testing.T) {
	key := func(region, id string) string {
		return "arn:aws:kms:" + region + ":" + fixture.People + ":key/" + id
	}
	const configured, other = "mrk-1234abcd12ab34cd56ef1234567890ab", "1234abcd-12ab-34cd-56ef-1234567890ab"
	for _, c := range []struct {
		name, preferences, on string
		unknown               bool
		want                  prove.Verdict
	}{
		{"the configured key", key(fixture.Tokyo, configured), key(fixture.Tokyo, configured), false, prove.Holds},
		{"its replicas", key(fixture.Tokyo, configured), key("*", configured), false, prove.Holds},
		{"another key", key(fixture.Tokyo, configured), key("*", other), false, prove.DoesNotHold},
		{"every key of the account", key(fixture.Tokyo, configured), key("*", "*"), false, prove.DoesNotHold},
		{"everything", key(fixture.Tokyo, configured), "*", false, prove.DoesNotHold},
		{"where none is configured", "", key(fixture.Tokyo, configured), false, prove.DoesNotHold},
		{"where nobody knows", "", "*", true, prove.Holds},
	} {
		w := fixture.DevWorld()
		account := &w.Accounts[0]
		for i := range account.Preferences {
			account.Preferences[i].KMSKey = c.preferences
		}
		if c.unknown {
			account.Preferences = nil
		}
		role := &account.Roles[0]
		role.Inline = append(role.Inline, world.InlinePolicy{
			Name: "key", Document: policy.New(policy.Allow("EncryptSessionData", "kms:GenerateDataKey").On(c.on)),
		})
		report, err := claims.Prove(fixture.Compiled(t, w), claims.DerivedIntent(*account))
		require.NoError(t, err)
		asked := 0
		for _, f := range report.Findings {
			if f.ID == "operation-roles-only-operate" && f.Subject == role.ARN(account) {
				asked++
				assert.Equal(t, c.want, f.Verdict, "%s: %s", c.name, f)
			}
		}
		assert.Equal(t, 1, asked, c.name)
	}
}
