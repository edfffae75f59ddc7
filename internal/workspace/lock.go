package workspace

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// A backend that is files or objects keeps a lock for each engine that works on a stack. An engine that is killed
// leaves its lock behind, and the engine itself never asks whether the holder still lives. What says so is in the
// lock: the machine, the id of the process, and the time.

// engineLock is a lock on a stack.
type engineLock struct {
	// file is where the lock is, as an address of the backend.
	file, user, host string
	pid              int
	taken            time.Time
}

// lockLine is how the CLI words one of the locks that stop it; cloudLock is how Pulumi Cloud says that somebody works
// on the stack.
var (
	lockLine  = regexp.MustCompile(`(?m)^\s*(\S.*): created by (.*)@(.*) \(pid (-?\d+)\) at (\S+)\s*$`)
	cloudLock = regexp.MustCompile(`\[409\] Conflict: Another update is currently in progress`)
)

// locksIn are the locks that an error of the engine speaks of.
func locksIn(err error) []engineLock {
	var locks []engineLock
	for _, m := range lockLine.FindAllStringSubmatch(wholeText(err), -1) {
		pid, _ := strconv.Atoi(m[4])
		taken, err := time.Parse(time.RFC3339, m[5])
		lock := engineLock{file: m[1], user: m[2], host: m[3], pid: pid, taken: taken}
		if err == nil && !slices.Contains(locks, lock) {
			locks = append(locks, lock)
		}
	}
	return locks
}

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

func (l engineLock) String() string {
	if l.host == "" {
		return fmt.Sprintf("locked by somebody whom the lock does not name (%s)", plainPath(l.file))
	}
	return fmt.Sprintf(
		"locked by %s on %s, process %d, since %s (%s)",
		l.user,
		l.host,
		l.pid,
		l.taken.UTC().Format(time.RFC3339),
		plainPath(l.file),
	)
}

// plainPath is the path of a file whose address is one of a backend of files; every other address stays as it is.
func plainPath(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Scheme == "file" && parsed.Path != "" {
		return parsed.Path
	}
	return address
}

// holder is what is known of the process that made a lock.
type holder int

const (
	// dead means that the process was on this machine and is no more.
	dead holder = iota
	// living means that it works on this machine.
	living
	// elsewhere means that it was on another machine, or that nobody can tell.
	elsewhere
)

// lockSlack is how much later than its lock a process may seem to have begun: locks have whole seconds, and clocks
// are put right now and then.
const lockSlack = 5 * time.Second

// holder asks this machine for the process that made the lock. The process with its id is another one when it began
// after the lock was made.
func (l engineLock) holder() holder {
	host, err := os.Hostname()
	if err != nil || host != l.host || host == "localhost" || host == "" {
		return elsewhere
	}
	if l.pid <= 0 || l.pid > math.MaxInt32 { // No process has such an id.
		return dead
	}
	p, err := process.NewProcess(int32(l.pid))
	if errors.Is(err, process.ErrorProcessNotRunning) {
		return dead
	}
	if err != nil {
		return elsewhere
	}
	if status, statusErr := p.Status(); statusErr == nil &&
		slices.Contains(status, process.Zombie) { // It ended, and nobody asked how.
		return dead
	}
	began, err := p.CreateTime()
	switch {
	case err != nil:
		if running, err := process.PidExists(int32(l.pid)); err == nil && !running { // It ended just now.
			return dead
		}
		return elsewhere
	case time.UnixMilli(began).After(l.taken.Add(lockSlack)):
		return dead
	}
	return living
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
	locks := locksIn(err)
	if len(locks) == 0 {
		if cloudLock.MatchString(wholeText(err)) {
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
func (r *run) settleLock(ctx context.Context, lock engineLock) error {
	for deadline := time.Now().Add(holderPatience); ; {
		state := lock.holder()
		switch {
		case state == dead:
			return nil
		case state == elsewhere:
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
		r.options.Progress.Status(fmt.Sprintf("%swaiting for process %d", r.label(), lock.pid))
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
