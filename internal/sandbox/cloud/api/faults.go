package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong between the provider and AWS.
type Fault string

// The faults. Each names what the provider sees and whether the call took effect.
const (
	// NoFault lets the call through.
	NoFault Fault = ""
	// Throttled refuses the call a few times; the provider's retries then succeed. Nothing is seen but time:
	// Faults.Delay, which stands for the waiting between the tries.
	Throttled Fault = "throttled"
	// ThrottledForGood refuses every attempt: the call fails without effect.
	ThrottledForGood Fault = "throttledForGood"
	// ErrorBefore fails the call with an error of the service, without effect.
	ErrorBefore Fault = "errorBefore"
	// ErrorAfter fails the call with an error of the service, although it took effect.
	ErrorAfter Fault = "errorAfter"
	// LostAnswer lets the call take effect and loses the answer on the way; the SDK then repeats the call, and the
	// provider sees what the repetition answers: EntityAlreadyExists after a create, success after a call that can be
	// repeated.
	LostAnswer Fault = "lostAnswer"
	// LostReply lets a whole operation of the provider take effect and breaks the connection to the engine before the
	// engine hears of it.
	LostReply Fault = "lostReply"
	// Killed lets the call take effect and kills the engine, by Faults.Kill, before the provider hears the answer.
	Killed Fault = "killed"
	// KilledBefore kills the engine, by Faults.Kill, before the call takes effect, which it never does.
	KilledBefore Fault = "killedBefore"
	// Slow delays the call by Faults.Delay.
	Slow Fault = "slow"
)

// Faults says what goes wrong. The zero value and a nil pointer let everything through. Rates are shares of calls
// from 0 to 1; which calls they hit follows from the seed, the call, its subject and how often it was made, not from
// the order in which calls arrive, so the same seed gives the same faults under concurrency. Each time a world is
// opened counts as another run and draws anew.
type Faults struct {
	Seed uint64
	// Rates is the share of API calls (of provider operations for LostReply) that meet each fault.
	Rates map[Fault]float64
	// Delay is how long a slow or throttled call takes; zero means 50 milliseconds.
	Delay time.Duration
	// Rules are faults at chosen calls. The first rule that fits a call decides before the rates do.
	Rules []FaultRule

	// Kill kills the engine; Killed and KilledBefore do nothing without it.
	Kill func()
	// Changed is called after each call that took effect and is none that reads, before anybody hears its answer; nil
	// for nothing.
	Changed func()

	mu    sync.Mutex
	run   int
	calls map[string]int
	fired map[int]int
	hits  int
}

// FaultRule puts a fault on chosen calls.
type FaultRule struct {
	// Call is an operation such as "CreateRole"; for LostReply the provider's operation and type, such as "Create
	// aws:iam/role:Role". Empty means any call that is none that reads.
	Call string
	// During is the provider's operation and type in which the call is made, such as "update aws:iam/role:Role"; empty
	// means any. It means nothing for LostReply.
	During string
	// Subject is the name that the call is about, such as the role's; empty means any.
	Subject string
	// Skip lets that many fitting calls through first.
	Skip int
	// Times is how many fitting calls are hit after that; zero means one.
	Times int
	Fault Fault
}

// order is the order in which rates are tried; a call meets at most one fault.
var order = []Fault{Throttled, ThrottledForGood, ErrorBefore, ErrorAfter, LostAnswer, LostReply, Slow}

// begin says which run of the world it is.
func (f *Faults) begin(run int) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.run = run
}

// Hits is how many calls and replies a rule has hit so far.
func (f *Faults) Hits() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits
}

// reads reports whether a call changes nothing.
func reads(call string) bool {
	return strings.HasPrefix(call, "Get") || strings.HasPrefix(call, "List") || strings.HasPrefix(call, "Describe")
}

// fits reports whether the rule is about a call.
func (r FaultRule) fits(during, call, subject string, reply bool) bool {
	if (r.Fault == LostReply) != reply || r.Subject != "" && r.Subject != subject {
		return false
	}
	if !reply && r.During != "" && r.During != during {
		return false
	}
	if r.Call == "" {
		return !reply && !reads(call)
	}
	return r.Call == call
}

// Draw decides the fault of the next call, which the provider makes during one of its operations. It reads no rate of
// LostReply for API calls, and no other for replies.
func (f *Faults) Draw(during, call, subject string, reply bool) Fault {
	if f == nil {
		return NoFault
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls, f.fired = map[string]int{}, map[int]int{}
	}
	for i, rule := range f.Rules {
		if !rule.fits(during, call, subject, reply) {
			continue
		}
		f.fired[i]++
		if n := f.fired[i]; n > rule.Skip && n <= rule.Skip+max(rule.Times, 1) {
			f.hits++
			return rule.Fault
		}
	}
	key := fmt.Sprintf("%s %s %t", call, subject, reply)
	f.calls[key]++
	drawn := share(fmt.Sprintf("%d %d %s %d", f.Seed, f.run, key, f.calls[key]))
	for _, fault := range order {
		if (fault == LostReply) != reply {
			continue
		}
		if drawn < f.Rates[fault] {
			return fault
		}
		drawn -= f.Rates[fault]
	}
	return NoFault
}

// tookEffect says that a call has changed something.
func (f *Faults) tookEffect(call string) {
	if f != nil && f.Changed != nil && !reads(call) {
		f.Changed()
	}
}

// share maps a text to a number from 0 up to 1.
func share(s string) float64 {
	sum := sha256.Sum256([]byte(s))
	return float64(binary.BigEndian.Uint64(sum[:8])) / float64(math.MaxUint64)
}

// wait passes the delay of a slow or throttled call or returns when the context ends.
func (f *Faults) wait(ctx context.Context) error {
	delay := f.Delay
	if delay == 0 {
		delay = 50 * time.Millisecond
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func throttledForGood() *Error {
	e := Refuse(http.StatusBadRequest, "Throttling", "Rate exceeded")
	e.Attempts = maxAttempts
	return e
}

func serviceFailure() *Error {
	e := Refuse(
		http.StatusInternalServerError,
		"ServiceFailure",
		"The request processing has failed because of an unknown error, exception or failure.",
	)
	e.Attempts = maxAttempts
	return e
}
