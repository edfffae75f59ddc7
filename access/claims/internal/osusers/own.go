package osusers

import (
	"fmt"
	"slices"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// The key of a session tag with an OS user, and the value that is the caller's own.
const (
	RequestedOSUser = conditionkey.RequestTag + world.RunAsTag
	OwnOSUser       = "${aws:PrincipalTag/" + world.RunAsTag + "}"
)

// PassingOwnOSUser are the requests with which somebody passes their own OS user to a role and no other tag, be it
// another spelling of the key.
func PassingOwnOSUser(roles ...string) policy.Statement {
	return policy.Allow("", "sts:TagSession").On(roles...).When(policy.StringEquals(RequestedOSUser, OwnOSUser),
		policy.AllEqual(conditionkey.TagKeysKey, world.RunAsTag), policy.Present(conditionkey.TagKeysKey))
}

// TakingOwnOSUser are those requests that a role should take: the tag does not go on to roles that are assumed from
// that one.
func TakingOwnOSUser(roles ...string) policy.Statement {
	return PassingOwnOSUser(roles...).When(policy.Absent("sts:TransitiveTagKeys"))
}

// OwnOSUsers permits members to pass their own OS users to the roles that want them.
func OwnOSUsers(in *intent.Account) []policy.Statement {
	roles := slices.Clone(in.OwnOSUserRoles)
	for i := range in.OperationRoles {
		if r := &in.OperationRoles[i]; r.OwnOSUser {
			roles = append(roles, model.Literally(r.ARN))
		}
	}
	if len(roles) == 0 {
		return nil
	}
	return []policy.Statement{PassingOwnOSUser(roles...)}
}

// TakesOSUsers reports whether shells of the role start as the OS user of the person.
func TakesOSUsers(in *intent.Account, role string) bool {
	return slices.ContainsFunc(
		in.OperationRoles,
		func(r intent.OperationRole) bool { return r.OwnOSUser && r.ARN == role },
	)
}

// tagOwner is whose tag names the OS user of a session.
func tagOwner(s engine.Session) string {
	if len(s.Tags) > 0 {
		return s.Name
	}
	return "the role"
}

// OwnOSUserOnly: on a node people are told apart by their OS users. Where a role takes that of the person, no caller
// whatever passes another one, nor a project, nor tags that outlive the role; and whoever has an OS user is alone
// with it, in every role. It speaks of both halves, because either may be deployed alone: the roles of the account,
// and its people.
func OwnOSUserOnly(p *claim.Prover, in *intent.Account) {
	owners := osUserOwners(p)
	for i := range in.OperationRoles {
		if r := &in.OperationRoles[i]; r.OwnOSUser {
			sharedRole(p, in, r, owners)
		}
	}
	account, _ := p.Engine.AccountOf(in.Account)
	for i := range account.Roles {
		own := engine.FindTag(account.Roles[i].Tags, world.RunAsTag)
		if person := owners[own.One]; own.Present && len(person) == 1 {
			role := account.Roles[i].ARN(account)
			p.Conclude(
				p.Begin(in, role),
				othersAssume(p, role, person[0]),
				"somebody else than "+person[0]+" assumes a role whose shells start as "+own.One,
			)
		}
	}
	for _, member := range in.Members {
		if own := engine.FindTag(p.Engine.Principals[member].Tags, world.RunAsTag); own.Present {
			aloneWith(p, in, member, own.One, owners)
		}
	}
}

// osUserOwners are the users of the world by their OS user, in the order of the world.
func osUserOwners(p *claim.Prover) map[string][]string {
	owners := map[string][]string{}
	for i := range p.Engine.World().Accounts {
		a := &p.Engine.World().Accounts[i]
		for j := range a.Users {
			if own := engine.FindTag(a.Users[j].Tags, world.RunAsTag); own.Present {
				owners[own.One] = append(owners[own.One], a.Users[j].ARN(a))
			}
		}
	}
	return owners
}

// sharedRole: of all callers that AWS can have, everybody comes in as their own OS user.
func sharedRole(p *claim.Prover, in *intent.Account, r *intent.OperationRole, owners map[string][]string) {
	f := p.Begin(in, r.ARN)
	q := search.Asking(
		[]policy.Statement{policy.Allow("", append(slices.Clone(search.Assuming), "sts:TagSession")...).On("*")},
		policy.Allow("", search.Assuming...).
			On("*").
			When(policy.StringEquals(RequestedOSUser, OwnOSUser)),
		TakingOwnOSUser("*"),
	)
	for _, user := range r.Principals {
		who, known := p.Engine.Principals[user]
		if !known || who.Stranger {
			account := policy.ARNPart(user, 4)
			f.Verdict = max(f.Verdict, prove.HoldsIf)
			f.Assumptions = append(f.Assumptions, prove.ProofAssumption{
				ID:   account,
				Text: "the tag " + world.RunAsTag + " of " + user + " is an OS user of that person alone, and account " + account + " lets nobody else write it",
			})
			continue
		}
		own := engine.FindTag(who.Tags, world.RunAsTag).One
		switch err := policy.ValidateOSUser(own); {
		case own == "":
			f.Verdict, f.Problem = prove.DoesNotHold, user+" has no tag "+world.RunAsTag+", and shells start as the OS user in it"
		case err != nil || own == world.AgentUser:
			f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf(
				"the tag %s of %s is %q, which is no login without privileges",
				world.RunAsTag,
				user,
				own,
			)
		case len(owners[own]) > 1:
			f.Verdict, f.Problem = prove.DoesNotHold, own+" is the OS user of "+wording.JoinWords(owners[own], "and")
		default:
			continue
		}
		p.Add(f)
		return
	}
	p.Conclude(f, p.Trust(r.Role, q), "somebody gets another OS user than the own, or passes more than that")
}

// aloneWith: no other user has the OS user of a person, and neither a role that others assume nor a default gives it
// to them.
func aloneWith(p *claim.Prover, in *intent.Account, person, own string, owners map[string][]string) {
	f := p.Begin(in, person)
	if others := owners[own]; len(others) > 1 {
		f.Verdict, f.Problem = prove.DoesNotHold, own+" is the OS user of "+wording.JoinWords(others, "and")
		p.Add(f)
		return
	}
	a := search.Answer{}
	for i := range p.Engine.World().Accounts {
		account := &p.Engine.World().Accounts[i]
		for _, preferences := range account.Preferences {
			if preferences.RunAs && preferences.DefaultUser == own {
				f.Verdict = prove.DoesNotHold
				f.Problem = fmt.Sprintf(
					"%s is the default user of shells in %s of account %s, whoever opens them",
					own,
					preferences.Region,
					account.ID,
				)
				p.Add(f)
				return
			}
		}
		for j := range account.Roles {
			if engine.FindTag(account.Roles[j].Tags, world.RunAsTag).One == own {
				a = a.And(othersAssume(p, account.Roles[j].ARN(account), person))
			}
		}
	}
	p.Conclude(f, a, "somebody else assumes a role whose shells start as "+own)
}

// othersAssume asks whether somebody else than a person assumes a role, whoever there may be.
func othersAssume(p *claim.Prover, role, person string) search.Answer {
	q := search.Asking(
		[]policy.Statement{policy.Allow("", search.Assuming...).On("*")},
		policy.Allow("", "*").
			On("*").
			When(policy.StringEquals("aws:PrincipalArn", claim.Literals([]string{person})...)),
	)
	return search.AskTrust(p.Engine, p.Engine.Principals[role], q)
}
