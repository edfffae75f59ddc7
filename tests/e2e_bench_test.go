package tests

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
)

// manyAccounts is an organization of a management account, a jump account and a number of member accounts with two
// doors each.
func manyAccounts(t testing.TB, members int) *deployment {
	t.Helper()
	d := &deployment{cli: clitest.Need(t), dir: t.TempDir(), cache: filepath.Join(t.TempDir(), "guardrails")}
	ids := make([]string, members)
	for i := range ids {
		ids[i] = fmt.Sprintf("%012d", int64(1e11)+int64(i))
	}
	account := `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "%s", alias: %s, organization: o-exampleorgid, deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}
`
	quoted := `["` + strings.Join(ids, `", "`) + `"]`
	d.write(t, "Pulumi.yaml", "name: many\nruntime: go\n")
	d.write(
		t,
		"Pulumi.management.yaml",
		fmt.Sprintf(account, "123456789012", "management")+fmt.Sprintf(`  guardrails:organization:
    id: o-exampleorgid
    management: "123456789012"
    tree: {id: r-exam, accounts: ["123456789012", "111122223333"], units: [{id: ou-exam-11111111, name: Workloads, accounts: %s}]}
    osAccessOnly: {targets: [ou-exam-11111111], operationRoles: true}
    protectGuardrails: {targets: [ou-exam-11111111]}
`, quoted),
	)
	d.write(
		t,
		"Pulumi.jump.yaml",
		fmt.Sprintf(account, "111122223333", "jump")+fmt.Sprintf(`  guardrails:mfa: {roleAccounts: %s}
  guardrails:users: [{name: alice}, {name: bob}]
`, quoted),
	)
	world := &strings.Builder{}
	fmt.Fprintf(world, `organization:
  id: o-exampleorgid
  management: "123456789012"
  root: r-exam
  units: [{id: ou-exam-11111111, name: Workloads}]
  accounts: {"111122223333": r-exam`)
	for i, id := range ids {
		name := fmt.Sprintf("member%d", i+1)
		fmt.Fprintf(world, `, "%s": ou-exam-11111111`, id)
		d.write(t, "Pulumi."+name+".yaml", fmt.Sprintf(account, id, name)+`  guardrails:operationRoles:
    - {name: shop-alice, users: [jump/alice], project: shop, runAs: alice}
    - {name: shop-bob, users: [jump/bob], project: shop, runAs: bob}
`)
	}
	world.WriteString("}\n")
	d.write(t, "sandbox.yaml", world.String())
	return d
}

// The time of deploying twelve member accounts from nothing, one after the other and four at once.
func BenchmarkUpOfTwelveMembers(b *testing.B) {
	for _, parallel := range []int{1, 4} {
		b.Run(fmt.Sprintf("parallel=%d", parallel), func(b *testing.B) {
			d := manyAccounts(b, 12)
			folder, err := project.Open(d.dir)
			require.NoError(b, err)
			for b.Loop() {
				options := workspace.Options{Sandbox: true, Cache: d.cache, Parallel: parallel, Fresh: true}
				_, err := workspace.New(folder, options).Run(b.Context(), result.Up)
				require.NoError(b, err)
			}
		})
	}
}

// The time of a preview of a stack of a thousand resources that has nothing to do: without reading AWS, with reading,
// and where a twentieth of the calls is throttled, each of which costs a second: what the SDK waits on average before
// its second try. AWS itself answers at once here: what is measured is the engine and the number of calls. To deploy
// the stack first takes minutes, because the engine writes its whole state after each of the resources.
func BenchmarkPreviewOfAThousandResources(b *testing.B) {
	d := &deployment{cli: clitest.Need(b), dir: b.TempDir(), cache: filepath.Join(b.TempDir(), "guardrails")}
	d.write(b, "Pulumi.yaml", "name: many\nruntime: go\n")
	var users strings.Builder
	for i := range 497 {
		fmt.Fprintf(&users, "    - name: user%03d\n", i)
	}
	d.write(
		b,
		"Pulumi.dev.yaml",
		"config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n  "+
			"guardrails:users:\n"+users.String(),
	)
	folder, err := project.Open(d.dir)
	require.NoError(b, err)
	run := func(operation result.Operation, options workspace.Options) *result.Report {
		options.Sandbox, options.Cache = true, d.cache
		summary, err := workspace.New(folder, options).Run(b.Context(), operation)
		require.NoError(b, err)
		return summary.Stacks[0]
	}
	run(result.Up, workspace.Options{})
	throttled := &api.Faults{Seed: 1, Delay: time.Second, Rates: map[api.Fault]float64{api.Throttled: 0.05}}
	for _, c := range []struct {
		name    string
		options workspace.Options
	}{{"not read", workspace.Options{NoRefresh: true}}, {"read", workspace.Options{}}, {"throttled",
		workspace.Options{Faults: throttled}}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				r := run(result.Preview, c.options)
				require.Empty(b, r.Changes)
				b.ReportMetric(float64(r.Same), "resources")
			}
		})
	}
}
