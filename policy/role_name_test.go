package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

const operationPath = "/guardrails/operation/"

// A derived name reads as what the role is for.
func TestARoleNameSaysProjectAndOSUser(t *testing.T) {
	for _, c := range []struct{ project, runAs, want string }{
		{"Test Project 1", "os-user1", "TestProject1-os-user1"},
		{"Test Project 1", "", "TestProject1"},
		{"", "os-user1", "os-user1"},
		{"payments/eu:prod", "ops", "paymentseuprod-ops"},
		{"a+b=c,d.e@f_g-h", "x", "a+b=c,d.e@f_g-h-x"},
		{"Größe", "x", "Gre-x"},
	} {
		assert.Equal(t, c.want, policy.RoleNameFor(c.project, c.runAs, len(operationPath)))
	}
}

// Projects of which no character may stand in a name still give names of their own.
func TestProjectsInOtherScriptsKeepApart(t *testing.T) {
	one := policy.RoleNameFor("プロジェクト一", "os-user1", len(operationPath))
	two := policy.RoleNameFor("プロジェクト二", "os-user1", len(operationPath))
	assert.NotEqual(t, one, two)
	assert.NoError(t, policy.ValidateRoleName(one))
	assert.True(t, strings.HasSuffix(one, "-os-user1"), one)
}

// A name that had to be cut differs from every other that begins alike, and is the same at every run.
func TestCutNamesKeepApart(t *testing.T) {
	long := strings.Repeat("Project", 12)
	a, b := policy.RoleNameFor(
		long+"A",
		"os-user1",
		len(operationPath),
	), policy.RoleNameFor(
		long+"B",
		"os-user1",
		len(operationPath),
	)
	assert.NotEqual(t, a, b)
	assert.Len(t, a, 64-len(operationPath))
	assert.Equal(
		t,
		"ProjectProjectProjectProjectProje-223fa291",
		policy.RoleNameFor(long, "os-user1", len(operationPath)),
	)
	// The parts, not their joined text, are what is hashed.
	assert.NotEqual(
		t,
		policy.RoleNameFor(long+"-a", "b", len(operationPath)),
		policy.RoleNameFor(long, "a-b", len(operationPath)),
	)
}

// A path that leaves no room gives a name that is too long for it, and the check of both says so.
func TestAPathWithoutRoomIsRefusedByTheCheck(t *testing.T) {
	path := "/" + strings.Repeat("a", 60) + "/"
	name := policy.RoleNameFor("Test Project 1", "os-user1", len(path))
	assert.NoError(t, policy.ValidateRoleName(name))
	assert.Error(t, policy.ValidateSwitchRole(path, name))
}

// Every derived name is one that IAM takes and that the console can switch to.
func TestADerivedRoleNameIsAlwaysLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		project := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 _.:/=+@-]{1,256}`)).Draw(t, "project")
		runAs := rapid.StringMatching(`[a-z_][a-z0-9_-]{0,31}`).Draw(t, "runAs")
		path := "/" + rapid.StringMatching(`([a-z]{1,10}/){0,5}`).Draw(t, "path")
		name := policy.RoleNameFor(project, runAs, len(path))
		if err := policy.ValidateRoleName(name); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if err := policy.ValidateSwitchRole(path, name); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if again := policy.RoleNameFor(project, runAs, len(path)); again != name {
			t.Fatalf("%q, then %q", name, again)
		}
	})
}
