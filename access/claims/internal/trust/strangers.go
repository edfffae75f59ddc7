package trust

import (
	"cmp"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/oidc"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wayin"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// strangerWay is a way by which somebody outside comes into a role.
type strangerWay struct {
	// who is the stranger in words.
	who string
	// named says that the trust policy names the stranger, or the stranger's organization: it may be meant. Everybody
	// in AWS, and everybody who has an account at an identity provider, never is.
	named bool
	// id is what the assumption is about that the stranger is meant.
	id     string
	answer search.Answer
}

// OnlyKnownCallers: a role for which nobody lists the users lets in the accounts of the world and of its
// organization, AWS services that it names, and identities that its providers vouch for. Where nobody said what the
// roles are for, that is asked of every role.
func OnlyKnownCallers(p *claim.Prover, in *intent.Account) {
	home, _ := p.Engine.AccountOf(in.Account)
	for i := range home.Roles {
		role := p.Engine.Principals[home.Roles[i].ARN(home)]
		listed := in.Administrators != nil &&
			len(p.RolesOf(in)[role.Arn]) > 0
		if listed || role.ServiceLinked ||
			p.Engine.World().IdentityCenter != nil && p.Engine.PermissionSetOf(role.Arn) != "" {
			continue
		}
		if p.ToldOfAnother(role.Arn) {
			continue
		}
		judgeStrangers(p, p.Begin(in, role.Arn), role)
	}
}

// judgeStrangers ends the finding of one role. Whom the policy names is meant, unless the role administers the
// account: then nobody's word stands for it.
func judgeStrangers(p *claim.Prover, f prove.Finding, role *engine.Principal) {
	anybody, named, rest := strangersInto(p, role)
	problem := " may assume this role"
	administers := p.Administers(role.Arn)
	if administers {
		problem += ", which administers the account"
		anybody = append(anybody, named...)
		named = nil
	}
	for _, way := range named {
		f.Classes += way.answer.Classes
		f.Assume(way.id, way.who+" is meant to assume "+role.Arn)
	}
	if len(anybody) == 0 {
		p.Conclude(f, rest, "")
		return
	}
	worst := slices.MaxFunc(
		anybody,
		func(a, b strangerWay) int { return cmp.Compare(a.answer.Rank(), b.answer.Rank()) },
	)
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
	p.Conclude(f, worst.answer, strings.Join(who, " and ")+problem)
}

// strangersInto are the strangers whom the trust policy of a role lets in: those who can be anybody, and those whom
// it names. rest is the answer about everybody else outside.
func strangersInto(p *claim.Prover, role *engine.Principal) (anybody, named []strangerWay, rest search.Answer) {
	note := func(way strangerWay) bool {
		switch {
		case !way.answer.Open:
			rest = rest.And(way.answer)
		case way.named:
			named = append(named, way)
		default:
			anybody = append(anybody, way)
		}
		return way.answer.Open
	}
	together := &search.Together{}
	for _, way := range wayin.Of(role) {
		switch way.Class {
		case &wayin.UsersAndRoles:
			if note(anybodyIn(p, role, way, together)) || anyOf(crowdsIn(p, role, way, together), note) {
				continue
			}
			for _, foreign := range strangersWithIDs(p, role, way, together) {
				note(foreign)
			}
			for _, foreign := range accountsIn(p, role, way, together) {
				note(foreign)
			}
		case &wayin.AWSServices:
			note(unnamed(p, role, way, together, "every AWS service"))
		default:
			identitiesIn(p, role, way, together, note)
		}
	}
	return anybody, named, rest
}

const (
	everybodyInAWS    = "everybody in AWS"
	everyOrganization = "every organization"
)

// AssumingBy asks who assumes a role under some conditions.
func AssumingBy(conditions []policy.Condition, permitted ...policy.Statement) search.Question {
	return search.Asking(
		[]policy.Statement{policy.Allow("", search.Assuming...).On("*").When(conditions...)},
		permitted...)
}

// anybodyIn asks about somebody of whom nothing is known: of an account that nobody has heard of, in no organization.
func anybodyIn(p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together) strangerWay {
	w := strangerWay{who: everybodyInAWS}
	if way.Entry.Kind != policy.PrincipalAny {
		return w
	}
	c := unheardOfCaller(p, role, way, together)
	c.Any.Fixed[conditionkey.KeyPrincipalOrgID], c.Any.Fixed[conditionkey.KeyPrincipalOrgPaths] = engine.Values{}, engine.Values{}
	w.answer = search.AskWayIn(p.Engine, role, way, c, AssumingBy(ofNoID(role)))
	return w
}

// capitals are words of capitals and digits, which unique ids are: no two users or roles have one, and AWS gives none
// again.
var capitals = regexp.MustCompile(`\b[A-Z0-9]+\b`)

// idsIn are the unique ids that a trust policy has.
func idsIn(role *engine.Principal) []string {
	ids := slices.DeleteFunc(
		capitals.FindAllString(writtenIn(role), -1),
		func(word string) bool { return !engine.IsUniqueID(word) },
	)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ofID are the patterns of aws:userid of whoever has one of some ids: that of a role stands before the session's name.
func ofID(ids ...string) []string {
	var patterns []string
	for _, id := range ids {
		patterns = append(patterns, id, id+":*")
	}
	return patterns
}

// ofNoID says that the caller is nobody whose id the trust policy has: who means everybody means others.
func ofNoID(role *engine.Principal) []policy.Condition {
	ids := idsIn(role)
	if len(ids) == 0 {
		return nil
	}
	return []policy.Condition{policy.Is(policy.Operator{Base: policy.OpStringNotLike}, "aws:userid", ofID(ids...)...)}
}

// strangersWithIDs asks about whoever has a unique id that the trust policy has, and that no user or role of the world
// has: of another account, or nobody any more.
func strangersWithIDs(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together,
) (out []strangerWay) {
	if way.Entry.Kind != policy.PrincipalAny {
		return nil
	}
	ours := map[string]bool{}
	for _, principal := range p.Engine.Principals {
		ours[principal.Id] = true
	}
	open := 0
	for _, id := range idsIn(role) {
		if ours[id] || open == maxForeign {
			continue
		}
		has := policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:userid", ofID(id)...)
		c := together.Anyone(p.Engine, way, role)
		out = append(out, strangerWay{
			named: true, id: id,
			who: "whoever has the unique id " + id +
				" (no user or role here has it: it is of another account, or of nobody any more)",
			answer: search.AskWayIn(p.Engine, role, way, c, AssumingBy([]policy.Condition{has})),
		})
		if out[len(out)-1].answer.Open {
			open++
		}
	}
	return out
}

// anyOf notes ways up to the first that is open, and reports whether one is.
func anyOf(ways iter.Seq[strangerWay], note func(strangerWay) bool) bool {
	for way := range ways {
		if note(way) {
			return true
		}
	}
	return false
}

// crowdsIn asks about somebody of an organization that nobody has heard of, and about one organization or account of
// each pattern of them that a statement for everybody has: whoever wants one makes one, so nobody means them all.
func crowdsIn(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together,
) iter.Seq[strangerWay] {
	return func(yield func(strangerWay) bool) {
		if way.Entry.Kind != policy.PrincipalAny {
			return
		}
		crowds := []crowd{{who: everyOrganization, organization: unheardOfOrganization(p, role)}}
		for i := range way.St.Conditions {
			if condition := &way.St.Conditions[i]; !condition.Negated {
				crowds = append(crowds, crowdsOf(condition)...)
			}
		}
		for _, like := range crowds {
			if !yield(strangerWay{who: like.who, answer: like.ask(p, role, way, together)}) {
				return
			}
		}
	}
}

// crowd is one account or organization that stands for all of a pattern. What is empty is open, but for the account,
// which is one that nobody has heard of.
type crowd struct{ who, account, organization, unit string }

func (like crowd) ask(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together,
) search.Answer {
	c := unheardOfCaller(p, role, way, together)
	if like.account != "" {
		ofAccount(c, like.account)
	}
	within := ofNoID(role)
	if like.organization != "" {
		unit := cmp.Or(like.unit, like.organization+"/r-9999/ou-9999-99999999/")
		each := policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringEquals}
		within = append(
			within,
			policy.StringEquals("aws:PrincipalOrgID", like.organization),
			policy.Is(each, "aws:PrincipalOrgPaths", unit), policy.Present("aws:PrincipalOrgPaths"),
		)
	}
	return search.AskWayIn(p.Engine, role, way, c, AssumingBy(within))
}

// crowdsOf are the patterns of organizations and accounts of a condition.
func crowdsOf(condition *engine.Condition) []crowd {
	var crowds []crowd
	fill := strings.NewReplacer("*", "9999", "?", "9")
	for _, text := range condition.Source.Values {
		switch condition.Key.Kind {
		case conditionkey.KeyPrincipalOrgID, conditionkey.KeyPrincipalOrgPaths:
			id, _, isUnit := strings.Cut(text, "/")
			if !strings.ContainsAny(id, "*?") || strings.Contains(text, "${") {
				continue
			}
			like := crowd{who: "every organization like " + id, organization: fill.Replace(id)}
			if isUnit {
				like.unit = fill.Replace(text)
			}
			crowds = append(crowds, like)
		case conditionkey.KeyPrincipalAccount, conditionkey.KeyPrincipalARN:
			id := text
			if condition.Key.Kind == conditionkey.KeyPrincipalARN {
				id = policy.ARNPart(text, 4)
			}
			before, after, isOpen := strings.Cut(strings.ReplaceAll(id, "?", "9"), "*")
			after = strings.ReplaceAll(after, "*", "")
			if isOpen && len(before)+len(after) < 12 {
				before += strings.Repeat("9", 12-len(before)-len(after))
			}
			if account := before + after; account != id && policy.IsAccountID(account) {
				crowds = append(crowds, crowd{who: "every account like " + id, account: account})
			}
		}
	}
	return crowds
}

// unheardOfOrganization is the id of an organization that neither the world nor the trust policy has.
func unheardOfOrganization(p *claim.Prover, role *engine.Principal) string {
	written := writtenIn(role)
	if o := p.Engine.World().Organization; o != nil {
		written += " " + o.ID
	}
	for digit := '9'; digit > '0'; digit-- {
		if id := "o-" + strings.Repeat(string(digit), 10); !strings.Contains(written, id) {
			return id
		}
	}
	return "o-1234567890"
}

// unheardOfCaller is somebody of an account that neither the world nor the trust policy has.
func unheardOfCaller(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together,
) *search.Caller {
	c := together.Anyone(p.Engine, way, role)
	written, id := writtenIn(role), "123456789012"
	for digit := '9'; digit > '0'; digit-- {
		repeated := strings.Repeat(string(digit), 12)
		if _, known := p.Engine.Accounts[repeated]; !known && !strings.Contains(written, repeated) {
			id = repeated
			break
		}
	}
	ofAccount(c, id)
	return c
}

func ofAccount(c *search.Caller, id string) {
	c.Any.Fixed[conditionkey.KeyPrincipalAccount] = engine.Single(id)
	c.Principal.Account.ID = id
	c.Any.OfAccount(c.Principal, id)
}

// writtenIn is the text of a trust policy.
func writtenIn(role *engine.Principal) string {
	var text strings.Builder
	for _, st := range slices.Concat(role.Trust.Allow, role.Trust.Deny) {
		text.WriteString(st.Text())
	}
	return text.String()
}

// maxForeign bounds how many accounts and organizations are told of one statement.
const maxForeign = 20

// accountsIn asks about users and roles of accounts that are neither in the world nor in its organization, one
// account or organization after the other.
func accountsIn(p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together) []strangerWay {
	known := slices.Sorted(maps.Keys(p.Engine.Accounts))
	var organizations []string
	if o := p.Engine.World().Organization; o != nil {
		organizations = append(organizations, o.ID)
		known = append(known, o.Management)
	}
	var out []strangerWay
	written := writtenIn(role)
	for range maxForeign {
		permitted := []policy.Statement{
			policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalAccount", known...)),
			policy.Allow("", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", principalsOf(known)...)),
		}
		// Of everybody, whoever has one of these ids is told by it: see strangersWithIDs.
		if ids := idsIn(role); len(ids) > 0 && way.Entry.Kind == policy.PrincipalAny {
			permitted = append(
				permitted,
				policy.Allow("", "*").On("*").When(
					policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:userid", ofID(ids...)...),
				),
			)
		}
		if len(organizations) > 0 {
			permitted = append(
				permitted,
				policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalOrgID", organizations...)),
				policy.Allow("", "*").On("*").When(policy.Is(
					policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringLike},
					"aws:PrincipalOrgPaths", unitsOf(organizations)...,
				)),
			)
		}
		c := together.Anyone(p.Engine, way, role)
		foreign := strangerWay{
			named:  true,
			answer: search.AskWayIn(p.Engine, role, way, c, AssumingBy(nil, permitted...)),
		}
		if !foreign.answer.Open {
			return append(out, foreign)
		}
		m := foreign.answer.Witness.M
		account := c.Principal.Account.ID
		if account == "" {
			account = cmp.Or(m.Text("aws:principalaccount"), policy.ARNPart(m.Text("aws:principalarn"), 4))
		}
		organization := m.Text("aws:principalorgid")
		if paths := m.Texts("aws:principalorgpaths"); organization == "" && len(paths) > 0 {
			organization, _, _ = strings.Cut(paths[0], "/")
		}
		switch {
		case organization != "" && !(policy.IsAccountID(account) && strings.Contains(written, account)):
			foreign.id, foreign.who = organization, "organization "+organization
			organizations = append(organizations, organization)
		case way.Entry.Kind == policy.PrincipalCanonical:
			foreign.id, foreign.who = way.Entry.Text, "the account with the canonical user id "+way.Entry.Text
		case policy.IsAccountID(account):
			foreign.id, foreign.who = way.Entry.Text, "account "+account
			if foreign.id == "" || policy.IsAccountID(foreign.id) {
				foreign.id = "arn:" + string(role.Account.Partition) + ":iam::" + account + ":root"
			}
			known = append(known, account)
		default:
			foreign.id, foreign.who = role.Arn, "whoever meets the conditions of statement "+way.St.By.Sid
		}
		out = append(out, foreign)
		if way.Entry.Kind != policy.PrincipalAny || foreign.id == role.Arn {
			return out
		}
	}
	return out
}

// unitsOf are patterns of all units of organizations.
func unitsOf(organizations []string) []string {
	var patterns []string
	for _, id := range organizations {
		patterns = append(patterns, id+"/*")
	}
	return patterns
}

// principalsOf are patterns of all users and roles of accounts.
func principalsOf(accounts []string) []string {
	var patterns []string
	for _, id := range accounts {
		patterns = append(patterns, "arn:*:iam::"+id+":*", "arn:*:sts::"+id+":*")
	}
	return patterns
}

// unnamed asks about services or providers that an entry lets in without naming them. None has the id of a user or
// role.
func unnamed(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together, who string,
) strangerWay {
	w := strangerWay{who: who}
	if way.Entry.Kind == policy.PrincipalAny || way.Entry.Wild {
		w.answer = search.AskWayIn(
			p.Engine,
			role,
			way,
			together.Anyone(p.Engine, way, role),
			AssumingBy(ofNoID(role)),
		)
	}
	return w
}

// keysOfOthers says that a token of an issuer carries no key of another issuer, of those that a statement reads.
//
// Source: IAM User Guide, Available keys for AWS OIDC federation: the keys have the name of the provider.
func keysOfOthers(host string, read []engine.Condition) (absent []policy.Condition) {
	for i := range read {
		key := read[i].Key.Name
		colon := strings.LastIndexByte(key, ':')
		if colon > 0 && strings.Contains(key[:colon], ".") && !strings.EqualFold(key[:colon], host) {
			absent = append(absent, policy.Absent(key))
		}
	}
	return absent
}

// identitiesIn asks about the people and jobs of identity providers: of providers that the policy does not name, of a
// provider in another account, and of somebody else at an issuer that many share.
func identitiesIn(
	p *claim.Prover, role *engine.Principal, way wayin.Way, together *search.Together, note func(strangerWay) bool,
) {
	if way.Entry.Kind == policy.PrincipalAny || way.Entry.Wild {
		note(unnamed(p, role, way, together, "whoever an identity provider vouches for"))
		return
	}
	provider := way.Entry.Text
	ask := func(token oidc.Token) search.Answer {
		return search.AskWayIn(
			p.Engine,
			role,
			way,
			together.Anyone(p.Engine, way, role),
			AssumingBy(token),
		)
	}
	if id := policy.ARNPart(provider, 4); strings.HasPrefix(provider, "arn:") && p.Engine.Accounts[id] == nil {
		note(
			strangerWay{
				who:    "whoever " + provider + " vouches for, of account " + id,
				named:  true,
				id:     provider,
				answer: ask(nil),
			},
		)
		return
	}
	host, isOIDC := oidc.Host(provider)
	if !isOIDC {
		return
	}
	others := keysOfOthers(host, way.St.Conditions)
	for _, token := range oidc.StrangersOf(host, way.St.Conditions) {
		token = append(token, others...)
		if note(strangerWay{who: "whoever has an account at " + host, answer: ask(token)}) {
			return
		}
	}
}
