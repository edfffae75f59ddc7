package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
)

// forgotten is something that was added with a place left out: in a file, one text in the place of another. The test of
// the package must fail and say so; without a test, the package must not compile.
type forgotten struct {
	what, file, complete, incomplete string
	pkg, test, says                  string
}

// newKey is a key of users that nobody has, with the calls that describe it.
const newKey = `	strictyaml.Key("nickname", func(u *user.Args) *string { return &u.DisplayName }, strictyaml.Text(nil))`

// newVerb is a verb that does nothing.
const newVerb = `&cobra.Command{Use: "a-new-verb", Short: "does something new", Run: func(*cobra.Command, []string) {}}, `

// forgottenPlaces are those of the table "To add ..." in CONTRIBUTING.md, by its rows.
var forgottenPlaces = []forgotten{
	{
		"a claim without its section",
		"access/claims/list.go", `var shut = []claim.Standing{`,
		`var shut = []claim.Standing{
	{ID: "a-new-claim", Claim: "something new holds", Run: people.NoMFANoAccess},`,
		"./access/claims", "TestEveryProofHasItsSection", "a-new-claim",
	},
	{
		"a door that is neither closed nor open for a reason",
		"access/doors/shell.go", `		{Class: Shell, Service: "Systems Manager", It: "somebody's open session", `,
		`		{Class: Shell, Service: "New", It: "a new door", Actions: calls("ssm:ResumeSession")},
		{Class: Shell, Service: "Systems Manager", It: "somebody's open session", `,
		"./access/doors", "TestEveryRowIsClosedOrSaysWhyNot", "a new door",
	},
	{
		"an action that looks like a door and stands in no row",
		"access/doors/shell.go", `calls("ec2:GetPasswordData")`, `calls("ssm:StartSession")`,
		"./access/doors", "TestEveryActionThatLooksLikeADoorIsClassified", "ec2:GetPasswordData",
	},
	{
		"a key without a description",
		"internal/stackfile/sections/users.go", `	strictyaml.Key("path", `, newKey + ",\n	strictyaml.Key(\"path\", ",
		"./internal/stackfile", "TestEveryKeyIsDescribed", "users[].nickname",
	},
	{
		"a key that the reference does not have",
		"internal/stackfile/sections/users.go", `	strictyaml.Key("path", `,
		newKey + `.OrNothing("none", "few have one").Doc("A nickname.").Example("al"),
	strictyaml.Key("path", `,
		"./internal/stackfile", "TestTheReferenceIsUpToDate", "nickname",
	},
	{
		"a noun without a row of the registry",
		"internal/stack/nouns.go",
		`	{"grants", grantParts, grantIntent, grantNotices, grantPrincipals, noRoles, grantPeople},`,
		"",
		"./internal/stack",
		"TestEveryKeyIsANounOrMakesNothing",
		"grants",
	},
	{
		"a row of the registry without one of its columns",
		"internal/stack/nouns.go", "grantPrincipals, noRoles, grantPeople}", "grantPrincipals, noRoles}",
		"./internal/stack", "", "too few values in struct literal",
	},
	{
		"a noun whose lists of people nobody looks at",
		"internal/stack/nouns.go", "osAccessPrincipals, osAccessRoles,", "osAccessPrincipals, noRoles,",
		"./internal/stack", "TestEveryListOfPeopleIsThatOfARole", ".OSAccess.StandingUsers",
	},
	{
		"a noun whose roles nobody counts",
		"internal/stack/counts.go", " + len(s.Grants)\n", "\n",
		"./internal/stack", "TestEveryRoleIsCounted", "is counted in counts.go",
	},
	{
		"a noun whose roles an edit deletes in passing",
		"internal/awstype/iam_role.go",
		`		{Component: "guardrails:iam:DelegatedRole", Path: "guardrails:delegatedRoles", Losing: losingRole},`, "",
		"./internal/program", "TestEveryComponentIsGuardedOrSaysWhyNot", "for guardrails:iam:DelegatedRole",
	},
	{
		"a noun that nobody makes",
		"internal/program/create.go", `	{"grants", (*creation).grants},`, "",
		"./internal/program", "TestEveryNounIsMade", "grants",
	},
	{
		"a noun that no rendering shows",
		"internal/view/render/nouns.go", `	{"grants", inWorld},`, "",
		"./internal/view/render", "TestEveryNounIsRendered", "grants",
	},
	{
		"a noun that nobody hands over",
		"internal/view/handover/nouns.go",
		`	{"grants", nothing, (*collection).grants, nothing, (*collection).portalGrants},`,
		"",
		"./internal/view/handover",
		"TestEveryNounIsHandedOver",
		"grants",
	},
	{
		"a verb that the reference does not have",
		"cmd/guardrails/root.go", "newVersion(f), ", "",
		"./tests", "TestTheReferenceListsEveryVerbAndFlag", "version",
	},
	{
		"a verb that a README does not have",
		"cmd/guardrails/root.go", "newVersion(f), ", "newVersion(f), " + newVerb,
		"./tests", "TestTheReadmeListsEveryVerb", "README.ja.md has no row with a-new-verb",
	},
	{
		"a verb that nobody tries with hostile files",
		"cmd/guardrails/root.go", "newVersion(f), ", "newVersion(f), " + newVerb,
		"./tests", "TestEveryVerbIsTriedWithHostileFilesOrSaysWhyNot", "guardrails a-new-verb",
	},
	{
		"a child that the reference does not have",
		"components/names.go", `childMembership       = "membership"`, `childMembership       = "member"`,
		"./components", "TestTheReferenceListsEveryChild", "the reference does not list",
	},
	{
		"an argument of a resource type that the sandbox does not take",
		"internal/sandbox/provider/iam/account.go",
		`			"minimumPasswordLength":      schema.In(schema.NumberKind).Or(schema.Number(6)),`, "",
		"./internal/sandbox/provider", "TestTheSchemasAreThoseOfTheSDK", "minimumPasswordLength",
	},
	{
		"a resource type that says nothing of one of its facts",
		"internal/awstype/iam_role.go",
		`	World:     ReadIntoWorld,`, "",
		"./internal/awstype", "TestEveryTypeSaysEverything", "aws:iam/role:Role: World says",
	},
	{
		"a resource type whose state nobody reads",
		"internal/against/deployed.go",
		`	token.IAMRolePolicy:                           (*stateReader).rolesOwn,`,
		"",
		"./internal/against",
		"TestEveryTypeThatReadsIntoAWorldIsRead",
		"aws:iam/rolePolicy:RolePolicy",
	},
}

