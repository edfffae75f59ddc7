package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	urns "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"aws-access-guardrails/internal/beside"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/state"
	"aws-access-guardrails/internal/workspace/urn"
)

// listens makes the program ask for what is beside the stack, where an operation plans with what AWS has.
func (r *run) listens(planning bool) *program.Listener {
	r.program.listener = nil
	if planning && !r.options.NoRefresh && r.operation != result.Destroy && r.operation != reading {
		r.program.listener = &program.Listener{Thorough: r.operation == result.Drift, Endpoint: r.endpoint}
	}
	return r.program.listener
}

// hear takes what the program found beside the stack into a report of a plan.
func (r *run) hear(report *result.Report, listener *program.Listener) {
	if listener == nil {
		return
	}
	found, unread := listener.Heard()
	report.Unread = unread
	for _, b := range found {
		if heard, told := r.besideOf(report, b); told {
			report.Besides = append(report.Besides, heard)
		}
	}
	if r.operation == result.Drift {
		return
	}
	changed := map[string]bool{}
	for _, c := range report.Changes {
		changed[c.URN] = true
	}
	for _, b := range report.Besides {
		if len(b.Strays) == 0 && b.Outdated == nil {
			report.Beside = append(report.Beside, b.Drifted)
			continue
		}
		report.PutBack = result.AddDrifted(report.PutBack, b.Drifted)
		for _, s := range b.Strays {
			if !changed[s.URN] { // An earlier run may have left it in the state.
				report.Changes = append(
					report.Changes,
					result.Change{Op: result.Delete, URN: s.URN, Type: s.Type, Name: s.Name, ID: s.ID},
				)
			}
		}
	}
	result.SortChanges(report.Changes)
}

