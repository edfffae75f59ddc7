package scp

import (
	"slices"
)

// target is something that a service control policy can be attached to.
type target struct {
	id, name string
	// above are the ids of the units above it, the root first.
	above []string
	// account says that it is an account.
	account bool
}

// walk visits the unit and everything below it, from the top down, accounts after the units of a unit.
func (u *Unit) walk(visit func(target)) { u.walkFrom(nil, visit) }

func (u *Unit) walkFrom(above []string, visit func(target)) {
	visit(target{id: u.ID, name: u.Name, above: above})
	here := append(slices.Clone(above), u.ID)
	for i := range u.Units {
		u.Units[i].walkFrom(here, visit)
	}
	for _, id := range u.Accounts {
		visit(target{id: id, above: here, account: true})
	}
}

// Targets are the ids of the unit and of everything below it, units and accounts.
func (u *Unit) Targets() []string {
	var ids []string
	u.walk(func(t target) { ids = append(ids, t.id) })
	return ids
}

// Parents are the unit or the root of each account of the tree.
func (u *Unit) Parents() map[string]string {
	parents := map[string]string{}
	u.walk(func(t target) {
		if t.account {
			parents[t.id] = t.above[len(t.above)-1]
		}
	})
	return parents
}

// IDs are the ids of the unit and of every unit below it, without accounts.
func (u *Unit) IDs() []string {
	var ids []string
	u.walk(func(t target) {
		if !t.account {
			ids = append(ids, t.id)
		}
	})
	return ids
}

// targets are all targets of the tree by id.
func (u *Unit) targets() map[string]target {
	all := map[string]target{}
	u.walk(func(t target) { all[t.id] = t })
	return all
}

// under reports whether a target is one of the ids or stands below one.
func (t target) under(ids []string) bool {
	return slices.Contains(ids, t.id) ||
		slices.ContainsFunc(t.above, func(id string) bool { return slices.Contains(ids, id) })
}
