package tests

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/workspace"
)

// everyHandMade is the environment variable with which TestWhatSomebodyChangesByHandIsNamedAndPutBack tries every change, which takes some minutes.
const everyHandMade = "GUARDRAILS_BY_HAND"

// triple is a kind of change by hand: of a type, a property, and what becomes of it.
type triple struct{ typ, property, what string }

// tried are the changes of one folder.
type tried struct {
	d *deployment
	// accounts are the accounts of the stacks.
	accounts map[string]string
	want     string
	// done are how often each was tried, and left why some cannot be: the property says which resource it is, AWS does not have it, or AWS takes nothing
	// else.
	done map[triple]int
	left map[triple]string
	// ignored are the paths that the program ignores, by URN: what a person may change.
	ignored map[string][]string
}

// Whatever somebody changes by hand of what a stack deployed, "drift" names it, "up" puts it back and touches nothing else, and then "drift" is empty.
// What there is to change follows from the states: every resource, every property that the program sets, changed, removed, added to, and the resource
// deleted. One change of each resource is made at a time.
func TestWhatSomebodyChangesByHandIsNamedAndPutBack(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv(everyHandMade) != "" {
		rounds = 1000
	}
	for name, folder := range map[string]struct {
		open   func(*testing.T) *deployment
		stacks map[string]string
	}{
		"shipped": {newDeployment, map[string]string{"dev": devAccount, "prod": prodAccount}},
		"organization": {newOrganization, map[string]string{
			"management": "123456789012", "jump": "111122223333", "payments": "777788889999", "workload": "444455556666", "identity": "555555555555",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := folder.open(t)
			_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), workspace.Up)
			require.NoError(t, err)
			w := &tried{d: d, accounts: folder.stacks, want: d.world(t), done: map[triple]int{}, left: map[triple]string{}, ignored: map[string][]string{}}
			w.reads(t)
			for round := range rounds {
				if !w.changes(t, round) {
					break
				}
			}
			w.deletions(t, rounds)
			w.tell(t)
		})
	}
}

// reads takes from the program what it ignores.
func (w *tried) reads(t *testing.T) {
	t.Helper()
	folder, err := workspace.Open(w.d.dir)
	require.NoError(t, err)
	stacks, err := folder.Read()
	require.NoError(t, err)
	for _, stack := range stacks {
		resources, err := program.Resources(folder.Project, stack)
		require.NoError(t, err)
		for _, r := range resources {
			w.ignored[string(r.URN)] = r.Ignored
		}
	}
}

func (w *tried) stacks() []string { return slices.Sorted(maps.Keys(w.accounts)) }

// candidates are the changes of a resource, in the order in which rounds try them.
func candidates(r stateResource, ignored []string) []handMade {
	var all []handMade
	for _, property := range slices.Sorted(maps.Keys(r.Inputs)) {
		if strings.HasPrefix(property, "__") || property == "tagsAll" {
			continue
		}
		all = append(all, handMades(property, r.Inputs[property], ignored)...)
	}
	return all
}

// changes makes the next change of each resource that is worth one, and holds drift and up against them; false where none was left.
func (w *tried) changes(t *testing.T, round int) bool {
	made := map[string]map[string]triple{}
	for _, stack := range w.stacks() {
		made[stack] = map[string]triple{}
		w.d.byHand(t, stack, w.accounts[stack], func(h *hand) {
			for _, r := range w.d.state(t, stack) {
				if r.managed() {
					if did, ok := w.change(h, r); ok {
						made[stack][r.URN] = did
					}
				}
			}
		})
	}
	total := 0
	for _, list := range made {
		total += len(list)
	}
	if total == 0 {
		return false
	}
	w.putBack(t, fmt.Sprintf("round %d", round+1), made)
	return true
}

// change makes the change of a resource that was tried least.
func (w *tried) change(h *hand, r stateResource) (triple, bool) {
	for _, c := range candidates(r, w.ignored[r.URN]) {
		at := triple{r.Type, c.property, c.what}
		if w.done[at] > 0 || w.left[at] != "" {
			continue
		}
		before := h.server.Snapshot().String()
		why := "AWS takes nothing else"
		if r.Inputs[c.property] == r.ID { // Renamed, it is another one, and the one that the stack has is gone.
			w.left[at] = "it says which resource it is"
			continue
		}
		for _, value := range c.values {
			inputs := maps.Clone(r.Inputs)
			delete(inputs, "tagsAll")
			if inputs[c.property] = value; value == nil {
				delete(inputs, c.property)
			}
			identity, err := h.change(r, inputs)
			if identity {
				why = "it says which resource it is"
				break
			}
			if err != nil {
				why = err.Error()
			}
			if h.server.Snapshot().String() != before {
				w.done[at]++
				return at, true
			}
			if err == nil {
				why = "AWS does not have it"
			}
		}
		w.left[at] = why
	}
	return triple{}, false
}

