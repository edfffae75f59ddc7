package engine

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
)

// TagsRead are the tags of a resource that the policies of a session read in calls of an action, and the texts that
// they can be compared with: those of the statements, and the tags and name of the caller. Keys are as a statement
// writes them; nil for a caller whom the world does not have, and where no policy reads any.
func (e *Engine) TagsRead(s Session, action string) map[string][]string {
	ev := Env{Engine: e, Session: &s, Request: &Request{}, Resource: &NoResource}
	if ev.Find() != nil {
		return nil
	}
	own := []string{ev.Principal.Name, s.Name}
	for _, tag := range slices.Concat(ev.Principal.Tags, s.Tags) {
		own = append(own, tag.Value)
	}
	read := tagTexts{}
	for _, l := range append(slices.Clone(ev.Guardrails()), ev.Principal.Identity, ev.Principal.Boundary, s.Limit) {
		if l == nil {
			continue
		}
		for _, st := range slices.Concat(l.Deny, l.Allow) {
			if st.MatchesAction(action) {
				read.addStatement(st, action, own)
			}
		}
	}
	if len(read) == 0 {
		return nil
	}
	return read
}

// tagTexts are texts by the key of a tag.
type tagTexts map[string][]string

// addStatement adds the tags of resources that a statement reads in calls of an action, with the texts of the
// statement and those of the caller.
func (t tagTexts) addStatement(st *Statement, action string, own []string) {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if c.Key.Kind == conditionkey.KeyResourceTag && catalogue.KeyAppliesTo(c.Key.Name, action) {
			t.add(c.Key.Tag, append(slices.Clone(c.Source.Values), own...))
		}
	}
}

// add adds texts to a key. A pattern counts as one of its texts; what a variable stands for is among those of the
// caller.
func (t tagTexts) add(key string, texts []string) {
	for have := range t {
		if EqualTagKey(have, key) {
			key = have
		}
	}
	for _, text := range texts {
		text = wildcard.Sample(text)
		if text != "" && !strings.Contains(text, "${") && !slices.Contains(t[key], text) {
			t[key] = append(t[key], text)
		}
	}
}

// TagsKnown reports whether the world says which tags a resource has: those of its nodes, users and roles, and whatever
// else of IAM an account has that it describes.
func (e *Engine) TagsKnown(arn string) bool {
	if _, known := e.TagsOf[arn]; known {
		return true
	}
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) != 6 || parts[2] == "iam" && e.Accounts[parts[4]] != nil && e.Accounts[parts[4]].Described
}

// Tagged is a request whose resource of an ARN has the tags.
func (r *Request) Tagged(arn string, tags []world.Tag) *Request {
	out := *r
	out.Resources = slices.Clone(r.Resources)
	for i := range out.Resources {
		if out.Resources[i].ARN == arn {
			out.Resources[i].Tags = tags
		}
	}
	return &out
}

// ResourceTags adds the keys of resource tags that the statements read.
func (l *PolicyLayer) ResourceTags(into []string) []string {
	for _, st := range slices.Concat(l.Deny, l.Allow) {
		for i := range st.Conditions {
			if k := &st.Conditions[i].Key; k.Kind == conditionkey.KeyResourceTag && !slices.Contains(into, k.Tag) {
				into = append(into, k.Tag)
			}
		}
	}
	return into
}
