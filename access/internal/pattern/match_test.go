package pattern_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// * stands for any run of characters and ? for one; nothing else is special.
func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"?", "", false},
		{"?", "ü", true},
		{"a?c", "abc", true},
		{"a*c", "ac", true},
		{"a*c", "abcbc", true},
		{"*a*b*", "xxaxxbxx", true},
		{"*a*b*", "xxbxxaxx", false},
		{"[a-z].+", "[a-z].+", true},
		{"[a-z].+", "abc", false},
		{"bob*", "bobby", true},
		{"BOB", "bob", false},
		{"${aws:username}", "${aws:username}", true},
	} {
		assert.Equal(t, c.want, wildcard.Match(c.pattern, c.value), "%q on %q", c.pattern, c.value)
	}
}

// Actions are compared without regard to case.
func TestActionsIgnoreCase(t *testing.T) {
	assert.True(t, wildcard.MatchAction("SSM:start*", "ssm:StartSession"))
	assert.True(t, wildcard.MatchAction("*", "ssm:StartSession"))
	assert.False(t, wildcard.MatchAction("ssm:Start", "ssm:StartSession"))
}

// The ARN operators compare part by part; the Resource element lets a * that ends a part run on.
func TestARNParts(t *testing.T) {
	for _, c := range []struct {
		why, pattern, arn string
		like, resource    bool
	}{
		{"the same", "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bob", true, true},
		{"case matters", "arn:aws:iam::111122223333:user/Bob", "arn:aws:iam::111122223333:user/bob", false, false},
		{"a path is crossed", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b/c", true, true},
		{"a name without path", "arn:aws:iam::*:role/OSAccess", "arn:aws:iam::111122223333:role/team/OSAccess", false,
			false},
		{"an empty part", "arn:aws:ssm:*::document/AWS-*", "arn:aws:ssm:eu-west-1::document/AWS-StartSSHSession", true,
			true},
		{"an account is not empty", "arn:aws:ssm:*::document/*", "arn:aws:ssm:eu-west-1:111122223333:document/x", false,
			false},
		{"no wildcard crosses a colon", "arn:aws:*:111122223333:x", "arn:aws:s3:eu-west-1:111122223333:x", false,
			false},
		{"too few parts", "arn:aws:s3", "arn:aws:s3:::bucket", false, false},
		{"an open end", "arn:aws:s3:*", "arn:aws:s3:::bucket", false, true},
		{"a * that ends a part runs on", "arn:aws:dynamodb:*:table/prod-*",
			"arn:aws:dynamodb:eu-west-1:111122223333:table/prod-x", false, true},
		{"... and only to what follows", "arn:aws:dynamodb:*:table/prod-*",
			"arn:aws:dynamodb:eu-west-1:111122223333:table/dev-x", false, false},
		{"a * inside a part does not", "arn:aws:s*3:::b", "arn:aws:s:x:3:::b", false, false},
		{"the last part holds colons", "arn:aws:logs:*:*:log-group:a*:b",
			"arn:aws:logs:eu-west-1:111122223333:log-group:ax:b", true, true},
		{"run on over a later colon", "arn:aws:logs:*:log-stream:x",
			"arn:aws:logs:eu-west-1:111122223333:log-group:a:log-stream:x", false, true},
		{"everything", "*", "arn:aws:s3:::bucket", true, true},
		{"no ARN", "*", "*", false, true},
		{"no ARN against a pattern", "arn:aws:s3:::*", "*", false, false},
		{"not an ARN pattern", "bucket:*:::::", "bucket:a:::::", false, false},
	} {
		assert.Equal(t, c.like, wildcard.MatchARN(c.pattern, c.arn), "ArnLike: %s", c.why)
		assert.Equal(t, c.resource, pattern.MatchResource(c.pattern, c.arn), "Resource: %s", c.why)
	}
}

// A pattern made to take long does not.
func TestCraftedPatternsEnd(t *testing.T) {
	assert.False(t, wildcard.Match(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 2000)))
	assert.False(t, pattern.MatchResource("arn:*:*:*:*:"+strings.Repeat("*a", 50)+"b", "arn:"+strings.Repeat("a:", 500)))
}

