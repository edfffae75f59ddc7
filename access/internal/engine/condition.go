package engine

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// Comparison is the kind of values that an operator compares.
type Comparison uint8

const (
	CompareText Comparison = iota
	CompareTextFold
	CompareNumber
	CompareDate
	CompareBool
	CompareBinary
	CompareIP
	CompareARN
	ComparePresence
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

// Condition is one condition of a statement, compiled.
type Condition struct {
	Source     *policy.Condition
	Key        conditionkey.Key
	Compare    Comparison
	order      order
	Negated    bool
	ifExists   bool
	Quantifier policy.Quantifier

	Texts    []pattern.Pattern
	Arns     []pattern.ARN
	Numbers  []literal.Decimal
	Dates    []time.Time
	Binaries []string
	Networks []netip.Prefix
	// yes, no: the values of Bool; of Null, present and absent.
	Yes, No bool
}

type operatorMeaning struct {
	Compare   Comparison
	order     order
	wildcards bool
}

var OperatorMeanings = map[policy.BaseOperator]operatorMeaning{
	policy.OpStringEquals:              {Compare: CompareText},
	policy.OpStringNotEquals:           {Compare: CompareText},
	policy.OpStringEqualsIgnoreCase:    {Compare: CompareTextFold},
	policy.OpStringNotEqualsIgnoreCase: {Compare: CompareTextFold},
	policy.OpStringLike:                {Compare: CompareText, wildcards: true},
	policy.OpStringNotLike:             {Compare: CompareText, wildcards: true},
	policy.OpNumericEquals:             {Compare: CompareNumber},
	policy.OpNumericNotEquals:          {Compare: CompareNumber},
	policy.OpNumericLessThan:           {Compare: CompareNumber, order: orderLess},
	policy.OpNumericLessThanEquals:     {Compare: CompareNumber, order: orderLessEqual},
	policy.OpNumericGreaterThan:        {Compare: CompareNumber, order: orderGreater},
	policy.OpNumericGreaterThanEquals:  {Compare: CompareNumber, order: orderGreaterEqual},
	policy.OpDateEquals:                {Compare: CompareDate},
	policy.OpDateNotEquals:             {Compare: CompareDate},
	policy.OpDateLessThan:              {Compare: CompareDate, order: orderLess},
	policy.OpDateLessThanEquals:        {Compare: CompareDate, order: orderLessEqual},
	policy.OpDateGreaterThan:           {Compare: CompareDate, order: orderGreater},
	policy.OpDateGreaterThanEquals:     {Compare: CompareDate, order: orderGreaterEqual},
	policy.OpBool:                      {Compare: CompareBool},
	policy.OpBinaryEquals:              {Compare: CompareBinary},
	policy.OpIPAddress:                 {Compare: CompareIP},
	policy.OpNotIPAddress:              {Compare: CompareIP},
	policy.OpArnEquals:                 {Compare: CompareARN},
	policy.OpArnLike:                   {Compare: CompareARN},
	policy.OpArnNotEquals:              {Compare: CompareARN},
	policy.OpArnNotLike:                {Compare: CompareARN},
	policy.OpNull:                      {Compare: ComparePresence},
}

// CompileCondition reads a condition. Values that the operator cannot compare are errors: AWS would store them and
// they would never match.
func CompileCondition(source *policy.Condition, mode pattern.TextMode) (Condition, error) {
	operator, err := policy.ParseOperator(source.Operator.String())
	if err != nil {
		return Condition{}, err
	}
	meaning, known := OperatorMeanings[operator.Base]
	if !known {
		return Condition{}, fmt.Errorf("%q is not a condition operator", source.Operator)
	}
	c := Condition{
		Source: source, Compare: meaning.Compare, order: meaning.order,
		Negated: operator.Base.Negated(), ifExists: operator.IfExists, Quantifier: operator.Quantifier,
	}
	if c.Key, err = conditionkey.CompileKey(source.Key); err != nil {
		return Condition{}, err
	}
	if len(source.Values) == 0 {
		return Condition{}, fmt.Errorf("%s on %s has no value to compare with", source.Operator, source.Key)
	}
	for _, value := range source.Values {
		if err := c.add(value, mode, meaning.wildcards); err != nil {
			return Condition{}, fmt.Errorf("%s on %s: %q %w", source.Operator, source.Key, value, err)
		}
	}
	return c, nil
}

// add compiles one value.
func (c *Condition) add(value string, mode pattern.TextMode, wildcards bool) error {
	switch c.Compare {
	case CompareText, CompareTextFold:
		p, err := pattern.Parse(value, mode, wildcards)
		c.Texts = append(c.Texts, p)
		return err
	case CompareARN:
		p, err := pattern.ParseARN(value, mode)
		if err == nil && !p.Any && p.Whole == nil && len(p.Parts) < policy.ARNParts {
			// In a Resource element a * at the end runs on over colons; here each part is compared with one.
			err = errors.New("is not an ARN: it has fewer than six parts between colons")
		}
		c.Arns = append(c.Arns, p)
		return err
	case CompareNumber:
		n, err := literal.ParseNumber(value)
		c.Numbers = append(c.Numbers, n)
		return err
	case CompareDate:
		moment, err := literal.ParseDate(value)
		c.Dates = append(c.Dates, moment)
		return err
	case CompareBool, ComparePresence:
		switch {
		case strings.EqualFold(value, "true"):
			c.Yes = true
		case strings.EqualFold(value, "false"):
			c.No = true
		default:
			return errors.New(`is neither "true" nor "false"`)
		}
		return nil
	case CompareBinary:
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return errors.New("is not base64")
		}
		c.Binaries = append(c.Binaries, string(decoded))
		return nil
	case CompareIP:
		network, err := literal.ParseNetwork(value)
		c.Networks = append(c.Networks, network)
		return err
	}
	return errors.New("cannot be compared")
}

