// Package progress shows people that long work moves.
package progress

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"aws-access-guardrails/internal/visible"
)

// Progress shows people that long work moves: on a terminal a line for each thing under way that rewrites itself,
// elsewhere plain lines, few enough for a log. A nil Progress is silent. It is safe for concurrent use.
type Progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	// width and height are the terminal's; zero means that they are not known.
	width, height int
	now           func() time.Time
	// last is when something was printed that is not a terminal's status.
	last time.Time
	// statuses are what is under way, in the order in which it began.
	statuses []status
	// shown is the number of statuses that stand on the terminal's last lines.
	shown int
}

type status struct{ subject, text string }

// quiet is how long plain output may stay silent before a status is printed there.
const quiet = 10 * time.Second

// To writes plain lines, by a clock.
func To(out io.Writer, now func() time.Time) *Progress {
	return &Progress{out: out, now: now, last: now()}
}

// New writes to a file, usually standard error.
func New(f *os.File) *Progress {
	p := To(f, time.Now)
	if fd := int(f.Fd()); term.IsTerminal(fd) && os.Getenv("TERM") != "dumb" {
		p.terminal = true
		p.width, p.height, _ = term.GetSize(fd)
	}
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
	fmt.Fprintln(p.out, visible.Text(line))
	p.last = p.now()
	p.draw()
}

// Log prints a line elsewhere than on a terminal: there the status moves, and the report lists at the end what was
// done.
func (p *Progress) Log(line string) {
	if p != nil && !p.terminal {
		p.Line(line)
	}
}

// Status says what is under way, where one thing is.
func (p *Progress) Status(text string) { p.StatusOf("", text) }

// StatusOf says how far one of several things is. A terminal shows it until DoneWith; elsewhere it is printed when
// nothing else was for a while.
func (p *Progress) StatusOf(subject, text string) {
	if p == nil {
		return
	}
	text = visible.Line(text)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		if p.now().Sub(p.last) >= quiet {
			fmt.Fprintln(p.out, text)
			p.last = p.now()
		}
		return
	}
	p.clear()
	if index := slices.IndexFunc(p.statuses, func(s status) bool { return s.subject == subject }); index >= 0 {
		p.statuses[index].text = text
	} else {
		p.statuses = append(p.statuses, status{subject, text})
	}
	p.draw()
}

// Done takes the status of the one thing off the terminal.
func (p *Progress) Done() { p.DoneWith("") }

// DoneWith takes the status of one of several things off the terminal.
func (p *Progress) DoneWith(subject string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.statuses = slices.DeleteFunc(p.statuses, func(s status) bool { return s.subject == subject })
	p.draw()
}

// draw writes the statuses, the last one without an end of line. Those that do not fit above the terminal's last line
// are left out: what scrolls away could not be rewritten.
func (p *Progress) draw() {
	if !p.terminal {
		return
	}
	p.shown = len(p.statuses)
	if p.height > 1 {
		p.shown = min(p.shown, p.height-1)
	}
	for i, s := range p.statuses[:p.shown] {
		if i > 0 {
			fmt.Fprint(p.out, "\n")
		}
		text := s.text
		if runes := []rune(text); p.width > 1 && len(runes) >= p.width {
			text = string(runes[:p.width-1])
		}
		fmt.Fprint(p.out, text)
	}
}

// clear takes the statuses off the terminal and leaves the cursor where the first stood.
func (p *Progress) clear() {
	for ; p.shown > 0; p.shown-- {
		fmt.Fprint(p.out, "\r"+strings.Repeat(" ", max(0, p.width-1))+"\r")
		if p.shown > 1 {
			fmt.Fprint(p.out, "\x1b[A") // One line up.
		}
	}
}