// besideOf is what is told of one thing; false where nothing is, because the state or the stack file knows of it.
func (r *run) besideOf(report *result.Report, b beside.Found) (result.Beside, bool) {
	b = report.NotOfEdits(b)
	items := slices.DeleteFunc(slices.Clone(b.Items), func(item string) bool { return report.HasMaker(b.MadeBy, item) })
	needs := b.Needs != "" && !slices.Contains(items, b.Needs)
	barred := b.Bars != "" && slices.Contains(items, b.Bars)
	if len(items) <= b.Others && !needs && !barred {
		return result.Beside{}, false
	}
	d := result.Drifted{Type: b.Type, Name: b.Value, ByHand: true}
	if b.MadeBy.And == "" { // Else several resources of the state stand at that place, and none of them differs.
		d.URN, d.ID = report.ResourceWith(b.Type, b.Key, b.Value)
	}
	if d.URN != "" {
		_, d.Name = urn.Parse(d.URN)
	}
	difference := result.Difference{Property: b.Property, Found: items, ByHand: true, Kind: result.Listed}
	others := slices.DeleteFunc(slices.Clone(items), func(item string) bool { return item == b.Needs })
	text := cmp.Or(b.Told(others), "somebody added "+result.Shown(anyOf(others)...))
	switch {
	case barred:
		text = fmt.Sprintf(
			"%q is attached, and the proofs count on its being detached there; up leaves it: detach it", b.Bars,
		)
	case needs:
		text = fmt.Sprintf("somebody detached %q, without which nothing is allowed there; attach it again", b.Needs)
	}
	if s := report.Standing[d.URN]; b.Strays != nil && (s == nil || s.Before == nil) {
		b.Strays, b.Why = nil, "the state does not have it yet, and the up after this one takes that away"
	}
	if b.Strays == nil && b.Outdated == nil {
		difference.Left = true
		if !needs && !barred {
			adopt := r.setting().Quoted("adopt", r.stack, "--user", items[0])
			text += "; " + strings.ReplaceAll(b.Why, "{adopt}", adopt)
		}
	}
	difference.Text = b.Property + ": " + text
	d.Differences = []result.Difference{difference}
	out := result.Beside{Drifted: d, Outdated: b.Outdated}
	for _, s := range b.Strays {
		urn := urns.NewURN(tokens.QName(r.stack), tokens.PackageName(r.folder.Project), "", tokens.Type(s.Type), s.Name)
		out.Strays = append(out.Strays, result.Stray{Stray: s, URN: string(urn)})
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

// takeNote writes what the plan found beside the stack into its state, so that the engine takes it away. State is what
// the backend has; nil where it has to be asked.
func (r *run) takeNote(ctx context.Context, stack *auto.Stack, have *state.Deployment) error {
	if r.plan == nil || !slices.ContainsFunc(r.plan.Besides, func(b result.Beside) bool { return len(b.Strays) > 0 }) {
		return nil
	}
	if have == nil {
		var err error
		if have, err = r.export(ctx, stack); err != nil {
			return err
		}
	}
	all, parent := map[string]state.Resource{}, ""
	for _, resource := range have.List("resources") {
		all[resource.URN()] = resource
		if resource.Type() == urn.StackType {
			parent = resource.URN()
		}
	}
	for _, b := range r.plan.Besides {
		owner := all[b.URN]
		for _, s := range b.Strays {
			if owner == nil || all[s.URN] != nil {
				continue // Its owner is made in this run, or an earlier run took note of it.
			}
			noted := state.Resource{
				"urn": s.URN, "custom": true, "id": s.ID, "type": s.Type, "parent": parent,
				"inputs": s.Inputs, "outputs": s.Inputs, "provider": owner["provider"],
			}
			have.Add(noted)
		}
	}
	return r.replaceState(ctx, stack, have)
}

// tookAway adds what the plan found beside the stack to what the run put back, or did not come to.
func (r *run) tookAway() {
	if r.plan == nil {
		return
	}
	r.report.Beside, r.report.Unread = r.plan.Beside, r.plan.Unread
	for id, name := range r.plan.Named { // The engine tells less of what stays once it runs.
		if r.report.Named == nil {
			r.report.Named = map[string]string{}
		}
		r.report.Named[id] = cmp.Or(r.report.Named[id], name)
	}
	gone := map[string]bool{}
	for _, c := range r.report.ChangesBy(result.Delete) {
		gone[c.URN] = true
	}
	for _, b := range r.plan.Besides {
		switch {
		case len(b.Strays) == 0:
		case slices.ContainsFunc(b.Strays, func(s result.Stray) bool { return !gone[s.URN] }):
			r.report.NotPutBack = result.AddDrifted(r.report.NotPutBack, b.Drifted)
		default:
			r.report.PutBack = result.AddDrifted(r.report.PutBack, b.Drifted)
		}
	}
}

// outdated reports whether the plan found accounts with an older version of a permission set.
func (r *run) outdated() bool {
	return r.plan != nil && slices.ContainsFunc(r.plan.Besides, func(b result.Beside) bool { return b.Outdated != nil })
}

// provisions has AWS provision the permission sets of which the plan found older versions in accounts: the engine sees
// no difference there. A run that failed provisions nothing, because what is half changed would reach the accounts.
func (r *run) provisions(ctx context.Context, failed bool) error {
	var errs []error
	for _, b := range r.plan.Besides {
		if b.Outdated == nil {
			continue
		}
		var err error
		if !failed {
			err = program.Provision(ctx, b.Outdated)
		}
		if failed || err != nil {
			r.report.NotPutBack = result.AddDrifted(r.report.NotPutBack, b.Drifted)
		} else {
			r.report.PutBack = result.AddDrifted(r.report.PutBack, b.Drifted)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", b.Name, err))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &EngineError{Stack: r.stack, Operation: r.operation, Err: errors.Join(errs...)}
}

// notAnswered is the error of a drift that did not get an answer to all that it asked; nil where it did.
func (r *run) notAnswered(report *result.Report) error {
	if len(report.Unread) == 0 {
		return nil
	}
	return &EngineError{
		Stack: r.stack, Operation: r.operation,
		Err: fmt.Errorf("AWS did not answer everything, so nobody knows whether that is all: %s",
			strings.Join(report.Unread, "; ")),
	}
}
