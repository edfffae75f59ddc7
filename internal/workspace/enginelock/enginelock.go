package enginelock

import (
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

// Lock is a lock on a stack.
type Lock struct {
	// File is where the lock is, as an address of the backend.
	File, User, Host string
	PID              int
	Taken            time.Time
}

// lockLine is how the CLI words one of the locks that stop it; cloudLock is how Pulumi Cloud says that somebody works
// on the stack.
var (
	lockLine  = regexp.MustCompile(`(?m)^\s*(\S.*): created by (.*)@(.*) \(pid (-?\d+)\) at (\S+)\s*$`)
	cloudLock = regexp.MustCompile(`\[409\] Conflict: Another update is currently in progress`)
)

// In are the locks that stop the engine, in what it printed.
func In(printed string) []Lock {
	var locks []Lock
	for _, m := range lockLine.FindAllStringSubmatch(printed, -1) {
		pid, _ := strconv.Atoi(m[4])
		taken, err := time.Parse(time.RFC3339, m[5])
		lock := Lock{File: m[1], User: m[2], Host: m[3], PID: pid, Taken: taken}
		if err == nil && !slices.Contains(locks, lock) {
			locks = append(locks, lock)
		}
	}
	return locks
}

// InCloud reports whether what the engine printed says that Pulumi Cloud keeps the stack locked.
func InCloud(printed string) bool { return cloudLock.MatchString(printed) }

func (l Lock) String() string {
	if l.Host == "" {
		return fmt.Sprintf("locked by somebody whom the lock does not name (%s)", plainPath(l.File))
	}
	return fmt.Sprintf(
		"locked by %s on %s, process %d, since %s (%s)",
		l.User,
		l.Host,
		l.PID,
		l.Taken.UTC().Format(time.RFC3339),
		plainPath(l.File),
	)
}

// plainPath is the path of a file whose address is one of a backend of files; every other address stays as it is.
func plainPath(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Scheme == "file" && parsed.Path != "" {
		return parsed.Path
	}
	return address
}

// Holder is what is known of the process that made a lock.
type Holder int

const (
	// Dead means that the process was on this machine and is no more.
	Dead Holder = iota
	// Living means that it works on this machine.
	Living
	// Elsewhere means that it was on another machine, or that nobody can tell.
	Elsewhere
)

// lockSlack is how much later than its lock a process may seem to have begun: locks have whole seconds, and clocks
// are put right now and then.
const lockSlack = 5 * time.Second

// Holder asks this machine for the process that made the lock. The process with its id is another one when it began
// after the lock was made.
func (l Lock) Holder() Holder {
	host, err := os.Hostname()
	if err != nil || host != l.Host || host == "localhost" || host == "" {
		return Elsewhere
	}
	if l.PID <= 0 || l.PID > math.MaxInt32 { // No process has such an id.
		return Dead
	}
	p, err := process.NewProcess(int32(l.PID))
	if errors.Is(err, process.ErrorProcessNotRunning) {
		return Dead
	}
	if err != nil {
		return Elsewhere
	}
	if status, statusErr := p.Status(); statusErr == nil &&
		slices.Contains(status, process.Zombie) { // It ended, and nobody asked how.
		return Dead
	}
	began, err := p.CreateTime()
	switch {
	case err != nil:
		if running, err := process.PidExists(int32(l.PID)); err == nil && !running { // It ended just now.
			return Dead
		}
		return Elsewhere
	case time.UnixMilli(began).After(l.Taken.Add(lockSlack)):
		return Dead
	}
	return Living
}
