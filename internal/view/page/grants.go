package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/stack"
)

// timeline are grants on a line of time.
type timeline struct {
	Width, Height int
	From, Until   string
	Bars          []bar
	Ticks         []tick
	Now           int
}

type bar struct {
	X, W, Y               int
	Person, Role, Stack   string
	Projects, OSUser      string
	From, Until, Ticket   string
	Class, State, Summary string
}

type tick struct {
	X    int
	Text string
}

const (
	lineWidth = 960
	barHeight = 26
	barTop    = 34
	maxTicks  = 6
)

// newTimeline places the grants of stacks. The line reaches from the first beginning to the last end, and has the
// moment of the page on it.
func newTimeline(moment time.Time, stacks []*stack.Stack) timeline {
	var t timeline
	first, last := moment, moment
	type granted struct {
		bar
		from, until time.Time
	}
	var all []granted
	for _, s := range stacks {
		for _, g := range s.AccessGrants() {
			projects := strings.Join(g.Reaches(), ", ")
			if projects == "" && g.OSAccess != nil {
				projects = "all of the template"
			}
			b := bar{
				Person: line(
					g.Person,
				),
				Role:     line(g.RoleName()),
				Stack:    line(s.Name),
				Projects: line(projects),
				OSUser:   line(cmp.Or(g.RunAs, "the default")),
				From:     clock(g.From),
				Until:    clock(g.Until),
				Ticket:   line(g.Ticket),
			}
			b.Class, b.State = "now", "open now"
			if g.From.After(moment) {
				b.Class, b.State = "later", "not yet open"
			} else if !g.Until.After(moment) {
				b.Class, b.State = "over", "over"
			}
			b.Summary = fmt.Sprintf("%s, %s to %s, ticket %s: %s", b.Person, b.From, b.Until, b.Ticket, b.State)
			all = append(all, granted{b, g.From, g.Until})
			first, last = minTime(first, g.From), maxTime(last, g.Until)
		}
	}
	slices.SortStableFunc(all, func(a, b granted) int { return a.from.Compare(b.from) })
	span := max(last.Sub(first), time.Hour)
	place := func(when time.Time) int { return int(float64(when.Sub(first)) / float64(span) * lineWidth) }
	for i, g := range all {
		g.X, g.Y = place(g.from), barTop+i*barHeight
		g.W = max(place(g.until)-g.X, 4)
		t.Bars = append(t.Bars, g.bar)
	}
	t.Width, t.Height, t.Now = lineWidth, barTop+len(all)*barHeight+8, place(moment)
	for i := range maxTicks {
		when := first.Add(span * time.Duration(i) / maxTicks)
		format := "2006-01-02"
		if span < 4*24*time.Hour {
			format = "01-02 15:04"
		}
		t.Ticks = append(t.Ticks, tick{place(when), when.UTC().Format(format)})
	}
	t.From, t.Until = clock(first), clock(last)
	return t
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
