package access

import (
	"net/netip"
	"slices"
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
	// instant: values are instants, from earliest on if that is set.
	instant  bool
	earliest time.Time
	// filled: no value is empty.
	filled bool
	// usual is tried before every other value.
	usual string
	// address: values are IP addresses.
	address bool
}

// domain is the domain of a key for the class. What is not known is left open: that can raise a false alarm, and never hides a hole.
func (c *caller) domain(k *key) keyDomain {
	switch k.kind {
	case keyCurrentTime, keyEpochTime:
		if c.engine.from.IsZero() {
			return keyDomain{present: true, instant: true, earliest: firstInstant}
		}
		// Now, if that will do.
		return keyDomain{present: true, instant: true, earliest: c.engine.from, usual: c.engine.from.Format(time.RFC3339)}
	case keyTokenIssueTime:
		return keyDomain{present: c.any == nil, instant: true, earliest: later(c.engine.earliestIssue(), firstInstant)}
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
	d := keyDomain{multi: k.multiValued, address: isAddressKey(k.name)}
	switch kind := catalogue().keyType(k.name); {
	case strings.HasPrefix(kind, "ArrayOf"):
		d.multi = true
	case kind == "Bool":
		d.bools = true
	case kind == "" && k.kind == keyRequest && !isGlobalKey(k.name):
		// Nobody says whether the key has one value or several.
		d.multi = true
	}
	// A tag key has at least one character. Source: IAM and AWS STS quotas.
	d.filled = strings.EqualFold(k.name, "aws:TagKeys")
	return d
}

// firstInstant is before every request that AWS ever had: it counts seconds from there.
var firstInstant = time.Unix(0, 0).UTC()

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// isAddressKey reports whether a key holds the address of a caller, and nothing else.
//
// Source: IAM User Guide, AWS global condition context keys.
func isAddressKey(name string) bool {
	return slices.ContainsFunc([]string{"aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"}, func(k string) bool { return strings.EqualFold(k, name) })
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
			return d.solveEmpty(lits, gaveUp)
		}
		if !slices.Contains(members, text) {
			members = append(members, text)
		}
	}
	v := values{present: true, many: members}
	if !satisfied(lits, v) {
		// The one way to get here is a lone empty member, which quantifiers read as no member at all: it wants company.
		other, found, decided := solveMember(append(slices.Clone(every), notEmpty), d)
		if v.many = append(v.many, other); one {
			v = single(other)
		}
		if !found || !satisfied(lits, v) {
			return solution{gaveUp: found || !decided}
		}
	}
	return solution{v: v, ok: true}
}

// notEmpty wants a member that is not the empty text.
var notEmpty = func() literal {
	empty := policy.StringNotEquals("aws:UserAgent", "")
	c, err := compileCondition(&empty, policyText)
	if err != nil {
		panic("proofs: " + err.Error())
	}
	return literal{&probe{kind: probeKey, cond: &c}, true}
}()

// solveEmpty tries a lone empty member, which quantifiers read as no member at all, although the key is there.
//
// Source: IAM User Guide, Single-valued vs. multivalued context keys.
func (d keyDomain) solveEmpty(lits []literal, gaveUp bool) solution {
	if v := single(""); !d.filled && d.holds("") && satisfied(lits, v) {
		return solution{v: v, ok: true}
	}
	return solution{gaveUp: gaveUp}
}

func satisfied(lits []literal, v values) bool {
	return !slices.ContainsFunc(lits, func(l literal) bool { return l.cond.holdsFor(v) != l.want })
}

// wantsMatch reports whether the literal wants a member to match one of the condition's values.
func (l literal) wantsMatch() bool { return l.want != l.cond.negated }

// member reports whether a value does what the literal wants of it.
func (l literal) member(text string) bool { return l.cond.matchesValue(text) == l.wantsMatch() }

// solveMember looks for one text that does what every literal wants of a member.
func solveMember(lits []literal, d keyDomain) (text string, found, decided bool) {
	if d.address && len(lits) == 0 {
		return "192.0.2.1", true, true
	}
	kinds := kindsOf(lits)
	if kinds&^textKind == 0 && d.open() {
		return solveText(lits, d)
	}
	fits := func(candidate string) bool {
		return d.holds(candidate) && !slices.ContainsFunc(lits, func(l literal) bool { return !l.member(candidate) })
	}
	candidates := candidateMembers(lits, d)
	if at := slices.IndexFunc(candidates, fits); at >= 0 {
		return candidates[at], true, true
	}
	return "", false, d.covers(kinds, lits)
}

// open reports whether any text is a value of the key.
func (d keyDomain) open() bool { return !d.bools && !d.natural && !d.instant }

// holds reports whether a text is a value that the key can have.
func (d keyDomain) holds(text string) bool {
	switch {
	case d.bools:
		return text == "true" || text == "false"
	case d.natural:
		return text != "" && isDigits(text) && (text == "0" || text[0] != '0')
	case d.instant:
		at, err := time.Parse(time.RFC3339, text)
		return err == nil && !at.Before(d.earliest)
	case d.address:
		_, err := netip.ParseAddr(text)
		return err == nil
	}
	return text != "" || !d.filled
}

func (c *condition) textual() bool {
	return c.compare == compareText || c.compare == compareTextFold || c.compare == compareARN
}

func (c *condition) hasWildcard() bool {
	return len(c.arns) > 0 || slices.ContainsFunc(c.texts, func(p pattern) bool { return !p.isLiteral() })
}

// globs are the patterns that the condition compares with. An ARN that none can be, such as a variable whose value is no ARN, is left out.
func (c *condition) globs() []glob {
	var globs []glob
	if c.compare == compareBool {
		if c.yes {
			globs = append(globs, literalGlob("true", true))
		}
		if c.no {
			globs = append(globs, literalGlob("false", true))
		}
	}
	for i := range c.texts {
		globs = append(globs, globOf(&c.texts[i], c.compare == compareTextFold))
	}
	for i := range c.arns {
		if !c.arns[i].matchesNone() {
			globs = append(globs, globOfARN(&c.arns[i], false))
		}
	}
	return globs
}

// matchesNone reports whether a resolved pattern of an ARN operator matches nothing: a whole value that is no ARN, or a part with a colon in it.
func (p *arnPattern) matchesNone() bool {
	if p.any {
		return false
	}
	if p.whole != nil {
		return !isARN(p.whole.exact)
	}
	return slices.ContainsFunc(p.parts[:len(p.parts)-1], func(part pattern) bool {
		return slices.ContainsFunc(part.tokens, func(t token) bool { return t.kind == tokenLiteral && strings.Contains(t.text, ":") })
	})
}

// anyText is a text that is not empty, for keys of which nothing else is known.
var anyText = []glob{{{kind: globOne}, {kind: globAny}}}

// solveText finds a text for literals of string and ARN operators: not an empty one, if there is another.
func solveText(lits []literal, d keyDomain) (text string, found, decided bool) {
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
	if !d.filled && !slices.ContainsFunc(lits, func(l literal) bool { return !l.member("") }) {
		return "", true, true
	}
	return "", false, decided
}

// maxChoices bounds how many choices of globs are tried; real policies need a few hundred.
const maxChoices = 5_000

// globsWitness looks for a text that one glob of every group matches and none of none. The search tries one choice of globs after the other.
func globsWitness(groups [][]glob, none []glob) (text string, found, decided bool) {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b []glob) int { return len(a) - len(b) })
	decided = true
	tries := 0
	var choose func(at int, chosen []glob) bool
	choose = func(at int, chosen []glob) bool {
		if tries++; tries > maxChoices {
			decided = false
			return false
		}
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
