package result

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Nothing that ended otherwise than well is headed as if all was well, whatever operation it was, and what came out
// well is.
func TestHeadingsSayHowItEnded(t *testing.T) {
	for _, operation := range []Operation{Up, Preview, Destroy, Drift} {
		for outcome, heading := range map[Outcome]string{
			OutcomeFailed: "failed", OutcomeRefused: "refused", OutcomeUndeployed: "not deployed", OutcomeDiffers: "differs",
		} {
			r := &Report{Operation: operation, Outcome: outcome, Same: 3, Drift: []Drifted{{Gone: true}}}
			if operation == Drift && outcome == OutcomeDiffers {
				heading = "1 gone"
			}
			assert.Regexp(t, "^"+heading+`\b`, r.totals(), "%s %s", operation, outcome)
		}
		r := &Report{Operation: operation, Outcome: OutcomeDone, Same: 3}
		assert.Regexp(t, "^(no changes, 3 unchanged|3 resources are what the stack file deploys)$", r.totals())
	}
}
