package workspace

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aws-access-guardrails/internal/workspace/enginelock"
)

// wholeText is everything that an error says, with what the engine printed.
func wholeText(err error) string {
	if err == nil {
		return ""
	}
	var engine *EngineError
	if errors.As(err, &engine) && engine.Err != nil {
		return err.Error() + "\n" + engine.Err.Error()
	}
	return err.Error()
}

// holderPatience is how long the holder of a lock that lives on this machine is waited for: an engine whose command
// was killed ends by itself.
const holderPatience = 3 * time.Second

// unlocked calls the engine, and once more where what stopped it was nothing but locks of dead runs of this machine,
// which it cancels. Every other lock is an error that says who has it, and what to do.
func (r *run) unlocked(ctx context.Context, call func() error) error {
	err := call()
	if err == nil {
		return nil
	}
	printed := wholeText(err)
	locks := enginelock.In(printed)
	if len(locks) == 0 {
		if enginelock.InCloud(printed) {
			return r.locked(
				fmt.Errorf(
					"the stack is locked: another update of it is in progress, or was killed. When nobody works on it: %s",
					r.cancelLine(),
				),
			)
		}
		return err
	}
	for _, lock := range locks {
		if err := r.settleLock(ctx, lock); err != nil {
			return err
		}
	}
	for _, lock := range locks {
		r.options.Progress.Line(fmt.Sprintf("%sthe lock of a run that is dead is cancelled: %s", r.label(), lock))
	}
	if _, err := r.cli(ctx, r.opened.Workspace(), nil, "cancel", "--yes"); err != nil {
		return err
	}
	return call()
}

// settleLock returns without an error when the lock is of a dead run.
func (r *run) settleLock(ctx context.Context, lock enginelock.Lock) error {
	for deadline := time.Now().Add(holderPatience); ; {
		state := lock.Holder()
		switch {
		case state == enginelock.Dead:
			return nil
		case state == enginelock.Elsewhere:
			return r.locked(
				fmt.Errorf(
					"the stack is %s. This machine cannot tell whether that run lives; ask there. When it is dead: %s",
					lock,
					r.cancelLine(),
				),
			)
		case time.Now().After(deadline):
			return r.locked(
				fmt.Errorf(
					"the stack is %s. The process runs on this machine: wait until it ends, or end it, and run the same again",
					lock,
				),
			)
		}
		r.options.Progress.Status(fmt.Sprintf("%swaiting for process %d", r.label(), lock.PID))
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return r.locked(ctx.Err())
		}
	}
}

func (r *run) locked(err error) error {
	return &EngineError{Stack: r.stack, Operation: r.operation, Err: err}
}

// cancelLine is what removes the locks of the stack.
func (r *run) cancelLine() string {
	if r.home != nil {
		return fmt.Sprintf("remove that file, or %s", r.home.Anew())
	}
	return r.setting().Pulumi("cancel", "--yes", r.stack)
}
