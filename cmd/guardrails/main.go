package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"aws-access-guardrails/internal/program"
	_ "aws-access-guardrails/internal/terminal/background"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
)

func main() {
	if isProgram(os.Args, os.Getenv) {
		os.Exit(program.Main())
	}
	ctx, stop := signal.NotifyContext(context.Background(), interrupts()...)
	context.AfterFunc(ctx, stop) // The second interrupt ends this process at once.
	os.Exit(int(untilInterrupted(ctx, func() exit.Status { return execute(ctx, os.Args[1:]) })))
}

// interrupts are the signals that end a verb in order. A terminal that is closed and a connection that is lost hang up,
// which nohup has this process ignore.
func interrupts() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// isProgram reports whether the language host of "pulumi up" started this process as the program of a project, which
// Pulumi.yaml does with "runtime: {name: go, options: {binary: guardrails}}". It gives no arguments, and the
// addresses of the engine in the environment.
func isProgram(args []string, env func(string) string) bool {
	return len(args) == 1 && env("PULUMI_MONITOR") != "" && env("PULUMI_ENGINE") != ""
}

// untilInterrupted runs a verb until it ends or the first interrupt comes. An engine at work is waited for, because
// it ends in order by itself; everything else, such as reading, proving or asking, is left where it is: it has
// changed nothing.
func untilInterrupted(ctx context.Context, verb func() exit.Status) exit.Status {
	done := make(chan exit.Status, 1)
	go func() { done <- verb() }()
	select {
	case status := <-done:
		return status
	case <-ctx.Done():
	}
	if workspace.EngineAtWork() {
		return <-done
	}
	if workspace.IsTerminal(os.Stderr) {
		fmt.Fprintln(os.Stderr) // Behind the ^C that the terminal shows.
	}
	fmt.Fprintln(os.Stderr, "interrupted; nothing was changed in any account")
	return exit.Failed
}
