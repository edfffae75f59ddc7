package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wayin"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// decideStranger makes the request of a caller of whom only the entry of a trust policy is known, and decides it in a
// world that has such a caller: one whose own policies allow everything, if the world knows no other of that name.
func (c *Caller) decideStranger(q Question, m *Model) Witness {
	w := c.decideStrangerAs(q, m, legible)
	if !w.Real {
		// A condition may want the very name that the search made up.
		if other := c.decideStrangerAs(q, m, inSomeAccount); other.Real {
			return other
		}
	}
	return w
}

// decideStrangerAs decides the request of a caller whose made-up ARN is written in one way.
func (c *Caller) decideStrangerAs(q Question, m *Model, written func(string) string) Witness {
	w := Witness{M: m}
	entry := c.Any.entry
	w.Session, w.Request = c.requestOf(m)
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
				"arn:"+string(c.Principal.Account.Partition)+":iam::"+strangerAccount(entry)+kind+"/somebody-else",
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
			) + ":iam::" + strangerAccount(
				entry,
			) + ":user/somebody-else"
		}
		if _, fixed := c.Any.Fixed[conditionkey.KeyPrincipalARN]; !fixed {
			arn = m.callerNamed(written(arn), c.Any)
		}
		if entry.SessionRole != "" {
			arn = roleNamed(c.Engine, entry)
		}
		e, w.Session = WithStranger(c.Engine, arn, m)
		if entry.SessionName != "" {
			w.Session = engine.AssumedRole(arn, entry.SessionName)
		}
		if e == nil {
			w.Doubt = "there can be no caller " + arn
			return w
		}
		if who, known := c.Engine.Principals[arn]; known {
			m.ownTags(who, w.Request.Context)
		}
	}
	if !c.completeRequest(&w, true) {
		return w
	}
	d, err := e.Decide(w.Session, w.Request)
	switch {
	case err != nil:
		w.Doubt = err.Error()
	case d.Allowed() && !asksStranger(e, q, w.Session, w.Request):
		w.Doubt = "there can be no caller with these keys"
	case d.Allowed():
		w.Real, w.Engine = true, e
	default:
		w.Doubt = "the evaluator finds it " + d.Outcome.String() + " by " + d.By.String()
	}
	return w
}

