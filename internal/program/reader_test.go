package program_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/testkit/stackvalues"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/problem"
)

// folder is a project's folder with one stack file.
type folder struct{ dir, project, projectFile, stackFile string }

// folderOf writes a folder with the project and the stack file dev.
func folderOf(t testing.TB, name, projectConfig, stackFile string) folder {
	t.Helper()
	f := folder{
		dir:         t.TempDir(),
		project:     name,
		projectFile: "name: " + name + "\nruntime: go\n" + projectConfig,
		stackFile:   stackFile,
	}
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "Pulumi.yaml"), []byte(f.projectFile), 0o644))
	require.NoError(t, os.WriteFile(f.file(), []byte(stackFile), 0o644))
	return f
}

func (f folder) file() string { return filepath.Join(f.dir, "Pulumi.dev.yaml") }

// values are what Pulumi's own code makes of the folder.
func (f folder) values() (map[string]string, error) {
	return stackvalues.Of([]byte(f.stackFile), []byte(f.projectFile))
}

// given are the options under which a program of its own is run in the folder, with the environment that the engine
// gives it.
func (f folder) given(t testing.TB, values map[string]string, root string) []mocks.Option {
	t.Helper()
	text, err := json.Marshal(values)
	require.NoError(t, err)
	for name, value := range map[string]string{pulumi.EnvStack: mocks.Stack, pulumi.EnvProject: f.project, pulumi.EnvConfig: string(text)} {
		require.NoError(t, os.Setenv(name, value))
		t.Cleanup(func() { _ = os.Unsetenv(name) })
	}
	return []mocks.Option{mocks.Config(values), mocks.In(f.project, root)}
}

// reads is the stack that the program reads, with the folder at hand or without.
func (f folder) reads(t testing.TB, values map[string]string, root string) (s *stack.Stack, problems error) {
	t.Helper()
	_, err := mocks.Run(func(ctx *pulumi.Context) error {
		s, problems = stack.FromContext(ctx, "")
		return nil
	}, f.given(t, values, root)...)
	require.NoError(t, err)
	return s, problems
}

const plainStack = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
  guardrails:users: [{name: alice}]
