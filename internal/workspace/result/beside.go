package result

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"aws-access-guardrails/internal/beside"
)

// What somebody adds to something of a stack, and that no resource of the stack reads, the engine can neither see nor
// take away: a membership in another group, a policy of a permission set. The program asks AWS for it while the
// operation is planned. Up then writes what it found into the state, as resources that the program does not want, and
// the engine deletes them as it deletes everything that a stack has no more.

// Beside is something that somebody added, with the resources that stand for it; none where up leaves it.
type Beside struct {
	Drifted
	Strays []Stray
	// Outdated is the permission set that is provisioned again; nil where nothing is.
	Outdated *beside.Provisioning
}

// Stray is a resource that is to be written into the state, and taken away.
type Stray struct {
	beside.Stray
	URN string
}

// HasMaker reports whether a resource of the state made an item.
func (r *Report) HasMaker(by beside.Maker, item string) bool {
	for _, s := range r.Standing {
		if by.Type != "" && s.Type == by.Type && s.Before != nil && s.Before.Inputs[by.Key] == item &&
			(by.And == "" || s.Before.Inputs[by.And] == by.Is) {
			return true
		}
	}
	return false
}

// byHand ends the names of resources that stand for what others added.
const byHand = "-by-hand"

// NotOfEdits is what was found without the strays that a resource of the state made, and without their items: the
// program wants that resource no more, or wants another one, so that it goes by itself and nobody added it.
func (r *Report) NotOfEdits(b beside.Found) beside.Found {
	var kept []beside.Stray
	items := slices.Clone(b.Items)
	for _, stray := range b.Strays {
		if !r.registered(stray) {
			kept = append(kept, stray)
			continue
		}
		items = slices.DeleteFunc(items, func(item string) bool { return item == stray.Item })
	}
	if len(items) < len(b.Items) {
		b.Items, b.Strays = items, kept
	}
	return b
}

// registered reports whether a resource of the state is what a stray stands for. One that an earlier run took note of is
// not.
func (r *Report) registered(stray beside.Stray) bool {
	for urn, s := range r.Standing {
		if s.Type == stray.Type && s.Before != nil && !strings.HasSuffix(urn, byHand) &&
			(s.Before.ID == stray.ID || covers(s.Before.Inputs, stray.Inputs)) {
			return true
		}
	}
	return false
}

// covers reports whether inputs have everything that others have; a list of texts has what it lists.
func covers(inputs, others map[string]any) bool {
	for key, other := range others {
		list, isList := inputs[key].([]any)
		wanted, areMany := other.([]any)
		if isList && areMany {
			if slices.ContainsFunc(wanted, func(one any) bool { return !slices.Contains(list, one) }) {
				return false
			}
			continue
		}
		if !reflect.DeepEqual(inputs[key], other) {
			return false
		}
	}
	return len(others) > 0
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
