package search

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
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

// domain is the domain of a key for the class. What is not known is left open: that can raise a false alarm, and
// never hides a hole.
func (c *Caller) domain(k *conditionkey.Key) keyDomain {
	switch k.Kind {
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
		if c.Engine.Since.IsZero() {
			return ofAnyCaller(k)
		}
		// Now, if that will do.
		return keyDomain{
			present:  true,
			instant:  true,
			earliest: c.Engine.Since,
			usual:    c.Engine.Since.Format(time.RFC3339),
		}
	case conditionkey.KeyTokenIssueTime:
		return keyDomain{present: c.Any == nil, instant: true, earliest: later(c.Engine.EarliestIssue(), firstInstant)}
	case conditionkey.KeyMFAAge:
		return keyDomain{present: c.Any == nil, natural: true}
	case conditionkey.KeyPrincipalTag:
		// A session tag takes the place of the principal's own, which is there without one.
		own := engine.FindTag(c.Principal.Tags, k.Tag)
		return keyDomain{present: own.Present && c.Any == nil, usual: own.One}
	case conditionkey.KeyRequestedRegion:
		return keyDomain{present: true, usual: engine.SomeRegion(c.Principal.Account.Partition)}
	}
	return ofAnyCaller(k)
}

// ofAnyCaller is what AWS guarantees about the values of a key whoever calls.
func ofAnyCaller(k *conditionkey.Key) keyDomain {
	switch k.Kind {
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
		return keyDomain{present: true, instant: true, earliest: firstInstant}
	case conditionkey.KeyTokenIssueTime:
		return keyDomain{instant: true, earliest: firstInstant}
	case conditionkey.KeyMFAAge:
		return keyDomain{natural: true}
	case conditionkey.KeyMFAPresent, conditionkey.KeyPrincipalIsService:
		return keyDomain{bools: true}
	case conditionkey.KeySecureTransport:
		return keyDomain{present: true, bools: true, usual: "true"}
	case conditionkey.KeyViaAWSService:
		return keyDomain{present: true, bools: true, usual: "false"}
	case conditionkey.KeyPrincipalTag:
		return keyDomain{}
	}
	d := keyDomain{multi: k.MultiValued, address: isAddressKey(k.Name)}
	switch kind := catalogue.Catalogue().KeyType(k.Name); {
	case strings.HasPrefix(kind, "ArrayOf"):
		d.multi = true
	case kind == "Bool":
		d.bools = true
	case kind == "" && k.Kind == conditionkey.KeyRequest && !catalogue.IsGlobalKey(k.Name):
		// Nobody says whether the key has one value or several.
		d.multi = true
	}
	// A tag key has at least one character. Source: IAM and AWS STS quotas.
	d.filled = strings.EqualFold(k.Name, "aws:TagKeys")
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
	return slices.ContainsFunc(
		[]string{"aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"},
		func(k string) bool { return strings.EqualFold(k, name) },
	)
}

// keyLiteral is a condition on one key, and whether it must hold.
type keyLiteral struct {
	cond *engine.Condition
	Want bool
}

// solution is a value of one key that makes its literals come out as wanted.
type solution struct {
	v  engine.Values
	ok bool
	// gaveUp: no value was found, but there may be one.
	gaveUp bool
}

// solveKey looks for a value of a key with which every literal comes out as wanted: absent if that will do, else one
// value, else as many members as there are literals that need a member of their own.
//
// No more members are needed than that, the small model property of monadic formulas: take any value that does. Of
// each literal that some member must do, keep one member that does it and drop the others. What every member must do,
// those that stay do as well, and no literal counts members.
func solveKey(lits []keyLiteral, d keyDomain) solution {
	if !d.present && satisfied(lits, engine.Values{}) {
		return solution{ok: true}
	}
	if v := engine.Single(d.usual); d.usual != "" && satisfied(lits, v) {
		return solution{v: v, ok: true}
	}
	wanted, possible := quantified(lits, d)
	if !possible {
		return solution{}
	}
	members, found, gaveUp := wanted.members(d)
	if !found {
		return d.solveEmpty(lits, gaveUp)
	}
	v := engine.Values{Present: true, Many: members}
	if satisfied(lits, v) {
		return solution{v: v, ok: true}
	}
	// The one way to get here is a lone empty member, which quantifiers read as no member at all: it wants company.
	other, found, decided := solveMember(append(slices.Clone(wanted.every), notEmpty), d)
	if v.Many = append(v.Many, other); wanted.single {
		v = engine.Single(other)
	}
	if !found || !satisfied(lits, v) {
		return solution{gaveUp: found || !decided}
	}
	return solution{v: v, ok: true}
}

// quantifiedLiterals are the literals of a key that is there: what every member must do, and what some member must.
// single: there is one member.
type quantifiedLiterals struct {
	every, some []keyLiteral
	single      bool
}

// quantified sorts literals by who must do what they want; false when they want the key to be absent.
func quantified(lits []keyLiteral, d keyDomain) (quantifiedLiterals, bool) {
	q := quantifiedLiterals{single: !d.multi}
	for _, l := range lits {
		switch c := l.cond; {
		case c.Compare == engine.ComparePresence:
			if c.No != l.Want {
				return quantifiedLiterals{}, false
			}
		case c.Quantifier == policy.NoQuantifier:
			q.single = true
			q.every = append(q.every, l)
		case (c.Quantifier == policy.ForAllValues) == l.Want:
			q.every = append(q.every, l)
		default:
			// A test of some member, or a test of all that must fail for one of them.
			q.some = append(q.some, l)
		}
	}
	if q.single {
		q.every, q.some = append(q.every, q.some...), nil
	}
	return q, true
}

