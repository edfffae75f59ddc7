package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

func openAt(t *testing.T, path string) *cloud.Cloud {
	t.Helper()
	c, err := cloud.Open(path, cloudtest.Noon)
	require.NoError(t, err)
	return c
}

// A call that returned is in the state file, although nobody closed the world.
func TestACallThatReturnedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	c := openAt(t, path)
	require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Home), "alice")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	defer c.Close()

	killed := filepath.Join(t.TempDir(), "killed")
	require.NoError(t, os.WriteFile(killed, data, 0o600))
	again := openAt(t, killed)
	defer again.Close()
	assert.Empty(t, cmp.Diff(c.Snapshot(), again.Snapshot()))
}

// A line that was cut off in the middle of its write belongs to a call that never returned, and is forgotten; a whole
// line of such a call is kept. The header knows of neither yet.
func TestACutLineIsForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	c := openAt(t, path)
	require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Home), "alice")
	before := c.Snapshot()
	known, err := os.ReadFile(path)
	require.NoError(t, err)
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Home), "bob")
	after := c.Snapshot()
	require.NoError(t, c.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := len(known); n <= len(data); n++ {
		require.NoError(t, os.WriteFile(path, append(slices.Clone(known), data[len(known):n]...), 0o600))
		want := before
		if n == len(data) {
			want = after
		}
		again := openAt(t, path)
		assert.Empty(t, cmp.Diff(want, again.Snapshot()), n)
		require.NoError(t, again.Close())
	}
}

// A file that lost something, wherever it was cut, whatever line is missing and whatever was changed, is refused and
// left alone: no row is lost without a word.
func TestAFileThatLostSomethingIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	c := openAt(t, path)
	require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Home), "alice")
	require.NoError(t, c.Close())
	c = openAt(t, path) // Rows that were rewritten, and calls after them.
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Home), "bob")
	require.NoError(t, c.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	refused := func(what string, content []byte) {
		require.NoError(t, os.WriteFile(path, content, 0o600))
		var state *store.StateError
		require.ErrorAs(t, store.Sound(path), &state, what)
		_, err := cloud.Open(path, cloudtest.Noon)
		require.ErrorAs(t, err, &state, what)
		assert.Equal(t, path, state.Path)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(content), string(left), what)
	}
	for n := range data {
		refused(fmt.Sprintf("cut after %d bytes", n), data[:n])
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	for n := range lines {
		refused(
			fmt.Sprintf("without line %d", n+1),
			[]byte(strings.Join(slices.Delete(slices.Clone(lines), n, n+1), "")),
		)
	}
	for n := strings.Index(string(data), "\n") + 1; n < len(data); n++ {
		changed := slices.Clone(data)
		changed[n] ^= 1
		refused(fmt.Sprintf("byte %d changed", n), changed)
	}
	require.NoError(t, os.WriteFile(path, data, 0o600))
	require.NoError(t, store.Sound(path))
	require.NoError(t, store.Sound(path+"-that-nobody-made"))
}

// A file that was written before the header counted is read.
func TestAFileWithoutSumsIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	c := openAt(t, path)
	require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
	want := c.Snapshot()
	require.NoError(t, c.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(string(data), "\n")
	require.NoError(t, os.WriteFile(path, []byte(`{"sandbox":1}`+"\n"+lines), 0o600))
	c = openAt(t, path)
	assert.Empty(t, cmp.Diff(want, c.Snapshot()))
	require.NoError(t, c.Close())
}

// A file that is no sandbox state is refused with its place, and left alone.
func TestAFileOfSomethingElseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for _, content := range []string{"version: 1\n", `{"sandbox":99}` + "\n", `{"sandbox":1}` + "\nnonsense\n", `{"sandbox":1}` + "\n" + `[{"table":"cars","key":"a"}]` + "\n"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := cloud.Open(path, cloudtest.Noon)
		assert.ErrorContains(t, err, path+":")
		data, readErr := os.ReadFile(path)
		require.NoError(t, readErr)
		assert.Equal(t, content, string(data))
	}
}

// The stacks of one process share the world of a file, and the last one lets go of it.
func TestOneProcessSharesOneWorld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	first, second := openAt(t, path), openAt(t, path)
	assert.Same(t, first, second)
	require.NoError(t, first.Close())
	require.NoError(t, second.AddAccount(cloudtest.Home, policy.AWS), "the world closed under the second")
	require.NoError(t, second.Close())
	third := openAt(t, path)
	assert.NotSame(t, first, third)
	assert.True(t, third.HasAccount(cloudtest.Home))
	require.NoError(t, third.Close())
}

// A refused call changes nothing, in memory and in the file.
func TestARefusedCallChangesNothing(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "state")
	c := openAt(t, path)
	defer c.Close()
	require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
	before := c.Snapshot()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = cloudtest.IAM(
		c,
		cloudtest.Home,
	).CreateRole(ctx, iam.NewRole{Name: "r", Trust: cloudtest.Trusting("arn:aws:iam::111122223333:user/eve")})
	require.Error(t, err)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(after))
	assert.Empty(t, cmp.Diff(before, c.Snapshot()))
}

