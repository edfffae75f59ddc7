package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// durationKind takes durations such as "15m", "12h" and "1h30m" between two bounds, both included, in whole steps.
type durationKind struct{ least, most, step time.Duration }

func (k durationKind) decode(d *decoder, n *node, at Path) (time.Duration, bool) {
	d.visit(at, n.pos)
	bounds := fmt.Sprintf("write %s to %s in whole %s", short(k.least), short(k.most), k.unit())
	if n.shape != shapeText {
		fix := bounds
		if n.shape == shapeNumber {
			fix = "write it with its unit, such as " + n.text + k.likelyUnit(n.number)
		}
		d.wrongType(at, n, fix)
		return 0, false
	}
	value, err := time.ParseDuration(n.text)
	why := ""
	switch {
	case err != nil || !durationForm.MatchString(n.text):
		why = "is not a duration such as " + short(k.least)
	case value < k.least || value > k.most:
		why = fmt.Sprintf("is not between %s and %s", short(k.least), short(k.most))
	case value%k.step != 0:
		why = "is not a number of whole " + k.unit()
	default:
		return value, true
	}
	d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: quoted(n.text), Why: why, Fix: bounds})
	return 0, false
}

// likelyUnit is the largest unit with which the number would be taken.
func (k durationKind) likelyUnit(number string) string {
	for _, unit := range []string{"h", "m"} {
		if d, err := time.ParseDuration(number + unit); err == nil && d >= k.least && d <= k.most && d%k.step == 0 {
			return unit
		}
	}
	return k.unit()[:1]
}

func (k durationKind) unit() string {
	switch k.step {
	case time.Hour:
		return "hours"
	case time.Minute:
		return "minutes"
	}
	return "seconds"
}

func (k durationKind) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: durationPattern}
}

func (k durationKind) written(v time.Duration) any { return short(v) }

// short is the duration without the zero units that time.Duration prints.
func short(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(s, "m0s")]
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}

// momentKind takes a time with its offset, quoted.
type momentKind struct{}

func (momentKind) decode(d *decoder, n *node, at Path) (time.Time, bool) {
	d.visit(at, n.pos)
	const fix = `write a quoted time with its offset, such as "2026-12-01T09:00:00+09:00"`
	if n.shape != shapeText {
		d.wrongType(at, n, fix)
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, n.text)
	if err != nil {
		d.report(
			Problem{
				Position: n.pos,
				Path:     at,
				Kind:     Invalid,
				Value:    quoted(n.text),
				Why:      "is not a time with an offset",
				Fix:      fix,
			},
		)
		return time.Time{}, false
	}
	return t, true
}

func (momentKind) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date-time"}
}
func (momentKind) written(t time.Time) any { return t.Format(time.RFC3339) }

// durationForm keeps the decoder to what the schema says: time.ParseDuration also reads signs, and units below the
// second.
var durationForm = regexp.MustCompile(durationPattern)
