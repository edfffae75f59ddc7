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
	// Before and After say that the moment of the page is far before the line, or far after it.
	Before, After bool
}

type bar struct {
	X, W, Y int
	// Name is where the name begins, or where it ends: near the end of the line.
	Name                  int
	Ends                  bool
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
	// shortest is the width of a bar that would not be seen otherwise, margin what is free on both sides of the line.
	shortest = 4
	margin   = 6
	// far is how many times the grants themselves the moment may be away and still stand on their line.
	far = 4
)

// newTimeline places the grants of stacks. The line reaches from the first beginning to the last end, and has the
// moment of the page on it where that is not far away: otherwise the grants would be too short to be seen.
func newTimeline(moment time.Time, stacks []*stack.Stack) timeline {
	var t timeline
	var first, last time.Time
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
			if len(all) == 0 {
				first, last = g.From, g.Until
			}
			all = append(all, granted{b, g.From, g.Until})
			first, last = minTime(first, g.From), maxTime(last, g.Until)
		}
	}
	slices.SortStableFunc(all, func(a, b granted) int { return a.from.Compare(b.from) })
	if len(all) == 0 {
		return t
	}
	reach := far * max(last.Sub(first), time.Hour)
	t.Before, t.After = first.Sub(moment) > reach, moment.Sub(last) > reach
	if !t.Before && !t.After {
		first, last = minTime(first, moment), maxTime(last, moment)
	}
	span := max(last.Sub(first), time.Hour)
	place := func(when time.Time) int { return int(float64(when.Sub(first)) / float64(span) * lineWidth) }
	for i, g := range all {
		g.X, g.Y = min(place(g.from), lineWidth-shortest), barTop+i*barHeight
		g.W = max(place(g.until)-g.X, shortest)
		if g.Name = g.X + shortest; g.X > lineWidth*3/4 {
			g.Name, g.Ends = g.X-shortest, true
		}
		t.Bars = append(t.Bars, g.bar)
	}
	t.Width, t.Height, t.Now = lineWidth+2*margin, barTop+len(all)*barHeight+8, place(moment)
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
