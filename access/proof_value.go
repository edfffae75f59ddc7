package access

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// keyDomain is what AWS guarantees about the values of one key.
type keyDomain struct {
	// present: every request of the class carries the key.
	present bool
	// multi: the key can have several values.
	multi bool
	// bools: the only values are "true" and "false".
	bools bool
	// natural: values are whole numbers from zero.
	natural bool
	// instant: values are instants.
	instant bool
	// usual is tried before every other value.
	usual string
}

// domain is the domain of a key for the class. What is not known is left open: that can raise a false alarm, and never hides a hole.
func (c *caller) domain(k *key) keyDomain {
	switch k.kind {
	case keyCurrentTime:
		return keyDomain{present: true, instant: true}
	case keyEpochTime:
		return keyDomain{present: true, natural: true}
	case keyTokenIssueTime:
		return keyDomain{present: c.any == nil, instant: true}
	case keyMFAAge:
		return keyDomain{present: c.any == nil, natural: true}
	case keyMFAPresent, keyPrincipalIsService:
		return keyDomain{bools: true}
	case keyPrincipalTag:
		// A session tag takes the place of the principal's own, which is there without one.
		own := findTag(c.principal.tags, k.tag)
		return keyDomain{present: own.present && c.any == nil, usual: own.one}
	case keySecureTransport:
		return keyDomain{present: true, bools: true, usual: "true"}
	case keyViaAWSService:
		return keyDomain{present: true, bools: true, usual: "false"}
	case keyRequestedRegion:
		return keyDomain{present: true, usual: someRegion(c.principal.account.partition)}
	}
	d := keyDomain{multi: k.multiValued}
	switch kind := catalogue().keyType(k.name); {
	case strings.HasPrefix(kind, "ArrayOf"):
		d.multi = true
	case kind == "Bool":
		d.bools = true
	}
	return d
}

// solution is a value of one key that makes its literals come out as wanted.
type solution struct {
	v  values
	ok bool
	// gaveUp: no value was found, but there may be one.
	gaveUp bool
}

// solveKey looks for a value of a key with which every literal comes out as wanted: absent if that will do, else one value, else as many
// members as there are literals that need a member of their own.
func solveKey(lits []literal, d keyDomain) solution {
	if !d.present && satisfied(lits, values{}) {
		return solution{ok: true}
	}
	if v := single(d.usual); d.usual != "" && satisfied(lits, v) {
		return solution{v: v, ok: true}
	}
	var every, some []literal
	for _, l := range lits {
		switch c := l.cond; {
		case c.compare == comparePresence:
			if c.no != l.want {
				return solution{}
			}
		case c.quantifier == policy.NoQuantifier:
			every = append(every, l)
		case (c.quantifier == policy.ForAllValues) == l.want:
			every = append(every, l)
		default:
			some = append(some, l)
		}
	}
	one := !d.multi || slices.ContainsFunc(lits, func(l literal) bool {
		return l.cond.compare != comparePresence && l.cond.quantifier == policy.NoQuantifier
	})
	if one {
		every, some = append(every, some...), nil
	}
	var members []string
	gaveUp := false
	for i := range max(len(some), 1) {
		wanted := every
		if i < len(some) {
			wanted = append(slices.Clone(every), some[i])
		}
		text, found, decided := solveMember(wanted, d)
		gaveUp = gaveUp || !decided
		if !found {
			return solution{gaveUp: gaveUp}
		}
		if !slices.Contains(members, text) {
			members = append(members, text)
		}
	}
	v := values{present: true, many: members}
	if !satisfied(lits, v) {
		// The one way to get here is a lone empty member, which quantifiers read as no member at all.
		return solution{gaveUp: true}
	}
	return solution{v: v, ok: true}
}

func satisfied(lits []literal, v values) bool {
	return !slices.ContainsFunc(lits, func(l literal) bool { return l.cond.holdsFor(v) != l.want })
}

// wantsMatch reports whether the literal wants a member to match one of the condition's values.
func (l literal) wantsMatch() bool { return l.want != l.cond.negated }

// member reports whether a value does what the literal wants of it.
func (l literal) member(text string) bool { return l.cond.matches(text, nil) == l.wantsMatch() }

