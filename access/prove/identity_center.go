package prove

import (
	"slices"
)

// Assume adds an assumption, once.
func (f *Finding) Assume(id, text string) {
	f.Verdict = max(f.Verdict, HoldsIf)
	if a := (ProofAssumption{ID: id, Text: text}); !slices.Contains(f.Assumptions, a) {
		f.Assumptions = append(f.Assumptions, a)
	}
}
