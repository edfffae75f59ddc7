package catalogue

import (
	"iter"
	"math/bits"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/wildcard"
)

// ActionSet is a set of actions of the catalogue: a sorted list of a few, or one bit for each action. It is not
// changed once it is made.
type ActionSet struct {
	Few  []int32
	Bits []uint64
}

// maxFew bounds the sets that are lists.
const maxFew = 256

func (s ActionSet) Has(i int) bool {
	if s.Bits != nil {
		return s.Bits[i/64]&(1<<(i%64)) != 0
	}
	_, found := slices.BinarySearch(s.Few, int32(i))
	return found
}

func (s ActionSet) Empty() bool { return s.Count() == 0 }

func (s ActionSet) Count() int {
	n := len(s.Few)
	for _, word := range s.Bits {
		n += bits.OnesCount64(word)
	}
	return n
}

// Each yields the members in order.
func (s ActionSet) Each() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, i := range s.Few {
			if !yield(int(i)) {
				return
			}
		}
		for index, word := range s.Bits {
			for word != 0 {
				if !yield(index*64 + bits.TrailingZeros64(word)) {
					return
				}
				word &= word - 1
			}
		}
	}
}

// Unite is the set of what is in any of the sets.
func (c *catalogueIndex) Unite(sets ...ActionSet) ActionSet {
	var few []int32
	for _, s := range sets {
		if s.Bits != nil || len(few)+len(s.Few) > maxFew {
			return c.uniteBits(sets)
		}
		few = append(few, s.Few...)
	}
	slices.Sort(few)
	return ActionSet{Few: slices.Compact(few)}
}

func (c *catalogueIndex) uniteBits(sets []ActionSet) ActionSet {
	out := ActionSet{Bits: make([]uint64, (len(c.Actions)+63)/64)}
	for _, s := range sets {
		for index, word := range s.Bits {
			out.Bits[index] |= word
		}
		for _, i := range s.Few {
			out.Bits[i/64] |= 1 << (i % 64)
		}
	}
	return out
}

// SetOf makes a set of members that come in order.
func (c *catalogueIndex) SetOf(members []int32) ActionSet {
	if len(members) <= maxFew {
		return ActionSet{Few: members}
	}
	out := ActionSet{Bits: make([]uint64, (len(c.Actions)+63)/64)}
	for _, i := range members {
		out.Bits[i/64] |= 1 << (i % 64)
	}
	return out
}

// Matching is the set of actions that a pattern of an Action element matches. The answer is remembered.
func (c *catalogueIndex) Matching(pattern string) ActionSet {
	if have, ok := c.patterns.Load(pattern); ok {
		return have.(ActionSet)
	}
	have, _ := c.patterns.LoadOrStore(pattern, c.match(pattern))
	return have.(ActionSet)
}

func (c *catalogueIndex) match(pattern string) ActionSet {
	if !strings.ContainsAny(pattern, "*?") {
		if i, ok := c.Find(pattern); ok {
			return ActionSet{Few: []int32{int32(i)}}
		}
		return ActionSet{}
	}
	first, last := 0, len(c.Actions)
	if prefix, _, found := strings.Cut(pattern, ":"); found && !strings.ContainsAny(prefix, "*?") {
		n, ok := c.ByPrefix[strings.ToLower(prefix)]
		if !ok {
			return ActionSet{}
		}
		first, last = c.Services[n].First, c.Services[n].Last
	}
	all := strings.Trim(pattern, "*") == ""
	var members []int32
	for i := first; i < last; i++ {
		if all || wildcard.MatchAction(pattern, c.Name(i)) {
			members = append(members, int32(i))
		}
	}
	return c.SetOf(members)
}
