package workspace

import (
	"context"
	"os/signal"
	"sync"
	"syscall"
)

// atWork counts the engines that this process drives.
var atWork struct {
	sync.Mutex
	engines int
}

// beginWork says that an engine is driven from here on, until done is called. After an interrupt none begins.
func beginWork(ctx context.Context) (done func(), err error) {
	atWork.Lock()
	defer atWork.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, &EngineError{Operation: "the command", Err: err}
	}
	atWork.engines++
	// Whoever reads what is printed may go, as head does: the engine must not be ended by that.
	signal.Ignore(syscall.SIGPIPE)
	return func() {
		atWork.Lock()
		defer atWork.Unlock()
		atWork.engines--
	}, nil
}

// EngineAtWork reports whether this process drives an engine. After an interrupt it ends in order by itself, and
// whoever ends the process before may leave a stack half done. Once the context of the commands is done, what it
// reports only ever becomes false.
func EngineAtWork() bool {
	atWork.Lock()
	defer atWork.Unlock()
	return atWork.engines > 0
}
