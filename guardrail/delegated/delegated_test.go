package delegated_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/policy"
)

func partnerRole() *delegated.Args {
	return &delegated.Args{
		Account: guardrail.Account{ID: "111122223333", Partition: policy.AWS}, Name: "Costs",
		ManagedPolicies: []string{"ReadOnlyAccess"},
		Partner: &guardrail.Partner{
			PrincipalARNs: []string{
				"arn:aws:iam::999999999999:role/team/Collector",
				"arn:aws:iam::999999999999:user/feed",
				"arn:aws:iam::777788889999:root",
			},
			ExternalID: "example-org:4711/a=b@c+d,e.f-g_h",
		},
	}
}

// A role of a partner trusts the partner's principals with the external id, and nothing in it speaks of people.
func TestTheTrustPolicyOfAPartner(t *testing.T) {
	a := partnerRole()
	require.NoError(t, a.Validate())
	assert.JSONEq(
		t,
		`{"Version": "2012-10-17", "Statement": [{"Sid": "PartnerWithExternalId", "Effect": "Allow", "Action": "sts:AssumeRole",
		"Principal": {"AWS": ["arn:aws:iam::777788889999:root", "arn:aws:iam::999999999999:role/team/Collector", "arn:aws:iam::999999999999:user/feed"]},
		"Condition": {"StringEquals": {"sts:ExternalId": "example-org:4711/a=b@c+d,e.f-g_h"}}}]}`,
		a.Role().Trust.JSON(),
	)
	a.Partner.ExternalID = strings.Repeat("x", 1224)
	require.NoError(t, a.Validate())
}

// What is of people is refused beside a partner, and so is whatever is no principal of a partner or no external id.
func TestPartnersThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*delegated.Args)
		path   string
		says   string
	}{
		"people": {func(a *delegated.Args) { a.Users = []string{"bob"} }, "users",
			"stands beside partner"},
		"people of others": {func(a *delegated.Args) { a.PrincipalARNs = []string{"arn:aws:iam::444455556666:user/bob"} }, "principalArns", "stands beside partner"},
		"the age of MFA": {func(a *delegated.Args) { a.MFAMaxAge = 2 * time.Hour }, "mfaMaxAge",
			"stands beside partner"},
		"a rule for names": {func(a *delegated.Args) { a.SessionName = guardrail.SessionNameAny }, "sessionName",
			"stands beside partner"},
		"nobody": {func(a *delegated.Args) { a.Partner.PrincipalARNs = nil }, "partner.principalArns",
			"is empty"},
		"no external id": {func(a *delegated.Args) { a.Partner.ExternalID = "" }, "partner.externalId",
			"is missing"},
		"a short external id": {func(a *delegated.Args) { a.Partner.ExternalID = "x" }, "partner.externalId",
			"is no external id"},
		"a long external id": {func(a *delegated.Args) { a.Partner.ExternalID = strings.Repeat("x", 1225) },
			"partner.externalId", "is no external id"},
		"a pattern": {func(a *delegated.Args) { a.Partner.ExternalID = "x*" }, "partner.externalId",
			"is no external id"},
		"a variable": {func(a *delegated.Args) { a.Partner.ExternalID = "${aws:username}" },
			"partner.externalId", "is no external id"},
		"a space": {func(a *delegated.Args) { a.Partner.ExternalID = "a b" }, "partner.externalId",
			"is no external id"},
		"everybody": {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "*" },
			"partner.principalArns[0]", "is everybody"},
		"a number": {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "999999999999" },
			"partner.principalArns[0]", "is no ARN"},
		"this account":      {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "arn:aws:iam::111122223333:root" }, "partner.principalArns[0]", "is of this account"},
		"another partition": {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "arn:aws-cn:iam::999999999999:root" }, "partner.principalArns[0]", "is of partition aws-cn"},
		"a session": {func(a *delegated.Args) {
			a.Partner.PrincipalARNs[0] = "arn:aws:sts::999999999999:assumed-role/Collector/x"
		}, "partner.principalArns[0]", "is no principal of IAM"},
		"a group":                  {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "arn:aws:iam::999999999999:group/x" }, "partner.principalArns[0]", "is no role, user or account"},
		"a pattern of roles":       {func(a *delegated.Args) { a.Partner.PrincipalARNs[0] = "arn:aws:iam::999999999999:role/*" }, "partner.principalArns[0]", "is no role, user or account"},
		"a principal listed twice": {func(a *delegated.Args) { a.Partner.PrincipalARNs[1] = a.Partner.PrincipalARNs[0] }, "partner.principalArns[1]", "is listed twice"},
	} {
		a := partnerRole()
		c.change(a)
		err := a.Validate()
		require.ErrorContains(t, err, c.says, name)
		assert.ErrorContains(t, err, c.path, name)
	}
}
