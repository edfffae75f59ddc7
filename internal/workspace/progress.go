package workspace

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// Progress shows people that long work moves: on a terminal a line that rewrites itself, elsewhere plain lines, few enough for a log.
// A nil Progress is silent. It is safe for concurrent use.
type Progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	width    int
	now      func() time.Time
	// last is when something was printed that is not a terminal's status.
	last time.Time
	// shown is whether a status stands on the terminal's last line.
	shown bool
}

// quiet is how long plain output may stay silent before a status is printed there.
const quiet = 10 * time.Second

// NewProgress writes to a file, usually standard error.
func NewProgress(f *os.File) *Progress {
	p := &Progress{out: f, now: time.Now}
	if fd := int(f.Fd()); term.IsTerminal(fd) && os.Getenv("TERM") != "dumb" {
		p.terminal = true
		p.width, _, _ = term.GetSize(fd)
	}
	p.last = p.now()
	return p
}

// Line prints a line that stays.
func (p *Progress) Line(line string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintln(p.out, line)
	p.last = p.now()
}

// Status says what is under way. A terminal shows it until the next line or status; elsewhere it is printed when nothing else was for a
// while.
func (p *Progress) Status(status string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		if p.now().Sub(p.last) >= quiet {
			fmt.Fprintln(p.out, status)
			p.last = p.now()
		}
		return
	}
	p.clear()
	if runes := []rune(status); p.width > 1 && len(runes) >= p.width {
		status = string(runes[:p.width-1])
	}
	fmt.Fprint(p.out, status)
	p.shown = true
}

// Done takes the status off the terminal.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r"+strings.Repeat(" ", max(0, p.width-1))+"\r")
		p.shown = false
	}
}
