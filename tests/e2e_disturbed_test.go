package tests

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// disturbedParts says which part of the disturbed runs is made, such as "2/4"; empty means all of them.
const disturbedParts = "GUARDRAILS_DISTURBED"

// looksOnly are the types whose creation changes nothing in AWS where nobody has added anything: the call that looks.
var looksOnly = map[string]string{
	"aws:iam/userPoliciesExclusive:UserPoliciesExclusive":                     "ListUserPolicies",
	"aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive":   "ListAttachedUserPolicies",
	"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive":                   "ListGroupPolicies",
	"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "ListAttachedGroupPolicies",
	"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive":                     "ListRolePolicies",
	"aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive":   "ListAttachedRolePolicies",
}

// repeated are the types of which a creation that the SDK repeats, because its answer was lost, is told from somebody
// else's.
func repeated(typ string) bool {
	return strings.HasPrefix(typ, "aws:organizations/") || strings.HasPrefix(typ, "aws:ssoadmin/")
}

// disturbance is one fault in one operation of the provider on one type, in runs over a stack that has the type.
type disturbance struct {
	in    awstype.Operation
	typ   string
	fault api.Fault
	of    *shipment
	stack string
}

func (c disturbance) String() string {
	return fmt.Sprintf("%s %s %s in %s", c.in, shortType(c.typ), c.fault, c.stack)
}

// shortType is a type without what -run takes for the end of a name, such as "iam.Group".
func shortType(typ string) string {
	pkg, name, _ := strings.Cut(strings.TrimPrefix(typ, "aws:"), "/")
	_, name, _ = strings.Cut(name, ":")
	return strings.Trim(pkg+"."+name, ".")
}

// rule hits one call of the operation.
func (c disturbance) rule() api.FaultRule {
	if c.fault == api.LostReply {
		in := c.in.String()
		return api.FaultRule{Call: strings.ToUpper(in[:1]) + in[1:] + " " + c.typ, Fault: c.fault}
	}
	rule := api.FaultRule{During: c.in.String() + " " + c.typ, Fault: c.fault}
	if c.in == awstype.Create {
		rule.Call = looksOnly[c.typ]
	}
	return rule
}

// disturbances are all faults in all operations on all types that the shipped stacks have. Where several stacks have
// a type they take turns.
func disturbances(t *testing.T) []disturbance {
	t.Helper()
	var all []disturbance
	add := func(in awstype.Operation, typ string, turn int, places []disturbance) {
		faults := []api.Fault{api.LostReply, api.ErrorAfter, api.Killed, api.ErrorBefore, api.KilledBefore}
		if in == awstype.Create && repeated(typ) {
			faults = append(faults, api.LostAnswer)
		}
		if looksOnly[typ] != "" && in == awstype.Delete {
			faults = faults[:1] // It calls nothing.
		}
		for i, fault := range faults {
			at := places[(turn+i)%len(places)]
			all = append(all, disturbance{in, typ, fault, at.of, at.stack})
		}
	}
	types := map[string][]disturbance{}
	for _, s := range []*shipment{shippedProject, shippedExample, shippedTools, shippedLab} {
		whole := s.deploy(t, len(s.stacks))
		for _, stack := range s.stacks {
			seen := map[string]bool{}
			for _, r := range whole.state(t, stack) {
				if r.managed() && !seen[r.Type] {
					seen[r.Type] = true
					types[r.Type] = append(types[r.Type], disturbance{of: s, stack: stack})
				}
			}
		}
	}
	for turn, typ := range slices.Sorted(maps.Keys(types)) {
		for _, in := range []awstype.Operation{awstype.Create, awstype.Update, awstype.Delete} {
			add(in, typ, turn, types[typ])
		}
	}
	random := rand.New(rand.NewPCG(11, 7))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// part are the disturbances of this run.
func part(t *testing.T, all []disturbance) []disturbance {
	t.Helper()
	which := os.Getenv(disturbedParts)
	if which == "" {
		return all
	}
	first, of, _ := strings.Cut(which, "/")
	k, err := strconv.Atoi(first)
	require.NoError(t, err, disturbedParts)
	n, err := strconv.Atoi(of)
	require.NoError(t, err, disturbedParts)
	require.True(t, 1 <= k && k <= n, "%s=%s", disturbedParts, which)
	var some []disturbance
	for i, c := range all {
		if i%n == k-1 {
			some = append(some, c)
		}
	}
	return some
}

// killEngines ends the engines that work in the sandbox of the deployment, as a power cut would.
func (d *deployment) killEngines() {
	_ = filepath.WalkDir(d.cache, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.Contains(path, "locks") || filepath.Ext(path) != ".json" {
			return nil
		}
		var lock struct{ PID int }
		if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &lock) == nil && lock.PID > 0 {
			_ = syscall.Kill(lock.PID, syscall.SIGKILL)
		}
		return nil
	})
}

