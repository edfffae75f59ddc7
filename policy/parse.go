package policy

import (
	"slices"
	"strings"
)

// Version2008 is the older policy language version, which knows no policy variables. AWS reads a document without
// Version as this one.
const Version2008 = "2008-10-17"

var (
	documentElements  = []string{"Version", "Id", "Statement"}
	statementElements = []string{
		"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
	}
	principalKinds = []string{
		string(PrincipalAWS),
		string(PrincipalService),
		string(PrincipalFederated),
		string(PrincipalCanonical),
	}
)

// Parse reads a policy document. It takes what AWS takes: a string where a list may stand, a single statement,
// numbers and booleans as condition values (kept as their text). Unknown elements, elements that stand twice, unknown
// operators and wrong types are refused, all at once, as a ParseError whose problems name the statement and its Sid.
//
// Statements keep their order; lists and conditions come in the order in which a document is rendered, without
// duplicates. An element with an empty list is not an absent one: it is an empty slice that is not nil, and Validate
// refuses it. A document without Version is of Version2008, as it is to AWS. Parse checks form alone: whether a
// document is fit for its use is Validate's question.
func Parse(data []byte) (Document, error) {
	root, err := readTree(data)
	if err != nil {
		return Document{}, ParseError{{Index: -1, Message: err.Error()}}
	}
	p := &parser{}
	p.document()
	d := p.readDocument(root)
	if len(p.found) > 0 {
		return Document{}, ParseError(p.found)
	}
	return d, nil
}

