package managedpolicy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/managedpolicy"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

var account = guardrail.Account{ID: "111122223333", Partition: policy.AWS}

func valid() *managedpolicy.Args {
	return &managedpolicy.Args{
		Account: account, Name: "OnlyStorage", Document: policy.New(policy.Allow("Storage", "s3:*").On("*")),
	}
}

// A policy is known under the path of the guardrails, with its document.
func TestAPolicyIsKnownWithItsDocument(t *testing.T) {
	a := valid()
	require.NoError(t, a.Validate())
	var w world.Account
	a.AddTo(&w)
	require.Len(t, w.Policies, 1)
	assert.Equal(t, "arn:aws:iam::111122223333:policy/guardrails/OnlyStorage", w.Policies[0].ARN)
	assert.Equal(t, a.Document, w.Policies[0].Document)
	assert.False(t, w.Policies[0].Unknown)
}

// A policy that AWS would refuse, or whose name could mean another one, is refused.
func TestPoliciesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*managedpolicy.Args)
		says   string
	}{
		"no name":             {func(a *managedpolicy.Args) { a.Name = "" }, "name"},
		"a name with a slash": {func(a *managedpolicy.Args) { a.Name = "a/b" }, "name"},
		"a name of the guardrails": {func(a *managedpolicy.Args) { a.Name = "Guardrails-operation-guard" },
			"begins like the names of policies that the guardrails make"},
		"a name of AWS": {func(a *managedpolicy.Args) { a.Name = "ReadOnlyAccess" },
			"is the name of a policy of AWS"},
		"no document": {func(a *managedpolicy.Args) { a.Document = policy.Document{} },
			"policy: is missing"},
		"a principal": {func(a *managedpolicy.Args) { a.Document.Statements[0] = a.Document.Statements[0].For(policy.Anyone()) }, "policy"},
		"more than a policy may have": {func(a *managedpolicy.Args) {
			a.Document = policy.New(policy.Allow("Many", "s3:*").On("arn:aws:s3:::" + strings.Repeat("x", 7000)))
		}, "6144"},
	} {
		a := valid()
		c.change(a)
		assert.ErrorContains(t, a.Validate(), c.says, name)
	}
}

// A name means the policy of the stack before one of AWS, an ARN itself; users and roles are bounded by what it means,
// and what the account cannot have bounds nobody.
func TestNamesOfBoundaries(t *testing.T) {
	known := guardrail.ManagedPolicies{Own: []string{"OnlyStorage"}, AWS: []string{"NewerThanThisProgram"}}
	for name, arn := range map[string]string{
		"":                     "",
		"OnlyStorage":          "arn:aws:iam::111122223333:policy/guardrails/OnlyStorage",
		"ReadOnlyAccess":       "arn:aws:iam::aws:policy/ReadOnlyAccess",
		"job-function/Billing": "arn:aws:iam::aws:policy/job-function/Billing",
		"NewerThanThisProgram": "arn:aws:iam::aws:policy/NewerThanThisProgram",
		"arn:aws:iam::111122223333:policy/elsewhere/Bound": "arn:aws:iam::111122223333:policy/elsewhere/Bound",
	} {
		u := &user.Args{
			Account:             account,
			Name:                "erin",
			Groups:              []string{"mfa"},
			PermissionsBoundary: name,
			ManagedPolicies:     known,
		}
		var w world.Account
		u.AddTo(&w)
		require.NoError(t, u.Validate(), name)
		assert.Equal(t, arn, w.Users[0].Boundary, name)
		d := &delegated.Args{
			Account:             account,
			Name:                "Role",
			Users:               []string{"erin"},
			ManagedPolicies:     []string{"ReadOnlyAccess"},
			PermissionsBoundary: name,
			OwnPolicies:         known.Own,
			AWSManagedPolicies:  known.AWS,
		}
		require.NoError(t, d.Validate(), name)
		assert.Equal(t, arn, d.Role().Boundary, name)
		o := &operation.Args{Account: account, ManagedPolicies: known, Roles: []operation.Role{
			{Name: "role", Users: []string{"erin"}, Project: "shop", RunAs: "erin", PermissionsBoundary: name},
		}}
		require.NoError(t, o.Validate(), name)
		assert.Equal(t, arn, o.Role(o.Roles[0]).Boundary, name)
	}
	for _, name := range []string{"OnlyStorag", "arn:aws:iam::999999999999:policy/x", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:role/x", "aws-service-role/AWSSupportServiceRolePolicy"} {
		u := &user.Args{
			Account:             account,
			Name:                "erin",
			Groups:              []string{"mfa"},
			PermissionsBoundary: name,
			ManagedPolicies:     known,
		}
		assert.ErrorContains(t, u.Validate(), "permissionsBoundary", name)
		o := &operation.Args{Account: account, ManagedPolicies: known, Roles: []operation.Role{
			{Name: "role", Users: []string{"erin"}, Project: "shop", RunAs: "erin", PermissionsBoundary: name},
		}}
		assert.ErrorContains(t, o.Validate(), "operationRoles[0].permissionsBoundary", name)
		d := &delegated.Args{
			Account:             account,
			Name:                "Role",
			Users:               []string{"erin"},
			ManagedPolicies:     []string{"ReadOnlyAccess"},
			PermissionsBoundary: name,
		}
		assert.ErrorContains(t, d.Validate(), "permissionsBoundary", name)
	}
}
