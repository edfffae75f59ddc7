package workspace

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/stack"
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

// shutTimes are the times in which shells were shut, by the order of the stacks. Only what this run did counts: an
// attachment that it made, before doors that it made. A stack without new roles had its doors before.
func shutTimes(reports []*Report, targets map[string]target) []Shut {
	from := shutFrom(reports, targets)
	var shut []Shut
	for _, r := range reports {
		began, ok := from[r.Account]
		if !ok || !r.Ended.IsZero() && r.Ended.Before(began) {
			continue
		}
		s := Shut{Account: r.Account, Stack: r.Stack, From: began.UTC()}
		switch {
		case r.Outcome == OutcomeDone && !slices.ContainsFunc(r.Of(Create, Replace), func(c Change) bool { return c.Type == "aws:iam/role:Role" }):
			continue
		case r.Outcome == OutcomeDone:
			s.Until = r.Ended
		}
		shut = append(shut, s)
	}
	return shut
}

// shutFrom is since when shells are shut, by account: since the first attachment of this run that shuts them.
func shutFrom(reports []*Report, targets map[string]target) map[string]time.Time {
	from := map[string]time.Time{}
	for _, r := range reports {
		for _, s := range targets[r.Stack].shuts {
			made, found := r.firstMade(shutSuffix(s))
			if !found {
				continue
			}
			for _, account := range s.Accounts {
				if began, known := from[account]; !known || made.Before(began) {
					from[account] = made
				}
			}
		}
	}
	return from
}

// firstMade is when the first resource was made whose name ends so.
func (r *Report) firstMade(suffix string) (first time.Time, found bool) {
	for urn, made := range r.madeAt {
		if _, name := parseURN(urn); strings.HasSuffix(name, suffix) && (!found || made.Before(first)) {
			first, found = made, true
		}
	}
	return first, found
}

// shutSuffix is how the name of the attachment ends that shuts shells.
func shutSuffix(s stack.ShutShells) string { return "-attachment-" + s.Policy + "-" + s.Target }

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
