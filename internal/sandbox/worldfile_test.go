package sandbox_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/problem"
)

// everything is a world file with every key.
const everything = `stacks:
  dev: "111122223333"
awsManagedPolicies: [NewerThanTheSandbox]
profiles:
  jump: "444455556666"
accounts:
  "444455556666":
    alias: jump
    policies:
      - name: read
        path: /p/
        description: reads
        tags: {Team: a}
        document: {Version: "2012-10-17", Statement: [{Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
    groups:
      - name: people
        path: /g/
        policies: ["arn:aws:iam::444455556666:policy/p/read"]
        inlinePolicies:
          own: '{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}'
    users:
      - name: alice
        path: /people/
        tags: {Email: alice@example.com}
        groups: [people]
        policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
        inlinePolicies: {}
        permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
        password: true
        mfa: true
        accessKeys: 2
    enrol:
      - {user: carol, password: true, mfa: true, accessKeys: 1}
  "111122223333":
    partition: aws
    roles:
      - name: node
        path: /nodes/
        description: instances
        maxSessionDuration: 7200
        tags: {Project: A}
        policies: ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", "arn:aws:iam::aws:policy/NewerThanTheSandbox"]
        permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
        inlinePolicies: {}
        trust: {Version: "2012-10-17", Statement: [{Sid: Trust, Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:user/people/alice"}, Action: "sts:AssumeRole"}]}
    documents:
      - region: ap-northeast-1
        name: SSM-SessionManagerRunShell
        type: Session
        tags: {By: console}
        content:
          schemaVersion: "1.0"
          sessionType: Standard_Stream
          inputs: {s3EncryptionEnabled: true, cloudWatchEncryptionEnabled: true, cloudWatchStreamingEnabled: false, runAsEnabled: false, maxSessionDuration: "60"}
    nodes:
      - id: i-0a1b2c3d4e5f60718
        region: ap-northeast-1
        tags: {Project: A}
        osUsers: [alice]
        volumeKeys: [alias/aws/ebs, "arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        profile: node
      - id: mi-0a1b2c3d4e5f60718
        region: ap-northeast-1
`

func start(t *testing.T, world string, o sandbox.Options) (*sandbox.Server, error) {
	t.Helper()
	if world != "" {
		o.World = filepath.Join(t.TempDir(), "sandbox.yaml")
		require.NoError(t, os.WriteFile(o.World, []byte(world), 0o600))
	}
	s, err := sandbox.Start(t.Context(), o)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, s.Close()) })
	}
	return s, err
}

