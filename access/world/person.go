package world

import (
	"aws-access-guardrails/access/internal/wording"
)

// String is the person with what decides about the session.
func (p *Person) String() string {
	text := p.UserName + " of IAM Identity Center"
	if len(p.Groups) > 0 {
		text += " in " + wording.JoinWords(p.Groups, "and")
	}
	if len(p.Profile) > 0 {
		text += " with " + TagWords(TagList(p.Profile))
	}
	if len(p.Asserted) > 0 {
		text += ", whose identity provider sends " + TagWords(TagList(p.Asserted))
	}
	return text
}
