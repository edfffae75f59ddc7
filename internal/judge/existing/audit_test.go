package existing_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/judge/existing"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/view/audit"
	"aws-access-guardrails/policy"
)

// Of an account that the dev stack alone has made, an audit knows the documents and not what they are meant for: it
// finds what the stack switches on, and nothing else. Preferences are not in authorization details, so shells are
// tried in Regions that the stack keeps shut.
func TestAuditOfOwnAccountFindsOnlyWhatIsSwitchedOn(t *testing.T) {
	stack := stacktest.Read(t, "Pulumi.dev.yaml")
	details, err := details.ToAuthorizationDetails(stack.World())
	require.NoError(t, err)
	audit, err := existing.AuditOf(details, time.Time{}, nil)
	require.NoError(t, err)
	assert.Equal(t, "111122223333", audit.Account)
	assert.NotZero(t, audit.Classes)
	found := map[string]bool{}
	for _, f := range audit.Findings {
		if f.Verdict == prove.DoesNotHold.String() {
			found[f.ID] = true
		}
	}
	assert.Equal(
		t,
		map[string]bool{
			"no-mfa-no-access":       true,
			"only-contact-tags":      true,
			"only-listed-documents":  true,
			"declared-journeys-work": true,
		},
		found,
	)
}

// A live account whose user has everything without MFA is told so, with the request.
func TestAuditFindsTheWayRoundMFA(t *testing.T) {
	details := `{"UserDetailList": [{"UserName": "bob", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/bob", "UserPolicyList": [{"PolicyName": "all",
	  "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"},
	  {"Sid": "Keys", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}}]}]}`
	found, err := existing.AuditOf([]byte(details), time.Time{}, nil)
	require.NoError(t, err)
	assert.False(t, found.Holds)
	assert.Equal(t, "no-mfa-no-access", found.Findings[0].ID)
	var text strings.Builder
	require.NoError(t, audit.Report{Audit: found}.WriteText(&text))
	assert.Contains(t, text.String(), "FAIL  no-mfa-no-access")
	require.Len(t, found.Dead, 1)
	assert.Contains(t, found.Dead[0].Problem, "s3:GetObjekt")
}

// What is no answer of AWS is refused with its place, and never audited as an empty account.
func TestAuditRefusesWhatItCannotRead(t *testing.T) {
	for _, data := range []string{"", "{}", `{"UserDetailList": 7}`, `[]`} {
		_, err := existing.AuditOf([]byte(data), time.Time{}, nil)
		assert.ErrorContains(t, err, "authorization details", data)
	}
	data, err := os.ReadFile(testkit.Path(t, "access/world/details/testdata/authorization-details.json"))
	require.NoError(t, err)
	_, err = existing.AuditOf(data, time.Time{}, nil)
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
	found, err := existing.AuditOf([]byte(details), time.Time{}, nil)
	require.NoError(t, err)
	assert.False(t, found.Holds)
	require.Len(t, found.Unread, 2)
	assert.Contains(t, found.Unread[0].Place, `UserDetailList[0] "bob": UserPolicyList[0] "new"`)
	assert.Contains(t, found.Unread[0].Problem, "StringSoundsLike")
	assert.Contains(t, found.Unread[1].Taken, "left out")
	var text strings.Builder
	require.NoError(t, audit.Report{Audit: found}.WriteText(&text))
	assert.Contains(t, text.String(), "assumed: arn:aws:iam::111122223333:user/bob (inline policy new)")
	assert.Contains(
		t,
		text.String(),
		"FAIL  own-credentials-only  docs/safety.md#own-credentials-only\n      "+
			"arn:aws:iam::111122223333:user/carol\n      arn:aws:iam::111122223333:user/dave\n",
	)
}

// detailsOf are the authorization details of an account that has what a stack deploys, as another tree may have
// changed it.
func detailsOf(t *testing.T, file string, change func(*world.Account)) ([]byte, *stack.Stack) {
	t.Helper()
	stack := stacktest.Read(t, file)
	account := stack.World()
	account.Users, account.Roles = slices.Clone(account.Users), slices.Clone(account.Roles)
	account.Groups, account.Policies = slices.Clone(account.Groups), slices.Clone(account.Policies)
	if change != nil {
		change(&account)
	}
	details, err := details.ToAuthorizationDetails(account)
	require.NoError(t, err)
	return details, stack
}

// An account that has exactly what its stack deploys passes beside the stack file, whatever stack it is, and the stack
// is found by what the account has. Permission sets of other stacks stand as the stack files have them.
func TestAnAccountThatIsAsItsStackFileHasItPasses(t *testing.T) {
	for _, file := range []string{
		"Pulumi.dev.yaml", "Pulumi.prod.yaml", "examples/organization/Pulumi.jump.yaml",
		"examples/organization/Pulumi.workload.yaml", "examples/organization/Pulumi.payments.yaml",
		"examples/organization/Pulumi.identity.yaml", "examples/tools/Pulumi.tools.yaml",
		"examples/lab/Pulumi.lab.yaml",
	} {
		details, s := detailsOf(t, file, nil)
		found, err := existing.AuditOf(details, time.Time{}, s)
		require.NoError(t, err)
		var text strings.Builder
		require.NoError(t, audit.Report{Audit: found}.WriteText(&text))
		assert.True(t, found.Holds, text.String())
		assert.Empty(t, found.Differences)
		assert.Equal(t, s.Name, found.Stack)
		assert.Equal(t, s, existing.StackOf(details, []*stack.Stack{s}))
	}
}

