package domain

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// Key is what AWS guarantees about the values of one key.
type Key struct {
	// Present: every request of the class carries the key.
	Present bool
	// Multi: the key can have several values.
	Multi bool
	// Bools: the only values are "true" and "false".
	Bools bool
	// Natural: values are whole numbers from zero.
	Natural bool
	// Instant: values are instants, from Earliest on if that is set.
	Instant  bool
	Earliest time.Time
	// filled: no value is empty.
	filled bool
	// Usual is tried before every other value.
	Usual string
	// Address: values are IP addresses.
	Address bool
}

// OfAnyCaller is what AWS guarantees about the values of a key whoever calls.
func OfAnyCaller(k *conditionkey.Key) Key {
	switch k.Kind {
	case conditionkey.KeyCurrentTime, conditionkey.KeyEpochTime:
		return Key{Present: true, Instant: true, Earliest: FirstInstant}
	case conditionkey.KeyTokenIssueTime:
		return Key{Instant: true, Earliest: FirstInstant}
	case conditionkey.KeyMFAAge:
		return Key{Natural: true}
	case conditionkey.KeyMFAPresent, conditionkey.KeyPrincipalIsService:
		return Key{Bools: true}
	case conditionkey.KeySecureTransport:
		return Key{Present: true, Bools: true, Usual: "true"}
	case conditionkey.KeyViaAWSService:
		return Key{Present: true, Bools: true, Usual: "false"}
	case conditionkey.KeyPrincipalTag:
		return Key{}
	}
	d := Key{Multi: k.MultiValued, Address: isAddressKey(k.Name)}
	switch kind := catalogue.Catalogue().KeyType(k.Name); {
	case strings.HasPrefix(kind, "ArrayOf"):
		d.Multi = true
	case kind == "Bool":
		d.Bools = true
	case kind == "" && k.Kind == conditionkey.KeyRequest && !catalogue.IsGlobalKey(k.Name):
		// Nobody says whether the key has one value or several.
		d.Multi = true
	}
	// A tag key has at least one character. Source: IAM and AWS STS quotas.
	d.filled = strings.EqualFold(k.Name, "aws:TagKeys")
	return d
}

// FirstInstant is before every request that AWS ever had: it counts seconds from there.
var FirstInstant = time.Unix(0, 0).UTC()

// isAddressKey reports whether a key holds the address of a caller, and nothing else.
//
// Source: IAM User Guide, AWS global condition context keys.
func isAddressKey(name string) bool {
	return slices.ContainsFunc(
		[]string{"aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"},
		func(k string) bool { return strings.EqualFold(k, name) },
	)
}

// Literal is a condition on one key, and whether it must hold.
type Literal struct {
	Cond *engine.Condition
	Want bool
}

// Solution is a value of one key that makes its literals come out as wanted.
type Solution struct {
	Value engine.Values
	Found bool
	// GaveUp: no value was found, but there may be one.
	GaveUp bool
}

// Solve looks for a value of a key with which every literal comes out as wanted: absent if that will do, else one
// value, else as many members as there are literals that need a member of their own.
//
// No more members are needed than that, the small model property of monadic formulas: take any value that does. Of
// each literal that some member must do, keep one member that does it and drop the others. What every member must do,
// those that stay do as well, and no literal counts members.
func Solve(lits []Literal, d Key) Solution {
	if !d.Present && satisfied(lits, engine.Values{}) {
		return Solution{Found: true}
	}
	if v := engine.Single(d.Usual); d.Usual != "" && satisfied(lits, v) {
		return Solution{Value: v, Found: true}
	}
	wanted, possible := quantified(lits, d)
	if !possible {
		return Solution{}
	}
	members, found, gaveUp := wanted.members(d)
	if !found {
		return d.solveEmpty(lits, gaveUp)
	}
	v := engine.Values{Present: true, Many: members}
	if satisfied(lits, v) {
		return Solution{Value: v, Found: true}
	}
	// The one way to get here is a lone empty member, which quantifiers read as no member at all: it wants company.
	other, found, decided := solveMember(append(slices.Clone(wanted.every), notEmpty), d)
	if v.Many = append(v.Many, other); wanted.single {
		v = engine.Single(other)
	}
	if !found || !satisfied(lits, v) {
		return Solution{GaveUp: found || !decided}
	}
	return Solution{Value: v, Found: true}
}