// callerNamed is the ARN of the search's caller with the account and the user name that the search found for other
// keys: aws:PrincipalAccount and aws:username say the same as the ARN, each in its own words.
func (m *Model) callerNamed(arn string, who *anyone) string {
	kind, path, name := policy.SplitEntity(arn)
	account := policy.ARNPart(arn, 4)
	if kind == "" {
		return arn
	}
	if _, fixed := who.Fixed[conditionkey.KeyPrincipalAccount]; !fixed &&
		policy.IsAccountID(m.Text("aws:principalaccount")) {
		account = m.Text("aws:principalaccount")
	}
	if _, fixed := who.Fixed[conditionkey.KeyUserName]; !fixed && kind == "user" &&
		policy.ValidateUserName(m.Text("aws:username")) == nil {
		name = m.Text("aws:username")
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":" + kind + path + name
}

// Text is the first value that the model gives a key; empty when it gives none.
func (m *Model) Text(name string) string {
	if v := m.Keys[name]; v.Present {
		return v.At(0)
	}
	return ""
}

// Texts are the values that the model gives a key; nil when it gives none.
func (m *Model) Texts(name string) []string {
	v := m.Keys[name]
	if !v.Present {
		return nil
	}
	return valuesOf(v)
}

// roleNamed is the ARN of the role whose session an entry names. Such an entry leaves the path out.
func roleNamed(e *engine.Engine, entry *engine.Trusted) string {
	if a, err := e.AccountOf(entry.SessionAccount); err == nil {
		for i := range a.Roles {
			if a.Roles[i].Name == entry.SessionRole {
				return a.Roles[i].ARN(a)
			}
		}
	}
	return "arn:" + policy.ARNPart(entry.Text, 1) + ":iam::" + entry.SessionAccount + ":role/" + entry.SessionRole
}

// strangerAccount is the account of a caller of whom nothing is said: that of the entry, or one that nobody has.
func strangerAccount(entry *engine.Trusted) string {
	if entry.AccountID != "" {
		return entry.AccountID
	}
	return "999999999999"
}

// inSomeAccount replaces an account that the search made up.
func inSomeAccount(arn string) string {
	if policy.IsAccountID(policy.ARNPart(arn, 4)) {
		return arn
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::999999999999:" + policy.ARNResource(arn)
}

// legible replaces an account and a name that the search made up.
func legible(arn string) string {
	if strings.HasSuffix(arn, "/") {
		arn += "somebody-else"
	}
	kind, _, name := policy.SplitEntity(arn)
	account := policy.ARNPart(arn, 4)
	if !policy.IsAccountID(account) {
		account = "999999999999"
	}
	if kind != "" && len(name) > 1 && account == policy.ARNPart(arn, 4) {
		return arn
	}
	resource := policy.ARNResource(arn)
	if kind != "" && len(name) == 1 {
		resource = kind + "/somebody-else"
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":" + resource
}

// WithStranger is the engine of a world that has the caller, and the session that the model describes; nil when there
// can be none.
func WithStranger(e *engine.Engine, arn string, m *Model) (*engine.Engine, engine.Session) {
	kind, path, name := policy.SplitEntity(arn)
	if kind != "user" && kind != "role" {
		return nil, engine.Session{}
	}
	eng := e
	if _, known := e.Principals[arn]; !known {
		all := []world.InlinePolicy{{Name: "everything", Document: policy.New(policy.Allow("Everything", "*").On("*"))}}
		joining := world.Account{ID: policy.ARNPart(arn, 4), Partition: policy.Partition(policy.ARNPart(arn, 1))}
		if kind == "user" {
			joining.Users = []world.User{{Name: name, Path: path, Tags: m.principalTags(), Inline: all}}
		} else {
			trust := policy.New(policy.Allow("Anyone", "sts:AssumeRole").For(policy.AWSPrincipals(joining.ID)))
			joining.Roles = []world.Role{{Name: name, Path: path, Inline: all, Trust: trust}}
		}
		paths := m.Texts("aws:principalorgpaths")
		organization, _, _ := strings.Cut(slices.Concat(paths, []string{""})[0], "/")
		if eng = e.JoinedBy(joining, cmp.Or(m.Text("aws:principalorgid"), organization), paths...); eng == nil {
			return nil, engine.Session{}
		}
	}
	if kind == "role" {
		return eng, engine.AssumedRole(arn, "somebody-else")
	}
	switch present := m.Keys["aws:multifactorauthpresent"]; {
	case !present.Present:
		return eng, engine.LongTermKey(arn)
	case present.At(0) == "false":
		return eng, engine.Console(arn)
	}
	age := SomeAge
	if v := m.Keys["aws:multifactorauthage"]; v.Present {
		if n, err := strconv.ParseInt(v.At(0), 10, 64); err == nil && n < int64(farAge/time.Second) {
			age = time.Duration(n) * time.Second
		}
	}
	return eng, engine.ConsoleWithMFA(arn, age)
}

// ownTags writes the tags that a user or role of the world has for those that the search gave its caller, in the
// values that a request compares with them. A value that stands there already stays another one.
func (m *Model) ownTags(who *engine.Principal, context engine.Context) {
	for _, name := range sortedNames(m.Names) {
		k, found := m.Names[name], m.Keys[name]
		own := engine.FindTag(who.Tags, k.Tag)
		if k.Kind != conditionkey.KeyPrincipalTag || !found.Present || !own.Present {
			continue
		}
		given := func(text string) bool {
			for _, values := range context {
				if slices.Contains(values, text) {
					return true
				}
			}
			return false
		}
		if given(own.One) {
			continue
		}
		for key, values := range context {
			values = slices.Clone(values)
			for i := range values {
				if values[i] == found.At(0) {
					values[i] = own.One
				}
			}
			context[key] = values
		}
	}
}

// principalTags are the tags that the model gives its caller, in the order of their keys.
func (m *Model) principalTags() []world.Tag {
	var tags []world.Tag
	for _, name := range sortedNames(m.Names) {
		if k, v := m.Names[name], m.Keys[name]; k.Kind == conditionkey.KeyPrincipalTag && v.Present {
			tags = append(tags, world.Tag{Key: k.Tag, Value: v.At(0)})
		}
	}
	return tags
}

// farAge is older than MFA can be.
const farAge = 1000 * time.Hour
