package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

// readPlace is a place at which the program reads words that are for people: the text of an error, or words that are
// looked for in a text. What this program says is read nowhere; the value is carried instead.
type readPlace struct {
	// place is the file and the function or variable.
	place string
	// whose says whose words they are, and why there is no value to read in their place.
	whose string
	// held is the test that fails when the words become others; empty where nobody here words them and nothing but a
	// look at the sources tells.
	held string
}

// The words are not this program's but for those that say so.
var readPlaces = []readPlace{
	{
		"access/catalogue/internal/cataloguegen/look_alikes.go: harmless",
		"AWS's descriptions of actions",
		"TestEveryActionThatLooksLikeADoorIsClassified",
	},
	{
		"access/catalogue/internal/cataloguegen/look_alikes.go: looksLikeDoor",
		"AWS's descriptions of actions",
		"TestEveryActionThatLooksLikeADoorIsClassified",
	},
	{
		"components/document_again.go: noDocument",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"components/document_again.go: deployedContent",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/against/git.go: run",
		"git's: what it says is told without what it begins with",
		"",
	},
	{
		"internal/edit/diff.go: firstLines",
		"the admin's: lines of the stack file, and the key that an expectation begins with",
		"TestAnExpectationThatGoesIsItsFirstLine",
	},
	{
		"internal/files/files.go: linkError",
		"the standard library's: it has a text alone for links that lead in a circle",
		"TestWhatIsNoRegularFileOfTheFolderIsRefused",
	},
	{
		"internal/program/account.go: notAllowed",
		"the provider's: it refuses an account before anything can be asked of it",
		"TestAWrongAccountIsRefusedAndNothingIsMade",
	},
	{
		"internal/program/account.go: verifyAccount",
		"the provider's: it refuses an account before anything can be asked of it",
		"TestAWrongAccountIsRefusedAndNothingIsMade",
	},
	{
		"internal/program/account.go: wrapping",
		"the engine's: what it writes around an error of a function",
		"",
	},
	{
		"internal/program/account.go: unwrapped",
		"the engine's: what it writes around an error of a function",
		"",
	},
	{
		"internal/program/advice.go: notThere",
		"the engine's: a diagnostic is a text alone",
		"TestWhatCannotBeImportedSaysWhatToTakeOut",
	},
	{
		"internal/program/adopt_exists.go: checkAdopted",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/beside.go: missed",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/beside.go: missing",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/beside.go: placed",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/existing.go: absent",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/existing.go: answered",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/program/find.go: permissionSetNamed",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/refusal/refusal.go: answer",
		"the AWS SDK's, as it comes through the provider and the engine: a text alone",
		"TestARefusalIsFoundInWhatTheSDKPrints",
	},
	{
		"internal/replay/cloudtrail/input.go: InWords",
		"the JSON library's: only some of its errors have a type that can be named",
		"",
	},
	{
		"internal/sandbox/cloud/api/policy_documents.go: oneLine",
		"this program's, and nothing is read of it: several lines become one",
		"",
	},
	{
		"internal/start/pipelines.go: rewritings",
		"this repository's: the pipelines of examples/ci, which run as they are",
		"TestPipelinesNeedTheCommandAlone",
	},
	{
		"internal/strictyaml/yaml_errors.go: yamlErrorLine",
		"the YAML library's: it has a text alone, with the line in it",
		"",
	},
	{
		"internal/strictyaml/yaml_errors.go: syntaxProblem",
		"the YAML library's: it has a text alone, with the line in it",
		"",
	},
	{
		"internal/terminal/color.go: rules",
		"this program's: a text is whole before anybody knows that it goes to a terminal, and nothing rests on a colour",
		"TestEveryColourIsOfWordsThatSomebodySays",
	},
	{
		"internal/workspace/engine.go: noStack",
		"the Pulumi CLI's: it prints a text and has a status",
		"",
	},
	{
		"internal/workspace/engine.go: exists",
		"the Pulumi CLI's: it prints a text and has a status",
		"",
	},
	{
		"internal/workspace/engine.go: explain",
		"gRPC's, as the engine gives it to a program: a text alone",
		"",
	},
	{
		"internal/workspace/engine.go: causes",
		"the engine's: a diagnostic is a text alone",
		"",
	},
	{
		"internal/workspace/events.go: receive",
		"the engine's and the provider's: a diagnostic is a text alone, and is told without the words around it",
		"",
	},
	{
		"internal/workspace/existing.go: attributes",
		"the provider's: it gives every error of a function as a text",
		"",
	},
	{
		"internal/workspace/filebackend/state.go: read",
		"the engine's: of several lines the first is told",
		"",
	},
	{
		"internal/workspace/enginelock/enginelock.go: lockLine",
		"the Pulumi CLI's: who holds a lock stands in a text alone",
		"TestALockIsOneOfTheEngines",
	},
	{
		"internal/workspace/recover.go: duplicate",
		"AWS's and the provider's: a failed operation is a text alone",
		"",
	},
	{
		"internal/workspace/recover.go: refusedByAWS",
		"AWS's and the provider's: a failed operation is a text alone",
		"",
	},
	{
		"internal/workspace/status.go: brief",
		"the Automation API's: what the CLI printed stands in the text of its error",
		"",
	},
	{
		"internal/workspace/worktree/worktree.go: git",
		"git's: it has one status for every refusal",
		"",
	},
}

