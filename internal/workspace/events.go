package workspace

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
)

// collector turns the engine's events of one operation into a report, and into progress while they come.
type collector struct {
	progress *progress.Progress
	prefix   string
	planning bool
	channel  chan events.EngineEvent
	drained  chan struct{}

	mu       sync.Mutex
	changes  map[string]result.Change
	failures map[string]result.Change
	running  map[string]time.Time
	// broken is the state in which the resources in failures were to be made.
	broken map[string]*apitype.StepEventStateMetadata
	done   int
	// sames are the resources that stay as they are, by URN. What the engine tells of one differs between a plan and
	// a run; that it stays does not.
	sames map[string]bool
	// standing is what was found out about each resource of the admin's, by URN.
	standing map[string]*result.Standing
	// named are the names of resources by what AWS calls them.
	named map[string]string
	// outputs are true once the stack's own outputs are to change.
	outputs bool
	// options are true once what the state keeps of a resource beside it is to change: whether it may be deleted.
	options bool
	// madeAt is when AWS had made a resource, by URN.
	madeAt      map[string]time.Time
	diagnostics []result.Diagnostic
	// notes are what the program said, shown of them those that were printed.
	notes []string
	shown int
	// stop ends the ticking of the status, and ticked says that it has ended.
	stop, ticked chan struct{}
}

func collect(progress *progress.Progress, prefix string, planning bool) *collector {
	c := &collector{
		progress: progress,
		prefix:   prefix,
		planning: planning,
		channel:  make(chan events.EngineEvent),
		drained:  make(chan struct{}),
		changes:  map[string]result.Change{},
		failures: map[string]result.Change{},
		running:  map[string]time.Time{},
		sames:    map[string]bool{},
		named:    map[string]string{},
		standing: map[string]*result.Standing{},
		broken:   map[string]*apitype.StepEventStateMetadata{},
		madeAt:   map[string]time.Time{},
		stop:     make(chan struct{}),
		ticked:   make(chan struct{}),
	}
	go func() {
		defer close(c.drained)
		for event := range c.channel {
			c.receive(event.EngineEvent)
		}
	}()
	go c.tick()
	return c
}

// closeStream ends the stream of events where nobody has: the CLI ended before it opened the stream. The call into the
// Automation API has returned, so that nobody sends any more.
func (c *collector) closeStream() {
	defer func() { _ = recover() }() // It was closed, as it is nearly always; Go cannot ask.
	close(c.channel)
}

// finish waits for the last events and fills the report, after the engine was called.
func (c *collector) finish(r *result.Report) []result.Diagnostic {
	c.closeStream()
	<-c.drained
	close(c.stop)
	<-c.ticked
	c.progress.DoneWith(c.prefix)
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Changes = slices.Collect(maps.Values(c.changes))
	r.Failures = slices.Collect(maps.Values(c.failures))
	if r.Changes == nil {
		r.Changes = []result.Change{}
	}
	result.SortChanges(r.Changes)
	result.SortChanges(r.Failures)
	r.Same, r.MadeAt = len(c.sames), maps.Clone(c.madeAt)
	r.Named = maps.Clone(c.named)
	r.Standing, r.StateChanges = maps.Clone(c.standing), c.outputs || c.options
	r.PutBack, r.NotPutBack = result.PutBack(r.Standing), nil
	if !c.planning { // A run that was ended has not come to all of them.
		done := func(d result.Drifted) bool { _, changed := c.changes[d.URN]; return changed }
		r.NotPutBack = slices.DeleteFunc(slices.Clone(r.PutBack), done)
		r.PutBack = slices.DeleteFunc(r.PutBack, func(d result.Drifted) bool { return !done(d) })
	}
	r.Notes = slices.Clone(c.notes)
	return slices.Clone(c.diagnostics)
}

