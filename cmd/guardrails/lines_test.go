package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/refusal"
)

// settings are all kinds of places where a command may run that tells people what to run next.
var settings = []commandline.Setting{{}, {Sandbox: true}, {Dir: "a folder"}, {Dir: "a folder", Sandbox: true}}

// everyVerb are the verbs of the command, by name; verbs below others are called by both words.
func everyVerb() map[string]*cobra.Command {
	all := map[string]*cobra.Command{}
	var add func(below *cobra.Command, before string)
	add = func(below *cobra.Command, before string) {
		for _, verb := range below.Commands() {
			all[before+verb.Name()] = verb
			add(verb, before+verb.Name()+" ")
		}
	}
	add(newRoot(&flags{}), "")
	return all
}

// quotedWord is a word of a command line as commandline writes it.
var quotedWord = regexp.MustCompile(`'[^']*'|[^\s']+`)

// runnable holds that a line is one that the command takes, and that it stays in the setting.
func runnable(t *testing.T, line string, at commandline.Setting, told string) {
	t.Helper()
	words := quotedWord.FindAllString(line, -1)
	for i, word := range words {
		words[i] = strings.Trim(word, "'")
	}
	if !assert.NotEmpty(t, words, told) || !assert.Equal(t, "guardrails", words[0], told) {
		return
	}
	f := &flags{}
	root := newRoot(f)
	verb, rest, err := root.Find(words[1:])
	if !assert.NoError(t, err, "%s: %s", told, line) || !assert.NotEqual(t, root, verb, "%s: %s", told, line) {
		return
	}
	if !assert.NoError(t, verb.ParseFlags(rest), "%s: %s", told, line) {
		return
	}
	assert.NoError(t, verb.ValidateArgs(verb.Flags().Args()), "%s: %s", told, line)
	assert.Equal(t, at.Dir, strings.TrimPrefix(f.dir, "."), "%s: %s", told, line)
	if ofEngine(verb) {
		assert.Equal(t, at.Sandbox, f.sandbox, "%s: %s", told, line)
	}
	assert.True(t, !f.fresh || f.sandbox, "%s: %s: --fresh means nothing in a real run", told, line)
}

// ofEngine says that a verb works in the sandbox where --sandbox stands behind it and nothing else.
func ofEngine(verb *cobra.Command) bool {
	return verb.Flags().Lookup("sandbox") != nil && verb.Flags().Lookup("deployed") == nil
}

// A line carries --sandbox where its verb takes it, and only there.
func TestLinesCarryTheSandboxWhereTheirVerbTakesIt(t *testing.T) {
	for name, verb := range everyVerb() {
		for _, at := range settings {
			assert.Equal(t, at.Sandbox && ofEngine(verb), strings.Contains(at.Line(name), "--sandbox"), name)
		}
	}
	for _, verb := range commandline.Verbs {
		assert.Contains(t, everyVerb(), verb)
	}
}

// sources are the files of the product, parsed.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	all := map[string]*ast.File{}
	for _, room := range []string{"access", "cmd", "components", "guardrail", "internal", "policy", "problem", "main.go"} {
		err := filepath.WalkDir(filepath.Join("..", "..", room), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			all[filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))] = file
			return err
		})
		require.NoError(t, err)
	}
	return all
}

// literal is the value of a text in the source.
func literal(node ast.Node) (string, bool) {
	text, ok := node.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(text.Value)
	return value, err == nil
}

// wordsOf are the words that an argument of Line adds: those of literals as they are, one that stands for whatever
// else it is.
func wordsOf(argument ast.Expr) []string {
	if text, ok := literal(argument); ok {
		return []string{text}
	}
	if call, ok := argument.(*ast.CallExpr); ok {
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "append" {
			var words []string
			for _, part := range call.Args {
				words = append(words, wordsOf(part)...)
			}
			return words
		}
	}
	return []string{"x"}
}

// verbOf is the verb that the first argument of Line names: a literal, or an operation of the workspace.
func verbOf(argument ast.Expr) string {
	if text, ok := literal(argument); ok {
		return text
	}
	if call, ok := argument.(*ast.CallExpr); ok && len(call.Args) == 1 {
		if to, ok := call.Fun.(*ast.Ident); ok && to.Name == "string" {
			if operation, ok := call.Args[0].(*ast.Ident); ok {
				return strings.ToLower(operation.Name)
			}
		}
	}
	return ""
}

