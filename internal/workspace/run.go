package workspace

import (
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// run is one operation on one stack. It is used by one goroutine at a time.
type run struct {
	*session
	stack string
	to    target
	// report is in the summary from the start, and filled when there is something to say.
	report  *result.Report
	program *runner
	opened  *auto.Stack
	// endpoint is where the sandbox's AWS answers what no provider asks; empty in a real run.
	endpoint string
	// existed says that the stack was in its backend before this command.
	existed bool
	closes  []func()
	// unread says that the program looks AWS up itself, so that the engine need not read it first.
	unread bool
	// plan is what the operation would do; nil where nobody wants to know.
	plan *result.Report
	err  error
	// unknown says that AWS did not tell whose credentials the stack has.
	unknown bool
}

func newRun(s *session, stack string, needs []string) *run {
	to := s.targets[stack]
	return &run{
		session: s, stack: stack, to: to, program: &runner{run: s.parts.run(s.folder.StackFolder())},
		report: &result.Report{
			Stack:     stack,
			Account:   to.account,
			Operation: s.operation,
			Sandbox:   s.options.Sandbox,
			Outcome:   result.OutcomeNotRun,
			Needs:     needs,
			Changes:   []result.Change{},
		},
	}
}

// setting is where the commands run that this one tells of: on the same folder, and in the sandbox where this one is.
func (r *run) setting() commandline.Setting { return r.folder.Setting(r.options.Sandbox) }

// label stands before each line of progress.
func (r *run) label() string { return fmt.Sprintf("%s %s: ", r.operation, r.stack) }

// step runs a part of the operation by the clock.
func (r *run) step(name string, part func() error) error {
	r.options.Progress.StatusOf(r.label(), r.label()+name)
	defer r.options.Progress.DoneWith(r.label())
	start := time.Now()
	err := part()
	r.report.Steps = append(r.report.Steps, result.Step{Name: name, Seconds: result.Seconds(time.Since(start))})
	return err
}

// fail ends the run with an error.
func (r *run) fail(err error) {
	r.err = err
	r.report.Error = err.Error()
	r.report.Outcome = result.OutcomeFailed
	if exit.StatusOf(err) == exit.Refused {
		r.report.Outcome = result.OutcomeRefused
	}
	var differs *exit.DiffersError
	var undeployed *exit.UndeployedError
	switch {
	case errors.As(err, &differs):
		r.report.Outcome = result.OutcomeDiffers
	case errors.As(err, &undeployed):
		r.report.Outcome = result.OutcomeUndeployed
	}
}

func (r *run) close() {
	for _, closing := range r.closes {
		closing()
	}
	r.closes = nil
}
