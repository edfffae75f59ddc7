package policy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"unicode"
)

// MarshalJSON renders the document: the elements in the order in which AWS's own pages write them, lists sorted and
// without duplicates, a list of one as a plain string, conditions sorted by operator and key, no white space. The
// same document renders to the same bytes, always. It fails on what JSON cannot carry: two conditions of one
// statement with the same operator and key.
func (d Document) MarshalJSON() ([]byte, error) {
	w := &writer{}
	w.object(func(o *object) {
		o.text("Version", cmp.Or(d.Version, Version))
		if d.ID != "" {
			o.text("Id", d.ID)
		}
		o.key("Statement")
		w.buf.WriteByte('[')
		for i, s := range d.Statements {
			if i > 0 {
				w.buf.WriteByte(',')
			}
			w.statement(s)
		}
		w.buf.WriteByte(']')
	})
	if w.err != nil {
		return nil, w.err
	}
	return w.buf.Bytes(), nil
}

// JSON renders the document as MarshalJSON does, for documents that have been validated: for those it cannot fail. A
// document that cannot be rendered yields an error text that is no JSON, so that it can never be deployed by mistake.
func (d Document) JSON() string {
	b, err := d.MarshalJSON()
	if err != nil {
		return "invalid policy document: " + err.Error()
	}
	return string(b)
}

// Pretty renders the document with line breaks and two spaces, for people to read.
func (d Document) Pretty() string {
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(d.JSON()), "", "  "); err != nil {
		return d.JSON()
	}
	return out.String()
}

// Characters is the number of characters that AWS counts for identity, group, role and trust policies: all but white
// space. Source: IAM and AWS STS quotas, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
func (d Document) Characters() int {
	n := 0
	for _, r := range d.JSON() {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// Bytes is the size of the minified document, white space inside strings included: what counts for service control
// policies, which are saved exactly as an SDK sends them.
func (d Document) Bytes() int { return len(d.JSON()) }

// Compact encodes any value as minified JSON without HTML escapes: the encoder for JSON that is not a policy
// document, such as Session Manager preferences. Maps are sorted by key; struct fields keep their order.
func Compact(v any) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode JSON: %w", err)
	}
	return string(bytes.TrimRight(buf.Bytes(), "\n")), nil
}

type writer struct {
	buf bytes.Buffer
	err error
}

type object struct {
	w     *writer
	first bool
}

func (w *writer) object(fill func(*object)) {
	w.buf.WriteByte('{')
	fill(&object{w: w, first: true})
	w.buf.WriteByte('}')
}

// plainText reports whether a text stands in JSON as it is, between quotes.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}

func (w *writer) string(s string) {
	if plainText(s) {
		w.buf.WriteByte('"')
		w.buf.WriteString(s)
		w.buf.WriteByte('"')
		return
	}
	text, err := Compact(s)
	if err != nil {
		w.err = err
		return
	}
	w.buf.WriteString(text)
}

// values writes a list; one value is written as a plain string.
func (w *writer) values(values []string) {
	sorted := set(values)
	if len(sorted) == 1 {
		w.string(sorted[0])
		return
	}
	w.buf.WriteByte('[')
	for i, v := range sorted {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		w.string(v)
	}
	w.buf.WriteByte(']')
}

func (o *object) key(name string) {
	if !o.first {
		o.w.buf.WriteByte(',')
	}
	o.first = false
	o.w.string(name)
	o.w.buf.WriteByte(':')
}

func (o *object) text(name, value string) {
	o.key(name)
	o.w.string(value)
}

func (o *object) list(name string, values []string) {
	if values == nil {
		return
	}
	o.key(name)
	o.w.values(values)
}

func (o *object) principals(name string, principals []Principal) {
	if principals == nil {
		return
	}
	merged := mergePrincipals(principals)
	o.key(name)
	if len(merged) == 1 && merged[0].Kind == PrincipalAny {
		o.w.string("*")
		return
	}
	o.w.object(func(inner *object) {
		for _, p := range merged {
			inner.key(string(p.Kind))
			o.w.values(p.Values)
		}
	})
}

func (w *writer) statement(s Statement) {
	w.object(func(o *object) {
		if s.Sid != "" {
			o.text("Sid", s.Sid)
		}
		o.text("Effect", string(s.Effect))
		o.principals("Principal", s.Principals)
		o.principals("NotPrincipal", s.NotPrincipals)
		o.list("Action", s.Actions)
		o.list("NotAction", s.NotActions)
		o.list("Resource", s.Resources)
		o.list("NotResource", s.NotResources)
		w.conditions(o, s)
	})
}

func (w *writer) conditions(o *object, s Statement) {
	if len(s.Conditions) == 0 {
		return
	}
	sorted := slices.Clone(s.Conditions)
	sortConditions(sorted)
	o.key("Condition")
	w.object(func(operators *object) {
		for len(sorted) > 0 {
			operator := sorted[0].Operator
			n := slices.IndexFunc(sorted, func(c Condition) bool { return c.Operator != operator })
			if n < 0 {
				n = len(sorted)
			}
			operators.key(operator.String())
			w.object(func(keys *object) {
				for i, c := range sorted[:n] {
					if i > 0 && sorted[i-1].Key == c.Key {
						w.err = fmt.Errorf(
							"statement %q has two conditions %s on %s: one would replace the other in JSON",
							s.Sid,
							operator,
							c.Key,
						)
					}
					keys.list(c.Key, orEmpty(c.Values))
				}
			})
			sorted = sorted[n:]
		}
	})
}

func sortConditions(conditions []Condition) {
	slices.SortStableFunc(conditions, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(a.Operator.String(), b.Operator.String()), cmp.Compare(a.Key, b.Key))
	})
}

func orEmpty(values []string) []string {
	if values == nil {
		return []string{}
	}
	return values
}
