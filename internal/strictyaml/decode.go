package strictyaml

import (
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
	"cmp"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// Type decodes a value into a T and describes what it takes. A value that it does not take is reported and yields
// false; the zero T then stands in its place, so that what else is wrong is found in the same run.
type Type[T any] interface {
	// Decode reads the value at the path.
	Decode(d *Decoder, n *Node, path problem.Path) (T, bool)
	// Describe is what an editor needs to know, as JSON Schema.
	Describe() *jsonschema.Schema
	// Written is the value as it would be written in the file.
	Written(T) any
}

// Decoder collects what is wrong and where everything stands.
type Decoder struct {
	// Problems are what was wrong with what was read so far, in the order of reading.
	Problems problem.List
	// Places is where every value that was read stands.
	Places Places
	// Files says that a value named another file, which was read too.
	Files bool
	// meant is the key that somebody most likely meant who wrote another one at the first level of the file; nil where
	// there is no such level.
	meant func(written string) (string, bool)
	// misspelt are the paths of keys that are not given, and that an unknown key beside them most likely means.
	misspelt map[problem.Path]bool
}

// Places is where every value of a file was read, by its path.
type Places map[problem.Path]mark

// mark is where a path was read: its position, and its place in the order of reading for readers that have no
// positions.
type mark struct {
	pos   problem.Position
	order int
}

// NewDecoder is a decoder that has read nothing yet.
func NewDecoder() *Decoder { return &Decoder{Places: Places{}} }

// WithKeysMeant makes the decoder name the key that was meant for one of the first level that it does not know.
func (d *Decoder) WithKeysMeant(meant func(written string) (string, bool)) *Decoder {
	d.meant = meant
	return d
}

// Visit notes where the value stands.
func (d *Decoder) Visit(path problem.Path, pos problem.Position) {
	if _, seen := d.Places[path]; !seen {
		d.Places[path] = mark{pos, len(d.Places)}
	}
}

// Given reports whether the file has a value at the path.
func (d *Decoder) Given(path problem.Path) bool {
	_, seen := d.Places[path]
	return seen
}

// mark is where the path stands, or the nearest value around it.
func (p Places) mark(path problem.Path) mark {
	for {
		if m, ok := p[path]; ok {
			return m
		}
		up, ok := path.Parent()
		if !ok {
			return mark{order: len(p)}
		}
		path = up
	}
}

// Position is where the value of the path stands in the file, or the nearest value around it; without a line where no
// file was read.
func (p Places) Position(path problem.Path) problem.Position { return p.mark(path).pos }

// Report notes a problem. A second one about the same value, or about something inside a value that was not
// understood, is dropped: the first says what to do. So is that a key is missing which was misspelt, and
// what would be inside it.
func (d *Decoder) Report(p problem.Problem) {
	for meant := range d.misspelt {
		if p.Path.Within(meant) {
			return
		}
	}
	for _, known := range d.Problems {
		same := known.Path == p.Path && p.Kind != problem.UnknownKey && p.Kind != problem.Duplicate
		hollow := (known.Kind == problem.WrongType || known.Kind == problem.Missing) &&
			known.Path != "" && p.Path.Within(known.Path)
		if same || hollow {
			return
		}
	}
	if p.Line == 0 {
		p.Position = d.Places.Position(p.Path)
	}
	d.Problems = append(d.Problems, &p)
}

// ReportRepeated reports keys that stand twice, but for those that were reported where they belong to the program's
// own keys.
func (d *Decoder) ReportRepeated(keys []Entry) {
	for _, e := range keys {
		if !slices.ContainsFunc(
			d.Problems,
			func(p *problem.Problem) bool { return p.Kind == problem.Duplicate && p.Position == e.Pos },
		) {
			d.Problems = append(d.Problems, RepeatedKey(problem.Path("").Child(e.Name), e))
		}
	}
}

// Refused reports whether a problem of the value is known.
func (d *Decoder) Refused(path problem.Path) bool {
	return slices.ContainsFunc(d.Problems, func(p *problem.Problem) bool { return p.Path.Within(path) })
}

// Invalid reports what a check of package policy says about the value.
func (d *Decoder) Invalid(path problem.Path, n *Node, err error) {
	why, fix := policy.Reason(err)
	d.Report(problem.Problem{Position: n.Pos, Path: path, Kind: problem.Invalid, Value: n.shown(), Why: why, Fix: fix})
}

// wrongType reports a value of another shape than the one that the key takes.
func (d *Decoder) wrongType(path problem.Path, n *Node, fix string) {
	p := problem.Problem{Position: n.Pos, Path: path, Kind: problem.WrongType, Value: n.shown(), Why: n.Is(), Fix: fix}
	switch n.Shape {
	case ShapeNull:
		p.Fix = "remove the key or give it a value"
	case ShapeSecret:
		p.Kind = problem.Refused
		p.Fix = "names and documents are no secrets, and nothing can be proven about what cannot be read: write it in plain text"
	}
	d.Report(p)
}

// Sorted is the problems in the order of the file: the stack's own file first, then by line and column; without
// positions, in the order of reading.
func (d *Decoder) Sorted(file string) problem.List {
	out := slices.Clone(d.Problems)
	slices.SortStableFunc(out, func(a, b *problem.Problem) int {
		if a.Line > 0 && b.Line > 0 {
			if a.File != b.File {
				return cmp.Or(compareBool(a.File != file, b.File != file), cmp.Compare(a.File, b.File))
			}
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		}
		return cmp.Compare(d.Places.mark(a.Path).order, d.Places.mark(b.Path).order)
	})
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Hides reports whether what the stack makes is not known because of other problems. A section that nobody knows
// hides nothing of it, and the engine hands over no such section.
func (d *Decoder) Hides() bool {
	return slices.ContainsFunc(
		d.Problems,
		func(p *problem.Problem) bool {
			return p.Kind != problem.UnknownKey || strings.ContainsAny(string(p.Path), ".[")
		},
	)
}
