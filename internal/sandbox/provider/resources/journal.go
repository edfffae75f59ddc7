package resources

import (
	"fmt"
	"slices"
	"sync"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// journal holds the calls of one operation against the table of types, where calls are decided: the sandbox makes
// those that the table lists, and no others.
type journal struct {
	api.Decider
	token string
	in    awstype.Operation
	calls awstype.Calls

	mu     sync.Mutex
	called []string
}

// During is the session for one operation on a type, and the check at its end, for operations that did all that they
// do. Types that the product does not register are not in the table, and are not held against it.
func (s *Session) During(token string, in awstype.Operation) (*Session, func() error) {
	held := *s
	held.Caller.During = in.String() + " " + token
	calls, known := awstype.CallsOf(token)
	if s.Caller.Decider == nil || !known {
		return &held, func() error { return nil }
	}
	j := &journal{Decider: s.Caller.Decider, token: token, in: in, calls: calls}
	held.Caller.Decider = j
	if in == awstype.Delete {
		return &held, j.ended
	}
	return &held, j.complete
}

// Decide refuses a call that the table lacks, before it is decided.
func (j *journal) Decide(call api.Call) (session, reason string, err error) {
	if !j.calls.Has(call.Action, j.in) {
		return "", "", fmt.Errorf(
			"the sandbox would call %s to %s a %s, and the table of types does not list it",
			call.Action,
			j.in,
			j.token,
		)
	}
	j.mu.Lock()
	j.called = append(j.called, call.Action)
	j.mu.Unlock()
	return j.Decider.Decide(call)
}

// ended is complete for deletions, which stop early where the resource was gone before: it looks only where the last
// call was made.
func (j *journal) ended() error {
	always := j.calls.Always(j.in)
	j.mu.Lock()
	early := len(always) == 0 || !slices.Contains(j.called, always[len(always)-1])
	j.mu.Unlock()
	if early {
		return nil
	}
	return j.complete()
}

// complete is an error where a call that the table lists without a condition was not made.
func (j *journal) complete() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, action := range j.calls.Always(j.in) {
		if !slices.Contains(j.called, action) {
			return fmt.Errorf(
				"the sandbox did not call %s to %s a %s, and the table of types lists it without a condition",
				action,
				j.in,
				j.token,
			)
		}
	}
	return nil
}
