package access

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// decideStranger makes the request of a caller of whom only the entry of a trust policy is known, and decides it in a world that has such a
// caller: one whose own policies allow everything, if the world knows no other of that name.
func (c *caller) decideStranger(q question, m *model) witness {
	w := witness{m: m}
	entry := c.any.entry
	w.session, w.request = c.requestOf(m)
	engine := c.engine
	switch c.any.class {
	case &awsServices:
		w.session = Service(cmp.Or(c.principal.name, m.text("aws:principalservicename"), "ec2.amazonaws.com"))
	case &identityProviders:
		kind := ":oidc-provider"
		if m.target.name == "sts:AssumeRoleWithSAML" {
			kind = ":saml-provider"
		}
		w.session = Federated(cmp.Or(c.principal.name, "arn:"+string(c.principal.account.partition)+":iam::"+strangerAccount(entry)+kind+"/somebody-else"))
	default:
		arn := c.principal.arn
		if v := m.keys["aws:principalarn"]; v.present {
			arn = v.at(0)
		}
		if arn == "" {
			arn = "arn:" + string(c.principal.account.partition) + ":iam::" + strangerAccount(entry) + ":user/somebody-else"
		}
		arn = m.callerNamed(legible(arn), c.any)
		if entry.sessionRole != "" {
			arn = c.engine.roleNamed(entry)
		}
		engine, w.session = c.engine.withStranger(arn, m)
		if entry.sessionName != "" {
			w.session = AssumedRole(arn, entry.sessionName)
		}
		if engine == nil {
			w.doubt = "there can be no caller " + arn
			return w
		}
		if who, known := c.engine.principals[arn]; known {
			m.ownTags(who, w.request.Context)
		}
	}
	if !c.completeRequest(&w, true) {
		return w
	}
	d, err := engine.Decide(w.session, w.request)
	switch {
	case err != nil:
		w.doubt = err.Error()
	case d.Allowed() && !engine.asksStranger(q, w.session, w.request):
		w.doubt = "there can be no caller with these keys"
	case d.Allowed():
		w.real, w.engine = true, engine
	default:
		w.doubt = "the evaluator finds it " + d.Outcome.String() + " by " + d.By.String()
	}
	return w
}

// callerNamed is the ARN of the search's caller with the account and the user name that the search found for other keys: aws:PrincipalAccount and
// aws:username say the same as the ARN, each in its own words.
func (m *model) callerNamed(arn string, of *anyone) string {
	kind, path, name := splitEntity(arn)
	account := arnPart(arn, 4)
	if _, fixed := of.fixed[keyPrincipalARN]; fixed || kind == "" {
		return arn
	}
	if _, fixed := of.fixed[keyPrincipalAccount]; !fixed && isAccountID(m.text("aws:principalaccount")) {
		account = m.text("aws:principalaccount")
	}
	if _, fixed := of.fixed[keyUserName]; !fixed && kind == "user" && policy.ValidateUserName(m.text("aws:username")) == nil {
		name = m.text("aws:username")
	}
	return "arn:" + arnPart(arn, 1) + ":iam::" + account + ":" + kind + path + name
}

// text is the first value that the model gives a key; empty when it gives none.
func (m *model) text(name string) string {
	if v := m.keys[name]; v.present {
		return v.at(0)
	}
	return ""
}

// roleNamed is the ARN of the role whose session an entry names. Such an entry leaves the path out.
func (e *Engine) roleNamed(entry *trusted) string {
	if a, err := e.accountOf(entry.sessionAccount); err == nil {
		for i := range a.Roles {
			if a.Roles[i].Name == entry.sessionRole {
				return a.Roles[i].ARN(a)
			}
		}
	}
	return "arn:" + arnPart(entry.text, 1) + ":iam::" + entry.sessionAccount + ":role/" + entry.sessionRole
}

// strangerAccount is the account of a caller of whom nothing is said: that of the entry, or one that nobody has.
func strangerAccount(entry *trusted) string {
	if entry.accountID != "" {
		return entry.accountID
	}
	return "999999999999"
}

// legible replaces an account and a name that the search made up.
func legible(arn string) string {
	if strings.HasSuffix(arn, "/") {
		arn += "somebody-else"
	}
	kind, _, name := splitEntity(arn)
	account := arnPart(arn, 4)
	if !isAccountID(account) {
		account = "999999999999"
	}
	if kind != "" && len(name) > 1 && account == arnPart(arn, 4) {
		return arn
	}
	resource := arnResource(arn)
	if kind != "" && len(name) == 1 {
		resource = kind + "/somebody-else"
	}
	return "arn:" + arnPart(arn, 1) + ":iam::" + account + ":" + resource
}

