package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/policy"
)

// textKind is text that a check accepts.
type textKind struct {
	check   func(string) error
	matches string
	allowed []string
	empty   bool
	secret  bool
	// lines says that the text may have several; prose that it is for people alone.
	lines, prose bool
}

// text takes text that the check accepts; nil accepts everything but nothing.
func text(check func(string) error) *textKind { return &textKind{check: check} }

// oneWordOf takes one of the words.
func oneWordOf(words ...string) *textKind { return &textKind{allowed: words} }

// pattern is the check as a regular expression, for editors. It takes everything that the check takes.
func (k *textKind) pattern(expression string) *textKind {
	k.matches = expression
	return k
}

// orEmpty takes "" too.
func (k *textKind) orEmpty() *textKind {
	k.empty = true
	return k
}

// ofLines takes text of several lines, which a document or a shell needs.
func (k *textKind) ofLines() *textKind {
	k.lines = true
	return k
}

// asProse takes a sentence for people: it is never refused for its characters, and those that do something when they
// are printed are shown as escapes. New lines at its end, which YAML's block texts have, do not count.
func (k *textKind) asProse() *textKind {
	k.prose = true
	return k
}

// orSecret takes values that Pulumi keeps encrypted too.
func (k *textKind) orSecret() *textKind {
	k.secret = true
	return k
}

func (k *textKind) decode(d *decoder, n *node, at Path) (string, bool) {
	d.visit(at, n.pos)
	if n.shape == shapeSecret && k.secret {
		return n.text, true
	}
	if n.shape != shapeText {
		fix := "write text"
		switch n.shape {
		case shapeNumber, shapeBoolean, shapeTimestamp:
			fix = "write it in quotes: " + strconv.Quote(n.text)
		}
		d.wrongType(at, n, fix)
		return "", false
	}
	if k.prose {
		prose := *n
		prose.text = visible.Line(strings.TrimRight(n.text, "\n"))
		n = &prose
	}
	switch {
	case n.text == "" && k.empty:
		return "", true
	case k.allowed != nil:
		if !slices.Contains(k.allowed, n.text) {
			d.report(
				Problem{
					Position: n.pos,
					Path:     at,
					Kind:     Invalid,
					Value:    quoted(n.text),
					Why:      "is not one of its values",
					Fix:      didYouMean(n.text, k.allowed),
				},
			)
			return "", false
		}
	case k.check != nil:
		if err := k.check(n.text); err != nil {
			d.invalid(at, n, err)
			return n.text, false
		}
	case strings.TrimSpace(n.text) == "":
		d.report(
			Problem{
				Position: n.pos,
				Path:     at,
				Kind:     Invalid,
				Value:    quoted(n.text),
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
	if shown(n.text) != n.text && !n.sealed {
		d.report(hidden(at, n))
		return "", false
	}
	return n.text, true
}

// hidden is what is wrong with a text that does something when it is printed: no name has such characters, and nobody
// sees them in a review.
func hidden(at Path, n *node) Problem {
	return Problem{
		Position: n.pos,
		Path:     at,
		Kind:     Invalid,
		Value:    quoted(n.text),
		Why:      "has a character that is not seen: a control character, or one that changes the direction or the width of text",
		Fix:      "write it without",
	}
}

func (k *textKind) describe() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Pattern: k.matches}
	if k.empty && k.matches != "" {
		s.Pattern = "^$|" + k.matches
	}
	for _, word := range k.allowed {
		s.Enum = append(s.Enum, word)
	}
	if k.matches == "" && k.allowed == nil && !k.empty {
		s.MinLength = ptr(uint64(1))
	}
	if k.secret {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, secretSchema()}}
	}
	return s
}

func (k *textKind) written(s string) any { return s }

// wordKind is a word of a closed set, as a type of its own.
type wordKind[T ~string] struct{ *textKind }

func (k wordKind[T]) decode(d *decoder, n *node, at Path) (T, bool) {
	s, ok := k.textKind.decode(d, n, at)
	return T(s), ok
}

func (k wordKind[T]) written(s T) any { return string(s) }

// wordsOf takes one of the words.
func wordsOf[T ~string](words ...T) wordKind[T] {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	return wordKind[T]{oneWordOf(plain...)}
}

// says makes a check's error from the two halves of a sentence.
func says(why, fix string) error { return &policy.ValueError{Why: why, Fix: fix} }
