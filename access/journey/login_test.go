package journey_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// The evaluator says of every kind of name what the agent does with it.
func TestALoginIsReadAsTheAgentReadsIt(t *testing.T) {
	n := &world.Node{Kind: world.Instance}
	for _, c := range []struct {
		what, name, login string
		fails, unknown    bool
		superuser         bool
	}{
		{"a plain login", "alice", "alice", false, false, false},
		{"a login with a dot", "dave.smith", "dave.smith", false, false, false},
		{"a login with capitals", "DaveS", "DaveS", false, false, false},
		{"a login of a domain", "dave@corp.example", "dave@corp.example", false, false, false},
		{"a login between spaces", " alice ", "alice", false, false, false},
		{"a login in other letters", "山田", "山田", false, false, false},
		{"a long login", "a-login-of-more-than-thirty-two-characters", "a-login-of-more-than-thirty-two-characters",
			false, false, false},
		{"a number", "1000", "1000", false, true, false},
		{"a number with a sign", "+1000", "+1000", false, true, false},
		{"the number of root", "0", "", true, false, false},
		{"the number of root, longer", "+000", "", true, false, false},
		{"root", "root", "", true, false, false},
		{"root between spaces", " root", "", true, false, false},
		{"the user of the agent between spaces", "ssm-user ", "ssm-user", false, false, true},
		{"two words", "alice bob", "", true, false, false},
		{"an option", "-un", "", true, false, false},
		{"nothing", "", "", true, false, false},
		{"spaces", "   ", "", true, false, false},
	} {
		got := journey.Login(n, c.name, "named by a test")
		assert.Equal(t, c.login, got.Name, c.what)
		assert.Equal(t, c.fails, got.Fails, c.what)
		assert.Equal(t, c.unknown, got.Unknown, c.what)
		assert.Equal(t, c.superuser, got.Superuser, c.what)
		assert.NotEmpty(t, got.How, c.what)
	}
	known := &world.Node{Kind: world.Instance, OSUsers: []string{"alice"}}
	assert.Equal(t, "alice", journey.Login(known, "alice ", "").Name)
	assert.True(t, journey.Login(known, "bob", "").Fails)
}

// Every value with which the agent would open a shell as somebody else than the login that is written, or as one with
// privileges, is in a class of illegal logins; and a login that is written as people write them is in none.
func TestIllegalLoginsAreAllThatTheAgentReadsOtherwise(t *testing.T) {
	matched := func(name string, domain bool) bool {
		for _, pattern := range world.IllegalLoginPatterns(domain) {
			if wildcard.Match(pattern, name) || pattern == name {
				return true
			}
		}
		return false
	}
	n := &world.Node{Kind: world.Instance}
	for _, name := range []string{
		"", " ", "-", "-u", "0", "00", "1000", "1", "+1", "9zz", "root", "root ", " root", "ssm-user", "ssm-user ", "alice ", " alice", "a b", "ec2-user", "ubuntu", "admin",
		"+", "dave@corp.example", "@", "centos",
	} {
		assert.True(t, matched(name, false), "%q", name)
		user := journey.Login(n, name, "")
		if _, image := claims.SudoOfImages(name); user.Name == name && !user.Unknown && !user.Superuser && !image {
			assert.True(
				t,
				policy.ValidateOSUser(name) != nil || strings.Contains(name, "@"),
				"%q is a login as people write them, and is denied",
				name,
			)
		}
	}
	for _, name := range []string{"alice", "dave.smith", "DaveS", "_svc", "a1", "rooty", "my-ssm-user", "ubuntu2", "ROOT", "Ec2-User"} {
		assert.False(t, matched(name, false), "%q", name)
		assert.Equal(t, name, journey.Login(n, name, "").Name)
	}
	assert.False(t, matched("dave@corp.example", true))
	for _, l := range world.IllegalLogins(false) {
		assert.NotEmpty(t, l.Why, l.Pattern)
	}
}
