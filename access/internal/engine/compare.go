package engine

import (
	"slices"
	"strings"
)

func (st *Statement) AllowsAnyAction() bool {
	return st.NotActions ||
		slices.ContainsFunc(st.Actions, func(p Pattern) bool { return strings.Contains(p.Text, "*") })
}
