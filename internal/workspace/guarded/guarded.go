// Package guarded finds what guards a resource that an edit must not delete or replace in passing. Which kinds those
// are stands with their types, in package awstype.
package guarded

import (
	"slices"
	"strings"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/workspace/urn"
)

// RoleType is the type that most guarded resources hang on.
const RoleType = token.IAMRole

// GuardOf is what guards a resource; nil for one that may come and go.
func GuardOf(resourceURN string) *awstype.Guard {
	component, typ, name := urn.Split(resourceURN)
	facts, _ := awstype.TypeOf(typ)
	for i, g := range facts.Guards {
		if g.Component == component && strings.HasSuffix(name, g.Suffix) {
			return &facts.Guards[i]
		}
	}
	return nil
}

// Property is what guards an argument of a resource; nil for one that an edit may take away.
func Property(resourceURN, property string) *awstype.Guard {
	component, typ, _ := urn.Split(resourceURN)
	facts, _ := awstype.TypeOf(typ)
	for i, g := range facts.Properties {
		if g.Component == component && g.Property == property {
			return &facts.Properties[i]
		}
	}
	return nil
}

// Any reports whether the resource, or an argument of it, is guarded.
func Any(resourceURN string) bool {
	component, typ, _ := urn.Split(resourceURN)
	facts, _ := awstype.TypeOf(typ)
	return GuardOf(resourceURN) != nil ||
		slices.ContainsFunc(facts.Properties, func(g awstype.Guard) bool { return g.Component == component })
}

// Carries reports whether resources of other types hang on those of the type: one of those that goes with its carrier
// is not guarded, because what it bound is gone.
func Carries(typ string) bool {
	facts, _ := awstype.TypeOf(typ)
	return facts.Carries
}
