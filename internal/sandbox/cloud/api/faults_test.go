package api_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

// faulty is a client of IAM whose calls meet the faults.
func faulty(t *testing.T, f *api.Faults) (iam.Client, iam.Client) {
	t.Helper()
	c := cloudtest.New(t)
	require.NoError(t, c.BeginRun(f))
	return c.IAM(
		api.Caller{Account: cloudtest.Home, Region: cloudtest.Tokyo, Faults: f},
	), cloudtest.IAM(c, cloudtest.Home)
}

// Each fault shows as it does in AWS: what the caller is told, and whether the call took effect.
func TestAFaultTellsTheCallerAndTheWorldWhatItSays(t *testing.T) {
	ctx := context.Background()
	for fault, want := range map[api.Fault]struct {
		code, text string
		effect     bool
	}{
		api.Throttled: {"", "", true},
		api.ThrottledForGood: {"Throttling",
			"exceeded maximum number of attempts, 25, https response error StatusCode: 400", false},
		api.ErrorBefore: {"ServiceFailure", "StatusCode: 500", false},
		api.ErrorAfter:  {"ServiceFailure", "StatusCode: 500", true},
		api.LostAnswer:  {"EntityAlreadyExists", "User with name alice already exists.", true},
		api.Slow:        {"", "", true},
	} {
		admin, sane := faulty(
			t,
			&api.Faults{Delay: time.Millisecond, Rules: []api.FaultRule{{Call: "CreateUser", Fault: fault}}},
		)
		_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice"})
		assert.Equal(t, want.code, api.Code(err), "%s: %v", fault, err)
		if want.text != "" {
			assert.ErrorContains(t, err, want.text)
		}
		_, err = sane.GetUser(ctx, "alice")
		assert.Equal(t, want.effect, err == nil, fault)
	}
}

// A rule hits the calls that it names, after those that it skips and as often as it says.
func TestARuleHitsTheCallsThatItNames(t *testing.T) {
	ctx := context.Background()
	iam, _ := faulty(
		t,
		&api.Faults{
			Rules: []api.FaultRule{{Call: "GetUser", Subject: "alice", Skip: 1, Times: 2, Fault: api.ErrorBefore}},
		},
	)
	cloudtest.User(t, iam, "alice")
	cloudtest.User(t, iam, "bob")
	var codes []string
	for range 4 {
		_, err := iam.GetUser(ctx, "alice")
		codes = append(codes, api.Code(err))
		_, err = iam.GetUser(ctx, "bob")
		assert.NoError(t, err)
	}
	assert.Equal(t, []string{"", "ServiceFailure", "ServiceFailure", ""}, codes)
}

// A rule about an operation of the provider hits the calls that change something during it, and no other.
func TestARuleHitsTheCallsOfOneOperation(t *testing.T) {
	ctx := context.Background()
	changed := 0
	faults := &api.Faults{
		Rules:   []api.FaultRule{{During: "update aws:iam/user:User", Times: 2, Fault: api.ErrorBefore}},
		Changed: func() { changed++ },
	}
	c := cloudtest.New(t)
	require.NoError(t, c.BeginRun(faults))
	during := func(operation string) iam.Client {
		return c.IAM(api.Caller{Account: cloudtest.Home, Region: cloudtest.Tokyo, Faults: faults, During: operation})
	}
	_, err := during("create aws:iam/user:User").CreateUser(ctx, iam.NewUser{Name: "alice"})
	require.NoError(t, err)
	update := during("update aws:iam/user:User")
	_, err = update.GetUser(ctx, "alice")
	require.NoError(t, err, "reading changes nothing")
	for range 2 {
		assert.Equal(t, "ServiceFailure", api.Code(update.TagUser(ctx, "alice", map[string]string{"a": "b"})))
	}
	assert.Equal(t, 2, faults.Hits())
	assert.Equal(t, 1, changed, "what fails before its effect changes nothing")
	require.NoError(t, update.TagUser(ctx, "alice", map[string]string{"a": "b"}))
	assert.Equal(t, 2, changed)
	assert.Equal(t, 2, faults.Hits())
}

// A kill at a call comes before or after its effect.
func TestAKillComesBeforeOrAfterTheEffect(t *testing.T) {
	ctx := context.Background()
	for fault, effect := range map[api.Fault]bool{api.Killed: true, api.KilledBefore: false} {
		killed := 0
		admin, sane := faulty(t, &api.Faults{
			Rules: []api.FaultRule{{Call: "CreateUser", Fault: fault}},
			Kill:  func() { killed++ },
		})
		_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice"})
		assert.Error(t, err, fault)
		assert.Equal(t, 1, killed, fault)
		_, err = sane.GetUser(ctx, "alice")
		assert.Equal(t, effect, err == nil, fault)
	}
}

// A seed draws the same faults in every order of calls, and others in the next run of the same world.
func TestASeedDrawsTheSameFaults(t *testing.T) {
	draw := func(f *api.Faults, names []string) map[string]api.Fault {
		out := map[string]api.Fault{}
		for _, name := range names {
			out[name] = f.Draw("", "CreateUser", name, false)
		}
		return out
	}
	rates := map[api.Fault]float64{api.ErrorBefore: 0.3, api.LostAnswer: 0.3}
	state := filepath.Join(t.TempDir(), "aws.json")
	c, err := cloud.Open(state, nil)
	require.NoError(t, err)
	first, second, third := &api.Faults{
		Seed:  7,
		Rates: rates,
	}, &api.Faults{
		Seed:  7,
		Rates: rates,
	}, &api.Faults{
		Seed:  7,
		Rates: rates,
	}
	require.NoError(t, c.BeginRun(first))
	forwards := draw(first, []string{"a", "b", "c", "d", "e", "f", "g", "h"})
	// Another world's first run.
	require.NoError(t, cloudtest.New(t).BeginRun(second))
	assert.Equal(t, forwards, draw(second, []string{"h", "g", "f", "e", "d", "c", "b", "a"}))
	require.NoError(t, c.Close())
	c, err = cloud.Open(state, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.BeginRun(third))
	assert.NotEqual(t, forwards, draw(third, []string{"a", "b", "c", "d", "e", "f", "g", "h"}))
	assert.Contains(t, forwards, "a")
	kinds := map[api.Fault]bool{}
	for _, fault := range forwards {
		kinds[fault] = true
	}
	assert.Greater(t, len(kinds), 1, "the rates draw nothing")
}

// A call that takes its time, slow or throttled, ends when its caller gives up, without effect.
func TestASlowCallEndsWithItsCaller(t *testing.T) {
	for _, fault := range []api.Fault{api.Slow, api.Throttled} {
		admin, sane := faulty(
			t,
			&api.Faults{Delay: time.Hour, Rules: []api.FaultRule{{Call: "CreateUser", Fault: fault}}},
		)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := admin.CreateUser(ctx, iam.NewUser{Name: "alice"})
		assert.ErrorIs(t, err, context.Canceled, fault)
		_, err = sane.GetUser(context.Background(), "alice")
		assert.Equal(t, "NoSuchEntity", api.Code(err), fault)
	}
}
