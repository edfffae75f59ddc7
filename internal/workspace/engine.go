package workspace

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/sandbox"
)

// do runs one operation. The report is nil when the stack was not reached.
func (r *run) do(ctx context.Context, operation Operation) (*Report, error) {
	start := time.Now()
	program := &runner{run: r.parts.run(r.folder.stackFolder())}
	stack, closeStack, err := r.open(ctx, operation, program)
	if err != nil {
		return nil, err
	}
	defer closeStack()
	if stack == nil { // Nothing was ever deployed, so there is nothing to destroy.
		return r.report(operation, start), nil
	}
	if operation != Preview && !r.options.Sandbox && r.options.Confirm != nil {
		if err := r.confirm(ctx, stack, program, operation); err != nil {
			return nil, err
		}
	}
	if operation != Preview {
		if err := r.recover(ctx, stack); err != nil {
			return nil, err
		}
	}
	report, err := r.operate(ctx, stack, program, operation)
	report.Seconds = seconds(time.Since(start))
	return report, err
}

func (r *run) report(operation Operation, start time.Time) *Report {
	return &Report{
		Stack: r.stack, Account: r.to.account, Operation: operation, Sandbox: r.options.Sandbox,
		Changes: []Change{}, Seconds: seconds(time.Since(start)),
	}
}

