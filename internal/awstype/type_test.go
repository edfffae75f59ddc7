package awstype_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/awstype"
)

// Each type says everything that the product asks of it: a type that lacks a fact is named with it.
func TestEveryTypeSaysEverything(t *testing.T) {
	seen := map[string]bool{}
	for _, typ := range awstype.Types() {
		assert.False(t, seen[typ.Token], "%s stands twice", typ.Token)
		seen[typ.Token] = true
		ways := 0
		for _, way := range []bool{
			len(typ.ID.Inputs) > 0,
			typ.ID.PolicyARN,
			len(typ.ID.FoundBy) > 0,
			typ.ID.Repeatable,
		} {
			if way {
				ways++
			}
		}
		assert.Equal(
			t, 1, ways, "%s: ID says in one way how a creation whose answer was lost is found again", typ.Token,
		)
		assert.NotZero(t, typ.Adopted, "%s: Adopted says whether adopt takes over what exists", typ.Token)
		assert.NotNil(t, typ.Reflected, "%s: Reflected says which properties are no difference, or nothing", typ.Token)
		assert.NotZero(t, typ.World, "%s: World says how its state reads into a World", typ.Token)
		assert.NotEqual(t, len(typ.Guards) > 0, typ.Unguarded != "",
			"%s has Guards, or says in Unguarded why it has none", typ.Token)
		for _, g := range typ.Properties {
			assert.NotEmpty(t, g.Property, "%s: Property of a guard of a property", typ.Token)
		}
		for _, g := range typ.Guards {
			assert.Empty(t, g.Property, "%s: a guard of the resource itself", typ.Token)
		}
		for _, g := range slices.Concat(typ.Guards, typ.Properties) {
			assert.NotEmpty(t, g.Component, "%s: Component of a guard", typ.Token)
			assert.NotEmpty(t, g.Path, "%s: Path of a guard", typ.Token)
			assert.NotEmpty(t, g.Losing, "%s: Losing of a guard", typ.Token)
		}
		assert.NotEmpty(t, typ.Calls.Source.File, "%s: where its calls were read", typ.Token)
		assert.NotEmpty(t, typ.Calls.Calls, "%s: its calls", typ.Token)
		for _, function := range typ.ID.FoundBy {
			_, known := awstype.CallsOf(function)
			assert.True(t, known, "%s is found by %s, whose calls nothing lists", typ.Token, function)
		}
	}
	assert.NotEmpty(t, seen)
}

// An id that its inputs make up has all of them, or there is none.
func TestAnIDFollowsFromAllItsInputs(t *testing.T) {
	arn := func(path, name string) string { return "arn:" + path + name }
	for _, typ := range awstype.Types() {
		assert.Empty(t, typ.ID.Of(map[string]any{}, arn), typ.Token)
		if !typ.ID.Follows() {
			assert.Empty(t, typ.ID.Of(map[string]any{"name": "x"}, arn), typ.Token)
		}
	}
	attachment, _ := awstype.TypeOf("aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment")
	inputs := map[string]any{
		"permissionSetArn": "p", "instanceArn": "i",
		"customerManagedPolicyReference": map[string]any{"name": "n", "path": "/x/"},
	}
	assert.Equal(t, "n,/x/,p,i", attachment.ID.Of(inputs, arn))
	delete(inputs, "instanceArn")
	assert.Empty(t, attachment.ID.Of(inputs, arn))
}

// What only restricts goes in no edit in passing: wherever a type of resource of a stack can be bounded, the bound is
// guarded, as an argument or as a resource of its own.
func TestEveryBoundIsGuarded(t *testing.T) {
	bounds := map[string]bool{}
	for _, typ := range awstype.Types() {
		sets := slices.ContainsFunc(typ.Calls.Calls, func(c awstype.Call) bool {
			_, name, _ := strings.Cut(c.Action, ":")
			return strings.HasPrefix(name, "Put") && strings.Contains(name, "PermissionsBoundary")
		})
		if sets {
			bounds[typ.Token] = true
			assert.NotEmpty(t, append(typ.Properties, typ.Guards...), typ.Token)
			if !strings.Contains(typ.Token, "BoundaryAttachment") {
				assert.NotEmpty(t, typ.Properties, "%s loses its boundary as a property", typ.Token)
			}
		}
	}
	assert.Len(t, bounds, 3, "users, roles and permission sets")
}

// What others add beside a resource is a type of the table, which up reads and deletes as one.
func TestStraysAreTypes(t *testing.T) {
	for _, typ := range awstype.Types() {
		for _, stray := range typ.Strays {
			of, known := awstype.TypeOf(stray.Token)
			require.True(t, known, "%s: %s", typ.Token, stray.Token)
			assert.NotEmpty(t, of.Calls.Always(awstype.Read), stray.Token)
			assert.NotEmpty(t, of.Calls.Always(awstype.Delete), stray.Token)
			assert.NotEmpty(t, stray.Shared, stray.Token)
		}
	}
}
