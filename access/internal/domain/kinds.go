package domain

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// valueKind is a kind of values that conditions compare.
type valueKind struct {
	name        string
	comparisons []engine.Comparison
	// representatives are values of every class that tests of this kind alone tell apart, where any text is a value
	// of the key. Nil for text, which solveText solves as a whole.
	representatives func(lits []Literal, d Key) []string
	// complete says why there is no other class.
	complete string
}

// valueKinds say, for each kind of value, why the search cannot miss one: the tests of a key induce a partition of
// its values, all values of one class come out alike in every test, and each class that has a value has one among the
// representatives. Where that is not so, the search is not certain (keyDomain.covers), and what it does not find it
// does not rule out.
//
// Absence is a class of its own, which solveKey tries first. Values of a key of several values are solved one for
// each test that wants one of its own: a test that every member has to pass is a test of each, so that members do not
// depend on each other; a lone empty member is no member under a quantifier, and is tried as such.
var valueKinds = [...]valueKind{
	{
		name: "text",
		comparisons: []engine.Comparison{
			engine.CompareText,
			engine.CompareTextFold,
			engine.CompareARN,
			engine.CompareBool,
		},
		complete: "a pattern with * and ? is a finite automaton, in any case or in its own; the product of the automata of all tests is walked to its end, " +
			"over every character that one of them waits for and one that none does. True and false are two texts in any case. The empty text is tried by itself",
	},
	{
		name:            "number",
		comparisons:     []engine.Comparison{engine.CompareNumber},
		representatives: numbersAround,
		complete: "the bounds cut the line of decimals into points and open intervals: each bound, a number halfway between two neighbours, one below and one above all, and a text that is " +
			"no number. Between two decimals there is always another. On whole numbers from zero (aws:MultiFactorAuthAge) an interval between two bounds has a whole number " +
			"exactly when it has the one after its lower bound: zero, the whole number at or below each bound, and the one after it",
	},
	{
		name:            "date",
		comparisons:     []engine.Comparison{engine.CompareDate},
		representatives: datesAround,
		complete: "as for numbers, to the nanosecond, from the year 0 to the end of 9999. aws:CurrentTime and aws:EpochTime are one instant, the second of which cuts off fractions: a test " +
			"of its seconds changes at a whole second alone. Both begin where the proof looks from",
	},
	{
		name:            "address",
		comparisons:     []engine.Comparison{engine.CompareIP},
		representatives: addressesAround,
		complete: "two networks are one in the other or apart, so a class is what is left of one network, or of all addresses, when others are taken out. What is left of a network has a first address: that of the " +
			"network, or the one after the last of another; the addresses outside of all networks lie beside the first or the last address of one. IPv4 and IPv6 are apart; an IPv4 address that is written " +
			"as IPv6 is one. A text that is no address is in no network",
	},
	{
		name: "bytes", comparisons: []engine.Comparison{engine.CompareBinary}, representatives: bytesAround,
		complete: "a value is one of those that are compared with, or another",
	},
}

// The bits of the first rows of valueKinds.
const (
	textKind = 1 << iota
	numberKind
	dateKind
)

// kindsOf are the kinds of values that the literals compare, a bit for each row of valueKinds.
func kindsOf(lits []Literal) (kinds int) {
	for _, l := range lits {
		for i := range valueKinds {
			if slices.Contains(valueKinds[i].comparisons, l.Cond.Compare) {
				kinds |= 1 << i
			}
		}
	}
	return kinds
}

// covers reports whether the candidates have a value of every class that the literals tell apart. Tests of several
// kinds on one key cut each other's classes, which is solved for keys whose values are numbers or instants and
// nothing else.
func (d Key) covers(kinds int, lits []Literal) bool {
	switch {
	case d.Bools:
		return true
	case d.Natural:
		return kinds&^(textKind|numberKind) == 0 && !wildcardsIn(lits)
	case d.Instant:
		return kinds&^(textKind|numberKind|dateKind) == 0 && !wildcardsIn(lits)
	}
	return kinds&(kinds-1) == 0
}

func wildcardsIn(lits []Literal) bool {
	return slices.ContainsFunc(lits, func(l Literal) bool { return l.Cond.HasWildcard() })
}

// Candidates are the representatives of every kind of value that the literals compare.
func Candidates(lits []Literal, d Key) []string {
	if d.Bools {
		return []string{"true", "false"}
	}
	kinds := kindsOf(lits)
	if d.Instant {
		return append(datesAround(lits, d), textsAround(lits)...)
	}
	if d.Natural {
		return append(numbersAround(lits, d), textsAround(lits)...)
	}
	var out []string
	for i := range valueKinds {
		if kinds&(1<<i) != 0 && valueKinds[i].representatives != nil {
			out = append(out, valueKinds[i].representatives(lits, d)...)
		}
	}
	if kinds&textKind != 0 {
		out = append(out, textsAround(lits)...)
	}
	return append(out, "x")
}

// textsAround are texts that the patterns match, and texts beside them. Alone they are not complete.
func textsAround(lits []Literal) []string {
	var out []string
	for _, l := range lits {
		for i := range l.Cond.Texts {
			if exact := l.Cond.Texts[i].Exact; l.Cond.Texts[i].IsLiteral() {
				out = append(out, exact, strings.ToUpper(exact), strings.ToLower(exact), exact+"x")
			}
		}
		for _, g := range globs(l.Cond) {
			if text, found, _ := glob.GlobWitness([]glob.Glob{g}, nil); found {
				out = append(out, text)
			}
		}
	}
	return out
}