// open selects the stack in its backend. Up makes one that is not there yet, as does every operation in a sandbox; the others refuse,
// because a preview should leave no trace in a backend that others use. A nil stack has never been deployed and is to be destroyed.
func (r *run) open(ctx context.Context, operation Operation, program *runner) (opened *auto.Stack, closeStack func(), err error) {
	env := map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"}
	dir := r.folder.Dir
	closeStack = func() {}
	if r.home != nil {
		if err := r.home.copyProject(r.folder, r.stack); err != nil {
			return nil, nil, err
		}
		if len(r.to.environments) > 0 {
			r.options.Progress.Line(fmt.Sprintf("%sthe values of %s are not in the sandbox", r.label(operation), strings.Join(r.to.environments, ", ")))
		}
		// An interrupted engine still finishes what this AWS has begun.
		server, err := r.parts.provide(context.WithoutCancel(ctx), sandbox.Options{
			World: r.folder.sandboxFile(), State: r.home.state(), Stack: r.stack, Account: r.to.account, Partition: r.to.partition,
			Faults: r.options.Faults,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("%s: start the sandbox: %w", r.stack, err)
		}
		closeStack = func() { _ = server.Close() }
		dir, env = r.home.project(), r.home.env(server.DebugProviders())
	}
	local, err := auto.NewLocalWorkspace(ctx,
		auto.WorkDir(dir), auto.Pulumi(r.command), auto.EnvVars(env), auto.Program(program.Run))
	if err != nil {
		closeStack()
		return nil, nil, err
	}
	exists, err := r.exists(ctx, local)
	switch {
	case err != nil:
	case exists:
		stack, err := auto.SelectStack(ctx, r.stack, unselecting{local.(*auto.LocalWorkspace)})
		return &stack, closeStack, err
	case operation == Destroy:
		return nil, closeStack, nil
	case operation == Up || r.home != nil:
		err = local.CreateStack(ctx, r.stack)
		if err == nil {
			stack, err := auto.SelectStack(ctx, r.stack, unselecting{local.(*auto.LocalWorkspace)})
			return &stack, closeStack, err
		}
	default:
		err = Usef("stack %q is not in the backend yet; deploy it with \"guardrails up %s\", or run \"pulumi stack init %s\"",
			r.stack, r.stack, r.stack)
	}
	closeStack()
	if _, ok := err.(*UseError); !ok {
		err = &EngineError{Stack: r.stack, Operation: operation, Err: err}
	}
	return nil, nil, err
}

// unselecting is a workspace in which selecting a stack does nothing. Every command names its stack; making it the selected one would
// change, behind a person's back, what the pulumi command works on in this folder from then on.
type unselecting struct{ *auto.LocalWorkspace }

func (unselecting) SelectStack(context.Context, string) error { return nil }

var noStack = regexp.MustCompile(`no stack named .* found`)

// exists asks the backend for the stack.
func (r *run) exists(ctx context.Context, ws auto.Workspace) (bool, error) {
	if r.home != nil {
		return r.home.hasStack(r.folder.Project, r.stack)
	}
	_, err := r.cli(ctx, ws, nil, "stack", "--show-name")
	if err != nil && noStack.MatchString(err.Error()) {
		return false, nil
	}
	return err == nil, err
}

// confirm shows the plan of a real operation to whoever decides.
func (r *run) confirm(ctx context.Context, stack *auto.Stack, program *runner, operation Operation) error {
	plan, err := r.plan(ctx, stack, program, operation)
	if err != nil {
		return err
	}
	yes, err := r.options.Confirm(plan)
	if err != nil {
		return err
	}
	if !yes {
		return Usef("%s: %s not confirmed; nothing was changed", r.stack, operation)
	}
	return nil
}

// plan is what the operation would do.
func (r *run) plan(ctx context.Context, stack *auto.Stack, program *runner, operation Operation) (*Report, error) {
	if operation == Up {
		plan, err := r.operate(ctx, stack, program, Preview)
		plan.Operation = Up
		return plan, err
	}
	return r.operation(ctx, stack, program, Destroy, true, func(stream chan<- events.EngineEvent) (auto.OutputMap, error) {
		_, err := stack.PreviewDestroy(ctx, optdestroy.EventStreams(stream))
		return nil, err
	})
}

func (r *run) operate(ctx context.Context, stack *auto.Stack, program *runner, operation Operation) (*Report, error) {
	return r.operation(ctx, stack, program, operation, operation == Preview, func(stream chan<- events.EngineEvent) (auto.OutputMap, error) {
		switch operation {
		case Preview:
			_, err := stack.Preview(ctx, optpreview.EventStreams(stream))
			return nil, err
		case Up:
			result, err := stack.Up(ctx, optup.EventStreams(stream))
			return result.Outputs, err
		default:
			_, err := stack.Destroy(ctx, optdestroy.EventStreams(stream))
			return nil, err
		}
	})
}

// operation calls the engine and reports what it said. The report is never nil.
func (r *run) operation(
	ctx context.Context, stack *auto.Stack, program *runner, operation Operation, planning bool,
	call func(chan<- events.EngineEvent) (auto.OutputMap, error),
) (*Report, error) {
	report := r.report(operation, time.Now())
	report.Planned = planning
	program.reset()
	c := collect(r.options.Progress, r.label(operation), planning)
	outputs, err := call(c.channel)
	diagnostics := c.finish(report)
	for name, output := range outputs {
		if report.Outputs == nil {
			report.Outputs = map[string]any{}
		}
		report.Outputs[name] = output.Value
		if output.Secret {
			report.Outputs[name] = "[secret]"
		}
	}
	if err == nil {
		return report, nil
	}
	err = r.explain(ctx, operation, program.err(), diagnostics, err)
	if operation == Up && !planning {
		err = errors.Join(err, r.settleFailures(ctx, stack, c.broken, diagnostics))
	}
	report.Error = err.Error()
	return report, err
}

// explain says whose fault it is that an operation failed. The program runs in this process, so its own error is at hand and need not be
// read out of what the engine prints of it.
func (r *run) explain(ctx context.Context, operation Operation, programErr error, diagnostics []Diagnostic, err error) error {
	if programErr != nil && r.parts.refused(programErr) {
		return &RefusedError{Stack: r.stack, Err: programErr}
	}
	diagnostics = causes(diagnostics)
	if programErr != nil {
		diagnostics = append([]Diagnostic{{Message: programErr.Error()}}, diagnostics...)
	}
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return &EngineError{Stack: r.stack, Operation: operation, Diagnostics: diagnostics, Err: err}
}

// causes leaves out what the engine says only because something else went wrong: that the program failed, whose error is at hand, and that
// the operation did.
func causes(diagnostics []Diagnostic) []Diagnostic {
	return slices.DeleteFunc(diagnostics, func(d Diagnostic) bool {
		typ, _ := parseURN(d.URN)
		return strings.HasPrefix(d.Message, "an unhandled error occurred") || (typ == stackType || d.URN == "") && strings.HasSuffix(d.Message, " failed")
	})
}

// runner is the Pulumi program with its last error kept.
type runner struct {
	run  pulumi.RunFunc
	mu   sync.Mutex
	last error
}

func (p *runner) Run(ctx *pulumi.Context) error {
	err := p.run(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = err
	return err
}

func (p *runner) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = nil
}

func (p *runner) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}
