package reach

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
)

// elsewhere is a second account, so that ways lead over accounts.
const elsewhere = "444455556666"

// two are two accounts whose roles trust people and roles of either.
func (l likeness) two() access.World {
	w, other := l.world(), l.world()
	b := other.Accounts[0]
	b.ID, b.Alias = elsewhere, "other"
	w.Accounts = append(w.Accounts, b)
	return w
}

// edited is the world with one thing of another one in it.
func (l likeness) edited(w access.World) access.World {
	other := l.two()
	out := access.World{Accounts: []world.Account{w.Accounts[0], w.Accounts[1]}}
	at := l.IntN(2)
	a, from := &out.Accounts[at], &other.Accounts[at]
	switch l.IntN(6) {
	case 0:
		i := l.IntN(len(a.Users))
		a.Users = append([]world.User{}, a.Users...)
		a.Users[i] = from.Users[i]
	case 1, 2:
		i := l.IntN(len(a.Roles))
		a.Roles = append([]world.Role{}, a.Roles...)
		a.Roles[i] = from.Roles[i]
	case 3:
		a.Preferences = append(
			[]world.SessionPreferences{},
			world.SessionPreferences{Region: "us-east-1", RunAs: true, DefaultUser: "x"},
		)
	case 4:
		a.Documents = []world.SessionDocument{{
			Name: "Logs", Region: "us-east-1", Type: "Session", Owner: a.ID, Content: `{"sessionType":"InteractiveCommands"}`,
		}}
	default:
		a.Nodes = []world.Node{
			{
				Kind:   world.Instance,
				ID:     "i-0aaa",
				Region: "us-east-1",
				Tags:   []world.Tag{{Key: "Project", Value: "New"}},
			},
		}
	}
	return out
}

// Whose ways rest on the same in two worlds has the same ways in both.
func TestWaysThatRestOnTheSameAreTheSame(t *testing.T) {
	same, differ := 0, 0
	for seed := range uint64(tier.Times(20, 60)) {
		l := likeness{rand.New(rand.NewPCG(seed, 2))}
		before := l.two()
		after := l.edited(before)
		var ways [2]map[string][]Way
		var rests [2]map[string]Content
		for i, w := range []access.World{before, after} {
			engine, err := access.Compile(w)
			require.NoError(t, err)
			o := Options{At: someDay, DefaultProjectTag: "Project"}
			f, err := Find(engine, o)
			require.NoError(t, err)
			rests[i], ways[i] = Rests(engine, o), map[string][]Way{}
			for _, way := range f.Ways {
				ways[i][way.Person.ARN] = append(ways[i][way.Person.ARN], way)
			}
		}
		require.Len(t, rests[0], 2*len(alikeNames))
		for arn, content := range rests[0] {
			if rests[1][arn] != content {
				differ++
				continue
			}
			same++
			assert.Equal(t, ways[0][arn], ways[1][arn], "seed %d: %s", seed, arn)
		}
	}
	assert.Greater(t, same, tier.Times(16, 50))
	assert.Greater(t, differ, tier.Times(16, 50))
}

// Only those are looked at who are wanted, and what is said of them is what is said of everybody.
func TestOnlyWhoIsWantedIsLookedAt(t *testing.T) {
	l := likeness{rand.New(rand.NewPCG(1, 2))}
	engine, err := access.Compile(l.two())
	require.NoError(t, err)
	o := Options{At: someDay, DefaultProjectTag: "Project"}
	whole, err := Find(engine, o)
	require.NoError(t, err)
	alice := "arn:aws:iam::" + handAccount + ":user/alice"
	o.Only = func(arn string) bool { return arn == alice }
	part, err := Find(engine, o)
	require.NoError(t, err)
	var want []Way
	for _, way := range whole.Ways {
		if way.Person.ARN == alice {
			want = append(want, way)
		}
	}
	assert.Equal(t, want, part.Ways)
}