// quantifiedLiterals are the literals of a key that is there: what every member must do, and what some member must.
// single: there is one member.
type quantifiedLiterals struct {
	every, some []Literal
	single      bool
}

// quantified sorts literals by who must do what they want; false when they want the key to be absent.
func quantified(lits []Literal, d Key) (quantifiedLiterals, bool) {
	q := quantifiedLiterals{single: !d.Multi}
	for _, l := range lits {
		switch c := l.Cond; {
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
func (q quantifiedLiterals) members(d Key) (members []string, found, gaveUp bool) {
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
var notEmpty = func() Literal {
	empty := policy.StringNotEquals("aws:UserAgent", "")
	c, err := engine.CompileCondition(&empty, pattern.PolicyText)
	if err != nil {
		panic("proofs: " + err.Error())
	}
	return Literal{Cond: &c, Want: true}
}()

// solveEmpty tries a lone empty member, which quantifiers read as no member at all, although the key is there.
//
// Source: IAM User Guide, Single-valued vs. multivalued context keys.
func (d Key) solveEmpty(lits []Literal, gaveUp bool) Solution {
	if v := engine.Single(""); !d.filled && d.holds("") && satisfied(lits, v) {
		return Solution{Value: v, Found: true}
	}
	return Solution{GaveUp: gaveUp}
}

func satisfied(lits []Literal, v engine.Values) bool {
	return !slices.ContainsFunc(lits, func(l Literal) bool { return l.Cond.HoldsFor(v) != l.Want })
}

// wantsMatch reports whether the literal wants a member to match one of the condition's values.
func (l Literal) wantsMatch() bool { return l.Want != l.Cond.Negated }

// member reports whether a value does what the literal wants of it.
func (l Literal) member(text string) bool { return l.Cond.MatchesValue(text) == l.wantsMatch() }

// solveMember looks for one text that does what every literal wants of a member.
func solveMember(lits []Literal, d Key) (text string, found, decided bool) {
	if d.Address && len(lits) == 0 {
		return "192.0.2.1", true, true
	}
	kinds := kindsOf(lits)
	if kinds&^textKind == 0 && d.open() {
		return solveText(lits, d)
	}
	fits := func(candidate string) bool {
		return d.holds(candidate) && !slices.ContainsFunc(lits, func(l Literal) bool { return !l.member(candidate) })
	}
	candidates := Candidates(lits, d)
	if index := slices.IndexFunc(candidates, fits); index >= 0 {
		return candidates[index], true, true
	}
	return "", false, d.covers(kinds, lits)
}

// open reports whether any text is a value of the key.
func (d Key) open() bool { return !d.Bools && !d.Natural && !d.Instant }

// holds reports whether a text is a value that the key can have.
func (d Key) holds(text string) bool {
	switch {
	case d.Bools:
		return text == "true" || text == "false"
	case d.Natural:
		return text != "" && literal.IsDigits(text) && (text == "0" || text[0] != '0')
	case d.Instant:
		moment, err := time.Parse(time.RFC3339, text)
		return err == nil && !moment.Before(d.Earliest)
	case d.Address:
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
func solveText(lits []Literal, d Key) (text string, found, decided bool) {
	var groups [][]glob.Glob
	var none []glob.Glob
	for _, l := range lits {
		if l.wantsMatch() {
			groups = append(groups, globs(l.Cond))
		} else {
			none = append(none, globs(l.Cond)...)
		}
	}
	text, found, decided = glob.WitnessOf(nil, append([][]glob.Glob{anyText}, groups...), none)
	if found {
		return text, true, true
	}
	if !d.filled && !slices.ContainsFunc(lits, func(l Literal) bool { return !l.member("") }) {
		return "", true, true
	}
	return "", false, decided
}
