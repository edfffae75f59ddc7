package policy

import (
	"errors"
	"fmt"
)

// ValueError says why one value is refused and what to write instead. Its text is "why; what to write": whoever knows
// where the value stands puts the path and the value in front.
type ValueError struct {
	// Why continues a sentence whose subject is the value, such as `is longer than 64 characters`.
	Why string
	// Fix says what to write, such as `use at most 64 characters`; empty where Why says it already.
	Fix string
}

// Error is "why; what to write".
func (e *ValueError) Error() string {
	if e.Fix == "" {
		return e.Why
	}
	return e.Why + "; " + e.Fix
}

// placedError is an error with the place of what it is about.
type placedError struct {
	place string
	err   error
}

// PlaceError puts the place of what an error is about before it: "place: error". What to write instead stays apart,
// so that Reason finds it.
func PlaceError(place string, err error) error { return &placedError{place, err} }

func (e *placedError) Error() string { return e.place + ": " + e.err.Error() }

func (e *placedError) Unwrap() error { return e.err }

// Reason is why a check refuses something, with the places that were put before it, and what to write instead.
func Reason(err error) (why, fix string) {
	var placed *placedError
	if errors.As(err, &placed) {
		why, fix = Reason(placed.err)
		return placed.place + ": " + why, fix
	}
	var refused *ValueError
	if errors.As(err, &refused) {
		return refused.Why, refused.Fix
	}
	return err.Error(), ""
}

// Refusef is a ValueError whose why is written with a format.
func Refusef(fix, why string, args ...any) *ValueError {
	return &ValueError{Why: fmt.Sprintf(why, args...), Fix: fix}
}

func refuse(why, fix string) error { return &ValueError{Why: why, Fix: fix} }

func refusef(fix, why string, args ...any) error {
	return &ValueError{Why: fmt.Sprintf(why, args...), Fix: fix}
}