func (c *collector) receive(event apitype.EngineEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case event.ResourcePreEvent != nil:
		c.begin(event.ResourcePreEvent.Metadata)
	case event.ResOutputsEvent != nil:
		c.end(event.ResOutputsEvent.Metadata)
	case event.ResOpFailedEvent != nil:
		meta := event.ResOpFailedEvent.Metadata
		if change, ok := changeOf(meta); ok {
			delete(c.running, change.URN)
			c.failures[change.URN] = change
			c.broken[change.URN] = meta.New
		}
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "error":
		d := result.Diagnostic{
			URN:     event.DiagnosticEvent.URN,
			Message: strings.TrimSpace(colors.Never.Colorize(event.DiagnosticEvent.Message)),
		}
		d.Message = strings.TrimPrefix(d.Message, "error: ")
		if one, found := strings.CutPrefix(
			d.Message,
			"1 error occurred:",
		); found { // How the AWS provider wraps each of its errors.
			d.Message = strings.TrimPrefix(strings.TrimSpace(one), "* ")
		}
		if !slices.Contains(c.diagnostics, d) {
			c.diagnostics = append(c.diagnostics, d)
		}
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "info" && event.DiagnosticEvent.URN != "":
		note := strings.TrimSpace(colors.Never.Colorize(event.DiagnosticEvent.Message))
		if note != "" && !slices.Contains(c.notes, note) {
			c.notes = append(c.notes, note)
		}
	}
}

// show prints the notes before something changes: they may say how to undo it.
func (c *collector) show() {
	for ; c.shown < len(c.notes); c.shown++ {
		c.progress.Line(c.notes[c.shown])
	}
}

func (c *collector) begin(meta apitype.StepEventMetadata) {
	c.plan(meta)
	change, ok := changeOf(meta)
	if !ok {
		return
	}
	if c.planning ||
		change.Component { // A component is there as soon as it is registered; its end is told only where it has outputs.
		c.record(change)
		return
	}
	c.show()
	c.running[change.URN] = time.Now()
}

func (c *collector) end(meta apitype.StepEventMetadata) {
	c.name(meta)
	if meta.Op == apitype.OpRefresh {
		c.read(meta)
		return
	}
	if meta.Type == urn.StackType && meta.New != nil &&
		(meta.Old == nil || !reflect.DeepEqual(meta.Old.Outputs, meta.New.Outputs)) {
		c.outputs = true
	}
	if meta.Old != nil && meta.New != nil && meta.Op == apitype.OpSame &&
		(meta.Old.Protect != meta.New.Protect || meta.Old.RetainOnDelete != meta.New.RetainOnDelete) {
		c.options = true
	}
	if meta.Op == apitype.OpSame && !hidden(meta.Type) {
		if meta.New != nil && meta.New.Custom {
			c.sames[meta.URN] = true
		}
		return
	}
	change, ok := changeOf(meta)
	if !ok || c.planning {
		return
	}
	delete(c.running, change.URN)
	c.record(change)
	if change.Op == result.Create || change.Op == result.Replace {
		c.madeAt[change.URN] = time.Now()
	}
	if done := doneBy(meta, change.Op); done != "" && !change.Component {
		c.done++
		c.progress.Log(fmt.Sprintf("%s%s %s %s", c.prefix, done.Past(), urn.ShortType(change.Type), change.Name))
	}
}

// name keeps the name of what AWS has chosen the id of.
func (c *collector) name(meta apitype.StepEventMetadata) {
	for _, state := range []*apitype.StepEventStateMetadata{meta.Old, meta.New} {
		if state == nil {
			continue
		}
		if name, _ := state.Inputs["name"].(string); name != "" && state.ID != "" && name != state.ID {
			c.named[state.ID] = name
		}
	}
}

// doneBy is what a step has done. A replacement is told as what it consists of, when each is done: the creation and the
// deletion, in their order. The step that stands for both does nothing, and is not told.
func doneBy(step apitype.StepEventMetadata, change result.Op) result.Op {
	switch step.Op {
	case apitype.OpReplace:
		return ""
	case apitype.OpCreateReplacement:
		return result.Create
	case apitype.OpDeleteReplaced:
		if step.Old != nil && step.Old.RetainOnDelete {
			return result.Retain
		}
		return result.Delete
	}
	return change
}

