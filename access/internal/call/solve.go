package call

import (
	"slices"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/glob"
)

// Literal is a test of the action or of the resource, and how it must come out.
type Literal struct {
	// Resource says that it is a test of the resource.
	Resource, Want bool
	// Set and Globs are the actions that pass; Globs alone the resources.
	Set   catalogue.ActionSet
	Globs []glob.Glob
}

// Target is the action and the resource of a request. They are solved together, because AWS sends an action only with
// resources of its types.
type Target struct {
	// Action is an index of the catalogue, or -1 for a name that it does not have.
	Action int
	Name   string
	// Resource is an ARN, or "*" for an action without one.
	Resource string
}

// Solution is a target that makes its literals come out as wanted. GaveUp: none was found, but there may be one.
type Solution struct {
	Target
	Found, GaveUp bool
}

// smaller reports whether a set has fewer actions than another one, as far as that is known without counting lists.
func smaller(set, other catalogue.ActionSet) bool {
	if other.Bits == nil {
		return set.Bits == nil && len(set.Few) < len(other.Few)
	}
	return set.Bits == nil || set.Count() < other.Count()
}

// Solve looks for an action and a resource with which every literal comes out as wanted. Actions are those of
// the catalogue; where the literals leave room for names that it does not have and for none that it has, one such
// name stands for all that AWS may add.
func Solve(forms Forms, lits []Literal) Solution {
	cat := catalogue.Catalogue()
	var none []glob.Glob
	var resourceGroups, actionGroups [][]glob.Glob
	var actionNone []glob.Glob
	set := cat.Matching("*")
	for _, l := range lits {
		switch {
		case l.Resource && l.Want:
			resourceGroups = append(resourceGroups, l.Globs)
		case l.Resource:
			none = append(none, l.Globs...)
		case l.Want:
			actionGroups = append(actionGroups, l.Globs)
			if smaller(l.Set, set) {
				set = l.Set
			}
		default:
			actionNone = append(actionNone, l.Globs...)
		}
	}
	gaveUp, some := false, false
	tried := map[*catalogue.ActionForms]bool{}
	for i := range set.Each() {
		if slices.ContainsFunc(lits, func(l Literal) bool { return !l.Resource && l.Set.Has(i) != l.Want }) {
			continue
		}
		some = true
		s := cat.Services[cat.Actions[i].Service]
		types := s.Details().Forms(s, i)
		if tried[types] {
			continue
		}
		tried[types] = true
		resource, found, decided := forms.solveResource(types, resourceGroups, none)
		gaveUp = gaveUp || !decided
		if found {
			return Solution{Target: Target{Action: i, Name: cat.Name(i), Resource: resource}, Found: true}
		}
		if gaveUp && forms.Budget.Spent() {
			break
		}
	}
	if some {
		return Solution{GaveUp: gaveUp}
	}
	name, found, decided := unknownAction(forms.Budget, actionGroups, actionNone)
	if !found {
		return Solution{GaveUp: !decided}
	}
	resource, found, decided := glob.WitnessOf(forms.Budget, append([][]glob.Glob{anyResource}, resourceGroups...), none)
	if !found && !matchesNone(resourceGroups, none, "*") {
		return Solution{GaveUp: !decided}
	}
	if !found {
		resource = "*"
	}
	return Solution{Target: Target{Action: -1, Name: name, Resource: resource}, Found: true}
}

// unknownAction is a name that the catalogue does not have.
func unknownAction(budget *glob.Budget, groups [][]glob.Glob, none []glob.Glob) (name string, found, decided bool) {
	groups = append([][]glob.Glob{actionForm}, groups...)
	const tries = 10
	for range tries {
		name, found, decided = glob.WitnessOf(budget, groups, none)
		if !found {
			return "", false, decided
		}
		if _, known := catalogue.KnownAction(name); !known {
			return name, true, true
		}
		none = append(slices.Clip(none), glob.LiteralGlob(name, true))
	}
	return "", false, false
}

// actionForm is the form of action names, anyResource that of ARNs.
var (
	actionForm = []glob.Glob{
		{{Kind: glob.GlobOne}, {Kind: glob.GlobAny}, {R: ':'}, {Kind: glob.GlobOne}, {Kind: glob.GlobAny}},
	}
	anyResource = []glob.Glob{
		append(
			glob.LiteralGlob("arn:", false),
			glob.GlobToken{Kind: glob.GlobAny},
			glob.GlobToken{R: ':'},
			glob.GlobToken{Kind: glob.GlobAny},
			glob.GlobToken{R: ':'},
			glob.GlobToken{
				Kind: glob.GlobAny,
			},
			glob.GlobToken{R: ':'},
			glob.GlobToken{Kind: glob.GlobAny},
			glob.GlobToken{R: ':'},
			glob.GlobToken{Kind: glob.GlobOne},
			glob.GlobToken{Kind: glob.GlobAny},
		),
	}
)

func matchesNone(groups [][]glob.Glob, none []glob.Glob, text string) bool {
	for _, group := range groups {
		if !glob.MatchedByAny(group, text) {
			return false
		}
	}
	return !glob.MatchedByAny(none, text)
}

// solveResource looks for a resource of an action's types.
func (f Forms) solveResource(
	types *catalogue.ActionForms,
	groups [][]glob.Glob,
	none []glob.Glob,
) (text string, found, decided bool) {
	decided = true
	for _, form := range f.formGlobs(types) {
		text, found, sure := glob.WitnessOf(f.Budget, append([][]glob.Glob{{form}}, groups...), none)
		if found {
			return text, true, true
		}
		if decided = decided && sure; !decided && f.Budget.Spent() {
			break
		}
	}
	if !types.Required && matchesNone(groups, none, "*") {
		return "*", true, true
	}
	return "", false, decided
}
