package workspace

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Drifted is a resource that AWS holds otherwise than it was deployed.
type Drifted struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// ID is what AWS calls it, or called it.
	ID string `json:"id"`
	// Gone is true when AWS does not have it any more.
	Gone bool `json:"gone,omitempty"`
	// Differences are sorted by property; none when it is gone.
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is one thing that somebody changed.
type Difference struct {
	// Property is the path of the property, such as "maxSessionDuration" or "tags.Project".
	Property string `json:"property"`
	// Statement is the Sid of a policy's statement, or "number 2" for one without; empty where the property is no policy.
	Statement string `json:"statement,omitempty"`
	// Deployed and Found are the values as they were deployed and as they are; absent where there is none.
	Deployed any `json:"deployed,omitempty"`
	Found    any `json:"found,omitempty"`
	// Text says the same in words.
	Text string `json:"text"`
}

// drift asks AWS what it holds of the stack, without touching the state. Something that differs is a DiffersError.
func (r *run) drift(ctx context.Context) (*Report, error) {
	found := map[string]Drifted{}
	stream, read := make(chan events.EngineEvent), make(chan struct{})
	go func() {
		defer close(read)
		for event := range stream {
			if e := event.ResOutputsEvent; e != nil {
				if d, ok := drifted(e.Metadata); ok {
					found[d.URN] = d
				}
			}
		}
	}()
	report, err := r.call(ctx, true, func(collected chan<- events.EngineEvent) (auto.OutputMap, error) {
		_, err := r.opened.PreviewRefresh(ctx, optrefresh.EventStreams(collected, stream))
		return nil, err
	})
	report.Planned, report.Changes, report.Notes = false, []Change{}, nil
	if err != nil {
		return report, err
	}
	<-read
	for _, urn := range slices.Sorted(maps.Keys(found)) {
		report.Drift = append(report.Drift, found[urn])
	}
	if n := len(report.Drift); n > 0 {
		what := "resources differ"
		if n == 1 {
			what = "resource differs"
		}
		return report, &DiffersError{Stack: r.stack, Message: fmt.Sprintf("%d %s in AWS from what was deployed; \"guardrails up %s\" puts it back", n, what, r.stack)}
	}
	return report, nil
}

// drifted is what the reading of one resource found out; false when it is as it was deployed.
func drifted(meta apitype.StepEventMetadata) (Drifted, bool) {
	if hidden(meta.Type) || meta.Old == nil || !meta.Old.Custom {
		return Drifted{}, false
	}
	_, name := parseURN(meta.URN)
	d := Drifted{URN: meta.URN, Type: meta.Type, Name: name, ID: meta.Old.ID}
	if meta.New == nil || meta.New.ID == "" || meta.Op == apitype.OpDelete {
		d.Gone = true
		return d, true
	}
	d.Differences = differences(meta.Type, meta.Old.Outputs, meta.New.Outputs)
	return d, len(d.Differences) > 0
}

// text is the resource with what differs, a line each.
func (d Drifted) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  ! %s %s (%s)", shortType(d.Type), d.Name, d.ID)
	if d.Gone {
		b.WriteString(" is gone")
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
		return fmt.Sprintf("%d resources are as they were deployed", r.Same)
	}
	gone := 0
	for _, d := range r.Drift {
		if d.Gone {
			gone++
		}
	}
	return fmt.Sprintf("%d changed, %d gone, %d as deployed", len(r.Drift)-gone, gone, r.Same)
}