// guards are what holds people and roles back, as texts: documents with a Deny, attached guards, boundaries and
// policies of the organization.
func guards(s cloud.Snapshot) map[string]bool {
	all := map[string]bool{}
	denies := func(document string) bool { return strings.Contains(document, `"Deny"`) }
	for id, account := range s.Accounts {
		for name, group := range account.Groups {
			for policy, document := range group.Inline {
				if denies(document) {
					all[fmt.Sprint(id, " group ", name, " ", policy, " ", document)] = true
				}
			}
		}
		for name, role := range account.Roles {
			all[fmt.Sprint(id, " boundary of role ", name, " ", role.Boundary)] = role.Boundary != ""
			for _, policy := range role.Attached {
				if strings.HasSuffix(policy, "-guard") {
					all[fmt.Sprint(id, " role ", name, " ", policy)] = true
				}
			}
		}
		for name, user := range account.Users {
			all[fmt.Sprint(id, " boundary of user ", name, " ", user.Boundary)] = user.Boundary != ""
		}
	}
	if s.Organization != nil {
		for target, list := range s.Organization.Attached {
			for _, id := range list {
				if p := s.Organization.Policies[id]; denies(p.Content) {
					all[fmt.Sprint("target ", target, " ", p.Name, " ", p.Content)] = true
				}
			}
		}
	}
	maps.DeleteFunc(all, func(_ string, there bool) bool { return !there })
	return all
}

// unguarded are the people and roles that can do what their guard would hold back: who is in a group of people without
// a Deny, and which role has an Allow whose guard is not attached, though it has one in the end.
func unguarded(s cloud.Snapshot, withGuard map[string]bool) map[string]bool {
	all := map[string]bool{}
	for id, account := range s.Accounts {
		for name, user := range account.Users {
			for _, group := range user.Groups {
				g := account.Groups[group]
				if g.Path == "/guardrails/" && !slices.ContainsFunc(
					slices.Collect(maps.Values(g.Inline)),
					func(document string) bool { return strings.Contains(document, `"Deny"`) },
				) {
					all[fmt.Sprintf("%s of %s is in %s without its guard", name, id, group)] = true
				}
			}
		}
		for name, role := range account.Roles {
			if withGuard[id+" "+name] && len(role.Attached) > 0 && !hasGuard(role.Attached) {
				all[fmt.Sprintf("role %s of %s has an Allow without its guard", name, id)] = true
			}
		}
	}
	return all
}

func hasGuard(attached []string) bool {
	return slices.ContainsFunc(attached, func(policy string) bool { return strings.HasSuffix(policy, "-guard") })
}

// watch looks at AWS after each call that changed it.
type watch struct {
	server    *sandbox.Server
	withGuard map[string]bool

	mu sync.Mutex
	// always are the guards that were there at every moment; bad is who was without a guard at some moment, and was
	// not from the start.
	always, start, bad map[string]bool
	before             map[string]bool
}

