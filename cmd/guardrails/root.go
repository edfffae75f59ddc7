package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/verdicts"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/annotations"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// instantOf is the time of a flag.
func instantOf(flag, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, exit.Usef(
			"%s: %q is not a time with an offset; write it as in 2026-12-01T09:00:00+09:00", flag, text)
	}
	return at, nil
}

// instantOrNow is the time of the flag --at, or now where it is not given.
func instantOrNow(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	return instantOf("--at", text)
}

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

	// now is the clock of the verbs that write times into files; nil means that of the machine.
	now func() time.Time
}

// clock is what time it is.
func (f *flags) clock() time.Time {
	if f.now != nil {
		return f.now()
	}
	return time.Now()
}

// doing says what verbs are at that read and prove before they print. Verbs that run an engine tell of it themselves,
// and the others are quick.
var doing = map[string]string{
	"check":    "reads and proves the stacks",
	"matrix":   "goes the ways of everybody in the stacks",
	"explain":  "reads the stacks and follows the way",
	"diff":     "compares what everybody can do, before and after",
	"audit":    "reads and proves the account",
	"deployer": "lists what the stacks make",
	"render":   "reads and writes the stacks",
	"handover": "reads the stacks",
}

// collectLess lets garbage grow to twice what is in use before it is collected, where nobody has said otherwise: these
// verbs end soon.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// execute runs one command line and gives its exit status. What was asked for goes to standard output, everything
// else to standard error.
func execute(ctx context.Context, args []string) exit.Status {
	f := &flags{}
	root := newRoot(f)
	root.SetArgs(args)
	// Whatever a verb prints of what files say goes through these two.
	paintedOut := terminal.NewPainter(os.Stdout, func() bool { return !f.json && terminal.Colours(f.color, os.Stdout) })
	paintedErr := terminal.NewPainter(os.Stderr, func() bool { return terminal.Colours(f.color, os.Stderr) })
	stdout, stderr := visible.NewWriter(paintedOut), visible.NewWriter(paintedErr)
	defer paintedOut.Close()
	defer paintedErr.Close()
	defer stdout.Close()
	defer stderr.Close()
	root.SetOut(stdout)
	root.SetErr(stderr)
	began := false
	var watch func(verb *cobra.Command)
	watch = func(verb *cobra.Command) {
		if run := verb.RunE; run != nil {
			verb.RunE = func(cmd *cobra.Command, args []string) error {
				began = true
				with := claims.With{Memory: f.memory(cmd)}
				if store, kept := with.Memory.(*verdicts.Store); kept {
					defer store.Close()
				}
				if text := doing[cmd.Name()]; text != "" &&
					(cmd.Flags().Lookup("deployed") == nil || !cmd.Flags().Changed("deployed")) {
					collectLess()
					ticker := time.NewTicker(time.Second)
					defer ticker.Stop()
					waiting := progress.New(os.Stderr).Wait(text, time.Now(), ticker.C)
					defer waiting.Stop()
					root.SetOut(waiting.Before(stdout))
					root.SetErr(waiting.Before(stderr))
					with.Proven = func(done, of int) { waiting.Far(done, of, "accounts") }
				}
				judge.Use(with)
				return run(cmd, args)
			}
		}
		for _, below := range verb.Commands() {
			watch(below)
		}
	}
	watch(root)
	err := root.ExecuteContext(ctx)
	if err != nil && !began { // Cobra's own: an unknown verb or flag, too many arguments.
		err = usage(root, args, err)
	}
	folder, noFolder := project.Open(f.dir)
	if noFolder != nil {
		folder = nil
	}
	if f.codeQuality != "" {
		err = errors.Join(err, f.writeCodeQuality(folder, err))
	}
	if err != nil {
		err = inWords(err)
		fmt.Fprintln(stderr, err)
		annotations.Annotate(stderr, folder, err)
	}
	return exit.StatusOf(err)
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

// inWords gives an error of the system about a file or folder, which no part of the program has put in words, words
// and the status of wrong use: no such folder, one that can only be read, one that this user may not read.
func inWords(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, inWords(e))
		}
		return errors.Join(all...)
	}
	if words, described := files.Described(err); described && exit.StatusOf(err) == exit.Failed {
		var engine *workspace.EngineError
		if !errors.As(err, &engine) {
			return exit.Usef("%v", words)
		}
	}
	return err
}

// writeCodeQuality writes the report that GitLab reads, also when nothing is wrong.
func (f *flags) writeCodeQuality(folder *project.Folder, err error) error {
	var report bytes.Buffer
	if writeErr := annotations.WriteCodeQuality(&report, folder, err, os.Getenv("CI_PROJECT_DIR")); writeErr != nil {
		return writeErr
	}
	return os.WriteFile(f.codeQuality, report.Bytes(), 0o644)
}

func newRoot(f *flags) *cobra.Command {
	root := &cobra.Command{
		Use:   "guardrails",
		Short: "Who may do what in an AWS organization, proven before it is deployed",
		Long: `guardrails reads the stack files of a Pulumi project, one per AWS account, proves that they mean what they should,
and deploys them: into a sandbox on this machine, or into the accounts.

It exits with 0 when what was asked for holds or was done, 1 when a stack file, a document, a proof or an expectation is
refused, 2 when it was used wrongly, and 3 when the engine or AWS failed on the way.`,
		Example: `  guardrails check                  every stack file of this folder, without network
  guardrails up dev --sandbox       deploy dev on this machine
  guardrails preview prod           what "up" would change in the account of prod`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().
		StringVarP(&f.dir, "dir", "C", ".", "folder of the project; folders above it are searched too")
	root.PersistentFlags().
		StringVar(&f.codeQuality, "code-quality", "", "file to write what is wrong to, as GitLab's code quality report")
	f.color = terminal.Auto
	root.PersistentFlags().
		Var(&f.color, "color", "colours: auto, always or never; auto has them on a terminal, unless NO_COLOR is set")
	root.PersistentFlags().
		BoolVar(&f.noCache, "no-cache", false, "prove everything anew, and keep nothing of it for the next run")
	root.AddCommand(
		newCheck(f),
		newRender(f),
		newPreview(f),
		newUp(f),
		newDrift(f),
		newDestroy(f),
		newStacks(f),
		newHandover(f),
		newGrant(f),
		newRevoke(f),
		newGrants(f),
		newMatrix(f),
		newExplain(f),
		newDiff(f),
		newAudit(f),
		newSchema(),
		newDeployer(f),
		newPulumiCLI(),
	)
	root.AddCommand(newAdopt(f), newPerson(f), newInit(f), newVersion(f), newReplay(f), newPage(f), newAnnounce(f))
	completions(f, root)
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
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
