package progress

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// On a terminal long work is told until something is printed, and leaves nothing behind; elsewhere nothing is told.
func TestLongWorkIsToldUntilSomethingIsPrinted(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var out bytes.Buffer
		began := time.Unix(1000, 0)
		ticks := make(chan time.Time, 2)
		w := (&Progress{out: &out, terminal: terminal, width: 40, now: time.Now}).Wait("proves", began, ticks)
		if terminal {
			ticks <- began.Add(time.Second - time.Millisecond)
			require.Eventually(t, func() bool { return len(ticks) == 0 }, time.Minute, time.Millisecond)
			w.Far(3, 7, "accounts")
			ticks <- began.Add(2 * time.Second)
			require.Eventually(t, func() bool { return len(ticks) == 0 }, time.Minute, time.Millisecond)
		}
		_, err := fmt.Fprint(w.Before(&out), "holds")
		require.NoError(t, err)
		w.Stop()
		if !terminal {
			assert.Equal(t, "holds", out.String())
			continue
		}
		assert.Contains(t, out.String(), "proves (1 s)")
		assert.Contains(t, out.String(), "proves: 3 of 7 accounts (2 s)")
		assert.True(t, strings.HasSuffix(out.String(), "\r"+strings.Repeat(" ", 39)+"\rholds"), "%q", out.String())
	}
	var silent *Progress
	silent.Wait("proves", time.Now(), nil).Stop()
}
