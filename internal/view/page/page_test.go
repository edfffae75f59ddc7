package page_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/view/page"
	"aws-access-guardrails/policy"
)

var someDay = time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)

func organizationStacks(t *testing.T) []*stack.Stack {
	t.Helper()
	files, err := filepath.Glob("../../../examples/organization/Pulumi.*.yaml")
	require.NoError(t, err)
	slices.Sort(files)
	var stacks []*stack.Stack
	for _, file := range files {
		stack, problems := stack.ReadFile(file)
		require.NoError(t, problems.Err())
		stacks = append(stacks, stack)
	}
	return stacks
}

func write(t *testing.T, in page.Input) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, page.Write(&out, in))
	return out.Bytes()
}

// organizationPage is the page of the shipped organization with a change beside it.
func organizationPage(t *testing.T) []byte {
	t.Helper()
	in, err := page.Of(someDay, "organization", organizationStacks(t)...)
	require.NoError(t, err)
	in.Change = &page.Change{
		From: "main (1a2b3c4)",
		To:   "the working tree",
		Sections: []page.ChangeSection{{Title: "People", Lines: []page.ChangeLine{
			{
				Sign: "+",
				Text: "alice gains a shell as alice on nodes of shop",
			},
			{Sign: "-", Text: "bob loses the role billing-bob"},
		}}},
	}
	return write(t, in)
}

const hostileProject = `</script><b class="injected">x</b><img src=x onerror="window.injected=1">`

