package program_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/testkit/stackvalues"
	"aws-access-guardrails/problem"
)

// fullStack is the stack file of the tests that has every section.
const fullStack = "../testkit/stacktest/testdata/Pulumi.full.yaml"

// readProblems are the problems of a stack file that is given as text.
func readProblems(text string) problem.List {
	_, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
	return problems
}

// runProblems runs the program on what the engine would hand over of a stack file, as `pulumi up` runs it: with the
// environment of its own process.
func runProblems(t *testing.T, text string) (problem.List, *mocks.Recorder) {
	t.Helper()
	values, err := stackvalues.Of([]byte(text), []byte(stacktest.Text(t, stacktest.Project)))
	require.NoError(t, err)
	t.Setenv(pulumi.EnvStack, mocks.Stack)
	t.Setenv(pulumi.EnvProject, mocks.Project)
	t.Setenv(pulumi.EnvConfig, asJSON(t, values))
	rec, err := mocks.Run(program.Run, mocks.Config(values))
	require.Error(t, err)
	require.True(t, program.Refused(err), "%v", err)
	var problems problem.List
	require.True(t, errors.As(err, &problems))
	for _, p := range problems {
		assert.ErrorContains(t, err, p.Error(), "the error of the program does not say what is wrong")
	}
	return problems, rec
}

// The fixture itself is in order, or its mutations would prove nothing.
func TestTheFixtureIsInOrder(t *testing.T) {
	stack := read(t, fullStack)
	require.NoError(t, program.Check(stack))
	_, err := deploy(t, fullStack)
	require.NoError(t, err)
}

// The program refuses what it is given in the same words, and registers nothing.
func TestTheProgramIsRefusedAndRegistersNothing(t *testing.T) {
	full := stacktest.Text(t, stacktest.Full)
	for _, r := range stacktest.Refusals {
		t.Run(r.Name, func(t *testing.T) {
			problems, rec := runProblems(t, r.Mutated(t, full))
			r.Holds(t, problems)
			assert.Empty(t, rec.Resources())
			assert.Empty(t, rec.Calls())
		})
	}
}

// Every problem comes in one run, in the order of the file.
func TestEverythingIsSaidAtOnce(t *testing.T) {
	full := stacktest.Text(t, stacktest.Full)
	changes := []struct{ from, to string }{
		{"      email: alice@", "      mail: alice@"},
		{`id: "111122223333"`, "id: 111122223333"},
		{"    - name: bob\n", "    - name: bob\n    - name: Bob\n"},
		{"user/carol", "role/carol"},
		{"runAs: teller", "runAs: root"},
		{"project: Bank", `project: ""`},
		{"managedPolicies: [AdministratorAccess]", "managedPolicies: []"},
		{"regions: [ap-northeast-1, us-east-1]", "regions: []"},
		{"  guardrails:protect: false", "  guardrails:protects: false"},
	}
	for _, c := range changes {
		full = testkit.Replace(t, full, c.from, c.to)
	}
	problems := readProblems(full)
	require.Len(t, problems, len(changes), "%v", problems)
	for i, p := range problems[1:] {
		assert.LessOrEqual(t, problems[i].Line, p.Line)
	}
	assert.ErrorContains(
		t,
		problems,
		"Pulumi.dev.yaml: 9 problems\n  12:9 guardrails:account.id: 111122223333 is a number",
	)

	handed, rec := runProblems(t, full)
	assert.Empty(t, rec.Resources())
	var fromFile, fromEngine []string
	for _, p := range problems {
		fromFile = append(fromFile, p.Error())
	}
	for _, p := range handed {
		fromEngine = append(fromEngine, p.Error())
	}
	assert.ElementsMatch(t, fromFile, fromEngine)
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
