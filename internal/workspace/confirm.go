package workspace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Ask makes a Confirm that shows the plan on out and reads the answer from a terminal. Where nobody can answer it is wrong use: a real run
// changes an account, so the consent belongs on the command line.
func Ask(in *os.File, out io.Writer) func(*Report) (bool, error) {
	return ask(in, out, term.IsTerminal(int(in.Fd())))
}

func ask(in io.Reader, out io.Writer, terminal bool) func(*Report) (bool, error) {
	lines := bufio.NewReader(in)
	return func(plan *Report) (bool, error) {
		if !terminal {
			return false, Usef("%s: %s changes a real account and nobody is here to ask; add --yes", plan.Stack, plan.Operation)
		}
		if err := plan.writeText(out); err != nil {
			return false, err
		}
		if _, err := fmt.Fprintf(out, "%s %s in account %s? Only \"yes\" goes on: ", plan.Operation, plan.Stack, plan.Account); err != nil {
			return false, err
		}
		answer, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		return strings.TrimSpace(answer) == "yes", nil
	}
}