// members are texts that do together what is wanted, at least one. gaveUp: one was not found that there may be.
func (q quantifiedLiterals) members(d keyDomain) (members []string, found, gaveUp bool) {
	for i := range max(len(q.some), 1) {
		wanted := q.every
		if i < len(q.some) {
			wanted = append(slices.Clone(q.every), q.some[i])
		}
		text, found, decided := solveMember(wanted, d)
		gaveUp = gaveUp || !decided
		if !found {
			return nil, false, gaveUp
		}
		if !slices.Contains(members, text) {
			members = append(members, text)
		}
	}
	return members, true, gaveUp
}

// notEmpty wants a member that is not the empty text.
var notEmpty = func() keyLiteral {
	empty := policy.StringNotEquals("aws:UserAgent", "")
	c, err := engine.CompileCondition(&empty, engine.PolicyText)
	if err != nil {
		panic("proofs: " + err.Error())
	}
	return keyLiteral{cond: &c, Want: true}
}()

// solveEmpty tries a lone empty member, which quantifiers read as no member at all, although the key is there.
//
// Source: IAM User Guide, Single-valued vs. multivalued context keys.
func (d keyDomain) solveEmpty(lits []keyLiteral, gaveUp bool) solution {
	if v := engine.Single(""); !d.filled && d.holds("") && satisfied(lits, v) {
		return solution{v: v, ok: true}
	}
	return solution{gaveUp: gaveUp}
}

func satisfied(lits []keyLiteral, v engine.Values) bool {
	return !slices.ContainsFunc(lits, func(l keyLiteral) bool { return l.cond.HoldsFor(v) != l.Want })
}

// wantsMatch reports whether the literal wants a member to match one of the condition's values.
func (l keyLiteral) wantsMatch() bool { return l.Want != l.cond.Negated }

// member reports whether a value does what the literal wants of it.
func (l keyLiteral) member(text string) bool { return l.cond.MatchesValue(text) == l.wantsMatch() }

// solveMember looks for one text that does what every literal wants of a member.
func solveMember(lits []keyLiteral, d keyDomain) (text string, found, decided bool) {
	if d.address && len(lits) == 0 {
		return "192.0.2.1", true, true
	}
	kinds := kindsOf(lits)
	if kinds&^textKind == 0 && d.open() {
		return solveText(lits, d)
	}
	fits := func(candidate string) bool {
		return d.holds(candidate) && !slices.ContainsFunc(lits, func(l keyLiteral) bool { return !l.member(candidate) })
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
		return text != "" && engine.IsDigits(text) && (text == "0" || text[0] != '0')
	case d.instant:
		at, err := time.Parse(time.RFC3339, text)
		return err == nil && !at.Before(d.earliest)
	case d.address:
		_, err := netip.ParseAddr(text)
		return err == nil
	}
	return text != "" || !d.filled
}

// globs are the patterns that the condition compares with. An ARN that none can be, such as a variable whose value is
// no ARN, is left out.
func globs(c *engine.Condition) []glob.Glob {
	var globs []glob.Glob
	if c.Compare == engine.CompareBool {
		if c.Yes {
			globs = append(globs, glob.LiteralGlob("true", true))
		}
		if c.No {
			globs = append(globs, glob.LiteralGlob("false", true))
		}
	}
	for i := range c.Texts {
		globs = append(globs, glob.GlobOf(&c.Texts[i], c.Compare == engine.CompareTextFold))
	}
	for i := range c.Arns {
		if !c.Arns[i].MatchesNone() {
			globs = append(globs, glob.GlobOfARN(&c.Arns[i], false))
		}
	}
	return globs
}

// anyText is a text that is not empty, for keys of which nothing else is known.
var anyText = []glob.Glob{{{Kind: glob.GlobOne}, {Kind: glob.GlobAny}}}

// solveText finds a text for literals of string and ARN operators: not an empty one, if there is another.
func solveText(lits []keyLiteral, d keyDomain) (text string, found, decided bool) {
	var groups [][]glob.Glob
	var none []glob.Glob
	for _, l := range lits {
		if l.wantsMatch() {
			groups = append(groups, globs(l.cond))
		} else {
			none = append(none, globs(l.cond)...)
		}
	}
	text, found, decided = globsWitness(append([][]glob.Glob{anyText}, groups...), none)
	if found {
		return text, true, true
	}
	if !d.filled && !slices.ContainsFunc(lits, func(l keyLiteral) bool { return !l.member("") }) {
		return "", true, true
	}
	return "", false, decided
}

// maxChoices bounds how many choices of globs are tried; real policies need a few hundred.
const maxChoices = 5_000

// globsWitness looks for a text that one glob of every group matches and none of none. The search tries one choice of
// globs after the other.
func globsWitness(groups [][]glob.Glob, none []glob.Glob) (text string, found, decided bool) {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b []glob.Glob) int { return len(a) - len(b) })
	decided = true
	tries := 0
	var choose func(at int, chosen []glob.Glob) bool
	choose = func(at int, chosen []glob.Glob) bool {
		if tries++; tries > maxChoices {
			decided = false
			return false
		}
		if at == len(groups) {
			var ok, sure bool
			text, ok, sure = glob.GlobWitness(chosen, none)
			decided = decided && sure
			return ok
		}
		for _, g := range groups[at] {
			if slices.ContainsFunc(chosen, func(c glob.Glob) bool { return glob.Disjoint(c, g) }) {
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
