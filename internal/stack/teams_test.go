package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/problem"
)

// people is a folder with a stack of people, and one that they come to; it returns the files.
func peopleFolder(t *testing.T, jump, workload string) (jumpFile, workloadFile string) {
	t.Helper()
	dir := t.TempDir()
	jumpFile, workloadFile = filepath.Join(dir, "Pulumi.jump.yaml"), filepath.Join(dir, "Pulumi.workload.yaml")
	head := "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: %q, alias: %s}\n"
	require.NoError(t, os.WriteFile(jumpFile, []byte(fmt.Sprintf(head, "111122223333", "jump")+jump), 0o600))
	require.NoError(
		t,
		os.WriteFile(workloadFile, []byte(fmt.Sprintf(head, "444455556666", "workload")+workload), 0o600),
	)
	return jumpFile, workloadFile
}

const peopleOfJump = `  guardrails:users:
    - {name: alice, runAs: alice}
    - {name: bob, runAs: bob}
    - {name: carol, path: /leads/}
  guardrails:teams:
    shop: [alice, bob]
    leads: [carol]
    nobody: []
`

// A team is everybody in it wherever people are listed, in the stack of the people and in others, and an error about
// one of them is told where the team stands.
func TestATeamIsEverybodyInIt(t *testing.T) {
	jumpFile, workloadFile := peopleFolder(t, peopleOfJump+`  guardrails:operationRoles:
    - {name: shop, users: [shop, carol], project: shop, runAs: shop}
`, `  guardrails:operationRoles:
    - {name: batch, users: [jump/shop], project: batch, runAs: fromUser}
  guardrails:delegatedRoles:
    - {name: Admin, users: [jump/leads, jump/alice, jump/shop], managedPolicies: [AdministratorAccess]}
  guardrails:osAccess: {standingUsers: [jump/leads], runAs: operator}
`)
	jump, problems := ReadFile(jumpFile)
	require.NoError(t, problems.Err())
	assert.Equal(t, []string{"alice", "bob", "carol"}, jump.Operation().Roles[0].Users)

	s, problems := ReadFile(workloadFile)
	require.NoError(t, problems.Err())
	const alice, bob, carol = "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/leads/carol"
	assert.Equal(t, []string{alice, bob}, s.Operation().Roles[0].PrincipalARNs)
	assert.Equal(
		t,
		[]string{carol, alice, bob},
		s.Delegated()[0].PrincipalARNs,
		"somebody who is listed in person too is listed once",
	)
	assert.Equal(t, []string{carol}, s.OSAccessTemplate().StandingPrincipalARNs)
	assert.Equal(t, []string{"jump"}, s.PeopleFrom())

	admin := s.Delegated()[0].RoleARN()
	assert.Equal(t, map[RolePerson][]string{
		{s.Operation().RoleARN(s.Operation().Roles[0]), alice}: {"jump/shop"},
		{s.Operation().RoleARN(s.Operation().Roles[0]), bob}:   {"jump/shop"},
		{admin, carol}: {"jump/leads"}, {admin, bob}: {"jump/shop"},
		{s.OSAccessTemplate().RoleARN(), carol}: {"jump/leads"},
	}, RoleTeams(s))
}

// What is wrong with a team is told where it is written.
func TestTeamsAreRefusedWhereTheyStand(t *testing.T) {
	for _, c := range []struct{ jump, workload, at, why, fix string }{
		{"  guardrails:teams: {ops: [alcie]}\n", "", `guardrails:teams["ops"][0]`, "is no user of this stack",
			`did you mean "alice"?`},
		{"  guardrails:teams: {ops: [jump/alice]}\n", "", `guardrails:teams["ops"][0]`,
			"is not a name of guardrails:users", "write the name alone"},
		{"  guardrails:teams: {ops: [alice, alice]}\n", "", `guardrails:teams["ops"][1]`, "is the same as [0]",
			"remove one"},
		{"  guardrails:teams: {ops: [alice], all: [ops]}\n", "", `guardrails:teams["all"][0]`,
			"is a team, and teams have people alone", "list its people here too"},
		{"  guardrails:teams: {Alice: [bob]}\n", "", `guardrails:teams["Alice"]`, "is the name of the user alice too",
			"another name"},
		{"  guardrails:teams: {ops: [bob], OPS: [bob]}\n", "", `guardrails:teams["OPS"]`, "by case only", "keep one"},
		{"  guardrails:teams: {a/b: [bob]}\n", "", `guardrails:teams["a/b"]`, "is no name for a team", "use 1 to 64"},
		{"  guardrails:teams: {shop: [alice]}\n",
			"  guardrails:delegatedRoles: [{name: A, users: [jump/shpo], managedPolicies: [ReadOnlyAccess]}]\n",
			"guardrails:delegatedRoles[0].users[0]", "is no user of the stack jump", `did you mean "jump/shop"?`},
		{"  guardrails:teams: {none: []}\n",
			"  guardrails:delegatedRoles: [{name: A, users: [jump/none], managedPolicies: [ReadOnlyAccess]}]\n",
			"guardrails:delegatedRoles[0].users", "nobody could assume the role", "name at least one person"},
		{"  guardrails:teams: {shop: [bob, x]}\n",
			"  guardrails:delegatedRoles: [{name: A, users: [jump/shop], managedPolicies: [ReadOnlyAccess]}]\n",
			"guardrails:delegatedRoles[0].users[0]", "has a name of one character", "two characters"},
		{"  guardrails:teams: {shop: [alice, bob]}\n",
			"  guardrails:osAccess: {}\n  guardrails:grants: [{person: jump/shop, runAs: a, ticket: T, from: " +
				"\"2026-12-01T09:00:00Z\", until: \"2026-12-01T10:00:00Z\"}]\n",
			"guardrails:grants[0].person", "is a team, and a grant is for one person", "jump/alice, jump/bob"},
		{"  guardrails:teams: {none: []}\n",
			"  guardrails:expect: [{it: x, as: jump/none, do: iam:DeleteUser, on: {user: jump/alice}, denied: true}]\n",
			"guardrails:expect[0].as", "is a team without anybody", "name a person"},
		{"  guardrails:teams: {shop: [bob]}\n",
			"  guardrails:expect: [{it: x, as: jump/alice, do: iam:DeleteUser, on: {user: jump/shop}, denied: true}]\n",
			"guardrails:expect[0].on.user", "a target is one user", "jump/bob"},
	} {
		t.Run(c.why, func(t *testing.T) {
			jumpFile, workloadFile := peopleFolder(
				t,
				"  guardrails:users: [{name: alice}, {name: bob}, {name: x}]\n"+c.jump,
				c.workload,
			)
			file := jumpFile
			if c.workload != "" {
				file = workloadFile
			}
			_, problems := ReadFile(file)
			p := problemAt(t, problems, problem.Path(c.at), c.why)
			assert.Contains(t, p.Fix, c.fix)
			assert.NotZero(t, p.Line)
		})
	}
}

