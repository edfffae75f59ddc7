package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/problem"
)

const devStack = "../../Pulumi.dev.yaml"

// changed reads the development stack after changes, each of a text that it has once.
func changed(t testing.TB, changes ...string) *stack.Stack {
	t.Helper()
	data, err := os.ReadFile(devStack)
	require.NoError(t, err)
	return stacktest.ReadText(t, testkit.Replace(t, string(data), changes...))
}

func textOf(t *testing.T, j *Judgement, strict bool, form Form) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, j.WriteText(&out, strict, form))
	return out.String()
}

// The shipped stacks hold, strictly: every waiver and assumption is accepted with a reason.
func TestTheShippedStacksHoldStrictly(t *testing.T) {
	for _, file := range []string{devStack, "../../Pulumi.prod.yaml"} {
		stack, problems := stack.ReadFile(file)
		require.NoError(t, problems.Err())
		j := Stack(stack)
		assert.NoError(t, j.Refusals().Err())
		assert.NoError(t, j.StrictRefusals().Err())
		assert.True(t, j.Holds(true))
		assert.NotEmpty(t, j.Proofs.Findings)
		assert.Len(t, j.Expectations, len(stack.Expect))
	}
}

// What people read of a stack that holds.
func TestAJudgementReadsAsItShould(t *testing.T) {
	testkit.Golden(t, "dev.txt", textOf(t, Stack(changed(t)), true, Whole))
	testkit.Golden(t, "dev_short.txt", textOf(t, Stack(changed(t)), true, Short))
	assert.Equal(
		t,
		"Pulumi.dev.yaml: holds (account 111122223333)\n",
		textOf(t, Stack(changed(t)), true, Brief),
		"a brief one says no more than that",
	)
}

// disproven is a judgement of the shipped stack in which one proof does not hold, with the way that shows it.
func disproven(t *testing.T) *Judgement {
	t.Helper()
	j := Stack(changed(t))
	person := "arn:aws:iam::111122223333:user/non-97-test-user1"
	role := "arn:aws:iam::111122223333:role/guardrails/operation/TestProject1-os-user1"
	engine, err := access.Compile(World(j.Stack))
	require.NoError(t, err)
	arrival, err := journey.Walk(
		engine,
		journey.Journey{From: access.ConsoleWithMFA(person, 0), Via: []journey.Hop{{Role: role}}},
	)
	require.NoError(t, err)
	at := 0
	for i, f := range j.Proofs.Findings {
		if f.ID == "own-project-only" && f.Subject == role {
			at = i
		}
	}
	f := &j.Proofs.Findings[at]
	f.Verdict, f.Problem, f.Witness, f.Unreal = prove.DoesNotHold, "a node of another project can "+
		"be reached", &arrival, prove.Doubt{Why: "its tags are others"}
	return j
}

// A proof that does not hold refuses the stack at the entry that made its subject, with the way that shows it and the
// page that describes it.
func TestAProofThatDoesNotHoldRefusesTheStack(t *testing.T) {
	j := disproven(t)
	refusals := j.Refusals()
	require.Len(t, refusals, 1)
	p := refusals[0]
	assert.Equal(t, problem.Path("guardrails:operationRoles[0]"), p.Path)
	assert.Positive(t, p.Line)
	assert.Equal(t, problem.Unproven, p.Kind)
	assert.Contains(
		t,
		p.Error(),
		`"TestProject1-os-user1" does not pass own-project-only: a node of another project can be reached (AWS does not send this request today: its tags are others)`,
	)
	assert.Contains(
		t,
		p.Error(),
		"1. signs in: arn:aws:iam::111122223333:user/non-97-test-user1 in the console with MFA 0 s ago\n",
	)
	assert.Contains(t, p.Error(), "see docs/safety.md#own-project-only")
	testkit.Golden(t, "disproven.txt", textOf(t, j, false, Short))
}

