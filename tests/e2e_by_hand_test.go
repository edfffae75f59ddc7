package tests

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// everyHandMade is the environment variable with which TestWhatSomebodyChangesByHandIsNamedAndPutBack tries every
// change, which takes some minutes.
const everyHandMade = "GUARDRAILS_BY_HAND"

// triple is a kind of change by hand: of a type, a property, and what becomes of it.
type triple struct{ typ, property, what string }

// tried are the changes of one folder.
type tried struct {
	d *deployment
	// accounts are the accounts of the stacks.
	accounts map[string]string
	want     string
	// done are the kinds that were tried, and left why some cannot be: the property says which resource it is, AWS
	// does not have it, or AWS takes nothing else. Named are those that drift named, and back those that up put back
	// and a second drift did not find any more.
	done, named, back map[triple]bool
	left              map[triple]string
	// ignored are the paths that the program ignores, by URN: what a person may change.
	ignored map[string][]string
	// kills chooses after how many changes the first run that puts back is killed; nil where none is. Killed counts
	// the runs that were.
	kills  *rand.Rand
	killed int
	// refreshed says that "pulumi refresh" takes every change into the state before anybody looks.
	refreshed bool
}

// made are changes by hand, by stack and by URN.
type made map[string]map[string][]triple

func (m made) add(stack, urn string, what ...triple) {
	if m[stack] == nil {
		m[stack] = map[string][]triple{}
	}
	m[stack][urn] = append(m[stack][urn], what...)
}

func (m made) count() (n int) {
	for _, stack := range m {
		for _, list := range stack {
			n += len(list)
		}
	}
	return n
}

// Whatever somebody changes by hand of what a stack deployed, "drift" names it, "up" puts it back and touches nothing
// else, and then "drift" is empty. What there is to change follows from the states: every resource, every property
// that the program sets, changed, removed, added to, and the resource deleted. One change of each property is made at
// a time. The same holds when the run that puts back is killed and run again, and when "pulumi refresh" has taken the
// changes into the state.
func TestWhatSomebodyChangesByHandIsNamedAndPutBack(t *testing.T) {
	t.Parallel()
	all := tier.Asked(everyHandMade)
	for name, folder := range map[string]struct {
		clean  stage
		stacks map[string]string
	}{
		"shipped": {bothDeployed, map[string]string{"dev": devAccount, "prod": prodAccount}},
		"organization": {organizationDeployed, map[string]string{
			"management": "123456789012", "jump": "111122223333", "payments": "777788889999", "workload": "444455556666", "identity": "555555555555",
		}},
		"tools": {toolsDeployed, map[string]string{"tools": "111122223333"}},
	} {
		for _, mode := range []string{"seen", "killed", "refreshed"} {
			if !all && (mode == "killed" || mode == "refreshed" && name != "shipped") {
				continue // TestAKillWhilePuttingBackIsFinishedByRunningAgain has some of the first.
			}
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				if !all && (name != "shipped" || mode != "seen") {
					tier.Long(t)
				}
				d := folder.clean.copy(t)
				w := &tried{
					d:         d,
					accounts:  folder.stacks,
					want:      byName(t, d.world(t)),
					refreshed: mode == "refreshed",
					done:      map[triple]bool{},
					named:     map[triple]bool{},
					back:      map[triple]bool{},
					left:      map[triple]string{},
					ignored:   map[string][]string{},
				}
				if mode == "killed" {
					w.kills = rand.New(rand.NewPCG(10, 4))
				}
				w.reads(t)
				for round, more := 1, true; more && (all || round <= 1); round++ {
					more = w.changes(t, round)
				}
				for round, more := 1, true; more && (all || round <= 1); round++ {
					more = w.deletions(t, round)
				}
				w.tell(t)
			})
		}
	}
}

