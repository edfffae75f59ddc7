package judge

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/verdicts"
	"aws-access-guardrails/internal/view/render"
	"aws-access-guardrails/policy"
)

// paper is a document of a world, at every place that has it.
type paper struct {
	name   string
	places []*policy.Document
}

func (p *paper) put(d policy.Document) {
	for _, place := range p.places {
		*place = d
	}
}

// Of these documents one account has many, or none: their names begin with what they are.
const (
	guardrailPaper     = "service control policy "
	permissionSetPaper = "permission set "
)

// papers are all documents that the stacks of a world write, in its order.
type papers struct {
	all   []*paper
	index map[string]*paper
}

func (p *papers) add(name string, d *policy.Document) {
	if p.index[name] == nil {
		p.index[name] = &paper{name: name}
		p.all = append(p.all, p.index[name])
	}
	p.index[name].places = append(p.index[name].places, d)
}

func (p *papers) inline(owner string, list []world.InlinePolicy) {
	for i := range list {
		p.add(owner+" "+list[i].Name, &list[i].Document)
	}
}

func (p *papers) account(a *world.Account) {
	for i := range a.Groups {
		p.inline(a.Alias+" group "+a.Groups[i].Name, a.Groups[i].Inline)
	}
	for i := range a.Users {
		p.inline(a.Alias+" user "+a.Users[i].Name, a.Users[i].Inline)
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		if r.PermissionSet != "" {
			// Identity Center makes one role of it in each account, and writes the trust policy.
			p.inline(permissionSetPaper+r.PermissionSet, r.Inline)
			continue
		}
		p.add(a.Alias+" trust of "+r.Name, &r.Trust)
		p.inline(a.Alias+" role "+r.Name, r.Inline)
	}
	for i := range a.Policies {
		if arn, err := policy.ParseARN(a.Policies[i].ARN); err == nil && arn.Account == a.ID {
			p.add(a.Alias+" "+arn.Resource, &a.Policies[i].Document)
		}
	}
}

func (p *papers) unit(u *world.Unit) {
	attached := func(list []world.ServiceControlPolicy) {
		for i := range list {
			if list[i].Name != "FullAWSAccess" {
				p.add(guardrailPaper+list[i].Name, &list[i].Document)
			}
		}
	}
	attached(u.Policies)
	for i := range u.Accounts {
		attached(u.Accounts[i].Policies)
	}
	for i := range u.Units {
		p.unit(&u.Units[i])
	}
}

func papersOf(w *access.World) []*paper {
	p := &papers{index: map[string]*paper{}}
	for i := range w.Accounts {
		p.account(&w.Accounts[i])
	}
	if w.Organization != nil {
		p.unit(&w.Organization.Root)
	}
	return p.all
}

// shippedFolders are the folders with stack files that are shipped.
func shippedFolders(t *testing.T) []string {
	root := testkit.Path(t)
	folders, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	require.NoError(t, err)
	var out []string
	for _, f := range append([]string{root}, folders...) {
		if _, err := os.Stat(filepath.Join(f, "Pulumi.yaml")); err == nil {
			out = append(out, f)
		}
	}
	return out
}

// slip is a document with one part left out or widened.
type slip struct {
	paper *paper
	// sid names the statement, what the change.
	sid, what string
	changed   policy.Document
}

func (s slip) String() string { return s.paper.name + ": " + s.sid + " " + s.what }

// slipsOf leave out, one after the other, what bounds a document: Denies, conditions, and the resources and principals
// of Allows.
func slipsOf(p *paper) []slip {
	var out []slip
	d := *p.places[0]
	for i, st := range d.Statements {
		add := func(what string, with ...policy.Statement) {
			changed := d
			changed.Statements = slices.Replace(slices.Clone(d.Statements), i, i+1, with...)
			out = append(out, slip{p, policy.StatementName(st.Sid, i), what, changed})
		}
		if st.Effect == policy.EffectDeny {
			add("dropped")
		} else {
			if wider := st; !slices.Equal(st.Resources, []string{"*"}) && len(st.Resources) > 0 {
				wider.Resources = []string{"*"}
				add("on everything", wider)
			}
			if wider := st; len(st.Principals) > 0 {
				wider.Principals = []policy.Principal{policy.Anyone()}
				add("for everybody", wider)
			}
		}
		if wider := st; len(st.Conditions) > 1 {
			wider.Conditions = nil
			add("without conditions", wider)
		}
		for j, c := range st.Conditions {
			wider := st
			wider.Conditions = slices.Delete(slices.Clone(st.Conditions), j, j+1)
			add("without "+c.Key, wider)
		}
	}
	return out
}

