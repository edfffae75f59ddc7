package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

const (
	// longestFunction is the most lines of a function as functionLines counts them; longestLine the most columns of a
	// line, a tab counted as four.
	longestFunction, longestLine = 60, 120
	// longestPackage is the most lines of a package, its tests left aside.
	longestPackage = 4_000
)

// A stranger can read every function on one screen, every package has a sentence that says what it is for, and none
// grows without a reason.
func TestCodeIsMeasured(t *testing.T) {
	lines, long := 0, 0
	packages, documented := map[string]int{}, map[string]bool{}
	testkit.Walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		source, err := os.ReadFile(filepath.Join("..", path))
		require.NoError(t, err)
		for line := range strings.Lines(string(source)) {
			lines++
			if utf8.RuneCountInString(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")) > longestLine {
				long++
			}
		}
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		packages[dir] += strings.Count(string(source), "\n")
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, source, parser.ParseComments)
		require.NoError(t, err)
		documented[dir] = documented[dir] || file.Doc.Text() != ""
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
				assert.LessOrEqual(
					t,
					functionLines(files, f),
					longestFunction,
					"%s: %s is too long; give its parts names",
					path,
					f.Name.Name,
				)
			}
		}
	})
	assert.Less(t, long*100, lines, "%d of %d lines are longer than %d columns; 1 %% may be", long, lines, longestLine)
	for dir, n := range packages {
		assert.True(t, documented[dir], "%s: no file says what the package is for", dir)
		assert.LessOrEqual(t, n, longestPackage, "%s has too many lines; divide it", dir)
	}
}

// functionLines counts the lines on which a statement begins or a block ends. A statement that is wrapped counts once,
// and so do a table and a case with one statement, which is a row of a table.
func functionLines(files *token.FileSet, f *ast.FuncDecl) int {
	lines := map[int]bool{files.Position(f.Pos()).Line: true}
	ast.Inspect(f, func(n ast.Node) bool {
		if block, ok := n.(*ast.BlockStmt); ok {
			lines[files.Position(block.Rbrace).Line] = true
		} else if row, ok := n.(*ast.CaseClause); ok && len(row.Body) == 1 {
			return true
		} else if statement, ok := n.(ast.Stmt); ok {
			lines[files.Position(statement.Pos()).Line] = true
		}
		return true
	})
	return len(lines)
}
