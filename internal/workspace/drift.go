package workspace

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// Drifted is a resource that AWS has otherwise than the program wants it.
type Drifted struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// ID is what AWS calls it, or called it; empty where it was never there.
	ID string `json:"id,omitempty"`
	// ByHand is true when AWS has something else than the state had before AWS was read.
	ByHand bool `json:"byHand"`
	// Gone is true when the state has it and AWS does not have it any more.
	Gone bool `json:"gone,omitempty"`
	// Pending is what up has yet to do because the stack file was edited: create, import, delete or retain; empty where the resource is there and wanted.
	Pending Op `json:"pending,omitempty"`
	// Differences are sorted by property; none when it is gone or pending.
	Differences []Difference `json:"differences,omitempty"`
}

// drift asks AWS what it holds of the stack, and the program what it would deploy, without touching the state. Something that differs is a DiffersError.
func (r *run) drift(ctx context.Context) (*Report, error) {
	report, err := r.call(ctx, true, func(stream chan<- events.EngineEvent) (auto.OutputMap, error) {
		_, err := r.opened.Preview(ctx, optpreview.Refresh(), optpreview.EventStreams(stream))
		return nil, err
	})
	report.Planned, report.Read, report.Changes, report.PutBack, report.Notes = false, true, []Change{}, nil, nil
	if err != nil {
		return report, err
	}
	looked, left := 0, 0
	for _, urn := range slices.Sorted(maps.Keys(report.standing)) {
		s := report.standing[urn]
		if s.before != nil {
			looked++
		}
		if d, ok := s.drifted(urn); ok {
			report.Drift = append(report.Drift, d)
			if !slices.ContainsFunc(d.Differences, func(d Difference) bool { return !d.Left }) && !d.Gone && d.Pending == "" {
				left++
			}
		}
	}
	if looked == 0 {
		return report, Usef("the state of stack %q has no resources, so there was nothing to look at; deploy it with \"guardrails up %s\"", r.stack, r.stack)
	}
	report.Same = max(0, looked-len(report.Drift)+count(report.Drift, func(d Drifted) bool { return d.Pending == Create || d.Pending == Import }))
	n := len(report.Drift)
	if n == 0 {
		return report, nil
	}
	message := fmt.Sprintf("%s in AWS from what the stack file deploys", plural(n, "resource differs", "resources differ"))
	switch {
	case left == n:
		message += "; up leaves that as it is, because no stack file sets it"
	case left > 0:
		message += fmt.Sprintf("; \"guardrails up %s\" puts back all but %d", r.stack, left)
	case n == 1:
		message += fmt.Sprintf("; \"guardrails up %s\" puts it back", r.stack)
	default:
		message += fmt.Sprintf("; \"guardrails up %s\" puts them back", r.stack)
	}
	return report, &DiffersError{Stack: r.stack, Message: message}
}

func count[T any](list []T, is func(T) bool) (n int) {
	for _, item := range list {
		if is(item) {
			n++
		}
	}
	return n
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// pendingWords are what is said of a resource that up has yet to make, to take over or to delete.
var pendingWords = map[Op]string{
	Create: "is in the stack file and not deployed yet",
	Import: "is in the stack file, and the state does not have it yet",
	Delete: "is deployed, and the stack file does not have it any more",
	Retain: "is deployed, and the stack file does not have it any more; up forgets it, and it stays in AWS",
}

// text is the resource with what differs, a line each.
func (d Drifted) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  ! %s %s", shortType(d.Type), d.Name)
	if d.ID != "" {
		fmt.Fprintf(&b, " (%s)", d.ID)
	}
	switch {
	case d.Gone:
		b.WriteString(" is gone")
	case d.Pending != "":
		b.WriteString(" " + pendingWords[d.Pending])
	}
	b.WriteString("\n")
	for _, difference := range d.Differences {
		fmt.Fprintf(&b, "      %s\n", difference.Text)
	}
	return b.String()
}

// driftTotals count resources.
func (r *Report) driftTotals() string {
	if len(r.Drift) == 0 {
		return fmt.Sprintf("%s what the stack file deploys", plural(r.Same, "resource is", "resources are"))
	}
	var parts []string
	for _, part := range []struct {
		words string
		is    func(Drifted) bool
	}{
		{"changed by hand", func(d Drifted) bool { return d.ByHand && !d.Gone }},
		{"gone", func(d Drifted) bool { return d.Gone }},
		{"not deployed yet", func(d Drifted) bool { return !d.ByHand }},
	} {
		if n := count(r.Drift, part.is); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.words))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("%d as the stack file deploys", r.Same)), ", ")
}
