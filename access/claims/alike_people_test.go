package claims

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// crowd is an account of people who share a group, with documents of the alphabet of the brute force: names that
// begin alike, names without letters, names that differ from a pattern in case, and tags that are somebody's name.
func crowd(t *rapid.T) world.World {
	w := fixture.BruteWorld(t)
	a := &w.Accounts[0]
	shared := policy.New(policy.Allow("Own", "iam:Tag*").On("arn:aws:iam::" + fixture.People + ":user/${aws:username}"))
	a.Groups = []world.Group{
		{
			Name: "g",
			Inline: []world.InlinePolicy{
				{Name: "g", Document: fixture.BruteDocument(t, 2, 2)},
				{Name: "own", Document: shared},
			},
		},
	}
	a.Users[0].Groups = []string{"g"}
	for _, name := range []string{"alice", "bobby", "carol", "7", "BOBBIE", "x"} {
		project := rapid.SampledFrom([]string{"One", "", "Two", "one", name}).Draw(t, "project")
		path := rapid.SampledFrom([]string{"", "", "", "/bob/"}).Draw(t, "path")
		a.Users = append(
			a.Users,
			world.User{
				Name:   name,
				Path:   path,
				Groups: []string{"g"},
				Tags:   []world.Tag{{Key: "Project", Value: project}},
			},
		)
	}
	trust := policy.New(
		policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.UserARN("bob"), fixture.UserARN("carol"))),
	)
	document := []world.InlinePolicy{{Name: "p", Document: fixture.BruteDocument(t, 2, 2)}}
	for _, project := range []string{"alpha", "beta", "One"} {
		a.Roles = append(
			a.Roles,
			world.Role{
				Name:   "of-" + project,
				Tags:   []world.Tag{{Key: "Project", Value: project}},
				Inline: document,
				Trust:  trust,
			},
		)
	}
	return w
}

// first is the world with one user, and one role, before the others: nothing was solved for anybody else when theirs
// is proven.
func first(w world.World, user, role int) world.World {
	w.Accounts = slices.Clone(w.Accounts)
	a := &w.Accounts[0]
	a.Users = slices.Concat(a.Users[user:user+1], a.Users[:user], a.Users[user+1:])
	a.Roles = slices.Concat(a.Roles[role:role+1], a.Roles[:role], a.Roles[role+1:])
	return w
}

// Whoever shares the searches of others is told the same as when nothing was solved before.
func TestWhoIsAlikeIsToldTheSameAlone(t *testing.T) {
	worlds := rapid.Custom(crowd)
	for seed := range walks(15, 150) {
		w := worlds.Example(seed)
		verdicts := func(w world.World) map[string]string {
			e, err := engine.Compile(w)
			require.NoError(t, err)
			r, err := Prove(e, DerivedIntent(w.Accounts[0]))
			require.NoError(t, err)
			told := map[string]string{}
			for _, f := range r.Findings {
				told[f.ID+" "+f.Subject] = f.Verdict.String() + ", " + f.Shut.String()
			}
			return told
		}
		together, a := verdicts(w), &w.Accounts[0]
		user, role := 1+seed%(len(a.Users)-1), 1+seed%(len(a.Roles)-1)
		own := []string{a.Users[user].ARN(a), a.Roles[role].ARN(a)}
		for about, alone := range verdicts(first(w, user, role)) {
			if slices.ContainsFunc(own, func(arn string) bool { return strings.HasSuffix(about, " "+arn) }) {
				assert.Equal(t, alone, together[about], "seed %d: %s", seed, about)
			}
		}
	}
}
