package schedule

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// graph reads "name: need need" lines.
func graph(t interface{ Helper() }, lines ...string) *Graph {
	t.Helper()
	var names []string
	needs := map[string][]string{}
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		names = append(names, name)
		needs[name] = strings.Fields(rest)
	}
	return New(names, func(name string) []string { return needs[name] })
}

// A piece comes after what it needs, whatever the order in which they were named; the rest keeps that order.
func TestNamesComeAfterWhatTheyNeed(t *testing.T) {
	for _, c := range []struct {
		lines, names []string
		levels       [][]string
	}{
		{[]string{"workload: jump", "identity: jump", "jump:"}, []string{"jump", "workload", "identity"},
			[][]string{{"jump"}, {"workload", "identity"}}},
		{[]string{"b:", "a:"}, []string{"b", "a"}, [][]string{{"b", "a"}}},
		{[]string{"c: b", "b: a", "a:"}, []string{"a", "b", "c"}, [][]string{{"a"}, {"b"}, {"c"}}},
		{[]string{"a: nobody a"}, []string{"a"}, [][]string{{"a"}}},
		{[]string{"right: left", "left: right"}, []string{"right", "left"}, [][]string{{"right"}, {"left"}}},
		{nil, nil, nil},
	} {
		g := graph(t, c.lines...)
		assert.Equal(t, c.names, g.Names(), c.lines)
		assert.Equal(t, c.levels, g.Levels(), c.lines)
	}
}

// What was needed goes last when a graph is turned round.
func TestReverseGoesTheOtherWay(t *testing.T) {
	g := graph(t, "management:", "jump: management", "workload: jump management").Reverse()
	assert.Equal(t, []string{"workload", "jump", "management"}, g.Names())
	assert.Equal(t, [][]string{{"workload"}, {"jump"}, {"management"}}, g.Levels())
}

// What fails stops what needs it, at any distance, and nothing else.
func TestAFailureStopsWhatNeedsItAndNothingElse(t *testing.T) {
	g := graph(t, "jump:", "alone:", "workload: jump", "after: workload", "identity: jump")
	var ran sync.Map
	skipped := map[string]string{}
	g.Run(t.Context(), 3, func(_ context.Context, name string) bool {
		ran.Store(name, true)
		return name != "workload"
	}, func(name, because string) { skipped[name] = because })
	assert.Equal(t, map[string]string{"after": "workload"}, skipped)
	for _, name := range []string{"jump", "alone", "workload", "identity"} {
		_, ok := ran.Load(name)
		assert.True(t, ok, name)
	}
}

// After an interrupt what runs is waited for, and nothing begins.
func TestAfterAnInterruptNothingBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var ran []string
	skipped := map[string]string{}
	graph(t, "a:", "b: a", "c:").Run(ctx, 1, func(_ context.Context, name string) bool {
		ran = append(ran, name)
		cancel()
		return true
	}, func(name, because string) { skipped[name] = because })
	assert.Equal(t, []string{"a"}, ran)
	assert.Equal(t, map[string]string{"b": "", "c": ""}, skipped)
}

// Whatever needs what: everything runs once or is skipped once, never before what it needs, never more than the limit
// at once.
func TestEveryPieceRunsOnceAfterItsNeedsWithinTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := strings.Split("abcdefgh"[:rapid.IntRange(1, 8).Draw(t, "pieces")], "")
		needs, fails := map[string][]string{}, map[string]bool{}
		for _, name := range names {
			needs[name] = rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "needs of "+name)
			fails[name] = rapid.IntRange(0, 4).Draw(t, "fails "+name) == 0
		}
		g := New(names, func(name string) []string { return needs[name] })
		if rapid.Bool().Draw(t, "reverse") {
			g = g.Reverse()
		}
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		var mu sync.Mutex
		running, seen, done := 0, map[string]int{}, map[string]bool{}
		g.Run(context.Background(), limit, func(_ context.Context, name string) bool {
			mu.Lock()
			running++
			seen[name]++
			tooMany := running > limit
			early := slices.ContainsFunc(g.Needs(name), func(n string) bool { return !done[n] })
			mu.Unlock()
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				running--
				done[name] = !fails[name]
			}()
			if tooMany || early {
				t.Errorf("%s: too many %t, early %t", name, tooMany, early)
			}
			return !fails[name]
		}, func(name, because string) {
			mu.Lock()
			defer mu.Unlock()
			seen[name]++
			if !fails[because] {
				t.Errorf("%s is skipped for %q, which did not fail", name, because)
			}
		})
		require.Len(t, seen, len(names))
		for name, times := range seen {
			require.Equal(t, 1, times, name)
		}
	})
}
