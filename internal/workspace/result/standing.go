package result

import (
	"maps"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/internal/workspace/urn"
)

// Standing is what one call of the engine found out about one resource: how the state had it, how AWS has it, and how
// the program wants it.
//
// The three are compared with each other because none of the pairs says enough. The state alone may have been
// rewritten by a refresh, and then agrees with AWS. The program alone cannot tell an edit that is not deployed yet
// from what somebody changed by hand.
type Standing struct {
	Type string
	// before is the resource in the state as the engine found it, and found is the resource as AWS has it. Both are
	// nil where AWS was not asked for it, and found is nil where AWS does not have it.
	Before, Found *apitype.StepEventStateMetadata
	// planned says that the program was heard about the resource; then op is what is to happen to it, with the
	// properties that differ, and wanted is how the program wants it, nil where it wants none.
	Planned    bool
	Op         apitype.OpType
	Properties []string
	Wanted     *apitype.StepEventStateMetadata
}

// Untouched reports whether AWS has everything as the state has it, also what no plan would change.
func Untouched(all map[string]*Standing) bool {
	for _, s := range all {
		if s.Before == nil {
			continue
		}
		if s.Found == nil || s.Found.ID != s.Before.ID ||
			len(differences(s.Type, s.Before.Outputs, s.Found.Outputs)) > 0 {
			return false
		}
	}
	return true
}

// PutBack is what somebody changed by hand and the operation makes again what it was, in the order of the URNs.
func PutBack(all map[string]*Standing) []Drifted {
	var out []Drifted
	for _, urn := range slices.Sorted(maps.Keys(all)) {
		d, ok := all[urn].Drifted(urn)
		if !ok || !d.ByHand {
			continue
		}
		d.Differences = slices.DeleteFunc(
			d.Differences,
			func(d Difference) bool { return !d.ByHand || d.Left || d.Kind == madeAgain },
		)
		if d.Gone || len(d.Differences) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// Drifted is how a resource stands otherwise than the program wants it; false where it does not.
func (s *Standing) Drifted(resourceURN string) (Drifted, bool) {
	if !s.Planned {
		return Drifted{}, false
	}
	_, name := urn.Parse(resourceURN)
	d := Drifted{URN: resourceURN, Type: s.Type, Name: name}
	switch {
	case s.Before != nil && s.Found == nil:
		d.ID, d.Gone, d.ByHand = s.Before.ID, true, true
		return d, s.Op != apitype.OpDelete // What nobody wants any more may be gone.
	case s.Op == apitype.OpCreate:
		d.Pending = Create
		return d, true
	case s.Op == apitype.OpImport:
		d.Pending = Import
		return d, true
	case s.Op == apitype.OpDelete:
		d.Pending = Delete
		if s.Before != nil {
			d.ID = s.Before.ID
			if s.Before.RetainOnDelete {
				d.Pending = Retain
			}
		}
		return d, true
	case s.Before == nil || s.Wanted == nil: // AWS was not asked, or the engine did not say.
		return d, false
	}
	d.ID = s.Before.ID
	d.Differences = s.differences()
	d.ByHand = slices.ContainsFunc(d.Differences, func(d Difference) bool { return d.ByHand })
	d.replaced = (s.Op == apitype.OpReplace || s.Op == apitype.OpCreateReplacement) && !s.Unedited(s.Properties)
	return d, len(d.Differences) > 0
}

// Unedited reports whether the program wants the properties as the state had them before AWS was read: a plan that
// changes them puts back what somebody changed by hand. False where AWS was not read.
func (s *Standing) Unedited(properties []string) bool {
	if s == nil || s.Before == nil || s.Wanted == nil {
		return false
	}
	return len(properties) > 0 && !slices.ContainsFunc(properties, func(property string) bool {
		return !reflect.DeepEqual(s.Before.Inputs[property], s.Wanted.Inputs[property])
	})
}

// Had reports whether the state had the argument before AWS was read: one that it did not have was added by hand. True
// where AWS was not read.
func (s *Standing) Had(property string) bool {
	return s == nil || s.Before == nil || s.Before.Inputs[property] != nil
}

// differences are what AWS has otherwise than the program wants it, and what somebody changed of what the program
// does not set.
func (s *Standing) differences() []Difference {
	type place struct{ property, statement string }
	hand := map[place]bool{}
	touched := map[string]bool{}
	var beside []Difference
	for _, d := range differences(s.Type, s.Before.Outputs, s.Found.Outputs) {
		hand[place{d.Property, d.Statement}], touched[top(d.Property)] = true, true
		d.ByHand = true
		_, set := s.Wanted.Inputs[top(d.Property)]
		switch {
		case d.Kind == madeAgain:
			beside = append(beside, d)
		case !set && !slices.Contains(s.Properties, top(d.Property)):
			d.Left = true
			beside = append(beside, d)
		}
	}
	var all []Difference
	if s.Op != apitype.OpSame {
		for _, property := range s.Properties {
			found := differ(property, s.Wanted.Inputs[property], s.Found.Outputs[property])
			if len(found) == 0 { // Written in two ways, or a secret.
				found = []Difference{{Property: property, Kind: opaque, ByHand: touched[property]}}
				if _, policy := policies(property, s.Wanted.Inputs[property], s.Found.Outputs[property]); policy {
					found[0].Kind = reordered
				}
			}
			for _, d := range found {
				d.ByHand = d.ByHand || hand[place{d.Property, d.Statement}]
				all = append(all, d)
			}
		}
	}
	all = append(all, beside...)
	if older, ok := olderInForce(s.Type, s.Found.Outputs); ok {
		older.Left = !slices.Contains(s.Properties, "content")
		all = append(all, older)
	}
	// Whatever differs, the content is made another version by a mark in its description, which nobody wrote.
	if others := slices.DeleteFunc(slices.Clone(all), markAlone); len(others) > 0 {
		all = others
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
