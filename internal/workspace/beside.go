package workspace

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	urns "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"aws-access-guardrails/internal/program"
)

// What somebody adds to something of a stack, and that no resource of the stack reads, the engine can neither see nor
// take away: a membership in another group, a policy of a permission set. The program asks AWS for it while the
// operation is planned. Up then writes what it found into the state, as resources that the program does not want, and
// the engine deletes them as it deletes everything that a stack has no more.

// beside is something that somebody added, with the resources that stand for it; none where up leaves it.
type beside struct {
	Drifted
	strays []stray
}

// stray is a resource that is to be written into the state, and taken away.
type stray struct {
	program.Stray
	urn string
}

// listens makes the program ask for what is beside the stack, where an operation plans with what AWS has.
func (r *run) listens(planning bool) *program.Listener {
	r.program.listener = nil
	if planning && !r.options.NoRefresh && r.operation != Destroy && r.operation != reading {
		r.program.listener = &program.Listener{Thorough: r.operation == Drift}
	}
	return r.program.listener
}

// hear takes what the program found beside the stack into a report of a plan.
func (r *run) hear(report *Report, listener *program.Listener) {
	if listener == nil {
		return
	}
	found, unread := listener.Heard()
	report.Unread = unread
	for _, b := range found {
		if heard, told := r.besideOf(report, b); told {
			report.besides = append(report.besides, heard)
		}
	}
	if r.operation == Drift {
		return
	}
	changed := map[string]bool{}
	for _, c := range report.Changes {
		changed[c.URN] = true
	}
	for _, b := range report.besides {
		if len(b.strays) == 0 {
			report.Beside = append(report.Beside, b.Drifted)
			continue
		}
		report.PutBack = merged(report.PutBack, b.Drifted)
		for _, s := range b.strays {
			if !changed[s.urn] { // An earlier run may have left it in the state.
				report.Changes = append(
					report.Changes,
					Change{Op: Delete, URN: s.urn, Type: s.Type, Name: s.Name, ID: s.ID},
				)
			}
		}
	}
	sortChanges(report.Changes)
}

// besideOf is what is told of one thing; false where nothing is, because the state or the stack file knows of it.
func (r *run) besideOf(report *Report, b program.Beside) (beside, bool) {
	items := slices.DeleteFunc(slices.Clone(b.Items), func(item string) bool { return report.made(b.Made, item) })
	needs := b.Needs != "" && !slices.Contains(items, b.Needs)
	barred := b.Bars != "" && slices.Contains(items, b.Bars)
	if len(items) <= b.Others && !needs && !barred {
		return beside{}, false
	}
	d := Drifted{Type: b.Type, Name: b.Value, ByHand: true}
	if b.Made.And == "" { // Else several resources of the state stand at that place, and none of them differs.
		d.URN, d.ID = report.resourceWith(b.Type, b.Key, b.Value)
	}
	if d.URN != "" {
		_, d.Name = parseURN(d.URN)
	}
	difference := Difference{Property: b.Property, Found: items, ByHand: true, kind: listed}
	others := slices.DeleteFunc(slices.Clone(items), func(item string) bool { return item == b.Needs })
	text := fmt.Sprintf("somebody added %s", shown(anyOf(others)...))
	switch {
	case barred:
		text = fmt.Sprintf(
			"%q is attached, and the proofs count on its being detached there; up leaves it: detach it", b.Bars,
		)
	case needs:
		text = fmt.Sprintf("somebody detached %q, without which nothing is allowed there; attach it again", b.Needs)
	}
	if s := report.standing[d.URN]; b.Strays != nil && (s == nil || s.before == nil) {
		b.Strays, b.Why = nil, "the state does not have it yet, and the up after this one takes that away"
	}
	if b.Strays == nil {
		difference.Left = true
		if !needs && !barred {
			adopt := r.setting().Quoted("adopt", r.stack, "--user", items[0])
			text += "; " + strings.ReplaceAll(b.Why, "{adopt}", adopt)
		}
	}
	difference.Text = b.Property + ": " + text
	d.Differences = []Difference{difference}
	out := beside{Drifted: d}
	for _, s := range b.Strays {
		urn := urns.NewURN(tokens.QName(r.stack), tokens.PackageName(r.folder.Project), "", tokens.Type(s.Type), s.Name)
		out.strays = append(out.strays, stray{s, string(urn)})
	}
	return out, true
}