// watching begins to look at the AWS of a deployment. Which roles have a guard is known from how they are deployed.
func (d *deployment) watching(t *testing.T, deployed cloud.Snapshot) *watch {
	t.Helper()
	state, err := d.sandboxState()
	require.NoError(t, err)
	w := &watch{
		server:    startSandbox(t, d.dir, sandbox.Options{State: state}),
		withGuard: map[string]bool{},
		bad:       map[string]bool{},
	}
	for id, account := range deployed.Accounts {
		for name, role := range account.Roles {
			w.withGuard[id+" "+name] = hasGuard(role.Attached)
		}
	}
	now := w.server.Snapshot()
	w.start, w.always, w.before = guards(now), guards(now), unguarded(now, w.withGuard)
	return w
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.server.Snapshot()
	have := guards(now)
	maps.DeleteFunc(w.always, func(guard string, _ bool) bool { return !have[guard] })
	for who := range unguarded(now, w.withGuard) {
		if !w.before[who] {
			w.bad[who] = true
		}
	}
}

// held wants that nobody was without a guard, and that what was there at the start and is at the end was always there.
func (w *watch) held(t *testing.T) (held bool) {
	t.Helper()
	held = assert.Empty(t, w.bad)
	end := guards(w.server.Snapshot())
	for guard := range w.start {
		held = assert.True(t, !end[guard] || w.always[guard], "it was not there for a moment: %s", guard) && held
	}
	require.NoError(t, w.server.Close())
	return held
}

// begins is a deployment in which the operation is what is left to do, and what AWS must be in the end.
func (c disturbance) begins(t *testing.T) (d *deployment, want string) {
	t.Helper()
	all := stage{c.of, len(c.of.stacks)}
	switch at := slices.Index(c.of.stacks, c.stack); c.in {
	case awstype.Create:
		return stage{c.of, at}.copy(t), stage{c.of, at + 1}.world(t)
	case awstype.Update:
		d = all.copy(t)
		if changedByHand(t, d, c) == 0 {
			t.Skip("nothing of it can be changed in place")
		}
		return d, all.world(t)
	default:
		d = all.copy(t)
		d.bare(t, c.stack)
		return d, withoutStack(t, c.of, c.stack)
	}
}

// changedByHand changes up to three resources of the type by hand, each in one property, and gives how many it could.
func changedByHand(t *testing.T, d *deployment, c disturbance) (changed int) {
	t.Helper()
	folder, err := project.Open(d.dir)
	require.NoError(t, err)
	stacks, err := folder.Read(c.stack)
	require.NoError(t, err)
	resources, err := program.Resources(folder.Project, stacks[0])
	require.NoError(t, err)
	ignored := map[string][]string{}
	for _, r := range resources {
		ignored[string(r.URN)] = r.Ignored
	}
	w := &tried{}
	d.byHand(t, c.stack, stacks[0].Account.ID, func(h *hand) {
		for _, r := range d.state(t, c.stack) {
			if r.Type != c.typ || changed == 3 {
				continue
			}
			if looksOnly[r.Type] != "" {
				h.adds(stacks[0].Account.ID, r)
				changed++
				continue
			}
			inputs := maps.Clone(r.Inputs)
			delete(inputs, "tagsAll")
			for _, made := range candidates(r, ignored[r.URN]) {
				if r.Inputs[made.property] != r.ID && w.try(h, r, inputs, made) == "" {
					changed++
					break
				}
			}
		}
	})
	return changed
}

// adds adds a policy beside those that a list of policies names.
func (h *hand) adds(account string, r stateResource) {
	h.t.Helper()
	aws := h.server.IAM(account)
	for kind, input := range map[iam.Kind]string{
		iam.KindUser: "userName", iam.KindGroup: "groupName", iam.KindRole: "roleName",
	} {
		name, ok := r.Inputs[input].(string)
		switch {
		case !ok:
		case strings.Contains(r.Type, "PoliciesExclusive"):
			require.NoError(h.t, aws.PutPolicy(h.t.Context(), kind, name, "by-hand", openDocument))
		default:
			require.NoError(h.t, aws.AttachPolicy(h.t.Context(), kind, name, powerUser))
		}
	}
}

