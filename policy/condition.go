package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Condition is one test of a statement: an operator, a condition key and the values it is compared with. The values
// of a positive operator are alternatives (one must match), those of a negated operator must all differ.
type Condition struct {
	Operator Operator
	// Key is the condition key, such as "aws:ResourceTag/Project". AWS compares it without regard to case.
	Key    string
	Values []string
}

// Is returns a condition of any operator. The functions below name the common ones.
func Is(operator Operator, key string, values ...string) Condition {
	return Condition{Operator: operator, Key: key, Values: set(values)}
}

// Bool holds when the key is present and equals value. In an Allow this is the closed form: an absent key does not
// match.
func Bool(key string, value bool) Condition {
	return Is(Operator{Base: OpBool}, key, strconv.FormatBool(value))
}

// BoolIfExists holds when the key equals value, and when the key is absent. In a Deny this is the closed form.
func BoolIfExists(key string, value bool) Condition {
	return Is(Operator{Base: OpBool, IfExists: true}, key, strconv.FormatBool(value))
}

// Absent holds when the request does not carry the key (Null "true").
func Absent(key string) Condition { return Is(Operator{Base: OpNull}, key, "true") }

// Present holds when the request carries the key (Null "false").
func Present(key string) Condition { return Is(Operator{Base: OpNull}, key, "false") }

// StringEquals holds when the key equals one of the values, case included.
func StringEquals(key string, values ...string) Condition {
	return Is(Operator{Base: OpStringEquals}, key, values...)
}

// StringNotEquals holds when the key equals none of the values, and when it is absent.
func StringNotEquals(key string, values ...string) Condition {
	return Is(Operator{Base: OpStringNotEquals}, key, values...)
}

// AnyEqualsIgnoringCase holds when a member of a multi-valued key equals one of the values in any case: the guard for
// tag keys, because condition keys ignore case while aws:TagKeys values do not.
func AnyEqualsIgnoringCase(key string, values ...string) Condition {
	return Is(Operator{Quantifier: ForAnyValue, Base: OpStringEqualsIgnoreCase}, key, values...)
}

// AllEqual holds when every member of a multi-valued key equals one of the values, and when the key is absent: pair
// it with Present.
func AllEqual(key string, values ...string) Condition {
	return Is(Operator{Quantifier: ForAllValues, Base: OpStringEquals}, key, values...)
}

// AnyDiffers holds when a member of a multi-valued key equals none of the values, and not when the key is absent.
func AnyDiffers(key string, values ...string) Condition {
	return Is(Operator{Quantifier: ForAnyValue, Base: OpStringNotEquals}, key, values...)
}

// ArnLike holds when the key matches one of the patterns, each of the six parts of an ARN on its own.
func ArnLike(key string, patterns ...string) Condition {
	return Is(Operator{Base: OpArnLike}, key, patterns...)
}

// ArnNotLike holds when the key matches none of the patterns, and when it is absent.
func ArnNotLike(key string, patterns ...string) Condition {
	return Is(Operator{Base: OpArnNotLike}, key, patterns...)
}

// YoungerThan holds when the key, a number of seconds, is below age, and when it is absent. The age is cut to whole
// seconds.
func YoungerThan(key string, age time.Duration) Condition {
	return Is(Operator{Base: OpNumericLessThan, IfExists: true}, key, strconv.FormatInt(int64(age/time.Second), 10))
}

// From holds at the instant and after it, in UTC and whole seconds.
func From(instant time.Time) Condition {
	return Is(Operator{Base: OpDateGreaterThanEquals}, "aws:CurrentTime", Timestamp(instant))
}

// Before holds until one instant before the given one.
func Before(instant time.Time) Condition {
	return Is(Operator{Base: OpDateLessThan}, "aws:CurrentTime", Timestamp(instant))
}

// Timestamp renders an instant as policies carry it: RFC 3339 in UTC, whole seconds, "Z".
func Timestamp(instant time.Time) string {
	return instant.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05Z")
}

// Quantifier says how a condition reads a key of several values.
type Quantifier string

// The quantifiers. Both read an absent key as the empty set: ForAllValues is then true and ForAnyValue false, also
// when the operator is negated.
const (
	NoQuantifier Quantifier = ""
	ForAllValues Quantifier = "ForAllValues"
	ForAnyValue  Quantifier = "ForAnyValue"
)

// BaseOperator is an operator without quantifier and IfExists.
type BaseOperator string

