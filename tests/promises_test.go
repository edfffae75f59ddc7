package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// promising are the words with which a message or a page promises what will happen in an account, or that nothing is
// left to do.
var promising = regexp.MustCompile(
	`(?i)\bputs? (it |them )?back\b|\bup puts\b|another up (would|changes)|nothing to do\b` +
		`|\b(run|runs) (it|them|the same( command)?) again\b|the same command again|goes on where it stopped|\bis finished by\b`,
)

// verdict are the words with which a message or the prose of a page says that something is proven, or that a way is
// shut. Console blocks of pages are left out: tests run what they show.
var verdict = regexp.MustCompile(`(?i)\bholds\b|\b(is|are|stays?|remains?) (closed|shut)\b`)

// still are the words with which a message or a page says that nothing is changed, or that something goes or changes with
// a later run.
var still = regexp.MustCompile(
	`(?i)\bnothing (is|was|has been) changed\b|\bchange[sd]? nothing\b|\bstays? as (it was|they were)\b` +
		"|\\bthe (next up|up after|`up` after)\\b",
)

// contains follows "holds" where it means that something is in another thing, or is held against it: no verdict.
var contains = regexp.MustCompile(
	`^ (an?|the|them|it|no|what|who|every|something|files|names|recorded|secrets|that both|%s)\b|^ %s`,
)

// promise is a sentence that promises, with the test that holds it.
type promise struct {
	// file has the sentence; says is enough of it to find it, and holds the words that promise.
	file, says string
	// heldBy are the tests that fail when the sentence is not true.
	heldBy []string
}

// promises are all of them. A sentence that is not here fails: name the test that holds it, or change the sentence.
var promises = []promise{
	{"README.md", "Run it again and nothing changes", []string{"TestShippedStacksDeployAndStay"}},
	{"README.md", "the next run puts it back", []string{"TestWhatSomebodyChangesByHandIsNamedAndPutBack"}},
	{"docs/admin-guide.md", "list what they put back", []string{"TestUpReadsFirstAndPutsBack"}},
	{
		"docs/admin-guide.md",
		"the break-glass role puts it back",
		[]string{"TestTheRenderedPolicyIsEnoughAndNothingInItIsIdle"},
	},
	{"docs/field-tests.md", "run `guardrails up`, which puts it back", []string{"TestUpReadsFirstAndPutsBack"}},
	{"docs/reference.md", "is neither seen nor put back", []string{"TestUpReadsFirstAndPutsBack"}},
	{"docs/reference.md", "whether another up would change anything", []string{"TestTheReadBackSaysWhatAnotherUpDoes"}},
	{
		"docs/runs.md",
		"run the same command again",
		[]string{
			"TestOneUpEndsWhatWasDisturbed",
			"TestUpAgainEndsWhereAnUndisturbedRunEnds",
			"TestAKilledRunIsFinishedByRunningItAgain",
		},
	},
	{"docs/runs.md", "changed by hand, and put back", []string{"TestWhatARunDidNotComeToIsNotPutBack"}},
	{"docs/runs.md", "Where the plan finds nothing to do", []string{"TestShippedStacksDeployAndStay"}},
	{"docs/runs.md", "What is put back goes the way", []string{"TestDeniesGoBackBeforeAllows"}},
	{
		"docs/runs.md",
		"one that somebody changed is put back",
		[]string{"TestABoundGoesOnlyWhenItIsNamed", "TestWhatSomebodyChangesByHandIsNamedAndPutBack"},
	},
	{"docs/runs.md", "what it put back and what it did not come to", []string{"TestWhatARunDidNotComeToIsNotPutBack"}},
	{
		"docs/runs.md",
		"a signal ended the command; run it again",
		[]string{"TestAnInterruptedCommandIsFinishedByRunningItAgain"},
	},
	{"docs/sandbox.md", "the line that puts it back", []string{"TestACutSandboxIsPutBackByTheLineThatItPrints"}},
	{"cmd/guardrails/up.go", "What somebody changed by hand is put back", []string{"TestUpReadsFirstAndPutsBack"}},
	{
		"cmd/guardrails/up.go",
		"interrupted goes on where it stopped",
		[]string{"TestAnInterruptedCommandIsFinishedByRunningItAgain"},
	},
	{"cmd/guardrails/up.go", "another up would change anything", []string{"TestTheReadBackSaysWhatAnotherUpDoes"}},
	{"cmd/guardrails/drift.go", `"up" puts back what somebody changed`, []string{"TestDriftPromisesWhatUpDoes"}},
	{"cmd/guardrails/preview.go", `"up" puts back`, []string{"TestUpReadsFirstAndPutsBack"}},
	{"cmd/guardrails/flags.go", "is neither seen nor put back", []string{"TestUpReadsFirstAndPutsBack"}},
	{
		"internal/start/project.go",
		"what somebody changed by hand is put back",
		[]string{"TestTheShippedProjectsReadFirst"},
	},
	{
		"internal/workspace/sandboxhome/state.go",
		"the sandbox was put back to what it was before the command: make room, and run it again",
		[]string{"TestASandboxThatACommandBreaksIsPutBack"},
	},
	{
		"internal/workspace/sandboxhome/state.go",
		"puts back what it was before",
		[]string{"TestACutSandboxIsPutBackByTheLineThatItPrints"},
	},
	{"docs/runs.md", "how many of them `up` puts back", []string{"TestDriftPromisesWhatUpDoes"}},
	{"docs/admin-guide.md", "`up` puts back what somebody changed", []string{"TestDriftPromisesWhatUpDoes"}},
	{
		"internal/workspace/status.go",
		"interrupted; run it again to go on",
		[]string{"TestAnInterruptedCommandIsFinishedByRunningItAgain"},
	},
	{"internal/workspace/result/print.go", "is not seen, and not put back", []string{"TestUpReadsFirstAndPutsBack"}},
	{
		"internal/workspace/result/print.go",
		"changed by hand, and put back",
		[]string{"TestWhatARunDidNotComeToIsNotPutBack"},
	},
	{"internal/workspace/result/print.go", "and up puts it back", []string{"TestWhatARunDidNotComeToIsNotPutBack"}},
	{
		"internal/workspace/result/print.go",
		"and not put back, because the run ended before",
		[]string{"TestWhatARunDidNotComeToIsNotPutBack"},
	},
	{
		"internal/workspace/lock.go",
		"wait until it ends, or end it, and run the same again",
		[]string{"TestWhoHoldsALockDecides"},
	},
	{"internal/workspace/result/shut.go", "run it again", []string{"TestShutTimesSayWhatIsKnown"}},
	{"internal/workspace/verify.go", "another up would", []string{"TestTheReadBackSaysWhatAnotherUpDoes"}},
}