// deletions deletes resources by hand: first those on which nothing hangs, then the others with what hangs on them, one type at a time.
func (w *tried) deletions(t *testing.T, rounds int) {
	types := map[string]bool{}
	for _, stack := range w.stacks() {
		for _, r := range w.d.state(t, stack) {
			if r.managed() {
				types[r.Type] = true
			}
		}
	}
	list := slices.Sorted(maps.Keys(types))
	if rounds < len(list) { // Of the quick tier: a guard and a role.
		list = []string{"aws:iam/groupPolicy:GroupPolicy", "aws:iam/role:Role"}
	}
	for _, typ := range list {
		made := map[string]map[string]triple{}
		for _, stack := range w.stacks() {
			made[stack] = map[string]triple{}
			w.d.byHand(t, stack, w.accounts[stack], func(h *hand) {
				all := w.d.state(t, stack)
				for _, r := range all {
					if r.Type != typ {
						continue
					}
					before := h.server.Snapshot().String()
					gone, err := h.delete(r, all)
					if h.server.Snapshot().String() == before {
						w.left[triple{typ, "", "deleted"}] = cmp.Or(fmt.Sprint(err), "AWS does not have it")
						continue
					}
					require.NoError(t, err)
					for _, urn := range gone {
						made[stack][urn] = triple{typ, "", "deleted"}
					}
					break
				}
			})
			if len(made[stack]) > 0 {
				w.done[triple{typ, "", "deleted"}]++
				break
			}
		}
		if w.done[triple{typ, "", "deleted"}] > 0 {
			w.putBack(t, "deleted "+typ, made)
		}
	}
}

// putBack wants drift to name every change, up to put all of them back and nothing else, and drift to be empty after that.
func (w *tried) putBack(t *testing.T, round string, made map[string]map[string]triple) {
	t.Helper()
	found, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), workspace.Drift)
	assert.Equal(t, workspace.Refused, workspace.StatusOf(err), "%s: %v", round, err)
	named := map[string]map[string]workspace.Drifted{}
	for _, r := range found.Stacks {
		named[r.Stack] = map[string]workspace.Drifted{}
		for _, drifted := range r.Drift {
			named[r.Stack][drifted.URN] = drifted
			assert.True(t, drifted.ByHand, "%s: %s was not changed by an edit", round, drifted.URN)
		}
		for urn, did := range made[r.Stack] {
			drifted, ok := named[r.Stack][urn]
			assert.True(t, ok, "%s: drift does not name %v of %s", round, did, urn)
			switch {
			case !ok:
			case drifted.Gone: // Deleted, or another change of the round has taken it away.
			case did.what == "deleted":
				assert.NotEmpty(t, drifted.Differences, "%s: %s", round, urn)
			default:
				assert.True(t, slices.ContainsFunc(drifted.Differences, func(x workspace.Difference) bool { return of(x.Property) == did.property }),
					"%s: drift does not say that %s of %s is otherwise: %v", round, did.property, urn, drifted.Differences)
			}
		}
	}
	up, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), workspace.Up)
	require.NoError(t, err, round)
	for _, r := range up.Stacks {
		told := map[string]bool{}
		for _, back := range r.PutBack {
			told[back.URN] = true
		}
		for urn, drifted := range named[r.Stack] {
			assert.True(t, told[urn], "%s: up does not say that it puts back %s: %v", round, urn, drifted.Differences)
		}
		for _, c := range r.Changes {
			if _, wanted := named[r.Stack][c.URN]; !c.Component {
				assert.True(t, wanted, "%s: up changes %s, which drift did not name", round, c.URN)
			}
		}
	}
	require.Empty(t, diff.Diff(w.want, w.d.world(t)), "%s: what stands is not what was proven", round)
	left, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), workspace.Drift)
	require.NoError(t, err, round)
	for _, r := range left.Stacks {
		assert.Empty(t, r.Drift, "%s: %s", round, r.Stack)
	}
}

// of is the top-level property of a path.
func of(path string) string {
	path, _, _ = strings.Cut(path, ".")
	path, _, _ = strings.Cut(path, "[")
	return path
}

// tell prints what was tried, and what could not be and why.
func (w *tried) tell(t *testing.T) {
	byText := func(a, b triple) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	for _, at := range slices.SortedFunc(maps.Keys(w.done), byText) {
		t.Logf("put back: %s %s %s", at.typ, at.property, at.what)
	}
	for _, at := range slices.SortedFunc(maps.Keys(w.left), byText) {
		t.Logf("not tried: %s %s %s: %s", at.typ, at.property, at.what, w.left[at])
	}
	t.Logf("%d triples of type, property and change were put back, %d cannot be made", len(w.done), len(w.left))
	assert.Greater(t, len(w.done), 10)
}