// Calls in any order make the same world: ids follow from names and history, not from when a call arrives.
func TestTheOrderOfConcurrentCallsDoesNotShow(t *testing.T) {
	worlds := make([]cloud.Snapshot, 2)
	for n := range worlds {
		c := cloudtest.New(t)
		var all sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			all.Go(func() {
				_, err := cloudtest.IAM(c, cloudtest.Home).CreateUser(context.Background(), iam.NewUser{Name: name})
				assert.NoError(t, err)
				_, err = cloudtest.IAM(
					c,
					cloudtest.Home,
				).CreatePolicy(context.Background(), iam.NewPolicy{Name: name, Document: cloudtest.Sample})
				assert.NoError(t, err)
			})
		}
		all.Wait()
		worlds[n] = c.Snapshot()
	}
	assert.Empty(t, cmp.Diff(worlds[0], worlds[1]))
}

// Whatever calls are made, the state file read again is the world in memory.
func TestTheStateFileIsTheWorld(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), "state-"+rapid.StringMatching(`[a-z]{12}`).Draw(rt, "file"))
		c := openAt(t, path)
		require.NoError(t, c.AddAccount(cloudtest.Home, policy.AWS))
		admin := cloudtest.IAM(c, cloudtest.Home)
		name := rapid.SampledFrom([]string{"a", "b", "A"})
		rt.Repeat(map[string]func(*rapid.T){
			"create user": func(rt *rapid.T) { _, _ = admin.CreateUser(ctx, iam.NewUser{Name: name.Draw(rt, "user")}) },
			"delete user": func(rt *rapid.T) { _ = admin.DeleteUser(ctx, name.Draw(rt, "user")) },
			"rename user": func(rt *rapid.T) {
				_ = admin.UpdateUser(ctx, name.Draw(rt, "user"), name.Draw(rt, "new"),
					"")
			},
			"tag user": func(rt *rapid.T) {
				_ = admin.TagUser(ctx, name.Draw(rt, "user"), map[string]string{name.Draw(rt, "key"): "x"})
			},
			"untag user": func(rt *rapid.T) {
				_ = admin.UntagUser(ctx, name.Draw(rt, "user"),
					[]string{name.Draw(rt, "key")})
			},
			"enrol": func(rt *rapid.T) {
				_ = admin.Enrol(name.Draw(rt, "user"),
					iam.Enrolment{MFA: true, Password: true})
			},
			"create group": func(rt *rapid.T) { _, _ = admin.CreateGroup(ctx, name.Draw(rt, "group"), "") },
			"rename group": func(rt *rapid.T) {
				_ = admin.UpdateGroup(ctx, name.Draw(rt, "group"), name.Draw(rt, "new"),
					"")
			},
			"join": func(rt *rapid.T) {
				_ = admin.AddUserToGroup(ctx, name.Draw(rt, "group"),
					name.Draw(rt, "user"))
			},
			"leave": func(rt *rapid.T) {
				_ = admin.RemoveUserFromGroup(ctx, name.Draw(rt, "group"),
					name.Draw(rt, "user"))
			},
			"inline": func(rt *rapid.T) {
				_ = admin.PutPolicy(
					ctx,
					iam.KindGroup,
					name.Draw(rt, "group"),
					name.Draw(rt, "policy"),
					cloudtest.Sample,
				)
			},
			"drop inline": func(rt *rapid.T) {
				_ = admin.DeleteInlinePolicy(ctx, iam.KindGroup, name.Draw(rt, "group"), name.Draw(rt, "policy"))
			},
			"trust": func(rt *rapid.T) {
				_, _ = admin.CreateRole(
					ctx,
					iam.NewRole{
						Name:  name.Draw(rt, "role"),
						Trust: cloudtest.Trusting("arn:aws:iam::111122223333:user/" + name.Draw(rt, "user")),
					},
				)
			},
			"reopen": func(rt *rapid.T) {
				data, err := os.ReadFile(path)
				require.NoError(rt, err)
				copied := path + "-copy"
				require.NoError(rt, os.WriteFile(copied, data, 0o600))
				again, err := cloud.Open(copied, cloudtest.Noon)
				require.NoError(rt, err)
				defer again.Close()
				if diff := cmp.Diff(c.Snapshot(), again.Snapshot()); diff != "" {
					rt.Fatalf("the state file holds another world:\n%s", diff)
				}
			},
			"": func(rt *rapid.T) {
				users := c.Snapshot().Accounts[cloudtest.Home].Users
				seen := map[string]bool{}
				for userName := range users {
					if seen[strings.ToLower(userName)] {
						rt.Fatalf("two users differ by case alone: %v", users)
					}
					seen[strings.ToLower(userName)] = true
				}
			},
		})
		require.NoError(t, c.Close())
	})
}
