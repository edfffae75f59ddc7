package policy

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

func (v *validator) conditions(s Statement) {
	type test struct {
		operator Operator
		key      string
	}
	seen := map[test]bool{}
	for _, c := range s.Conditions {
		where := "Condition." + c.Operator.String() + "." + c.Key
		if _, err := ParseOperator(c.Operator.String()); err != nil {
			v.add("use an operator of the policy language", "Condition: %v", err)
			continue
		}
		// AWS compares condition keys without regard to case.
		t := test{c.Operator, strings.ToLower(c.Key)}
		if seen[t] {
			v.add(
				"put the values into one list, or use another operator",
				"%s stands twice, and one would replace the other",
				where,
			)
		}
		seen[t] = true
		if v.characters("Condition", "Condition key", c.Key) {
			v.refuse(checkConditionKey(c.Key), "Condition key %q", c.Key)
		}
		v.values(where, c)
	}
}

func (v *validator) values(where string, c Condition) {
	if len(c.Values) == 0 {
		v.add("write at least one value", "%s has no values", where)
	}
	if (c.Operator.Base == OpBool || c.Operator.Base == OpNull) && len(set(c.Values)) > 1 {
		v.add("write one of them", "%s takes true and false, and so tests nothing", where)
	}
	for _, value := range c.Values {
		switch {
		case !v.characters("Condition", where, value):
		case !c.Operator.Base.takesVariables() && strings.Contains(value, "${"):
			v.add(
				"write the value itself, or use a string or ARN operator",
				"%s %q has a policy variable, and %s reads none",
				where,
				value,
				c.Operator.Base,
			)
		case c.Operator.Base.takesVariables() && !v.variables(where, value):
		default:
			v.refuse(checkValue(c.Operator.Base, value), "%s %q", where, value)
		}
	}
}

var conditionPrefix = lettersOf(lowerLetters + upperLetters + digits + "._/-")

// conditionKey reports whether a text is a prefix, a colon and a name; tag keys follow a slash and may hold any
// character of a tag key.
func conditionKey(key string) bool {
	prefix, name, _ := strings.Cut(key, ":")
	return conditionPrefix.some(prefix) && name != "" && strings.IndexByte(" \t\n\f\r:", name[0]) < 0 &&
		!strings.ContainsAny(name, "*?${}")
}

func checkConditionKey(key string) error {
	if !conditionKey(key) {
		return refuse(
			"is not a condition key",
			"write prefix:Name, such as aws:MultiFactorAuthPresent, and after a slash a tag key",
		)
	}
	return nil
}

// takesVariables reports whether the operator reads policy variables in its values: string and ARN operators do.
// Source: "IAM policy elements: Variables and tags" in the IAM User Guide.
func (b BaseOperator) takesVariables() bool {
	return strings.HasPrefix(string(b), "String") || strings.HasPrefix(string(b), "Arn")
}

var (
	number      = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
	epoch       = regexp.MustCompile(`^[0-9]{9,12}$`)
	dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02"}
)

// checkValue holds a condition value against what its operator compares.
func checkValue(operator BaseOperator, value string) error {
	switch operator {
	case OpBool, OpNull:
		if value != "true" && value != "false" {
			return refuse("is neither true nor false", `write "true" or "false"`)
		}
	case OpNumericEquals,
		OpNumericNotEquals,
		OpNumericLessThan,
		OpNumericLessThanEquals,
		OpNumericGreaterThan,
		OpNumericGreaterThanEquals:
		if !number.MatchString(value) {
			return refuse("is not a number", "write digits, such as 3600")
		}
	case OpDateEquals,
		OpDateNotEquals,
		OpDateLessThan,
		OpDateLessThanEquals,
		OpDateGreaterThan,
		OpDateGreaterThanEquals:
		return checkDate(value)
	case OpIPAddress, OpNotIPAddress:
		if _, err := netip.ParsePrefix(value); err == nil {
			return nil
		}
		if a, err := netip.ParseAddr(value); err != nil || a.Zone() != "" {
			return refuse("is not an IP address or range", "write an address or a range such as 203.0.113.0/24")
		}
	case OpBinaryEquals:
		if _, err := base64.StdEncoding.DecodeString(value); err != nil {
			return refuse("is not base64", "encode the bytes in base64")
		}
	case OpArnEquals, OpArnLike, OpArnNotEquals, OpArnNotLike:
		return checkARNPattern(value)
	}
	return nil
}

// checkDate takes an instant, a day, or seconds since 1970. AWS also takes a year and a month; they are refused,
// because 2026 may be read as seconds since 1970 just as well.
func checkDate(value string) error {
	if epoch.MatchString(value) {
		return nil
	}
	for _, layout := range dateLayouts {
		if _, err := time.Parse(layout, value); err == nil {
			return nil
		}
	}
	return refuse("is not a date", "write an instant with its time zone, such as 2026-12-01T00:00:00Z")
}
