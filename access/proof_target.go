package access

import (
	"slices"
	"strings"
)

// target is the action and the resource of a request. They are solved together, because AWS sends an action only with resources of its types.
type target struct {
	// action is an index of the catalogue, or -1 for a name that it does not have.
	action int
	name   string
	// resource is an ARN, or "*" for an action without one.
	resource string
}

type targetSolution struct {
	target
	ok, gaveUp bool
}

// solveTarget looks for an action and a resource with which every literal comes out as wanted. Actions are those of the catalogue; where the
// literals leave room for names that it does not have and for none that it has, one such name stands for all that AWS may add.
func solveTarget(c *caller, lits []literal) targetSolution {
	cat := catalogue()
	var none []glob
	var resourceGroups, actionGroups [][]glob
	var actionNone []glob
	set := cat.matching("*")
	for _, l := range lits {
		switch {
		case l.kind == probeResource && l.want:
			resourceGroups = append(resourceGroups, l.globs)
		case l.kind == probeResource:
			none = append(none, l.globs...)
		case l.want:
			actionGroups = append(actionGroups, l.globs)
			if set.bits != nil && (l.set.bits == nil || l.set.count() < set.count()) || set.bits == nil && l.set.bits == nil && len(l.set.few) < len(set.few) {
				set = l.set
			}
		default:
			actionNone = append(actionNone, l.globs...)
		}
	}
	gaveUp, some := false, false
	var tried []*actionForms
	for i := range set.each() {
		if slices.ContainsFunc(lits, func(l literal) bool { return l.kind == probeAction && l.set.has(i) != l.want }) {
			continue
		}
		some = true
		s := cat.services[cat.actions[i].service]
		types := s.details().forms(s, i)
		if slices.Contains(tried, types) {
			continue
		}
		tried = append(tried, types)
		resource, found, decided := c.solveResource(types, resourceGroups, none)
		gaveUp = gaveUp || !decided
		if found {
			return targetSolution{target: target{action: i, name: cat.name(i), resource: resource}, ok: true}
		}
	}
	if some {
		return targetSolution{gaveUp: gaveUp}
	}
	name, found, decided := unknownAction(actionGroups, actionNone)
	if !found {
		return targetSolution{gaveUp: !decided}
	}
	resource, found, decided := globsWitness(append([][]glob{anyResource}, resourceGroups...), none)
	if !found && !matchesNone(resourceGroups, none, "*") {
		return targetSolution{gaveUp: !decided}
	}
	if !found {
		resource = "*"
	}
	return targetSolution{target: target{action: -1, name: name, resource: resource}, ok: true}
}

// unknownAction is a name that the catalogue does not have.
func unknownAction(groups [][]glob, none []glob) (name string, found, decided bool) {
	groups = append([][]glob{actionForm}, groups...)
	const tries = 10
	for range tries {
		name, found, decided = globsWitness(groups, none)
		if !found {
			return "", false, decided
		}
		if _, known := KnownAction(name); !known {
			return name, true, true
		}
		none = append(slices.Clip(none), literalGlob(name, true))
	}
	return "", false, false
}

// actionForm is the form of action names, anyResource that of ARNs.
var (
	actionForm  = []glob{{{kind: globOne}, {kind: globAny}, {r: ':'}, {kind: globOne}, {kind: globAny}}}
	anyResource = []glob{append(literalGlob("arn:", false), globToken{kind: globAny}, globToken{r: ':'}, globToken{kind: globAny}, globToken{r: ':'},
		globToken{kind: globAny}, globToken{r: ':'}, globToken{kind: globAny}, globToken{r: ':'}, globToken{kind: globOne}, globToken{kind: globAny})}
)

func matchesNone(groups [][]glob, none []glob, text string) bool {
	for _, group := range groups {
		if !matchedByAny(group, text) {
			return false
		}
	}
	return !matchedByAny(none, text)
}

// solveResource looks for a resource of an action's types.
func (c *caller) solveResource(types *actionForms, groups [][]glob, none []glob) (text string, found, decided bool) {
	decided = true
	for _, form := range c.formGlobs(types) {
		text, found, sure := globsWitness(append([][]glob{{form}}, groups...), none)
		if found {
			return text, true, true
		}
		decided = decided && sure
	}
	if !types.required && matchesNone(groups, none, "*") {
		return "*", true, true
	}
	return "", false, decided
}