// bare leaves nothing in a stack file but where it deploys to: the account, the organization and the instance of
// Identity Center that exist without it, the session preferences, on which permission sets of other stacks rely, and
// the provider's own settings.
func (d *deployment) bare(t *testing.T, stack string) {
	t.Helper()
	name := "Pulumi." + stack + ".yaml"
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(d.read(t, name)), &file))
	stays := map[string][]string{
		"guardrails:organization":   {"id", "management", "tree"},
		"guardrails:identityCenter": {"instance", "identityStore", "users", "groups"},
	}
	maps.DeleteFunc(file.Config, func(key string, value any) bool {
		if keys := stays[key]; keys != nil {
			maps.DeleteFunc(value.(map[string]any), func(key string, _ any) bool { return !slices.Contains(keys, key) })
			return false
		}
		return key != "guardrails:account" && key != "guardrails:sessions" && !strings.HasPrefix(key, "aws:")
	})
	text, err := yaml.Marshal(file)
	require.NoError(t, err)
	d.write(t, name, string(text))
	d.withoutPlacement(t)
}

// withoutPlacement leaves the places of statements to the program: an organization whose last stack with something that
// a statement guards is bare has no such statement, and a place for it is refused.
func (d *deployment) withoutPlacement(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "Pulumi.") {
			continue
		}
		text := d.read(t, entry.Name())
		if placed := placement.ReplaceAllString(text, ""); placed != text {
			d.write(t, entry.Name(), placed)
		}
	}
}

var placement = regexp.MustCompile(`(?m)^    placement:\n(?:      .*\n)+`)

// everything are the URNs of all resources of a stack: they may be deleted.
func (d *deployment) everything(t *testing.T, stack string) (urns []string) {
	t.Helper()
	for _, r := range d.state(t, stack) {
		if r.managed() {
			urns = append(urns, r.URN)
		}
	}
	return urns
}

var (
	withoutMu  sync.Mutex
	bareWorlds = map[string]string{}
)

// withoutStack is what AWS is after everything was taken out of a stack file and an undisturbed up.
func withoutStack(t *testing.T, of *shipment, stack string) string {
	t.Helper()
	withoutMu.Lock()
	defer withoutMu.Unlock()
	if bareWorlds[stack] == "" {
		d := stage{of, len(of.stacks)}.copy(t)
		d.bare(t, stack)
		d.runAllowing(t, result.Up, stack, d.everything(t, stack)...)
		bareWorlds[stack] = d.world(t)
	}
	return bareWorlds[stack]
}

// counted is how many runs were disturbed, by type and fault.
type counted struct {
	mu    sync.Mutex
	cells map[string]map[string]int
	// stacks is how many runs of each stack were disturbed. Cases are the types with a fault in an operation; ended are
	// those that one up ended as an undisturbed run ends, and guarded those in which no guard was weaker for a moment.
	stacks                       map[string]int
	total, cases, ended, guarded int
}

// outcome is what became of one case: how many runs were disturbed, whether one up ended it as an undisturbed run ends,
// and whether every guard held at every moment.
type outcome struct {
	disturbed      int
	ended, guarded bool
}

func (n *counted) add(c disturbance, o outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	row, column := c.typ, c.in.String()+" "+string(c.fault)
	if n.cells[row] == nil {
		n.cells[row] = map[string]int{}
	}
	n.cells[row][column] += o.disturbed
	n.stacks[c.stack] += o.disturbed
	n.total += o.disturbed
	n.cases++
	if o.ended {
		n.ended++
	}
	if o.guarded {
		n.guarded++
	}
}

// tell prints the table: a row for each type, with the operations and faults and how many runs each disturbed.
func (n *counted) tell(t *testing.T) {
	t.Helper()
	for _, typ := range slices.Sorted(maps.Keys(n.cells)) {
		var cells []string
		for _, column := range slices.Sorted(maps.Keys(n.cells[typ])) {
			cells = append(cells, fmt.Sprintf("%s %d", column, n.cells[typ][column]))
		}
		t.Logf("%s: %s", typ, strings.Join(cells, ", "))
	}
	var stacks []string
	for _, stack := range slices.Sorted(maps.Keys(n.stacks)) {
		stacks = append(stacks, fmt.Sprintf("%s %d", stack, n.stacks[stack]))
	}
	t.Logf("%d disturbed runs: %s", n.total, strings.Join(stacks, ", "))
	t.Logf("%d types, %d cases: %d ended by one up as an undisturbed run ends, no guard weaker in %d",
		len(n.cells), n.cases, n.ended, n.guarded)
}

