package policy

import "fmt"

// ValueError says why one value is refused and what to write instead. Its text is "why; what to write": whoever knows
// where the value stands puts the path and the value in front.
type ValueError struct {
	// Why continues a sentence whose subject is the value, such as `is longer than 64 characters`.
	Why string
	// Fix says what to write, such as `use at most 64 characters`.
	Fix string
}

// Error is "why; what to write".
func (e *ValueError) Error() string { return e.Why + "; " + e.Fix }

func refuse(why, fix string) error { return &ValueError{Why: why, Fix: fix} }

func refusef(fix, why string, args ...any) error {
	return &ValueError{Why: fmt.Sprintf(why, args...), Fix: fix}
}
