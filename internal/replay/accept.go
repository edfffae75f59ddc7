package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/access/match"
)

// Accept is an entry of the accept file: refusals that are meant. Every field that is given must match; * and ? are
// wildcards.
type Accept struct {
	// Sid is the statement, Who the ARN of the caller, Action the action, Account the caller's account. At least one
	// of Sid, Who and Action is given.
	Sid, Who, Action, Account string
	// Because is the reason. Required.
	Because string
	line    int
}

// acceptKey is a key of an entry.
type acceptKey struct {
	name, means, example string
	field                func(*Accept) *string
}

var acceptKeys = []acceptKey{
	{"sid", "The statement that refuses, as the report of replay names it. * and ? are wildcards.",
		"DenySessionsButForGuardedRoles", func(a *Accept) *string { return &a.Sid }},
	{"who", "The ARN of the caller, as the report names it. * and ? are wildcards.",
		"arn:aws:iam::*:role/SupportEngineer", func(a *Accept) *string { return &a.Who }},
	{"action", "The action that is refused, without regard to case. * and ? are wildcards.",
		"ssm:StartSession", func(a *Accept) *string { return &a.Action }},
	{"account", "The account of the caller. It narrows an entry that has one of the others. * and ? are wildcards.",
		"444455556666", func(a *Accept) *string { return &a.Account }},
	{"because", "The reason why the refusal is meant. It is printed beside what it accepts.",
		"support has operation roles from December on", func(a *Accept) *string { return &a.Because }},
}

// AcceptSchema is the JSON Schema of the file of accepted refusals: an editor underlines with it what ReadAccepts
// refuses.
func AcceptSchema() ([]byte, error) {
	type object = map[string]any
	keys := object{}
	for _, k := range acceptKeys {
		keys[k.name] = object{
			"type":        []string{"string", "number"},
			"minLength":   1,
			"description": k.means,
			"examples":    []string{k.example},
		}
	}
	entry := object{
		"type":                 "object",
		"properties":           keys,
		"additionalProperties": false,
		"required":             []string{"because"},
		"anyOf": []object{
			{"required": []string{"sid"}},
			{"required": []string{"who"}},
			{"required": []string{"action"}},
		},
	}
	schema := object{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"title":                "Refusals that are meant, for the verb replay",
		"type":                 "object",
		"additionalProperties": false,
		"properties": object{"accept": object{
			"type":        "array",
			"items":       entry,
			"description": "Calls that the policies would refuse, and should. Every key of an entry that is given must match.",
		}},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(schema)
	return b.Bytes(), err
}

// String is the entry as the file has it, without the reason.
func (a *Accept) String() string {
	var parts []string
	for _, field := range []struct{ name, value string }{{"sid", a.Sid}, {"who", a.Who}, {"action", a.Action}, {"account", a.Account}} {
		if field.value != "" {
			parts = append(parts, field.name+": "+field.value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// ReadAccepts reads an accept file: a mapping with the key accept, a list of entries. The error has everything that
// is wrong, each with its line.
func ReadAccepts(name string, data []byte) ([]Accept, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if doc.Kind == 0 {
		return nil, nil
	}
	var errs []error
	fail := func(n *yaml.Node, why string) {
		errs = append(errs, fmt.Errorf("%s:%d:%d %s", name, n.Line, n.Column, why))
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		fail(root, `is no mapping; write "accept:" with a list of entries below it`)
		return nil, errors.Join(errs...)
	}
	var out []Accept
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, list := root.Content[i], root.Content[i+1]
		switch {
		case key.Value != "accept":
			fail(key, fmt.Sprintf("%q is no key of this file; write accept", key.Value))
		case list.Kind != yaml.SequenceNode:
			fail(list, "accept is no list; write one entry a line, each behind a dash")
		default:
			for _, entry := range list.Content {
				out = append(out, readAccept(entry, fail))
			}
		}
	}
	return out, errors.Join(errs...)
}

func readAccept(n *yaml.Node, fail func(*yaml.Node, string)) Accept {
	a := Accept{line: n.Line}
	if n.Kind != yaml.MappingNode {
		fail(n, "is no entry; write {sid: ..., who: ..., because: ...}")
		return a
	}
	fields := map[string]*string{}
	for _, k := range acceptKeys {
		fields[k.name] = k.field(&a)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field, known := fields[key.Value]
		switch {
		case !known:
			fail(key, fmt.Sprintf("%q is no key of an entry; write sid, who, action, account or because", key.Value))
		case value.Kind != yaml.ScalarNode || value.Value == "":
			fail(value, key.Value+" is no text; write one, or leave the key out")
		case *field != "":
			fail(key, key.Value+" stands twice in this entry; keep one")
		default:
			*field = value.Value
		}
	}
	if a.Because == "" {
		fail(n, "has no reason; write because: and why the refusal is meant")
	}
	if a.Sid+a.Who+a.Action == "" {
		fail(n, "accepts everything; write sid, who or action")
	}
	return a
}

// accept gives a row the reason of the first entry that matches it.
func (r *Row) accept(accepts []Accept, used map[int]bool) {
	r.Accepted = ""
	index := slices.IndexFunc(accepts, func(a Accept) bool {
		matches := func(pattern, text string) bool { return pattern == "" || match.Text(pattern, text) }
		return matches(a.Sid, r.Sid) && matches(a.Who, r.Who) && (a.Action == "" || match.Action(a.Action, r.Action)) &&
			matches(a.Account, r.Account)
	})
	if index >= 0 {
		r.Accepted = accepts[index].Because
		used[index] = true
	}
}
