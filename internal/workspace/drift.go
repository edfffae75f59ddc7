package workspace

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// drift asks AWS what it holds of the stack, and the program what it would deploy, without touching the state.
// Something that differs is a DiffersError.
func (r *run) drift(ctx context.Context) (*result.Report, error) {
	report, err := r.call(ctx, true, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		_, err := r.opened.Preview(ctx, optpreview.Refresh(), optpreview.EventStreams(stream))
		return nil, err
	})
	report.Planned, report.Read, report.Changes, report.PutBack, report.Notes = false, true, []result.Change{}, nil, nil
	if err != nil {
		return report, err
	}
	noted := map[string]bool{}
	for _, b := range report.Besides {
		for _, s := range b.Strays {
			noted[s.URN] = true
		}
	}
	looked := 0
	for _, urn := range slices.Sorted(maps.Keys(report.Standing)) {
		s := report.Standing[urn]
		if noted[urn] {
			continue // A run that was ended has left it in the state; it is told below, of what it was added to.
		}
		if s.Before != nil {
			looked++
		}
		if d, ok := s.Drifted(urn); ok {
			report.Drift = append(report.Drift, d)
		}
	}
	if looked == 0 {
		return report, exit.Undeployedf(
			"the state of stack %q has no resources, so there was nothing to look at; deploy it with %s",
			r.stack,
			r.setting().Quoted(string(result.Up), r.stack),
		)
	}
	for _, b := range report.Besides {
		report.Drift = result.AddDrifted(report.Drift, b.Drifted)
	}
	report.Same = looked - result.Count(report.Drift, func(d result.Drifted) bool {
		s := report.Standing[d.URN]
		return s != nil && s.Before != nil
	})
	if len(report.Drift) == 0 {
		return report, r.notAnswered(report)
	}
	message := result.DriftMessage(report.Drift, r.setting().Line(string(result.Up), r.stack))
	differs := &exit.DiffersError{Stack: r.stack, Message: message}
	if missed := r.notAnswered(report); missed != nil {
		return report, errors.Join(differs, missed)
	}
	return report, differs
}
