package expectation

import (
	"strings"

	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/world"
)

// String is the target in words; empty for none.
func (t Target) String() string {
	var words []string
	switch {
	case t.Instance != nil && len(t.Instance) == 0:
		words = append(words, "an instance without tags")
	case t.Instance != nil:
		words = append(words, "an instance tagged "+world.TagWords(world.TagList(t.Instance)))
	case t.User != "":
		words = append(words, "user "+t.User)
	case t.Role != "":
		words = append(words, "role "+t.Role)
	case t.ARN != "":
		words = append(words, t.ARN)
	}
	if t.Document != "" {
		words = append(words, "document "+t.Document)
	}
	text := strings.Join(words, " with ")
	if len(t.VolumeKeys) > 0 {
		text += " with volumes under " + wording.JoinWords(t.VolumeKeys, "and")
	}
	if t.Region != "" {
		text += " in " + t.Region
	}
	return text
}
