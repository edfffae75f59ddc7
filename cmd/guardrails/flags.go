package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/verdicts"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// flags are what several verbs share.
type flags struct {
	dir     string
	stacks  []string
	json    bool
	sandbox bool
	fresh   bool
	yes     bool
	noCache bool

	codeQuality string
	color       terminal.When

	parallel    int
	doorsFirst  bool
	allowDirty  bool
	allowDelete []string
	verify      bool
	noRefresh   bool

	// ran is what the operation of this command did.
	ran *result.Summary

	// now is the clock of all verbs; nil means that of the machine.
	now func() time.Time
}

// clock is what time it is.
func (f *flags) clock() time.Time {
	if f.now != nil {
		return f.now()
	}
	return time.Now()
}

// instantOf is the time of a flag.
func (f *flags) instantOf(flag, text string) (time.Time, error) {
	moment, err := clock.Instant(text, f.clock())
	if err != nil {
		return time.Time{}, exit.Usef("%s: %v", flag, err)
	}
	return moment, nil
}

// instantOrNow is the time of the flag --at, or now where it is not given.
func (f *flags) instantOrNow(text string) (time.Time, error) {
	if text == "" {
		return f.clock(), nil
	}
	return f.instantOf("--at", text)
}

// memory is where the proofs of a verb are kept; nil where they are not. What is deployed into an account is proven by
// the run that deploys it.
func (f *flags) memory(cmd *cobra.Command) claims.Memory {
	if f.noCache {
		return nil
	}
	if deploys := cmd.Name() == "up" || cmd.Name() == "destroy"; deploys && !f.sandbox {
		return verdicts.InMemory()
	}
	dir, err := verdicts.Dir()
	if err != nil {
		return verdicts.InMemory()
	}
	return verdicts.In(dir, verdicts.Program)
}

// stackFlags adds --stack; names given as arguments mean the same.
func (f *flags) stackFlags(cmd *cobra.Command) {
	cmd.Flags().
		StringArrayVarP(&f.stacks, "stack", "s", nil, "name of a stack, as an alternative to an argument; repeatable")
}

func (f *flags) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object instead of text")
}

func (f *flags) engineFlags(cmd *cobra.Command) {
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().BoolVar(&f.sandbox, "sandbox", false, "run against a local AWS, on a copy of the project")
	cmd.Flags().BoolVar(&f.fresh, "fresh", false, "with --sandbox: start from an empty sandbox")
	cmd.Flags().IntVarP(&f.parallel, "parallel", "p", workspace.DefaultParallel, "how many stacks run at once at most")
}

// refreshFlag is of the verbs that read AWS before they plan.
func (f *flags) refreshFlag(cmd *cobra.Command) {
	cmd.Flags().
		BoolVar(&f.noRefresh, "no-refresh", false, "do not read AWS first: what somebody changed by hand is neither seen nor put back")
}

func (f *flags) names(args []string) []string { return slices.Concat(args, f.stacks) }

// deployFlags are those of up and destroy, which change accounts.
func (f *flags) deployFlags(cmd *cobra.Command) {
	f.engineFlags(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask before a real run changes an account")
	cmd.Flags().
		BoolVar(&f.doorsFirst, "doors-first", false, "service control policies after the guarded doors, for a first roll-out")
	cmd.Flags().BoolVar(&f.allowDirty, "allow-dirty", false, "let a real run deploy what is not committed")
}

// run is preview, up, drift and destroy.
func (f *flags) run(cmd *cobra.Command, operation result.Operation, args []string) error {
	if f.fresh && !f.sandbox {
		return exit.Usef("--fresh empties the sandbox; add --sandbox")
	}
	folder, err := project.Open(f.dir)
	if err != nil {
		return err
	}
	if f.parallel < 1 {
		return exit.Usef("--parallel %d runs nothing; write 1 for one stack after the other", f.parallel)
	}
	options := workspace.Options{
		Sandbox:     f.sandbox,
		Fresh:       f.fresh,
		Progress:    progress.New(os.Stderr),
		Parallel:    f.parallel,
		DoorsFirst:  f.doorsFirst,
		AllowDirty:  f.allowDirty,
		AllowDelete: f.allowDelete,
		Verify:      f.verify,
		NoRefresh:   f.noRefresh,
	}
	if flag := cmd.Flags().Lookup("verify"); flag != nil && !flag.Changed {
		options.Verify = !f.sandbox
	}
	if !f.yes {
		options.Confirm = workspace.Ask(os.Stdin, os.Stderr)
	}
	summary, err := workspace.New(folder, options).Run(cmd.Context(), operation, f.names(args)...)
	f.ran = summary
	return f.write(cmd, summary, err)
}

// summary is what a verb found, in both forms.
type summary interface {
	WriteText(io.Writer) error
	WriteJSON(io.Writer) error
}

// write prints what was found also when err says that it does not hold, and passes err on.
func (f *flags) write(cmd *cobra.Command, s summary, err error) error {
	write := s.WriteText
	switch width := terminal.Width(os.Stdout); {
	case f.json:
		write = s.WriteJSON
	case width > 0 && fits[cmd.Name()]:
		write = func(w io.Writer) error { return writeFitted(w, s, width) }
	}
	if writeErr := write(cmd.OutOrStdout()); err == nil {
		err = writeErr
	}
	return err
}

// fits are the verbs whose lines are broken where they are wider than the terminal. Those of other verbs are tables
// that fit by themselves, or are there to be copied.
var fits = map[string]bool{
	"check": true, "diff": true, "replay": true, "explain": true, "audit": true, "drift": true, "preview": true, "up": true, "destroy": true,
}

func writeFitted(w io.Writer, s summary, width int) error {
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, terminal.Fit(text.String(), width))
	return err
}
