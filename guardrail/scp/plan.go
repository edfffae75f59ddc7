package scp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Plan is which service control policies there are and where they are attached, in the order in which they are made:
// what protects first, and of a guardrail with several policies the last one first. A statement that moves to a later
// policy therefore denies there before it is gone here.
type Plan struct {
	Policies []PlannedPolicy
	// Targets are the loads of the targets, in the order of the tree.
	Targets []TargetLoad
	// Moves are the statements that no longer fit where Placement says that they stand.
	Moves []PlannedMove
	// Doubled are the Sids of statements that stand in several policies because Placement says so, sorted.
	Doubled []string
	// Unplaced says that a guardrail has several policies and Placement does not name the place of every statement of
	// it.
	Unplaced bool
}

// PlannedPolicy is one service control policy.
type PlannedPolicy struct {
	// Name begins with "guardrails-" and the name of the guardrail; own policies keep theirs.
	Name        string
	Description string
	// Guardrail is the word of the stack file, such as "osAccessOnly", or "policies[0]".
	Guardrail string
	Document  policy.Document
	// Targets are ids, in the order of the stack file.
	Targets []string
}

// TargetLoad is how many policies a target carries.
type TargetLoad struct {
	ID, Name string
	// Others are those that are not of this plan, FullAWSAccess included.
	Others int
	// Policies are the names of those of this plan.
	Policies []string
	// Quota is how many there may be.
	Quota int
}

// Count is the number of policies on the target.
func (l TargetLoad) Count() int { return l.Others + len(l.Policies) }

// PlannedMove is a statement that moves from one policy of its guardrail to another.
type PlannedMove struct{ Sid, From, To string }

// Steps are what happens to the statement, in order. There is no moment without it.
func (m PlannedMove) Steps() []string {
	return []string{
		fmt.Sprintf("step 1: %s is put into %s, which is attached", m.Sid, m.To),
		fmt.Sprintf("step 2: %s is taken out of %s", m.Sid, m.From),
	}
}

// Placement is what to write into Placement, so that no statement moves when something is added beside it: the place
// of every statement of the guardrails that have several policies.
func (p Plan) Placement() map[string][]string {
	count := map[string]int{}
	for _, planned := range p.Policies {
		count[planned.Guardrail]++
	}
	placement := map[string][]string{}
	for _, planned := range slices.Backward(p.Policies) {
		if count[planned.Guardrail] < 2 {
			continue
		}
		for _, s := range planned.Document.Statements {
			placement[s.Sid] = append(placement[s.Sid], planned.Name)
		}
	}
	return placement
}

// Guardrail is what becomes one policy, or several where one is too small.
type Guardrail struct {
	// word is the word of the stack file, name that of the policy.
	Word, Name, description string
	targets                 []string
	Statements              []policy.Statement
	// exempts says that roles are exempt from it, which must be protected.
	exempts bool
}

const PolicyNamePrefix = "guardrails-"

// guardrails are those of the Args, in the order in which they are attached.
func (a *Args) guardrails() []Guardrail {
	var all []Guardrail
	if g := a.ProtectGuardrails; g != nil {
		all = append(all, Guardrail{
			Word:        "protectGuardrails",
			Name:        "protect-guardrails",
			targets:     g.Targets,
			Statements:  a.ProtectStatements(),
			exempts:     true,
			description: "Guarded roles, the MFA group, credentials, authorization tags and session documents are changed by their deployer alone.",
		})
	}
	if g := a.OSAccessOnly; g != nil {
		all = append(all, Guardrail{
			Word:        "osAccessOnly",
			Name:        "os-access-only",
			targets:     g.Targets,
			Statements:  a.osAccessOnlyStatements(),
			exempts:     true,
			description: "Operating systems are reached through guarded roles alone.",
		})
	}
	if g := a.ConsolePasswords; g != nil {
		all = append(all, Guardrail{
			Word:        "consolePasswords",
			Name:        "console-passwords",
			targets:     g.Targets,
			Statements:  a.consolePasswordStatements(),
			exempts:     true,
			description: "IAM users have console passwords in the jump accounts alone.",
		})
	}
	if g := a.MemberRoot; g != nil {
		all = append(all, Guardrail{
			Word: "memberRoot", Name: "member-root", targets: g.Targets, Statements: a.memberRootStatements(),
			description: "Root users of member accounts can do nothing; central root sessions can.",
		})
	}
	return all
}

