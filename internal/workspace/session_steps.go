package workspace

import (
	"context"
	"errors"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
	"aws-access-guardrails/internal/workspace/schedule"
	"aws-access-guardrails/problem"
)

// openSandbox takes the folder's sandbox for this command. Its AWS stays open until the end, so that all stacks of
// the command are one run of it. Closing gives what has to be told of the sandbox itself: that the command left it
// broken.
func (s *session) openSandbox(ctx context.Context) (closeSandbox func() error, err error) {
	s.command = s.command.Hermetic()
	s.known = KnownBy(s.folder)
	home, err := sandboxhome.Open(ctx, s.options.Cache, s.folder, s.options.Progress)
	if err != nil {
		return nil, err
	}
	begin := func() (provider, error) {
		if s.options.Fresh {
			if resetErr := home.Reset(); resetErr != nil {
				return nil, resetErr
			}
		}
		if beginErr := home.Begin(s.operation.Changes()); beginErr != nil {
			return nil, beginErr
		}
		// An interrupted engine still finishes what this AWS has begun.
		return s.parts.provide(context.WithoutCancel(ctx), sandbox.Options{
			World: s.folder.SandboxFile(), Known: s.known, State: home.State(), Faults: s.options.Faults,
		})
	}
	world, err := begin()
	if err != nil {
		home.Close()
		var state *store.StateError
		if errors.As(err, &state) {
			err = home.Broken(state.Path, state.Err)
		}
		return nil, refusedWorld(err)
	}
	s.home = home
	return func() error {
		_ = world.Close()
		defer home.Close()
		if !s.operation.Changes() {
			return nil
		}
		return home.Mend()
	}, nil
}

// refusedWorld is a refusal where the sandbox's own file is wrong, as it is for every file that an admin writes, and
// the error itself otherwise.
func refusedWorld(err error) error {
	var problems problem.List
	if errors.As(err, &problems) {
		return &exit.RefusedError{Err: err}
	}
	return err
}

// run plans where the gates or a person want to see what would happen, and then runs the operation on every stack.
func (s *session) run(ctx context.Context, graph *schedule.Graph) error {
	s.runs = map[string]*run{}
	var runs []*run
	for _, name := range graph.Names() {
		r := newRun(s, name, graph.Needs(name))
		defer r.close()
		s.runs[name], runs = r, append(runs, r)
		s.summary.Stacks = append(s.summary.Stacks, r.report)
	}
	if err := s.consent(ctx, graph, runs); err != nil {
		return err
	}
	graph.Run(ctx, s.summary.Parallel, func(ctx context.Context, name string) bool {
		r := s.runs[name]
		r.do(ctx)
		r.tell()
		return r.err == nil
	}, func(name, because string) {
		r := s.runs[name]
		r.report.Because = because
		if because == "" {
			r.report.Error = "interrupted before it began"
		}
		r.tell()
	})
	var errs []error
	for _, r := range runs {
		errs = append(errs, r.err)
	}
	if err := errors.Join(errs...); err != nil || ctx.Err() == nil {
		return err
	}
	return &EngineError{Operation: s.operation, Err: ctx.Err()} // What ran ended well all the same.
}

// confirm asks, and does not wait for an answer after an interrupt.
func (s *session) confirm(ctx context.Context, plans *result.Summary) (yes bool, err error) {
	answered := make(chan struct{})
	var (
		answer bool
		failed error
	)
	go func() {
		defer close(answered)
		answer, failed = s.options.Confirm(plans)
	}()
	select {
	case <-answered:
		return answer, failed
	case <-ctx.Done():
		return false, &EngineError{Operation: s.operation, Err: ctx.Err()}
	}
}

// consent looks at the account of every stack, plans the operation on all of them, holds the gates against the plans,
// and asks whoever decides. An error means that nothing was changed anywhere. A stack whose account holds and that
// cannot be planned fails by itself: it is not run, and what does not need it is.
func (s *session) consent(ctx context.Context, graph *schedule.Graph, runs []*run) error {
	asking := !s.options.Sandbox && s.options.Confirm != nil
	if !s.operation.Changes() || !asking && s.operation == result.Destroy && len(runs) < 2 {
		return nil
	}
	graph.Loose().Run(ctx, s.summary.Parallel, func(ctx context.Context, name string) bool {
		s.runs[name].prepare(ctx, asking, len(runs) > 1)
		return true
	}, func(string, string) {})
	s.leaveOpen(runs)
	plans, err := s.stops(runs)
	if err != nil {
		return err
	}
	if !asking || len(plans.Stacks) == 0 || ctx.Err() != nil {
		return nil
	}
	yes, err := s.confirm(ctx, plans)
	if err != nil {
		return err
	}
	if !yes {
		return exit.Usef("%s not confirmed; no account was changed", s.operation)
	}
	for _, plan := range plans.Stacks {
		told := map[string]result.Op{}
		for _, change := range plan.Changes {
			told[change.URN] = change.Op
		}
		s.runs[plan.Stack].report.Told = told
	}
	return nil
}

// stopsAll reports whether the run keeps the whole command from changing anything: it was refused, or nobody knows to
// which account its credentials belong.
func (r *run) stopsAll() bool {
	status := exit.StatusOf(r.err)
	return r.unknown || r.plan == nil && (status == exit.Refused || status == exit.WrongUse)
}

// stops holds the gates against the plans, which it gives. The error joins everything that keeps the whole command
// from changing anything, and why others could not be planned: nobody else tells it then.
func (s *session) stops(runs []*run) (plans *result.Summary, err error) {
	var errs, failed []error
	plans = &result.Summary{Operation: s.operation, Sandbox: s.options.Sandbox}
	because := "another stack was refused"
	for _, r := range runs {
		switch {
		case r.unknown:
			because = "nobody knows to which account the credentials of another stack belong"
			errs = append(errs, r.err)
			continue
		case r.stopsAll():
			errs = append(errs, r.err)
			continue
		case r.plan == nil:
			failed = append(failed, r.err)
			continue
		case r.err == nil:
			plans.Stacks = append(plans.Stacks, r.plan)
		}
		if err := s.guard(r.stack, r.plan); err != nil {
			r.fail(err)
			errs = append(errs, err)
			continue
		}
		failed = append(failed, r.err)
	}
	if len(errs) > 0 {
		err := errors.Join(append(errs, failed...)...)
		for _, r := range runs {
			if r.err == nil {
				r.report.Error = "nothing was changed, because " + because
			}
		}
		return nil, err
	}
	return plans, nil
}
