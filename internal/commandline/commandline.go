// Package commandline words the commands that messages and reports tell people to run. It is the only place that does:
// a line that is printed carries what the run that prints it was given, so that it does its work on the same folder,
// and in the sandbox where that run worked in the sandbox.
package commandline

import (
	"strings"

	"aws-access-guardrails/internal/visible"
)

// Setting is where a command runs. The zero value is the folder that people are in, and the real accounts.
type Setting struct {
	// Dir is the folder of the project, as -C takes it. Empty or "." is the folder that people are in, and then no
	// line names it.
	Dir string
	// Sandbox says that the command works in the sandbox of the folder.
	Sandbox bool
}

// sandboxed are the verbs that take --sandbox by itself. The others read stack files alone, which are the same for
// the sandbox.
var sandboxed = map[string]bool{"adopt": true, "destroy": true, "drift": true, "preview": true, "up": true}

// Line is a command of guardrails in this setting: the verb, its words, and --sandbox and -C where the setting has
// them. Words are quoted for a POSIX shell where they need it.
func (s Setting) Line(verb string, words ...string) string {
	line := "guardrails " + verb
	for _, word := range words {
		line += " " + visible.Shell(word)
	}
	if s.Sandbox && sandboxed[verb] {
		line += " --sandbox"
	}
	return line + s.in(" -C ")
}

// Quoted is Line in quotation marks, as it stands in a sentence.
func (s Setting) Quoted(verb string, words ...string) string {
	return `"` + s.Line(verb, words...) + `"`
}

// Pulumi is a command of the Pulumi CLI in the folder of the setting. No such line works on a sandbox, whose state the
// Pulumi CLI does not find: say it of real runs alone.
func (s Setting) Pulumi(words ...string) string {
	line := "pulumi"
	for _, word := range words {
		line += " " + visible.Shell(word)
	}
	return line + s.in(" --cwd ")
}

func (s Setting) in(flag string) string {
	if s.Dir == "" || s.Dir == "." {
		return ""
	}
	return flag + visible.Shell(s.Dir)
}

// Verbs are the verbs that Fill knows.
var Verbs = []string{"adopt", "deployer", "up"}

// Fill puts command lines in quotation marks into a text: {up}, {adopt} and {deployer} are those verbs for the stack,
// and {stack} is the stack's name.
func (s Setting) Fill(text, stack string) string {
	for _, verb := range Verbs {
		text = strings.ReplaceAll(text, "{"+verb+"}", s.Quoted(verb, stack))
	}
	return strings.ReplaceAll(text, "{stack}", stack)
}
