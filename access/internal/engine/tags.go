package engine

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
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
	var read map[string][]string
	for _, l := range append(slices.Clone(ev.Guardrails()), ev.Principal.Identity, ev.Principal.Boundary, s.Limit) {
		if l == nil {
			continue
		}
		for _, st := range slices.Concat(l.Deny, l.Allow) {
			if !st.MatchesAction(action) {
				continue
			}
			for i := range st.Conditions {
				c := &st.Conditions[i]
				if c.Key.Kind != conditionkey.KeyResourceTag || !catalogue.KeyAppliesTo(c.Key.Name, action) {
					continue
				}
				if read == nil {
					read = map[string][]string{}
				}
				name := c.Key.Tag
				for have := range read {
					if EqualTagKey(have, name) {
						name = have
					}
				}
				for _, text := range append(c.Source.Values, own...) {
					if text = strings.NewReplacer("*", "x", "?", "x").Replace(text); text != "" &&
						!strings.Contains(text, "${") && !slices.Contains(read[name], text) {
						read[name] = append(read[name], text)
					}
				}
			}
		}
	}
	return read
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
