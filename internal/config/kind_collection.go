package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/visible"
)

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
	// Order of the keys is order of reading where there are positions, and alphabetical where the engine sorted them:
	// the same list either way.
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
		} else if visible.Line(e.name) != e.name {
			d.report(hidden(path, key))
		}
		if other, same := first[strings.ToLower(e.name)]; same && k.folded {
			d.report(
				Problem{
					Position: e.pos,
					Path:     path,
					Kind:     Duplicate,
					Value:    quoted(e.name),
					Why:      "differs from " + strconv.Quote(other) + " by case only",
					Fix:      "keep one of the two",
				},
			)
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
