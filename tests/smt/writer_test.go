package smt

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is what a key holds.
type kind int

const (
	textKind kind = iota
	boolKind
	// numberKind and dateKind are numbers; dates are seconds since 1970.
	numberKind
	dateKind
	addressKind
	setKind
)

// value is a condition key of the request, as expressions.
type value struct {
	kind kind
	// has says that the request carries the key: "true" and "false" when the caller decides it.
	has string
	// text, number and truth are the value, each for its kinds.
	text          *text
	number, truth string
	// fixed: the value is constant, which the caller decides.
	fixed    bool
	constant string
	// region: the value is the Region of the request.
	region bool
	// count and members are those of a set.
	count   string
	members []*value
	// v6 says that an address is one of IPv6.
	v6 string
}

func fixed(text string) *value {
	return &value{has: "true", fixed: true, constant: text}
}

var absent = &value{has: "false", fixed: true}

// maxMembers is how many values the judge gives a key of several values.
const maxMembers = 4

// writer writes one question.
type writer struct {
	caller *caller
	// party, in place of caller, is somebody who assumes a role.
	party *party
	lines []string
	keys  map[string]*value
	// tags are the tags of the resource that were read, by key in lower case.
	tags map[string]*value
	// texts are the texts that are not known, pairs those that are compared with each other.
	texts []*text
	pairs []pair
	// resource is the ARN of the resource, home the Region of a request that neither the resource nor the service
	// gives one.
	resource, home *value
	now            bool
}

func newWriter(c *caller) *writer {
	w := &writer{caller: c, keys: map[string]*value{}, tags: map[string]*value{}}
	w.target()
	return w
}

func (w *writer) declare(name, sort string) string {
	w.lines = append(w.lines, "(declare-const "+name+" "+sort+")")
	return name
}

func (w *writer) assert(formula string) {
	if formula != "true" {
		w.lines = append(w.lines, "(assert "+formula+")")
	}
}

// unknown is a text of which nothing is known.
func (w *writer) unknown(name string) *value {
	t := &text{name: name}
	w.texts = append(w.texts, t)
	return &value{has: "true", text: t}
}

// target declares the action, the resource and the Region of the request.
func (w *writer) target() {
	w.declare("action", "Int")
	w.resource, w.home = w.unknown("resource"), w.unknown("home")
	w.home.text.atom(append(word(""), anyChar, anyText))
	w.home.text.forms = []int{0}
	var forms []string
	for i, a := range actions {
		form := w.in(w.resource, a.resource(w.caller.account, nil))
		if at := len(w.resource.text.atoms) - 1; !slices.Contains(w.resource.text.forms, at) {
			w.resource.text.forms = append(w.resource.text.forms, at)
		}
		forms = append(forms, and(fmt.Sprintf("(= action %d)", i), form))
	}
	w.assert(or(forms...))
}

// resource is the set of ARNs of an action's resource, in the Regions of a pattern; nil means all.
func (a action) resource(account string, region regex) regex {
	if a.form == "" {
		return word("*")
	}
	name := regex{noColon, noColons}
	if strings.HasPrefix(a.form, "arn:aws:s3:") {
		name = regex{anyChar, anyText}
	}
	if region == nil {
		region = regex{noColon, noColons, word("-")[0], noColon, noColons, word("-")[0], noColon}
	}
	var out regex
	rest := strings.ReplaceAll(a.form, "ACCOUNT", account)
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "NAME"):
			out, rest = append(out, name...), rest[len("NAME"):]
		case strings.HasPrefix(rest, "REGION"):
			out, rest = append(out, region...), rest[len("REGION"):]
		default:
			out, rest = append(out, word(rest[:1])...), rest[1:]
		}
	}
	return out
}

func (a action) regional() bool { return strings.Contains(a.form, "REGION") }

// inRegion says that the Region of the request is in the set of a pattern. That of a regional resource stands in its
// ARN; requests to IAM go to us-east-1.
func (w *writer) inRegion(x regex) string {
	var either []string
	for i, a := range actions {
		is := fmt.Sprintf("(= action %d)", i)
		switch {
		case a.regional():
			either = append(either, and(is, w.resource.text.atom(a.resource(w.caller.account, x))))
		case strings.HasPrefix(a.name, "iam:"):
			either = append(either, and(is, fmt.Sprint(x.matches("us-east-1"))))
		default:
			either = append(either, and(is, w.home.text.atom(x)))
		}
	}
	return or(either...)
}