// withStranger is the engine of a world that has the caller, and the session that the model describes; nil when there can be none.
func (e *Engine) withStranger(arn string, m *model) (*Engine, Session) {
	kind, path, name := splitEntity(arn)
	if kind != "user" && kind != "role" {
		return nil, Session{}
	}
	engine := e
	if _, known := e.principals[arn]; !known {
		all := []InlinePolicy{{Name: "everything", Document: policy.New(policy.Allow("Everything", "*").On("*"))}}
		joining := Account{ID: arnPart(arn, 4), Partition: policy.Partition(arnPart(arn, 1))}
		if kind == "user" {
			joining.Users = []User{{Name: name, Path: path, Tags: m.principalTags(), Inline: all}}
		} else {
			trust := policy.New(policy.Allow("Anyone", "sts:AssumeRole").For(policy.AWSPrincipals(joining.ID)))
			joining.Roles = []Role{{Name: name, Path: path, Inline: all, Trust: trust}}
		}
		if engine = e.joinedBy(joining); engine == nil {
			return nil, Session{}
		}
	}
	if kind == "role" {
		return engine, AssumedRole(arn, "somebody-else")
	}
	switch present := m.keys["aws:multifactorauthpresent"]; {
	case !present.present:
		return engine, LongTermKey(arn)
	case present.at(0) == "false":
		return engine, Console(arn)
	}
	age := someAge
	if v := m.keys["aws:multifactorauthage"]; v.present {
		if n, err := strconv.ParseInt(v.at(0), 10, 64); err == nil && n < int64(farAge/time.Second) {
			age = time.Duration(n) * time.Second
		}
	}
	return engine, ConsoleWithMFA(arn, age)
}

// ownTags writes the tags that a user or role of the world has for those that the search gave its caller, in the values that a request compares with them.
// A value that stands there already stays another one.
func (m *model) ownTags(who *principal, context Context) {
	for _, name := range sortedNames(m.names) {
		k, made := m.names[name], m.keys[name]
		own := findTag(who.tags, k.tag)
		if k.kind != keyPrincipalTag || !made.present || !own.present {
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
		if given(own.one) {
			continue
		}
		for key, values := range context {
			values = slices.Clone(values)
			for i := range values {
				if values[i] == made.at(0) {
					values[i] = own.one
				}
			}
			context[key] = values
		}
	}
}

// principalTags are the tags that the model gives its caller, in the order of their keys.
func (m *model) principalTags() []Tag {
	var tags []Tag
	for _, name := range sortedNames(m.names) {
		if k, v := m.names[name], m.keys[name]; k.kind == keyPrincipalTag && v.present {
			tags = append(tags, Tag{Key: k.tag, Value: v.at(0)})
		}
	}
	return tags
}

// joinedBy is the engine of the world to which users and roles of one account are added, who have inline policies alone; nil when the world with
// them does not compile. What the world has is not compiled again.
func (e *Engine) joinedBy(joining Account) *Engine {
	w := e.world
	w.Accounts = slices.Clone(w.Accounts)
	c := &compiler{engine: &Engine{
		accounts: maps.Clone(e.accounts), principals: maps.Clone(e.principals), tagsOf: maps.Clone(e.tagsOf), world: w, describedRoles: e.describedRoles, from: e.from,
	}}
	at := slices.IndexFunc(w.Accounts, func(a Account) bool { return a.ID == joining.ID })
	if at < 0 {
		if !isAccountID(joining.ID) {
			return nil
		}
		home := account{id: joining.ID}
		if placed := e.accounts[joining.ID]; placed != nil {
			home = *placed
		}
		home.partition, home.described = cmp.Or(joining.Partition, policy.AWS), true
		c.engine.accounts[joining.ID] = &home
		c.engine.world.Accounts = append(w.Accounts, joining)
		c.principals(&joining)
		c.engine.describedRoles = everyRoleOf(c.engine.world.Accounts)
	} else {
		host, home := &w.Accounts[at], e.accounts[joining.ID]
		users, roles := map[string]bool{}, map[string]bool{}
		for i := range host.Users {
			users[strings.ToLower(host.Users[i].Name)] = true
		}
		for i := range host.Roles {
			roles[strings.ToLower(host.Roles[i].Name)] = true
		}
		for i := range joining.Users {
			c.user(host, home, &joining.Users[i], nil, users)
		}
		for i := range joining.Roles {
			c.role(host, home, &joining.Roles[i], roles)
		}
		host.Users, host.Roles = slices.Concat(host.Users, joining.Users), slices.Concat(host.Roles, joining.Roles)
	}
	if len(c.errs) > 0 {
		return nil
	}
	return c.engine
}

// farAge is older than MFA can be.
const farAge = 1000 * time.Hour