// Every key of the world file shows in the world.
func TestEveryKeyOfTheWorldFileShows(t *testing.T) {
	s, err := start(t, everything, sandbox.Options{Stack: "dev"})
	require.NoError(t, err)
	accounts := s.Snapshot().Accounts
	jump, home := accounts["444455556666"], accounts["111122223333"]
	assert.Equal(t, "jump", jump.Alias)
	p := jump.Policies["arn:aws:iam::444455556666:policy/p/read"]
	assert.JSONEq(
		t,
		`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`,
		p.Document(),
	)
	assert.Equal(t, "reads", p.Description)
	assert.Equal(t, map[string]string{"Team": "a"}, p.Tags)
	assert.Equal(t, "/g/", jump.Groups["people"].Path)
	assert.Equal(t, []string{p.ARN}, jump.Groups["people"].Attached)
	assert.Contains(t, jump.Groups["people"].Inline, "own")
	alice := jump.Users["alice"]
	assert.Equal(t, "/people/", alice.Path)
	assert.Equal(t, map[string]string{"Email": "alice@example.com"}, alice.Tags)
	assert.Equal(t, []string{"people"}, alice.Groups)
	assert.Equal(t, []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, alice.Attached)
	assert.Equal(t, "arn:aws:iam::aws:policy/PowerUserAccess", alice.Boundary)
	assert.True(t, alice.Password)
	assert.Len(t, alice.MFADevices, 1)
	assert.Len(t, alice.AccessKeys, 2)
	node := home.Roles["node"]
	assert.Equal(t, alice.ID, node.Principals["arn:aws:iam::444455556666:user/people/alice"])
	assert.Len(t, node.Attached, 2)
	assert.Equal(t, 7200, node.MaxSession)
	assert.Equal(t, "/nodes/", node.Path)
	assert.Equal(t, "instances", node.Description)
	assert.Equal(t, map[string]string{"Project": "A"}, node.Tags)
	d := home.Documents["ap-northeast-1/SSM-SessionManagerRunShell"]
	assert.Equal(t, "Session", d.Type)
	assert.Equal(t, map[string]string{"By": "console"}, d.Tags)
	assert.Equal(t, []string{"alice"}, home.Nodes["i-0a1b2c3d4e5f60718"].OSUsers)
	assert.Nil(t, home.Nodes["mi-0a1b2c3d4e5f60718"].OSUsers)
	assert.Equal(
		t,
		[]string{"alias/aws/ebs", "arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
		home.Nodes["i-0a1b2c3d4e5f60718"].VolumeKeys,
	)
	assert.Nil(t, home.Nodes["mi-0a1b2c3d4e5f60718"].VolumeKeys)
}

// Each mistake is refused with its line, its path, what is wrong and what to write; one replacement in the file above
// makes each.
func TestMistakesInTheWorldFileAreRefused(t *testing.T) {
	for _, c := range []struct{ old, mistake, want string }{
		{"    alias: jump", "    aliass: jump",
			`8:5 accounts["444455556666"].aliass: unknown key; did you mean "alias"?`},
		{`  "444455556666":`, `  444455556666:`,
			`accounts: has the key 444455556666, which is no text to YAML; write it in quotes`},
		{`  dev: "111122223333"`, `  dev: 111122223333`,
			`2:8 stacks["dev"]: 111122223333 is a number; write it in quotes: "111122223333"`},
		{`  dev: "111122223333"`, `  dev: "1111"`,
			`2:8 stacks["dev"]: "1111" is not an account id; write its twelve digits in quotes`},
		{"partition: aws", "partition: aws-moon",
			`accounts["111122223333"].partition: "aws-moon" is not a partition; write aws, aws-cn, aws-us-gov or aws-eusc`},
		{"        accessKeys: 2", "        accessKeys: 3",
			`accounts["444455556666"].users[0].accessKeys: 3 is not a whole number from 0 to 2; write one`},
		{"        accessKeys: 2", "        accessKeys: two",
			`accounts["444455556666"].users[0].accessKeys: "two" is text; write a whole number from 0 to 2, without quotes`},
		{"        mfa: true", "        mfa: phone",
			`accounts["444455556666"].users[0].mfa: "phone" is text; write true or false, without quotes`},
		{"      - name: alice\n        path: /people/", "      - path: /people/",
			`accounts["444455556666"].users[0].name: is missing; write name:`},
		{"groups: [people]", "groups: people",
			`accounts["444455556666"].users[0].groups: "people" is text; write a list, even of one: [people]`},
		{"region: ap-northeast-1\n        name", "region: tokyo\n        name",
			`accounts["111122223333"].documents[0].region: "tokyo" is not a Region`},
		{"id: i-0a1b2c3d4e5f60718", "id: web-1",
			`accounts["111122223333"].nodes[0].id: "web-1" is not the id of a node; write i- or mi-`},
		{"volumeKeys: [alias/aws/ebs", "volumeKeys: [alias/volumes",
			`accounts["111122223333"].nodes[0].volumeKeys[0]: "alias/volumes" is not the key of a volume`},
		{"tags: {Project: A}\n        osUsers", "tags: {Project: A, Project: B}\n        osUsers",
			`accounts["111122223333"].nodes[0].tags["Project"]: is given twice; keep one of the two`},
		{"    alias: jump", "    alias: [jump]", `accounts["444455556666"].alias: is a list; write text`},
		{"stacks:", "stack:", `1:1 stack: unknown key; did you mean "stacks"?`},
		{"groups: [people]", "groups: [poeple]",
			`22:9 accounts["444455556666"].users[0]: the account has no group "poeple"`},
		{"user/people/alice", "user/alice",
			`accounts["111122223333"].roles[0].trust: MalformedPolicyDocument: Invalid principal in policy`},
		{"Action: \"s3:Get*\"", "Action: \"s3\"",
			`accounts["444455556666"].policies[0]: MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor`},
		{"policy/ReadOnlyAccess", "policy/ReadOnly",
			`accounts["444455556666"].users[0]: NoSuchEntity: Policy arn:aws:iam::aws:policy/ReadOnly does not exist`},
		{"runAsEnabled: false", "runAsEnabled: no thanks",
			`accounts["111122223333"].documents[0]: InvalidDocumentContent: the input runAsEnabled is true or false`},
		{"enrol:\n      - {user: carol", "enrol:\n      - {user: ca rol",
			`accounts["444455556666"].enrol[0]: ValidationError: The specified value for userName is invalid.`},
		{"    alias: jump", "    alias: 'jump", "a line is indented differently from the lines that it belongs to"},
	} {
		changed := strings.Replace(everything, c.old, c.mistake, 1)
		require.NotEqual(t, everything, changed, "test bug: %q is not in the file", c.old)
		_, err := start(t, changed, sandbox.Options{})
		if assert.Error(t, err, c.mistake) {
			assert.ErrorContains(t, err, c.want)
			assert.True(t, strings.HasPrefix(err.Error(), "sandbox.yaml:"), err.Error())
		}
	}
}

// Everything that is wrong comes at once, in the order of the file.
func TestAllMistakesComeAtOnce(t *testing.T) {
	_, err := start(
		t,
		"accounts:\n  \"1\":\n    allias: a\n    users:\n      - {nam: a}\nstaks: {}\n",
		sandbox.Options{},
	)
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	assert.Equal(t, "sandbox.yaml: 3 problems", lines[0])
	assert.Len(t, lines, 4)
	assert.Contains(t, lines[1], `3:5 accounts["1"].allias`)
	assert.Contains(t, lines[2], `5:10 accounts["1"].users[0].nam`)
	assert.Contains(t, lines[3], "6:1 staks")
	var problems problem.List
	assert.ErrorAs(t, err, &problems)
}

// An account that only exists needs no keys, and a file may be empty.
func TestAnAccountMayBeEmpty(t *testing.T) {
	s, err := start(t, "accounts:\n  \"444455556666\":\n", sandbox.Options{})
	require.NoError(t, err)
	assert.Contains(t, s.Snapshot().Accounts, "444455556666")
	_, err = start(t, "# nothing yet\n", sandbox.Options{})
	require.NoError(t, err)
	_, err = sandbox.Start(t.Context(), sandbox.Options{World: filepath.Join(t.TempDir(), "absent.yaml")})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// organized is a world file with an organization and an instance of Identity Center.
const organized = `organization:
  id: o-exampleorgid
  management: "123456789012"
  root: r-exam
  policyTypes: [SERVICE_CONTROL_POLICY]
  trustedServices: [iam.amazonaws.com]
  units:
    - {id: ou-exam-11111111, name: Workloads}
    - {id: ou-exam-22222222, name: Production, parent: ou-exam-11111111}
  accounts:
    "444455556666": ou-exam-22222222
  policies:
    - name: no-leaving
      description: stays
      targets: [r-exam]
      tags: {By: hand}
      content: {Version: "2012-10-17", Statement: [{Sid: Stay, Effect: Deny, Action: "organizations:LeaveOrganization", Resource: "*"}]}
identityCenter:
  instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
  store: d-1234567890
  region: us-east-1
  attributes: {SSMSessionRunAs: "${path:userName}"}
  users: {u-1: alice}
  groups: {g-1: ops}
`

// Every key of the organization and of Identity Center shows in the world.
func TestAnOrganizationOfTheWorldFileShows(t *testing.T) {
	s, err := start(t, organized, sandbox.Options{})
	require.NoError(t, err)
	o, ic := s.Snapshot().Organization, s.Snapshot().IdentityCenter
	assert.Equal(t, "r-exam", o.Units["ou-exam-11111111"].Parent)
	assert.Equal(t, map[string]string{"444455556666": "ou-exam-22222222", "123456789012": "r-exam"}, o.Accounts)
	assert.Equal(t, []string{"iam.amazonaws.com"}, o.TrustedServices)
	require.Len(t, o.Attached["r-exam"], 2)
	p := o.Policies[o.Attached["r-exam"][1]]
	assert.Equal(t, "no-leaving", p.Name)
	assert.Equal(t, map[string]string{"By": "hand"}, p.Tags)
	assert.Equal(t, "123456789012", ic.Account)
	assert.True(t, ic.Enabled)
	assert.Equal(t, "${path:userName}", ic.Attributes[0].Source[0])
	assert.Equal(t, map[string]string{"u-1": "alice"}, ic.Users)
	assert.Equal(t, map[string]string{"g-1": "ops"}, ic.Groups)

	w, err := s.World()
	require.NoError(t, err)
	require.NotNil(t, w.Organization)
	assert.Equal(t, "123456789012", w.Organization.Management)
	require.Len(t, w.Organization.Root.Units, 1)
	below := w.Organization.Root.Units[0].Units[0]
	assert.Equal(t, "Production", below.Name)
	assert.Equal(t, "444455556666", below.Accounts[0].ID)
	assert.Equal(t, "FullAWSAccess", below.Accounts[0].Policies[0].Name)
	assert.Equal(t, "no-leaving", w.Organization.Root.Policies[1].Name)
	_, err = access.Compile(w)
	assert.NoError(t, err, "the engine cannot read the world")

	for old, c := range map[string][2]string{
		`"444455556666": ou-exam-22222222`: {`"444455556666": ou-exam-33333333`,
			"1:1 organization: account 444455556666 is in ou-exam-33333333"},
		"targets: [r-exam]": {"targets: [ou-exam-33333333]",
			"13:7 organization.policies[0]: TargetNotFoundException"},
		"region: us-east-1": {"region: everywhere",
			`identityCenter.region: "everywhere" is not a Region`},
		"ssoins-1234567890abcdef": {"ssoins-1", `is not the ARN of an instance`},
		"SERVICE_CONTROL_POLICY":  {"SCP", "SCP is no type of policies"},
	} {
		_, err := start(t, strings.Replace(organized, old, c[0], 1), sandbox.Options{})
		assert.ErrorContains(t, err, c[1])
	}
}

// The reference names every key of the world file, and its example is one.
func TestTheReferenceKnowsEveryKey(t *testing.T) {
	page, err := os.ReadFile("../../docs/sandbox.md")
	require.NoError(t, err)
	for _, file := range []string{everything, organized} {
		var root map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(file), &root))
		for key := range keysOf(root, nil) {
			assert.Contains(t, string(page), "`"+key, "the reference does not name the key %s", key)
		}
	}
	_, example, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "```")
	_, err = start(t, example, sandbox.Options{})
	assert.NoError(t, err)
}

// keysOf are the keys of a world file that the file gives a meaning: not ids, names, tags or the insides of documents.
func keysOf(node any, keys map[string]bool) map[string]bool {
	if keys == nil {
		keys = map[string]bool{}
	}
	named := []string{"accounts", "stacks", "profiles", "tags", "attributes"}
	opaque := []string{
		"document",
		"trust",
		"content",
		"inlinePolicies",
		"tags",
		"attributes",
		"stacks",
		"profiles",
		"users",
		"groups",
	}
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			keys[key] = true
			_, isList := value.([]any)
			inside, isMap := value.(map[string]any)
			switch {
			case isMap && slices.Contains(opaque, key):
			case isMap && slices.Contains(named, key):
				for _, v := range inside {
					keysOf(v, keys)
				}
			case isMap || isList:
				keysOf(value, keys)
			}
		}
	case []any:
		for _, v := range node {
			keysOf(v, keys)
		}
	}
	return keys
}
