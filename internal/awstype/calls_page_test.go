package awstype_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/testkit"
)

const callsPage = "../../docs/provider-calls.md"

// mark is a cross where an operation makes a call.
func mark(call awstype.Call, in awstype.Operation) string {
	if call.In&in != 0 {
		return "x"
	}
	return ""
}

// sourceOf is where something was read, as a link.
func sourceOf(s awstype.Source) string {
	return fmt.Sprintf("[%s](https://github.com/%s/blob/%s/%s)", s.File, s.Repository, s.Commit, s.File)
}

// conditionOf says when a call is made, who may not make it, and which source shows it where that is another one.
func conditionOf(call awstype.Call) string {
	var all []string
	if call.When != "" {
		all = append(all, call.When)
	}
	if call.Withheld != "" {
		all = append(all, "not allowed to the deployer: "+call.Withheld)
	}
	if call.Source != (awstype.Source{}) {
		all = append(all, "read in "+sourceOf(call.Source))
	}
	if call.Unconfirmed != "" {
		all = append(all, "**no source shows it**: "+call.Unconfirmed)
	}
	return strings.ReplaceAll(strings.Join(all, "; "), "|", `\|`)
}

// callsTable is the table of calls as the page has it, and how many calls and calls without a source it has.
func callsTable() (text string, calls, unconfirmed int) {
	var b strings.Builder
	for _, token := range awstype.Tokens() {
		of, _ := awstype.CallsOf(token)
		fmt.Fprintf(&b, "\n### `%s`\n\nRead in %s of %s at %s.\n\n", token, sourceOf(of.Source), of.Source.Repository,
			of.Source.Commit)
		b.WriteString("| call | create | read | update | delete | function | when |\n|---|---|---|---|---|---|---|\n")
		for _, call := range of.Calls {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", call.Action, mark(call, awstype.Create),
				mark(call, awstype.Read), mark(call, awstype.Update), mark(call, awstype.Delete), mark(
					call, awstype.Invoke,
				),
				conditionOf(call))
			calls++
			if call.Unconfirmed != "" {
				unconfirmed++
			}
		}
	}
	head := fmt.Sprintf("%d types and functions, %d calls, each with its source.\n", len(awstype.Tokens()), calls)
	if unconfirmed > 0 {
		head = fmt.Sprintf("%d types and functions, %d calls. No source shows %d of the calls:\n\n",
			len(awstype.Tokens()), calls, unconfirmed)
	}
	for _, call := range awstype.Unconfirmed() {
		token, action, _ := strings.Cut(call, " ")
		head += fmt.Sprintf("- `%s` of `%s`\n", action, token)
	}
	return head + b.String(), calls, unconfirmed
}

// The page of the calls is the table from which the deployer's policies are rendered, with every source, and it counts
// the calls that no source shows.
func TestThePageOfProviderCallsIsTheTable(t *testing.T) {
	want, calls, unconfirmed := callsTable()
	assert.Greater(t, calls, 100)
	assert.Len(t, awstype.Unconfirmed(), unconfirmed)
	const begin = "<!-- calls: rewritten with UPDATE_GOLDEN=1 go test ./internal/awstype -run TestThePageOfProviderCalls -->\n"
	testkit.GoldenPart(t, callsPage, begin, "", want)
}
