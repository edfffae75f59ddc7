package reach

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/policy"
)

var someDay = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

const handAccount = "111122223333"

// likeness makes worlds whose people differ in little: in names of which one begins with another, in tags, and in who
// is named where.
type likeness struct{ *rand.Rand }

func pick[T any](l likeness, of ...T) T { return of[l.IntN(len(of))] }

var alikeNames = []string{"al", "alice", "bob", "Carol"}

func (l likeness) statement(actions []string) policy.Statement {
	st := policy.Allow("", pick(l, actions...), pick(l, actions...))
	if l.IntN(4) == 0 {
		st = policy.Deny("", pick(l, "*", "ssm:*", pick(l, actions...)))
	}
	name := pick(l, alikeNames...)
	st = st.On(
		pick(
			l,
			"*",
			"*",
			"arn:aws:ssm:*:*:session/${aws:username}-*",
			"arn:aws:ssm:*:*:session/${aws:userid}-*",
			"arn:aws:ssm:*:*:session/"+name+"*",
			"arn:aws:iam::*:user/"+name,
		),
	)
	switch l.IntN(6) {
	case 0:
		st = st.When(policy.StringEquals("aws:username", name))
	case 1:
		st = st.When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:username", name[:1]+"*"))
	case 2:
		st = st.When(policy.StringEquals("aws:PrincipalTag/Team", "${aws:username}"))
	case 3:
		st = st.When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}"))
	case 4:
		st = st.When(policy.Bool("aws:MultiFactorAuthPresent", l.IntN(2) == 0))
	}
	return st
}

func (l likeness) trust() policy.Document {
	name := pick(l, alikeNames...)
	who := pick(
		l,
		policy.AWSPrincipals(
			"arn:aws:iam::"+handAccount+":user/"+name,
		),
		policy.AWSPrincipals("arn:aws:iam::"+handAccount+":root"),
		policy.AWSPrincipals(handAccount),
		policy.Anyone(),
		policy.AWSPrincipals(
			"arn:aws:iam::"+handAccount+":role/r0",
		),
		policy.AWSPrincipals("arn:aws:sts::"+handAccount+":assumed-role/r1/"+name),
	)
	st := policy.Allow("", "sts:AssumeRole").For(who)
	if l.IntN(3) == 0 {
		st = st.When(policy.ArnLike("aws:PrincipalArn", pick(l, "*", "arn:aws:iam::*:role/r*")))
	}
	return policy.New(st)
}

func (l likeness) world() access.World {
	var actions []string
	for _, row := range tableRows() {
		actions = append(actions, row.Others()...)
	}
	actions = append(
		actions[:min(len(actions), 40)],
		"ssm:ResumeSession",
		"ssm:ResumeSession",
		"ssm:SendCommand",
		"sts:AssumeRole",
	)
	common := policy.New(l.statement(actions), l.statement(actions))
	account := world.Account{
		ID:          handAccount,
		Partition:   policy.AWS,
		Preferences: []world.SessionPreferences{{Region: "ap-northeast-1", RunAs: true}},
	}
	for _, name := range alikeNames {
		u := world.User{
			Name:   name,
			Inline: []world.InlinePolicy{{Name: "common", Document: common}},
			Tags:   []world.Tag{{Key: "Team", Value: pick(l, alikeNames...)}},
		}
		if l.IntN(4) == 0 {
			u.Inline = append(u.Inline, world.InlinePolicy{Name: "own", Document: policy.New(l.statement(actions))})
		}
		account.Users = append(account.Users, u)
	}
	for i := range 3 {
		account.Roles = append(account.Roles, world.Role{
			Name: fmt.Sprintf(
				"r%d",
				i,
			),
			Path:   "/",
			Trust:  l.trust(),
			Inline: []world.InlinePolicy{{Name: "common", Document: common}},
		})
	}
	return access.World{Accounts: []world.Account{account}}
}

// alone are the rows of the table that a session may use, asked of it and nobody else, with its own sessions taken
// out from the beginning.
func alone(t *testing.T, engine *access.Engine, s access.Session) []Other {
	t.Helper()
	var found []Other
	for _, row := range doors.Table() {
		if len(row.Others()) == 0 || row.Class != doors.Shell && row.Class != doors.Code {
			continue
		}
		answer, err := prove.Prove(engine, prove.Claim{
			Caller: s,
			Never: []policy.Statement{
				policy.Allow("", row.Others()...).
					On("*").
					When(policy.From(someDay), policy.Before(someDay.Add(time.Second))),
			},
			Except: []policy.Statement{
				policy.Allow("", "ssm:ResumeSession").
					On("*").
					When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
				policy.Allow("", "ssm:ResumeSession").
					On("arn:*:ssm:*:*:session/${aws:username}-*", "arn:*:ssm:*:*:session/${aws:userid}-*"),
			},
		})
		require.NoError(t, err)
		if answer.Verdict == prove.DoesNotHold {
			found = append(found, Other{row.Service, row.It})
		}
	}
	return found
}

// What people share changes no answer: the rows of the table that a session may use are those that it has when it is
// asked alone, and no role is left out that somebody takes.
func TestWhatPeopleShareChangesNoAnswer(t *testing.T) {
	some, none, taken := 0, 0, 0
	for seed := range uint64(tier.Times(20, 60)) {
		l := likeness{rand.New(rand.NewPCG(seed, 1))}
		engine, err := access.Compile(l.world())
		require.NoError(t, err)
		b := newFinder(engine, Options{At: someDay, DefaultProjectTag: "Project"})
		var sessions []access.Session
		w := engine.World()
		account := &w.Accounts[0]
		for i := range account.Users {
			for _, s := range []signIn{consoleWithoutMFA, accessKey, consoleWithMFA} {
				sessions = append(sessions, s.session(account.Users[i].ARN(account), someDay, 0))
			}
		}
		for i := range account.Roles {
			for _, name := range alikeNames[:2] {
				sessions = append(sessions, access.AssumedRole(account.Roles[i].ARN(account), name).IssuedAt(someDay))
			}
		}
		for _, s := range sessions {
			got, err := b.others(&path{session: s}, someDay)
			require.NoError(t, err)
			want := alone(t, engine, s)
			if !slices.Equal(want, got) {
				assert.Equal(t, want, got, "seed %d: %s", seed, s)
			}
			some, none = some+min(1, len(got)), none+1-min(1, len(got))
			for i := range account.Roles {
				role := &account.Roles[i]
				allowed, _, err := b.decide(s, assume(role.ARN(account), "name", someDay))
				require.NoError(t, err)
				if allowed {
					taken++
					assert.True(
						t,
						slices.ContainsFunc(
							b.roles.speakingOf(s.Subject(), handAccount),
							func(one *placedRole) bool { return one.role == role },
						),
						"seed %d: %s takes %s",
						seed,
						s,
						role.Name,
					)
				}
			}
		}
	}
	assert.Greater(t, some, tier.Times(16, 50))
	assert.Greater(t, none, tier.Times(16, 50))
	assert.Greater(t, taken, tier.Times(6, 20))
}
