package schema

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Rule is what the schema of the real provider asks of the value of a property, or of each item of a list. The
// provider holds it before AWS sees the value.
//
// The rules of the classic types are those of the files that internal/awstype names for their calls. A length is in
// bytes there, where AWS counts characters: the provider's library takes the length of a Go string
// (helper/validation/strings.go of hashicorp/terraform-plugin-sdk).
type Rule struct {
	// Check says why a known value is refused, or "".
	Check func(resource.PropertyValue) string
	// Broken are values that this rule refuses. For each property with the rule there is one among them that no other
	// of its rules refuses.
	Broken []resource.PropertyValue
	// Words are all texts that are taken, where they are an enumeration.
	Words []string
}

// TextRule is a rule for texts.
func TextRule(check func(string) string, broken ...string) Rule {
	r := Rule{Check: func(v resource.PropertyValue) string { return check(v.StringValue()) }}
	for _, s := range broken {
		r.Broken = append(r.Broken, Text(s))
	}
	return r
}

// Length takes texts of low to high bytes.
func Length(low, high int) Rule {
	broken := []string{strings.Repeat("x", high+1), strings.Repeat("é", high/2) + "xx", "/" + strings.Repeat("x", high)}
	if low > 0 {
		broken = append(broken, strings.Repeat("x", low-1))
	}
	return TextRule(func(s string) string {
		if len(s) < low || len(s) > high {
			return fmt.Sprintf("is expected to have a length of %d to %d bytes, got %d", low, high, len(s))
		}
		return ""
	}, broken...)
}

// Matches takes texts that the pattern matches somewhere, as the provider does; patterns that mean the whole text say
// so themselves.
func Matches(pattern *regexp.Regexp, otherwise string, broken ...string) Rule {
	return TextRule(func(s string) string {
		if !pattern.MatchString(s) {
			return "(" + s + ") " + otherwise
		}
		return ""
	}, broken...)
}

// Between takes numbers from low to high.
func Between(low, high int) Rule {
	return Rule{
		Check: func(v resource.PropertyValue) string {
			if n := v.NumberValue(); n < float64(low) || n > float64(high) {
				return fmt.Sprintf("is expected to be in the range (%d - %d), got %v", low, high, n)
			}
			return ""
		},
		Broken: []resource.PropertyValue{Number(low - 1), Number(high + 1)},
	}
}

// OneOf takes the words as they are written.
func OneOf(words ...string) Rule {
	r := TextRule(func(s string) string {
		if !slices.Contains(words, s) {
			return fmt.Sprintf("is expected to be one of %q, got %s", words, s)
		}
		return ""
	}, "none", strings.ToLower(words[0]), " "+words[0])
	r.Words = words
	return r
}

var (
	resourceName = Matches(regexp.MustCompile(`^[\w+=,.@-]*$`), `must match [\w+=,.@-]`, "a b", "ß", "a/b")
	// PrincipalName is the rule for names of users and groups, whose length AWS alone limits.
	PrincipalName = Matches(
		regexp.MustCompile(`^[0-9A-Za-z=,.@\-_+]+$`),
		"must only contain alphanumeric characters, hyphens, underscores, commas, periods, @ symbols, plus and equals signs",
		"a b",
		"é",
		"a/b",
	)
	DocumentName = Matches(regexp.MustCompile(`^[0-9A-Za-z_.-]+$`),
		"must contain only alphanumeric, underscore, hyphen, or period characters", "a b c", "a/b", "a@b")
	// PersonID is the id of a user or group of an identity store.
	PersonID = Matches(
		regexp.MustCompile(
			`^([0-9a-f]{10}-|)[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`,
		),
		"must match ([0-9a-f]{10}-|)[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
		"alice",
		"90679A9999-11111111-2222-3333-4444-555555555555",
	)
	AccountID = Matches(regexp.MustCompile(`^\d{12}$`),
		"doesn't look like AWS Account ID (exactly 12 digits)", "1111222233334", "11112222333", "production")
)

