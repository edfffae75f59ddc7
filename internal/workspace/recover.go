package workspace

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/state"
	"aws-access-guardrails/internal/workspace/urn"
)

// A run that is killed, or whose connection breaks, leaves open creations: nobody knows whether AWS carried them out.
// The engine asks a person; here the names are known before anything is made, so AWS can be asked instead. A resource
// that is there and is exactly what the run was making is taken into the state. What differs in anything is somebody
// else's and is left alone, so that the next creation is refused by AWS in its own words. Where AWS itself refused,
// nothing is open: what has the name then is somebody else's, however much it looks like ours.

// idOf gives the id of a resource that AWS refuses to create twice, from its inputs; empty where AWS chose the id, and
// for types that are created by calls which may be repeated (attachments of roles, inline policies, memberships).
func idOf(typ string, inputs map[string]any, to target) string {
	facts, _ := awstype.TypeOf(typ)
	return facts.ID.Of(inputs, func(path, name string) string { return to.partition.PolicyARN(to.account, path, name) })
}

// named are the types whose id AWS chose: they are looked for by name.
func named(resource state.Resource) (program.Named, bool) {
	inputs := resource.Object("inputs")
	n := program.Named{URN: resource.URN(), Type: resource.Type(), Name: nameOf(inputs, target{})}
	switch resource.Type() {
	case token.OrganizationsPolicy:
		n.Kind, _ = inputs["type"].(string)
		n.Kind = cmp.Or(n.Kind, "SERVICE_CONTROL_POLICY")
	case token.SSOAdminPermissionSet:
		n.Instance, _ = inputs["instanceArn"].(string)
	default:
		return n, false
	}
	return n, n.Name != ""
}

// ours are the types of which AWS's answer that there is one already leaves the question open whether it is this
// run's own, whose answer was lost and which the SDK made again: what is there and equal holds nothing but what the
// stack gives it. A user, a group or a role can hold more, and belongs to whoever made it.
func ours(typ string) bool {
	return strings.HasPrefix(typ, "aws:organizations/") || strings.HasPrefix(typ, "aws:ssoadmin/")
}

// duplicate is how AWS and the provider say that there is one already.
var duplicate = regexp.MustCompile(`DuplicatePolicy|ConflictException|[Aa]lready (exists|attached)`)

func nameOf(inputs map[string]any, _ target) string {
	name, _ := inputs["name"].(string)
	return name
}

// openMark stands among the initErrors of a resource in the state whose creation is open. It outlives a kill: the
// next run finds it there.
const openMark = "guardrails: nobody knows whether AWS carried this creation out"

// refusedByAWS is how the providers word an answer of AWS's that says that nothing was done: the statuses of HTTP as
// the two generations of AWS's SDK write them, and the error codes of Cloud Control.
var refusedByAWS = regexp.MustCompile(`(?i)status ?code: 4\d\d|AlreadyExists|` +
	`failed with "(AccessDenied|InvalidRequest|InvalidCredentials|NotFound|ResourceConflict|ServiceLimitExceeded|Throttling)`)

// recover settles the creations that an earlier run left open. It gives the state where there was nothing to settle,
// and nil where there was.
func (r *run) recover(ctx context.Context, stack *auto.Stack) (*state.Deployment, error) {
	have, err := r.export(ctx, stack)
	if err != nil {
		return nil, err
	}
	var open []state.Resource
	pending := have.List("pending_operations")
	for _, operation := range pending {
		if operation["type"] == string(apitype.OperationTypeCreating) {
			if entry, ok := operation["resource"].(map[string]any); ok {
				open = append(open, entry)
			}
		}
	}
	for _, resource := range have.List("resources") {
		if errs, ok := resource["initErrors"].([]any); ok && slices.Contains(errs, any(openMark)) {
			open = append(open, resource)
		}
	}
	if len(pending)+len(open) == 0 {
		return have, nil
	}
	return nil, r.settle(ctx, stack, have, open, "interrupted creations")
}

// settleFailures settles the creations that failed in this run without a word from AWS that nothing was done.
func (r *run) settleFailures(
	ctx context.Context,
	stack *auto.Stack,
	broken map[string]*apitype.StepEventStateMetadata,
	diagnostics []result.Diagnostic,
) error {
	refused := map[string]bool{}
	for _, d := range diagnostics {
		typ, _ := urn.Parse(d.URN)
		if refusedByAWS.MatchString(d.Message) && !(ours(typ) && duplicate.MatchString(d.Message)) {
			refused[d.URN] = true
		}
	}
	var open []state.Resource
	for _, urn := range slices.Sorted(maps.Keys(broken)) {
		metadata := broken[urn]
		if metadata == nil || metadata.ID != "" || refused[urn] || !canBeLookedUp(metadata.Type) {
			continue
		}
		entry := state.Resource{
			"urn":      urn,
			"custom":   true,
			"type":     metadata.Type,
			"inputs":   metadata.Inputs,
			"parent":   metadata.Parent,
			"provider": metadata.Provider,
		}
		if metadata.RetainOnDelete {
			entry["retainOnDelete"] = true
		}
		open = append(open, entry)
	}
	if len(open) == 0 {
		return nil
	}
	// An interrupted command still has to leave a true state behind.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	state, err := r.export(ctx, stack)
	if err != nil {
		return err
	}
	return r.settle(ctx, stack, state, open, "creations that ended without an answer")
}