// said is what proofs and expectations say of a stack: what refuses it, what it rests on, and which claims a Deny
// keeps true.
type said struct{ refused, conceded, shut []string }

func saidOf(j *Judgement) said {
	var s said
	for _, p := range j.Refusals() {
		s.refused = append(s.refused, p.Error())
	}
	for _, f := range j.Proofs.Findings {
		about := f.ID + " " + f.Subject
		for _, a := range f.Assumptions {
			s.conceded = append(s.conceded, about+" "+a.ID+": "+a.Text)
		}
		for _, w := range f.Waivers {
			s.conceded = append(s.conceded, about+" "+w.Key)
		}
		if f.Shut == prove.ShutByDeny {
			s.shut = append(s.shut, about)
		}
	}
	return s
}

// worse reports whether whoever reads both sees that the second is worse: the stack is refused, it rests on more, or a
// door that a Deny shut is shut only because nothing opens it.
func (s said) worse(then said) bool {
	lacks := func(list []string) func(string) bool {
		return func(one string) bool { return !slices.Contains(list, one) }
	}
	return slices.ContainsFunc(then.refused, lacks(s.refused)) || slices.ContainsFunc(
		then.conceded,
		lacks(s.conceded),
	) ||
		slices.ContainsFunc(s.shut, lacks(then.shut))
}

// shipped are the stacks of a folder that are judged together, in their world.
type shipped struct {
	group
	world  access.World
	papers []*paper
	said   map[*stack.Stack]said
}

// recalled has what was kept before it was closed.
type recalled struct {
	*verdicts.Store
	closed bool
}

func (r *recalled) Keep(k claims.Key, found map[string][]prove.Finding) {
	if !r.closed {
		r.Store.Keep(k, found)
	}
}

