package access

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// comparison is the kind of values that an operator compares.
type comparison uint8

const (
	compareText comparison = iota
	compareTextFold
	compareNumber
	compareDate
	compareBool
	compareBinary
	compareIP
	compareARN
	comparePresence
)

// order is the relation that a numeric or date operator asks for.
type order uint8

const (
	orderEqual order = iota
	orderLess
	orderLessEqual
	orderGreater
	orderGreaterEqual
)

func (o order) holds(compared int) bool {
	switch o {
	case orderLess:
		return compared < 0
	case orderLessEqual:
		return compared <= 0
	case orderGreater:
		return compared > 0
	case orderGreaterEqual:
		return compared >= 0
	}
	return compared == 0
}

// condition is one condition of a statement, compiled.
type condition struct {
	source     *policy.Condition
	key        key
	compare    comparison
	order      order
	negated    bool
	ifExists   bool
	quantifier policy.Quantifier

	texts    []pattern
	arns     []arnPattern
	numbers  []decimal
	dates    []time.Time
	binaries []string
	networks []netip.Prefix
	// yes, no: the values of Bool; of Null, present and absent.
	yes, no bool
}

type operatorMeaning struct {
	compare   comparison
	order     order
	wildcards bool
}

var operatorMeanings = map[policy.BaseOperator]operatorMeaning{
	policy.OpStringEquals:              {compare: compareText},
	policy.OpStringNotEquals:           {compare: compareText},
	policy.OpStringEqualsIgnoreCase:    {compare: compareTextFold},
	policy.OpStringNotEqualsIgnoreCase: {compare: compareTextFold},
	policy.OpStringLike:                {compare: compareText, wildcards: true},
	policy.OpStringNotLike:             {compare: compareText, wildcards: true},
	policy.OpNumericEquals:             {compare: compareNumber},
	policy.OpNumericNotEquals:          {compare: compareNumber},
	policy.OpNumericLessThan:           {compare: compareNumber, order: orderLess},
	policy.OpNumericLessThanEquals:     {compare: compareNumber, order: orderLessEqual},
	policy.OpNumericGreaterThan:        {compare: compareNumber, order: orderGreater},
	policy.OpNumericGreaterThanEquals:  {compare: compareNumber, order: orderGreaterEqual},
	policy.OpDateEquals:                {compare: compareDate},
	policy.OpDateNotEquals:             {compare: compareDate},
	policy.OpDateLessThan:              {compare: compareDate, order: orderLess},
	policy.OpDateLessThanEquals:        {compare: compareDate, order: orderLessEqual},
	policy.OpDateGreaterThan:           {compare: compareDate, order: orderGreater},
	policy.OpDateGreaterThanEquals:     {compare: compareDate, order: orderGreaterEqual},
	policy.OpBool:                      {compare: compareBool},
	policy.OpBinaryEquals:              {compare: compareBinary},
	policy.OpIPAddress:                 {compare: compareIP},
	policy.OpNotIPAddress:              {compare: compareIP},
	policy.OpArnEquals:                 {compare: compareARN},
	policy.OpArnLike:                   {compare: compareARN},
	policy.OpArnNotEquals:              {compare: compareARN},
	policy.OpArnNotLike:                {compare: compareARN},
	policy.OpNull:                      {compare: comparePresence},
}

// compileCondition reads a condition. Values that the operator cannot compare are errors: AWS would store them and they would never match.
func compileCondition(source *policy.Condition, mode textMode) (condition, error) {
	operator, err := policy.ParseOperator(source.Operator.String())
	if err != nil {
		return condition{}, err
	}
	meaning, known := operatorMeanings[operator.Base]
	if !known {
		return condition{}, fmt.Errorf("%q is not a condition operator", source.Operator)
	}
	c := condition{
		source: source, compare: meaning.compare, order: meaning.order,
		negated: operator.Base.Negated(), ifExists: operator.IfExists, quantifier: operator.Quantifier,
	}
	if c.key, err = compileKey(source.Key); err != nil {
		return condition{}, err
	}
	if len(source.Values) == 0 {
		return condition{}, fmt.Errorf("%s on %s has no value to compare with", source.Operator, source.Key)
	}
	for _, value := range source.Values {
		if err := c.add(value, mode, meaning.wildcards); err != nil {
			return condition{}, fmt.Errorf("%s on %s: %q %w", source.Operator, source.Key, value, err)
		}
	}
	return c, nil
}

// add compiles one value.
func (c *condition) add(value string, mode textMode, wildcards bool) error {
	switch c.compare {
	case compareText, compareTextFold:
		p, err := parsePattern(value, mode, wildcards)
		c.texts = append(c.texts, p)
		return err
	case compareARN:
		p, err := splitARNPattern(value, mode)
		if err == nil && !p.any && p.whole == nil && len(p.parts) < arnParts {
			// In a Resource element a * at the end runs on over colons; here each part is compared with one.
			err = errors.New("is not an ARN: it has fewer than six parts between colons")
		}
		c.arns = append(c.arns, p)
		return err
	case compareNumber:
		n, err := parseNumber(value)
		c.numbers = append(c.numbers, n)
		return err
	case compareDate:
		at, err := parseDate(value)
		c.dates = append(c.dates, at)
		return err
	case compareBool, comparePresence:
		switch {
		case strings.EqualFold(value, "true"):
			c.yes = true
		case strings.EqualFold(value, "false"):
			c.no = true
		default:
			return errors.New(`is neither "true" nor "false"`)
		}
		return nil
	case compareBinary:
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return errors.New("is not base64")
		}
		c.binaries = append(c.binaries, string(decoded))
		return nil
	case compareIP:
		network, err := parseNetwork(value)
		c.networks = append(c.networks, network)
		return err
	}
	return errors.New("cannot be compared")
}

