package smt

import (
	"fmt"
	"slices"
	"strings"
)

// token is a step of a pattern: one character of a set, or with star any number of them.
type token struct {
	set  set
	star bool
}

// set is a set of characters: all, all but the colon, or one or two characters.
type set struct {
	all, noColon bool
	a, b         rune
}

func (s set) has(r rune) bool {
	switch {
	case s.all:
		return true
	case s.noColon:
		return r != ':'
	}
	return r == s.a || r == s.b
}

var (
	anyChar    = token{set: set{all: true}}
	anyText    = token{set: set{all: true}, star: true}
	noColon    = token{set: set{noColon: true}}
	noColons   = token{set: set{noColon: true}, star: true}
	emptyRegex = regex{}
)

// regex is a pattern as an automaton reads it: its tokens one after the other.
type regex []token

func word(text string) regex {
	var out regex
	for _, r := range text {
		out = append(out, token{set: set{a: r, b: r}})
	}
	return out
}

func (x regex) key() string { return fmt.Sprint([]token(x)) }

// positions are the places in a pattern that may come next; the last one means that it has ended.
type positions []bool

func (x regex) start() positions {
	p := make(positions, len(x)+1)
	p[0] = true
	x.skip(p)
	return p
}

// skip passes over stars.
func (x regex) skip(p positions) {
	for i := range x {
		if p[i] && x[i].star {
			p[i+1] = true
		}
	}
}

func (x regex) step(p positions, r rune) positions {
	next := make(positions, len(p))
	for i := range x {
		if !p[i] || !x[i].set.has(r) {
			continue
		}
		if x[i].star {
			next[i] = true
		} else {
			next[i+1] = true
		}
	}
	x.skip(next)
	return next
}

func (p positions) accepts() bool { return p[len(p)-1] }

func (p positions) dead() bool { return !slices.Contains(p, true) }

func (x regex) matches(text string) bool {
	p := x.start()
	for _, r := range text {
		p = x.step(p, r)
	}
	return p.accepts()
}

// style is how wildcards and case are read.
type style int

const (
	// plain: a wildcard stands for any characters.
	plain style = iota
	// folded: letters match in any case.
	folded
	// resource: of an ARN, part by part; a star that ends a part runs on over colons.
	resource
	// arnOperator: of an ARN, part by part.
	arnOperator
)

// piece is a part of a pattern: a character, a wildcard, or a variable whose value is a part of the request.
type piece struct {
	char rune
	// star and one are the wildcards.
	star, one bool
	variable  *value
	fallback  *string
}

// pieces takes a pattern apart. Variables whose values the caller fixes become characters: AWS does not read
// wildcards in them. known is false when a variable has no value, so that the pattern matches nothing.
func (w *writer) pieces(pattern string, wildcards bool) (out []piece, known bool) {
	rest := pattern
	for rest != "" {
		if strings.HasPrefix(rest, "${") {
			end := strings.IndexByte(rest, '}')
			inside := rest[2:end]
			rest = rest[end+1:]
			if inside == "*" || inside == "?" || inside == "$" {
				out = append(out, piece{char: rune(inside[0])})
				continue
			}
			name, fallback, has := strings.Cut(inside, ",")
			fallback = strings.Trim(strings.TrimLeft(fallback, " "), "'")
			switch v := w.key(name); {
			case v.has == "true" && v.fixed:
				out = append(out, characters(v.constant)...)
			case v.has == "false" && has:
				out = append(out, characters(fallback)...)
			case v.has == "false":
				return nil, false
			case has:
				out = append(out, piece{variable: v, fallback: &fallback})
			default:
				out = append(out, piece{variable: v})
			}
			continue
		}
		switch c := rest[0]; {
		case wildcards && c == '*':
			out = append(out, piece{star: true})
		case wildcards && c == '?':
			out = append(out, piece{one: true})
		default:
			out = append(out, piece{char: rune(c)})
		}
		rest = rest[1:]
	}
	return out, true
}

func characters(text string) []piece {
	var out []piece
	for _, r := range text {
		out = append(out, piece{char: r})
	}
	return out
}

// anyARN is the set of ARNs.
func anyARN() regex {
	out := word("arn")
	for range 4 {
		out = append(append(out, word(":")...), noColons)
	}
	return append(append(out, word(":")...), anyText)
}

// matches says that the text of a key matches a pattern.
func (w *writer) matches(v *value, pattern string, wildcards bool, how style) string {
	if how == resource && pattern == "*" {
		return "true"
	}
	if how == arnOperator && strings.Trim(pattern, "*") == "" {
		return w.in(v, anyARN())
	}
	list, known := w.pieces(pattern, wildcards)
	if !known {
		return "false"
	}
	if len(list) == 1 && list[0].variable != nil {
		if how != plain {
			panic("two texts that both vary are compared by the plain operators alone")
		}
		return w.equals(v, list[0])
	}
	return w.in(v, compile(list, how))
}

// equals says that a text is the value of a variable.
func (w *writer) equals(v *value, p piece) string {
	same := and(p.variable.has, w.equal(v, p.variable))
	if p.fallback == nil {
		return same
	}
	return or(same, and(not(p.variable.has), w.in(v, word(*p.fallback))))
}

func compile(list []piece, how style) regex {
	out := emptyRegex
	part := 0
	for i, p := range list {
		inner := (how == resource || how == arnOperator) && part < 5
		endsPart := i+1 == len(list) || list[i+1].char == ':'
		switch {
		case p.variable != nil:
			panic("a variable of the request beside other characters is not in the judge's language")
		case p.star && inner && !(how == resource && endsPart):
			out = append(out, noColons)
		case p.star:
			out = append(out, anyText)
		case p.one && inner:
			out = append(out, noColon)
		case p.one:
			out = append(out, anyChar)
		case how == folded:
			out = append(out, token{set: set{a: p.char, b: swapped(p.char)}})
		default:
			out = append(out, token{set: set{a: p.char, b: p.char}})
		}
		if p.char == ':' {
			part++
		}
	}
	return out
}

func swapped(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	}
	return r
}

func and(list ...string) string { return join("and", "true", "false", list) }

func or(list ...string) string { return join("or", "false", "true", list) }

// join writes a conjunction or disjunction without what does not count.
func join(operator, neutral, deciding string, list []string) string {
	var kept []string
	for _, one := range list {
		switch one {
		case neutral:
		case deciding:
			return deciding
		default:
			kept = append(kept, one)
		}
	}
	switch len(kept) {
	case 0:
		return neutral
	case 1:
		return kept[0]
	}
	return "(" + operator + " " + strings.Join(kept, " ") + ")"
}

func not(one string) string {
	switch one {
	case "true":
		return "false"
	case "false":
		return "true"
	}
	return "(not " + one + ")"
}
