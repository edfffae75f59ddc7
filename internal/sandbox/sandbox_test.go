package sandbox_test

import (
	"context"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/policy"
)

// The world is the same when the sandbox is started again, and the world file is followed.
func TestTheWorldOutlivesTheServer(t *testing.T) {
	state := filepath.Join(t.TempDir(), "aws.json")
	first, err := start(t, everything, sandbox.Options{State: state, Stack: "dev"})
	require.NoError(t, err)
	_, err = first.IAM("111122223333").CreateUser(context.Background(), iam.NewUser{Name: "made"})
	require.NoError(t, err)
	before := first.Snapshot()
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "a second close does nothing")

	second, err := start(t, everything, sandbox.Options{State: state, Stack: "dev"})
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(before, second.Snapshot()))
	assert.Equal(t, before.String(), second.Snapshot().String())
}

// Servers of one process share the world of a state file.
func TestStacksOfOneFolderShareTheWorld(t *testing.T) {
	state := filepath.Join(t.TempDir(), "aws.json")
	dev, err := start(t, everything, sandbox.Options{State: state, Stack: "dev"})
	require.NoError(t, err)
	prod, err := start(t, everything, sandbox.Options{State: state, Stack: "prod", Account: "777788889999"})
	require.NoError(t, err)
	_, err = dev.IAM("777788889999").CreateGroup(context.Background(), "shared", "")
	require.NoError(t, err)
	assert.Contains(t, prod.Snapshot().Accounts["777788889999"].Groups, "shared")
	assert.NotEqual(t, dev.DebugProviders(), prod.DebugProviders())
	assert.Regexp(t, regexp.MustCompile(`^aws:\d+,aws-native:\d+$`), dev.DebugProviders())
}

// A server ends with the context that it was started with.
func TestAServerEndsWithItsContext(t *testing.T) {
	state := filepath.Join(t.TempDir(), "aws.json")
	ctx, cancel := context.WithCancel(context.Background())
	s, err := sandbox.Start(ctx, sandbox.Options{State: state, Account: "111122223333"})
	require.NoError(t, err)
	cancel()
	assert.NoError(t, s.Close(), "Close waits for the end that the context began")
}

// What the sandbox holds is what the access engine asks about, sorted, with what people made and what nodes run as.
func TestTheWorldIsReadyForProofs(t *testing.T) {
	s, err := start(t, everything, sandbox.Options{Stack: "dev"})
	require.NoError(t, err)
	w, err := s.World()
	require.NoError(t, err)
	require.Len(t, w.Accounts, 2)
	home, jump := w.Accounts[0], w.Accounts[1]
	assert.Equal(t, "111122223333", home.ID)
	want := policy.New(
		policy.Allow("Trust", "sts:AssumeRole").
			For(policy.AWSPrincipals("arn:aws:iam::444455556666:user/people/alice")),
	)
	require.Len(t, home.Roles, 1)
	assert.Empty(t, cmp.Diff(want, home.Roles[0].Trust))
	assert.Equal(t, []world.SessionPreferences{{Region: "ap-northeast-1", MaxDuration: 60}}, home.Preferences)
	assert.Equal(t, []world.Node{
		{
			Kind:    world.Instance,
			ID:      "i-0a1b2c3d4e5f60718",
			Region:  "ap-northeast-1",
			Tags:    []world.Tag{{Key: "Project", Value: "A"}},
			OSUsers: []string{"alice"},
			Profile: "arn:aws:iam::111122223333:role/nodes/node",
			VolumeKeys: []string{
				journey.AWSManagedEBSKey,
				"arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
			},
		},
		{Kind: world.ManagedInstance, ID: "mi-0a1b2c3d4e5f60718", Region: "ap-northeast-1"},
	}, home.Nodes)
	require.Len(t, home.Documents, 1)
	assert.Equal(t, "Session", home.Documents[0].Type)
	require.Len(t, jump.Users, 1)
	assert.True(t, jump.Users[0].HasMFA)
	assert.Equal(t, []string{"people"}, jump.Users[0].Groups)
	require.Len(t, jump.Policies, 1)
	assert.Equal(t, "arn:aws:iam::444455556666:policy/p/read", jump.Policies[0].ARN)
	require.Len(t, jump.Groups, 1)
	assert.Equal(t, "own", jump.Groups[0].Inline[0].Name)
	_, err = access.Compile(w)
	assert.NoError(t, err, "the engine cannot read the world")
}

// Administrators change accounts beside the stacks.
func TestAccountsCanBeChangedFromOutside(t *testing.T) {
	s, err := start(t, everything, sandbox.Options{})
	require.NoError(t, err)
	require.NoError(
		t,
		s.SSM("111122223333", "ap-northeast-1").DeleteDocument(context.Background(), "SSM-SessionManagerRunShell"),
	)
	home := s.Snapshot().Accounts["111122223333"]
	assert.Empty(t, home.Documents)
	assert.NotContains(t, home.String(), "SSM-SessionManagerRunShell")
}
