package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/judge/existing"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/view/audit"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

func newAudit(f *flags) *cobra.Command {
	var instant string
	cmd := &cobra.Command{
		Use:   "audit FILE",
		Short: "Hold a live account against the standing proofs",
		Long: `Reads what "aws iam get-account-authorization-details" prints, from a file or from standard input (-), and makes
the standing proofs on it. Every way round them is listed with the requests that show it, whoever made the
policies. Nobody says what the account is for, so every user is held to MFA, a role with the tag Project is
taken for an operation role, and any other role that names users for a delegated one.

A way that one statement opens for several users or roles is told once, with all of them. A document that cannot
be read is told, taken as one that is not known, and the exit status is 1; a role whose trust policy cannot be
read is left out.

With --stack it holds the account against that stack: the stack file says what users and roles are for, what it
declares is no finding, and every difference from it is one. A stack of the project's folder is taken by itself
where it is the only one of this account and the account has a role or group of it. Service control policies,
preferences and permission sets are then taken to stand as the stack files have them.

Then it looks for escalations: the shortest way by which each user and role who does not administer the account
comes to it, by assuming roles, by passing a role to a service that runs code as it, by code on nodes, and by
changing access; and who is root on nodes. A way of one step into a role whose trust policy names the caller is
a note.

What does not work, but of which nobody said that it should, is a note too; notes decide no status.

It looks from now on, or from --at: what a condition on the time allowed or denied before is over.

Service control policies are not in that format: without a stack, what they shut is reported as open. What AWS
was told to leave out, with --filter, is not looked at; how many users, groups, roles and policies were is
written. An answer that was cut off, with --max-items, is refused.`,
		Example: `  aws iam get-account-authorization-details > account.json
  guardrails audit account.json
  guardrails audit --json - < account.json
  guardrails audit --stack dev account.json
  guardrails audit --at 2030-12-01T09:00:00+09:00 account.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := contentOf(cmd.InOrStdin(), args[0])
			if err != nil {
				return exit.Usef("%v", err)
			}
			from, err := f.instantOrNow(instant)
			if err != nil {
				return err
			}
			stack, err := stackOfAudit(f, data)
			if err != nil {
				return err
			}
			found, err := existing.AuditOf(data, from, stack)
			if err != nil {
				return &exit.RefusedError{Err: fmt.Errorf("%s: %w", args[0], err)}
			}
			if !found.Holds {
				return f.write(
					cmd,
					audit.Report{Audit: found},
					&exit.RefusedError{Err: errAudit, Headline: args[0] + ": does not hold"},
				)
			}
			return f.write(cmd, audit.Report{Audit: found}, nil)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().
		StringVar(&instant, "at", "", "time from which the audit looks on, with its offset or zone; now where it is not given")
	return cmd
}

// stackOfAudit is the stack that --stack names, or the one of the folder whose documents the account has; nil for none.
func stackOfAudit(f *flags, data []byte) (*stack.Stack, error) {
	if len(f.stacks) > 1 {
		return nil, exit.Usef(
			"--stack: an account is held against one stack; name one of %s",
			strings.Join(f.stacks, ", "),
		)
	}
	folder, err := project.Open(f.dir)
	if len(f.stacks) == 1 {
		if err != nil {
			return nil, err
		}
		stacks, readErr := folder.Read(f.stacks[0])
		if readErr != nil {
			return nil, readErr
		}
		return stacks[0], nil
	}
	if err != nil {
		return nil, nil //nolint:nilerr // A folder without a project has no stack to hold the account against.
	}
	// A stack file that cannot be read is told by check; here it is no help.
	stacks, _ := folder.Read()
	return existing.StackOf(data, stacks), nil
}

var errAudit = errors.New("the account does not hold")

func contentOf(stdin io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return wholeOf(stdin, "standard input")
	}
	file, err := os.Open(name) // It may be the pipe of another command.
	if err != nil {
		return nil, files.InWords(name, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a folder; write the file that the AWS command printed to", name)
	}
	return wholeOf(file, name)
}

// mostOfAnAccount is how much of what AWS says of an account is read: ten times what it says of the largest one that
// the quotas allow by default.
const mostOfAnAccount = 512 << 20

func wholeOf(r io.Reader, name string) ([]byte, error) {
	data, err := files.ReadAll(r, mostOfAnAccount)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, fmt.Errorf(
			"%s: has more than %d MiB; write the file that the AWS command printed to",
			name,
			mostOfAnAccount>>20,
		)
	}
	if err != nil {
		return nil, files.InWords(name, err)
	}
	return files.UTF8(data), nil
}
