package access

import (
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// anyone is a class of callers of whom only the entry of a trust policy is known that trusts them: a user named by ARN, everybody of an account,
// everybody at all. All that the entry does not fix varies, be it in the world or not, so that a proof about a trust policy speaks of every
// caller that AWS can have.
type anyone struct {
	entry *trusted
	class *callerClass
	// fixed are the keys that the entry and the class fix.
	fixed map[keyKind]values
	// shape limits aws:PrincipalArn to what the entry covers; nil when the key is fixed or absent.
	shape *statement
}

// newAnyone makes the class of the users and roles of an entry.
func newAnyone(e *Engine, entry *trusted, in *account) *caller {
	return newAnyoneOf(e, &usersAndRoles, entry, in)
}

// newAnyoneOf makes the class of those callers of an entry who are of one class; in is the account of the role.
func newAnyoneOf(e *Engine, class *callerClass, entry *trusted, in *account) *caller {
	a := &anyone{entry: entry, class: class, fixed: map[keyKind]values{}}
	for _, absent := range class.absent {
		a.fixed[absent] = values{}
	}
	stand := &principal{kind: class.kind, account: &account{partition: in.partition}, identity: &layer{}}
	switch class {
	case &awsServices:
		a.fixed[keyPrincipalIsService] = single("true")
		if entry.kind == policy.PrincipalService && !entry.wild {
			stand.name = entry.text
			a.fixed[keyPrincipalServiceName] = single(entry.text)
		}
	case &identityProviders:
		if entry.kind == policy.PrincipalFederated && !entry.wild {
			stand.name = entry.text
		}
	default:
		// Source: IAM User Guide, AWS global condition context keys: it is there on all signed requests.
		a.fixed[keyPrincipalIsService] = single("false")
		a.users(stand, in.partition)
	}
	c := &caller{engine: e, session: Session{kind: class.session}, principal: stand, lab: newLab(), any: a, effort: &effort{}}
	c.search = newSearch(newBinder(c))
	return c
}

// users says what an entry fixes of users and roles.
func (a *anyone) users(stand *principal, p policy.Partition) {
	entry, partition := a.entry, string(p)
	switch {
	case entry.kind == policy.PrincipalAny || entry.kind == policy.PrincipalCanonical:
		a.ofAccount(stand, "????????????")
	case entry.accountID != "":
		stand.account.id = entry.accountID
		a.fixed[keyPrincipalAccount] = single(entry.accountID)
		a.ofAccount(stand, entry.accountID)
	case entry.sessionRole != "":
		stand.account.id = entry.sessionAccount
		a.fixed[keyPrincipalAccount] = single(entry.sessionAccount)
		a.fixed[keyUserName], a.fixed[keyMFAPresent], a.fixed[keyMFAAge] = values{}, values{}, values{}
		roles := "arn:" + partition + ":iam::" + entry.sessionAccount + ":role/"
		a.shape = arnShape(roles+entry.sessionRole, roles+"*/"+entry.sessionRole)
	default:
		stand.account.id = arnPart(entry.text, 4)
		stand.arn = entry.text
		a.fixed[keyPrincipalARN], a.fixed[keyPrincipalAccount] = single(entry.text), single(stand.account.id)
		kind, _, name := splitEntity(entry.text)
		if kind == "user" {
			a.fixed[keyUserName] = single(name)
		} else {
			stand.kind = rolePrincipal
			// A role session carries neither a user name nor MFA.
			a.fixed[keyUserName], a.fixed[keyMFAPresent], a.fixed[keyMFAAge] = values{}, values{}, values{}
		}
	}
}

// ofAccount limits the class to the users and roles of the accounts of a form.
func (a *anyone) ofAccount(stand *principal, id string) {
	arn := "arn:" + string(stand.account.partition) + ":iam::" + id
	a.shape = arnShape(arn+":user/?*", arn+":role/?*")
}

// named is the class of those callers of the class who have a user name.
func (a *anyone) named(name string, p policy.Partition) *anyone {
	if a.shape == nil || policy.ValidateUserName(name) != nil {
		return a
	}
	other := *a
	account := "????????????"
	if v := a.fixed[keyPrincipalAccount]; v.present {
		account = v.one
	}
	other.shape = arnShape("arn:"+string(p)+":iam::"+account+":user/"+name, "arn:"+string(p)+":iam::"+account+":user/*/"+name)
	return &other
}

func arnShape(patterns ...string) *statement {
	return mustStatement(policy.Allow("", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", patterns...)))
}

// splitEntity splits the ARN of a user or role.
func splitEntity(arn string) (kind, path, name string) {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return "", "", arn
	}
	kind, path, name, _ = parsed.Entity()
	return kind, path, name
}

// constant is the value of a key that the entry fixes. Of the keys of a session it leaves everything else open.
func (a *anyone) constant(k *key) (values, bool) {
	if k.kind == keyAssumedRoot {
		return values{}, true
	}
	v, fixed := a.fixed[k.kind]
	return v, fixed
}

// never is what AWS guarantees about the keys of users and roles.
//
// Source: IAM User Guide, AWS global condition context keys.
func (a *anyone) never() []*statement {
	calls := []*statement{mustStatement(policy.Deny("", a.callsOfOthers()...).On("*"))}
	if a.class == &identityProviders {
		calls = append(calls, mustStatement(policy.Deny("", "*").On("*").When(policy.Bool("aws:PrincipalIsAWSService", true))))
	}
	if a.class != &usersAndRoles {
		// Whoever has neither a name nor MFA goes against none of the others.
		return calls
	}
	const present, age, name = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:username"
	rules := []policy.Statement{
		// The age is there exactly when MFA is.
		policy.Deny("", "*").On("*").When(policy.Present(age), policy.BoolIfExists(present, false)),
		policy.Deny("", "*").On("*").When(policy.Absent(age), policy.Bool(present, true)),
		// Only users have a user name, and every user has one.
		policy.Deny("", "*").On("*").When(policy.Absent(name), policy.ArnLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
		policy.Deny("", "*").On("*").When(policy.Present(name), policy.ArnNotLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
		// A role session carries no MFA.
		policy.Deny("", "*").On("*").When(policy.Present(present), policy.ArnNotLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
	}
	for _, r := range rules {
		calls = append(calls, mustStatement(r))
	}
	return calls
}

// callsOfOthers are the calls with which callers of other classes assume roles.
//
// Source: AWS STS API Reference, AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity.
func (a *anyone) callsOfOthers() []string {
	const own, saml, web = "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"
	switch {
	case a.class != &identityProviders:
		return []string{saml, web}
	case a.entry.kind != policy.PrincipalFederated || a.entry.wild:
		return []string{own}
	case strings.Contains(a.entry.text, ":saml-provider/"):
		return []string{own, web}
	}
	return []string{own, saml}
}

// askTrust answers a question about what the trust policy of a role allows, whoever calls: each class of callers that an entry of a statement names is
// asked about.
func (e *Engine) askTrust(role *principal, q question) answer {
	a := answer{denied: true}
	for _, way := range role.waysIn() {
		a = a.and(e.askWayIn(role, way, newAnyoneOf(e, way.class, way.entry, role.account), q))
	}
	if !a.open {
		// Nothing that is attached to a caller widens a trust policy.
		a.denied = false
	}
	return a
}

// askWayIn answers a question about one way into a role.
func (e *Engine) askWayIn(role *principal, way wayIn, c *caller, q question) answer {
	self := mustStatement(policy.Allow("", trustActions...).On(role.arn).When(policy.Present("sts:RoleSessionName")))
	return c.assignments(func(c *caller) answer {
		at := attempt{q: q, also: []*statement{way.st, self}, by: way.st.by, allow: []*statement{nil}, closed: true}
		if c.any.shape != nil {
			at.also = append(at.also, c.any.shape)
		}
		for _, deny := range role.trust.deny {
			// A Deny that speaks of some callers of the class and not of others is left out: the class is then taken to escape it.
			if !deny.notPrincipals && deny.speaksOf(c.env()) {
				at.layers.deny = append(at.layers.deny, deny)
			}
		}
		return c.attempt(at)
	})
}

// freeTags tells which session tags somebody can choose for a session of a role: those with which its trust policy lets somebody call
// sts:TagSession. Nil when it lets nobody.
func freeTags(e *Engine, role *principal) func(string) bool {
	if !slices.ContainsFunc(role.trust.allow, func(st *statement) bool { return st.matchesAction("sts:TagSession") }) {
		return nil
	}
	known := map[string]bool{}
	return func(tag string) bool {
		tag = strings.ToLower(tag)
		free, asked := known[tag]
		if !asked {
			q := asking([]policy.Statement{policy.Allow("", "sts:TagSession").On("*").When(policy.AnyEqualsIgnoringCase("aws:TagKeys", tag))})
			free = e.askTrust(role, q).open
			known[tag] = free
		}
		return free
	}
}
