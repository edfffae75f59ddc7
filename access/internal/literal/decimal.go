package literal

import (
	"cmp"
	"errors"
	"math/big"
	"strings"
)

// Decimal is a number as the policy language has them: an integer or a decimal, of any size and compared exactly.
//
// Source: IAM User Guide, IAM JSON policy elements: Condition operators, Numeric condition operators. The guide names
// neither exponents nor hexadecimal numbers, so a policy with one does not compile: nobody knows whether AWS compares
// it or never matches it.
type Decimal struct {
	negative bool
	// whole has no zeros before, fraction none behind; both are empty for zero.
	whole, fraction string
}

// ParseNumber reads an integer or decimal: digits with at most one point among them, and at most one sign before them.
func ParseNumber(s string) (Decimal, error) {
	digits := strings.TrimLeft(s, "+-")
	whole, fraction, _ := strings.Cut(digits, ".")
	switch {
	case len(s)-len(digits) > 1 || len(whole)+len(fraction) == 0 || !IsDigits(whole) || !IsDigits(fraction):
		return Decimal{}, errors.New(`is not a number with or without decimals; write it as in "3600" or "0.5"`)
	}
	d := Decimal{whole: strings.TrimLeft(whole, "0"), fraction: strings.TrimRight(fraction, "0")}
	d.negative = strings.HasPrefix(s, "-") && d.whole+d.fraction != ""
	return d, nil
}

// IsDigits reports whether a text has nothing but digits; the empty text has.
func IsDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Compare is negative, zero or positive as d is less than, equal to or greater than o.
func (d Decimal) Compare(o Decimal) int {
	switch {
	case d.negative && o.negative:
		return o.size(d)
	case d.negative:
		return -1
	case o.negative:
		return 1
	}
	return d.size(o)
}

// size compares without the signs.
func (d Decimal) size(o Decimal) int {
	return cmp.Or(
		cmp.Compare(len(d.whole), len(o.whole)),
		strings.Compare(d.whole, o.whole),
		strings.Compare(d.fraction, o.fraction),
	)
}

// String writes the number as the policy language does.
func (d Decimal) String() string {
	text := cmp.Or(d.whole, "0")
	if d.fraction != "" {
		text += "." + d.fraction
	}
	if d.negative {
		text = "-" + text
	}
	return text
}

// Between is a number between two others, halfway, and the whole number below it.
func (d Decimal) Between(o Decimal) (half, below Decimal) {
	x, _ := new(big.Rat).SetString(d.String())
	y, _ := new(big.Rat).SetString(o.String())
	middle := x.Add(x, y)
	middle.Quo(middle, big.NewRat(2, 1))
	half, _ = ParseNumber(middle.FloatString(max(len(d.fraction), len(o.fraction)) + 1))
	return half, half.Floor(0)
}

// Floor is the whole number at or below a number, and so many more.
func (d Decimal) Floor(more int64) Decimal {
	n := new(big.Int)
	n.SetString(cmp.Or(d.whole, "0"), 10)
	if d.negative {
		n.Neg(n)
		if d.fraction != "" {
			n.Sub(n, big.NewInt(1))
		}
	}
	out, _ := ParseNumber(n.Add(n, big.NewInt(more)).String())
	return out
}

// Plus is the number and so many more.
func (d Decimal) Plus(more int64) Decimal {
	x, _ := new(big.Rat).SetString(d.String())
	out, _ := ParseNumber(x.Add(x, big.NewRat(more, 1)).FloatString(len(d.fraction)))
	return out
}
