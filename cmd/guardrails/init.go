package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/start"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
)

func newInit(f *flags) *cobra.Command {
	var from []string
	given := map[string]*[]string{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Begin a project: stack files for the accounts of an organization",
		Long: `Writes Pulumi.yaml, a stack file for each account, the JSON Schema for editors, .gitignore and, with --ci,
pipelines. It needs this command and nothing else: no clone of a repository, no network, no credentials. What is
not given by a flag is asked for on a terminal.

--from reads what the AWS CLI printed, as JSON: a file, a folder of .json files, or "-" for stdin. It reads
describe-organization, list-roots, list-organizational-units-for-parent, list-accounts, list-accounts-for-parent
and list-delegated-administrators of "aws organizations", list-instances of "aws sso-admin" and list-groups of
"aws identitystore". Lists "for parent" do not say whose they are: the name of such a file has the id of the
parent, such as units-r-exam.json and accounts-ou-exam-11111111.json. Where the tree is known, the stack of the
management account gets service control policies.

Names of stacks, users, OS users, roles and groups are derived. What is written passes "guardrails check
--strict"; where it would not, nothing is written. A file that exists is never overwritten.`,
		Example: `  guardrails init                     asks
  guardrails init --from aws/         what "aws organizations" printed, saved in the folder aws
  guardrails init --region ap-northeast-1 --account dev=111122223333 --project shop --person alice@example.com=shop`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			answers := &start.Answers{}
			if err := answered(answers, given, from); err != nil {
				return used(err)
			}
			if workspace.IsTerminal(os.Stdin) && workspace.IsTerminal(os.Stderr) && !anyGiven(given) {
				if err := start.Ask(answers, os.Stdin, terminal.NewFitter(os.Stderr)); err != nil {
					return used(err)
				}
			}
			return f.begin(cmd, answers)
		},
	}
	cmd.Flags().
		StringArrayVar(&from, "from", nil, "file or folder with what the AWS CLI printed, or - for stdin; repeatable")
	for _, q := range start.Questions {
		given[q.Flag] = &[]string{}
		cmd.Flags().Var((*values)(given[q.Flag]), q.Flag, q.Help)
	}
	return cmd
}

// values are those of a flag, in the order in which they were given. Whether there may be several is the question's
// to say.
type values []string

func (v *values) String() string     { return "" }
func (v *values) Type() string       { return "string" }
func (v *values) Set(s string) error { *v = append(*v, s); return nil }

// Append, Replace and GetSlice are those of a flag with several values.
func (v *values) Append(s string) error        { return v.Set(s) }
func (v *values) Replace(given []string) error { *v = given; return nil }
func (v *values) GetSlice() []string           { return *v }

func anyGiven(given map[string]*[]string) bool {
	for _, all := range given {
		if len(*all) > 0 {
			return true
		}
	}
	return false
}

// answered takes over the flags and the files.
func answered(a *start.Answers, given map[string]*[]string, from []string) error {
	var errs []error
	for _, source := range from {
		errs = append(errs, a.ReadExisting(source, os.Stdin))
	}
	for _, q := range start.Questions {
		if n := len(*given[q.Flag]); n > 1 && !q.Many {
			errs = append(errs, exit.Usef("--%s: is given %d times; keep one", q.Flag, n))
			continue
		}
		for _, s := range *given[q.Flag] {
			errs = append(errs, a.Answer(q, s))
		}
	}
	return errors.Join(errs...)
}

// begin makes the project of the answers and writes it.
func (f *flags) begin(cmd *cobra.Command, a *start.Answers) error {
	if err := errors.Join(a.Complete(), a.CheckRepository(f.dir)); err != nil {
		return used(err)
	}
	project, err := a.Make()
	if err != nil {
		return used(err)
	}
	wrote, err := project.Write(f.dir)
	if err != nil {
		return used(err)
	}
	return told(cmd.OutOrStdout(), f.dir, project, wrote)
}

// told says what was written and what to run next.
func told(w io.Writer, dir string, project *start.Folder, wrote []string) error {
	var b strings.Builder
	fmt.Fprintln(&b, "wrote")
	for _, path := range wrote {
		fmt.Fprintln(&b, "  "+path)
	}
	stacks := "1 stack"
	if n := len(project.Judgements); n != 1 {
		stacks = fmt.Sprintf("%d stacks", n)
	}
	fmt.Fprintf(&b, "%s, and \"check --strict\" holds\n", stacks)
	next := commandline.Setting{Dir: dir, Sandbox: true}
	fmt.Fprintf(&b, "\nNext:\n  %s\n  %s\n", next.Line("check"), next.Line("up"))
	_, err := io.WriteString(w, b.String())
	return err
}

// used gives answers that cannot be the status of wrong use.
func used(err error) error {
	var wrong *start.UseError
	if errors.As(err, &wrong) {
		return exit.Usef("%v", err)
	}
	return err
}
