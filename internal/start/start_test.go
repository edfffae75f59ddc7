package start

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	filesections "aws-access-guardrails/internal/stackfile/sections"
)

// ids are account ids of AWS's documentation.
var ids = []string{"111122223333", "444455556666", "777788889999", "555555555555", "123456789012"}

const (
	instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	groupID  = "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f"
)

// answered gives answers by flag, in the order given.
func answered(t *testing.T, pairs ...string) *Answers {
	t.Helper()
	a := &Answers{}
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, a.answer(pairs[i], pairs[i+1]))
	}
	return a
}

func (a *Answers) answer(flag, s string) error {
	at := slices.IndexFunc(Questions, func(q Question) bool { return q.Flag == flag })
	if at < 0 {
		return fmt.Errorf("test bug: no question %s", flag)
	}
	return a.Answer(Questions[at], s)
}

// holds completes answers, makes the project, writes it, and reads and judges what was written, with a strict check.
func holds(t *testing.T, a *Answers) map[string]*stack.Stack {
	t.Helper()
	require.NoError(t, a.Complete())
	project, err := a.Make()
	require.NoError(t, err)
	folder := t.TempDir()
	wrote, err := project.Write(folder)
	require.NoError(t, err)
	assert.Contains(t, wrote, projectFile)
	stacks, all := map[string]*stack.Stack{}, []*stack.Stack{}
	for _, path := range wrote {
		if !strings.HasPrefix(path, "Pulumi.") || path == projectFile {
			continue
		}
		stack, problems := stack.ReadFile(filepath.Join(folder, path))
		require.NoError(t, problems.Err())
		stacks[stack.Name], all = stack, append(all, stack)
	}
	for _, j := range judge.Stacks(all...) {
		assert.NoError(t, append(j.Refusals(), j.StrictRefusals()...).Err())
	}
	return stacks
}

// What is derived is what was meant: names of stacks, logins, the way out of the jump account, who works where.
func TestNamesAndTheWayOutAreDerived(t *testing.T) {
	stacks := holds(
		t,
		answered(
			t,
			"region",
			"ap-northeast-1",
			"account",
			"jump=111122223333",
			"account",
			"Web Shop=444455556666",
			"account",
			"777788889999",
			"jump",
			"jump",
			"project",
			"shop=Web Shop",
			"project",
			"Test Project 1=777788889999",
			"person",
			"Alice.Miller@example.com=shop,Test Project 1",
			"person",
			"bob=shop",
			"administrator",
			"carol@example.com",
		),
	)
	require.ElementsMatch(t, []string{"jump", "web-shop", "account-777788889999"}, keysOf(stacks))
	assert.Equal(t, []string{"444455556666", "777788889999"}, stacks["jump"].MFA.RoleAccounts)
	require.Len(t, stacks["jump"].Users, 3)
	assert.Equal(t, "Alice.Miller", stacks["jump"].Users[0].Name)
	assert.Equal(t, "Alice.Miller@example.com", stacks["jump"].Users[0].Email)
	shop := stacks["web-shop"].OperationRoles
	require.Len(t, shop, 2)
	assert.Equal(t, "alice.miller", shop[0].RunAs)
	assert.Equal(t, []filesections.PersonOrTeam{"jump/Alice.Miller"}, shop[0].Users)
	assert.Equal(t, "Test Project 1", stacks["account-777788889999"].OperationRoles[0].Project)
	assert.Equal(t, []string{"ap-northeast-1"}, stacks["web-shop"].Sessions.Regions)
}

func keysOf[V any](m map[string]V) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

// An account that is alone has its people, its projects and its roles.
func TestAnAccountMayBeAlone(t *testing.T) {
	stacks := holds(
		t,
		answered(
			t,
			"region",
			"us-east-1",
			"account",
			"dev=111122223333",
			"project",
			"shop",
			"person",
			"alice@example.com=shop",
		),
	)
	assert.Equal(t, []filesections.PersonOrTeam{"alice"}, stacks["dev"].OperationRoles[0].Users)
	assert.Nil(t, stacks["dev"].Organization)
}

// pick is one of several things.
func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

// tagged is a text of characters that tag values take, with those that YAML, comments and shells give a meaning. It
// leaves out ",", which no tag takes, and has no space at its ends.
func tagged(r *rand.Rand) string {
	parts := []string{
		"a",
		"Z",
		"7",
		" ",
		":",
		"/",
		"=",
		"+",
		"-",
		"@",
		"_",
		".",
		"é",
		"日本",
		"true",
		"null",
		"- ",
		": ",
		"ー",
	}
	var b strings.Builder
	for range 1 + r.IntN(6) {
		b.WriteString(pick(r, parts...))
	}
	return strings.TrimSpace("p" + b.String() + fmt.Sprint(r.IntN(1000)))
}

