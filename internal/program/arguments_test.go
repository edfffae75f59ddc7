package program

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/internal/stack"
)

// knownOnly is the value with what AWS alone knows made unknown, as it is in a preview.
func knownOnly(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsString() && strings.HasPrefix(v.StringValue(), OutputOf("urn:")):
		return resource.MakeComputed(resource.NewProperty(""))
	case v.IsArray():
		var items []resource.PropertyValue
		for _, item := range v.ArrayValue() {
			items = append(items, knownOnly(item))
		}
		return resource.NewProperty(items)
	case v.IsObject():
		fields := resource.PropertyMap{}
		for key, field := range v.ObjectValue() {
			fields[key] = knownOnly(field)
		}
		return resource.NewProperty(fields)
	}
	return v
}

// argumentsOf holds the arguments of everything that the program registers for a stack against the schema of its
// type, and counts them.
func argumentsOf(t *testing.T, stack *stack.Stack, what string, seen map[string]bool) (arguments int) {
	t.Helper()
	resources, err := Resources("guardrails", stack)
	require.NoError(t, err, what)
	for _, r := range resources {
		reasons, known := provider.Refused(r.Type, knownOnly(resource.NewProperty(r.Inputs)).ObjectValue())
		assert.True(t, known, "%s: the schema does not have the type %s", what, r.Type)
		assert.Empty(t, reasons, "%s: %s %s", what, r.Type, r.Name)
		for key := range r.Inputs {
			seen[r.Type+" "+string(key)] = true
			arguments++
		}
	}
	return arguments
}

// Every argument of every resource is one that the provider takes: of all shipped stacks, and of each of 300 that are
// changed at random and that check accepts.
func TestTheProviderTakesEveryArgument(t *testing.T) {
	type source struct {
		file string
		text []byte
	}
	var sources []source
	seen, tried, arguments := map[string]bool{}, map[string]bool{}, 0
	for _, folder := range shippedFolders {
		for _, name := range folder.stacks {
			file := filepath.Join(folder.dir, "Pulumi."+name+".yaml")
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			stack, problems := stack.ReadFile(file)
			require.Empty(t, problems)
			arguments += argumentsOf(t, stack, file, seen)
			sources = append(sources, source{file, text})
		}
	}
	runs, accepted := 300, 0
	if testing.Short() {
		runs = 50
	}
	for i := 0; accepted < runs; i++ {
		require.Less(t, i, 20*runs, "check accepts hardly any change")
		of := sources[i%len(sources)]
		changed, what := mutate(t, of.text, rand.New(rand.NewPCG(uint64(i), 29)))
		if tried[string(changed)] {
			continue
		}
		tried[string(changed)] = true
		stack, problems := stack.ReadAs(of.file, changed)
		if len(problems) > 0 {
			continue
		}
		accepted++
		arguments += argumentsOf(t, stack, of.file+": "+what, seen)
	}
	t.Logf("%d arguments of %d kinds, %d changed stacks", arguments, len(seen), accepted)
}
