package program

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a provider says of a function is told without what the engine and the provider write around it, and stays the
// same error.
func TestAnErrorOfAFunctionIsToldAlone(t *testing.T) {
	const said = "failed to get shared config profile, nowhere"
	for _, text := range []string{
		said,
		"rpc error: code = Unknown desc = " + said,
		"rpc error: code = Unknown desc = invocation of aws:index/getCallerIdentity:getCallerIdentity returned an error: " +
			"1 error occurred:\n\t* " + said + "\n\n",
		"1 error occurred:\n\t* " + said + "\n\n",
	} {
		err := errors.New(text)
		assert.EqualError(t, unwrapped(err), said)
		assert.ErrorIs(t, unwrapped(err), err)
	}
}
