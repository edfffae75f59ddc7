package workspace

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/state"
)

// ready opens the stack, once.
func (r *run) ready(ctx context.Context) error {
	if r.opened != nil {
		return nil
	}
	return r.step("open", func() (err error) {
		r.opened, err = r.open(ctx)
		return err
	})
}

// prepare plans the operation, and makes sure that its account is looked at when the command has several stacks: what
// one of them changes may shut the doors of another. Where nobody is asked, a plan is made for the gates, and beside
// other stacks for what the stack takes over: a stack that has nothing of both needs none.
func (r *run) prepare(ctx context.Context, asking, several bool) {
	if err := r.ready(ctx); err != nil {
		r.fail(err)
		return
	}
	if r.opened == nil {
		return
	}
	if r.operation == result.Destroy {
		if err := r.step("look", func() error { return r.mayGo(ctx) }); err != nil {
			r.fail(err)
			return
		}
	}
	plans := asking
	if !asking && r.operation == result.Up {
		plans = several && r.to.adopts
		if r.existed && r.home != nil {
			guards, err := r.home.Guards(r.folder.Project, r.stack)
			plans = plans || err == nil && guards // What cannot be read is the operation's business.
		} else if r.existed {
			plans = true
		}
	}
	if plans {
		if err := r.step("plan", func() (err error) {
			r.plan, err = r.planned(ctx)
			return err
		}); err != nil {
			r.plan = nil
			r.fail(err)
			if exit.StatusOf(err) != exit.Failed {
				return
			}
		}
	}
	// The plan of up asks for the account before anything else.
	if !several || plans && r.err == nil && r.operation == result.Up {
		return
	}
	if err := r.step("account", func() error { return r.account(ctx) }); err != nil {
		r.unknown = exit.StatusOf(err) == exit.Failed
		r.plan = nil
		r.fail(err)
	}
}

// do runs the operation. What happened is in the report, and in err.
func (r *run) do(ctx context.Context) {
	if r.err != nil { // It could not be planned.
		return
	}
	start := time.Now()
	r.report.Began, r.report.Outcome = start.UTC(), result.OutcomeDone
	defer func() {
		r.report.Ended, r.report.Seconds = time.Now().UTC(), result.Seconds(time.Since(start))
		r.close()
	}()
	if err := r.ready(ctx); err != nil {
		r.fail(err)
		return
	}
	if r.opened == nil { // Nothing was ever deployed, so there is nothing to destroy, and nothing that could differ.
		return
	}
	if r.operation.Changes() {
		var state *state.Deployment
		if err := r.step(
			"recover",
			func() (err error) { state, err = r.recover(ctx, r.opened); return err },
		); err != nil {
			r.fail(err)
			return
		}
		if state != nil && r.operation == result.Destroy {
			if err := r.protects(protectedIn(state)); err != nil {
				r.fail(err)
				return
			}
		}
		if state != nil && r.settled() {
			r.report.Read, r.report.Same, r.report.Outputs = true, r.plan.Same, state.Outputs()
			r.report.Beside, r.report.Unread = r.plan.Beside, r.plan.Unread
			return // Also --verify would read again what was read just now.
		}
		if err := r.step("note", func() error { return r.takeNote(ctx, r.opened, state) }); err != nil {
			r.fail(err)
			return
		}
	}
	var report *result.Report
	err := r.step(string(r.operation), func() (err error) {
		report, err = r.operate(ctx)
		return err
	})
	r.keep(report)
	if r.operation == result.Up {
		r.tookAway()
		if r.outdated() {
			provisionErr := r.step("provision", func() error { return r.provisions(ctx, err != nil) })
			err = cmp.Or(err, provisionErr)
		}
	}
	if err == nil && r.operation == result.Up && r.options.Verify {
		err = r.step("verify", func() error { return r.verify(ctx) })
	}
	if err != nil {
		r.fail(err)
	}
}

// settled reports whether the plan has found, with AWS read before, that there is nothing to do: AWS has what the
// program deploys, and the state has what AWS has. Then the engine need not be asked to do it.
func (r *run) settled() bool {
	return r.operation == result.Up && r.plan != nil && r.plan.Read && len(r.plan.Changes) == 0 &&
		!r.plan.StateChanges &&
		!r.outdated() && result.Untouched(r.plan.Standing)
}

// keep takes over what an operation did.
func (r *run) keep(from *result.Report) {
	r.report.Planned, r.report.Changes, r.report.Same, r.report.Drift = from.Planned, from.Changes, from.Same, from.Drift
	r.report.Read, r.report.PutBack, r.report.NotPutBack = from.Read, from.PutBack, from.NotPutBack
	r.report.Beside, r.report.Unread = from.Beside, from.Unread
	r.report.Failures, r.report.Notes, r.report.Outputs, r.report.MadeAt = from.Failures, from.Notes, from.Outputs, from.MadeAt
}

// tell prints how one of several stacks ended.
func (r *run) tell() {
	if len(r.runs) < 2 {
		return
	}
	line := fmt.Sprintf("%s%s", r.label(), r.report.Outcome)
	if cause := r.report.Cause(); cause != "" && cause != string(r.report.Outcome) {
		line += ", " + cause
	}
	if r.report.Outcome != result.OutcomeNotRun {
		line += fmt.Sprintf(" (%.1f s)", r.report.Seconds)
	}
	r.options.Progress.Line(line)
}