// of says that the action is one for which f is true.
func of(f func(action) bool) string {
	var list []string
	for i, a := range actions {
		if f(a) {
			list = append(list, fmt.Sprintf("(= action %d)", i))
		}
	}
	if len(list) == len(actions) {
		return "true"
	}
	return or(list...)
}

// key is a condition key by its name, in any case.
func (w *writer) key(name string) *value {
	name = strings.ToLower(name)
	if have, ok := w.keys[name]; ok {
		return have
	}
	v := w.make(name)
	w.keys[name] = v
	return v
}

// id makes a name of SMT-LIB of a key.
func id(name string) string { return "|" + name + "|" }

// optional declares a text that the request may carry when its action is one of some.
func (w *writer) optional(name string, allowed string) *value {
	v := w.unknown(name)
	v.has = w.declare(id("has "+name), "Bool")
	w.assert(or(not(v.has), allowed))
	return v
}

// decided is a key that the caller decides; nil for every other.
func (w *writer) decided(name string) *value {
	if w.party != nil {
		return w.party.key(w, name)
	}
	return w.caller.key(name)
}

func (w *writer) make(name string) *value {
	if v := w.decided(name); v != nil {
		return v
	}
	service, rest, _ := strings.Cut(name, ":")
	word, tag, tagged := strings.Cut(rest, "/")
	switch {
	case tagged && word == "resourcetag":
		v := w.tag(tag)
		if service == "aws" {
			return v
		}
		gated := *v
		gated.has = and(v.has, of(func(a action) bool { return strings.HasPrefix(a.name, service+":") }))
		return &gated
	case tagged && word == "requesttag":
		v := w.optional(name, of(func(a action) bool { return a.requestTags }))
		keys := w.key("aws:tagkeys")
		var named []string
		for i, member := range keys.members {
			named = append(
				named,
				and(fmt.Sprintf("(> %s %d)", keys.count, i), w.matches(member, escaped(tag), false, folded)),
			)
		}
		w.assert(or(not(v.has), and(keys.has, or(named...))))
		return v
	}
	return w.named(name)
}

// escaped writes a text as a pattern that is no variable.
func escaped(text string) string { return strings.ReplaceAll(text, "$", "${$}") }

// tag is a tag of the resource.
func (w *writer) tag(tag string) *value {
	if have, ok := w.tags[tag]; ok {
		return have
	}
	v := w.optional("tag/"+tag, of(func(a action) bool { return a.resourceTags }))
	w.tags[tag] = v
	return v
}

func (w *writer) named(name string) *value {
	switch name {
	case "aws:tagkeys":
		v := &value{kind: setKind, has: w.declare(id("has "+name), "Bool"), count: w.declare("tagkeys", "Int")}
		w.assert(or(not(v.has), of(func(a action) bool { return a.tagKeys })))
		w.assert(fmt.Sprintf("(and (>= tagkeys 1) (<= tagkeys %d))", maxMembers))
		for i := range maxMembers {
			member := w.unknown(fmt.Sprintf("tagkey%d", i))
			// A tag key has 1 to 128 characters. Source: IAM and AWS STS quotas.
			w.assert(not(w.in(member, emptyRegex)))
			v.members = append(v.members, member)
		}
		return v
	case "aws:currenttime", "aws:epochtime":
		if !w.now {
			w.now = true
			w.declare("now", "Int")
			w.assert("(and (>= now 0) (<= now 253402300799))")
		}
		return &value{kind: dateKind, has: "true", number: "(to_real now)"}
	case "aws:multifactorauthage":
		w.assert("(>= " + w.declare("mfaage", "Int") + " 0)")
		return &value{kind: numberKind, has: "true", number: "(to_real mfaage)"}
	case "aws:tokenissuetime":
		w.assert("(and (>= " + w.declare("issued", "Int") + " 0) (<= issued 253402300799))")
		return &value{kind: dateKind, has: "true", number: "(to_real issued)"}
	case "aws:sourceip":
		v := &value{
			kind:   addressKind,
			has:    w.declare(id("has "+name), "Bool"),
			number: w.declare("address", "Int"),
			v6:     w.declare("v6", "Bool"),
		}
		all := new(big.Int).Lsh(big.NewInt(1), 128)
		w.assert(fmt.Sprintf("(and (>= address 0) (< address (ite v6 %s 4294967296)))", all))
		// An IPv4 address in the form of IPv6 is the IPv4 address.
		mapped := new(big.Int).Lsh(big.NewInt(0xffff), 32)
		w.assert(
			fmt.Sprintf(
				"(=> v6 (or (< address %s) (>= address %s)))",
				mapped,
				new(big.Int).Add(mapped, big.NewInt(1<<32)),
			),
		)
		return v
	case "aws:securetransport", "aws:viaawsservice":
		return &value{kind: boolKind, has: "true", truth: w.declare(id(name), "Bool")}
	case "aws:requestedregion":
		return &value{has: "true", region: true}
	case "s3:max-keys":
		v := &value{kind: numberKind, has: w.declare(id("has "+name), "Bool"), number: w.declare(id(name), "Real")}
		w.assert(or(not(v.has), of(func(a action) bool { return slices.Contains(a.keys, name) })))
		return v
	}
	if slices.Contains(everywhere, name) {
		return w.optional(name, "true")
	}
	return w.optional(name, of(func(a action) bool { return slices.Contains(a.keys, name) }))
}