// settle asks AWS for the resources whose creation is open, and writes the answer into the state. What says how they
// came to be open.
func (r *run) settle(
	ctx context.Context,
	stack *auto.Stack,
	have *state.Deployment,
	open []state.Resource,
	what string,
) error {
	if len(open) == 0 {
		return nil
	}
	ids, err := r.idsOf(ctx, open)
	if err != nil {
		return err
	}
	asked := map[string]state.Resource{}
	for _, resource := range open {
		id := ids[resource.URN()]
		if id == "" {
			continue // It may simply be made again, or is not there.
		}
		resource["id"] = id
		resource["outputs"] = resource["inputs"]
		resource["initErrors"] = []any{openMark}
		asked[resource.URN()] = resource
	}
	have.Keep(func(resource state.Resource) bool { return asked[resource.URN()] == nil })
	urns := slices.Sorted(maps.Keys(asked))
	for _, urn := range urns {
		have.Add(asked[urn])
	}
	// This also drops the engine's own note of what was pending.
	if replaceErr := r.replaceState(ctx, stack, have); replaceErr != nil || len(urns) == 0 {
		return replaceErr
	}
	r.options.Progress.Line(fmt.Sprintf("%s%s, asking AWS for them: %s", r.label(), what, plainNames(urns...)))
	found, err := r.look(ctx, stack, urns)
	if err != nil {
		return err
	}
	have.Keep(func(resource state.Resource) bool {
		urn := resource.URN()
		if asked[urn] == nil {
			return true
		}
		there := found[urn]
		if there == nil {
			return false
		}
		if !includes(there.Inputs, resource.Object("inputs")) {
			r.options.Progress.Line(
				fmt.Sprintf(
					"%s%s is there and is not what was being made; it is left alone",
					r.label(),
					plainNames(urn),
				),
			)
			return false
		}
		resource["outputs"] = there.Outputs
		delete(resource, "initErrors")
		return true
	})
	return r.replaceState(ctx, stack, have)
}

func canBeLookedUp(typ string) bool {
	facts, _ := awstype.TypeOf(typ)
	return facts.ID.Follows() || len(facts.ID.FoundBy) > 0
}

// idsOf are the ids that resources have if they were made, by URN; AWS is asked for those that it chose.
func (r *run) idsOf(ctx context.Context, open []state.Resource) (map[string]string, error) {
	ids := map[string]string{}
	var wanted []program.Named
	for _, resource := range open {
		if facts, _ := awstype.TypeOf(resource.Type()); facts.ID.Follows() {
			ids[resource.URN()] = idOf(resource.Type(), resource.Object("inputs"), r.to)
		}
		if n, ok := named(resource); ok {
			wanted = append(wanted, n)
		}
	}
	if len(wanted) == 0 {
		return ids, nil
	}
	var mu sync.Mutex
	asking := &runner{run: program.Find(r.folder.StackFolder(), wanted, func(urn, id string) {
		mu.Lock()
		defer mu.Unlock()
		ids[urn] = id
	})}
	deploys := r.program
	r.program = asking
	r.opened.Workspace().SetProgram(asking.Run)
	_, err := r.planned(ctx)
	r.program = deploys
	r.opened.Workspace().SetProgram(deploys.Run)
	if !errors.Is(asking.err(), program.ErrExistingRead) {
		return nil, fmt.Errorf("ask AWS for what an interrupted run was making: %w", cmp.Or(asking.err(), err))
	}
	mu.Lock()
	defer mu.Unlock()
	return ids, nil
}

// look reads resources in AWS, nil meaning all, without touching the state. What is not there is not in the answer.
func (r *run) look(
	ctx context.Context,
	stack *auto.Stack,
	urns []string,
) (map[string]*apitype.StepEventStateMetadata, error) {
	found := map[string]*apitype.StepEventStateMetadata{}
	stream := make(chan events.EngineEvent)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for event := range stream {
			if outputs := event.ResOutputsEvent; outputs != nil &&
				(urns == nil || slices.Contains(urns, outputs.Metadata.URN)) &&
				outputs.Metadata.Op != apitype.OpDelete {
				found[outputs.Metadata.URN] = outputs.Metadata.New
			}
		}
	}()
	options := []optrefresh.Option{optrefresh.EventStreams(stream)}
	if urns != nil {
		options = append(options, optrefresh.Target(urns))
	}
	if _, err := stack.PreviewRefresh(ctx, options...); err != nil {
		return nil, &EngineError{
			Stack:     r.stack,
			Operation: r.operation,
			Err:       fmt.Errorf("ask AWS for what it has: %w", err),
		}
	}
	<-read
	return found, nil
}

// includes reports whether a resource has every property that it was to be made with. AWS does not tell an empty
// property from an absent one.
func includes(there, wanted map[string]any) bool {
	for key, value := range wanted {
		if strings.HasPrefix(key, "__") ||
			result.Empty(value) && result.Empty(there[key]) { // Two underscores: bookkeeping of the provider's.
			continue
		}
		a, errA := json.Marshal(value)
		b, errB := json.Marshal(there[key])
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			return false
		}
	}
	return true
}

func plainNames(urns ...string) string {
	var out []string
	for _, resourceURN := range urns {
		typ, name := urn.Parse(resourceURN)
		out = append(out, urn.ShortType(typ)+" "+name)
	}
	return strings.Join(out, ", ")
}
