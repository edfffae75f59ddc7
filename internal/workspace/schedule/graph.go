package schedule

import "slices"

// Graph is work by name, with what each piece needs to have gone well before it. It has no circle.
type Graph struct {
	names []string
	needs map[string][]string
}

// New makes a graph of names. needs are asked for each of them; what is not among the names is needed by nobody,
// because nobody runs it. Where pieces need each other in a circle, the one that was named first goes first and
// forgoes what it needs of the others. The names come out in the order in which one worker would run them: those that
// do not need each other keep the order in which they were given.
func New(names []string, needs func(name string) []string) *Graph {
	g := &Graph{needs: map[string][]string{}}
	wanted := map[string][]string{}
	for _, name := range names {
		for _, need := range needs(name) {
			if need != name && slices.Contains(names, need) && !slices.Contains(wanted[name], need) {
				wanted[name] = append(wanted[name], need)
			}
		}
	}
	rest := slices.Clone(names)
	there := func(name string) bool { return slices.Contains(g.names, name) }
	for len(rest) > 0 {
		next := slices.IndexFunc(rest, func(name string) bool {
			return !slices.ContainsFunc(wanted[name], func(n string) bool { return !there(n) })
		})
		if next < 0 {
			next = 0
			wanted[rest[0]] = slices.DeleteFunc(wanted[rest[0]], func(n string) bool { return !there(n) })
		}
		name := rest[next]
		g.needs[name] = wanted[name]
		g.names = append(g.names, name)
		rest = slices.Delete(rest, next, next+1)
	}
	return g
}

// Names are the pieces, each after what it needs.
func (g *Graph) Names() []string { return slices.Clone(g.names) }

// Needs are the pieces that must have gone well before this one begins, without what those need in turn.
func (g *Graph) Needs(name string) []string { return slices.Clone(g.needs[name]) }

// Levels are the pieces by how far they are from those that need nothing: the pieces of one level need nothing of
// each other, and each needs something of the level before.
func (g *Graph) Levels() [][]string {
	var levels [][]string
	level := map[string]int{}
	for _, name := range g.names {
		rank := 0
		for _, need := range g.needs[name] {
			rank = max(rank, level[need]+1)
		}
		level[name] = rank
		for len(levels) <= rank {
			levels = append(levels, nil)
		}
		levels[rank] = append(levels[rank], name)
	}
	return levels
}

// Reverse is the graph in which everything goes the other way: what was needed goes last.
func (g *Graph) Reverse() *Graph {
	r := &Graph{names: g.Names(), needs: map[string][]string{}}
	slices.Reverse(r.names)
	for _, name := range r.names {
		for _, need := range g.needs[name] {
			r.needs[need] = append(r.needs[need], name)
		}
	}
	return r
}

// Loose is the graph without its needs: every piece may run at any time.
func (g *Graph) Loose() *Graph { return &Graph{names: g.Names(), needs: map[string][]string{}} }
