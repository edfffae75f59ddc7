package result

import (
	"cmp"
	"strings"
)

// Touched are the names in AWS of what a run made or changed, and of what it hangs on, such as the role of an inline
// policy: by the name of the stack. What was only read, or went away, is not among them.
func (s *Summary) Touched() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, r := range s.Stacks {
		names := map[string]bool{}
		for _, c := range r.ChangesBy(Create, Update, Replace, Import) {
			if c.Component {
				continue
			}
			for _, name := range []string{c.Physical, cmp.Or(r.Named[c.HangsOn], c.HangsOn)} {
				if name != "" && (strings.HasPrefix(c.Type, "aws:iam/") || strings.HasPrefix(c.Type, "aws:ssoadmin/")) {
					names[name] = true
				}
			}
		}
		out[r.Stack] = names
	}
	return out
}
