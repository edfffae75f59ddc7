package workspace

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aws-access-guardrails/internal/config"
)

// Annotate writes an error as annotations of the CI system that runs this process, so that a reviewer sees it on the line of the stack file.
// GitHub Actions is known (it reads them from either output stream); elsewhere nothing is written.
func Annotate(w io.Writer, err error) {
	if os.Getenv("GITHUB_ACTIONS") != "true" || err == nil {
		return
	}
	for _, line := range annotations(err, os.Getenv("GITHUB_WORKSPACE")) {
		fmt.Fprintln(w, line)
	}
}

// annotations are GitHub's workflow commands for an error: one for each problem of a stack file, one for any other error.
func annotations(err error, root string) []string {
	var lines []string
	for _, e := range unjoin(err) {
		if refused, ok := e.(*RefusedError); ok {
			for _, cause := range unjoin(refused.Err) {
				lines = append(lines, annotation(cause, root))
			}
			continue
		}
		lines = append(lines, annotation(e, root))
	}
	return lines
}

func annotation(err error, root string) string {
	var problem config.Problem
	if !errors.As(err, &problem) {
		return "::error::" + message(err.Error())
	}
	return fmt.Sprintf("::error file=%s,line=%d,col=%d::%s",
		property(fromRoot(problem.File, root)), max(1, problem.Line), max(1, problem.Column), message(problem.Error()))
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
