package search

import (
	"cmp"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/wayin"
)

// decideStranger makes the request of a caller of whom only the entry of a trust policy is known, and decides it in a
// world that has such a caller: one whose own policies allow everything, if the world knows no other of that name.
func (c *Caller) decideStranger(q Question, m *model.Model) Witness {
	w := c.decideStrangerAs(q, m, model.Legible)
	if !w.Real {
		// A condition may want the very name that the search made up.
		if other := c.decideStrangerAs(q, m, model.InSomeAccount); other.Real {
			return other
		}
	}
	return w
}

// decideStrangerAs decides the request of a caller whose made-up ARN is written in one way.
func (c *Caller) decideStrangerAs(q Question, m *model.Model, written func(string) string) Witness {
	w := Witness{M: m}
	entry := c.Any.entry
	w.Session, w.Request = m.Request(c.Engine, c.Session)
	e := c.Engine
	switch c.Any.class {
	case &wayin.AWSServices:
		w.Session = engine.Service(cmp.Or(c.Principal.Name, m.Text("aws:principalservicename"), "ec2.amazonaws.com"))
	case &wayin.IdentityProviders:
		kind := ":oidc-provider"
		if m.Target.Name == "sts:AssumeRoleWithSAML" {
			kind = ":saml-provider"
		}
		w.Session = engine.Federated(
			cmp.Or(
				c.Principal.Name,
				"arn:"+string(c.Principal.Account.Partition)+":iam::"+model.StrangerAccount(entry)+kind+"/somebody-else",
			),
		)
	default:
		arn := c.Principal.Arn
		if v := m.Keys["aws:principalarn"]; v.Present {
			arn = v.At(0)
		}
		if arn == "" {
			arn = "arn:" + string(
				c.Principal.Account.Partition,
			) + ":iam::" + model.StrangerAccount(
				entry,
			) + ":user/somebody-else"
		}
		if _, fixed := c.Any.Fixed[conditionkey.KeyPrincipalARN]; !fixed {
			arn = m.CallerNamed(written(arn), c.Any.Fixed)
		}
		if entry.SessionRole != "" {
			arn = model.RoleNamed(c.Engine, entry)
		}
		e, w.Session = model.WithStranger(c.Engine, arn, m)
		if entry.SessionName != "" {
			w.Session = engine.AssumedRole(arn, entry.SessionName)
		}
		if e == nil {
			w.Doubt = notSent("there can be no caller " + arn)
			return w
		}
		if who, known := c.Engine.Principals[arn]; known {
			m.OwnTags(who, w.Request.Context)
		}
	}
	if !c.completeRequest(&w, true) {
		return w
	}
	d, err := e.Decide(w.Session, w.Request)
	switch {
	case err != nil:
		w.Doubt = notSent(err.Error())
	case d.Allowed() && !asksStranger(e, q, w.Session, w.Request):
		w.Doubt = notSent("there can be no caller with these keys")
	case d.Allowed():
		w.Real, w.Engine = true, e
	default:
		w.Doubt = Doubt{DecidedOtherwise, d.Outcome.String() + " by " + d.By.String()}
	}
	return w
}
