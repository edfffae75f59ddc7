package strictyaml

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/problem"
)

// ListType takes a list.
type ListType[T any] struct {
	element Type[T]
	// emptyWhy is set where an empty list is a mistake; it says what an empty list would mean.
	emptyWhy, emptyFix string
	// same tells which elements are the same one; nil means that elements may repeat.
	same func(T) string
}

// ListOf takes a list of values that the type takes.
func ListOf[T any, K Type[T]](element K) *ListType[T] { return &ListType[T]{element: element} }

// NotEmpty refuses an empty list: why says what it would mean, fix what to write.
func (k *ListType[T]) NotEmpty(why, fix string) *ListType[T] {
	k.emptyWhy, k.emptyFix = why, fix
	return k
}

// Distinct refuses two elements with the same key; elements with an empty key are not compared.
func (k *ListType[T]) Distinct(key func(T) string) *ListType[T] {
	k.same = key
	return k
}

// Words is a list of distinct texts.
func Words(element *TextType) *ListType[string] {
	return ListOf(element).Distinct(func(s string) string { return s })
}

func (k *ListType[T]) Decode(d *Decoder, n *Node, place problem.Path) ([]T, bool) {
	d.Visit(place, n.Pos)
	if n.Shape != ShapeList {
		fix := "write a list: - ... or [...]"
		if n.Shape == ShapeText {
			fix = "write a list, even of one: [" + n.Text + "]"
		}
		d.wrongType(place, n, fix)
		return nil, false
	}
	if len(n.Items) == 0 && k.emptyWhy != "" {
		d.Report(problem.Problem{
			Position: n.Pos, Path: place, Kind: problem.Refused, Value: problem.Written("[]"),
			Why: k.emptyWhy, Fix: k.emptyFix,
		})
		return nil, false
	}
	out, all := make([]T, 0, len(n.Items)), true
	first := map[string]int{}
	for i, item := range n.Items {
		path := place.Index(i)
		d.Visit(path, item.Pos)
		value, ok := k.element.Decode(d, item, path)
		all = all && ok
		// What was not understood keeps its place: paths count elements.
		out = append(out, value)
		if k.same == nil || !ok {
			continue
		}
		if id := k.same(value); id != "" {
			if earlier, repeated := first[id]; repeated {
				all = false
				d.Report(problem.Problem{Position: item.Pos, Path: path, Kind: problem.Duplicate, Value: item.shown(),
					Why: fmt.Sprintf("is the same as [%d]", earlier), Fix: "remove one of the two"})
				continue
			}
			first[id] = i
		}
	}
	return out, all
}

func (k *ListType[T]) Describe() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "array", Items: k.element.Describe()}
	if k.emptyWhy != "" {
		s.MinItems = Ptr(uint64(1))
	}
	return s
}

func (k *ListType[T]) Written(values []T) any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = k.element.Written(v)
	}
	return out
}

// TableType takes keys that the admin chooses, each with a value of one kind.
type TableType[T any] struct {
	element Type[T]
	// check accepts the keys; nil accepts every key but the empty one.
	check func(string) error
	// folded refuses two keys that differ by case only.
	folded bool
}

// TableOf takes keys that the check accepts, nil for all but the empty one, each with a value that the type takes.
func TableOf[T any, K Type[T]](element K, check func(string) error) *TableType[T] {
	return &TableType[T]{element: element, check: check}
}

// IgnoringCase refuses two keys that differ by case only.
func (k *TableType[T]) IgnoringCase() *TableType[T] {
	k.folded = true
	return k
}

func (k *TableType[T]) Decode(d *Decoder, n *Node, place problem.Path) (map[string]T, bool) {
	d.Visit(place, n.Pos)
	if n.Shape != ShapeObject {
		d.wrongType(place, n, "write keys with a value each")
		return nil, false
	}
	before := len(d.Problems)
	out := map[string]T{}
	first := map[string]string{}
	// Order of the keys is order of reading where there are positions, and alphabetical where the engine sorted them:
	// the same list either way.
	for _, e := range n.Entries {
		path := place.Key(e.Name)
		if _, repeated := out[e.Name]; repeated {
			d.Report(*RepeatedKey(path, e))
			continue
		}
		d.Visit(path, e.Pos)
		key := &Node{Shape: ShapeText, Text: e.Name, Pos: e.Pos}
		if k.check != nil {
			if err := k.check(e.Name); err != nil {
				d.Invalid(path, key, err)
			}
		} else if visible.Line(e.Name) != e.Name {
			d.Report(hidden(path, key))
		}
		if other, same := first[strings.ToLower(e.Name)]; same && k.folded {
			d.Report(
				problem.Problem{
					Position: e.Pos,
					Path:     path,
					Kind:     problem.Duplicate,
					Value:    e.Name,
					Why:      "differs from " + strconv.Quote(other) + " by case only",
					Fix:      "keep one of the two",
				},
			)
			continue
		}
		first[strings.ToLower(e.Name)] = e.Name
		out[e.Name], _ = k.element.Decode(d, e.Value, path)
	}
	return out, len(d.Problems) == before
}

func (k *TableType[T]) Describe() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: k.element.Describe()}
}

func (k *TableType[T]) Written(values map[string]T) any {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out[key] = k.element.Written(values[key])
	}
	return out
}

// Optional takes what another kind takes and tells apart absent and zero.
type Optional[T any] struct{ inner Type[T] }

// Optionally takes what the type takes, and nil stands for a key that is absent.
func Optionally[T any, K Type[T]](inner K) Optional[T] { return Optional[T]{inner} }

func (k Optional[T]) Decode(d *Decoder, n *Node, path problem.Path) (*T, bool) {
	value, ok := k.inner.Decode(d, n, path)
	return &value, ok
}

func (k Optional[T]) Describe() *jsonschema.Schema { return k.inner.Describe() }

func (k Optional[T]) Written(value *T) any {
	if value == nil {
		return nil
	}
	return k.inner.Written(*value)
}

// Ptr is a pointer to the value.
func Ptr[T any](v T) *T { return &v }