// Each type of resource, disturbed when it is created, changed and deleted, up to three times in a row: an answer that
// is lost, an error before and after the effect, an engine that is killed before and after it. One up ends where an
// undisturbed run ends; at no moment somebody was without the guard, and no guard that was there at the start and is
// at the end was away. One of them in every run; all of them with GUARDRAILS_NIGHTLY=1, or the part that
// GUARDRAILS_DISTURBED names.
func TestOneUpEndsWhatWasDisturbed(t *testing.T) {
	t.Parallel()
	all := []disturbance{
		{awstype.Update, "aws:iam/groupPolicy:GroupPolicy", api.Killed, shippedProject, "dev"},
		{awstype.Create, "aws:iam/group:Group", api.LostReply, shippedProject, "dev"},
		{awstype.Delete, "aws:iam/groupPolicy:GroupPolicy", api.LostReply, shippedProject, "dev"},
		{awstype.Create, "aws:organizations/policyAttachment:PolicyAttachment", api.LostAnswer, shippedExample,
			"management"},
		{awstype.Update, "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", api.ErrorAfter, shippedTools,
			"tools"},
	}
	if all = tier.Sample(len(all), all...); tier.Nightly() {
		all = part(t, disturbances(t))
	}
	n := &counted{cells: map[string]map[string]int{}, stacks: map[string]int{}}
	t.Run("all", func(t *testing.T) {
		for _, c := range all {
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				n.add(c, c.happens(t))
			})
		}
	})
	n.tell(t)
	assert.Positive(t, n.total)
}

// nobodysDevice is a virtual MFA device that was taken off a user and not deleted. The provider looks for the devices of
// the user, and none is left: docs/runs.md says what it is worth.
var nobodysDevice = regexp.MustCompile(`"mfaDevices": \{\s*"[^"]+": ""\s*\},\s*`)

// happens disturbs up to three runs in a row, and wants one more to end it.
func (c disturbance) happens(t *testing.T) (o outcome) {
	t.Helper()
	d, want := c.begins(t)
	var deployed cloud.Snapshot
	whole := stage{c.of, slices.Index(c.of.stacks, c.stack) + 1}
	if c.in != awstype.Create {
		whole.stacks = len(c.of.stacks)
	}
	whole.copy(t).aws(t, func(s *sandbox.Server) { deployed = s.Snapshot() })
	var allowed []string
	if c.in == awstype.Delete {
		allowed = d.everything(t, c.stack)
	}
	watch := d.watching(t, deployed)
	up := func(faults *api.Faults) error {
		options := workspace.Options{Faults: faults, AllowDelete: allowed}
		_, err := d.workspace(t, options).Run(t.Context(), result.Up, c.stack)
		return err
	}
	failed, ended := 0, false
	for range 3 {
		faults := &api.Faults{Rules: []api.FaultRule{c.rule()}, Kill: d.killEngines, Changed: watch.look}
		err := up(faults)
		if ended = faults.Hits() == 0; ended { // Nothing of it was left to do: this was the up that ends it.
			require.NoError(t, err, "one up does not end it, after %d disturbed runs", o.disturbed)
			break
		}
		o.disturbed++
		if err != nil {
			failed++
		}
	}
	if !ended {
		err := up(&api.Faults{Changed: watch.look})
		require.NoError(t, err, "one up does not end it, after %d disturbed runs", o.disturbed)
	}
	o.guarded = watch.held(t)
	is := byName(t, d.world(t))
	if c.in == awstype.Delete && c.typ == "aws:iam/user:User" {
		is = nobodysDevice.ReplaceAllString(is, "")
	}
	o.ended = assert.Empty(t, gocmp.Diff(byName(t, want), is))
	t.Logf("disturbed %d runs, of which %d failed", o.disturbed, failed)
	return o
}
