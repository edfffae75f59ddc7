package strictyaml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// TextType is text that a check accepts.
type TextType struct {
	check   func(string) error
	matches string
	allowed []string
	empty   bool
	secret  bool
	// lines says that the text may have several; prose that it is for people alone.
	lines, prose bool
}

// Text takes text that the check accepts; nil accepts everything but nothing.
func Text(check func(string) error) *TextType { return &TextType{check: check} }

// OneWordOf takes one of the words.
func OneWordOf(words ...string) *TextType { return &TextType{allowed: words} }

// Pattern is the check as a regular expression, for editors. It takes everything that the check takes.
func (k *TextType) Pattern(expression string) *TextType {
	k.matches = expression
	return k
}

// OrEmpty takes "" too.
func (k *TextType) OrEmpty() *TextType {
	k.empty = true
	return k
}

// OfLines takes text of several lines, which a document or a shell needs.
func (k *TextType) OfLines() *TextType {
	k.lines = true
	return k
}

// AsProse takes a sentence for people: it is never refused for its characters, and those that do something when they
// are printed are shown as escapes. New lines at its end, which YAML's block texts have, do not count.
func (k *TextType) AsProse() *TextType {
	k.prose = true
	return k
}

// OrSecret takes values that Pulumi keeps encrypted too.
func (k *TextType) OrSecret() *TextType {
	k.secret = true
	return k
}

func (k *TextType) Decode(d *Decoder, n *Node, path problem.Path) (string, bool) {
	d.Visit(path, n.Pos)
	if n.Shape == ShapeSecret && k.secret {
		return n.Text, true
	}
	if n.Shape != ShapeText {
		fix := "write text"
		switch n.Shape {
		case ShapeNumber, ShapeBoolean, ShapeTimestamp:
			fix = "write it in quotes: " + strconv.Quote(n.Text)
		}
		d.wrongType(path, n, fix)
		return "", false
	}
	if k.prose {
		prose := *n
		prose.Text = visible.Line(strings.TrimRight(n.Text, "\n"))
		n = &prose
	}
	switch {
	case n.Text == "" && k.empty:
		return "", true
	case k.allowed != nil:
		if !slices.Contains(k.allowed, n.Text) {
			d.Report(
				problem.Problem{
					Position: n.Pos,
					Path:     path,
					Kind:     problem.Invalid,
					Value:    n.Text,
					Why:      "is not one of its values",
					Fix:      Suggest(n.Text, k.allowed),
				},
			)
			return "", false
		}
	case k.check != nil:
		if err := k.check(n.Text); err != nil {
			d.Invalid(path, n, err)
			return n.Text, false
		}
	case strings.TrimSpace(n.Text) == "":
		d.Report(
			problem.Problem{
				Position: n.Pos,
				Path:     path,
				Kind:     problem.Invalid,
				Value:    n.Text,
				Why:      "is empty",
				Fix:      "remove the key or give it a value",
			},
		)
		return "", false
	}
	shown := visible.Line
	if k.lines {
		shown = visible.Text
	}
	if shown(n.Text) != n.Text && !n.Sealed {
		d.Report(hidden(path, n))
		return "", false
	}
	return n.Text, true
}

// hidden is what is wrong with a text that does something when it is printed: no name has such characters, and nobody
// sees them in a review.
func hidden(path problem.Path, n *Node) problem.Problem {
	return problem.Problem{
		Position: n.Pos,
		Path:     path,
		Kind:     problem.Invalid,
		Value:    n.Text,
		Why:      "has a character that is not seen: a control character, or one that changes the direction or the width of text",
		Fix:      "write it without",
	}
}

func (k *TextType) Describe() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Pattern: k.matches}
	if k.empty && k.matches != "" {
		s.Pattern = "^$|" + k.matches
	}
	for _, word := range k.allowed {
		s.Enum = append(s.Enum, word)
	}
	if k.matches == "" && k.allowed == nil && !k.empty {
		s.MinLength = Ptr(uint64(1))
	}
	if k.secret {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, SecretSchema()}}
	}
	return s
}

func (k *TextType) Written(s string) any { return s }

// WordType is a word of a closed set, as a type of its own.
type WordType[T ~string] struct{ *TextType }

func (k WordType[T]) Decode(d *Decoder, n *Node, path problem.Path) (T, bool) {
	s, ok := k.TextType.Decode(d, n, path)
	return T(s), ok
}

func (k WordType[T]) Written(s T) any { return string(s) }

// WordsOf takes one of the words.
func WordsOf[T ~string](words ...T) WordType[T] {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	return WordType[T]{OneWordOf(plain...)}
}

// Says makes a check's error from the two halves of a sentence.
func Says(why, fix string) error { return &policy.ValueError{Why: why, Fix: fix} }

// SecretSchema is the form in which Pulumi keeps an encrypted value.
func SecretSchema() *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		Required:             []string{"secure"},
		AdditionalProperties: jsonschema.FalseSchema,
	}
	s.Properties.Set("secure", &jsonschema.Schema{Type: "string"})
	return s
}
