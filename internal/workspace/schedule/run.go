package schedule

import (
	"context"
	"slices"
)

// Run runs every piece of the graph, at most limit of them at once (fewer than one means one), each as soon as all
// that it needs went well. work says whether a piece went well. What needs a piece that did not is given to skip,
// with the piece that it is for; after the context has ended nothing begins any more, and the rest is given to skip
// with no piece. Neither is called twice at once for one piece, and skip is called by one goroutine. Run returns when
// everything has run or was skipped.
func (g *Graph) Run(
	ctx context.Context,
	limit int,
	work func(ctx context.Context, name string) bool,
	skip func(name, because string),
) {
	type result struct {
		name string
		well bool
	}
	var (
		results = make(chan result)
		waiting = g.Names()
		well    = map[string]bool{}
		cause   = map[string]string{} // What a piece did not go well for: itself, or what it needed.
		running int
	)
	begin := func() {
		waiting = slices.DeleteFunc(waiting, func(name string) bool {
			if ctx.Err() != nil {
				skip(name, "")
				return true
			}
			for _, need := range g.needs[name] {
				if because, failed := cause[need]; failed {
					cause[name] = because
					skip(name, because)
					return true
				}
			}
			if running >= max(limit, 1) ||
				slices.ContainsFunc(g.needs[name], func(need string) bool { return !well[need] }) {
				return false
			}
			running++
			go func() { results <- result{name, work(ctx, name)} }()
			return true
		})
	}
	for begin(); running > 0; begin() {
		r := <-results
		running--
		if r.well {
			well[r.name] = true
		} else {
			cause[r.name] = r.name
		}
	}
}
