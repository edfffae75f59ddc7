package smt

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// statement is a statement as its JSON has it.
type statement struct {
	Sid          string
	Effect       string
	Action       texts
	NotAction    texts
	Resource     texts
	NotResource  texts
	Principal    principals
	NotPrincipal principals
	Condition    map[string]map[string]texts
}

// texts is a string or a list of strings.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return err
	}
	*t = many
	return nil
}

// principals are the values of a Principal element by kind; "*" alone stands under "*".
type principals map[string]texts

func (p *principals) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*p = principals{one: {"*"}}
		return nil
	}
	m := map[string]texts{}
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	*p = m
	return nil
}

// parse reads a document or panics: the judge is given what AWS would have stored.
func parse(document string) []statement {
	var d struct {
		Version   string
		Statement []statement
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		panic(fmt.Sprintf("%s: %s", err, document))
	}
	if d.Version != "2012-10-17" {
		panic("the judge reads version 2012-10-17 only, not " + d.Version)
	}
	return d.Statement
}

// matchAction compares an action with a pattern in any case. Only * and ? are special.
func matchAction(pattern, action string) bool {
	return wildcard(strings.ToLower(pattern), strings.ToLower(action))
}

func wildcard(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '*':
		return wildcard(pattern[1:], text) || text != "" && wildcard(pattern, text[1:])
	case '?':
		return text != "" && wildcard(pattern[1:], text[1:])
	}
	return text != "" && pattern[0] == text[0] && wildcard(pattern[1:], text[1:])
}

func names[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
