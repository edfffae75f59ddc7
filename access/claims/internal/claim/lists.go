package claim

import (
	"slices"
)

// Unique are texts in their order, each once.
func Unique(texts []string) []string {
	var out []string
	for _, t := range texts {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// Without are texts but for some.
func Without(texts []string, some ...string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return slices.Contains(some, t) })
}
