package symmetry

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/policy"
)

// exchanges are what is exchanged at one level.
type exchanges struct {
	*likenesses
	level int
	// fixed says of every individual whether the name stays, apart of every unit whether it is like no other.
	fixed []bool
	apart map[int]bool
	// listed are the lists in which an individual is named from outside of its unit, and as what.
	listed map[int][]mention
}

// exchangesAt finds what is exchanged at a level: whoever a record outside of the unit names without others beside it
// cannot be exchanged.
func (f *likenesses) exchangesAt(level int) *exchanges {
	x := &exchanges{
		likenesses: f,
		level:      level,
		fixed:      make([]bool, len(f.all)),
		apart:      map[int]bool{},
		listed:     map[int][]mention{},
	}
	for i, one := range f.all {
		x.fixed[i] = one.fixed || level == OfPeople && one.isAccount()
	}
	for _, m := range f.mentions {
		one := f.all[m.who]
		if level == OfPeople && one.isAccount() ||
			m.owner != nobody && f.all[m.owner].units[level] == one.units[level] {
			continue
		}
		if m.list == 0 {
			x.fixed[m.who] = true
		} else {
			x.listed[m.who] = append(x.listed[m.who], m)
		}
	}
	for _, v := range f.values {
		if x.exchanged(v) {
			continue
		}
		for _, who := range v.parts {
			x.fixed[who] = true
		}
	}
	x.setApart()
	return x
}

// setApart finds the units that are like no other.
func (x *exchanges) setApart() {
	level, size := x.level, map[int]int{}
	for _, one := range x.all {
		if one.units[level] != x.all[one.account].units[level] {
			// Somebody of the account is exchanged without it.
			x.fixed[one.account] = true
		}
	}
	for i, one := range x.all {
		unit := one.units[level]
		size[unit]++
		switch level {
		case OfPeople:
			x.apart[unit] = x.apart[unit] || one.isAccount() || x.fixed[i] || size[unit] > largestUnit
		case OfAccounts:
			x.apart[unit] = x.apart[unit] || one.isAccount() && x.fixed[i] || size[unit] > largestAccount
		}
	}
}

// exchanged reports whether a value is exchanged: all that have it are of one unit.
func (x *exchanges) exchanged(v *tagValue) bool {
	if v == nil || v.fixed {
		return false
	}
	for _, owner := range v.owners {
		if x.all[owner].units[x.level] != x.all[v.owners[0]].units[x.level] {
			return false
		}
	}
	return true
}

// kinship are those who are like each other at one level.
type kinship struct {
	*exchanges
	// units are who belongs to each unit that can be like another, places where each of them stands there.
	units  map[int][]int
	places []int

	mutex sync.Mutex
	// known are the units that were asked for, first the numbers of what they are written as, and given how many numbers
	// there are.
	known map[int]writtenDown
	first map[rests.Digest]int
	given int
}

// writtenDown is a unit with its own texts left out, by its number, and these texts: equal places of units of one
// number have texts that are exchanged for each other.
type writtenDown struct {
	number int
	own    []ownText
}

func (k *kinship) begin(x *exchanges) {
	k.exchanges, k.units, k.places = x, map[int][]int{}, make([]int, len(x.all))
	k.known, k.first = map[int]writtenDown{}, map[rests.Digest]int{}
	for i, one := range x.all {
		if unit := one.units[x.level]; !x.apart[unit] {
			k.places[i] = len(k.units[unit])
			k.units[unit] = append(k.units[unit], i)
		}
	}
}

// classOf is the class of a user, role or account, by its ARN or id, and the texts of its unit; zero where it is like
// nobody.
func (k *kinship) classOf(name string) (class int, own []ownText) {
	index, known := k.byARN[name]
	if !known || k.apart[k.all[index].units[k.level]] {
		return 0, nil
	}
	unit := k.all[index].units[k.level]
	k.mutex.Lock()
	defer k.mutex.Unlock()
	have, known := k.known[unit]
	if !known {
		var key rests.Digest
		key, have.own = k.written(k.units[unit])
		if have.number = k.first[key]; have.number == 0 {
			have.number = k.given + 1
			k.first[key] = have.number
			// Each of a unit is in a class of its own.
			k.given += len(k.units[unit])
		}
		k.known[unit] = have
	}
	return have.number + k.places[index], have.own
}

// written is a unit without its own texts, and these in the order in which they come.
func (x *exchanges) written(unit []int) (key rests.Digest, own []ownText) {
	w := &writtenUnit{exchanges: x, Content: *rests.Of(), marks: map[ownText]int{}}
	lists := 0
	r := reading{
		lists: &lists,
		rest:  w.Value,
		text:  func(s string, where standing) { w.add(s, where, x.all[unit[0]].units[x.level]) },
	}
	for _, i := range unit {
		one := x.all[i]
		w.name(x.all[one.account].name, one.account, x.all[unit[0]].units[x.level])
		for _, record := range one.record {
			w.Content.Text(reflect.TypeOf(record).String())
			r.value(reflect.ValueOf(record), elsewhere)
		}
		w.Value(reflect.ValueOf(x.listedAs(i)))
	}
	return w.Sum(), w.own
}

// listedAs are the lists in which somebody is named from outside of the unit, and as what.
func (x *exchanges) listedAs(i int) []string {
	if x.fixed[i] {
		return nil
	}
	var listed []string
	for _, m := range x.listed[i] {
		listed = append(listed, strconv.Itoa(m.list)+" "+m.element)
	}
	slices.Sort(listed)
	return slices.Compact(listed)
}

// writtenUnit is a unit on the way to being written.
type writtenUnit struct {
	*exchanges
	rests.Content
	own   []ownText
	marks map[ownText]int
}

// mark writes an own text as its place among them.
func (w *writtenUnit) mark(o ownText) {
	index, known := w.marks[o]
	if !known {
		index = len(w.own)
		w.marks[o], w.own = index, append(w.own, o)
	}
	w.Place(index)
}

// name writes a name, as an own text where it is exchanged with the unit.
func (w *writtenUnit) name(name string, who, unit int) {
	if w.fixed[who] || w.all[who].units[w.level] != unit {
		w.Content.Text(name)
		return
	}
	w.mark(ownText{text: name, name: true})
}

// add writes a text of a record.
func (w *writtenUnit) add(s string, where standing, unit int) {
	if where.place == elsewhere || where.place == acting || where.place == counting {
		w.Content.Text(s)
		return
	}
	if where.place == configured {
		w.mark(ownText{text: s})
		return
	}
	if where.place == tagging {
		// What a proof asks of a value is whether it can be a login, of a domain or not.
		w.Value(reflect.ValueOf([]bool{policy.ValidateOSUser(s) == nil, strings.Contains(s, "@")}))
		if v := w.values[strings.ToLower(s)]; w.exchanged(v) {
			w.mark(ownText{text: s})
			return
		}
	}
	from := 0
	for name, begin := range namesIn(s) {
		who, known := w.byName[strings.ToLower(name)]
		if !known || who < 0 || w.fixed[who] || w.all[who].units[w.level] != unit {
			continue
		}
		w.Content.Text(s[from:begin])
		w.name(name, who, unit)
		from = begin + len(name)
	}
	w.Content.Text(s[from:])
}
