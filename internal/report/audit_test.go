package report_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/report"
)

// Of an account that the dev stack alone has made, an audit knows the documents and not what they are meant for: it finds what the stack switches on, and
// nothing else. Preferences are not in authorization details, so shells are tried in Regions that the stack keeps shut.
func TestAuditOfOwnAccountFindsOnlyWhatIsSwitchedOn(t *testing.T) {
	stack, problems := config.ReadFile("../../Pulumi.dev.yaml")
	require.NoError(t, problems.Err())
	details, err := access.ToAuthorizationDetails(stack.World())
	require.NoError(t, err)
	audit, err := report.AuditOf(details)
	require.NoError(t, err)
	assert.Equal(t, "111122223333", audit.Account)
	assert.NotZero(t, audit.Classes)
	found := map[string]bool{}
	for _, f := range audit.Findings {
		if f.Verdict == access.DoesNotHold.String() {
			found[f.ID] = true
		}
	}
	assert.Equal(t, map[string]bool{"no-mfa-no-access": true, "only-contact-tags": true, "only-listed-documents": true, "declared-journeys-work": true}, found)
}

// A live account whose user has everything without MFA is told so, with the request.
func TestAuditFindsTheWayRoundMFA(t *testing.T) {
	details := `{"UserDetailList": [{"UserName": "bob", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/bob", "UserPolicyList": [{"PolicyName": "all",
	  "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"},
	  {"Sid": "Keys", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}}]}]}`
	audit, err := report.AuditOf([]byte(details))
	require.NoError(t, err)
	assert.False(t, audit.Holds)
	assert.Equal(t, "no-mfa-no-access", audit.Findings[0].ID)
	var text strings.Builder
	require.NoError(t, audit.WriteText(&text))
	assert.Contains(t, text.String(), "FAIL  no-mfa-no-access")
	require.Len(t, audit.Dead, 1)
	assert.Contains(t, audit.Dead[0].Problem, "s3:GetObjekt")
}

// What is no answer of AWS is refused with its place, and never audited as an empty account.
func TestAuditRefusesWhatItCannotRead(t *testing.T) {
	for _, data := range []string{"", "{}", `{"UserDetailList": 7}`, `[]`} {
		_, err := report.AuditOf([]byte(data))
		assert.ErrorContains(t, err, "authorization details", data)
	}
	data, err := os.ReadFile("../../access/testdata/authorization-details.json")
	require.NoError(t, err)
	_, err = report.AuditOf(data)
	assert.NoError(t, err)
}

// A document that cannot be read does not hide what the others open: it is told, and the account does not hold.
func TestAuditGoesOnPastWhatItCannotRead(t *testing.T) {
	details := `{"UserDetailList": [
	  {"UserName": "bob", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/bob", "UserPolicyList": [{"PolicyName": "new",
	    "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringSoundsLike": {"aws:username": "x"}}}]}}]},
	  {"UserName": "carol", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/carol", "GroupList": ["all"]},
	  {"UserName": "dave", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/dave", "GroupList": ["all"]}],
	 "GroupDetailList": [{"GroupName": "all", "Path": "/", "Arn": "arn:aws:iam::111122223333:group/all", "GroupPolicyList": [{"PolicyName": "keys",
	    "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "Keys", "Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}]}}]}],
	 "RoleDetailList": [{"RoleName": "r", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": "%zz"}]}`
	audit, err := report.AuditOf([]byte(details))
	require.NoError(t, err)
	assert.False(t, audit.Holds)
	require.Len(t, audit.Unread, 2)
	assert.Contains(t, audit.Unread[0].Place, `UserDetailList[0] "bob": UserPolicyList[0] "new"`)
	assert.Contains(t, audit.Unread[0].Problem, "StringSoundsLike")
	assert.Contains(t, audit.Unread[1].Taken, "left out")
	var text strings.Builder
	require.NoError(t, audit.WriteText(&text))
	assert.Contains(t, text.String(), "assumed: arn:aws:iam::111122223333:user/bob (inline policy new)")
	assert.Contains(t, text.String(), "FAIL  own-credentials-only  docs/safety.md#own-credentials-only\n      arn:aws:iam::111122223333:user/carol\n      arn:aws:iam::111122223333:user/dave\n")
}
