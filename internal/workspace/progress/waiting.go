package progress

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Waiting tells on a terminal what takes longer than a second, and for how long it has been at it, until something is
// printed.
type Waiting struct {
	progress *Progress
	// far is how far the work is, in words; empty where nobody has said.
	far     atomic.Value
	once    sync.Once
	stopped chan struct{}
	done    sync.WaitGroup
}

// Wait begins to tell: at each tick the text, with the seconds since began. Elsewhere than on a terminal it tells
// nothing. Stop ends it.
func (p *Progress) Wait(text string, began time.Time, ticks <-chan time.Time) *Waiting {
	w := &Waiting{progress: p, stopped: make(chan struct{})}
	if p == nil || !p.terminal {
		return w
	}
	w.done.Go(func() {
		for {
			select {
			case <-w.stopped:
				return
			case now := <-ticks:
				far, _ := w.far.Load().(string)
				// The first tick comes a second after the ticker was made, which may be a little before it began.
				p.Status(fmt.Sprintf("%s%s (%d s)", text, far, int(now.Sub(began).Round(time.Second)/time.Second)))
			}
		}
	})
	return w
}

// Far says how many of how many things are done, which the next tick tells.
func (w *Waiting) Far(done, total int, what string) {
	w.far.Store(fmt.Sprintf(": %d of %d %s", done, total, what))
}

// Stop takes the words off the terminal, once.
func (w *Waiting) Stop() {
	w.once.Do(func() {
		close(w.stopped)
		w.done.Wait()
		w.progress.Done()
	})
}

// Before is a writer that stops the telling before the first byte.
func (w *Waiting) Before(out io.Writer) io.Writer { return &stopping{w, out} }

type stopping struct {
	waiting *Waiting
	out     io.Writer
}

func (s *stopping) Write(p []byte) (int, error) {
	s.waiting.Stop()
	return s.out.Write(p)
}
