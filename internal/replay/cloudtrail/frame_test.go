package cloudtrail

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A text that never ends takes no more memory than a record, whatever is in it.
func TestWhatNeverEndsTakesNoMemory(t *testing.T) {
	for _, fill := range []string{"a", `\`, `\"`, "{", "[", `{"a":`, `,`, "\n"} {
		in := io.MultiReader(
			strings.NewReader(`{"eventSource":"`),
			io.LimitReader(&endless{text: fill}, 64<<20),
			strings.NewReader("\n{\"eventSource\": \"iam.amazonaws.com\"}\n"),
		)
		f := &framer{
			in:      in,
			record:  func([]byte, int64, int64) error { return nil },
			problem: func(error, int64, int64) {},
		}
		require.NoError(t, f.run())
		assert.LessOrEqual(t, cap(f.buf), 4*MostOfARecord, "%q", fill)
	}
}

type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	return len(p), nil
}
