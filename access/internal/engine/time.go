package engine

import (
	"math"
	"strconv"
	"time"

	"aws-access-guardrails/access/internal/literal"
)

func (e *UntimedError) Error() string { return e.reason.Error() }

func (e *UntimedError) Unwrap() error { return e.reason }

// Bounds are the whole seconds around the instants that a condition names; false for a test of the time that is no
// comparison.
func (c *Condition) Bounds() ([]time.Time, bool) {
	if !c.Key.Kind.IsTime() || c.Compare == ComparePresence {
		return nil, true
	}
	switch c.Compare {
	case CompareDate:
		var out []time.Time
		for _, moment := range c.Dates {
			out = append(out, moment.UTC().Truncate(time.Second))
		}
		return out, true
	case CompareNumber:
		var out []time.Time
		for _, text := range c.Source.Values {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || math.Abs(n) > literal.FarthestSecond {
				continue
			}
			out = append(out, time.Unix(int64(math.Floor(n)), 0).UTC())
		}
		return out, true
	}
	return nil, false
}
