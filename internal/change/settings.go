package change

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/policy"
)

// setting keeps a difference that is no document; one that is decisive changes what somebody may do, or for how long.
func (c *comparison) setting(account, subject, what string, decisive bool) {
	c.Settings = append(
		c.Settings,
		Setting{
			Account: account,
			Subject: subject,
			What:    what,
			Line:    fmt.Sprintf("%s of %s %s", subject, c.accountName(account), what),
		},
	)
	c.decisive = c.decisive || decisive
}

// settings are what users, roles and Regions of both sides are set to. What comes and goes is said elsewhere.
func (c *comparison) settings() {
	for i := range c.to.World.Accounts {
		a := &c.to.World.Accounts[i]
		was := c.from.Account(a.ID)
		if was == nil {
			continue
		}
		users := map[string]*world.User{}
		for j := range was.Users {
			users[was.Users[j].ARN(was)] = &was.Users[j]
		}
		for j := range a.Users {
			u := &a.Users[j]
			if o := users[u.ARN(a)]; o != nil {
				c.tags(a.ID, "user "+u.Name, o.Tags, u.Tags)
				c.list(a.ID, "user "+u.Name, "is in", o.Groups, u.Groups)
				c.list(a.ID, "user "+u.Name, "carries", o.Attached, u.Attached)
				c.one(a.ID, "user "+u.Name, "the boundary", o.Boundary, u.Boundary, true)
			}
		}
		for j := range a.Groups {
			g := &a.Groups[j]
			if index := slices.IndexFunc(was.Groups, func(o world.Group) bool { return o.Name == g.Name }); index >= 0 {
				c.list(a.ID, "group "+g.Name, "carries", was.Groups[index].Attached, g.Attached)
				c.one(a.ID, "group "+g.Name, "the path", was.Groups[index].Path, g.Path, false)
			}
		}
		for j := range a.Roles {
			r := &a.Roles[j]
			if index := slices.IndexFunc(was.Roles, func(o world.Role) bool { return o.ARN(was) == r.ARN(a) }); index >= 0 {
				o, subject := &was.Roles[index], "role "+r.Name
				if r.PermissionSet != "" {
					subject = "permission set " + r.PermissionSet + c.takers(r.ARN(a))
				}
				c.tags(a.ID, subject, o.Tags, r.Tags)
				c.list(a.ID, subject, "carries", o.Attached, r.Attached)
				c.one(a.ID, subject, "the boundary", o.Boundary, r.Boundary, true)
				c.one(a.ID, subject, "the external id", externalID(o.Trust), externalID(r.Trust), true)
				c.one(a.ID, subject, "the longest session", minutes(o.MaxSession/60), minutes(r.MaxSession/60), true)
			}
		}
		c.preferences(was, a)
		c.policiesForOthers(was, a)
		c.sessionDocuments(was, a)
	}
}

// externalID is what a trust policy asks partners to say, as they are written; empty where it asks for nothing.
func externalID(trust policy.Document) string {
	var ids []string
	for _, st := range trust.Statements {
		for _, c := range st.Conditions {
			if strings.EqualFold(c.Key, "sts:ExternalId") {
				ids = append(ids, c.Values...)
			}
		}
	}
	return strings.Join(ids, ", ")
}

// tags are said; what they decide the people and calls show.
func (c *comparison) tags(account, subject string, was, is []world.Tag) {
	value := func(tags []world.Tag, key string) string {
		for _, t := range tags {
			if t.Key == key {
				return fmt.Sprintf("%q", t.Value)
			}
		}
		return ""
	}
	var keys []string
	for _, t := range append(slices.Clone(is), was...) {
		if !slices.Contains(keys, t.Key) {
			keys = append(keys, t.Key)
		}
	}
	for _, key := range keys {
		c.one(account, subject, "the tag "+key, value(was, key), value(is, key), decides(key))
	}
}

// decides reports whether a tag may decide access to the user or role as a resource, which nothing else here compares.
func decides(key string) bool {
	return !slices.Contains([]string{"Email", "DisplayName"}, key)
}

func (c *comparison) one(account, subject, what, was, is string, decisive bool) {
	switch {
	case was == is:
	case was == "":
		c.setting(account, subject, fmt.Sprintf("has %s %s, and had none", what, is), decisive)
	case is == "":
		c.setting(account, subject, fmt.Sprintf("has no longer %s %s", what, was), decisive)
	default:
		c.setting(account, subject, fmt.Sprintf("has %s %s, and had %s", what, is, was), decisive)
	}
}

// list says what is on one list alone. What that allows is compared call by call.
func (c *comparison) list(account, subject, verb string, was, is []string) {
	var come, gone []string
	for _, v := range is {
		if !slices.Contains(was, v) {
			come = append(come, nameOf(v))
		}
	}
	for _, v := range was {
		if !slices.Contains(is, v) {
			gone = append(gone, nameOf(v))
		}
	}
	if len(come) > 0 {
		c.setting(account, subject, verb+" "+strings.Join(come, ", ")+" too", false)
	}
	if len(gone) > 0 {
		c.setting(account, subject, verb+" "+strings.Join(gone, ", ")+" no longer", false)
	}
}

