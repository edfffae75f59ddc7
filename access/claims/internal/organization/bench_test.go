package organization_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/organization"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// BenchmarkProveOrganization makes the standing proofs of an organization of 100 accounts.
func BenchmarkProveOrganization(b *testing.B) {
	statements, in := protecting()
	w := organizationOf(policy.New(statements...))
	root := &w.Organization.Root
	in.Doors = &intent.Doors{Sessions: in.Changers, OtherDoors: in.Changers, RemoteExecutionOpen: true}
	for i := range 97 {
		id := fmt.Sprintf("%012d", 200000000000+i)
		root.Units[0].Accounts = append(
			root.Units[0].Accounts,
			world.OrganizationAccount{ID: id, Policies: root.Units[0].Policies},
		)
		in.Protected.Accounts = append(in.Protected.Accounts, id)
		in.Doors.Accounts = append(in.Doors.Accounts, id)
	}
	in.Management, in.Account = topAccount, topAccount
	e := fixture.Compiled(b, w)
	for b.Loop() {
		findings, err := organization.Prove(e, in)
		require.NoError(b, err)
		require.NotEmpty(b, findings)
	}
}
