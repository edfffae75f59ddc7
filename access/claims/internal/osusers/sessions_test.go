package osusers_test

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
