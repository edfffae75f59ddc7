package access

import (
	"encoding/base64"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// candidateMembers are values on every side of everything that the literals compare with.
func candidateMembers(lits []literal, d keyDomain) []string {
	var out []string
	if d.bools {
		return []string{"true", "false"}
	}
	var numbers []float64
	var dates []time.Time
	for _, l := range lits {
		c := l.cond
		numbers = append(numbers, c.numbers...)
		dates = append(dates, c.dates...)
		for _, n := range c.networks {
			out = append(out, addressesAround(n)...)
		}
		for _, binary := range c.binaries {
			out = append(out, base64.StdEncoding.EncodeToString([]byte(binary)), base64.StdEncoding.EncodeToString([]byte(binary+"x")))
		}
		if c.compare == compareBool {
			out = append(out, "true", "false")
		}
		for i := range c.texts {
			if c.texts[i].isLiteral() {
				out = append(out, c.texts[i].exact, strings.ToUpper(c.texts[i].exact), strings.ToLower(c.texts[i].exact), c.texts[i].exact+"x")
			}
		}
		for i := range c.texts {
			if text, found, _ := globWitness([]glob{globOf(&c.texts[i], false)}, nil); found {
				out = append(out, text)
			}
		}
		for i := range c.arns {
			if text, found, _ := globWitness([]glob{globOfARN(&c.arns[i], false)}, nil); found {
				out = append(out, text)
			}
		}
	}
	if d.natural {
		numbers = append(numbers, 0)
	}
	if d.instant && len(dates) == 0 {
		dates = append(dates, someDay)
	}
	out = append(out, numbersAround(numbers)...)
	out = append(out, datesAround(dates, d)...)
	return append(out, "x", "0", "192.0.2.1", "2001:db8::1")
}

// someDay is an instant that no policy has a reason to name.
var someDay = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// numbersAround are the numbers, one between each two neighbours, one below and one above all.
func numbersAround(numbers []float64) []string {
	if len(numbers) == 0 {
		return nil
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	text := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	out := []string{}
	for i, n := range numbers {
		out = append(out, text(n), text(n-1), text(n+1))
		if i > 0 {
			out = append(out, text(numbers[i-1]+math.Floor((n-numbers[i-1])/2)), text((numbers[i-1]+n)/2))
		}
	}
	return out
}

func datesAround(dates []time.Time, d keyDomain) []string {
	var out []string
	slices.SortFunc(dates, time.Time.Compare)
	for _, at := range dates {
		for _, step := range []time.Duration{0, -time.Second, time.Second} {
			moment := at.Add(step).UTC()
			if d.natural {
				out = append(out, strconv.FormatInt(moment.Unix(), 10))
			} else {
				out = append(out, moment.Format("2006-01-02T15:04:05Z"))
			}
		}
	}
	return out
}

// addressesAround are the first and last address of a network and their neighbours outside.
func addressesAround(n netip.Prefix) []string {
	first := n.Masked().Addr()
	bytes := first.AsSlice()
	for bit := n.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	var out []string
	for _, a := range []netip.Addr{first, last, first.Prev(), last.Next()} {
		if a.IsValid() {
			out = append(out, a.String())
		}
	}
	return out
}