// record keeps one change per resource: the steps of a replacement, creation and deletion, are one replacement.
func (c *collector) record(change result.Change) {
	if old, ok := c.changes[change.URN]; ok && old.Op == result.Replace {
		if change.ID == "" {
			change.ID = old.ID
		}
		if len(change.Properties) == 0 {
			change.Properties = old.Properties
		}
		change.Op = result.Replace
	}
	c.changes[change.URN] = change
}

// tick names what has been under way the longest.
func (c *collector) tick() {
	defer close(c.ticked)
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	start := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
		c.mu.Lock()
		status := fmt.Sprintf("%s%d done", c.prefix, c.done)
		if took := time.Since(start).Round(time.Second); took > 0 {
			status += fmt.Sprintf(", %s", took)
		}
		oldest := ""
		for urn, since := range c.running {
			if began, ok := c.running[oldest]; !ok || since.Before(began) || since.Equal(began) && urn < oldest {
				oldest = urn
			}
		}
		if oldest != "" {
			typ, name := urn.Parse(oldest)
			status += fmt.Sprintf(", at %s %s", urn.ShortType(typ), name)
			if more := len(c.running) - 1; more > 0 {
				status += fmt.Sprintf(" and %d more", more)
			}
		}
		c.mu.Unlock()
		c.progress.StatusOf(c.prefix, status)
	}
}

// hidden are resources that no admin wrote: the stack itself and providers.
func hidden(typ string) bool {
	return typ == urn.StackType || strings.HasPrefix(typ, "pulumi:providers:")
}

// changeOf is the change that a step stands for; false for steps that change nothing of the admin's.
func changeOf(meta apitype.StepEventMetadata) (result.Change, bool) {
	if hidden(meta.Type) {
		return result.Change{}, false
	}
	_, name := urn.Parse(meta.URN)
	change := result.Change{URN: meta.URN, Type: meta.Type, Name: name}
	state := meta.New
	if state == nil {
		state = meta.Old
	}
	if state != nil {
		change.ID, change.Component = state.ID, !state.Custom
		if change.ID == "" && meta.Old != nil {
			change.ID = meta.Old.ID
		}
	}
	if state != nil {
		text := func(key string) string { value, _ := state.Inputs[key].(string); return value }
		change.Physical, change.HangsOn = text(
			"name",
		), cmp.Or(
			text("role"),
			text("roleName"),
			text("group"),
			text("groupName"),
			text("user"),
			text("userName"),
			text("policyId"),
		)
		if set := text("permissionSetArn"); set != "" { // The id of a permission set is made of both.
			change.HangsOn = set + "," + text("instanceArn")
		}
	}
	if meta.Old != nil && meta.New != nil {
		change.Lost = lost(meta.Old.Inputs, meta.New.Inputs)
	}
	switch meta.Op {
	case apitype.OpCreate:
		change.Op = result.Create
	case apitype.OpUpdate:
		change.Op = result.Update
		change.Properties = properties(meta.Diffs, meta.DetailedDiff)
	case apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced, apitype.OpImportReplacement:
		change.Op = result.Replace
		change.Properties = properties(meta.Keys, nil)
	case apitype.OpDelete:
		change.Op = result.Delete
		if meta.Old != nil && meta.Old.RetainOnDelete {
			change.Op = result.Retain
		}
	case apitype.OpImport:
		change.Op = result.Import
	default:
		return result.Change{}, false
	}
	return change, true
}

// lost are the arguments that there were and that are not any more, sorted.
func lost(before, after map[string]any) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if before[key] != nil && after[key] == nil {
			all = append(all, key)
		}
	}
	return all
}

// properties are the top-level properties among paths, once each, sorted.
func properties(paths []string, detailed map[string]apitype.PropertyDiff) []string {
	names := map[string]bool{}
	for _, path := range slices.Concat(paths, slices.Collect(maps.Keys(detailed))) {
		name := path
		if end := strings.IndexAny(path, ".["); end > 0 {
			name = path[:end]
		}
		if !strings.HasPrefix(name, "__") { // Bookkeeping of the provider's.
			names[name] = true
		}
	}
	if names["tags"] { // The same said twice: it is computed from tags.
		delete(names, "tagsAll")
	}
	return slices.Sorted(maps.Keys(names))
}
