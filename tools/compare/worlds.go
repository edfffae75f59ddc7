package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
)

// every is after how many accounts a line says how far it is.
const every = 50

// builds are the build that is taken as right, and the one that is held to it.
type builds [2]build

// accounts compares what both say of generated accounts, as many at once as it is told. What is found is put together
// in the order of the accounts, and says how many of them were compared: fewer than asked for after an interrupt or an
// error.
func (b builds) accounts(ctx context.Context, dir string, o options) (all *difference, done int, _ error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	found := make([]*difference, o.worlds)
	var progress progress
	var group sync.WaitGroup
	next := make(chan int)
	for range min(o.copies, o.worlds) {
		group.Go(func() {
			for n := range next {
				name := fmt.Sprintf("account %d", o.from+n)
				text := account(rand.New(rand.NewPCG(o.seed, uint64(o.from+n))))
				d, err := b.difference(ctx, name, dir, text, "audit", "--json", "-")
				if err != nil {
					cancel(fmt.Errorf("%s: %w", name, err))
					continue
				}
				found[n] = d
				progress.add(d)
			}
		})
	}
	for n := 0; n < o.worlds && ctx.Err() == nil; n++ {
		select {
		case next <- n:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	all = newDifference()
	for _, d := range found {
		if d != nil {
			all.join(d)
			done++
		}
	}
	return all, done, context.Cause(ctx)
}

// progress says how far it is.
type progress struct {
	mutex                    sync.Mutex
	accounts, claims, differ int
}

func (p *progress) add(d *difference) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.accounts++
	p.claims += d.compared
	p.differ += d.differ()
	if p.accounts%every == 0 {
		fmt.Fprintf(os.Stderr, "%d accounts: %d claims about somebody compared, %d differ\n",
			p.accounts, p.claims, p.differ)
	}
}
