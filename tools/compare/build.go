package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// build is a build of guardrails.
type build struct {
	path, cache string
	// limit is how long it may take for one input.
	limit time.Duration
}

// run gives the standard output of a run. Whatever does not hold exits with 1.
func (b build) run(ctx context.Context, dir string, input []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, b.limit, fmt.Errorf("it takes more than %s", b.limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, b.path, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+b.cache)
	// An interrupt of the terminal is for the command that compares: it ends its builds by itself.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", b.path, context.Cause(ctx))
	case err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 || len(out) == 0):
		return nil, fmt.Errorf("%s: %w\n%s", b.path, err, wrong.String())
	}
	return out, nil
}

// difference is what both say of one input. A report that both print alike is read once. That a build fails is a
// difference too.
func (b builds) difference(
	ctx context.Context, name, dir string, input []byte, args ...string,
) (*difference, error) {
	d := newDifference()
	var printed [2][]byte
	var said [2]map[about]found
	for i := range b {
		var err error
		if printed[i], err = b[i].run(ctx, dir, input, args...); err == nil && i == 1 && bytes.Equal(printed[0], printed[1]) {
			said[1] = said[0]
			continue
		}
		if err == nil {
			said[i], err = read(printed[i])
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			d.failed = append(d.failed, strings.TrimSpace(name+"\n"+err.Error()))
			return d, nil
		}
	}
	d.compare(name, said[0], said[1])
	return d, nil
}

// finding is a finding as check and audit print it.
type finding struct {
	ID, Subject, Verdict, Witness string
}

// read reads what check or audit printed.
func read(out []byte) (map[about]found, error) {
	var printed struct {
		Findings []finding
		Stacks   []struct {
			Stack  string
			Proofs []struct {
				ID       string
				Findings []finding
			}
			Expectations []struct{ It, Verdict, Got string }
		}
	}
	if err := json.Unmarshal(out, &printed); err != nil {
		return nil, err
	}
	all := map[about]found{}
	add := func(stack, id string, f finding) {
		who := about{stack: stack, claim: id, subject: f.Subject}
		for all[who].verdict != "" {
			who.nth++
		}
		all[who] = found{f.Verdict, strings.Count(f.Witness, "\n"), f.Witness}
	}
	for _, f := range printed.Findings {
		add("", f.ID, f)
	}
	for _, s := range printed.Stacks {
		for _, p := range s.Proofs {
			for _, f := range p.Findings {
				add(s.Stack, p.ID, f)
			}
		}
		for _, x := range s.Expectations {
			all[about{stack: s.Stack, claim: "expectation", subject: x.It}] = found{verdict: x.Verdict + " " + x.Got}
		}
	}
	return all, nil
}