// NameRules are the rules of a name of IAM.
func NameRules(limit int) []Rule { return []Rule{Length(1, limit), resourceName} }

// Partitions, Regions and accounts of ARNs.
var (
	arnPartition = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	arnRegion    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	arnAccount   = regexp.MustCompile(`^(aws|aws-managed|third-party|\d{12}|cw.{10})$`)
)

// AnARN takes ARNs, and the empty text.
var AnARN = TextRule(func(s string) string {
	parts := strings.SplitN(s, ":", 6)
	invalid := func(why string) string { return fmt.Sprintf("(%s) is an invalid ARN: %s", s, why) }
	switch {
	case s == "":
		return ""
	case parts[0] != "arn":
		return invalid("arn: invalid prefix")
	case len(parts) < 6:
		return invalid("arn: not enough sections")
	case !arnPartition.MatchString(parts[1]):
		return invalid("invalid partition value")
	case parts[3] != "" && !arnRegion.MatchString(parts[3]):
		return invalid("invalid region value")
	case parts[4] != "" && !arnAccount.MatchString(parts[4]):
		return invalid("invalid account ID value")
	case parts[5] == "":
		return invalid("missing resource value")
	}
	return ""
}, "ReadOnlyAccess", "arn:aws:iam::aws", "arn:AWS:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam:tokyo:aws:policy/x",
	"arn:aws:iam::1:policy/x", "arn:aws:iam::aws:")

// NoARN refuses ARNs where a name is meant.
var NoARN = TextRule(func(s string) string {
	if s != "" && AnARN.Check(Text(s)) == "" {
		return "must be the role's name not its ARN"
	}
	return ""
}, "arn:aws:iam::111122223333:role/shop")

// policyText takes JSON objects without a key that stands twice.
var policyText = TextRule(func(s string) string {
	switch {
	case s == "":
		return "is an empty string, which is not a valid JSON value"
	case s[0] == ' ' || s[0] == '\t' || s[0] == '\r' || s[0] == '\n':
		return "contains an invalid JSON policy: leading space characters are not allowed"
	case s[0] == '"':
		return "contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object"
	case s[0] == '[':
		return "contains an invalid JSON policy: contains a JSON array, not a JSON object"
	case s[0] != '{':
		return "contains an invalid JSON policy: not a JSON object"
	}
	if err := json.Unmarshal([]byte(s), new(any)); err != nil {
		return fmt.Sprintf("contains an invalid JSON policy: %v", err)
	}
	if key, twice := twice(s); twice {
		return fmt.Sprintf("contains duplicate JSON keys: duplicate key %q", key)
	}
	return ""
}, "", " {}", `"{}"`, "[{}]", "policy.json", `{"Statement":`, `{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}`)

// jsonText takes what is JSON.
var jsonText = TextRule(func(s string) string {
	if err := json.Unmarshal([]byte(s), new(any)); err != nil {
		return fmt.Sprintf("contains an invalid JSON: %v", err)
	}
	return ""
}, "{", "content.json")

// twice is a key of an object of the JSON text that stands in it twice, and whether there is one.
func twice(s string) (string, bool) {
	type object struct {
		keys map[string]bool
		// value says that a key was read and its value comes next.
		value bool
	}
	var open []*object
	for d := json.NewDecoder(strings.NewReader(s)); ; {
		token, err := d.Token()
		if err == io.EOF || err != nil {
			return "", false
		}
		var in *object
		if len(open) > 0 {
			in = open[len(open)-1]
		}
		delim, isDelim := token.(json.Delim)
		if in != nil && in.keys != nil && !isDelim && !in.value {
			key := token.(string)
			if in.keys[key] {
				return key, true
			}
			in.keys[key], in.value = true, true
			continue
		}
		switch {
		case isDelim && (delim == '}' || delim == ']'):
			open = open[:len(open)-1]
			continue
		case in != nil:
			in.value = false
		}
		if isDelim {
			o := &object{}
			if delim == '{' {
				o.keys = map[string]bool{}
			}
			open = append(open, o)
		}
	}
}
