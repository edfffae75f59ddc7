package tests

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
)

// manyUsers is a folder of one stack with users alone: four resources and a component for each.
func manyUsers(b *testing.B, users int) *deployment {
	d := &deployment{cli: clitest.Need(b), dir: b.TempDir(), cache: filepath.Join(b.TempDir(), "guardrails")}
	d.write(b, "Pulumi.yaml", "name: many\nruntime: go\n")
	var text strings.Builder
	text.WriteString("config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n")
	text.WriteString("  guardrails:users:\n")
	for i := range users {
		fmt.Fprintf(&text, "    - name: user%03d\n", i)
	}
	d.write(b, "Pulumi.dev.yaml", text.String())
	return d
}

// bare is a Pulumi program that registers the resources of a stack and does nothing else: no components, no proofs, and
// nothing is read beside them.
func bare(resources []program.Resource) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{
			Region: pulumi.String("ap-northeast-1"), AllowedAccountIds: pulumi.ToStringArray([]string{"111122223333"}),
		})
		if err != nil {
			return err
		}
		made := map[string]pulumi.Resource{}
		// A list of all policies of a group waits for the policies.
		var policies []pulumi.Resource
		for _, r := range resources {
			var waits []pulumi.Resource
			for _, key := range []resource.PropertyKey{"user", "userName", "group", "groupName"} {
				if other := r.Inputs[key]; other.IsString() && made[other.StringValue()] != nil {
					waits = append(waits, made[other.StringValue()])
				}
			}
			if groups := r.Inputs["groups"]; groups.IsArray() {
				for _, group := range groups.ArrayValue() {
					waits = append(waits, made[group.StringValue()])
				}
			}
			if r.Type == "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive" {
				waits = append(waits, policies...)
			}
			one := &pulumi.CustomResourceState{}
			args := pulumi.Map{}
			for key, value := range r.Inputs {
				args[string(key)] = pulumi.Any(value.Mappable())
			}
			options := []pulumi.ResourceOption{pulumi.Provider(provider), pulumi.DependsOn(waits)}
			if err := ctx.RegisterResource(r.Type, r.Name, args, one, options...); err != nil {
				return err
			}
			if r.Type == "aws:iam/groupPolicy:GroupPolicy" {
				policies = append(policies, one)
			} else if name := r.Inputs["name"]; name.IsString() {
				made[name.StringValue()] = one
			}
		}
		return nil
	}
}

// resourcesInOrder are what the stack makes, with whatever waits for something behind it.
func resourcesInOrder(b *testing.B, d *deployment) []program.Resource {
	s, problems := stack.ReadFile(filepath.Join(d.dir, "Pulumi.dev.yaml"))
	require.Empty(b, problems)
	resources, err := program.Resources("many", s)
	require.NoError(b, err)
	rank := func(r program.Resource) int {
		return slices.Index([]string{
			"aws:iam/userGroupMembership:UserGroupMembership", "aws:iam/groupPolicy:GroupPolicy", "aws:iam/user:User",
			"aws:iam/group:Group",
		}, r.Type)
	}
	slices.SortStableFunc(resources, func(a, b program.Resource) int { return cmp.Compare(rank(b), rank(a)) })
	return resources
}

// bareStack is a new stack of a program in folders of its own, with the settings of the engine that a sandbox has.
func bareStack(
	b *testing.B,
	d *deployment,
	run pulumi.RunFunc,
	settings map[string]string,
) (auto.Stack, *sandbox.Server) {
	folder, err := project.Open(d.dir)
	require.NoError(b, err)
	server, err := sandbox.Start(b.Context(), sandbox.Options{
		State: filepath.Join(b.TempDir(), "aws.json"), Stack: "dev", Account: "111122223333",
		Known: workspace.KnownBy(folder),
	})
	require.NoError(b, err)
	command, err := pulumicli.Find(b.Context(), pulumicli.Options{})
	require.NoError(b, err)
	home, work := b.TempDir(), b.TempDir()
	require.NoError(b, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte("name: many\nruntime: go\n"), 0o600))
	env := map[string]string{
		"PULUMI_DEBUG_PROVIDERS":                        server.DebugProviders(),
		"PULUMI_BACKEND_URL":                            "file://" + b.TempDir() + "?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE":                      "sandbox",
		"PULUMI_HOME":                                   home,
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
	maps.Copy(env, settings)
	local, err := auto.NewLocalWorkspace(b.Context(), auto.WorkDir(work), auto.Pulumi(command), auto.EnvVars(env),
		auto.Program(run))
	require.NoError(b, err)
	made, err := auto.UpsertStack(b.Context(), "dev", local)
	require.NoError(b, err)
	return made, server
}

// processorTime is what this process and those that it waited for have used.
func processorTime(b *testing.B) float64 {
	var all float64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		require.NoError(b, syscall.Getrusage(who, &used))
		for _, t := range []syscall.Timeval{used.Utime, used.Stime} {
			all += float64(t.Sec) + float64(t.Usec)/1e6
		}
	}
	return all
}

// The processor time of a first preview and a first up in the sandbox, beside programs with the same provider whose stack
// is there already: one with the same resources, one with their components too and no proofs, and the first with the
// engine's setting that keeps no state before the end. They take turns. GUARDRAILS_USERS says how many users; 205 make
// 1,030 resources and components.
func BenchmarkBesideABareProgram(b *testing.B) {
	d := manyUsers(b, tier.Number(b, "GUARDRAILS_USERS", 205))
	for _, operation := range []result.Operation{result.Preview, result.Up} {
		b.Run(string(operation), func(b *testing.B) { besideABareProgram(b, d, operation) })
	}
}

func besideABareProgram(b *testing.B, d *deployment, operation result.Operation) {
	folder, err := project.Open(d.dir)
	require.NoError(b, err)
	declared, problems := stack.ReadFile(filepath.Join(d.dir, "Pulumi.dev.yaml"))
	require.Empty(b, problems)
	resources := bare(resourcesInOrder(b, d))
	withComponents := func(ctx *pulumi.Context) error { return program.Register(ctx, declared) }
	atTheEnd := map[string]string{"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
	spent := map[string][]float64{}
	measure := func(unit string, do func()) {
		before := processorTime(b)
		do()
		spent[unit] = append(spent[unit], processorTime(b)-before)
	}
	alone := func(unit string, run pulumi.RunFunc, settings map[string]string) {
		made, server := bareStack(b, d, run, settings)
		measure(unit, func() {
			var err error
			if operation == result.Up {
				_, err = made.Up(b.Context(), optup.SuppressProgress())
			} else {
				_, err = made.Preview(b.Context(), optpreview.SuppressProgress())
			}
			require.NoError(b, err)
		})
		require.NoError(b, server.Close())
	}
	for b.Loop() {
		measure("guardrails-s", func() {
			options := workspace.Options{Sandbox: true, Fresh: true, Cache: d.cache}
			_, err := workspace.New(folder, options).Run(b.Context(), operation)
			require.NoError(b, err)
		})
		alone("bare-s", resources, nil)
		alone("with-components-s", withComponents, nil)
		if operation == result.Up {
			alone("bare-state-at-the-end-s", resources, atTheEnd)
		}
	}
	for unit, all := range spent {
		slices.Sort(all)
		b.ReportMetric((all[(len(all)-1)/2]+all[len(all)/2])/2, unit)
	}
}
