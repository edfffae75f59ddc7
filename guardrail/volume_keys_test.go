package guardrail_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// starting is an account with an operation role whose instances have volumes under a key. change is applied to the
// policies of the role.
func starting(
	t testing.TB,
	p policy.Partition,
	key string,
	change func(*policy.Statement),
) (*access.Engine, access.Session, intent.Account) {
	t.Helper()
	account := guardrail.Account{ID: accounts.Other, Partition: p}
	alice := p.UserARN(accounts.Home, "/", "alice")
	role := operation.Role{PrincipalARNs: []string{alice}, Project: "Shop", RunAs: "shop", VolumeKeyARNs: []string{key}}
	a := &operation.Args{Account: account, Regions: accounts.Regions[p], Roles: []operation.Role{role}}
	require.NoError(t, a.Validate())
	w := world.Account{ID: accounts.Other, Partition: p}
	a.AddTo(&w)
	for i := range w.Roles {
		for j := range w.Roles[i].Inline {
			for k := range w.Roles[i].Inline[j].Document.Statements {
				change(&w.Roles[i].Inline[j].Document.Statements[k])
			}
		}
	}
	home := world.Account{ID: accounts.Home, Partition: p, Users: []world.User{{Name: "alice"}}}
	engine, err := access.Compile(access.World{Accounts: []world.Account{w, home}})
	require.NoError(t, err)
	in := intent.Account{Account: accounts.Other}
	a.AddIntent(&in)
	return engine, access.AssumedRole(a.RoleARN(role), "alice"), in
}

// onlyOperates is the verdict about what an operation role may call at all.
func onlyOperates(t testing.TB, e *access.Engine, in intent.Account) prove.Finding {
	t.Helper()
	report, err := claims.Prove(e, in)
	require.NoError(t, err)
	at := slices.IndexFunc(
		report.Findings,
		func(f prove.Finding) bool { return f.ID == "operation-roles-only-operate" },
	)
	require.GreaterOrEqual(t, at, 0)
	return report.Findings[at]
}

// An operation role has EC2 make grants on the keys of the volumes that it starts, and can do nothing else with a
// key: every condition, and the list, is held by a call and missed by the proof.
func TestOperationRolesStartInstancesWithEncryptedVolumes(t *testing.T) {
	for _, p := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		region := accounts.Regions[p][0]
		key, other := p.KeyARN(
			region,
			accounts.Other,
			"1234abcd-12ab-34cd-56ef-1234567890ab",
		), p.KeyARN(
			region,
			accounts.Other,
			"0987dcba-09fe-87dc-65ba-ab0987654321",
		)
		service := "ec2." + region + ".amazonaws.com"
		asked := access.Context{"kms:GrantIsForAWSResource": {"true"}, "kms:ViaService": {service}}
		engine, role, in := starting(t, p, key, func(*policy.Statement) {})
		for _, c := range []struct {
			it      string
			action  string
			key     string
			context access.Context
			allowed bool
		}{
			{"EC2 asks for a grant", "kms:CreateGrant", key, asked, true},
			{"EC2 asks for a grant on another key", "kms:CreateGrant", other, asked, false},
			{"a grant to oneself", "kms:CreateGrant", key, access.Context{"kms:GrantIsForAWSResource": {"false"}},
				false},
			{"a grant to oneself, through EC2", "kms:CreateGrant", key,
				access.Context{"kms:GrantIsForAWSResource": {"false"}, "kms:ViaService": {service}}, false},
			{"a grant that no service asks for", "kms:CreateGrant", key,
				access.Context{"kms:GrantIsForAWSResource": {"true"}}, false},
			{"a database asks for a grant", "kms:CreateGrant", key,
				access.Context{"kms:GrantIsForAWSResource": {"true"},
					"kms:ViaService": {"rds." + region + ".amazonaws.com"}}, false},
			{"reading", "kms:Decrypt", key, asked, false},
			{"copying", "kms:ReEncryptFrom", key, asked, false},
		} {
			r := access.Request{Action: c.action, Resources: access.On(c.key), Context: c.context}
			assert.Equal(t, c.allowed, decided(t, engine, role, r).Allowed(), "%s: %s", p, c.it)
		}
		assert.Equal(t, prove.Holds, onlyOperates(t, engine, in).Verdict, p)

		in.OperationRoles[0].VolumeKeys = []string{other}
		f := onlyOperates(t, engine, in)
		require.Equal(t, prove.DoesNotHold, f.Verdict, "%s: a key that the stack does not list", p)
		assert.Contains(t, f.Witness.String(), "kms:CreateGrant")
		for i := range 2 {
			dropped := false
			engine, _, in := starting(t, p, key, func(s *policy.Statement) {
				if s.Sid == "StartInstancesWithEncryptedVolumes" {
					require.Len(t, s.Conditions, 2)
					s.Conditions, dropped = slices.Delete(slices.Clone(s.Conditions), i, i+1), true
				}
			})
			require.True(t, dropped)
			assert.Equal(t, prove.DoesNotHold, onlyOperates(t, engine, in).Verdict, "%s: condition %d dropped", p, i)
		}
	}
}
