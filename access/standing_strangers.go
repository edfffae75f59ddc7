package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// strangerWay is a way by which somebody outside comes into a role.
type strangerWay struct {
	// who is the stranger in words.
	who string
	// named says that the trust policy names the stranger, or the stranger's organization: it may be meant. Everybody in AWS, and everybody who has an account at
	// an identity provider, never is.
	named bool
	// id is what the assumption is about that the stranger is meant.
	id     string
	answer answer
}

// onlyKnownCallers: a role for which nobody lists the users lets in the accounts of the world and of its organization, AWS services that it names, and identities
// that its providers vouch for. Where nobody said what the roles are for, that is asked of every role.
func (p *prover) onlyKnownCallers(in *Intent) {
	home, _ := p.engine.accountOf(in.Account)
	for i := range home.Roles {
		role := p.engine.principals[home.Roles[i].ARN(home)]
		listed := in.Administrators != nil && slices.ContainsFunc(in.roles(), func(r RoleIntent) bool { return r.ARN == role.arn })
		if listed || role.serviceLinked || p.engine.world.IdentityCenter != nil && p.engine.permissionSetOf(role.arn) != "" {
			continue
		}
		p.judgeStrangers(p.begin(in, role.arn), role)
	}
}

// judgeStrangers ends the finding of one role. Whom the policy names is meant, unless the role administers the account: then nobody's word stands for it.
func (p *prover) judgeStrangers(f Finding, role *principal) {
	anybody, named, rest := p.strangersInto(role)
	problem := " may assume this role"
	administers := p.administers(role.arn)
	if administers {
		problem += ", which administers the account"
		anybody = append(anybody, named...)
		named = nil
	}
	for _, way := range named {
		f.Classes += way.answer.classes
		f.assume(way.id, way.who+" is meant to assume "+role.arn)
	}
	if len(anybody) == 0 {
		p.conclude(f, rest, "")
		return
	}
	worst := slices.MaxFunc(anybody, func(a, b strangerWay) int { return cmp.Compare(a.answer.rank(), b.answer.rank()) })
	var who []string
	for _, way := range anybody {
		if way.who == everybodyInAWS {
			// Nobody else is left to tell of.
			who = []string{way.who}
			break
		}
		if !slices.Contains(who, way.who) {
			who = append(who, way.who)
		}
	}
	p.conclude(f, worst.answer, strings.Join(who, " and ")+problem)
}

// strangersInto are the strangers whom the trust policy of a role lets in: those who can be anybody, and those whom it names. rest is the answer about
// everybody else outside.
func (p *prover) strangersInto(role *principal) (anybody, named []strangerWay, rest answer) {
	note := func(way strangerWay) bool {
		switch {
		case !way.answer.open:
			rest = rest.and(way.answer)
		case way.named:
			named = append(named, way)
		default:
			anybody = append(anybody, way)
		}
		return way.answer.open
	}
	for _, way := range role.waysIn() {
		switch way.class {
		case &usersAndRoles:
			if !note(p.anybodyIn(role, way)) {
				for _, foreign := range p.accountsIn(role, way) {
					note(foreign)
				}
			}
		case &awsServices:
			note(p.unnamed(role, way, "every AWS service"))
		default:
			p.identitiesIn(role, way, note)
		}
	}
	return anybody, named, rest
}

const everybodyInAWS = "everybody in AWS"

// assumingBy asks who assumes a role under some conditions.
func assumingBy(conditions []policy.Condition, permitted ...policy.Statement) question {
	return asking([]policy.Statement{policy.Allow("", assuming...).On("*").When(conditions...)}, permitted...)
}

// anybodyIn asks about somebody of whom nothing is known: of an account that nobody has heard of, in no organization.
func (p *prover) anybodyIn(role *principal, way wayIn) strangerWay {
	w := strangerWay{who: everybodyInAWS}
	if way.entry.kind != policy.PrincipalAny {
		return w
	}
	c := newAnyoneOf(p.engine, way.class, way.entry, role.account)
	id := p.unheardOf(role)
	c.any.fixed[keyPrincipalAccount], c.any.fixed[keyPrincipalOrgID], c.any.fixed[keyPrincipalOrgPaths] = single(id), values{}, values{}
	c.principal.account.id = id
	c.any.ofAccount(c.principal, id)
	w.answer = p.engine.askWayIn(role, way, c, assumingBy(nil))
	return w
}

