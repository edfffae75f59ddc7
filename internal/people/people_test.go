package people

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/view/render"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// organization is a copy of the example organization, with texts of its files replaced.
func organization(t *testing.T, edits ...testkit.Edit) *project.Folder {
	t.Helper()
	t.Chdir(testkit.Copy(t, "examples/organization", edits...))
	folder, err := project.Open("")
	require.NoError(t, err)
	return folder
}

// compared is what the command takes for Compare (against.FromStacks), without the resources that an engine would make:
// what is asked here is who may still do what, and what is refused.
func compared(_ string, now, next []*stack.Stack, moment time.Time) (*change.Report, error) {
	to := change.OfAt(moment, "the change", next...)
	report, err := change.Compare(change.OfAt(moment, "the working tree", now...), to, moment, nil)
	if err != nil {
		return nil, err
	}
	var refused []error
	for _, j := range to.Judgements {
		if refusals := j.Refusals(); len(refusals) > 0 {
			refused = append(refused, &exit.RefusedError{Stack: j.Stack.Name, Err: refusals.Err()})
		}
	}
	return report, errors.Join(refused...)
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
		Options{WithRoles: true, DryRun: true, Now: noon, Compare: compared, Documents: render.JSON},
	)
	require.NoError(t, err)
	assert.Len(t, left.Changes, 3, "identity, workload and jump name him")
	assert.Equal(t, before, contents(t, folder), "a dry run writes nothing")

	left, err = Remove(
		t.Context(),
		folder,
		"jump",
		[]string{"bob"},
		Options{WithRoles: true, Now: noon, Compare: compared, Documents: render.JSON},
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

	_, err = Remove(t.Context(), folder, "jump", []string{"bob"}, Options{Now: noon, Compare: compared, Documents: render.JSON})
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
	_, err := Remove(t.Context(), folder, "jump", []string{"bob"}, Options{Now: noon, Compare: compared, Documents: render.JSON})
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

// A person can be named in files that stack files name, and in the documents of session documents and permission sets:
// each place is told with its file and line.
func TestWhoIsNamedInAPolicyDoesNotLeave(t *testing.T) {
	const bob = "arn:aws:iam::111122223333:user/bob"
	folder := organization(t,
		[3]string{"Pulumi.workload.yaml", "  guardrails:delegatedRoles:\n", "  guardrails:managedPolicies:\n    - {name: Reports, policyFile: policies/reports.json}\n\n" +
			"  guardrails:delegatedRoles:\n    - {name: Reports, users: [jump/carol], managedPolicies: [Reports]}\n"},
		[3]string{"Pulumi.identity.yaml", `            - {Sid: ReadCosts, Effect: Allow, Action: ["ce:Get*", "ce:List*"], Resource: "*"}`,
			`            - {Sid: ReadCosts, Effect: Allow, Action: ["ce:Get*", "ce:List*"], Resource: "*"}` + "\n" +
				`            - {Sid: TheirUser, Effect: Allow, Action: "iam:GetUser", Resource: "` + bob + `"}`},
	)
	require.NoError(t, os.Mkdir("policies", 0o700))
	require.NoError(t, os.WriteFile("policies/reports.json", []byte(`{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Reports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-reports/*",
     "Condition": {"ArnLike": {"aws:PrincipalArn": "`+bob+`"}}}
  ]
}
`), 0o600))
	before := contents(t, folder)
	_, err := Remove(
		t.Context(),
		folder,
		"jump",
		[]string{"bob"},
		Options{WithRoles: true, Now: noon, Compare: compared, Documents: render.JSON},
	)
	require.Error(t, err)
	for _, place := range []string{
		"policies/reports.json", "5:6 guardrails:managedPolicies[0].policyFile: ", "still names bob, who leaves",
		"guardrails:identityCenter.permissionSets[2].policy.Statement[1].Resource: \"" + bob + "\"",
	} {
		assert.ErrorContains(t, err, place)
	}
	assert.Equal(t, before, contents(t, folder))
}

// Wherever the schema of stack files lets a text or a key of one's own stand, a person who is named there is found: by
// name with the account, by ARN, and by the id of the identity store. Every run tries each place and each way to name
// somebody; each way at each place is tried before a landing.
func TestWhoIsNamedAnywhereIsFound(t *testing.T) {
	schemaFile := testkit.Path(t, "docs", "stack-file.schema.json")
	folder := organization(t)
	stacks, err := folder.Read()
	require.NoError(t, err)
	named := func(name string) *stack.Stack {
		return stacks[slices.IndexFunc(stacks, func(s *stack.Stack) bool { return s.Name == name })]
	}
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(data, &schema))
	places := textPlaces(schema, schema, nil)
	require.Greater(t, len(places), 240)
	carol := Leaver{Name: "carol", ARN: "arn:aws:iam::111122223333:user/carol"}
	dave := Leaver{Name: "dave", IdentityCenterID: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}
	for _, c := range []struct {
		home  string
		who   Leaver
		texts []string
	}{
		{"jump", carol, []string{
			"jump/carol", "111122223333/carol", carol.ARN, "arn:aws:iam::111122223333:mfa/carol",
			"from " + carol.ARN + " alone", "[" + carol.ARN + "]",
		}},
		{"identity", dave, []string{"identity/dave", "555555555555/dave", dave.IdentityCenterID}},
	} {
		l := &leaving{home: named(c.home), who: []Leaver{c.who}}
		for way, text := range c.texts {
			for i, place := range places {
				if i%len(c.texts) != way && !tier.Landing() {
					continue
				}
				file := filepath.Join(t.TempDir(), "Pulumi.x.yaml")
				content, err := yaml.Marshal(map[string]any{"config": place(text)})
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(file, content, 0o600))
				values, err := edit.Values(file)
				require.NoError(t, err)
				s := *named("workload")
				s.File = file
				assert.NotEmpty(t, l.values(&s, c.who, values), "%s", content)
			}
		}
	}
	// A longer name, or a part of one, is somebody else's.
	for _, other := range []string{
		"jump/carola", "ajump/carol", carol.ARN + "-2", "arn:aws:iam::111122223333:user/x/carol", "222233334444/carol",
		"carol",
	} {
		l := &leaving{home: named("jump"), who: []Leaver{carol}}
		assert.Empty(t, l.values(named("workload"), carol, []edit.Value{{Keys: []any{"x"}, Text: other}}), other)
	}
}

