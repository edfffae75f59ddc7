package search

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A request that is decided otherwise when it is taken by itself is said to be perhaps a false alarm, and one that AWS
// does not send to be that, in words that name no part of this program. Machines get the same text of each as ever.
func TestWhatIsNotCertainIsSaidPlainly(t *testing.T) {
	const alone = "this may be a false alarm: taken by itself, the request "
	for doubt, says := range map[Doubt][2]string{
		{}: {"", ""},
		{DecidedOtherwise, "allowed before and after"}: {
			"the evaluator finds it allowed before and after", alone + "is allowed before and after",
		},
		{NotDecided, "x"}: {"the evaluator cannot decide it: x", alone + "cannot be decided: x"},
		{NotSent, "AWS never sets aws:SourceVpc in requests of x"}: {
			"AWS never sets aws:SourceVpc in requests of x",
			"AWS does not send this request today: AWS never sets aws:SourceVpc in requests of x",
		},
		// What a kind says is read nowhere.
		{NotSent, "the evaluator finds it x"}: {
			"the evaluator finds it x", "AWS does not send this request today: the evaluator finds it x",
		},
	} {
		assert.Equal(t, says[0], doubt.String())
		assert.Equal(t, says[1], doubt.Sentence())
	}
}
