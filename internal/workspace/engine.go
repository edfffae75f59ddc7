package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/filebackend"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
	"aws-access-guardrails/internal/workspace/urn"
)

// open selects the stack in its backend. Up makes one that is not there yet, as does every operation in a sandbox;
// the others refuse, because a preview should leave no trace in a backend that others use, and a drift of nothing
// would say that all is well. A nil stack has never been deployed, and is to be destroyed.
func (r *run) open(ctx context.Context) (*auto.Stack, error) {
	dir, env := r.folder.Dir, map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"}
	if r.home != nil {
		var err error
		if dir, env, err = r.enterSandbox(ctx); err != nil {
			return nil, err
		}
	} else if address := stateAddress(r.folder); filebackend.Whole(address) != address {
		env["PULUMI_BACKEND_URL"] = filebackend.Whole(address)
	}
	if err := r.mendBackend(ctx); err != nil {
		return nil, err
	}
	env[refreshOption] = strconv.FormatBool(!r.options.NoRefresh && !r.unread && r.operation != result.Destroy)
	options := []auto.LocalWorkspaceOption{
		auto.WorkDir(dir),
		auto.Pulumi(operationAlone{r.command}),
		auto.EnvVars(env),
		auto.Program(r.program.Run),
	}
	if r.home != nil {
		options = append(options, auto.SecretsProvider(sandboxhome.SecretsProvider))
	} else {
		settings, err := readSecretSettings(r.folder.StackFile(r.stack))
		if err != nil {
			return nil, err
		}
		if !settings.byPassphrase() { // A backend of files takes a passphrase for a new stack otherwise, whatever the stack file says.
			options = append(options, auto.SecretsProvider(settings.Provider))
		}
	}
	local, err := auto.NewLocalWorkspace(ctx, options...)
	if err != nil {
		return nil, err
	}
	return r.selectStack(ctx, local)
}

// enterSandbox starts an AWS for the run, and says where the copy of the project lies and what the engine finds in
// its environment.
func (r *run) enterSandbox(ctx context.Context) (dir string, env map[string]string, err error) {
	if copyErr := r.home.CopyProject(r.folder, r.stack); copyErr != nil {
		return "", nil, copyErr
	}
	if len(r.to.environments) > 0 {
		r.options.Progress.Line(
			fmt.Sprintf("%sthe values of %s are not in the sandbox", r.label(), strings.Join(r.to.environments, ", ")),
		)
	}
	// An interrupted engine still finishes what this AWS has begun.
	server, err := r.parts.provide(context.WithoutCancel(ctx), sandbox.Options{
		World:     r.folder.SandboxFile(),
		Known:     r.known,
		State:     r.home.State(),
		Stack:     r.stack,
		Account:   r.to.account,
		Partition: r.to.partition,
		Faults:    r.options.Faults,
	})
	if err != nil {
		return "", nil, refusedWorld(fmt.Errorf("%s: start the sandbox: %w", r.stack, err))
	}
	r.closes = append(r.closes, func() { _ = server.Close() })
	r.endpoint = server.Endpoint()
	env, err = r.home.Env(server.DebugProviders())
	return r.home.Project(r.stack), env, err
}

// selectStack selects the stack of a workspace, after making it where the operation makes one.
func (r *run) selectStack(ctx context.Context, local auto.Workspace) (selected *auto.Stack, err error) {
	r.existed, err = r.exists(ctx, local)
	if err == nil && r.home == nil && (r.existed || r.operation == result.Up) {
		err = r.prepareFileFor(ctx, local)
	}
	switch {
	case err != nil && exit.StatusOf(err) == exit.WrongUse:
		return nil, err
	case err != nil:
	case r.existed:
	case r.operation == result.Destroy || r.operation == reading:
		return nil, nil
	case r.operation == result.Drift && r.home != nil:
		return nil, exit.Undeployedf(
			"stack %q was never deployed into this sandbox, so there is nothing to look at; run %s",
			r.stack,
			r.setting().Quoted(string(result.Up), r.stack),
		)
	case r.operation == result.Up || r.home != nil:
		err = local.CreateStack(ctx, r.stack)
	default:
		return nil, exit.Undeployedf(
			"stack %q is not in the backend yet; deploy it with %s, or run \"%s\"",
			r.stack,
			r.setting().Quoted(string(result.Up), r.stack),
			r.setting().Pulumi("stack", "init", r.stack),
		)
	}
	if err == nil {
		var stack auto.Stack
		if stack, err = auto.SelectStack(ctx, r.stack, unselecting{local.(*auto.LocalWorkspace)}); err == nil {
			return &stack, nil
		}
	}
	return nil, &EngineError{Stack: r.stack, Operation: r.operation, Err: err}
}

// refreshOption is the environment variable that the CLI takes for its flag --refresh: whether AWS is read before
// anything is planned. It outweighs the option of the same name in Pulumi.yaml, either way.
const refreshOption = "PULUMI_OPTION_REFRESH"

// prepareFileFor is prepareFile with what the state of the stack knows already.
func (r *run) prepareFileFor(ctx context.Context, ws auto.Workspace) (err error) {
	var state []byte
	settings, err := readSecretSettings(r.folder.StackFile(r.stack))
	if err != nil || settings.missing() == "" {
		return err
	}
	if r.existed {
		if state, err = r.cli(ctx, ws, nil, "stack", "export"); err != nil {
			return err
		}
	}
	return r.prepareFile(ctx, state)
}

// unselecting is a workspace in which selecting a stack does nothing. Every command names its stack; making it the
// selected one would change, behind a person's back, what the pulumi command works on in this folder from then on.
type unselecting struct{ *auto.LocalWorkspace }

func (unselecting) SelectStack(context.Context, string) error { return nil }

