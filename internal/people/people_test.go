package people

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// organization is a copy of the example organization, with texts of its files replaced.
func organization(t *testing.T, edits ...[3]string) *project.Folder {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob("../../examples/organization/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, readErr := os.ReadFile(file)
		require.NoError(t, readErr)
		text := string(data)
		for _, e := range edits {
			if filepath.Base(file) == e[0] {
				require.Contains(t, text, e[1], "%s", e[0])
				text = strings.Replace(text, e[1], e[2], 1)
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(text), 0o600))
	}
	t.Chdir(dir)
	folder, err := project.Open("")
	require.NoError(t, err)
	return folder
}

func contents(t *testing.T, folder *project.Folder) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, stack := range folder.Stacks() {
		data, err := os.ReadFile(folder.StackFile(stack))
		require.NoError(t, err)
		all[stack] = string(data)
	}
	return all
}

// Somebody who leaves is named nowhere afterwards, the folder holds, and what is open is ended by the lines that are
// printed.
func TestWhoLeavesIsNamedNowhere(t *testing.T) {
	folder := organization(t)
	before := contents(t, folder)
	left, err := Remove(
		t.Context(),
		folder,
		"jump",
		[]string{"bob"},
		Options{WithRoles: true, DryRun: true, Now: noon, Compare: against.FromStacks},
	)
	require.NoError(t, err)
	assert.Len(t, left.Changes, 3, "identity, workload and jump name him")
	assert.Equal(t, before, contents(t, folder), "a dry run writes nothing")

	left, err = Remove(
		t.Context(),
		folder,
		"jump",
		[]string{"bob"},
		Options{WithRoles: true, Now: noon, Compare: against.FromStacks},
	)
	require.NoError(t, err)
	assert.Equal(t, "Pulumi.jump.yaml", left.Changes[len(left.Changes)-1].Path(), "the people's stack is written last")
	for stack, text := range contents(t, folder) {
		for _, name := range []string{"jump/bob", "user/bob", "name: bob", "[alice, bob]", "as: bob", "runAs: bob"} {
			assert.NotContains(t, text, name, stack)
		}
		for _, line := range strings.Split(text, "\n") {
			if line != "    shop: [alice]" {
				assert.Contains(t, before[stack]+"\n", line+"\n", "what stays is as it was")
			}
		}
	}
	_, err = folder.Check()
	require.NoError(t, err)

	var lines []string
	for _, e := range left.Ends {
		for _, line := range e.Lines {
			lines = append(lines, e.Account+" "+e.When+" "+line)
		}
	}
	all := strings.Join(lines, "\n")
	assert.Contains(t, all, "111122223333 now aws iam delete-login-profile --user-name bob")
	assert.Contains(t, all, "update-access-key --user-name bob --status Inactive")
	assert.Contains(
		t,
		all,
		"444455556666 deployed aws iam put-role-policy --role-name batch --policy-name EndSessionsOf-bob",
	)
	assert.Contains(t, all, "assumed-role/shop-bob/bob")
	assert.NotContains(t, all, "put-role-policy --role-name shop-bob", "the role goes, and its sessions with it")

	_, err = Remove(t.Context(), folder, "jump", []string{"bob"}, Options{Now: noon, Compare: against.FromStacks})
	var nobody *NobodyError
	require.ErrorAs(t, err, &nobody)
}

