package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// page is a Markdown file of the repository.
//
// What it shows is run in a copy of the shipped stack files, a new one from each heading of the second level on.
// Comments say what a reader need not see:
//
//	<!-- in: examples/organization -->   the folder of the commands, from there to the next heading of the second level; before the first one, of the page
//	<!-- status: 1 -->                   the exit status of the commands of the next block, in place of 0
//	<!-- times: any -->                  times and durations of the next block are those of the day on which it was run
//	<!-- not run: reason -->             the commands of the next block are not run
//
// A block of the language diff edits the file that its line +++ names. A line "..." stands for any lines.
type page struct {
	// path is from the root of the repository, with slashes.
	path string
	text string
	// sections are the parts that share one copy of the stack files.
	sections []section
}

type section struct {
	line  int
	title string
	steps []step
}

// step is a command with what it shows, or an edit.
type step struct {
	line int
	in   string
	// command is what follows the prompt; empty for an edit.
	command string
	// prompt are its lines on the page.
	prompt string
	// shown are the lines below it.
	shown  []string
	status int
	times  bool
	// reason is why it is not run; empty where it is.
	reason string
	// file and edit are those of an edit.
	file string
	edit []string
}

var (
	comment = regexp.MustCompile(`^<!-- ((?:in|status|times|not run): .+) -->$`)
	fence   = regexp.MustCompile("^```([a-z]*)$")
	prompt  = regexp.MustCompile(`^\$ (?:go run \./cmd/)?(guardrails .*)$`)
)

// pages are all Markdown files of the repository.
func pages(t testing.TB) []page {
	t.Helper()
	var found []page
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != ".." {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		relative, relErr := filepath.Rel("..", path)
		if err == nil && relErr == nil {
			found = append(found, readPage(t, filepath.ToSlash(relative), string(text)))
		}
		return err
	}))
	return found
}

func readPage(t testing.TB, path, text string) page {
	t.Helper()
	p := page{path: path, text: text, sections: []section{{line: 1, title: path}}}
	of := func() *section { return &p.sections[len(p.sections)-1] }
	pageIn := "."
	in := pageIn
	said := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if m := comment.FindStringSubmatch(line); m != nil {
			for _, part := range strings.Split(m[1], ";") {
				key, value, _ := strings.Cut(strings.TrimSpace(part), ": ")
				require.Contains(t, []string{"in", "status", "times", "not run"}, key, "%s:%d", path, i+1)
				said[key] = value
			}
			if folder := said["in"]; folder != "" {
				in = folder
				if len(p.sections) == 1 {
					pageIn = in
				}
			}
			continue
		}
		if strings.HasPrefix(line, "## ") {
			p.sections = append(p.sections, section{line: i + 1, title: strings.TrimPrefix(line, "## ")})
			in = pageIn
			continue
		}
		m := fence.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		end := i + 1 + slices.Index(lines[i+1:], "```")
		require.Greater(t, end, i, "%s:%d: the block does not end", path, i+1)
		of().steps = append(of().steps, steps(t, path, i+2, m[1], in, lines[i+1:end], said)...)
		said = map[string]string{}
		i = end
	}
	return p
}

// steps are those of one block that begins in the line.
func steps(t testing.TB, path string, line int, language, in string, lines []string, said map[string]string) []step {
	t.Helper()
	if language == "diff" && len(lines) > 2 && strings.HasPrefix(lines[0], "--- ") &&
		strings.HasPrefix(lines[1], "+++ ") {
		return []step{{line: line, in: in, file: strings.TrimPrefix(lines[1], "+++ "), edit: lines[2:]}}
	}
	var all []step
	known := false
	for i := 0; i < len(lines); i++ {
		m := prompt.FindStringSubmatch(lines[i])
		if m == nil {
			if strings.HasPrefix(lines[i], "$ ") { // A command that is not ours.
				known = false
			} else if known {
				last := &all[len(all)-1]
				last.shown = append(last.shown, lines[i])
			}
			continue
		}
		s := step{
			line:    line + i,
			in:      in,
			command: m[1],
			prompt:  lines[i],
			times:   said["times"] == "any",
			reason:  said["not run"],
		}
		for strings.HasSuffix(s.command, `\`) {
			i++
			s.prompt += "\n" + lines[i]
			s.command = strings.TrimSuffix(s.command, `\`) + strings.TrimSpace(lines[i])
		}
		if status := said["status"]; status != "" {
			s.status = int(status[0] - '0')
		}
		all, known = append(all, s), true
	}
	for i := range all {
		for len(all[i].shown) > 0 && all[i].shown[len(all[i].shown)-1] == "" {
			all[i].shown = all[i].shown[:len(all[i].shown)-1]
		}
	}
	return all
}
