package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/report"
	"aws-access-guardrails/internal/workspace"
)

func newAudit(f *flags) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "audit FILE",
		Short: "Hold a live account against the standing proofs",
		Long: `Reads what "aws iam get-account-authorization-details" prints, from a file or from standard input (-), and makes the standing proofs on it. Every way
round them is listed with the requests that show it, whoever made the policies. Nobody says what the account is for, so every user is held to MFA, a role with
the tag Project is taken for an operation role, and any other role that names users for a delegated one.

A way that one statement opens for several users or roles is told once, with all of them. A document that cannot be read is told, taken as one that is not
known, and the exit status is 1; a role whose trust policy cannot be read is left out.

It looks from now on, or from --at: what a condition on the time allowed or denied before is over.

Service control policies are not in that format: what they shut is reported as open.`,
		Example: `  aws iam get-account-authorization-details > account.json
  guardrails audit account.json
  guardrails audit --json - < account.json
  guardrails audit --at 2026-12-01T09:00:00+09:00 account.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := contentOf(cmd.InOrStdin(), args[0])
			if err != nil {
				return workspace.Usef("%v", err)
			}
			from := time.Now()
			if at != "" {
				if from, err = time.Parse(time.RFC3339, at); err != nil {
					return workspace.Usef("--at: %q is not a time with an offset; write it as in 2026-12-01T09:00:00+09:00", at)
				}
			}
			audit, err := report.AuditFrom(data, from)
			if err != nil {
				return &workspace.RefusedError{Err: err}
			}
			if !audit.Holds {
				return f.write(cmd, audit, &workspace.RefusedError{Err: errAudit, Headline: args[0] + ": does not hold"})
			}
			return f.write(cmd, audit, nil)
		},
	}
	f.jsonFlag(cmd)
	cmd.Flags().StringVar(&at, "at", "", "time from which the audit looks on, with its offset; now where it is not given")
	return cmd
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

// mostOfAnAccount is how much of what AWS says of an account is read: ten times what it says of the largest one that the quotas allow by default.
const mostOfAnAccount = 512 << 20

func wholeOf(r io.Reader, name string) ([]byte, error) {
	data, err := files.ReadAll(r, mostOfAnAccount)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, fmt.Errorf("%s: has more than %d MiB; write the file that the AWS command printed to", name, mostOfAnAccount>>20)
	}
	if err != nil {
		return nil, files.InWords(name, err)
	}
	return data, nil
}