// Plan lays the guardrails out in policies. It is an error, of Problems relative to the section "organization", when
// they do not fit the quotas. It expects values that Validate accepts in every other respect.
func (a *Args) Plan() (Plan, error) {
	var p problem.List
	plan := Plan{}
	quotas := a.Quotas.WithDefaults()
	for _, g := range a.guardrails() {
		packed := Pack(g, quotas.SCP, a.Placement)
		packed.report(&p, g, quotas.SCP)
		plan.Moves, plan.Doubled = append(plan.Moves, packed.Moves...), append(plan.Doubled, packed.Doubled...)
		plan.Unplaced = plan.Unplaced || packed.Unplaced
		for _, box := range slices.Backward(packed.Boxes) {
			plan.Policies = append(plan.Policies, PlannedPolicy{
				Name:        box.Name,
				Description: g.description,
				Guardrail:   g.Word,
				Document:    policy.New(box.Statements...),
				Targets:     g.targets,
			})
		}
	}
	for i, own := range a.Policies {
		plan.Policies = append(plan.Policies, PlannedPolicy{
			Name:        own.Name,
			Description: own.Description,
			Guardrail:   string(problem.Path("policies").Index(i)),
			Document:    own.Document,
			Targets:     own.Targets,
		})
	}
	slices.Sort(plan.Doubled)
	a.load(&plan, quotas.SCPsPerTarget)
	for _, l := range plan.Targets {
		if l.Count() > l.Quota {
			p.Add(
				"",
				nil,
				fmt.Sprintf(
					"%s would carry %d service control policies, and the quota is %d: %d of others (FullAWSAccess among them), %s",
					l.label(),
					l.Count(),
					l.Quota,
					l.Others,
					strings.Join(l.Policies, ", "),
				),
				"attach some of them to units below, or merge policies",
			)
		}
	}
	return plan, p.Err()
}

// load counts the policies of the targets.
func (a *Args) load(plan *Plan, quota int) {
	a.Tree.walk(func(t target) {
		l := TargetLoad{ID: t.id, Name: t.name, Others: 1, Quota: quota}
		if n, given := a.Attached[t.id]; given {
			l.Others = n
		}
		for _, planned := range plan.Policies {
			if slices.Contains(planned.Targets, t.id) {
				l.Policies = append(l.Policies, planned.Name)
			}
		}
		if len(l.Policies) > 0 {
			plan.Targets = append(plan.Targets, l)
		}
	})
}

func (l TargetLoad) label() string {
	if l.Name == "" || l.Name == l.ID {
		return l.ID
	}
	return l.ID + " (" + l.Name + ")"
}

// box is one policy of a guardrail while it is packed.
type box struct {
	Name       string
	Statements []policy.Statement
}

type Packing struct {
	Boxes    []box
	Moves    []PlannedMove
	Doubled  []string
	Unplaced bool
	// tooLarge are the statements that no policy could hold.
	TooLarge []policy.Statement
	// strangers are the places that name no policy of the guardrail.
	strangers []PlannedMove
}

// BoxName is the name of the n-th policy of a guardrail, counted from zero.
func BoxName(name string, n int) string {
	if n == 0 {
		return PolicyNamePrefix + name
	}
	return fmt.Sprintf("%s%s-%d", PolicyNamePrefix, name, n+1)
}

// BoxNumber is the inverse of boxName.
func BoxNumber(name, box string) (n int, ok bool) {
	if box == PolicyNamePrefix+name {
		return 0, true
	}
	if _, err := fmt.Sscanf(box, PolicyNamePrefix+name+"-%d", &n); err != nil || n < 2 || BoxName(name, n-1) != box {
		return 0, false
	}
	return n - 1, true
}

// Pack puts every statement of a guardrail into a policy of at most limit bytes. Statements with a place stay there;
// when a policy grew too large, its last statements move to later policies, never to earlier ones. The others go into
// the first policy with room.
//
// It is first-fit bin packing with bins that are partly filled. First fit is not always the fewest policies, but what
// has a place keeps it, so that an edit changes few policies. No statement is lost: one is placed, waits, or is
// reported as too large, and a new policy takes any that waits.
func Pack(g Guardrail, limit int, placement map[string][]string) Packing {
	p := packer{guardrail: g, limit: limit, placement: placement, places: map[string]int{}}
	for _, s := range g.Statements {
		p.place(s)
	}
	p.overflow()
	for sid, n := range p.places {
		if n > 1 {
			p.out.Doubled = append(p.out.Doubled, sid)
		}
	}
	slices.Sort(p.out.Doubled)
	p.firstFit()
	for n, statements := range p.boxes {
		if len(statements) == 0 {
			continue
		}
		slices.SortStableFunc(
			statements,
			func(x, y policy.Statement) int { return cmp.Compare(g.Order(x), g.Order(y)) },
		)
		p.out.Boxes = append(p.out.Boxes, box{BoxName(g.Name, n), statements})
	}
	p.out.Unplaced = len(p.out.Boxes) > 1 &&
		slices.ContainsFunc(g.Statements, func(s policy.Statement) bool { return len(placement[s.Sid]) == 0 })
	return p.out
}