// solveMember looks for one text that does what every literal wants of a member.
func solveMember(lits []literal, d keyDomain) (text string, found, decided bool) {
	textual := !slices.ContainsFunc(lits, func(l literal) bool { return !l.cond.textual() })
	if textual && !d.bools && !d.natural && !d.instant {
		return solveText(lits)
	}
	fits := func(candidate string) bool {
		return d.holds(candidate) && !slices.ContainsFunc(lits, func(l literal) bool { return !l.member(candidate) })
	}
	candidates := candidateMembers(lits, d)
	if at := slices.IndexFunc(candidates, fits); at >= 0 {
		return candidates[at], true, true
	}
	if d.bools {
		return "", false, true
	}
	// Text patterns beside numbers, dates or addresses on one key: their classes cross, and the candidates do not cover them all.
	mixed := slices.ContainsFunc(lits, func(l literal) bool { return l.cond.textual() && (l.wantsMatch() && l.cond.hasWildcard()) })
	return "", false, !mixed
}

// holds reports whether a text is a value that the key can have.
func (d keyDomain) holds(text string) bool {
	switch {
	case d.bools:
		return text == "true" || text == "false"
	case d.natural:
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && n >= 0
	case d.instant:
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return true
}

func (c *condition) textual() bool {
	return c.compare == compareText || c.compare == compareTextFold || c.compare == compareARN
}

func (c *condition) hasWildcard() bool {
	return len(c.arns) > 0 || slices.ContainsFunc(c.texts, func(p pattern) bool { return !p.isLiteral() })
}

func (c *condition) globs() []glob {
	var globs []glob
	for i := range c.texts {
		globs = append(globs, globOf(&c.texts[i], c.compare == compareTextFold))
	}
	for i := range c.arns {
		globs = append(globs, globOfARN(&c.arns[i], false))
	}
	return globs
}

// anyText is a text that is not empty, for keys of which nothing else is known.
var anyText = []glob{{{kind: globOne}, {kind: globAny}}}

// solveText finds a text for literals of string and ARN operators: not an empty one, if there is another.
func solveText(lits []literal) (text string, found, decided bool) {
	var groups [][]glob
	var none []glob
	for _, l := range lits {
		if l.wantsMatch() {
			groups = append(groups, l.cond.globs())
		} else {
			none = append(none, l.cond.globs()...)
		}
	}
	text, found, decided = globsWitness(append([][]glob{anyText}, groups...), none)
	if found {
		return text, true, true
	}
	if !slices.ContainsFunc(lits, func(l literal) bool { return !l.member("") }) {
		return "", true, true
	}
	return "", false, decided
}

// globsWitness looks for a text that one glob of every group matches and none of none. The search tries one choice of globs after the other.
func globsWitness(groups [][]glob, none []glob) (text string, found, decided bool) {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b []glob) int { return len(a) - len(b) })
	decided = true
	var choose func(at int, chosen []glob) bool
	choose = func(at int, chosen []glob) bool {
		if at == len(groups) {
			var ok, sure bool
			text, ok, sure = globWitness(chosen, none)
			decided = decided && sure
			return ok
		}
		for _, g := range groups[at] {
			if slices.ContainsFunc(chosen, func(c glob) bool { return disjoint(c, g) }) {
				continue
			}
			if choose(at+1, append(slices.Clone(chosen), g)) {
				return true
			}
		}
		return false
	}
	if choose(0, nil) {
		return text, true, true
	}
	return "", false, decided
}

// keyType is the type that the catalogue has for a key, such as "ArrayOfString"; empty when it does not know the key.
func (c *catalogueIndex) keyType(name string) string {
	prefix, _, _ := strings.Cut(name, ":")
	n, ok := c.byPrefix[strings.ToLower(prefix)]
	if !ok {
		return ""
	}
	d := c.services[n].details()
	at := slices.IndexFunc(d.keys, func(form string) bool { return keyHasForm(name, form) })
	if at < 0 {
		return ""
	}
	return d.keyTypes[at]
}

// someRegion is a Region of the partition, for requests in which it is of no consequence.
func someRegion(p policy.Partition) string {
	switch p {
	case policy.AWSChina:
		return "cn-north-1"
	case policy.AWSUSGov:
		return "us-gov-west-1"
	}
	return "us-east-1"
}
