package delegated_test

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
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// fromTheOffice is a role of bob's that is assumed and used from three networks.
func fromTheOffice() *delegated.Args {
	return &delegated.Args{
		Account: guardrail.Account{ID: "111122223333", Partition: policy.AWS}, Name: "Admin", Users: []string{"bob"},
		ManagedPolicies: []string{"AdministratorAccess"},
		SourceNetworks:  guardrail.SourceNetworks{"203.0.113.0/24", "vpc-0abcdef1234567890", "vpce-0abcdef1234567890"},
	}
}

// ofNetworks is the proof about the networks of a role, of whose role something may be changed.
func ofNetworks(t *testing.T, a *delegated.Args, change func(*world.Role)) prove.Finding {
	t.Helper()
	require.NoError(t, a.Validate())
	account := world.Account{ID: "111122223333", Partition: policy.AWS, Users: []world.User{{Name: "bob", Path: "/"}}}
	a.AddTo(&account)
	if change != nil {
		change(&account.Roles[0])
	}
	e, err := access.Compile(world.WithManagedPolicies(access.World{Accounts: []world.Account{account}}))
	require.NoError(t, err)
	in := intent.Account{Account: account.ID}
	a.AddIntent("delegatedRoles[0]", &in)
	report, err := claims.Prove(e, in)
	require.NoError(t, err)
	at := slices.IndexFunc(report.Findings, func(f prove.Finding) bool { return f.ID == "source-networks-only" })
	require.GreaterOrEqual(t, at, 0)
	return report.Findings[at]
}

// A role is assumed and used from its networks alone, and each part of what says so is missed by the proof.
func TestEveryPartOfTheNetworksIsMissed(t *testing.T) {
	assert.Equal(t, prove.Holds, ofNetworks(t, fromTheOffice(), nil).Verdict)
	for _, in := range []string{"trust", "role"} {
		statement := func(r *world.Role) *policy.Statement {
			if in == "trust" {
				r.Trust.Statements = slices.Clone(r.Trust.Statements)
				return &r.Trust.Statements[0]
			}
			r.Inline = slices.Clone(r.Inline)
			r.Inline[0].Document.Statements = slices.Clone(r.Inline[0].Document.Statements)
			return &r.Inline[0].Document.Statements[0]
		}
		for name, change := range map[string]func(*policy.Statement){
			"no Deny": func(st *policy.Statement) { st.Actions = []string{"sts:TagSession"} },
			"another block": func(st *policy.Statement) {
				st.Conditions[0].Values = []string{"203.0.113.0/24", "198.51.100.0/24"}
			},
			"another VPC":      func(st *policy.Statement) { st.Conditions[1].Values = []string{"vpc-11111111"} },
			"another endpoint": func(st *policy.Statement) { st.Conditions[2].Values = []string{"vpce-11111111"} },
			"an address that is asked for": func(st *policy.Statement) {
				st.Conditions = append(st.Conditions, policy.Present("aws:SourceIp"))
			},
		} {
			f := ofNetworks(t, fromTheOffice(), func(r *world.Role) {
				st := statement(r)
				st.Conditions = slices.Clone(st.Conditions)
				change(st)
			})
			assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", in, name)
		}
	}
	narrower := ofNetworks(t, fromTheOffice(), func(r *world.Role) {
		st := &r.Inline[0].Document.Statements[0]
		st.Conditions = slices.Clone(st.Conditions)[:3]
	})
	assert.Equal(t, prove.Holds, narrower.Verdict, "what services call may be denied too")
}

// What is no network, is all of them, does nothing, or lies within another one is refused.
func TestNetworksThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"0.0.0.0/0": "is every network", "::/0": "is every network", "0.0.0.0/1": "is most of the Internet",
		"128.0.0.0/1": "is most of the Internet", "2000::/3": "is most of the Internet",
		"10.0.0.0/8": "does nothing", "172.20.0.0/16": "does nothing", "192.168.1.0/24": "does nothing",
		"100.64.0.0/16": "does nothing", "127.0.0.1/32": "does nothing", "169.254.0.0/16": "does nothing",
		"fd00::/32": "does nothing", "fe80::/64": "does nothing", "239.0.0.0/8": "does nothing",
		"198.51.100.7": "write 198.51.100.7/32", "2001:db8::1": "write 2001:db8::1/128",
		"198.51.100.7/24": "write 198.51.100.0/24", "::ffff:198.51.100.0/120": "is IPv4 written as IPv6",
		"203.0.113.128/25": "lies within 203.0.113.0/24", "203.0.0.0/16": "lies within 203.0.113.0/24",
		"203.0.113.0/24": "is listed twice", "vpc-0abcdef1234567890": "is listed twice",
		"vpc-xyz": "is not the id", "vpce-": "is not the id", "office": "is neither", "198.51.100.0/33": "is neither", "": "is neither",
		"*": "is neither", "fe80::1%eth0": "is neither",
	} {
		a := fromTheOffice()
		a.SourceNetworks = append(a.SourceNetworks, text)
		problems := problem.Of(a.Validate())
		require.Len(t, problems, 1, text)
		assert.Equal(t, problem.Path("sourceNetworks[3]"), problems[0].Path, text)
		assert.Contains(t, problems[0].Error(), says, text)
	}
	for _, text := range []string{"198.51.100.7/32", "2001:db8::/32", "198.51.100.0/24", "vpce-11111111", "2606:4700::/32"} {
		a := fromTheOffice()
		a.SourceNetworks = append(a.SourceNetworks, text)
		assert.NoError(t, a.Validate(), text)
	}
}
