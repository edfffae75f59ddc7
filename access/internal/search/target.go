package search

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/policy"
)

// targetLiteral is a test of the action or of the resource, and how it must come out.
type targetLiteral struct {
	// resource says that it is a test of the resource.
	resource, Want bool
	// set and globs are the actions that pass; globs alone the resources.
	set   catalogue.ActionSet
	Globs []glob.Glob
}

// arnForms writes the forms of ARNs of the Service Authorization Reference for callers of an account.
type arnForms struct {
	account   string
	partition policy.Partition
	// abroad: the callers call resources of other accounts.
	abroad bool
	// known are the forms of resource types that were written before.
	known map[*catalogue.ActionForms][]glob.Glob
}

// target is the action and the resource of a request. They are solved together, because AWS sends an action only with
// resources of its types.
type target struct {
	// action is an index of the catalogue, or -1 for a name that it does not have.
	action int
	name   string
	// resource is an ARN, or "*" for an action without one.
	Resource string
}

type targetSolution struct {
	target
	ok, gaveUp bool
}

// solveTarget looks for an action and a resource with which every literal comes out as wanted. Actions are those of
// the catalogue; where the literals leave room for names that it does not have and for none that it has, one such
// name stands for all that AWS may add.
func solveTarget(forms arnForms, lits []targetLiteral) targetSolution {
	cat := catalogue.Catalogue()
	var none []glob.Glob
	var resourceGroups, actionGroups [][]glob.Glob
	var actionNone []glob.Glob
	set := cat.Matching("*")
	for _, l := range lits {
		switch {
		case l.resource && l.Want:
			resourceGroups = append(resourceGroups, l.Globs)
		case l.resource:
			none = append(none, l.Globs...)
		case l.Want:
			actionGroups = append(actionGroups, l.Globs)
			if set.Bits != nil && (l.set.Bits == nil || l.set.Count() < set.Count()) ||
				set.Bits == nil && l.set.Bits == nil && len(l.set.Few) < len(set.Few) {
				set = l.set
			}
		default:
			actionNone = append(actionNone, l.Globs...)
		}
	}
	gaveUp, some := false, false
	var tried []*catalogue.ActionForms
	for i := range set.Each() {
		if slices.ContainsFunc(lits, func(l targetLiteral) bool { return !l.resource && l.set.Has(i) != l.Want }) {
			continue
		}
		some = true
		s := cat.Services[cat.Actions[i].Service]
		types := s.Details().Forms(s, i)
		if slices.Contains(tried, types) {
			continue
		}
		tried = append(tried, types)
		resource, found, decided := forms.solveResource(types, resourceGroups, none)
		gaveUp = gaveUp || !decided
		if found {
			return targetSolution{target: target{action: i, name: cat.Name(i), Resource: resource}, ok: true}
		}
	}
	if some {
		return targetSolution{gaveUp: gaveUp}
	}
	name, found, decided := unknownAction(actionGroups, actionNone)
	if !found {
		return targetSolution{gaveUp: !decided}
	}
	resource, found, decided := globsWitness(append([][]glob.Glob{anyResource}, resourceGroups...), none)
	if !found && !matchesNone(resourceGroups, none, "*") {
		return targetSolution{gaveUp: !decided}
	}
	if !found {
		resource = "*"
	}
	return targetSolution{target: target{action: -1, name: name, Resource: resource}, ok: true}
}

// unknownAction is a name that the catalogue does not have.
func unknownAction(groups [][]glob.Glob, none []glob.Glob) (name string, found, decided bool) {
	groups = append([][]glob.Glob{actionForm}, groups...)
	const tries = 10
	for range tries {
		name, found, decided = globsWitness(groups, none)
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
func (f arnForms) solveResource(
	types *catalogue.ActionForms,
	groups [][]glob.Glob,
	none []glob.Glob,
) (text string, found, decided bool) {
	decided = true
	for _, form := range f.formGlobs(types) {
		text, found, sure := globsWitness(append([][]glob.Glob{{form}}, groups...), none)
		if found {
			return text, true, true
		}
		decided = decided && sure
	}
	if !types.Required && matchesNone(groups, none, "*") {
		return "*", true, true
	}
	return "", false, decided
}

// formGlobs turns ARN forms into globs for the caller: a placeholder is any text that is not empty.
func (f arnForms) formGlobs(types *catalogue.ActionForms) []glob.Glob {
	if have, ok := f.known[types]; ok {
		return have
	}
	globs := make([]glob.Glob, 0, len(types.Arns))
	for _, arn := range types.Arns {
		if strings.Contains(arn, ":document/") {
			// The account's own documents first, then those that AWS owns, whose ARNs leave the account out, then
			// those of others.
			globs = append(
				globs,
				f.formGlob(types.Service, strings.Replace(arn, "${Account}", f.account, 1)),
				f.formGlob(types.Service, strings.Replace(arn, "${Account}", "", 1)),
			)
		}
		globs = append(globs, f.formGlob(types.Service, arn))
	}
	f.known[types] = globs
	return globs
}

// The forms of Regions, such as us-gov-west-1, and of account ids.
var (
	regionForm  = glob.Glob{some, more, {R: '-'}, some, more, {R: '-'}, some}
	accountForm = slices.Repeat(glob.Glob{some}, 12)

	some, more = glob.GlobToken{Kind: glob.GlobOne, Bounded: true}, glob.GlobToken{Kind: glob.GlobAny, Bounded: true}
)

func (f arnForms) formGlob(service, arn string) glob.Glob {
	var g glob.Glob
	own := ownResource(service, arn) && !f.abroad
	part := 0
	for arn != "" {
		if strings.HasPrefix(arn, "${") {
			end := strings.IndexByte(arn, '}')
			if end < 0 {
				break
			}
			switch placeholder := arn[2:end]; {
			case placeholder == "Partition":
				g = append(g, glob.LiteralGlob(string(f.partition), false)...)
			case placeholder == "Region":
				g = append(g, regionForm...)
			case placeholder == "Account" && own:
				g = append(g, glob.LiteralGlob(f.account, false)...)
			case placeholder == "Account":
				g = append(g, accountForm...)
			default:
				bounded := part < policy.ARNParts-1 || slices.Contains(plainNames, service)
				g = append(
					g,
					glob.GlobToken{Kind: glob.GlobOne, Bounded: bounded},
					glob.GlobToken{Kind: glob.GlobAny, Bounded: bounded},
				)
			}
			arn = arn[end+1:]
			continue
		}
		if arn[0] == ':' {
			part++
		}
		g = append(g, glob.GlobToken{R: rune(arn[0])})
		arn = arn[1:]
	}
	return g
}

// plainNames are the services whose resources have no colon in their names.
//
// Source: IAM and AWS STS quotas (names); API references of EC2, ECS and Systems Manager (ids, CreateDocument).
var plainNames = []string{"iam", "sts", "ec2", "ec2-instance-connect", "ecs", "ssm", "ssm-guiconnect", "ssmmessages"}

// ownResource reports whether a caller reaches resources of this form in its own account alone. In another account
// the resource must have a policy of its own, which a world does not have, so that AskAbroad asks about it; roles to
// assume have one that it has, and documents are shared without one.
//
// Source: IAM User Guide, Cross-account policy evaluation logic.
func ownResource(service, arn string) bool {
	return service != "sts" && !strings.Contains(arn, ":document/")
}
