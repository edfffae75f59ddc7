package reach_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

// crowdOf is an account whose people share a group. Its documents open sessions, by patterns and conditions that tell
// names apart and by some that do not.
func crowdOf(r *rand.Rand) world.World {
	const id = "111122223333"
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	statement := func() policy.Statement {
		st := policy.Allow("", pick("ssm:StartSession", "sts:AssumeRole", "ssm:*", "iam:TagUser"))
		if r.IntN(3) == 0 {
			st = policy.Deny("", pick("ssm:StartSession", "sts:AssumeRole", "*"))
		}
		st = st.On(pick("*", "*", "arn:aws:iam::"+id+":role/*", "arn:aws:ec2:*:"+id+":instance/*"))
		switch r.IntN(4) {
		case 0:
			st = st.When(policy.StringEquals("aws:username", pick("anna", "ben")))
		case 1:
			st = st.When(
				policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:username", pick("a*", "*", "?????")),
			)
		}
		return st
	}
	a := world.Account{ID: id, Partition: policy.AWS}
	a.Groups = []world.Group{{Name: "g", Inline: []world.InlinePolicy{{Name: "g", Document: policy.New(statement(), statement())}}}}
	for _, name := range []string{"anna", "ben", "carla", "david", "emil", "frida"} {
		a.Users = append(a.Users, world.User{Name: name, Groups: []string{"g"}})
	}
	for _, name := range []string{"anna", "carla"} {
		a.Roles = append(a.Roles, world.Role{
			Name: "op-" + name,
			Trust: policy.New(
				policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(a.Users[r.IntN(6)].ARN(&a))),
			),
			Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(policy.Allow("S", "ssm:StartSession").On("*"))}},
		})
	}
	return world.World{Accounts: []world.Account{a}}
}

// Whoever is like somebody who reaches nothing is told to reach nothing, and would be found to.
func TestThoseAlikeReachWhatTheyReachAlone(t *testing.T) {
	shared := 0
	for seed := range uint64(tier.Times(20, 60)) {
		w := crowdOf(rand.New(rand.NewPCG(seed, 7)))
		engine, err := access.Compile(w)
		require.NoError(t, err)
		at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		all, err := reach.Find(engine, reach.Options{At: at})
		require.NoError(t, err)
		alone, err := reach.Find(engine, reach.Options{At: at, Only: func(string) bool { return true }})
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%+v", alone.Ways), fmt.Sprintf("%+v", all.Ways), "seed %d", seed)
		alike, seen := claims.Alike(engine), map[int]bool{}
		for i := range all.Ways {
			class := alike(all.Ways[i].Person.ARN)
			if all.Ways[i].Nothing() && class != 0 && seen[class] {
				shared++
			}
			seen[class] = true
		}
	}
	assert.NotZero(t, shared)
}
