package policy_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

// Each validator accepts what AWS accepts and refuses the rest, with a reason and a way out.
func TestNamesAreThoseThatAWSTakes(t *testing.T) {
	long := strings.Repeat
	for name, c := range map[string]struct {
		validate     func(string) error
		takes, lacks []string
	}{
		"user": {policy.ValidateUserName,
			[]string{"alice", "non-97-test-user1", "a+b=c,d.e@f_g-h", long("a", 64)},
			[]string{"", "alice bob", "アリス", "a/b", "a*", "${x}", "é", "a\n", "\xff", long("a", 65)}},
		"role": {policy.ValidateRoleName,
			[]string{"TestProject1-os-user1", long("a", 64)},
			[]string{"", "role/x", long("a", 65), "a b"}},
		"group": {policy.ValidateGroupName,
			[]string{"guardrails-mfa", long("a", 128)},
			[]string{"", "a:b", long("a", 129)}},
		"policy": {policy.ValidatePolicyName,
			[]string{"guard", long("a", 128)},
			[]string{"", "a?", long("a", 129)}},
		"path": {policy.ValidatePath,
			[]string{"/", "/guardrails/", "/guardrails/operation/", "/a+b=c,d.e@f_g-h/", "/" + long("a", 510) + "/"},
			[]string{"", "guardrails", "/guardrails", "guardrails/", "//", "/a//b/", "/*/", "/${aws:username}/",
				"/a b/", "/é/", "/" + long("a", 511) + "/"}},
		"tag key": {policy.ValidateTagKey,
			[]string{"Project", "dp:project", "プロジェクト", "a b", "a_.:/=+-@", long("é", 128)},
			[]string{"", "aws:x", "AWS:x", "a*", "a,b", "a\tb", "\xff", long("a", 129)}},
		"condition tag key": {policy.ValidateConditionTagKey,
			[]string{"Project", "guardrails:project", "Größeÿ"},
			[]string{"", "プロジェクト", "aĀ", "aws:x", "a*"}},
		"tag value": {policy.ValidateTagValue,
			[]string{"", "Test Project 1", "テスト", long("a", 256), "test-user1@non-97.net"},
			[]string{"a;b", "a$b", "a\nb", "\xff", long("a", 257)}},
		"project": {policy.ValidateProject,
			[]string{"Test Project 1", "テスト"},
			[]string{"", " ", " Test", "Test ", "a*", long("a", 257)}},
		"account id": {policy.ValidateAccountID,
			[]string{"111122223333", "000000000000"},
			[]string{"", "11112222333", "1111222233334", "1111-2222-3333", "11112222333a", "١١١١٢٢٢٢٣٣٣٣"}},
		"account alias": {policy.ValidateAccountAlias,
			[]string{"jump", "abc", "a-b-c", "1234", long("a", 63)},
			[]string{"", "ab", "-abc", "abc-", "a--b", "Jump", "a_b", "111122223333", long("a", 64)}},
		"OS user": {policy.ValidateOSUser,
			[]string{"os-user1", "_svc", "a", "a1_-", "Alice", "dave.smith", "alice@example.com", "A@corp",
				long("a", 32)},
			[]string{
				"", "root", "ROOT", "1user", "123", "0", "+1000", "-a", "a b", " a", "a ", "a;id", "a\n", "$(id)", "`id`", "@corp", "a@", "a@b@c", "a@-b", "a@b-",
				`CORP\alice`, "a/b", "a:b", "a=b", "ä", long("a", 33),
			}},
		"session document": {policy.ValidateSessionDocumentName,
			[]string{"SSM-SessionManagerRunShell", "AWS-StartPortForwardingSession", "my.doc_1", "abc", long("a", 128)},
			[]string{"", "*", "AWS-*", "ab", "a/b", "arn:aws:ssm:*::document/x", "${x}", long("a", 129)}},
		"role session": {policy.ValidateRoleSessionName,
			[]string{"alice", "al", "a@b", long("a", 64)},
			[]string{"", "a", "a b", "a/b", long("a", 65)}},
		"organization": {policy.ValidateOrganizationID,
			[]string{"o-exampleorgid", "o-" + long("a", 32)},
			[]string{"", "o-short", "exampleorgid", "o-EXAMPLEORGID", "o-" + long("a", 33)}},
		"root": {policy.ValidateRootID,
			[]string{"r-exam"},
			[]string{"", "r-ex", "ou-exam-11111111", "r-EXAM"}},
		"unit": {policy.ValidateUnitID,
			[]string{"ou-exam-11111111"},
			[]string{"", "ou-exam", "r-exam", "ou-exam-1111111"}},
	} {
		for _, value := range c.takes {
			assert.NoError(t, c.validate(value), "%s %q", name, value)
		}
		for _, value := range c.lacks {
			var refused *policy.ValueError
			require.ErrorAs(t, c.validate(value), &refused, "%s %q", name, value)
			assert.NotEmpty(t, refused.Why, "%s %q", name, value)
			assert.NotEmpty(t, refused.Fix, "%s %q", name, value)
			assert.Equal(t, refused.Why+"; "+refused.Fix, refused.Error())
		}
	}
}

// A role that people switch to fits into the console's 64 characters with its path.
func TestSwitchRoleCountsPathAndName(t *testing.T) {
	path := "/guardrails/operation/"
	fits := strings.Repeat("a", 64-len(path))
	assert.NoError(t, policy.ValidateSwitchRole(path, fits))
	assert.ErrorContains(
		t,
		policy.ValidateSwitchRole(path, fits+"a"),
		"65 characters long with its path /guardrails/operation/",
	)
	assert.NoError(t, policy.ValidateSwitchRole("", strings.Repeat("a", 63)))
	assert.Error(t, policy.ValidateSwitchRole("", strings.Repeat("a", 64)))
}

// No input makes a validator panic, and what passes one of the IAM names is a plain name: nothing in it can act as a
// pattern or split an ARN.
func TestAnAcceptedNameIsNeverAPattern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9+=,.@_ */:?${}-]{0,70}`)).Draw(t, "name")
		for _, validate := range []func(string) error{
			policy.ValidateUserName, policy.ValidateRoleName, policy.ValidateGroupName, policy.ValidatePolicyName, policy.ValidateRoleSessionName,
			policy.ValidateOSUser, policy.ValidateAccountAlias, policy.ValidateAccountID, policy.ValidateSessionDocumentName, policy.ValidateRegion,
		} {
			if validate(name) == nil &&
				(name == "" || strings.ContainsAny(name, "*?${}/: \n") || !utf8.ValidString(name)) {
				t.Fatalf("%q was accepted", name)
			}
		}
		if policy.ValidatePath(name) == nil && strings.ContainsAny(name, "*?${}: \n") {
			t.Fatalf("the path %q was accepted", name)
		}
	})
}
