// Package claimtest has what tests of several families of claims share.
package claimtest

import (
	"embed"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	_ "aws-access-guardrails/internal/testkit/garbage" // Tests end soon.
	"aws-access-guardrails/policy"
)

//go:embed testdata/sample-policies
var samples embed.FS

// Sample is a policy that people publish and copy, by its path below testdata/sample-policies without ".json".
func Sample(t testing.TB, name string) policy.Document {
	t.Helper()
	data, err := samples.ReadFile("testdata/sample-policies/" + name + ".json")
	require.NoError(t, err)
	d, err := policy.Parse(data)
	require.NoError(t, err)
	return d
}

// Proven is the report about the first account of a world. Its intent is the derived one, with what change does to it.
func Proven(t testing.TB, w world.World, change ...func(*intent.Account)) prove.Report {
	t.Helper()
	e, err := engine.Compile(w)
	require.NoError(t, err)
	in := claims.DerivedIntent(w.Accounts[0])
	for _, c := range change {
		c(&in)
	}
	r, err := claims.Prove(e, in)
	require.NoError(t, err)
	return r
}

// Finding is the finding of a proof about a subject whose ARN ends so.
func Finding(t testing.TB, r prove.Report, id, subject string) prove.Finding {
	t.Helper()
	index := slices.IndexFunc(
		r.Findings,
		func(f prove.Finding) bool { return f.ID == id && strings.HasSuffix(f.Subject, subject) },
	)
	require.GreaterOrEqual(t, index, 0, "no finding of %s about %s", id, subject)
	return r.Findings[index]
}
