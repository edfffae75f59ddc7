package workspace

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
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
	for _, c := range report.Of(Create, Update, Replace, Delete, Import) {
		lines = append(
			lines,
			strings.TrimRight(
				fmt.Sprintf("\n  %s %s %s %s", c.Op, shortType(c.Type), c.Name, strings.Join(c.Properties, ", ")),
				" ",
			),
		)
	}
	if len(lines) == 0 {
		return nil
	}
	return &DiffersError{
		Stack:   r.stack,
		Message: "deployed, and AWS holds something else than was deployed: another up would" + strings.Join(lines, ""),
	}
}