// Every line that a message, a report or a file tells people to run is taken by the command, does its work on the
// folder of the run that tells it, and stays in the sandbox where that run was in it.
func TestEveryLineThatIsToldIsRunnableWhereItIsTold(t *testing.T) {
	verbs, told := everyVerb(), map[string]int{}
	for path, file := range sources(t) {
		if strings.HasPrefix(path, "internal/commandline/") {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || method.Sel.Name != "Line" && method.Sel.Name != "Quoted" {
				return true
			}
			verb := verbOf(call.Args[0])
			if verbs[verb] == nil { // Another Line, of text.
				return true
			}
			var words []string
			for _, argument := range call.Args[1:] {
				words = append(words, wordsOf(argument)...)
			}
			told[verb]++
			for _, at := range settings {
				if slices.Contains(words, "--fresh") && !at.Sandbox {
					continue // Told in the sandbox alone, which the tests of its room hold.
				}
				runnable(t, at.Line(verb, words...), at, path)
			}
			return true
		})
	}
	for _, verb := range []string{"adopt", "check", "diff", "handover", "preview", "render", "up"} {
		assert.Positive(t, told[verb], "test bug: nothing tells %s", verb)
	}
	line := regexp.MustCompile(`"(guardrails [^"]*)"`)
	filled := 0
	for _, row := range refusal.Rows() {
		for _, at := range settings {
			if row.Decided != refusal.ByAccount {
				continue
			}
			for _, m := range line.FindAllStringSubmatch(at.Fill(row.Say, "dev"), -1) {
				filled++
				runnable(t, m[1], at, row.Message)
			}
		}
	}
	assert.Greater(t, filled, 100)
}

// unsettled are the texts that name a command for readers who are in no setting: files that are written for a
// repository, the reference, and what a verb is for.
var unsettled = map[string]string{
	"internal/stackfile/":            "descriptions of keys, in the reference and in editors",
	"internal/start/":                "comments in the files of a new project",
	"internal/replay/doors.go":       "a comment beside an example of a policy",
	"guardrail/operation/notices.go": "a notice of a policy, which no run makes",
}

// What a verb calls now is what its flags say: the clock of the machine is asked where they are made, and for how long
// something takes on a terminal.
func TestOnlyOnePlaceAsksTheMachineForTheTime(t *testing.T) {
	asked := map[string]int{}
	for path, file := range sources(t) {
		if !strings.HasPrefix(path, "cmd/guardrails/") && !strings.HasPrefix(path, "internal/view/") {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if called, ok := node.(*ast.SelectorExpr); ok && called.Sel.Name == "Now" {
				if name, ok := called.X.(*ast.Ident); ok && name.Name == "time" {
					asked[path]++
				}
			}
			return true
		})
	}
	assert.Equal(t, map[string]int{"cmd/guardrails/flags.go": 1, "cmd/guardrails/root.go": 1}, asked)
}

// No text but help names a command with its verb: internal/commandline writes the lines that people are told to run.
func TestOnlyOnePlaceWordsCommandLines(t *testing.T) {
	var names []string
	for name := range everyVerb() {
		names = append(names, name)
	}
	command := regexp.MustCompile(`\bguardrails (` + strings.Join(names, "|") + `|%s)\b`)
	used := map[string]bool{}
	for path, file := range sources(t) {
		help := map[ast.Node]bool{}
		ast.Inspect(file, func(node ast.Node) bool {
			if field, ok := node.(*ast.KeyValueExpr); ok && strings.HasPrefix(path, "cmd/guardrails/") {
				if key, ok := field.Key.(*ast.Ident); ok &&
					slices.Contains([]string{"Short", "Long", "Example"}, key.Name) {
					help[field.Value] = true
				}
			}
			text, ok := literal(node)
			if !ok || help[node] || !command.MatchString(text) {
				return true
			}
			if strings.Contains(text, "guardrails %s --help") { // The same in every setting.
				return true
			}
			for prefix := range unsettled {
				if strings.HasPrefix(path, prefix) {
					used[prefix] = true
					return true
				}
			}
			assert.Fail(t, "a command line outside of internal/commandline", "%s: %q", path, text)
			return true
		})
	}
	for prefix := range unsettled {
		assert.True(t, used[prefix], "%s names no command any more", prefix)
	}
}
