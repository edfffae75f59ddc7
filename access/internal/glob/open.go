package glob

import "slices"

// Between are the patterns that matter for a text with something before and something after it: those of the pieces
// of the glob that such a text can meet.
func (g Glob) Between(before, after Glob) []Glob {
	star := func(i int) bool { return i >= 0 && i < len(g) && g[i].Kind == GlobAny }
	starts, rests := g.prefixesMeeting(before), g.reversed().prefixesMeeting(after.reversed())
	var ends []int
	for j := range len(g) + 1 {
		if !star(j) && rests[len(g)-j] {
			ends = append(ends, j)
		}
	}
	var out []Glob
	for i := range len(g) + 1 {
		if star(i-1) || !starts[i] {
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

// prefixesMeeting says of each length whether there is a text that the other glob and as many tokens of this one match,
// with the star that comes next if one does: whether the product of both automata gets there.
func (g Glob) prefixesMeeting(other Glob) []bool {
	width := len(g) + 1
	reached := make([]bool, (len(other)+1)*width)
	var open []int
	visit := func(p, i int) {
		if place := p*width + i; !reached[place] {
			reached[place] = true
			open = append(open, place)
		}
	}
	visit(0, 0)
	for len(open) > 0 {
		p, i := open[len(open)-1]/width, open[len(open)-1]%width
		open = open[:len(open)-1]
		if p < len(other) && other[p].Kind == GlobAny {
			visit(p+1, i)
		}
		if i < len(g) && g[i].Kind == GlobAny {
			visit(p, i+1)
		}
		if p == len(other) || i == len(g) || !other[p].meets(g[i]) {
			continue
		}
		if other[p].Kind != GlobAny {
			p++
		}
		if g[i].Kind != GlobAny {
			i++
		}
		visit(p, i)
	}
	return reached[len(other)*width:]
}

// meets reports whether both take a character.
func (t GlobToken) meets(u GlobToken) bool {
	switch {
	case t.Kind == GlobLiteral && u.Kind == GlobLiteral:
		return t.takes(u.R) || u.takes(t.R)
	case t.Kind == GlobLiteral:
		return u.takes(t.R)
	case u.Kind == GlobLiteral:
		return t.takes(u.R)
	}
	return true
}

func (g Glob) reversed() Glob {
	g = slices.Clone(g)
	slices.Reverse(g)
	return g
}
