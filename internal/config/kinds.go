package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/policy"
)

// textKind is text that a check accepts.
type textKind struct {
	check   func(string) error
	matches string
	allowed []string
	empty   bool
	secret  bool
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
	switch {
	case n.text == "" && k.empty:
		return "", true
	case k.allowed != nil:
		if !slices.Contains(k.allowed, n.text) {
			d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: quoted(n.text), Why: "is not one of its values", Fix: didYouMean(n.text, k.allowed)})
			return "", false
		}
	case k.check != nil:
		if err := k.check(n.text); err != nil {
			d.invalid(at, n, err)
			return n.text, false
		}
	case strings.TrimSpace(n.text) == "":
		d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: quoted(n.text), Why: "is empty", Fix: "remove the key or give it a value"})
		return "", false
	}
	return n.text, true
}

func (k *textKind) describe() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Pattern: k.matches}
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

// boolean takes true and false. A first-level key takes them in quotes too, because `pulumi config set` writes them so.
type boolean struct{}

func (boolean) decode(d *decoder, n *node, at Path) (bool, bool) {
	d.visit(at, n.pos)
	switch {
	case n.shape == shapeBoolean:
		return n.number == "true", true
	case n.plain && n.shape == shapeText && (n.text == "true" || n.text == "false"):
		return n.text == "true", true
	}
	d.wrongType(at, n, "write true or false, without quotes")
	return false, false
}

func (boolean) describe() *jsonschema.Schema { return &jsonschema.Schema{Type: "boolean"} }
func (boolean) written(b bool) any           { return b }

// wholeNumber takes whole numbers between two bounds, both included.
type wholeNumber struct{ least, most int }

func (k wholeNumber) decode(d *decoder, n *node, at Path) (int, bool) {
	d.visit(at, n.pos)
	written := n.number
	if n.plain && n.shape == shapeText {
		written = n.text
	} else if n.shape != shapeNumber {
		d.wrongType(at, n, fmt.Sprintf("write a whole number from %d to %d, without quotes", k.least, k.most))
		return 0, false
	}
	i, err := strconv.Atoi(written)
	if err != nil || i < k.least || i > k.most {
		d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: n.shown(),
			Why: fmt.Sprintf("is not a whole number from %d to %d", k.least, k.most), Fix: "write one"})
		return 0, false
	}
	return i, true
}

func (k wholeNumber) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: jsonNumber(k.least), Maximum: jsonNumber(k.most)}
}

func (k wholeNumber) written(i int) any { return i }

// durationKind takes durations such as "15m", "12h" and "1h30m" between two bounds, both included, in whole steps.
type durationKind struct{ least, most, step time.Duration }

func (k durationKind) decode(d *decoder, n *node, at Path) (time.Duration, bool) {
	d.visit(at, n.pos)
	bounds := fmt.Sprintf("write %s to %s in whole %s", short(k.least), short(k.most), k.unit())
	if n.shape != shapeText {
		fix := bounds
		if n.shape == shapeNumber {
			fix = "write it with its unit, such as " + n.text + k.likelyUnit(n.number)
		}
		d.wrongType(at, n, fix)
		return 0, false
	}
	value, err := time.ParseDuration(n.text)
	why := ""
	switch {
	case err != nil || !durationForm.MatchString(n.text):
		why = "is not a duration such as " + short(k.least)
	case value < k.least || value > k.most:
		why = fmt.Sprintf("is not between %s and %s", short(k.least), short(k.most))
	case value%k.step != 0:
		why = "is not a number of whole " + k.unit()
	default:
		return value, true
	}
	d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: quoted(n.text), Why: why, Fix: bounds})
	return 0, false
}

// likelyUnit is the largest unit with which the number would be taken.
func (k durationKind) likelyUnit(number string) string {
	for _, unit := range []string{"h", "m"} {
		if d, err := time.ParseDuration(number + unit); err == nil && d >= k.least && d <= k.most && d%k.step == 0 {
			return unit
		}
	}
	return k.unit()[:1]
}

func (k durationKind) unit() string {
	switch k.step {
	case time.Hour:
		return "hours"
	case time.Minute:
		return "minutes"
	}
	return "seconds"
}

func (k durationKind) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: durationPattern}
}

func (k durationKind) written(v time.Duration) any { return short(v) }

// short is the duration without the zero units that time.Duration prints.
func short(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(s, "m0s")]
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}

// momentKind takes a time with its offset, quoted.
type momentKind struct{}

func (momentKind) decode(d *decoder, n *node, at Path) (time.Time, bool) {
	d.visit(at, n.pos)
	const fix = `write a quoted time with its offset, such as "2026-12-01T09:00:00+09:00"`
	if n.shape != shapeText {
		d.wrongType(at, n, fix)
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, n.text)
	if err != nil {
		d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Value: quoted(n.text), Why: "is not a time with an offset", Fix: fix})
		return time.Time{}, false
	}
	return t, true
}

func (momentKind) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date-time"}
}
func (momentKind) written(t time.Time) any { return t.Format(time.RFC3339) }

// listKind takes a list.
type listKind[T any] struct {
	of kind[T]
	// emptyWhy is set where an empty list is a mistake; it says what an empty list would mean.
	emptyWhy, emptyFix string
	// same tells which elements are the same one; nil means that elements may repeat.
	same func(T) string
}

func listOf[T any, K kind[T]](of K) *listKind[T] { return &listKind[T]{of: of} }

