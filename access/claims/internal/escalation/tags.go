package escalation

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

const principalTag = "aws:principaltag/"

// tagsAsked are the tags of a caller that documents compare, each with a value that passes the test.
func tagsAsked(layers ...*engine.PolicyLayer) []world.Tag {
	var tags []world.Tag
	for _, layer := range layers {
		if layer == nil {
			continue
		}
		for _, st := range slices.Concat(layer.Allow, layer.Deny) {
			for i := range st.Conditions {
				tags = append(tags, tagsOf(st.Conditions[i].Source)...)
			}
		}
	}
	return tags
}

func tagsOf(c *policy.Condition) []world.Tag {
	if !strings.HasPrefix(strings.ToLower(c.Key), principalTag) || c.Operator.Base == policy.OpNull {
		return nil
	}
	var tags []world.Tag
	for _, value := range c.Values {
		if !strings.Contains(value, "${") {
			tags = append(tags, world.Tag{Key: c.Key[len(principalTag):], Value: wildcard.Sample(value)})
		}
	}
	return tags
}

// tagEdits are the calls that give a user or role the tags that documents compare.
func tagEdits(whom *engine.Principal, layers ...*engine.PolicyLayer) []edit {
	var edits []edit
	for _, tag := range tagsAsked(layers...) {
		if engine.FindTag(whom.Tags, tag.Key).One == tag.Value {
			continue
		}
		edits = append(edits, edit{
			action: tagging(whom), target: whom.Arn, words: "writes the tag " + tag.Key + " of",
			conditions: []policy.Condition{
				policy.StringEquals("aws:RequestTag/"+tag.Key, tag.Value), policy.AllEqual("aws:TagKeys", tag.Key),
			},
			apply: change(whom.Arn, func(h holder) {
				*h.tags = append(slices.DeleteFunc(slices.Clone(*h.tags), func(o world.Tag) bool {
					return strings.EqualFold(o.Key, tag.Key)
				}), tag)
			}),
		})
	}
	return edits
}

func tagging(whom *engine.Principal) string {
	if whom.Kind == engine.UserPrincipal {
		return "iam:TagUser"
	}
	return "iam:TagRole"
}

// tags reports whether somebody can write tags of a user or role that its own policies compare.
func (s *escalation) tags(who, whom *engine.Principal) bool {
	return len(tagsAsked(whom.Identity)) > 0 && s.can(who, tagging(whom), whom.Arn).Open
}

// tagsItself are the steps by which a user or role writes tags of its own and then assumes a role whose trust policy,
// or whose Allow, wants them; nil when there are none.
func (s *escalation) tagsItself(who, role *engine.Principal) []Step {
	if role.Kind != engine.RolePrincipal || len(tagsAsked(role.Trust, who.Identity)) == 0 ||
		!s.can(who, tagging(who), who.Arn).Open {
		return nil
	}
	edits := slices.DeleteFunc(tagEdits(who, role.Trust, who.Identity), func(e edit) bool {
		return !s.can(who, e.action, e.target, e.conditions...).Open
	})
	var entry search.Answer
	assumes := func(now *escalation) bool {
		entry = now.assumes(now.same(who), now.same(role))
		return entry.Open
	}
	for i := range edits {
		// One tag at a time: two values of one tag exclude each other.
		if steps := s.played(who, role, edits[i:i+1], assumes); steps != nil {
			return append(steps, Step{
				As: who.Arn, Calls: []string{"sts:AssumeRole"}, On: role.Arn, It: "assumes", By: entry.By,
			})
		}
	}
	return nil
}

// namedFor are the sessions of a role under the names that the trust policy of another one asks for. A role whose own
// trust policy asks for names has no such sessions.
func (s *escalation) namedFor(who, role *engine.Principal) []engine.Session {
	if who.PermissionSet != "" || who.Trust == nil || asksForName(who.Trust) {
		return nil
	}
	var names []string
	for _, st := range role.Trust.Allow {
		for i := range st.Principals {
			if t := &st.Principals[i]; t.SessionName != "" && t.SessionAccount == who.Account.ID && t.SessionRole == who.Name {
				names = append(names, t.SessionName)
			}
		}
		for i := range st.Conditions {
			names = append(names, namesIn(st.Conditions[i].Source, who.Id)...)
		}
	}
	sessions := make([]engine.Session, len(names))
	for i, name := range names {
		sessions[i] = engine.AssumedRole(who.Arn, name)
	}
	return sessions
}

// namesIn are the names of sessions of a role, by its unique id, that a condition asks for.
func namesIn(c *policy.Condition, id string) []string {
	if !strings.EqualFold(c.Key, "aws:userid") {
		return nil
	}
	var names []string
	for _, value := range c.Values {
		if before, name, found := strings.Cut(value, ":"); found && (before == id || strings.ContainsAny(before, "*?")) {
			if name = wildcard.Sample(name); len(name) > 1 && !strings.Contains(name, "${") {
				names = append(names, name)
			}
		}
	}
	return names
}

// asksForName reports whether a trust policy says which names sessions have.
func asksForName(trust *engine.PolicyLayer) bool {
	return slices.ContainsFunc(slices.Concat(trust.Allow, trust.Deny), func(st *engine.Statement) bool {
		return slices.ContainsFunc(st.Conditions, func(c engine.Condition) bool {
			return strings.EqualFold(c.Source.Key, "sts:RoleSessionName")
		})
	})
}