// UnmarshalJSON reads the document as Parse does, so that documents inside larger JSON are read as strictly.
func (d *Document) UnmarshalJSON(data []byte) error {
	parsed, err := Parse(data)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

type parser struct{ problems }

func (p *parser) readDocument(root node) Document {
	d := Document{Version: Version2008}
	if root.kind != kindObject {
		p.add(`write {"Version": "2012-10-17", "Statement": [...]}`, "the document is %s, not an object", root.kind)
		return d
	}
	p.known("the document", root, documentElements)
	if version, found := root.get("Version"); found {
		d.Version = p.text("Version", version)
	}
	if id, found := root.get("Id"); found {
		d.ID = p.text("Id", id)
	}
	statements, found := root.get("Statement")
	if !found {
		p.add("write a list of statements", "the document has no Statement")
		return d
	}
	list := statements.items
	switch statements.kind {
	case kindObject:
		list = []node{statements}
	case kindList:
	default:
		p.add("write a list of statements", "Statement is %s", statements.kind)
	}
	for i, s := range list {
		sid, _ := s.get("Sid")
		p.statement(i, sid.text)
		d.Statements = append(d.Statements, p.readStatement(s))
	}
	return d
}

func (p *parser) readStatement(n node) Statement {
	var s Statement
	if n.kind != kindObject {
		p.add("write an object with Effect, Action and Resource", "the statement is %s", n.kind)
		return s
	}
	p.known("the statement", n, statementElements)
	for _, f := range n.fields {
		switch f.name {
		case "Sid":
			s.Sid = p.text(f.name, f.value)
		case "Effect":
			s.Effect = Effect(p.text(f.name, f.value))
		case "Principal":
			s.Principals = p.principals(f.name, f.value)
		case "NotPrincipal":
			s.NotPrincipals = p.principals(f.name, f.value)
		case "Action":
			s.Actions = p.texts(f.name, f.value)
		case "NotAction":
			s.NotActions = p.texts(f.name, f.value)
		case "Resource":
			s.Resources = p.texts(f.name, f.value)
		case "NotResource":
			s.NotResources = p.texts(f.name, f.value)
		case "Condition":
			s.Conditions = p.conditions(f.value)
		}
	}
	return s
}

func (p *parser) principals(element string, n node) []Principal {
	if n.kind == kindString && n.text == string(PrincipalAny) {
		return []Principal{Anyone()}
	}
	if n.kind != kindObject {
		p.add(`write "*" or an object such as {"AWS": [...]}`, "%s is %s", element, describe(n))
		return nil
	}
	p.known(element, n, principalKinds)
	principals := []Principal{}
	for _, f := range n.fields {
		if values := p.texts(element+"."+f.name, f.value); slices.Contains(principalKinds, f.name) {
			principals = append(principals, Principal{Kind: PrincipalKind(f.name), Values: values})
		}
	}
	slices.SortFunc(principals, func(a, b Principal) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return principals
}

func (p *parser) conditions(n node) []Condition {
	if n.kind != kindObject {
		p.add(`write an object such as {"Bool": {"aws:SecureTransport": "true"}}`, "Condition is %s", describe(n))
		return nil
	}
	p.once("Condition", n)
	var conditions []Condition
	operators := map[Operator]string{}
	for _, f := range n.fields {
		operator, err := ParseOperator(f.name)
		if err != nil {
			p.add(p.suggest(f.name, operatorNames(), "use an operator of the policy language"), "Condition: %v", err)
			continue
		}
		if other, found := operators[operator]; found && other != f.name {
			p.add("write it once", "Condition has %s twice, as %s and as %s", operator, other, f.name)
		}
		operators[operator] = f.name
		if f.value.kind != kindObject {
			p.add("write an object of condition keys", "Condition.%s is %s", f.name, describe(f.value))
			continue
		}
		p.once("Condition."+f.name, f.value)
		for _, key := range f.value.fields {
			values := p.scalars("Condition."+f.name+"."+key.name, key.value)
			conditions = append(conditions, Condition{Operator: operator, Key: key.name, Values: values})
		}
	}
	sortConditions(conditions)
	return conditions
}

// text reads a string.
func (p *parser) text(element string, n node) string {
	if n.kind != kindString {
		p.add("write a string", "%s is %s", element, describe(n))
	}
	return n.text
}

// texts reads a string or a list of strings.
func (p *parser) texts(element string, n node) []string {
	return p.list(element, n, "in quotes", kindString)
}

// scalars reads a condition value or a list of them.
func (p *parser) scalars(element string, n node) []string {
	return p.list(element, n, "as a string", kindString, kindNumber, kindBool)
}

func (p *parser) list(element string, n node, how string, kinds ...kind) []string {
	items, verb := n.items, "holds"
	if n.kind != kindList {
		items, verb = []node{n}, "is"
	}
	values := []string{}
	for _, item := range items {
		if !slices.Contains(kinds, item.kind) {
			p.add("write it "+how, "%s %s %s", element, verb, describe(item))
			continue
		}
		values = append(values, item.text)
	}
	return orEmpty(set(values))
}

// known refuses fields that the policy language does not have, and those that stand twice.
func (p *parser) known(where string, n node, names []string) {
	for _, f := range n.fields {
		if !slices.Contains(names, f.name) {
			p.add(
				p.suggest(f.name, names, "use "+strings.Join(names, ", ")),
				"%s has the unknown element %q",
				where,
				f.name,
			)
		}
	}
	p.once(where, n)
}

func (p *parser) once(where string, n node) {
	seen := map[string]int{}
	for _, f := range n.fields {
		if seen[f.name]++; seen[f.name] == 2 {
			p.add("write it once: a reader of JSON may keep either", "%s has %q twice", where, f.name)
		}
	}
}

func (p *parser) suggest(name string, names []string, otherwise string) string {
	if near := Closest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

func (n node) get(name string) (node, bool) {
	for _, f := range n.fields {
		if f.name == name {
			return f.value, true
		}
	}
	return node{}, false
}

// describe shows a scalar's value and any other node's kind.
func describe(n node) string {
	switch n.kind {
	case kindString:
		return `"` + n.text + `"`
	case kindNumber, kindBool:
		return n.text
	}
	return string(n.kind)
}
