package strictyaml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/problem"
)

// Object is a value with keys of its own, decoded into the fields of a T.
type Object[T any] struct {
	// what completes "... describes" in the schema: a phrase without a verb.
	what string
	// fields are in the order in which the reference and the shipped stack files have them.
	fields []Field[T]
}

// Keys describes an object: what completes its title in the schema, and its keys in the order of the reference.
func Keys[T any](what string, fields ...Field[T]) *Object[T] {
	return &Object[T]{what: what, fields: fields}
}

// Field is one key of an object.
type Field[T any] interface {
	key() string
	decodeInto(d *Decoder, n *Node, path problem.Path, into *T)
	// absentFrom gives the field its default, or reports that it is missing.
	absentFrom(d *Decoder, owner *Node, path problem.Path, into *T)
	describeKey() (schema *jsonschema.Schema, required bool)
}

// Names are the names of its keys, in the order of the description.
func (o *Object[T]) Names() []string {
	names := make([]string, len(o.fields))
	for i, f := range o.fields {
		names[i] = f.key()
	}
	return names
}

// Field is the description of a key; nil where the object has no such key.
func (o *Object[T]) Field(name string) Field[T] {
	for _, f := range o.fields {
		if f.key() == name {
			return f
		}
	}
	return nil
}

// Decode reads the keys in the order of the description, so that the order of reading does not depend on how the file
// is laid out.
func (o *Object[T]) Decode(d *Decoder, n *Node, place problem.Path) (T, bool) {
	var into T
	d.Visit(place, n.Pos)
	if n.Shape != ShapeObject {
		d.wrongType(place, n, "write keys below it: "+strings.Join(o.Names(), ", "))
		return into, false
	}
	before := len(d.Problems)
	given := o.given(d, n, place)
	for _, f := range o.fields {
		path := place.Child(f.key())
		if e, ok := given[f.key()]; ok {
			d.Visit(path, e.Pos)
			f.decodeInto(d, e.Value, path, &into)
		} else {
			f.absentFrom(d, n, path, &into)
		}
	}
	return into, len(d.Problems) == before
}

// given indexes the entries by key. It reports unknown keys and repeated ones.
func (o *Object[T]) given(d *Decoder, n *Node, place problem.Path) map[string]Entry {
	given := map[string]Entry{}
	for _, e := range n.Entries {
		path := place.Child(e.Name)
		if _, repeated := given[e.Name]; repeated {
			d.Report(*RepeatedKey(path, e))
			continue
		}
		if o.Field(e.Name) == nil {
			o.misspelt(d, n, e.Name, place)
			d.Report(
				problem.Problem{
					Position: e.Pos,
					Path:     path,
					Kind:     problem.UnknownKey,
					Why:      "unknown key",
					Fix:      o.suggest(d, e.Name, place),
				},
			)
		}
		given[e.Name] = e
	}
	return given
}

// misspelt notes which key an unknown one most likely means, where that one is not given.
func (o *Object[T]) misspelt(d *Decoder, n *Node, name string, place problem.Path) {
	best, near := Nearest(name, o.Names())
	if !near || slices.ContainsFunc(n.Entries, func(e Entry) bool { return e.Name == best }) {
		return
	}
	if d.misspelt == nil {
		d.misspelt = map[problem.Path]bool{}
	}
	d.misspelt[place.Child(best)] = true
}

// suggest names the key that was meant; at the first level with its namespace.
func (o *Object[T]) suggest(d *Decoder, name string, path problem.Path) string {
	if strings.HasSuffix(string(path), ":") {
		if best, near := Nearest(name, o.Names()); near {
			return Suggest(string(path)+name, []string{string(path) + best})
		}
		if d.meant != nil {
			if meant, known := d.meant(string(path) + name); known {
				return "did you mean " + strconv.Quote(meant) + "?"
			}
		}
	}
	return Suggest(name, o.Names())
}

// RepeatedKey is what is wrong with a key that stands twice.
func RepeatedKey(path problem.Path, e Entry) *problem.Problem {
	return &problem.Problem{
		Position: e.Pos, Path: path, Kind: problem.Duplicate,
		Why: "is given twice", Fix: "keep one of the two",
	}
}

func (o *Object[T]) Describe() *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
	for _, f := range o.fields {
		schema, required := f.describeKey()
		s.Properties.Set(f.key(), schema)
		if required {
			s.Required = append(s.Required, f.key())
		}
	}
	s.Title = o.what
	return s
}

func (o *Object[T]) Written(T) any { return map[string]any{} }