func anyOf(texts []string) []any {
	var out []any
	for _, text := range texts {
		out = append(out, text)
	}
	return out
}

// made reports whether a resource of the state made an item.
func (r *Report) made(by program.Made, item string) bool {
	for _, s := range r.standing {
		if by.Type != "" && s.typ == by.Type && s.before != nil && s.before.Inputs[by.Key] == item &&
			(by.And == "" || s.before.Inputs[by.And] == by.Is) {
			return true
		}
	}
	return false
}

// resourceWith is the resource of the type that has the argument, as the program wants it, with what AWS calls it;
// empty where there is none.
func (r *Report) resourceWith(typ, key, value string) (urn, id string) {
	for _, urn := range slices.Sorted(maps.Keys(r.standing)) {
		s := r.standing[urn]
		if s.typ == typ && s.wanted != nil && s.wanted.Inputs[key] == value {
			if s.before != nil {
				id = s.before.ID
			}
			return urn, id
		}
	}
	return "", ""
}

// merged is the list with one more, in the order of the URNs; what differs of one resource stands together.
func merged(list []Drifted, d Drifted) []Drifted {
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(other Drifted) bool { return d.URN != "" && other.URN == d.URN })
	switch {
	case at < 0:
		list = append(list, d)
	case !list[at].Gone:
		list[at].ByHand = true
		list[at].Differences = append(slices.Clone(list[at].Differences), d.Differences...)
	}
	slices.SortStableFunc(list, func(a, b Drifted) int { return cmp.Compare(a.URN, b.URN) })
	return list
}

// takeNote writes what the plan found beside the stack into its state, so that the engine takes it away. State is what
// the backend has; nil where it has to be asked.
func (r *run) takeNote(ctx context.Context, stack *auto.Stack, state *deployment) error {
	if r.plan == nil || !slices.ContainsFunc(r.plan.besides, func(b beside) bool { return len(b.strays) > 0 }) {
		return nil
	}
	if state == nil {
		var err error
		if state, err = r.export(ctx, stack); err != nil {
			return err
		}
	}
	all, parent := map[string]resource{}, ""
	for _, made := range state.list("resources") {
		all[made.urn()] = made
		if made.typ() == stackType {
			parent = made.urn()
		}
	}
	for _, b := range r.plan.besides {
		owner := all[b.URN]
		for _, s := range b.strays {
			if owner == nil || all[s.urn] != nil {
				continue // Its owner is made in this run, or an earlier run took note of it.
			}
			noted := resource{
				"urn": s.urn, "custom": true, "id": s.ID, "type": s.Type, "parent": parent,
				"inputs": s.Inputs, "outputs": s.Inputs, "provider": owner["provider"],
			}
			state.add(noted)
		}
	}
	return r.replaceState(ctx, stack, state)
}

// tookAway adds what the plan found beside the stack to what the run put back, or did not come to.
func (r *run) tookAway() {
	if r.plan == nil {
		return
	}
	r.report.Beside, r.report.Unread = r.plan.Beside, r.plan.Unread
	gone := map[string]bool{}
	for _, c := range r.report.Of(Delete) {
		gone[c.URN] = true
	}
	for _, b := range r.plan.besides {
		switch {
		case len(b.strays) == 0:
		case slices.ContainsFunc(b.strays, func(s stray) bool { return !gone[s.urn] }):
			r.report.NotPutBack = merged(r.report.NotPutBack, b.Drifted)
		default:
			r.report.PutBack = merged(r.report.PutBack, b.Drifted)
		}
	}
}

// notAnswered is the error of a drift that did not get an answer to all that it asked; nil where it did.
func (r *run) notAnswered(report *Report) error {
	if len(report.Unread) == 0 {
		return nil
	}
	return &EngineError{
		Stack: r.stack, Operation: r.operation,
		Err: fmt.Errorf("AWS did not answer everything, so nobody knows whether that is all: %s",
			strings.Join(report.Unread, "; ")),
	}
}
