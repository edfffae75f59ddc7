package result

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/workspace/guarded"
	"aws-access-guardrails/internal/workspace/urn"
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

	// replaced says that an edit takes the resource away and makes another one.
	replaced bool
}

// DriftMessage says how many resources differ, and what up makes of them.
func DriftMessage(drift []Drifted, up string) string {
	n, left := len(drift), Count(drift, Drifted.stays)
	back := Count(drift, func(d Drifted) bool { return d.ByHand && !d.stays() })
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
	case slices.ContainsFunc(drift, func(d Drifted) bool { return slices.ContainsFunc(d.Differences, Difference.isLeft) }):
		message += "; what up leaves, the lines say"
	}
	if slices.ContainsFunc(drift, Drifted.needsLeave) {
		message += "; what is guarded goes only with --allow-delete"
	}
	return message
}

// needsLeave reports whether up refuses what an edit makes of the resource until somebody names it.
func (d Drifted) needsLeave() bool {
	if (d.Pending == Delete || d.replaced) && guarded.GuardOf(d.URN) != nil {
		return true
	}
	return slices.ContainsFunc(d.Differences, func(x Difference) bool {
		return !x.ByHand && Empty(x.Deployed) && guarded.Property(d.URN, x.Property) != nil
	})
}

// stays reports whether up leaves everything that differs of the resource.
func (d Drifted) stays() bool {
	return !d.Gone && d.Pending == "" && !slices.ContainsFunc(d.Differences, func(d Difference) bool { return !d.Left })
}

func (d Difference) isLeft() bool { return d.Left }

// Count is how many of a list are so.
func Count[T any](list []T, is func(T) bool) (n int) {
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
	fmt.Fprintf(&b, "  ! %s %s", urn.ShortType(d.Type), d.Name)
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
		if n := Count(r.Drift, part.is); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.words))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("%d as the stack file deploys", r.Same)), ", ")
}