// A strict check refuses what guardrails:accept does not repeat, and what it repeats for nothing.
func TestAStrictCheckWantsEveryConcessionAccepted(t *testing.T) {
	j := Stack(changed(t, "    - id: mfa.firstPasswordChange\n", "    - id: mfa.firstPasswordChanges\n"))
	assert.Empty(t, j.Refusals())
	assert.True(t, j.Holds(false))
	assert.False(t, j.Holds(true))
	strict := j.StrictRefusals()
	require.Len(t, strict, 2)
	assert.Equal(t, problem.Path("guardrails:accept"), strict[0].Path)
	assert.Contains(
		t,
		strict[0].Error(),
		`"mfa.firstPasswordChange" weakens a proof: their own password is changed before MFA; write {id: "mfa.firstPasswordChange", because: <why that is all right>}, or change it`,
	)
	assert.Equal(t, problem.Path("guardrails:accept[0].id"), strict[1].Path)
	assert.Contains(
		t,
		strict[1].Error(),
		`"mfa.firstPasswordChanges" is nothing that a verdict rests on, and no notice; remove it, or did you mean "mfa.firstPasswordChange"?`,
	)

	assumption := Stack(
		changed(
			t,
			"    - id: \"444455556666\"\n      because: whether the guest may leave the other account is for its own "+
				"guardrails to say\n",
			"",
		),
	)
	strict = assumption.StrictRefusals()
	require.Len(t, strict, 1)
	assert.Contains(t, strict[0].Error(), `"444455556666" is assumed: `)
	assert.Contains(
		t,
		textOf(t, assumption, true, Brief),
		"  assumed\n    444455556666 (not accepted)\n",
		"a brief one shows why it does not hold",
	)
}

// A notice is quiet once guardrails:accept repeats its id with a reason, by the name of the role that it speaks of;
// another role's notice is not, and an entry for a notice that is not given is refused by a strict check.
func TestANoticeThatIsAcceptedIsQuiet(t *testing.T) {
	const accept = "  guardrails:accept:\n"
	roles := "  guardrails:delegatedRoles:\n" +
		"    - {name: First, users: [non-97-test-user1], managedPolicies: [PowerUserAccess]}\n" +
		"    - {name: Second, users: [non-97-test-user1], managedPolicies: [PowerUserAccess]}\n"
	notes := func(j *Judgement, form Form) []string {
		var found []string
		for line := range strings.Lines(textOf(t, j, false, form)) {
			if strings.HasPrefix(line, "  note") {
				found = append(found, line)
			}
		}
		return found
	}
	both := Stack(changed(t, accept, roles+accept))
	require.Len(t, notes(both, Short), 2)
	one := Stack(
		changed(t, accept, roles+accept+"    - {id: delegatedRoles.Second, because: nodes are in one Region}\n"),
	)
	assert.Len(t, notes(one, Short), 1)
	assert.Contains(t, notes(one, Short)[0], `"First" opens shells`)
	assert.Len(t, notes(one, Whole), 2)
	assert.Contains(t, notes(one, Whole)[1], "(accepted: nodes are in one Region)")
	assert.NotContains(t, fmt.Sprint(one.StrictRefusals()), "delegatedRoles.Second")
	idle := Stack(changed(t, accept, accept+"    - {id: delegatedRoles.Second, because: x}\n"))
	assert.ErrorContains(
		t,
		idle.StrictRefusals().Err(),
		`"delegatedRoles.Second" is nothing that a verdict rests on, and no notice`,
	)
}

// The names of people of other stacks are known by the alias of their account and by the name of its stack.
func TestPeopleOfOtherStacksAreNamedByAliasAndStack(t *testing.T) {
	home, problems := stack.Read(stackfile.Source{File: "Pulumi.home.yaml", Data: []byte(`config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", alias: people}
  guardrails:mfa: {roleAccounts: ["111122223333"]}
  guardrails:users: [{name: non-97-test-user3}]
`)}, nil)
	require.NoError(t, problems.Err())
	for _, name := range []string{"people/non-97-test-user3", "home/non-97-test-user3"} {
		s := changed(t, guest, "      as: "+name+"\n")
		s.Siblings = []stackfile.Sibling{{Stack: "home", Alias: "people", AccountID: "444455556666"}}
		j := judge(time.Time{}, []*stack.Stack{s, home}, s)[0]
		assert.NoError(t, j.Refusals().Err(), name)
		for _, c := range j.Concessions() {
			assert.NotEqual(t, "444455556666", c.ID, "the account is there to be read, so nothing is assumed of it")
		}
	}
}

// guest is the line of the fixture that names somebody of another account.
const guest = "      as: arn:aws:iam::444455556666:user/non-97-test-user3\n"

// An expectation about people of a stack whose file is refused is not blamed for it: the file is told.
func TestAnExpectationAboutAStackThatIsRefusedSaysSo(t *testing.T) {
	s := changed(t, guest, "      as: people/non-97-test-user3\n")
	s.Siblings = []stackfile.Sibling{{Stack: "home", Alias: "people", AccountID: "444455556666"}}
	err := judge(time.Time{}, []*stack.Stack{s}, s)[0].Refusals().Err()
	assert.ErrorContains(
		t, err, `"people/non-97-test-user3" is of the stack home, whose file is refused; mend Pulumi.home.yaml first`,
	)
	s.Siblings[0].Alias = "others"
	err = judge(time.Time{}, []*stack.Stack{s}, s)[0].Refusals().Err()
	assert.ErrorContains(t, err, "names an account that this world does not have")
}