// hand is a world of one account in which everybody may take a role of one's own.
func hand(people int, project func(n int) string, name func(n int) string) world.World {
	const account = "111122223333"
	a := world.Account{
		ID:          account,
		Partition:   policy.AWS,
		Preferences: []world.SessionPreferences{{Region: "ap-northeast-1", RunAs: true}},
	}
	for n := range people {
		user := world.User{Name: name(n), Tags: []world.Tag{}}
		a.Users = append(a.Users, user)
		arn := "arn:aws:iam::" + account + ":user/" + user.Name
		a.Roles = append(a.Roles, world.Role{
			Name: "shop-" + user.Name,
			Path: "/",
			Tags: []world.Tag{{Key: "Project", Value: project(n)}, {Key: world.RunAsTag, Value: "operator"}},
			Trust: policy.New(
				policy.Allow("OnlyTheListedUserWithMFA", "sts:AssumeRole").
					For(policy.AWSPrincipals(arn)).
					When(policy.Bool("aws:MultiFactorAuthPresent", true)),
			),
			Inline: []world.InlinePolicy{{Name: "sessions", Document: policy.New(
				policy.Allow("Nodes", "ssm:StartSession").
					On("arn:aws:ec2:*:*:instance/*").
					When(policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")),
				policy.Allow("Document", "ssm:StartSession").
					On("arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell"),
			)}},
		})
	}
	return world.World{Accounts: []world.Account{a}}
}

func pageOf(t *testing.T, w world.World) []byte {
	t.Helper()
	engine, err := access.Compile(w)
	require.NoError(t, err)
	facts, err := reach.Find(engine, reach.Options{At: someDay, DefaultProjectTag: "Project"})
	require.NoError(t, err)
	return write(t, page.Input{Project: "hand", Facts: facts})
}

func hostilePage(t *testing.T) []byte {
	t.Helper()
	return pageOf(t, hand(1, func(int) string { return hostileProject }, func(int) string { return "alice" }))
}

// Every grant is seen on the line of time, wherever the day of the page is: also a short one at its end, and grants of
// a year long before or after.
func TestEveryGrantIsSeenOnTheLineOfTime(t *testing.T) {
	bars := regexp.MustCompile(`<rect x="(\d+)" y="\d+" width="(\d+)" height="18"`)
	for _, c := range []struct{ at, says string }{
		{"2026-11-30T00:00:00Z", "All of this is long after"},
		{"2030-11-29T00:00:00Z", "The upright line is"},
		{"2030-12-01T01:00:00Z", "The upright line is"},
		{"2030-12-02T11:00:00Z", "The upright line is"},
		{"2030-12-04T00:00:00Z", "The upright line is"},
		{"2040-01-01T00:00:00Z", "All of this was long before"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		in, err := page.Of(at, "organization", organizationStacks(t)...)
		require.NoError(t, err)
		text := string(write(t, in))
		assert.Contains(t, text, c.says, c.at)
		assert.Equal(t, strings.HasPrefix(c.says, "The upright"), strings.Contains(text, `class="nowline"`), c.at)
		found := bars.FindAllStringSubmatch(text, -1)
		require.Len(t, found, 2, c.at)
		for _, m := range found {
			x, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			width, err := strconv.Atoi(m[2])
			require.NoError(t, err)
			assert.LessOrEqual(t, x+width, 961, c.at)
			assert.GreaterOrEqual(t, width, 4, c.at)
		}
	}
}

// Names are data: no text of a file stands in the page as markup, script or style, and characters that do something
// are shown as escapes.
func TestHostileNamesAreEscaped(t *testing.T) {
	for _, project := range []string{
		hostileProject, `"><svg onload=alert(1)>`, `{{.Data}}`, "<!--<script>", `]]></script>`, "a\u202eb\u0000c\u2028d", `javascript:alert(1)`, "</style><b class=injected>",
	} {
		text := string(pageOf(t, hand(1, func(int) string { return project }, func(int) string { return "alice" })))
		assert.NotContains(t, text, "<img")
		assert.NotContains(t, text, "<b class=injected")
		assert.NotContains(t, text, `<b class="injected"`)
		assert.NotContains(t, text, "<svg onload")
		assert.Equal(t, 2, strings.Count(text, "</script>"), project)
		assert.Equal(t, 1, strings.Count(text, "</style>"), project)
		for _, r := range "\u202e\u0000\u2028" {
			assert.NotContains(t, text, string(r), "%q", project)
		}
	}
}

// The file needs nothing else: no address to load from, and a policy that lets nothing load and one script run.
func TestThePageNeedsNothingElse(t *testing.T) {
	text := string(organizationPage(t))
	assert.NotRegexp(t, regexp.MustCompile(`(?i)(src|href)\s*=\s*["']?(https?:|//)`), text)
	assert.NotRegexp(t, regexp.MustCompile(`(?i)@import|url\(`), text)
	assert.Contains(t, text, "default-src &#39;none&#39;")
	script, err := os.ReadFile("page.js")
	require.NoError(t, err)
	assert.NotRegexp(
		t,
		regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|XMLHttpRequest`),
		string(script),
	)
}

// The same stack files and moment give the same bytes.
func TestThePageIsAFunctionOfItsInput(t *testing.T) {
	assert.Equal(t, string(organizationPage(t)), string(organizationPage(t)))
}

// The page says in sentences what was proven, what shuts which door and what changes.
func TestThePageSaysWhatWasFound(t *testing.T) {
	text := string(organizationPage(t))
	for _, want := range []string{
		"Without MFA a member reaches nothing but their own enrolment.", "DenySessionsButForGuardedRoles", "shut in 2 of 4 member accounts",
		"alice gains a shell as alice on nodes of shop", "CHG1234", "Service control " +
			"policies", "identityCenter.attributes.Project",
	} {
		assert.Contains(t, text, want)
	}
}

// Two thousand people with a role and journeys of their own fit into 6 MB: what is the same for all of them stands
// once.
func TestThePageOfTwoThousandPeopleIsSmall(t *testing.T) {
	size := func(people int) int {
		return len(
			pageOf(
				t,
				hand(
					people,
					func(n int) string { return fmt.Sprint("project ", n) },
					func(n int) string { return fmt.Sprint("person", n) },
				),
			),
		)
	}
	if tier.Nightly() {
		whole := size(2000)
		t.Logf("%d bytes", whole)
		require.Less(t, whole, 6_000_000)
	}
	few, more := size(50), size(150)
	each := (more - few) / 100
	assert.Less(t, few+each*1950, 6_000_000, "%d bytes for each person", each)
}
