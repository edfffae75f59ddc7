package strictyaml

import (
	"fmt"
	"regexp"
	"time"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Duration takes durations such as "15m", "12h" and "1h30m" between two bounds, both included, in whole steps.
type Duration struct{ Least, Most, Step time.Duration }

func (k Duration) Decode(d *Decoder, n *Node, path problem.Path) (time.Duration, bool) {
	d.Visit(path, n.Pos)
	bounds := fmt.Sprintf(
		"write %s to %s in whole %s", policy.ShortDuration(k.Least), policy.ShortDuration(k.Most), k.unit(),
	)
	if n.Shape != ShapeText {
		fix := bounds
		if n.Shape == ShapeNumber {
			fix = "write it with its unit, such as " + n.Text + k.likelyUnit(n.Number)
		}
		d.wrongType(path, n, fix)
		return 0, false
	}
	value, err := time.ParseDuration(n.Text)
	why := ""
	switch {
	case err != nil || !durationForm.MatchString(n.Text):
		why = "is not a duration such as " + policy.ShortDuration(k.Least)
	case value < k.Least || value > k.Most:
		why = fmt.Sprintf("is not between %s and %s", policy.ShortDuration(k.Least), policy.ShortDuration(k.Most))
	case value%k.Step != 0:
		why = "is not a number of whole " + k.unit()
	default:
		return value, true
	}
	d.Report(problem.Problem{Position: n.Pos, Path: path, Kind: problem.Invalid, Value: n.Text, Why: why, Fix: bounds})
	return 0, false
}

// likelyUnit is the largest unit with which the number would be taken.
func (k Duration) likelyUnit(number string) string {
	for _, unit := range []string{"h", "m"} {
		if d, err := time.ParseDuration(number + unit); err == nil && d >= k.Least && d <= k.Most && d%k.Step == 0 {
			return unit
		}
	}
	return k.unit()[:1]
}

func (k Duration) unit() string {
	switch k.Step {
	case time.Hour:
		return "hours"
	case time.Minute:
		return "minutes"
	}
	return "seconds"
}

func (k Duration) Describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: durationPattern}
}

func (k Duration) Written(v time.Duration) any { return policy.ShortDuration(v) }

// Moment takes a time with its offset, quoted.
type Moment struct{}

func (Moment) Decode(d *Decoder, n *Node, path problem.Path) (time.Time, bool) {
	d.Visit(path, n.Pos)
	const fix = `write a quoted time with its offset, such as "2030-12-01T09:00:00+09:00"`
	if n.Shape != ShapeText {
		d.wrongType(path, n, fix)
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, n.Text)
	if err == nil {
		return t, true
	}
	wrong := problem.Problem{
		Position: n.Pos,
		Path:     path,
		Kind:     problem.Invalid,
		Value:    n.Text,
		Why:      "is not a time with an offset",
		Fix:      fix,
	}
	if meant, err := clock.Fixed(n.Text); err == nil {
		wrong.Why = "is a time in another form than the one of files"
		wrong.Fix = fmt.Sprintf("write %q", meant.Format(time.RFC3339))
	}
	d.Report(wrong)
	return time.Time{}, false
}

func (Moment) Describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date-time"}
}
func (Moment) Written(t time.Time) any { return t.Format(time.RFC3339) }

// durationPattern is the form of durations for editors.
const durationPattern = `^([0-9]+(\.[0-9]+)?(h|m|s))+$`

// durationForm keeps the decoder to what the schema says: time.ParseDuration also reads signs, and units below the
// second.
var durationForm = regexp.MustCompile(durationPattern)