// textPlaces are the places of a schema where a text can stand, each as what puts a text there.
func textPlaces(root, schema map[string]any, wrap func(any) any) []func(string) any {
	if wrap == nil {
		wrap = func(v any) any { return v }
	}
	if ref, is := schema["$ref"].(string); is {
		target := root
		for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			target = target[name].(map[string]any)
		}
		return textPlaces(root, target, wrap)
	}
	var out []func(string) any
	for _, union := range []string{"anyOf", "oneOf", "allOf"} {
		list, _ := schema[union].([]any)
		for _, one := range list {
			out = append(out, textPlaces(root, one.(map[string]any), wrap)...)
		}
	}
	if properties, is := schema["properties"].(map[string]any); is {
		if config, is := properties["config"].(map[string]any); is && config["properties"] != nil {
			return textPlaces(root, config, wrap)
		}
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			if below, is := properties[name].(map[string]any); is {
				out = append(out, textPlaces(root, below, func(v any) any { return wrap(map[string]any{name: v}) })...)
			}
		}
	}
	if more, is := schema["additionalProperties"].(map[string]any); is {
		out = append(out, func(text string) any { return wrap(map[string]any{text: "x"}) })
		out = append(out, textPlaces(root, more, func(v any) any { return wrap(map[string]any{"a-key": v}) })...)
	}
	if items, is := schema["items"].(map[string]any); is {
		out = append(out, textPlaces(root, items, func(v any) any { return wrap([]any{v}) })...)
	}
	if schema["type"] == "string" {
		out = append(out, func(text string) any { return wrap(text) })
	}
	return out
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
		Options{Now: noon, Compare: compared, Documents: render.JSON},
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
	}, Options{Now: noon, Compare: compared, Documents: render.JSON})
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
		Options{Now: noon, Compare: compared, Documents: render.JSON},
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
		_, err := Move(t.Context(), folder, "jump", []Mover{wrong}, Options{Now: noon, Compare: compared, Documents: render.JSON})
		var nobody *NobodyError
		assert.ErrorAs(t, err, &nobody, "%v", wrong)
	}
	// What the file would become is read first: somebody twice, a name that IAM does not take, an OS user whom
	// somebody has.
	before := contents(t, folder)
	for _, wrong := range []Joiner{{Name: "Alice"}, {Name: "a b"}, {Name: "frank", RunAs: "alice"}, {Name: "frank", Teams: []string{"alice"}}, {Name: "frank", Email: "frank"}} {
		_, err := Add(t.Context(), folder, "jump", []Joiner{wrong}, Options{Now: noon, Compare: compared, Documents: render.JSON})
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
		"name,email\na,b,c\n,x\na,\na,\n": {"j.csv:2: has 3 columns", "j.csv:3: name is empty",
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