// reads takes from the program what it ignores.
func (w *tried) reads(t *testing.T) {
	t.Helper()
	folder, err := project.Open(w.d.dir)
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

// boundaryOfSetType is the permissions boundary of a permission set: another one is another resource.
const boundaryOfSetType = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"

// leave is what has to be named with --allow-delete: after "pulumi refresh" nobody can tell a boundary that somebody
// changed by hand from an edit.
func (w *tried) leave(t *testing.T) (names []string) {
	t.Helper()
	if !w.refreshed {
		return nil
	}
	for _, stack := range w.stacks() {
		for _, r := range w.d.state(t, stack) {
			if r.Type == boundaryOfSetType {
				names = append(names, r.URN)
			}
		}
	}
	return names
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

// changes makes the next change of each property of each resource that is worth one, and holds drift and up against
// them; false where none was left.
func (w *tried) changes(t *testing.T, round int) bool {
	did := made{}
	for _, stack := range w.stacks() {
		w.d.byHand(t, stack, w.accounts[stack], func(h *hand) {
			for _, r := range w.d.state(t, stack) {
				if r.managed() {
					did.add(stack, r.URN, w.change(h, r)...)
				}
			}
		})
	}
	if did.count() == 0 {
		return false
	}
	w.putBack(t, fmt.Sprintf("round %d", round), did)
	return true
}

// change makes one change of each property of a resource, of a kind that was not tried yet.
func (w *tried) change(h *hand, r stateResource) (did []triple) {
	inputs := maps.Clone(r.Inputs)
	delete(inputs, "tagsAll")
	var touched []string
	for _, c := range candidates(r, w.ignored[r.URN]) {
		at := triple{r.Type, c.property, c.what}
		if w.done[at] || w.left[at] != "" || slices.Contains(touched, c.property) {
			continue
		}
		if r.Inputs[c.property] == r.ID { // Renamed, it is another one, and the one that the stack has is gone.
			w.left[at] = "it says which resource it is"
			continue
		}
		if len(touched) > 0 && !w.settled(h, r, inputs) {
			break // What a second change does could not be told from what the first does again.
		}
		why := w.try(h, r, inputs, c)
		switch {
		case why == "":
			w.done[at] = true
			did, touched = append(did, at), append(touched, c.property)
		case len(touched) == 0: // Beside other changes it may be another reason: then it is tried by itself in a later round.
			w.left[at] = why
		}
	}
	return did
}

// settled reports whether AWS stays as it is when a change is made once more.
func (w *tried) settled(h *hand, r stateResource, inputs map[string]any) bool {
	before := h.server.Snapshot().String()
	_, err := h.change(r, inputs)
	return err == nil && h.server.Snapshot().String() == before
}

// try gives a property of a resource the first value that AWS takes and that changes something there, and keeps it in
// the inputs. Else it says why there is none.
func (w *tried) try(h *hand, r stateResource, inputs map[string]any, c handMade) (why string) {
	before, was := h.server.Snapshot().String(), inputs[c.property]
	why = "AWS takes nothing else"
	for _, value := range c.values {
		if inputs[c.property] = value; value == nil {
			delete(inputs, c.property)
		}
		identity, err := h.change(r, inputs)
		if identity {
			why = "it says which resource it is"
			break
		}
		if h.server.Snapshot().String() != before {
			return ""
		}
		if why = "AWS does not have it"; err != nil {
			why = err.Error()
		}
	}
	inputs[c.property] = was
	return why
}

// deletions deletes resources by hand, one of each type that was not tried yet: first those on which nothing hangs,
// and one of the others in each stack with what hangs on it. False where none was left.
func (w *tried) deletions(t *testing.T, round int) bool {
	did := made{}
	for _, stack := range w.stacks() {
		w.d.byHand(t, stack, w.accounts[stack], func(h *hand) {
			all := w.d.state(t, stack)
			hung := false
			for _, r := range all {
				at := triple{r.Type, "", "deleted"}
				if !r.managed() || w.done[at] || w.left[at] != "" || len(did[stack][r.URN]) > 0 ||
					slices.ContainsFunc(all, func(other stateResource) bool {
						return len(did[stack][other.URN]) > 0 && (related(r, other) || related(other, r))
					}) {
					continue
				}
				before := h.server.Snapshot().String()
				gone, err := h.delete(r, all, !hung)
				if h.server.Snapshot().String() == before {
					if !hung {
						w.left[at] = "AWS does not have it"
						if err != nil {
							w.left[at] = err.Error()
						}
					}
					continue
				}
				require.NoError(t, err)
				hung = hung || len(gone) > 1
				w.done[at] = true
				for _, urn := range gone {
					did.add(stack, urn, at)
				}
			}
		})
	}
	if did.count() == 0 {
		return false
	}
	w.putBack(t, fmt.Sprintf("deletions %d", round), did)
	return true
}

// related reports whether a resource depends on another, or names it.
func related(r, on stateResource) bool {
	return slices.Contains(r.Dependencies, on.URN) || hangsOn(r, on)
}

// putBack wants drift to name every change, up to put all of them back and nothing else, and drift to be empty after
// that.
func (w *tried) putBack(t *testing.T, round string, did made) {
	t.Helper()
	t.Logf("%s %s: %d changes", time.Now().Format(time.TimeOnly), round, did.count())
	for _, stack := range w.stacks() {
		if w.refreshed {
			w.d.pulumiRefresh(t, stack, w.accounts[stack])
		}
	}
	if w.kills != nil {
		w.isKilled(t, did.count())
		_, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up)
		require.NoError(t, err, round)
	} else {
		w.upPutsBack(t, round, did, w.driftNames(t, round, did))
	}
	same := assert.Empty(t, diff.Diff(w.want, byName(t, w.d.world(t))), "%s: what stands is not what was proven", round)
	left, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift)
	assert.NoError(t, err, round)
	if !same { // The next round is judged by itself.
		w.want = byName(t, w.d.world(t))
	}
	for _, r := range left.Stacks {
		for _, drifted := range r.Drift {
			assert.Fail(t, "left", "%s: %+v of %s", round, drifted, r.Stack)
		}
		for urn, list := range did[r.Stack] {
			if same && !slices.ContainsFunc(r.Drift, func(d result.Drifted) bool { return d.URN == urn }) {
				for _, at := range list {
					w.back[at] = true
				}
			}
		}
	}
}