// packer is a guardrail that is being packed.
type packer struct {
	guardrail Guardrail
	limit     int
	placement map[string][]string
	boxes     [][]policy.Statement
	// waiting are the statements that are in no policy yet, places counts in how many policies each is.
	waiting []waiting
	places  map[string]int
	out     Packing
}

type waiting struct {
	statement policy.Statement
	// from is the policy that it moves from, -1 for none.
	from int
}

func (p *packer) fits(statements []policy.Statement) bool {
	return policy.New(statements...).Bytes() <= p.limit
}

func (p *packer) put(n int, s policy.Statement) {
	for len(p.boxes) <= n {
		p.boxes = append(p.boxes, nil)
	}
	p.boxes[n] = append(p.boxes[n], s)
}

// place puts a statement where its places say, or lets it wait when it has none.
func (p *packer) place(s policy.Statement) {
	if !p.fits([]policy.Statement{s}) {
		p.out.TooLarge = append(p.out.TooLarge, s)
		return
	}
	known := false
	for _, name := range slices.Compact(slices.Sorted(slices.Values(p.placement[s.Sid]))) {
		n, ok := BoxNumber(p.guardrail.Name, name)
		if !ok || n >= len(p.guardrail.Statements)*2 {
			p.out.strangers = append(p.out.strangers, PlannedMove{Sid: s.Sid, To: name})
			continue
		}
		known = true
		p.places[s.Sid]++
		p.put(n, s)
	}
	if !known {
		p.waiting = append(p.waiting, waiting{s, -1})
	}
}

// overflow takes the last statements out of policies that are too large. One that stands in another policy too need
// not move.
func (p *packer) overflow() {
	for n := range p.boxes {
		for !p.fits(p.boxes[n]) {
			last := len(p.boxes[n]) - 1
			moved := p.boxes[n][last]
			p.boxes[n] = p.boxes[n][:last]
			if p.places[moved.Sid]--; p.places[moved.Sid] == 0 {
				p.waiting = append(p.waiting, waiting{moved, n})
			}
		}
	}
}

// firstFit puts those that wait into the first policy with room behind the one that they come from, in the order of
// the guardrail.
func (p *packer) firstFit() {
	g := p.guardrail
	slices.SortStableFunc(
		p.waiting,
		func(x, y waiting) int { return cmp.Compare(g.Order(x.statement), g.Order(y.statement)) },
	)
	for _, w := range p.waiting {
		n := w.from + 1
		for n < len(p.boxes) && !p.fits(append(slices.Clone(p.boxes[n]), w.statement)) {
			n++
		}
		p.put(n, w.statement)
		if w.from >= 0 {
			p.out.Moves = append(
				p.out.Moves,
				PlannedMove{Sid: w.statement.Sid, From: BoxName(g.Name, w.from), To: BoxName(g.Name, n)},
			)
		}
	}
}

// Order is where a statement stands in its guardrail.
func (g Guardrail) Order(s policy.Statement) int {
	return slices.IndexFunc(g.Statements, func(o policy.Statement) bool { return o.Sid == s.Sid })
}

func (k Packing) report(p *problem.List, g Guardrail, limit int) {
	for _, s := range k.TooLarge {
		p.Add(
			problem.Path(g.Word),
			nil,
			fmt.Sprintf(
				"statement %s alone has %d bytes, and a service control policy takes %d: its resources have %d, its conditions %d",
				s.Sid,
				policy.New(s).Bytes(),
				limit,
				lengths(s.Resources)+lengths(s.NotResources),
				conditionLengths(s),
			),
			"exempt and protect fewer roles, or use patterns for them",
		)
	}
	for _, m := range k.strangers {
		p.Add(
			problem.Path("placement").Join(problem.Path(m.Sid)),
			m.To,
			"is no policy of "+g.Word,
			"write "+BoxName(g.Name, 0)+" or "+BoxName(g.Name, 1),
		)
	}
}

func lengths(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s)
	}
	return n
}

func conditionLengths(s policy.Statement) int {
	n := 0
	for _, c := range s.Conditions {
		n += len(c.Key) + lengths(c.Values)
	}
	return n
}

// unknownPlaces are the Sids of Placement that no guardrail has, sorted.
func (a *Args) unknownPlaces() []string {
	known := map[string]bool{}
	for _, g := range a.guardrails() {
		for _, s := range g.Statements {
			known[s.Sid] = true
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.Placement)), func(sid string) bool { return known[sid] })
}
