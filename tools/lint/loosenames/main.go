// Command loosenames finds names that say nothing of what they hold: a reader of the third function that calls a path
// "at", a time "at" and an index "at" has to look each of them up.
//
//	loosenames PACKAGES
//
// It looks at locals, parameters, results, receivers, fields, methods, types and whatever a package declares. Tests are
// left out. The status is 1 if there is one; each is printed with its place, its type and what to call such a thing.
package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// loose are the names, with what to write in their place. Names with a capital letter are read with what they belong
// to (problem.Of, Statement.On), and may stay.
var loose = map[string]string{
	"at":     "what it is: path, index, position, moment, folder",
	"of":     "whose it is, or by what it is found: owner, byAccount, projectsOf",
	"on":     "what is acted on: resource, target, or enabled",
	"made":   "what was made: role, policy, applied, created",
	"take":   "what becomes of it: keep, adopt, receive",
	"lab":    "what is tried there",
	"linked": "what it is linked with",
}

func main() {
	log.SetFlags(0)
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
		packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile},
		os.Args[1:]...)
	if err != nil {
		log.Fatal("loosenames: ", err)
	}
	if packages.PrintErrors(loaded) > 0 {
		os.Exit(2)
	}
	found := looseNames(loaded)
	for _, line := range found {
		fmt.Println(line)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

// looseNames are the declarations with such a name, a line each, in the order of files and lines.
func looseNames(loaded []*packages.Package) []string {
	type place struct {
		file         string
		line, column int
	}
	var places []place
	text := map[place]string{}
	for _, p := range loaded {
		for name, declared := range p.TypesInfo.Defs {
			position := p.Fset.Position(name.Pos())
			if loose[name.Name] == "" || strings.HasSuffix(position.Filename, "_test.go") {
				continue
			}
			here := place{relative(position.Filename), position.Line, position.Column}
			places = append(places, here)
			text[here] = fmt.Sprintf("%s:%d:%d: %s%s; call it by %s",
				here.file, here.line, here.column, name.Name, typed(p, name, declared), loose[name.Name])
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.file != b.file {
			return strings.Compare(a.file, b.file)
		}
		return (a.line-b.line)*10_000 + a.column - b.column
	})
	lines := make([]string, len(places))
	for i, here := range places {
		lines[i] = text[here]
	}
	return lines
}

// typed says what the name holds. The variable of a type switch is none until a case gives it a type.
func typed(p *packages.Package, name *ast.Ident, declared types.Object) string {
	if declared == nil {
		return " says nothing of what it holds"
	}
	return " says nothing of what it holds, which is " + types.TypeString(declared.Type(), types.RelativeTo(p.Types))
}

func relative(file string) string {
	folder, err := os.Getwd()
	if err != nil {
		return file
	}
	short, err := filepath.Rel(folder, file)
	if err != nil {
		return file
	}
	return short
}