// userName is a name that IAM takes, with characters that YAML and shells give a meaning. It leaves out "=", which
// ends the person in an answer.
func userName(r *rand.Rand, i int) string {
	return pick(r, "a", "Z", "x+y", "c,d", "dot.ted", "un_der", "9", "true", "-", "ec2-user", "admin") + fmt.Sprint(i)
}

// randomAnswers are answers that can be: one to five accounts, with and without an organization, a jump account and
// Identity Center.
func randomAnswers(t *testing.T, r *rand.Rand) *Answers {
	t.Helper()
	a := answered(t, "region", pick(r, "ap-northeast-1", "us-east-1", "eu-central-1"))
	must := func(flag, s string) { require.NoError(t, a.answer(flag, s), "%s %s", flag, s) }
	n := 1 + r.IntN(3)
	for i := range n {
		name := pick(
			r,
			"",
			"jump",
			"Shop",
			"shop ",
			"日本",
			"a: b # c",
			"\"quoted\"",
			"CON",
			strings.Repeat("long ", 30),
			"-x-",
		)
		if name == "" || a.account(name) != nil {
			name = fmt.Sprint("account ", i)
		}
		must("account", name+"="+ids[i])
	}
	if r.IntN(2) == 0 {
		randomTree(a, r)
	}
	jump := (n > 1 || a.Organization != nil) && r.IntN(3) > 0
	if jump {
		must("jump", ids[0])
	}
	center := !jump && (n > 1 || a.Organization != nil) || r.IntN(2) == 0
	if center {
		must("identity-center", instance+"=d-1234567890")
		if a.Organization == nil {
			must("identity-center-account", ids[r.IntN(n)])
		}
		for i, flag := range []string{"operator-group", "viewer-group", "administrator-group"} {
			if r.IntN(3) > 0 {
				must(flag, pick(r, "ops", "the : group", "null", "日本")+fmt.Sprint(i)+"="+groupID[:35]+fmt.Sprint(i))
			}
		}
	}
	var projects []string
	for range r.IntN(4) {
		name := tagged(r)
		if slices.Contains(projects, name) {
			continue
		}
		projects = append(projects, name)
		must("project", name+"="+pick(r, ids[n-1], ids[n-1]+","+ids[n/2]))
	}
	if jump || n == 1 && !center {
		for i := range r.IntN(5) {
			in := ""
			if len(projects) > 0 && r.IntN(4) > 0 {
				in = "=" + pick(r, projects...)
			}
			who := userName(r, i)
			switch {
			case strings.Contains(who, ","): // No tag takes it, so such a person has no address.
			case r.IntN(2) == 0:
				who += "@example.com"
			}
			must("person", who+in)
		}
		if r.IntN(3) == 0 {
			must("administrator", "root-of-all@example.com")
		}
	}
	if r.IntN(3) == 0 {
		must("ci", pick(r, "github", "gitlab"))
	}
	return a
}

// randomTree puts the accounts into a tree of up to four units, one or two deep, with a closed account in it.
func randomTree(a *Answers, r *rand.Rand) {
	a.Organization = &Organization{ID: "o-exampleorgid", Management: "123456789012", Root: "r-exam"}
	places := []string{"r-exam"}
	for i := range r.IntN(4) {
		id := fmt.Sprintf("ou-exam-%d1111111", i+1)
		a.Organization.Units = append(
			a.Organization.Units,
			Unit{ID: id, Name: pick(r, "Workloads", "a: b", "日本"), Parent: pick(r, places...)},
		)
		places = append(places, id)
	}
	for _, account := range a.Accounts {
		account.Unit = pick(r, places...)
	}
	if r.IntN(2) == 0 {
		closed := a.add("555555555555", "Closed")
		closed.Closed, closed.Unit = true, pick(r, places...)
	}
}

// Whatever is answered, what is written holds, with a strict check and nothing left to accept.
func TestWhatIsAnsweredHolds(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			a := randomAnswers(t, rand.New(rand.NewPCG(seed, 1)))
			stacks := holds(t, a)
			people := 0
			for _, s := range stacks {
				people += len(s.Users)
			}
			assert.Len(t, a.People, people, "people got lost")
		})
	}
}

