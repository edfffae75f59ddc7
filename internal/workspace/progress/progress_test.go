package progress

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// On a terminal what is done is listed once, in the report.
func TestTerminalProgressListsNothing(t *testing.T) {
	var out bytes.Buffer
	(&Progress{out: &out, terminal: true, now: time.Now}).Log("dev: created iam.User user-a")
	assert.NotContains(t, out.String(), "user-a")
}

// On a terminal the status rewrites one line, stays below lines that are kept, never wraps, and leaves nothing behind.
func TestTerminalProgressRewritesItsLine(t *testing.T) {
	var out bytes.Buffer
	p := &Progress{out: &out, terminal: true, width: 8, now: time.Now}
	p.Status("0123456789")
	p.Line("kept")
	p.Status("short")
	p.Done()
	p.Done()
	blank := "\r       \r"
	assert.Equal(t, "0123456"+blank+"kept\n0123456"+blank+"short"+blank, out.String())
}

// Several things under way have a line each, as far as the terminal is high.
func TestTerminalProgressHasALineForEachThing(t *testing.T) {
	var out bytes.Buffer
	p := &Progress{out: &out, terminal: true, width: 4, height: 3, now: time.Now}
	p.StatusOf("a", "a1")
	p.StatusOf("b", "b1")
	p.StatusOf("c", "c1")
	p.StatusOf("a", "a2")
	p.DoneWith("a")
	blank, up := "\r   \r", "\x1b[A"
	two := blank + up + blank
	assert.Equal(t, "a1"+blank+"a1\nb1"+two+"a1\nb1"+two+"a2\nb1"+two+"b1\nc1", out.String())
}

// Without a Progress nothing is printed and nothing breaks.
func TestNoProgressIsSilent(t *testing.T) {
	var p *Progress
	p.Line("x")
	p.Status("x")
	p.Done()
}