var noStack = regexp.MustCompile(`no stack named .* found`)

// exists asks the backend for the stack.
func (r *run) exists(ctx context.Context, ws auto.Workspace) (bool, error) {
	if r.home != nil {
		return r.home.HasStack(r.folder.Project, r.stack)
	}
	_, err := r.cli(ctx, ws, nil, "stack", "--show-name")
	if err != nil && noStack.MatchString(err.Error()) {
		return false, nil
	}
	return err == nil, err
}

// planned is what the operation would do.
func (r *run) planned(ctx context.Context) (*result.Report, error) {
	return r.call(ctx, true, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		if r.operation == result.Destroy {
			_, err := r.opened.PreviewDestroy(ctx, optdestroy.EventStreams(stream))
			return nil, err
		}
		_, err := r.opened.Preview(ctx, optpreview.EventStreams(stream))
		return nil, err
	})
}

// operate runs the operation itself. The report is never nil.
func (r *run) operate(ctx context.Context) (*result.Report, error) {
	if r.operation == result.Drift {
		return r.drift(ctx)
	}
	var report *result.Report
	err := r.unlocked(ctx, func() (err error) {
		report, err = r.change(ctx)
		return err
	})
	return report, err
}

func (r *run) change(ctx context.Context) (*result.Report, error) {
	return r.call(ctx, r.operation == result.Preview, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		switch r.operation {
		case result.Preview:
			_, err := r.opened.Preview(ctx, optpreview.EventStreams(stream))
			return nil, err
		case result.Up:
			if _, err := r.opened.Up(ctx, optup.EventStreams(stream)); err != nil {
				return nil, err
			}
			return r.outputs(ctx)
		default:
			_, err := r.opened.Destroy(ctx, optdestroy.EventStreams(stream))
			return nil, err
		}
	})
}

// outputs are what the state says that the stack has put out, a secret one as "[secret]".
func (r *run) outputs(ctx context.Context) (map[string]any, error) {
	state, err := r.export(ctx, r.opened)
	if err != nil {
		return nil, err
	}
	return state.Outputs(), nil
}

// operationAlone is the CLI without what the Automation API asks it after an operation: the outputs, in two calls, and
// the history, of which nothing is used here. Each call costs the start of the CLI, which together is more than an up
// costs that has nothing to do. Outputs are read from the state.
type operationAlone struct{ auto.PulumiCommand }

func (c operationAlone) Run(
	ctx context.Context,
	dir string,
	in io.Reader,
	out, errs []io.Writer,
	env []string,
	args ...string,
) (stdout, stderr string, code int, err error) {
	if len(args) > 1 && args[0] == "stack" {
		switch args[1] {
		case "output":
			return "{}", "", 0, nil
		case "history":
			return "[]", "", 0, nil
		}
	}
	return c.PulumiCommand.Run(ctx, dir, in, out, errs, env, args...)
}

// call calls the engine and reports what it said. The report is never nil.
func (r *run) call(
	ctx context.Context,
	planning bool,
	call func(chan<- events.EngineEvent) (map[string]any, error),
) (*result.Report, error) {
	report := &result.Report{
		Stack:     r.stack,
		Account:   r.to.account,
		Operation: r.operation,
		Sandbox:   r.options.Sandbox,
		Planned:   planning,
		Outcome:   result.OutcomeDone,
		Read:      !r.options.NoRefresh,
	}
	start := time.Now()
	r.program.reset()
	listener := r.listens(planning)
	c := collect(r.options.Progress, r.label(), planning)
	outputs, err := call(c.channel)
	diagnostics := c.finish(report)
	report.Seconds = result.Seconds(time.Since(start))
	report.Outputs = outputs
	if err == nil {
		r.hear(report, listener)
		return report, nil
	}
	err = r.explain(ctx, diagnostics, err)
	if r.operation == result.Up && !planning {
		err = errors.Join(err, r.settleFailures(ctx, r.opened, c.broken, diagnostics))
	}
	return report, err
}

// explain says whose fault it is that an operation failed. The program runs in this process, so its own error is at
// hand and need not be read out of what the engine prints of it.
func (r *run) explain(ctx context.Context, diagnostics []result.Diagnostic, err error) error {
	programErr := r.program.err()
	if programErr != nil && r.parts.refused(programErr) {
		return &exit.RefusedError{Stack: r.stack, Err: programErr}
	}
	kept, diagnostics := result.KeptByProtection(causes(diagnostics))
	if len(kept) > 0 && len(diagnostics) == 0 && ctx.Err() == nil {
		return r.protects(kept)
	}
	if refusal := r.protects(kept); refusal != nil {
		diagnostics = append(diagnostics, result.Diagnostic{Message: refusal.Error()})
	}
	// When a resource fails, the engine ends the program's calls, which says nothing of its own.
	cancelled := programErr != nil && len(diagnostics) > 0 && strings.Contains(programErr.Error(), "code = Canceled")
	if programErr != nil && !cancelled {
		diagnostics = append([]result.Diagnostic{{Message: programErr.Error()}}, diagnostics...)
	}
	for i := range diagnostics {
		diagnostics[i].Advice = r.advise(diagnostics[i])
	}
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return &EngineError{Stack: r.stack, Operation: r.operation, Diagnostics: diagnostics, Err: err}
}

// causes leaves out what the engine says only because something else went wrong: that the program failed, whose error
// is at hand, and that the operation did.
func causes(diagnostics []result.Diagnostic) []result.Diagnostic {
	return slices.DeleteFunc(diagnostics, func(d result.Diagnostic) bool {
		typ, _ := urn.Parse(d.URN)
		return strings.HasPrefix(d.Message, "an unhandled error occurred") ||
			(typ == urn.StackType || d.URN == "") && strings.HasSuffix(d.Message, " failed")
	})
}