// numbersAround are the bounds, a number between each two neighbours, and one below and one above all; near bounds
// come first.
func numbersAround(lits []Literal, d Key) []string {
	var bounds []literal.Decimal
	for _, l := range lits {
		bounds = append(bounds, l.Cond.Numbers...)
		if d.Natural {
			for _, moment := range l.Cond.Dates {
				bounds = append(bounds, secondsOf(moment))
			}
			bounds = append(bounds, numbersIn(l.Cond.Texts)...)
		}
	}
	if d.Natural {
		bounds = append(bounds, literal.Decimal{})
	}
	slices.SortFunc(bounds, literal.Decimal.Compare)
	bounds = slices.CompactFunc(bounds, func(a, b literal.Decimal) bool { return a.Compare(b) == 0 })
	var out []string
	for i, n := range bounds {
		if d.Natural {
			out = append(out, n.Floor(0).String(), n.Floor(-1).String(), n.Floor(1).String())
		} else {
			out = append(out, n.String(), n.Plus(-1).String(), n.Plus(1).String())
		}
		if i > 0 {
			half, below := bounds[i-1].Between(n)
			out = append(out, below.String(), half.String())
		}
	}
	return out
}

// numbersIn are the numbers among the texts that stand in a condition.
func numbersIn(texts []pattern.Pattern) []literal.Decimal {
	var out []literal.Decimal
	for i := range texts {
		if n, err := literal.ParseNumber(texts[i].Exact); err == nil && texts[i].IsLiteral() {
			out = append(out, n)
		}
	}
	return out
}

func secondsOf(moment time.Time) literal.Decimal {
	n, _ := literal.ParseNumber(strconv.FormatInt(moment.Unix(), 10))
	return n
}

// datesAround are the bounds, an instant between each two neighbours, and one before and one after all; whole seconds
// come first.
func datesAround(lits []Literal, d Key) []string {
	var bounds []time.Time
	for _, l := range lits {
		bounds = append(bounds, l.Cond.Dates...)
		if d.Instant {
			bounds = append(bounds, secondsIn(l.Cond)...)
		}
	}
	switch {
	case d.Instant && !d.Earliest.IsZero():
		bounds = append(bounds, d.Earliest)
	case d.Instant && len(bounds) == 0:
		bounds = append(bounds, engine.SomeDay)
	}
	slices.SortFunc(bounds, time.Time.Compare)
	bounds = slices.CompactFunc(bounds, time.Time.Equal)
	var out, halves []string
	write := func(moment time.Time) string { return moment.UTC().Format("2006-01-02T15:04:05.999999999Z") }
	for i, moment := range bounds {
		out = append(out, write(moment), write(moment.Add(-time.Second)), write(moment.Add(time.Second)))
		if i > 0 {
			middle := bounds[i-1].Add(moment.Sub(bounds[i-1]) / 2)
			out = append(out, write(middle.Truncate(time.Second)))
			halves = append(halves, write(middle))
		}
	}
	return append(out, halves...)
}

// secondsIn are the whole seconds at which tests of the text or the seconds of an instant change.
func secondsIn(c *engine.Condition) []time.Time {
	var out []time.Time
	second := func(n literal.Decimal) {
		for more := range int64(2) {
			if seconds, err := strconv.ParseInt(
				n.Floor(more).String(),
				10,
				64,
			); err == nil && seconds > -literal.FarthestSecond &&
				seconds < literal.FarthestSecond {
				out = append(out, time.Unix(seconds, 0).UTC())
			}
		}
	}
	for _, n := range slices.Concat(c.Numbers, numbersIn(c.Texts)) {
		second(n)
	}
	for i := range c.Texts {
		if moment, err := literal.ParseDate(strings.ToUpper(c.Texts[i].Exact)); err == nil && c.Texts[i].IsLiteral() {
			second(secondsOf(moment))
		}
	}
	if c.Quantifier != policy.NoQuantifier {
		for _, moment := range c.Dates {
			second(secondsOf(moment))
		}
	}
	return out
}

// addressesAround are the first and last address of each network and their neighbours outside, and an address of each
// family that no network has a reason to name.
func addressesAround(lits []Literal, _ Key) []string {
	var out []string
	for _, l := range lits {
		for _, n := range l.Cond.Networks {
			first := n.Masked().Addr()
			bytes := first.AsSlice()
			for bit := n.Bits(); bit < len(bytes)*8; bit++ {
				bytes[bit/8] |= 0x80 >> (bit % 8)
			}
			last, _ := netip.AddrFromSlice(bytes)
			for _, a := range []netip.Addr{first, last, first.Prev(), last.Next()} {
				if a.IsValid() {
					out = append(out, a.String())
				}
			}
		}
	}
	return append(out, "192.0.2.1", "2001:db8::1")
}

// bytesAround are the values that are compared with, and another.
func bytesAround(lits []Literal, _ Key) []string {
	var out []string
	for _, l := range lits {
		for _, binary := range l.Cond.Binaries {
			out = append(
				out,
				base64.StdEncoding.EncodeToString([]byte(binary)),
				base64.StdEncoding.EncodeToString([]byte(binary+"x")),
			)
		}
	}
	return out
}