// What differs from the stack file is a finding, whatever differs, and it is named.
func TestWhatDiffersFromTheStackFileIsAFinding(t *testing.T) {
	admin := "arn:aws:iam::aws:policy/AdministratorAccess"
	open := policy.New(policy.Allow("Open", "s3:GetObject").On("*"))
	trust := policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals("*")))
	for problem, change := range map[string]func(*world.Account){
		"the attached policy " + admin + " is not in the stack file": func(a *world.Account) { a.Roles[0].Attached = append(slices.Clone(a.Roles[0].Attached), admin) },
		"the trust policy says something else than the stack file":   func(a *world.Account) { a.Roles[0].Trust = trust },
		"the inline policy extra is not in the stack file": func(a *world.Account) {
			a.Roles[0].Inline = append(slices.Clone(a.Roles[0].Inline),
				world.InlinePolicy{Name: "extra", Document: open})
		},
		"of the stack file is missing":                func(a *world.Account) { a.Groups[0].Inline = nil },
		"the group":                                   func(a *world.Account) { a.Users[0].Groups = nil },
		"the tag Project is":                          func(a *world.Account) { a.Roles[0].Tags = []world.Tag{{Key: "Project", Value: "other"}} },
		"is in the stack file and not in the account": func(a *world.Account) { a.Roles = a.Roles[1:] },
		"is in the account and not in the stack file": func(a *world.Account) {
			a.Users = append(a.Users,
				world.User{Name: "stranger"})
		},
		"the permissions boundary is not in the stack f": func(a *world.Account) { a.Roles[0].Boundary = admin },
	} {
		details, stack := detailsOf(t, "Pulumi.dev.yaml", change)
		audit, err := existing.AuditOf(details, time.Time{}, stack)
		require.NoError(t, err, problem)
		assert.False(t, audit.Holds, problem)
		assert.True(
			t,
			slices.ContainsFunc(
				audit.Differences,
				func(d existing.Difference) bool { return strings.Contains(d.Problem, problem) },
			),
			"%s: %v",
			problem,
			audit.Differences,
		)
	}
}

// What AWS makes differs from no stack file.
func TestServiceLinkedRolesAreNoDifference(t *testing.T) {
	details, stack := detailsOf(t, "Pulumi.dev.yaml", func(a *world.Account) {
		a.Roles = append(a.Roles, world.Role{
			Name: "AWSServiceRoleForSSO",
			Path: "/aws-service-role/sso.amazonaws.com/",
			Trust: policy.New(
				policy.Allow("", "sts:AssumeRole").
					For(policy.Principal{Kind: policy.PrincipalService, Values: []string{"sso.amazonaws.com"}}),
			),
		})
	})
	audit, err := existing.AuditOf(details, time.Time{}, stack)
	require.NoError(t, err)
	assert.True(t, audit.Holds, audit.Differences)
}

// A document of AWS that cannot be read is told and decides no status; one that somebody of the account wrote does.
func TestWhatNobodyCanEditDecidesNoStatus(t *testing.T) {
	for path, holds := range map[string]bool{"/aws-service-role/x.amazonaws.com/": true, "/": false} {
		details := `{"RoleDetailList": [{"RoleName": "r", "Path": "` + path + `", "Arn": "arn:aws:iam::111122223333:role` + path + `r",
		  "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		  "RolePolicyList": [{"PolicyName": "new", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
		    "Condition": {"StringSoundsLike": {"aws:username": "x"}}}]}}]}]}`
		audit, err := existing.AuditOf([]byte(details), time.Time{}, nil)
		require.NoError(t, err)
		require.Len(t, audit.Unread, 1)
		assert.Equal(t, holds, audit.Unread[0].OfAWS, path)
		if holds {
			assert.True(t, audit.Holds)
		}
	}
}

// That anybody outside administers the account comes first, before everything that else is wrong with it, and an
// escalation is told with its steps.
func TestTheWorstIsToldFirst(t *testing.T) {
	role := func(name, trust string) string {
		return `{"RoleName": "` + name + `", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/` + name + `",
		  "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": ` + trust + `, "Action": "sts:AssumeRole"}]},
		  "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}`
	}
	details := `{"UserDetailList": [{"UserName": "bob", "Arn": "arn:aws:iam::111122223333:user/bob", "UserPolicyList": [{"PolicyName": "p",
	  "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:PassRole", "cloudformation:CreateStack"], "Resource": "*"}]}}]}],
	 "RoleDetailList": [` + role(
		"service",
		`{"Service": "cloudformation.amazonaws.com"}`,
	) + `, ` + role(
		"world",
		`"*"`,
	) + `]}`
	found, err := existing.AuditOf([]byte(details), time.Time{}, nil)
	require.NoError(t, err)
	assert.Equal(t, "only-known-callers", found.Findings[0].ID)
	assert.Equal(t, "arn:aws:iam::111122223333:role/world", found.Findings[0].Subject)
	require.NotEmpty(t, found.Escalations)
	assert.False(t, found.Escalations[0].Meant)
	var text strings.Builder
	require.NoError(t, audit.Report{Audit: found}.WriteText(&text))
	assert.Contains(t, text.String(), "FAIL  escalation")
}