// Answers that cannot be are refused with their flag, and nothing is made of them.
func TestAnswersThatCannotBeAreRefused(t *testing.T) {
	base := []string{
		"region",
		"ap-northeast-1",
		"account",
		"jump=111122223333",
		"account",
		"shop=444455556666",
		"jump",
		"jump",
	}
	for _, c := range []struct {
		flag, answer, want string
	}{
		{"account", "shop=1111", `--account: "1111" is not an account id`},
		{"account", "other=444455556666", `--account: account 444455556666 is called "shop" and "other"`},
		{"account", "SHOP=777788889999", `accounts 444455556666 and 777788889999 are both called "SHOP"`},
		{"region", "tokyo", `--region: `},
		{"region", "us-east-1", `--region: "ap-northeast-1" and "us-east-1" are given`},
		{"jump", "shop", `--jump: "jump" and "shop" are given`},
		{"project", "shop=elsewhere",
			`--project shop=elsewhere: "elsewhere" is no account that is named; write one of jump, shop`},
		{"project", "a*b", `--project: "a*b" `},
		{"person", "alice@example.com=nothing",
			`"nothing" is no project that is named; add --project nothing=<accounts>`},
		{"person", "root@example.com", `--person: "root" is no login of a node: it is the superuser`},
		{"person", "a b@example.com", `--person: "a b" `},
		{"person", "${aws:username}", `--person: "${aws:username}" `},
		{"person", "alice\n  - evil", `--person: "alice\n  - evil" `},
		{"operator-group", "ops", `--operator-group: there is no IAM Identity Center`},
		{"identity-center", "d-1234567890", `--identity-center: "d-1234567890" is not the ARN of an instance`},
		{"identity-center", instance + "=d-1234567890", `--identity-center-account: is missing`},
		{"identity-center-account", "nowhere", `--identity-center-account: "nowhere" is no account`},
		{"ci", "jenkins", `--ci: "jenkins" is no CI system that is known; write github or gitlab`},
		{"deployer", "role x", `--deployer: "role x" `},
		{"break-glass", "a:b", `--break-glass: "a:b" `},
		{"name", "a/b", `--name: "a/b" is no name of a project`},
		{"account", " ", `--account: is empty; write name=id, or leave it out`},
	} {
		a := answered(t, base...)
		err := a.answer(c.flag, c.answer)
		if err == nil {
			err = a.Complete()
		}
		require.Error(t, err, c.answer)
		assert.Contains(t, err.Error(), c.want)
		var use *UseError
		assert.ErrorAs(t, err, &use)
	}
	assert.ErrorContains(t, (&Answers{}).Complete(), "--account: no account is named")
	assert.ErrorContains(
		t,
		answered(t, "account", "a=111122223333", "account", "b=444455556666", "region", "us-east-1").Complete(),
		"--jump: people sign in nowhere",
	)
}

// A refusal of what is made names the file that it would have had, and no folder of this machine.
func TestWhatDoesNotHoldIsNotMade(t *testing.T) {
	a := answered(
		t,
		"region",
		"ap-northeast-1",
		"account",
		"dev=111122223333",
		"identity-center",
		"arn:aws:sso:::instance/wrong=d-1",
		"identity-center-account",
		"dev",
	)
	require.NoError(t, a.Complete())
	_, err := a.Make()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "Pulumi.dev.yaml: ")
	assert.NotContains(t, err.Error(), os.TempDir())
}

// contents are the files below a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		rel, _ := filepath.Rel(folder, path)
		if entry.IsDir() {
			found[rel] = "folder"
			return nil
		}
		data, err := os.ReadFile(path)
		found[rel] = string(data)
		return err
	}))
	return found
}

// What is there is never overwritten: whichever file it is, nothing is written.
func TestNothingIsOverwritten(t *testing.T) {
	a := answered(t, "region", "ap-northeast-1", "account", "dev=111122223333", "ci", "github")
	require.NoError(t, a.Complete())
	project, err := a.Make()
	require.NoError(t, err)
	names := []string{"Pulumi.other.yaml", "Pulumi.yml", "Pulumi.json"}
	for _, f := range project.Files {
		if f.Path != ignoreFile {
			names = append(names, f.Path)
		}
	}
	require.Greater(t, len(names), 8)
	for _, name := range names {
		folder := t.TempDir()
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
		before := contents(t, folder)
		wrote, writeErr := project.Write(folder)
		require.ErrorContains(t, writeErr, name+" is there already, so nothing was written")
		assert.Empty(t, wrote)
		assert.Equal(t, before, contents(t, folder), name)
	}
	// A dangling link is there too, and .gitignore is kept.
	folder := t.TempDir()
	require.NoError(t, os.Symlink("nowhere", filepath.Join(folder, projectFile)))
	_, err = project.Write(folder)
	require.ErrorContains(t, err, projectFile+" is there already")
	folder = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, ignoreFile), []byte("mine"), 0o600))
	wrote, err := project.Write(folder)
	require.NoError(t, err)
	assert.NotContains(t, wrote, ignoreFile)
	assert.Equal(t, "mine", contents(t, folder)[ignoreFile])
}