// A trust policy that teams make too long is refused before anything is deployed, with the size, the limit and what
// to do.
func TestTrustPoliciesOfLargeTeamsAreRefusedWithTheirSize(t *testing.T) {
	stack := func(people int, more string) (*Stack, problem.List) {
		var users, team []string
		for i := range people {
			users, team = append(
				users,
				fmt.Sprintf("{name: somebody-%02d}", i),
			), append(
				team,
				fmt.Sprintf("somebody-%02d", i),
			)
		}
		return readText(
			minimal + "  guardrails:users: [" + strings.Join(
				users,
				", ",
			) + "]\n  guardrails:teams: {all: [" + strings.Join(
				team,
				", ",
			) + "]}\n" +
				"  guardrails:delegatedRoles: [{name: A, users: [all], managedPolicies: [ReadOnlyAccess]}]\n" + more,
		)
	}
	fits := 0
	for n := 1; n < 120; n++ {
		s, problems := stack(n, "")
		if problems.Err() != nil {
			p := one(t, problems)
			assert.Equal(t, problem.Path("guardrails:delegatedRoles[0]"), p.Path)
			assert.Contains(t, p.Error(), "2048")
			assert.Contains(t, p.Error(), "split the people over two roles")
			break
		}
		fits = n
		assert.LessOrEqual(t, s.World().Roles[0].Trust.Characters(), 2048)
	}
	assert.Greater(t, fits, 20)
	_, problems := stack(fits+1, "  guardrails:quotas: {trust: 4096}\n")
	assert.NoError(t, problems.Err(), "AWS has raised it")
}

// Whatever the teams are, a stack with teams makes what the stack makes that lists their people.
func TestTeamsMakeWhatTheirPeopleMake(t *testing.T) {
	users := []string{"alice", "bob", "carol", "dave"}
	rapid.Check(t, func(t *rapid.T) {
		teams := map[string][]string{}
		var lines string
		for _, team := range []string{"one", "two"} {
			teams[team] = rapid.SliceOfNDistinct(rapid.SampledFrom(users), 0, 4, rapid.ID[string]).Draw(t, team)
			lines += "    " + team + ": [" + strings.Join(teams[team], ", ") + "]\n"
		}
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{"one", "two"}, users...)), 1, 6,
			rapid.ID[string]).
			Draw(t, "list")
		direct := map[string]bool{}
		for _, name := range list {
			direct[name] = true
		}
		var plain []string
		seen := map[string]bool{}
		for _, name := range list {
			if _, isTeam := teams[name]; !isTeam {
				plain, seen[name] = append(plain, name), true
				continue
			}
			for _, member := range teams[name] {
				if !direct[member] && !seen[member] {
					plain, seen[member] = append(plain, member), true
				}
			}
		}
		text := func(people []string) string {
			return minimal + "  guardrails:users: [{name: alice}, {name: bob}, {name: carol}, {name: dave}]\n  " +
				"guardrails:teams:\n" + lines +
				"  guardrails:operationRoles: [{name: shop, users: [" + strings.Join(
				people,
				", ",
			) + "], project: shop, runAs: shop}]\n"
		}
		withTeams, problems := readText(text(list))
		listed, others := readText(text(plain))
		if len(plain) == 0 {
			require.Error(t, problems.Err())
			return
		}
		require.NoError(t, problems.Err())
		require.NoError(t, others.Err())
		assert.Empty(t, cmp.Diff(listed.World().Roles[0].Trust.Pretty(), withTeams.World().Roles[0].Trust.Pretty()))
	})
}