// shippedIn are the stacks of a folder, with what is said of them as they are shipped.
func shippedIn(t *testing.T, folder string, memory *recalled) []*shipped {
	files, err := filepath.Glob(filepath.Join(folder, "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files, folder)
	var stacks []*stack.Stack
	for _, f := range files {
		s, problems := stack.ReadFile(f)
		require.NoError(t, problems.Err())
		stacks = append(stacks, s)
	}
	var out []*shipped
	for _, g := range groupsOf(stacks) {
		s := &shipped{group: g, world: World(g.beside...)}
		s.papers = papersOf(&s.world)
		memory.closed = false
		s.said = s.judge(g.stacks...)
		memory.closed = true
		for one, as := range s.said {
			require.Empty(t, as.refused, one.Name)
		}
		out = append(out, s)
	}
	return out
}

func (s *shipped) judge(stacks ...*stack.Stack) map[*stack.Stack]said {
	out := map[*stack.Stack]said{}
	for _, j := range judgeIn(s.world, time.Time{}, s.beside, stacks...) {
		out[j.Stack] = saidOf(j)
	}
	return out
}

// home is the stack that has a document.
func (s *shipped) home(p *paper) int {
	return slices.IndexFunc(s.stacks, func(one *stack.Stack) bool {
		switch {
		case strings.HasPrefix(p.name, guardrailPaper):
			return one.Organization != nil
		case strings.HasPrefix(p.name, permissionSetPaper):
			return one.IdentityCenter != nil
		}
		return strings.HasPrefix(p.name, cmp.Or(one.Account.Alias, one.Name)+" ")
	})
}

// notices reports whether a stack is judged worse with a slip: first that whose document it is, then the others.
func (s *shipped) notices(p slip, before map[*stack.Stack]said) bool {
	was := *p.paper.places[0]
	p.paper.put(p.changed)
	defer p.paper.put(was)
	home := s.home(p.paper)
	for _, some := range [][]*stack.Stack{s.stacks[home:][:1], slices.Delete(slices.Clone(s.stacks), home, home+1)} {
		if len(some) == 0 {
			continue
		}
		for one, then := range s.judge(some...) {
			if before[one].worse(then) {
				return true
			}
		}
	}
	return false
}

// without judges with every other statement of a name left out, and puts them back.
func (s *shipped) without(sid string, but slip, then func(slip)) {
	for _, p := range s.papers {
		d := *p.places[0]
		defer p.put(d)
		keep := func(d policy.Document) policy.Document {
			d.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(st policy.Statement) bool {
				return st.Sid == sid && (p != but.paper || st.Sid != but.sid)
			})
			return d
		}
		p.put(keep(d))
		if p == but.paper {
			but.changed = keep(but.changed)
		}
	}
	then(but)
}

// carried reports whether somebody in the world carries a managed policy, or is bounded by it.
func (s *shipped) carried(p *paper) bool {
	for i := range s.world.Accounts {
		a := &s.world.Accounts[i]
		for j := range a.Policies {
			if &a.Policies[j].Document == p.places[0] {
				arn := a.Policies[j].ARN
				return slices.ContainsFunc(
					a.Roles,
					func(r world.Role) bool { return r.Boundary == arn || slices.Contains(r.Attached, arn) },
				) ||
					slices.ContainsFunc(
						a.Users,
						func(u world.User) bool { return u.Boundary == arn || slices.Contains(u.Attached, arn) },
					)
			}
		}
	}
	return true
}

// Every Deny, condition, resource and principal of every document that the shipped stacks make is held by a proof or
// by an expectation: without it the stack is refused, it rests on more, or a door that a Deny shut is told as one that
// is shut only because nothing opens it. What need not be held stands in the table of idleParts, with the reason.
func TestWhateverADocumentLosesIsNoticed(t *testing.T) {
	memory := &recalled{Store: verdicts.InMemory()}
	Use(claims.With{Memory: memory})
	t.Cleanup(func() { Use(claims.With{}) })
	unused := map[int]bool{}
	for i := range idleParts {
		unused[i] = true
	}
	for n, folder := range shippedFolders(t) {
		if n > 0 && !tier.Landing() {
			continue
		}
		for _, s := range shippedIn(t, folder, memory) {
			for _, p := range s.papers {
				if !s.carried(p) {
					continue // Nobody is allowed or denied anything by it.
				}
				for _, one := range slipsOf(p) {
					if s.notices(one, s.said) {
						continue
					}
					i := slices.IndexFunc(idleParts, func(r idle) bool { return r.is(one) })
					if !assert.GreaterOrEqual(t, i, 0, "%s: neither a proof nor an expectation notices: %s", filepath.Base(folder), one) {
						continue
					}
					delete(unused, i)
					if sid := idleParts[i].without; sid != "" && tier.Nightly() {
						s.without(sid, one, func(one slip) {
							assert.True(
								t,
								s.notices(one, s.judge(s.stacks...)),
								"%s: %s is not noticed without %s either",
								filepath.Base(folder),
								one,
								sid,
							)
						})
					}
				}
			}
		}
	}
	if tier.Landing() {
		for i := range unused {
			assert.Fail(t, "is noticed, or is gone: take it off the table", "%+v", idleParts[i])
		}
	}
}

// A document that is made stands among those that are mutated.
func TestEveryRenderedDocumentIsAmongThoseThatLoseParts(t *testing.T) {
	memory := &recalled{Store: verdicts.InMemory()}
	for _, folder := range shippedFolders(t) {
		for _, s := range shippedIn(t, folder, memory) {
			have := map[string]bool{}
			for _, p := range s.papers {
				have[p.places[0].JSON()] = true
			}
			for _, one := range s.stacks {
				rendered, err := render.Of(one)
				require.NoError(t, err)
				for _, p := range rendered.ServiceControlPolicies {
					assert.True(t, have[p.Document.JSON()], p.Name)
				}
				for _, set := range rendered.IdentityCenter.PermissionSets {
					if set.InlinePolicy != nil {
						assert.True(t, have[set.InlinePolicy.JSON()], set.Name)
					}
				}
				if !strings.Contains(string(rendered.AuthorizationDetails), `"Arn"`) {
					continue // The stack makes nothing in its account.
				}
				account, err := details.FromAuthorizationDetails(rendered.AuthorizationDetails)
				require.NoError(t, err)
				for _, p := range papersOf(&access.World{Accounts: []world.Account{account}}) {
					assert.True(t, have[p.places[0].JSON()], p.name)
				}
			}
		}
	}
}
