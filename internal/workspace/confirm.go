package workspace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// Ask makes a Confirm that shows the plans on out and reads one answer for all of them from a terminal. Where nobody
// can answer it is wrong use: a real run changes accounts, so the consent belongs on the command line.
func Ask(in *os.File, out io.Writer) func(*result.Summary) (bool, error) {
	return ask(in, out, term.IsTerminal(int(in.Fd())))
}

// IsTerminal reports whether a file is a terminal, where somebody can answer.
func IsTerminal(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }

// AskYes asks whether something is to be done, and takes only "yes" for it. Where nobody can answer it is wrong use.
func AskYes(in *os.File, out io.Writer, what string) (bool, error) {
	if !term.IsTerminal(int(in.Fd())) {
		return false, exit.Usef("nobody is here to ask whether to %s; add --yes", what)
	}
	return askYes(bufio.NewReader(in), out, what)
}

func askYes(lines *bufio.Reader, out io.Writer, what string) (bool, error) {
	if _, err := fmt.Fprintf(out, "%s? Only \"yes\" goes on: ", what); err != nil {
		return false, err
	}
	answer, err := lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return strings.TrimSpace(answer) == "yes", nil
}

func ask(in io.Reader, out io.Writer, terminal bool) func(*result.Summary) (bool, error) {
	lines := bufio.NewReader(in)
	return func(plan *result.Summary) (bool, error) {
		var stacks, places []string
		for _, r := range plan.Stacks {
			stacks, places = append(stacks, r.Stack), append(places, r.Account)
		}
		if !terminal {
			return false, exit.Usef(
				"%s: %s changes real accounts and nobody is here to ask; add --yes",
				strings.Join(stacks, ", "),
				plan.Operation,
			)
		}
		if err := plan.WriteReports(out); err != nil {
			return false, err
		}
		account := "account"
		if len(places) > 1 {
			account = "accounts"
		}
		return askYes(
			lines,
			out,
			fmt.Sprintf(
				"%s %s in %s %s",
				plan.Operation,
				strings.Join(stacks, ", "),
				account,
				strings.Join(places, ", "),
			),
		)
	}
}
