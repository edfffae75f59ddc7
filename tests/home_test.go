package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// function is one of a package, by the import path.
type function struct{ pkg, name string }

// startsOrReads are the functions by which a test starts something, or reads more than a room: whoever uses none of them
// needs packages alone, and lives beside their code.
var startsOrReads = map[function]string{
	{"os/exec", "Command"}:                  "starts a process, such as the built command",
	{"os/exec", "CommandContext"}:           "starts a process",
	{module + "/internal/workspace", "New"}: "runs the engine over the stacks of a folder",
	{module + "/internal/testkit", "Walk"}:  "reads every file of the repository",
	{"os", "ReadDir"}:                       "reads a folder of the repository",
	{"path/filepath", "WalkDir"}:            "reads a tree of the repository",
	{"path/filepath", "Glob"}:               "reads many files of the repository",
	{"github.com/pulumi/pulumi/sdk/v3/go/auto", "UpsertStackLocalSource"}: "runs the engine",
}

// ofTheTests are the tests of what the tests here are made of, with what that is.
var ofTheTests = map[string]string{
	"TestATestThatStartsNothingIsFound":             "TestWhatStandsHereRunsTheProgramOrReadsTheRepository",
	"TestLeaksAreFound":                             "the patterns of TestNothingOfAnybodysIsInTheRepository",
	"TestWhatIsShownMayLeaveOutLinesAndNothingElse": "how TestPagesShowWhatCommandsPrint compares",
	"TestTheMapHasNoCircle":                         "the map of TestRoomsImportOnlyWhatTheMapAllows",
	"TestMainOnlyRunsTheProgram":                    "the program itself, which no package can import",
}

// used are what each declaration of the tests of a folder uses: functions of other packages, and other declarations. A
// method stands under its name alone, so that it is every method of that name.
type used struct {
	functions map[string][]function
	names     map[string][]string
	tests     []string
}

// usedIn reads the tests of a folder.
func usedIn(t *testing.T, folder string) used {
	t.Helper()
	u := used{functions: map[string][]function{}, names: map[string][]string{}}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		imported := map[string]string{}
		for _, spec := range file.Imports {
			from, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			as := path.Base(from)
			if spec.Name != nil {
				as = spec.Name.Name
			}
			imported[as] = from
		}
		for _, declaration := range file.Decls {
			u.add(declaration, imported)
		}
	}
	return u
}

func (u *used) add(declaration ast.Decl, imported map[string]string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		u.note(d.Name.Name, d, imported)
		if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") && d.Name.Name != "TestMain" {
			u.tests = append(u.tests, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if values, is := spec.(*ast.ValueSpec); is {
				for _, name := range values.Names {
					u.note(name.Name, values, imported)
				}
			}
		}
	}
}

// locals are the names that a declaration gives to values of its own: parameters and variables.
func locals(node ast.Node) map[string]bool {
	own := map[string]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				own[name.Name] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				own[name.Name] = n != node
			}
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if name, is := left.(*ast.Ident); is && n.Tok == token.DEFINE {
					own[name.Name] = true
				}
			}
		case *ast.RangeStmt:
			for _, left := range []ast.Expr{n.Key, n.Value} {
				if name, is := left.(*ast.Ident); is && n.Tok == token.DEFINE {
					own[name.Name] = true
				}
			}
		}
		return true
	})
	return own
}

// note adds what stands in a node to what a declaration uses.
func (u *used) note(name string, node ast.Node, imported map[string]string) {
	own := locals(node)
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if from, is := n.X.(*ast.Ident); is && imported[from.Name] != "" {
				u.functions[name] = append(u.functions[name], function{imported[from.Name], n.Sel.Name})
				return false
			}
			u.names[name] = append(u.names[name], n.Sel.Name)
		case *ast.Ident:
			if !own[n.Name] {
				u.names[name] = append(u.names[name], n.Name)
			}
		}
		return true
	})
}

// reaches reports whether a declaration uses one of the functions, by itself or by what it uses.
func (u *used) reaches(name string, of map[function]string, seen map[string]bool) bool {
	if seen[name] {
		return false
	}
	seen[name] = true
	return slices.ContainsFunc(u.functions[name], func(f function) bool { return of[f] != "" }) ||
		slices.ContainsFunc(u.names[name], func(other string) bool { return u.reaches(other, of, seen) })
}

// A test in this folder starts the engine, the built command or another process, or it reads the whole repository. What
// needs packages alone lives beside their code, where it runs in seconds with their tests.
func TestWhatStandsHereRunsTheProgramOrReadsTheRepository(t *testing.T) {
	t.Parallel()
	u := usedIn(t, ".")
	for _, name := range u.tests {
		atHome := u.reaches(name, startsOrReads, map[string]bool{})
		assert.NotEqual(t, atHome, ofTheTests[name] != "",
			"%s starts nothing and reads no more than a room: move it beside its code, or say in ofTheTests what it tests", name)
	}
	for _, name := range slices.Sorted(maps.Keys(ofTheTests)) {
		assert.Contains(t, u.tests, name, "ofTheTests names a test that is not here")
	}
}

// A test that needs packages alone is found, also where it goes by the name of something else that starts a process.
func TestATestThatStartsNothingIsFound(t *testing.T) {
	t.Parallel()
	parsed := func(text string) *used {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package tests\n"+text, parser.SkipObjectResolution)
		require.NoError(t, err)
		u := &used{functions: map[string][]function{}, names: map[string][]string{}}
		for _, declaration := range file.Decls {
			u.add(declaration, map[string]string{"exec": "os/exec", "policy": module + "/policy"})
		}
		return u
	}
	for text, want := range map[string]bool{
		`func TestX() { policy.New() }`:                                                    false,
		`func TestX() { exec.LookPath("x") }`:                                              false,
		`func TestX() { exec.Command("x") }`:                                               true,
		`func TestX() { start() }; func start() { exec.Command("x") }`:                     true,
		`func TestX() { start() }; func start() { policy.New() }`:                          false,
		`func TestX() { d.up() }; func (d *deployment) up() { exec.Command("x") }`:         true,
		`func TestX() { command() }; var command = once(func() { exec.Command("x") })`:     true,
		`func TestX() { a() }; func a() { b() }; func b() { a(); exec.CommandContext(c) }`: true,
		`func TestX() { policy.Command("x") }`:                                             false,
	} {
		assert.Equal(t, want, parsed(text).reaches("TestX", startsOrReads, map[string]bool{}), text)
	}
}