`

// spellings are first-level keys that somebody could take for one of the program's, with the key that was meant.
var spellings = []struct{ written, meant string }{
	{"operationRoles", "guardrails:operationRoles"},
	{"organization", "guardrails:organization"},
	{"users", "guardrails:users"},
	{"operationRole", "guardrails:operationRoles"},
	{"guardrails.operationRoles", "guardrails:operationRoles"},
	{"guardrails/operationRoles", "guardrails:operationRoles"},
	{"guardrails-operationRoles", "guardrails:operationRoles"},
	{"guardrails_operationRoles", "guardrails:operationRoles"},
	{"guardrails operationRoles", "guardrails:operationRoles"},
	{"guardrail:operationRoles", "guardrails:operationRoles"},
	{"Guardrails:operationRoles", "guardrails:operationRoles"},
	{"GUARDRAILS:operationRoles", "guardrails:operationRoles"},
	{"guardrails:OperationRoles", "guardrails:operationRoles"},
	{"guardrails:operation-roles", "guardrails:operationRoles"},
	{"guardrails:operationRole", "guardrails:operationRoles"},
	{"guardrails:operationroles", "guardrails:operationRoles"},
	{"other:operationRoles", "guardrails:operationRoles"},
	{"mycompany:operationRoles", "guardrails:operationRoles"},
	{"aws-guardrails:operationRoles", "guardrails:operationRoles"},
	{" guardrails:operationRoles", "guardrails:operationRoles"},
	{"aws.profile", "aws:profile"},
	{"AWS:profile", "aws:profile"},
	{"aws:Profile", "aws:profile"},
	{"guardrails:profile", "aws:profile"},
}

// A key that nobody would read is refused with the key to write, by the verbs and by the program alike, in every
// project.
func TestKeysThatNobodyReadsAreRefusedInEveryProject(t *testing.T) {
	for _, project := range []string{"mycompany", "guardrails", "infra", "aws", "guardrails-prod"} {
		for _, s := range spellings {
			if !strings.Contains(s.written, ":") && "guardrails:"+s.written == s.meant && project == "guardrails" {
				continue // There Pulumi reads the key as it was meant.
			}
			t.Run(project+" "+s.written, func(t *testing.T) {
				f := folderOf(t, project, "", plainStack+"  "+strconv.Quote(s.written)+": []\n")
				_, problems := stack.ReadFile(f.file())
				require.Len(t, problems, 1, "%v", problems)
				assert.Equal(t, problem.UnknownKey, problems[0].Kind)
				assert.Contains(t, problems[0].Error(), strconv.Quote(s.meant))
				assert.Equal(t, 5, problems[0].Line)

				values, err := f.values()
				require.NoError(t, err)
				rec, err := mocks.Run(program.Run, f.given(t, values, f.dir)...)
				require.True(t, program.Refused(err), "%v", err)
				assert.Empty(t, rec.Resources())
				_, told := f.reads(t, values, f.dir)
				assert.EqualError(t, told, strings.ReplaceAll(problems.Error(), f.dir+"/", f.dir+"/"))
				_, told = f.reads(t, values, "")
				require.Error(t, told, "without the folder the program would take it")
				assert.Contains(t, told.Error(), strconv.Quote(s.meant))
			})
		}
	}
}

// A key that Pulumi cannot read ends the engine with an error about the whole file: it is refused before, with the key
// to write where one is near.
func TestAKeyThatPulumiCannotReadIsRefused(t *testing.T) {
	for written, meant := range map[string]string{
		"dev:guardrails:users": `"guardrails:users"`,
		"other:a:b":            "<namespace>:<name>",
		"pulumi:tags:x":        "<namespace>:<name>",
		"guardrails:users:x":   `"guardrails:users"`,
		"a:b:c:d":              "<namespace>:<name>",
		"other:config:b:c":     "<namespace>:<name>",
	} {
		f := folderOf(t, "mycompany", "", plainStack+"  "+strconv.Quote(written)+": []\n")
		_, problems := stack.ReadFile(f.file())
		require.Len(t, problems, 1, written)
		assert.Contains(t, problems[0].Error(), meant)
		_, err := f.values()
		assert.Error(t, err, "%s: test bug: Pulumi reads it", written)
	}
	f := folderOf(t, "mycompany", "", plainStack+"  other:config:b: []\n")
	_, problems := stack.ReadFile(f.file())
	assert.Empty(t, problems, "Pulumi reads it, and it is another program's")
}

// A key that stands there twice, in two spellings that Pulumi takes for one, is refused.
func TestOneKeyInTwoSpellingsIsRefused(t *testing.T) {
	for _, second := range []string{"users", "guardrails:users", "guardrails:config:users"} {
		f := folderOf(t, "guardrails", "", plainStack+"  "+second+": [{name: bob}]\n")
		_, problems := stack.ReadFile(f.file())
		require.Len(t, problems, 1, second)
		assert.Contains(t, problems[0].Error(), "users", second)
		assert.Equal(t, 5, problems[0].Line)
		values, err := f.values()
		if err != nil {
			continue // Pulumi refuses it itself.
		}
		// The engine hands over either of the two, not always the same one.
		for _, handed := range []string{`[{"name":"alice"}]`, `[{"name":"bob"}]`} {
			values["guardrails:users"] = handed
			_, told := f.reads(t, values, f.dir)
			assert.EqualError(t, told, problems.Error(), "%s, %s", second, handed)
		}
	}
}

// What the project file gives is read alike, be the project called as it may.
func TestTheProjectFileIsReadAsPulumiReadsIt(t *testing.T) {
	for _, c := range []struct{ project, config, refused string }{
		{"mycompany", "config:\n  guardrails:protect: {value: true}\n  aws:profile: prod\n", ""},
		{"guardrails", "config:\n  protect: true\n  aws:profile: {value: prod}\n", ""},
		{"mycompany", "config:\n  protect: true\n", "guardrails:protect"},
		{"mycompany", "config:\n  protect: {type: boolean, default: true}\n", "guardrails:protect"},
		{"mycompany", "config:\n  protect: {type: boolean}\n", "guardrails:protect"},
		{"mycompany", "config:\n  guardrails:protects: true\n", "guardrails:protect"},
		{"mycompany", "config:\n  guardrails:account.alias: {value: x}\n", "guardrails:account"},
	} {
		f := folderOf(t, c.project, c.config, plainStack)
		stack, problems := stack.ReadFile(f.file())
		values, err := f.values()
		require.NoError(t, err, c.config)
		handed, told := f.reads(t, values, f.dir)
		if c.refused == "" {
			require.NoError(t, problems.Err(), c.config)
			require.NoError(t, told)
			assert.True(t, stack.Protect)
			assert.Equal(t, "prod", stack.AWS.Profile)
			assert.Empty(t, sameStack(stack, handed))
			continue
		}
		require.Len(t, problems, 1)
		assert.Contains(t, problems.Error(), strconv.Quote(c.refused), c.config)
		assert.ErrorContains(t, told, problems[0].Error(), c.config)
	}
}

// The program says what check says, with file, line and column; values from elsewhere are judged without a place.
func TestTheProgramNamesThePlace(t *testing.T) {
	f := folderOf(t, "mycompany", "", plainStack+"  guardrails:protect: maybe\n")
	values, err := f.values()
	require.NoError(t, err)
	_, problems := stack.ReadFile(f.file())
	_, told := f.reads(t, values, f.dir)
	assert.EqualError(t, told, problems.Error())
	assert.Contains(t, told.Error(), "Pulumi.dev.yaml: 1 problem\n  5:23 guardrails:protect")

	t.Chdir(f.dir)
	_, told = f.reads(t, values, f.dir)
	assert.True(t, strings.HasPrefix(told.Error(), "Pulumi.dev.yaml: 1 problem\n  5:23 "), told.Error())

	values["guardrails:protect"] = "perhaps"
	_, told = f.reads(t, values, f.dir)
	assert.ErrorContains(t, told, `guardrails:protect: "perhaps"`)
	assert.NotContains(t, told.Error(), "5:23")
	values["guardrails:protect"] = "true"
	stack, told := f.reads(t, values, f.dir)
	require.NoError(t, told)
	assert.True(t, stack.Protect)
	assert.Equal(t, 4, stack.Position("guardrails:users[0].name").Line)

	// Another file altogether, as with --config-file.
	stack, told = f.reads(
		t,
		map[string]string{"aws:region": "eu-west-1", "guardrails:account": `{"id":"444455556666"}`},
		f.dir,
	)
	require.NoError(t, told)
	assert.Equal(t, "444455556666", stack.Account.ID)
	assert.Empty(t, stack.Users)
}

// What an environment gives reaches a deployment and no verb: settings of the provider may come from there, what the
// stack is may not.
func TestAnEnvironmentGivesNothingThatIsJudged(t *testing.T) {
	f := folderOf(t, "mycompany", "", "environment: [prod-credentials]\n"+plainStack)
	values, err := f.values()
	require.NoError(t, err)
	values["aws:profile"] = "prod"
	stack, told := f.reads(t, values, f.dir)
	require.NoError(t, told)
	assert.Equal(t, "prod", stack.AWS.Profile)
	for key, value := range map[string]string{
		"guardrails:users": `[{"name":"alice"},{"name":"mallory"}]`, "guardrails:protect": "true", "guardrails:delegatedRoles": "[]", "guardrails:delegatedRole": "[]",
	} {
		with := map[string]string{key: value}
		for k, v := range values {
			if k != key {
				with[k] = v
			}
		}
		_, told := f.reads(t, with, f.dir)
		assert.ErrorContains(t, told, "prod-credentials", key)
		assert.ErrorContains(t, told, "write it in "+f.file(), key)
	}
}

// Secrets are read as the engine decrypts them, where they may be; where they may not the program says what check says.
func TestSecretsAreReadAlike(t *testing.T) {
	f := folderOf(
		t,
		"mycompany",
		"",
		plainStack+"  aws:secretKey: {secure: AAAB}\n  aws:assumeRole: {roleArn: \"arn:aws:iam::111122223333:role/x\", externalId: {secure: AAAB}}\n",
	)
	values, err := f.values()
	require.NoError(t, err)
	values["aws:secretKey"], values["aws:assumeRole"] = "plain", `{"roleArn":"arn:aws:iam::111122223333:role/x","externalId":"plain"}`
	_, problems := stack.ReadFile(f.file())
	require.NoError(t, problems.Err())
	s, told := f.reads(t, values, f.dir)
	require.NoError(t, told)
	assert.Equal(t, "plain", s.AWS.SecretKey)
	assert.Equal(t, "plain", s.AWS.AssumeRole.ExternalID)

	// Where a setting may be no secret, both refuse it in the same words, and neither shows what it is.
	for _, plain := range []string{"hunter2", `{"iam":"https://hunter2"}`, `["hunter2"]`, "7"} {
		for _, setting := range []string{"endpoints", "maxRetries", "assumeRole", "profile", "defaultTags"} {
			f = folderOf(t, "mycompany", "", plainStack+"  aws:"+setting+": {secure: AAAB}\n")
			values, err = f.values()
			require.NoError(t, err)
			values["aws:"+setting] = plain
			_, problems = stack.ReadFile(f.file())
			require.Len(t, problems, 1, setting)
			_, told = f.reads(t, values, f.dir)
			assert.EqualError(t, told, problems.Error())
			assert.NotContains(t, told.Error(), "hunter2")
		}
	}

	f = folderOf(
		t,
		"mycompany",
		"",
		strings.Replace(plainStack, "name: alice", "name: alice, email: {secure: AAAB}", 1),
	)
	values = map[string]string{
		"aws:region":         "ap-northeast-1",
		"guardrails:account": `{"id":"111122223333"}`,
		"guardrails:users":   `[{"name":"alice","email":"a@example.com"}]`,
	}
	_, problems = stack.ReadFile(f.file())
	_, told = f.reads(t, values, f.dir)
	assert.EqualError(t, told, problems.Error())
}

// randomFolder is the full stack file after random edits: of values, of keys and their spelling, of the form in which
// YAML has them, some of it given by the project.
func randomFolder(t testing.TB, r *rand.Rand) folder {
	t.Helper()
	var document yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(stacktest.Text(t, stacktest.Full)), &document))
	root := document.Content[0].Content[1]
	project := []string{"mycompany", "guardrails", "infra", "aws", "p" + strconv.Itoa(r.IntN(1000))}[r.IntN(5)]
	var moved []*yaml.Node
	for range r.IntN(4) {
		switch i := 2 * r.IntN(len(root.Content)/2); r.IntN(7) {
		case 0: // As pulumi config set writes it.
			var value any
			if root.Content[i+1].Decode(&value) == nil {
				if text, err := json.Marshal(value); err == nil {
					root.Content[i+1] = &yaml.Node{
						Kind:  yaml.ScalarNode,
						Tag:   "!!str",
						Value: string(text),
						Style: yaml.DoubleQuotedStyle,
					}
				}
			}
		case 1: // Another spelling of the key.
			name := root.Content[i].Value
			rest := name[strings.Index(name, ":")+1:] // Another change may have left it without a namespace.
			root.Content[i].Value = []string{
				strings.TrimPrefix(name, "guardrails:"), strings.Replace(name, ":", ".", 1), strings.ToUpper(name[:1]) + name[1:], project + ":" + rest,
				strings.Replace(name, ":", ":config:", 1), name + "s", "dev:" + name, name + ":x",
			}[r.IntN(8)]
		case 2: // The same key again, as it is or without its namespace.
			again := *root.Content[i]
			again.Value = []string{again.Value, strings.TrimPrefix(again.Value, "guardrails:")}[r.IntN(2)]
			root.Content = append(root.Content, &again, root.Content[i+1])
		case 3: // Given by the project.
			if len(root.Content) > 4 {
				moved = append(moved, root.Content[i], &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
					{Kind: yaml.ScalarNode, Value: []string{"value", "default"}[r.IntN(2)]}, root.Content[i+1],
				}})
				root.Content = slices.Delete(root.Content, i, i+2)
			}
		case 4:
			root.Content[i+1].Anchor = "a"
			root.Content = append(
				root.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Value: "other:key"},
				&yaml.Node{Kind: yaml.AliasNode, Value: "a", Alias: root.Content[i+1]},
			)
		case 5:
			root.Content = append(
				root.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Value: "kubernetes:context"},
				&yaml.Node{Kind: yaml.ScalarNode, Value: "prod"},
			)
		default:
			changeValue(r, root)
		}
	}
	text, err := yaml.Marshal(&document)
	require.NoError(t, err)
	config := ""
	if len(moved) > 0 {
		data, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "config"}, {Kind: yaml.MappingNode, Content: moved},
		}})
		require.NoError(t, err)
		config = string(data)
	}
	return folderOf(t, project, config, string(text))
}

// changeValue edits one value or key below the first level.
func changeValue(r *rand.Rand, root *yaml.Node) {
	var nodes []*yaml.Node
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		nodes = append(nodes, n)
		for _, child := range n.Content {
			walk(child)
		}
	}
	for i := 1; i < len(root.Content); i += 2 {
		walk(root.Content[i])
	}
	n := nodes[r.IntN(len(nodes))]
	scalar := func(tag, value string, style yaml.Style) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value, Style: style}
	}
	with := []*yaml.Node{
		scalar("!!null", "", 0), scalar("!!null", "~", 0), scalar("!!bool", "True", 0), scalar("!!str", "true", yaml.DoubleQuotedStyle), scalar(
			"!!int", "0x10", 0,
		),
		scalar("!!int", "012", 0), scalar("!!int", "1_000", 0), scalar("!!int", "18446744073709551615", 0), scalar("!!float", "1e3", 0), scalar(
			"!!float", "16.0", 0,
		),
		scalar("!!float", "123456789012345678901234567890", 0), scalar("!!float", ".inf", 0), scalar("!!timestamp", "2026-12-01", 0), scalar(
			"!!timestamp", "2026-12-01T09:00:00+09:00", 0,
		),
		scalar("!!str", "", yaml.DoubleQuotedStyle), scalar("!!str", "[1]", yaml.DoubleQuotedStyle), scalar("!!str", "{}", yaml.SingleQuotedStyle), scalar(
			"!!str", "é\u202e", 0,
		),
		{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("!!str", "secure", 0), scalar("!!str", "AAAB", 0)}}, {Kind: yaml.MappingNode}, {Kind: yaml.SequenceNode},
		{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("!!int", "2026", 0), scalar("!!str", "x", 0)}}, scalar(
			"!odd", "x", yaml.TaggedStyle,
		),
	}[r.IntN(23)]
	switch {
	case n.Kind == yaml.ScalarNode || r.IntN(2) == 0:
		*n = *with
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		i := 2 * r.IntN(len(n.Content)/2)
		again := *n.Content[i]
		n.Content = append(n.Content, &again, with)
	default:
		n.Content = slices.DeleteFunc(
			n.Content,
			func(*yaml.Node) bool { return n.Kind == yaml.SequenceNode && r.IntN(2) == 0 },
		)
	}
}

// What check judges is what the program registers, whatever is done to stack file and project: where check reads a
// stack, Pulumi's own reader hands over the same one, and the program reads it with the folder at hand and without;
// where check refuses, the program refuses in the same words at the same places. Left out are environments and values
// from the command line, which have tests of their own.
func TestWhatCheckReadsIsWhatTheProgramIsGiven(t *testing.T) {
	// Registering costs more than reading: of those that are read alike one in seven is registered, or 500 in the
	// nightly tier.
	runs, sampled, every := 600, 25, 7
	switch {
	case tier.Nightly():
		runs, sampled, every = 4000, 500, 1
	case testing.Short():
		runs = 100
	}
	seed := uint64(20)
	var accepted, refused, registered int
	for i := range runs {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		f := randomFolder(t, r)
		about := fmt.Sprintf("run %d\n%s\n%s", i, f.projectFile, f.stackFile)
		stack, problems := stack.ReadFile(f.file())
		values, err := f.values()
		if err != nil {
			require.NotEmpty(t, problems, "Pulumi refuses what check takes: %v\n%s", err, about)
			refused++
			continue
		}
		handed, told := f.reads(t, values, f.dir)
		if len(problems) > 0 {
			refused++
			require.EqualError(t, told, problems.Error(), about)
			continue
		}
		accepted++
		require.NoError(t, told, about)
		require.Empty(t, sameStack(stack, handed), about)
		alone, told := f.reads(t, values, "")
		require.NoError(t, told, about)
		require.Empty(t, sameDecoded(stack, alone), about)
		if accepted%every != 0 || registered == sampled || program.Check(stack) != nil {
			continue
		}
		registered++
		expected, err := program.Resources(mocks.Project, stack)
		require.NoError(t, err)
		rec, err := mocks.Run(
			program.Run,
			append(
				append(f.given(t, values, f.dir), existing(stack)...),
				mocks.Account(stack.Account.ID, string(stack.Account.Partition), stack.AWS.Region),
			)...)
		require.NoError(t, err, about)
		var want, got []string
		for _, x := range expected {
			want = append(want, x.Type+" "+x.Name)
		}
		for _, x := range rec.Resources() {
			if strings.HasPrefix(x.Type, "aws:") {
				got = append(got, x.Type+" "+x.Name)
			}
		}
		require.ElementsMatch(t, want, got, about)
	}
	t.Logf("%d stack files: %d read alike, %d refused alike, %d registered alike", runs, accepted, refused, registered)
	assert.Greater(t, accepted, runs/10)
	assert.Greater(t, refused, runs/10)
	assert.Positive(t, registered)
	if tier.Nightly() {
		assert.Equal(t, sampled, registered)
	}
}

// sameDecoded is sameStack for a reader that knows no folder: secrets are those of the engine.
func sameDecoded(a, b *stack.Stack) string {
	return cmp.Diff(
		a,
		b,
		cmpopts.IgnoreFields(stack.Stack{}, "Name", "File", "Folder", "Siblings", "Environments"),
		cmpopts.IgnoreFields(
			provider.Settings{},
			"AccessKey",
			"SecretKey",
			"Token",
			"AssumeRole",
			"AssumeRoleWithWebIdentity",
		),
		cmpopts.IgnoreUnexported(stackfile.Sections{}, stack.Stack{}),
	)
}

// A file that the verbs refuse as no regular file of the folder is not read by the program either, which is given
// values by the engine.
func TestAFileThatIsNoneIsRefused(t *testing.T) {
	f := folderOf(t, "mycompany", "", plainStack)
	require.NoError(t, os.Rename(f.file(), filepath.Join(f.dir, "elsewhere")))
	require.NoError(t, os.Symlink("/dev/zero", f.file()))
	_, problems := stack.ReadFile(f.file())
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Refused, problems[0].Kind)
	assert.Contains(t, problems[0].Error(), "is a link out of its folder, to /dev/zero")
	values, err := f.values()
	require.NoError(t, err)
	_, told := f.reads(t, values, f.dir)
	var none problem.List
	assert.False(t, errors.As(told, &none), "%v", told)
}
