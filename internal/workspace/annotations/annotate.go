// Package annotations shows an error where a review of a change is: as annotations of GitHub, and as a code quality
// report of GitLab.
package annotations

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/problem"
)

// Annotate writes an error as annotations of the CI system that runs this process, so that a reviewer sees it on the
// line of the stack file. folder says where the stack files are; nil where there is none. GitHub Actions is known (it
// reads them from either output stream); elsewhere nothing is written.
func Annotate(w io.Writer, folder *project.Folder, err error) {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return
	}
	for _, line := range annotations(folder, err, os.Getenv("GITHUB_WORKSPACE")) {
		fmt.Fprintln(w, line)
	}
}

// annotations are GitHub's workflow commands for an error.
func annotations(folder *project.Folder, err error, root string) []string {
	var lines []string
	for _, n := range notesOf(folder, err) {
		n.text = visible.Text(n.text)
		if n.file == "" {
			lines = append(lines, "::error::"+message(n.text))
			continue
		}
		lines = append(lines, fmt.Sprintf("::error file=%s,line=%d,col=%d::%s",
			property(fromRoot(n.file, root)), max(1, n.line), max(1, n.column), message(n.text)))
	}
	return lines
}

// note is what a CI system shows on a line of a file.
type note struct {
	// file is empty where the note is on nothing in particular; line and column count from one, zero where they are
	// not known.
	file         string
	line, column int
	// check is what kind of thing is wrong, text what it is.
	check, text string
}

// ofStack is the error of a run that failed, and says whose run it was.
type ofStack interface {
	error
	OfStack() string
}

// notesOf are what to show of an error, in its order: a refusal on the line of its problem, any other failure of a
// stack on its stack file.
func notesOf(folder *project.Folder, err error) []note {
	if err == nil {
		return nil
	}
	file := func(stack string) string {
		if folder == nil || stack == "" {
			return ""
		}
		return folder.RelativeFile(stack)
	}
	var notes []note
	for _, e := range project.Joined(err) {
		var (
			refused *exit.RefusedError
			engine  ofStack
			differs *exit.DiffersError
			wrong   *problem.Problem
		)
		switch {
		case errors.As(e, &refused):
			for _, cause := range project.Joined(refused.Err) {
				if errors.As(cause, &wrong) {
					notes = append(notes, noteOf(wrong))
				} else {
					notes = append(notes, note{file: file(refused.Stack), check: "refused", text: cause.Error()})
				}
			}
		case errors.As(e, &wrong) && wrong.File != "":
			notes = append(notes, noteOf(wrong))
		case errors.As(e, &engine):
			notes = append(notes, note{file: file(engine.OfStack()), check: "failed", text: e.Error()})
		case errors.As(e, &differs):
			notes = append(notes, note{file: file(differs.Stack), check: "differs", text: e.Error()})
		default:
			notes = append(notes, note{check: "error", text: e.Error()})
		}
	}
	return notes
}

func noteOf(p *problem.Problem) note {
	return note{file: p.File, line: p.Line, column: p.Column, check: string(p.Kind), text: p.Error()}
}

// fromRoot is a path as GitHub wants it: from the root of the checkout.
func fromRoot(path, root string) string {
	if root == "" {
		return path
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return filepath.ToSlash(rel)
}

func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
