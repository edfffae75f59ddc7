package page

import (
	"fmt"
	"strings"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/words"
)

// doorRow is a door with who has it.
type doorRow struct {
	Name, Words string
	// People have it for certain, OnlyIf are further people who have it if something is so that is not known.
	People, OnlyIf int
	// Superusers are how many of the people become a user there who can do everything, WithoutMFA how many get there
	// without a device.
	Superusers, WithoutMFA int
}

func judges(account string) func(*judge.Judgement) bool {
	return func(j *judge.Judgement) bool { return j.Stack.Account.ID == account }
}

func newDoors(f *reach.Facts) []doorRow {
	var all []doorRow
	for _, d := range f.Doors() {
		people, perhaps, superusers, weak := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		for i := range f.Ways {
			w := &f.Ways[i]
			for _, has := range w.Doors {
				if has != d {
					continue
				}
				if len(w.Assumptions) > 0 {
					perhaps[w.Person.ARN] = true
					continue
				}
				people[w.Person.ARN] = true
				if w.OSUser.Superuser {
					superusers[w.Person.ARN] = true
				}
				if len(w.WithoutMFA()) > 0 {
					weak[w.Person.ARN] = true
				}
			}
		}
		for arn := range people {
			delete(perhaps, arn)
		}
		all = append(all, doorRow{string(d), doorWords(d), len(people), len(perhaps), len(superusers), len(weak)})
	}
	return all
}

// closedClass are the calls of AWS that open the same kind of thing.
type closedClass struct {
	Class string
	Rows  []closedRow
}

// closedRow is what some calls open and what shuts them.
type closedRow struct {
	Service, It, Actions string
	// Sids are the statements that shut the calls, in words and as they are called.
	Sids []closedBy
	// Open says why no statement shuts them.
	Open string
}

// closedBy is a statement, with the accounts that it binds.
type closedBy struct {
	Words, Sid, Where string
	Accounts          int
}

func newClosed(o *organization) []closedClass {
	var all []closedClass
	for _, class := range doors.Classes() {
		out := closedClass{Class: string(class)}
		for _, row := range doors.Table() {
			if row.Class != class {
				continue
			}
			one := closedRow{Service: row.Service, It: row.It, Actions: strings.Join(row.Actions, ", "), Open: row.Open}
			for _, set := range row.In {
				if sid := doors.ClosedBy(set); sid != "" {
					one.Sids = append(one.Sids, o.closed(sid))
				}
			}
			out.Rows = append(out.Rows, one)
		}
		all = append(all, out)
	}
	return all
}

// closed says where a statement is in force.
func (o *organization) closed(sid string) closedBy {
	out := closedBy{Words: words.OfSid(sid), Sid: sid}
	members := 0
	for _, a := range o.accounts {
		if o.hasTree && a.ID != o.management {
			members++
		}
		if a.has(sid) {
			out.Accounts++
		}
	}
	switch {
	case !o.hasTree:
		out.Where = "not known: no stack that was read carries the organization"
	case out.Accounts == 0:
		out.Where = "shut in no account"
	case out.Accounts == members:
		out.Where = "shut in every member account"
	default:
		out.Where = fmt.Sprintf("shut in %d of %d member accounts", out.Accounts, members)
	}
	return out
}

func (a *accountFacts) has(sid string) bool {
	for _, p := range a.policies {
		for _, st := range p.Document.Statements {
			if st.Sid == sid {
				return true
			}
		}
	}
	return false
}
