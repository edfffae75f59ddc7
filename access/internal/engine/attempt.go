package engine

import (
	"slices"
)

// AllowsAll reports whether the statement allows every action on every resource under no condition.
func (st *Statement) AllowsAll() bool {
	return !st.NotActions && !st.NotResources && len(st.Conditions) == 0 &&
		slices.ContainsFunc(st.Actions, func(p Pattern) bool { return p.Text == "*" }) &&
		slices.ContainsFunc(st.Resources, func(p ArnPattern) bool { return p.Any })
}