// isKilled runs up, and kills its engines after some of the changes that it has to make.
func (w *tried) isKilled(t *testing.T, changes int) {
	t.Helper()
	after := 1 + w.kills.IntN(changes)
	read, write, err := os.Pipe()
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		changed := regexp.MustCompile(`^up \S+: (created|updated|deleted|replaced) `)
		for lines, n := bufio.NewScanner(read), 0; lines.Scan(); {
			if changed.MatchString(lines.Text()) {
				if n++; n == after {
					w.d.killEngines()
				}
			}
		}
	}()
	_, err = w.d.workspace(t, workspace.Options{Progress: progress.New(write)}).Run(t.Context(), result.Up)
	require.NoError(t, write.Close())
	<-ended
	require.NoError(t, read.Close())
	if err != nil {
		w.killed++
	}
	t.Logf("killed after %d changes: %v", after, err != nil)
}

// driftNames wants drift to name every change, and gives what it names.
func (w *tried) driftNames(t *testing.T, round string, did made) map[string]map[string]result.Drifted {
	t.Helper()
	found, err := w.d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift)
	assert.Equal(t, exit.Refused, exit.StatusOf(err), "%s: %v", round, err)
	named := map[string]map[string]result.Drifted{}
	for _, r := range found.Stacks {
		named[r.Stack] = map[string]result.Drifted{}
		for _, drifted := range r.Drift {
			named[r.Stack][drifted.URN] = drifted
			assert.True(t, drifted.ByHand || w.refreshed, "%s: %s was not changed by an edit", round, drifted.URN)
		}
		for urn, list := range did[r.Stack] {
			drifted, ok := named[r.Stack][urn]
			for _, at := range list {
				if assert.True(
					t,
					ok && names(drifted, at),
					"%s: drift does not say %v of %s: %+v",
					round,
					at,
					urn,
					drifted,
				) {
					w.named[at] = true
				}
			}
		}
	}
	return named
}