// unheardOf is an account id that neither the world nor the trust policy has.
func (p *prover) unheardOf(role *principal) string {
	var text strings.Builder
	for _, st := range slices.Concat(role.trust.allow, role.trust.deny) {
		text.WriteString(st.text())
	}
	for digit := '9'; digit > '0'; digit-- {
		id := strings.Repeat(string(digit), 12)
		if _, known := p.engine.accounts[id]; !known && !strings.Contains(text.String(), id) {
			return id
		}
	}
	return "123456789012"
}

// maxForeign bounds how many accounts and organizations are told of one statement.
const maxForeign = 20

// accountsIn asks about users and roles of accounts that are neither in the world nor in its organization, one account or organization after the other.
func (p *prover) accountsIn(role *principal, way wayIn) []strangerWay {
	known := slices.Sorted(maps.Keys(p.engine.accounts))
	var organizations []string
	if o := p.engine.world.Organization; o != nil {
		organizations = append(organizations, o.ID)
		known = append(known, o.Management)
	}
	var out []strangerWay
	for range maxForeign {
		permitted := []policy.Statement{policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalAccount", known...))}
		if len(organizations) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalOrgID", organizations...)))
		}
		c := newAnyoneOf(p.engine, way.class, way.entry, role.account)
		foreign := strangerWay{named: true, answer: p.engine.askWayIn(role, way, c, assumingBy(nil, permitted...))}
		if !foreign.answer.open {
			return append(out, foreign)
		}
		m := foreign.answer.witness.m
		account := c.principal.account.id
		if account == "" {
			account = cmp.Or(m.text("aws:principalaccount"), arnPart(m.text("aws:principalarn"), 4))
		}
		switch organization := m.text("aws:principalorgid"); {
		case organization != "":
			foreign.id, foreign.who = organization, "organization "+organization
			organizations = append(organizations, organization)
		case way.entry.kind == policy.PrincipalCanonical:
			foreign.id, foreign.who = way.entry.text, "the account with the canonical user id "+way.entry.text
		case isAccountID(account):
			foreign.id, foreign.who = way.entry.text, "account "+account
			if foreign.id == "" || isAccountID(foreign.id) {
				foreign.id = "arn:" + string(role.account.partition) + ":iam::" + account + ":root"
			}
			known = append(known, account)
		default:
			foreign.id, foreign.who = role.arn, "whoever meets the conditions of statement "+way.st.by.Sid
		}
		out = append(out, foreign)
		if way.entry.kind != policy.PrincipalAny || foreign.id == role.arn {
			return out
		}
	}
	return out
}

// unnamed asks about services or providers that an entry lets in without naming them.
func (p *prover) unnamed(role *principal, way wayIn, who string) strangerWay {
	w := strangerWay{who: who}
	if way.entry.kind == policy.PrincipalAny || way.entry.wild {
		w.answer = p.engine.askWayIn(role, way, newAnyoneOf(p.engine, way.class, way.entry, role.account), assumingBy(nil))
	}
	return w
}

// identitiesIn asks about the people and jobs of identity providers: of providers that the policy does not name, of a provider in another account, and of
// somebody else at an issuer that many share.
func (p *prover) identitiesIn(role *principal, way wayIn, note func(strangerWay) bool) {
	if way.entry.kind == policy.PrincipalAny || way.entry.wild {
		note(p.unnamed(role, way, "whoever an identity provider vouches for"))
		return
	}
	provider := way.entry.text
	ask := func(token oidcToken) answer {
		return p.engine.askWayIn(role, way, newAnyoneOf(p.engine, way.class, way.entry, role.account), assumingBy(token))
	}
	if id := arnPart(provider, 4); strings.HasPrefix(provider, "arn:") && p.engine.accounts[id] == nil {
		note(strangerWay{who: "whoever " + provider + " vouches for, of account " + id, named: true, id: provider, answer: ask(nil)})
		return
	}
	host, isOIDC := oidcHost(provider)
	if !isOIDC {
		return
	}
	for _, token := range strangersOf(host) {
		if note(strangerWay{who: "whoever has an account at " + host, answer: ask(token)}) {
			return
		}
	}
}
