package prove_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/prove"
)

// A request that is decided otherwise when it is taken by itself is said to be perhaps a false alarm, and one that AWS
// does not send to be that, in words that name no part of this program.
func TestWhatIsNotCertainIsSaidPlainly(t *testing.T) {
	for why, says := range map[string]string{
		"the evaluator finds it allowed before and after":       "this may be a false alarm: taken by itself, the request is allowed before and after",
		"the evaluator finds it implicitly denied by x":         "this may be a false alarm: taken by itself, the request is implicitly denied by x",
		"the evaluator cannot decide it: x":                     "this may be a false alarm: taken by itself, the request cannot be decided: x",
		"with the other policies there can be no such caller":   "AWS does not send this request today: with the other policies there can be no such caller",
		"AWS never sets aws:SourceVpc in requests of this kind": "AWS does not send this request today: AWS never sets aws:SourceVpc in requests of this kind",
	} {
		text := prove.Unconfirmed(why)
		assert.Equal(t, says, text)
		assert.NotContains(t, text, "evaluator")
	}
}
