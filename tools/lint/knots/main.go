// Command knots finds packages in which too many files are one knot: each of them uses what all the others declare, so
// that nobody can read one without the rest.
//
//	knots [-most 12] PACKAGES
//
// A file uses another one if it names what that one declares at the top of the package, or a method or field of it.
// Tests are left out. The status is 1 if a knot has more files than -most; its files and what ties them are printed.
package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	log.SetFlags(0)
	most := flag.Int("most", 12, "how many files of a package may be one knot")
	flag.Parse()
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
		packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile},
		flag.Args()...)
	if err != nil {
		log.Fatal("knots: ", err)
	}
	if packages.PrintErrors(loaded) > 0 {
		os.Exit(2)
	}
	tied := false
	for _, p := range loaded {
		files := usesOf(p)
		if knot := files.largestKnot(); len(knot) > *most {
			tied = true
			fmt.Printf("%s: %d files are one knot\n", p.PkgPath, len(knot))
			files.print(knot)
		}
	}
	if tied {
		os.Exit(1)
	}
}

// uses are, for each file of a package, the files that it uses, and for each of those the names.
type uses map[string]map[string]map[string]bool

func usesOf(p *packages.Package) uses {
	found := uses{}
	for _, syntax := range p.Syntax {
		found[fileOf(p, syntax)] = map[string]map[string]bool{}
	}
	for _, syntax := range p.Syntax {
		from := fileOf(p, syntax)
		ast.Inspect(syntax, func(n ast.Node) bool {
			name, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			used := p.TypesInfo.Uses[name]
			if used == nil || used.Pkg() != p.Types || !shared(used) {
				return true
			}
			to := filepath.Base(p.Fset.Position(used.Pos()).Filename)
			if to != from {
				if found[from][to] == nil {
					found[from][to] = map[string]bool{}
				}
				found[from][to][used.Name()] = true
			}
			return true
		})
	}
	return found
}

func fileOf(p *packages.Package, syntax *ast.File) string {
	return filepath.Base(p.Fset.Position(syntax.Pos()).Filename)
}

// shared reports whether a name can be used outside of the function that declares it: names of the package, methods
// and fields.
func shared(o types.Object) bool {
	if o.Parent() == o.Pkg().Scope() {
		return true
	}
	switch o := o.(type) {
	case *types.Func:
		return true
	case *types.Var:
		return o.IsField()
	}
	return false
}

// largestKnot is the largest strongly connected component, by Tarjan's algorithm; sorted.
func (u uses) largestKnot() []string {
	s := search{uses: u, index: map[string]int{}, low: map[string]int{}, open: map[string]bool{}}
	for _, file := range slices.Sorted(maps.Keys(u)) {
		if s.index[file] == 0 {
			s.visit(file)
		}
	}
	slices.Sort(s.largest)
	return s.largest
}

// search is the state of Tarjan's algorithm, in the words of its paper: a file's index is when it was visited, its low
// link the earliest open file that it reaches.
type search struct {
	uses
	index, low map[string]int
	open       map[string]bool
	stack      []string
	largest    []string
}

func (s *search) visit(file string) {
	s.index[file] = len(s.index) + 1
	s.low[file] = s.index[file]
	s.stack, s.open[file] = append(s.stack, file), true
	for used := range s.uses[file] {
		switch {
		case s.index[used] == 0:
			s.visit(used)
			s.low[file] = min(s.low[file], s.low[used])
		case s.open[used]:
			s.low[file] = min(s.low[file], s.index[used])
		}
	}
	if s.low[file] != s.index[file] {
		return
	}
	first := slices.Index(s.stack, file)
	component := slices.Clone(s.stack[first:])
	s.stack = s.stack[:first]
	for _, f := range component {
		s.open[f] = false
	}
	if len(component) > len(s.largest) {
		s.largest = component
	}
}

// print writes what ties the files of a knot.
func (u uses) print(knot []string) {
	for _, from := range knot {
		for _, to := range slices.Sorted(maps.Keys(u[from])) {
			if slices.Contains(knot, to) {
				fmt.Printf("  %s uses of %s: %s\n", from, to, strings.Join(slices.Sorted(maps.Keys(u[from][to])), ", "))
			}
		}
	}
}