// Where one file cannot be written, none stays, and no folder that was made for them.
func TestAllIsWrittenOrNothing(t *testing.T) {
	a := answered(t, "region", "ap-northeast-1", "account", "dev=111122223333", "ci", "github")
	require.NoError(t, a.Complete())
	project, err := a.Make()
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".github"), []byte("no folder"), 0o600))
	before := contents(t, folder)
	wrote, err := project.Write(folder)
	require.Error(t, err)
	assert.Empty(t, wrote)
	assert.Equal(t, before, contents(t, folder))

	deep := filepath.Join(t.TempDir(), "a", "b")
	_, err = project.Write(deep)
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(deep, projectFile))
}

// Pipelines of a project install the command and build nothing of this repository; they are YAML, and their folder is
// the project's.
func TestPipelinesNeedTheCommandAlone(t *testing.T) {
	for _, system := range []CI{GitHub, GitLab} {
		a := answered(
			t,
			"region",
			"eu-central-1",
			"account",
			"dev=111122223333",
			"ci",
			string(system),
			"deployer",
			"team/Deploys",
		)
		require.NoError(t, a.Complete())
		files, err := a.pipelines()
		require.NoError(t, err)
		require.Len(t, files, len(pipelinesOf[system]))
		installed := 0
		for _, f := range files {
			var read map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(f.Content), &read), f.Path)
			for _, foreign := range []string{"go build", "setup-go", "go.mod", "go.sum", "examples/", "ap-northeast-1", defaultDeployer} {
				assert.NotContains(t, f.Content, foreign, f.Path)
			}
			installed += strings.Count(f.Content, "sha256sum --check")
			assert.Equal(t, strings.Count(f.Content, "FOLDER: "), strings.Count(f.Content, "FOLDER: .\n"), f.Path)
		}
		assert.Positive(t, installed)
	}
}

// Below the top of a repository nobody looks for pipelines.
func TestPipelinesBelongToTheTopOfTheRepository(t *testing.T) {
	top := t.TempDir()
	below := filepath.Join(top, "accounts")
	require.NoError(t, os.MkdirAll(filepath.Join(top, ".git"), 0o755))
	require.NoError(t, os.MkdirAll(below, 0o755))
	a := &Answers{CI: GitHub}
	assert.NoError(t, a.CheckRepository(top))
	assert.ErrorContains(
		t,
		a.CheckRepository(below),
		"--ci: github looks for pipelines in the top folder of the repository",
	)
	assert.NoError(t, (&Answers{}).CheckRepository(below))
}

// On a terminal what cannot be is told and asked again, and what is said makes the same project as flags do.
func TestQuestionsAreAskedUntilTheyAreAnswered(t *testing.T) {
	a := &Answers{}
	var out bytes.Buffer
	lines := []string{
		"jump=1",
		"jump=111122223333",
		"shop=444455556666",
		"",
		"elsewhere",
		"jump",
		"",
		"tokyo",
		"ap-northeast-1",
		"shop=nowhere",
		"shop=shop",
		"",
		"alice@example.com=billing",
		"alice@example.com=shop",
		"root",
		"",
		"",
	}
	require.NoError(t, Ask(a, strings.NewReader(strings.Join(lines, "\n")+"\n"), &out), out.String())
	for _, told := range []string{`"1" is not an account id`, `"elsewhere" is no account`, "tokyo", `"nowhere" is no account`, `"billing" is no project`, "superuser"} {
		assert.Contains(t, out.String(), told)
	}
	stacks := holds(t, a)
	assert.Equal(t, "alice", stacks["shop"].OperationRoles[0].RunAs)

	err := Ask(&Answers{}, strings.NewReader("jump=111122223333\n"), &out)
	assert.ErrorContains(t, err, "the answers ended at --account; nothing was written")
}