// Whoever is still named anywhere is told with every place at once, and no file is written.
func TestWhoIsStillNamedDoesNotLeave(t *testing.T) {
	folder := organization(
		t,
		[3]string{"Pulumi.jump.yaml", "breakGlass: [role/BreakGlass]", "breakGlass: [role/BreakGlass, user/bob]"},
		[3]string{
			"Pulumi.workload.yaml",
			"    - name: shop-alice\n      users: [jump/alice]\n      project: shop\n      runAs: alice",
			"    - name: shop-alice\n      users: [jump/alice]\n      project: shop\n      runAs: bob",
		},
		[3]string{
			"Pulumi.workload.yaml",
			"      osUser: alice\n    - it: bob does not come in as alice\n",
			"      osUser: bob\n    - it: bob does not come in as alice\n",
		},
		[3]string{
			"Pulumi.management.yaml",
			"because: the jump and identity accounts have no nodes",
			"because: jump/bob says that there are no nodes",
		},
		[3]string{
			"Pulumi.payments.yaml",
			"requesters: [\"arn:aws:iam::777788889999:role/guardrails/delegated/PaymentsDeveloper\"]",
			"requesters: [\"arn:aws:iam::777788889999:role/guardrails/delegated/PaymentsDeveloper\"] # jump/bob asked",
		},
	)
	before := contents(t, folder)
	_, err := Remove(t.Context(), folder, "jump", []string{"bob"}, Options{Now: noon, Compare: against.FromStacks})
	require.Error(t, err)
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
	for _, place := range []string{
		`guardrails:account.breakGlass[1]: "user/bob" still names bob, who leaves`,
		`guardrails:accept[0].because: "jump/bob says that there are no nodes" still names bob`,
		`guardrails:operationRoles[0].runAs: "bob" is the OS user of bob, who leaves, and others would go on as it`,
		`guardrails:operationRoles[1]: "shop-bob" would be left with nobody who may take it`,
		`guardrails:operationRoles[2]: "billing-bob" would be left with nobody who may take it`,
	} {
		assert.ErrorContains(t, err, place)
	}
	assert.NotContains(t, err.Error(), "asked", "comments name nobody")
	assert.Equal(t, before, contents(t, folder))
	// The places are those of the files as they are.
	for _, line := range strings.Split(err.Error(), "\n") {
		var at, column int
		if _, scan := fmt.Sscanf(
			strings.TrimSpace(line),
			"%d:%d",
			&at,
			&column,
		); scan == nil &&
			strings.Contains(line, "breakGlass") {
			assert.Contains(t, strings.Split(before["jump"], "\n")[at-1], "user/bob")
		}
	}
}

// Somebody of IAM Identity Center leaves as an IAM user does: the name, the assignments, and what is expected of the
// person.
func TestSomebodyOfIdentityCenterLeaves(t *testing.T) {
	folder := organization(t)
	left, err := Remove(
		t.Context(),
		folder,
		"identity",
		[]string{"dave"},
		Options{Now: noon, Compare: against.FromStacks},
	)
	require.NoError(t, err)
	require.Len(t, left.Changes, 2, "what the stack of the workload granted goes too")
	text := contents(t, folder)["identity"]
	assert.NotContains(t, text, "user: dave")
	assert.NotContains(t, text, "identityCenter: dave")
	assert.NotContains(t, text, "dave:")
	assert.NotContains(t, contents(t, folder)["workload"], "identity/dave")
	assert.NotContains(t, contents(t, folder)["workload"], "grant-CHG1250-dave")
	assert.Contains(t, text, "{group: operators, accounts: [workload]}")
}

