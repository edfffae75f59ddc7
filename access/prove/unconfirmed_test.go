package prove_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/prove"
)

// A request that is decided otherwise when it is taken by itself is said to be perhaps a false alarm, and one that AWS
// does not send to be that, in words that name no part of this program.
func TestWhatIsNotCertainIsSaidPlainly(t *testing.T) {
	const alone, never = "this may be a false alarm: taken by itself, the request ", "AWS does not send this request today: "
	for why, says := range map[string]string{
		"the evaluator finds it allowed before and after":     alone + "is allowed before and after",
		"the evaluator finds it implicitly denied by x":       alone + "is implicitly denied by x",
		"the evaluator cannot decide it: x":                   alone + "cannot be decided: x",
		"with the other policies there can be no such caller": never + "with the other policies there can be no such caller",
		"AWS never sets aws:SourceVpc in requests of x":       never + "AWS never sets aws:SourceVpc in requests of x",
	} {
		text := prove.Unconfirmed(why)
		assert.Equal(t, says, text)
		assert.NotContains(t, text, "evaluator")
	}
}
