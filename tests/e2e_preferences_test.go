package tests

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/result"
)

// Preferences that go back to what they were are in force, whether AWS compares a new content with the latest version
// or with every version.
// Every run holds the same of what somebody changes by hand (TestTheVersionInForceIsPutBack).
func TestPreferencesGoBack(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	for _, compared := range tier.Sample(2, "everyVersion", "latestVersion") {
		t.Run(compared, func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t)
			d.write(t, "sandbox.yaml", d.read(t, "sandbox.yaml")+"\nduplicateContent: "+compared+"\n")
			minutes := func(n int) {
				d.write(
					t,
					"Pulumi.dev.yaml",
					fmt.Sprintf("config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"%s\"}\n"+
						"  guardrails:sessions: {idleTimeout: %dm}\n", devAccount, n),
				)
			}
			inForce := func() ssm.Document {
				for _, document := range d.account(t, devAccount).Documents {
					if document.Name == "SSM-SessionManagerRunShell" {
						return document
					}
				}
				t.Fatal("there are no preferences")
				return ssm.Document{}
			}
			for _, n := range []int{30, 40, 30} {
				minutes(n)
				d.run(t, result.Up, "dev")
				assert.Contains(t, inForce().Content(), fmt.Sprintf(`"idleSessionTimeout":"%d"`, n))
				assert.Empty(t, d.run(t, result.Preview, "dev").Changes, "it settles")
			}
		})
	}
}