// names reports whether drift tells a change.
func names(d result.Drifted, at triple) bool {
	if d.Gone ||
		d.Pending == result.Create { // Deleted, or another change of the round has taken it away; a refresh has then taken it out of the state.
		return true
	}
	return slices.ContainsFunc(
		d.Differences,
		func(x result.Difference) bool { return at.property == "" || of(x.Property) == at.property },
	)
}

// upPutsBack wants up to say that it puts back what drift named, and to change nothing else.
func (w *tried) upPutsBack(t *testing.T, round string, did made, named map[string]map[string]result.Drifted) {
	t.Helper()
	up, err := w.d.workspace(t, workspace.Options{AllowDelete: w.leave(t)}).Run(t.Context(), result.Up)
	require.NoError(t, err, round)
	for _, r := range up.Stacks {
		assert.Empty(t, r.NotPutBack, round)
		told := map[string]bool{}
		for _, back := range r.PutBack {
			told[back.URN] = true
		}
		for urn, drifted := range named[r.Stack] {
			assert.True(
				t,
				told[urn] || w.refreshed,
				"%s: up does not say that it puts back %s: %v",
				round,
				urn,
				drifted.Differences,
			)
		}
		for _, c := range r.Changes {
			if _, wanted := named[r.Stack][c.URN]; !c.Component {
				assert.True(t, wanted, "%s: up changes %s, which drift did not name", round, c.URN)
			}
		}
	}
}

// reserved is the role that Identity Center makes of a permission set in an account, with the id that the permission
// set gives it.
var reserved = regexp.MustCompile(`(AWSReservedSSO_\w+)_[0-9a-f]{16}\b`)

// byName is a world in which policies of the organization and permission sets have their names in the place of AWS's
// ids: what was deleted by hand and made again has another id, and means the same.
func byName(t *testing.T, world string) string {
	t.Helper()
	var read struct {
		Organization struct {
			Policies map[string]struct{ Name string }
		}
		Center struct {
			PermissionSets map[string]struct{ ARN string }
		} `json:"identityCenter"`
	}
	require.NoError(t, json.Unmarshal([]byte(world), &read))
	var ids []string
	for id, policy := range read.Organization.Policies {
		ids = append(ids, id, "policy "+policy.Name)
	}
	for name, set := range read.Center.PermissionSets {
		ids = append(ids, set.ARN[strings.LastIndex(set.ARN, "/")+1:], "set "+name)
	}
	var named any
	require.NoError(
		t,
		json.Unmarshal([]byte(reserved.ReplaceAllString(strings.NewReplacer(ids...).Replace(world), "$1")), &named),
	)
	sortLists(named)
	text, err := json.MarshalIndent(named, "", "  ")
	require.NoError(t, err)
	return string(text)
}

// sortLists puts every list of a value into the order of its items' text: AWS's ids have decided some.
func sortLists(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			sortLists(v)
		}
	case []any:
		for _, v := range value {
			sortLists(v)
		}
		slices.SortFunc(value, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
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
		t.Logf("tried: %s %s %s", at.typ, at.property, at.what)
	}
	for _, at := range slices.SortedFunc(maps.Keys(w.left), byText) {
		t.Logf("not tried: %s %s %s: %s", at.typ, at.property, at.what, strings.Join(strings.Fields(w.left[at]), " "))
	}
	if w.kills != nil {
		assert.Positive(t, w.killed, "test bug: no run was killed")
		t.Logf(
			"%d triples of type, property and change were tried, in %d runs that were killed: %d put back, %d left; "+
				"%d cannot be made",
			len(w.done),
			w.killed,
			len(w.back),
			len(w.done)-len(w.back),
			len(w.left),
		)
	} else {
		t.Logf(
			"%d triples of type, property and change were tried: %d named by drift, %d put back, %d left; %d "+
				"cannot be made",
			len(w.done),
			len(w.named),
			len(w.back),
			len(w.done)-len(w.back),
			len(w.left),
		)
		assert.Len(t, w.named, len(w.done))
	}
	assert.Len(t, w.back, len(w.done))
	assert.Greater(t, len(w.done), 10)
}
