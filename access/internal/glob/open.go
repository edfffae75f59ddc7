package glob

// Between are the patterns that matter for a text with something before and something after it: those of the pieces
// of the glob that such a text can meet.
func (g Glob) Between(before, after Glob) []Glob {
	meets := func(a, b Glob) bool {
		_, found, decided := GlobWitness([]Glob{a, b}, nil)
		return found || !decided
	}
	star := func(i int) bool { return i >= 0 && i < len(g) && g[i].Kind == GlobAny }
	var ends []int
	for j := range len(g) + 1 {
		rest := g[j:]
		if star(j - 1) {
			rest = g[j-1:]
		}
		if !star(j) && meets(after, rest) {
			ends = append(ends, j)
		}
	}
	var out []Glob
	for i := range len(g) + 1 {
		start := g[:i]
		if star(i) {
			start = g[:i+1]
		}
		if star(i-1) || !meets(before, start) {
			continue
		}
		for _, j := range ends {
			if i <= j {
				out = append(out, g[i:j])
			}
		}
	}
	return out
}