// The operators of the policy language, all of them.
const (
	OpStringEquals              BaseOperator = "StringEquals"
	OpStringNotEquals           BaseOperator = "StringNotEquals"
	OpStringEqualsIgnoreCase    BaseOperator = "StringEqualsIgnoreCase"
	OpStringNotEqualsIgnoreCase BaseOperator = "StringNotEqualsIgnoreCase"
	OpStringLike                BaseOperator = "StringLike"
	OpStringNotLike             BaseOperator = "StringNotLike"
	OpNumericEquals             BaseOperator = "NumericEquals"
	OpNumericNotEquals          BaseOperator = "NumericNotEquals"
	OpNumericLessThan           BaseOperator = "NumericLessThan"
	OpNumericLessThanEquals     BaseOperator = "NumericLessThanEquals"
	OpNumericGreaterThan        BaseOperator = "NumericGreaterThan"
	OpNumericGreaterThanEquals  BaseOperator = "NumericGreaterThanEquals"
	OpDateEquals                BaseOperator = "DateEquals"
	OpDateNotEquals             BaseOperator = "DateNotEquals"
	OpDateLessThan              BaseOperator = "DateLessThan"
	OpDateLessThanEquals        BaseOperator = "DateLessThanEquals"
	OpDateGreaterThan           BaseOperator = "DateGreaterThan"
	OpDateGreaterThanEquals     BaseOperator = "DateGreaterThanEquals"
	OpBool                      BaseOperator = "Bool"
	OpBinaryEquals              BaseOperator = "BinaryEquals"
	OpIPAddress                 BaseOperator = "IpAddress"
	OpNotIPAddress              BaseOperator = "NotIpAddress"
	OpArnEquals                 BaseOperator = "ArnEquals"
	OpArnLike                   BaseOperator = "ArnLike"
	OpArnNotEquals              BaseOperator = "ArnNotEquals"
	OpArnNotLike                BaseOperator = "ArnNotLike"
	OpNull                      BaseOperator = "Null"
)

// BaseOperators lists every operator of the policy language, sorted as AWS's reference groups them.
func BaseOperators() []BaseOperator {
	return []BaseOperator{
		OpStringEquals,
		OpStringNotEquals,
		OpStringEqualsIgnoreCase,
		OpStringNotEqualsIgnoreCase,
		OpStringLike,
		OpStringNotLike,
		OpNumericEquals,
		OpNumericNotEquals,
		OpNumericLessThan,
		OpNumericLessThanEquals,
		OpNumericGreaterThan,
		OpNumericGreaterThanEquals,
		OpDateEquals,
		OpDateNotEquals,
		OpDateLessThan,
		OpDateLessThanEquals,
		OpDateGreaterThan,
		OpDateGreaterThanEquals,
		OpBool,
		OpBinaryEquals,
		OpIPAddress,
		OpNotIPAddress,
		OpArnEquals,
		OpArnLike,
		OpArnNotEquals,
		OpArnNotLike,
		OpNull,
	}
}

// Negated reports whether the operator asserts a difference. A negated operator matches when the key is absent.
func (b BaseOperator) Negated() bool {
	switch b {
	case OpStringNotEquals,
		OpStringNotEqualsIgnoreCase,
		OpStringNotLike,
		OpNumericNotEquals,
		OpDateNotEquals,
		OpNotIPAddress,
		OpArnNotEquals,
		OpArnNotLike:
		return true
	}
	return false
}

// Operator is a condition operator with its quantifier and IfExists.
type Operator struct {
	Quantifier Quantifier
	Base       BaseOperator
	IfExists   bool
}

// String is the operator as JSON has it, such as "ForAnyValue:StringEqualsIfExists".
func (o Operator) String() string {
	s := string(o.Base)
	if o.Quantifier != NoQuantifier {
		s = string(o.Quantifier) + ":" + s
	}
	if o.IfExists {
		s += "IfExists"
	}
	return s
}

// ParseOperator reads an operator. It refuses what the policy language does not have: an unknown name, another
// quantifier, NullIfExists. AWS compares operator names without regard to case; the canonical spelling is returned.
func ParseOperator(s string) (Operator, error) {
	var o Operator
	rest := s
	if prefix, after, found := strings.Cut(s, ":"); found {
		switch {
		case strings.EqualFold(prefix, string(ForAllValues)):
			o.Quantifier = ForAllValues
		case strings.EqualFold(prefix, string(ForAnyValue)):
			o.Quantifier = ForAnyValue
		default:
			return Operator{}, fmt.Errorf(
				"%q is not a condition operator: %q is neither ForAllValues nor ForAnyValue",
				s,
				prefix,
			)
		}
		rest = after
	}
	const suffix = "IfExists"
	if len(rest) > len(suffix) && strings.EqualFold(rest[len(rest)-len(suffix):], suffix) {
		o.IfExists = true
		rest = rest[:len(rest)-len(suffix)]
	}
	for _, base := range BaseOperators() {
		if strings.EqualFold(rest, string(base)) {
			o.Base = base
			if base == OpNull && (o.IfExists || o.Quantifier != NoQuantifier) {
				return Operator{}, fmt.Errorf(
					"%q is not a condition operator: Null takes neither IfExists nor a quantifier",
					s,
				)
			}
			return o, nil
		}
	}
	return Operator{}, fmt.Errorf("%q is not a condition operator", s)
}

func operatorNames() []string {
	bases := BaseOperators()
	names := make([]string, len(bases))
	for i, base := range bases {
		names[i] = string(base)
	}
	return names
}
