package journey

import (
	"fmt"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Portal is how a person of IAM Identity Center comes into an account: through the access portal, with a permission
// set. Identity Center itself asks for MFA, and the session carries no sign of it.
type Portal struct {
	Person world.Person
	// Role is the ARN of the role of the permission set.
	Role string
}

// enterPortal takes the permission set.
func (t *traveller) enterPortal(p *Portal) error {
	center, set := t.engine.World().IdentityCenter, t.engine.PermissionSetOf(p.Role)
	switch {
	case center == nil:
		return fmt.Errorf("the world has no instance of IAM Identity Center")
	case set == "":
		return fmt.Errorf("%q: the world has no such role of a permission set", p.Role)
	}
	account := policy.ARNPart(p.Role, 4)
	id := center.UserIDs[p.Person.UserName]
	t.arrival.As = engine.IdentityCenter(p.Role, p.Person.UserName).WithUserID(id)
	t.note(p.Person.UserName + " signs in to IAM Identity Center")
	does := "takes the permission set " + set + " in account " + account
	if !center.May(&p.Person, set, account) {
		t.fail(
			does,
			p.Person.UserName+" is not assigned "+set+" in account "+account+", nor is a group that "+p.Person.UserName+" is in",
		)
		return nil
	}
	tags, err := center.SessionTags(p.Person)
	if err != nil {
		t.fail(does, err.Error())
		return nil
	}
	if len(tags) > 0 {
		does += " with session tags " + world.TagWords(tags)
	}
	t.arrival.As = engine.IdentityCenter(p.Role, p.Person.UserName, tags...).WithUserID(id)
	if !t.moment.IsZero() {
		t.arrival.As = t.arrival.As.IssuedAt(t.moment)
	}
	t.note(does)
	return nil
}