// notEmpty refuses an empty list: why says what it would mean, fix what to write.
func (k *listKind[T]) notEmpty(why, fix string) *listKind[T] {
	k.emptyWhy, k.emptyFix = why, fix
	return k
}

// distinct refuses two elements with the same key; elements with an empty key are not compared.
func (k *listKind[T]) distinct(key func(T) string) *listKind[T] {
	k.same = key
	return k
}

// words is a list of distinct texts.
func words(of *textKind) *listKind[string] {
	return listOf(of).distinct(func(s string) string { return s })
}

func (k *listKind[T]) decode(d *decoder, n *node, at Path) ([]T, bool) {
	d.visit(at, n.pos)
	if n.shape != shapeList {
		fix := "write a list: - ... or [...]"
		if n.shape == shapeText {
			fix = "write a list, even of one: [" + n.text + "]"
		}
		d.wrongType(at, n, fix)
		return nil, false
	}
	if len(n.items) == 0 && k.emptyWhy != "" {
		d.report(Problem{Position: n.pos, Path: at, Kind: Refused, Value: "[]", Why: k.emptyWhy, Fix: k.emptyFix})
		return nil, false
	}
	out, all := make([]T, 0, len(n.items)), true
	first := map[string]int{}
	for i, item := range n.items {
		path := at.Index(i)
		d.visit(path, item.pos)
		value, ok := k.of.decode(d, item, path)
		all = all && ok
		// What was not understood keeps its place: paths count elements.
		out = append(out, value)
		if k.same == nil || !ok {
			continue
		}
		if id := k.same(value); id != "" {
			if earlier, repeated := first[id]; repeated {
				all = false
				d.report(Problem{Position: item.pos, Path: path, Kind: Duplicate, Value: item.shown(),
					Why: fmt.Sprintf("is the same as [%d]", earlier), Fix: "remove one of the two"})
				continue
			}
			first[id] = i
		}
	}
	return out, all
}

func (k *listKind[T]) describe() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "array", Items: k.of.describe()}
	if k.emptyWhy != "" {
		s.MinItems = ptr(uint64(1))
	}
	return s
}

func (k *listKind[T]) written(values []T) any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = k.of.written(v)
	}
	return out
}

// tableKind takes keys that the admin chooses, each with a value of one kind.
type tableKind[T any] struct {
	of kind[T]
	// check accepts the keys; nil accepts every key but the empty one.
	check func(string) error
	// folded refuses two keys that differ by case only.
	folded bool
}

func tableOf[T any, K kind[T]](of K, check func(string) error) *tableKind[T] {
	return &tableKind[T]{of: of, check: check}
}

func (k *tableKind[T]) ignoringCase() *tableKind[T] {
	k.folded = true
	return k
}

func (k *tableKind[T]) decode(d *decoder, n *node, at Path) (map[string]T, bool) {
	d.visit(at, n.pos)
	if n.shape != shapeObject {
		d.wrongType(at, n, "write keys with a value each")
		return nil, false
	}
	before := len(d.problems)
	out := map[string]T{}
	first := map[string]string{}
	// Order of the keys is order of reading where there are positions, and alphabetical where the engine sorted them: the same list either way.
	for _, e := range n.entries {
		path := at.Key(e.name)
		if _, repeated := out[e.name]; repeated {
			d.report(repeatedKey(path, e))
			continue
		}
		d.visit(path, e.pos)
		key := &node{shape: shapeText, text: e.name, pos: e.pos}
		if k.check != nil {
			if err := k.check(e.name); err != nil {
				d.invalid(path, key, err)
			}
		}
		if other, same := first[strings.ToLower(e.name)]; same && k.folded {
			d.report(Problem{Position: e.pos, Path: path, Kind: Duplicate, Value: quoted(e.name), Why: "differs from " + strconv.Quote(other) + " by case only",
				Fix: "keep one of the two"})
			continue
		}
		first[strings.ToLower(e.name)] = e.name
		out[e.name], _ = k.of.decode(d, e.value, path)
	}
	return out, len(d.problems) == before
}

func (k *tableKind[T]) describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: k.of.describe()}
}

func (k *tableKind[T]) written(values map[string]T) any {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out[key] = k.of.written(values[key])
	}
	return out
}

// maybe takes what another kind takes and tells apart absent and zero.
type maybe[T any] struct{ of kind[T] }

func optionally[T any, K kind[T]](of K) maybe[T] { return maybe[T]{of} }

func (k maybe[T]) decode(d *decoder, n *node, at Path) (*T, bool) {
	value, ok := k.of.decode(d, n, at)
	return &value, ok
}

func (k maybe[T]) describe() *jsonschema.Schema { return k.of.describe() }

func (k maybe[T]) written(value *T) any {
	if value == nil {
		return nil
	}
	return k.of.written(*value)
}

func ptr[T any](v T) *T { return &v }

// says makes a check's error from the two halves of a sentence.
func says(why, fix string) error { return &policy.ValueError{Why: why, Fix: fix} }

func jsonNumber(i int) json.Number { return json.Number(strconv.Itoa(i)) }

const durationPattern = `^([0-9]+(\.[0-9]+)?(h|m|s))+$`

// durationForm keeps the decoder to what the schema says: time.ParseDuration also reads signs, and units below the second.
var durationForm = regexp.MustCompile(durationPattern)
