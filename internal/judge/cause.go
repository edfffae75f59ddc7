package judge

import (
	"fmt"
	"strings"

	"aws-access-guardrails/access/prove"
)

// cause is a finding that does not hold, with the other findings of its proof that the same line mends: a role
// account that is missing keeps every role of the account from every person, and is one mistake.
type cause struct {
	finding *prove.Finding
	also    []*prove.Finding
}

// causes puts findings that do not hold together, each cause in the place of its first finding. A finding that nobody
// knows how to mend is a cause of its own.
func (j *Judgement) causes(failed []*prove.Finding) []*cause {
	var all []*cause
	byKey := map[string]*cause{}
	for _, f := range failed {
		mend := j.mend(f)
		key := f.ID + "\x00" + mend
		if known := byKey[key]; known != nil && mend != "" {
			known.also = append(known.also, f)
			continue
		}
		c := &cause{finding: f}
		byKey[key], all = c, append(all, c)
	}
	return all
}

// mostNamed is how many findings of one cause are named; of more their number is told.
const mostNamed = 5

// others says which other findings have the cause; empty where there are none.
func (j *Judgement) others(c *cause) string {
	if len(c.also) == 0 {
		return ""
	}
	var names []string
	for _, f := range c.also[:min(len(c.also), mostNamed)] {
		names = append(names, j.Stack.NameOf(f.Subject))
	}
	text := strings.Join(names, ", ")
	if more := len(c.also) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return "the same mends " + text
}
