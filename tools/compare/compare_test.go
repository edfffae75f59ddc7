package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script is a build that is a script of the shell.
func script(t *testing.T, lines string) build {
	t.Helper()
	path := filepath.Join(t.TempDir(), "build")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ncat > /dev/null\n"+lines), 0o700); err != nil {
		t.Fatal(err)
	}
	return build{path: path, limit: time.Minute}
}

const (
	holds = `printf '%s' '{"findings": [{"id": "a", "subject": "u", "verdict": "holds"}, {"id": "a", "subject": "u", "verdict": "holds"}]}'`
	open  = `printf '%s' '{"findings": [{"id": "a", "subject": "u", "verdict": "holds"}, {"id": "a", "subject": "u", "verdict": "open", "witness": "1\n2\n"}]}'
exit 1`
	longer = `printf '%s' '{"findings": [{"id": "a", "subject": "u", "verdict": "holds"}, {"id": "a", "subject": "u", "verdict": "open", "witness": "1\n2\n3\n"}]}'
exit 1`
	more  = `printf '%s' '{"findings": [{"id": "a", "subject": "u", "verdict": "holds"}, {"id": "a", "subject": "u", "verdict": "holds"}, {"id": "b", "subject": "u", "verdict": "holds"}]}'`
	fails = "echo wrong >&2; exit 2"
)

// What two builds say differently is counted by what it is; that one of them fails is a difference too.
func TestWhatTwoBuildsSayDifferentlyIsCounted(t *testing.T) {
	for _, c := range []struct {
		name, before, now                       string
		compared, differ, open, longer, onlyNow int
		failed                                  int
	}{
		{"the same", open, open, 6, 0, 3, 0, 0, 0},
		{"another verdict of the second finding of a subject", holds, open, 6, 3, 0, 0, 0, 0},
		{"a longer way", open, longer, 6, 0, 3, 3, 0, 0},
		{"a shorter way", longer, open, 6, 0, 3, 0, 0, 0},
		{"a finding more", holds, more, 6, 0, 0, 0, 3, 0},
		{"a build that fails", holds, fails, 0, 0, 0, 0, 0, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			both := builds{script(t, c.before), script(t, c.now)}
			d, done, err := both.accounts(context.Background(), t.TempDir(), options{worlds: 3, copies: 2})
			if err != nil || done != 3 {
				t.Fatal(done, err)
			}
			got := fmt.Sprint(d.compared, d.differ(), d.open, len(d.longer), len(d.onlyNow["b: holds"]), len(d.failed))
			if want := fmt.Sprint(c.compared, c.differ, c.open, c.longer, c.onlyNow, c.failed); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// An interrupt ends what runs, and what was compared until then is told.
func TestAnInterruptLeavesWhatWasCompared(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	folder := t.TempDir()
	slow := script(t, fmt.Sprintf(`if [ -e %[1]s/first ]; then touch %[1]s/second; exec sleep 60; fi; touch %[1]s/first; `, folder)+holds)
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(folder, "second")); err == nil {
				cancel()
			}
		}
	}()
	d, done, err := builds{slow, script(t, holds)}.accounts(ctx, folder, options{worlds: 3, copies: 1})
	if err == nil || done != 1 || d.compared != 2 {
		t.Error(d.compared, done, err)
	}
}

// Of a build that takes too long the limit is told.
func TestABuildThatTakesTooLongIsEnded(t *testing.T) {
	slow := script(t, "exec sleep 60")
	slow.limit = time.Millisecond
	d, _, err := builds{slow, script(t, holds)}.accounts(context.Background(), t.TempDir(), options{worlds: 1, copies: 1})
	if err != nil || len(d.failed) != 1 || !strings.Contains(d.failed[0], "more than 1ms") {
		t.Error(d.failed, err)
	}
}
