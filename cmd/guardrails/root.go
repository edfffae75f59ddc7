package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/cmd/guardrails/usage"
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
)

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
	"page":     "reads the stacks and goes the ways of everybody in them",
	"replay":   "reads recorded calls and asks the policies about them",
}

// collectLess lets garbage grow to twice what is in use before it is collected, where nobody has said otherwise: these
// verbs end soon.
func collectLess() {
	const percent = 200
	if os.Getenv("GOGC") != "" {
		return
	}
	if before := debug.SetGCPercent(percent); before > percent {
		debug.SetGCPercent(before) // A process that runs many verbs has said so.
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
		if run := usage.Readable(verb.RunE); run != nil {
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
					with.Proven = func(done, total int) { waiting.Far(done, total, "accounts") }
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
		err = usage.Explain(root, args, err)
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
		fmt.Fprintln(stderr, terminal.Fit(err.Error(), terminal.Width(os.Stderr)))
		annotations.Annotate(stderr, folder, err)
	}
	return exit.StatusOf(err)
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
		Long: `guardrails reads the stack files of a Pulumi project, one per AWS account, proves that they mean what they
should, and deploys them: into a sandbox on this machine, or into the accounts.

It exits with 0 when what was asked for holds or was done, 1 when a stack file, a document, a proof or an
expectation is refused, 2 when it was used wrongly, and 3 when the engine or AWS failed on the way.`,
		Example: `  guardrails check             every stack file of this folder, without network
  guardrails up dev --sandbox  deploy dev on this machine
  guardrails preview prod      what "up" would change in the account of prod`,
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
	usage.Prepare(root)
	root.SetHelpFunc(func(verb *cobra.Command, _ []string) {
		fmt.Fprint(verb.OutOrStdout(), usage.Help(verb, terminal.Width(os.Stdout)))
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}
