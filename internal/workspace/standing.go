package workspace

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"aws-access-guardrails/internal/workspace/result"
)

func (c *collector) standingOf(urn, typ string) *result.Standing {
	s := c.standing[urn]
	if s == nil {
		s = &result.Standing{Type: typ}
		c.standing[urn] = s
	}
	return s
}

// read takes what the engine read of a resource before it planned.
func (c *collector) read(meta apitype.StepEventMetadata) {
	if hidden(meta.Type) || meta.Old == nil || !meta.Old.Custom || meta.Old.Delete {
		return
	}
	s := c.standingOf(meta.URN, meta.Type)
	s.Before, s.Found = meta.Old, nil
	if meta.New != nil && meta.New.ID != "" {
		s.Found = meta.New
	}
}

// plan takes what the program wants of a resource. Of the steps of a replacement the first that has the program's
// inputs counts.
func (c *collector) plan(meta apitype.StepEventMetadata) {
	state := meta.New
	if state == nil {
		state = meta.Old
	}
	if hidden(meta.Type) || state == nil || !state.Custom {
		return
	}
	switch meta.Op {
	case apitype.OpSame,
		apitype.OpCreate,
		apitype.OpUpdate,
		apitype.OpDelete,
		apitype.OpReplace,
		apitype.OpCreateReplacement,
		apitype.OpImport:
	default:
		return
	}
	s := c.standingOf(meta.URN, meta.Type)
	if s.Planned && s.Wanted != nil {
		return
	}
	s.Planned, s.Op, s.Wanted = true, meta.Op, meta.New
	s.Properties = properties(slices.Concat(meta.Diffs, meta.Keys), meta.DetailedDiff)
}
