package claims_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Two users of one name have the sessions of a role in common, whatever accounts they are of; two names that differ
// by case do not.
func TestNamesakesShareTheSessionsOfARole(t *testing.T) {
	for other, want := range map[string]prove.Verdict{
		"arn:aws:iam::444455556666:user/bob":      prove.DoesNotHold,
		"arn:aws:iam::444455556666:user/team/bob": prove.DoesNotHold,
		"arn:aws:iam::444455556666:user/Bob":      prove.Holds,
		"arn:aws:iam::444455556666:user/bobby":    prove.Holds,
	} {
		r := claimtest.Proven(t, fixture.DevWorld(), func(in *intent.Account) {
			in.OperationRoles[0].Principals = []string{"arn:aws:iam::111122223333:user/bob", other}
		})
		assert.Equal(t, want, claimtest.Finding(t, r, "own-sessions-only", "TestProject1-os-user1").Verdict, other)
	}
}

// Session names that people choose let each of several users of a role take the sessions of the others; a single user
// has nobody to take from.
func TestFreeSessionNamesWeakenOwnSessions(t *testing.T) {
	waivers := func(users ...string) []prove.Waiver {
		r := claimtest.Proven(t, fixture.DevWorld(), func(in *intent.Account) {
			in.OperationRoles[0].AnySessionName, in.OperationRoles[0].Key, in.OperationRoles[0].Principals = true, "operationRoles[0]", users
		})
		return claimtest.Finding(t, r, "own-sessions-only", "TestProject1-os-user1").Waivers
	}
	two := waivers("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bobby")
	require.Len(t, two, 1)
	assert.Equal(t, "operationRoles[0].sessionName", two[0].Key)
	assert.Empty(t, waivers("arn:aws:iam::111122223333:user/bob"))
}

// A session document of the account decides about Run As itself: unknown content is an assumption, known content is
// read.
func TestListedDocumentsOfTheAccountAreHeldToTheOSUser(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    prove.Verdict
	}{
		"not known": {"", prove.HoldsIf},
		"Run As on": {`{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":true}}`,
			prove.Holds},
		"Run As off": {`{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"runAsEnabled":false}}`,
			prove.DoesNotHold},
		"elevated": {`{"schemaVersion":"1.0","sessionType":"InteractiveCommands","properties":{"linux":{"commands":"id","runAsElevated":true}}}`, prove.DoesNotHold},
	} {
		w := fixture.DevWorld()
		fence := policy.Deny("OnlyWhereRunAsIsOn", "ssm:StartSession").
			OnAllExcept("arn:aws:ssm:"+fixture.Tokyo+":*:*", "arn:aws:ec2:*:*:instance/*")
		w.Accounts[0].Roles[0].Inline = append(
			w.Accounts[0].Roles[0].Inline,
			world.InlinePolicy{Name: "fence", Document: policy.New(fence)},
		)
		if c.content != "" {
			for _, p := range w.Accounts[0].Preferences {
				w.Accounts[0].Documents = append(
					w.Accounts[0].Documents,
					world.SessionDocument{
						Name:    "Team-Diagnostics",
						Region:  p.Region,
						Type:    "Session",
						Owner:   w.Accounts[0].ID,
						Content: c.content,
					},
				)
			}
		}
		require.NotEmpty(t, w.Accounts[0].Preferences)
		r := claimtest.Proven(
			t,
			w,
			func(in *intent.Account) { in.OperationRoles[0].Documents = []string{"Team-Diagnostics"} },
		)
		f := claimtest.Finding(t, r, "legal-os-user", "TestProject1-os-user1")
		assert.Equal(t, c.want, f.Verdict, name)
		if c.want == prove.HoldsIf {
			require.Len(t, f.Assumptions, 1)
			assert.Equal(t, "document/Team-Diagnostics", f.Assumptions[0].ID)
		}
	}
}

// A login that images come with has sudo unless somebody took it away, so that it has no privileges is assumed, once
// and by name.
func TestLoginsOfImagesAreAssumedToHaveNoSudo(t *testing.T) {
	for login, want := range map[string]prove.Verdict{"ec2-user": prove.HoldsIf, "ubuntu": prove.HoldsIf, "os-user1": prove.Holds} {
		for name, known := range map[string]bool{"preferences are known": true, "preferences are not known": false} {
			w := fixture.DevWorld()
			fence := policy.Deny("OnlyWhereRunAsIsOn", "ssm:StartSession").
				OnAllExcept("arn:aws:ssm:"+fixture.Tokyo+":*:*", "arn:aws:ec2:*:*:instance/*")
			w.Accounts[0].Roles[0].Inline = append(
				w.Accounts[0].Roles[0].Inline,
				world.InlinePolicy{Name: "fence", Document: policy.New(fence)},
			)
			tags := w.Accounts[0].Roles[0].Tags
			at := slices.IndexFunc(tags, func(tag world.Tag) bool { return tag.Key == world.RunAsTag })
			require.GreaterOrEqual(t, at, 0)
			tags[at].Value = login
			r := claimtest.Proven(t, w, func(in *intent.Account) {
				if !known {
					in.Regions = nil
				}
			})
			f := claimtest.Finding(t, r, "legal-os-user", "TestProject1-os-user1")
			if known {
				assert.Equal(t, want, f.Verdict, "%s, %s: %s", login, name, f)
			}
			assumed := slices.IndexFunc(
				f.Assumptions,
				func(a prove.ProofAssumption) bool { return a.ID == "OS user "+login },
			)
			assert.Equal(t, want == prove.HoldsIf, assumed >= 0, "%s, %s: %v", login, name, f.Assumptions)
		}
	}
}
