package result

import (
	"fmt"
	"io"
	"strings"
	"time"

	"aws-access-guardrails/internal/workspace/urn"
)

// Shut is a time in which no one could open a shell in an account but for break-glass roles: service control policies
// shut the shells, and the guarded doors that they exempt were not there yet.
type Shut struct {
	Account string `json:"account"`
	// Stack is the account's stack in this command.
	Stack string    `json:"stack"`
	From  time.Time `json:"from"`
	// Until is when the doors were complete; zero where that is not known, because the stack did not end well.
	Until time.Time `json:"until,omitzero"`
}

// FirstMade is when the first resource was made whose name ends so.
func (r *Report) FirstMade(suffix string) (first time.Time, found bool) {
	for resourceURN, moment := range r.MadeAt {
		if _, name := urn.Parse(resourceURN); strings.HasSuffix(name, suffix) && (!found || moment.Before(first)) {
			first, found = moment, true
		}
	}
	return first, found
}

// writeShut says how long shells were shut.
func (s *Summary) writeShut(w io.Writer) error {
	if len(s.Shut) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(
		w,
		"\nshells were shut, but for break-glass roles (--doors-first makes the doors before it shuts the others)\n",
	); err != nil {
		return err
	}
	for _, shut := range s.Shut {
		until := "and may still be: the stack did not end well, so nobody knows whether its doors are complete; run it again"
		if !shut.Until.IsZero() {
			until = fmt.Sprintf(
				"until %s (%.1f s)",
				shut.Until.Format(time.TimeOnly),
				shut.Until.Sub(shut.From).Seconds(),
			)
		}
		if _, err := fmt.Fprintf(
			w,
			"  %s, account %s: from %s UTC %s\n",
			shut.Stack,
			shut.Account,
			shut.From.Format(time.TimeOnly),
			until,
		); err != nil {
			return err
		}
	}
	return nil
}
