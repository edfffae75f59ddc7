package access

import (
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// actionSet is a set of actions of the catalogue: a sorted list of a few, or one bit for each action. It is not changed once it is made.
type actionSet struct {
	few  []int32
	bits []uint64
}

// maxFew bounds the sets that are lists.
const maxFew = 256

func (s actionSet) has(i int) bool {
	if s.bits != nil {
		return s.bits[i/64]&(1<<(i%64)) != 0
	}
	_, found := slices.BinarySearch(s.few, int32(i))
	return found
}

func (s actionSet) empty() bool { return s.count() == 0 }

func (s actionSet) count() int {
	n := len(s.few)
	for _, word := range s.bits {
		n += bits.OnesCount64(word)
	}
	return n
}

// each yields the members in order.
func (s actionSet) each() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, i := range s.few {
			if !yield(int(i)) {
				return
			}
		}
		for at, word := range s.bits {
			for word != 0 {
				if !yield(at*64 + bits.TrailingZeros64(word)) {
					return
				}
				word &= word - 1
			}
		}
	}
}

// unite is the set of what is in any of the sets.
func (c *catalogueIndex) unite(sets ...actionSet) actionSet {
	var few []int32
	for _, s := range sets {
		if s.bits != nil || len(few)+len(s.few) > maxFew {
			return c.uniteBits(sets)
		}
		few = append(few, s.few...)
	}
	slices.Sort(few)
	return actionSet{few: slices.Compact(few)}
}

func (c *catalogueIndex) uniteBits(sets []actionSet) actionSet {
	out := actionSet{bits: make([]uint64, (len(c.actions)+63)/64)}
	for _, s := range sets {
		for at, word := range s.bits {
			out.bits[at] |= word
		}
		for _, i := range s.few {
			out.bits[i/64] |= 1 << (i % 64)
		}
	}
	return out
}

// setOf makes a set of members that come in order.
func (c *catalogueIndex) setOf(members []int32) actionSet {
	if len(members) <= maxFew {
		return actionSet{few: members}
	}
	out := actionSet{bits: make([]uint64, (len(c.actions)+63)/64)}
	for _, i := range members {
		out.bits[i/64] |= 1 << (i % 64)
	}
	return out
}

// matching is the set of actions that a pattern of an Action element matches. The answer is remembered.
func (c *catalogueIndex) matching(pattern string) actionSet {
	if have, ok := c.patterns.Load(pattern); ok {
		return have.(actionSet)
	}
	have, _ := c.patterns.LoadOrStore(pattern, c.match(pattern))
	return have.(actionSet)
}

func (c *catalogueIndex) match(pattern string) actionSet {
	if !strings.ContainsAny(pattern, "*?") {
		if i, ok := c.find(pattern); ok {
			return actionSet{few: []int32{int32(i)}}
		}
		return actionSet{}
	}
	first, last := 0, len(c.actions)
	if prefix, _, found := strings.Cut(pattern, ":"); found && !strings.ContainsAny(prefix, "*?") {
		n, ok := c.byPrefix[strings.ToLower(prefix)]
		if !ok {
			return actionSet{}
		}
		first, last = c.services[n].first, c.services[n].last
	}
	all := strings.Trim(pattern, "*") == ""
	var members []int32
	for i := first; i < last; i++ {
		if all || MatchAction(pattern, c.name(i)) {
			members = append(members, int32(i))
		}
	}
	return c.setOf(members)
}
