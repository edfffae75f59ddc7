package components_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/problem"
)

// A problem is one line: path, value, why, fix; what is missing is left out.
func TestAProblemReadsAsOneLine(t *testing.T) {
	for want, problem := range map[string]problem.Problem{
		`mfa.name: "a b" has a space; write none`: {Path: "mfa.name", Value: "a b", Why: "has a space",
			Fix: "write none"},
		`users: is empty`:                    {Path: "users", Why: "is empty"},
		`maxAge: 2000 is too much; use less`: {Path: "maxAge", Value: 2000, Why: "is too much", Fix: "use less"},
		`is too large`:                       {Why: "is too large"},
	} {
		assert.Equal(t, want, problem.Error())
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
	var paths []string
	for _, problem := range problems.Under("users[1]") {
		paths = append(paths, problem.Path)
	}
	assert.Equal(t, []string{
		"users[1].name",
		"users[1]",
		"users[1][0].name",
		"account.id",
		"tags.project",
		`users[1].tags["Team"]`,
		"users[1].tags",
		"operationRoles[0].runAs",
	}, paths)
	assert.Equal(t, "name", problems[0].Path, "the problems themselves are left alone")
	assert.Equal(t, "name", problems.Under("")[0].Path)
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

	var problem *problem.Problem
	require.ErrorAs(t, problems.Err(), &problem)
	assert.Equal(t, "a", problem.Path)
}