// condition writes one condition: operator, key, values.
//
// Source: IAM User Guide, IAM JSON policy elements: Condition operators; Set operators; Single-valued vs. multivalued
// context keys.
func (w *writer) condition(operator, name string, values []string) string {
	base := operator
	quantifier, rest, found := strings.Cut(operator, ":")
	if found {
		base = rest
	} else {
		quantifier = ""
	}
	base, ifExists := strings.CutSuffix(base, "IfExists")
	v := w.key(name)
	if base == "Null" {
		var either []string
		for _, value := range values {
			if strings.EqualFold(value, "true") {
				either = append(either, not(v.has))
			} else {
				either = append(either, v.has)
			}
		}
		return or(either...)
	}
	negated := strings.Contains(base, "Not")
	missing := "false"
	if ifExists || quantifier == "ForAllValues" || quantifier == "" && negated {
		missing = "true"
	}
	present := w.present(v, quantifier, negated, base, values)
	return "(ite " + v.has + " " + present + " " + missing + ")"
}

func (w *writer) present(v *value, quantifier string, negated bool, base string, values []string) string {
	one := func(v *value) string {
		if match := w.positive(v, base, values); negated {
			return not(match)
		} else {
			return match
		}
	}
	if quantifier == "" {
		if v.kind == setKind {
			panic("a set without a set operator is not in the judge's language")
		}
		return one(v)
	}
	all := quantifier == "ForAllValues"
	empty := "false"
	if all {
		empty = "true"
	}
	if v.kind != setKind {
		if v.kind != textKind {
			return one(v)
		}
		return "(ite " + w.in(v, emptyRegex) + " " + empty + " " + one(v) + ")"
	}
	var members []string
	for i, member := range v.members {
		within := fmt.Sprintf("(> %s %d)", v.count, i)
		is := one(member)
		if all {
			members = append(members, or(not(within), is))
		} else {
			members = append(members, and(within, is))
		}
	}
	if all {
		return and(members...)
	}
	return or(members...)
}

// positive says that the value of a key is one of the condition's values, the negation left aside.
func (w *writer) positive(v *value, base string, values []string) string {
	var either []string
	for _, text := range values {
		either = append(either, w.compare(v, strings.Replace(base, "Not", "", 1), text))
	}
	return or(either...)
}

func (w *writer) compare(v *value, base, text string) string {
	switch {
	case v.kind == boolKind && base != "Bool":
		yes, no := w.compareText(fixed("true"), base, text), w.compareText(fixed("false"), base, text)
		return "(ite " + v.truth + " " + yes + " " + no + ")"
	case base == "Bool" && v.kind == boolKind:
		return "(= " + v.truth + " " + strings.ToLower(text) + ")"
	case base == "Bool":
		return w.matches(v, text, false, folded)
	case strings.HasPrefix(base, "Numeric"):
		return ordered(strings.TrimPrefix(base, "Numeric"), v.number, decimal(text))
	case strings.HasPrefix(base, "Date"):
		return ordered(strings.TrimPrefix(base, "Date"), v.number, date(text))
	case base == "IpAddress":
		return network(v, text)
	}
	return w.compareText(v, base, text)
}

