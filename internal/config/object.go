package config

import (
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
)

// object is a value with keys of its own, decoded into the fields of a T.
type object[T any] struct {
	// what completes "... describes" in the schema: a phrase without a verb.
	what string
	// fields are in the order in which the reference and the shipped stack files have them.
	fields []field[T]
}

func keys[T any](what string, fields ...field[T]) *object[T] {
	return &object[T]{what: what, fields: fields}
}

// field is one key of an object.
type field[T any] interface {
	key() string
	decodeInto(d *decoder, n *node, at Path, into *T)
	// absentFrom gives the field its default, or reports that it is missing.
	absentFrom(d *decoder, owner *node, at Path, into *T)
	describeKey() (schema *jsonschema.Schema, required bool)
}

func (o *object[T]) names() []string {
	names := make([]string, len(o.fields))
	for i, f := range o.fields {
		names[i] = f.key()
	}
	return names
}

func (o *object[T]) field(name string) field[T] {
	for _, f := range o.fields {
		if f.key() == name {
			return f
		}
	}
	return nil
}

// decode reads the keys in the order of the description, so that the order of reading does not depend on how the file
// is laid out.
func (o *object[T]) decode(d *decoder, n *node, at Path) (T, bool) {
	var into T
	d.visit(at, n.pos)
	if n.shape != shapeObject {
		d.wrongType(at, n, "write keys below it: "+strings.Join(o.names(), ", "))
		return into, false
	}
	before := len(d.problems)
	given := o.given(d, n, at)
	for _, f := range o.fields {
		path := at.Child(f.key())
		if e, ok := given[f.key()]; ok {
			d.visit(path, e.pos)
			f.decodeInto(d, e.value, path, &into)
		} else {
			f.absentFrom(d, n, path, &into)
		}
	}
	return into, len(d.problems) == before
}

// given indexes the entries by key. It reports unknown keys and repeated ones.
func (o *object[T]) given(d *decoder, n *node, at Path) map[string]entry {
	given := map[string]entry{}
	for _, e := range n.entries {
		path := at.Child(e.name)
		if _, repeated := given[e.name]; repeated {
			d.report(repeatedKey(path, e))
			continue
		}
		if o.field(e.name) == nil {
			d.report(
				Problem{Position: e.pos, Path: path, Kind: UnknownKey, Why: "unknown key", Fix: o.suggest(e.name, at)},
			)
		}
		given[e.name] = e
	}
	return given
}

// suggest names the key that was meant; at the first level with its namespace.
func (o *object[T]) suggest(name string, at Path) string {
	if strings.HasSuffix(string(at), ":") {
		if best, near := nearest(name, o.names()); near {
			return didYouMean(string(at)+name, []string{string(at) + best})
		}
		if meant, known := meantKey(string(at) + name); known {
			return "did you mean " + strconv.Quote(meant) + "?"
		}
	}
	return didYouMean(name, o.names())
}

func repeatedKey(at Path, e entry) Problem {
	return Problem{Position: e.pos, Path: at, Kind: Duplicate, Why: "is given twice", Fix: "keep one of the two"}
}

func (o *object[T]) describe() *jsonschema.Schema {
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

func (o *object[T]) written(T) any { return map[string]any{} }

// fieldOf is a key that is decoded into an F inside a T.
type fieldOf[T, F any] struct {
	name        string
	place       func(*T) *F
	kind        kind[F]
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

// key describes a key of T: its name, the field that it sets, and the kind of its values.
func key[T, F any, K kind[F]](name string, place func(*T) *F, kind K) *fieldOf[T, F] {
	return &fieldOf[T, F]{name: name, place: place, kind: kind}
}

// doc says what the key means, in whole sentences.
func (f *fieldOf[T, F]) doc(sentences string) *fieldOf[T, F] {
	f.description = sentences
	return f
}

// example is a value as an admin would write it.
func (f *fieldOf[T, F]) example(value any) *fieldOf[T, F] {
	f.sample = value
	return f
}

// required makes absence a problem. why completes "is missing, ...": what cannot be done without the key.
func (f *fieldOf[T, F]) required(why string) *fieldOf[T, F] {
	f.mandatory, f.missingText = true, why
	return f
}

// orElse is the value that the key has when it is absent, and the reason for it.
func (f *fieldOf[T, F]) orElse(value F, reason string) *fieldOf[T, F] {
	f.fallback, f.meaning, f.reason = &value, "", reason
	return f
}

// orNothing leaves the field at its zero value when the key is absent. meaning says what that does, reason why.
func (f *fieldOf[T, F]) orNothing(meaning, reason string) *fieldOf[T, F] {
	f.meaning, f.reason = meaning, reason
	return f
}

// asSection gives the keys below their defaults when the key is absent.
func (f *fieldOf[T, F]) asSection() *fieldOf[T, F] {
	f.section = true
	return f
}

func (f *fieldOf[T, F]) key() string { return f.name }

func (f *fieldOf[T, F]) decodeInto(d *decoder, n *node, at Path, into *T) {
	*f.place(into), _ = f.kind.decode(d, n, at)
}

func (f *fieldOf[T, F]) absentFrom(d *decoder, owner *node, at Path, into *T) {
	switch {
	case f.mandatory:
		d.report(Problem{Position: owner.pos, Path: at, Kind: Missing, Why: "is missing", Fix: f.missingText})
	case f.fallback != nil:
		*f.place(into) = *f.fallback
	case f.section:
		d.visit(at, owner.pos)
		*f.place(into), _ = f.kind.decode(d, &node{shape: shapeObject, pos: owner.pos}, at)
	}
}

func (f *fieldOf[T, F]) describeKey() (*jsonschema.Schema, bool) {
	s := f.kind.describe()
	s.Description = f.description
	s.Extras = map[string]any{}
	if f.fallback != nil {
		s.Default = f.kind.written(*f.fallback)
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

// refusedKey describes a key that somebody may well write and that would not do what it says.
func refusedKey[T any](name, why, fix string) closed[T] { return closed[T]{name, why, fix} }

func (f closed[T]) key() string { return f.name }

func (f closed[T]) decodeInto(d *decoder, n *node, at Path, _ *T) {
	d.report(Problem{Position: n.pos, Path: at, Kind: Refused, Value: n.shown(), Why: f.why, Fix: f.fix})
}

func (f closed[T]) absentFrom(*decoder, *node, Path, *T) {}

func (f closed[T]) describeKey() (*jsonschema.Schema, bool) {
	return &jsonschema.Schema{
		Not:         &jsonschema.Schema{},
		Description: "Refused: it " + f.why + "; " + f.fix + ".",
	}, false
}

// defaults is what an empty section decodes to.
func defaults[T any](section *object[T]) T {
	value, _ := section.decode(newDecoder(), &node{shape: shapeObject}, "")
	return value
}
