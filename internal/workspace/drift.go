package workspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	// Pending is what up has yet to do because the stack file was edited: create, import, delete or retain; empty
	// where the resource is there and wanted.
	Pending Op `json:"pending,omitempty"`
	// Differences are sorted by property; none when it is gone or pending.
	Differences []Difference `json:"differences,omitempty"`
}

// drift asks AWS what it holds of the stack, and the program what it would deploy, without touching the state.
// Something that differs is a DiffersError.
func (r *run) drift(ctx context.Context) (*Report, error) {
	report, err := r.call(ctx, true, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		_, err := r.opened.Preview(ctx, optpreview.Refresh(), optpreview.EventStreams(stream))
		return nil, err
	})
	report.Planned, report.Read, report.Changes, report.PutBack, report.Notes = false, true, []Change{}, nil, nil
	if err != nil {
		return report, err
	}
	looked := 0
	for _, urn := range slices.Sorted(maps.Keys(report.standing)) {
		s := report.standing[urn]
		if s.before != nil {
			looked++
		}
		if d, ok := s.drifted(urn); ok {
			report.Drift = append(report.Drift, d)
		}
	}
	if looked == 0 {
		return report, Usef(
			"the state of stack %q has no resources, so there was nothing to look at; deploy it with %s",
			r.stack,
			r.setting().Quoted(string(Up), r.stack),
		)
	}
	for _, b := range report.besides {
		report.Drift = merged(report.Drift, b.Drifted)
	}
	report.Same = looked - count(report.Drift, func(d Drifted) bool {
		s := report.standing[d.URN]
		return s != nil && s.before != nil
	})
	if len(report.Drift) == 0 {
		return report, r.notAnswered(report)
	}
	message := driftMessage(report.Drift, r.setting().Line(string(Up), r.stack))
	differs := &DiffersError{Stack: r.stack, Message: message}
	if missed := r.notAnswered(report); missed != nil {
		return report, errors.Join(differs, missed)
	}
	return report, differs
}

// driftMessage says how many resources differ, and what up makes of them.
func driftMessage(drift []Drifted, up string) string {
	n, left := len(drift), count(drift, Drifted.stays)
	back := count(drift, func(d Drifted) bool { return d.ByHand && !d.stays() })
	message := fmt.Sprintf(
		"%s in AWS from what the stack file deploys",
		plural(n, "resource differs", "resources differ"),
	)
	them := func(n int) string {
		switch {
		case n < len(drift):
			return fmt.Sprintf("%d of them", n)
		case n == 1:
			return "it"
		}
		return "them"
	}
	var does []string
	if back > 0 {
		does = append(does, "puts "+them(back)+" back")
	}
	if edits := n - back - left; edits > 0 {
		does = append(does, "makes "+them(edits)+" what the stack file says")
	}
	if len(does) > 0 {
		message += fmt.Sprintf("; \"%s\" %s", up, strings.Join(does, " and "))
	}
	switch {
	case left > 0:
		message += fmt.Sprintf("; up leaves %s: the lines say why", them(left))
	case slices.ContainsFunc(drift, func(d Drifted) bool { return slices.ContainsFunc(d.Differences, Difference.left) }):
		message += "; what up leaves, the lines say"
	}
	if slices.ContainsFunc(drift, func(d Drifted) bool { return d.Pending == Delete && guardOf(d.URN) != nil }) {
		message += "; a guarded resource is deleted only with --allow-delete"
	}
	return message
}

// stays reports whether up leaves everything that differs of the resource.
func (d Drifted) stays() bool {
	return !d.Gone && d.Pending == "" && !slices.ContainsFunc(d.Differences, func(d Difference) bool { return !d.Left })
}

func (d Difference) left() bool { return d.Left }

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
	Create: "is in the stack file, and the state does not have it; up makes it",
	Import: "is in the stack file, and the state does not have it; up takes it over",
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
		{"that up changes", func(d Drifted) bool { return !d.ByHand }},
	} {
		if n := count(r.Drift, part.is); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.words))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("%d as the stack file deploys", r.Same)), ", ")
}