// Who comes is a user in teams, who moves is in others, and each is one change of one file.
func TestPeopleComeAndMove(t *testing.T) {
	folder := organization(t)
	_, err := Add(t.Context(), folder, "jump", []Joiner{
		{
			Name:  "dave",
			Email: "dave@example.com",
			RunAs: "dave",
			Teams: []string{"shop", "night"},
		},
		{Name: "erin", Teams: []string{"night"}, Tags: map[string]string{"Floor": "3"}},
	}, Options{Now: noon, Compare: against.FromStacks})
	require.NoError(t, err)
	s, problems := stack.ReadFile("Pulumi.jump.yaml")
	require.NoError(t, problems.Err())
	assert.Equal(
		t,
		map[string][]string{"shop": {"alice", "bob", "dave"}, "leads": {"carol"}, "night": {"dave", "erin"}},
		s.Teams,
	)
	assert.Len(t, s.Users, 5)
	assert.Equal(t, map[string]string{"Floor": "3"}, s.Users[4].Tags)

	outcome, err := Move(
		t.Context(),
		folder,
		"jump",
		[]Mover{{Name: "dave", To: []string{"leads"}}, {Name: "erin", From: []string{"night"}}},
		Options{Now: noon, Compare: against.FromStacks},
	)
	require.NoError(t, err)
	s, problems = stack.ReadFile("Pulumi.jump.yaml")
	require.NoError(t, problems.Err())
	assert.Equal(t, map[string][]string{"shop": {"alice", "bob"}, "leads": {"carol", "dave"}, "night": {}}, s.Teams)
	var lines []string
	for _, p := range outcome.Report.People {
		lines = append(lines, p.Line)
	}
	assert.Contains(t, strings.Join(lines, "\n"), "dave gains the role PaymentsLead (team jump/leads)")

	for _, wrong := range []Mover{{Name: "dvae", To: []string{"leads"}}, {Name: "dave", To: []string{"laeds"}}, {Name: "dave", To: []string{"leads"}}, {Name: "erin", From: []string{"shop"}}} {
		_, err := Move(t.Context(), folder, "jump", []Mover{wrong}, Options{Now: noon, Compare: against.FromStacks})
		var nobody *NobodyError
		assert.ErrorAs(t, err, &nobody, "%v", wrong)
	}
	// What the file would become is read first: somebody twice, a name that IAM does not take, an OS user whom
	// somebody has.
	before := contents(t, folder)
	for _, wrong := range []Joiner{{Name: "Alice"}, {Name: "a b"}, {Name: "frank", RunAs: "alice"}, {Name: "frank", Teams: []string{"alice"}}, {Name: "frank", Email: "frank"}} {
		_, err := Add(t.Context(), folder, "jump", []Joiner{wrong}, Options{Now: noon, Compare: against.FromStacks})
		assert.Error(t, err, "%v", wrong)
	}
	assert.Equal(t, before, contents(t, folder))
}

// A CSV file is read as spreadsheets write it, and every line that is wrong is told.
func TestPeopleFromCSV(t *testing.T) {
	rows, err := ReadCSV(
		"add",
		"j.csv",
		[]byte(
			"\xef\xbb\xbfname;displayName;teams;tag:Floor\r\ndave;\"Dave; the new one\";shop night;3\r\nerin;;;\r\n",
		),
	)
	require.NoError(t, err)
	assert.Equal(
		t,
		[]Joiner{
			{
				Name:        "dave",
				DisplayName: "Dave; the new one",
				Teams:       []string{"shop", "night"},
				Tags:        map[string]string{"Floor": "3"},
			},
			{Name: "erin", Teams: []string{}},
		},
		rows.Joiners,
	)
	rows, err = ReadCSV("move", "m.csv", []byte("name,to\nbob,leads\n"))
	require.NoError(t, err)
	assert.Equal(t, []Mover{{Name: "bob", From: []string{}, To: []string{"leads"}}}, rows.Movers)
	rows, err = ReadCSV("remove", "l.csv", []byte("name\nbob\ncarol\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"bob", "carol"}, rows.Leavers)

	for text, why := range map[string][]string{
		"":       {"is empty"},
		"name\n": {"has nobody"},
		"nmae,email\nx,y\n": {`"nmae" is no column of add`, `did you mean "name"?`,
			"the column name is missing"},
		"name,name\n": {"there twice"},
		"name,email\na,b,c\n,x\na,\na,\n": {"j.csv:2: has 3 columns", "j.csv:3: name is missing",
			`j.csv:5: "a" is in line 4 too`},
		"name\n\"a\n": {"j.csv"},
	} {
		_, readErr := ReadCSV("add", "j.csv", []byte(text))
		for _, part := range why {
			assert.ErrorContains(t, readErr, part, text)
		}
	}
	_, err = ReadCSV("move", "m.csv", []byte("name,to,from\nbob,,\n"))
	assert.ErrorContains(t, err, "moves nowhere")
}