func minutes(n int) string {
	if n == 0 {
		return ""
	}
	return age(n * 60)
}

func (c *comparison) preferences(was, is *world.Account) {
	var regions []string
	find := func(a *world.Account, region string) *world.SessionPreferences {
		for i := range a.Preferences {
			if a.Preferences[i].Region == region {
				return &a.Preferences[i]
			}
		}
		return nil
	}
	for _, p := range append(slices.Clone(is.Preferences), was.Preferences...) {
		if !slices.Contains(regions, p.Region) {
			regions = append(regions, p.Region)
		}
	}
	for _, region := range regions {
		o, n, subject := find(was, region), find(is, region), "Session Manager in "+region
		switch {
		case o == nil:
			c.setting(is.ID, subject, "has preferences, and was left alone", true)
		case n == nil:
			c.setting(
				is.ID, subject, "has preferences no longer: they stay as they were until somebody changes them", true,
			)
		default:
			c.one(is.ID, subject, "Run As", onOff(o.RunAs), onOff(n.RunAs), true)
			c.one(is.ID, subject, "the default OS user", o.DefaultUser, n.DefaultUser, true)
			c.one(is.ID, subject, "the idle timeout", minutes(o.IdleTimeout), minutes(n.IdleTimeout), true)
			c.one(is.ID, subject, "the longest shell", minutes(o.MaxDuration), minutes(n.MaxDuration), true)
			c.one(is.ID, subject, "the key", o.KMSKey, n.KMSKey, true)
		}
	}
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func (c *comparison) sessionDocuments(was, is *world.Account) {
	for i := range is.Documents {
		d := &is.Documents[i]
		index := slices.IndexFunc(
			was.Documents,
			func(o world.SessionDocument) bool { return o.Name == d.Name && o.Region == d.Region },
		)
		switch {
		case index < 0:
			c.setting(is.ID, "document "+d.Name+" in "+d.Region, "is new", decidesAlone(d))
		case was.Documents[index].Content != d.Content || was.Documents[index].Type != d.Type:
			c.setting(is.ID, "document "+d.Name+" in "+d.Region, "has other content", true)
		}
	}
	for i := range was.Documents {
		d := &was.Documents[i]
		if !slices.ContainsFunc(
			is.Documents,
			func(o world.SessionDocument) bool { return o.Name == d.Name && o.Region == d.Region },
		) {
			c.setting(is.ID, "document "+d.Name+" in "+d.Region, "is gone", decidesAlone(d))
		}
	}
}

// decidesAlone reports whether a document decides access by being there. Session documents do what calls do that are
// compared.
func decidesAlone(d *world.SessionDocument) bool {
	return d.Type != "Session" || d.Name == world.PreferencesDocument
}

// policiesForOthers are the managed policies that nobody carries whom the stacks list, such as that of the roles of
// nodes: no call shows what they decide.
func (c *comparison) policiesForOthers(was, is *world.Account) {
	for i := range is.Policies {
		p := &is.Policies[i]
		index := slices.IndexFunc(was.Policies, func(o world.ManagedPolicy) bool { return o.ARN == p.ARN })
		switch {
		case c.carried(p.ARN):
		case index < 0:
			c.setting(is.ID, "policy "+nameOf(p.ARN), "is new, for roles that no stack lists", true)
		case was.Policies[index].Document.Pretty() != p.Document.Pretty():
			c.setting(is.ID, "policy "+nameOf(p.ARN), "has other content, for roles that no stack lists", true)
		}
	}
	for i := range was.Policies {
		p := &was.Policies[i]
		if !c.carried(p.ARN) &&
			!slices.ContainsFunc(is.Policies, func(o world.ManagedPolicy) bool { return o.ARN == p.ARN }) {
			c.setting(is.ID, "policy "+nameOf(p.ARN), "is gone, for roles that no stack lists", true)
		}
	}
}

// carried reports whether somebody carries the policy, or is bounded by it, on either side.
func (c *comparison) carried(arn string) bool {
	for _, s := range []*Side{c.from, c.to} {
		for i := range s.World.Accounts {
			a := &s.World.Accounts[i]
			if slices.ContainsFunc(
				a.Users,
				func(u world.User) bool { return u.Boundary == arn || slices.Contains(u.Attached, arn) },
			) ||
				slices.ContainsFunc(a.Groups, func(g world.Group) bool { return slices.Contains(g.Attached, arn) }) ||
				slices.ContainsFunc(
					a.Roles,
					func(r world.Role) bool { return r.Boundary == arn || slices.Contains(r.Attached, arn) },
				) {
				return true
			}
		}
	}
	return false
}

// passwordPolicies are the rules for console passwords, which no document has.
func (c *comparison) passwordPolicies() {
	for i := range c.Resources {
		r := &c.Resources[i]
		if r.Type != token.IAMAccountPasswordPolicy {
			continue
		}
		what := doing[r.Op]
		if len(r.Properties) > 0 {
			what += " by " + strings.Join(r.Properties, ", ")
		}
		for _, id := range accountsOf(c.from, c.to) {
			if c.to.Stacks[id] == r.Stack {
				c.setting(id, "the password policy", what, true)
			}
		}
	}
}
