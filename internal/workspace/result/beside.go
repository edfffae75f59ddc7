package result

import (
	"cmp"
	"maps"
	"slices"

	"aws-access-guardrails/internal/program"
)

// What somebody adds to something of a stack, and that no resource of the stack reads, the engine can neither see nor
// take away: a membership in another group, a policy of a permission set. The program asks AWS for it while the
// operation is planned. Up then writes what it found into the state, as resources that the program does not want, and
// the engine deletes them as it deletes everything that a stack has no more.

// Beside is something that somebody added, with the resources that stand for it; none where up leaves it.
type Beside struct {
	Drifted
	Strays []Stray
}

// Stray is a resource that is to be written into the state, and taken away.
type Stray struct {
	program.Stray
	URN string
}

// HasMaker reports whether a resource of the state made an item.
func (r *Report) HasMaker(by program.Maker, item string) bool {
	for _, s := range r.Standing {
		if by.Type != "" && s.Type == by.Type && s.Before != nil && s.Before.Inputs[by.Key] == item &&
			(by.And == "" || s.Before.Inputs[by.And] == by.Is) {
			return true
		}
	}
	return false
}

// ResourceWith is the resource of the type that has the argument, as the program wants it, with what AWS calls it;
// empty where there is none.
func (r *Report) ResourceWith(typ, key, value string) (urn, id string) {
	for _, urn := range slices.Sorted(maps.Keys(r.Standing)) {
		s := r.Standing[urn]
		if s.Type == typ && s.Wanted != nil && s.Wanted.Inputs[key] == value {
			if s.Before != nil {
				id = s.Before.ID
			}
			return urn, id
		}
	}
	return "", ""
}

// AddDrifted is the list with one more, in the order of the URNs; what differs of one resource stands together.
func AddDrifted(list []Drifted, d Drifted) []Drifted {
	list = slices.Clone(list)
	index := slices.IndexFunc(list, func(other Drifted) bool { return d.URN != "" && other.URN == d.URN })
	switch {
	case index < 0:
		list = append(list, d)
	case !list[index].Gone:
		list[index].ByHand = true
		list[index].Differences = append(slices.Clone(list[index].Differences), d.Differences...)
	}
	slices.SortStableFunc(list, func(a, b Drifted) int { return cmp.Compare(a.URN, b.URN) })
	return list
}