// Machines get every proof with its subjects, every expectation, and what the verdicts rest on; lists are there when
// they are empty.
func TestAJudgementForMachines(t *testing.T) {
	data, err := json.Marshal(disproven(t).Summarize())
	require.NoError(t, err)
	assert.NotContains(t, string(data), "null")
	var got Summary
	require.NoError(t, json.Unmarshal(data, &got))
	verdicts := map[string]string{}
	for _, p := range got.Proofs {
		verdicts[p.ID] = p.Verdict
		assert.NotEmpty(t, p.Claim, p.ID)
		assert.Equal(t, "docs/safety.md#"+p.ID, p.Page)
		assert.NotEmpty(t, p.Findings, p.ID)
	}
	assert.Equal(t, "does not hold", verdicts["own-project-only"])
	assert.Equal(t, "holds if", verdicts["declared-journeys-work"])
	assert.Equal(t, "holds", verdicts["no-mfa-no-access"])
	require.NotEmpty(t, got.Expectations)
	first := got.Expectations[0]
	assert.Equal(t, "ALLOWED", first.Expected)
	assert.Equal(t, "holds", first.Verdict)
	require.Len(t, got.Waived, 1)
	assert.Equal(t, "mfa.firstPasswordChange", got.Waived[0].ID)
	require.Len(t, got.Assumed, 1)
	assert.NotEmpty(t, got.Assumed[0].Accepted)
	assert.Positive(t, got.Classes)
}

// The same stack is judged the same way every time.
func TestJudgingIsTheSameEveryTime(t *testing.T) {
	first := textOf(t, Stack(changed(t)), true, Whole)
	for range 5 {
		assert.Equal(t, first, textOf(t, Stack(changed(t)), true, Whole))
	}
}

// An expectation that is not met is a problem on its line, with what was expected, what came of it, and why.
func TestAnExpectationThatIsNotMetRefusesTheStack(t *testing.T) {
	j := Stack(changed(t, "      denied: true\n      because: DenyOtherWaysOntoNodes\n", "      allowed: true\n"))
	refusals := j.Refusals()
	require.Len(t, refusals, 1)
	p := refusals[0]
	assert.Equal(t, problem.Unproven, p.Kind)
	assert.Regexp(t, `^guardrails:expect\[\d+\]$`, string(p.Path))
	assert.Positive(t, p.Line)
	assert.Equal(t, `"nobody runs commands as root"`, p.Shown())
	assert.Contains(
		t,
		p.Why,
		`does not hold: non-97-test-user1 (console with MFA) via TestProject1-os-user1 -> sendCommand on an instance tagged Project="Test Project 1": expected ALLOWED, got DENIED`,
	)
	assert.Contains(t, p.Why, "by guardrails-operation-guard/DenyOtherWaysOntoNodes")
	assert.False(t, j.Holds(false))
	assert.Contains(
		t,
		textOf(t, j, false, Brief),
		"Pulumi.dev.yaml: does not hold (account 111122223333)\n  FAIL  nobody runs commands as root\n",
	)
}

// An expectation about somebody who does not exist is a problem on the key that is wrong.
func TestAnExpectationAboutNobodyRefusesTheStack(t *testing.T) {
	j := Stack(
		changed(
			t,
			"    - it: user2 has no business in project 1\n      as: non-97-test-user2\n",
			"    - it: user2 has no business in project 1\n      as: non-97-test-user4\n",
		),
	)
	refusals := j.Refusals()
	require.Len(t, refusals, 1)
	assert.True(t, strings.HasSuffix(string(refusals[0].Path), ".as"), refusals[0].Path)
	assert.Contains(
		t,
		refusals[0].Error(),
		`"user2 has no business in project 1" cannot be judged: as: "non-97-test-user4" is no user of account 111122223333; did you mean "non-97-test-user1"?`,
	)
}

// BenchmarkJudge is what proofs and expectations add to reading a stack file.
func BenchmarkJudge(b *testing.B) {
	stack := changed(b)
	for b.Loop() {
		if j := Stack(stack); !j.Holds(true) {
			b.Fatal("the shipped stack does not hold")
		}
	}
}