// FieldOf is a key that is decoded into an F inside a T.
type FieldOf[T, F any] struct {
	name        string
	place       func(*T) *F
	kind        Type[F]
	description string
	sample      any
	mandatory   bool
	// fallback is the default; meaning says in words what absence means where that is no value, and reason why it is
	// the default.
	fallback    *F
	meaning     string
	reason      string
	missingText string
	// section marks an object that is read as an empty one when it is absent, so that its keys get their defaults.
	section bool
}

// Key describes a key of T: its name, the field that it sets, and the kind of its values.
func Key[T, F any, K Type[F]](name string, place func(*T) *F, kind K) *FieldOf[T, F] {
	return &FieldOf[T, F]{name: name, place: place, kind: kind}
}

// Doc says what the key means, in whole sentences.
func (f *FieldOf[T, F]) Doc(sentences string) *FieldOf[T, F] {
	f.description = sentences
	return f
}

// Example is a value as an admin would write it.
func (f *FieldOf[T, F]) Example(value any) *FieldOf[T, F] {
	f.sample = value
	return f
}

// Required makes absence a problem. why completes "is missing, ...": what cannot be done without the key.
func (f *FieldOf[T, F]) Required(why string) *FieldOf[T, F] {
	f.mandatory, f.missingText = true, why
	return f
}

// OrElse is the value that the key has when it is absent, and the reason for it.
func (f *FieldOf[T, F]) OrElse(value F, reason string) *FieldOf[T, F] {
	f.fallback, f.meaning, f.reason = &value, "", reason
	return f
}

// OrNothing leaves the field at its zero value when the key is absent. meaning says what that does, reason why.
func (f *FieldOf[T, F]) OrNothing(meaning, reason string) *FieldOf[T, F] {
	f.meaning, f.reason = meaning, reason
	return f
}

// AsSection gives the keys below their defaults when the key is absent.
func (f *FieldOf[T, F]) AsSection() *FieldOf[T, F] {
	f.section = true
	return f
}

func (f *FieldOf[T, F]) key() string { return f.name }

func (f *FieldOf[T, F]) decodeInto(d *Decoder, n *Node, path problem.Path, into *T) {
	*f.place(into), _ = f.kind.Decode(d, n, path)
}

func (f *FieldOf[T, F]) absentFrom(d *Decoder, owner *Node, path problem.Path, into *T) {
	switch {
	case f.mandatory:
		d.Report(problem.Problem{Position: owner.Pos, Path: path, Kind: problem.Missing, Why: "is missing", Fix: f.missingText})
	case f.fallback != nil:
		*f.place(into) = *f.fallback
	case f.section:
		d.Visit(path, owner.Pos)
		*f.place(into), _ = f.kind.Decode(d, &Node{Shape: ShapeObject, Pos: owner.Pos}, path)
	}
}

func (f *FieldOf[T, F]) describeKey() (*jsonschema.Schema, bool) {
	s := f.kind.Describe()
	s.Description = f.description
	s.Extras = map[string]any{}
	if f.fallback != nil {
		s.Default = f.kind.Written(*f.fallback)
	}
	if f.meaning != "" {
		s.Extras["x-absent"] = f.meaning
	}
	if f.reason != "" {
		s.Extras["x-reason"] = f.reason
	}
	if f.sample != nil {
		s.Examples = []any{f.sample}
	}
	return s, f.mandatory
}

// closed is a key that is known and refused, with the reason in place of a suggestion.
type closed[T any] struct{ name, why, fix string }

// RefusedKey describes a key that somebody may well write and that would not do what it says.
func RefusedKey[T any](name, why, fix string) closed[T] { return closed[T]{name, why, fix} }

func (f closed[T]) key() string { return f.name }

func (f closed[T]) decodeInto(d *Decoder, n *Node, path problem.Path, _ *T) {
	d.Report(
		problem.Problem{Position: n.Pos, Path: path, Kind: problem.Refused, Value: n.shown(), Why: f.why, Fix: f.fix},
	)
}

func (f closed[T]) absentFrom(*Decoder, *Node, problem.Path, *T) {}

func (f closed[T]) describeKey() (*jsonschema.Schema, bool) {
	return &jsonschema.Schema{
		Not:         &jsonschema.Schema{},
		Description: "Refused: it " + f.why + "; " + f.fix + ".",
	}, false
}

// Defaults is what an empty section decodes to.
func Defaults[T any](section *Object[T]) T {
	value, _ := section.Decode(NewDecoder(), &Node{Shape: ShapeObject}, "")
	return value
}
