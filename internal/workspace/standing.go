package workspace

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"aws-access-guardrails/guardrail/preferences"
)

// standing is what one call of the engine found out about one resource: how the state had it, how AWS has it, and how
// the program wants it.
//
// The three are compared with each other because none of the pairs says enough. The state alone may have been
// rewritten by a refresh, and then agrees with AWS. The program alone cannot tell an edit that is not deployed yet
// from what somebody changed by hand.
type standing struct {
	typ string
	// before is the resource in the state as the engine found it, and found is the resource as AWS has it. Both are
	// nil where AWS was not asked for it, and found is nil where AWS does not have it.
	before, found *apitype.StepEventStateMetadata
	// planned says that the program was heard about the resource; then op is what is to happen to it, with the
	// properties that differ, and wanted is how the program wants it, nil where it wants none.
	planned    bool
	op         apitype.OpType
	properties []string
	wanted     *apitype.StepEventStateMetadata
}

func (c *collector) of(urn, typ string) *standing {
	s := c.standing[urn]
	if s == nil {
		s = &standing{typ: typ}
		c.standing[urn] = s
	}
	return s
}

// read takes what the engine read of a resource before it planned.
func (c *collector) read(meta apitype.StepEventMetadata) {
	if hidden(meta.Type) || meta.Old == nil || !meta.Old.Custom || meta.Old.Delete {
		return
	}
	s := c.of(meta.URN, meta.Type)
	s.before, s.found = meta.Old, nil
	if meta.New != nil && meta.New.ID != "" {
		s.found = meta.New
	}
}

// plan takes what the program wants of a resource. Of the steps of a replacement the first that has the program's
// inputs counts.
func (c *collector) plan(meta apitype.StepEventMetadata) {
	state := meta.New
	if state == nil {
		state = meta.Old
	}
	if hidden(meta.Type) || state == nil || !state.Custom {
		return
	}
	switch meta.Op {
	case apitype.OpSame,
		apitype.OpCreate,
		apitype.OpUpdate,
		apitype.OpDelete,
		apitype.OpReplace,
		apitype.OpCreateReplacement,
		apitype.OpImport:
	default:
		return
	}
	s := c.of(meta.URN, meta.Type)
	if s.planned && s.wanted != nil {
		return
	}
	s.planned, s.op, s.wanted = true, meta.Op, meta.New
	s.properties = properties(slices.Concat(meta.Diffs, meta.Keys), meta.DetailedDiff)
}

// untouched reports whether AWS has everything as the state has it, also what no plan would change.
func untouched(all map[string]*standing) bool {
	for _, s := range all {
		if s.before == nil {
			continue
		}
		if s.found == nil || s.found.ID != s.before.ID ||
			len(differences(s.typ, s.before.Outputs, s.found.Outputs)) > 0 {
			return false
		}
	}
	return true
}

// putBack is what somebody changed by hand and the operation makes again what it was, in the order of the URNs.
func putBack(all map[string]*standing) []Drifted {
	var out []Drifted
	for _, urn := range slices.Sorted(maps.Keys(all)) {
		d, ok := all[urn].drifted(urn)
		if !ok || !d.ByHand {
			continue
		}
		d.Differences = slices.DeleteFunc(
			d.Differences,
			func(d Difference) bool { return !d.ByHand || d.Left || d.kind == madeAgain },
		)
		if d.Gone || len(d.Differences) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// drifted is how a resource stands otherwise than the program wants it; false where it does not.
func (s *standing) drifted(urn string) (Drifted, bool) {
	if !s.planned {
		return Drifted{}, false
	}
	_, name := parseURN(urn)
	d := Drifted{URN: urn, Type: s.typ, Name: name}
	switch {
	case s.before != nil && s.found == nil:
		d.ID, d.Gone, d.ByHand = s.before.ID, true, true
		return d, s.op != apitype.OpDelete // What nobody wants any more may be gone.
	case s.op == apitype.OpCreate:
		d.Pending = Create
		return d, true
	case s.op == apitype.OpImport:
		d.Pending = Import
		return d, true
	case s.op == apitype.OpDelete:
		d.Pending = Delete
		if s.before != nil {
			d.ID = s.before.ID
			if s.before.RetainOnDelete {
				d.Pending = Retain
			}
		}
		return d, true
	case s.before == nil || s.wanted == nil: // AWS was not asked, or the engine did not say.
		return d, false
	}
	d.ID = s.before.ID
	d.Differences = s.differences()
	d.ByHand = slices.ContainsFunc(d.Differences, func(d Difference) bool { return d.ByHand })
	return d, len(d.Differences) > 0
}

// differences are what AWS has otherwise than the program wants it, and what somebody changed of what the program
// does not set.
func (s *standing) differences() []Difference {
	type place struct{ property, statement string }
	hand := map[place]bool{}
	touched := map[string]bool{}
	var beside []Difference
	for _, d := range differences(s.typ, s.before.Outputs, s.found.Outputs) {
		hand[place{d.Property, d.Statement}], touched[top(d.Property)] = true, true
		d.ByHand = true
		_, set := s.wanted.Inputs[top(d.Property)]
		switch {
		case d.kind == madeAgain:
			beside = append(beside, d)
		case !set && !slices.Contains(s.properties, top(d.Property)):
			d.Left = true
			beside = append(beside, d)
		}
	}
	var all []Difference
	if s.op != apitype.OpSame {
		for _, property := range s.properties {
			found := differ(property, s.wanted.Inputs[property], s.found.Outputs[property])
			if len(found) == 0 { // Written in two ways, or a secret.
				found = []Difference{{Property: property, kind: opaque, ByHand: touched[property]}}
			}
			for _, d := range found {
				d.ByHand = d.ByHand || hand[place{d.Property, d.Statement}]
				all = append(all, d)
			}
		}
	}
	all = append(all, beside...)
	if older, ok := olderInForce(s.typ, s.found.Outputs); ok {
		// The content then differs by the mark that makes it a new version, which is put in force.
		older.Left = !slices.Contains(s.properties, "content")
		all = slices.DeleteFunc(all, markAlone)
		all = append(all, older)
	}
	for i := range all {
		all[i].Text = all[i].words()
	}
	return all
}

// markAlone reports whether a description of session preferences differs by its mark alone.
func markAlone(d Difference) bool {
	deployed, _ := d.Deployed.(string)
	found, _ := d.Found.(string)
	return d.Property == "content.description" && preferences.Unmarked(deployed) == preferences.Unmarked(found)
}