// verdictSentences are the sentences of verdicts, as promises are.
var verdictSentences = []promise{
	{"README.md", "Exit status: 0 holds", []string{"TestExitStatuses"}},
	{
		"README.md",
		"| holds if | the claim holds when",
		[]string{"TestProofsAgreeWithTheSolver", "TestProofsAssumeTheWorstOfUnknownPolicies"},
	},
	{
		"docs/expectations.md",
		"An expectation that depends on it holds",
		[]string{"TestStrangersMeetExpectationsUnderAssumptions"},
	},
	{"docs/organization.md", "Nothing is shut yet", []string{"TestShutTimesSayWhatIsKnown"}},
	{"docs/organization.md", "until the window is shut", []string{"TestRevokedGrantEndsNow"}},
	{"docs/page.md", "green what holds", []string{"TestDoorsOfOneOSUserStandTogether"}},
	{"docs/reference.md", "leave out everything that holds", []string{"TestTheShippedStacksHoldStrictly"}},
	{"docs/reference.md", "Exit status: 0 holds or done", []string{"TestExitStatuses"}},
	{
		"docs/reference.md",
		"the other doors are shut when these are there",
		[]string{"TestEveryOrderIsKeptHoweverLateRegistrationsAre"},
	},
	{"docs/runs.md", "How long shells are shut", []string{"TestShutTimesSayWhatIsKnown"}},
	{"docs/runs.md", "done, or holds", []string{"TestExitStatuses"}},
	{"docs/safety.md", "**Verdicts.** *holds*", []string{"TestProofsAgreeWithTheSolver"}},
	{"docs/safety.md", "*holds if*, with what is assumed", []string{"TestProofsAssumeTheWorstOfUnknownPolicies"}},
	{"docs/safety.md", "A claim that holds despite a switch", []string{"TestWaiversNameTheirSwitch"}},
	{"docs/safety.md", "the door stays shut whatever else somebody attaches", []string{"TestProtectionHolds"}},
	{"docs/safety.md", "the verdict is then *holds if*", []string{"TestProofsAssumeTheWorstOfUnknownPolicies"}},
	{
		"docs/safety.md",
		"the claim holds if the resource's policy",
		[]string{"TestResourcesOfOtherAccountsAreNotTakenToBeShut"},
	},
	{"docs/safety.md", "the claim holds *if* Identity Center asks", []string{"TestBothHalvesOfAnAssumedRoleAreWanted"}},
	{"docs/safety.md", "the claim holds if it is (`document/NAME`)", []string{"TestWhatCannotBeReadIsAssumed"}},
	{"docs/safety.md", "the claim holds if that was taken away", []string{"TestLoginsOfImagesAreAssumedToHaveNoSudo"}},
	{"docs/safety.md", "the claim holds if they turn Run As on", []string{"TestWhatCannotBeReadIsAssumed"}},
	{"docs/safety.md", "it holds if the policies there let them", []string{"TestBothHalvesOfAnAssumedRoleAreWanted"}},
	{"docs/safety.md", "The claim then holds *if* those whom no document", []string{"TestProtectionHolds"}},
	{"docs/safety.md", "it holds *if* the partner keeps", []string{"TestTrustOfAPartner"}},
	{"docs/safety.md", "its shells are shut", []string{"TestEveryDoorIsShutForAdministratorsAndOpenForBreakGlass"}},
	{
		"docs/safety.md",
		"in accounts whose doors are closed",
		[]string{"TestEveryDoorIsShutForAdministratorsAndOpenForBreakGlass"},
	},
	{"docs/safety.md", "What is closed are shells and desktops", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"docs/safety.md", "the project tag alone is closed", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"docs/safety.md", "is closed as far as characters go", []string{"TestTheWriterIsHarmless"}},
	{"access/prove/proof_finding.go", "holds", []string{"TestProofsAgreeWithTheSolver"}},
	{"access/doors/access.go", "the project tag alone is closed", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"cmd/guardrails/check.go", "leave out everything that holds", []string{"TestTheShippedStacksHoldStrictly"}},
	{"cmd/guardrails/init.go", `"check --strict" holds`, []string{"TestWhatIsAnsweredHolds"}},
	{"cmd/guardrails/root.go", "It exits with 0 when what was asked for holds", []string{"TestExitStatuses"}},
	{
		"internal/stackfile/sections/grants.go",
		"from which the grant holds",
		[]string{"TestEveryKindOfGrantOpensAndEndsToTheSecond"},
	},
	{"docs/stack-file.md", "from which the grant holds", []string{"TestEveryKindOfGrantOpensAndEndsToTheSecond"}},
	{"docs/stack-file.md", "another project stays shut", []string{"TestAnExpectationThatIsNotMetRefusesTheStack"}},
	{"docs/expectations.md", "another project stays shut", []string{"TestAnExpectationThatIsNotMetRefusesTheStack"}},
	{"README.md", "another project stays shut", []string{"TestAnExpectationThatIsNotMetRefusesTheStack"}},
	{
		"internal/stackfile/sections/expect.go",
		"another project stays shut",
		[]string{"TestAnExpectationThatIsNotMetRefusesTheStack"},
	},
	{
		"internal/stackfile/sections/sections.go",
		"another project stays shut",
		[]string{"TestAnExpectationThatIsNotMetRefusesTheStack"},
	},
	{
		"internal/stackfile/sections/organization.go", "which doors to operating systems are closed",
		[]string{"TestEveryDoorIsShutForAdministratorsAndOpenForBreakGlass"},
	},
	{"access/doors/access.go", "the trust of guarded roles is closed", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"docs/safety.md", "the trust of guarded roles is closed", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"access/doors/shell.go", "which are closed as such", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{"docs/safety.md", "which are closed as such", []string{"TestEveryRowIsClosedOrSaysWhyNot"}},
	{
		"docs/safety.md",
		"(`ec2messages`), shells open, and the claim holds if nobody minds",
		[]string{"TestALogThatIsNotWrittenIsWhatAShellRestsOn"},
	},
	{
		"docs/expectations.md",
		"the expectation holds *if* the resource has tags",
		[]string{"TestTheTagsOfWhatAnARNNamesAreNotTakenToBeNone"},
	},
	{"policy/parse.go", "holds", []string{"TestParseRefusesWhatThePolicyLanguageDoesNotHave"}},
	{"internal/terminal/color.go", "holds", []string{"TestCheckFitsTheTerminal"}},
	{
		"components/orders.go",
		"the other doors are shut when these are there",
		[]string{"TestEveryOrderIsKeptHoweverLateRegistrationsAre"},
	},
	{"internal/view/audit/audit.go", "holds", []string{"TestWhatDiffersFromTheStackFileIsAFinding"}},
	{"internal/judge/text.go", "holds", []string{"TestTheShippedStacksHoldStrictly"}},
	{"internal/view/page/proofs.go", "holds", []string{"TestKeptVerdictsAreThoseThatWouldBeFound"}},
}

// stillSentences are the sentences about what does not change, or not yet, as promises are.
var stillSentences = []promise{
	{"docs/admin-guide.md", "and changes nothing; status 1", []string{"TestWhatOnlyLooksChangesNothing"}},
	{
		"docs/adopt.md",
		"reads the account and changes nothing in it",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"docs/adopt.md",
		"the `up` after it takes the user out of the groups",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{"docs/first-organization.md", "It changes nothing, and nobody types", []string{"TestWhatIsSavedOfAWSIsReadAlone"}},
	{"docs/runs.md", "`preview` and `drift` change nothing", []string{"TestWhatOnlyLooksChangesNothing"}},
	{"docs/runs.md", "it changes nothing that is deployed", []string{"TestTheEnginesKeyIsWrittenIntoTheFileAsItIs"}},
	{
		"docs/runs.md",
		"Where the backend has no copy that can be read, nothing is changed",
		[]string{"TestABrokenFileBackendIsPutRightByOneUp"},
	},
	{"docs/runs.md", "nothing is changed anywhere", []string{"TestEveryAccountIsLookedAtBeforeAnythingChanges"}},
	{"docs/runs.md", "It changes nothing, in AWS or in the state", []string{"TestWhatOnlyLooksChangesNothing"}},
	{"docs/runs.md", "ends at once and has changed nothing", []string{"TestTheFirstSignalEndsAVerbThatReads"}},
	{"docs/safety.md", "a role that opens sessions changes nothing but what it is for", []string{"TestEveryProofHasItsSection"}},
	{
		"docs/sandbox.md",
		"the world stays as it was",
		[]string{"TestMistakesInTheWorldFileAreRefused", "TestPlantsThatCannotBeAreRefused"},
	},
	{
		"access/claims/list.go",
		"a role that opens sessions changes nothing but what it is for",
		[]string{"TestEveryProofHasItsSection"},
	},
	{"cmd/guardrails/main.go", "nothing was changed in any account", []string{"TestTheFirstSignalEndsAVerbThatReads"}},
	{
		"cmd/guardrails/person.go",
		"The next up of the account takes the policies",
		[]string{"TestWhatSomebodyAddsIsNamedAndTakenAway"},
	},
	{"cmd/guardrails/up.go", "Nothing is changed anywhere when the plan", []string{"TestOfARefusalNoOtherStackFails"}},
	{
		"cmd/guardrails/drift.go",
		"Nothing is changed, in AWS or in the state",
		[]string{"TestWhatOnlyLooksChangesNothing"},
	},
	{"cmd/guardrails/preview.go", "Nothing is changed", []string{"TestWhatOnlyLooksChangesNothing"}},
	{"internal/edit/write.go", "nothing was changed", []string{"TestAReadOnlyPlaceIsSaid"}},
	{
		"internal/workspace/status.go",
		"the next up changes it in place",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"internal/workspace/beside.go",
		"the up after this one takes that away",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"internal/workspace/gate_tree.go",
		"which changes nothing that is deployed",
		[]string{"TestTheEnginesKeyIsWrittenIntoTheFileAsItIs"},
	},
	{
		"internal/workspace/session_steps.go",
		"nothing was changed, because",
		[]string{"TestEveryAccountIsLookedAtBeforeAnythingChanges", "TestOfARefusalNoOtherStackFails"},
	},
	{"internal/workspace/backend_files.go", "changes nothing", []string{"TestABrokenFileBackendIsPutRightByOneUp"}},
	{"internal/workspace/result/print.go", "nothing was changed", []string{"TestHeadingsSayHowItEnded"}},
	{"internal/workspace/sandboxhome/state.go", "nothing was changed; make room", []string{"TestARunWithoutRoomIsRefusedBeforeItBegins"}},
	{
		"internal/program/main.go",
		"the next up changes it in place",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"internal/refusal/rows.go",
		"the next up changes it in place",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"cmd/guardrails/adopt.go",
		"lists what the next up imports and then changes in place",
		[]string{"TestWhatExistsIsAdoptedAndChangedInPlace"},
	},
	{
		"internal/change/settings.go",
		"they stay as they were until somebody changes them",
		[]string{"TestAttributesAreAdoptedAndRegionsKeepTheirPreferences"},
	},
}

// wordsByFile are the lines of the pages, and the texts in the product's source, by file.
func wordsByFile(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, "../README.md") {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		all[filepath.ToSlash(strings.TrimPrefix(page, "../"))] = prose(string(data))
	}
	for _, room := range []string{"access", "cmd", "components", "guardrail", "internal", "policy", "problem"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
			ast.Inspect(file, func(node ast.Node) bool {
				if _, ok := node.(*ast.Field); ok {
					return false // Its tag is no message.
				}
				if text, ok := node.(*ast.BasicLit); ok && text.Kind == token.STRING {
					if value, err := strconv.Unquote(text.Value); err == nil {
						// Where the lines of a text break is of no consequence.
						all[name] = append(all[name], strings.ReplaceAll(value, "\n", " "))
					}
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	return all
}

// addresses are those of links, which are names of files.
var addresses = regexp.MustCompile(`\]\([^)]*\)`)

// prose are the lines of a page without the addresses of links, and without what commands print, which tests run.
func prose(page string) (lines []string) {
	console := false
	for _, line := range strings.Split(page, "\n") {
		switch fence := strings.TrimSpace(line); {
		case strings.HasPrefix(fence, "```console"):
			console = true
		case strings.HasPrefix(fence, "```"):
			console = false
		}
		if !console {
			lines = append(lines, addresses.ReplaceAllString(line, "]"))
		}
	}
	return lines
}

// Every sentence that promises is held by a test that is there, and a new one is not taken without.
func TestEveryPromiseNamesTheTestThatHoldsIt(t *testing.T) {
	t.Parallel()
	exists := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(data, -1) {
			exists[string(m[1])] = true
		}
		return err
	}))
	for _, words := range []struct {
		list []promise
		hits func(line string) [][]int
	}{
		{promises, func(line string) [][]int { return promising.FindAllStringIndex(line, -1) }},
		{verdictSentences, verdictsIn},
		{stillSentences, func(line string) [][]int { return still.FindAllStringIndex(line, -1) }},
	} {
		used := make([]bool, len(words.list))
		for file, lines := range wordsByFile(t) {
			for _, line := range lines {
				for _, hit := range words.hits(line) {
					held := strings.HasSuffix(line[:hit[0]], "could not be ") // It says what did not come true.
					for i, p := range words.list {
						at := strings.Index(line, strings.ReplaceAll(p.says, "\n", " "))
						if p.file == file && at >= 0 && at < hit[1] && hit[0] < at+len(p.says) {
							held, used[i] = true, true
						}
					}
					assert.True(
						t,
						held,
						"%s: no test holds %q: name it in the table of promises, or change the sentence",
						file,
						around(line, hit),
					)
				}
			}
		}
		for i, p := range words.list {
			assert.True(t, used[i], "%s promises %q no more", p.file, p.says)
			require.NotEmpty(t, p.heldBy, p.says)
			for _, test := range p.heldBy {
				assert.True(t, exists[test], "%s: %q: there is no %s", p.file, p.says, test)
			}
		}
	}
}

// What the first page has people run in an account that nothing protects yet only reads.
func TestWhatIsSavedOfAWSIsReadAlone(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/first-organization*.md")
	require.NoError(t, err)
	require.Len(t, pages, 2)
	called := regexp.MustCompile(`\baws ([a-z]+[a-z-]*) ([a-z]+(?:-[a-z]+)+)`)
	for _, page := range pages {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		calls := called.FindAllStringSubmatch(string(data), -1)
		require.Greater(t, len(calls), 6, page)
		for _, call := range calls {
			assert.Regexp(t, "^(describe|get|list)-", call[2], "%s: %s", page, call[0])
		}
	}
}

// verdictsIn are the places of a line that say a verdict.
func verdictsIn(line string) (hits [][]int) {
	for _, hit := range verdict.FindAllStringIndex(line, -1) {
		word := strings.ToLower(line[hit[0]:hit[1]])
		if word == "holds" && contains.MatchString(line[hit[1]:]) {
			continue
		}
		hits = append(hits, hit)
	}
	return hits
}

// around is a hit with some words on both sides.
func around(line string, hit []int) string {
	return line[max(0, hit[0]-60):min(len(line), hit[1]+60)]
}