// holds reports whether the condition matches the request.
//
// An absent key matches nothing, but a negated operator and IfExists. ForAllValues holds for the empty set and ForAnyValue does not, both
// also when negated; a key whose only value is the empty text counts as the empty set there, as AWS documents it.
//
// Source: IAM User Guide, IAM JSON policy elements: Condition operators, and Single-valued vs. multivalued context keys.
func (c *condition) holds(ev *env) bool {
	if c.key.kind.isTime() && c.compare == compareDate && c.quantifier == policy.NoQuantifier {
		at, ok := ev.instant(&c.key)
		if !ok {
			return c.ifExists || c.negated
		}
		return c.anyDate(at) != c.negated
	}
	v := ev.lookup(&c.key)
	if c.compare == comparePresence {
		return c.yes && !v.present || c.no && v.present
	}
	if !v.present {
		return c.holdsWhenAbsent()
	}
	if c.quantifier == policy.NoQuantifier {
		if v.len() > 1 {
			ev.undecide(fmt.Errorf("%s has %d values in this request and %s has neither ForAllValues nor ForAnyValue; AWS does not say what that means",
				c.key.name, v.len(), c.source.Operator))
			return false
		}
		return c.matches(v.at(0), ev) != c.negated
	}
	if v.len() == 1 && v.at(0) == "" {
		return c.quantifier == policy.ForAllValues
	}
	for i := range v.len() {
		if member := c.matches(v.at(i), ev) != c.negated; member != (c.quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.quantifier == policy.ForAllValues
}

// matches compares one value with the alternatives, the negation left aside. A value that is not of the operator's kind matches none.
func (c *condition) matches(value string, ev *env) bool {
	switch c.compare {
	case compareText:
		for i := range c.texts {
			if c.texts[i].match(value, false, ev) {
				return true
			}
		}
	case compareTextFold:
		for i := range c.texts {
			if c.texts[i].equalFold(value, ev) {
				return true
			}
		}
	case compareARN:
		for i := range c.arns {
			if c.arns[i].match(value, false, ev) {
				return true
			}
		}
	case compareNumber:
		n, err := parseNumber(value)
		if err != nil {
			return false
		}
		for _, bound := range c.numbers {
			if c.order.holds(n.compare(bound)) {
				return true
			}
		}
	case compareDate:
		at, err := parseDate(value)
		return err == nil && c.anyDate(at)
	case compareBool:
		return c.yes && strings.EqualFold(value, "true") || c.no && strings.EqualFold(value, "false")
	case compareBinary:
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return false
		}
		for _, binary := range c.binaries {
			if string(decoded) == binary {
				return true
			}
		}
	case compareIP:
		address, err := netip.ParseAddr(value)
		if err != nil {
			return false
		}
		for _, network := range c.networks {
			if network.Contains(address.Unmap()) {
				return true
			}
		}
	}
	return false
}

func (c *condition) anyDate(at time.Time) bool {
	for _, bound := range c.dates {
		if c.order.holds(at.Compare(bound)) {
			return true
		}
	}
	return false
}

// dateLayouts are the forms of W3C's profile of ISO 8601 but for the bare year, which cannot be told from seconds since 1970.
var dateLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01"}

// farthestSecond is the end of the year 9999.
const farthestSecond = 253402300799

// parseDate reads a date: ISO 8601 with a time zone, a day (midnight UTC), or seconds since 1970.
func parseDate(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if len(s) <= 4 && n > 0 {
			return time.Time{}, errors.New("may be a year or seconds since 1970; write the whole date")
		}
		if n > farthestSecond || n < -farthestSecond {
			return time.Time{}, errors.New("is farther away than the year 9999; AWS counts seconds, not milliseconds")
		}
		return time.Unix(n, 0).UTC(), nil
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New(`is not a date; write it as in "2026-12-01T00:00:00Z"`)
}

// mappedBits is how many bits come before the IPv4 address in one that is written as IPv6.
const mappedBits = 96

// parseNetwork reads an address or a network in CIDR form; an address is a network of one.
func parseNetwork(s string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(s); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errors.New(`is not an IP address or network; write it as in "203.0.113.0/24"`)
	}
	if at := network.Addr(); at.Is4In6() && network.Bits() >= mappedBits {
		// ::ffff:10.0.0.0/104 is 10.0.0.0/8: addresses of requests are compared as IPv4 where they can be.
		network = netip.PrefixFrom(at.Unmap(), network.Bits()-mappedBits)
	}
	return network.Masked(), nil
}

// holdsWhenAbsent is what the condition says of a request without the key. Null conditions do not ask.
func (c *condition) holdsWhenAbsent() bool {
	switch {
	case c.ifExists:
		return true
	case c.quantifier != policy.NoQuantifier:
		return c.quantifier == policy.ForAllValues
	}
	return c.negated
}
