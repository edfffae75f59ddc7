package access

import (
	"iter"
	"math/bits"
	"strings"
)

// actionSet is a set of actions of the catalogue, one bit each.
type actionSet []uint64

func (s actionSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s actionSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s actionSet) empty() bool {
	for _, word := range s {
		if word != 0 {
			return false
		}
	}
	return true
}

func (s actionSet) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// each yields the members in order.
func (s actionSet) each() iter.Seq[int] {
	return func(yield func(int) bool) {
		for at, word := range s {
			for word != 0 {
				if !yield(at*64 + bits.TrailingZeros64(word)) {
					return
				}
				word &= word - 1
			}
		}
	}
}

func (c *catalogueIndex) newSet() actionSet { return make(actionSet, (len(c.actions)+63)/64) }

func (c *catalogueIndex) all() actionSet {
	s := c.newSet()
	for i := range c.actions {
		s.add(i)
	}
	return s
}

// matching is the set of actions that a pattern of an Action element matches. The answer is remembered and must not be changed.
func (c *catalogueIndex) matching(pattern string) actionSet {
	if have, ok := c.patterns.Load(pattern); ok {
		return have.(actionSet)
	}
	set := c.newSet()
	if strings.Trim(pattern, "*") == "" && pattern != "" {
		set = c.all()
	} else if !strings.ContainsAny(pattern, "*?") {
		if i, ok := c.find(pattern); ok {
			set.add(i)
		}
	} else {
		c.addMatching(set, pattern)
	}
	have, _ := c.patterns.LoadOrStore(pattern, set)
	return have.(actionSet)
}

func (c *catalogueIndex) addMatching(set actionSet, pattern string) {
	first, last := 0, len(c.actions)
	if prefix, _, found := strings.Cut(pattern, ":"); found && !strings.ContainsAny(prefix, "*?") {
		n, ok := c.byPrefix[strings.ToLower(prefix)]
		if !ok {
			return
		}
		first, last = c.services[n].first, c.services[n].last
	}
	for i := first; i < last; i++ {
		if MatchAction(pattern, c.name(i)) {
			set.add(i)
		}
	}
}