// What CONTRIBUTING.md tells to add, and somebody forgets, is told by the test that it names. GUARDRAILS_FORGOTTEN=1
// runs it: each case compiles packages anew, with one file replaced.
func TestWhatIsForgottenIsTold(t *testing.T) {
	if !tier.Asked("GUARDRAILS_FORGOTTEN") {
		t.Skip("GUARDRAILS_FORGOTTEN is not set: make forgotten")
	}
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	// With other flags than those of this machine every package would be compiled anew.
	flags, err := exec.Command("go", "env", "GOFLAGS").Output()
	require.NoError(t, err)
	for _, f := range forgottenPlaces {
		t.Run(f.what, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join(root, f.file))
			require.NoError(t, err)
			changed := filepath.Join(t.TempDir(), filepath.Base(f.file))
			text := testkit.Replace(t, string(source), f.complete, f.incomplete)
			require.NoError(t, os.WriteFile(changed, []byte(text), 0o600))
			overlay, err := json.Marshal(
				map[string]any{"Replace": map[string]string{filepath.Join(root, f.file): changed}},
			)
			require.NoError(t, err)
			replace := filepath.Join(t.TempDir(), "replace.json")
			require.NoError(t, os.WriteFile(replace, overlay, 0o600))
			run := exec.Command("go", "test", "-count=1", "-vet=off", "-run", "^"+f.test+"$", f.pkg)
			run.Dir = root
			// By the environment, so that it also holds for what the test itself builds.
			run.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(string(flags))+" -overlay="+replace)
			out, err := run.CombinedOutput()
			require.Error(t, err, "nobody notices: %s", out)
			assert.Equal(t, f.test == "", strings.Contains(string(out), "[build failed]"), "%s", out)
			assert.Contains(t, string(out), f.says)
		})
	}
}
