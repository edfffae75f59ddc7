package problem_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/problem"
)

// A problem is one line: path, value, why, fix; what is missing is left out.
func TestAProblemReadsAsOneLine(t *testing.T) {
	for want, wrong := range map[string]problem.Problem{
		`mfa.name: "a b" has a space; write none`: {Path: "mfa.name", Value: "a b", Why: "has a space",
			Fix: "write none"},
		`users: is empty`:                    {Path: "users", Why: "is empty"},
		`maxAge: 2000 is too much; use less`: {Path: "maxAge", Value: 2000, Why: "is too much", Fix: "use less"},
		`is too large`:                       {Why: "is too large"},
	} {
		assert.Equal(t, want, wrong.Error())
	}
}

// The section is put before every path but those that are whole.
func TestUnderPutsTheSectionBeforeRelativePaths(t *testing.T) {
	problems := problem.List{
		{
			Path: "name",
		},
		{Path: ""},
		{Path: "[0].name"},
		{Path: "account.id"},
		{Path: "tags.project"},
		{Path: `tags["Team"]`},
		{Path: "tags"},
		{Path: "operationRoles[0].runAs"},
	}
	var paths []problem.Path
	for _, wrong := range problems.Under("users[1]") {
		paths = append(paths, wrong.Path)
	}
	assert.Equal(t, []problem.Path{
		"users[1].name",
		"users[1]",
		"users[1][0].name",
		"account.id",
		"tags.project",
		`users[1].tags["Team"]`,
		"users[1].tags",
		"operationRoles[0].runAs",
	}, paths)
	assert.Equal(t, problem.Path("name"), problems[0].Path, "the problems themselves are left alone")
	assert.Equal(t, problem.Path("name"), problems.Under("")[0].Path)
}

// Two nouns that read one section report its problem once.
func TestMergeDropsWhatIsThereAlready(t *testing.T) {
	first := problem.List{{Path: "account.id", Why: "is bad"}, {Path: "mfa.name", Why: "is bad"}}
	second := problem.List{{Path: "account.id", Why: "is bad"}, {Path: "account.id", Why: "is worse"}}
	assert.Equal(t, "account.id: is bad\nmfa.name: is bad\naccount.id: is worse", first.Merge(second).Error())
}

// Problems come back out of errors, wrapped or not, and no problems are no error.
func TestProblemsComeBackOutOfErrors(t *testing.T) {
	problems := problem.List{{Path: "a"}, {Path: "b"}}
	assert.Equal(t, problems, problem.Of(fmt.Errorf("create: %w", problems.Err())))
	assert.Equal(t, problems[:1], problem.Of(problems[0]))
	assert.Equal(t, "boom", problem.Of(errors.New("boom")).Error())
	assert.Nil(t, problem.Of(nil))
	require.NoError(t, problem.List{}.Err())

	var first *problem.Problem
	require.ErrorAs(t, problems.Err(), &first)
	assert.Equal(t, problem.Path("a"), first.Path)
}

// Problems of a file stand below a headline, each with its place; those of other files name theirs.
func TestProblemsOfAFileHaveAHeadline(t *testing.T) {
	dev := problem.Position{File: "Pulumi.dev.yaml", Line: 3, Column: 5}
	problems := problem.List{
		{Position: dev, Path: "guardrails:mfa.name", Kind: problem.Invalid, Value: "a b", Why: "has a space"},
		{Position: problem.Position{File: "Pulumi.dev.yaml"}, Path: "guardrails:account", Why: "is missing"},
		{Position: problem.Position{File: "Pulumi.yaml", Line: 1, Column: 2}, Why: "is no YAML"},
	}
	assert.Equal(t, "Pulumi.dev.yaml: 3 problems\n"+
		"  3:5 guardrails:mfa.name: \"a b\" has a space\n"+
		"  guardrails:account: is missing\n"+
		"  Pulumi.yaml:1:2 is no YAML", problems.Error())
	assert.Contains(t, problems[:1].Error(), "Pulumi.dev.yaml: 1 problem\n")
}

// A value is shown in quotes and cut where it is long, one that is shown as it was written without; text that does
// something when it is printed is harmless everywhere.
func TestAValueIsShownOnOneLine(t *testing.T) {
	for want, value := range map[string]any{
		"":                                     nil,
		`""`:                                   "",
		`"a\nb"`:                               "a\nb",
		"true":                                 true,
		"3":                                    3,
		"0x1F":                                 problem.Written("0x1F"),
		`"` + strings.Repeat("é", 80) + `"...`: strings.Repeat("é", 81),
	} {
		assert.Equal(t, want, (&problem.Problem{Value: value}).Shown())
	}
	wrong := problem.Problem{Path: "a\rb", Value: problem.Written("c\nd"), Why: "e\x1bf", Fix: "g\u202eh"}
	assert.Equal(t, `a\rb: c\nd e\u001bf; g\u202eh`, wrong.Error())
}

// A path is built step by step, and keys that are no plain words cannot be taken for steps.
func TestPathsAreBuiltOfSteps(t *testing.T) {
	name := problem.Path("guardrails:").Child("users").Index(1).Child("name")
	assert.Equal(t, problem.Path("guardrails:users[1].name"), name)
	assert.Equal(t, problem.Path(`tags["a.b[0]"].x`), problem.Path("tags").Child("a.b[0]").Child("x"))
	assert.Equal(t, problem.Path(`tags["Team"]`), problem.Path("tags").Key("Team"))
	assert.Equal(t, problem.Path("a"), problem.Path("a").Join(""))
	up, found := problem.Path("a.b[0]").Parent()
	assert.Equal(t, problem.Path("a.b"), up)
	assert.True(t, found)
	_, found = problem.Path("").Parent()
	assert.False(t, found)
	assert.True(t, problem.Path("a.b[0]").Within("a.b"))
	assert.False(t, problem.Path("a.bc").Within("a.b"))
}

// Names take the place of numbers, an element without a name loses its number, and numbers in keys are none.
func TestNamesTakeThePlaceOfNumbers(t *testing.T) {
	names := func(list problem.Path, i int) string {
		if list == "roles" && i == 1 {
			return "Admin"
		}
		return ""
	}
	for path, want := range map[problem.Path]problem.Path{
		"roles[1].users[3]": "roles.Admin.users",
		"roles[0].users[3]": "roles.users",
		"mfa.name":          "mfa.name",
		`tags["a[1]"][2].b`: `tags["a[1]"].b`,
		"roles[]":           "roles[]",
		"":                  "",
	} {
		assert.Equal(t, want, path.Named(names))
	}
}