// readers are the functions of package strings, and the methods of regular expressions, that look into a text.
var readers = regexp.MustCompile(
	`^(Contains|HasPrefix|HasSuffix|Cut|CutPrefix|CutSuffix|Split|SplitN|SplitAfter|SplitSeq|Fields|FieldsSeq|Lines|` +
		`Index|IndexByte|IndexAny|LastIndex|LastIndexByte|TrimPrefix|TrimSuffix|Replace|ReplaceAll|EqualFold|` +
		`Match|MatchString|Find[A-Za-z]*|ReplaceAllString[A-Za-z]*)$`,
)

// forPeople are two words with a space between, or one that begins or ends with a space: words for people.
var forPeople = regexp.MustCompile(`[A-Za-z]{2,}[:,]? [A-Za-z(]|^ [A-Za-z]{2,}|[A-Za-z]{2,}:? $`)

// Nothing parses an error text or the words of another room: whatever this program says is for people, and what it
// needs to know is carried as a value. Words of others are read where they are all that there is, and each such place
// stands in one table.
func TestNothingReadsWordsButThoseOfOthers(t *testing.T) {
	known := map[string]readPlace{}
	for _, r := range readPlaces {
		known[r.place] = r
	}
	require.Len(t, known, len(readPlaces), "a place stands in the table twice")
	found := map[string]bool{}
	tests := map[string]bool{}
	testkit.Walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			name, reads := declared(declaration), false
			if strings.HasSuffix(path, "_test.go") {
				tests[name] = true
				continue
			}
			if strings.HasPrefix(path, "tools/") || strings.HasPrefix(path, "internal/testkit/") {
				continue
			}
			said := errorTexts(declaration)
			ast.Inspect(declaration, func(n ast.Node) bool {
				reads = reads || readsWords(n, said)
				return true
			})
			if reads {
				found[path+": "+name] = true
			}
		}
	})
	for _, place := range slices.Sorted(maps.Keys(found)) {
		assert.Contains(t, known, place,
			"this reads words for people: carry the value, or say in readPlaces whose words they are and why they are read")
	}
	for place, r := range known {
		assert.True(t, found[place], "%s reads no words any more: take it out of the table", place)
		assert.NotEmpty(t, r.whose, place)
		if r.held != "" {
			assert.True(t, tests[r.held], "%s: there is no test %s", place, r.held)
		}
	}
}

// declared is the name of a function, or of the first variable of a group.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				return values.Names[0].Name
			}
		}
	}
	return ""
}

// errorTexts are the names in a declaration that hold the text of an error, or a part of one.
func errorTexts(d ast.Decl) map[string]bool {
	said := map[string]bool{}
	for grown := true; grown; {
		before := len(said)
		ast.Inspect(d, func(n ast.Node) bool {
			assignment, ok := n.(*ast.AssignStmt)
			if !ok || !slices.ContainsFunc(assignment.Rhs, func(e ast.Expr) bool { return holdsErrorText(e, said) }) {
				return true
			}
			for _, left := range assignment.Lhs {
				if name, ok := left.(*ast.Ident); ok && name.Name != "_" {
					said[name.Name] = true
				}
			}
			return true
		})
		grown = len(said) > before
	}
	return said
}

// holdsErrorText reports whether an expression is, or reads, the text of an error.
func holdsErrorText(e ast.Expr, said map[string]bool) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return said[e.Name]
	case *ast.CallExpr:
		selector, ok := e.Fun.(*ast.SelectorExpr)
		if ok && selector.Sel.Name == "Error" && len(e.Args) == 0 {
			return true
		}
		return ok && isPackage(selector.X, "strings") &&
			slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return holdsErrorText(arg, said) })
	case *ast.BinaryExpr:
		return holdsErrorText(e.X, said) || holdsErrorText(e.Y, said)
	case *ast.IndexExpr:
		return holdsErrorText(e.X, said)
	case *ast.SliceExpr:
		return holdsErrorText(e.X, said)
	case *ast.ParenExpr:
		return holdsErrorText(e.X, said)
	}
	return false
}

// readsWords reports whether a call looks into the text of an error, or for words.
func readsWords(n ast.Node, said map[string]bool) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	name := selector.Sel.Name
	if isPackage(selector.X, "regexp") && (name == "MustCompile" || name == "Compile") {
		return slices.ContainsFunc(call.Args, isForPeople)
	}
	if !readers.MatchString(name) {
		return false
	}
	if slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return holdsErrorText(arg, said) }) {
		return true
	}
	return isPackage(selector.X, "strings") && len(call.Args) > 1 && isForPeople(call.Args[1])
}

func isPackage(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// isForPeople reports whether an expression has words for people in it.
func isForPeople(e ast.Expr) bool {
	words := false
	ast.Inspect(e, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			words = words || err == nil && forPeople.MatchString(text)
		}
		return true
	})
	return words
}
