package start

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Ask asks the questions that are due, one line each. An answer that cannot be is told and asked for again; an empty
// line is no answer, or ends a list. It is an error when the input ends before the questions do.
func Ask(a *Answers, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for _, q := range Questions {
		if !q.Due(a) {
			continue
		}
		for first := true; ; first = false {
			again, err := ask(a, q, lines, out, first)
			if err != nil {
				return err
			}
			if !again {
				break
			}
		}
	}
	return nil
}

// ask asks once. It says whether the question is to be asked again.
func ask(a *Answers, q Question, lines *bufio.Reader, out io.Writer, first bool) (again bool, err error) {
	ask := q.Ask
	if !first && q.Many {
		ask = "Another one? Empty for no more"
	}
	if q.Example != "" && first {
		ask += fmt.Sprintf(" (such as %s)", q.Example)
	}
	if _, fprintfErr := fmt.Fprintf(out, "%s: ", ask); fprintfErr != nil {
		return false, fprintfErr
	}
	line, err := lines.ReadString('\n')
	if errors.Is(err, io.EOF) && strings.TrimSpace(line) == "" {
		fmt.Fprintln(out) // The question stands on a line of its own.
		return false, wrong("the answers ended at --%s; nothing was written", q.Flag)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	line = strings.TrimSpace(line)
	if line == "" {
		return false, nil
	}
	trial := a.clone()
	if err := trial.Answer(q, line); err == nil {
		err = trial.about(q.Flag)
		if err == nil {
			return q.Many, a.Answer(q, line)
		}
		_, err = fmt.Fprintf(out, "  %v\n", err)
		return true, err
	} else if _, fprintfErr := fmt.Fprintf(out, "  %v\n", err); fprintfErr != nil {
		return false, fprintfErr
	}
	return true, nil
}

// about is what is wrong with the answers to the flag so far. What is only missing is asked for later.
func (a *Answers) about(flag string) error {
	var found []error
	for _, err := range unjoin(a.Complete()) {
		var answer *UseError
		if errors.As(err, &answer) && answer.flag == flag && !answer.missing {
			found = append(found, err)
		}
	}
	return errors.Join(found...)
}

func unjoin(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, unjoin(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// clone is a copy on which answers can be tried, before they were completed.
func (a *Answers) clone() *Answers {
	c := *a
	c.Accounts = nil
	for _, account := range a.Accounts {
		copied := *account
		c.Accounts = append(c.Accounts, &copied)
	}
	if a.Organization != nil {
		organization := *a.Organization
		organization.Units = slices.Clone(organization.Units)
		c.Organization = &organization
	}
	if a.IdentityCenter != nil {
		center := *a.IdentityCenter
		center.Groups = maps.Clone(center.Groups)
		c.IdentityCenter = &center
	}
	c.projects, c.people, c.administrators = slices.Clone(
		a.projects,
	), slices.Clone(
		a.people,
	), slices.Clone(
		a.administrators,
	)
	c.groups = maps.Clone(a.groups)
	return &c
}
