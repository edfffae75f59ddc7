package workspace

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
)

// verify reads back from AWS what was deployed, and wants that another up would change nothing.
func (r *run) verify(ctx context.Context) error {
	report, err := r.call(ctx, true, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		_, err := r.opened.Preview(ctx, optpreview.Refresh(), optpreview.EventStreams(stream))
		return nil, err
	})
	if err != nil {
		return err
	}
	var lines []string
	for _, c := range report.ChangesBy(result.Create, result.Update, result.Replace, result.Delete, result.Import) {
		lines = append(
			lines,
			strings.TrimRight(
				fmt.Sprintf("\n  %s %s %s %s", c.Op, urn.ShortType(c.Type), c.Name, strings.Join(c.Properties, ", ")),
				" ",
			),
		)
	}
	if len(lines) == 0 {
		return nil
	}
	return &exit.DiffersError{
		Stack:   r.stack,
		Message: "deployed, and AWS holds something else than was deployed: another up would" + strings.Join(lines, ""),
	}
}