// globPattern draws from an alphabet in which wildcards, colons and repetition are common.
func globText(alphabet string) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), 0, 10, -1)
}

// The matcher agrees with the regular expression that says the same.
func TestGlobAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, value := globText("ab*?é").Draw(t, "pattern"), globText("abé").Draw(t, "value")
		expression := regexp.QuoteMeta(text)
		expression = strings.ReplaceAll(expression, `\*`, `(?s:.*)`)
		expression = strings.ReplaceAll(expression, `\?`, `(?s:.)`)
		require.Equal(
			t,
			regexp.MustCompile("^"+expression+"$").MatchString(value),
			wildcard.Match(text, value),
			"%q on %q",
			text,
			value,
		)
	})
}

// resourceRegexp is the rule for Resource in another form: in the first five parts a wildcard takes no colon, but for
// a * before one.
func resourceRegexp(text string) *regexp.Regexp {
	var b strings.Builder
	colons := 0
	for i, c := range text {
		runOn := colons >= policy.ARNParts-1 || i+1 == len(text) || text[i+1] == ':'
		switch {
		case c == '*' && runOn:
			b.WriteString("(?s:.*)")
		case c == '*':
			b.WriteString("[^:]*")
		case c == '?' && colons >= policy.ARNParts-1:
			b.WriteString("(?s:.)")
		case c == '?':
			b.WriteString("[^:]")
		default:
			if c == ':' {
				colons++
			}
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.MustCompile("^" + b.String() + "$")
}

// The Resource matcher agrees with the regular expression that says the same, and never matches less than ArnLike.
func TestResourceAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?")), 0, 3, -1)
		text := "arn:" + strings.Join(rapid.SliceOfN(part, 5, 7).Draw(t, "pattern"), ":")
		value := "arn:" + strings.Join(
			rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 3, -1), 4, 8).Draw(t, "value"),
			":",
		)
		got := pattern.MatchResource(text, value)
		require.Equal(t, resourceRegexp(text).MatchString(value), got, "%q on %q", text, value)
		if wildcard.MatchARN(text, value) {
			require.True(t, got, "%q on %q", text, value)
		}
		compiledPattern, err := pattern.ParseARN(text, pattern.PolicyText)
		require.NoError(t, err)
		require.Equal(
			t,
			wildcard.MatchARN(text, value),
			compiledPattern.Match(value, false, nil),
			"%q on %q",
			text,
			value,
		)
	})
}

// FuzzMatch: no pattern makes a matcher panic, a text without wildcards matches itself alone, and * matches everything.
func FuzzMatch(f *testing.F) {
	f.Add("arn:aws:ssm:*:111122223333:document/${aws:username}", "arn:aws:ssm:eu-west-1:111122223333:document/x")
	f.Add("*a?*", "baé\xff")
	f.Add("${aws:PrincipalTag/x, 'y'}", "${*}")
	f.Fuzz(func(t *testing.T, text, value string) {
		got := wildcard.Match(text, value)
		if !strings.ContainsAny(text, "*?") && got != (text == value) {
			t.Fatalf("%q on %q: %t", text, value, got)
		}
		if wildcard.MatchARN(text, value) && !pattern.MatchResource(text, value) {
			t.Fatalf("%q on %q: ArnLike matches and Resource does not", text, value)
		}
		wildcard.MatchAction(text, value)
		for _, mode := range []pattern.TextMode{pattern.PolicyText, pattern.VariableText} {
			if p, err := pattern.ParseARN(text, mode); err == nil {
				p.Match(value, true, nil)
				p.Match(value, false, nil)
			}
		}
		if !wildcard.Match("*", value) || !pattern.MatchResource("*", value) {
			t.Fatalf("* does not match %q", value)
		}
	})
}
