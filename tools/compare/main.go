// Command compare holds two builds of guardrails to each other: on generated accounts, which both audit, and on folders
// of stack files, which both check. It lists every claim about somebody of which they say different things, every way
// that the second build shows with more steps than the first, and what only one of them says.
//
//	go run ./compare -before /tmp/old -now ../bin/guardrails -worlds 1000 ../examples/organization
//
// After every fifty accounts it says on standard error how far it is. An interrupt ends it with what it has found so
// far. It exits with 1 where a verdict differs, a way is longer or a build fails, and with 2 where it did not come to its
// end.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// options are what is compared, and how.
type options struct {
	// worlds are how many accounts are generated, from is the number of the first.
	worlds, from int
	seed         uint64
	// copies are how many accounts are compared at once.
	copies int
	// limit is how long a build may take for an account.
	limit time.Duration
	// examples are how many differences of a kind are shown.
	examples int
	folders  []string
}

func main() {
	log.SetFlags(0)
	var o options
	before := flag.String("before", "", "the build that is taken as right")
	now := flag.String("now", "", "the build that is held to it")
	flag.IntVar(&o.worlds, "worlds", 0, "how many accounts to generate")
	flag.IntVar(&o.from, "from", 0, "the number of the first account")
	flag.Uint64Var(&o.seed, "seed", 1, "what the accounts are generated from")
	flag.IntVar(&o.copies, "copies", runtime.NumCPU(), "how many accounts are compared at once")
	flag.DurationVar(&o.limit, "limit", 2*time.Minute, "how long a build may take for one account")
	flag.IntVar(&o.examples, "examples", 3, "how many differences of a kind are shown")
	flag.Parse()
	o.folders = flag.Args()
	if *before == "" || *now == "" || o.worlds == 0 && len(o.folders) == 0 || o.copies < 1 {
		log.Fatal("give -before, -now, and -worlds or folders of stack files")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	different, err := compare(ctx, *before, *now, o)
	switch {
	case err != nil:
		log.Printf("not compared to the end: %v", err)
		os.Exit(2)
	case different:
		os.Exit(1)
	}
}

func compare(ctx context.Context, before, now string, o options) (different bool, err error) {
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	both := builds{{path: before, cache: filepath.Join(dir, "before")}, {path: now, cache: filepath.Join(dir, "now")}}
	for i := range both {
		if both[i].path, err = filepath.Abs(both[i].path); err != nil {
			return false, err
		}
		both[i].limit = o.limit
	}
	if o.worlds > 0 {
		d, done, err := both.accounts(ctx, dir, o)
		title := fmt.Sprintf("%d generated accounts (seed %d, from %d on)", done, o.seed, o.from)
		if done < o.worlds {
			title += fmt.Sprintf(" of the %d that were asked for", o.worlds)
		}
		different = d.write(title, o.examples)
		if err != nil {
			return different, err
		}
	}
	for _, folder := range o.folders {
		d, err := both.difference(ctx, "", folder, nil, "check", "--json")
		if err != nil {
			return different, fmt.Errorf("%s: %w", folder, err)
		}
		different = d.write(folder, o.examples) || different
	}
	return different, nil
}
