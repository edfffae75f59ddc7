package result

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/workspace/urn"
)

// protection is how the engine says, of each resource, that it may neither delete nor replace it.
const protection = "currently marked for protection"

// KeptByProtection are the resources of which the engine says that they are protected, and what else it says.
func KeptByProtection(diagnostics []Diagnostic) (kept []string, rest []Diagnostic) {
	for _, d := range diagnostics {
		if !strings.Contains(d.Message, protection) {
			rest = append(rest, d)
			continue
		}
		if d.URN != "" && !slices.Contains(kept, d.URN) {
			kept = append(kept, d.URN)
		}
	}
	return kept, rest
}

// maxListed bounds how many resources a line names.
const maxListed = 6

// CountedAndNamed counts resources by their URNs and names the first of them, sorted.
func CountedAndNamed(urns []string) string {
	slices.Sort(urns)
	var names []string
	for _, resourceURN := range urns[:min(len(urns), maxListed)] {
		typ, name := urn.Parse(resourceURN)
		names = append(names, urn.ShortType(typ)+" "+name)
	}
	listed := strings.Join(names, ", ")
	if more := len(urns) - len(names); more > 0 {
		listed += fmt.Sprintf(" and %d more", more)
	}
	if len(urns) == 1 {
		return "1 resource (" + listed + ")"
	}
	return fmt.Sprintf("%d resources (%s)", len(urns), listed)
}
