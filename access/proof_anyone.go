package access

import (
	"aws-access-guardrails/policy"
)

// anyone is a class of callers of whom only the entry of a trust policy is known that trusts them: a user named by ARN, everybody of an account,
// everybody at all. All that the entry does not fix varies, be it in the world or not, so that a proof about a trust policy speaks of every
// caller that AWS can have.
type anyone struct {
	entry *trusted
	// fixed are the keys that the entry fixes.
	fixed map[keyKind]values
	// shape limits aws:PrincipalArn to what the entry covers; nil when the key is fixed or absent.
	shape *statement
}

// newAnyone makes the class of an entry; p stands in for the caller.
func newAnyone(e *Engine, entry *trusted, in *account) *caller {
	a := &anyone{entry: entry, fixed: map[keyKind]values{}}
	stand := &principal{kind: userPrincipal, account: &account{partition: in.partition}, identity: &layer{}}
	s := Session{kind: longTermKeySession}
	partition := string(in.partition)
	switch {
	case entry.kind == policy.PrincipalService || entry.kind == policy.PrincipalFederated:
		for _, absent := range []keyKind{
			keyPrincipalARN, keyPrincipalAccount, keyPrincipalOrgID, keyPrincipalOrgPaths, keyUserName, keyUserID, keyMFAPresent, keyMFAAge,
		} {
			a.fixed[absent] = values{}
		}
		s.kind, stand.kind, stand.name = federatedSession, providerPrincipal, entry.text
		if entry.kind == policy.PrincipalService {
			s.kind, stand.kind = serviceSession, servicePrincipal
		}
	case entry.kind == policy.PrincipalAny:
		a.shape = arnShape("arn:"+partition+":iam::????????????:user/?*", "arn:"+partition+":iam::????????????:role/?*")
	case entry.accountID != "":
		stand.account.id = entry.accountID
		a.fixed[keyPrincipalAccount] = single(entry.accountID)
		a.shape = arnShape("arn:"+partition+":iam::"+entry.accountID+":user/?*", "arn:"+partition+":iam::"+entry.accountID+":role/?*")
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
	c := &caller{engine: e, session: s, principal: stand, lab: newLab(), any: a}
	c.search = newSearch(newBinder(c))
	return c
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

// never is what AWS guarantees about the keys of every session.
//
// Source: IAM User Guide, AWS global condition context keys.
func (a *anyone) never() []*statement {
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
	out := make([]*statement, len(rules))
	for i, r := range rules {
		out[i] = mustStatement(r)
	}
	return out
}

// askTrust answers a question about what the trust policy of a role allows, whoever calls: each entry of each statement is a class.
func (e *Engine) askTrust(role *principal, q question) answer {
	a := answer{denied: true}
	self := mustStatement(policy.Allow("", trustActions...).On(role.arn).When(policy.Present("sts:RoleSessionName")))
	for _, st := range role.trust.allow {
		for i := range st.principals {
			entry := &st.principals[i]
			if entry.dead {
				continue
			}
			c := newAnyone(e, entry, role.account)
			next := c.assignments(func(c *caller) answer {
				at := attempt{q: q, also: []*statement{st, self}, by: st.by, allow: []*statement{nil}, closed: true}
				if c.any.shape != nil {
					at.also = append(at.also, c.any.shape)
				}
				for _, deny := range role.trust.deny {
					// A Deny that speaks of some callers of the class and not of others is left out: the class is then taken to escape it.
					if !deny.notPrincipals && deny.denies(c.env()) {
						at.layers.deny = append(at.layers.deny, deny)
					}
				}
				return c.attempt(at)
			})
			a = a.and(next)
		}
	}
	if !a.open {
		// Nothing that is attached to a caller widens a trust policy.
		a.denied = false
	}
	return a
}
