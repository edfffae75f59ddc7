package rests

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// PoliciesOf are the service control policies of all levels.
func PoliciesOf(o *world.Organization) []world.ServiceControlPolicy {
	if o == nil {
		return nil
	}
	var all []world.ServiceControlPolicy
	var walk func(u *world.Unit)
	walk = func(u *world.Unit) {
		all = append(all, u.Policies...)
		for i := range u.Accounts {
			all = append(all, u.Accounts[i].Policies...)
		}
		for i := range u.Units {
			walk(&u.Units[i])
		}
	}
	walk(&o.Root)
	return all
}

// Digest stands for a content.
type Digest [sha256.Size]byte

// Content is a value written down whole: every field of every struct that it has, so that a field that is added later
// is in it without anybody having to remember. It also tells what the value names: accounts and instants.
type Content struct {
	bytes []byte
	// accounts are the account ids that occur in texts.
	Accounts map[string]bool
	// instants are the times that the value has and that its conditions compare with. untold says that a condition
	// compares times with something that cannot be read as an instant.
	instants []time.Time
	untold   bool
}

// Of writes values. It panics on what cannot be written down, such as a function: no value of a world or an
// intent has one.
func Of(values ...any) *Content {
	c := &Content{Accounts: map[string]bool{}}
	for _, v := range values {
		c.Value(reflect.ValueOf(v))
	}
	return c
}

// DigestOf stands for values, written down whole.
func DigestOf(values ...any) Digest { return Of(values...).Sum() }

// Sum stands for what was written so far.
func (c *Content) Sum() Digest { return sha256.Sum256(c.bytes) }

var (
	timeType      = reflect.TypeFor[time.Time]()
	conditionType = reflect.TypeFor[policy.Condition]()
)

// Value writes one more value.
func (c *Content) Value(v reflect.Value) {
	if !v.IsValid() {
		c.bytes = append(c.bytes, 'n')
		return
	}
	switch v.Kind() {
	case reflect.String:
		c.Text(v.String())
	case reflect.Bool:
		c.bytes = append(c.bytes, 'b', 0)
		if v.Bool() {
			c.bytes[len(c.bytes)-1] = 1
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.bytes = binary.AppendVarint(append(c.bytes, 'i'), v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.bytes = binary.AppendUvarint(append(c.bytes, 'u'), v.Uint())
	case reflect.Float32, reflect.Float64:
		c.bytes = binary.AppendUvarint(append(c.bytes, 'f'), math.Float64bits(v.Float()))
	case reflect.Struct:
		c.structure(v)
	case reflect.Pointer, reflect.Interface:
		c.bytes = append(c.bytes, 'p')
		c.Value(v.Elem())
	case reflect.Slice, reflect.Array:
		c.list(v)
	case reflect.Map:
		c.table(v)
	default:
		panic(fmt.Sprintf("a %s cannot be written down", v.Type()))
	}
}

func (c *Content) structure(v reflect.Value) {
	if v.Type() == timeType {
		moment := v.Interface().(time.Time)
		if !moment.IsZero() {
			c.instants = append(c.instants, moment)
		}
		c.bytes = append(c.bytes, 't')
		c.Text(moment.UTC().Format(time.RFC3339Nano))
		return
	}
	if v.Type() == conditionType {
		c.times(v.Interface().(policy.Condition))
	}
	c.bytes = binary.AppendUvarint(append(c.bytes, 's'), uint64(v.NumField()))
	for i := range v.NumField() {
		c.Value(v.Field(i))
	}
}

// list tells no list from an empty one.
func (c *Content) list(v reflect.Value) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		c.bytes = append(c.bytes, 'n')
		return
	}
	c.bytes = binary.AppendUvarint(append(c.bytes, 'l'), uint64(v.Len()))
	for i := range v.Len() {
		c.Value(v.Index(i))
	}
}

// table writes the entries of a map in the order of what they are written as.
func (c *Content) table(v reflect.Value) {
	if v.IsNil() {
		c.bytes = append(c.bytes, 'n')
		return
	}
	var entries []string
	for each := v.MapRange(); each.Next(); {
		entry := Content{Accounts: c.Accounts}
		entry.Value(each.Key())
		entry.Value(each.Value())
		entries = append(entries, string(entry.bytes))
		c.instants, c.untold = append(c.instants, entry.instants...), c.untold || entry.untold
	}
	slices.Sort(entries)
	c.bytes = binary.AppendUvarint(append(c.bytes, 'm'), uint64(len(entries)))
	for _, entry := range entries {
		c.bytes = append(c.bytes, entry...)
	}
}

// Place writes the place of something among others, where its own text is to be left out.
func (c *Content) Place(position int) {
	c.bytes = binary.AppendUvarint(append(c.bytes, 'o'), uint64(position))
}

// digest writes what stands for another content.
func (c *Content) digest(d Digest) { c.bytes = append(append(c.bytes, 'd'), d[:]...) }

const accountDigits = 12

// Text writes one more text, and notes the account ids in it.
func (c *Content) Text(s string) {
	c.bytes = append(binary.AppendUvarint(append(c.bytes, 'x'), uint64(len(s))), s...)
	run := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		if run++; run >= accountDigits {
			c.Accounts[s[i+1-accountDigits:i+1]] = true
		}
	}
}

// times notes the instants that a condition compares with.
func (c *Content) times(condition policy.Condition) {
	switch {
	case strings.HasPrefix(string(condition.Operator.Base), "Date"):
	case strings.EqualFold(condition.Key, "aws:CurrentTime"), strings.EqualFold(condition.Key, "aws:EpochTime"),
		strings.EqualFold(condition.Key, "aws:TokenIssueTime"):
		if condition.Operator.Base == policy.OpNull {
			return
		}
	default:
		return
	}
	for _, value := range condition.Values {
		if moment, err := literal.ParseDate(value); err == nil {
			c.instants = append(c.instants, moment)
		} else {
			c.untold = true
		}
	}
}