func (w *writer) compareText(v *value, base, pattern string) string {
	switch base {
	case "StringEquals":
		return w.matches(v, pattern, false, plain)
	case "StringEqualsIgnoreCase":
		return w.matches(v, pattern, false, folded)
	case "StringLike":
		return w.matches(v, pattern, true, plain)
	case "ArnEquals", "ArnLike":
		return w.matches(v, pattern, true, arnOperator)
	}
	panic("operator " + base + " is not in the judge's language")
}

func ordered(relation, left, right string) string {
	sign := map[string]string{"Equals": "=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">",
		"GreaterThanEquals": ">="}[relation]
	return "(" + sign + " " + left + " " + right + ")"
}

func rational(r *big.Rat) string {
	text := "(/ " + new(big.Int).Abs(r.Num()).String() + ".0 " + r.Denom().String() + ".0)"
	if r.Sign() < 0 {
		return "(- " + text + ")"
	}
	return text
}

func decimal(text string) string {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("not a number: " + text)
	}
	return rational(r)
}

// date reads a date as the IAM User Guide writes them: ISO 8601 or seconds since 1970.
func date(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return rational(new(big.Rat).SetInt64(n))
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01"} {
		if at, err := time.Parse(layout, text); err == nil {
			whole := new(big.Rat).SetInt64(at.Unix())
			return rational(whole.Add(whole, big.NewRat(int64(at.Nanosecond()), 1_000_000_000)))
		}
	}
	panic("not a date: " + text)
}

func network(v *value, text string) string {
	if !strings.Contains(text, "/") {
		address := netip.MustParseAddr(text)
		text += "/" + strconv.Itoa(address.BitLen())
	}
	p := netip.MustParsePrefix(text).Masked()
	low := new(big.Int).SetBytes(p.Addr().AsSlice())
	high := new(big.Int).Add(low, new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits())))
	family := v.v6
	if p.Addr().Is4() {
		family = not(v.v6)
	}
	return and(family, fmt.Sprintf("(>= %s %s)", v.number, low), fmt.Sprintf("(< %s %s)", v.number, high))
}

// number of an address.
func numberOf(address netip.Addr) string {
	if address.Is4() {
		b := address.As4()
		return strconv.FormatUint(uint64(binary.BigEndian.Uint32(b[:])), 10)
	}
	return new(big.Int).SetBytes(address.AsSlice()).String()
}

// applies says that a statement speaks of the request.
func (w *writer) applies(st statement) string {
	acts := of(func(a action) bool {
		list, negated := st.Action, false
		if st.NotAction != nil {
			list, negated = st.NotAction, true
		}
		return slices.ContainsFunc(list, func(p string) bool { return matchAction(p, a.name) }) != negated
	})
	if acts == "false" {
		return "false"
	}
	var either []string
	list := st.Resource
	if st.NotResource != nil {
		list = st.NotResource
	}
	for _, pattern := range list {
		either = append(either, w.matches(w.resource, pattern, true, resource))
	}
	on := or(either...)
	if st.NotResource != nil {
		on = not(on)
	}
	return and(acts, on, w.conditions(st))
}

// conditions says that every condition of a statement holds.
func (w *writer) conditions(st statement) string {
	all := []string{"true"}
	for _, operator := range names(st.Condition) {
		for _, key := range names(st.Condition[operator]) {
			all = append(all, w.condition(operator, key, st.Condition[operator][key]))
		}
	}
	return and(all...)
}

// some says that a statement of the effect in one of the documents applies.
func (w *writer) some(effect string, documents []string) string {
	var either []string
	for _, document := range documents {
		for _, st := range parse(document) {
			if st.Effect == effect {
				either = append(either, w.applies(st))
			}
		}
	}
	return or(either...)
}

// allowed says that AWS allows the request.
//
// Source: IAM User Guide, Policy evaluation logic.
func (w *writer) allowed() string {
	all := []string{w.some("Allow", w.caller.identity), not(w.some("Deny", w.caller.identity))}
	for _, layer := range w.caller.layers {
		all = append(all, w.some("Allow", layer), not(w.some("Deny", layer)))
	}
	return and(all...)
}
