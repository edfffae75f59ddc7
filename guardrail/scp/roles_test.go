package scp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/match"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
)

// somePattern is the pattern of a role over an alphabet so small that patterns often match the same.
func somePattern() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		account := rapid.SampledFrom([]string{"*", "*", jumpAccount, workloadAccount}).Draw(t, "account")
		return "arn:aws:iam::" + account + ":role/" + rapid.StringMatching(`[ab/*?]{1,5}`).Draw(t, "name")
	})
}

// someRole is an ARN that a pattern matches: every wildcard is filled in.
func filledIn(t *rapid.T, pattern string) string {
	parts := strings.SplitN(pattern, ":", 6)
	if parts[4] == "*" {
		parts[4] = rapid.SampledFrom([]string{jumpAccount, workloadAccount, identityAccount}).Draw(t, "account")
	}
	var name strings.Builder
	for _, r := range parts[5] {
		switch r {
		case '*':
			name.WriteString(rapid.StringMatching(`[ab/c]{0,4}`).Draw(t, "some"))
		case '?':
			name.WriteString(rapid.StringMatching(`[ab/c]`).Draw(t, "one"))
		default:
			name.WriteRune(r)
		}
	}
	parts[5] = name.String()
	return strings.Join(parts, ":")
}

// A pattern that covers another one matches whatever the other matches.
func TestACoveringPatternMatchesWhateverTheOtherMatches(t *testing.T) {
	covered := 0
	rapid.Check(t, func(t *rapid.T) {
		outer, inner := somePattern().Draw(t, "outer"), somePattern().Draw(t, "inner")
		if !scp.Covers(outer, inner) {
			return
		}
		covered++
		for range 5 {
			arn := filledIn(t, inner)
			require.True(t, match.ARN(inner, arn), "test bug: %s does not match %s", inner, arn)
			require.True(t, match.ARN(outer, arn), "%s covers %s, and does not match %s", outer, inner, arn)
		}
	})
	require.Greater(t, covered, 3, "test bug: hardly any pattern covers another")
}

// Whether one pattern covers another, by example.
func TestCovers(t *testing.T) {
	for _, c := range []struct {
		outer, inner string
		want         bool
	}{
		{"*:role/guardrails/*", "*:role/guardrails/osaccess/*", true},
		{"*:role/guardrails/*", "*:role/guardrails/osaccess/x", true},
		{"*:role/guardrails/*", "*:role/guardrails", false},
		{"*:role/guardrails/osaccess/*", "*:role/guardrails/*", false},
		{"*:role/BreakGlass", "111122223333:role/BreakGlass", true},
		{"111122223333:role/BreakGlass", "*:role/BreakGlass", false},
		{"*:role/BreakGlass", "*:role/BreakGlass*", false},
		{"*:role/BreakGlass*", "*:role/BreakGlass", true},
		{"*:role/a?*", "*:role/a*", false},
		{"*:role/a*", "*:role/a?*", true},
		{"*:role/a??", "*:role/a*", false},
		{"*:role/*a", "*:role/a*a", true},
		{"*:role/*", "*:root", false},
	} {
		assert.Equal(
			t,
			c.want,
			scp.Covers("arn:aws:iam::"+c.outer, "arn:aws:iam::"+c.inner),
			"%s covers %s",
			c.outer,
			c.inner,
		)
	}
}

// Dropping what others cover leaves patterns that match the same.
func TestWidestPatternsMatchTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(somePattern(), 1, 5).Draw(t, "patterns")
		kept := scp.Widest(patterns)
		require.NotEmpty(t, kept)
		arn := filledIn(t, rapid.SampledFrom(patterns).Draw(t, "one"))
		require.True(t, scp.CoveredByAny(kept, arn), "%v matches %s, %v does not", patterns, arn, kept)
		require.Subset(t, patterns, kept)
	})
	twice := []string{"arn:aws:iam::*:role/a*", "arn:aws:iam::*:role/a**", "arn:aws:iam::*:role/a*"}
	assert.Equal(t, twice[:1], scp.Widest(twice), "patterns that mean the same do not drop one another")
}

// A role is written as a name in every account or as an ARN, and not so that it means nearly everybody.
func TestRolesThatAreRefused(t *testing.T) {
	for role, want := range map[string]string{
		"":                                     "is not a role",
		"BreakGlass":                           "is not a role",
		"role/":                                "is not a role",
		"role//x":                              "is not a role",
		"user/alice":                           "is not a role",
		"role/a b":                             "is not a role",
		"role/*":                               "matches nearly every role",
		"role/abc*":                            "matches nearly every role",
		"role/?":                               "matches nearly every role",
		"arn:aws:iam::*:role/x":                `names the account "*"`,
		"arn:aws:iam::111122223333:user/alice": "is not a role",
		"arn:aws:iam::aws:role/xxxx":           "is not the ARN of a role",
		"arn:aws:sts::111122223333:assumed-role/x/y":        "is not the ARN of a role",
		"arn:aws-cn:iam::111122223333:role/BreakGlass":      "is of partition aws-cn, and the organization is of aws",
		"role/" + strings.Repeat("x", 65):                   "is not a role: its name is too long",
		"arn:aws:iam::111122223333:role/team/BreakGlass":    "",
		"role/team/BreakGlass":                              "",
		"role/cdk-hnb659fds-cfn-exec-role-*":                "",
		"arn:aws:iam::111122223333:role/pipelines/Deploy-*": "",
	} {
		why, fix := scp.RefusedRole(policy.AWS, role, true)
		assert.Equal(t, want, why, role)
		assert.Equal(t, want == "", fix == "", role)
	}
	why, _ := scp.RefusedRole(policy.AWS, "role/BreakGlass*", false)
	assert.Equal(t, "is a pattern, and this must be one role", why)
}