// Holds reports whether the condition matches the request.
//
// An absent key matches nothing, but a negated operator and IfExists. ForAllValues holds for the empty set and
// ForAnyValue does not, both also when negated; a key whose only value is the empty text counts as the empty set
// there, as AWS documents it.
//
// Source: IAM User Guide, IAM JSON policy elements: Condition operators, and Single-valued vs. multivalued context
// keys.
func (c *Condition) Holds(ev *Env) bool {
	if c.Key.Kind.IsTime() && c.Compare == CompareDate && c.Quantifier == policy.NoQuantifier {
		moment, ok := ev.instant(&c.Key)
		if !ok {
			return c.ifExists || c.Negated
		}
		return c.anyDate(moment) != c.Negated
	}
	v := ev.Lookup(&c.Key)
	if c.Compare == ComparePresence {
		return c.Yes && !v.Present || c.No && v.Present
	}
	if !v.Present {
		return c.holdsWhenAbsent()
	}
	if c.Quantifier == policy.NoQuantifier {
		if v.Len() > 1 {
			ev.undecide(
				policy.Refusef("AWS does not say what that means",
					"%s has %d values in this request and %s has neither ForAllValues nor ForAnyValue",
					c.Key.Name, v.Len(), c.Source.Operator),
			)
			return false
		}
		return c.Matches(v.At(0), ev) != c.Negated
	}
	if v.Len() == 1 && v.At(0) == "" {
		return c.Quantifier == policy.ForAllValues
	}
	for i := range v.Len() {
		if member := c.Matches(v.At(i), ev) != c.Negated; member != (c.Quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.Quantifier == policy.ForAllValues
}

// Matches compares one value with the alternatives, the negation left aside: it matches when one of them does. A
// value that is not of the operator's kind matches none. Each kind of comparison reads the value once, in its own
// way, and asks the alternatives of that kind.
func (c *Condition) Matches(value string, ev *Env) bool {
	switch c.Compare {
	case CompareText, CompareTextFold, CompareARN:
		return c.anyPattern(value, ev)
	case CompareNumber:
		n, err := literal.ParseNumber(value)
		return err == nil &&
			slices.ContainsFunc(c.Numbers, func(bound literal.Decimal) bool { return c.order.holds(n.Compare(bound)) })
	case CompareDate:
		instant, err := literal.ParseDate(value)
		return err == nil && c.anyDate(instant)
	case CompareBool:
		return c.Yes && strings.EqualFold(value, "true") || c.No && strings.EqualFold(value, "false")
	case CompareBinary:
		decoded, err := base64.StdEncoding.DecodeString(value)
		return err == nil && slices.Contains(c.Binaries, string(decoded))
	case CompareIP:
		address, err := netip.ParseAddr(value)
		return err == nil &&
			slices.ContainsFunc(c.Networks, func(n netip.Prefix) bool { return n.Contains(address.Unmap()) })
	}
	return false
}

// anyPattern is Matches for texts and ARNs, whose alternatives may hold wildcards and policy variables.
func (c *Condition) anyPattern(value string, ev *Env) bool {
	for i := range c.Texts {
		text := &c.Texts[i]
		if c.Compare == CompareText && text.Match(value, false, ev) ||
			c.Compare == CompareTextFold && text.EqualFold(value, ev) {
			return true
		}
	}
	for i := range c.Arns {
		if c.Arns[i].Match(value, false, ev) {
			return true
		}
	}
	return false
}

func (c *Condition) anyDate(moment time.Time) bool {
	for _, bound := range c.Dates {
		if c.order.holds(moment.Compare(bound)) {
			return true
		}
	}
	return false
}

// holdsWhenAbsent is what the condition says of a request without the key. Null conditions do not ask.
func (c *Condition) holdsWhenAbsent() bool {
	switch {
	case c.ifExists:
		return true
	case c.Quantifier != policy.NoQuantifier:
		return c.Quantifier == policy.ForAllValues
	}
	return c.Negated
}

// HoldsFor is what holds would say for a request in which the key has these values. The condition has no variables
// left.
func (c *Condition) HoldsFor(v Values) bool {
	if c.Compare == ComparePresence {
		return c.Yes && !v.Present || c.No && v.Present
	}
	if !v.Present {
		return c.holdsWhenAbsent()
	}
	if c.Quantifier == policy.NoQuantifier {
		return c.MatchesValue(v.At(0)) != c.Negated
	}
	if v.Len() == 1 && v.At(0) == "" {
		return c.Quantifier == policy.ForAllValues
	}
	for i := range v.Len() {
		if member := c.MatchesValue(v.At(i)) != c.Negated; member != (c.Quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.Quantifier == policy.ForAllValues
}

// MatchesValue is what matches says of a value as the search has it: an instant is one to the nanosecond, which only
// date operators read.
func (c *Condition) MatchesValue(text string) bool {
	if c.Key.Kind == conditionkey.KeyCurrentTime || c.Key.Kind == conditionkey.KeyEpochTime {
		if moment, err := literal.ParseDate(text); err == nil {
			if c.Compare == CompareDate && c.Quantifier == policy.NoQuantifier {
				return c.anyDate(moment)
			}
			text = timeText(&c.Key, moment)
		}
	}
	return c.Matches(text, nil)
}

func (c *Condition) Textual() bool {
	return c.Compare == CompareText || c.Compare == CompareTextFold || c.Compare == CompareARN
}

func (c *Condition) HasWildcard() bool {
	return len(c.Arns) > 0 || slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return !p.IsLiteral() })
}
