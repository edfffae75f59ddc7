package config

import (
	"cmp"
	"errors"
	"slices"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/policy"
)

// kind decodes a value into a T and describes what it takes. A value that it does not take is reported and yields
// false; the zero T then stands in its place, so that what else is wrong is found in the same run.
type kind[T any] interface {
	decode(d *decoder, n *node, at Path) (T, bool)
	// describe is what an editor needs to know, as JSON Schema.
	describe() *jsonschema.Schema
	// written is the value as it would be written in a stack file.
	written(T) any
}

// decoder collects what is wrong and where everything stands.
type decoder struct {
	problems []Problem
	marks    map[Path]mark
}

// mark is where a path was read: its position, and its place in the order of reading for readers that have no
// positions.
type mark struct {
	pos   Position
	order int
}

func newDecoder() *decoder { return &decoder{marks: map[Path]mark{}} }

// visit notes where the value stands.
func (d *decoder) visit(at Path, pos Position) {
	if _, seen := d.marks[at]; !seen {
		d.marks[at] = mark{pos, len(d.marks)}
	}
}

// mark is where the path stands, or the nearest value around it.
func (d *decoder) mark(at Path) mark {
	for {
		if m, ok := d.marks[at]; ok {
			return m
		}
		up, ok := at.parent()
		if !ok {
			return mark{order: len(d.marks)}
		}
		at = up
	}
}

// report notes a problem. A second one about the same value, or about something inside a value that was not
// understood, is dropped: the first says what to do.
func (d *decoder) report(p Problem) {
	for _, known := range d.problems {
		same := known.Path == p.Path && p.Kind != UnknownKey && p.Kind != Duplicate
		hollow := (known.Kind == WrongType || known.Kind == Missing) && known.Path != "" && p.Path.within(known.Path)
		if same || hollow {
			return
		}
	}
	if p.Line == 0 {
		p.Position = d.mark(p.Path).pos
	}
	d.problems = append(d.problems, p)
}

// reportRepeated reports keys that stand twice, but for those that were reported where they belong to the program's
// own keys.
func (d *decoder) reportRepeated(keys []entry) {
	for _, e := range keys {
		if !slices.ContainsFunc(
			d.problems,
			func(p Problem) bool { return p.Kind == Duplicate && p.Position == e.pos },
		) {
			d.problems = append(d.problems, repeatedKey(Path("").Child(e.name), e))
		}
	}
}

// refused reports whether a problem of the value is known.
func (d *decoder) refused(at Path) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool { return p.Path.within(at) })
}

// invalid reports what a check of package policy says about the value.
func (d *decoder) invalid(at Path, n *node, err error) {
	why, fix := err.Error(), ""
	if v := (*policy.ValueError)(nil); errors.As(err, &v) {
		why, fix = v.Why, v.Fix
	}
	d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: n.shown(), Why: why, Fix: fix})
}

// wrongType reports a value of another shape than the one that the key takes.
func (d *decoder) wrongType(at Path, n *node, fix string) {
	p := Problem{Position: n.pos, Path: at, Kind: WrongType, Value: n.shown(), Why: n.is(), Fix: fix}
	switch n.shape {
	case shapeNull:
		p.Fix = "remove the key or give it a value"
	case shapeSecret:
		p.Kind = Refused
		p.Fix = "names and documents are no secrets, and nothing can be proven about what cannot be read: write it in plain text"
	}
	d.report(p)
}

// sorted is the problems in the order of the file: the stack's own file first, then by line and column; without
// positions, in the order of reading.
func (d *decoder) sorted(file string) []Problem {
	out := slices.Clone(d.problems)
	slices.SortStableFunc(out, func(a, b Problem) int {
		if a.Line > 0 && b.Line > 0 {
			if a.File != b.File {
				return cmp.Or(compareBool(a.File != file, b.File != file), cmp.Compare(a.File, b.File))
			}
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		}
		return cmp.Compare(d.mark(a.Path).order, d.mark(b.Path).order)
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