// actionForms are the ARN forms of the resources of an action; actions with the same forms share an id.
type actionForms struct {
	id       string
	service  string
	arns     []string
	required bool
}

// forms are the ARN forms of an action's resource types.
func (d *serviceDetails) forms(s *catalogueService, action int) *actionForms {
	d.formsOnce.Do(func() {
		shared := map[string]*actionForms{}
		c := catalogue()
		for i := s.first; i < s.last; i++ {
			f := &actionForms{service: s.prefix}
			for _, ref := range c.entry(i).types {
				f.required = f.required || ref.required
				for _, arn := range d.types[ref.index].arns {
					if !slices.Contains(f.arns, arn) {
						f.arns = append(f.arns, arn)
					}
				}
			}
			f.id = strings.Join(f.arns, "|")
			if f.required {
				f.id += "!"
			}
			if have, ok := shared[f.id]; ok {
				f = have
			}
			shared[f.id] = f
			d.actionForms = append(d.actionForms, f)
		}
	})
	return d.actionForms[action-s.first]
}

// formGlobs turns ARN forms into globs for the caller: a placeholder is any text that is not empty.
func (c *caller) formGlobs(types *actionForms) []glob {
	if have, ok := c.lab.forms[types]; ok {
		return have
	}
	globs := make([]glob, 0, len(types.arns))
	for _, arn := range types.arns {
		if strings.Contains(arn, ":document/") {
			// The account's own documents first, then those that AWS owns, whose ARNs leave the account out, then those of others.
			globs = append(globs, c.formGlob(types.service, strings.Replace(arn, "${Account}", c.principal.account.id, 1)),
				c.formGlob(types.service, strings.Replace(arn, "${Account}", "", 1)))
		}
		globs = append(globs, c.formGlob(types.service, arn))
	}
	c.lab.forms[types] = globs
	return globs
}

// The forms of Regions, such as us-gov-west-1, and of account ids.
var (
	regionForm  = glob{some, more, {r: '-'}, some, more, {r: '-'}, some}
	accountForm = slices.Repeat(glob{some}, 12)

	some, more = globToken{kind: globOne, bounded: true}, globToken{kind: globAny, bounded: true}
)

func (c *caller) formGlob(service, arn string) glob {
	var g glob
	own := ownResource(service, arn)
	part := 0
	for arn != "" {
		if strings.HasPrefix(arn, "${") {
			end := strings.IndexByte(arn, '}')
			if end < 0 {
				break
			}
			switch placeholder := arn[2:end]; {
			case placeholder == "Partition":
				g = append(g, literalGlob(string(c.principal.account.partition), false)...)
			case placeholder == "Region":
				g = append(g, regionForm...)
			case placeholder == "Account" && own:
				g = append(g, literalGlob(c.principal.account.id, false)...)
			case placeholder == "Account":
				g = append(g, accountForm...)
			default:
				bounded := part < arnParts-1 || slices.Contains(plainNames, service)
				g = append(g, globToken{kind: globOne, bounded: bounded}, globToken{kind: globAny, bounded: bounded})
			}
			arn = arn[end+1:]
			continue
		}
		if arn[0] == ':' {
			part++
		}
		g = append(g, globToken{r: rune(arn[0])})
		arn = arn[1:]
	}
	return g
}

// plainNames are the services whose resources have no colon in their names.
//
// Source: IAM and AWS STS quotas (names); API references of EC2, ECS and Systems Manager (ids, CreateDocument).
var plainNames = []string{"iam", "sts", "ec2", "ec2-instance-connect", "ecs", "ssm", "ssm-guiconnect", "ssmmessages"}

// ownResource reports whether a caller reaches resources of this form in the own account alone. In another account the resource must have a policy of
// its own, which a world does not have; roles to assume have one that it has, and documents are shared without one.
//
// Source: IAM User Guide, Cross-account policy evaluation logic.
func ownResource(service, arn string) bool {
	return service != "sts" && !strings.Contains(arn, ":document/")
}
